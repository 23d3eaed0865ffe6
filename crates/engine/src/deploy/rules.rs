//! Two tables: what to do by what is seen. Before the decision record a device is resolved to old, after it completed
//! to new. Each sight has exactly one row, the first that fits.

use serde::{Deserialize, Serialize};

use super::sight::{CandidateSeen, LinesSeen, PendingSeen, Recheck, Sight};

/// Why a device must be waited for, and what can be said of it meanwhile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WaitFor {
    /// No session can be opened, or it broke.
    Reach,
    /// An earlier session of ours may still run a command.
    EarlierSession,
    /// A commit runs, or the rollback list moved between two reads.
    Settled,
    /// Our pending commit carries another's lines: the device's own timer takes it back.
    RideAlongTimer,
    /// What was applied again did not pass its checks: it is not confirmed, and the device's own timer takes it back.
    UncheckedTimer,
    /// Another's commit is pending; its effect on ours is not known.
    AnothersPending,
    /// Another's commit is pending and our lines run.
    AnothersPendingOverOurs,
    /// Another's candidate lines stop our commit; ours is pending.
    BlockedPending,
    /// Another's candidate lines stop our commit; our lines run without a timer.
    BlockedLive,
    /// Another's candidate lines stop the re-apply; the device is old.
    BlockedOld,
}

/// A row of the table for a deployment without a decision record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ResolveRow {
    /// Look again later.
    Wait(WaitFor),
    /// `clear system commit`.
    Cancel,
    /// `commit`: confirms our reverse, or our commit below another's so that it can be reversed by lines; with consent it
    /// takes another's candidate lines along, or only those.
    Confirm,
    /// Reverse lines under their own `commit confirm`.
    Reverse,
    /// Reverse lines in the candidate.
    Clean,
    /// Claim old.
    Old,
}

/// A row of the table for a deployment with a decision record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompleteRow {
    /// Look again later.
    Wait(WaitFor),
    /// `commit`.
    Confirm,
    /// The forward lines again, under their own `commit confirm`.
    Reapply,
    /// Reverse lines in the candidate.
    Clean,
    /// The checks again, on a fresh session: the lines were applied again after the timer ended.
    Verify,
    /// Claim new.
    New,
    /// What was applied again did not pass its checks: claim what runs and leave the rest to a person.
    Unchecked,
    /// Another holds one of our objects: claim live without timer and leave the rest to a person.
    LiveTouched,
    /// Another holds one of our objects and none of our lines run: claim old and leave the rest to a person.
    OldTouched,
}

/// What to do on a device before the decision record.
#[must_use]
pub fn resolve(sight: Sight) -> ResolveRow {
    if sight.earlier_session {
        return ResolveRow::Wait(WaitFor::EarlierSession);
    }
    if !sight.settled {
        return ResolveRow::Wait(WaitFor::Settled);
    }
    match (sight.pending, sight.candidate) {
        (PendingSeen::Ours, _) => ResolveRow::Cancel,
        (
            PendingSeen::OurReverse | PendingSeen::OursUnderAnother,
            CandidateSeen::Empty | CandidateSeen::Consented,
        ) => ResolveRow::Confirm,
        (PendingSeen::OurReverse | PendingSeen::OursUnderAnother, CandidateSeen::Ours) => ResolveRow::Clean,
        (PendingSeen::OurReverse | PendingSeen::OursUnderAnother, CandidateSeen::Others) => {
            ResolveRow::Wait(WaitFor::BlockedPending)
        }
        (PendingSeen::RideAlong, _) => ResolveRow::Wait(WaitFor::RideAlongTimer),
        (PendingSeen::NotOurs, _) if sight.lines == LinesSeen::None => {
            ResolveRow::Wait(WaitFor::AnothersPending)
        }
        (PendingSeen::NotOurs, _) => ResolveRow::Wait(WaitFor::AnothersPendingOverOurs),
        (PendingSeen::Nothing, candidate) => match (sight.lines, candidate) {
            (LinesSeen::Part | LinesSeen::All, CandidateSeen::Empty) => ResolveRow::Reverse,
            (_, CandidateSeen::Ours) => ResolveRow::Clean,
            (LinesSeen::Part | LinesSeen::All, CandidateSeen::Others) => {
                ResolveRow::Wait(WaitFor::BlockedLive)
            }
            (LinesSeen::Part | LinesSeen::All, CandidateSeen::Consented) => ResolveRow::Confirm,
            (LinesSeen::None, CandidateSeen::Empty | CandidateSeen::Others | CandidateSeen::Consented) => {
                ResolveRow::Old
            }
        },
    }
}

/// What to do on a device after the decision record.
#[must_use]
pub fn complete(sight: Sight) -> CompleteRow {
    if !sight.settled {
        return CompleteRow::Wait(WaitFor::Settled);
    }
    // Another's value on our object is a person's matter, whatever the checks say.
    let recheck = match (sight.lines, sight.touched) {
        (LinesSeen::All, false) => sight.recheck,
        _ => Recheck::Nothing,
    };
    match sight.pending {
        PendingSeen::Ours | PendingSeen::OursUnderAnother | PendingSeen::RideAlong
            if recheck == Recheck::Due =>
        {
            return CompleteRow::Verify;
        }
        PendingSeen::Ours | PendingSeen::OursUnderAnother | PendingSeen::RideAlong
            if recheck == Recheck::Failed =>
        {
            return CompleteRow::Wait(WaitFor::UncheckedTimer);
        }
        // Confirming twice is harmless, so this does not wait for an earlier session.
        PendingSeen::Ours | PendingSeen::OursUnderAnother | PendingSeen::RideAlong => {
            return match sight.candidate {
                CandidateSeen::Empty | CandidateSeen::Consented => CompleteRow::Confirm,
                CandidateSeen::Ours if sight.earlier_session => CompleteRow::Wait(WaitFor::EarlierSession),
                CandidateSeen::Ours => CompleteRow::Clean,
                CandidateSeen::Others => CompleteRow::Wait(WaitFor::BlockedPending),
            };
        }
        PendingSeen::Nothing | PendingSeen::OurReverse | PendingSeen::NotOurs => {}
    }
    if sight.earlier_session {
        return CompleteRow::Wait(WaitFor::EarlierSession);
    }
    if sight.pending != PendingSeen::Nothing {
        return CompleteRow::Wait(match sight.lines {
            LinesSeen::None => WaitFor::AnothersPending,
            LinesSeen::Part | LinesSeen::All => WaitFor::AnothersPendingOverOurs,
        });
    }
    match (sight.lines, sight.touched, sight.candidate) {
        // Nothing of ours is left behind in a candidate, whoever holds the object now.
        (_, _, CandidateSeen::Ours) => CompleteRow::Clean,
        (LinesSeen::All, _, _) if recheck == Recheck::Due => CompleteRow::Verify,
        (LinesSeen::All, _, _) if recheck == Recheck::Failed => CompleteRow::Unchecked,
        (LinesSeen::All, _, _) => CompleteRow::New,
        (LinesSeen::Part, _, _) => CompleteRow::LiveTouched,
        (LinesSeen::None, true, _) => CompleteRow::OldTouched,
        (LinesSeen::None, false, _) if sight.recheck == Recheck::Failed => CompleteRow::Unchecked,
        (LinesSeen::None, false, CandidateSeen::Empty) => CompleteRow::Reapply,
        (LinesSeen::None, false, CandidateSeen::Others) => CompleteRow::Wait(WaitFor::BlockedOld),
        (LinesSeen::None, false, CandidateSeen::Consented) => CompleteRow::Confirm,
    }
}
