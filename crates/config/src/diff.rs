//! Differences between two trees, order-free.

mod pairs;
mod walk;

use serde::{Deserialize, Serialize};

use crate::path::ConfigPath;
use crate::tree::Tree;

/// What differs between two trees: full paths of leaves, and of entries without leaves.
///
/// Order does not matter. A value that changed stands in `changed` and nowhere else; only lines that are understood are
/// paired so, all others are removed and added.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TreeDelta {
    /// Lines that only the second tree has, in its order.
    pub added: Vec<ConfigPath>,
    /// Lines that only the first tree has, in its order.
    pub removed: Vec<ConfigPath>,
    /// Lines whose value differs.
    pub changed: Vec<ChangedLine>,
}

/// One line whose value differs.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChangedLine {
    /// The line of the first tree.
    pub before: ConfigPath,
    /// The line of the second tree.
    pub after: ConfigPath,
}

impl TreeDelta {
    /// Tells whether nothing differs.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty() && self.changed.is_empty()
    }

    /// Returns every path that stands in the delta.
    pub fn paths(&self) -> impl Iterator<Item = &ConfigPath> {
        let changed = self.changed.iter().flat_map(|line| [&line.before, &line.after]);
        self.added.iter().chain(&self.removed).chain(changed)
    }

    /// Returns the delta that leads back.
    #[must_use]
    pub fn reversed(self) -> Self {
        let changed = self.changed.into_iter().map(|line| ChangedLine {
            before: line.after,
            after: line.before,
        });
        Self {
            added: self.removed,
            removed: self.added,
            changed: changed.collect(),
        }
    }
}

/// Compares two trees, in whichever form each is written.
///
/// Lines are compared as written; see [`crate::canonical()`] for a comparison on meaning. An entry that gains its first line
/// or loses its last is neither added nor removed.
#[must_use]
pub fn diff(before: &Tree, after: &Tree) -> TreeDelta {
    let (removed, added) = walk::unmatched(before, after);
    pairs::pair(removed, &added)
}
