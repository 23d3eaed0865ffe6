//! The lossless configuration tree: readers, print, apply, diff, inverse, line grammar.
//!
//! Pure: no input or output, no clock, nothing asynchronous. Knows the words of DNOS configuration (REF 4, 5, 6) and
//! nothing of sessions, prompts or deployments.

pub mod cli_line;
pub mod grammar;
pub mod path;
pub mod statement;
pub mod text;
pub mod tree;

pub use cli_line::{CliLine, RefusedLine};
pub use grammar::GrammarError;
pub use path::ConfigPath;
pub use statement::{
    Description, Direction, InvalidDescription, PacketRate, Scope, Setting, Statement, Subinterface, TagForm,
    Target, Traffic, VlanListItem,
};
pub use text::{Capture, CaptureError, ConfigText, Header, InvalidTextHash, TextHash};
pub use tree::{Form, Leaf, Leaves, Problem, ProblemKind, Tree, equal_text};
