//! Finding the lines that only one of two trees has.

use std::collections::{HashMap, HashSet};

use super::pairs::Unmatched;
use crate::tree::{Form, Kind, Leaf, Leaves, NONE, NodeId, ROOT, Tree};

/// Returns the lines that only `before` has and those that only `after` has, each in the order of its tree.
pub(super) fn unmatched(before: &Tree, after: &Tree) -> (Vec<Unmatched>, Vec<Unmatched>) {
    let mut walk = Walk {
        before,
        after,
        removed: Vec::new(),
        added: Vec::new(),
    };
    if before.form() == after.form() {
        walk.blocks((ROOT, ROOT), "");
    } else {
        walk.leaves();
    }
    (walk.removed, walk.added)
}

/// How far ahead a line is sought before it counts as moved. Edits are small; moves are found by name.
const LOOK_AHEAD: usize = 8;

struct Walk<'a> {
    before: &'a Tree,
    after: &'a Tree,
    removed: Vec<Unmatched>,
    added: Vec<Unmatched>,
}

impl<'a> Walk<'a> {
    /// Compares two blocks with the same path. Equal bytes are equal without a look inside.
    fn blocks(&mut self, (old, new): (NodeId, NodeId), path: &str) {
        let mut old = Cursor::new(self.before, old);
        let mut new = Cursor::new(self.after, new);
        let mut moved_old = Vec::new();
        let mut moved_new = Vec::new();
        loop {
            match (old.at, new.at) {
                (NONE, NONE) => break,
                (id, NONE) => {
                    moved_old.push(id);
                    old.advance();
                }
                (NONE, id) => {
                    moved_new.push(id);
                    new.advance();
                }
                (left, right) if self.same_line(left, right) => {
                    self.pair(left, right, path);
                    old.advance();
                    new.advance();
                }
                (left, right) => match self.resync(old, new) {
                    Some((skip_old, skip_new)) => {
                        for _ in 0..skip_old {
                            moved_old.push(old.at);
                            old.advance();
                        }
                        for _ in 0..skip_new {
                            moved_new.push(new.at);
                            new.advance();
                        }
                    }
                    None => {
                        moved_old.push(left);
                        moved_new.push(right);
                        old.advance();
                        new.advance();
                    }
                },
            }
        }
        self.match_moved(&moved_old, moved_new, path);
    }

    /// Finds the nearest place where both sides go on with the same line.
    fn resync(&self, old: Cursor<'a>, new: Cursor<'a>) -> Option<(usize, usize)> {
        let ahead = |cursor: Cursor<'a>| {
            let mut cursor = cursor;
            std::iter::from_fn(move || {
                let at = cursor.at;
                cursor.advance();
                (at != NONE).then_some(at)
            })
            .take(LOOK_AHEAD)
        };
        for distance in 1..LOOK_AHEAD {
            for (left_skip, left) in ahead(old).enumerate().take(distance + 1) {
                let right_skip = distance - left_skip;
                if let Some(right) = ahead(new).nth(right_skip)
                    && self.same_line(left, right)
                {
                    return Some((left_skip, right_skip));
                }
            }
        }
        None
    }

    fn match_moved(&mut self, old: &[NodeId], new: Vec<NodeId>, path: &str) {
        if old.is_empty() || new.is_empty() {
            old.iter().for_each(|id| self.only_before(*id, path));
            new.into_iter().for_each(|id| self.only_after(id, path));
            return;
        }
        let mut by_line: HashMap<(&str, bool), Vec<NodeId>> = HashMap::new();
        for id in new.iter().rev() {
            by_line
                .entry((self.after.body(*id), self.mark(self.after, *id)))
                .or_default()
                .push(*id);
        }
        let mut partners = HashSet::new();
        for id in old {
            let key = (self.before.body(*id), self.mark(self.before, *id));
            match by_line.get_mut(&key).and_then(Vec::pop) {
                Some(partner) => {
                    partners.insert(partner.0);
                    self.pair(*id, partner, path);
                }
                None => self.only_before(*id, path),
            }
        }
        new.into_iter()
            .filter(|id| !partners.contains(&id.0))
            .for_each(|id| self.only_after(id, path));
    }

    fn same_line(&self, old: NodeId, new: NodeId) -> bool {
        self.mark(self.before, old) == self.mark(self.after, new)
            && self.before.body(old) == self.after.body(new)
    }

    /// In flattened text ` ^` tells an entry from a leaf; in hierarchical text `!` may be left out.
    fn mark(&self, tree: &Tree, id: NodeId) -> bool {
        tree.form() == Form::Flattened && tree.node(id).entry
    }

    fn pair(&mut self, old: NodeId, new: NodeId, path: &str) {
        if self.before.form() == Form::Flattened || same_bytes(self.before, old, self.after, new) {
            return;
        }
        let inside = join(path, self.before.body(old));
        match (has_lines(self.before, old), has_lines(self.after, new)) {
            (true, true) => self.blocks((old, new), &inside),
            (true, false) => self
                .removed
                .extend(Leaves::below(self.before, old, inside).map(unmatched_leaf)),
            (false, true) => self
                .added
                .extend(Leaves::below(self.after, new, inside).map(unmatched_leaf)),
            (false, false) => {}
        }
    }

    fn only_before(&mut self, id: NodeId, path: &str) {
        self.removed
            .extend(Leaves::of(self.before, id, path.to_owned()).map(unmatched_leaf));
    }

    fn only_after(&mut self, id: NodeId, path: &str) {
        self.added
            .extend(Leaves::of(self.after, id, path.to_owned()).map(unmatched_leaf));
    }

    /// Compares trees of different forms leaf by leaf.
    fn leaves(&mut self) {
        let mut counts: HashMap<_, usize> = HashMap::new();
        for leaf in self.after.leaves() {
            *counts.entry(leaf.path).or_default() += 1;
        }
        for leaf in self.before.leaves() {
            match counts.get_mut(&leaf.path) {
                Some(count) if *count > 0 => *count -= 1,
                _ => self.removed.push(unmatched_leaf(leaf)),
            }
        }
        for leaf in self.after.leaves() {
            if let Some(count) = counts.get_mut(&leaf.path).filter(|count| **count > 0) {
                *count -= 1;
                self.added.push(unmatched_leaf(leaf));
            }
        }
    }
}

fn unmatched_leaf(leaf: Leaf) -> Unmatched {
    Unmatched {
        path: leaf.path,
        is_entry: leaf.is_entry,
    }
}

fn join(path: &str, body: &str) -> String {
    if path.is_empty() {
        body.to_owned()
    } else {
        format!("{path} {body}")
    }
}

fn has_lines(tree: &Tree, id: NodeId) -> bool {
    tree.statements(id).next().is_some()
}

/// Tells whether two blocks of unedited trees print the same bytes.
fn same_bytes(left_tree: &Tree, left: NodeId, right_tree: &Tree, right: NodeId) -> bool {
    match (left_tree.span_as_read(left), right_tree.span_as_read(right)) {
        (Some(left), Some(right)) => left == right,
        _ => false,
    }
}

/// Walks the live statements of a block.
#[derive(Clone, Copy)]
struct Cursor<'a> {
    tree: &'a Tree,
    at: NodeId,
}

impl<'a> Cursor<'a> {
    fn new(tree: &'a Tree, block: NodeId) -> Self {
        let mut cursor = Self {
            tree,
            at: tree.node(block).first_child,
        };
        cursor.skip();
        cursor
    }

    fn advance(&mut self) {
        if self.at != NONE {
            self.at = self.tree.node(self.at).next;
            self.skip();
        }
    }

    fn skip(&mut self) {
        while self.at != NONE {
            let node = self.tree.node(self.at);
            if node.kind == Kind::Statement && node.life.is_live() {
                return;
            }
            self.at = node.next;
        }
    }
}
