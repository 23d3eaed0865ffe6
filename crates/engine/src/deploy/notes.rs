//! What a look gives reason to say beside the state: whose lines rode along, who touched or lost what.

use chrono::{DateTime, Duration, Utc};

use super::change::DeviceChange;
use super::judge::{Look, Whose};
use super::known::{CommitKind, Known, OthersCommit, same_entry};
use super::lines::Delta;
use super::sight::{CandidateSeen, LinesSeen, PendingSeen, Sight};
use super::words::Note;
use crate::ports::{Candidate, EntryDelta, RollbackEntry};

/// Adds the notes of a look to what is known.
pub(super) fn take(
    plan: &DeviceChange,
    known: &mut Known,
    decided: bool,
    look: &Look,
    owners: &[Whose],
    sight: Sight,
    now: DateTime<Utc>,
) {
    for ((entry, delta), owner) in look.entries.iter().zip(owners) {
        match owner {
            Whose::Other => remember(known, entry, delta),
            Whose::Ours {
                kind: CommitKind::Forward,
                extra,
                ..
            } if !extra.is_empty() => {
                known.note(Note::RideAlong { lines: extra.clone() });
            }
            Whose::Ours { read: false, .. } => known.note(Note::NotObservable {
                what: "the change of our own rollback entry: its layout is not known".to_owned(),
            }),
            Whose::Ours { .. } | Whose::Revert => {}
        }
    }
    known.until = look
        .last
        .pending
        .as_ref()
        .map(|pending| now + Duration::minutes(i64::from(pending.minutes_left)));
    match sight.pending {
        PendingSeen::Ours | PendingSeen::OurReverse => known.saw_pending = true,
        PendingSeen::OursUnderAnother | PendingSeen::RideAlong => {
            known.saw_pending = true;
            known.saved.get_or_insert_with(|| look.text.clone());
            if let Some(until) = known.until {
                known.note(Note::Announced { until });
            }
        }
        PendingSeen::Nothing if !decided && sight.lines != LinesSeen::None => {
            known.note(Note::WasLiveWithoutTimer);
        }
        PendingSeen::Nothing | PendingSeen::NotOurs => {}
    }
    if sight.touched {
        let who = touched_by(plan, known);
        known.note(Note::TouchedByAnother { who });
    }
    match (sight.candidate, &look.last.candidate) {
        (CandidateSeen::Others, Candidate::Differs { text, .. }) => {
            known.note(Note::BlockedByCandidate { lines: text.clone() });
        }
        // Their lines are gone: nothing is blocked any more.
        _ => known
            .notes
            .retain(|note| !matches!(note, Note::BlockedByCandidate { .. })),
    }
    if let Some(who) = undone(known, look) {
        known.note(Note::AnothersCommitUndone { who });
    }
    let still_listed = owners.iter().any(|owner| matches!(owner, Whose::Ours { .. }));
    let ended_by_itself = sight.pending == PendingSeen::Nothing && known.saw_pending && !known.cancelled;
    if ended_by_itself && !still_listed {
        // Our entry left the list by itself: what another committed on it may have left with it.
        let what = "others' commits between the last read and the end of the timer".to_owned();
        known.note(Note::NotObservable { what });
    }
}

fn touched_by(plan: &DeviceChange, known: &Known) -> String {
    let touches = |other: &&OthersCommit| {
        other
            .change
            .as_ref()
            .is_none_or(|change| change.touches(&plan.touched))
    };
    known
        .others
        .iter()
        .rev()
        .find(touches)
        .map_or_else(|| "not known".to_owned(), OthersCommit::who)
}

fn remember(known: &mut Known, entry: &RollbackEntry, delta: &EntryDelta) {
    if known.others.iter().any(|other| same_entry(&other.entry, entry)) {
        return;
    }
    let change = match (&delta.added, &delta.deleted) {
        (Some(added), Some(deleted)) => Some(Delta {
            added: added.iter().cloned().collect(),
            removed: deleted.iter().cloned().collect(),
        }),
        _ => None,
    };
    known.others.push(OthersCommit {
        entry: entry.clone(),
        change,
    });
}

/// Returns whose commit was undone: its lines are gone, and no other person's commit took them out.
fn undone(known: &Known, look: &Look) -> Option<String> {
    let gone = |change: &Delta| {
        !change.is_empty()
            && change.added.iter().all(|line| !look.text.holds(line))
            && change.removed.iter().all(|line| look.text.holds(line))
    };
    known.others.iter().enumerate().find_map(|(at, other)| {
        let change = other.change.as_ref().filter(|change| gone(change))?;
        let taken_out = known.others.iter().enumerate().any(|(index, later)| {
            let takes = |later: &Delta| {
                change.added.iter().any(|line| later.removed.contains(line))
                    || change.removed.iter().any(|line| later.added.contains(line))
            };
            index != at && later.change.as_ref().is_some_and(takes)
        });
        (!taken_out).then(|| other.who())
    })
}
