//! Finding the lines that only one of two trees has.

use std::collections::{HashMap, HashSet};

use super::pairs::Unmatched;
use crate::path::ConfigPath;
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
    walk.cancel();
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
    fn blocks(&mut self, blocks: (NodeId, NodeId), path: &str) {
        let mut old = Cursor::new(self.before, blocks.0);
        let mut new = Cursor::new(self.after, blocks.1);
        let mut moved_old = Vec::new();
        let mut moved_new = Vec::new();
        let ends = (
            self.before.end_as_read(blocks.0),
            self.after.end_as_read(blocks.1),
        );
        loop {
            if let (Some(old_end), Some(new_end)) = ends {
                self.skip_equal_bytes(&mut old, &mut new, (old_end, new_end));
            }
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

    /// Passes the lines whose bytes, with all below them, are the same on both sides. `ends` are the ends of the blocks.
    fn skip_equal_bytes(&self, old: &mut Cursor<'a>, new: &mut Cursor<'a>, ends: (u32, u32)) {
        if old.at == NONE || new.at == NONE {
            return;
        }
        let (old_start, new_start) = (self.before.node(old.at).line.0, self.after.node(new.at).line.0);
        let left = self.before.slice((old_start, ends.0)).as_bytes();
        let right = self.after.slice((new_start, ends.1)).as_bytes();
        let equal = common_prefix(left, right);
        while old.at != NONE && new.at != NONE {
            let old_end = self.before.start_of_next(old.at).unwrap_or(ends.0) - old_start;
            let new_end = self.after.start_of_next(new.at).unwrap_or(ends.1) - new_start;
            // The same bytes are the same lines only if both end there: a line may go on with deeper ones.
            if old_end != new_end || old_end as usize > equal {
                return;
            }
            old.advance();
            new.advance();
        }
    }

    /// Finds the nearest place where both sides go on with the same line.
    fn resync(&self, old: Cursor<'a>, new: Cursor<'a>) -> Option<(usize, usize)> {
        let (old, new) = (old.ahead(), new.ahead());
        for distance in 1..LOOK_AHEAD {
            for skip_old in 0..=distance {
                let (left, right) = (old[skip_old], new[distance - skip_old]);
                if left != NONE && right != NONE && self.same_line(left, right) {
                    return Some((skip_old, distance - skip_old));
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

    /// Takes out what both sides hold after all, nested or marked in another way.
    fn cancel(&mut self) {
        if self.removed.is_empty() || self.added.is_empty() {
            return;
        }
        let mut counts: HashMap<ConfigPath, usize> = HashMap::new();
        for line in &self.added {
            *counts.entry(line.path.clone()).or_default() += 1;
        }
        let mut both: HashMap<ConfigPath, usize> = HashMap::new();
        self.removed.retain(|line| match counts.get_mut(&line.path) {
            Some(count) if *count > 0 => {
                *count -= 1;
                *both.entry(line.path.clone()).or_default() += 1;
                false
            }
            _ => true,
        });
        self.added.retain(|line| match both.get_mut(&line.path) {
            Some(count) if *count > 0 => {
                *count -= 1;
                false
            }
            _ => true,
        });
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

/// Returns how many leading bytes are the same.
fn common_prefix(left: &[u8], right: &[u8]) -> usize {
    let mut at = 0;
    for chunk in [1024, 64] {
        let pairs = left[at..]
            .chunks_exact(chunk)
            .zip(right[at..].chunks_exact(chunk));
        at += pairs.take_while(|(left, right)| left == right).count() * chunk;
    }
    at + left[at..]
        .iter()
        .zip(&right[at..])
        .take_while(|(left, right)| left == right)
        .count()
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

    /// Returns this line and the next ones, [`NONE`] after the last.
    fn ahead(mut self) -> [NodeId; LOOK_AHEAD] {
        std::array::from_fn(|_| {
            let at = self.at;
            self.advance();
            at
        })
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
