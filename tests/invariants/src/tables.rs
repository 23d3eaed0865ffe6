//! The table readers: each row is read or named as not understood, and what is read is what the row says.

use bk_device::platforms::dnos::{
    interfaces::{read_bridge_domain_names, read_interfaces},
    macs::read_macs,
    neighbours::{read_lacp, read_lldp},
    rollback::read_rollback,
    sessions::read_sessions,
    table::{Piece, Table, read_tables, read_tables_of_text},
};
use bk_model::{AdminState, OperState};

use crate::text_of;

/// Reads any bytes as each of the tables.
pub fn tables(data: &[u8]) {
    let text = text_of(data);
    pieces(&text);
    interfaces(&text);
    lldp(&text);
    lacp(&text);
    lists(&text);
}

fn filled(text: &str) -> impl Iterator<Item = &str> {
    text.lines().map(str::trim).filter(|line| !line.is_empty())
}

fn is_separator(line: &str) -> bool {
    line.starts_with(['|', '+']) && line.contains('-') && line.chars().all(|c| "|+-".contains(c))
}

fn rows(piece: &Piece) -> usize {
    match piece {
        Piece::Line(_) => 1,
        Piece::Table(table) => table.rows.len() + table.odd_rows.len(),
    }
}

/// A line is one of a table's or stands alone.
fn pieces(text: &str) {
    let pieces = read_tables(text);
    let tables = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Table(_)))
        .count();
    let told: usize = pieces.iter().map(rows).sum();
    let separators = filled(text).filter(|line| is_separator(line)).count();
    let lines = filled(text).count();
    let least = told + 2 * tables;
    assert!(least <= lines && lines <= least + separators, "{told} of {lines}");
}

/// The rows of the answer, with the table in which each stands.
fn all_rows(text: &str) -> Vec<(Table, Vec<String>)> {
    rows_of(read_tables(text))
}

fn rows_of(pieces: Vec<Piece>) -> Vec<(Table, Vec<String>)> {
    pieces
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Table(table) => Some(table),
            Piece::Line(_) => None,
        })
        .flat_map(|table| {
            let rows = table.rows.clone();
            rows.into_iter().map(move |row| (table.clone(), row))
        })
        .collect()
}

fn cell<'a>((table, row): &'a (Table, Vec<String>), names: &[&str]) -> Option<&'a str> {
    table.column(names).map(|at| row[at].as_str())
}

fn is_free_of_bars((_, row): &(Table, Vec<String>)) -> bool {
    row.iter().all(|cell| !cell.contains('|'))
}

fn interfaces(text: &str) {
    let Some(read) = read_interfaces(text) else { return };
    let legends =
        |piece: &Piece| matches!(piece, Piece::Line(line) if line.trim_start().starts_with("Legend:"));
    let said: usize = read_tables(text)
        .iter()
        .filter(|piece| !legends(piece))
        .map(rows)
        .sum();
    assert_eq!(
        read.rows.len() + read.unread.len(),
        said,
        "each row is read or named"
    );
    let known = all_rows(text);
    let mut candidates = known.iter();
    for fact in &read.rows {
        let name = fact.name.to_string();
        let is_this = |row: &&(Table, Vec<String>)| {
            let admin = cell(row, &["admin"]).unwrap_or_default().to_ascii_lowercase();
            let mtu = cell(row, &["mtu"]).unwrap_or_default();
            let plain = cell(row, &["interface"]).unwrap_or_default();
            let plain = plain.split('(').next().unwrap_or_default().trim();
            let oper = cell(row, &["operational"]).unwrap_or_default();
            is_free_of_bars(row)
                && plain == name
                && cell(row, &["network-service"]).unwrap_or_default() == fact.service
                && match fact.admin {
                    AdminState::Enabled => admin == "enabled",
                    AdminState::Disabled => admin == "disabled" || admin.is_empty(),
                }
                && fact.mtu.map_or(mtu.is_empty(), |bytes| {
                    mtu.trim_start_matches(['+', '0']) == bytes.to_string() || bytes == 0
                })
                && (fact.oper != OperState::Up || oper.to_ascii_lowercase().starts_with("up"))
        };
        assert!(
            candidates.any(|row| is_this(&row)),
            "{fact:?} says what no row says"
        );
    }
}

fn lldp(text: &str) {
    let Some(read) = read_lldp(text) else { return };
    let system = ["neighbor system name", "neighbour system name"];
    let remote = ["neighbor interface", "neighbour interface"];
    let known = all_rows(text);
    let nobody = known
        .iter()
        .filter(|row| {
            is_free_of_bars(row)
                && cell(row, &system).is_some_and(str::is_empty)
                && cell(row, &remote).is_some_and(str::is_empty)
        })
        .count();
    let said: usize = read_tables(text).iter().map(rows).sum();
    let named = read.rows.len() + read.unread.len();
    assert!(
        named <= said && said <= named + nobody,
        "each row is read, named, or of a port without a neighbour"
    );
    let mut candidates = known.iter();
    for fact in &read.rows {
        let found = candidates.any(|row| {
            is_free_of_bars(row)
                && cell(row, &["interface"]) == Some(fact.local.to_string().as_str())
                && cell(row, &system) == Some(fact.system.as_str())
                && cell(row, &remote) == Some(fact.remote.as_str())
        });
        assert!(found, "{fact:?} says what no row says");
    }
}

fn lacp(text: &str) {
    let Some(read) = read_lacp(text) else { return };
    let pieces = read_tables(text);
    let known = all_rows(text);
    let of_partner = |row: &&(Table, Vec<String>)| {
        is_free_of_bars(row) && cell(row, &["role"]).is_some_and(|role| role.eq_ignore_ascii_case("partner"))
    };
    let partners = known.iter().filter(of_partner).count();
    let in_tables: usize = pieces
        .iter()
        .filter(|piece| matches!(piece, Piece::Table(_)))
        .map(rows)
        .sum();
    let members: usize = read.rows.iter().map(|bundle| bundle.members.len()).sum();
    assert!(
        in_tables <= members + partners + read.unread.len() && members <= in_tables,
        "each row is a member, a partner's or named: {in_tables} rows, {read:?}"
    );
    for bundle in &read.rows {
        assert!(
            bundle.bundle.is_bundle() && !bundle.bundle.is_subinterface(),
            "{bundle:?}"
        );
        for (port, in_sync) in &bundle.members {
            let says_so = known.iter().any(|row| {
                let state = cell(row, &["protocol state", "state"]).unwrap_or_default();
                let once = |flag: &char| state.matches(*flag).count() == 1;
                let flags = state.chars().all(|c| c.is_ascii_lowercase() && once(&c));
                let synced = flags && ['s', 'c', 'd'].iter().all(once);
                is_free_of_bars(row)
                    && cell(row, &["interface"]) == Some(port.to_string().as_str())
                    && cell(row, &["role"]).is_some_and(|role| role.eq_ignore_ascii_case("actor"))
                    && synced == *in_sync
            });
            assert!(says_so, "{port} of {bundle:?} is in sync or not as no row says");
        }
    }
    lacp_blocks(
        text,
        read.rows
            .iter()
            .map(|bundle| (bundle.bundle.to_string(), bundle.local_key, bundle.peer_key)),
    );
    let keys = read
        .rows
        .iter()
        .flat_map(|bundle| [bundle.local_key, bundle.peer_key]);
    let key_lines = lines_with_key(text)
        .filter(|key| key.parse::<u32>().is_ok())
        .count();
    let unread_keys: usize = read.unread.iter().map(|line| lines_with_key(line).count()).sum();
    let other_keys = lines_with_key(text)
        .filter(|key| key.parse::<u32>().is_err() && *key != "N/A")
        .count();
    assert!(
        key_lines + other_keys <= keys.flatten().count() + unread_keys,
        "each key is a bundle's or named: {text:?} {read:?}"
    );
}

fn lines_with_key(text: &str) -> impl Iterator<Item = &str> {
    filled(text)
        .filter(|line| line.starts_with("Mode:"))
        .filter_map(|line| line.rsplit_once(", Key:"))
        .map(|(_, key)| key.trim())
        .filter(|key| !key.is_empty() && !key.contains(char::is_whitespace))
}

/// A bundle is one that the answer names, and its keys are among those that are printed.
fn lacp_blocks(text: &str, bundles: impl Iterator<Item = (String, Option<u32>, Option<u32>)>) {
    let mut lines = filled(text);
    for (name, local, peer) in bundles {
        let found = lines.any(|line| {
            line.strip_prefix("Aggregate Interface:")
                .is_some_and(|rest| rest.trim() == name)
        });
        assert!(found, "{name} is not named");
        for key in [local, peer].into_iter().flatten() {
            let printed = filled(text).any(|line| {
                line.rsplit_once("Key:")
                    .is_some_and(|(_, found)| found.trim().parse() == Ok(key))
            });
            assert!(printed, "{key} is not printed");
        }
    }
}

/// Lists that are read whole or not at all.
fn lists(text: &str) {
    let tables = all_rows(text);
    if let Some(names) = read_bridge_domain_names(text) {
        let said: usize = read_tables(text).iter().map(rows).sum();
        assert_eq!(names.len(), said, "each row is a name");
        assert!(names.iter().all(|name| !name.contains('|')), "{names:?}");
    }
    if let Some(macs) = read_macs(text) {
        assert_eq!(macs.len(), tables.len());
        assert!(macs.iter().all(|mac| !mac.mac.contains('|')), "{macs:?}");
    }
    let ours = std::net::SocketAddr::from(([192, 0, 2, 3], 56364));
    if let Some(sessions) = read_sessions(text, ours) {
        assert!(sessions.len() <= tables.len());
        let of_ours = sessions
            .iter()
            .filter(|session| session.is_this == Some(true))
            .count();
        assert!(of_ours <= 1, "{sessions:?}");
        assert!(
            of_ours == 1 || sessions.iter().all(|session| session.is_this.is_none()),
            "{sessions:?}"
        );
    }
    if let Some(entries) = read_rollback(text) {
        assert!(
            entries
                .iter()
                .enumerate()
                .all(|(at, entry)| at == usize::from(entry.id))
        );
        let logs: String = entries.iter().map(|entry| entry.log.as_str()).collect();
        for row in &rows_of(read_tables_of_text(text)) {
            assert!(logs.contains(cell(row, &["log"]).unwrap_or_default()), "{row:?}");
        }
    }
}
