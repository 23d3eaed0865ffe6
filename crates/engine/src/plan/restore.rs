//! Putting objects back as the records or an earlier moment have them (DESIGN 6, 7).

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{Tree, read_model, transition};
use bk_model::service::group_services;
use bk_model::{Attachment, BridgeDomainName, Device, DeviceName, Fabric, InterfaceName, Service};

use super::build::{hash_plan, plan_device, record, unchanged_devices};
use super::groups::assign_groups;
use super::{Base, Plan, PlanError, PlanKind, Role};
use crate::draft::{Cause, Change, ChangeId};

/// Plans what leads from the base to the trees that are wanted, on the devices that are named.
///
/// The base holds what runs now. The plan is of one bridge domain where it changes attachments of one only.
///
/// # Errors
/// [`PlanError`]; no plan is made whose reverse is not proven.
pub fn make_restore(base: Base<'_>, wanted: &BTreeMap<DeviceName, Tree>) -> Result<Plan, PlanError> {
    let services = services_with(base.fabric, wanted);
    let changes: Vec<Change> = wanted
        .keys()
        .flat_map(|device| changes_on(device, &base.fabric.services, &services))
        .collect();
    let mut devices = Vec::new();
    for (name, tree) in wanted {
        let (device, now) = record(base, name)?;
        let forward = transition(now, tree).map_err(|source| PlanError::NotWritable {
            device: name.clone(),
            source,
        })?;
        devices.extend(plan_device(device, now, Role::Modified, forward)?);
    }
    assign_groups(&mut devices, &base.fabric.links, &changes);
    let domain = the_only_domain(&base.fabric.services, &services, &changes);
    let after: Vec<Attachment> = services
        .iter()
        .filter(|service| Some(&service.name) == domain.as_ref())
        .flat_map(|service| service.attachments.clone())
        .collect();
    Ok(Plan {
        hash: hash_plan(&devices),
        kind: PlanKind::Restore,
        domain,
        vlan_before: None,
        vlan_after: None,
        unchanged: unchanged_devices(&after, &devices),
        devices,
        changes,
        after,
        links: base.fabric.links.clone(),
        findings: Vec::new(),
    })
}

/// The services as they would be.
pub(super) fn services_with(fabric: &Fabric, wanted: &BTreeMap<DeviceName, Tree>) -> Vec<Service> {
    let mut devices: BTreeMap<DeviceName, Device> = fabric.devices.clone();
    for (name, tree) in wanted {
        if let Some(device) = devices.get_mut(name) {
            let read = read_model(tree).value;
            device.interfaces = read.interfaces;
            device.bridge_domains = read.bridge_domains;
        }
    }
    group_services(&devices, &fabric.links)
}

fn changes_on(device: &DeviceName, before: &[Service], after: &[Service]) -> Vec<Change> {
    let (was, is) = (attachments(device, before), attachments(device, after));
    let interfaces: BTreeSet<&InterfaceName> = was.keys().chain(is.keys()).copied().collect();
    interfaces
        .into_iter()
        .filter(|interface| was.get(*interface) != is.get(*interface))
        .map(|interface| {
            let before = was.get(interface).map(|(_, attachment)| (*attachment).clone());
            let after = is.get(interface).map(|(_, attachment)| (*attachment).clone());
            // Who puts an access attachment back means it: it counts in impact and risk.
            let is_fabric = before.iter().chain(&after).all(|attachment| attachment.is_fabric);
            Change {
                id: ChangeId::new(device, interface),
                device: device.clone(),
                before,
                after,
                cause: if is_fabric {
                    Cause::Derived { from: None }
                } else {
                    Cause::Person
                },
                included: true,
            }
        })
        .collect()
}

type Held<'a> = BTreeMap<&'a InterfaceName, (&'a BridgeDomainName, &'a Attachment)>;

fn attachments<'a>(device: &DeviceName, services: &'a [Service]) -> Held<'a> {
    let of = |service: &'a Service| {
        let here = service.attachments.iter().filter(|one| one.device == *device);
        here.map(move |one| (&one.interface, (&service.name, one)))
    };
    services.iter().flat_map(of).collect()
}

fn the_only_domain(before: &[Service], after: &[Service], changes: &[Change]) -> Option<BridgeDomainName> {
    let holds = |service: &&Service, change: &Change| {
        service.attachments.iter().any(|one| {
            one.device == change.device
                && [&change.before, &change.after]
                    .into_iter()
                    .flatten()
                    .any(|attachment| attachment.interface == one.interface)
        })
    };
    let named: BTreeSet<&BridgeDomainName> = changes
        .iter()
        .flat_map(|change| {
            let all = before.iter().chain(after);
            all.filter(move |service| holds(service, change))
                .map(|service| &service.name)
        })
        .collect();
    match named.len() {
        1 => named.into_iter().next().cloned(),
        _ => None,
    }
}
