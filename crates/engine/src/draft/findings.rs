//! Validation: live, offline, each finding naming the object and the rule (DESIGN 5, DOMAIN 13).

use bk_model::classify::service_vlan;
use bk_model::offer::{Look, Never, Offer, carries, members_on, offer};
use bk_model::{AdminState, Attachment, BridgeDomainName, DeclaredScope, Device, DeviceName, Fabric, VlanId};
use serde::{Deserialize, Serialize};

use super::{Cause, Change, ChangeId, Sign};

/// Weight of a finding, heaviest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Stops a plan.
    Error,
    /// Should be looked at.
    Warning,
    /// Worth knowing.
    Info,
}

/// The rule that a finding comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Rule {
    /// The service has no known VLAN, so none can be given to a new attachment.
    ServiceVlanUnknown,
    /// The device has no such port.
    UnknownPort,
    /// The interface is an attachment of this service already.
    AlreadyAttached,
    /// The interface is no attachment of this service.
    NotAttached,
    /// The attachment is not single-tagged; it can be changed as text only.
    TextOnly,
    /// The port carries services between tiers.
    FabricPort,
    /// The port is a member of a bundle.
    PortInBundle,
    /// Management, loopback and the like.
    NotAnAccessPort,
    /// A spine never holds an access attachment.
    SpineAccess,
    /// The port carries an address or another L3 line.
    Layer3Port,
    /// The interface, or the port as a whole, belongs to another service.
    InterfaceInService,
    /// Another sub-interface of the port carries this tag.
    VlanInUse,
    /// A sub-interface with this unit exists and is something else.
    UnitTaken,
    /// The sub-interface stands on the device in no service, as the change would write it: what is missing is added.
    AlreadyThere,
    /// Another global service uses this VLAN.
    GlobalVlanUsed,
    /// The fabric offers no path between the access devices.
    BrokenPath,
    /// Devices of the service that nothing joins today are joined by the plan.
    PartsJoined,
    /// The member or the interface carries lines that an edit here would lose.
    OwnLines,
    /// Access ports of the service are written with different MTUs.
    MtuMismatch,
    /// The instance of the service is disabled on the device.
    InstanceDisabled,
    /// The port is down, absent, or was never read.
    PortNotUp,
    /// Other services share the port.
    PortShared,
    /// Fewer than two access attachments.
    SingleEndpoint,
    /// The number in the name is not the VLAN of the configuration.
    NameDisagrees,
    /// A local name on several devices, or a global one on a single device.
    ScopeDisagrees,
    /// A new attachment's tag differs from the service VLAN.
    OwnTag,
    /// An attachment of which no line tells the VLAN.
    VlanUnknown,
}

/// What validation found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// The rule.
    pub rule: Rule,
    /// Its weight.
    pub severity: Severity,
    /// The device.
    pub device: Option<DeviceName>,
    /// Interface, VLAN, service: what it is about, as text.
    pub object: Option<String>,
    /// What stands against it (the service that uses the port, the two tags...).
    pub detail: Option<String>,
    /// The change it belongs to.
    pub change: Option<ChangeId>,
}

impl Finding {
    pub(super) fn about(rule: Rule, device: Option<&DeviceName>, object: Option<String>) -> Self {
        Self {
            rule,
            severity: severity(rule),
            device: device.cloned(),
            object,
            detail: None,
            change: None,
        }
    }

    pub(super) fn with(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    fn of(mut self, change: &Change) -> Self {
        self.change = Some(change.id.clone());
        self
    }
}

fn severity(rule: Rule) -> Severity {
    match rule {
        Rule::MtuMismatch
        | Rule::InstanceDisabled
        | Rule::PartsJoined
        | Rule::PortNotUp
        | Rule::SingleEndpoint
        | Rule::VlanUnknown
        | Rule::NameDisagrees => Severity::Warning,
        Rule::AlreadyThere | Rule::PortShared | Rule::ScopeDisagrees => Severity::Info,
        _ => Severity::Error,
    }
}

/// Checks one change against the device it touches and the other changes of the draft.
pub(super) fn check_change(
    fabric: &Fabric,
    domain: &BridgeDomainName,
    change: &Change,
    all: &[&Change],
    findings: &mut Vec<Finding>,
) {
    let Some(device) = fabric.devices.get(&change.device) else {
        return;
    };
    if let Some(before) = &change.before {
        check_taken_away(device, domain, change, before, findings);
    }
    let Some(after) = &change.after else {
        return;
    };
    let port = after.interface.parent();
    let about = |rule| Finding::about(rule, Some(&device.name), Some(after.interface.to_string())).of(change);
    let own = |interface: &bk_model::InterfaceName| {
        change
            .before
            .as_ref()
            .is_some_and(|before| before.interface == *interface)
    };
    // A port of which only a sub-interface is written is a port all the same.
    if !device.interfaces.keys().any(|known| known.port() == port.port()) {
        findings.push(about(Rule::UnknownPort));
        return;
    }
    if change.sign() == Sign::Added && change.cause == Cause::Person {
        check_offer(fabric, change, &port, findings);
    }
    let instance = device
        .bridge_domains
        .iter()
        .find(|instance| instance.name == *domain);
    if instance.is_some_and(|instance| instance.admin_state == Some(AdminState::Disabled)) {
        findings.push(about(Rule::InstanceDisabled).with(domain.as_str()));
    }
    let vlan = after.encapsulation.single_vlan();
    for (member, other) in members_on(device, &port) {
        if own(member) || (other == domain && *member != after.interface) {
            continue;
        }
        let same_tag = vlan.is_some_and(|vlan| {
            device
                .interfaces
                .get(member)
                .is_some_and(|i| carries(&i.encapsulation, vlan))
        });
        if *member == after.interface || !member.is_subinterface() {
            findings.push(about(Rule::InterfaceInService).with(other.as_str()));
            return;
        }
        if same_tag {
            findings.push(about(Rule::VlanInUse).with(format!("{member} of {other}")));
            return;
        }
    }
    let there = device
        .interfaces
        .get(&after.interface)
        .filter(|i| !own(&i.name) && is_as_written(i, after));
    let in_the_way = device.interfaces.values().find(|i| {
        i.name.is_subinterface()
            && i.name.port() == port.port()
            && !own(&i.name)
            && there.is_none_or(|there| there.name != i.name)
            && vlan.is_some_and(|vlan| carries(&i.encapsulation, vlan))
    });
    let beside = all.iter().find_map(|other| {
        let new = other.after.as_ref().filter(|_| other.id != change.id)?;
        let same_port = other.device == change.device && new.interface.port() == port.port();
        (same_port && vlan.is_some_and(|vlan| carries(&new.encapsulation, vlan))).then_some(&new.interface)
    });
    if let Some(interface) = in_the_way.map(|i| &i.name).or(beside) {
        findings.push(about(Rule::VlanInUse).with(interface.to_string()));
    } else if there.is_some() {
        findings.push(about(Rule::AlreadyThere));
    } else if !own(&after.interface) && device.interfaces.contains_key(&after.interface) {
        findings.push(about(Rule::UnitTaken));
    }
}

/// Tells whether a sub-interface that stands on the device is the one that an attachment would write.
fn is_as_written(there: &bk_model::Interface, after: &Attachment) -> bool {
    there.encapsulation == after.encapsulation
        && there.manipulation == after.manipulation
        && there.admin_state != Some(AdminState::Disabled)
        && !there.has_l3
}

/// Checks that nothing but this service loses anything when an attachment is taken away, moved or tagged anew.
fn check_taken_away(
    device: &Device,
    domain: &BridgeDomainName,
    change: &Change,
    before: &Attachment,
    findings: &mut Vec<Finding>,
) {
    let about =
        |rule| Finding::about(rule, Some(&device.name), Some(before.interface.to_string())).of(change);
    let memberships = device.bridge_domains.iter().flat_map(|instance| {
        let members = instance
            .members
            .iter()
            .filter(|m| m.interface == before.interface);
        members.map(|member| (&instance.name, member))
    });
    for (instance, member) in memberships {
        if instance != domain {
            findings.push(about(Rule::InterfaceInService).with(instance.as_str()));
        } else if member.has_own_lines {
            findings.push(about(Rule::OwnLines));
        }
    }
    if device.interfaces.get(&before.interface).is_some_and(|i| i.has_l3) {
        findings.push(about(Rule::Layer3Port));
    }
}

/// Checks whether the picker would offer the port; conflicts of tags are left to the caller, which names them better.
fn check_offer(
    fabric: &Fabric,
    change: &Change,
    port: &bk_model::InterfaceName,
    findings: &mut Vec<Finding>,
) {
    let device = &fabric.devices[&change.device];
    let about = |rule| Finding::about(rule, Some(&device.name), Some(port.to_string())).of(change);
    match offer(device, &fabric.links, port, None) {
        Offer::Never(never) => findings.push(match never {
            Never::Fabric => about(Rule::FabricPort),
            Never::InBundle(bundle) => about(Rule::PortInBundle).with(bundle.to_string()),
            Never::NotAnAccessPort => about(Rule::NotAnAccessPort),
            Never::Spine => about(Rule::SpineAccess),
            Never::Layer3 => about(Rule::Layer3Port),
        }),
        Offer::Look(looks) => {
            for look in looks {
                findings.push(match look {
                    Look::Down => about(Rule::PortNotUp).with("down"),
                    Look::NotPresent => about(Rule::PortNotUp).with("not present"),
                    Look::StateUnknown => about(Rule::PortNotUp).with("never read"),
                    Look::SharedWith(others) => about(Rule::PortShared).with(
                        others
                            .iter()
                            .map(BridgeDomainName::as_str)
                            .collect::<Vec<_>>()
                            .join(", "),
                    ),
                });
            }
        }
        Offer::Ready { .. } | Offer::InUse { .. } => {}
    }
}

/// Checks the service as a whole after the edit.
pub(super) fn check_service(
    fabric: &Fabric,
    domain: &BridgeDomainName,
    (vlan_before, vlan_after): (Option<VlanId>, Option<VlanId>),
    after: &[Attachment],
    findings: &mut Vec<Finding>,
) {
    if let Some(vlan) = vlan_after.filter(|_| vlan_before != vlan_after) {
        let other = fabric.services.iter().find(|service| {
            service.name != *domain
                && service.name.facts().scope == DeclaredScope::Global
                && service_vlan(&service.attachments) == Some(vlan)
        });
        if let Some(other) = other {
            findings.push(
                Finding::about(Rule::GlobalVlanUsed, None, Some(vlan.to_string())).with(other.name.as_str()),
            );
        }
    }
    if let Some(vlan) = vlan_after {
        for odd in after
            .iter()
            .filter(|a| !a.is_fabric && a.encapsulation.single_vlan().is_some_and(|tag| tag != vlan))
        {
            findings.push(
                Finding::about(Rule::OwnTag, Some(&odd.device), Some(odd.interface.to_string()))
                    .with(vlan.to_string()),
            );
        }
    }
    findings.extend(after_findings(fabric, domain, after));
}

/// What can be said of a service as it stands in the records.
#[must_use]
pub fn service_findings(fabric: &Fabric, domain: &BridgeDomainName) -> Vec<Finding> {
    let Some(service) = fabric.service(domain) else {
        return Vec::new();
    };
    let mut findings = after_findings(fabric, domain, &service.attachments);
    findings.sort_by_key(|finding| finding.severity);
    findings
}

fn after_findings(fabric: &Fabric, domain: &BridgeDomainName, attachments: &[Attachment]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let access = attachments.iter().filter(|a| !a.is_fabric).count();
    if access < 2 {
        findings.push(
            Finding::about(Rule::SingleEndpoint, None, Some(domain.to_string())).with(access.to_string()),
        );
    }
    let facts = domain.facts();
    if let (Some(declared), Some(actual)) = (facts.declared_vlan, service_vlan(attachments))
        && declared != u32::from(actual)
    {
        findings.push(
            Finding::about(Rule::NameDisagrees, None, Some(domain.to_string()))
                .with(format!("{declared} {actual}")),
        );
    }
    let devices = super::evaluate::devices_of(attachments.iter());
    let disagrees = match facts.scope {
        DeclaredScope::Global => devices.len() == 1,
        DeclaredScope::Local => devices.len() > 1,
        DeclaredScope::Manual | DeclaredScope::Unspecified => false,
    };
    if disagrees {
        findings.push(
            Finding::about(Rule::ScopeDisagrees, None, Some(domain.to_string()))
                .with(devices.len().to_string()),
        );
    }
    for attachment in attachments {
        if attachment.encapsulation == bk_model::Encapsulation::Unknown {
            findings.push(Finding::about(
                Rule::VlanUnknown,
                Some(&attachment.device),
                Some(attachment.interface.to_string()),
            ));
        }
    }
    findings.extend(mtu_finding(fabric, attachments));
    findings
}

/// One finding when access ports of a service are written with different MTUs.
fn mtu_finding(fabric: &Fabric, attachments: &[Attachment]) -> Option<Finding> {
    let written = attachments.iter().filter(|a| !a.is_fabric).filter_map(|a| {
        let device = fabric.devices.get(&a.device)?;
        let mtu = [a.interface.clone(), a.interface.parent()]
            .iter()
            .find_map(|name| device.interfaces.get(name)?.mtu)?;
        Some((a, mtu))
    });
    let written: Vec<(&Attachment, u16)> = written.collect();
    let (first, known) = written.first()?;
    let (odd, mtu) = written.iter().find(|(_, mtu)| mtu != known)?;
    let finding = Finding::about(
        Rule::MtuMismatch,
        Some(&odd.device),
        Some(odd.interface.to_string()),
    );
    Some(finding.with(format!(
        "{mtu}, and {known} on {} of {}",
        first.interface, first.device
    )))
}
