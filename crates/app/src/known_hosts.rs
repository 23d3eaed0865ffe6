//! Taking host keys over from a known_hosts file of OpenSSH: only those of our own devices and jump hosts, and never in
//! place of a key that is trusted.

use std::collections::BTreeMap;

use bk_device::PresentedHostKey;
use bk_store::HostKey;

use crate::app::App;
use crate::errors::AppError;
use crate::hostkeys::Owner;
use crate::inventory::{place, printable, shown_place};
use crate::views::{KnownHostsReport, KnownHostsRow, KnownHostsVerdict};

/// The longest file that is read, in bytes.
const MAX_TEXT: usize = 4 * 1024 * 1024;
/// A device shows one of its keys; among several in a file, the one that is negotiated first is taken.
const PREFERENCE: [&str; 5] = [
    "ssh-ed25519",
    "ecdsa-sha2-nistp256",
    "ecdsa-sha2-nistp384",
    "ecdsa-sha2-nistp521",
    "ssh-rsa",
];

impl App {
    /// Trusts the keys that a known_hosts file holds for devices and jump hosts of the inventory. A file tells by line
    /// what became of it.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if the text is too long.
    pub async fn host_keys_import(
        &self,
        text: String,
        source: Option<String>,
    ) -> Result<KnownHostsReport, AppError> {
        if text.len() > MAX_TEXT {
            return Err(AppError::BadInput {
                field: "known_hosts file",
                reason: format!("it has {} bytes, the limit is {MAX_TEXT}", text.len()),
            });
        }
        let _turn = self.inventory_turn().lock().await;
        let (owners, known) = (self.owners().await?, self.store().host_keys().list().await?);
        let (mut rows, keys) = judge(&text, &owners, &known);
        let by = self.user().await?;
        let accepted_by = match source {
            Some(file) => format!("{by}, known_hosts file {}", printable(&file)),
            None => format!("{by}, known_hosts file"),
        };
        for taken in keys {
            let key = HostKey {
                address: taken.address,
                port: taken.port,
                algorithm: taken.key.algorithm,
                fingerprint: taken.key.fingerprint.to_string(),
                first_seen: self.now(),
                accepted_by: accepted_by.clone(),
            };
            self.keep_key(&taken.subject, &key, None).await?;
        }
        rows.sort_by_key(|row| row.line);
        let count =
            |verdict| crate::present::number(rows.iter().filter(|row| row.verdict == verdict).count());
        Ok(KnownHostsReport {
            trusted: count(KnownHostsVerdict::Trusted),
            refused: count(KnownHostsVerdict::Refused),
            rows,
        })
    }
}

/// A key that becomes trusted.
#[derive(Debug)]
struct Taken {
    subject: String,
    address: String,
    port: u16,
    key: PresentedHostKey,
}

/// A line that holds a key for places.
struct Entry<'a> {
    line: u32,
    hosts: &'a str,
    places: Vec<(String, u16)>,
    key: PresentedHostKey,
}

/// What becomes of each line, and the keys to trust.
fn judge(text: &str, owners: &[Owner], known: &[HostKey]) -> (Vec<KnownHostsRow>, Vec<Taken>) {
    let mut rows = Vec::new();
    let mut entries = Vec::new();
    for (line, number) in text.lines().zip(1..) {
        match entry(line, number) {
            Ok(Some(entry)) => entries.push(entry),
            Ok(None) => {}
            Err(row) => rows.push(row),
        }
    }
    entries.sort_by_key(|entry| {
        let rank = PREFERENCE.iter().position(|name| *name == entry.key.algorithm);
        (rank.unwrap_or(PREFERENCE.len()), entry.line)
    });
    let mut trusted: BTreeMap<(String, u16), String> = known
        .iter()
        .map(|key| ((key.address.clone(), key.port), key.fingerprint.clone()))
        .collect();
    let mut taken: Vec<Taken> = Vec::new();
    for entry in entries {
        let mut verdict = KnownHostsVerdict::NotOurs;
        let mut detail = Vec::new();
        for place in &entry.places {
            let Some(owner) = owners.iter().find(|owner| owner.is_at(&place.0, place.1)) else {
                continue;
            };
            let print = entry.key.fingerprint.as_str();
            let (found, words) = match trusted.get(place) {
                Some(same) if same == print => {
                    (KnownHostsVerdict::Known, format!("{} has it", owner.subject))
                }
                Some(other) => (
                    KnownHostsVerdict::Refused,
                    format!(
                        "the key trusted for {} is {other}; compare them on the device",
                        owner.subject
                    ),
                ),
                None => {
                    trusted.insert(place.clone(), print.to_owned());
                    taken.push(Taken {
                        subject: owner.subject.clone(),
                        address: place.0.clone(),
                        port: place.1,
                        key: entry.key.clone(),
                    });
                    (
                        KnownHostsVerdict::Trusted,
                        format!("{} for {}", print, owner.subject),
                    )
                }
            };
            if verdict == KnownHostsVerdict::NotOurs || found == KnownHostsVerdict::Trusted {
                verdict = found;
            }
            detail.push(words);
        }
        if detail.is_empty() {
            let places: Vec<String> = entry
                .places
                .iter()
                .map(|(address, port)| shown_place(address, *port))
                .collect();
            detail.push(format!("nothing of the inventory is at {}", places.join(", ")));
        }
        rows.push(KnownHostsRow {
            line: entry.line,
            hosts: printable(entry.hosts),
            verdict,
            detail: detail.join("; "),
        });
    }
    (rows, taken)
}

/// Reads a line; nothing for one that holds none. What can't be used is told, never guessed.
fn entry(line: &str, number: u32) -> Result<Option<Entry<'_>>, KnownHostsRow> {
    let content = line.trim();
    if content.is_empty() || content.starts_with('#') {
        return Ok(None);
    }
    let (marker, content) = match content.strip_prefix('@') {
        Some(rest) => {
            let (marker, rest) = rest.split_once(char::is_whitespace).unwrap_or((rest, ""));
            (Some(marker), rest.trim_start())
        }
        None => (None, content),
    };
    let (hosts, key) = content.split_once(char::is_whitespace).unwrap_or((content, ""));
    let refused = |detail: String| KnownHostsRow {
        line: number,
        hosts: printable(hosts),
        verdict: KnownHostsVerdict::Refused,
        detail,
    };
    match marker {
        None => {}
        Some("revoked") => return Err(refused("it is marked as revoked and is never trusted".to_owned())),
        Some(other) => {
            return Err(refused(format!(
                "keys marked @{} are not used: a device is trusted by its own key",
                printable(other)
            )));
        }
    }
    if hosts.starts_with('|') {
        return Err(refused(
            "its host names are hashed: nothing tells whose key it is; write the names out (ssh-keyscan) or compare the \
             key on the device"
                .to_owned(),
        ));
    }
    if hosts.contains(['*', '?', '!']) {
        return Err(refused(
            "a pattern names no single host; a key is trusted for one place".to_owned(),
        ));
    }
    let key = PresentedHostKey::parse(key).ok_or_else(|| refused("it holds no public key".to_owned()))?;
    let places = hosts.split(',').map(place).collect::<Result<_, _>>();
    let places = places.map_err(refused)?;
    Ok(Some(Entry {
        line: number,
        hosts,
        places,
        key,
    }))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    const ED: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILmbJ0ZqUGjT3vs8t5JXFU4aBrHIvRDkR0cCe4Cy8Rck";
    const ED_2: &str = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJdD7y3aLq454yWBdwLWbieU1ebz9/cu7/QEXn9OIeZJ";
    const ECDSA: &str = "ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmKSENjQEezOmxkZMy7opKgwFB9nkt5YRrYMjNuG5N87uRgg6CLrbo5wAdT/y6v0mKV0U2w0WZ2YB/++Tpockg=";

    fn print(key: &str) -> String {
        PresentedHostKey::parse(key).unwrap().fingerprint.to_string()
    }

    /// Verdicts by line, and what is to be trusted: endpoint and fingerprint.
    type Judged = (Vec<(u32, KnownHostsVerdict)>, Vec<(String, String)>);

    fn judged(text: &str) -> Judged {
        let owner = |subject: &str, address: &str, port| Owner {
            subject: subject.to_owned(),
            address: address.to_owned(),
            port,
        };
        let owners = [
            owner("LEAF-A01", "192.0.2.11", 22),
            owner("LEAF-A02", "leaf-a02.example", 2222),
            owner("jump host JUMP-A01", "192.0.2.9", 22),
            owner("LEAF-A03", "192.0.2.13", 22),
        ];
        let known = [HostKey {
            address: "192.0.2.13".to_owned(),
            port: 22,
            algorithm: "ssh-ed25519".to_owned(),
            fingerprint: print(ED),
            first_seen: DateTime::UNIX_EPOCH,
            accepted_by: "kestrel".to_owned(),
        }];
        let (mut rows, taken) = judge(text, &owners, &known);
        rows.sort_by_key(|row| row.line);
        let rows = rows.into_iter().map(|row| (row.line, row.verdict)).collect();
        let taken = taken
            .into_iter()
            .map(|taken| (taken.subject, taken.key.fingerprint.to_string()))
            .collect();
        (rows, taken)
    }

    #[test]
    fn keys_of_our_own_places_are_taken_and_told_by_line() {
        use KnownHostsVerdict::{Known, NotOurs, Refused, Trusted};
        let text = format!(
            "# comment\n\n192.0.2.11 {ECDSA}\n192.0.2.11 {ED} of a person\n[LEAF-A02.example]:2222,198.51.100.7 {ED}\n\
             leaf-a02.example {ED}\n192.0.2.13 {ED}\n192.0.2.13 {ED_2}\n192.0.2.9 {ED_2}\n"
        );
        let (rows, taken) = judged(&text);
        assert_eq!(
            rows,
            [
                (3, Refused),
                (4, Trusted),
                (5, Trusted),
                (6, NotOurs),
                (7, Known),
                (8, Refused),
                (9, Trusted)
            ]
        );
        assert_eq!(
            taken,
            [
                ("LEAF-A01".to_owned(), print(ED)),
                ("LEAF-A02".to_owned(), print(ED)),
                ("jump host JUMP-A01".to_owned(), print(ED_2))
            ]
        );
    }

    #[test]
    fn what_names_no_single_host_is_refused() {
        for line in [
            format!("|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= {ED}"),
            format!("*.example {ED}"),
            format!("!192.0.2.11,192.0.2.* {ED}"),
            format!("@revoked 192.0.2.11 {ED}"),
            format!("@cert-authority 192.0.2.11 {ED}"),
            "192.0.2.11".to_owned(),
            "192.0.2.11 ssh-ed25519 AAAA".to_owned(),
            format!("192.0.2.11\u{1b}[31m {ED}"),
        ] {
            let (rows, taken) = judged(&line);
            assert_eq!(rows, [(1, KnownHostsVerdict::Refused)], "{line}");
            assert!(taken.is_empty(), "{line}");
        }
    }
}
