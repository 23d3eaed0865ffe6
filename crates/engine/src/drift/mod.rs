//! Drift: where a device and its record differ, compared on meaning, on the exact object (DESIGN 7). Pure.

mod committed;
mod compare;
mod overlap;
mod overlay;
mod policy;
mod scan;
mod severity;
mod source;
#[cfg(test)]
mod tests;

use std::fmt;

use bk_config::ConfigPath;
use bk_model::{BridgeDomainName, InterfaceName};
use serde::{Deserialize, Serialize};

pub use committed::{Committed, OwnCommits, committed};
pub use compare::{Seen, compare};
pub use overlay::{domain_as_in, objects_as_in, overlay};
pub use policy::{
    Happened, InvalidPolicy, OverLimit, OverrideLimits, Policy, PolicyAction, PolicyTerms, Would, decide,
    dry_run,
};
pub use scan::{
    Action, Assignment, CleanUp, DeviceScan, DomainScan, Instance, L2Scan, LeftBehind, ScanState, ScanTotals,
    Scanned, VlanScan, advise, scan,
};
pub use severity::{Severity, SeverityRule};
pub use source::DriftSource;

/// How a device differs from what was expected of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DriftKind {
    /// The device holds something that nobody expected, or holds what was to be configured.
    AlreadyConfigured,
    /// A bridge domain that was not expected is there.
    DomainExists,
    /// A tag is taken by another sub-interface of the port.
    VlanConflict,
    /// The object is there with other lines.
    Mismatch,
    /// The object is not there.
    MissingOnDevice,
    /// Another committed in the middle of a deployment, and no object differs.
    ForeignCommit,
    /// Lines differ that Bridgekeeper does not understand.
    Unknown,
}

impl DriftKind {
    /// All kinds.
    pub const ALL: [Self; 7] = [
        Self::AlreadyConfigured,
        Self::DomainExists,
        Self::VlanConflict,
        Self::Mismatch,
        Self::MissingOnDevice,
        Self::ForeignCommit,
        Self::Unknown,
    ];

    /// Stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::AlreadyConfigured => "already-configured",
            Self::DomainExists => "domain-exists",
            Self::VlanConflict => "vlan-conflict",
            Self::Mismatch => "mismatch",
            Self::MissingOnDevice => "missing-on-device",
            Self::ForeignCommit => "foreign-commit",
            Self::Unknown => "unknown",
        }
    }

    /// Reads the word of [`DriftKind::code`].
    #[must_use]
    pub fn parse(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.code() == code)
    }
}

/// What differs on a device. Each has at most one open event.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "object", rename_all = "kebab-case")]
pub enum DriftObject {
    /// An interface with its membership.
    Interface {
        /// It.
        interface: InterfaceName,
    },
    /// An instance: its own lines, and its members where the whole instance comes or goes.
    Domain {
        /// It.
        domain: BridgeDomainName,
    },
    /// A line outside interfaces and instances.
    Statement {
        /// It.
        path: ConfigPath,
    },
    /// The device as a whole.
    Device,
}

impl DriftObject {
    /// Returns the path of the object as the deployment's drift names it; empty for the device.
    #[must_use]
    pub fn path(&self) -> String {
        match self {
            Self::Interface { interface } => format!("interfaces {interface}"),
            Self::Domain { domain } => format!("network-services bridge-domain instance {domain}"),
            Self::Statement { path } => path.to_string(),
            Self::Device => String::new(),
        }
    }

    /// Reads a path as [`DriftObject::path`] writes it.
    #[must_use]
    pub fn of_path(path: &str) -> Self {
        let words: Vec<&str> = path.split(' ').collect();
        let known = match words.as_slice() {
            [""] => Some(Self::Device),
            ["interfaces", name, ..] => InterfaceName::parse(name)
                .ok()
                .map(|interface| Self::Interface { interface }),
            [
                "network-services",
                "bridge-domain",
                "instance",
                _,
                "interface",
                name,
                ..,
            ] => InterfaceName::parse(name)
                .ok()
                .map(|interface| Self::Interface { interface }),
            ["network-services", "bridge-domain", "instance", name, ..] => BridgeDomainName::new(*name)
                .ok()
                .map(|domain| Self::Domain { domain }),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Statement {
            path: ConfigPath::new(path),
        })
    }
}

impl fmt::Display for DriftObject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Interface { interface } => write!(f, "{interface}"),
            Self::Domain { domain } => write!(f, "{domain}"),
            Self::Statement { path } => write!(f, "{path}"),
            Self::Device => f.write_str("the device"),
        }
    }
}

/// One object on which record and device differ.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// What.
    pub object: DriftObject,
    /// How.
    pub kind: DriftKind,
    /// How much it matters, and by which rule.
    pub severity: Severity,
    /// The rule that says so.
    pub rule: SeverityRule,
    /// Services that hold the object, by the record or by the device, in order.
    pub domains: Vec<BridgeDomainName>,
    /// The object's lines in the record, as written.
    pub expected: Vec<String>,
    /// The object's lines on the device, as written.
    pub actual: Vec<String>,
    /// The object by whose record a tag is taken, for a VLAN conflict.
    pub taken_from: Option<InterfaceName>,
}

impl Difference {
    /// Tells whether another one is of the same object and the very same lines.
    #[must_use]
    pub fn is_of_same_lines(&self, other: &Self) -> bool {
        self.object == other.object && self.expected == other.expected && self.actual == other.actual
    }
}
