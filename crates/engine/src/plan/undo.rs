//! Undo of a deployment as a new plan (DESIGN 6).

use std::collections::BTreeSet;

use bk_config::{ConfigPath, Tree, apply, canonical};
use bk_model::classify::service_vlan;
use bk_model::{Attachment, DeviceName};
use thiserror::Error;

use super::build::{hash_plan, plan_device, record, unchanged_devices};
use super::groups::assign_groups;
use super::{Base, Plan, PlanError, PlanKind, Role};
use crate::deploy::DeploymentId;
use crate::draft::Change;

/// Why a deployment can't be undone as it was done.
#[derive(Debug, Error)]
pub enum UndoRefused {
    /// The objects it changed are not as it left them.
    #[error("{device} no longer holds what deployment {deployment} left: {} lines differ", lines.len())]
    Changed {
        /// The deployment.
        deployment: DeploymentId,
        /// The device.
        device: DeviceName,
        /// Lines that differ, `+` for those there now, `-` for those missing.
        lines: Vec<String>,
    },
    /// The deployment changed nothing.
    #[error("deployment {deployment} changed nothing")]
    Nothing {
        /// The deployment.
        deployment: DeploymentId,
    },
    /// No plan can be made of the reverse lines.
    #[error("the undo of deployment {deployment} can't be planned")]
    Plan {
        /// The deployment.
        deployment: DeploymentId,
        /// Why.
        #[source]
        source: Box<PlanError>,
    },
}

/// Plans the undo of `done`, which was deployed as `deployment`, on the records of today.
///
/// The objects that it touched must still mean what it left; changes of other objects do not matter and stay.
///
/// # Errors
/// [`UndoRefused`].
pub fn make_undo(base: Base<'_>, done: &Plan, deployment: DeploymentId) -> Result<Plan, UndoRefused> {
    if done.is_empty() {
        return Err(UndoRefused::Nothing { deployment });
    }
    let plan_error = |source| UndoRefused::Plan {
        deployment,
        source: Box::new(source),
    };
    let mut devices = Vec::new();
    for step in &done.devices {
        let (device, tree) = record(base, &step.device).map_err(plan_error)?;
        let lines = differences(step, tree).map_err(plan_error)?;
        if !lines.is_empty() {
            return Err(UndoRefused::Changed {
                deployment,
                device: step.device.clone(),
                lines,
            });
        }
        let role = match step.role {
            Role::Added => Role::Removed,
            Role::Removed => Role::Added,
            Role::Modified => Role::Modified,
        };
        devices.extend(plan_device(device, tree, role, step.reverse.clone()).map_err(plan_error)?);
    }
    let changes: Vec<Change> = done
        .changes
        .iter()
        .filter(|change| change.included)
        .map(reversed)
        .collect();
    assign_groups(&mut devices, &base.fabric.links, &changes);
    let after = attachments_after(base, done, &changes);
    let holds = |end: &bk_model::LinkEnd| {
        after
            .iter()
            .any(|a| a.device == end.device && a.interface.parent() == end.interface)
    };
    let links = base
        .fabric
        .links
        .iter()
        .filter(|link| holds(&link.upper) && holds(&link.lower))
        .cloned()
        .collect();
    Ok(Plan {
        hash: hash_plan(&devices),
        kind: PlanKind::Undo { of: deployment },
        domain: done.domain.clone(),
        vlan_before: done.vlan_after,
        vlan_after: service_vlan(&after),
        unchanged: unchanged_devices(&after, &devices),
        devices,
        changes,
        after,
        links,
        findings: Vec::new(),
    })
}

fn reversed(change: &Change) -> Change {
    Change {
        before: change.after.clone(),
        after: change.before.clone(),
        ..change.clone()
    }
}

fn attachments_after(base: Base<'_>, done: &Plan, changes: &[Change]) -> Vec<Attachment> {
    let service = done
        .domain
        .as_ref()
        .and_then(|domain| base.fabric.service(domain));
    let mut after = service
        .map(|service| service.attachments.clone())
        .unwrap_or_default();
    for change in changes {
        if let Some(before) = &change.before {
            after.retain(|a| a.device != before.device || a.interface != before.interface);
        }
        after.extend(change.after.clone());
    }
    after
}

/// Compares what the deployment left in its objects with what stands there now, on meaning.
fn differences(step: &super::DevicePlan, now: &Tree) -> Result<Vec<String>, PlanError> {
    let not_proven = || PlanError::NotProven {
        device: step.device.clone(),
    };
    let base_text = bk_config::ConfigText::new(step.base_text.clone()).map_err(|_| not_proven())?;
    let left = apply(&Tree::read_flattened(&base_text).0, &step.forward).map_err(|_| not_proven())?;
    let (left, now) = (lines_of(&left, &step.touched), lines_of(now, &step.touched));
    let missing = left.difference(&now).map(|line| format!("- {line}"));
    let extra = now.difference(&left).map(|line| format!("+ {line}"));
    Ok(missing.chain(extra).collect())
}

fn lines_of(tree: &Tree, touched: &[ConfigPath]) -> BTreeSet<String> {
    let canonical = canonical(tree);
    canonical
        .lines()
        .filter(|line| {
            touched
                .iter()
                .any(|object| ConfigPath::new(line).is_under(object))
        })
        .map(str::to_owned)
        .collect()
}
