//! Which ports of a device may take a new access attachment (DOMAIN 2).

use crate::topology::{has_fabric_number, is_fabric};
use crate::{
    AdminState, BridgeDomainName, Device, Encapsulation, InterfaceName, Link, OperState, Port, Tier, VlanId,
};

/// Why a port is never offered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Never {
    /// It carries services between tiers.
    Fabric,
    /// It is a member of this bundle.
    InBundle(InterfaceName),
    /// Management, loopback, console and the like.
    NotAnAccessPort,
    /// The device is a spine.
    Spine,
    /// It carries an address or another L3 line.
    Layer3,
}

/// Something to look at before a port is taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Look {
    /// It is down.
    Down,
    /// The hardware is absent or a breakout disables it.
    NotPresent,
    /// Its state was never read.
    StateUnknown,
    /// Other services use sub-interfaces of it.
    SharedWith(Vec<BridgeDomainName>),
}

/// What the picker says of a port for one service and tag.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Offer {
    /// Free and up, or admin-down and free.
    Ready {
        /// Whether the port is switched off.
        admin_down: bool,
    },
    /// Possible, with something to look at.
    Look(Vec<Look>),
    /// The port as a whole, or this tag on it, belongs to a service.
    InUse {
        /// The interface that is in the way.
        interface: InterfaceName,
        /// The service, if the interface is a member of one.
        domain: Option<BridgeDomainName>,
    },
    /// Never.
    Never(Never),
}

/// Judges one port or bundle of a device for an attachment tagged `vlan`.
#[must_use]
pub fn offer(device: &Device, links: &[Link], port: &InterfaceName, vlan: Option<VlanId>) -> Offer {
    if let Some(never) = never(device, links, port) {
        return Offer::Never(never);
    }
    let mut shared = Vec::new();
    for (interface, domain) in members_on(device, port) {
        let takes_all = !interface.is_subinterface();
        let same_tag = vlan.is_some_and(|vlan| {
            device
                .interfaces
                .get(interface)
                .is_some_and(|i| carries(&i.encapsulation, vlan))
        });
        if takes_all || same_tag {
            return Offer::InUse {
                interface: interface.clone(),
                domain: Some(domain.clone()),
            };
        }
        if !shared.contains(domain) {
            shared.push(domain.clone());
        }
    }
    if let Some(vlan) = vlan
        && let Some(interface) = subinterfaces(device, port).find(|i| carries(&i.encapsulation, vlan))
    {
        return Offer::InUse {
            interface: interface.name.clone(),
            domain: None,
        };
    }
    let interface = device.interfaces.get(port);
    let admin_down = interface.is_some_and(|i| i.admin_state == Some(AdminState::Disabled));
    let mut looks = Vec::new();
    match interface.map_or(OperState::Unknown, |i| i.oper_state) {
        OperState::Up => {}
        OperState::Down if admin_down => {}
        OperState::Down => looks.push(Look::Down),
        OperState::NotPresent => looks.push(Look::NotPresent),
        OperState::Unknown => looks.push(Look::StateUnknown),
    }
    if !shared.is_empty() {
        looks.push(Look::SharedWith(shared));
    }
    if looks.is_empty() {
        Offer::Ready { admin_down }
    } else {
        Offer::Look(looks)
    }
}

fn never(device: &Device, links: &[Link], port: &InterfaceName) -> Option<Never> {
    if !matches!(port.port(), Port::Physical { .. } | Port::Bundle(_)) || port.is_subinterface() {
        return Some(Never::NotAnAccessPort);
    }
    let interface = device.interfaces.get(port);
    let is_up = interface.is_some_and(|i| i.oper_state == OperState::Up);
    // A fabric bundle that is down has no neighbour to be told by; then its number tells.
    if is_fabric(links, &device.name, port) || (has_fabric_number(port) && !is_up) {
        return Some(Never::Fabric);
    }
    if let Some(bundle) = interface.and_then(|i| i.bundle.clone()) {
        return Some(if is_fabric(links, &device.name, &bundle) {
            Never::Fabric
        } else {
            Never::InBundle(bundle)
        });
    }
    if device.tier == Tier::Spine {
        return Some(Never::Spine);
    }
    interface.is_some_and(|i| i.has_l3).then_some(Never::Layer3)
}

/// Returns the member interfaces on a port with their bridge domains, in the order of the text.
pub fn members_on<'a>(
    device: &'a Device,
    port: &'a InterfaceName,
) -> impl Iterator<Item = (&'a InterfaceName, &'a BridgeDomainName)> {
    let members = device
        .bridge_domains
        .iter()
        .flat_map(|domain| domain.members.iter().map(move |m| (&m.interface, &domain.name)));
    members.filter(move |(interface, _)| interface.port() == port.port())
}

fn subinterfaces<'a>(
    device: &'a Device,
    port: &'a InterfaceName,
) -> impl Iterator<Item = &'a crate::Interface> {
    device
        .interfaces
        .values()
        .filter(move |i| i.name.is_subinterface() && i.name.port() == port.port())
}

/// Tells whether frames with `vlan` as their outer tag belong to the encapsulation.
#[must_use]
pub fn carries(encapsulation: &Encapsulation, vlan: VlanId) -> bool {
    match encapsulation {
        Encapsulation::Single { vlan: own, .. } => *own == vlan,
        Encapsulation::List { vlans } => vlans.contains(vlan),
        Encapsulation::Double { outer, .. } | Encapsulation::DoubleList { outer, .. } => *outer == vlan,
        Encapsulation::Port
        | Encapsulation::Unknown
        | Encapsulation::Untagged
        | Encapsulation::Unread { .. } => false,
    }
}
