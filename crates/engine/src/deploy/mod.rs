//! The deployment transaction: words, states and the transition table (DESIGN 6).

mod words;

pub use words::{Decision, DeploymentId, DeviceReport, DeviceState, Note, Outcome, Phase, Policy, Step};
