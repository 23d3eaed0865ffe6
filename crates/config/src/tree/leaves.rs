//! The leaves of a tree with their full paths.

use super::{Form, NONE, NodeId, ROOT, Tree};
use crate::path::ConfigPath;

/// One leaf, or one entry without leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Leaf {
    /// The full words.
    pub path: ConfigPath,
    /// Whether it is an entry without leaves: ` ^` in flattened text, a bare `!` in hierarchical text.
    pub is_entry: bool,
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

impl Leaves<'_> {
    /// Tells whether a line below the current path is a container without anything in it.
    fn is_void(&self, id: NodeId) -> bool {
        let body = self.tree.body(id);
        (is_container_word(body) || body == "bridge-domain") && self.is_void_at(id, &self.path)
    }

    fn is_void_at(&self, id: NodeId, above: &str) -> bool {
        let path = format!("{above} {}", self.tree.body(id));
        is_plain_container(&path)
            && self
                .tree
                .statements(id)
                .all(|child| self.is_void_at(child, &path))
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
            if self.tree.statements(id).any(|child| !self.is_void(child)) {
                self.stack.push((node.first_child, self.path.len()));
                continue;
            }
            // Nested, the entry around an empty container is a leaf itself; flattened, the container's line tells of it.
            let told = match self.tree.form {
                Form::Hierarchical if is_plain_container(&self.path) => "",
                Form::Hierarchical => &self.path,
                Form::Flattened => around_containers(&self.path),
            };
            if told.is_empty() {
                continue;
            }
            let is_entry =
                node.entry || told.len() < self.path.len() || self.tree.statements(id).next().is_some();
            return Some(Leaf {
                path: ConfigPath::new(told),
                is_entry,
            });
        }
        None
    }
}

/// Containers that hold entries and mean nothing when they are empty.
pub(crate) fn is_plain_container(path: &str) -> bool {
    // Asked for every leaf, and nearly always no.
    if !path.ends_with(['n', 'g', 'l', 's']) {
        return false;
    }
    if matches!(
        path,
        "interfaces" | "network-services" | "network-services bridge-domain"
    ) {
        return true;
    }
    let Some(owner) = crate::path::owner_of(path) else {
        return false;
    };
    // A description may read like a container: only what stands where one can stand is one.
    let inside = path[owner.len()..].trim_start();
    let of_member = inside
        .strip_prefix("interface ")
        .and_then(|member| member.split_once(' '));
    matches!(
        of_member.map_or(inside, |(_, inside)| inside),
        "vlan-manipulation"
            | "vlan-manipulation ingress-mapping"
            | "vlan-manipulation egress-mapping"
            | "storm-control"
            | "mac-handling"
    )
}

fn is_container_word(word: &str) -> bool {
    matches!(
        word,
        "vlan-manipulation" | "ingress-mapping" | "egress-mapping" | "storm-control" | "mac-handling"
    )
}

/// What a path tells of without the containers at its end.
fn around_containers(path: &str) -> &str {
    let mut told = path;
    while is_plain_container(told) {
        told = told.rsplit_once(' ').map_or("", |(around, _)| around);
    }
    told
}
