//! The rules, one function each, in the order in which they apply.

use std::collections::{BTreeMap, BTreeSet};

use crate::ifname;
use crate::spec::{HostSpec, Role};

use super::draft::{Device, Draft};
use super::links::{self, Inferred, free_ports, is_fabric_number};
use super::tags::{ServiceTags, Tags, is_free, lowest_free};

const PUSH: &str = "vlan-manipulation ingress-mapping action push outer-tag ";
const INGRESS: &str = "vlan-manipulation ingress-mapping ";
const EGRESS: &str = "vlan-manipulation egress-mapping ";
const POP: &str = "vlan-manipulation egress-mapping action pop";

/// Applies all rules.
pub(super) fn repair(draft: &mut Draft, inferred: &[Inferred]) {
    one_box_per_chassis(draft);
    one_service_per_interface(draft);
    routed_members(draft);
    both_mappings(draft);
    missing_tags(draft);
    overlapping_tags(draft);
    l2_service(draft);
    links::join(draft, inferred);
    parents(draft);
    hosts(draft);
}

/// Runs `rule` on each device and keeps what it tells as notes.
fn each(draft: &mut Draft, number: u8, mut rule: impl FnMut(&mut Device) -> Vec<String>) {
    for index in 0..draft.devices.len() {
        let told = rule(&mut draft.devices[index]);
        let name = draft.devices[index].name.clone();
        for what in told {
            draft.note(number, &name, &what);
        }
    }
}

/// Rule 1.
fn one_box_per_chassis(draft: &mut Draft) {
    while let Some((first, second)) = engines(&draft.devices) {
        let other = draft.devices.remove(second);
        let device = &mut draft.devices[if second < first { first - 1 } else { first }];
        let name = device.name.clone();
        let known = device.lines();
        let further: Vec<String> = other
            .lines()
            .into_iter()
            .filter(|line| !known.contains(line))
            .collect();
        for line in &further {
            device.take(line);
        }
        device.aliases.push(other.name.clone());
        draft.note(
            1,
            &name,
            &format!("is one box with {}, {} further lines", other.name, further.len()),
        );
    }
}

/// A device `X-NCC0` and one `X-NCC1`.
fn engines(devices: &[Device]) -> Option<(usize, usize)> {
    devices.iter().enumerate().find_map(|(first, device)| {
        let chassis = device.name.strip_suffix("-NCC0")?;
        let second = devices
            .iter()
            .position(|other| other.name.strip_suffix("-NCC1") == Some(chassis))?;
        Some((first, second))
    })
}

/// Rule 2.
fn one_service_per_interface(draft: &mut Draft) {
    each(draft, 2, |device| {
        let mut owner: BTreeMap<String, String> = BTreeMap::new();
        let mut told = Vec::new();
        for instance in &mut device.instances {
            instance.members.retain(|member| {
                let first = owner
                    .entry(member.clone())
                    .or_insert_with(|| instance.name.clone());
                let stays = *first == instance.name;
                if !stays {
                    told.push(format!("{member} stays in {first}, leaves {}", instance.name));
                }
                stays
            });
        }
        told
    });
}

/// Rule 3.
fn routed_members(draft: &mut Draft) {
    each(draft, 3, |device| {
        let mut told = Vec::new();
        for instance in &mut device.instances {
            let (irbs, members) = instance
                .members
                .drain(..)
                .partition(|member| member.starts_with("irb"));
            instance.members = members;
            for irb in irbs {
                told.push(format!("{irb} is the router-interface of {}", instance.name));
                instance.lines.push(format!("router-interface {irb}"));
                device
                    .interfaces
                    .entry(irb)
                    .or_default()
                    .push("admin-state enabled".to_owned());
            }
        }
        told
    });
}

/// Rule 4.
fn both_mappings(draft: &mut Draft) {
    let services = ServiceTags::read(draft);
    each(draft, 4, |device| {
        let mut told = Vec::new();
        for (service, member) in pairs(device) {
            let statements = device.statements(&member);
            let has = |start: &str| statements.iter().any(|statement| statement.starts_with(start));
            let (pushes, pops) = (has(PUSH), statements.iter().any(|statement| statement == POP));
            let missing = if pushes && !has(EGRESS) {
                POP.to_owned()
            } else if pops && !has(INGRESS) {
                let Some(tag) = services.of(device, &service) else {
                    continue;
                };
                format!("{PUSH}{tag} outer-tpid 0x8100")
            } else {
                continue;
            };
            told.push(format!("{member} in {service}: {missing}"));
            device.add(&member, &missing);
        }
        told
    });
}

/// Rule 5.
fn missing_tags(draft: &mut Draft) {
    let services = ServiceTags::read(draft);
    each(draft, 5, |device| {
        let mut told = Vec::new();
        for (service, member) in pairs(device) {
            let statements = device.statements(&member);
            let Some(unit) = ifname::unit(&member) else {
                continue;
            };
            if Tags::read(statements).are_told() {
                continue;
            }
            let own = statements
                .iter()
                .any(|statement| statement.starts_with("vlan-manipulation "));
            let service_tag = services.of(device, &service).filter(|_| !own);
            let unit = u16::try_from(unit).ok().filter(|unit| (1..=4094).contains(unit));
            let free = |vlan: &u16| is_free(device, &member, *vlan);
            let (vlan, reason) = match (service_tag.filter(free), unit.filter(free)) {
                (Some(vlan), _) => (vlan, "the tag of the service"),
                (None, Some(vlan)) => (vlan, "its unit"),
                (None, None) => (lowest_free(device, &member), "the lowest free VLAN"),
            };
            told.push(format!("{member} in {service}: vlan-id {vlan} ({reason})"));
            device.add(&member, &format!("vlan-id {vlan}"));
        }
        told
    });
}

/// Rule 6.
fn overlapping_tags(draft: &mut Draft) {
    each(draft, 6, |device| {
        let mut names: Vec<String> = device
            .interfaces
            .keys()
            .filter(|name| name.contains('.'))
            .cloned()
            .collect();
        names.sort_by(|a, b| ifname::natural_cmp(a, b));
        let mut told = Vec::new();
        let mut earlier: Vec<(String, Tags)> = Vec::new();
        for name in names {
            let tags = Tags::read(device.statements(&name));
            let same_port = |other: &str| ifname::parent(other) == ifname::parent(&name);
            let clash = earlier
                .iter()
                .find(|(other, taken)| same_port(other) && taken.overlap(&tags));
            if let Some((other, _)) = clash {
                let vlan = lowest_free(device, &name);
                told.push(format!("{name} has tags of {other}: vlan-id {vlan}"));
                let statements = device.interfaces.entry(name.clone()).or_default();
                statements.retain(|statement| !is_tag_statement(statement));
                statements.push(format!("vlan-id {vlan}"));
            }
            let tags = Tags::read(device.statements(&name));
            earlier.push((name, tags));
        }
        told
    });
}

fn is_tag_statement(statement: &str) -> bool {
    ["vlan-id ", "vlan-tags ", "untagged"]
        .iter()
        .any(|start| statement.starts_with(start))
}

/// Rule 7, one note per device.
fn l2_service(draft: &mut Draft) {
    each(draft, 7, |device| {
        let members = pairs(device).into_iter().map(|(_, member)| member);
        let repaired: Vec<String> = members
            .collect::<Vec<_>>()
            .into_iter()
            .filter(|member| device.add(member, "l2-service enabled"))
            .collect();
        let note = format!(
            "l2-service enabled on {} members: {}",
            repaired.len(),
            repaired.join(", ")
        );
        if repaired.is_empty() {
            Vec::new()
        } else {
            vec![note]
        }
    });
}

/// Rule 9.
fn parents(draft: &mut Draft) {
    each(draft, 9, |device| {
        let members = pairs(device).into_iter().map(|(_, member)| member);
        let named = device.interfaces.keys().cloned().chain(members);
        let parents: BTreeSet<String> = named.map(|name| ifname::parent(&name).to_owned()).collect();
        let mut told = Vec::new();
        for parent in parents {
            let set = device
                .statements(&parent)
                .iter()
                .any(|statement| statement.starts_with("admin-state "));
            if !set && device.add(&parent, "admin-state enabled") {
                told.push(format!("{parent}: admin-state enabled"));
            }
            let fabric = device.role != Role::Leaf && is_fabric_number(&parent);
            let Some(number) = ifname::bundle_number(&parent).filter(|_| !fabric) else {
                continue;
            };
            let bound = format!("bundle-id {number}");
            if device
                .interfaces
                .values()
                .any(|statements| statements.contains(&bound))
            {
                continue;
            }
            for port in free_ports(device, 1) {
                told.push(format!("{port}: member of {parent}"));
                device.add(&port, "admin-state enabled");
                device.add(&port, &bound);
            }
        }
        told
    });
}

/// Rule 10, one note per device.
fn hosts(draft: &mut Draft) {
    for index in 0..draft.devices.len() {
        let device = &mut draft.devices[index];
        let fabric: BTreeSet<String> = device.lacp.clone();
        let mut hosts = Vec::new();
        for (_, member) in pairs(device) {
            let port = ifname::parent(&member).to_owned();
            if fabric.contains(&port) || is_fabric_number(&port) {
                continue;
            }
            let (outer_tag, inner_tag) = Tags::read(device.statements(&member)).example();
            let number = hosts.len();
            let mac = format!(
                "0a:{:02x}:{:02x}:{:02x}:{:02x}:00",
                index >> 8,
                index & 0xff,
                number >> 8,
                number & 0xff
            );
            hosts.push(HostSpec {
                port,
                macs: vec![mac],
                outer_tag,
                inner_tag,
            });
        }
        let (name, count) = (device.name.clone(), hosts.len());
        device.hosts = hosts;
        if count > 0 {
            draft.note(10, &name, &format!("{count} hosts behind access members"));
        }
    }
}

/// Every bridge domain with every member, as owned text.
fn pairs(device: &Device) -> Vec<(String, String)> {
    device
        .members()
        .map(|(service, member)| (service.to_owned(), member.to_owned()))
        .collect()
}
