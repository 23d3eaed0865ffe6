//! Printing from the nodes.

use super::{NodeId, ROOT, Tree};

pub(super) fn print(tree: &Tree) -> String {
    let mut out = String::with_capacity(tree.read.len() + tree.added.len());
    print_from(tree, tree.node(ROOT).first_child, &mut out);
    if tree.is_cut && out.ends_with(tree.line_end) {
        out.truncate(out.len() - tree.line_end.len());
    }
    out
}

impl Tree {
    /// Prints one live node with all below it.
    pub(crate) fn print_node(&self, id: NodeId, out: &mut String) {
        out.push_str(self.line(id));
        print_from(self, self.node(id).first_child, out);
    }
}

/// Prints a node, its later siblings, and all below them.
fn print_from(tree: &Tree, first: NodeId, out: &mut String) {
    // An explicit stack: the depth of a hostile text is bounded by its length only.
    let mut stack = vec![first];
    while let Some(id) = stack.pop() {
        if id == super::NONE {
            continue;
        }
        let node = tree.node(id);
        stack.push(node.next);
        if node.life.is_live() {
            out.push_str(tree.line(id));
            stack.push(node.first_child);
        }
    }
}
