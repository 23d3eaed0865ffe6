//! `show bridge-domain mac-address-table instance X` (REF 8).

use bk_engine::ports::MacFact;
use bk_model::InterfaceName;

use super::table::{Piece, read_tables};

/// Reads the addresses of the one bridge domain that was asked for. An answer without a table is an empty list.
///
/// `None` if any line is of a form that is not known, so that a row which was not read never counts as absent.
#[must_use]
pub fn read_macs(answer: &str) -> Option<Vec<MacFact>> {
    let mut macs = Vec::new();
    for piece in read_tables(answer) {
        let table = match piece {
            Piece::Line(line) => {
                let known = ["Legend:", "NCP-ID", "Bridge-Domain:", "Total Mac Entries:"];
                if known.iter().any(|start| line.trim_start().starts_with(start)) {
                    continue;
                }
                return None;
            }
            Piece::Table(table) => table,
        };
        let mac = table.column(&["mac address", "mac"])?;
        let interface = table.column(&["interface"])?;
        if !table.odd_rows.is_empty() {
            return None;
        }
        for row in &table.rows {
            macs.push(MacFact {
                mac: row[mac].clone(),
                interface: InterfaceName::parse(&row[interface]).ok()?,
            });
        }
    }
    Some(macs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_captions() {
        for (mac, time) in [
            ("MacAddress", "Timestamp"),
            ("MAC Address", "Entry Date and Time"),
        ] {
            let text = format!(
                "Legend: S - Static, D - Dynamic\n\nNCP-ID 0\nBridge-Domain: bd1\nTotal Mac Entries: 2\n\n\
                 | {mac} | Interface  | {time} | Flags |\n+--------------------+------------+-----------------+-------+\n\
                 | 02:00:94:11:11:11  | bundle-1.251   | Jan 23 19:39:21 |   D   |\n\
                 | 02:40:76:c5:5a:25  | irb1       | Jan 23 19:39:23 |  S, D |\n"
            );
            let macs = read_macs(&text).unwrap();
            assert_eq!(macs.len(), 2);
            assert_eq!(
                (macs[0].mac.as_str(), macs[0].interface.to_string().as_str()),
                ("02:00:94:11:11:11", "bundle-1.251")
            );
        }
    }

    #[test]
    fn none_and_unknown() {
        assert_eq!(
            read_macs(
                "Legend: S - Static, D - Dynamic\n\nNCP-ID 0\nBridge-Domain: bd1\nTotal Mac Entries: 0\n"
            ),
            Some(Vec::new())
        );
        assert_eq!(read_macs("ERROR: Unknown word: 'bd1'.\n"), None);
    }
}
