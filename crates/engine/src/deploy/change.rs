//! What a deployment does, device by device: a plan reduced to what the machine needs.

use std::collections::BTreeSet;

use bk_config::{CliLine, ConfigText, TreeDelta};
use bk_model::{BridgeDomainName, DeviceName, InterfaceName};

use super::lines::{Delta, LineSet};
use crate::plan::{DevicePlan, Plan, PlanKind};

/// The part of a plan that concerns one device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceChange {
    /// The device.
    pub device: DeviceName,
    /// Paths of the objects that change: `interfaces X`, `network-services bridge-domain instance B`.
    pub touched: Vec<String>,
    /// The lines of the touched objects that the plan started from. Other lines are drift.
    pub base: LineSet,
    /// Lines to send, in order.
    pub forward: Vec<CliLine>,
    /// Lines that take them back, in order.
    pub reverse: Vec<CliLine>,
    /// What the forward lines change, device-wide.
    pub predicted: Delta,
    /// Devices with a lower number are committed first.
    pub group: u32,
    /// Whether it brings back what a deployment replaced, orphans that stood there too.
    pub brings_back: bool,
}

/// A link that a service crosses after the change: the interface that carries it at each end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hop {
    /// The service.
    pub domain: BridgeDomainName,
    /// The end nearer to the leaves.
    pub lower: (DeviceName, InterfaceName),
    /// The end nearer to the superspine.
    pub upper: (DeviceName, InterfaceName),
}

/// A plan as the deployment executes it.
#[derive(Clone, Debug, PartialEq)]
pub struct DeploymentPlan {
    /// Hash of the plan, as it is stored.
    pub hash: String,
    /// Devices that change.
    pub devices: Vec<DeviceChange>,
    /// Services that the plan changes.
    pub domains: Vec<BridgeDomainName>,
    /// Links that these services cross after the change.
    pub hops: Vec<Hop>,
}

impl DeploymentPlan {
    /// Tells whether there is nothing to send.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.devices.iter().all(|device| device.forward.is_empty())
    }
}

impl From<&Plan> for DeploymentPlan {
    fn from(plan: &Plan) -> Self {
        Self {
            hash: plan.hash.to_hex(),
            devices: plan
                .devices
                .iter()
                .filter(|device| !device.forward.is_empty())
                .map(|device| DeviceChange {
                    brings_back: matches!(plan.kind, PlanKind::Undo { .. } | PlanKind::Restore),
                    ..DeviceChange::from(device)
                })
                .collect(),
            domains: domains(plan),
            hops: hops(plan),
        }
    }
}

impl From<&DevicePlan> for DeviceChange {
    fn from(plan: &DevicePlan) -> Self {
        let touched: Vec<String> = plan.touched.iter().map(|path| path.as_str().to_owned()).collect();
        let text =
            ConfigText::new(plan.base_text.as_str()).expect("the base is a part of a configuration text");
        Self {
            device: plan.device.clone(),
            base: LineSet::of_text(&text).within(&touched),
            touched,
            forward: plan.forward.clone(),
            reverse: plan.reverse.clone(),
            predicted: Delta::from(&plan.predicted),
            group: plan.group,
            brings_back: false,
        }
    }
}

impl From<&TreeDelta> for Delta {
    /// An entry that only loses or gains the mark "without leaves" does not count: it stands before and after.
    fn from(delta: &TreeDelta) -> Self {
        let owned = |path: &bk_config::ConfigPath| path.as_str().to_owned();
        let added: BTreeSet<String> = delta
            .added
            .iter()
            .chain(delta.changed.iter().map(|line| &line.after))
            .map(owned)
            .collect();
        let removed: BTreeSet<String> = delta
            .removed
            .iter()
            .chain(delta.changed.iter().map(|line| &line.before))
            .map(owned)
            .collect();
        let is_parent = |path: &String, of: &BTreeSet<String>| {
            let prefix = format!("{path} ");
            of.range(prefix.clone()..)
                .next()
                .is_some_and(|line| line.starts_with(&prefix))
        };
        Self {
            added: added
                .iter()
                .filter(|line| !is_parent(line, &removed))
                .cloned()
                .collect(),
            removed: removed
                .iter()
                .filter(|line| !is_parent(line, &added))
                .cloned()
                .collect(),
        }
    }
}

/// The services whose tables tell whether the change holds.
fn domains(plan: &Plan) -> Vec<BridgeDomainName> {
    let touched = plan.devices.iter().flat_map(|device| &device.touched);
    let instances = touched.filter_map(|path| {
        let name = path
            .as_str()
            .strip_prefix("network-services bridge-domain instance ")?;
        BridgeDomainName::new(name).ok()
    });
    let named: BTreeSet<BridgeDomainName> = plan.domain.iter().cloned().chain(instances).collect();
    named.into_iter().collect()
}

fn hops(plan: &Plan) -> Vec<Hop> {
    let mut hops = Vec::new();
    let Some(domain) = &plan.domain else {
        return hops;
    };
    for link in &plan.links {
        let at = |end: &bk_model::LinkEnd| {
            let carries =
                |a: &&bk_model::Attachment| a.device == end.device && a.interface.parent() == end.interface;
            plan.after
                .iter()
                .find(carries)
                .map(|a| (a.device.clone(), a.interface.clone()))
        };
        if let (Some(upper), Some(lower)) = (at(&link.upper), at(&link.lower)) {
            hops.push(Hop {
                domain: domain.clone(),
                lower,
                upper,
            });
        }
    }
    hops
}
