//! What of a tree is shown: explicit defaults may be printed as typed, printed everywhere, or not at all (REF 13.9).

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Key, Node, NodeKind, Tree};

/// Which values that are the default are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Defaults {
    /// Those that were typed.
    #[default]
    Typed,
    /// All.
    Filled,
    /// None.
    Hidden,
}

/// The tag protocol that needs no words.
const TPID: &str = "0x8100";

impl Tree {
    /// The tree with `admin-state` and TPIDs that are the default as these say.
    pub(crate) fn shown(&self, admin_state: Defaults, tpid: Defaults) -> Self {
        let mut tree = self.clone();
        if admin_state != Defaults::Typed || tpid != Defaults::Typed {
            let root = Arc::make_mut(&mut tree.root);
            each(root, "interfaces", |interface| {
                admin(interface, default_state(interface.name()), admin_state);
                Arc::make_mut(interface).children.values_mut().for_each(|leaf| {
                    let value = with_tpid(leaf, tpid);
                    if value != leaf.value {
                        Arc::make_mut(leaf).set_value(value);
                    }
                });
            });
            each(root, "network-services", |domains| {
                each(Arc::make_mut(domains), "instance", |instance| {
                    admin(instance, "enabled", admin_state);
                });
            });
        }
        tree
    }

    /// The text as a device writes it anew: sorted, without what is the default.
    pub(crate) fn rewritten(&self) -> Self {
        let mut tree = self.shown(Defaults::Hidden, Defaults::Hidden);
        unordered(Arc::make_mut(&mut tree.root));
        tree
    }
}

/// Forgets the order of entry.
fn unordered(node: &mut Node) {
    node.sequence = 0;
    node.children
        .values_mut()
        .for_each(|child| unordered(Arc::make_mut(child)));
}

/// Every child of the hierarchies under a word; the instances of bridge domains stand beside one another under theirs.
fn each(node: &mut Node, word: &str, mut change: impl FnMut(&mut Arc<Node>)) {
    for (key, child) in &mut node.children {
        if key.words.first().is_none_or(|first| first != word) || child.kind == NodeKind::Leaf {
            continue;
        }
        if child.kind == NodeKind::Entry {
            change(child);
        } else {
            Arc::make_mut(child).children.values_mut().for_each(&mut change);
        }
    }
}

/// What holds without a word: a port is off, whatever is built on one is on (REF 5.3).
fn default_state(interface: &str) -> &'static str {
    let is_port = interface.starts_with("ge") && !interface.contains('.');
    if is_port { "disabled" } else { "enabled" }
}

fn admin(node: &mut Arc<Node>, default: &str, shown: Defaults) {
    let words = ["admin-state".to_owned()];
    let key = Key::new(NodeKind::Leaf, false, &words);
    let held = node.children.get(&key).map(|leaf| leaf.text == default);
    match (shown, held) {
        (Defaults::Filled, None) => {
            let mut leaf = Node::new(NodeKind::Leaf, false, &words, 0);
            leaf.set_value(vec![default.to_owned()]);
            Arc::make_mut(node).children.insert(key, Arc::new(leaf));
        }
        (Defaults::Hidden, Some(true)) => {
            Arc::make_mut(node).children.remove(&key);
        }
        _ => {}
    }
}

/// The value of a tag leaf or of a rewrite with the default TPID said or not; a `preserve` names nothing but its TPID, and
/// a list takes none.
fn with_tpid(leaf: &Node, shown: Defaults) -> Vec<String> {
    let mut value = leaf.value.clone();
    let first = leaf.key.words.first().map_or("", String::as_str);
    let says = |value: &[String], word: &str| value.iter().any(|one| one == word);
    match (shown, first) {
        (Defaults::Hidden, "vlan-id" | "vlan-tags" | "vlan-manipulation") if !says(&value, "preserve") => {
            while let Some(at) = value
                .windows(2)
                .position(|pair| pair[0].ends_with("tpid") && pair[1] == TPID)
            {
                value.drain(at..at + 2);
            }
        }
        (Defaults::Filled, "vlan-id") if !says(&value, "list") && !says(&value, "tpid") => {
            value.extend(["tpid".to_owned(), TPID.to_owned()]);
        }
        (Defaults::Filled, "vlan-tags") if !says(&value, "inner-tag-list") && !says(&value, "outer-tpid") => {
            value.extend(["outer-tpid".to_owned(), TPID.to_owned()]);
        }
        _ => {}
    }
    value
}
