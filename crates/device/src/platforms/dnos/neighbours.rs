//! `show lldp neighbors` and `show lacp interfaces` (REF 8).

use std::{collections::HashSet, sync::LazyLock};

use bk_engine::ports::{LacpBundleFact, LldpFact};
use bk_model::InterfaceName;
use regex::Regex;

use super::{
    interfaces::ReadRows,
    pattern,
    table::{Piece, Row, Table, read_rows, read_tables},
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
        read_rows(
            table,
            local,
            &mut read.rows,
            &mut read.unread,
            |row| match InterfaceName::parse(&row[local]) {
                Ok(_) if row[system].is_empty() && row[remote].is_empty() => Row::Nothing,
                Ok(local) => Row::Fact(LldpFact {
                    local,
                    system: row[system].clone(),
                    remote: row[remote].clone(),
                }),
                Err(_) if row.iter().all(String::is_empty) => Row::Nothing,
                Err(_) => Row::Odd,
            },
        );
    }
    found_table.then_some(read)
}

/// Reads `show lacp interfaces`: a block per bundle. An answer without any block is an empty list.
///
/// The captured layout prints `Local:` behind the bundle's own line, the documented one before it; both are read.
/// `None` for an error.
#[must_use]
pub fn read_lacp(answer: &str) -> Option<ReadRows<LacpBundleFact>> {
    if super::answers::is_error(answer) {
        return None;
    }
    let mut blocks = Blocks::default();
    for piece in read_tables(answer) {
        match piece {
            Piece::Table(table) => blocks.table(table),
            Piece::Line(line) => blocks.line(line),
        }
    }
    Some(ReadRows {
        rows: blocks.bundles,
        unread: blocks.unread,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Local,
    Peer,
}

/// The blocks so far.
#[derive(Default)]
struct Blocks {
    bundles: Vec<LacpBundleFact>,
    unread: Vec<String>,
    /// Lines belong to the last bundle: not so before the first one, below one that is not understood, and behind the
    /// table of members.
    is_open: bool,
    /// Whose part this is.
    side: Option<Side>,
    /// Nothing of that part was printed yet.
    is_headed: bool,
    /// The parts of the open bundle whose key was printed.
    told: Vec<Side>,
}

impl Blocks {
    fn line(&mut self, line: String) {
        if let Some(found) = BUNDLE.captures(&line) {
            self.side = self.side.filter(|side| *side == Side::Local && self.is_headed);
            self.told.clear();
            let bundle = InterfaceName::parse(&found[1]).ok();
            let bundle = bundle.filter(|name| name.is_bundle() && !name.is_subinterface());
            self.is_open = bundle.is_some();
            match bundle {
                Some(bundle) => self.bundles.push(LacpBundleFact {
                    bundle,
                    local_key: None,
                    peer_key: None,
                    members: Vec::new(),
                }),
                None => self.unread.push(line),
            }
        } else if let Some(found) = SIDE.captures(&line) {
            let side = if &found[1] == "Local" {
                Side::Local
            } else {
                Side::Peer
            };
            self.side = Some(side);
            self.is_headed = true;
        } else if let Some(found) = KEY.captures(&line) {
            self.is_headed = false;
            if self.key(&found[1]).is_none() {
                self.unread.push(line);
            }
        } else if !LACP_OTHER.is_match(&line) {
            self.unread.push(line);
        }
    }

    /// Takes a key. `None` if it is none, or if it is not known whose.
    fn key(&mut self, key: &str) -> Option<()> {
        let key = match key {
            "N/A" => None,
            key => Some(key.parse().ok()?),
        };
        let side = self
            .side
            .filter(|side| self.is_open && !self.told.contains(side))?;
        let bundle = self.bundles.last_mut()?;
        match side {
            Side::Local => bundle.local_key = key,
            Side::Peer => bundle.peer_key = key,
        }
        self.told.push(side);
        Some(())
    }

    fn table(&mut self, table: Table) {
        match self.bundles.last_mut().filter(|_| self.is_open) {
            Some(bundle) => read_members(table, bundle, &mut self.unread),
            None => not_read(table, &mut self.unread),
        }
        self.is_open = false;
        self.side = None;
    }
}

fn not_read(table: Table, unread: &mut Vec<String>) {
    unread.extend(table.rows.iter().map(|row| row.join(" | ")));
    unread.extend(table.odd_rows);
}

/// Adds the member ports of a bundle. A member is in sync when its own state holds `s`, `c` and `d`.
fn read_members(table: Table, bundle: &mut LacpBundleFact, unread: &mut Vec<String>) {
    let columns = (
        table.column(&["interface"]),
        table.column(&["role"]),
        table.column(&["protocol state", "state"]),
    );
    let (Some(port), Some(role), Some(state)) = columns else {
        return not_read(table, unread);
    };
    read_rows(table, port, &mut bundle.members, unread, |row| {
        if row[role].eq_ignore_ascii_case("partner") {
            return Row::Nothing;
        }
        match InterfaceName::parse(&row[port]) {
            Ok(port) if row[role].eq_ignore_ascii_case("actor") => Row::Fact((port, is_in_sync(&row[state]))),
            _ => Row::Odd,
        }
    });
}

/// Whether a protocol state holds the flags `s`, `c` and `d`. A word such as `discarding` is none of flags.
fn is_in_sync(state: &str) -> bool {
    let mut seen = HashSet::new();
    let is_flags = state
        .chars()
        .all(|flag| flag.is_ascii_lowercase() && seen.insert(flag));
    is_flags && ['s', 'c', 'd'].iter().all(|flag| seen.contains(flag))
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
