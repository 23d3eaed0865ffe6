//! The looks between the commit and the decision: the checks, and the check before the record.

use super::device::{Before, Device, Env, StepEnd};
use super::forward::blocked;
use super::report::Cause;
use super::sight::{CandidateSeen, LinesSeen, PendingSeen, Recheck};
use super::words::Note;
use crate::ports::{Candidate, MacFact, StepError};
use crate::verify::{self, CheckRow, DeviceView};

/// The MAC table of each service, where the device tells.
pub(super) type Macs = Vec<(bk_model::BridgeDomainName, Option<Vec<MacFact>>)>;

/// All checks of one device, on a fresh session.
pub(super) async fn verify(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.open(env).await?;
    device.look(env).await?;
    let checks = checked(device, env).await?;
    Ok(judged(device, checks))
}

/// The same checks over what was applied again after the decision record, on a session that sent none of it.
pub(super) async fn verify_again(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.close(env).await;
    device.open(env).await?;
    device.look(env).await?;
    let checks = checked(device, env).await?;
    let end = judged(device, checks);
    note_recheck(device, end.checks.iter().find(|row| row.stops()));
    Ok(StepEnd { cause: None, ..end })
}

/// Writes down how the checks of a re-apply came out.
pub(super) fn note_recheck(device: &mut Device, failed: Option<&CheckRow>) {
    device.known.recheck = match failed {
        None => Recheck::Nothing,
        Some(row) => {
            device.known.note(Note::ReapplyFailedCheck {
                check: row.check.code().to_owned(),
                evidence: row.evidence.clone(),
            });
            Recheck::Failed
        }
    };
}

/// The MAC table of each service of the plan.
pub(super) async fn macs(device: &mut Device, env: &Env) -> Result<Macs, StepError> {
    let mut macs = Vec::new();
    for domain in env.domains.iter() {
        macs.push((domain.clone(), device.live()?.macs(domain, &env.stop).await?));
    }
    Ok(macs)
}

async fn checked(device: &mut Device, env: &Env) -> Result<Vec<CheckRow>, StepError> {
    let facts = device.live()?.facts(&env.stop).await?;
    let macs = macs(device, env).await?;
    let text = device
        .seen
        .as_ref()
        .map(|seen| seen.look.text.clone())
        .unwrap_or_default();
    device.after = Some(Before {
        text,
        facts: Some(facts),
        macs,
    });
    let sight = device.sight();
    if sight.pending == PendingSeen::Nothing && sight.lines != LinesSeen::None {
        device.known.note(Note::WasLiveWithoutTimer);
    }
    Ok(verify::device_checks(&view(device, env)))
}

fn judged(device: &Device, checks: Vec<CheckRow>) -> StepEnd {
    let end = match checks.iter().find(|row| row.stops()) {
        None => StepEnd::passed(),
        Some(row) => StepEnd::failed(Cause::CheckFailed {
            device: Some(device.name().clone()),
            check: row.check.code().to_owned(),
            evidence: row.evidence.clone(),
        }),
    };
    StepEnd { checks, ..end }
}

fn view<'a>(device: &'a Device, env: &Env) -> DeviceView<'a> {
    let sight = device.sight();
    let seen = device.seen.as_ref();
    let live = sight.lines == LinesSeen::All && !sight.touched;
    let others = seen.is_some_and(|seen| seen.judged.others_committed);
    let rode = device
        .known
        .notes
        .iter()
        .any(|note| matches!(note, Note::RideAlong { .. }));
    let displaced = seen.map_or(&[][..], |seen| seen.judged.displaced.as_slice());
    DeviceView {
        plan: &device.plan,
        before: device
            .before
            .as_ref()
            .map(|b| (&b.text, b.facts.as_ref(), b.macs.as_slice())),
        after: device
            .after
            .as_ref()
            .map(|a| (&a.text, a.facts.as_ref(), a.macs.as_slice())),
        host: seen.map(|seen| seen.look.last.host.as_str()),
        // Behind the decision ours is confirmed with what others put on it or into it, and that is reported.
        pending_ours: match env.decided() {
            false => sight.pending == PendingSeen::Ours && displaced.is_empty(),
            true => sight.pending != PendingSeen::NotOurs,
        },
        // Another's commit confirmed ours: it counts if theirs touches none of our objects and nothing rode along.
        confirmed_by_another: live
            && others
            && (env.decided() || (sight.pending == PendingSeen::Nothing && !rode)),
        effect: seen.map(|seen| &seen.judged.effect),
        outside_same: seen.is_some_and(|seen| seen.judged.outside_same),
    }
}

/// The check before the record: answers, ours is pending (or confirmed by another) and not short of time, candidate empty.
pub(super) async fn decide_check(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.open(env).await?;
    device.look(env).await?;
    let name = device.name().clone();
    let sight = device.sight();
    let left = device.seen.as_ref().and_then(|seen| seen.judged.seconds_left);
    let moved = |seen: &str| {
        StepEnd::failed(Cause::Moved {
            device: name.clone(),
            seen: seen.to_owned(),
        })
    };
    if !sight.settled {
        return Ok(moved(
            "a commit is running, or another committed during the check",
        ));
    }
    let live = sight.pending == PendingSeen::Nothing && sight.lines == LinesSeen::All && !sight.touched;
    let armed = sight.pending == PendingSeen::Ours && sight.lines == LinesSeen::All && !sight.touched;
    if !live && !armed {
        return Ok(moved(
            "the pending commit is not ours alone, or our lines do not run",
        ));
    }
    if sight.candidate != CandidateSeen::Empty {
        let text = device
            .seen
            .as_ref()
            .map_or_else(String::new, |seen| match &seen.look.last.candidate {
                Candidate::Empty => String::new(),
                Candidate::Differs { text, .. } => text.clone(),
            });
        return Ok(blocked(device, &text));
    }
    let margin = env.options.margin.as_secs();
    match left {
        Some(seconds_left) if armed && seconds_left <= margin => Ok(StepEnd::failed(Cause::TimeShort {
            device: name,
            seconds_left,
            margin,
        })),
        _ => Ok(StepEnd::passed()),
    }
}
