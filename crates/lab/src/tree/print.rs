//! The two printed forms (REF 4.1, 4.2).

use serde::{Deserialize, Serialize};

use super::{Defaults, Node, NodeKind, Tree};
use crate::grammar::{in_quotes, quote};

/// The order in which siblings print. Captures are sorted; automation reports both.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PrintOrder {
    /// Leaves first, then hierarchies, each by name with numbers as numbers.
    #[default]
    Sorted,
    /// As they were entered.
    Insertion,
}

/// How the items of a VLAN list are separated (REF 13.9).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ListSeparator {
    /// `1,5-9`
    #[default]
    Comma,
    /// `1, 5-9`
    CommaBlank,
    /// `1 5-9`
    Blank,
}

impl ListSeparator {
    fn text(self) -> &'static str {
        match self {
            Self::Comma => ",",
            Self::CommaBlank => ", ",
            Self::Blank => " ",
        }
    }
}

/// Which descriptions stand in quotes (REF 4.3).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Quotes {
    /// Those that need them, as captured.
    #[default]
    Needed,
    /// All.
    Always,
}

/// Everything that decides how a tree prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PrintStyle {
    /// Order of siblings.
    pub order: PrintOrder,
    /// Whether a bridge-domain member without leaves has its own `!` line (REF 4.1).
    pub member_bang: bool,
    /// VLAN lists.
    pub list_separator: ListSeparator,
    /// Descriptions.
    pub quotes: Quotes,
    /// `admin-state` where it says what holds anyway.
    pub admin_state: Defaults,
    /// TPIDs of 0x8100.
    pub tpid: Defaults,
}

impl From<PrintOrder> for PrintStyle {
    fn from(order: PrintOrder) -> Self {
        Self {
            order,
            member_bang: true,
            list_separator: ListSeparator::default(),
            quotes: Quotes::default(),
            admin_state: Defaults::default(),
            tpid: Defaults::default(),
        }
    }
}

impl Tree {
    /// One line per leaf with its full path (`show config | flatten`), each ending in `\n`.
    #[must_use]
    pub fn flattened(&self, style: impl Into<PrintStyle>) -> String {
        let mut out = String::new();
        let style = style.into();
        let shown = self.shown(style.admin_state, style.tpid);
        for node in ordered(&shown.root, style.order) {
            flatten(node, "", style, &mut out);
        }
        out
    }

    /// The indented form (`show config`), each line ending in `\n`, top blocks separated by a blank line.
    #[must_use]
    pub fn hierarchical(&self, style: impl Into<PrintStyle>) -> String {
        let style = style.into();
        let mut blocks = Vec::new();
        let shown = self.shown(style.admin_state, style.tpid);
        for node in ordered(&shown.root, style.order) {
            let mut out = String::new();
            indent(node, 0, style, &mut out);
            blocks.push(out);
        }
        blocks.join("\n")
    }

    /// Only what lies at or under the node whose words are `path`, its parents included.
    #[must_use]
    pub fn part(&self, path: &[Vec<String>]) -> Self {
        let mut tree = Self {
            root: std::sync::Arc::clone(&self.root),
            next: self.next,
        };
        cut(&mut tree.root, path);
        tree
    }
}

fn cut(node: &mut std::sync::Arc<Node>, path: &[Vec<String>]) {
    let Some((words, deeper)) = path.split_first() else {
        return;
    };
    let node = std::sync::Arc::make_mut(node);
    node.children.retain(|key, _| key.words.starts_with(words));
    if let [only] = node.children.values_mut().collect::<Vec<_>>().as_mut_slice() {
        cut(only, deeper);
    }
}

pub(super) fn ordered(node: &Node, order: PrintOrder) -> Vec<&Node> {
    let mut children: Vec<&Node> = node.children().collect();
    if order == PrintOrder::Insertion {
        children.sort_by_key(|child| child.sequence);
    }
    children
}

/// The node's own words and value as one printed statement.
pub(super) fn statement(node: &Node, style: PrintStyle) -> String {
    let mut out = String::new();
    let (mut list, mut described) = (false, false);
    for word in node.key.words.iter().chain(&node.value) {
        if !out.is_empty() {
            out.push(' ');
        }
        if list {
            out.push_str(&word.replace(',', style.list_separator.text()));
        } else if described && style.quotes == Quotes::Always {
            out.push_str(&in_quotes(word));
        } else {
            out.push_str(&quote(word));
        }
        list = matches!(word.as_str(), "list" | "inner-tag-list") && node.kind == NodeKind::Leaf;
        described = word == "description" && node.kind == NodeKind::Leaf;
    }
    out
}

fn flatten(node: &Node, prefix: &str, style: PrintStyle, out: &mut String) {
    let own = statement(node, style);
    let path = if prefix.is_empty() {
        own
    } else {
        format!("{prefix} {own}")
    };
    match node.kind {
        NodeKind::Leaf => {
            out.push_str(&path);
            out.push('\n');
        }
        NodeKind::Container | NodeKind::Entry if node.children.is_empty() => {
            out.push_str(&path);
            out.push_str(" ^\n");
        }
        NodeKind::Container | NodeKind::Entry => {
            for child in ordered(node, style.order) {
                flatten(child, &path, style, out);
            }
        }
    }
}

fn indent(node: &Node, depth: usize, style: PrintStyle, out: &mut String) {
    let margin = "  ".repeat(depth);
    out.push_str(&margin);
    out.push_str(&statement(node, style));
    out.push('\n');
    if node.kind == NodeKind::Leaf {
        return;
    }
    for child in ordered(node, style.order) {
        indent(child, depth + 1, style, out);
    }
    let bare_member =
        node.children.is_empty() && node.key.words.first().is_some_and(|word| word == "interface");
    if style.member_bang || !bare_member {
        out.push_str(&margin);
        out.push_str("!\n");
    }
}
