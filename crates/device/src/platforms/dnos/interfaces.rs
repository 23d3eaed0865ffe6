//! `show interfaces` and `show network-services bridge-domain` (REF 8).

use bk_engine::ports::InterfaceFact;
use bk_model::{AdminState, InterfaceName, OperState};

use super::table::{Piece, Row, read_rows, read_tables};

/// Rows of a table that were read, and lines that were not.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadRows<T> {
    /// What was read.
    pub rows: Vec<T>,
    /// What was not, unedited.
    pub unread: Vec<String>,
}

/// Reads `show interfaces`. `None` if there is no such table.
#[must_use]
pub fn read_interfaces(answer: &str) -> Option<ReadRows<InterfaceFact>> {
    let mut read = ReadRows {
        rows: Vec::new(),
        unread: Vec::new(),
    };
    let mut found_table = false;
    for piece in read_tables(answer) {
        let table = match piece {
            Piece::Line(line) if line.trim_start().starts_with("Legend:") => continue,
            Piece::Line(line) => {
                read.unread.push(line);
                continue;
            }
            Piece::Table(table) => table,
        };
        found_table = true;
        let (name, admin, oper) = (
            table.column(&["interface"])?,
            table.column(&["admin"])?,
            table.column(&["operational"])?,
        );
        let columns = Columns {
            name,
            admin,
            oper,
            mtu: table.column(&["mtu"]),
            service: table.column(&["network-service"]),
        };
        read_rows(table, name, &mut read.rows, &mut read.unread, |row| {
            columns.read(row).map_or(Row::Odd, Row::Fact)
        });
    }
    found_table.then_some(read)
}

/// Where the cells of an interface stand.
struct Columns {
    name: usize,
    admin: usize,
    oper: usize,
    mtu: Option<usize>,
    service: Option<usize>,
}

impl Columns {
    /// `None` if a cell that is filled is not understood.
    fn read(&self, row: &[String]) -> Option<InterfaceFact> {
        let mtu = self
            .mtu
            .map(|mtu| row[mtu].as_str())
            .filter(|mtu| !mtu.is_empty());
        Some(InterfaceFact {
            name: read_name(&row[self.name])?,
            admin: match row[self.admin].to_ascii_lowercase().as_str() {
                "enabled" => AdminState::Enabled,
                // A port whose hardware is absent prints no admin state; it is not enabled.
                "disabled" | "" => AdminState::Disabled,
                _ => return None,
            },
            oper: read_oper(&row[self.oper]),
            mtu: match mtu {
                Some(bytes) => Some(bytes.parse().ok()?),
                None => None,
            },
            service: self
                .service
                .map_or_else(String::new, |service| row[service].clone()),
        })
    }
}

/// Reads the name cell, which may carry ` (L2)`, or ` (x)` before 18.2.
fn read_name(cell: &str) -> Option<InterfaceName> {
    let name = match cell.split_once('(') {
        Some((name, "L2)" | "x)")) => name.trim_end(),
        Some(_) => return None,
        None => cell,
    };
    InterfaceName::parse(name).ok()
}

/// Reads the operational cell: `up`, `down`, `not-present`, `not present (b)`.
fn read_oper(cell: &str) -> OperState {
    let cell = cell.to_ascii_lowercase();
    match cell.split('(').next().unwrap_or("").trim() {
        "up" => OperState::Up,
        "down" => OperState::Down,
        "not-present" | "not present" => OperState::NotPresent,
        _ => OperState::Unknown,
    }
}

/// Reads the name table of `show network-services bridge-domain`. `None` if there is no such table.
#[must_use]
pub fn read_bridge_domain_names(answer: &str) -> Option<Vec<String>> {
    let pieces = read_tables(answer);
    let [Piece::Table(table)] = pieces.as_slice() else {
        return None;
    };
    if !table.odd_rows.is_empty() {
        return None;
    }
    let name = table.column(&["name"])?;
    Some(table.rows.iter().map(|row| row[name].clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_all_kinds() {
        let text = "\
Legend: i - inner vlan, L2 - l2 service interface


| Interface             |  Admin   | Operational     | IPv4 Address | IPv6 Address | VLAN           | MTU  | Network-Service       | Bundle-Id  |
+-----------------------+----------+-----------------+--------------+--------------+----------------+------+-----------------------+------------+
| bundle-3.100 (L2)     | enabled  | up              |              |              | 4024, 222(ivm) | 1518 | BD (g_kestrel_v251)   |            |
| ge100-0/0/1           | disabled | not present (b) |              |              |                |      |                       |            |
| ge400-0/0/2           |          | not-present     |              |              |                | 1514 | VRF (default)         | 3          |
| bundle-3.200 (x)      | enabled  | down            |              |              | 4024 (m)       | 1514 | VPWS (cust1)          |            |
| ...                   |          |                 |              |              |                |      |                       |            |
| irb1                  | enabled  | testing         |              |              |                | 1514 | VRF (default), BD (x) |            |
";
        let read = read_interfaces(text).unwrap();
        let rows: Vec<String> = read
            .rows
            .iter()
            .map(|row| {
                format!(
                    "{} {:?} {:?} {:?} {}",
                    row.name, row.admin, row.oper, row.mtu, row.service
                )
            })
            .collect();
        insta::assert_snapshot!(rows.join("\n"), @r"
        bundle-3.100 Enabled Up Some(1518) BD (g_kestrel_v251)
        ge100-0/0/1 Disabled NotPresent None 
        ge400-0/0/2 Disabled NotPresent Some(1514) VRF (default)
        bundle-3.200 Enabled Down Some(1514) VPWS (cust1)
        irb1 Enabled Unknown Some(1514) VRF (default), BD (x)
        ");
        assert_eq!(read.unread.len(), 1, "{:?}", read.unread);
    }

    #[test]
    fn bridge_domain_names() {
        assert_eq!(
            read_bridge_domain_names("| Name |\n|------|\n| bd1  |\n| bd2  |\n"),
            Some(vec!["bd1".into(), "bd2".into()])
        );
        assert_eq!(
            read_bridge_domain_names("ERROR: Unknown word: 'bridge-domain'.\n"),
            None
        );
    }
}
