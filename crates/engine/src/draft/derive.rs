//! Fabric attachments follow from the topology and are recomputed after each edit (DESIGN 5, DOMAIN 9).

use std::collections::BTreeSet;

use bk_model::topology::links_for_service;
use bk_model::{Attachment, Fabric, Link, LinkEnd, VlanId};

use super::evaluate::{carries_plainly, devices_of, retagged, single_tagged};
use super::findings::{Finding, Rule};
use super::{Cause, Change, ChangeId};

/// What the topology asks for.
pub(super) struct Derived {
    /// Fabric attachments after.
    pub(super) after: Vec<Attachment>,
    /// Their changes.
    pub(super) changes: Vec<Change>,
    /// Links that carry the service after.
    pub(super) links: Vec<Link>,
    /// Why no path exists, if so.
    pub(super) finding: Option<Finding>,
}

pub(super) fn derive_fabric(
    fabric: &Fabric,
    before: &[Attachment],
    access_after: &[Attachment],
    vlan_before: Option<VlanId>,
    vlan_after: Option<VlanId>,
    person: &[Change],
) -> Derived {
    let existing: Vec<&Attachment> = before.iter().filter(|a| a.is_fabric).collect();
    let carrying: BTreeSet<usize> = (0..fabric.links.len())
        .filter(|at| carried(&fabric.links[*at], &existing))
        .collect();
    let access_before = devices_of(before.iter().filter(|a| !a.is_fabric));
    let needed_before =
        links_for_service(&fabric.devices, &fabric.links, &access_before, &carrying).unwrap_or_default();
    let (needed_after, finding) = match links_for_service(
        &fabric.devices,
        &fabric.links,
        &devices_of(access_after),
        &carrying,
    ) {
        Ok(links) => (links, None),
        // Without a path nothing is derived; what stands is left alone and the error stops the plan.
        Err(error) => (
            needed_before.clone(),
            Some(Finding::about(Rule::BrokenPath, None, Some(error.to_string()))),
        ),
    };
    let ends = |chosen: &BTreeSet<usize>| -> BTreeSet<LinkEnd> {
        chosen
            .iter()
            .flat_map(|at| [fabric.links[*at].upper.clone(), fabric.links[*at].lower.clone()])
            .collect()
    };
    let (ends_before, ends_after) = (ends(&needed_before), ends(&needed_after));

    let mut after = Vec::new();
    let mut changes = Vec::new();
    let mut push = |before: Option<&Attachment>, now: Option<Attachment>| {
        if before != now.as_ref() {
            let side = now
                .as_ref()
                .or(before)
                .expect("one side is set at each call below");
            let from = cause_of(fabric, &side.device, person);
            changes.push(Change {
                id: ChangeId::new(&side.device, &side.interface),
                device: side.device.clone(),
                before: before.cloned(),
                after: now.clone(),
                cause: Cause::Derived { from },
                included: true,
            });
        }
        after.extend(now);
    };
    let mut served: BTreeSet<LinkEnd> = BTreeSet::new();
    for attachment in existing {
        let end = LinkEnd {
            device: attachment.device.clone(),
            interface: attachment.interface.parent(),
        };
        let plain = vlan_before.is_some_and(|vlan| carries_plainly(attachment, vlan));
        let obsolete = ends_before.contains(&end) && !ends_after.contains(&end);
        if obsolete && plain {
            push(Some(attachment), None);
            continue;
        }
        served.insert(end);
        let now = match (vlan_before, vlan_after) {
            (Some(old), Some(new)) if old != new && plain => retagged(attachment, old, new),
            _ => attachment.clone(),
        };
        push(Some(attachment), Some(now));
    }
    if let Some(vlan) = vlan_after {
        for end in ends_after.difference(&served) {
            push(
                None,
                Some(single_tagged(end.device.clone(), &end.interface, vlan, true)),
            );
        }
    }
    Derived {
        after,
        changes,
        links: needed_after
            .into_iter()
            .map(|at| fabric.links[at].clone())
            .collect(),
        finding,
    }
}

/// Tells whether both ends of a link hold an attachment.
fn carried(link: &Link, existing: &[&Attachment]) -> bool {
    [&link.upper, &link.lower].into_iter().all(|end| {
        existing
            .iter()
            .any(|a| a.device == end.device && a.interface.parent() == end.interface)
    })
}

/// Returns the person's change that a derived change on `device` goes with: on the device itself, below it, or the first.
fn cause_of(fabric: &Fabric, device: &bk_model::DeviceName, person: &[Change]) -> Option<ChangeId> {
    let mut below = BTreeSet::from([device.clone()]);
    loop {
        if let Some(change) = person.iter().find(|change| below.contains(&change.device)) {
            return Some(change.id.clone());
        }
        let next: BTreeSet<_> = fabric
            .links
            .iter()
            .filter(|link| below.contains(&link.upper.device))
            .map(|link| link.lower.device.clone())
            .collect();
        let grown = below.union(&next).cloned().collect::<BTreeSet<_>>();
        if grown.len() == below.len() {
            return person.first().map(|change| change.id.clone());
        }
        below = grown;
    }
}
