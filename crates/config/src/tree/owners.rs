//! Interfaces and bridge domain instances: the blocks that edits, reads and comparisons work on.

use std::collections::HashSet;

use super::{Form, Kind, Leaf, Leaves, NodeId, ROOT, Tree};
use crate::path::{BRIDGE_DOMAIN, INTERFACES, owner_of};

/// The block around [`BRIDGE_DOMAIN`].
pub(crate) const NETWORK_SERVICES: &str = "network-services";

impl Tree {
    /// Visits, in the order of the text and removed ones too, each interface and instance: flattened, every line of it;
    /// hierarchical, its entry.
    pub(crate) fn visit_owners(&self, mut visit: impl FnMut(&str, NodeId)) {
        match self.form {
            Form::Flattened => {
                for id in self.all_statements(ROOT) {
                    if let Some(owner) = owner_of(self.body(id)) {
                        visit(owner, id);
                    }
                }
            }
            Form::Hierarchical => self.visit_blocks(|_, _| {}, visit),
        }
    }

    /// Visits the blocks that hold owners, and the owners in them.
    pub(crate) fn visit_blocks(
        &self,
        mut block: impl FnMut(&'static str, NodeId),
        mut owner: impl FnMut(&str, NodeId),
    ) {
        let mut path = String::new();
        let mut stack = vec![(self.node(ROOT).first_child, 0)];
        while let Some((id, base)) = stack.pop() {
            if id == super::NONE {
                continue;
            }
            stack.push((self.node(id).next, base));
            if self.node(id).kind != Kind::Statement {
                continue;
            }
            path.truncate(base);
            if base > 0 {
                path.push(' ');
            }
            path.push_str(self.body(id));
            if let Some(known) = [INTERFACES, NETWORK_SERVICES, BRIDGE_DOMAIN]
                .into_iter()
                .find(|known| *known == path)
            {
                block(known, id);
                stack.push((self.node(id).first_child, path.len()));
            } else if owner_of(&path) == Some(path.as_str()) {
                owner(&path, id);
            }
        }
    }

    /// Returns the leaves of the given interfaces and instances, in the order of the text.
    pub(crate) fn leaves_of(&self, owners: &HashSet<&str>) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.visit_owners(|owner, id| {
            if owners.contains(owner) && self.is_live(id) {
                // Flattened, the line carries the whole path; hierarchical, what stands above the entry.
                let above = owner.strip_suffix(self.body(id)).unwrap_or_default().trim_end();
                leaves.extend(Leaves::of(self, id, above.to_owned()));
            }
        });
        leaves
    }

    /// Returns the child lines with words, removed ones too.
    pub(crate) fn all_statements(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        self.children(id)
            .filter(|id| self.node(*id).kind == Kind::Statement)
    }
}
