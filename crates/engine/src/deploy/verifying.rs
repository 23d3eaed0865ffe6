//! The looks between the commit and the decision: the checks, and the check before the record.

use super::device::{Before, Device, Env, StepEnd};
use super::forward::blocked;
use super::report::Cause;
use super::sight::{CandidateSeen, LinesSeen, PendingSeen};
use super::words::Note;
use crate::ports::{Candidate, StepError};
use crate::verify::{self, CheckClass, CheckResult, DeviceView};

/// All checks of one device, on a fresh session.
pub(super) async fn verify(device: &mut Device, env: &Env) -> Result<StepEnd, StepError> {
    device.open(env).await?;
    device.look(env).await?;
    let facts = device.live()?.facts(&env.stop).await?;
    let mut macs = Vec::new();
    for domain in env.domains.iter() {
        macs.push((domain.clone(), device.live()?.macs(domain, &env.stop).await?));
    }
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
    let checks = verify::device_checks(&view(device));
    let failed = checks
        .iter()
        .find(|row| row.class == CheckClass::Gating && row.result == CheckResult::Failed);
    let end = match failed {
        None => StepEnd::passed(),
        Some(row) => StepEnd::failed(Cause::CheckFailed {
            device: Some(device.name().clone()),
            check: row.check.code().to_owned(),
            evidence: row.evidence.clone(),
        }),
    };
    Ok(StepEnd { checks, ..end })
}

fn view(device: &Device) -> DeviceView<'_> {
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
        pending_ours: sight.pending == PendingSeen::Ours && displaced.is_empty(),
        // Another's commit confirmed ours: it counts if theirs touches none of our objects and nothing rode along.
        confirmed_by_another: sight.pending == PendingSeen::Nothing && live && others && !rode,
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
