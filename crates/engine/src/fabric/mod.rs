//! From what was read of each device to the fabric: the base on which drafts are edited.

use std::collections::BTreeMap;

use bk_config::{Coverage, Tree, read_model};
use bk_model::service::group_services;
use bk_model::topology::{Sighting, find_links};
use bk_model::{
    AdminState, Device, DeviceName, Encapsulation, Fabric, Interface, InterfaceName, Manipulation, Tier,
};

use crate::ports::Facts;

/// What is known of one device: the tree of its record and the tables of its last read.
#[derive(Clone, Debug)]
pub struct DeviceRecord {
    /// Name in the inventory.
    pub name: DeviceName,
    /// The record's configuration.
    pub tree: Tree,
    /// The tables read with it.
    pub facts: Facts,
}

/// The fabric, and how much of each device's text was understood.
#[derive(Clone, Debug)]
pub struct FabricReading {
    /// The fabric.
    pub fabric: Fabric,
    /// Coverage by device.
    pub coverage: BTreeMap<DeviceName, Coverage>,
}

/// Builds the fabric from the records of its devices.
#[must_use]
pub fn build_fabric(records: &[DeviceRecord]) -> FabricReading {
    let mut coverage = BTreeMap::new();
    let mut devices = BTreeMap::new();
    for record in records {
        let parsed = read_model(&record.tree);
        coverage.insert(record.name.clone(), parsed.coverage);
        let mut interfaces = parsed.value.interfaces;
        join_facts(&mut interfaces, &record.facts);
        let device = Device {
            name: record.name.clone(),
            tier: record.name.tier(),
            version: record.facts.version.clone(),
            interfaces,
            bridge_domains: parsed.value.bridge_domains,
        };
        devices.insert(record.name.clone(), device);
    }
    let sightings = sightings(records);
    infer_tiers(&mut devices, &sightings);
    let links = find_links(&devices, &sightings);
    let services = group_services(&devices, &links);
    FabricReading {
        fabric: Fabric {
            devices,
            links,
            services,
        },
        coverage,
    }
}

/// Adds the operational state to configured interfaces, and interfaces that only the tables name.
fn join_facts(interfaces: &mut BTreeMap<InterfaceName, Interface>, facts: &Facts) {
    for fact in &facts.interfaces {
        let known = interfaces
            .entry(fact.name.clone())
            .or_insert_with(|| bare(&fact.name));
        known.oper_state = fact.oper;
        if known.admin_state.is_none() && fact.admin == AdminState::Disabled {
            known.admin_state = Some(AdminState::Disabled);
        }
    }
    for bundle in &facts.lacp {
        for (member, _) in &bundle.members {
            let known = interfaces.entry(member.clone()).or_insert_with(|| bare(member));
            known.bundle.get_or_insert_with(|| bundle.bundle.clone());
        }
    }
}

fn bare(name: &InterfaceName) -> Interface {
    Interface {
        name: name.clone(),
        admin_state: None,
        oper_state: bk_model::OperState::Unknown,
        l2_service: false,
        encapsulation: if name.is_subinterface() {
            Encapsulation::Unknown
        } else {
            Encapsulation::Port
        },
        manipulation: Manipulation::default(),
        mtu: None,
        bundle: None,
        description: None,
        has_l3: false,
    }
}

fn sightings(records: &[DeviceRecord]) -> Vec<Sighting> {
    let of_record = |record: &DeviceRecord| {
        let device = record.name.clone();
        let sighting = move |seen: &crate::ports::LldpFact| Sighting {
            device: device.clone(),
            local: seen.local.clone(),
            system: seen.system.clone(),
            remote: seen.remote.clone(),
        };
        record.facts.lldp.iter().map(sighting).collect::<Vec<_>>()
    };
    records.iter().flat_map(of_record).collect()
}

/// A device whose name tells no tier stands next to its neighbours: below a spine it is a leaf, above one a superspine.
fn infer_tiers(devices: &mut BTreeMap<DeviceName, Device>, sightings: &[Sighting]) {
    let keys: BTreeMap<_, _> = devices
        .values()
        .map(|device| (device.name.key(), (device.name.clone(), device.tier)))
        .collect();
    let mut inferred: BTreeMap<DeviceName, Tier> = BTreeMap::new();
    for seen in sightings {
        let Some((neighbour, tier)) = keys.get(&bk_model::DeviceKey::of(&seen.system)) else {
            continue;
        };
        let here = devices
            .get(&seen.device)
            .map_or(Tier::Unknown, |device| device.tier);
        for (unknown, known) in [(&seen.device, (here, *tier)), (neighbour, (*tier, here))] {
            match known {
                (Tier::Unknown, Tier::Spine) => inferred.insert(unknown.clone(), Tier::Leaf),
                (Tier::Unknown, Tier::Leaf | Tier::Superspine) => {
                    inferred.insert(unknown.clone(), Tier::Spine)
                }
                _ => None,
            };
        }
    }
    for (name, tier) in inferred {
        if let Some(device) = devices.get_mut(&name) {
            device.tier = tier;
        }
    }
}
