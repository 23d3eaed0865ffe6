//! What must hold whatever text arrives, as functions that panic where it does not.
//!
//! Each takes arbitrary bytes. `tests/known.rs` runs them over captures, seeds and mutations of both in every test run;
//! the targets in `fuzz/` are one call each.

mod change;
mod exchange;
mod forms;
mod proof;
mod readers;
mod tables;
mod tree;

pub use exchange::exchange;
pub use proof::proof;
pub use readers::answers;
pub use tables::tables;
pub use tree::{edits, tree};

/// The longest text that is looked at line against line; real captures stay below.
pub const LONGEST: usize = 512 * 1024;

/// Bytes as the product sees them: what is not UTF-8 replaced, and no longer than [`LONGEST`].
fn text_of(data: &[u8]) -> String {
    String::from_utf8_lossy(&data[..data.len().min(LONGEST)]).into_owned()
}
