//! `show bridge-domain mac-address-table`.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use chrono::{Duration, FixedOffset};

use crate::forwarding::Learned;

use super::grid::Grid;
use super::time::{number_of, started};
use super::{Scene, TableLayout};

/// What of the table is wanted.
#[derive(Debug, Default)]
pub(super) struct Filter {
    pub(super) detail: bool,
    pub(super) instance: Option<String>,
    pub(super) mac: Option<String>,
    pub(super) ncp: Option<u32>,
}

/// The table. A box shows its addresses on one packet processor; others have none.
pub(super) fn table(scene: &Scene<'_>, filter: &Filter) -> String {
    let ncp = filter.ncp.unwrap_or(0);
    let mut text = if filter.detail {
        String::new()
    } else {
        "Legend: S - Static, D - Dynamic\n\n".to_owned()
    };
    let _ = writeln!(text, "NCP-ID {ncp}");
    let entries = if ncp == 0 {
        scene
            .network
            .learned(&scene.view.spec.name, filter.instance.as_deref())
    } else {
        Vec::new()
    };
    let mut by_instance: BTreeMap<&str, Vec<&Learned>> = BTreeMap::new();
    for entry in entries
        .iter()
        .filter(|entry| filter.mac.as_ref().is_none_or(|mac| *mac == entry.mac))
    {
        by_instance.entry(&entry.instance).or_default().push(entry);
    }
    let wanted = filter.instance.as_deref().filter(|_| by_instance.is_empty());
    if let Some(name) = wanted {
        by_instance.insert(name, Vec::new());
    }
    for (number, (instance, entries)) in by_instance.iter().enumerate() {
        if number > 0 {
            text.push('\n');
        }
        let _ = writeln!(
            text,
            "Bridge-Domain: {instance}\nTotal Mac Entries: {}\n",
            entries.len()
        );
        text.push_str(&if filter.detail {
            blocks(entries)
        } else {
            rows(scene, entries)
        });
    }
    text
}

fn rows(scene: &Scene<'_>, entries: &[&Learned]) -> String {
    let zone = *scene.view.now.offset();
    let mut grid = match scene.view.layout {
        TableLayout::Captured => Grid::fixed(&[
            ("MacAddress", 18),
            ("Interface", 10),
            ("Timestamp", 15),
            ("Flags", 5),
        ]),
        TableLayout::Documented => {
            Grid::fitted(&["MAC Address", "Interface", "Entry Date and Time", "Flags"])
        }
    };
    for entry in entries {
        grid.row([
            &entry.mac,
            &entry.interface,
            &learned_at(scene, entry, zone),
            "  D",
        ]);
    }
    grid.render()
}

fn blocks(entries: &[&Learned]) -> String {
    let block = |entry: &&Learned| {
        format!(
            "    MacAddress: {}\n    Interface: {}\n    Flags: Dynamic\n    Timestamp: 0\n",
            entry.mac, entry.interface
        )
    };
    entries.iter().map(block).collect::<Vec<_>>().join("\n")
}

/// `Jan 23 19:39:21`: within the first hour after the start of the device.
fn learned_at(scene: &Scene<'_>, entry: &Learned, zone: FixedOffset) -> String {
    let after = Duration::seconds((number_of(&entry.mac) % 3600) as i64);
    (started(&scene.view.spec.name, zone) + after)
        .format("%b %d %H:%M:%S")
        .to_string()
}
