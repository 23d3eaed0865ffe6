//! What becomes of each row of an import: pure, so that the dry run and the import never disagree.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use bk_device::{Fingerprint, PresentedHostKey};
use bk_model::DeviceName;
use bk_store::{DeviceEntry, HostKey};
use chrono::{DateTime, Utc};

use super::read::RawRow;
use crate::views::{ImportRow, ImportVerdict};

/// The port of SSH where a row names none.
const SSH: u16 = 22;

/// What is known before an import.
pub(super) struct Known<'a> {
    pub(super) devices: &'a [DeviceEntry],
    /// Host keys trusted so far.
    pub(super) host_keys: &'a [HostKey],
    pub(super) credentials: &'a BTreeSet<String>,
    /// Credentials for rows without their own.
    pub(super) default_credentials: Option<&'a str>,
    pub(super) now: DateTime<Utc>,
}

/// The rows with their verdicts, the devices as they stand afterwards, of those that change, and host keys to trust.
pub(super) struct Judged {
    pub(super) rows: Vec<ImportRow>,
    pub(super) devices: Vec<DeviceEntry>,
    pub(super) host_keys: Vec<BroughtKey>,
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

/// A row whose values can be used.
struct Row {
    name: DeviceName,
    address: String,
    port: u16,
    credentials: Option<String>,
    groups: Vec<String>,
    aliases: Vec<DeviceName>,
    host_key: Option<(Option<String>, Fingerprint)>,
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
                let brought = keys.admit(&row)?;
                Ok((place(row, raw.line, &mut after, &mut lines, known.now)?, brought))
            });
            match placed {
                Ok((placed, brought)) => {
                    shown.verdict = placed.verdict;
                    shown.detail = placed.detail;
                    shown.address = placed.place;
                    if placed.verdict != ImportVerdict::Unchanged {
                        changed.insert(placed.device.clone());
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

/// Checks the values of a row. The error is a sentence about the first that can't be used.
fn row(raw: &RawRow, known: &Known<'_>) -> Result<Row, String> {
    let name = raw.field("name").ok_or("it has no name")?;
    let name = DeviceName::new(name).map_err(|error| error.to_string())?;
    let address = raw
        .field("address")
        .ok_or_else(|| format!("{name} has no address"))?;
    let (address, in_address) = endpoint(address)?;
    let port = match (raw.field("port"), in_address) {
        (Some(raw), _) => port(raw)?,
        (None, Some(port)) => port,
        (None, None) => SSH,
    };
    let credentials = raw
        .field("credentials")
        .or(known.default_credentials)
        .map(str::to_owned);
    if let Some(unknown) = credentials
        .as_ref()
        .filter(|name| !known.credentials.contains(*name))
    {
        return Err(format!(
            "the credentials {} are not known; add them first",
            printable(unknown)
        ));
    }
    let mut aliases = Vec::new();
    for alias in list(raw.field("aliases")) {
        let alias = DeviceName::new(alias).map_err(|error| error.to_string())?;
        if alias != name && !aliases.contains(&alias) {
            aliases.push(alias);
        }
    }
    let mut groups: Vec<String> = list(raw.field("groups")).map(printable).collect();
    groups.sort();
    groups.dedup();
    aliases.sort();
    Ok(Row {
        name,
        address,
        port,
        credentials,
        groups,
        aliases,
        host_key: host_key(raw)?,
    })
}

/// Reads the host key of a row: a fingerprint, a whole public key, or both if they agree.
fn host_key(raw: &RawRow) -> Result<Option<(Option<String>, Fingerprint)>, String> {
    let read = |text: &str| match (Fingerprint::parse(text), PresentedHostKey::parse(text)) {
        (Some(fingerprint), _) => Ok((None, fingerprint)),
        (None, Some(key)) => Ok((Some(key.algorithm), key.fingerprint)),
        (None, None) => Err(format!(
            "{} is neither a fingerprint (SHA256:...) nor a public key",
            printable(text)
        )),
    };
    let key = raw.field("host_key").map(read).transpose()?;
    let fingerprint = raw.field("fingerprint").map(read).transpose()?;
    match (key, fingerprint) {
        (Some(key), Some(other)) if key.1 != other.1 => Err(format!(
            "its host key has the fingerprint {}, and it says {}",
            key.1, other.1
        )),
        (Some((None, key)), Some((algorithm, _))) => Ok(Some((algorithm, key))),
        (key, other) => Ok(key.or(other)),
    }
}

fn list(raw: Option<&str>) -> impl Iterator<Item = &str> {
    raw.unwrap_or_default()
        .split([',', ';', '|'])
        .map(str::trim)
        .filter(|value| !value.is_empty())
}

fn port(raw: &str) -> Result<u16, String> {
    let port = raw.parse::<u16>().ok().filter(|port| *port > 0);
    port.ok_or_else(|| format!("port {} is not 1 to 65535", printable(raw)))
}

/// Reads `host`, `host:port`, an IPv4 or IPv6 address, or `[IPv6]:port`, into one spelling per place.
fn endpoint(raw: &str) -> Result<(String, Option<u16>), String> {
    if let Ok(address) = raw.parse::<IpAddr>() {
        return Ok((address.to_string(), None));
    }
    let (host, rest) = match raw.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
        Some((host, "")) => (host, None),
        Some((host, rest)) => (host, Some(rest.strip_prefix(':').unwrap_or(rest))),
        None => raw
            .rsplit_once(':')
            .map_or((raw, None), |(host, rest)| (host, Some(rest))),
    };
    let port = rest.map(port).transpose()?;
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok((address.to_string(), port));
    }
    let of_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
    let all_digits = host.chars().all(|c| c.is_ascii_digit() || c == '.');
    if host.is_empty()
        || host.len() > 253
        || host.starts_with(['-', '.'])
        || !host.chars().all(of_name)
        || all_digits
    {
        return Err(format!(
            "{} is neither an address nor a host name",
            printable(raw)
        ));
    }
    Ok((host.to_ascii_lowercase(), port))
}

fn shown_place(address: &str, port: u16) -> String {
    if address.contains(':') {
        format!("[{address}]:{port}")
    } else {
        format!("{address}:{port}")
    }
}

/// A text from a file as it may be shown: control characters and direction marks become visible, at most 255 characters.
fn printable(raw: &str) -> String {
    let unsafe_mark =
        |c: char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let escaped = raw.chars().take(255).flat_map(|c| {
        let escape = c.is_control() || unsafe_mark(c);
        let shown: Vec<char> = if escape {
            c.escape_default().collect()
        } else {
            vec![c]
        };
        shown
    });
    escaped.collect()
}

#[cfg(test)]
mod tests;
