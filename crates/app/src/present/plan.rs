//! Plans.

use std::collections::BTreeMap;

use bk_config::{ConfigText, Tree, apply};
use bk_engine::deploy::Phase;
use bk_engine::plan::{
    Base, Constraint, DevicePlan, History, Plan, PlanKind, RiskLevel, RiskRule, Role, estimate, risks,
};
use bk_model::DeviceName;
use chrono::{DateTime, Utc};

use super::draft::{change_views, impact};
use super::sentence::risk_sentence;
use super::{finding_view, number, text_of, tier_word};
use crate::diffs::diff_view;
use crate::views;
use crate::views::{DevicePlanView, EstimateView, GroupView, PlanView, PlannedCheck, RiskView, TextForm};

/// What a plan's view needs beside the plan.
#[derive(Debug)]
pub(crate) struct PlanContext<'a> {
    /// The records of now.
    pub(crate) base: Base<'a>,
    /// Last read per device.
    pub(crate) read: &'a BTreeMap<DeviceName, DateTime<Utc>>,
    /// Now.
    pub(crate) now: DateTime<Utc>,
    /// Measured phases of earlier deployments.
    pub(crate) history: &'a History,
    /// When it was made.
    pub(crate) made: DateTime<Utc>,
    /// By whom.
    pub(crate) by: String,
    /// Confirm window in minutes.
    pub(crate) window_minutes: u16,
    /// Checks that Verify will run.
    pub(crate) checks: Vec<PlannedCheck>,
    /// The policies as they would run it.
    pub(crate) policies: Vec<views::PolicyView>,
}

/// The word of a phase in routes and tests.
pub(crate) fn phase_word(phase: Phase) -> &'static str {
    match phase {
        Phase::Preflight => "preflight",
        Phase::Prepare => "prepare",
        Phase::Arm => "arm",
        Phase::Verify => "verify",
        Phase::Decide => "decide",
        Phase::Settle => "settle",
    }
}

/// The name of a phase, the same everywhere.
pub(crate) fn phase_label(phase: Phase) -> &'static str {
    match phase {
        Phase::Preflight => "Preflight",
        Phase::Prepare => "Prepare",
        Phase::Arm => "Commit confirm",
        Phase::Verify => "Verify",
        Phase::Decide => "Confirm",
        Phase::Settle => "Settle",
    }
}

/// Shows a plan.
pub(crate) fn plan_view(plan: &Plan, context: PlanContext<'_>) -> PlanView {
    let found = risks(plan, context.base, context.read, context.now);
    let clear = RiskRule::ALL
        .into_iter()
        .filter(|rule| found.iter().all(|risk| risk.rule != *rule));
    PlanView {
        hash: plan.hash.to_hex(),
        short: plan.hash.to_string(),
        kind: match plan.kind {
            PlanKind::Edit => views::PlanKind::Edit,
            PlanKind::Undo { .. } => views::PlanKind::Undo,
            PlanKind::CleanUp => views::PlanKind::CleanUp,
            PlanKind::Restore => views::PlanKind::Restore,
        },
        undoes: plan.kind.undoes().map(|of| of.0),
        domain: plan.subject().to_owned(),
        made: context.made.to_rfc3339(),
        by: context.by,
        devices: plan
            .devices
            .iter()
            .map(|step| device_view(plan, step, context.base))
            .chain(plan.unchanged.iter().map(|name| unchanged(name, context.base)))
            .collect(),
        changes: change_views(&plan.changes, Some(plan)),
        groups: groups(plan),
        impact: views::ImpactView {
            devices: number(plan.devices.len()),
            ..impact(context.base.fabric, plan.domain.as_ref(), &plan.changes)
        },
        risk: found
            .iter()
            .map(|risk| risk.level)
            .max()
            .map_or(views::RiskLevel::Low, level),
        risks_clear: clear.map(|rule| format!("R{}", rule.number())).collect(),
        risks: found
            .iter()
            .map(|risk| RiskView {
                rule: format!("R{}", risk.rule.number()),
                level: level(risk.level),
                sentence: risk_sentence(risk),
            })
            .collect(),
        estimate: estimate_view(plan, context.history),
        validation: context.checks,
        findings: plan.findings.iter().map(finding_view).collect(),
        lines: number(plan.line_count()),
        reverse_lines: number(plan.reverse_count()),
        // A plan exists only with a proven reverse: making one fails otherwise.
        reverse_proven: true,
        window_minutes: context.window_minutes,
        empty: plan.is_empty(),
        policies: context.policies,
        left_out: plan
            .changes
            .iter()
            .filter(|change| !change.included)
            .map(|change| change.id.as_str().to_owned())
            .collect(),
    }
}

fn level(level: RiskLevel) -> views::RiskLevel {
    match level {
        RiskLevel::Low => views::RiskLevel::Low,
        RiskLevel::Medium => views::RiskLevel::Medium,
        RiskLevel::High => views::RiskLevel::High,
    }
}

fn device_view(plan: &Plan, step: &DevicePlan, base: Base<'_>) -> DevicePlanView {
    let lines = |lines: &[bk_config::CliLine]| lines.iter().map(ToString::to_string).collect();
    let by_person = plan
        .changes
        .iter()
        .any(|change| change.included && change.device == step.device && !change.is_derived());
    let label = match (step.role, by_person) {
        _ if plan.kind == PlanKind::CleanUp => "cleaned up",
        _ if plan.kind == PlanKind::Restore => "put back",
        (Role::Added, _) => "new here",
        (Role::Removed, _) => "leaves the service",
        (Role::Modified, false) => "derived",
        (Role::Modified, true) => "changed",
    };
    DevicePlanView {
        device: step.device.to_string(),
        tier: tier_word(step.tier).to_owned(),
        role: match step.role {
            Role::Added => views::DeviceRole::Added,
            Role::Modified => views::DeviceRole::Modified,
            Role::Removed => views::DeviceRole::Removed,
        },
        label: label.to_owned(),
        base: step.base.to_string(),
        group: step.group,
        forward: lines(&step.forward),
        reverse: lines(&step.reverse),
        diff: device_diff(plan, step, base),
    }
}

/// Compares the record with the predicted text; a record that moved on since, or one from which the plan does not start,
/// shows the touched part only.
fn device_diff(plan: &Plan, step: &DevicePlan, base: Base<'_>) -> views::TextDiffView {
    let whole = base
        .trees
        .get(&step.device)
        .filter(|_| plan.kind != PlanKind::Restore)
        .and_then(|tree| Some(((*tree).clone(), apply(tree, &step.forward).ok()?)));
    let touched = || {
        let text = ConfigText::new(step.base_text.clone()).ok()?;
        let tree = Tree::read_flattened(&text).0;
        let after = apply(&tree, &step.forward).ok()?;
        Some((tree, after))
    };
    match whole.or_else(touched) {
        Some((before, after)) => diff_view(
            &text_of(&before, TextForm::Text),
            &text_of(&after, TextForm::Text),
        ),
        // Never so for a plan that was made here: its base is a configuration text that takes its lines.
        None => diff_view(&ConfigText::default(), &ConfigText::default()),
    }
}

fn unchanged(name: &DeviceName, base: Base<'_>) -> DevicePlanView {
    let text = base.trees.get(name).map(|tree| tree.text()).unwrap_or_default();
    DevicePlanView {
        device: name.to_string(),
        tier: tier_word(
            base.fabric
                .devices
                .get(name)
                .map_or(bk_model::Tier::Unknown, |device| device.tier),
        )
        .to_owned(),
        role: views::DeviceRole::Unchanged,
        label: "unchanged".to_owned(),
        base: String::new(),
        group: 0,
        forward: Vec::new(),
        reverse: Vec::new(),
        diff: diff_view(&text, &text),
    }
}

fn groups(plan: &Plan) -> Vec<GroupView> {
    let last = plan.devices.iter().map(|step| step.group).max().unwrap_or(0);
    (1..=last)
        .map(|group| {
            let members: Vec<&DevicePlan> = plan.devices.iter().filter(|step| step.group == group).collect();
            let constraint =
                members
                    .iter()
                    .find_map(|step| step.constraint)
                    .map(|constraint| match constraint {
                        Constraint::AfterItsUpper => "after its spine".to_owned(),
                        Constraint::AfterItsLower => "after its leaves".to_owned(),
                    });
            GroupView {
                group,
                devices: members.iter().map(|step| step.device.to_string()).collect(),
                constraint,
            }
        })
        .collect()
}

fn estimate_view(plan: &Plan, history: &History) -> EstimateView {
    let estimate = estimate(plan, history);
    let whole = |seconds: f64| seconds.ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
    EstimateView {
        phases: estimate
            .phases
            .iter()
            .map(|phase| views::PhaseEstimate {
                phase: phase_word(phase.phase).to_owned(),
                label: phase_label(phase.phase).to_owned(),
                seconds: whole(phase.seconds),
                devices: phase.devices.iter().map(|(_, seconds)| whole(*seconds)).collect(),
            })
            .collect(),
        seconds: whole(estimate.seconds()),
        measured_from: number(estimate.measured_from),
    }
}
