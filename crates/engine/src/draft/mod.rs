//! A person's edit on top of a base: which edits stand, and what the service is after them (DESIGN 5).

mod derive;
mod evaluate;
mod findings;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::fmt;

use bk_model::{Attachment, BridgeDomainName, DeviceName, InterfaceName, Link, VlanId};
use serde::{Deserialize, Serialize};

pub use evaluate::evaluate;
pub(crate) use evaluate::{devices_of, is_editable};
pub use findings::{Finding, Rule, Severity, service_findings};

/// One edit of a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "edit", rename_all = "kebab-case")]
pub enum Edit {
    /// Adds an access attachment: a sub-interface of `port` tagged `vlan`, or with the service VLAN where none is given.
    AddAttachment {
        /// The device.
        device: DeviceName,
        /// Port or bundle, without a unit.
        port: InterfaceName,
        /// A tag of its own.
        vlan: Option<VlanId>,
    },
    /// Removes an access attachment.
    RemoveAttachment {
        /// The device.
        device: DeviceName,
        /// The interface as a member of the service.
        interface: InterfaceName,
    },
    /// Gives the service another VLAN on every attachment.
    ChangeServiceVlan {
        /// The new VLAN.
        vlan: VlanId,
    },
}

impl Edit {
    /// Returns the change of an attachment that the edit makes in a service with this VLAN; none for an edit of all.
    #[must_use]
    pub fn change_id(&self, service_vlan: Option<VlanId>) -> Option<ChangeId> {
        match self {
            Self::AddAttachment { device, port, vlan } => {
                let vlan = vlan.or(service_vlan)?;
                Some(ChangeId::new(device, &port.with_unit(vlan.into())))
            }
            Self::RemoveAttachment { device, interface } => Some(ChangeId::new(device, interface)),
            Self::ChangeServiceVlan { .. } => None,
        }
    }
}

impl fmt::Display for Edit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AddAttachment { device, port, .. } => write!(f, "add {port} of {device}"),
            Self::RemoveAttachment { device, interface } => write!(f, "remove {interface} of {device}"),
            Self::ChangeServiceVlan { vlan } => write!(f, "change the service VLAN to {vlan}"),
        }
    }
}

/// Names a change of an evaluated draft: the device and the interface it is about.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ChangeId(String);

impl ChangeId {
    pub(crate) fn new(device: &DeviceName, interface: &InterfaceName) -> Self {
        Self(format!("{device} {interface}"))
    }

    /// Takes a text that an earlier evaluation gave out. A text that names no change matches none.
    #[must_use]
    pub fn from_text(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// Returns the identity as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A draft: the edits that stand, in order, and the changes that a person leaves out of the plan.
///
/// Undo and redo belong to the log in which the operations are kept; a draft is rebuilt from those that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    domain: BridgeDomainName,
    edits: Vec<Edit>,
    left_out: BTreeSet<ChangeId>,
}

impl Draft {
    /// Opens an empty draft of a bridge domain.
    #[must_use]
    pub fn new(domain: BridgeDomainName) -> Self {
        Self {
            domain,
            edits: Vec::new(),
            left_out: BTreeSet::new(),
        }
    }

    /// Returns the bridge domain.
    #[must_use]
    pub fn domain(&self) -> &BridgeDomainName {
        &self.domain
    }

    /// Returns the edits, in order.
    #[must_use]
    pub fn edits(&self) -> &[Edit] {
        &self.edits
    }

    /// Adds an edit.
    pub fn push(&mut self, edit: Edit) {
        self.edits.push(edit);
    }

    /// Leaves a change out of the plan, or takes it in again. The edit stays in the draft.
    pub fn set_included(&mut self, change: ChangeId, included: bool) {
        if included {
            self.left_out.remove(&change);
        } else {
            self.left_out.insert(change);
        }
    }

    /// Takes the edits out whose changes hold on the devices by now; `service_vlan` is the VLAN under which they were
    /// evaluated.
    pub fn settle(&mut self, changes: &[ChangeId], service_vlan: Option<VlanId>) {
        self.edits.retain(|edit| {
            edit.change_id(service_vlan)
                .is_none_or(|id| !changes.contains(&id))
        });
        self.left_out.retain(|id| !changes.contains(id));
    }

    /// Tells whether a change is left out.
    #[must_use]
    pub fn is_left_out(&self, change: &ChangeId) -> bool {
        self.left_out.contains(change)
    }
}

/// Sign of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// The attachment is new.
    Added,
    /// The attachment is gone.
    Removed,
    /// The attachment stays with another tag or unit.
    Changed,
}

/// Why a change is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// A person made it.
    Person,
    /// It follows from the topology.
    Derived {
        /// The person's change it goes with.
        from: Option<ChangeId>,
    },
}

/// One attachment before and after.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// Identity within the draft.
    pub id: ChangeId,
    /// The device.
    pub device: DeviceName,
    /// Before; none when added.
    pub before: Option<Attachment>,
    /// After; none when removed.
    pub after: Option<Attachment>,
    /// Why.
    pub cause: Cause,
    /// Whether it is part of the plan.
    pub included: bool,
}

impl Change {
    /// Returns the sign.
    #[must_use]
    pub fn sign(&self) -> Sign {
        match (&self.before, &self.after) {
            (None, _) => Sign::Added,
            (_, None) => Sign::Removed,
            _ => Sign::Changed,
        }
    }

    /// Returns the interface after the change, or before it when it is removed.
    #[must_use]
    pub fn interface(&self) -> &InterfaceName {
        let side = self.after.as_ref().or(self.before.as_ref());
        &side
            .expect("a change has a side: it is made from a pair of which one is set")
            .interface
    }

    /// Tells whether the change follows from the topology.
    #[must_use]
    pub fn is_derived(&self) -> bool {
        matches!(self.cause, Cause::Derived { .. })
    }
}

/// A draft evaluated on a fabric.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evaluation {
    /// The bridge domain.
    pub domain: BridgeDomainName,
    /// Service VLAN before.
    pub vlan_before: Option<VlanId>,
    /// Service VLAN after.
    pub vlan_after: Option<VlanId>,
    /// Attachments before, in service order.
    pub before: Vec<Attachment>,
    /// Attachments after, in fabric order.
    pub after: Vec<Attachment>,
    /// Changes, a derived one behind the change it goes with.
    pub changes: Vec<Change>,
    /// Links that the service needs after the edit.
    pub links: Vec<Link>,
    /// What validation found, errors first.
    pub findings: Vec<Finding>,
}

impl Evaluation {
    /// Tells whether nothing stands against a plan.
    #[must_use]
    pub fn is_valid(&self) -> bool {
        self.findings
            .iter()
            .all(|finding| finding.severity != Severity::Error)
    }
}
