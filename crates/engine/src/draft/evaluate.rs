//! Applies a draft's edits to a service and derives the fabric attachments that follow.

use std::collections::BTreeSet;

use bk_model::classify::service_vlan;
use bk_model::offer::carries;
use bk_model::{
    Attachment, DeviceName, Encapsulation, Fabric, InterfaceName, Manipulation, Tier, VlanId, VlanList,
};

use super::derive::derive_fabric;
use super::findings::{Finding, Rule, check_change, check_service};
use super::{Cause, Change, ChangeId, Draft, Edit, Evaluation};

/// Evaluates a draft on a fabric. Pure: the same draft on the same base gives the same result, online or offline.
#[must_use]
pub fn evaluate(fabric: &Fabric, draft: &Draft) -> Evaluation {
    let domain = draft.domain().clone();
    let before = fabric
        .service(&domain)
        .map(|service| service.attachments.clone())
        .unwrap_or_default();
    let vlan_before = service_vlan(&before);
    let mut work = Work {
        slots: Slot::of(&before),
        vlan: vlan_before,
        findings: Vec::new(),
        left_out: Vec::new(),
        draft,
    };
    for edit in draft.edits() {
        work.apply(fabric, edit);
    }
    let Work {
        slots,
        vlan,
        mut findings,
        left_out,
        ..
    } = work;

    let slots = joined(slots);
    let mut changes: Vec<Change> = slots.iter().filter_map(Slot::change).collect();
    let access_after: Vec<Attachment> = slots.into_iter().filter_map(|slot| slot.after).collect();
    let vlan_after = vlan.or_else(|| service_vlan(&access_after));
    let derived = derive_fabric(
        fabric,
        &domain,
        &before,
        &access_after,
        (vlan_before, vlan_after),
        &changes,
    );
    findings.extend(derived.findings);
    changes.extend(derived.changes);
    changes.extend(left_out);
    // A person's change of a fabric port stands for the derived one; the finding stops the plan.
    let mut seen = BTreeSet::new();
    changes.retain(|change| seen.insert(change.id.clone()));

    let mut after = access_after;
    after.extend(derived.after);
    after.sort_by_key(|a| (tier(fabric, &a.device), a.device.clone(), a.is_fabric));
    let included: Vec<&Change> = changes.iter().filter(|change| change.included).collect();
    for change in &included {
        check_change(fabric, &domain, change, &included, &mut findings);
    }
    check_service(fabric, &domain, (vlan_before, vlan_after), &after, &mut findings);
    findings.sort_by_key(|finding| finding.severity);
    order(fabric, &mut changes);
    Evaluation {
        domain,
        vlan_before,
        vlan_after,
        before,
        after,
        changes,
        links: derived.links,
        findings,
    }
}

fn tier(fabric: &Fabric, device: &DeviceName) -> Tier {
    fabric
        .devices
        .get(device)
        .map_or(Tier::Unknown, |device| device.tier)
}

/// A person's changes by device, each followed by what was derived from it.
fn order(fabric: &Fabric, changes: &mut Vec<Change>) {
    let (mut ordered, derived): (Vec<Change>, Vec<Change>) =
        changes.drain(..).partition(|change| !change.is_derived());
    ordered.sort_by(|a, b| (&a.device, a.interface()).cmp(&(&b.device, b.interface())));
    let causes: Vec<ChangeId> = ordered.iter().map(|change| change.id.clone()).collect();
    let mut rest = derived;
    rest.sort_by_key(|change| {
        (
            std::cmp::Reverse(tier(fabric, &change.device)),
            change.device.clone(),
        )
    });
    for cause in causes.iter().rev() {
        let at = ordered
            .iter()
            .position(|change| change.id == *cause)
            .expect("the cause was taken from this list");
        let (with, without): (Vec<Change>, Vec<Change>) = rest.into_iter().partition(
            |change| matches!(&change.cause, Cause::Derived { from: Some(from) } if from == cause),
        );
        ordered.splice(at + 1..at + 1, with);
        rest = without;
    }
    ordered.extend(rest);
    *changes = ordered;
}

/// An access attachment on its way through the edits.
struct Slot {
    before: Option<Attachment>,
    after: Option<Attachment>,
}

impl Slot {
    fn of(before: &[Attachment]) -> Vec<Self> {
        before
            .iter()
            .filter(|a| !a.is_fabric)
            .map(|a| Self {
                before: Some(a.clone()),
                after: Some(a.clone()),
            })
            .collect()
    }

    fn holds(&self, device: &DeviceName, interface: &InterfaceName) -> bool {
        self.after
            .as_ref()
            .is_some_and(|a| a.device == *device && a.interface == *interface)
    }

    /// Takes an attachment where an older one of that name stood: with the same VLAN it stays as it was written.
    fn stand_again(&mut self, attachment: Attachment) {
        let as_written = self
            .before
            .clone()
            .filter(|b| b.encapsulation.single_vlan() == attachment.encapsulation.single_vlan());
        self.after = Some(as_written.unwrap_or(attachment));
    }

    fn change(&self) -> Option<Change> {
        let side = self.after.as_ref().or(self.before.as_ref())?;
        if self.before == self.after {
            return None;
        }
        Some(Change {
            id: ChangeId::new(&side.device, &side.interface),
            device: side.device.clone(),
            before: self.before.clone(),
            after: self.after.clone(),
            cause: Cause::Person,
            included: true,
        })
    }
}

/// An attachment that was taken away and stands again under the same interface is one change, not two.
fn joined(slots: Vec<Slot>) -> Vec<Slot> {
    let (mut kept, new): (Vec<Slot>, Vec<Slot>) = slots.into_iter().partition(|slot| slot.before.is_some());
    for slot in new {
        let Some(after) = slot.after else { continue };
        let same = kept.iter_mut().find(|old| {
            old.after.is_none()
                && old
                    .before
                    .as_ref()
                    .is_some_and(|b| b.device == after.device && b.interface == after.interface)
        });
        match same {
            Some(old) => old.stand_again(after),
            None => kept.push(Slot {
                before: None,
                after: Some(after),
            }),
        }
    }
    kept
}

struct Work<'a> {
    slots: Vec<Slot>,
    vlan: Option<VlanId>,
    findings: Vec<Finding>,
    left_out: Vec<Change>,
    draft: &'a Draft,
}

impl Work<'_> {
    fn apply(&mut self, fabric: &Fabric, edit: &Edit) {
        match edit {
            Edit::AddAttachment { device, port, vlan } => self.add(fabric, device, port, *vlan),
            Edit::RemoveAttachment { device, interface } => self.remove(device, interface),
            Edit::ChangeServiceVlan { vlan } => self.retag(*vlan),
        }
    }

    fn add(&mut self, fabric: &Fabric, device: &DeviceName, port: &InterfaceName, own: Option<VlanId>) {
        let Some(vlan) = own.or(self.vlan) else {
            self.findings.push(Finding::about(
                Rule::ServiceVlanUnknown,
                Some(device),
                Some(port.to_string()),
            ));
            return;
        };
        if port.is_subinterface() || !fabric.devices.contains_key(device) {
            self.findings.push(Finding::about(
                Rule::UnknownPort,
                Some(device),
                Some(port.to_string()),
            ));
            return;
        }
        let attachment = single_tagged(device.clone(), port, vlan, false);
        let id = ChangeId::new(device, &attachment.interface);
        if self.draft.is_left_out(&id) {
            self.left_out.push(Change {
                id,
                device: device.clone(),
                before: None,
                after: Some(attachment),
                cause: Cause::Person,
                included: false,
            });
            return;
        }
        if self
            .slots
            .iter()
            .any(|slot| slot.holds(device, &attachment.interface))
        {
            self.findings.push(Finding::about(
                Rule::AlreadyAttached,
                Some(device),
                Some(attachment.interface.to_string()),
            ));
            return;
        }
        self.slots.push(Slot {
            before: None,
            after: Some(attachment),
        });
    }

    fn remove(&mut self, device: &DeviceName, interface: &InterfaceName) {
        let Some(at) = self.slots.iter().position(|slot| slot.holds(device, interface)) else {
            self.findings.push(Finding::about(
                Rule::NotAttached,
                Some(device),
                Some(interface.to_string()),
            ));
            return;
        };
        let slot = &mut self.slots[at];
        let Some(before) = &slot.before else {
            self.slots.remove(at);
            return;
        };
        if !is_editable(before) {
            self.findings.push(Finding::about(
                Rule::TextOnly,
                Some(device),
                Some(interface.to_string()),
            ));
            return;
        }
        let id = ChangeId::new(device, &before.interface);
        if self.draft.is_left_out(&id) {
            self.left_out.push(Change {
                id,
                device: device.clone(),
                before: Some(before.clone()),
                after: None,
                cause: Cause::Person,
                included: false,
            });
            return;
        }
        slot.after = None;
    }

    fn retag(&mut self, new: VlanId) {
        let Some(old) = self.vlan else {
            self.findings
                .push(Finding::about(Rule::ServiceVlanUnknown, None, None));
            return;
        };
        for slot in &mut self.slots {
            let Some(after) = &slot.after else { continue };
            if after.encapsulation.single_vlan() != Some(old) || !is_editable(after) {
                self.findings.push(Finding::about(
                    Rule::TextOnly,
                    Some(&after.device),
                    Some(after.interface.to_string()),
                ));
                continue;
            }
            let moved = retagged(after, old, new);
            // Back on the old VLAN it is as it was written.
            let original = slot
                .before
                .as_ref()
                .filter(|b| b.interface == moved.interface && b.encapsulation.single_vlan() == Some(new));
            slot.after = Some(original.cloned().unwrap_or(moved));
        }
        self.vlan = Some(new);
    }
}

/// Tells whether this release of the editor may change the attachment: single-tagged, nothing manipulated.
pub(crate) fn is_editable(attachment: &Attachment) -> bool {
    attachment.interface.is_subinterface()
        && attachment.encapsulation.single_vlan().is_some()
        && attachment.manipulation.is_none()
}

/// Makes a new single-tagged attachment; its unit is the VLAN's number.
pub(super) fn single_tagged(
    device: DeviceName,
    port: &InterfaceName,
    vlan: VlanId,
    is_fabric: bool,
) -> Attachment {
    Attachment {
        device,
        interface: port.with_unit(vlan.into()),
        encapsulation: Encapsulation::Single { vlan, tpid: None },
        manipulation: Manipulation::default(),
        is_fabric,
        l2_service: true,
    }
}

/// Gives an attachment another VLAN. The written form is kept; the unit follows only where it was the VLAN's number.
pub(super) fn retagged(attachment: &Attachment, old: VlanId, new: VlanId) -> Attachment {
    let follows = attachment
        .interface
        .unit()
        .is_some_and(|unit| unit.get() == old.get());
    let interface = if follows {
        attachment.interface.with_unit(new.into())
    } else {
        attachment.interface.clone()
    };
    let encapsulation = match &attachment.encapsulation {
        Encapsulation::List { .. } => Encapsulation::List {
            vlans: VlanList::parse(&new.to_string()).expect("a VLAN id is a list of one"),
        },
        Encapsulation::Single { tpid, .. } => Encapsulation::Single {
            vlan: new,
            tpid: *tpid,
        },
        other => other.clone(),
    };
    Attachment {
        interface,
        encapsulation,
        ..attachment.clone()
    }
}

/// Returns the devices of some attachments.
pub(crate) fn devices_of<'a>(attachments: impl IntoIterator<Item = &'a Attachment>) -> BTreeSet<DeviceName> {
    attachments.into_iter().map(|a| a.device.clone()).collect()
}

/// Tells whether the attachment carries `vlan` and nothing rewrites it.
pub(super) fn carries_plainly(attachment: &Attachment, vlan: VlanId) -> bool {
    attachment.manipulation.is_none()
        && attachment.encapsulation.single_vlan() == Some(vlan)
        && carries(&attachment.encapsulation, vlan)
}
