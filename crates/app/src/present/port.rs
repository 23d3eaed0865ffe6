//! The port picker's groups.

use bk_engine::ports::Facts;
use bk_model::offer::{Look, Never, Offer, offer};
use bk_model::{Device, Fabric, InterfaceName, Port, VlanId};

use crate::views::{PortGroup, PortOffer, PortRow};

/// Lists the ports and bundles of a device for an attachment tagged `vlan`, in picker order.
pub(crate) fn port_offer(
    fabric: &Fabric,
    device: &Device,
    facts: Option<&Facts>,
    vlan: Option<VlanId>,
    read: Option<String>,
) -> PortOffer {
    let ports = device.interfaces.keys().filter(|name| !name.is_subinterface());
    let mut rows: Vec<(PortGroup, &InterfaceName, PortRow)> = ports
        .map(|port| (port, offer(device, &fabric.links, port, vlan)))
        .map(|(port, offer)| row(device, facts, port, &offer))
        .collect();
    rows.sort_by(|a, b| (order(a.0), a.1).cmp(&(order(b.0), b.1)));
    PortOffer {
        device: device.name.to_string(),
        ports: rows.into_iter().map(|row| row.2).collect(),
        read,
    }
}

fn order(group: PortGroup) -> u8 {
    match group {
        PortGroup::Ready => 0,
        PortGroup::Look => 1,
        PortGroup::InUse => 2,
        PortGroup::Never => 3,
    }
}

fn row<'a>(
    device: &Device,
    facts: Option<&Facts>,
    port: &'a InterfaceName,
    offer: &Offer,
) -> (PortGroup, &'a InterfaceName, PortRow) {
    let (group, reason) = match offer {
        Offer::Ready { admin_down: false } => (PortGroup::Ready, "up, nothing on it".to_owned()),
        Offer::Ready { admin_down: true } => (PortGroup::Ready, "admin down, free".to_owned()),
        Offer::Look(looks) => (
            PortGroup::Look,
            looks.iter().map(look_words).collect::<Vec<_>>().join(", "),
        ),
        Offer::InUse { interface, domain } => (
            PortGroup::InUse,
            in_use_words(
                port,
                interface,
                domain.as_ref().map(bk_model::BridgeDomainName::as_str),
            ),
        ),
        Offer::Never(never) => (PortGroup::Never, never_words(device, port, never)),
    };
    let row = PortRow {
        device: device.name.to_string(),
        port: port.to_string(),
        speed: speed(facts, port),
        group,
        reason,
        selectable: matches!(group, PortGroup::Ready | PortGroup::Look),
    };
    (group, port, row)
}

fn look_words(look: &Look) -> String {
    match look {
        Look::Down => "link down".to_owned(),
        Look::NotPresent => "not present".to_owned(),
        Look::StateUnknown => "state never read".to_owned(),
        Look::SharedWith(others) => format!(
            "shared with {}",
            others
                .iter()
                .map(bk_model::BridgeDomainName::as_str)
                .collect::<Vec<_>>()
                .join(", ")
        ),
    }
}

fn in_use_words(port: &InterfaceName, interface: &InterfaceName, domain: Option<&str>) -> String {
    let by = domain.map_or_else(
        || "has this tag and no service".to_owned(),
        |domain| format!("is in {domain}"),
    );
    if interface == port {
        domain.map_or(by, |domain| format!("port mode in {domain}"))
    } else {
        format!("{interface} {by}")
    }
}

fn never_words(device: &Device, port: &InterfaceName, never: &Never) -> String {
    let bundle = device
        .interfaces
        .get(port)
        .and_then(|interface| interface.bundle.as_ref());
    match (never, bundle) {
        (Never::Fabric, Some(bundle)) => format!("fabric, in {bundle}"),
        (Never::Fabric, None) => "fabric".to_owned(),
        (Never::InBundle(bundle), _) => format!("member of {bundle}"),
        (Never::NotAnAccessPort, _) => "not an access port".to_owned(),
        (Never::Spine, _) => "spines hold no access attachment".to_owned(),
        (Never::Layer3, _) => "carries layer 3".to_owned(),
    }
}

fn speed(facts: Option<&Facts>, port: &InterfaceName) -> String {
    match port.port() {
        Port::Physical { speed, .. } => format!("{speed}G"),
        Port::Bundle(_) => {
            let members = facts
                .and_then(|facts| facts.lacp.iter().find(|bundle| bundle.bundle == *port))
                .map(|bundle| bundle.members.len());
            members.map_or_else(|| "bundle".to_owned(), |members| format!("bundle of {members}"))
        }
        Port::Irb(_) | Port::Other(_) => String::new(),
    }
}
