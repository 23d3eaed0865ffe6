//! Deployments as views.

use std::collections::BTreeMap;
use std::time::Duration;

use bk_engine::deploy::{Cause, DeviceState};
use bk_engine::plan::Plan;
use bk_engine::verify::{Check, CheckClass, CheckResult as Result_};
use bk_store::Deployment;
use chrono::{DateTime, Utc};

use super::cards::{blocked_card, cause_card};
use super::live::{Cell, Live, LiveDevice, PHASES, place};
use super::words::{
    cause_code, cause_device, cause_sentence, cause_words, check_label, note_words, state_sentence,
    state_word, status_of,
};
use crate::present::{counted, number, phase_word};
use crate::time;
use crate::views::{
    CellState, CheckCell, CheckResult, CheckRow, ConfirmClock, DeploymentDetail, DeploymentRow,
    DeploymentStatus, DeviceProgress, ErrorView, PhaseCell, PlanKind, RollbackNow,
};

/// A row of the timeline; `status` is what is true now, which the stored word may lag behind.
pub(super) fn row(stored: &Deployment, status: DeploymentStatus, now: DateTime<Utc>) -> DeploymentRow {
    let until = stored.ended_at.unwrap_or(now);
    DeploymentRow {
        id: stored.id.0,
        domain: stored.domain.clone(),
        kind: match stored.kind.as_str() {
            "undo" => PlanKind::Undo,
            "clean-up" => PlanKind::CleanUp,
            "restore" => PlanKind::Restore,
            _ => PlanKind::Edit,
        },
        undoes: stored.undoes.map(|id| id.0),
        undone_by: stored.undone_by.map(|id| id.0),
        status,
        sentence: match (stored_status(stored), status) {
            // Its process is gone, and nobody wrote what became of it.
            (DeploymentStatus::Running, DeploymentStatus::InDoubt) => "It did not end.".to_owned(),
            _ => stored.sentence.clone(),
        },
        by: stored.by.clone(),
        started: time::text(stored.started_at),
        seconds: u32::try_from((until - stored.started_at).num_seconds()).unwrap_or(0),
        devices: stored.devices,
    }
}

pub(super) fn stored_status(stored: &Deployment) -> DeploymentStatus {
    status_of(&stored.status)
}

/// A running deployment, or one that just ended.
pub(super) fn live_detail(
    row: DeploymentRow,
    plan: &Plan,
    live: &Live,
    window_minutes: u16,
    now: DateTime<Utc>,
) -> DeploymentDetail {
    let running = row.status == DeploymentStatus::Running;
    let abort = match (
        running && !live.aborting,
        live.decided,
        live.devices.iter().any(|device| device.committed.is_some()),
    ) {
        (false, _, _) => None,
        (true, Some(_), _) => Some("Finish, then roll back".to_owned()),
        (true, None, true) => Some("Cancel and go back".to_owned()),
        (true, None, false) => Some("Abort".to_owned()),
    };
    DeploymentDetail {
        plan: plan.hash.to_hex(),
        phase: phase_word(live.phase).to_owned(),
        devices: live
            .devices
            .iter()
            .map(|device| progress(device, live, window_minutes))
            .collect(),
        clock: clock(live, window_minutes, now),
        decided: live.decided.map(time::text),
        checks: checks(plan, live),
        card: match running {
            true => blocked_card(live),
            false => (live.cause.as_ref()).and_then(|cause| cause_card(cause, &live.drifts, &row)),
        },
        rollback: rollback_now(plan, &row, live),
        leftovers: leftovers(live),
        left_before: 0,
        abort,
        // A person's own abort is no error.
        error: live
            .cause
            .as_ref()
            .filter(|cause| **cause != Cause::Person)
            .map(cause_error),
        sequence: None,
        child_of: None,
        row,
    }
}

/// What is certain of a device that was not reported yet. Between the commit and the device's own word on its timer, the
/// answer to the commit tells when it goes back; without that answer its state is not known.
fn state_while_running(device: &LiveDevice, live: &Live, window_minutes: u16) -> DeviceState {
    match (device.committed, device.until) {
        (Some(_), Some(until)) if live.outcome.is_none() => DeviceState::PendingUntil { until },
        (Some(begun), None) if device.answered => DeviceState::PendingUntil {
            until: begun + chrono::Duration::minutes(i64::from(window_minutes)),
        },
        (Some(since), None) => DeviceState::UnknownSince { since },
        _ => DeviceState::Old,
    }
}

fn progress(device: &LiveDevice, live: &Live, window_minutes: u16) -> DeviceProgress {
    let (word, at, notes) = match &device.report {
        Some(report) => {
            let (word, at) = state_word(&report.state);
            (word, at, report.notes.iter().map(note_words).collect())
        }
        None => {
            let (word, at) = state_word(&state_while_running(device, live, window_minutes));
            (word, at, Vec::new())
        }
    };
    let cell = |phase: &bk_engine::deploy::Phase| {
        let (state, spent) = device.cells[place(*phase)];
        let shown = match state {
            Cell::TakenBack => CellState::Skipped,
            Cell::Waiting if live.outcome.is_some() => CellState::Skipped,
            Cell::Waiting if *phase == live.phase => CellState::Held,
            Cell::Waiting => CellState::Waiting,
            Cell::Running => CellState::Running,
            Cell::Passed => CellState::Passed,
            Cell::Failed => CellState::Refused,
            Cell::Unknown => CellState::Unknown,
        };
        let seconds = (!spent.is_zero()).then_some(spent.as_secs_f32());
        PhaseCell {
            phase: phase_word(*phase).to_owned(),
            state: shown,
            word: None,
            seconds,
            done: 0,
            total: 0,
        }
    };
    let spent: Duration = device.cells.iter().map(|(_, spent)| *spent).sum();
    DeviceProgress {
        device: device.device.to_string(),
        state: word.to_owned(),
        state_at: at.map(time::text),
        notes,
        cells: PHASES.iter().map(cell).collect(),
        seconds: u32::try_from(spent.as_secs()).unwrap_or(u32::MAX),
        group: device.group,
        hash_before: None,
        hash_after: None,
    }
}

/// The first device that goes back by itself decides; the seconds are the device's own word.
fn clock(live: &Live, window_minutes: u16, now: DateTime<Utc>) -> Option<ConfirmClock> {
    let (until, _) = live.clocks.values().filter(|_| live.outcome.is_none()).min()?;
    let left = (*until - now).num_seconds().max(0);
    Some(ConfirmClock {
        until: time::text(*until),
        seconds_left: u32::try_from(left).unwrap_or(u32::MAX),
        window: u32::from(window_minutes) * 60,
    })
}

fn checks(plan: &Plan, live: &Live) -> Vec<CheckRow> {
    let mut by_check: BTreeMap<Check, Vec<&bk_engine::verify::CheckRow>> = BTreeMap::new();
    for row in &live.checks {
        by_check.entry(row.check).or_default().push(row);
    }
    let cell = |step: &bk_engine::plan::DevicePlan, rows: &[&bk_engine::verify::CheckRow]| {
        let own: Vec<_> = rows.iter().filter(|row| row.device == step.device).collect();
        // Of several rows (hops) on one device the worst is shown.
        let worst = own
            .iter()
            .find(|row| row.result == Result_::Failed)
            .or_else(|| own.iter().find(|row| row.result == Result_::NotObservable))
            .or(own.first());
        CheckCell {
            device: step.device.to_string(),
            result: match worst.map(|row| row.result) {
                None => CheckResult::NotApplicable,
                Some(Result_::Passed) => CheckResult::Passed,
                Some(Result_::Failed) => CheckResult::Failed,
                Some(Result_::NotObservable) => CheckResult::NotObservable,
            },
            evidence: own
                .iter()
                .map(|row| row.evidence.as_str())
                .collect::<Vec<_>>()
                .join("; "),
            before: worst.and_then(|row| row.before.clone()),
            after: worst.and_then(|row| row.after.clone()),
        }
    };
    by_check
        .iter()
        .map(|(check, rows)| {
            let results: Vec<CheckCell> = plan.devices.iter().map(|step| cell(step, rows)).collect();
            let of = |wanted| results.iter().filter(|cell| cell.result == wanted).count();
            let told = results
                .iter()
                .find(|cell| cell.result == CheckResult::Failed)
                .or_else(|| results.iter().find(|cell| !cell.evidence.is_empty()));
            CheckRow {
                check: check.code().to_owned(),
                label: check_label(*check).to_owned(),
                gating: check.class() == CheckClass::Gating,
                evidence: format!(
                    "{} of {} passed. {}",
                    of(CheckResult::Passed),
                    results.len() - of(CheckResult::NotApplicable),
                    told.map_or("", |cell| cell.evidence.as_str())
                ),
                results,
            }
        })
        .collect()
}

fn cause_error(cause: &Cause) -> ErrorView {
    ErrorView {
        code: cause_code(cause).to_owned(),
        sentence: cause_sentence(cause),
        next: None,
        device: cause_device(cause),
        object: None,
        words: cause_words(cause),
    }
}

fn rollback_now(plan: &Plan, row: &DeploymentRow, live: &Live) -> RollbackNow {
    let (lines, devices) = (number(plan.reverse_count()), number(plan.devices.len()));
    let (sentence, possible, reason) = match row.status {
        DeploymentStatus::Verified => match row.undone_by {
            None => (
                format!(
                    "{} on {} would undo {}.",
                    counted(lines, "line"),
                    counted(devices, "device"),
                    row.id
                ),
                true,
                None,
            ),
            Some(by) => (
                format!("Deployment {by} undid this one."),
                false,
                Some(format!("Deployment {by} undid it.")),
            ),
        },
        DeploymentStatus::Running if live.decided.is_some() => (
            "The decision is recorded: it is finished first, then rolled back.".to_owned(),
            true,
            None,
        ),
        DeploymentStatus::Running if live.devices.iter().any(|device| device.committed.is_some()) => (
            "Cancel the pending commit: every device is old again. Or do nothing until its timer ends."
                .to_owned(),
            true,
            None,
        ),
        DeploymentStatus::Running => (
            "Nothing is committed yet; aborting leaves nothing behind.".to_owned(),
            true,
            None,
        ),
        DeploymentStatus::NothingToDo | DeploymentStatus::Refused | DeploymentStatus::Aborted => (
            "Nothing is to be rolled back: every device is old.".to_owned(),
            false,
            Some("Every device is old.".to_owned()),
        ),
        DeploymentStatus::InDoubt => (
            "It is resolved first; the card says what can be chosen.".to_owned(),
            false,
            Some("It is in doubt.".to_owned()),
        ),
    };
    RollbackNow {
        sentence,
        possible,
        reason,
        lines,
        devices,
    }
}

fn leftovers(live: &Live) -> Vec<String> {
    let reports = live.devices.iter().filter_map(|device| device.report.as_ref());
    reports
        .filter(|report| report.remedy.is_some())
        .map(|report| format!("{}.", state_sentence(report)))
        .collect()
}
