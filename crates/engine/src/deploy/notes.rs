//! What a look gives reason to say beside the state: whose lines rode along, who touched or lost what.

use std::collections::BTreeSet;

use chrono::{DateTime, Duration, Utc};

use super::change::DeviceChange;
use super::judge::{Look, Whose};
use super::known::{CommitKind, Known, OthersCommit, same_entry};
use super::lines::Delta;
use super::rules::{CompleteRow, ResolveRow, WaitFor, complete, resolve};
use super::sight::{PendingSeen, Sight};
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
            known.saved.get_or_insert_with(|| look.text.digest());
            if let Some(until) = known.until {
                known.note(Note::Announced { until });
            }
        }
        PendingSeen::Nothing | PendingSeen::NotOurs => {}
    }
    if sight.touched {
        let who = touched_by(plan, known);
        known.note(Note::TouchedByAnother { who });
    }
    // Only where their lines stop a commit of ours; beside that they are none of our business.
    known
        .notes
        .retain(|note| !matches!(note, Note::BlockedByCandidate { .. }));
    if let Candidate::Differs { text, .. } = &look.last.candidate
        && blocks(sight, decided)
    {
        known.note(Note::BlockedByCandidate { lines: text.clone() });
    }
    if sight.pending == PendingSeen::Nothing {
        known
            .notes
            .retain(|note| !matches!(note, Note::AnothersCommitUndone { .. }));
        if let Some(who) = undone(plan, known, look) {
            known.note(Note::AnothersCommitUndone { who });
        }
    }
    let still_listed = owners.iter().any(|owner| matches!(owner, Whose::Ours { .. }));
    let ended_by_itself = sight.pending == PendingSeen::Nothing && known.saw_pending && !known.cancelled;
    if ended_by_itself && !still_listed {
        // Our entry left the list by itself: what another committed on it may have left with it.
        let what = "others' commits between the last read and the end of the timer".to_owned();
        known.note(Note::NotObservable { what });
    }
}

fn blocks(sight: Sight, decided: bool) -> bool {
    use WaitFor::{BlockedLive, BlockedOld, BlockedPending};
    let wait = match (decided, resolve(sight), complete(sight)) {
        (false, ResolveRow::Wait(wait), _) | (true, _, CompleteRow::Wait(wait)) => wait,
        _ => return false,
    };
    matches!(wait, BlockedLive | BlockedOld | BlockedPending)
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

/// Returns whose commit was undone: its lines are gone, and no other person's commit took them out. Lines of ours that a
/// shared candidate carried in their commit don't count.
fn undone(plan: &DeviceChange, known: &Known, look: &Look) -> Option<String> {
    let is_ours =
        |line: &String| plan.predicted.added.contains(line) || plan.predicted.removed.contains(line);
    let theirs = |other: &OthersCommit| {
        let change = other.change.as_ref()?;
        let keep = |lines: &BTreeSet<String>| lines.iter().filter(|line| !is_ours(line)).cloned().collect();
        Some(Delta {
            added: keep(&change.added),
            removed: keep(&change.removed),
        })
    };
    let changes: Vec<Option<Delta>> = known.others.iter().map(theirs).collect();
    let gone = |change: &Delta| {
        !change.is_empty()
            && change.added.iter().all(|line| !look.text.holds(line))
            && change.removed.iter().all(|line| look.text.holds(line))
    };
    known.others.iter().enumerate().find_map(|(at, other)| {
        let change = changes[at].as_ref().filter(|change| gone(change))?;
        let takes = |later: &Delta| {
            change.added.iter().any(|line| later.removed.contains(line))
                || change.removed.iter().any(|line| later.added.contains(line))
        };
        // What takes ours out together with theirs is a revert, not somebody's decision about their line.
        let is_revert = |index: usize| {
            let raw = known.others[index].change.as_ref();
            raw.is_some_and(|raw| {
                raw.removed.iter().any(|line| plan.predicted.added.contains(line))
                    || raw.added.iter().any(|line| plan.predicted.removed.contains(line))
            })
        };
        let taken_out = changes
            .iter()
            .enumerate()
            .any(|(index, later)| index != at && later.as_ref().is_some_and(takes) && !is_revert(index));
        (!taken_out).then(|| other.who())
    })
}
