//! What is decided about drift without asking, and what was decided.

use bk_app::views::{
    DriftDecisionView, DriftKind, DriftPolicyAction, DriftPolicyLimits, DriftPolicyState, DriftPolicyTerms,
    DriftPolicyTrial, DriftPolicyView, DriftSeverity,
};
use chrono::{TimeDelta, Utc};

use super::Context;
use super::drift::severity;
use crate::drift_args::{KindArg, PoliciesCommand, PolicyActionArg, PolicyArgs, SeverityArg};
use crate::exit::{Exit, Failure};
use crate::out::{moment, say, show, table};

pub(super) async fn run(context: &Context, command: Option<PoliciesCommand>) -> Result<Exit, Failure> {
    let app = &context.app;
    match command.unwrap_or(PoliciesCommand::List) {
        PoliciesCommand::List => {
            show(context.json, &app.drift_policies().await?, |all| list(all));
        }
        PoliciesCommand::Add { terms, replaces } => {
            let policy = app.drift_policy_save(read(*terms), replaces).await?;
            show(context.json, &policy, |policy| list(std::slice::from_ref(policy)));
        }
        PoliciesCommand::Try { terms, back } => {
            let trial = app.drift_policy_try(read(*terms), back).await?;
            show(context.json, &trial, print_trial);
        }
        PoliciesCommand::End { policy } => app.drift_policy_end(policy).await?,
    }
    Ok(Exit::Done)
}

fn read(args: PolicyArgs) -> DriftPolicyTerms {
    let action = match args.action {
        PolicyActionArg::Leave => DriftPolicyAction::Leave,
        PolicyActionArg::Sync => DriftPolicyAction::Sync,
        PolicyActionArg::Override => DriftPolicyAction::Override,
    };
    let kind = |kind| match kind {
        KindArg::AlreadyConfigured => DriftKind::AlreadyConfigured,
        KindArg::DomainExists => DriftKind::DomainExists,
        KindArg::VlanConflict => DriftKind::VlanConflict,
        KindArg::Mismatch => DriftKind::Mismatch,
        KindArg::MissingOnDevice => DriftKind::MissingOnDevice,
        KindArg::ForeignCommit => DriftKind::ForeignCommit,
        KindArg::Unknown => DriftKind::Unknown,
    };
    DriftPolicyTerms {
        name: args.name,
        devices: args.on,
        objects: args.object,
        kinds: args.kind.into_iter().map(kind).collect(),
        at_most: match args.severity {
            SeverityArg::Low => DriftSeverity::Low,
            SeverityArg::Medium => DriftSeverity::Medium,
            SeverityArg::High => DriftSeverity::High,
            SeverityArg::Critical => DriftSeverity::Critical,
        },
        limits: (action == DriftPolicyAction::Override).then_some(DriftPolicyLimits {
            objects: args.max_objects,
            lines: args.max_lines,
            per_day: args.max_per_day,
        }),
        action,
        expires: (Utc::now() + TimeDelta::days(args.days.into())).to_rfc3339(),
    }
}

fn list(policies: &[DriftPolicyView]) {
    if policies.is_empty() {
        say("No policy decides about drift; a person is asked.");
        return;
    }
    let state = |policy: &DriftPolicyView| match policy.state {
        DriftPolicyState::InForce => format!("until {}", moment(&policy.terms.expires)),
        DriftPolicyState::Expired => format!("expired {}", moment(&policy.terms.expires)),
        DriftPolicyState::Ended => format!("ended {}", policy.ended.as_deref().unwrap_or_default()),
    };
    let row = |policy: &DriftPolicyView| {
        vec![
            policy.id.to_string(),
            policy.terms.name.clone(),
            state(policy),
            policy.decided.to_string(),
            policy.sentence.clone(),
        ]
    };
    let rows: Vec<Vec<String>> = policies.iter().map(row).collect();
    table(&["no", "policy", "state", "decided", "what it does"], &rows);
}

fn print_trial(trial: &DriftPolicyTrial) {
    say(&trial.sentence);
    for row in &trial.covered {
        let event = &row.event;
        say(&format!(
            "{} {:24} {} ({}): {}",
            moment(&event.first_seen),
            event.device,
            event.object,
            severity(event.severity),
            row.would
        ));
    }
}

pub(super) fn print_decisions(decisions: &[DriftDecisionView]) {
    for one in decisions {
        let by = match &one.policy {
            Some(policy) => format!("the policy {policy}"),
            None => one.by.clone(),
        };
        let with = one
            .deployment
            .map(|id| format!(", deployment {id}"))
            .unwrap_or_default();
        let why = match (&one.policy, one.why.as_str()) {
            (None, why) if !why.is_empty() => format!(": {why}"),
            _ => String::new(),
        };
        say(&format!(
            "{} {:24} {} {} by {by}{with}{why}",
            moment(&one.at),
            one.device,
            one.object,
            one.title.to_lowercase()
        ));
    }
}
