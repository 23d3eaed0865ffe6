//! The lab's own configuration tree: what a device holds as running or candidate configuration.
//!
//! A [`Tree`] is cheap to clone (nodes are shared), knows two printed forms (REF 4.1, 4.2), reads
//! both, and compares itself with another tree (REF 7.8).

mod compare;
mod edit;
mod print;
mod read;
mod shown;

pub use compare::CompareLayout;
pub use edit::{EditRules, EmptyNodes, ListSet};
pub use print::{ListSeparator, PrintOrder, PrintStyle, Quotes};
pub use read::full_lines;
pub use shown::Defaults;

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::ifname::natural_cmp;

/// A configuration.
#[derive(Clone, Debug)]
pub struct Tree {
    root: Arc<Node>,
    next: u64,
}

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NodeKind {
    /// A value: `vlan-id 251`.
    Leaf,
    /// A fixed hierarchy: `bridge-domain`.
    Container,
    /// One of many under a key: `instance X`.
    Entry,
}

/// One statement of a configuration.
#[derive(Clone, Debug)]
pub struct Node {
    key: Key,
    kind: NodeKind,
    value: Vec<String>,
    text: String,
    sequence: u64,
    children: BTreeMap<Key, Arc<Node>>,
}

/// The words that name a node among its siblings, in the order in which captures print them: the leaf that
/// must be there, other leaves, leaves of several words, then hierarchies; numbers as numbers; the top
/// blocks in their fixed order (REF 4.1).
#[derive(Clone, Debug, PartialEq, Eq)]
struct Key {
    rank: u8,
    words: Vec<String>,
}

/// The order of the top blocks. Where `network-services` and `forwarding-options` stand is not
/// documented; synthetic.
const TOP_ORDER: [&str; 13] = [
    "system",
    "services",
    "interfaces",
    "network-services",
    "forwarding-options",
    "routing-options",
    "protocols",
    "multicast",
    "routing-policy",
    "access-lists",
    "qos",
    "nacm",
    "debug",
];

impl Key {
    fn new(kind: NodeKind, top: bool, words: &[String]) -> Self {
        let first = words.first().map_or("", String::as_str);
        let rank = match kind {
            _ if top => {
                let known = TOP_ORDER
                    .iter()
                    .position(|word| *word == first)
                    .unwrap_or(TOP_ORDER.len());
                u8::try_from(known).unwrap_or(u8::MAX)
            }
            NodeKind::Leaf if matches!(first, "name" | "remote-as") => 0,
            NodeKind::Leaf if words.len() == 1 => 1,
            NodeKind::Leaf => 2,
            NodeKind::Container | NodeKind::Entry => 3,
        };
        Self {
            rank,
            words: words.to_vec(),
        }
    }
}

impl Ord for Key {
    fn cmp(&self, other: &Self) -> Ordering {
        let by_words = || {
            // Siblings mostly share their first word, and equality is far cheaper to see than order.
            let differing = self.words.iter().zip(&other.words).find(|(a, b)| a != b);
            match differing {
                Some((a, b)) => natural_cmp(a, b).then_with(|| a.cmp(b)),
                None => self.words.len().cmp(&other.words.len()),
            }
        };
        self.rank.cmp(&other.rank).then_with(by_words)
    }
}

impl PartialOrd for Key {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Node {
    /// The words that name it: `["instance", "X"]`, `["ge100-0/0/5"]`, `["vlan-manipulation", "ingress-mapping"]`.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.key.words
    }

    /// The last of its words: the key of an entry, the keyword of a leaf.
    #[must_use]
    pub fn name(&self) -> &str {
        self.key.words.last().map_or("", String::as_str)
    }

    /// Leaf, container or entry.
    #[must_use]
    pub fn kind(&self) -> NodeKind {
        self.kind
    }

    /// The value of a leaf without quotes, lists with plain commas: `251`, `list 1,5-9`,
    /// `outer-tag 1 inner-tag 2`. Empty for a flag and for hierarchies.
    #[must_use]
    pub fn value(&self) -> &str {
        &self.text
    }

    /// Its children in sorted order.
    pub fn children(&self) -> impl Iterator<Item = &Node> {
        self.children.values().map(Arc::as_ref)
    }

    /// The value of the leaf with this keyword (words joined by one blank).
    #[must_use]
    pub fn leaf(&self, key: &str) -> Option<&str> {
        self.children()
            .find(|child| child.kind == NodeKind::Leaf && joined_is(&child.key.words, key))
            .map(Node::value)
    }

    fn new(kind: NodeKind, top: bool, words: &[String], sequence: u64) -> Self {
        let key = Key::new(kind, top, words);
        Self {
            key,
            kind,
            value: Vec::new(),
            text: String::new(),
            sequence,
            children: BTreeMap::new(),
        }
    }

    fn set_value(&mut self, value: Vec<String>) {
        self.text = value.join(" ");
        self.value = value;
    }

    /// The child whose words are a prefix of `path`; an opaque child may also be longer than `path`.
    fn descend<'p>(&self, path: &'p [&str]) -> Option<(&Node, &'p [&'p str])> {
        (1..=path.len()).rev().find_map(|count| {
            let words: Vec<String> = path[..count].iter().map(|word| (*word).to_owned()).collect();
            let found = [NodeKind::Entry, NodeKind::Leaf].into_iter().find_map(|kind| {
                let key = Key::new(kind, false, &words);
                self.children
                    .get(&key)
                    .or_else(|| self.children.get(&Key::new(kind, true, &words)))
            });
            found.map(|node| (node.as_ref(), &path[count..]))
        })
    }
}

fn joined_is(words: &[String], text: &str) -> bool {
    let mut rest = text.split(' ');
    words.iter().all(|word| rest.next() == Some(word.as_str())) && rest.next().is_none()
}

impl Default for Tree {
    fn default() -> Self {
        Self {
            root: Arc::new(Node::new(NodeKind::Container, true, &[], 0)),
            next: 1,
        }
    }
}

impl PartialEq for Tree {
    /// Equal if they say the same, whatever the order of entry was.
    fn eq(&self, other: &Self) -> bool {
        same(&self.root, &other.root)
    }
}

fn same(a: &Arc<Node>, b: &Arc<Node>) -> bool {
    Arc::ptr_eq(a, b)
        || (a.key == b.key
            && a.kind == b.kind
            && a.value == b.value
            && a.children.len() == b.children.len()
            && a.children
                .values()
                .zip(b.children.values())
                .all(|(a, b)| same(a, b)))
}

impl Tree {
    /// The node at a path of words (`["network-services", "bridge-domain", "instance", "X"]`).
    #[must_use]
    pub fn node(&self, path: &[&str]) -> Option<&Node> {
        let mut node = self.root.as_ref();
        let mut rest = path;
        while !rest.is_empty() {
            (node, rest) = node.descend(rest)?;
        }
        Some(node)
    }

    /// The children of the node at a path, in sorted order; none if there is no such node.
    pub fn children(&self, path: &[&str]) -> impl Iterator<Item = &Node> {
        self.node(path).into_iter().flat_map(Node::children)
    }

    /// The value of a leaf: `leaf(&["interfaces", "bundle-1.5"], "vlan-id")`.
    #[must_use]
    pub fn leaf(&self, path: &[&str], key: &str) -> Option<&str> {
        self.node(path)?.leaf(key)
    }

    /// Whether nothing is configured.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.root.children.is_empty()
    }
}

#[cfg(test)]
mod tests;
