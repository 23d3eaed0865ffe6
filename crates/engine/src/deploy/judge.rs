//! What the readings of a device mean. Pure: readings in, a [`Sight`] and notes out.

use chrono::{DateTime, Duration, Utc};

use super::change::DeviceChange;
use super::effect::{Effect, same_key};
use super::known::{Base, CommitKind, Known, OurCommit, entries_since, same_list, same_moment, stamp};
use super::lines::{Agreement, Delta, LineSet};
use super::sight::{CandidateSeen, LinesSeen, PendingSeen, Sight};
use super::table::Sent;
use crate::ports::{Candidate, EntryDelta, Pending, Probe, RollbackEntry};

/// The readings of one look: a probe, the text, the entries since preflight, and the probe again.
#[derive(Clone, Debug)]
pub struct Look {
    /// Before the reads.
    pub first: Probe,
    /// All lines of the read scope.
    pub text: LineSet,
    /// The entries since preflight with the change each made, newest first.
    pub entries: Vec<(RollbackEntry, EntryDelta)>,
    /// After the reads.
    pub last: Probe,
}

/// What a look means.
#[derive(Clone, Debug)]
pub struct Judged {
    /// In the words of the rules.
    pub sight: Sight,
    /// How much of our change runs.
    pub effect: Effect,
    /// The lines of the touched objects now.
    pub touched: LineSet,
    /// The part of our change that stands in the candidate, forward and back.
    pub in_candidate: Delta,
    /// Every line outside the touched objects is as at preflight.
    pub outside_same: bool,
    /// Seconds left of the pending commit by the device's own word.
    pub seconds_left: Option<u64>,
    /// Others committed since preflight.
    pub others_committed: bool,
    /// Values of another that our commit replaced.
    pub displaced: Vec<String>,
}

/// Judges a look and adds what it teaches to `known`.
///
/// `decided` tells whether the decision record exists: after it our lines without a timer are what is wanted.
pub fn judge(
    plan: &DeviceChange,
    known: &mut Known,
    sent: Sent,
    decided: bool,
    look: &Look,
    now: DateTime<Utc>,
) -> Judged {
    known.hear(&look.first, now);
    known.hear(&look.last, now);
    let base = known.base.clone().unwrap_or_else(|| Base {
        touched: plan.base.clone(),
        outside: look.text.outside(&plan.touched).digest(),
        head: None,
        heads: 0,
    });
    let touched = look.text.within(&plan.touched);
    let effect = match may_run(plan, known, &base.touched, look) {
        true => Effect::judge(&plan.predicted, &base.touched, &touched),
        false => Effect::none_of_ours(&base.touched, &touched),
    };
    known.live = effect.live.clone();
    let settled = is_settled(&look.first, &look.last);
    let owners: Vec<Whose> = look
        .entries
        .iter()
        .map(|(entry, delta)| whose(entry, delta, known, &look.text))
        .collect();
    let pending = pending_seen(look.last.pending.as_ref(), look, &owners);
    let lines = match (effect.is_none(), effect.complete) {
        (true, _) => LinesSeen::None,
        (_, true) => LinesSeen::All,
        _ => LinesSeen::Part,
    };
    let in_candidate = match sent {
        Sent::Nothing => Delta::default(),
        _ => {
            let back = known.sends_back(decided);
            ours_in(plan, &base.touched, &touched, &look.last.candidate, back)
        }
    };
    let candidate = match &look.last.candidate {
        Candidate::Empty => CandidateSeen::Empty,
        Candidate::Differs {
            added: Some(_),
            deleted: Some(_),
            ..
        } if in_candidate.is_empty() => others_candidate(known, &look.last.candidate),
        Candidate::Differs {
            added: Some(_),
            deleted: Some(_),
            ..
        } => CandidateSeen::Ours,
        // The layout can't be read: our reverse lines are tried, and what they leave is another's.
        Candidate::Differs { .. } if sent >= Sent::Lines && known.blind_cleans < 2 => CandidateSeen::Ours,
        Candidate::Differs { .. } => others_candidate(known, &look.last.candidate),
    };
    let sight = Sight {
        earlier_session: known.earlier_session(&look.last.sessions, now),
        settled,
        pending,
        lines,
        touched: !effect.others.is_empty(),
        candidate,
        recheck: known.recheck,
    };
    let others_committed = owners.contains(&Whose::Other);
    let displaced = owners.iter().flat_map(|owner| match owner {
        Whose::Ours {
            kind: CommitKind::Forward,
            displaced,
            ..
        } => displaced.clone(),
        _ => Vec::new(),
    });
    let displaced = displaced.collect();
    let seconds_left = look
        .last
        .pending
        .as_ref()
        .map(|pending| u64::from(pending.minutes_left) * 60);
    // Entries that moved while they were read teach nothing.
    if settled {
        super::notes::take(plan, known, decided, look, &owners, sight, now);
    }
    Judged {
        sight,
        effect,
        outside_same: look.text.outside(&plan.touched).digest() == base.outside,
        touched,
        in_candidate,
        seconds_left,
        others_committed,
        displaced,
    }
}

/// Tells whether lines of ours may run at all. Without a commit of ours only another's can have brought them, out of a
/// candidate that is shared, and that takes along whatever stood in it: one that lacks a line of ours is of lines that
/// another typed, also where they are the same as some of ours.
fn may_run(plan: &DeviceChange, known: &Known, base: &LineSet, look: &Look) -> bool {
    if !known.commits.is_empty() {
        return true;
    }
    if known.separate {
        return false;
    }
    let takes_along = |(_, delta): &(RollbackEntry, EntryDelta)| match (&delta.added, &delta.deleted) {
        (Some(added), Some(deleted)) => !matches!(
            plan.predicted.compare(added, deleted, base),
            Agreement::Differs { .. }
        ),
        _ => true,
    };
    !known.whole || look.entries.iter().any(takes_along)
}

/// Another's lines stand in the way, unless a person consented to exactly these.
fn others_candidate(known: &Known, candidate: &Candidate) -> CandidateSeen {
    match (candidate, &known.consent) {
        (Candidate::Differs { text, .. }, Some(consent)) if *text == consent.lines => {
            CandidateSeen::Consented
        }
        _ => CandidateSeen::Others,
    }
}

/// Tells whether the list and the pending commit stood still between two probes, and no commit ran.
fn is_settled(first: &Probe, last: &Probe) -> bool {
    let same_pending = match (&first.pending, &last.pending) {
        (Some(first), Some(last)) => same_pending(first, last),
        (None, None) => true,
        _ => false,
    };
    same_list(&first.rollback, &last.rollback)
        && same_pending
        && !first.commit_running
        && !last.commit_running
}

fn same_pending(left: &Pending, right: &Pending) -> bool {
    left.user == right.user && left.via == right.via && left.time == right.time
}

/// Whose a rollback entry is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Whose {
    /// Ours, with the lines that it carried beside ours; `read` when its change could be read.
    Ours {
        kind: CommitKind,
        extra: Vec<String>,
        read: bool,
        /// Values of another that ours replaced; a revert brings them back.
        displaced: Vec<String>,
    },
    /// Takes ours back, whether by the timer, by `clear` or by a person.
    Revert,
    /// Another's.
    Other,
}

/// Tells whose an entry is. Ours only if user, via and time fit our success line (its answer lost: fall between our
/// send and the first answer after it) and the change that it shows is ours.
fn whose(entry: &RollbackEntry, delta: &EntryDelta, known: &Known, text: &LineSet) -> Whose {
    for commit in known
        .commits
        .iter()
        .rev()
        .filter(|commit| is_from_us(entry, commit, known.user.as_deref()))
    {
        let ours = |extra, read, displaced| Whose::Ours {
            kind: commit.kind,
            extra,
            read,
            displaced,
        };
        let (Some(added), Some(deleted)) = (&delta.added, &delta.deleted) else {
            if commit.success.is_some() {
                return ours(Vec::new(), false, Vec::new());
            }
            continue;
        };
        // A whole removed object may be printed as one line; what stood below it is only known where we have it.
        let mut before = known
            .base
            .as_ref()
            .map_or_else(|| text.clone(), |base| base.touched.clone());
        if commit.kind == CommitKind::Reverse {
            before = before.with(&commit.change.inverse());
        }
        match commit.change.compare(added, deleted, &before) {
            Agreement::Exact => return ours(Vec::new(), true, Vec::new()),
            Agreement::More { extra } => {
                let is_displaced = |line: &String| {
                    let line = line.strip_prefix("- ");
                    line.is_some_and(|line| commit.change.added.iter().any(|own| same_key(own, line)))
                };
                let (displaced, extra) = extra.into_iter().partition(is_displaced);
                return ours(extra, true, displaced);
            }
            Agreement::Differs { .. } => {}
        }
    }
    if takes_ours_back(delta, known, text) {
        Whose::Revert
    } else {
        Whose::Other
    }
}

fn takes_ours_back(delta: &EntryDelta, known: &Known, text: &LineSet) -> bool {
    let (Some(added), Some(deleted)) = (&delta.added, &delta.deleted) else {
        return false;
    };
    known
        .commits
        .iter()
        .filter(|commit| commit.kind == CommitKind::Forward)
        .any(|commit| {
            let ours = commit.change.inverse();
            let before = known
                .base
                .as_ref()
                .map_or(text, |base| &base.touched)
                .with(&commit.change);
            !matches!(ours.compare(added, deleted, &before), Agreement::Differs { .. })
        })
}

fn is_from_us(entry: &RollbackEntry, commit: &OurCommit, user: Option<&str>) -> bool {
    if !entry.via.eq_ignore_ascii_case("cli") {
        return false;
    }
    if let Some(success) = &commit.success {
        return entry.user == success.user && same_moment(&entry.time, &success.time);
    }
    let in_window = match stamp(&entry.time) {
        Some(time) => {
            let slack = Duration::seconds(2);
            commit.after.is_none_or(|after| time >= after - slack)
                && commit.before.is_none_or(|before| time <= before + slack)
        }
        None => true,
    };
    user.is_none_or(|user| entry.user == user) && in_window
}

fn pending_seen(pending: Option<&Pending>, look: &Look, owners: &[Whose]) -> PendingSeen {
    let Some(pending) = pending else {
        return PendingSeen::Nothing;
    };
    let is_it = |entry: &RollbackEntry| {
        entry.user == pending.user && entry.via == pending.via && same_moment(&entry.time, &pending.time)
    };
    // Of several of one login in so short a time, the nearest; within a second, ours.
    let apart = |entry: &RollbackEntry| match (stamp(&entry.time), stamp(&pending.time)) {
        (Some(entry), Some(pending)) => (entry - pending).abs(),
        _ => Duration::zero(),
    };
    let entry = (0..look.entries.len())
        .filter(|at| is_it(&look.entries[*at].0))
        .min_by_key(|at| {
            let is_ours = matches!(owners[*at], Whose::Ours { .. });
            (apart(&look.entries[*at].0), !is_ours)
        });
    match entry.map(|at| (at, &owners[at])) {
        Some((
            _,
            Whose::Ours {
                kind: CommitKind::Reverse,
                ..
            },
        )) => PendingSeen::OurReverse,
        Some((_, Whose::Ours { extra, .. })) if !extra.is_empty() => PendingSeen::RideAlong,
        Some((0, Whose::Ours { .. })) => PendingSeen::Ours,
        Some((_, Whose::Ours { .. })) => PendingSeen::OursUnderAnother,
        Some((_, Whose::Revert | Whose::Other)) | None => PendingSeen::NotOurs,
    }
}

/// Returns the part of our change, forward or back, that a candidate holds against the running touched lines. Where another's
/// value stands in place of one of ours, nothing of it is ours: our way back puts there what was there before. Where we send
/// no way `back`, whatever takes out what runs of ours is another's.
#[must_use]
pub fn ours_in(
    plan: &DeviceChange,
    base: &LineSet,
    running: &LineSet,
    candidate: &Candidate,
    back: bool,
) -> Delta {
    let live = &Effect::judge(&plan.predicted, base, running).live;
    let Candidate::Differs {
        added: Some(added),
        deleted: Some(deleted),
        ..
    } = candidate
    else {
        return Delta::default();
    };
    let change = Delta {
        added: added
            .iter()
            .filter(|line| super::lines::is_within(line, &plan.touched))
            .cloned()
            .collect(),
        removed: running
            .iter()
            .filter(|line| deleted.iter().any(|shown| super::lines::at_or_below(line, shown)))
            .map(str::to_owned)
            .collect(),
    };
    let after = running.with(&change);
    let then = Effect::judge(&plan.predicted, base, &after).live;
    let minus = |a: &std::collections::BTreeSet<String>, b: &std::collections::BTreeSet<String>| {
        a.difference(b)
            .cloned()
            .collect::<std::collections::BTreeSet<_>>()
    };
    let forward = Delta {
        added: minus(&then.added, &live.added),
        removed: minus(&then.removed, &live.removed),
    };
    if !back {
        return forward;
    }
    let mut taken_out = minus(&live.added, &then.added);
    taken_out.retain(|own| {
        let replaces = |line: &String| same_key(line, own) && !base.iter().any(|known| known == line);
        !change.added.iter().any(replaces)
    });
    Delta {
        added: &forward.added | &minus(&live.removed, &then.removed),
        removed: &forward.removed | &taken_out,
    }
}

/// Returns the entries whose change must be read: those since preflight.
#[must_use]
pub fn entries_to_read(known: &Known, probe: &Probe) -> Vec<RollbackEntry> {
    let since = |base| entries_since(&probe.rollback, base).to_vec();
    known.base.as_ref().map(since).unwrap_or_default()
}
