//! Dialects such that every two values of any two switches occur together (REF 13).

use bk_lab::dialect::Dialect;

use crate::mix;

/// Every switch with its values, as they are written.
const SWITCHES: [(&str, &[&str]); 32] = [
    ("candidate", &["user", "session", "device"]),
    ("candidate-life", &["kept", "lost"]),
    ("out-of-sync", &["ask", "merge"]),
    ("pending-on-commit", &["confirms", "leaves"]),
    ("revert", &["before", "delta", "last"]),
    ("revert-entry", &["added", "vanishes"]),
    ("reboot", &["keeps", "drops", "reverts"]),
    ("arms", &["yes", "no"]),
    ("confirm-texts", &["documented", "field", "succeeded"]),
    ("confirm-log", &["accepted", "refused"]),
    ("rollback-text", &["silent", "complete"]),
    ("empty-check", &["notice", "passed"]),
    ("commit-errors", &["lines", "paths"]),
    ("delete-missing", &["silent", "unknown"]),
    ("caret-input", &["accepted", "refused"]),
    ("context-after-no", &["unchanged", "parent"]),
    ("order", &["sorted", "insertion"]),
    ("member-bang", &["printed", "absent"]),
    ("list-separator", &["comma", "comma-blank", "blank"]),
    ("quotes", &["needed", "always"]),
    ("admin-state", &["typed", "filled", "hidden"]),
    ("tpid", &["typed", "filled", "hidden"]),
    ("commit-text", &["kept", "rewritten"]),
    ("list-set", &["merge", "replace"]),
    ("empty-nodes", &["vanish", "stay"]),
    ("compare", &["hierarchy", "paths"]),
    ("compare-order", &["first-is-old", "first-is-new"]),
    ("tables", &["captured", "documented"]),
    ("session-list", &["full", "anonymous"]),
    ("broadcast", &["redraw", "bare"]),
    ("zone", &["israel", "utc"]),
    ("error-reset", &["always", "coloured"]),
];

/// How many rows are tried for each that is taken.
const TRIES: u64 = 60;

type Row = [usize; SWITCHES.len()];

/// A dialect with its text.
pub struct Named {
    /// As it is written.
    pub text: String,
    /// Read.
    pub dialect: Dialect,
}

/// A covering array of strength two, greedily: of many rows drawn, the one that holds most pairs not seen yet.
#[must_use]
pub fn pairwise(seed: u64) -> Vec<Named> {
    every_switch_is_listed();
    let mut missing = Vec::new();
    for (left, (_, ours)) in SWITCHES.iter().enumerate() {
        for (right, (_, theirs)) in SWITCHES.iter().enumerate().skip(left + 1) {
            for a in 0..ours.len() {
                missing.extend((0..theirs.len()).map(|b| (left, a, right, b)));
            }
        }
    }
    let mut rows = Vec::new();
    while let Some(&wanted) = missing.first() {
        let drawn = (0..TRIES).map(|number| draw(seed, rows.len(), number, wanted));
        let held = |row: &Row| missing.iter().filter(|pair| holds(row, **pair)).count();
        let best = drawn.max_by_key(held).expect("some were drawn");
        missing.retain(|pair| !holds(&best, *pair));
        rows.push(best);
    }
    rows.into_iter().map(|row| named(&row)).collect()
}

fn draw(seed: u64, row: usize, number: u64, (left, a, right, b): (usize, usize, usize, usize)) -> Row {
    let mut drawn = [0; SWITCHES.len()];
    for (at, (name, values)) in SWITCHES.iter().enumerate() {
        let chance = mix(seed ^ number, &format!("{row} {name}"));
        drawn[at] = usize::try_from(chance >> 16).unwrap_or(0) % values.len();
    }
    (drawn[left], drawn[right]) = (a, b);
    drawn
}

fn holds(row: &Row, (left, a, right, b): (usize, usize, usize, usize)) -> bool {
    row[left] == a && row[right] == b
}

fn named(row: &Row) -> Named {
    let text = row
        .iter()
        .zip(SWITCHES)
        .filter(|(value, _)| **value != 0)
        .map(|(value, (name, values))| format!("{name}={}", values[*value]))
        .collect::<Vec<_>>()
        .join(",");
    let dialect = Dialect::parse(&text).unwrap_or_else(|error| panic!("{text}: {error:?}"));
    Named { text, dialect }
}

/// A switch that is added to the fabric is added here too.
fn every_switch_is_listed() {
    let all = serde_json::to_value(Dialect::default()).expect("a dialect is written");
    let mut names: Vec<&str> = all
        .as_object()
        .expect("a dialect has switches")
        .keys()
        .map(String::as_str)
        .collect();
    let mut listed: Vec<&str> = SWITCHES.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    listed.sort_unstable();
    assert_eq!(names, listed);
    for (name, values) in SWITCHES {
        assert_eq!(all[name], values[0], "the first value of {name} is its default");
    }
}
