//! Fabric attachments follow from the topology and are recomputed after each edit (DESIGN 5, DOMAIN 9).

use std::collections::BTreeSet;

use bk_model::topology::{PathError, links_for_service};
use bk_model::{Attachment, BridgeDomainName, DeclaredScope, DeviceName, Fabric, Link, LinkEnd, VlanId};

use super::evaluate::{carries_plainly, devices_of, is_editable, retagged, single_tagged};
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
    /// What stands against it.
    pub(super) findings: Vec<Finding>,
}

pub(super) fn derive_fabric(
    fabric: &Fabric,
    domain: &BridgeDomainName,
    before: &[Attachment],
    access_after: &[Attachment],
    (vlan_before, vlan_after): (Option<VlanId>, Option<VlanId>),
    person: &[Change],
) -> Derived {
    let existing: Vec<&Attachment> = before.iter().filter(|a| a.is_fabric).collect();
    let paths = Paths::of(fabric, domain, before, access_after);
    // Without an edit nothing follows: a draft repairs nothing that nobody asked for.
    if person.is_empty() && vlan_before == vlan_after {
        return Derived {
            after: existing.into_iter().cloned().collect(),
            changes: Vec::new(),
            links: links_at(fabric, &paths.after),
            findings: Vec::new(),
        };
    }
    let mut findings = paths.findings(fabric);
    let ends_after = ends(fabric, &paths.after);
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
        let end = end_of(attachment);
        let obsolete = paths.is_obsolete(fabric, &end);
        if obsolete && is_editable(attachment) {
            push(Some(attachment), None);
            continue;
        }
        let about = |rule| {
            Finding::about(
                rule,
                Some(&attachment.device),
                Some(attachment.interface.to_string()),
            )
        };
        let mut now = attachment.clone();
        match (vlan_before, vlan_after) {
            (Some(old), Some(new)) if old != new && carries_plainly(attachment, old) => {
                now = retagged(attachment, old, new);
            }
            (None, Some(new)) if ends_after.contains(&end) && !carries_plainly(attachment, new) => {
                findings.push(about(Rule::OwnTag).with(new.to_string()));
            }
            (old, new) if obsolete || (old.is_some() && old != new) => findings.push(about(Rule::TextOnly)),
            _ => {}
        }
        served.insert(end);
        push(Some(attachment), Some(now));
    }
    let mut missing = ends_after.difference(&served).peekable();
    match vlan_after {
        Some(vlan) => missing.for_each(|end| {
            push(
                None,
                Some(single_tagged(end.device.clone(), &end.interface, vlan, true)),
            );
        }),
        None if missing.peek().is_some() => {
            findings.push(Finding::about(Rule::ServiceVlanUnknown, None, None));
        }
        None => {}
    }
    Derived {
        after,
        changes,
        links: links_at(fabric, &paths.after),
        findings,
    }
}

/// The links that a service needs before and after an edit.
struct Paths {
    carrying: BTreeSet<usize>,
    before: BTreeSet<usize>,
    after: BTreeSet<usize>,
    /// Devices that take part before and no longer after.
    left: BTreeSet<DeviceName>,
    /// Why no path exists, if so.
    broken: Option<PathError>,
}

impl Paths {
    fn of(
        fabric: &Fabric,
        domain: &BridgeDomainName,
        before: &[Attachment],
        access_after: &[Attachment],
    ) -> Self {
        let existing: Vec<&Attachment> = before.iter().filter(|a| a.is_fabric).collect();
        let carrying: BTreeSet<usize> = (0..fabric.links.len())
            .filter(|at| carried(&fabric.links[*at], &existing))
            .collect();
        let access_before = devices_of(before.iter().filter(|a| !a.is_fabric));
        let access_after = devices_of(access_after);
        // Instances of one local name that stand on several devices with nothing between them stay apart.
        let apart =
            domain.facts().scope == DeclaredScope::Local && existing.is_empty() && access_before.len() > 1;
        let needed = |access: &BTreeSet<DeviceName>| match apart {
            true => Ok(BTreeSet::new()),
            false => links_for_service(&fabric.devices, &fabric.links, access, &carrying),
        };
        let needed_before = needed(&access_before).unwrap_or_default();
        // Without a path nothing is derived; what stands is left alone and the error stops the plan.
        let (needed_after, broken) = match needed(&access_after) {
            Ok(links) => (links, None),
            Err(error) => (needed_before.clone(), Some(error)),
        };
        let taking_part = |access: &BTreeSet<DeviceName>, links: &BTreeSet<usize>| -> BTreeSet<DeviceName> {
            let on_path = ends(fabric, links).into_iter().map(|end| end.device);
            on_path.chain(access.iter().cloned()).collect()
        };
        let left = &taking_part(&access_before, &needed_before) - &taking_part(&access_after, &needed_after);
        Self {
            left: if broken.is_some() { BTreeSet::new() } else { left },
            carrying,
            before: needed_before,
            after: needed_after,
            broken,
        }
    }

    /// Tells whether an end carried the service and leads nowhere after the edit: it is off the path, or the device on
    /// either side of its link takes part no longer (a second uplink of a leaf that leaves).
    fn is_obsolete(&self, fabric: &Fabric, end: &LinkEnd) -> bool {
        if self.broken.is_some() || ends(fabric, &self.after).contains(end) {
            return false;
        }
        let beyond = self.carrying.iter().map(|at| &fabric.links[*at]);
        ends(fabric, &self.before).contains(end)
            || self.left.contains(&end.device)
            || beyond
                .filter(|link| link.upper == *end || link.lower == *end)
                .any(|link| self.left.contains(&link.upper.device) || self.left.contains(&link.lower.device))
    }

    fn findings(&self, fabric: &Fabric) -> Vec<Finding> {
        let broken = self
            .broken
            .as_ref()
            .map(|error| Finding::about(Rule::BrokenPath, None, Some(error.to_string())));
        // Parts that no link joins today are one service by name only; an edit would join them.
        let gaps: BTreeSet<&DeviceName> = (self.before.difference(&self.carrying))
            .filter(|at| self.after.contains(at))
            .map(|at| &fabric.links[*at].lower.device)
            .collect();
        let gap = (!gaps.is_empty()).then(|| {
            let names: Vec<&str> = gaps.into_iter().map(DeviceName::as_str).collect();
            Finding::about(Rule::PartsJoined, None, Some(names.join(", ")))
        });
        broken.into_iter().chain(gap).collect()
    }
}

fn ends(fabric: &Fabric, links: &BTreeSet<usize>) -> BTreeSet<LinkEnd> {
    links
        .iter()
        .flat_map(|at| [fabric.links[*at].upper.clone(), fabric.links[*at].lower.clone()])
        .collect()
}

fn end_of(attachment: &Attachment) -> LinkEnd {
    LinkEnd {
        device: attachment.device.clone(),
        interface: attachment.interface.parent(),
    }
}

fn links_at(fabric: &Fabric, links: &BTreeSet<usize>) -> Vec<Link> {
    links.iter().map(|at| fabric.links[*at].clone()).collect()
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
fn cause_of(fabric: &Fabric, device: &DeviceName, person: &[Change]) -> Option<ChangeId> {
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
