//! What becomes of each row of an import: pure, so that the dry run and the import never disagree.

use std::collections::{BTreeMap, BTreeSet};

use bk_device::Fingerprint;
use bk_model::DeviceName;
use bk_store::{DeviceEntry, HostKey, SignInWay};
use chrono::{DateTime, Utc};

use super::read::RawRow;
use super::values::{BroughtCredentials, Row, printable, row, shown_place};
use crate::views::{ImportRow, ImportVerdict};

/// What is known before an import.
pub(super) struct Known<'a> {
    pub(super) devices: &'a [DeviceEntry],
    /// Host keys trusted so far.
    pub(super) host_keys: &'a [HostKey],
    /// Users and ways to sign in, by the name of the credentials.
    pub(super) credentials: &'a BTreeMap<String, (String, SignInWay)>,
    /// Names of jump hosts.
    pub(super) jumps: &'a BTreeSet<String>,
    /// Credentials for rows without their own.
    pub(super) default_credentials: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// The rows with their verdicts, the devices as they stand afterwards, of those that change, host keys to trust and
/// credentials to add.
pub(super) struct Judged {
    pub(super) rows: Vec<ImportRow>,
    pub(super) devices: Vec<DeviceEntry>,
    pub(super) host_keys: Vec<BroughtKey>,
    pub(super) credentials: Vec<BroughtCredentials>,
}

/// A host key that a person brings with a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct BroughtKey {
    pub(super) device: DeviceName,
    pub(super) address: String,
    pub(super) port: u16,
    /// Known only if the row holds the whole key.
    pub(super) algorithm: Option<String>,
    pub(super) fingerprint: Fingerprint,
}

/// Judges the rows in the order of the text.
pub(super) fn judge(rows: &[RawRow], known: &Known<'_>) -> Judged {
    let mut after: BTreeMap<DeviceName, DeviceEntry> = known
        .devices
        .iter()
        .map(|device| (device.name.clone(), device.clone()))
        .collect();
    let mut lines: BTreeMap<DeviceName, u32> = BTreeMap::new();
    let mut changed = BTreeSet::new();
    let mut keys = Keys::new(known.host_keys);
    let mut credentials: Vec<BroughtCredentials> = Vec::new();
    let mut judged = Vec::with_capacity(rows.len());
    for raw in rows {
        let mut shown = ImportRow {
            line: raw.line,
            name: printable(raw.field("name").unwrap_or_default()),
            address: printable(raw.field("address").unwrap_or_default()),
            verdict: ImportVerdict::Refused,
            detail: raw.problem.clone(),
        };
        if raw.problem.is_none() {
            let placed = row(raw, known).and_then(|row| {
                let key = keys.admit(&row)?;
                let login = row.brought.clone();
                if let Some(login) = &login
                    && credentials
                        .iter()
                        .any(|other| other.name == login.name && other != login)
                {
                    return Err(format!(
                        "an earlier row gives the credentials {} another user or key",
                        login.name
                    ));
                }
                let placed = place(row, raw.line, &mut after, &mut lines, known.now)?;
                Ok((placed, key, login))
            });
            match placed {
                Ok((placed, brought, login)) => {
                    shown.verdict = placed.verdict;
                    shown.detail = placed.detail;
                    shown.address = placed.place;
                    if placed.verdict != ImportVerdict::Unchanged {
                        changed.insert(placed.device.clone());
                    }
                    if let Some(login) = login.filter(|login| !credentials.contains(login)) {
                        note(
                            &mut shown.detail,
                            format!("credentials {} are added for its key file", login.name),
                        );
                        credentials.push(login);
                    }
                    if let Some(key) = brought {
                        if shown.verdict == ImportVerdict::Unchanged {
                            shown.verdict = ImportVerdict::Changed;
                        }
                        note(
                            &mut shown.detail,
                            format!("its host key {} becomes trusted", key.fingerprint),
                        );
                        keys.take(BroughtKey {
                            device: placed.device,
                            ..key
                        });
                    }
                }
                Err(reason) => shown.detail = Some(reason),
            }
            if shown.verdict != ImportVerdict::Refused && raw.field("password").is_some() {
                note(
                    &mut shown.detail,
                    "its password was not taken: set it with the credentials",
                );
            }
        }
        judged.push(shown);
    }
    after.retain(|name, _| changed.contains(name));
    Judged {
        rows: judged,
        devices: after.into_values().collect(),
        host_keys: keys.brought,
        credentials,
    }
}

fn note(detail: &mut Option<String>, more: impl AsRef<str>) {
    let before = detail
        .take()
        .map(|detail| format!("{detail}; "))
        .unwrap_or_default();
    *detail = Some(format!("{before}{}", more.as_ref()));
}

/// Host keys by place: those trusted before, and those that earlier rows brought.
struct Keys {
    at: BTreeMap<(String, u16), String>,
    brought: Vec<BroughtKey>,
}

impl Keys {
    fn new(known: &[HostKey]) -> Self {
        let at = known
            .iter()
            .map(|key| ((key.address.clone(), key.port), key.fingerprint.clone()));
        Self {
            at: at.collect(),
            brought: Vec::new(),
        }
    }

    /// Returns the key of a row if it is new for its place. Another key than the trusted one is never taken over it.
    fn admit(&self, row: &Row) -> Result<Option<BroughtKey>, String> {
        let Some((algorithm, fingerprint)) = &row.host_key else {
            return Ok(None);
        };
        match self.at.get(&(row.address.clone(), row.port)) {
            Some(trusted) if trusted == fingerprint.as_str() => Ok(None),
            Some(trusted) => Err(format!(
                "the host key trusted for {} at {} is {trusted}, this row says {fingerprint}; compare them on the device",
                row.name,
                shown_place(&row.address, row.port)
            )),
            None => Ok(Some(BroughtKey {
                device: row.name.clone(),
                address: row.address.clone(),
                port: row.port,
                algorithm: algorithm.clone(),
                fingerprint: fingerprint.clone(),
            })),
        }
    }

    fn take(&mut self, key: BroughtKey) {
        self.at
            .insert((key.address.clone(), key.port), key.fingerprint.to_string());
        self.brought.push(key);
    }
}

struct Placed {
    device: DeviceName,
    verdict: ImportVerdict,
    detail: Option<String>,
    place: String,
}

/// Puts a row among the devices: a new one, a change of one, or a further name of one.
fn place(
    row: Row,
    line: u32,
    after: &mut BTreeMap<DeviceName, DeviceEntry>,
    lines: &mut BTreeMap<DeviceName, u32>,
    now: DateTime<Utc>,
) -> Result<Placed, String> {
    let place = shown_place(&row.address, row.port);
    if let Some(earlier) = lines.get(&row.name) {
        let same = after
            .get(&row.name)
            .is_some_and(|device| device.address == row.address && device.port == row.port);
        if !same {
            return Err(format!(
                "{} stands in line {earlier} with another address",
                row.name
            ));
        }
        let detail = Some(format!("the same as line {earlier}"));
        return Ok(Placed {
            device: row.name,
            verdict: ImportVerdict::Unchanged,
            detail,
            place,
        });
    }
    let at_place = after
        .values()
        .find(|device| device.address == row.address && device.port == row.port);
    if let Some(owner) = at_place.filter(|device| device.name != row.name) {
        let owner = owner.name.clone();
        return alias(row, owner, after, place);
    }
    if let Some(owner) = after.values().find(|device| device.aliases.contains(&row.name)) {
        return Err(format!(
            "{} is a further name of {} at {}",
            row.name, owner.name, owner.address
        ));
    }
    lines.insert(row.name.clone(), line);
    let device = row.name.clone();
    let Some(before) = after.get(&row.name) else {
        after.insert(device.clone(), entry(row, now));
        return Ok(Placed {
            device,
            verdict: ImportVerdict::Added,
            detail: None,
            place,
        });
    };
    let (entry, changes) = changed(before, row);
    after.insert(device.clone(), entry);
    let verdict = if changes.is_empty() {
        ImportVerdict::Unchanged
    } else {
        ImportVerdict::Changed
    };
    let detail = (!changes.is_empty()).then(|| changes.join("; "));
    Ok(Placed {
        device,
        verdict,
        detail,
        place,
    })
}

/// Two names of one address are one device.
fn alias(
    row: Row,
    owner: DeviceName,
    after: &mut BTreeMap<DeviceName, DeviceEntry>,
    place: String,
) -> Result<Placed, String> {
    if after.contains_key(&row.name) {
        return Err(format!(
            "{} is a device of its own and can't stand at the address of {owner} too",
            row.name
        ));
    }
    let taken = after
        .values()
        .find(|device| device.name != owner && device.aliases.contains(&row.name));
    if let Some(other) = taken {
        return Err(format!("{} is a further name of {}", row.name, other.name));
    }
    let detail = Some(format!("another name of {owner}"));
    let Some(device) = after.get_mut(&owner) else {
        return Err(format!("{owner} is gone"));
    };
    if device.aliases.contains(&row.name) {
        return Ok(Placed {
            device: owner,
            verdict: ImportVerdict::Unchanged,
            detail,
            place,
        });
    }
    device.aliases.push(row.name);
    device.aliases.sort();
    Ok(Placed {
        device: owner,
        verdict: ImportVerdict::Alias,
        detail,
        place,
    })
}

fn entry(row: Row, now: DateTime<Utc>) -> DeviceEntry {
    DeviceEntry {
        name: row.name,
        aliases: row.aliases,
        address: row.address,
        port: row.port,
        credentials: row.credentials,
        groups: row.groups,
        jump: row.jump,
        practice: false,
        added_at: now,
    }
}

/// A device after a row that names it again, with what changes in words. What a row doesn't say stays.
fn changed(before: &DeviceEntry, row: Row) -> (DeviceEntry, Vec<String>) {
    let mut changes = Vec::new();
    let mut after = before.clone();
    if (before.address.as_str(), before.port) != (row.address.as_str(), row.port) {
        let (from, to) = (
            shown_place(&before.address, before.port),
            shown_place(&row.address, row.port),
        );
        changes.push(format!("address {from} becomes {to}"));
        after.address = row.address;
        after.port = row.port;
    }
    if row.credentials.is_some() && row.credentials != before.credentials {
        let from = before.credentials.as_deref().unwrap_or("none");
        let to = row.credentials.as_deref().unwrap_or("none");
        changes.push(format!("credentials {from} become {to}"));
        after.credentials = row.credentials;
    }
    if row.jump.is_some() && row.jump != before.jump {
        let from = before.jump.as_deref().unwrap_or("none");
        let to = row.jump.as_deref().unwrap_or("none");
        changes.push(format!("jump host {from} becomes {to}"));
        after.jump = row.jump;
    }
    if !row.groups.is_empty() && row.groups != before.groups {
        changes.push(format!("groups become {}", row.groups.join(", ")));
        after.groups = row.groups;
    }
    let new: Vec<DeviceName> = row
        .aliases
        .into_iter()
        .filter(|alias| !before.aliases.contains(alias))
        .collect();
    if !new.is_empty() {
        let names: Vec<&str> = new.iter().map(DeviceName::as_str).collect();
        changes.push(format!("further names {}", names.join(", ")));
        after.aliases.extend(new);
        after.aliases.sort();
    }
    (after, changes)
}

#[cfg(test)]
mod tests;
