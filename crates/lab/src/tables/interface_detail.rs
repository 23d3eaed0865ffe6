//! `show interfaces <name>` and `show interfaces detail`.

use std::fmt::Write as _;

use crate::facts::{Encapsulation, Interface, Mapping};
use crate::ifname;
use crate::spec::LinkState;

use super::grid::Grid;
use super::time::{number_of, padded};
use super::{Scene, interfaces};

/// All interfaces, one block after the other.
pub(super) fn all(scene: &Scene<'_>) -> String {
    let blocks: Vec<String> = interfaces::names(scene)
        .iter()
        .map(|name| one(scene, name))
        .collect();
    blocks.join("\n")
}

/// One interface, which must exist.
pub(super) fn one(scene: &Scene<'_>, name: &str) -> String {
    let interface = scene.device.facts.interface(name);
    let physical = ifname::is_physical(name);
    let uptime = scene.uptime(name);
    let state = interfaces::operational(scene, name);
    let link = scene
        .device
        .spec
        .port(name)
        .map(|port| port.link == LinkState::Up);
    let mut text = format!("Interface {name}\n");
    let mut put = |line: String| {
        let _ = writeln!(text, "  {line}");
    };
    put(format!(
        "SNMP ifindex: {}, Network-Service: {}",
        1 + number_of(name) % 20_480,
        interfaces::network_service(scene, name)
    ));
    let physical_state = match link.filter(|_| physical) {
        Some(true) => " Physical link state: up,",
        Some(false) => " Physical link state: down,",
        None => "",
    };
    put(format!(
        "Admin state: {},{physical_state} Operational state: {state}, Uptime: {}",
        interfaces::admin(interface),
        padded(uptime)
    ));
    if let Some(description) = interface.and_then(|it| it.description.as_ref()) {
        put(format!("Description: {description}"));
    }
    put(format!("MAC Address: {}", mac_address(scene, name)));
    put(speed_line(scene, name, interface));
    let mtu = interfaces::mtu(scene, name);
    let ip = mtu - 14;
    put(format!(
        "L2 MTU: {mtu}, MPLS MTU: {ip}, IPv4 MTU: {ip}, IPv6 MTU: {ip} (Hardware MTU: 9300)"
    ));
    put(format!(
        "IPv4 Address: {}",
        interface.and_then(|it| it.ipv4.as_deref()).unwrap_or("N/A")
    ));
    put(format!(
        "IPv6 Address: {}",
        interface.and_then(|it| it.ipv6.as_deref()).unwrap_or("N/A")
    ));
    put(format!(
        "Encapsulation: {}",
        interface.map_or("Ethernet".to_owned(), encapsulation)
    ));
    if let Some(interface) = interface.filter(|it| it.ingress.is_some() || it.egress.is_some()) {
        put("VLAN manipulation:".to_owned());
        put(format!(
            "\tIngress mapping: {}",
            mapping(interface.ingress.as_ref())
        ));
        put(format!(
            "\tEgress mapping: {}",
            mapping(interface.egress.as_ref())
        ));
    }
    let l2 = if interface.is_some_and(|it| it.l2_service) {
        "enabled"
    } else {
        "disabled"
    };
    put(format!("L2-service state: {l2}"));
    put("Flowspec: disabled".to_owned());
    if name.starts_with("bundle-") && !name.contains('.') {
        text.push_str(&members(scene, name));
    }
    text
}

fn speed_line(scene: &Scene<'_>, name: &str, interface: Option<&Interface>) -> String {
    let parent = ifname::parent(name);
    let speed = |port: &str| {
        scene
            .device
            .spec
            .port(port)
            .map_or(0, |port| u32::from(port.speed_gbps))
    };
    let gigabits: u32 = if ifname::is_physical(parent) {
        speed(parent)
    } else {
        let members = scene.device.facts.bundle_members(parent);
        members
            .filter(|port| scene.network.member_up(&scene.device, &port.name))
            .map(|port| speed(&port.name))
            .sum()
    };
    let duplex = if name == parent { "FULL" } else { "N/A" };
    let bundle = interface.and_then(|it| it.bundle_id);
    let bundle = bundle.map_or("N/A".to_owned(), |number| format!("{number} (bundle-{number})"));
    format!("Speed: {gigabits}Gbps, Duplex: {duplex}, Bundle-id: {bundle}")
}

fn mac_address(scene: &Scene<'_>, name: &str) -> String {
    let number = number_of(&format!("{}/{}", scene.view.spec.name, ifname::parent(name)));
    let [a, b, c, ..] = number.to_be_bytes();
    format!("84:40:76:{a:02x}:{b:02x}:{c:02x}")
}

fn encapsulation(interface: &Interface) -> String {
    match &interface.encapsulation {
        Encapsulation::None => "Ethernet".to_owned(),
        Encapsulation::Untagged => "Ethernet, untagged".to_owned(),
        Encapsulation::Single { vlan, tpid } => format!("802.1q, Vlan-Id: {vlan} ({tpid})"),
        Encapsulation::List(list) => format!("802.1q, Vlan-Id: {list} (0x8100)"),
        Encapsulation::Double {
            outer, tpid, inner, ..
        } => {
            format!("802.1ad, Vlan-Tags: Outer: {outer} ({tpid}), Inner: {inner} (0x8100)")
        }
    }
}

/// `action: swap-push, PCP: replace, outer: (push TPID 0x8100, VID 200), inner: (swap TPID 0x8100, VID 300)`.
fn mapping(mapping: Option<&Mapping>) -> String {
    let Some(mapping) = mapping else {
        return "N/A".to_owned();
    };
    let mut words = mapping.action.split('-');
    let (first, second) = (words.next().unwrap_or_default(), words.next());
    // In `swap-push` the new tag comes to stand outside.
    let (outer_word, inner_word) = match (first, second) {
        ("swap", Some("push")) => ("push", "swap"),
        ("pop", Some("swap")) => ("swap", ""),
        (first, second) => (first, second.unwrap_or_default()),
    };
    let mut text = format!("action: {}", mapping.action);
    if mapping.outer.is_some() || mapping.inner.is_some() {
        text.push_str(", PCP: replace");
    }
    let tags = [
        ("outer", outer_word, mapping.outer, &mapping.outer_tpid),
        ("inner", inner_word, mapping.inner, &mapping.inner_tpid),
    ];
    for (place, word, tag, tpid) in tags {
        if let Some(tag) = tag {
            let _ = write!(
                text,
                ", {place}: ({word} TPID {}, VID {tag})",
                tpid.as_deref().unwrap_or("0x8100")
            );
        }
    }
    text
}

/// The member table of a bundle.
fn members(scene: &Scene<'_>, bundle: &str) -> String {
    let members: Vec<&Interface> = scene.device.facts.bundle_members(bundle).collect();
    let mut grid = Grid::fitted(&[
        "Interface",
        "Member State",
        "LACP Port State",
        "LACP Port Id",
        "LACP Period",
    ]);
    for port in &members {
        let up = scene.network.member_up(&scene.device, &port.name);
        let (state, lacp) = if up {
            ("active", "active/active")
        } else {
            ("down", "standby")
        };
        grid.row([&port.name, state, lacp, "", "short/short"]);
    }
    let mut text = format!(
        "  Number of configured members: {}\n  Members Information:\n",
        members.len()
    );
    for line in grid.render().lines() {
        let _ = writeln!(text, "    {line}");
    }
    text
}
