//! `show network-services bridge-domain`, `show bridge-domain instance` and `summary`. Only documented
//! examples of these exist (REF 8); blanks may differ on a real device.

use std::fmt::Write as _;

use chrono::TimeDelta;

use crate::facts::Instance;

use super::Scene;
use super::grid::Grid;
use super::time::padded;

/// `show network-services bridge-domain`.
pub(super) fn names(scene: &Scene<'_>) -> String {
    let mut grid = Grid::fitted(&["Name"]);
    for instance in &scene.device.facts.instances {
        grid.row([&instance.name]);
    }
    grid.render()
}

/// `show network-services bridge-domain <name>` and `all`.
pub(super) fn members(_: &Scene<'_>, instances: &[Instance]) -> String {
    let blocks: Vec<String> = instances
        .iter()
        .map(|instance| {
            let mut text = format!("Bridge-Domain: {}\n", instance.name);
            if let Some(description) = &instance.description {
                let _ = writeln!(text, "    Description: {description}");
            }
            let _ = writeln!(text, "    Admin State: {}\n", state(instance.enabled));
            if let Some(irb) = &instance.router_interface {
                let _ = writeln!(text, "    Associated IRB interface:\n        {irb}\n");
            }
            text.push_str("    Associated interfaces:\n");
            for member in &instance.members {
                let _ = writeln!(text, "        {member}");
            }
            text
        })
        .collect();
    blocks.join("\n")
}

/// `show bridge-domain instance <name>` and `all`.
pub(super) fn instances(scene: &Scene<'_>, instances: &[Instance]) -> String {
    let blocks: Vec<String> = instances.iter().map(|instance| one(scene, instance)).collect();
    blocks.join("\n")
}

fn one(scene: &Scene<'_>, instance: &Instance) -> String {
    let learned = scene.network.learned(&scene.view.spec.name, Some(&instance.name));
    let mut text = format!("Bridge-Domain: {}\n", instance.name);
    if let Some(description) = &instance.description {
        let _ = writeln!(text, "   Description: {description}");
    }
    let _ = writeln!(text, "   Admin State: {}\n", state(instance.enabled));
    if let Some(irb) = &instance.router_interface {
        let _ = writeln!(
            text,
            "   Associated IRB interface: {irb}\n            State: {}\n",
            state(scene.is_up(irb))
        );
    }
    let learning = if instance.learning { "enabled" } else { "disabled" };
    let _ = write!(
        text,
        "   Mac Table\n   ==========\n   mac-learning: {learning}\n   mac-table-limit: {} entries\n   \
         mac-table-aging-time: {} seconds\n   current-number-of-mac-entries: {}\n\n   Number of local AC interfaces: \
         {}\n\n",
        instance.table_limit,
        instance.aging_time,
        learned.len(),
        instance.members.len()
    );
    let width = instance
        .members
        .iter()
        .map(String::len)
        .max()
        .unwrap_or(0)
        .max(16);
    let _ = writeln!(
        text,
        "   {:<width$}  |    State   |     Uptime        |   MAC Entries |",
        "Interface"
    );
    let _ = writeln!(
        text,
        "   {}+------------+-------------------+---------------+",
        "-".repeat(width + 2)
    );
    for member in &instance.members {
        let up = instance.enabled && scene.is_up(member);
        let uptime = if instance.enabled {
            scene.uptime(member)
        } else {
            TimeDelta::zero()
        };
        let count = learned.iter().filter(|entry| entry.interface == *member).count();
        let _ = writeln!(
            text,
            "   {member:<width$}  |    {:<8}| {:<18}|       {count:<8}|",
            state(up),
            padded(uptime)
        );
    }
    text
}

/// `show bridge-domain summary`.
pub(super) fn summary(scene: &Scene<'_>) -> String {
    let facts = &scene.device.facts;
    let learned = scene.network.learned(&scene.view.spec.name, None);
    let up = |instance: &Instance| {
        instance
            .members
            .iter()
            .filter(|member| scene.is_up(member))
            .count()
    };
    let all: usize = facts
        .instances
        .iter()
        .map(|instance| instance.members.len())
        .sum();
    let all_up: usize = facts.instances.iter().map(up).sum();
    let global = scene
        .view
        .running
        .node(&["network-services", "bridge-domain", "mac-handling"]);
    let leaf = |key: &str, default: &str| {
        global
            .and_then(|node| node.leaf(key))
            .unwrap_or(default)
            .to_owned()
    };
    let mut text = format!(
        "Global Bridge-Domain parameters\n    mac-learning: {}\n    mac-table-limit: {} entries\n    \
         mac-table-aging-time: {} seconds\n\nNumber of Bridge-Domain Instances: {}\nTotal learned MAC Addresses: \
         {}\nTotal Number of Interfaces/Up: {all}/{all_up}\n\n",
        leaf("mac-learning", "enabled"),
        leaf("mac-table-limit", "64000"),
        leaf("mac-table-aging-time", "320"),
        facts.instances.len(),
        learned.len()
    );
    let width = facts
        .instances
        .iter()
        .map(|instance| instance.name.len())
        .max()
        .unwrap_or(0)
        .max(6);
    let _ = writeln!(text, "{:<width$} | Interfaces/Up |  Number of MACs |", "Name");
    let _ = writeln!(
        text,
        "{}+---------------+-----------------+",
        "-".repeat(width + 1)
    );
    for instance in &facts.instances {
        let macs = learned
            .iter()
            .filter(|entry| entry.instance == instance.name)
            .count();
        let _ = writeln!(
            text,
            "{:<width$} | {:>4}  / {:<5} | {macs:>9}       |",
            instance.name,
            instance.members.len(),
            up(instance)
        );
    }
    text
}

fn state(up: bool) -> &'static str {
    if up { "Up" } else { "Down" }
}
