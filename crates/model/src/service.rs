//! Grouping instances of several devices into services (DOMAIN 8).

use std::collections::BTreeMap;

use crate::topology::is_fabric;
use crate::{
    Attachment, BridgeDomainName, Device, DeviceName, Encapsulation, Fabric, Link, Manipulation, Service,
};

/// Groups the bridge domains of all devices by instance name. Different names are never merged here.
#[must_use]
pub fn group_services(devices: &BTreeMap<DeviceName, Device>, links: &[Link]) -> Vec<Service> {
    let mut services: BTreeMap<BridgeDomainName, Service> = BTreeMap::new();
    let mut ordered: Vec<&Device> = devices.values().collect();
    ordered.sort_by_key(|device| (device.tier, &device.name));
    for device in ordered {
        for domain in &device.bridge_domains {
            let service = services.entry(domain.name.clone()).or_insert_with(|| Service {
                name: domain.name.clone(),
                attachments: Vec::new(),
                devices: Vec::new(),
            });
            service.devices.push(device.name.clone());
            service.attachments.extend(
                domain
                    .members
                    .iter()
                    .map(|member| attachment(device, &member.interface, links)),
            );
        }
    }
    services.into_values().collect()
}

fn attachment(device: &Device, name: &crate::InterfaceName, links: &[Link]) -> Attachment {
    let interface = device.interfaces.get(name);
    let bare = if name.is_subinterface() {
        Encapsulation::Unknown
    } else {
        Encapsulation::Port
    };
    Attachment {
        device: device.name.clone(),
        interface: name.clone(),
        encapsulation: interface.map_or(bare, |i| i.encapsulation.clone()),
        manipulation: interface.map_or_else(Manipulation::default, |i| i.manipulation.clone()),
        is_fabric: is_fabric(links, &device.name, name),
        l2_service: interface.is_some_and(|i| i.l2_service),
    }
}

impl Fabric {
    /// Returns the service of that name.
    #[must_use]
    pub fn service(&self, name: &BridgeDomainName) -> Option<&Service> {
        self.services
            .binary_search_by(|service| service.name.cmp(name))
            .ok()
            .map(|at| &self.services[at])
    }
}

impl Service {
    /// Returns the attachments that face customers and testers.
    pub fn access(&self) -> impl Iterator<Item = &Attachment> {
        self.attachments.iter().filter(|a| !a.is_fabric)
    }
}
