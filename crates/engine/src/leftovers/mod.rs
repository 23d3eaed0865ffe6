//! What is left behind on the devices and carries no service (DOMAIN 9; REF 5, 6): found in the records alone, with the
//! lines that would remove it and their proven reverse. Pure, and nothing is removed without a plan that a person reads.

mod needless;
mod orphans;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use bk_config::{CliLine, RefusedLine, Subinterface, Target, Tree};
use bk_model::{Attachment, BridgeDomainName, Device, DeviceName, InterfaceName};
use serde::{Deserialize, Serialize};

use crate::deploy::lines::LineSet;
use crate::draft::{Cause, Change, ChangeId, is_editable};
use crate::plan::{
    Base, DevicePlan, Plan, PlanError, PlanKind, Role, assign_groups, hash_plan, holds_more_than_members,
    plan_device, record, render_device,
};
use needless::{Needless, needless};
pub use orphans::orphans;

/// A thing that carries no service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(tag = "leftover", rename_all = "kebab-case")]
pub enum Object {
    /// A sub-interface with L2 lines that no instance holds.
    Subinterface {
        /// It.
        interface: InterfaceName,
    },
    /// An instance with neither a member nor a routed interface.
    Instance {
        /// It.
        domain: BridgeDomainName,
    },
    /// A member line whose sub-interface is not configured.
    Member {
        /// The instance.
        domain: BridgeDomainName,
        /// The interface it names.
        interface: InterfaceName,
    },
    /// An attachment on a link between two devices over which no end of its service is reached.
    FabricAttachment {
        /// The service.
        domain: BridgeDomainName,
        /// The interface.
        interface: InterfaceName,
    },
}

impl Object {
    /// Returns the interface, for all but an instance.
    #[must_use]
    pub fn interface(&self) -> Option<&InterfaceName> {
        match self {
            Self::Instance { .. } => None,
            Self::Subinterface { interface }
            | Self::Member { interface, .. }
            | Self::FabricAttachment { interface, .. } => Some(interface),
        }
    }

    /// Returns the bridge domain, for all but a sub-interface of none.
    #[must_use]
    pub fn domain(&self) -> Option<&BridgeDomainName> {
        match self {
            Self::Subinterface { .. } => None,
            Self::Instance { domain }
            | Self::Member { domain, .. }
            | Self::FabricAttachment { domain, .. } => Some(domain),
        }
    }

    /// Stable word.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Subinterface { .. } => "subinterface",
            Self::Instance { .. } => "instance",
            Self::Member { .. } => "member",
            Self::FabricAttachment { .. } => "fabric-attachment",
        }
    }
}

impl fmt::Display for Object {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Subinterface { interface } => write!(f, "{interface} belongs to no bridge domain"),
            Self::Instance { domain } => write!(f, "{domain} has no member"),
            Self::Member { domain, interface } => {
                write!(f, "{interface}, a member of {domain}, does not exist")
            }
            Self::FabricAttachment { domain, interface } => {
                write!(f, "{interface} leads to no end of {domain}")
            }
        }
    }
}

/// Why a leftover is named but not in the proposed clean-up.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kept", rename_all = "kebab-case")]
pub enum Kept {
    /// It holds lines that Bridgekeeper does not write.
    HoldsMore,
    /// No line removes it whose reverse can be proven.
    NotProven {
        /// Why.
        reason: String,
    },
}

/// One leftover.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Leftover {
    /// The device.
    pub device: DeviceName,
    /// What.
    pub object: Object,
    /// Why it stays, if so.
    pub kept: Option<Kept>,
}

/// A service whose links can't be judged: its path is broken, so what looks needless may be half of what is missing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BrokenPath {
    /// The service.
    pub domain: BridgeDomainName,
    /// Interfaces that carry it at one end of a link only, as "device interface".
    pub one_sided: Vec<String>,
}

/// What an audit found and what it proposes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Audit {
    /// By device, then by object.
    pub leftovers: Vec<Leftover>,
    /// Services that were not judged.
    pub broken: Vec<BrokenPath>,
    /// The lines that would remove all of `leftovers` that are not kept, with their proven reverse.
    pub clean_up: Vec<DevicePlan>,
    /// Attachments that those lines remove.
    pub removals: Vec<Change>,
}

impl Audit {
    /// The plan that removes what was found and is not kept; an empty one where that is nothing.
    #[must_use]
    pub fn into_plan(self) -> Plan {
        Plan {
            hash: hash_plan(&self.clean_up),
            kind: PlanKind::CleanUp,
            domain: None,
            vlan_before: None,
            vlan_after: None,
            devices: self.clean_up,
            unchanged: Vec::new(),
            changes: self.removals,
            after: Vec::new(),
            links: Vec::new(),
            findings: Vec::new(),
        }
    }
}

/// Audits all devices of the base, or only `devices` where they are given.
///
/// # Errors
/// [`PlanError::NoRecord`] for a device that was never read.
pub fn audit(base: Base<'_>, devices: Option<&BTreeSet<DeviceName>>) -> Result<Audit, PlanError> {
    let judged = needless(base.fabric);
    let wanted = |name: &DeviceName| devices.is_none_or(|devices| devices.contains(name));
    let mut audit = Audit {
        broken: judged.broken,
        ..Audit::default()
    };
    for name in devices.into_iter().flatten() {
        record(base, name)?;
    }
    for name in base.fabric.devices.keys().filter(|name| wanted(name)) {
        let (device, tree) = record(base, name)?;
        let found = found_on(device, tree, &judged.needless);
        let (leftovers, plan) = propose(device, tree, found);
        audit.leftovers.extend(leftovers);
        audit.clean_up.extend(plan);
    }
    let is_gone = |one: &&Needless| {
        let interface = Some(&one.attachment.interface);
        audit.leftovers.iter().any(|leftover| {
            leftover.kept.is_none()
                && leftover.device == one.attachment.device
                && leftover.object.interface() == interface
        })
    };
    let removals: Vec<Change> = judged
        .needless
        .iter()
        .filter(is_gone)
        .map(|one| gone(&one.attachment))
        .collect();
    assign_groups(&mut audit.clean_up, &base.fabric.links, &removals);
    audit.removals = removals;
    Ok(audit)
}

/// A leftover with what its removal would be.
struct Found<'a> {
    object: Object,
    holds_more: bool,
    attachment: Option<&'a Attachment>,
}

fn found_on<'a>(device: &Device, tree: &Tree, needless: &'a [Needless]) -> Vec<Found<'a>> {
    let interfaces = device.interfaces.keys().filter(|name| name.is_subinterface());
    let objects: Vec<String> = interfaces
        .map(|name| format!("interfaces {name}"))
        .chain(
            (device.bridge_domains.iter())
                .map(|domain| format!("network-services bridge-domain instance {}", domain.name)),
        )
        .collect();
    let orphans = orphans(objects.iter().map(String::as_str), &LineSet::of_tree(tree));
    let mut found: Vec<Found<'_>> = orphans
        .into_iter()
        .map(|object| Found {
            holds_more: match &object {
                Object::Subinterface { interface } => {
                    device.interfaces.get(interface).is_some_and(|known| known.has_l3)
                }
                Object::Instance { domain } => holds_more_than_members(tree, domain),
                Object::Member { domain, interface } | Object::FabricAttachment { domain, interface } => {
                    has_own_lines(device, domain, interface)
                }
            },
            object,
            attachment: None,
        })
        .collect();
    let here = needless.iter().filter(|one| one.attachment.device == device.name);
    found.extend(here.map(|one| Found {
        object: Object::FabricAttachment {
            domain: one.domain.clone(),
            interface: one.attachment.interface.clone(),
        },
        holds_more: !is_editable(&one.attachment)
            || has_own_lines(device, &one.domain, &one.attachment.interface),
        attachment: Some(&one.attachment),
    }));
    found
}

/// Tells whether a membership carries lines of its own.
fn has_own_lines(device: &Device, domain: &BridgeDomainName, interface: &InterfaceName) -> bool {
    let instances = device
        .bridge_domains
        .iter()
        .filter(|instance| instance.name == *domain);
    instances
        .flat_map(|instance| &instance.members)
        .any(|member| member.interface == *interface && member.has_own_lines)
}

/// The lines that remove what was found, all at once where that can be proven, else whatever can be proven one by one and
/// together.
fn propose(device: &Device, tree: &Tree, found: Vec<Found<'_>>) -> (Vec<Leftover>, Option<DevicePlan>) {
    let named = |object: Object, kept: Option<Kept>| Leftover {
        device: device.name.clone(),
        object,
        kept,
    };
    let (more, mut free): (Vec<_>, Vec<_>) = found.into_iter().partition(|one| one.holds_more);
    let mut leftovers: Vec<Leftover> = more
        .into_iter()
        .map(|one| named(one.object, Some(Kept::HoldsMore)))
        .collect();
    let mut plan = plan_of(device, tree, &free);
    if plan.is_err() {
        let mut proven: Vec<Found<'_>> = Vec::new();
        for one in free {
            proven.push(one);
            if let Err(error) = plan_of(device, tree, &proven) {
                let reason = error.to_string();
                let one = proven.pop().expect("it was pushed above");
                leftovers.push(named(one.object, Some(Kept::NotProven { reason })));
            }
        }
        plan = plan_of(device, tree, &proven);
        free = proven;
    }
    leftovers.extend(free.into_iter().map(|one| named(one.object, None)));
    leftovers.sort_by(|a, b| a.object.cmp(&b.object));
    // What was proven one after the other is what is planned here.
    (leftovers, plan.ok().flatten())
}

fn plan_of(device: &Device, tree: &Tree, found: &[Found<'_>]) -> Result<Option<DevicePlan>, PlanError> {
    let refused = |object: &Object, source: Box<dyn std::error::Error + Send + Sync>| PlanError::Render {
        device: device.name.clone(),
        interface: object.to_string(),
        source,
    };
    let mut lines: Vec<CliLine> = Vec::new();
    let mut fabric: BTreeMap<&BridgeDomainName, Vec<Change>> = BTreeMap::new();
    for one in found {
        let line: Result<CliLine, RefusedLine> = match (&one.object, one.attachment) {
            (Object::FabricAttachment { domain, .. }, Some(attachment)) => {
                fabric.entry(domain).or_default().push(gone(attachment));
                continue;
            }
            (Object::Subinterface { interface } | Object::FabricAttachment { interface, .. }, _) => {
                let subinterface = Subinterface::new(interface.clone())
                    .map_err(|source| refused(&one.object, Box::new(source)))?;
                CliLine::remove(Target::Subinterface(subinterface))
            }
            (Object::Instance { domain }, _) => CliLine::remove(Target::Instance(domain.clone())),
            (Object::Member { domain, interface }, _) => {
                CliLine::remove(Target::Member(domain.clone(), interface.clone()))
            }
        };
        lines.push(line.map_err(|source| refused(&one.object, Box::new(source)))?);
    }
    for (domain, changes) in fabric {
        let changes: Vec<&Change> = changes.iter().collect();
        lines.extend(render_device(device, tree, domain, &changes)?);
    }
    match lines.is_empty() {
        true => Ok(None),
        false => plan_device(device, tree, Role::Modified, lines),
    }
}

fn gone(attachment: &Attachment) -> Change {
    Change {
        id: ChangeId::new(&attachment.device, &attachment.interface),
        device: attachment.device.clone(),
        before: Some(attachment.clone()),
        after: None,
        cause: Cause::Derived { from: None },
        included: true,
    }
}
