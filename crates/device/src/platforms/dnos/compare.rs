//! `show config compare` (REF 7.8): for display, for "is it empty?", and as a delta of paths where its layout is read.

use std::cmp::Ordering;

use super::CompareOrder;

/// The changes of a comparison as flattened paths.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Delta {
    /// Paths that are new.
    pub added: Vec<String>,
    /// Paths that are gone. A path without a value stands for all below it.
    pub deleted: Vec<String>,
}

/// Finds out which entry a device takes as the newer one, from two comparisons of the last commit.
///
/// `entries` is the answer to `show config compare rollback 0 rollback 1`, `candidate` the one to `show config compare
/// rollback 1`, where the candidate is the newer text. What the last commit added shows as added in both, or on
/// opposite sides. A candidate that holds more lines only adds to the second. `None` if neither side has more in
/// common.
#[must_use]
pub fn order_of(entries: &Delta, candidate: &Delta) -> Option<CompareOrder> {
    let common = |left: &[String], right: &[String]| {
        left.iter()
            .filter(|line| right.iter().any(|other| below(line, other) || below(other, line)))
            .count()
    };
    let same = common(&entries.added, &candidate.added) + common(&entries.deleted, &candidate.deleted);
    let opposite = common(&entries.added, &candidate.deleted) + common(&entries.deleted, &candidate.added);
    match same.cmp(&opposite) {
        Ordering::Greater => Some(CompareOrder::NewFirst),
        Ordering::Less => Some(CompareOrder::OldFirst),
        Ordering::Equal => None,
    }
}

/// Whether `line` is `path` or stands below it.
fn below(line: &str, path: &str) -> bool {
    line.strip_prefix(path)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mark {
    Context,
    Added,
    Deleted,
}

struct Node<'a> {
    column: usize,
    mark: Mark,
    words: &'a str,
}

/// Reads the groups `Added:`, `Changed:` and `Deleted:` in either layout: the captured one (two blanks per level)
/// and the documented one (tabs, whole paths on one line).
///
/// Only the deepest lines of a branch give a path. `None` if any line does not fit: then the text is for display only.
#[must_use]
pub fn read_delta(text: &str) -> Option<Delta> {
    let mut delta = Delta::default();
    let mut in_group = false;
    let mut branch: Vec<Node<'_>> = Vec::new();
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.is_empty() || matches!(trimmed, "!" | "+ !" | "- !") {
            continue;
        }
        if matches!(trimmed, "Added:" | "Changed:" | "Deleted:") {
            finish_branch(&branch, &mut delta)?;
            branch.clear();
            in_group = true;
            continue;
        }
        if !in_group {
            return None;
        }
        let node = read_node(line, trimmed)?;
        if branch.last().is_some_and(|last| last.column >= node.column) {
            finish_branch(&branch, &mut delta)?;
            while branch.last().is_some_and(|last| last.column >= node.column) {
                branch.pop();
            }
        }
        branch.push(node);
    }
    finish_branch(&branch, &mut delta)?;
    Some(delta)
}

/// The path of a branch's deepest line. Its mark is the deepest one; a line without any mark is only context, and
/// a branch of nothing but context is not in a known form.
fn finish_branch(branch: &[Node<'_>], delta: &mut Delta) -> Option<()> {
    let Some(leaf) = branch.last() else {
        return Some(());
    };
    let path = branch.iter().map(|node| node.words).collect::<Vec<_>>().join(" ");
    match leaf.mark {
        Mark::Added => delta.added.push(path),
        Mark::Deleted => delta.deleted.push(path),
        Mark::Context => return None,
    }
    Some(())
}

fn read_node<'a>(line: &str, trimmed: &'a str) -> Option<Node<'a>> {
    let (mark, words) = match trimmed.split_at_checked(1)? {
        ("+", rest) => (Mark::Added, rest.trim()),
        ("-", rest) => (Mark::Deleted, rest.trim()),
        _ => (Mark::Context, trimmed),
    };
    let words = words.strip_suffix(" ^").unwrap_or(words).trim_end();
    (!words.is_empty()).then(|| Node {
        column: column(line),
        mark,
        words,
    })
}

/// Where the first character stands, with tab stops every eight columns.
fn column(line: &str) -> usize {
    let mut column = 0;
    for c in line.chars() {
        match c {
            ' ' => column += 1,
            '\t' => column = (column / 8 + 1) * 8,
            _ => break,
        }
    }
    column
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, added: &[&str], deleted: &[&str]) {
        let delta = read_delta(text).unwrap_or_else(|| panic!("not read: {text}"));
        assert_eq!(delta.added, added, "{text}");
        assert_eq!(delta.deleted, deleted, "{text}");
    }

    #[test]
    fn captured_layout() {
        check(
            "Added:\n  interfaces\n    + ge100-1/0/1\n      + admin-state enabled\n      + description \"Link to 192.0.2.171\"\n",
            &[
                "interfaces ge100-1/0/1 admin-state enabled",
                "interfaces ge100-1/0/1 description \"Link to 192.0.2.171\"",
            ],
            &[],
        );
        check(
            "Changed:\n  interfaces\n    ge100-0/0/1.251\n      - vlan-id 251\n      + vlan-id 252\n",
            &["interfaces ge100-0/0/1.251 vlan-id 252"],
            &["interfaces ge100-0/0/1.251 vlan-id 251"],
        );
        check(
            "Deleted:\n  network-services\n    bridge-domain\n      instance g_v251\n        - interface ge100-0/0/1.251\n        !\n",
            &[],
            &["network-services bridge-domain instance g_v251 interface ge100-0/0/1.251"],
        );
    }

    #[test]
    fn documented_layout() {
        check(
            "Added:\ninterfaces ge100-1/1/1 \n\t\t+ mtu 9000\n+ interfaces ge100-1/1/2 mtu 9000\nChanged:\n- interfaces bundle-1 mtu 1600\n+ interfaces bundle-1 mtu 1700\nprotocol bgp 1\n   neighbor 192.0.2.1\n    \t- remote-as 50\n        + remote-as 60\nDeleted:\n- interfaces bundle-2\n",
            &[
                "interfaces ge100-1/1/1 mtu 9000",
                "interfaces ge100-1/1/2 mtu 9000",
                "interfaces bundle-1 mtu 1700",
                "protocol bgp 1 neighbor 192.0.2.1 remote-as 60",
            ],
            &[
                "interfaces bundle-1 mtu 1600",
                "protocol bgp 1 neighbor 192.0.2.1 remote-as 50",
                "interfaces bundle-2",
            ],
        );
    }

    #[test]
    fn the_order_shows_in_the_last_commit() {
        let delta = |added: &[&str], deleted: &[&str]| Delta {
            added: added.iter().map(|line| (*line).to_owned()).collect(),
            deleted: deleted.iter().map(|line| (*line).to_owned()).collect(),
        };
        let since = delta(&["interfaces a vlan-id 1", "interfaces a mtu 9000"], &[]);
        assert_eq!(order_of(&since, &since), Some(CompareOrder::NewFirst));
        // What is gone may be shown as one line for all below it.
        assert_eq!(
            order_of(&delta(&[], &["interfaces a"]), &since),
            Some(CompareOrder::OldFirst)
        );
        // The candidate holds more; what it holds beside does not disturb.
        let more = delta(
            &["interfaces a vlan-id 1", "interfaces b mtu 1"],
            &["interfaces c"],
        );
        assert_eq!(
            order_of(&delta(&["interfaces a vlan-id 1"], &[]), &more),
            Some(CompareOrder::NewFirst)
        );
        // The candidate takes the last commit back: nothing tells.
        assert_eq!(order_of(&since, &delta(&[], &[])), None);
    }

    #[test]
    fn nothing_changed() {
        check("", &[], &[]);
        check("\n\n", &[], &[]);
    }

    #[test]
    fn other_layouts_are_not_read() {
        for text in [
            "@@ -1 +1 @@\n-a\n+b\n",
            "Added:\n  interfaces\n",
            "Something else\n",
            "Added:\n  + \n",
        ] {
            assert_eq!(read_delta(text), None, "{text}");
        }
    }
}
