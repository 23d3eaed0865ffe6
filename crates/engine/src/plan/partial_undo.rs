//! Going back where a deployment can't be undone as it was done, because others changed the same objects since (DESIGN 6).

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{ConfigPath, ConfigText, Tree, apply, canonical};
use bk_model::{DeviceName, Link, LinkEnd, Service};

use super::build::record;
use super::restore::services_with;
use super::{Base, DevicePlan, Plan, PlanError, make_restore};
use crate::drift::{DriftObject, objects_as_in};

/// An object that no longer holds what a deployment left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overlap {
    /// The device.
    pub device: DeviceName,
    /// The object.
    pub object: DriftObject,
    /// Lines that the deployment left.
    pub left: Vec<String>,
    /// Lines there now.
    pub now: Vec<String>,
}

/// How far a deployment is taken back where others changed its objects since.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TakeBack {
    /// Only the objects that hold what it left. On a device where one does not, its bridge domain stays too. Refused where
    /// that would cut off ends that others use.
    Rest,
    /// All its objects, over what came after it.
    Over,
}

/// One device of a deployment: what its objects were before it and what it left.
struct Done {
    objects: BTreeSet<DriftObject>,
    before: Tree,
    left: Tree,
}

/// Finds the objects of a deployment that others changed since, on meaning.
///
/// # Errors
/// [`PlanError`] if a device has no record, or the stored plan can't be read.
pub fn overlaps(base: Base<'_>, done: &Plan) -> Result<Vec<Overlap>, PlanError> {
    let mut found = Vec::new();
    for step in &done.devices {
        let (_, now) = record(base, &step.device)?;
        let done = Done::of(step, now)?;
        for object in &done.objects {
            let (left, now) = (done.lines(&done.left, object), done.lines(now, object));
            if left != now {
                found.push(Overlap {
                    device: step.device.clone(),
                    object: object.clone(),
                    left: left.into_iter().collect(),
                    now: now.into_iter().collect(),
                });
            }
        }
    }
    Ok(found)
}

/// Plans what takes objects of a deployment back to what they were before it, on the records of today.
///
/// # Errors
/// [`PlanError`]; no plan is made whose reverse is not proven.
pub fn make_take_back(base: Base<'_>, done: &Plan, how: TakeBack) -> Result<Plan, PlanError> {
    let overlaps = overlaps(base, done)?;
    let mut wanted = BTreeMap::new();
    for step in &done.devices {
        let (_, now) = record(base, &step.device)?;
        let done = Done::of(step, now)?;
        let own = |overlap: &&Overlap| overlap.device == step.device;
        let changed: BTreeSet<&DriftObject> = overlaps
            .iter()
            .filter(own)
            .map(|overlap| &overlap.object)
            .collect();
        let mut back: Vec<DriftObject> = done.objects.iter().cloned().collect();
        if how == TakeBack::Rest && !changed.is_empty() {
            back.retain(|object| !changed.contains(object) && !matches!(object, DriftObject::Domain { .. }));
        }
        if !back.is_empty() {
            wanted.insert(step.device.clone(), objects_as_in(now, &done.before, &back));
        }
    }
    if how == TakeBack::Rest {
        cuts_nothing_off(base, &wanted)?;
    }
    make_restore(base, &wanted)
}

/// Refuses what would part ends that are joined now and stay.
fn cuts_nothing_off(base: Base<'_>, wanted: &BTreeMap<DeviceName, Tree>) -> Result<(), PlanError> {
    let links = &base.fabric.links;
    for after in services_with(base.fabric, wanted) {
        let Some(before) = base.fabric.service(&after.name) else {
            continue;
        };
        let (was, is) = (joined(before, links), joined(&after, links));
        let stay: BTreeSet<&DeviceName> = after.access().map(|end| &end.device).collect();
        for part in &was {
            let mut staying = part.iter().filter(|device| stay.contains(device));
            let Some(first) = staying.next() else { continue };
            let with_first = is.iter().find(|part| part.contains(first));
            if let Some(device) =
                staying.find(|device| !with_first.is_some_and(|part| part.contains(*device)))
            {
                return Err(PlanError::CutsOff {
                    device: device.clone(),
                    domain: after.name,
                });
            }
        }
    }
    Ok(())
}

/// The devices of a service, in parts that its fabric attachments join.
fn joined(service: &Service, links: &[Link]) -> Vec<BTreeSet<DeviceName>> {
    let carries = |end: &LinkEnd| {
        service
            .attachments
            .iter()
            .any(|one| one.is_fabric && one.device == end.device && one.interface.parent() == end.interface)
    };
    let mut parts: Vec<BTreeSet<DeviceName>> = service
        .devices
        .iter()
        .map(|device| BTreeSet::from([device.clone()]))
        .collect();
    for link in links
        .iter()
        .filter(|link| carries(&link.upper) && carries(&link.lower))
    {
        let touches = |part: &BTreeSet<DeviceName>| {
            part.contains(&link.upper.device) || part.contains(&link.lower.device)
        };
        let (whole, rest): (Vec<_>, Vec<_>) = parts.into_iter().partition(touches);
        parts = rest;
        parts.push(whole.into_iter().flatten().collect());
    }
    parts
}

impl Done {
    fn of(step: &DevicePlan, now: &Tree) -> Result<Self, PlanError> {
        let not_proven = || PlanError::NotProven {
            device: step.device.clone(),
        };
        let objects: BTreeSet<DriftObject> = step
            .changed_paths()
            .map(|path| DriftObject::of_path(path.as_str()))
            .collect();
        // Of an interface that only joined or left an instance the plan keeps no lines: its own did not change.
        let mut text = step.base_text.clone();
        for object in &objects {
            let DriftObject::Interface { interface } = object else {
                continue;
            };
            let own = ConfigPath::new(&format!("interfaces {interface}"));
            if !step.touched.contains(&own) {
                let lines = now.leaves().filter(|leaf| leaf.path.is_under(&own));
                text.extend(lines.map(|leaf| format!("{}\n", leaf.path)));
            }
        }
        let text = ConfigText::new(text).map_err(|_| not_proven())?;
        let before = Tree::read_flattened(&text).0;
        let left = apply(&before, &step.forward).map_err(|_| not_proven())?;
        Ok(Self {
            objects,
            before,
            left,
        })
    }

    /// The meaning of an object, a line each. Members that others gave to an instance which goes as a whole count as its.
    fn lines(&self, tree: &Tree, object: &DriftObject) -> BTreeSet<String> {
        let goes = match object {
            DriftObject::Domain { .. } => {
                let path = ConfigPath::new(&object.path());
                let held = self.before.leaves().any(|leaf| leaf.path.is_under(&path));
                (!held).then_some(path)
            }
            _ => None,
        };
        let belongs = |line: &&str| {
            let of = DriftObject::of_path(line);
            let within = (goes.as_ref()).is_some_and(|instance| ConfigPath::new(line).is_under(instance));
            of == *object || (within && !self.objects.contains(&of))
        };
        canonical(tree)
            .lines()
            .filter(belongs)
            .map(str::to_owned)
            .collect()
    }
}
