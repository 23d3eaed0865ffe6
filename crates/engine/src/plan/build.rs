//! Makes a plan of a draft and proves its reverse.

use std::collections::BTreeMap;

use bk_config::{CliLine, ConfigPath, TextHash, Tree, apply, diff, grammar, inverse, restrict};
use bk_model::{Attachment, Device, DeviceName, DnosVersion, Fabric};

use super::groups::assign_groups;
use super::render::render_device;
use super::{DevicePlan, Plan, PlanError, PlanHash, PlanKind, Role};
use crate::draft::{Change, Draft, Severity, evaluate};

/// On what a plan is made: the fabric and the records it was built from.
#[derive(Clone, Copy, Debug)]
pub struct Base<'a> {
    /// The fabric.
    pub fabric: &'a Fabric,
    /// The configuration tree of each device's record.
    pub trees: &'a BTreeMap<DeviceName, &'a Tree>,
}

/// Makes the plan of a draft. Pure: offline and online give the same hash on the same base.
///
/// # Errors
/// [`PlanError`]; no plan is shown whose reverse is not proven.
pub fn make_plan(base: Base<'_>, draft: &Draft) -> Result<Plan, PlanError> {
    let evaluation = evaluate(base.fabric, draft);
    if !evaluation.is_valid() {
        let findings = evaluation
            .findings
            .into_iter()
            .filter(|finding| finding.severity == Severity::Error)
            .collect();
        return Err(PlanError::Invalid {
            domain: evaluation.domain,
            findings,
        });
    }
    let mut devices = Vec::new();
    for name in devices_in_order(&evaluation.changes) {
        let (device, tree) = record(base, name)?;
        let changes: Vec<&Change> = evaluation
            .changes
            .iter()
            .filter(|c| c.included && c.device == *name)
            .collect();
        let forward = render_device(device, tree, draft.domain(), &changes)?;
        let role = role(name, &evaluation.before, &evaluation.after);
        devices.extend(plan_device(device, tree, role, forward)?);
    }
    let links: Vec<_> = base.fabric.links.clone();
    assign_groups(&mut devices, &links, &evaluation.changes);
    let unchanged = unchanged_devices(&evaluation.after, &devices);
    Ok(Plan {
        hash: hash_plan(&devices),
        kind: PlanKind::Edit,
        domain: Some(evaluation.domain),
        vlan_before: evaluation.vlan_before,
        vlan_after: evaluation.vlan_after,
        devices,
        unchanged,
        changes: evaluation.changes,
        after: evaluation.after,
        links: evaluation.links,
        findings: evaluation.findings,
    })
}

fn devices_in_order(changes: &[Change]) -> Vec<&DeviceName> {
    let mut order: Vec<&DeviceName> = Vec::new();
    for change in changes.iter().filter(|change| change.included) {
        if !order.contains(&&change.device) {
            order.push(&change.device);
        }
    }
    order
}

pub(crate) fn record<'a>(base: Base<'a>, name: &DeviceName) -> Result<(&'a Device, &'a Tree), PlanError> {
    match (base.fabric.devices.get(name), base.trees.get(name).copied()) {
        (Some(device), Some(tree)) => Ok((device, tree)),
        _ => Err(PlanError::NoRecord { device: name.clone() }),
    }
}

fn role(name: &DeviceName, before: &[Attachment], after: &[Attachment]) -> Role {
    let is_on = |attachments: &[Attachment]| attachments.iter().any(|a| a.device == *name);
    match (is_on(before), is_on(after)) {
        (false, _) => Role::Added,
        (_, false) => Role::Removed,
        _ => Role::Modified,
    }
}

pub(super) fn unchanged_devices(after: &[Attachment], devices: &[DevicePlan]) -> Vec<DeviceName> {
    let mut unchanged: Vec<DeviceName> = Vec::new();
    for attachment in after {
        if !unchanged.contains(&attachment.device)
            && !devices.iter().any(|device| device.device == attachment.device)
        {
            unchanged.push(attachment.device.clone());
        }
    }
    unchanged
}

/// Checks forward lines against the grammar, predicts their effect and proves their reverse. Lines that change nothing
/// make no device plan.
pub(crate) fn plan_device(
    device: &Device,
    tree: &Tree,
    role: Role,
    forward: Vec<CliLine>,
) -> Result<Option<DevicePlan>, PlanError> {
    let name = &device.name;
    let version = supported(device)?;
    for line in &forward {
        grammar::check(line, version).map_err(|source| PlanError::Grammar {
            device: name.clone(),
            line: line.as_str().to_owned(),
            source,
        })?;
    }
    let reverse = inverse(tree, &forward).map_err(|source| PlanError::Irreversible {
        device: name.clone(),
        source,
    })?;
    for line in &reverse {
        grammar::check(line, version).map_err(|source| PlanError::Grammar {
            device: name.clone(),
            line: line.as_str().to_owned(),
            source,
        })?;
    }
    let not_proven = || PlanError::NotProven { device: name.clone() };
    let after = apply(tree, &forward).map_err(|_| not_proven())?;
    let back = apply(&after, &reverse).map_err(|_| not_proven())?;
    if back.print() != tree.print() {
        return Err(not_proven());
    }
    let predicted = diff(tree, &after);
    if predicted.is_empty() {
        return Ok(None);
    }
    let touched = touched_objects(&forward);
    let base_text = restrict(tree, &touched).text();
    Ok(Some(DevicePlan {
        device: name.clone(),
        tier: device.tier,
        role,
        touched,
        base: base_text.hash(),
        base_text: base_text.as_str().to_owned(),
        forward,
        reverse,
        predicted,
        group: 1,
        constraint: None,
    }))
}

/// Bridge domains came with 17.2 (REF 12); older or unknown releases are not planned for.
fn supported(device: &Device) -> Result<&DnosVersion, PlanError> {
    let unsupported = |version: String| PlanError::Unsupported {
        device: device.name.clone(),
        version,
    };
    match &device.version {
        Some(version) if version.at_least(17, 2) => Ok(version),
        Some(version) => Err(unsupported(version.to_string())),
        None => Err(unsupported("unknown".to_owned())),
    }
}

/// Returns the interfaces and instances that the lines are about, each once, in order.
pub(super) fn touched_objects(lines: &[CliLine]) -> Vec<ConfigPath> {
    let mut touched = Vec::new();
    for line in lines {
        let path = ConfigPath::new(line.as_str().strip_prefix("no ").unwrap_or(line.as_str()));
        let owner = path.owner().unwrap_or(path);
        if !touched.contains(&owner) {
            touched.push(owner);
        }
    }
    touched
}

/// Hashes what decides the execution and nothing else, with lengths so that no two plans share a byte stream.
pub(crate) fn hash_plan(devices: &[DevicePlan]) -> PlanHash {
    let mut hasher = blake3::Hasher::new();
    let mut ordered: Vec<&DevicePlan> = devices.iter().collect();
    ordered.sort_by(|a, b| a.device.cmp(&b.device));
    let mut text = |text: &str| {
        hasher.update(&(text.len() as u64).to_le_bytes());
        hasher.update(text.as_bytes());
    };
    for device in ordered {
        text(device.device.as_str());
        text(&device.base.to_hex());
        let delta = &device.predicted;
        let changed: Vec<String> = delta
            .changed
            .iter()
            .map(|line| format!("{}\n{}", line.before, line.after))
            .collect();
        for (kind, lines) in [
            (
                "forward",
                device.forward.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ),
            (
                "reverse",
                device.reverse.iter().map(ToString::to_string).collect(),
            ),
            ("added", delta.added.iter().map(ToString::to_string).collect()),
            ("removed", delta.removed.iter().map(ToString::to_string).collect()),
            ("changed", changed),
        ] {
            text(kind);
            text(&lines.len().to_string());
            lines.iter().for_each(|line| text(line));
        }
    }
    PlanHash(TextHash::from(*hasher.finalize().as_bytes()))
}
