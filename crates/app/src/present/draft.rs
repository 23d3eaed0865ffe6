//! Drafts: everything that is computed live from one.

use std::collections::BTreeSet;

use bk_engine::draft::{Cause, Change, Evaluation, Sign};
use bk_engine::plan::Plan;
use bk_model::classify::classify;
use bk_model::offer::members_on;
use bk_model::{Attachment, DeviceName, Fabric, OperState};

use super::domain::{attachment_view, devices};
use super::sentence::{encapsulation_words, tags};
use super::{finding_view, number, tier_word};
use crate::views::{
    ChangeSign, ChangeView, DeviceLines, DraftLink, DraftRow, DraftView, FieldChange, ImpactView,
};

/// What a draft's view needs beside its evaluation.
#[derive(Clone, Debug)]
pub(crate) struct DraftContext {
    /// Identity.
    pub(crate) id: String,
    /// When it was saved.
    pub(crate) saved: String,
    /// The operation that undo takes back.
    pub(crate) undo: Option<String>,
    /// The operation that redo brings back.
    pub(crate) redo: Option<String>,
}

/// Shows a draft; `plan` is the plan it makes now, if one can be made.
pub(crate) fn draft_view(
    fabric: &Fabric,
    evaluation: &Evaluation,
    plan: Option<&Plan>,
    context: DraftContext,
) -> DraftView {
    let touched: BTreeSet<&DeviceName> = evaluation
        .before
        .iter()
        .chain(&evaluation.after)
        .map(|a| &a.device)
        .collect();
    let mut names: Vec<&DeviceName> = touched.into_iter().collect();
    names.sort_by_key(|name| (fabric.devices.get(*name).map(|device| device.tier), *name));
    DraftView {
        id: context.id,
        domain: evaluation.domain.to_string(),
        kind: classify(&evaluation.before).word().to_owned(),
        vlan_before: evaluation.vlan_before.map(bk_model::VlanId::get),
        vlan: evaluation.vlan_after.map(bk_model::VlanId::get),
        saved: context.saved,
        undo: context.undo,
        redo: context.redo,
        rows: rows(fabric, evaluation, &names),
        devices: devices(fabric, names.into_iter(), &evaluation.after),
        links: links(fabric, evaluation),
        findings: evaluation.findings.iter().map(finding_view).collect(),
        changes: change_views(&evaluation.changes, plan),
        lines: plan.map(device_lines).unwrap_or_default(),
        impact: impact(fabric, Some(&evaluation.domain), &evaluation.changes),
        can_plan: plan.is_some_and(|plan| !plan.is_empty()),
    }
}

pub(crate) fn sign_view(sign: Sign) -> ChangeSign {
    match sign {
        Sign::Added => ChangeSign::Added,
        Sign::Removed => ChangeSign::Removed,
        Sign::Changed => ChangeSign::Changed,
    }
}

/// Attachments that change stand where they were; what stays stands between them.
fn rows(fabric: &Fabric, evaluation: &Evaluation, names: &[&DeviceName]) -> Vec<DraftRow> {
    let mut rows = Vec::new();
    for name in names {
        let tier = tier_word(
            fabric
                .devices
                .get(*name)
                .map_or(bk_model::Tier::Unknown, |device| device.tier),
        );
        let changes: Vec<&Change> = evaluation
            .changes
            .iter()
            .filter(|change| change.device == **name)
            .collect();
        let stays = evaluation.after.iter().filter(|a| {
            a.device == **name && !changes.iter().any(|c| c.included && c.after.as_ref() == Some(*a))
        });
        for attachment in stays {
            let view = attachment_view(fabric, attachment);
            rows.push(DraftRow {
                id: format!("{name} {}", attachment.interface),
                device: name.to_string(),
                tier: tier.to_owned(),
                sign: ChangeSign::Same,
                before: Some(view.clone()),
                after: Some(view),
                derived: attachment.is_fabric,
                note: if attachment.is_fabric {
                    "derived".to_owned()
                } else {
                    String::new()
                },
            });
        }
        rows.extend(
            changes
                .into_iter()
                .filter(|change| change.included)
                .map(|change| DraftRow {
                    id: change.id.as_str().to_owned(),
                    device: name.to_string(),
                    tier: tier.to_owned(),
                    sign: sign_view(change.sign()),
                    before: change.before.as_ref().map(|a| attachment_view(fabric, a)),
                    after: change.after.as_ref().map(|a| attachment_view(fabric, a)),
                    derived: change.is_derived(),
                    note: if change.is_derived() {
                        "derived".to_owned()
                    } else {
                        "by you".to_owned()
                    },
                }),
        );
    }
    rows
}

fn links(fabric: &Fabric, evaluation: &Evaluation) -> Vec<DraftLink> {
    let ends = |attachments: &[Attachment], link: &bk_model::Link| {
        [&link.upper, &link.lower].into_iter().all(|end| {
            attachments
                .iter()
                .any(|a| a.device == end.device && a.interface.parent() == end.interface)
        })
    };
    let view = |link: &bk_model::Link| {
        let sign = match (ends(&evaluation.before, link), ends(&evaluation.after, link)) {
            (false, false) => return None,
            (true, true) => ChangeSign::Same,
            (false, true) => ChangeSign::Added,
            (true, false) => ChangeSign::Removed,
        };
        Some(DraftLink {
            upper: link.upper.device.to_string(),
            lower: link.lower.device.to_string(),
            sign,
        })
    };
    fabric.links.iter().filter_map(view).collect()
}

/// Shows changes with the number of lines that each sends.
pub(crate) fn change_views(changes: &[Change], plan: Option<&Plan>) -> Vec<ChangeView> {
    let view = |change: &Change| {
        let derived_from = match &change.cause {
            Cause::Person => None,
            Cause::Derived { from } => from.as_ref().map(|from| from.as_str().to_owned()),
        };
        ChangeView {
            id: change.id.as_str().to_owned(),
            device: change.device.to_string(),
            sign: sign_view(change.sign()),
            object: change.interface().to_string(),
            sentence: sentence(change),
            fields: fields(change),
            derived: change.is_derived(),
            derived_from,
            included: change.included,
            lines: number(plan.map_or(0, |plan| lines_about(plan, change))),
            leave_out: leave_out(changes, change),
        }
    };
    changes.iter().map(view).collect()
}

fn sentence(change: &Change) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) if before.interface != after.interface => {
            format!("{} becomes {}", before.interface, after.interface)
        }
        (Some(_), Some(after)) => format!("{} changes its tag", after.interface),
        (None, Some(after)) => format!("{} is added", after.interface),
        (Some(before), None) => format!("{} is removed", before.interface),
        (None, None) => String::new(),
    }
}

fn fields(change: &Change) -> Vec<FieldChange> {
    let field = |name: &str, of: &dyn Fn(&Attachment) -> Option<String>| {
        let (before, after) = (
            change.before.as_ref().and_then(of),
            change.after.as_ref().and_then(of),
        );
        (before != after).then(|| FieldChange {
            field: name.to_owned(),
            before,
            after,
        })
    };
    let all = [
        field("Interface", &|a| Some(a.interface.to_string())),
        field("Encapsulation", &|a| Some(encapsulation_words(a).to_owned())),
        field("VLAN", &|a| tags(&a.encapsulation)),
    ];
    all.into_iter().flatten().collect()
}

/// Counts the lines that name the change's interface before or after.
fn lines_about(plan: &Plan, change: &Change) -> usize {
    let names: Vec<String> = [&change.before, &change.after]
        .into_iter()
        .flatten()
        .map(|a| a.interface.to_string())
        .collect();
    let about = |line: &bk_config::CliLine| {
        line.as_str()
            .split(' ')
            .any(|word| names.iter().any(|name| name == word))
    };
    plan.devices
        .iter()
        .filter(|step| step.device == change.device)
        .flat_map(|step| &step.forward)
        .filter(|line| about(line))
        .count()
}

/// Says what leaving a change out takes along, or why it can't be left out.
fn leave_out(changes: &[Change], change: &Change) -> Option<String> {
    if change.is_derived() {
        return Some("It follows from the topology and goes with its cause.".to_owned());
    }
    if change.sign() == Sign::Changed {
        return Some("The service VLAN is one for all attachments, so this goes with the others.".to_owned());
    }
    let along = changes
        .iter()
        .filter(|c| matches!(&c.cause, Cause::Derived { from: Some(from) } if *from == change.id))
        .count();
    match along {
        0 => None,
        1 => Some("Left out, 1 derived change goes with it. The edit stays in the draft.".to_owned()),
        more => Some(format!(
            "Left out, {more} derived changes go with it. The edit stays in the draft."
        )),
    }
}

/// Forward and reverse lines per device.
fn device_lines(plan: &Plan) -> Vec<DeviceLines> {
    let text = |lines: &[bk_config::CliLine]| lines.iter().map(ToString::to_string).collect();
    plan.devices
        .iter()
        .map(|step| DeviceLines {
            device: step.device.to_string(),
            forward: text(&step.forward),
            reverse: text(&step.reverse),
        })
        .collect()
}

/// What the included changes touch.
pub(crate) fn impact(
    fabric: &Fabric,
    domain: Option<&bk_model::BridgeDomainName>,
    changes: &[Change],
) -> ImpactView {
    let included: Vec<&Change> = changes.iter().filter(|change| change.included).collect();
    let devices: BTreeSet<&DeviceName> = included.iter().map(|change| &change.device).collect();
    let person = |sign: Sign| {
        number(
            included
                .iter()
                .filter(|c| !c.is_derived() && c.sign() == sign)
                .count(),
        )
    };
    let mut others = Vec::new();
    for change in included.iter().filter(|change| !change.is_derived()) {
        let port = change.interface().parent();
        let Some(device) = fabric.devices.get(&change.device) else {
            continue;
        };
        let names: Vec<&str> = members_on(device, &port)
            .filter(|(_, other)| Some(*other) != domain)
            .map(|(_, other)| other.as_str())
            .collect();
        if !names.is_empty() {
            others.push(format!("{} {port}: {}", change.device, names.join(", ")));
        }
    }
    let interrupted: Vec<String> = included
        .iter()
        .filter(|c| !c.is_derived() && c.sign() != Sign::Added && is_up(fabric, c))
        .map(|c| {
            format!(
                "{} {}",
                c.device,
                c.before.as_ref().map_or_else(|| c.interface(), |b| &b.interface)
            )
        })
        .collect();
    ImpactView {
        devices: number(devices.len()),
        devices_total: number(fabric.devices.len()),
        services: if included.is_empty() {
            Vec::new()
        } else {
            domain.iter().map(ToString::to_string).collect()
        },
        access_added: person(Sign::Added),
        access_removed: person(Sign::Removed),
        access_changed: person(Sign::Changed),
        derived: number(included.iter().filter(|change| change.is_derived()).count()),
        others_on_ports: others,
        traffic: (!interrupted.is_empty()).then(|| format!("Interrupted on {}", interrupted.join(", "))),
    }
}

fn is_up(fabric: &Fabric, change: &Change) -> bool {
    let state = change.before.as_ref().and_then(|before| {
        let interfaces = &fabric.devices.get(&change.device)?.interfaces;
        interfaces
            .get(&before.interface)
            .or_else(|| interfaces.get(&before.interface.parent()))
    });
    state.is_some_and(|interface| interface.oper_state == OperState::Up)
}
