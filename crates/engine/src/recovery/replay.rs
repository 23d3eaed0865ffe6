//! The journal read back: a fold over its entries.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};

use super::{OpenDeployment, OpenDevice};
use crate::deploy::known::Known;
use crate::deploy::lines::Delta;
use crate::deploy::sight::Recheck;
use crate::deploy::table::{Claim, Place, Sent};
use crate::deploy::{DeviceState, Step};
use crate::drift::OwnCommits;
use crate::ports::{JournalEntry, JournalEvent};

/// Folds the entries of one deployment; `None` if it never began or has ended.
#[must_use]
pub fn replay(entries: &[JournalEntry]) -> Option<OpenDeployment> {
    let first = entries.first()?;
    let JournalEvent::Began {
        plan,
        by,
        window_minutes,
        ..
    } = &first.event
    else {
        return None;
    };
    let mut open = OpenDeployment {
        deployment: first.deployment,
        plan: plan.clone(),
        by: by.clone(),
        window_minutes: *window_minutes,
        began: first.at,
        last_entry: first.at,
        decided: None,
        devices: Vec::new(),
        next_seq: first.seq + 1,
    };
    for entry in &entries[1..] {
        open.last_entry = entry.at;
        open.next_seq = entry.seq + 1;
        match &entry.event {
            JournalEvent::Began { .. } => {}
            JournalEvent::Decided { .. } => open.decided = Some(entry.at),
            JournalEvent::Ended { .. } => return None,
            JournalEvent::StepStarted { step } => start(&mut open, entry, *step),
            JournalEvent::StepEnded {
                step,
                result,
                evidence,
            } => end(&mut open, entry, *step, result, evidence),
            JournalEvent::Consented { consent } => {
                if let Some(device) = find(&mut open, entry) {
                    device.known.consent = Some(consent.clone());
                }
            }
            JournalEvent::Reported { report } => {
                if let Some(device) = find(&mut open, entry) {
                    device.report = Some(report.clone());
                }
            }
        }
    }
    Some(open)
}

/// Folds what a deployment knows of its own commits on a device, whether it ended or not; none if it sent none there.
#[must_use]
pub fn own_commits(entries: &[JournalEntry], device: &DeviceName) -> Option<OwnCommits> {
    let is_end = |entry: &&JournalEntry| matches!(entry.event, JournalEvent::Ended { .. });
    let is_over = entries.iter().any(|entry| is_end(&entry));
    let kept: Vec<JournalEntry> = entries.iter().filter(|entry| !is_end(entry)).cloned().collect();
    let open = replay(&kept)?;
    let found = open.devices.iter().find(|one| one.device == *device)?;
    // Before it sent a commit, no commit is its own.
    (found.sent >= Sent::Commit).then(|| {
        let is_over = is_over && found.unanswered.is_empty();
        OwnCommits::of(&found.known, is_over)
    })
}

fn find<'a>(open: &'a mut OpenDeployment, entry: &JournalEntry) -> Option<&'a mut OpenDevice> {
    let name = entry.device.as_ref()?;
    open.devices.iter_mut().find(|device| device.device == *name)
}

fn start(open: &mut OpenDeployment, entry: &JournalEntry, step: Step) {
    if let Some(device) = find(open, entry) {
        device.unanswered.push(step);
        device.unseen |= step.sends() == Sent::Commit;
        device.sent = device.sent.max(step.sends());
        // A look after a report: the report no longer stands.
        device.report = None;
    } else if let Some(name) = &entry.device {
        open.devices.push(OpenDevice {
            device: name.clone(),
            sent: step.sends(),
            unanswered: vec![step],
            unseen: step.sends() == Sent::Commit,
            known: Known::default(),
            report: None,
        });
    }
}

fn end(
    open: &mut OpenDeployment,
    entry: &JournalEntry,
    step: Step,
    result: &str,
    evidence: &serde_json::Value,
) {
    let Some(device) = find(open, entry) else { return };
    device.unanswered.clear();
    device.unseen &= !(step.looks() && matches!(result, "saw" | "passed" | "failed"));
    // The step found that it must not begin.
    if step == Step::PrepareLines && result == "refrained" {
        device.sent = Sent::Nothing;
    }
    // Evidence of an older form teaches nothing; a fresh look at the device then has to tell everything.
    if let Ok(known) = serde_json::from_value::<Known>(evidence.clone()) {
        device.known = known;
    }
}

impl OpenDevice {
    /// The place of a device whose report is final.
    #[must_use]
    pub fn final_place(&self) -> Option<Place> {
        let report = self.report.as_ref().filter(|report| report.remedy.is_none())?;
        match report.state {
            DeviceState::Old => Some(Place::Claimed(Claim::Old)),
            DeviceState::New => Some(Place::Claimed(Claim::New)),
            DeviceState::OldCandidateNotProvenClean
            | DeviceState::PendingUntil { .. }
            | DeviceState::LiveWithoutTimer
            | DeviceState::UnknownSince { .. } => None,
        }
    }

    /// What is known once the process that worked on the device is gone: its session counts as lost, and a commit whose
    /// end is not in the journal may have been sent. `predicted` is the plan's change of the device.
    #[must_use]
    pub fn known_after_crash(&self, crashed: DateTime<Utc>, predicted: &Delta) -> Known {
        let mut known = self.known.clone();
        known.session_lost_at = known.session_lost_at.max(Some(crashed));
        // A person who recovers what did not pass its checks wants it tried again.
        if known.recheck == Recheck::Failed {
            known.recheck = Recheck::Due;
        }
        for step in &self.unanswered {
            known.begins(*step, predicted);
        }
        known
    }
}
