//! Checks that are filed away, and their schedules.

use bk_app::views::{
    CheckDeviceView, CheckOutcome, CheckRequest, CheckRunState, CheckRunView, CheckScope, DriftRow,
    SchedulePreview, ScheduleView,
};
use serde::Serialize;

use super::{Context, deploy};
use crate::check_args::{CheckArgs, SchedulesCommand};
use crate::exit::{Exit, Failure};
use crate::out::{moment, say, show, table};

/// Runs that `bk schedules show` looks through for those of the schedule.
const RUNS: u32 = 200;
/// Runs of a schedule that are shown.
const SHOWN: usize = 5;

pub(super) async fn run(context: &Context, check: CheckArgs) -> Result<Exit, Failure> {
    let app = &context.app;
    let before = app.deployments_list().await?.first().map_or(0, |row| row.id);
    if check.due {
        let runs = app.checks_due().await?;
        let put_back = deploy::follow_begun_since(context, before).await?;
        if put_back != Exit::Done {
            return Ok(put_back);
        }
        show(context.json, &runs, |runs| {
            if runs.is_empty() {
                say("Nothing is due.");
            }
            runs.iter().for_each(print_run);
        });
        return exit_of(context, &runs).await;
    }
    let schedule = match check.schedule {
        Some(name) => Some(named(context, &name).await?.id),
        None => None,
    };
    let devices = (!check.devices.is_empty()).then_some(check.devices);
    let begun = app.check_by_command(CheckRequest { devices, schedule }).await?;
    context.progress.wait_for(begun.activity).await;
    let put_back = deploy::follow_begun_since(context, before).await?;
    if put_back != Exit::Done {
        return Ok(put_back);
    }
    let run = app.check_run(begun.run).await?;
    show(context.json, &run, print_run);
    exit_of(context, &[run]).await
}

/// Drift that was put back meanwhile, or left as it is with a reason, asks for nothing any more.
async fn exit_of(context: &Context, runs: &[CheckRunView]) -> Result<Exit, Failure> {
    let devices = || runs.iter().flat_map(|run| &run.devices);
    if devices().any(|device| device.outcome == CheckOutcome::Drift) {
        let open = context.app.drift_list().await?.open;
        let asks = |device: &CheckDeviceView| {
            let own = |row: &DriftRow| row.device == device.device && row.left.is_none();
            device.outcome == CheckOutcome::Drift && open.iter().any(own)
        };
        if devices().any(asks) {
            return Ok(Exit::Drift);
        }
    }
    let unknown = runs
        .iter()
        .any(|run| run.not_checked > 0 || run.state != CheckRunState::Ended);
    Ok(if unknown { Exit::NotChecked } else { Exit::Done })
}

fn print_run(run: &CheckRunView) {
    let of = run
        .schedule_name
        .as_deref()
        .map(|name| format!(" of {name}"))
        .unwrap_or_default();
    say(&format!(
        "Check {}{of}, {}: {} in sync, {} with drift, {} not checked",
        run.id, run.why_words, run.in_sync, run.drift, run.not_checked
    ));
    let line = |device: &CheckDeviceView| {
        let events = match device.events {
            1 => "1 open event; see bk drift".to_owned(),
            events => format!("{events} open events; see bk drift"),
        };
        let (word, why) = match device.outcome {
            CheckOutcome::InSync => ("in sync", String::new()),
            CheckOutcome::Drift => ("drift", events),
            CheckOutcome::NotChecked => ("not checked", device.reason.clone().unwrap_or_default()),
        };
        vec![device.device.clone(), word.to_owned(), why]
    };
    if !run.devices.is_empty() {
        let rows: Vec<_> = run.devices.iter().map(line).collect();
        table(&["device", "state", "why"], &rows);
    }
}

/// A schedule with its next times and last runs.
#[derive(Serialize)]
struct Shown {
    schedule: ScheduleView,
    next: SchedulePreview,
    runs: Vec<CheckRunView>,
}

pub(super) async fn schedules(context: &Context, command: Option<SchedulesCommand>) -> Result<Exit, Failure> {
    let app = &context.app;
    match command.unwrap_or(SchedulesCommand::List) {
        SchedulesCommand::List => {
            show(context.json, &app.schedules_list().await?, |schedules| {
                list(schedules);
            });
        }
        SchedulesCommand::Show { name } => {
            let schedule = named(context, &name).await?;
            let next = app.schedule_preview(schedule.input.clone()).await?;
            let mut runs = app.check_runs(RUNS).await?;
            runs.retain(|run| run.schedule == Some(schedule.id));
            runs.truncate(SHOWN);
            let shown = Shown { schedule, next, runs };
            show(context.json, &shown, print_shown);
        }
        SchedulesCommand::Add {
            name,
            cron,
            zone,
            device,
            group,
            jitter,
            at_once,
            limit,
            off,
        } => {
            let mut input = app.schedule_blank();
            input.name = name;
            input.cron = cron;
            input.scope = match (device.is_empty(), group.is_empty()) {
                (false, _) => CheckScope::Devices { devices: device },
                (true, false) => CheckScope::Groups { groups: group },
                (true, true) => CheckScope::All,
            };
            input.zone = zone.unwrap_or(input.zone);
            input.jitter_seconds = jitter.unwrap_or(input.jitter_seconds);
            input.at_once = at_once.unwrap_or(input.at_once);
            input.limit_seconds = limit.unwrap_or(input.limit_seconds);
            input.enabled = !off;
            let saved = app.schedule_save(input).await?;
            show(context.json, &saved, |saved| list(std::slice::from_ref(saved)));
        }
        SchedulesCommand::Remove { name } => {
            let schedule = named(context, &name).await?;
            app.schedule_remove(schedule.id).await?;
            show(context.json, &schedule, |schedule| {
                say(&format!("{} is removed; its runs stay.", schedule.input.name));
            });
        }
    }
    Ok(Exit::Done)
}

async fn named(context: &Context, name: &str) -> Result<ScheduleView, Failure> {
    let schedules = context.app.schedules_list().await?;
    let found = schedules.into_iter().find(|schedule| schedule.input.name == name);
    found.ok_or_else(|| {
        Failure::new(
            Exit::Refused,
            "not-known",
            format!("There is no schedule {name}."),
        )
    })
}

fn list(schedules: &[ScheduleView]) {
    if schedules.is_empty() {
        say("There is no schedule.");
        return;
    }
    let line = |schedule: &ScheduleView| {
        let input = &schedule.input;
        vec![
            input.name.clone(),
            schedule.scope_words.clone(),
            input.cron.clone(),
            input.zone.clone(),
            schedule
                .next
                .as_ref()
                .map_or_else(|| "switched off".to_owned(), |next| next.local.clone()),
            schedule
                .last_due
                .as_deref()
                .map_or_else(|| "never".to_owned(), moment),
        ]
    };
    let rows: Vec<_> = schedules.iter().map(line).collect();
    table(&["schedule", "checks", "cron", "zone", "next", "last due"], &rows);
}

fn print_shown(shown: &Shown) {
    list(std::slice::from_ref(&shown.schedule));
    let input = &shown.schedule.input;
    say(&format!(
        "jitter {} s, {} at once, limit {} s",
        input.jitter_seconds, input.at_once, input.limit_seconds
    ));
    for next in &shown.next.times {
        say(&format!("  {}", next.local));
    }
    for run in &shown.runs {
        let ended = run
            .ended
            .as_deref()
            .map_or_else(|| "not ended".to_owned(), moment);
        say(&format!(
            "check {}  {}  {}  {} in sync, {} with drift, {} not checked",
            run.id, ended, run.why_words, run.in_sync, run.drift, run.not_checked
        ));
    }
}
