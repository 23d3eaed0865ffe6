//! How much of a change a device has in effect, and the lines that take it back.

use bk_config::{CliLine, ConfigText, TransitionError, Tree, apply, transition};

use super::lines::{Delta, LineSet, is_entry_path};

/// How much of a change a running configuration has in effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Effect {
    /// The part of the change that is in effect.
    pub live: Delta,
    /// Whether all of it is.
    pub complete: bool,
    /// What differs from the base beside that: not ours.
    pub others: Delta,
}

impl Effect {
    /// Judges the touched objects as they are `now`, from what they were at `base`.
    #[must_use]
    pub fn judge(change: &Delta, base: &LineSet, now: &LineSet) -> Self {
        let live = Delta {
            added: change
                .added
                .iter()
                .filter(|line| now.holds(line))
                .cloned()
                .collect(),
            removed: change
                .removed
                .iter()
                .filter(|line| is_removed_by_us(line, change, now))
                .cloned()
                .collect(),
        };
        let complete = live == *change;
        let others = Delta::between(&base.with(&live), now);
        Self {
            live,
            complete,
            others,
        }
    }

    /// Judges the touched objects where no commit can have brought the change: whatever differs is not ours, also lines
    /// that another typed as we would have.
    #[must_use]
    pub fn none_of_ours(base: &LineSet, now: &LineSet) -> Self {
        Self {
            live: Delta::default(),
            complete: false,
            others: Delta::between(base, now),
        }
    }

    /// Tells whether nothing of the change is in effect.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.live.is_empty()
    }
}

/// A removed line that is absent is ours, unless a value that is not ours stands in its place.
fn is_removed_by_us(line: &str, change: &Delta, now: &LineSet) -> bool {
    if now.holds(line) {
        return false;
    }
    let Some((key, _)) = line.rsplit_once(' ') else {
        return true;
    };
    let same_key = |other: &&String| other.rsplit_once(' ').is_some_and(|(k, _)| k == key);
    if is_entry_path(line) {
        return true;
    }
    match change.added.iter().find(same_key) {
        // Ours replaced the value: the removal is ours as long as our value stands.
        Some(replacement) => now.holds(replacement),
        None => now.below(key).next().is_none(),
    }
}

/// Computes the lines that take `live` back from `now` and nothing else.
///
/// Only ours are named where that is possible, and the result is proven. Where the grammar has no line for it (a tag
/// alone can't leave a unit), the object goes and the rest is set again within the one candidate: the change as a whole
/// is ours alone.
///
/// # Errors
/// [`TransitionError`] when no line that may be sent does it.
pub fn lines_back(now: &LineSet, live: &Delta) -> Result<Vec<CliLine>, TransitionError> {
    let tree = |lines: &LineSet| {
        let text = ConfigText::new(lines.text()).expect("a part of a configuration text is below its limit");
        Tree::read_flattened(&text).0
    };
    let target = now.with(&live.inverse());
    if let Some(lines) = single_lines(live, &target)
        && let Ok(after) = apply(&tree(now), &lines)
        && LineSet::of_tree(&after) == target
    {
        return Ok(lines);
    }
    transition(&tree(now), &tree(&target))
}

/// One line for each line of ours; an object of which nothing is to stay goes as a whole. Members leave before their
/// interface goes and come back after it (REF 4.3).
fn single_lines(live: &Delta, target: &LineSet) -> Option<Vec<CliLine>> {
    let is_interface = |line: &&String| line.starts_with("interfaces ");
    let mut lines: Vec<String> = Vec::new();
    let (interfaces, members): (Vec<&String>, Vec<&String>) = live.added.iter().partition(is_interface);
    for line in members.into_iter().chain(interfaces) {
        let removal = match object_of(line).filter(|object| !target.holds(object)) {
            Some(object) => format!("no {object}"),
            None if live.removed.iter().any(|back| same_key(back, line)) => continue,
            None if CliLine::parse(&format!("no {line}")).is_ok() => format!("no {line}"),
            None => format!("no {}", line.rsplit_once(' ')?.0),
        };
        if !lines.contains(&removal) {
            lines.push(removal);
        }
    }
    let (interfaces, members): (Vec<&String>, Vec<&String>) = live.removed.iter().partition(is_interface);
    lines.extend(interfaces.into_iter().chain(members).cloned());
    lines.iter().map(|line| CliLine::parse(line).ok()).collect()
}

/// Returns the interface or instance to which a line belongs.
fn object_of(line: &str) -> Option<String> {
    bk_config::ConfigPath::new(line)
        .owner()
        .map(|path| path.as_str().to_owned())
}

/// Tells whether two lines set the same thing to different values.
pub(crate) fn same_key(left: &str, right: &str) -> bool {
    let key = |line: &str| line.rsplit_once(' ').map(|(key, _)| key.to_owned());
    left != right && !is_entry_path(left) && !is_entry_path(right) && key(left) == key(right)
}
