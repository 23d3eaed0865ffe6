//! The lossless configuration tree: readers, print, apply, diff, inverse, line grammar.
//!
//! Pure: no input or output, no clock, nothing asynchronous. Knows the words of DNOS configuration (REF 4, 5, 6) and
//! nothing of sessions, prompts or deployments.

pub mod apply;
pub mod canonical;
pub mod cli_line;
pub mod convert;
pub mod diff;
pub mod grammar;
pub mod inverse;
pub mod path;
pub mod read_model;
pub mod restrict;
pub mod statement;
pub mod text;
pub mod text_diff;
pub mod tree;

pub use apply::{ApplyError, apply};
pub use canonical::{Canonical, canonical, equal_meaning, meaning_of};
pub use cli_line::{CliLine, RefusedLine};
pub use convert::{to_flattened, to_hierarchical};
pub use diff::{ChangedLine, TreeDelta, diff};
pub use grammar::GrammarError;
pub use inverse::{TransitionError, inverse, there_and_back, transition};
pub use path::ConfigPath;
pub use read_model::{Coverage, DeviceConfig, Parsed, UnreadLine, line_shape, read_model};
pub use restrict::{neighbourhood, restrict, restrict_to};
pub use statement::{
    Description, Direction, InvalidDescription, PacketRate, Scope, Setting, Statement, Subinterface, TagForm,
    Target, Traffic, VlanListItem,
};
pub use text::{Capture, CaptureError, ConfigText, Header, InvalidTextHash, TextHash};
pub use text_diff::{DiffLine, Hunk, LineChange, Piece, TextDiff, text_diff};
pub use tree::{Form, Leaf, Leaves, Problem, ProblemKind, Tree, equal_text};
