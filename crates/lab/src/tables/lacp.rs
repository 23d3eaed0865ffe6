//! `show lacp` and `show lacp interfaces`, in the captured layout of 2025 and in the documented one.

use std::fmt::Write as _;

use crate::facts::Interface;
use crate::ifname;

use super::grid::Grid;
use super::time::number_of;
use super::{Scene, TableLayout};

const LEGEND: &str = "Legend: a - aggregatable, s - synchronized, c - collecting, d - distributing";

/// The other side of a bundle.
struct Partner {
    key: u32,
    system_id: String,
}

/// `show lacp interfaces`.
pub(super) fn all(scene: &Scene<'_>) -> String {
    let blocks: Vec<String> = bundles(scene).iter().map(|bundle| block(scene, bundle)).collect();
    match scene.view.layout {
        TableLayout::Captured => format!(
            "System Default LACP Settings:\n        {}\n\n{}",
            own(scene),
            blocks.join("\n")
        ),
        TableLayout::Documented => blocks.join("\n"),
    }
}

/// `show lacp interfaces <bundle or port>`; none if LACP does not run there.
pub(super) fn one(scene: &Scene<'_>, name: &str) -> Option<String> {
    if name.starts_with("bundle-") {
        return bundles(scene)
            .iter()
            .any(|bundle| bundle == name)
            .then(|| block(scene, name));
    }
    let bundle = format!("bundle-{}", scene.device.facts.interface(name)?.bundle_id?);
    let found = bundles(scene).contains(&bundle);
    let member = scene.device.facts.interface(name)?;
    found.then(|| {
        format!(
            "Aggregate Interface: {bundle}\n\n{}\n\n{}",
            legend(scene),
            members(scene, &[member])
        )
    })
}

/// `show lacp`.
pub(super) fn settings(scene: &Scene<'_>) -> String {
    format!(
        "system-priority: 1\nsystem-id: {}\n",
        scene.view.spec.lacp_system_id
    )
}

fn own(scene: &Scene<'_>) -> String {
    format!(
        "System-priority: 1, System-id: {}",
        scene.view.spec.lacp_system_id
    )
}

fn legend(scene: &Scene<'_>) -> String {
    match scene.view.layout {
        TableLayout::Captured => format!("{LEGEND}, e - evpn unsync, i - incompatible"),
        TableLayout::Documented => LEGEND.to_owned(),
    }
}

/// The bundles that run LACP, fabric bundles first as in the capture.
fn bundles(scene: &Scene<'_>) -> Vec<String> {
    let nodes = scene
        .view
        .running
        .children(&["protocols", "lacp"])
        .filter(|node| node.words().len() == 2);
    let mut names: Vec<String> = nodes.map(|node| node.name().to_owned()).collect();
    let cabled = |bundle: &str| {
        let mut members = scene.device.facts.bundle_members(bundle);
        members.any(|port| {
            scene
                .device
                .spec
                .port(&port.name)
                .is_some_and(|port| port.cable.is_some())
        })
    };
    names.sort_by(|a, b| cabled(b).cmp(&cabled(a)).then_with(|| ifname::natural_cmp(a, b)));
    names
}

fn block(scene: &Scene<'_>, bundle: &str) -> String {
    let leaf = |key: &str| {
        scene
            .view
            .running
            .leaf(&["protocols", "lacp", "interface", bundle], key)
    };
    let (mode, period) = (
        leaf("mode").unwrap_or("passive"),
        leaf("period").unwrap_or("long"),
    );
    let key = ifname::bundle_number(bundle).unwrap_or_default();
    let ports: Vec<&Interface> = scene.device.facts.bundle_members(bundle).collect();
    let (peer, peer_system) = match partner(scene, &ports) {
        Some(partner) => (
            format!("Mode: active, Key: {}", partner.key),
            format!("System-priority: 1, System-id: {}", partner.system_id),
        ),
        None => (
            "Mode: N/A, Key: N/A".to_owned(),
            "System-priority: N/A, System-id: N/A".to_owned(),
        ),
    };
    let local = [
        format!("Mode: {mode}, Period: {period}, Key: {key}"),
        own(scene),
        "Force-up: disabled".to_owned(),
    ];
    let mut text = String::new();
    let aggregate = format!("Aggregate Interface: {bundle}\n");
    let (indent, deep) = match scene.view.layout {
        TableLayout::Captured => {
            text.push_str(&aggregate);
            text.push_str("        Local:\n");
            ("        ", "                ")
        }
        TableLayout::Documented => {
            text.push_str("Local:\n");
            text.push_str(&aggregate);
            ("", "")
        }
    };
    for line in local {
        let _ = writeln!(text, "{deep}{line}");
    }
    let _ = writeln!(text, "\n{indent}Peer:\n{deep}{peer}\n{deep}{peer_system}");
    let _ = write!(text, "\n{}\n\n{}", legend(scene), members(scene, &ports));
    text
}

/// The partner of the first member that has one. Boxes outside of the fabric answer with key 1.
fn partner(scene: &Scene<'_>, ports: &[&Interface]) -> Option<Partner> {
    ports.iter().find_map(|port| {
        if !scene.network.member_up(&scene.device, &port.name) {
            return None;
        }
        let cable = scene.device.spec.port(&port.name)?.cable.as_ref();
        let Some(cable) = cable else {
            let heard = scene
                .device
                .spec
                .neighbours
                .iter()
                .find(|row| row.local_port == port.name)?;
            let [a, b, c, ..] = number_of(&heard.system_name).to_be_bytes();
            return Some(Partner {
                key: 1,
                system_id: format!("7c:fe:90:{a:02x}:{b:02x}:{c:02x}"),
            });
        };
        let far = scene.network.device(&cable.device)?;
        let key = far.facts.interface(&cable.port)?.bundle_id?;
        Some(Partner {
            key,
            system_id: far.spec.lacp_system_id.clone(),
        })
    })
}

fn members(scene: &Scene<'_>, ports: &[&Interface]) -> String {
    let mut grid = Grid::fitted(&[
        "Interface",
        "Role",
        "Port State",
        "Protocol State",
        "Port Priority",
        "Port Id",
        "Period",
    ]);
    for port in ports {
        let id = port_id(&port.name);
        if partner(scene, &[port]).is_none() {
            grid.row([&port.name, "actor", "standby", "N/A", "32768", &id, "short"]);
            grid.row([&port.name, "partner", "", "", "", "", ""]);
            continue;
        }
        let cable = scene
            .device
            .spec
            .port(&port.name)
            .and_then(|port| port.cable.as_ref());
        let far_id = cable.map_or_else(|| id.clone(), |cable| port_id(&cable.port));
        grid.row([&port.name, "actor", "active", "ascd", "32768", &id, "short"]);
        grid.row([&port.name, "partner", "active", "ascd", "32768", &far_id, "short"]);
    }
    grid.render()
}

/// The number of the port, counted from 1: 37 for `ge100-0/0/36`.
fn port_id(port: &str) -> String {
    let last = port
        .rsplit('/')
        .next()
        .and_then(|number| number.parse::<u32>().ok())
        .unwrap_or(0);
    (last + 1).to_string()
}
