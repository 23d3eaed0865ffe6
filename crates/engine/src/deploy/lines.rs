//! Sets of configuration lines: what a device runs, what a plan changes, and how much of it is in effect.
//!
//! Everything here is order-free and works on flattened lines, the form that is the same in a text, in a compare and
//! in a rollback entry.

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{ConfigText, Tree, meaning_of};
use serde::{Deserialize, Serialize};

/// The lines of a configuration, or of a part of it. Each has its full path; an entry without leaves is marked.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LineSet(BTreeMap<String, bool>);

impl LineSet {
    /// Takes the lines of a tree.
    #[must_use]
    pub fn of_tree(tree: &Tree) -> Self {
        Self(
            tree.leaves()
                .map(|leaf| (leaf.path.as_str().to_owned(), leaf.is_entry))
                .collect(),
        )
    }

    /// Takes the lines of a text in either form.
    #[must_use]
    pub fn of_text(text: &ConfigText) -> Self {
        Self::of_tree(&Tree::read(text).0)
    }

    /// Keeps only what stands at or below one of `objects`.
    #[must_use]
    pub fn within(&self, objects: &[String]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(line, _)| is_within(line, objects))
                .map(|(l, e)| (l.clone(), *e))
                .collect(),
        )
    }

    /// Keeps only what stands outside all of `objects`.
    #[must_use]
    pub fn outside(&self, objects: &[String]) -> Self {
        Self(
            self.0
                .iter()
                .filter(|(line, _)| !is_within(line, objects))
                .map(|(l, e)| (l.clone(), *e))
                .collect(),
        )
    }

    /// Tells whether the line stands here, as a line or as the path above one.
    #[must_use]
    pub fn holds(&self, line: &str) -> bool {
        self.0.contains_key(line) || self.below(line).next().is_some()
    }

    /// Returns the lines below `path`, without `path` itself.
    pub fn below<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a str> + 'a {
        let prefix = format!("{path} ");
        self.0
            .range(prefix.clone()..)
            .map(|(line, _)| line.as_str())
            .take_while(move |line| line.starts_with(&prefix))
    }

    /// Tells whether a line stands here as an entry without leaves.
    #[must_use]
    pub fn is_entry(&self, line: &str) -> bool {
        self.0.get(line).copied().unwrap_or(false)
    }

    /// Returns the lines of both.
    #[must_use]
    pub fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    /// Returns the lines in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Tells whether there is no line.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the lines as flattened text.
    #[must_use]
    pub fn text(&self) -> String {
        self.0
            .iter()
            .map(|(line, entry)| {
                if *entry {
                    format!("{line} ^\n")
                } else {
                    format!("{line}\n")
                }
            })
            .collect()
    }

    /// Returns a digest of the lines: equal sets have equal digests.
    #[must_use]
    pub fn digest(&self) -> String {
        blake3::hash(self.text().as_bytes()).to_hex().to_string()
    }

    /// Returns the set after a change. A line that is added below an entry without leaves takes its mark away; an
    /// entry that loses its last leaf is gone unless the change keeps it.
    #[must_use]
    pub fn with(&self, change: &Delta) -> Self {
        let mut lines = self.0.clone();
        for line in &change.removed {
            lines.remove(line);
        }
        for line in &change.added {
            lines.entry(line.clone()).or_insert_with(|| is_entry_path(line));
        }
        let bare: Vec<String> = lines
            .iter()
            .filter(|(_, entry)| **entry)
            .map(|(line, _)| line.clone())
            .collect();
        let set = Self(lines);
        let filled: Vec<String> = bare
            .into_iter()
            .filter(|line| set.below(line).next().is_some())
            .collect();
        let mut lines = set.0;
        for line in filled {
            lines.remove(&line);
        }
        Self(lines)
    }
}

impl FromIterator<String> for LineSet {
    fn from_iter<I: IntoIterator<Item = String>>(lines: I) -> Self {
        let lines: Vec<String> = lines.into_iter().collect();
        lines.iter().map(String::as_str).collect()
    }
}

impl<'a> FromIterator<&'a str> for LineSet {
    fn from_iter<I: IntoIterator<Item = &'a str>>(lines: I) -> Self {
        let lines = lines.into_iter().map(|line| match line.strip_suffix(" ^") {
            Some(path) => (path.to_owned(), true),
            None => (line.to_owned(), is_entry_path(line)),
        });
        Self(lines.collect())
    }
}

/// Tells whether a line without its mark can only be an entry: an interface, an instance or a member.
pub(crate) fn is_entry_path(line: &str) -> bool {
    let words: Vec<&str> = line.split(' ').collect();
    matches!(
        words.as_slice(),
        ["interfaces", _]
            | ["network-services", "bridge-domain", "instance", _]
            | ["network-services", "bridge-domain", "instance", _, "interface", _]
    )
}

pub(crate) fn is_within(line: &str, objects: &[String]) -> bool {
    objects.iter().any(|object| at_or_below(line, object))
}

/// Tells whether `line` is `path` or stands below it.
pub(crate) fn at_or_below(line: &str, path: &str) -> bool {
    line.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Lines that a change adds and removes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Delta {
    /// Lines that stand only after it.
    pub added: BTreeSet<String>,
    /// Lines that stand only before it.
    pub removed: BTreeSet<String>,
}

impl Delta {
    /// Returns what differs. A path that is an entry on one side and the parent of lines on the other stands on both.
    #[must_use]
    pub fn between(before: &LineSet, after: &LineSet) -> Self {
        let only = |these: &LineSet, those: &LineSet| {
            these
                .0
                .keys()
                .filter(|line| !those.holds(line))
                .cloned()
                .collect::<BTreeSet<_>>()
        };
        Self {
            added: only(after, before),
            removed: only(before, after),
        }
    }

    /// Returns the change that takes this one back.
    #[must_use]
    pub fn inverse(&self) -> Self {
        Self {
            added: self.removed.clone(),
            removed: self.added.clone(),
        }
    }

    /// Tells whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.added.is_empty() && self.removed.is_empty()
    }

    /// Tells whether the change touches one of the objects.
    #[must_use]
    pub fn touches(&self, objects: &[String]) -> bool {
        self.added
            .iter()
            .chain(&self.removed)
            .any(|line| is_within(line, objects) || objects.iter().any(|object| at_or_below(object, line)))
    }

    /// Returns the lines with their sign, as a person reads them.
    #[must_use]
    pub fn signed(&self) -> Vec<String> {
        let removed = self.removed.iter().map(|line| format!("- {line}"));
        removed
            .chain(self.added.iter().map(|line| format!("+ {line}")))
            .collect()
    }

    /// Compares what a device shows as a change (a compare, a rollback entry) with this change.
    ///
    /// A device may show a whole removed object as one line, and the parents of what it shows as lines of their own. A
    /// removed line that says what holds without it need not show (REF 13.9).
    /// `base` holds the lines from which the removal starts.
    #[must_use]
    pub fn compare(&self, added: &[String], deleted: &[String], base: &LineSet) -> Agreement {
        let mut extra = Vec::new();
        for line in added {
            let parent_of_ours = self.added.iter().any(|ours| at_or_below(ours, line));
            if !parent_of_ours && !base.holds(line) {
                extra.push(format!("+ {line}"));
            }
        }
        for line in deleted {
            // A removed object may be shown as one line; then all that stood below it must be ours.
            let mut below = base.below(line).peekable();
            let whole_object = below.peek().is_some() && below.all(|line| self.removed.contains(line));
            if !self.removed.contains(line) && !whole_object {
                extra.push(format!("- {line}"));
            }
        }
        let shown = |ours: &String, lines: &[String]| lines.iter().any(|line| at_or_below(ours, line));
        let missing = self.added.iter().any(|ours| !added.contains(ours))
            || (self.removed.iter()).any(|ours| !shown(ours, deleted) && meaning_of(ours).is_some());
        match (missing, extra.is_empty()) {
            (false, true) => Agreement::Exact,
            (false, false) => Agreement::More { extra },
            (true, _) => Agreement::Differs { extra },
        }
    }

    /// Returns the part of this change that shows in a compare: for a candidate that holds some of our lines.
    #[must_use]
    pub fn shown_in(&self, added: &[String], deleted: &[String]) -> Self {
        Self {
            added: self
                .added
                .iter()
                .filter(|line| added.contains(line))
                .cloned()
                .collect(),
            removed: self
                .removed
                .iter()
                .filter(|line| deleted.iter().any(|shown| at_or_below(line, shown)))
                .cloned()
                .collect(),
        }
    }
}

/// How what a device shows agrees with a change.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// Exactly the change.
    Exact,
    /// The change and more.
    More {
        /// Lines that are not of the change, signed.
        extra: Vec<String>,
    },
    /// Something of the change is missing.
    Differs {
        /// Lines that are not of the change, signed.
        extra: Vec<String>,
    },
}
