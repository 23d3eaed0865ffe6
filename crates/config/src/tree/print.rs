//! Printing from the nodes.

use super::{NodeId, ROOT, Tree};

pub(super) fn print(tree: &Tree) -> String {
    let mut out = String::with_capacity(tree.bytes.len());
    print_children(tree, ROOT, &mut out);
    out
}

fn print_children(tree: &Tree, parent: NodeId, out: &mut String) {
    // An explicit stack: the depth of a hostile text is bounded by its length only.
    let mut stack = vec![tree.node(parent).first_child];
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
