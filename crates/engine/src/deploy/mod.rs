//! The deployment transaction: words, states and the transition table (DESIGN 6).
//!
//! Three layers, from pure to busy. [`table`] and [`machine`] say what follows from what; [`judge`] says what the
//! readings of a device mean; [`run`] carries the orders out over the ports.

mod attend;
mod backward;
mod carry;
pub mod change;
mod device;
mod drift;
pub mod effect;
mod event;
mod forward;
mod found;
pub mod judge;
pub mod known;
pub mod lines;
pub mod machine;
mod notes;
mod options;
mod report;
pub mod rules;
mod run;
pub mod sight;
mod steps;
pub mod table;
mod verifying;
pub mod wording;
mod words;

pub use crate::drift::DriftKind;
pub use change::{DeploymentPlan, DeviceChange, Hop};
pub use event::{DeploymentEvent, EventSink};
pub use found::Found;
pub(crate) use found::others_of;
pub use known::Consent;
pub use lines::{Delta, LineSet};
pub use options::{Consents, DeployOptions};
pub use report::{Cause, DeploymentReport, Drift, Remedy, device_report};
pub(crate) use run::Driver;
pub use run::{DeploymentError, Ports, run};
pub use words::{
    ChildOf, Decision, DeploymentId, DeviceReport, DeviceState, Note, Outcome, Phase, Policy, Step,
};

#[cfg(test)]
pub(crate) mod tests;
