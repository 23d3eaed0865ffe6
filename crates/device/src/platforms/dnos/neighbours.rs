//! `show lldp neighbors` and `show lacp interfaces` (REF 8).

use std::sync::LazyLock;

use bk_engine::ports::{LacpBundleFact, LldpFact};
use bk_model::InterfaceName;
use regex::Regex;

use super::{
    interfaces::ReadRows,
    pattern,
    table::{Piece, Table, read_tables},
};

static BUNDLE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*Aggregate Interface:\s*(\S+)\s*$"));
static SIDE: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*(Local|Peer):\s*$"));
static KEY: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\s*Mode:.*\bKey:\s*(\S+)\s*$"));
/// Lines of the LACP answer that tell nothing that is asked here.
static LACP_OTHER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"^\s*(?:System Default LACP Settings:|System-priority:|Force-up:|Legend:)"));

/// Reads `show lldp neighbors`. Ports without a neighbour are left out. `None` if there is no such table.
#[must_use]
pub fn read_lldp(answer: &str) -> Option<ReadRows<LldpFact>> {
    let mut read = ReadRows {
        rows: Vec::new(),
        unread: Vec::new(),
    };
    let mut found_table = false;
    for piece in read_tables(answer) {
        let table = match piece {
            Piece::Line(line) => {
                read.unread.push(line);
                continue;
            }
            Piece::Table(table) => table,
        };
        found_table = true;
        let local = table.column(&["interface"])?;
        let system = table.column(&["neighbor system name", "neighbour system name"])?;
        let remote = table.column(&["neighbor interface", "neighbour interface"])?;
        for row in &table.rows {
            if row[system].is_empty() && row[remote].is_empty() {
                continue;
            }
            match InterfaceName::parse(&row[local]) {
                Ok(port) => read.rows.push(LldpFact {
                    local: port,
                    system: row[system].clone(),
                    remote: row[remote].clone(),
                }),
                Err(_) => read.unread.push(row.join(" | ")),
            }
        }
        read.unread.extend(table.odd_rows);
    }
    found_table.then_some(read)
}

/// Reads `show lacp interfaces`: a block per bundle. An answer without any block is an empty list.
///
/// The documented layout prints the local part before the bundle's own line; both layouts are read, because keys
/// are taken from whichever side heads them. `None` for an error.
#[must_use]
pub fn read_lacp(answer: &str) -> Option<ReadRows<LacpBundleFact>> {
    if super::answers::is_error(answer) {
        return None;
    }
    let mut read: ReadRows<LacpBundleFact> = ReadRows {
        rows: Vec::new(),
        unread: Vec::new(),
    };
    let mut side = Side::None;
    let mut early_local = None;
    for piece in read_tables(answer) {
        match piece {
            Piece::Table(table) => match read.rows.last_mut() {
                Some(bundle) => read.unread.extend(read_members(table, bundle)),
                None => read.unread.extend(table.rows.iter().map(|row| row.join(" | "))),
            },
            Piece::Line(line) => {
                if let Some(found) = BUNDLE.captures(&line) {
                    side = Side::None;
                    match InterfaceName::parse(&found[1]) {
                        Ok(bundle) => read.rows.push(LacpBundleFact {
                            bundle,
                            local_key: early_local.take(),
                            peer_key: None,
                            members: Vec::new(),
                        }),
                        Err(_) => read.unread.push(line),
                    }
                } else if let Some(found) = SIDE.captures(&line) {
                    side = if &found[1] == "Local" {
                        Side::Local
                    } else {
                        Side::Peer
                    };
                } else if let Some(found) = KEY.captures(&line) {
                    let key = found[1].parse().ok();
                    match (side, read.rows.last_mut()) {
                        (Side::Local, Some(bundle))
                            if bundle.local_key.is_none() && bundle.members.is_empty() =>
                        {
                            bundle.local_key = key;
                        }
                        (Side::Local, _) => early_local = key,
                        (Side::Peer, Some(bundle)) => bundle.peer_key = key,
                        _ => read.unread.push(line),
                    }
                } else if !LACP_OTHER.is_match(&line) {
                    read.unread.push(line);
                }
            }
        }
    }
    Some(read)
}

#[derive(Clone, Copy)]
enum Side {
    None,
    Local,
    Peer,
}

/// Adds the member ports of a bundle. A member is in sync when its own state holds `s`, `c` and `d`.
fn read_members(table: Table, bundle: &mut LacpBundleFact) -> Vec<String> {
    let columns = (
        table.column(&["interface"]),
        table.column(&["role"]),
        table.column(&["protocol state", "state"]),
    );
    let (Some(port), Some(role), Some(state)) = columns else {
        return table
            .rows
            .iter()
            .map(|row| row.join(" | "))
            .chain(table.odd_rows)
            .collect();
    };
    let mut unread = table.odd_rows;
    for row in &table.rows {
        if !row[role].eq_ignore_ascii_case("actor") {
            continue;
        }
        let in_sync = ['s', 'c', 'd'].iter().all(|flag| row[state].contains(*flag));
        match InterfaceName::parse(&row[port]) {
            Ok(port) => bundle.members.push((port, in_sync)),
            Err(_) => unread.push(row.join(" | ")),
        }
    }
    unread
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lldp_rows() {
        let text = "\
| Interface    | Neighbor System Name    | Neighbor interface   | Neighbor TTL   |
|--------------+-------------------------+----------------------+----------------|
| ge100-0/0/0  | SPINE-1                 | ge100-0/0/2          | 120            |
| ge100-0/0/5  |                         |                      |                |
| ge100-0/0/15 | tester-1                | 00:00:00:00:00:02    | 120            |
| ge100-0/0/15 | tester-2                | Ethernet21/1         | 120            |
";
        let read = read_lldp(text).unwrap();
        let rows: Vec<_> = read
            .rows
            .iter()
            .map(|row| format!("{} {} {}", row.local, row.system, row.remote))
            .collect();
        assert_eq!(
            rows,
            [
                "ge100-0/0/0 SPINE-1 ge100-0/0/2",
                "ge100-0/0/15 tester-1 00:00:00:00:00:02",
                "ge100-0/0/15 tester-2 Ethernet21/1"
            ]
        );
        assert!(read.unread.is_empty());
        assert_eq!(read_lldp("ERROR: Unknown word: 'lldp'.\n"), None);
    }

    const LACP: &str = "
System Default LACP Settings:
        System-priority: 1, System-id: 02:00:00:00:00:01

Aggregate Interface: bundle-60000
        Local:
                Mode: active, Period: short, Key: 60000
                System-priority: 1, System-id: 02:00:00:00:00:01
                Force-up: disabled

        Peer:
                Mode: active, Key: 60003
                System-priority: 1, System-id: 02:00:00:00:00:02

Legend: a - aggregatable, s - synchronized, c - collecting, d - distributing

| Interface    | Role    | Port State   | Protocol State   | Port Priority   | Port Id   | Period   |
|--------------+---------+--------------+------------------+-----------------+-----------+----------|
| ge100-0/0/36 | actor   | active       | ascd             | 32768           | 37        | short    |
| ge100-0/0/36 | partner | active       | ascd             | 32768           | 9         | short    |

Aggregate Interface: bundle-445
        Local:
                Mode: active, Period: short, Key: 445
        Peer:
                Mode: N/A, Key: N/A
                System-priority: N/A, System-id: N/A

| Interface    | Role    | Port State   | Protocol State   | Port Priority   | Port Id   | Period   |
|--------------+---------+--------------+------------------+-----------------+-----------+----------|
| ge100-0/0/9  | actor   | standby      | N/A              | 32768           | 10        | short    |
| ge100-0/0/9  | partner |              |                  |                 |           |          |
";

    #[test]
    fn lacp_blocks() {
        let read = read_lacp(LACP).unwrap();
        let rows: Vec<_> = read
            .rows
            .iter()
            .map(|row| {
                let members: Vec<_> = row
                    .members
                    .iter()
                    .map(|(port, in_sync)| format!("{port}:{in_sync}"))
                    .collect();
                format!(
                    "{} {:?} {:?} {}",
                    row.bundle,
                    row.local_key,
                    row.peer_key,
                    members.join(",")
                )
            })
            .collect();
        assert_eq!(
            rows,
            [
                "bundle-60000 Some(60000) Some(60003) ge100-0/0/36:true",
                "bundle-445 Some(445) None ge100-0/0/9:false"
            ]
        );
        assert!(read.unread.is_empty(), "{:?}", read.unread);
        assert_eq!(read_lacp("").unwrap().rows, []);
        assert_eq!(read_lacp("ERROR: Unknown word: 'lacp'.\n"), None);
    }
}
