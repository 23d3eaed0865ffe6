//! Verification: named checks over readings from before and after. Pure.
//!
//! A check that can't be observed says so; it is never passed.

mod device;
mod fabric;
#[cfg(test)]
mod tests;

use bk_model::DeviceName;
use serde::{Deserialize, Serialize};

pub use device::{DeviceView, Side, device_checks};
pub use fabric::{SideView, fabric_checks};

/// Which check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// A fresh session signs in: nobody is locked out.
    FreshSession,
    /// The touched objects differ from preflight by nothing beside the prediction.
    ChangeEqualsPlan,
    /// Every planned line runs.
    LinesActive,
    /// Nothing that the plan removes is left.
    NothingObsolete,
    /// No sub-interface without a service, no member without an interface, no empty instance among the touched objects.
    NoOrphan,
    /// The device guards the change: our commit is pending, or another's commit confirmed it.
    Guarded,
    /// Interfaces that were up are up.
    InterfacesUp,
    /// Both ends of each hop are members of the service.
    PathComplete,
    /// Both ends of each hop carry the same tag.
    TagsAgree,
    /// Lines outside the touched objects are as before.
    OtherServices,
    /// The services' MAC tables are as before.
    Macs,
}

impl Check {
    /// All checks, in the order in which they are shown.
    pub const ALL: [Self; 11] = [
        Self::FreshSession,
        Self::Guarded,
        Self::ChangeEqualsPlan,
        Self::LinesActive,
        Self::NothingObsolete,
        Self::NoOrphan,
        Self::InterfacesUp,
        Self::PathComplete,
        Self::TagsAgree,
        Self::OtherServices,
        Self::Macs,
    ];

    /// Returns the stable code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::FreshSession => "fresh-session",
            Self::ChangeEqualsPlan => "change-equals-plan",
            Self::LinesActive => "lines-active",
            Self::NothingObsolete => "nothing-obsolete",
            Self::NoOrphan => "no-orphan",
            Self::Guarded => "guarded",
            Self::InterfacesUp => "interfaces-up",
            Self::PathComplete => "path-complete",
            Self::TagsAgree => "tags-agree",
            Self::OtherServices => "other-services",
            Self::Macs => "macs",
        }
    }

    /// Tells whether a failure stops the deployment.
    #[must_use]
    pub fn class(self) -> CheckClass {
        match self {
            Self::Macs => CheckClass::Informative,
            _ => CheckClass::Gating,
        }
    }
}

/// What a failure means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckClass {
    /// The deployment turns back.
    Gating,
    /// It is shown.
    Informative,
}

/// How a check came out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CheckResult {
    /// Holds.
    Passed,
    /// Does not hold.
    Failed,
    /// The device does not tell.
    NotObservable,
}

/// One check on one device, or on one hop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CheckRow {
    /// Which check.
    pub check: Check,
    /// What a failure means.
    pub class: CheckClass,
    /// The device; for a hop, the end nearer to the leaves.
    pub device: DeviceName,
    /// How it came out.
    pub result: CheckResult,
    /// In words, with the device's own where there are any.
    pub evidence: String,
    /// The reading before, where the check compares two.
    pub before: Option<String>,
    /// The reading after.
    pub after: Option<String>,
}

impl CheckRow {
    pub(crate) fn new(
        check: Check,
        device: &DeviceName,
        result: CheckResult,
        evidence: impl Into<String>,
    ) -> Self {
        Self {
            check,
            class: check.class(),
            device: device.clone(),
            result,
            evidence: evidence.into(),
            before: None,
            after: None,
        }
    }

    pub(crate) fn compared(self, before: impl Into<String>, after: impl Into<String>) -> Self {
        Self {
            before: Some(before.into()),
            after: Some(after.into()),
            ..self
        }
    }

    /// Tells whether the row stops the deployment.
    #[must_use]
    pub fn stops(&self) -> bool {
        self.class == CheckClass::Gating && self.result == CheckResult::Failed
    }
}
