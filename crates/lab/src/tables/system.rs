//! `show system`, `show system version`, `show system name`.

use std::fmt::Write as _;

use super::Scene;
use super::grid::Grid;
use super::time::{elapsed, number_of, short, started, zone};

/// The configured host name, or the one the box came with.
pub(super) fn host_name(scene: &Scene<'_>) -> String {
    scene
        .view
        .running
        .leaf(&["system"], "name")
        .unwrap_or(&scene.view.spec.name)
        .to_owned()
}

/// `show system name`.
pub(super) fn name(scene: &Scene<'_>) -> String {
    format!("System Name: {}\n", host_name(scene))
}

/// `show system version`. The `Patch` line came after 19 (REF 12).
pub(super) fn version(scene: &Scene<'_>) -> String {
    format!("System Name: {}\n{}", host_name(scene), version_lines(scene))
}

fn version_lines(scene: &Scene<'_>) -> String {
    let version = &scene.view.spec.version;
    let mut text = format!("Version: {version}, Copyright 2025 DRIVENETS LTD.\n");
    if version.major_minor() >= (25, 0) {
        text.push_str("Patch: N/A\n");
    }
    text
}

/// `show system`.
pub(super) fn full(scene: &Scene<'_>) -> String {
    let spec = scene.view.spec;
    let start = started(&spec.name, *scene.view.now.offset());
    let up = elapsed(start, scene.view.now);
    let cluster = spec.system_type.starts_with("CL-");
    let fabric = |yes: &'static str| if cluster { yes } else { "N/A" };
    let mut text = format!(
        "System Name: {}, System-Id: {}\n",
        host_name(scene),
        system_id(&spec.name)
    );
    let _ = writeln!(text, "System Type: {}, Family: NCR", spec.system_type);
    text.push_str(
        "Enterprise-Id: 49739\nDescription: DRIVENETS Network Cloud Router\nSystem status: running\n",
    );
    let _ = writeln!(
        text,
        "System Start Time: {} {}",
        start.format("%d-%b-%Y %H:%M:%S"),
        zone(start)
    );
    let _ = writeln!(text, "System Uptime: {}", short(up));
    text.push_str("System Boot Uptime: N/A\n");
    text.push_str(&version_lines(scene));
    text.push_str(
        "Environment:\n\tLocation: N/A\n\tFloor: N/A\n\tRack: N/A\nContact: support@drivenets.com\n",
    );
    let _ = writeln!(text, "Fabric Minimum Links: {}", fabric("1"));
    let _ = writeln!(text, "Fabric Minimum NCF: {}", fabric("1"));
    let _ = writeln!(text, "Dynamic Fabric State: {}", fabric("disabled"));
    text.push_str("NCC switchovers: 0\nLast NCC switchover: N/A\nEscalation-stop-failovers\n");
    text.push_str("  Max-failover(remaining): 2(2)\n  Failover-period(remaining): 30min(0 days, 0:30:00)\n");
    text.push_str("Recovery-mode: supported\nBGP NSR: N/A\n\n\n");
    text.push_str(&nodes(scene, &short(up), cluster));
    text
}

/// The node table: one box, or the parts of a cluster.
fn nodes(scene: &Scene<'_>, up: &str, cluster: bool) -> String {
    let mut grid = Grid::fixed(&[
        ("Type", 4),
        ("Id", 6),
        ("Admin", 8),
        ("Operational", 34),
        ("Model", 15),
        ("Uptime", 19),
        ("Description", 26),
        ("Serial Number", 20),
    ]);
    let serial = format!("SIM{:08X}", number_of(&scene.view.spec.name) & 0xffff_ffff);
    let model = if cluster { "X86" } else { "NCP-40C" };
    grid.row(["NCC", "0", "", "active-up", model, up, "dn-ncc-0", &serial]);
    if !scene.view.spec.aliases.is_empty() {
        grid.row(["NCC", "1", "", "standby-up", model, up, "dn-ncc-1", ""]);
    }
    if cluster {
        grid.row(["NCF", "0", "enabled", "up", "NCF-48CD", up, "dn-ncf-0", ""]);
    }
    grid.row(["NCP", "0", "enabled", "up", "NCP-40C", up, "dn-ncp-0", ""]);
    grid.render()
}

/// An id in the form of a UUID that depends on the name of the box alone: both names of a chassis tell the
/// same one.
fn system_id(name: &str) -> String {
    let (high, low) = (number_of(name), number_of(&format!("{name}/")));
    format!(
        "{:08x}-{:04x}-4{:03x}-a{:03x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        low >> 52,
        low & 0xffff_ffff_ffff
    )
}
