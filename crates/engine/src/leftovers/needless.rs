//! Which fabric attachments lead to no end of their service.
//!
//! A service is judged by what its own text says, carefully: where a device routes it, where it has no end that is known,
//! or where its path is broken, nothing of it is called needless.

use std::collections::{BTreeMap, BTreeSet};

use bk_model::topology::links_for_service;
use bk_model::{Attachment, BridgeDomainName, DeviceName, Fabric, Link, LinkEnd, Service};

use super::BrokenPath;
use crate::draft::devices_of;

/// An attachment that leads nowhere.
pub(super) struct Needless {
    pub(super) domain: BridgeDomainName,
    pub(super) attachment: Attachment,
}

/// What was judged.
pub(super) struct Judged {
    pub(super) needless: Vec<Needless>,
    pub(super) broken: Vec<BrokenPath>,
}

pub(super) fn needless(fabric: &Fabric) -> Judged {
    let mut judged = Judged {
        needless: Vec::new(),
        broken: Vec::new(),
    };
    for service in &fabric.services {
        let ends = devices_of(service.access());
        if ends.is_empty() || is_routed(fabric, service) {
            continue;
        }
        let view = ServiceView::of(fabric, service);
        let whole = links_for_service(&fabric.devices, &fabric.links, &ends, &view.carrying)
            .is_ok_and(|needed| needed.is_subset(&view.carrying));
        if !whole {
            if !view.one_sided.is_empty() {
                judged.broken.push(BrokenPath {
                    domain: service.name.clone(),
                    one_sided: view
                        .one_sided
                        .iter()
                        .map(|end| format!("{} {}", end.device, end.interface))
                        .collect(),
                });
            }
            continue;
        }
        let reached = view.reached(fabric, &ends);
        let useless = |attachment: &&Attachment| {
            let end = end_of(attachment);
            view.on_links.contains(&end) && !reached.contains(&end)
        };
        let of_service = service.attachments.iter().filter(|a| a.is_fabric);
        judged
            .needless
            .extend(of_service.filter(useless).map(|attachment| Needless {
                domain: service.name.clone(),
                attachment: attachment.clone(),
            }));
    }
    judged
}

fn is_routed(fabric: &Fabric, service: &Service) -> bool {
    service.devices.iter().any(|name| {
        fabric.devices.get(name).is_none_or(|device| {
            let mut instances = device.bridge_domains.iter();
            instances.any(|instance| instance.name == service.name && !instance.router_interfaces.is_empty())
        })
    })
}

fn end_of(attachment: &Attachment) -> LinkEnd {
    LinkEnd {
        device: attachment.device.clone(),
        interface: attachment.interface.parent(),
    }
}

/// Where a service stands on the links of the fabric.
struct ServiceView {
    /// Links that carry it at both ends.
    carrying: BTreeSet<usize>,
    /// Its ends on links that are known.
    on_links: BTreeSet<LinkEnd>,
    /// Those whose far end does not carry it.
    one_sided: BTreeSet<LinkEnd>,
}

impl ServiceView {
    fn of(fabric: &Fabric, service: &Service) -> Self {
        let held: BTreeSet<LinkEnd> = (service.attachments.iter())
            .filter(|attachment| attachment.is_fabric)
            .map(end_of)
            .collect();
        let mut view = Self {
            carrying: BTreeSet::new(),
            on_links: BTreeSet::new(),
            one_sided: BTreeSet::new(),
        };
        for (index, link) in fabric.links.iter().enumerate() {
            let sides = [&link.upper, &link.lower].map(|end| held.contains(end).then(|| end.clone()));
            if sides.iter().all(Option::is_some) {
                view.carrying.insert(index);
            } else {
                view.one_sided.extend(sides.iter().flatten().cloned());
            }
            view.on_links.extend(sides.into_iter().flatten());
        }
        view
    }

    /// The ends that are left when every device at which nothing ends and nothing goes on is taken away, again and again.
    fn reached(&self, fabric: &Fabric, ends: &BTreeSet<DeviceName>) -> BTreeSet<LinkEnd> {
        let mut left: Vec<&Link> = self.carrying.iter().map(|at| &fabric.links[*at]).collect();
        loop {
            let mut neighbours: BTreeMap<&DeviceName, BTreeSet<&DeviceName>> = BTreeMap::new();
            for link in &left {
                let (upper, lower) = (&link.upper.device, &link.lower.device);
                neighbours.entry(upper).or_default().insert(lower);
                neighbours.entry(lower).or_default().insert(upper);
            }
            let dead: BTreeSet<&DeviceName> = neighbours
                .iter()
                .filter(|(device, beside)| beside.len() < 2 && !ends.contains(**device))
                .map(|(device, _)| *device)
                .collect();
            if dead.is_empty() {
                break;
            }
            let dead: BTreeSet<DeviceName> = dead.into_iter().cloned().collect();
            left.retain(|link| !dead.contains(&link.upper.device) && !dead.contains(&link.lower.device));
        }
        left.iter()
            .flat_map(|link| [link.upper.clone(), link.lower.clone()])
            .collect()
    }
}
