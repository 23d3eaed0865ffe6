//! `show interfaces` and `show interfaces description`.

use std::collections::BTreeSet;

use crate::facts::{Encapsulation, Interface};
use crate::ifname;
use crate::spec::LinkState;

use super::grid::Grid;
use super::{Scene, TableLayout};

/// The line above the table, whole.
const LEGEND: &str = "Legend: i - inner vlan, u - unnumbered interface, b - interface disabled due to breakout, \
L2 - l2 service interface, s - suspended IPv6 address, p - primary IP address (has secondaries), \
d - obtained via DHCP, v - VLAN list or range (only lowest VID is displayed), \
m - VLAN manipulation or L2-originated-vlans configuration is configured";

/// Frame size of a port without `mtu`, in bytes (REF 6).
const DEFAULT_MTU: u32 = 1514;

/// `show interfaces`.
pub(super) fn list(scene: &Scene<'_>) -> String {
    let bundle = match scene.view.layout {
        TableLayout::Captured => "Bundle-Id",
        TableLayout::Documented => "Bundle-ID",
    };
    let mut grid = Grid::fixed(&[
        ("Interface", 26),
        (" Admin", 8),
        ("Operational", 15),
        ("IPv4 Address", 22),
        ("IPv6 Address", 43),
        ("VLAN", 13),
        ("MTU", 4),
        ("Network-Service", 43),
        (bundle, 10),
    ]);
    for name in names(scene) {
        let interface = scene.device.facts.interface(&name);
        let cell = |read: fn(&Interface) -> Option<String>| interface.and_then(read).unwrap_or_default();
        grid.row([
            &marked(scene, &name, interface),
            admin(interface),
            &operational(scene, &name),
            &cell(|it| it.ipv4.clone()),
            &cell(|it| it.ipv6.clone()),
            &interface.map(vlan).unwrap_or_default(),
            &mtu(scene, &name).to_string(),
            &network_service(scene, &name),
            &cell(|it| it.bundle_id.map(|number| number.to_string())),
        ]);
    }
    format!("{LEGEND}\n\n\n{}", grid.render())
}

/// `show interfaces description`, of all or of one.
pub(super) fn descriptions(scene: &Scene<'_>, only: Option<&str>) -> String {
    let mut grid = Grid::fixed(&[
        ("Interface", 15),
        ("Admin", 8),
        ("Operational", 11),
        ("Description", 35),
    ]);
    for name in names(scene)
        .into_iter()
        .filter(|name| only.is_none_or(|only| only == name))
    {
        let interface = scene.device.facts.interface(&name);
        let text = interface
            .and_then(|it| it.description.clone())
            .unwrap_or_default();
        grid.row([&name, admin(interface), &operational(scene, &name), &text]);
    }
    grid.render()
}

/// Every interface that the device has, configured or not, in its order.
pub(super) fn names(scene: &Scene<'_>) -> Vec<String> {
    let ports = scene.device.spec.ports.iter().map(|port| &port.name);
    let configured = scene
        .device
        .facts
        .interfaces
        .iter()
        .map(|interface| &interface.name);
    let names: BTreeSet<&String> = ports.chain(configured).collect();
    let mut names: Vec<String> = names
        .into_iter()
        .filter(|name| !name.starts_with("mgmt"))
        .cloned()
        .collect();
    names.sort_by(|a, b| ifname::natural_cmp(a, b));
    names
}

pub(super) fn exists(scene: &Scene<'_>, name: &str) -> bool {
    scene.device.facts.interface(name).is_some() || scene.device.spec.port(name).is_some()
}

/// The name with its marker: releases before 18.2 print `x` where later ones print `L2` (REF 8).
fn marked(scene: &Scene<'_>, name: &str, interface: Option<&Interface>) -> String {
    let marker = if scene.view.spec.version.major_minor() < (18, 2) {
        "x"
    } else {
        "L2"
    };
    match interface {
        Some(interface) if interface.l2_service => format!("{name} ({marker})"),
        _ => name.to_owned(),
    }
}

/// A port without configuration is disabled (REF 6).
pub(super) fn admin(interface: Option<&Interface>) -> &'static str {
    if interface.is_some_and(|it| it.enabled) {
        "enabled"
    } else {
        "disabled"
    }
}

pub(super) fn operational(scene: &Scene<'_>, name: &str) -> String {
    let link = scene.device.spec.port(name).map(|port| port.link);
    let state = match link {
        Some(LinkState::NotPresent) => "not-present",
        Some(LinkState::BrokenOut) => "not-present (b)",
        _ if scene.is_up(name) => "up",
        _ => "down",
    };
    state.to_owned()
}

/// The VLAN cell: `4024`, `4024 (m)`, `2545 (vm)`, `219, 100(i)`, `4024, 222(ivm)`.
pub(super) fn vlan(interface: &Interface) -> String {
    let mapped = if interface.ingress.is_some() || interface.egress.is_some() {
        "m"
    } else {
        ""
    };
    let flags = |listed: &str| format!("{listed}{mapped}");
    let (tags, flags) = match &interface.encapsulation {
        Encapsulation::None | Encapsulation::Untagged => (String::new(), flags("")),
        Encapsulation::Single { vlan, .. } => (vlan.to_string(), flags("")),
        Encapsulation::List(list) => (list.lowest().to_string(), flags("v")),
        Encapsulation::Double {
            outer, inner, listed, ..
        } => {
            let flags = flags(if *listed { "iv" } else { "i" });
            return format!("{outer}, {}({flags})", inner.lowest());
        }
    };
    match (tags.as_str(), flags.as_str()) {
        (_, "") => tags,
        ("", _) => format!("({flags})"),
        _ => format!("{tags} ({flags})"),
    }
}

/// The frame size: as set, or the parent's and four bytes for each tag (REF 6).
pub(super) fn mtu(scene: &Scene<'_>, name: &str) -> u32 {
    let facts = &scene.device.facts;
    let set = |name: &str| facts.interface(name).and_then(|it| it.mtu);
    let tags = facts.interface(name).map_or(0, |it| it.encapsulation.tags());
    set(name).unwrap_or_else(|| {
        set(ifname::parent(name)).unwrap_or(DEFAULT_MTU) + 4 * u32::try_from(tags).unwrap_or(0)
    })
}

/// The services that the interface belongs to. One without any is in the default VRF, an attachment that
/// no bridge domain has among them (REF 8).
pub(super) fn network_service(scene: &Scene<'_>, name: &str) -> String {
    let facts = &scene.device.facts;
    match (facts.member_of(name), facts.router_of(name)) {
        (Some(instance), _) => format!("BD ({})", instance.name),
        (None, Some(instance)) => format!("VRF (default), BD ({})", instance.name),
        (None, None) => "VRF (default)".to_owned(),
    }
}
