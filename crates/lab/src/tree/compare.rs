//! `show config compare` (REF 7.8).

use serde::{Deserialize, Serialize};

use super::{Node, NodeKind, PrintStyle, Tree, print::ordered, print::statement};

/// The two layouts known of the comparison.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CompareLayout {
    /// A hierarchy with `+` and `-` in front of what differs.
    #[default]
    Hierarchy,
    /// One full path per line, as in the vendor's examples.
    Paths,
}

/// The three groups of a comparison.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Group {
    Added,
    Changed,
    Deleted,
}

impl Tree {
    /// What changes from `self` to `new`; empty if nothing does. Lines end in `\n`.
    #[must_use]
    pub fn compare(&self, new: &Self, layout: CompareLayout, style: PrintStyle) -> String {
        let mut out = String::new();
        let shown = |tree: &Self| tree.shown(style.admin_state, style.tpid);
        let (old, new) = (shown(self), shown(new));
        for (group, title) in [
            (Group::Added, "Added:"),
            (Group::Changed, "Changed:"),
            (Group::Deleted, "Deleted:"),
        ] {
            let mut lines = Vec::new();
            walk(
                &old.root,
                &new.root,
                group,
                layout,
                style,
                &mut Vec::new(),
                &mut lines,
            );
            if !lines.is_empty() {
                out.push_str(title);
                out.push('\n');
                for line in lines {
                    out.push_str(&line);
                    out.push('\n');
                }
            }
        }
        out
    }
}

/// Collects the lines of one group; parents of a difference are printed once, as context.
fn walk(
    old: &Node,
    new: &Node,
    group: Group,
    layout: CompareLayout,
    style: PrintStyle,
    parents: &mut Vec<String>,
    lines: &mut Vec<String>,
) {
    let from = if group == Group::Added || group == Group::Changed {
        new
    } else {
        old
    };
    let to = if group == Group::Added || group == Group::Changed {
        old
    } else {
        new
    };
    for child in ordered(from, style.order) {
        let other = to.children.get(&child.key);
        match other {
            None if group != Group::Changed => {
                let mark = if group == Group::Added { '+' } else { '-' };
                whole(child, mark, layout, style, parents, lines);
            }
            Some(other)
                if group == Group::Changed && child.kind == NodeKind::Leaf && other.value != child.value =>
            {
                one(other, '-', layout, style, parents, lines);
                one(child, '+', layout, style, parents, lines);
            }
            Some(other) if child.kind != NodeKind::Leaf => {
                let (old, new) = if group == Group::Deleted {
                    (child, other.as_ref())
                } else {
                    (other.as_ref(), child)
                };
                if std::ptr::eq(old, new) {
                    continue;
                }
                let before = lines.len();
                parents.push(statement(child, style));
                let mut inner = Vec::new();
                walk(old, new, group, layout, style, parents, &mut inner);
                parents.pop();
                if !inner.is_empty() && layout == CompareLayout::Hierarchy {
                    lines.insert(
                        before,
                        format!("{}{}", margin(parents.len()), statement(child, style)),
                    );
                }
                lines.extend(inner);
            }
            None | Some(_) => {}
        }
    }
}

fn margin(depth: usize) -> String {
    "  ".repeat(depth + 1)
}

fn one(
    node: &Node,
    mark: char,
    layout: CompareLayout,
    style: PrintStyle,
    parents: &[String],
    lines: &mut Vec<String>,
) {
    let own = statement(node, style);
    lines.push(match layout {
        CompareLayout::Hierarchy => format!("{}{mark} {own}", margin(parents.len())),
        CompareLayout::Paths if parents.is_empty() => format!("{mark} {own}"),
        CompareLayout::Paths => format!("{mark} {} {own}", parents.join(" ")),
    });
}

fn whole(
    node: &Node,
    mark: char,
    layout: CompareLayout,
    style: PrintStyle,
    parents: &mut Vec<String>,
    lines: &mut Vec<String>,
) {
    let leafless = node.children.is_empty();
    if leafless || layout == CompareLayout::Hierarchy {
        one(node, mark, layout, style, parents, lines);
    }
    parents.push(statement(node, style));
    for child in ordered(node, style.order) {
        whole(child, mark, layout, style, parents, lines);
    }
    parents.pop();
}
