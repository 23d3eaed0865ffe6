//! Parts of a plan: what goes on without a device or an object, and what goes one after the other (DESIGN 6).
//!
//! A part is a plan of its own, with its own hash, proof and validation: the draft with the other changes left out. What
//! the topology derives comes with it, so no part leaves a fabric half-built: it brings the links that it needs and takes
//! away those that end with it.

use std::collections::{BTreeMap, BTreeSet};

use bk_model::DeviceName;
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::build::make_plan;
use super::{Base, Plan, PlanError};
use crate::draft::{Change, ChangeId, Draft, Sign};

/// What is left out of a plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LeftOut {
    /// Every change on a device.
    Device(DeviceName),
    /// The changes of an object of a device, by its path.
    Object {
        /// The device.
        device: DeviceName,
        /// `interfaces X`, or the instance of the service.
        object: String,
    },
}

/// A plan without a part of another, and what was left out of it: that stays in the draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Child {
    /// The plan.
    pub plan: Plan,
    /// The person's changes that are left out.
    pub left_out: Vec<ChangeId>,
}

/// A part that goes as one transaction.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Devices on which a person changed something.
    pub devices: Vec<DeviceName>,
    /// These changes.
    pub changes: Vec<ChangeId>,
}

/// Why a part can't go without the rest.
#[derive(Debug, Error)]
pub enum NotSeparable {
    /// A rollback goes back everywhere or nowhere.
    #[error("a rollback is one transaction")]
    Rollback,
    /// A clean-up is chosen by device instead.
    #[error("a clean-up is one transaction")]
    CleanUp,
    /// Another service VLAN concerns every attachment at once.
    #[error("the service VLAN changes on every attachment at once")]
    ServiceVlan,
    /// The device carries the service for others: without it the path is broken.
    #[error("{device} carries the service for {}", names(parts))]
    Carries {
        /// The device.
        device: DeviceName,
        /// Devices whose changes need it.
        parts: Vec<DeviceName>,
    },
    /// Another change touches the same object.
    #[error("other changes on {device} touch {object} too")]
    StillTouched {
        /// The device.
        device: DeviceName,
        /// The object.
        object: String,
    },
    /// Nothing else is in the plan.
    #[error("nothing else is in the plan")]
    NothingLeft,
    /// Validation stands against the rest, or no plan can be made of it.
    #[error("the rest can't be planned")]
    Plan {
        /// Why.
        #[source]
        source: Box<PlanError>,
    },
}

fn names(devices: &[DeviceName]) -> String {
    let names: Vec<&str> = devices.iter().map(DeviceName::as_str).collect();
    names.join(", ")
}

/// Plans a draft without some of it. `whole` is the plan of the draft as it stands.
///
/// # Errors
/// [`NotSeparable`] with the reason, such as a path that would break.
pub fn without(
    base: Base<'_>,
    draft: &Draft,
    whole: &Plan,
    left_out: &[LeftOut],
) -> Result<Child, NotSeparable> {
    let person = separable(whole)?;
    let is_out = |change: &&Change| {
        left_out.iter().any(|out| match out {
            LeftOut::Device(device) => change.device == *device,
            LeftOut::Object { device, object } => {
                let own = format!("interfaces {}", change.interface());
                let of_instance = object.starts_with("network-services ");
                change.device == *device && (of_instance || own == *object)
            }
        })
    };
    let (out, kept): (Vec<&Change>, Vec<&Change>) = person.into_iter().partition(is_out);
    if kept.is_empty() {
        return Err(NotSeparable::NothingLeft);
    }
    let out: Vec<ChangeId> = out.into_iter().map(|change| change.id.clone()).collect();
    let plan = plan_but(base, draft, &out)?;
    let parts = || {
        let devices: BTreeSet<DeviceName> = kept.iter().map(|change| change.device.clone()).collect();
        devices.into_iter().collect()
    };
    for one in left_out {
        match one {
            LeftOut::Device(device) if plan.devices.iter().any(|step| step.device == *device) => {
                let device = device.clone();
                return Err(NotSeparable::Carries {
                    device,
                    parts: parts(),
                });
            }
            LeftOut::Object { device, object } => {
                let step = plan.devices.iter().find(|step| step.device == *device);
                let touched =
                    step.is_some_and(|step| step.touched.iter().any(|path| path.as_str() == object));
                if touched {
                    return Err(NotSeparable::StillTouched {
                        device: device.clone(),
                        object: object.clone(),
                    });
                }
            }
            LeftOut::Device(_) => {}
        }
    }
    Ok(Child { plan, left_out: out })
}

/// Splits the plan of a draft into parts, in the order in which they go: each is what a person changed on one device.
/// What adds goes before what only takes away; within that the order of the execution groups holds. Changes that can't
/// stand alone are one part together.
///
/// # Errors
/// [`NotSeparable`] if the plan can't be split at all.
pub fn parts(base: Base<'_>, draft: &Draft, whole: &Plan) -> Result<Vec<Part>, NotSeparable> {
    let mut by_device: BTreeMap<&DeviceName, Vec<&Change>> = BTreeMap::new();
    for change in separable(whole)? {
        by_device.entry(&change.device).or_default().push(change);
    }
    let group = |device: &DeviceName| {
        let step = whole.devices.iter().find(|step| step.device == *device);
        step.map_or(0, |step| step.group)
    };
    let mut split: Vec<(bool, u32, Part)> = Vec::new();
    for (device, changes) in by_device {
        let only_removes = changes.iter().all(|change| change.sign() == Sign::Removed);
        let part = Part {
            devices: vec![device.clone()],
            changes: changes.iter().map(|change| change.id.clone()).collect(),
        };
        split.push((only_removes, group(device), part));
    }
    split.sort_by_key(|part| (part.0, part.1));
    let split: Vec<Part> = split.into_iter().map(|(.., part)| part).collect();
    let alone = |part: &Part| of_part(base, draft, whole, part).is_ok();
    let (mut stand, fall): (Vec<Part>, Vec<Part>) = split.iter().cloned().partition(alone);
    if let Some(bundle) = joined(fall) {
        stand.push(bundle);
        if stand.last().is_some_and(|bundle| !alone(bundle)) {
            return Ok(joined(split).into_iter().collect());
        }
    }
    Ok(stand)
}

/// Plans one part of a draft, on the records as they are now.
///
/// # Errors
/// [`NotSeparable::Plan`] if validation stands against it.
pub fn of_part(base: Base<'_>, draft: &Draft, whole: &Plan, part: &Part) -> Result<Plan, NotSeparable> {
    let others: Vec<ChangeId> = separable(whole)?
        .into_iter()
        .map(|change| change.id.clone())
        .filter(|id| !part.changes.contains(id))
        .collect();
    plan_but(base, draft, &others)
}

fn joined(parts: Vec<Part>) -> Option<Part> {
    parts.into_iter().reduce(|mut all, part| {
        all.devices.extend(part.devices);
        all.changes.extend(part.changes);
        all
    })
}

/// The person's changes of a plan, if each can be left out on its own.
fn separable(whole: &Plan) -> Result<Vec<&Change>, NotSeparable> {
    whole.kind.separable()?;
    let person: Vec<&Change> = whole
        .changes
        .iter()
        .filter(|change| change.included && !change.is_derived())
        .collect();
    match person.iter().any(|change| change.sign() == Sign::Changed) {
        true => Err(NotSeparable::ServiceVlan),
        false => Ok(person),
    }
}

fn plan_but(base: Base<'_>, draft: &Draft, left_out: &[ChangeId]) -> Result<Plan, NotSeparable> {
    let mut rest = draft.clone();
    for id in left_out {
        rest.set_included(id.clone(), false);
    }
    make_plan(base, &rest).map_err(|source| NotSeparable::Plan {
        source: Box::new(source),
    })
}
