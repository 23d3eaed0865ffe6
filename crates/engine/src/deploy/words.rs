//! The words of a deployment. Window, command, journal and history use these and no others.

use std::fmt;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Number of a deployment in its lab, from 1, as people say it ("deployment 214").
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DeploymentId(pub u32);

impl fmt::Display for DeploymentId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// The deployment that another one goes on for, without a part of its plan.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChildOf {
    /// That deployment.
    pub deployment: DeploymentId,
    /// Changes that are left out and stay in the draft, as the draft names them.
    pub left_out: Vec<String>,
}

/// The six phases, with a barrier between each two.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Read and compare; nothing is sent.
    Preflight,
    /// Lines, compare, commit check.
    Prepare,
    /// `commit confirm`; shown as "Commit confirm".
    Arm,
    /// Checks on fresh sessions.
    Verify,
    /// Barrier, decision record, `commit`; shown as "Confirm".
    Decide,
    /// Read again, store, archive.
    Settle,
}

/// A protocol step on one device, the unit of the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Preflight: probe and read.
    PreflightRead,
    /// Prepare: candidate empty, lines, compare, commit check.
    PrepareLines,
    /// Arm: re-check of head, pending and compare.
    ArmRecheck,
    /// Arm: `commit confirm`.
    ArmCommit,
    /// Arm: proof by `show system commit` and the entry's delta.
    ArmProve,
    /// Verify: checks on a fresh session.
    Verify,
    /// Decide: the check before the record.
    DecideCheck,
    /// Confirm: `commit`.
    Confirm,
    /// Confirm: proof that nothing is pending and the text is ours.
    ConfirmProve,
    /// Settle: last read.
    SettleRead,
    /// Resolve to old: fresh session and probe.
    ResolveProbe,
    /// Resolve to old: reverse lines in the candidate.
    ResolveClean,
    /// Resolve to old: `commit` of our pending reverse, or of our pending commit below another's.
    ResolveConfirm,
    /// Resolve to old: `clear system commit`.
    ResolveCancel,
    /// Resolve to old: reverse lines under their own commit confirm.
    ResolveReverse,
    /// Complete after the record: probe.
    CompleteProbe,
    /// Complete after the record: the lines again, guarded.
    CompleteReapply,
    /// Complete after the record: the checks over what was applied again, on a fresh session.
    CompleteVerify,
    /// Complete after the record: reverse lines in the candidate.
    CompleteClean,
}

/// The decision record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Decision {
    /// All devices are confirmed; from here recovery only completes.
    Confirm,
}

/// The only states a device can be reported in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum DeviceState {
    /// The running configuration is as before.
    Old,
    /// As before, but lines of ours may still stand in a candidate.
    OldCandidateNotProvenClean,
    /// Our commit runs under the device's timer until this moment.
    PendingUntil {
        /// When the device goes back by itself.
        until: DateTime<Utc>,
    },
    /// The planned configuration runs and nothing is pending.
    New,
    /// Our lines run and no timer guards them.
    LiveWithoutTimer,
    /// A command was sent and its effect could not be read since this moment.
    UnknownSince {
        /// When the device was last heard.
        since: DateTime<Utc>,
    },
}

/// What a report says beside the state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "note", rename_all = "kebab-case")]
pub enum Note {
    /// A shared candidate carried another's lines live with ours.
    RideAlong {
        /// Those lines.
        lines: Vec<String>,
    },
    /// Another changed one of our objects.
    TouchedByAnother {
        /// User and time as the device prints them.
        who: String,
    },
    /// A timer or `clear` undid another's commit.
    AnothersCommitUndone {
        /// User and time as the device prints them.
        who: String,
    },
    /// The loss was announced with its deadline beforehand.
    Announced {
        /// The deadline.
        until: DateTime<Utc>,
    },
    /// Another's candidate lines stop any commit of ours.
    BlockedByCandidate {
        /// Those lines as the device prints them.
        lines: String,
    },
    /// The device's timer ended after the decision record and the lines were applied again.
    ReappliedAfterExpiry,
    /// A person consented to commit another's candidate lines, and our `commit` carried them.
    CommittedByConsent {
        /// Who consented.
        by: String,
        /// Those lines as the device printed them.
        lines: String,
    },
    /// What was applied again after the decision did not pass this check.
    ReapplyFailedCheck {
        /// The check's code.
        check: String,
        /// Its evidence.
        evidence: String,
    },
    /// For a while our lines ran without a timer.
    WasLiveWithoutTimer,
    /// Something that this command line can't show.
    NotObservable {
        /// What.
        what: String,
    },
}

/// One device's report.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceReport {
    /// The device.
    pub device: DeviceName,
    /// Its state.
    pub state: DeviceState,
    /// Notes.
    pub notes: Vec<Note>,
    /// What a person can do now, as a stable code; none when nothing is open.
    pub remedy: Option<String>,
}

/// How a deployment ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// Every device is new, verified.
    Verified,
    /// Nothing was to change; nothing was sent.
    NothingToDo,
    /// A device refused or drifted; every device is old.
    Refused,
    /// A person or a failed check aborted; every device is old.
    Aborted,
    /// Some device is in a lasting mixed or unknown state, named in its report.
    InDoubt,
}

/// What a failure on one device means for the others.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Policy {
    /// Any failure takes all devices back.
    #[default]
    AllOrNothing,
    /// The parts of the plan go one after the other, each all or nothing; the first that fails ends the sequence.
    StopOnFirst,
    /// The parts of the plan go one after the other, each all or nothing; one that fails does not hold up the next.
    Independent,
}
