//! Edits of flattened text: every line carries its full path, entries without lines end in ` ^`.

use std::collections::HashMap;

use super::{Editor, LineAt};
use crate::path::{BRIDGE_DOMAIN, INTERFACES, below};
use crate::tree::{Kind, NewLine, NodeId, Owners, ROOT, Tree};

/// Finds the lines of the wanted owners, and the last line of each subtree.
pub(super) fn index(
    tree: &Tree,
    wanted: &Owners<'_>,
) -> (HashMap<String, Vec<NodeId>>, HashMap<&'static str, NodeId>) {
    let mut owners: HashMap<String, Vec<NodeId>> = HashMap::new();
    let mut ends = HashMap::new();
    for id in tree.all_statements(ROOT) {
        if let Some(subtree) = subtree(tree.body(id)) {
            ends.insert(subtree, id);
        }
    }
    tree.visit_owners(|block, line, id| {
        if wanted.contains(block, line) {
            owners.entry(format!("{block} {line}")).or_default().push(id);
        }
    });
    (owners, ends)
}

fn subtree(path: &str) -> Option<&'static str> {
    [INTERFACES, BRIDGE_DOMAIN]
        .into_iter()
        .find(|subtree| below(path, subtree))
}

impl Editor {
    pub(super) fn flattened_lines(&self, owner: &str) -> Vec<LineAt> {
        let nodes = self.owners.get(owner).map(Vec::as_slice).unwrap_or_default();
        let line = |node: &NodeId| LineAt {
            node: *node,
            path: self.tree.body(*node).to_owned(),
            live: self.tree.node(*node).life.is_live(),
        };
        nodes.iter().map(line).collect()
    }

    pub(super) fn add_flattened_entry(&mut self, owner: &str, path: &str) {
        match self.flattened_lines(owner).iter().find(|line| line.path == path) {
            Some(known) => self.tree.revive(known.node),
            None => self.add_flattened_line(owner, path, " ^", None),
        }
    }

    /// Adds a line after the one that it replaces, else last among its owner's, else last in its subtree.
    pub(super) fn add_flattened_line(
        &mut self,
        owner: &str,
        path: &str,
        suffix: &str,
        replaced: Option<NodeId>,
    ) {
        let last_of_owner = self.owners.get(owner).and_then(|lines| lines.last().copied());
        let last_of_subtree = subtree(path).and_then(|subtree| self.ends.get(subtree).copied());
        let last_of_text = || self.tree.all_statements(ROOT).last();
        let previous = replaced
            .or(last_of_owner)
            .or(last_of_subtree)
            .or_else(last_of_text)
            .or_else(|| self.tree.children(ROOT).last());
        let id = self.tree.insert(
            ROOT,
            previous,
            Kind::Statement,
            &NewLine {
                indent: "",
                body: path,
                suffix,
            },
        );
        let lines = self.owners.entry(owner.to_owned()).or_default();
        let at = lines
            .iter()
            .position(|line| Some(*line) == replaced)
            .map_or(lines.len(), |at| at + 1);
        lines.insert(at, id);
        if let Some(subtree) = subtree(path)
            && self.ends.get(subtree).copied() == previous
        {
            self.ends.insert(subtree, id);
        } else if let Some(subtree) = subtree(path) {
            self.ends.entry(subtree).or_insert(id);
        }
    }

    pub(super) fn remove_flattened_entry(&mut self, owner: &str, path: &str) -> bool {
        let mut lines = self.flattened_lines(owner);
        lines.retain(|line| line.live && below(&line.path, path));
        for line in &lines {
            self.tree.kill(line.node);
        }
        !lines.is_empty()
    }

    /// An entry prints its own line exactly when no other line tells of it. `kept` names inner entries first.
    pub(super) fn settle_flattened(&mut self, owner: &str, kept: &[&str]) {
        let is_live = |line: &&LineAt| line.live;
        for entry in kept {
            let lines = self.flattened_lines(owner);
            let is_told = lines.iter().filter(is_live).any(|line| below(&line.path, entry));
            let vanishes = owner == *entry && self.vanishes_when_empty(owner);
            if !is_told && !vanishes {
                self.add_flattened_entry(owner, entry);
            }
        }
        let lines = self.flattened_lines(owner);
        for mark in lines.iter().filter(is_live) {
            let is_mark = self.tree.node(mark.node).entry;
            if is_mark
                && lines
                    .iter()
                    .filter(is_live)
                    .any(|line| line.path != mark.path && below(&line.path, &mark.path))
            {
                self.tree.kill(mark.node);
            }
        }
    }
}
