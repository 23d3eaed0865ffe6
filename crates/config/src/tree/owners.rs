//! Interfaces and bridge domain instances: the blocks that edits, reads and comparisons work on.

use std::collections::HashSet;

use super::{Form, Kind, Leaf, Leaves, NodeId, ROOT, Tree};
use crate::path::{BRIDGE_DOMAIN, INTERFACES, below, owner_of};

/// The block around [`BRIDGE_DOMAIN`].
pub(crate) const NETWORK_SERVICES: &str = "network-services";

/// Some interfaces and instances, by the block that holds them and the line that names them there.
pub(crate) struct Owners<'a> {
    interfaces: HashSet<&'a str>,
    instances: HashSet<&'a str>,
}

impl<'a> FromIterator<&'a str> for Owners<'a> {
    /// Takes owner paths, as [`owner_of`] returns them.
    fn from_iter<T: IntoIterator<Item = &'a str>>(owners: T) -> Self {
        let mut set = Self {
            interfaces: HashSet::new(),
            instances: HashSet::new(),
        };
        for (block, line) in owners.into_iter().filter_map(split_owner) {
            match block {
                INTERFACES => set.interfaces.insert(line),
                _ => set.instances.insert(line),
            };
        }
        set
    }
}

impl Owners<'_> {
    pub(crate) fn contains(&self, block: &str, line: &str) -> bool {
        match block {
            INTERFACES => self.interfaces.contains(line),
            _ => self.instances.contains(line),
        }
    }
}

fn split_owner(owner: &str) -> Option<(&'static str, &str)> {
    let block = [INTERFACES, BRIDGE_DOMAIN]
        .into_iter()
        .find(|block| below(owner, block))?;
    Some((block, owner.get(block.len() + 1..)?))
}

impl Tree {
    /// Visits, in the order of the text and removed ones too, each interface and instance with its block and the line
    /// that names it there: flattened, every line of it; hierarchical, its entry.
    pub(crate) fn visit_owners(&self, mut visit: impl FnMut(&'static str, &str, NodeId)) {
        match self.form {
            Form::Flattened => {
                for id in self.all_statements(ROOT) {
                    if let Some((block, line)) = owner_of(self.body(id)).and_then(split_owner) {
                        visit(block, line, id);
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
        mut owner: impl FnMut(&'static str, &str, NodeId),
    ) {
        for top in self.all_statements(ROOT) {
            match self.body(top) {
                INTERFACES => {
                    block(INTERFACES, top);
                    for id in self.all_statements(top).filter(|id| is_one_word(self.body(*id))) {
                        owner(INTERFACES, self.body(id), id);
                    }
                }
                NETWORK_SERVICES => {
                    block(NETWORK_SERVICES, top);
                    for domains in self
                        .all_statements(top)
                        .filter(|id| self.body(*id) == "bridge-domain")
                    {
                        block(BRIDGE_DOMAIN, domains);
                        for id in self
                            .all_statements(domains)
                            .filter(|id| names_instance(self.body(*id)))
                        {
                            owner(BRIDGE_DOMAIN, self.body(id), id);
                        }
                    }
                }
                _ => {}
            }
        }
    }

    /// Returns the leaves of the given interfaces and instances, in the order of the text.
    pub(crate) fn leaves_of(&self, owners: &Owners<'_>) -> Vec<Leaf> {
        let mut leaves = Vec::new();
        self.visit_owners(|block, line, id| {
            if owners.contains(block, line) && self.is_live(id) {
                let above = if self.form == Form::Flattened { "" } else { block };
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

fn names_instance(line: &str) -> bool {
    line.strip_prefix("instance ").is_some_and(is_one_word)
}

/// Names are short: a plain loop beats a search that is made for long texts.
fn is_one_word(text: &str) -> bool {
    text.bytes().all(|byte| byte != b' ')
}
