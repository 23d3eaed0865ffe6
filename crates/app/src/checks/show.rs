//! Checks for people.

use bk_engine::schedule::TimeZone;
use bk_store::{CheckOutcome, CheckResult, CheckRun, CheckScope, CheckWhy, Schedule};
use chrono::{DateTime, Utc};

use crate::errors::AppError;
use crate::present::number;
use crate::time;
use crate::views::{self, CheckDeviceView, CheckRunView, DueView, ScheduleInput, ScheduleView};

/// What the activity of a run is called.
pub(super) fn title(schedule: Option<&str>) -> String {
    match schedule {
        Some(name) => format!("Drift check {name}"),
        None => "Drift check".to_owned(),
    }
}

pub(super) fn due(at: DateTime<Utc>, zone: &TimeZone) -> DueView {
    DueView {
        at: time::text(at),
        local: zone.spoken(at),
    }
}

pub(super) fn schedule(
    schedule: &Schedule,
    last_due: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<ScheduleView, AppError> {
    let spec = &schedule.spec;
    let next = match spec.enabled {
        true => schedule.timing()?.next_due(now),
        false => None,
    };
    Ok(ScheduleView {
        id: schedule.id.0,
        input: ScheduleInput {
            id: Some(schedule.id.0),
            name: spec.name.clone(),
            scope: scope(&spec.scope),
            cron: spec.cron.to_string(),
            zone: spec.zone.to_string(),
            jitter_seconds: spec.jitter,
            at_once: spec.at_once,
            limit_seconds: spec.limit,
            enabled: spec.enabled,
        },
        scope_words: scope_words(&spec.scope),
        next: next.map(|at| due(at, &spec.zone)),
        last_due: last_due.map(time::text),
        created: time::text(schedule.created_at),
        changed: time::text(schedule.changed_at),
    })
}

fn scope(scope: &CheckScope) -> views::CheckScope {
    match scope {
        CheckScope::All => views::CheckScope::All,
        CheckScope::Devices(devices) => views::CheckScope::Devices {
            devices: devices.iter().map(ToString::to_string).collect(),
        },
        CheckScope::Groups(groups) => views::CheckScope::Groups {
            groups: groups.clone(),
        },
    }
}

fn scope_words(scope: &CheckScope) -> String {
    match scope {
        CheckScope::All => "all devices".to_owned(),
        CheckScope::Devices(devices) => match devices.as_slice() {
            [first, second, third, _, ..] => {
                format!("{first}, {second}, {third} and {} more", devices.len() - 3)
            }
            few => few.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        },
        CheckScope::Groups(groups) => format!("devices of {}", groups.join(", ")),
    }
}

/// A run for people; `is_here` tells whether this process is at it.
pub(super) fn run(run: &CheckRun, is_here: bool) -> CheckRunView {
    let devices: Vec<CheckDeviceView> = run.results.iter().map(device).collect();
    let count = |outcome: views::CheckOutcome| {
        number(devices.iter().filter(|device| device.outcome == outcome).count())
    };
    let (why, words) = why(run.why);
    let state = match run.ended_at {
        Some(_) => views::CheckRunState::Ended,
        None if is_here => views::CheckRunState::Running,
        None => views::CheckRunState::NotEnded,
    };
    CheckRunView {
        id: run.id.0,
        schedule: run.schedule.as_ref().map(|(id, _)| id.0),
        schedule_name: run.schedule.as_ref().map(|(_, name)| name.clone()),
        why,
        why_words: words.to_owned(),
        due: run.due_at.map(time::text),
        by: run.by.clone(),
        started: time::text(run.started_at),
        state,
        ended: run.ended_at.map(time::text),
        in_sync: count(views::CheckOutcome::InSync),
        drift: count(views::CheckOutcome::Drift),
        not_checked: count(views::CheckOutcome::NotChecked),
        devices,
    }
}

fn why(why: CheckWhy) -> (views::CheckWhy, &'static str) {
    match why {
        CheckWhy::Scheduled => (views::CheckWhy::Scheduled, "scheduled"),
        CheckWhy::CaughtUp => (views::CheckWhy::CaughtUp, "caught up after sleep"),
        CheckWhy::ByHand => (views::CheckWhy::ByHand, "by hand"),
        CheckWhy::Command => (views::CheckWhy::Command, "by bk"),
    }
}

fn device(result: &CheckResult) -> CheckDeviceView {
    let (outcome, events, code, reason) = match &result.outcome {
        CheckOutcome::InSync => (views::CheckOutcome::InSync, 0, None, None),
        CheckOutcome::Drift { events } => (views::CheckOutcome::Drift, *events, None, None),
        CheckOutcome::NotChecked { code, sentence } => (
            views::CheckOutcome::NotChecked,
            0,
            Some(code.clone()),
            Some(sentence.clone()),
        ),
    };
    CheckDeviceView {
        device: result.device.to_string(),
        at: time::text(result.at),
        outcome,
        events,
        code,
        reason,
        millis: result.took_ms,
    }
}
