//! The leaves of a tree with their full paths.

use super::{NONE, NodeId, ROOT, Tree};
use crate::path::ConfigPath;

/// One leaf, or one entry without leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The full words.
    pub path: ConfigPath,
    /// Whether it is an entry without leaves: ` ^` in flattened text, a bare `!` in hierarchical text.
    pub is_entry: bool,
    pub(crate) node: NodeId,
}

/// Iterator over the [`Leaf`]s of a tree.
pub struct Leaves<'a> {
    tree: &'a Tree,
    /// Next node to visit on each level, with the length of the path above it.
    stack: Vec<(NodeId, usize)>,
    path: String,
    /// The node whose siblings are not visited.
    only: NodeId,
}

impl<'a> Leaves<'a> {
    pub(super) fn new(tree: &'a Tree) -> Self {
        Self::below(tree, ROOT, String::new())
    }

    /// Iterates over what lies below `node`, whose path is `path`.
    pub(crate) fn below(tree: &'a Tree, node: NodeId, path: String) -> Self {
        Self {
            tree,
            stack: vec![(tree.node(node).first_child, path.len())],
            path,
            only: NONE,
        }
    }

    /// Iterates over `node` and what lies below it; `path` is what stands above it.
    pub(crate) fn of(tree: &'a Tree, node: NodeId, path: String) -> Self {
        Self {
            tree,
            stack: vec![(node, path.len())],
            path,
            only: node,
        }
    }
}

impl Iterator for Leaves<'_> {
    type Item = Leaf;

    fn next(&mut self) -> Option<Leaf> {
        while let Some((id, base)) = self.stack.pop() {
            if id == NONE {
                continue;
            }
            let node = self.tree.node(id);
            if id != self.only {
                self.stack.push((node.next, base));
            }
            if node.kind != super::Kind::Statement || !node.life.is_live() {
                continue;
            }
            self.path.truncate(base);
            if base > 0 {
                self.path.push(' ');
            }
            self.path.push_str(self.tree.body(id));
            if self.tree.statements(id).next().is_some() {
                self.stack.push((node.first_child, self.path.len()));
                continue;
            }
            if node.entry && is_plain_container(&self.path) {
                continue;
            }
            return Some(Leaf {
                path: ConfigPath::new(&self.path),
                is_entry: node.entry,
                node: id,
            });
        }
        None
    }
}

/// Containers that hold entries and mean nothing when they are empty.
pub(crate) fn is_plain_container(path: &str) -> bool {
    if matches!(
        path,
        "interfaces" | "network-services" | "network-services bridge-domain"
    ) {
        return true;
    }
    let Some(owner) = crate::path::owner_of(path) else {
        return false;
    };
    let last = path[owner.len()..].rsplit(' ').next().unwrap_or_default();
    matches!(
        last,
        "vlan-manipulation" | "ingress-mapping" | "egress-mapping" | "storm-control" | "mac-handling"
    )
}
