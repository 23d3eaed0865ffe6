//! Execution groups: adding, spines before leaves; removing, leaves before spines (DESIGN 5).

use std::collections::BTreeMap;

use bk_model::{DeviceName, Link};

use super::{Constraint, DevicePlan};
use crate::draft::{Change, Sign};

/// Gives each device its group: 1 plus the longest chain of devices that must commit before it.
///
/// A link whose both ends change and that gains the service orders its upper device first; one that loses it orders
/// its lower device first. Where a link does both (another VLAN), the gaining rule holds.
pub(crate) fn assign_groups(devices: &mut [DevicePlan], links: &[Link], changes: &[Change]) {
    let mut after: BTreeMap<DeviceName, Vec<(DeviceName, Constraint)>> = BTreeMap::new();
    let planned = |name: &DeviceName| devices.iter().any(|device| device.device == *name);
    for link in links
        .iter()
        .filter(|link| planned(&link.upper.device) && planned(&link.lower.device))
    {
        let sign = |end: &bk_model::LinkEnd| {
            changes
                .iter()
                .find(|c| c.included && c.device == end.device && c.interface().parent() == end.interface)
                .map(Change::sign)
        };
        match (sign(&link.upper), sign(&link.lower)) {
            (Some(Sign::Removed), Some(Sign::Removed)) => {
                after
                    .entry(link.upper.device.clone())
                    .or_default()
                    .push((link.lower.device.clone(), Constraint::AfterItsLower));
            }
            (Some(_), Some(_)) => {
                after
                    .entry(link.lower.device.clone())
                    .or_default()
                    .push((link.upper.device.clone(), Constraint::AfterItsUpper));
            }
            _ => {}
        }
    }
    // The fabric has three tiers, so chains are short; a cycle (a device that both gains above and loses below) ends here.
    for _ in 0..devices.len() {
        let known: BTreeMap<DeviceName, u32> = devices
            .iter()
            .map(|device| (device.device.clone(), device.group))
            .collect();
        for device in devices.iter_mut() {
            for (before, constraint) in after.get(&device.device).into_iter().flatten() {
                let behind = known[before] + 1;
                let limit = u32::try_from(known.len()).unwrap_or(u32::MAX);
                if behind > device.group && behind <= limit {
                    device.group = behind;
                    device.constraint = Some(*constraint);
                }
            }
        }
    }
}
