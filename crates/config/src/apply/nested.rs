//! Edits of hierarchical text: blocks closed by `!`.

use std::collections::HashMap;

use super::{Editor, LineAt};
use crate::path::{BRIDGE_DOMAIN, INTERFACES, below, owner_of};
use crate::tree::{Kind, Life, NETWORK_SERVICES, NewLine, NodeId, Owners, ROOT, Tree, is_plain_container};

/// Finds the entries of the wanted owners, and the block of each subtree.
pub(super) fn index(
    tree: &Tree,
    wanted: &Owners<'_>,
) -> (HashMap<String, Vec<NodeId>>, HashMap<&'static str, NodeId>) {
    let mut owners: HashMap<String, Vec<NodeId>> = HashMap::new();
    let mut ends = HashMap::new();
    let block = |path, id| {
        ends.insert(path, id);
    };
    tree.visit_blocks(block, |block, line, id| {
        if wanted.contains(block, line) {
            owners.entry(format!("{block} {line}")).or_default().push(id);
        }
    });
    (owners, ends)
}

impl Editor {
    pub(super) fn nested_lines(&self, owner: &str) -> Vec<LineAt> {
        let entries = self.owners.get(owner).map(Vec::as_slice).unwrap_or_default();
        let mut lines = Vec::new();
        for entry in entries {
            self.collect(*entry, owner.to_owned(), self.tree.is_live(*entry), &mut lines);
        }
        lines
    }

    fn collect(&self, id: NodeId, path: String, live: bool, lines: &mut Vec<LineAt>) {
        let mut is_leaf = true;
        for child in self.tree.all_statements(id) {
            is_leaf = false;
            let path = format!("{path} {}", self.tree.body(child));
            self.collect(child, path, live && self.tree.node(child).life.is_live(), lines);
        }
        if is_leaf {
            lines.push(LineAt { node: id, path, live });
        }
    }

    /// Finds the block of an owner or of a member in it; a live one if there are several.
    pub(super) fn nested_entry(&self, owner: &str, path: &str) -> Option<NodeId> {
        let owners = self.owners.get(owner).map(Vec::as_slice).unwrap_or_default();
        let inside = |entry: &NodeId| -> Vec<NodeId> {
            if path == owner {
                return vec![*entry];
            }
            let body = path[owner.len()..].trim_start();
            self.tree
                .all_statements(*entry)
                .filter(|id| self.tree.body(*id) == body)
                .collect()
        };
        let found: Vec<NodeId> = owners.iter().flat_map(inside).collect();
        found
            .iter()
            .find(|id| self.tree.is_live(**id))
            .or(found.first())
            .copied()
    }

    /// Makes the block of an owner or of a member in it, or brings it back.
    pub(super) fn add_nested_entry(&mut self, owner: &str, path: &str) -> NodeId {
        if let Some(known) = self.nested_entry(owner, path) {
            if !self.tree.is_live(known) {
                self.tree.revive(known);
            }
            return known;
        }
        if path == owner {
            let subtree = if below(owner, INTERFACES) {
                INTERFACES
            } else {
                BRIDGE_DOMAIN
            };
            let block = self.subtree_block(subtree);
            let entry = self.add_block(block, owner[subtree.len()..].trim_start(), true);
            self.owners.entry(owner.to_owned()).or_default().push(entry);
            return entry;
        }
        let parent = self.add_nested_entry(owner, owner);
        let closes = self.members_close();
        self.add_block(parent, path[owner.len()..].trim_start(), closes)
    }

    fn subtree_block(&mut self, subtree: &'static str) -> NodeId {
        if let Some(block) = self.ends.get(subtree).copied() {
            self.tree.revive(block);
            return block;
        }
        let block = match subtree {
            BRIDGE_DOMAIN => {
                let parent = self.subtree_block(NETWORK_SERVICES);
                self.add_block(parent, "bridge-domain", true)
            }
            _ => self.add_block(ROOT, subtree, true),
        };
        self.ends.insert(subtree, block);
        block
    }

    /// Adds a block as the last of `parent`.
    fn add_block(&mut self, parent: NodeId, body: &str, closes: bool) -> NodeId {
        let indent = self.indent_inside(parent);
        let previous = self.tree.last_inside(parent);
        // Top-level blocks are separated by one blank line (REF 4.1).
        let indent = if parent == ROOT && previous.is_some() {
            format!("\n{indent}")
        } else {
            indent
        };
        let id = self.tree.insert(
            parent,
            previous,
            Kind::Statement,
            &NewLine {
                indent: &indent,
                body,
                suffix: "",
            },
        );
        if closes {
            self.close(id);
        }
        id
    }

    fn close(&mut self, id: NodeId) {
        let indent = self.tree.indent(id).to_owned();
        let previous = self.tree.last_inside(id);
        self.tree.insert(
            id,
            previous,
            Kind::Close,
            &NewLine {
                indent: &indent,
                body: "!",
                suffix: "",
            },
        );
        self.tree.node_mut(id).entry = true;
    }

    /// A new line stands as deep as the last one beside it: a text may mix indents (REF 4.1), and a deeper line would be
    /// read as one of its neighbour's.
    fn indent_inside(&self, parent: NodeId) -> String {
        if parent == ROOT {
            return String::new();
        }
        let beside = self.tree.statements(parent).last();
        match beside.or_else(|| self.tree.all_statements(parent).last()) {
            Some(beside) => self.tree.indent(beside).to_owned(),
            None => format!("{}{}", self.tree.indent(parent), self.tree.indent_unit()),
        }
    }

    /// Tells whether the text closes members by `!`; both ways are seen (REF 4.1).
    fn members_close(&self) -> bool {
        let Some(block) = self.ends.get(BRIDGE_DOMAIN) else {
            return true;
        };
        let mut members = self
            .tree
            .statements(*block)
            .flat_map(|instance| self.tree.statements(instance));
        members
            .find(|id| self.tree.body(*id).starts_with("interface "))
            .is_none_or(|id| self.tree.node(id).entry)
    }

    /// Adds a leaf where the one that it replaces stands, else last in its block.
    pub(super) fn add_nested_line(&mut self, owner: &str, path: &str, replaced: Option<NodeId>) {
        if let Some(replaced) = replaced {
            let parent = self.tree.node(replaced).parent;
            let prefix = self.tree.path(parent);
            if let Some(body) = path.strip_prefix(&prefix).and_then(|body| body.strip_prefix(' ')) {
                let indent = self.tree.indent(replaced).to_owned();
                self.tree.insert(
                    parent,
                    Some(replaced),
                    Kind::Statement,
                    &NewLine {
                        indent: &indent,
                        body,
                        suffix: "",
                    },
                );
                return;
            }
        }
        let mut at = owner.to_owned();
        let mut block = self.add_nested_entry(owner, owner);
        for part in blocks_of(&path[owner.len()..]) {
            at = format!("{at} {part}");
            block = self.add_nested_block(block, part);
        }
        let body = path[at.len()..].trim_start();
        let indent = self.indent_inside(block);
        let previous = self.tree.last_inside(block);
        self.tree.insert(
            block,
            previous,
            Kind::Statement,
            &NewLine {
                indent: &indent,
                body,
                suffix: "",
            },
        );
    }

    fn add_nested_block(&mut self, parent: NodeId, body: &str) -> NodeId {
        let known = self
            .tree
            .all_statements(parent)
            .find(|id| self.tree.body(*id) == body);
        match known {
            Some(known) => {
                self.tree.revive(known);
                known
            }
            None => self.add_block(parent, body, true),
        }
    }

    pub(super) fn remove_nested_entry(&mut self, owner: &str, path: &str) -> bool {
        let mut removed = false;
        while let Some(entry) = self
            .nested_entry(owner, path)
            .filter(|entry| self.tree.is_live(*entry))
        {
            self.tree.kill_subtree(entry);
            self.drop_new_empty_blocks(self.tree.node(entry).parent);
            removed = true;
        }
        removed
    }

    /// Takes out blocks that only edits wrote and that hold nothing any more, from `block` outwards.
    fn drop_new_empty_blocks(&mut self, block: NodeId) {
        let mut at = block;
        while at != ROOT
            && self.tree.node(at).life == Life::Added
            && self.tree.statements(at).next().is_none()
        {
            if owner_of(&self.tree.path(at)).is_some() {
                return;
            }
            self.tree.kill(at);
            at = self.tree.node(at).parent;
        }
    }

    pub(super) fn settle_nested(&mut self, owner: &str) {
        for entry in self.owners.get(owner).cloned().unwrap_or_default() {
            if !self.tree.is_live(entry) {
                continue;
            }
            self.settle_block(entry, owner);
            if self.tree.statements(entry).next().is_none() && self.vanishes_when_empty(owner) {
                self.tree.kill(entry);
                self.drop_new_empty_blocks(self.tree.node(entry).parent);
            }
        }
    }

    /// A block that gained its first line gains its `!`, one that lost it loses it; a block that means nothing when it is
    /// empty goes.
    fn settle_block(&mut self, id: NodeId, path: &str) {
        let inside: Vec<NodeId> = self.tree.statements(id).collect();
        for child in inside {
            let path = format!("{path} {}", self.tree.body(child));
            self.settle_block(child, &path);
        }
        let is_empty = self.tree.statements(id).next().is_none();
        let has_new = self
            .tree
            .statements(id)
            .any(|child| self.tree.node(child).life == Life::Added);
        let close = self
            .tree
            .children(id)
            .find(|child| self.tree.node(*child).kind == Kind::Close);
        match close {
            _ if is_empty && is_plain_container(path) => self.tree.kill(id),
            None if has_new => self.close(id),
            Some(close) if !is_empty && has_new && !self.tree.node(close).life.is_live() => {
                self.tree.revive(close);
            }
            _ => {}
        }
    }
}

/// The blocks between an owner and a leaf of it: the member, and the contexts that REF 1.3 names.
fn blocks_of(path: &str) -> Vec<&str> {
    let mut blocks = Vec::new();
    let mut rest = path.trim_start();
    if let Some(name) = rest.strip_prefix("interface ") {
        let end = rest.len() - name.len() + name.find(' ').unwrap_or(name.len());
        blocks.push(&rest[..end]);
        rest = rest[end..].trim_start();
    }
    blocks.extend(
        ["storm-control", "mac-handling"]
            .into_iter()
            .find(|block| below(rest, block)),
    );
    blocks
}
