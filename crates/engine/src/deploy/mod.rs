//! The deployment transaction: words, states and the transition table (DESIGN 6).
//!
//! Three layers, from pure to busy. [`table`] and [`machine`] say what follows from what; [`judge`] says what the
//! readings of a device mean; [`run`] carries the orders out over the ports.

pub mod change;
pub mod judge;
pub mod lines;
pub mod machine;
pub mod rules;
pub mod sight;
pub mod table;
mod words;

pub use change::{DeploymentPlan, DevicePlan, Hop};
pub use lines::{Delta, LineSet};
pub use words::{Decision, DeploymentId, DeviceReport, DeviceState, Note, Outcome, Phase, Policy, Step};
