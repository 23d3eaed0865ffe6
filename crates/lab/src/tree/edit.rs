//! Changing a tree by one typed line (REF 4.3).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Key, Node, NodeKind, Tree};
use crate::grammar::{Edit, EditKind, InterfaceKind, Step, VlanSet};

/// What becomes of a container, or of a bare physical port, when its last statement goes. REF 13 leaves it open.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum EmptyNodes {
    /// It is no longer part of the configuration.
    #[default]
    Vanish,
    /// It stays and prints as `name` and `!`.
    Stay,
}

/// What a second `vlan-id list` does. `no vlan-id list 100` removes one item, so the items are kept
/// one by one; whether a new list adds or replaces is not documented.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListSet {
    /// Adds to the items that are there.
    #[default]
    Merge,
    /// Takes their place.
    Replace,
}

/// The dialect switches that decide how lines change the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EditRules {
    /// Empty containers.
    pub empty_nodes: EmptyNodes,
    /// VLAN lists.
    pub list_set: ListSet,
}

/// The leaves of which an interface holds at most one (REF 6.2).
const TAG_LEAVES: [&str; 2] = ["vlan-id", "vlan-tags"];

impl Tree {
    /// Applies one line; `false` if it deletes something that is not there.
    pub fn apply(&mut self, edit: &Edit, rules: EditRules) -> bool {
        match &edit.kind {
            EditKind::Enter => {
                let created = rules.empty_nodes == EmptyNodes::Stay || ends_in_entry(&edit.path);
                if created {
                    self.level(&edit.path);
                }
                true
            }
            EditKind::Set { key, value } => {
                self.set(&edit.path, key, value, rules);
                true
            }
            EditKind::DeleteLevel => {
                let Some((last, parents)) = edit.path.split_last() else {
                    return false;
                };
                let removed = delete_level(Arc::make_mut(&mut self.root), parents, last, true);
                if removed && rules.empty_nodes == EmptyNodes::Vanish {
                    prune(Arc::make_mut(&mut self.root), parents);
                }
                removed
            }
            EditKind::DeleteLeaf { key } => {
                let Some(node) = self.level_if_present(&edit.path) else {
                    return false;
                };
                let before = node.children.len();
                node.children
                    .retain(|child, node| node.kind != NodeKind::Leaf || !child.words.starts_with(key));
                let removed = node.children.len() < before;
                if removed && rules.empty_nodes == EmptyNodes::Vanish {
                    prune(Arc::make_mut(&mut self.root), &edit.path);
                }
                removed
            }
            EditKind::DeleteItems { key, value } => self.delete_items(&edit.path, key, value),
        }
    }

    fn set(&mut self, path: &[Step], key: &[String], value: &[String], rules: EditRules) {
        let sequence = self.take_sequence();
        let node = self.level(path);
        let key_node = Key::new(NodeKind::Leaf, false, key);
        if let [word] = key
            && TAG_LEAVES.contains(&word.as_str())
        {
            node.children.retain(|child, _| {
                child.words == key_node.words || !TAG_LEAVES.iter().any(|leaf| child.words == [*leaf])
            });
        }
        let leaf = node
            .children
            .entry(key_node)
            .or_insert_with(|| Arc::new(Node::new(NodeKind::Leaf, false, key, sequence)));
        let value = match rules.list_set {
            ListSet::Merge => merged_list(&leaf.value, value).unwrap_or_else(|| value.to_vec()),
            ListSet::Replace => value.to_vec(),
        };
        Arc::make_mut(leaf).set_value(value);
    }

    fn delete_items(&mut self, path: &[Step], key: &[String], value: &[String]) -> bool {
        let Some(node) = self.level_if_present(path) else {
            return false;
        };
        let leaf_key = Key::new(NodeKind::Leaf, false, key);
        let Some(leaf) = node.children.get_mut(&leaf_key) else {
            return false;
        };
        let (Some((items, head)), Some((gone, gone_head))) = (leaf.value.split_last(), value.split_last())
        else {
            return false;
        };
        if head != gone_head {
            return false;
        }
        let (Some(items), Some(gone)) = (VlanSet::parse(items), VlanSet::parse(gone)) else {
            return false;
        };
        if items.first_shared(&gone).is_none() {
            return false;
        }
        match items.without(&gone) {
            Some(kept) => {
                let mut value = head.to_vec();
                value.push(kept.to_string());
                Arc::make_mut(leaf).set_value(value);
            }
            None => {
                node.children.remove(&leaf_key);
            }
        }
        true
    }

    fn take_sequence(&mut self) -> u64 {
        let sequence = self.next;
        self.next += 1;
        sequence
    }

    /// The node of a path, created where missing.
    pub(super) fn level(&mut self, path: &[Step]) -> &mut Node {
        let mut next = self.next;
        let mut node = Arc::make_mut(&mut self.root);
        for (depth, step) in path.iter().enumerate() {
            let kind = if is_entry(step) {
                NodeKind::Entry
            } else {
                NodeKind::Container
            };
            let child = node
                .children
                .entry(Key::new(kind, depth == 0, &step.words))
                .or_insert_with(|| {
                    next += 1;
                    Arc::new(Node::new(kind, depth == 0, &step.words, next - 1))
                });
            node = Arc::make_mut(child);
        }
        self.next = next;
        node
    }

    fn level_if_present(&mut self, path: &[Step]) -> Option<&mut Node> {
        let mut node = Arc::make_mut(&mut self.root);
        for (depth, step) in path.iter().enumerate() {
            let key = Key::new(NodeKind::Entry, depth == 0, &step.words);
            node = Arc::make_mut(node.children.get_mut(&key)?);
        }
        Some(node)
    }

    /// Inserts a statement that the table does not know, as one opaque leaf or entry.
    pub(super) fn insert_opaque(&mut self, path: &[Step], words: &[String], kind: NodeKind) {
        let top = path.is_empty();
        let sequence = self.take_sequence();
        let node = self.level(path);
        node.children
            .entry(Key::new(kind, top, words))
            .or_insert_with(|| Arc::new(Node::new(kind, top, words, sequence)));
    }
}

fn is_entry(step: &Step) -> bool {
    matches!(step.statement.form, crate::grammar::Form::Entry(_))
}

/// A list entry exists by being entered; a physical port exists without being configured.
fn ends_in_entry(path: &[Step]) -> bool {
    path.last().is_some_and(is_entry) && !is_bare_port(path)
}

fn is_bare_port(path: &[Step]) -> bool {
    let [top, port] = path else { return false };
    top.statement.word == "interfaces"
        && port
            .words
            .last()
            .is_some_and(|name| InterfaceKind::of(name) == Some(InterfaceKind::Physical))
}

fn delete_level(node: &mut Node, parents: &[Step], last: &Step, top: bool) -> bool {
    if let Some((step, deeper)) = parents.split_first() {
        let key = Key::new(NodeKind::Entry, top, &step.words);
        return node
            .children
            .get_mut(&key)
            .is_some_and(|child| delete_level(Arc::make_mut(child), deeper, last, false));
    }
    node.children
        .remove(&Key::new(NodeKind::Entry, top, &last.words))
        .is_some()
}

/// Removes containers (and bare physical ports) without children, from the end of the path upwards.
fn prune(root: &mut Node, path: &[Step]) {
    for length in (1..=path.len()).rev() {
        let part = &path[..length];
        if is_entry(&part[length - 1]) && !is_bare_port(part) {
            return;
        }
        let Some((last, parents)) = part.split_last() else {
            return;
        };
        let mut node = &mut *root;
        for (depth, step) in parents.iter().enumerate() {
            let Some(child) = node
                .children
                .get_mut(&Key::new(NodeKind::Entry, depth == 0, &step.words))
            else {
                return;
            };
            node = Arc::make_mut(child);
        }
        let key = Key::new(NodeKind::Entry, parents.is_empty(), &last.words);
        match node.children.get(&key) {
            Some(child) if child.children.is_empty() => {
                node.children.remove(&key);
            }
            Some(_) => return,
            None => {}
        }
    }
}

/// Old and new items together, if both are lists under the same words.
fn merged_list(old: &[String], new: &[String]) -> Option<Vec<String>> {
    let ((old_items, old_head), (new_items, new_head)) = (old.split_last()?, new.split_last()?);
    let lists = ["list", "inner-tag-list"];
    if old_head != new_head || !old_head.last().is_some_and(|word| lists.contains(&word.as_str())) {
        return None;
    }
    let both = VlanSet::parse(old_items)?.union(&VlanSet::parse(new_items)?);
    let mut value = old_head.to_vec();
    value.push(both.to_string());
    Some(value)
}

impl Tree {
    /// Applies the change from `from` to `to`: what `to` added or changed is set, what it lacks is removed.
    pub(crate) fn patch(&mut self, from: &Self, to: &Self) {
        patch(Arc::make_mut(&mut self.root), &from.root, &to.root);
    }
}

fn patch(target: &mut Node, from: &Node, to: &Node) {
    for (key, gone) in &from.children {
        if !to.children.contains_key(key) {
            match target.children.get_mut(key) {
                Some(node) if gone.kind != NodeKind::Leaf => {
                    let node = Arc::make_mut(node);
                    let empty = Node::new(gone.kind, false, &[], 0);
                    patch(node, gone, &empty);
                    if node.children.is_empty() {
                        target.children.remove(key);
                    }
                }
                Some(_) => {
                    target.children.remove(key);
                }
                None => {}
            }
        }
    }
    for (key, new) in &to.children {
        let old = from.children.get(key);
        if old.is_some_and(|old| Arc::ptr_eq(old, new)) {
            continue;
        }
        match (old, target.children.get_mut(key)) {
            (Some(old), Some(node)) if new.kind != NodeKind::Leaf => patch(Arc::make_mut(node), old, new),
            (Some(old), _) if new.kind == NodeKind::Leaf && old.value == new.value => {}
            _ => {
                target.children.insert(key.clone(), Arc::clone(new));
            }
        }
    }
}
