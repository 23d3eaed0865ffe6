//! The steps back to old and, after the decision record, on to new.

use super::device::{Before, Device, Env, StepEnd, same_standing};
use super::effect::{lines_back, same_key};
use super::known::{CommitKind, Consent, OthersCommit};
use super::lines::{Agreement, Delta, LineSet};
use super::report::Cause;
use super::sight::{CandidateSeen, LinesSeen, PendingSeen, Recheck};
use super::table::Event;
use super::words::Note;
use crate::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, PrepareOutcome, PreparedRefusal,
    StepError,
};

/// A look on a session that sent nothing on the way forward.
pub(super) async fn probe(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    if !device.fresh && !env.decided() {
        device.close(env).await;
    }
    device.open(env).await?;
    device.look(env).await?;
    Ok(StepEnd::of(Event::Saw(device.sight())))
}

/// `clear system commit`, after one more look at list and pending on this session.
pub(super) async fn cancel(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    if device.sight().pending != PendingSeen::Ours || !device.unchanged(env).await? {
        return Ok(StepEnd::of(Event::Refrained));
    }
    device.known.cancelled = true;
    match device.live()?.cancel_pending().await? {
        CancelOutcome::RolledBack { words } => Ok(StepEnd::passed().words(words)),
        CancelOutcome::NothingPending { words } => Ok(StepEnd::of(Event::Refrained).words(words)),
    }
}

/// `commit` with an empty candidate, or with another's lines exactly as a person consented to them, after one more look
/// at list and pending on this session.
pub(super) async fn confirm(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    if !device.unchanged(env).await? {
        return Ok(StepEnd::of(Event::Stale));
    }
    let consent = match device.sight().candidate {
        CandidateSeen::Consented => device.known.consent.clone(),
        _ => None,
    };
    let lines = consent.as_ref().map(|consent| consent.lines.as_str());
    match device.live()?.confirm(lines).await? {
        ConfirmOutcome::Confirmed { words } => {
            if let Some(Consent { by, lines }) = consent {
                device.known.consent = None;
                device.known.note(Note::CommittedByConsent { by, lines });
            }
            Ok(StepEnd::passed().words(words))
        }
        ConfirmOutcome::CandidateNotEmpty { candidate } => {
            note_blocked(device, &candidate);
            Ok(StepEnd::of(Event::Refrained))
        }
        ConfirmOutcome::NothingToCommit { words } => Ok(StepEnd::of(Event::Failed).words(words)),
        ConfirmOutcome::Refused { words } => {
            let device = device.name().clone();
            Ok(StepEnd::failed(Cause::Refused {
                device,
                line: None,
                words: words.clone(),
            })
            .words(words))
        }
    }
}

/// Our lines out of the candidate, by reverse lines; another's lines beside them stay.
pub(super) async fn clean(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    let candidate = if device.prepared {
        let shown = device.live()?.candidate(&env.stop).await?;
        device.wording().candidate(shown)
    } else {
        match &device.seen {
            Some(seen) => seen.look.last.candidate.clone(),
            None => return Ok(StepEnd::of(Event::Lost)),
        }
    };
    let lines = match &candidate {
        Candidate::Empty => {
            device.prepared = false;
            return Ok(StepEnd::passed());
        }
        Candidate::Differs {
            added: Some(added),
            deleted: Some(deleted),
            ..
        } => {
            let running = running(device);
            let shown = Delta {
                added: added.iter().cloned().collect(),
                removed: running
                    .iter()
                    .filter(|l| covers(deleted, l))
                    .map(str::to_owned)
                    .collect(),
            };
            let back = device.known.sends_back(env.decided());
            let mut ours = super::judge::ours_in(&device.plan, &base(device), &running, &candidate, back);
            // A value that ours replaced comes back: another committed it after our line was taken.
            let replaced = deleted
                .iter()
                .filter(|line| ours.added.iter().any(|own| same_key(own, line)));
            ours.removed.extend(replaced.cloned());
            let held = running.with(&shown).within(&device.plan.touched);
            lines_back(&held, &ours).unwrap_or_else(|_| device.plan.reverse.clone())
        }
        Candidate::Differs { .. } => {
            device.known.blind_cleans += 1;
            device.plan.reverse.clone()
        }
    };
    let outcome = device.live()?.clean(&lines, &env.stop).await?;
    device.prepared = false;
    match outcome {
        CleanOutcome::Empty => Ok(StepEnd::passed()),
        CleanOutcome::Left { candidate } => {
            note_blocked(device, &candidate);
            Ok(StepEnd::passed())
        }
        CleanOutcome::Refused { line, words } => {
            let device = device.name().clone();
            Ok(StepEnd::failed(Cause::Refused {
                device,
                line: Some(line),
                words: words.clone(),
            })
            .words(words))
        }
    }
}

fn covers(shown: &[String], line: &str) -> bool {
    shown.iter().any(|shown| super::lines::at_or_below(line, shown))
}

fn base(device: &Device) -> LineSet {
    device
        .known
        .base
        .as_ref()
        .map_or_else(|| device.plan.base.clone(), |base| base.touched.clone())
}

fn running(device: &Device) -> LineSet {
    device
        .seen
        .as_ref()
        .map_or_else(|| base(device), |seen| seen.judged.touched.clone())
}

fn note_blocked(device: &mut Device, candidate: &Candidate) {
    if let Candidate::Differs { text, .. } = candidate {
        device
            .known
            .note(Note::BlockedByCandidate { lines: text.clone() });
    }
}

/// Our lines that run go back under a `commit confirm` of their own; only those that still are ours.
pub(super) async fn reverse(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.known.note(Note::WasLiveWithoutTimer);
    let Some(seen) = &device.seen else {
        return Ok(StepEnd::of(Event::Lost));
    };
    let effect = seen.judged.effect.clone();
    let touched = seen.judged.touched.clone();
    let lines = if effect.complete && effect.others.is_empty() {
        device.plan.reverse.clone()
    } else {
        match lines_back(&touched, &effect.live) {
            Ok(lines) => lines,
            Err(error) => {
                let cause = Cause::Lost {
                    device: device.name().clone(),
                    detail: error.to_string(),
                    words: None,
                };
                return Ok(StepEnd::failed(cause));
            }
        }
    };
    guarded(
        device,
        env,
        CommitKind::Reverse,
        &lines,
        &effect.live.inverse(),
        &touched,
    )
    .await
}

/// The forward lines again, on a device whose timer ended behind the decision record.
pub(super) async fn reapply(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    let lines = device.plan.forward.clone();
    let change = device.plan.predicted.clone();
    let before = running(device);
    // What the checks compare with is what stands now: the first commit was undone, and others may have worked here since.
    let facts = device.live()?.facts(&env.stop).await?;
    let macs = super::verifying::macs(device, env).await?;
    let text = device
        .seen
        .as_ref()
        .map(|seen| seen.look.text.clone())
        .unwrap_or_default();
    device.before = Some(Before {
        text,
        facts: Some(facts),
        macs,
    });
    guarded(device, env, CommitKind::Forward, &lines, &change, &before).await
}

/// Lines, compare, commit check, one more look, `commit confirm`. Never bare.
async fn guarded(
    device: &mut Device,
    env: &Env,
    kind: CommitKind,
    lines: &[bk_config::CliLine],
    change: &Delta,
    before: &LineSet,
) -> Result<StepEnd, StepError> {
    let name = device.name().clone();
    let standing = device.seen.as_ref().map(|seen| (seen.look.last.clone(), seen.at));
    device.prepared = true;
    let outcome = device.live()?.prepare(lines, &env.stop).await?;
    let candidate = match outcome {
        PrepareOutcome::Ready { candidate } => device.wording().candidate(candidate),
        PrepareOutcome::CandidateNotEmpty { candidate } => {
            device.prepared = false;
            note_blocked(device, &candidate);
            return Ok(StepEnd::of(Event::Refrained));
        }
        PrepareOutcome::Refused { refusal, words } => {
            let line = match refusal {
                PreparedRefusal::Line { line, .. } => Some(line),
                PreparedRefusal::CommitCheck => None,
            };
            return Ok(StepEnd::failed(Cause::Refused {
                device: name,
                line,
                words: words.clone(),
            })
            .words(words));
        }
        PrepareOutcome::NothingToChange { words } | PrepareOutcome::OutOfSync { words } => {
            return Ok(StepEnd::of(Event::Failed).words(words));
        }
    };
    if let Candidate::Differs {
        added: Some(added),
        deleted: Some(deleted),
        text,
    } = &candidate
        && change.compare(added, deleted, before) != Agreement::Exact
    {
        note_blocked(device, &candidate);
        return Ok(StepEnd::of(Event::Failed).words(text.clone()));
    }
    let probe = device.live()?.probe(&env.stop).await?;
    device.known.hear(&probe, env.now());
    let still =
        standing.is_some_and(|(last, at)| !at.slept(env.clock.as_ref()) && same_standing(&last, &probe));
    if !still || probe.pending.is_some() {
        return Ok(StepEnd::of(Event::Failed).words("another committed meanwhile"));
    }
    let outcome = device.live()?.arm(env.options.window_minutes).await?;
    if !matches!(outcome, ArmOutcome::Committed { .. }) {
        device.known.not_sent();
    }
    match outcome {
        ArmOutcome::Committed { success, words } => {
            device.prepared = false;
            if let Some(commit) = device.known.commits.last_mut() {
                commit.success = Some(success);
            }
            if kind == CommitKind::Forward {
                device.known.reapplied = true;
                device.known.recheck = Recheck::Due;
                device.known.note(Note::ReappliedAfterExpiry);
            }
            Ok(StepEnd::passed().words(words))
        }
        ArmOutcome::NothingToChange { words }
        | ArmOutcome::Refused { words }
        | ArmOutcome::OutOfSync { words } => Ok(StepEnd::of(Event::Failed).words(words)),
    }
}

/// The last read, which becomes the record.
pub(super) async fn settle(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.open(env).await?;
    device.look(env).await?;
    let sight = device.sight();
    if sight.lines != LinesSeen::All {
        let who = device
            .known
            .others
            .last()
            .map_or_else(|| "not known".to_owned(), OthersCommit::who);
        device.known.note(Note::TouchedByAnother { who });
    }
    Ok(StepEnd::of(Event::Saw(sight)))
}
