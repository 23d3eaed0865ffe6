//! Plans: immutable, hashed, with their reverse proven before they are shown (DESIGN 5).

mod build;
mod estimate;
mod export;
mod groups;
mod partial_undo;
mod parts;
mod render;
mod restore;
mod risk;
mod undo;

#[cfg(test)]
mod tests;

use std::fmt;

use bk_config::{CliLine, ConfigPath, GrammarError, TextHash, TransitionError, TreeDelta};
use bk_model::{Attachment, BridgeDomainName, DeviceName, Link, Tier, VlanId};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::deploy::DeploymentId;
use crate::draft::{Change, Finding};

pub use build::{Base, make_plan};
pub(crate) use build::{hash_plan, plan_device, record};
pub use estimate::{Estimate, History, PhaseEstimate, estimate};
pub use export::export_text;
pub(crate) use groups::assign_groups;
pub use partial_undo::{Overlap, TakeBack, make_take_back, overlaps};
pub use parts::{Child, LeftOut, NotSeparable, Part, of_part, parts, without};
pub(crate) use render::{holds_more_than_members, render_device};
pub use restore::make_restore;
pub use risk::{Risk, RiskLevel, RiskRule, risks};
pub use undo::{UndoRefused, make_undo};

/// Hash of a plan: device, base hash, forward lines, reverse lines and predicted delta of each device, and nothing else.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct PlanHash(TextHash);

impl PlanHash {
    /// Returns 64 hex digits.
    #[must_use]
    pub fn to_hex(self) -> String {
        self.0.to_hex()
    }

    /// Reads 64 hex digits.
    #[must_use]
    pub fn from_hex(text: &str) -> Option<Self> {
        text.parse().ok().map(Self)
    }
}

impl fmt::Display for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "p-{}", &self.to_hex()[..6])
    }
}

impl fmt::Debug for PlanHash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PlanHash({self})")
    }
}

/// What a plan is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
pub enum PlanKind {
    /// A draft.
    Edit,
    /// Removal of what was left behind.
    CleanUp,
    /// Objects are put back as the records or an earlier moment have them.
    Restore,
    /// Undo of a deployment.
    Undo {
        /// That deployment.
        of: DeploymentId,
    },
}

impl PlanKind {
    /// Stable word: `edit`, `clean-up`, `restore`, `undo`.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Edit => "edit",
            Self::CleanUp => "clean-up",
            Self::Restore => "restore",
            Self::Undo { .. } => "undo",
        }
    }

    /// Returns the deployment that it undoes.
    #[must_use]
    pub fn undoes(self) -> Option<DeploymentId> {
        match self {
            Self::Undo { of } => Some(of),
            Self::Edit | Self::CleanUp | Self::Restore => None,
        }
    }

    /// Tells whether plans of this kind can go in parts.
    ///
    /// # Errors
    /// [`NotSeparable`] for a kind that is one transaction.
    pub fn separable(self) -> Result<(), NotSeparable> {
        match self {
            Self::Edit => Ok(()),
            Self::CleanUp => Err(NotSeparable::CleanUp),
            Self::Restore | Self::Undo { .. } => Err(NotSeparable::Rollback),
        }
    }
}

/// What becomes of a device in the service.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// New in the service.
    Added,
    /// Stays, with changes.
    Modified,
    /// Leaves the service.
    Removed,
}

/// One device of a plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DevicePlan {
    /// The device.
    pub device: DeviceName,
    /// Its tier.
    pub tier: Tier,
    /// Its role.
    pub role: Role,
    /// Objects that the lines touch: interfaces and instances. The base is these and their neighbours.
    pub touched: Vec<ConfigPath>,
    /// Hash of the base: the text of the touched objects and their neighbours.
    pub base: TextHash,
    /// That text, for showing what drifted.
    pub base_text: String,
    /// Lines to send, each from the configuration root.
    pub forward: Vec<CliLine>,
    /// Lines that take it back.
    pub reverse: Vec<CliLine>,
    /// What the lines change, and nothing else changes.
    pub predicted: TreeDelta,
    /// Execution group, from 1: a group is committed before the next.
    pub group: u32,
    /// Why the device stands in its group behind another.
    pub constraint: Option<Constraint>,
}

impl DevicePlan {
    /// Returns the lines that the plan adds, removes or changes here, before and after.
    pub fn changed_paths(&self) -> impl Iterator<Item = &ConfigPath> {
        let changed = self.predicted.changed.iter();
        let changed = changed.flat_map(|line| [&line.before, &line.after]);
        self.predicted
            .added
            .iter()
            .chain(&self.predicted.removed)
            .chain(changed)
    }
}

/// Why a device commits after others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Constraint {
    /// Adding: spines before leaves.
    AfterItsUpper,
    /// Removing: leaves before spines.
    AfterItsLower,
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// Its hash.
    pub hash: PlanHash,
    /// What it is for.
    pub kind: PlanKind,
    /// The service; none for a clean-up, which concerns whatever was left behind.
    pub domain: Option<BridgeDomainName>,
    /// Service VLAN before.
    pub vlan_before: Option<VlanId>,
    /// Service VLAN after.
    pub vlan_after: Option<VlanId>,
    /// Devices that change, in the order of the change list.
    pub devices: Vec<DevicePlan>,
    /// Devices of the service that stay as they are.
    pub unchanged: Vec<DeviceName>,
    /// Semantic changes.
    pub changes: Vec<Change>,
    /// Attachments after.
    pub after: Vec<Attachment>,
    /// Links that carry the service after.
    pub links: Vec<Link>,
    /// Warnings that remain.
    pub findings: Vec<Finding>,
}

impl Plan {
    /// What the plan is about in a word: the service, or "leftovers" or "restore" where it is of several.
    #[must_use]
    pub fn subject(&self) -> &str {
        match (&self.domain, self.kind) {
            (Some(domain), _) => domain.as_str(),
            (None, PlanKind::Restore) => "restore",
            (None, _) => "leftovers",
        }
    }

    /// Tells whether nothing is to be sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.is_empty()
    }

    /// Returns the number of forward lines.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.devices.iter().map(|device| device.forward.len()).sum()
    }

    /// Returns the number of reverse lines.
    #[must_use]
    pub fn reverse_count(&self) -> usize {
        self.devices.iter().map(|device| device.reverse.len()).sum()
    }
}

/// Why no plan can be made.
#[derive(Debug, Error)]
pub enum PlanError {
    /// Validation stands against it.
    #[error("the draft of {domain} has {} errors", findings.len())]
    Invalid {
        /// The service.
        domain: BridgeDomainName,
        /// The errors.
        findings: Vec<Finding>,
    },
    /// A device of the service was never read.
    #[error("{device} was never read")]
    NoRecord {
        /// The device.
        device: DeviceName,
    },
    /// The device's release is not known or has no bridge domains or commit confirm (REF 12).
    #[error("{device} runs a release that can't be planned for: {version}")]
    Unsupported {
        /// The device.
        device: DeviceName,
        /// The release, or "unknown".
        version: String,
    },
    /// A value can't be written as a line.
    #[error("a line for {interface} of {device} can't be written")]
    Render {
        /// The device.
        device: DeviceName,
        /// The interface.
        interface: String,
        /// Why.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A line is not in the grammar of the device's release.
    #[error("{device} does not take the line {line:?}")]
    Grammar {
        /// The device.
        device: DeviceName,
        /// The line.
        line: String,
        /// Why.
        #[source]
        source: GrammarError,
    },
    /// The forward lines can't be taken back.
    #[error("the change on {device} can't be taken back line by line")]
    Irreversible {
        /// The device.
        device: DeviceName,
        /// Why.
        #[source]
        source: TransitionError,
    },
    /// What is wanted differs in lines that are kept but never written.
    #[error("no lines lead to what is wanted on {device}")]
    NotWritable {
        /// The device.
        device: DeviceName,
        /// Why.
        #[source]
        source: TransitionError,
    },
    /// Ends that others use would lose their way to the rest of the service.
    #[error("{device} would be cut off from {domain}")]
    CutsOff {
        /// A device whose ends stay.
        device: DeviceName,
        /// The service.
        domain: BridgeDomainName,
    },
    /// Forward and then reverse does not give the base: a defect, never shown as a plan.
    #[error("forward and reverse on {device} do not give the base back")]
    NotProven {
        /// The device.
        device: DeviceName,
    },
}
