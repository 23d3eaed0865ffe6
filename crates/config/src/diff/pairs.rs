//! Pairing removed and added lines into changes.

use std::collections::HashMap;

use super::{ChangedLine, TreeDelta};
use crate::path::{ConfigPath, below};
use crate::statement::Setting;

/// A line that the other tree does not have.
pub(super) struct Unmatched {
    pub(super) path: ConfigPath,
    pub(super) is_entry: bool,
}

/// Sorts unmatched lines into removed, added and changed.
pub(super) fn pair(removed: Vec<Unmatched>, added: &[Unmatched]) -> TreeDelta {
    let gained = live_on(&removed, added);
    let lost = live_on(added, &removed);
    let mut by_key = HashMap::new();
    for (at, line) in removed.iter().enumerate().filter(|(at, _)| !gained[*at]) {
        if let Some(setting) = Setting::parse(line.path.as_str()) {
            by_key.entry(setting.key()).or_insert(at);
        }
    }
    let mut partner_of: Vec<Option<usize>> = vec![None; removed.len()];
    let mut delta = TreeDelta::default();
    for (at, line) in added.iter().enumerate().filter(|(at, _)| !lost[*at]) {
        let partner = Setting::parse(line.path.as_str()).and_then(|setting| by_key.remove(&setting.key()));
        match partner {
            Some(partner) => partner_of[partner] = Some(at),
            None => delta.added.push(line.path.clone()),
        }
    }
    for (at, line) in removed.into_iter().enumerate().filter(|(at, _)| !gained[*at]) {
        match partner_of[at] {
            Some(after) => {
                delta.changed.push(ChangedLine {
                    before: line.path,
                    after: added[after].path.clone(),
                });
            }
            None => delta.removed.push(line.path),
        }
    }
    delta
}

/// Tells for each line whether it is an entry without lines that has lines in the other tree.
fn live_on(lines: &[Unmatched], other: &[Unmatched]) -> Vec<bool> {
    let mut paths: Vec<&str> = other.iter().map(|line| line.path.as_str()).collect();
    paths.sort_unstable();
    let has_lines = |entry: &str| {
        // A blank sorts before every other character of a path: what lies below an entry follows it directly.
        let first = paths.partition_point(|path| *path < entry);
        paths.get(first).is_some_and(|path| below(path, entry))
    };
    lines
        .iter()
        .map(|line| line.is_entry && has_lines(line.path.as_str()))
        .collect()
}
