//! Drift: what differs, and what is done about it.

use bk_app::views::{
    ActivityDevice, ActivityState, ActivityView, DriftDetail, DriftInbox, DriftRow, DriftSeverity,
    DriftSynced, Policy, RestoreRequest,
};
use serde::Serialize;

use super::{Context, deploy, devices, drift_policies, insight};
use crate::args::RunArgs;
use crate::drift_args::{DriftCommand, RestoreArgs};
use crate::exit::{Exit, Failure};
use crate::out::{moment, say, show, table};
use crate::render;

pub(super) async fn run(context: &Context, command: Option<DriftCommand>) -> Result<Exit, Failure> {
    let app = &context.app;
    match command.unwrap_or(DriftCommand::List { closed: false }) {
        DriftCommand::List { closed } => {
            let inbox = app.drift_list().await?;
            show(context.json, &inbox, |inbox| list(inbox, closed));
            Ok(exit_of(&inbox, None))
        }
        DriftCommand::Show { event } => {
            show(context.json, &app.drift_detail(event).await?, detail);
            Ok(Exit::Done)
        }
        DriftCommand::Insight { days } => {
            show(context.json, &app.drift_insight(days).await?, insight::print);
            Ok(Exit::Done)
        }
        DriftCommand::Check { devices } => check(context, devices).await,
        DriftCommand::Sync { events, why } => {
            let synced = app.drift_sync(events, why.why).await?;
            show(context.json, &synced, print_synced);
            Ok(if synced.failed.is_empty() {
                Exit::Done
            } else {
                Exit::Refused
            })
        }
        DriftCommand::Override { events, why, run } => {
            let plan = app.drift_override_plan(events, why.why).await?;
            deploy::execute(context, plan, Policy::AllOrNothing, &run).await
        }
        DriftCommand::Leave { events, why } => {
            app.drift_leave(events, why.why).await?;
            Ok(Exit::Done)
        }
        DriftCommand::Decisions => {
            show(context.json, &app.drift_decisions().await?, |all| {
                drift_policies::print_decisions(all);
            });
            Ok(Exit::Done)
        }
        DriftCommand::Policies { command } => drift_policies::run(context, command).await,
    }
}

pub(super) async fn restore(context: &Context, restore: RestoreArgs, run: &RunArgs) -> Result<Exit, Failure> {
    let at = restore.at;
    let request = match (restore.domain, restore.device) {
        (Some(domain), _) => RestoreRequest::Domain { domain, at },
        (None, device) => RestoreRequest::Device {
            device: device.unwrap_or_default(),
            at,
        },
    };
    let plan = context.app.restore_plan(request).await?;
    deploy::execute(context, plan, Policy::AllOrNothing, run).await
}

/// What a check read, and what differs.
#[derive(Serialize)]
struct Checked<'a> {
    check: &'a ActivityView,
    drift: &'a DriftInbox,
}

/// Devices that could not be read are not checked, which is never "in sync".
async fn check(context: &Context, devices: Vec<String>) -> Result<Exit, Failure> {
    let only = (!devices.is_empty()).then_some(devices);
    let of_all = only.is_none();
    let before = context
        .app
        .deployments_list()
        .await?
        .first()
        .map_or(0, |row| row.id);
    let begun = context.app.drift_check_start(only).await?;
    let ended = context.progress.wait_for(begun).await;
    let put_back = deploy::follow_begun_since(context, before).await?;
    if put_back != Exit::Done {
        return Ok(put_back);
    }
    let inbox = context.app.drift_list().await?;
    let checked = Checked {
        check: &ended,
        drift: &inbox,
    };
    show(context.json, &checked, |checked| {
        devices::print_discovery(checked.check);
        list(checked.drift, false);
    });
    Ok(match ended.state {
        ActivityState::Done if of_all => exit_of(&inbox, None),
        // By the names of the inventory, whatever they were called.
        ActivityState::Done => exit_of(&inbox, Some(&ended.devices)),
        ActivityState::Cancelled => Exit::Aborted,
        ActivityState::Running | ActivityState::Partial | ActivityState::Failed => Exit::Refused,
    })
}

/// Whether something asks to be decided, on any device or on these.
fn exit_of(inbox: &DriftInbox, of: Option<&[ActivityDevice]>) -> Exit {
    let is_meant = |row: &DriftRow| of.is_none_or(|of| of.iter().any(|one| one.device == row.device));
    let asks = |row: &DriftRow| row.left.is_none() && is_meant(row);
    if inbox.open.iter().any(asks) {
        Exit::Drift
    } else {
        Exit::Done
    }
}

fn list(inbox: &DriftInbox, closed: bool) {
    let line = |row: &DriftRow| {
        vec![
            row.id.to_string(),
            row.device.clone(),
            row.title.clone(),
            row.object.clone(),
            severity(row.severity).to_owned(),
            moment(&row.first_seen),
            match &row.closed {
                Some(closed) => format!("{}, {} {}", closed.how, closed.by, moment(&closed.at)),
                None => match &row.left {
                    Some(left) => format!("left open by {} {}", left.by, moment(&left.at)),
                    None => row.why.clone(),
                },
            },
        ]
    };
    let head = ["no", "device", "drift", "object", "severity", "since", "why"];
    if inbox.open.is_empty() {
        say("Nothing differs from what is expected, as far as devices were read.");
    } else {
        table(&head, &inbox.open.iter().map(line).collect::<Vec<_>>());
    }
    if closed && !inbox.closed.is_empty() {
        table(&head, &inbox.closed.iter().map(line).collect::<Vec<_>>());
    }
}

fn detail(detail: &DriftDetail) {
    let row = &detail.row;
    say(&format!(
        "{}: {} {} ({})",
        row.title,
        row.device,
        row.object,
        severity(row.severity)
    ));
    say(&row.why);
    say(&format!(
        "seen first by {}, committed by: {}",
        row.source, detail.committed
    ));
    let expected = detail
        .expected_read
        .as_deref()
        .map_or_else(|| "never read".to_owned(), moment);
    say(&format!(
        "expected {expected}, actual {}",
        moment(&detail.actual_read)
    ));
    render::diff(&detail.text);
    for choice in &detail.choices {
        let refused = choice
            .refused
            .as_deref()
            .map(|why| format!(" Not possible: {why}"))
            .unwrap_or_default();
        say(&format!("{}: {}{refused}", choice.label, choice.consequence));
    }
    drift_policies::print_decisions(&detail.decisions);
    for device in &detail.override_lines {
        device
            .forward
            .iter()
            .for_each(|line| say(&format!("  {} {line}", device.device)));
    }
}

fn print_synced(synced: &DriftSynced) {
    say(&format!(
        "{} added, {} updated, {} unchanged, {} failed",
        synced.added,
        synced.updated,
        synced.unchanged,
        synced.failed.len()
    ));
    for failed in &synced.failed {
        say(&format!("{:24} {}", failed.device, failed.error.sentence));
    }
}

pub(super) fn severity(severity: DriftSeverity) -> &'static str {
    match severity {
        DriftSeverity::Low => "low",
        DriftSeverity::Medium => "medium",
        DriftSeverity::High => "high",
        DriftSeverity::Critical => "critical",
    }
}
