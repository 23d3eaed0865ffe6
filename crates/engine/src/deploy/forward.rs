//! The steps towards the decision.

use bk_model::DnosVersion;

use super::device::{Before, Device, Env, Moment, StepEnd, same_standing};
use super::drift;
use super::known::{Base, heads};
use super::lines::{Agreement, LineSet};
use super::report::Cause;
use super::sight::PendingSeen;
use super::table::Event;
use super::wording::Prints;
use super::words::Note;
use crate::ports::{ArmOutcome, Candidate, PrepareOutcome, PreparedRefusal, Probe, StepError};

/// Reach, sign in, version; nothing pending, running or in the candidate; read, compare with the plan's base, and
/// evaluate the lines again on the live text.
pub(super) async fn preflight(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.open(env).await?;
    let name = device.name().clone();
    let first = device.live()?.probe(&env.stop).await?;
    device.known.hear(&first, env.now());
    if let Some(end) = not_usable(device, &first) {
        return Ok(end);
    }
    let reading = device.live()?.read(env.options.scope, &env.stop).await?;
    let facts = device.live()?.facts(&env.stop).await?;
    let macs = super::verifying::macs(device, env).await?;
    let last = device.live()?.probe(&env.stop).await?;
    if !same_standing(&first, &last) {
        return Ok(StepEnd::failed(Cause::Moved {
            device: name,
            seen: "another committed during the read".to_owned(),
        }));
    }
    let text = LineSet::of_text(&reading.text);
    let touched = text.within(&device.plan.touched);
    let drifts = drift::at_preflight(&device.plan, &reading.text, &text);
    device.known.base = Some(Base {
        touched,
        outside: text.outside(&device.plan.touched).digest(),
        head: last.rollback.first().cloned(),
        heads: heads(&last.rollback),
    });
    device.prints = Prints::seen_in(&text);
    device.before = Some(Before {
        text,
        facts: Some(facts),
        macs,
    });
    device.reading = Some(reading);
    device.list = Some(last.rollback);
    if drifts.is_empty() {
        return Ok(StepEnd::passed());
    }
    Ok(StepEnd {
        drifts: drifts.clone(),
        ..StepEnd::failed(Cause::Drift { drifts })
    })
}

fn not_usable(device: &mut Device, probe: &Probe) -> Option<StepEnd> {
    let name = device.name().clone();
    // Flattened reads need 18.0 (REF 12); older releases are not planned for either.
    if !DnosVersion::at_least(&probe.version, 18, 0) {
        let detail = format!("{} is older than 18.0", probe.version);
        return Some(StepEnd {
            cause: Some(Cause::Unreachable {
                device: name,
                reason: "not-usable".to_owned(),
                detail,
            }),
            ..StepEnd::of(Event::Unreachable)
        });
    }
    if let Some(pending) = &probe.pending {
        let who = format!("{} via {} at {}", pending.user, pending.via, pending.time);
        return Some(StepEnd::failed(Cause::Busy { device: name, who }));
    }
    if probe.commit_running {
        return Some(StepEnd::failed(Cause::Busy {
            device: name,
            who: "a commit is running".to_owned(),
        }));
    }
    match &probe.candidate {
        Candidate::Empty => None,
        Candidate::Differs { text, .. } => Some(blocked(device, text)),
    }
}

pub(super) fn blocked(device: &mut Device, text: &str) -> StepEnd {
    device.known.note(Note::BlockedByCandidate {
        lines: text.to_owned(),
    });
    StepEnd::failed(Cause::CandidateNotEmpty {
        device: device.name().clone(),
        text: text.to_owned(),
    })
}

/// Lines, compare, commit check; then list and pending are still as at preflight.
pub(super) async fn prepare(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    let name = device.name().clone();
    let forward = device.plan.forward.clone();
    // Said before the first line is sent: a step that is cancelled in the middle leaves lines too.
    device.fresh = false;
    device.prepared = true;
    let outcome = device.live()?.prepare(&forward, &env.stop).await?;
    let candidate = match outcome {
        PrepareOutcome::Ready { candidate } => device.wording().candidate(candidate),
        PrepareOutcome::CandidateNotEmpty { candidate } => {
            device.prepared = false;
            let text = match candidate {
                Candidate::Empty => String::new(),
                Candidate::Differs { text, .. } => text,
            };
            return Ok(StepEnd {
                event: Event::Refrained,
                ..blocked(device, &text)
            });
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
        PrepareOutcome::NothingToChange { words } => {
            return Ok(drifted(drift::nothing_to_change(&device.plan)).words(words));
        }
        PrepareOutcome::OutOfSync { words } => {
            device.known.separate = true;
            return Ok(drifted(drift::foreign_commit(&device.plan, &words)).words(words));
        }
    };
    if let Some(end) = not_as_predicted(device, &candidate) {
        return Ok(end);
    }
    Ok(still_as_at_preflight(device, env)
        .await?
        .unwrap_or_else(StepEnd::passed))
}

fn drifted(drift: super::report::Drift) -> StepEnd {
    StepEnd {
        drifts: vec![drift.clone()],
        ..StepEnd::failed(Cause::Drift { drifts: vec![drift] })
    }
}

/// The candidate must be the prediction and nothing else. A layout that can't be read is noted; a contradiction stops.
fn not_as_predicted(device: &mut Device, candidate: &Candidate) -> Option<StepEnd> {
    let base = device
        .known
        .base
        .as_ref()
        .map(|base| base.touched.clone())
        .unwrap_or_default();
    let seen = match candidate {
        Candidate::Empty => "the candidate is empty".to_owned(),
        Candidate::Differs {
            added: Some(added),
            deleted: Some(deleted),
            ..
        } => match device.plan.predicted.compare(added, deleted, &base) {
            Agreement::Exact => {
                device.known.whole = true;
                return None;
            }
            Agreement::More { extra } | Agreement::Differs { extra } if !extra.is_empty() => {
                device.known.note(Note::BlockedByCandidate {
                    lines: extra.join("\n"),
                });
                extra.join("\n")
            }
            Agreement::More { .. } | Agreement::Differs { .. } => "planned lines are missing".to_owned(),
        },
        Candidate::Differs { .. } => {
            device.known.note(Note::NotObservable {
                what: "the compare: its layout is not known".to_owned(),
            });
            return None;
        }
    };
    Some(StepEnd::failed(Cause::Moved {
        device: device.name().clone(),
        seen,
    }))
}

async fn still_as_at_preflight(device: &mut Device, env: &Env) -> Result<Option<StepEnd>, StepError> {
    let probe = device.live()?.probe(&env.stop).await?;
    device.known.hear(&probe, env.now());
    let head = probe.rollback.first();
    let base = device.known.base.as_ref();
    let same_head = base.map_or(head.is_none(), |base| base.is_on_top_of(&probe.rollback));
    let seen = match (&probe.pending, probe.commit_running, same_head, head) {
        (None, false, true, _) => return Ok(None),
        (Some(pending), ..) => format!("a commit of {} is pending since {}", pending.user, pending.time),
        (None, true, ..) => "a commit is running".to_owned(),
        (None, false, false, Some(head)) => format!("{} committed at {}", head.user, head.time),
        (None, false, false, None) => "the rollback list is empty now".to_owned(),
    };
    let drift = drift::foreign_commit(&device.plan, &seen);
    Ok(Some(StepEnd {
        drifts: vec![drift],
        ..StepEnd::failed(Cause::Moved {
            device: device.name().clone(),
            seen,
        })
    }))
}

/// Head, pending and compare once more, right before the commit.
pub(super) async fn recheck(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    let shown = device.live()?.candidate(&env.stop).await?;
    let candidate = device.wording().candidate(shown);
    if let Some(end) = not_as_predicted(device, &candidate) {
        return Ok(end);
    }
    if let Some(end) = still_as_at_preflight(device, env).await? {
        return Ok(end);
    }
    device.rechecked = Some(Moment::now(env.clock.as_ref()));
    Ok(StepEnd::passed())
}

/// The one `commit confirm`.
pub(super) async fn arm(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    let name = device.name().clone();
    if device.rechecked.is_none_or(|at| at.slept(env.clock.as_ref())) {
        device.known.not_sent();
        return Ok(StepEnd::of(Event::Stale));
    }
    let minutes = env.options.window_minutes;
    let outcome = device.live()?.arm(minutes).await?;
    if !matches!(outcome, ArmOutcome::Committed { .. }) {
        device.known.not_sent();
    }
    match outcome {
        ArmOutcome::Committed { success, words } => {
            if let Some(commit) = device.known.commits.last_mut() {
                commit.success = Some(success);
            }
            device.prepared = false;
            Ok(StepEnd::passed().words(words))
        }
        ArmOutcome::NothingToChange { words } => {
            Ok(drifted(drift::nothing_to_change(&device.plan)).words(words))
        }
        ArmOutcome::OutOfSync { words } => {
            device.known.separate = true;
            Ok(drifted(drift::foreign_commit(&device.plan, &words)).words(words))
        }
        ArmOutcome::Refused { words } => Ok(StepEnd::failed(Cause::Refused {
            device: name,
            line: None,
            words: words.clone(),
        })
        .words(words)),
    }
}

/// Proves on the same session that our commit alone is pending, then closes it.
pub(super) async fn prove_armed(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.look(env).await?;
    let sight = device.sight();
    let displaced = device
        .seen
        .as_ref()
        .is_some_and(|seen| !seen.judged.displaced.is_empty());
    if sight.pending == PendingSeen::Ours && !displaced {
        device.close(env).await;
        return Ok(StepEnd::passed());
    }
    let seen = match sight.pending {
        PendingSeen::Nothing => "nothing is pending".to_owned(),
        PendingSeen::RideAlong => "lines of another went live with ours".to_owned(),
        PendingSeen::OursUnderAnother => "another committed on top".to_owned(),
        PendingSeen::Ours => "our commit replaced a value that another had just committed".to_owned(),
        PendingSeen::OurReverse | PendingSeen::NotOurs => "the pending commit is not ours".to_owned(),
    };
    Ok(StepEnd::failed(Cause::NotArmed {
        device: device.name().clone(),
        seen,
    }))
}
