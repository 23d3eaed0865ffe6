//! States, causes and cards of a deployment in words.

use bk_engine::deploy::{Cause, DeviceReport, DeviceState, DriftKind, Note, Outcome, Phase, Step};
use bk_engine::recovery;
use bk_engine::verify::Check;
use chrono::{DateTime, Utc};

use crate::time;
use crate::views::DeploymentStatus;

/// The word of a status in the database.
pub(crate) fn status_word(status: DeploymentStatus) -> &'static str {
    match status {
        DeploymentStatus::Running => "running",
        DeploymentStatus::Verified => "verified",
        DeploymentStatus::NothingToDo => "nothing-to-do",
        DeploymentStatus::Refused => "refused",
        DeploymentStatus::Aborted => "aborted",
        DeploymentStatus::InDoubt => "in-doubt",
    }
}

/// Reads a status of the database; one of another release is in doubt until it is looked at.
pub(super) fn status_of(word: &str) -> DeploymentStatus {
    match word {
        "running" => DeploymentStatus::Running,
        "verified" => DeploymentStatus::Verified,
        "nothing-to-do" => DeploymentStatus::NothingToDo,
        "refused" => DeploymentStatus::Refused,
        "aborted" => DeploymentStatus::Aborted,
        _ => DeploymentStatus::InDoubt,
    }
}

pub(super) fn status_of_outcome(outcome: Outcome) -> DeploymentStatus {
    match outcome {
        Outcome::Verified => DeploymentStatus::Verified,
        Outcome::NothingToDo => DeploymentStatus::NothingToDo,
        Outcome::Refused => DeploymentStatus::Refused,
        Outcome::Aborted => DeploymentStatus::Aborted,
        Outcome::InDoubt => DeploymentStatus::InDoubt,
    }
}

/// The word of a device's state and the moment that belongs to it.
pub(super) fn state_word(state: &DeviceState) -> (&'static str, Option<DateTime<Utc>>) {
    match state {
        DeviceState::Old => ("old", None),
        DeviceState::OldCandidateNotProvenClean => ("old-candidate-not-proven-clean", None),
        DeviceState::PendingUntil { until } => ("pending-until", Some(*until)),
        DeviceState::New => ("new", None),
        DeviceState::LiveWithoutTimer => ("live-without-timer", None),
        DeviceState::UnknownSince { since } => ("unknown-since", Some(*since)),
    }
}

pub(super) fn state_sentence(report: &DeviceReport) -> String {
    let device = &report.device;
    match &report.state {
        DeviceState::Old => format!("{device} is old"),
        DeviceState::OldCandidateNotProvenClean => {
            format!("{device} is old, its candidate is not proven clean")
        }
        DeviceState::PendingUntil { until } => format!("{device} is pending until {}", time::spoken(*until)),
        DeviceState::New => format!("{device} is new"),
        DeviceState::LiveWithoutTimer => format!("{device} runs our lines without a timer"),
        DeviceState::UnknownSince { since } => format!("{device} is unknown since {}", time::spoken(*since)),
    }
}

pub(super) fn note_words(note: &Note) -> String {
    match note {
        Note::RideAlong { lines } => format!("Lines of another rode along: {}", lines.join("; ")),
        Note::TouchedByAnother { who } => format!("Another changed one of our objects: {who}"),
        Note::AnothersCommitUndone { who } => format!("Another's commit was undone: {who}"),
        Note::Announced { until } => format!("Announced, until {}", time::spoken(*until)),
        Note::BlockedByCandidate { lines } => format!("Blocked by another's candidate lines: {lines}"),
        Note::ReappliedAfterExpiry => {
            "Its timer ended after the decision; the lines were applied again".to_owned()
        }
        Note::CommittedByConsent { by, lines } => {
            format!("Another's candidate lines were committed along, by consent of {by}: {lines}")
        }
        Note::ReapplyFailedCheck { check, evidence } => {
            format!("What was applied again did not pass a check ({check}): {evidence}")
        }
        Note::WasLiveWithoutTimer => "For a while our lines ran without a timer".to_owned(),
        Note::NotObservable { what } => format!("Not observable: {what}"),
    }
}

/// The phase in which a step is shown; steps of going back stay in the phase that was reached.
pub(super) fn phase_of(step: Step) -> Option<Phase> {
    match step {
        Step::PreflightRead => Some(Phase::Preflight),
        Step::PrepareLines => Some(Phase::Prepare),
        Step::ArmRecheck | Step::ArmCommit | Step::ArmProve => Some(Phase::Arm),
        Step::Verify => Some(Phase::Verify),
        Step::DecideCheck
        | Step::Confirm
        | Step::ConfirmProve
        | Step::CompleteProbe
        | Step::CompleteReapply
        | Step::CompleteVerify
        | Step::CompleteClean => Some(Phase::Decide),
        Step::SettleRead => Some(Phase::Settle),
        Step::ResolveProbe
        | Step::ResolveClean
        | Step::ResolveCancel
        | Step::ResolveReverse
        | Step::ResolveConfirm => None,
    }
}

/// Says why a deployment turned back: what happened, where, what is certain.
pub(super) fn cause_sentence(cause: &Cause) -> String {
    match cause {
        Cause::Drift { drifts } => match &drifts[..] {
            [only] => format!(
                "{} differs from our record: {}.",
                only.device,
                drift_words(only.kind, &only.object)
            ),
            many => {
                let devices: std::collections::BTreeSet<&str> =
                    many.iter().map(|drift| drift.device.as_str()).collect();
                let devices: Vec<&str> = devices.into_iter().collect();
                format!(
                    "{} objects differ from our record on {}.",
                    many.len(),
                    devices.join(", ")
                )
            }
        },
        Cause::Refused {
            device,
            line: Some(line),
            ..
        } => format!("{device} refused the line {line:?}."),
        Cause::Refused {
            device, line: None, ..
        } => format!("{device} refused the change at commit check."),
        Cause::CandidateNotEmpty { device, .. } => {
            format!("Uncommitted lines of another stand in the candidate of {device}.")
        }
        Cause::Busy { device, who } => format!("A commit is running or pending on {device}: {who}."),
        Cause::Moved { device, seen } => format!("Another worked on {device} meanwhile: {seen}."),
        Cause::NotArmed { device, seen } => {
            format!("{device} took the commit and shows no timer of ours: {seen}.")
        }
        Cause::CheckFailed { device, evidence, .. } => match device {
            Some(device) => format!("A check failed on {device}: {evidence}."),
            None => format!("A check failed: {evidence}."),
        },
        Cause::TimeShort {
            device,
            seconds_left,
            margin,
        } => {
            format!(
                "{device} has {seconds_left} s left in its confirm window; {margin} s are needed to confirm everywhere."
            )
        }
        Cause::Unreachable { device, detail, .. } => format!("{device} could not be used: {detail}."),
        Cause::Lost { device, detail, .. } => format!("The session with {device} was lost: {detail}."),
        Cause::Person => "Aborted.".to_owned(),
        Cause::Interrupted => "Bridgekeeper was stopped while it ran.".to_owned(),
    }
}

fn drift_words(kind: DriftKind, object: &str) -> String {
    match kind {
        DriftKind::AlreadyConfigured => format!("{object} holds the planned lines already"),
        DriftKind::DomainExists => format!("{object} exists already"),
        DriftKind::VlanConflict => format!("another interface takes the tag of {object}"),
        DriftKind::Mismatch | DriftKind::Unknown => format!("{object} is different"),
        DriftKind::MissingOnDevice => format!("{object} is missing"),
        DriftKind::ForeignCommit => format!("another committed and changed {object}"),
    }
}

/// The device's own words behind a cause.
pub(super) fn cause_words(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Refused { words, .. } => Some(words.clone()),
        Cause::CandidateNotEmpty { text, .. } => Some(text.clone()),
        Cause::Lost { words, .. } => words.clone(),
        _ => None,
    }
}

pub(super) fn cause_device(cause: &Cause) -> Option<String> {
    match cause {
        Cause::Drift { drifts } => drifts.first().map(|drift| drift.device.to_string()),
        Cause::Refused { device, .. }
        | Cause::CandidateNotEmpty { device, .. }
        | Cause::Busy { device, .. }
        | Cause::Moved { device, .. }
        | Cause::NotArmed { device, .. }
        | Cause::TimeShort { device, .. }
        | Cause::Unreachable { device, .. }
        | Cause::Lost { device, .. } => Some(device.to_string()),
        Cause::CheckFailed { device, .. } => device.as_ref().map(ToString::to_string),
        Cause::Person | Cause::Interrupted => None,
    }
}

/// The stable word of a cause.
pub(super) fn cause_code(cause: &Cause) -> &'static str {
    match cause {
        Cause::Drift { .. } => "drift",
        Cause::Refused { .. } => "refused",
        Cause::CandidateNotEmpty { .. } => "candidate-not-empty",
        Cause::Busy { .. } => "device-busy",
        Cause::Moved { .. } => "device-moved",
        Cause::NotArmed { .. } => "not-armed",
        Cause::CheckFailed { .. } => "check-failed",
        Cause::TimeShort { .. } => "time-short",
        Cause::Unreachable { .. } => "unreachable",
        Cause::Lost { .. } => "lost",
        Cause::Person => "aborted",
        Cause::Interrupted => "interrupted",
    }
}

/// What is certain of a device of an interrupted deployment.
pub(super) fn fact_sentence(fact: &recovery::Fact, now: DateTime<Utc>) -> String {
    match fact {
        recovery::Fact::NothingSent => "nothing was sent".to_owned(),
        recovery::Fact::OnlyLinesSent => "lines may stand in its candidate; no commit was sent".to_owned(),
        recovery::Fact::CommitUnanswered { at, .. } => format!(
            "a commit was begun by {} and its answer is missing",
            time::spoken_on(*at, now)
        ),
        recovery::Fact::PendingSeen { until } => {
            format!("our commit was pending, until {}", time::spoken_on(*until, now))
        }
        recovery::Fact::TimerOver { at } => format!("its timer ended at {}", time::spoken_on(*at, now)),
        recovery::Fact::Reported { state } => {
            format!("reported as {}", state_word(state).0.replace('-', " "))
        }
    }
}

/// Names a check.
pub(crate) fn check_label(check: Check) -> &'static str {
    match check {
        Check::FreshSession => "Fresh session, sign-in",
        Check::ChangeEqualsPlan => "Change equals the plan",
        Check::LinesActive => "Every intended line is active",
        Check::NothingObsolete => "Nothing obsolete is left",
        Check::NoOrphan => "No orphan",
        Check::Guarded => "Guarded by its timer",
        Check::InterfacesUp => "Interfaces up as before",
        Check::PathComplete => "Path complete",
        Check::TagsAgree => "Tags agree hop by hop",
        Check::OtherServices => "Other services unchanged",
        Check::Macs => "No fewer MACs than before",
    }
}
