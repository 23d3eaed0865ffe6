//! `show lldp` and `show lldp neighbors`.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use crate::ifname;
use crate::spec::LldpNeighbour;

use super::Scene;
use super::grid::Grid;
use super::time::{number_of, padded};

/// `show lldp neighbors`: every port that runs LLDP, with empty cells where nothing is heard.
pub(super) fn neighbours(scene: &Scene<'_>) -> String {
    let mut grid = Grid::fitted(&[
        "Interface",
        "Neighbor System Name",
        "Neighbor interface",
        "Neighbor TTL",
    ]);
    for port in ports(scene) {
        let heard = heard(scene, &port);
        if heard.is_empty() {
            grid.row([&port, "", "", ""]);
        }
        for row in heard {
            grid.row([&port, &row.system_name, &row.remote_port, &row.ttl.to_string()]);
        }
    }
    grid.render()
}

/// `show lldp neighbors <interface>` and `detail`.
pub(super) fn detail(scene: &Scene<'_>, only: Option<&str>) -> String {
    let mut text = String::new();
    for port in ports(scene)
        .into_iter()
        .filter(|port| only.is_none_or(|only| only == port))
    {
        let _ = writeln!(text, "interface {port}");
        text.push_str(" Local Parameters:\n");
        let _ = writeln!(
            text,
            "    Chassis ID: {} (Type: MAC Address)",
            scene.view.spec.lacp_system_id
        );
        let _ = writeln!(
            text,
            "    System Name: {}, System Description: {}",
            name(scene),
            description(scene)
        );
        let state = |on: bool| if on { "enabled" } else { "disabled" };
        let (transmit, receive) = (runs(scene, &port, "transmit"), runs(scene, &port, "receive"));
        let _ = writeln!(
            text,
            "    Transmit: {}, Receive: {}",
            state(transmit),
            state(receive)
        );
        for row in heard(scene, &port) {
            text.push_str(" Neighbor Parameters:\n");
            let _ = writeln!(text, "    Uptime: {}", padded(scene.uptime(&port)));
            let _ = writeln!(
                text,
                "    Chassis ID: {} (Type: MAC Address)",
                chassis_of(scene, row)
            );
            let _ = writeln!(text, "    System Name: {}", row.system_name);
            let _ = writeln!(text, "    Interface Name: {}", row.remote_port);
        }
    }
    text
}

/// `show lldp`.
pub(super) fn settings(scene: &Scene<'_>) -> String {
    let mut grid = Grid::fitted(&["Interface", "Transmit", "Receive"]);
    let state = |on: bool| if on { "enabled" } else { "disabled" };
    for port in ports(scene) {
        grid.row([
            &port,
            state(runs(scene, &port, "transmit")),
            state(runs(scene, &port, "receive")),
        ]);
    }
    format!(
        "System Name: {}\nChassis ID: {} (Type: MAC Address)\nSystem Description: {}\n\nTimers\n  Keep-alive: 30 \
         (seconds)\n  Hold-time: 120 (seconds)\n\nInterfaces:\n{}",
        name(scene),
        scene.view.spec.lacp_system_id,
        description(scene),
        grid.render()
    )
}

fn name(scene: &Scene<'_>) -> String {
    super::system::host_name(scene)
}

fn description(scene: &Scene<'_>) -> String {
    format!(
        "DRIVENETS LTD. Network Cloud Router, DNOS [{}]",
        scene.view.spec.version.release
    )
}

/// The ports on which LLDP is configured, in the order of the device.
fn ports(scene: &Scene<'_>) -> Vec<String> {
    let path = ["protocols", "lldp"];
    let configured = scene
        .view
        .running
        .children(&path)
        .filter(|node| node.words().len() == 2);
    let names: BTreeSet<&str> = configured.map(crate::tree::Node::name).collect();
    let mut ports: Vec<String> = names.into_iter().map(str::to_owned).collect();
    ports.sort_by(|a, b| ifname::natural_cmp(a, b));
    ports
}

/// True if LLDP runs on the port in this direction.
fn runs(scene: &Scene<'_>, port: &str, direction: &str) -> bool {
    let off = scene.view.running.leaf(&["protocols", "lldp"], "admin-state") == Some("disabled");
    let leaf = scene
        .view
        .running
        .leaf(&["protocols", "lldp", "interface", port], direction);
    !off && leaf == Some("enabled")
}

/// The neighbours of a port that has light.
fn heard<'s>(scene: &'s Scene<'_>, port: &str) -> Vec<&'s LldpNeighbour> {
    if !runs(scene, port, "receive") || !scene.network.port_up(&scene.device, port) {
        return Vec::new();
    }
    scene
        .device
        .spec
        .neighbours
        .iter()
        .filter(|row| row.local_port == port)
        .collect()
}

/// The chassis of a neighbour: a device of the fabric has its own, others get one by name.
fn chassis_of(scene: &Scene<'_>, row: &LldpNeighbour) -> String {
    let cable = scene
        .device
        .spec
        .port(&row.local_port)
        .and_then(|port| port.cable.as_ref());
    let far = cable.and_then(|cable| scene.network.device(&cable.device));
    far.map_or_else(
        || {
            let [a, b, c, ..] = number_of(&row.system_name).to_be_bytes();
            format!("7c:fe:90:{a:02x}:{b:02x}:{c:02x}")
        },
        |far| far.spec.lacp_system_id.clone(),
    )
}
