//! The recovery card: per device what is certain, what the device does by itself and when, and what can be chosen.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::{OpenDeployment, OpenDevice};
use crate::deploy::table::{Direction, Sent};
use crate::deploy::{DeviceState, Note, Remedy, Step};

/// What is certain of a device before it is looked at again. Codes; the app has the sentences.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "fact", rename_all = "kebab-case")]
pub enum Fact {
    /// Nothing that changes anything was sent.
    NothingSent,
    /// Lines may stand in a candidate; no commit was sent.
    OnlyLinesSent,
    /// A commit was begun and its answer is not in the journal.
    CommitUnanswered {
        /// Which step.
        step: Step,
        /// When it was begun at the latest.
        at: DateTime<Utc>,
    },
    /// Our commit was pending when the device was last heard.
    PendingSeen {
        /// When the device goes back by itself.
        until: DateTime<Utc>,
    },
    /// The timer that guarded our commit has ended by now.
    TimerOver {
        /// When.
        at: DateTime<Utc>,
    },
    /// The device was reported.
    Reported {
        /// In which state.
        state: DeviceState,
    },
}

/// What a person can choose. Before the decision record only going back, after it only going on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Choice {
    /// Take every device back to old.
    TakeBack,
    /// Complete every device to new.
    Complete,
    /// Complete, then plan the rollback.
    CompleteThenUndo,
    /// Commit another's candidate lines too, exactly these, and go on.
    Consent {
        /// The device.
        device: DeviceName,
        /// The lines as the device printed them.
        lines: String,
    },
    /// Take what another put in place of ours as it is.
    KeepTheirs,
    /// The same, and plan what is not deployed on what is there now.
    PlanAnew,
    /// Take the difference as it is and close the deployment.
    CloseInDoubt,
}

/// One device of the card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceCard {
    /// The device.
    pub device: DeviceName,
    /// What is certain.
    pub certain: Vec<Fact>,
    /// What the device does by itself, and when: it goes back to old. None when nothing happens by itself.
    pub by_itself: Option<DateTime<Utc>>,
    /// Whether the device must be looked at before anything can be said.
    pub open: bool,
}

/// The card of an open deployment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecoveryCard {
    /// When the decision was recorded.
    pub decided: Option<DateTime<Utc>>,
    /// Its devices.
    pub devices: Vec<DeviceCard>,
    /// What the decision record allows.
    pub choices: Vec<Choice>,
    /// The first moment at which a device changes by itself.
    pub deadline: Option<DateTime<Utc>>,
}

/// Makes the card of an open deployment from its journal alone; no device is asked.
#[must_use]
pub fn card(open: &OpenDeployment, now: DateTime<Utc>) -> RecoveryCard {
    let devices: Vec<DeviceCard> = open
        .devices
        .iter()
        .map(|device| device_card(open, device, now))
        .collect();
    let needs = |remedy: Remedy| {
        let mut reports = open.devices.iter().filter_map(|device| device.report.as_ref());
        reports.any(|report| report.remedy.as_deref() == Some(remedy.code()))
    };
    let mut choices = match open.direction() {
        Direction::Complete => vec![Choice::Complete, Choice::CompleteThenUndo],
        Direction::Forward | Direction::Back => vec![Choice::TakeBack],
    };
    choices.extend(open.devices.iter().filter_map(consent));
    if needs(Remedy::DecideTouched) {
        choices.extend([Choice::KeepTheirs, Choice::PlanAnew]);
    }
    if needs(Remedy::DecideUnchecked) {
        choices.push(Choice::CloseInDoubt);
    }
    RecoveryCard {
        decided: open.decided,
        deadline: devices.iter().filter_map(|device| device.by_itself).min(),
        devices,
        choices,
    }
}

/// The consent that a device waits for.
fn consent(device: &OpenDevice) -> Option<Choice> {
    let report = device.report.as_ref()?;
    if report.remedy.as_deref() != Some(Remedy::WaitForAnothersCandidate.code()) {
        return None;
    }
    report.notes.iter().find_map(|note| match note {
        Note::BlockedByCandidate { lines } => Some(Choice::Consent {
            device: device.device.clone(),
            lines: lines.clone(),
        }),
        _ => None,
    })
}

fn device_card(open: &OpenDeployment, device: &OpenDevice, now: DateTime<Utc>) -> DeviceCard {
    let mut certain = Vec::new();
    let commit = device
        .unanswered
        .iter()
        .rev()
        .find(|step| step.sends() == Sent::Commit);
    match (device.sent, commit) {
        (Sent::Nothing, _) => certain.push(Fact::NothingSent),
        (Sent::Lines, _) => certain.push(Fact::OnlyLinesSent),
        (Sent::Commit, Some(step)) => certain.push(Fact::CommitUnanswered {
            step: *step,
            at: open.last_entry,
        }),
        (Sent::Commit, None) => {}
    }
    // A commit whose answer is lost may have armed its timer up to the moment of the crash.
    let window = chrono::Duration::minutes(i64::from(open.window_minutes) + 1);
    let timer = match (device.sent, device.known.until) {
        (Sent::Commit, Some(until)) => Some(until),
        (Sent::Commit, None) => Some(open.last_entry + window),
        _ => None,
    };
    let done = device.final_place().is_some();
    let by_itself = timer.filter(|until| *until > now && !done);
    match (timer, device.known.until) {
        (Some(_), Some(until)) if until > now && !done => certain.push(Fact::PendingSeen { until }),
        (Some(at), _) if at <= now && !done => certain.push(Fact::TimerOver { at }),
        _ => {}
    }
    if let Some(report) = &device.report {
        certain.push(Fact::Reported {
            state: report.state.clone(),
        });
    }
    DeviceCard {
        device: device.device.clone(),
        certain,
        by_itself,
        open: !done && device.sent != Sent::Nothing,
    }
}
