//! How a deployment ended, in the only words there are.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::found::Found;
use super::known::Known;
use super::rules::WaitFor;
use super::table::{Claim, Sent};
use super::words::{DeploymentId, DeviceReport, DeviceState, Outcome};
use crate::drift::DriftKind;
use crate::ports::Reading;
use crate::verify::CheckRow;

/// What a person can do about an open state. Stable codes; the app has the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Remedy {
    /// Recover when the device can be reached; its timer guards it meanwhile.
    RecoverWhenReachable,
    /// Recover: our lines are taken out of the candidate at the next contact, before anything else.
    CleanAtNextContact,
    /// Wait until the device's timer has taken the commit back, then recover.
    WaitForTimer,
    /// Wait until the other person's candidate lines are gone, or consent to commit them too, then recover.
    WaitForAnothersCandidate,
    /// Wait until the other person's pending commit has ended, then recover.
    WaitForAnothersCommit,
    /// Another holds one of our objects: keep theirs or plan anew.
    DecideTouched,
    /// What was applied again did not pass its checks: try again, or take the difference as it is.
    DecideUnchecked,
}

impl Remedy {
    /// Returns the code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::RecoverWhenReachable => "recover-when-reachable",
            Self::CleanAtNextContact => "clean-at-next-contact",
            Self::WaitForTimer => "wait-for-timer",
            Self::WaitForAnothersCandidate => "wait-for-anothers-candidate",
            Self::WaitForAnothersCommit => "wait-for-anothers-commit",
            Self::DecideTouched => "decide-touched",
            Self::DecideUnchecked => "decide-unchecked",
        }
    }
}

/// Why a deployment turned back. The first reason; what followed from it is in the transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "cause", rename_all = "kebab-case")]
pub enum Cause {
    /// The live device and the plan's base differ.
    Drift {
        /// Each difference.
        drifts: Vec<Drift>,
    },
    /// The device refused a line or the commit check.
    Refused {
        /// The device.
        device: DeviceName,
        /// The refused line; none for the check or the commit.
        line: Option<String>,
        /// The device's own words.
        words: String,
    },
    /// Someone's uncommitted lines stand in the candidate.
    CandidateNotEmpty {
        /// The device.
        device: DeviceName,
        /// The candidate's compare as printed.
        text: String,
    },
    /// A commit is running or pending already.
    Busy {
        /// The device.
        device: DeviceName,
        /// Who and when, as far as the device says.
        who: String,
    },
    /// Rollback head, pending or compare is not as it was: another worked on the device meanwhile.
    Moved {
        /// The device.
        device: DeviceName,
        /// What was seen.
        seen: String,
    },
    /// The device took `commit confirm` and shows no pending commit of ours alone.
    NotArmed {
        /// The device.
        device: DeviceName,
        /// What was seen.
        seen: String,
    },
    /// A gating check failed.
    CheckFailed {
        /// The device; none for a check over all devices.
        device: Option<DeviceName>,
        /// The check's code.
        check: String,
        /// Its evidence.
        evidence: String,
    },
    /// The remaining time is too short to confirm everywhere.
    TimeShort {
        /// The device.
        device: DeviceName,
        /// Seconds left by the device's word.
        seconds_left: u64,
        /// Seconds needed.
        margin: u64,
    },
    /// No session could be opened.
    Unreachable {
        /// The device.
        device: DeviceName,
        /// A code of the reason: `unreachable`, `sign-in-refused`, `host-key-unknown`, `host-key-changed`, `not-usable`.
        reason: String,
        /// The reason in words.
        detail: String,
    },
    /// A session ended, or its answer could not be understood.
    Lost {
        /// The device.
        device: DeviceName,
        /// The reason in words.
        detail: String,
        /// The device's own words where there were any.
        words: Option<String>,
    },
    /// A person aborted.
    Person,
    /// The app or laptop stopped; recovery brings the devices back.
    Interrupted,
}

impl fmt::Display for Cause {
    /// For the log of a deployment; people are told by the application.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Drift { drifts } => {
                let objects: Vec<&str> = drifts.iter().map(|drift| drift.object.as_str()).collect();
                write!(f, "not as the plan expects: {}", objects.join(", "))
            }
            Self::Refused { line: Some(line), .. } => write!(f, "the device refused {line}"),
            Self::Refused { line: None, .. } => f.write_str("the device refused"),
            Self::CandidateNotEmpty { .. } => f.write_str("the candidate is not empty"),
            Self::Busy { who, .. } => write!(f, "another commit runs: {who}"),
            Self::Moved { seen, .. } => write!(f, "another worked on the device: {seen}"),
            Self::NotArmed { seen, .. } => write!(f, "no pending commit of ours alone: {seen}"),
            Self::CheckFailed { check, evidence, .. } => write!(f, "check {check}: {evidence}"),
            Self::TimeShort {
                seconds_left, margin, ..
            } => write!(f, "{seconds_left} s left, {margin} s needed"),
            Self::Unreachable { detail, .. } | Self::Lost { detail, .. } => f.write_str(detail),
            Self::Person => f.write_str("a person aborted"),
            Self::Interrupted => f.write_str("interrupted"),
        }
    }
}

/// A difference between a live device and what the plan starts from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drift {
    /// The device.
    pub device: DeviceName,
    /// The object's path.
    pub object: String,
    /// Which kind.
    pub kind: DriftKind,
    /// The object's lines as the plan expects them.
    pub expected: String,
    /// The object's lines as they are.
    pub actual: String,
}

/// How a deployment ended.
#[derive(Clone, Debug)]
pub struct DeploymentReport {
    /// Which.
    pub deployment: DeploymentId,
    /// In one word.
    pub outcome: Outcome,
    /// Why it turned back, if it did.
    pub cause: Option<Cause>,
    /// Each device, in the order of the plan.
    pub devices: Vec<DeviceReport>,
    /// Every check that ran, with its evidence.
    pub checks: Vec<CheckRow>,
    /// The last text read from each device: the new record where the device is old or new.
    pub readings: BTreeMap<DeviceName, Reading>,
    /// What was found of others' work, on each device.
    pub found: BTreeMap<DeviceName, Found>,
    /// When the decision was recorded.
    pub decided: Option<DateTime<Utc>>,
    /// A person aborted after the record: a rollback is wanted next.
    pub undo_wanted: bool,
    /// From the first to the last journal entry.
    pub took: Duration,
}

/// Puts a claim in words.
#[must_use]
pub fn device_report(
    device: &DeviceName,
    claim: Claim,
    sent: Sent,
    known: &Known,
    now: DateTime<Utc>,
) -> DeviceReport {
    let since = known.heard.unwrap_or(now);
    let until = known.until.unwrap_or(now);
    let (state, remedy) = match claim {
        Claim::Old => (DeviceState::Old, None),
        Claim::New => (DeviceState::New, None),
        Claim::LiveTouched => (DeviceState::LiveWithoutTimer, Some(Remedy::DecideTouched)),
        Claim::OldTouched => (DeviceState::Old, Some(Remedy::DecideTouched)),
        Claim::LiveUnchecked => (DeviceState::LiveWithoutTimer, Some(Remedy::DecideUnchecked)),
        Claim::OldUnchecked => (DeviceState::Old, Some(Remedy::DecideUnchecked)),
        Claim::Open(WaitFor::Reach | WaitFor::EarlierSession | WaitFor::Settled) if sent == Sent::Lines => (
            DeviceState::OldCandidateNotProvenClean,
            Some(Remedy::CleanAtNextContact),
        ),
        Claim::Open(WaitFor::Reach | WaitFor::EarlierSession | WaitFor::Settled) => (
            DeviceState::UnknownSince { since },
            Some(Remedy::RecoverWhenReachable),
        ),
        Claim::Open(WaitFor::RideAlongTimer | WaitFor::UncheckedTimer) => {
            (DeviceState::PendingUntil { until }, Some(Remedy::WaitForTimer))
        }
        Claim::Open(WaitFor::BlockedPending) => (
            DeviceState::PendingUntil { until },
            Some(Remedy::WaitForAnothersCandidate),
        ),
        Claim::Open(WaitFor::BlockedLive) => (
            DeviceState::LiveWithoutTimer,
            Some(Remedy::WaitForAnothersCandidate),
        ),
        Claim::Open(WaitFor::BlockedOld) => (DeviceState::Old, Some(Remedy::WaitForAnothersCandidate)),
        Claim::Open(WaitFor::AnothersPending) => (
            DeviceState::UnknownSince { since },
            Some(Remedy::WaitForAnothersCommit),
        ),
        Claim::Open(WaitFor::AnothersPendingOverOurs) => {
            (DeviceState::LiveWithoutTimer, Some(Remedy::WaitForAnothersCommit))
        }
    };
    DeviceReport {
        device: device.clone(),
        state,
        notes: known.notes.clone(),
        remedy: remedy.map(|remedy| remedy.code().to_owned()),
    }
}

/// Says in one word how it ended.
#[must_use]
pub(super) fn outcome(claims: &[Claim], cause: Option<&Cause>) -> Outcome {
    if claims.iter().all(|claim| *claim == Claim::New) {
        return Outcome::Verified;
    }
    if !claims.iter().all(|claim| *claim == Claim::Old) {
        return Outcome::InDoubt;
    }
    match cause {
        Some(
            Cause::Drift { .. }
            | Cause::Refused { .. }
            | Cause::CandidateNotEmpty { .. }
            | Cause::Busy { .. },
        ) => Outcome::Refused,
        _ => Outcome::Aborted,
    }
}
