//! The report against the fabric's own dump.

use std::collections::BTreeMap;

use bk_app::views::{DeploymentDetail, DeploymentStatus, DeviceProgress};
use bk_engine::deploy::{DeviceReport, Note};
use bk_lab::device::DeviceDump;
use chrono::{DateTime, TimeDelta, Utc};

use crate::rig::{Lines, OURS, Rig, lines};

/// How much of our change a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ours {
    None,
    Part,
    All,
}

/// What is true of one device.
#[derive(Clone, Debug)]
pub(crate) struct Truth {
    pub(crate) ours: Ours,
    /// Our commit is pending until this moment of the fabric.
    pub(crate) pending: Option<DateTime<Utc>>,
    /// Our lines stand in a candidate.
    pub(crate) candidate: bool,
    /// A line of a lost session of ours may still run and change something.
    pub(crate) late: bool,
    /// Lines of others that are gone although nothing of ours replaced them.
    pub(crate) missing: Vec<String>,
}

/// Reads the truth out of a dump.
pub(crate) fn truth(rig: &Rig, dump: &DeviceDump) -> Truth {
    let (added, removed) = (&rig.added[&dump.name], &rig.removed[&dump.name]);
    let running = lines(&dump.flattened);
    let have = added.iter().filter(|line| running.contains(*line)).count();
    let gone = removed.iter().filter(|line| !running.contains(*line)).count();
    let ours = match (have + gone, have + gone == added.len() + removed.len()) {
        (0, _) => Ours::None,
        (_, true) => Ours::All,
        _ => Ours::Part,
    };
    let theirs = Rig::beside_ours();
    let their_object = theirs.trim_end_matches("theirs");
    let differs = |candidate: &Lines| {
        added
            .iter()
            .any(|line| candidate.contains(line) && !running.contains(line))
            || removed
                .iter()
                .any(|line| !candidate.contains(line) && running.contains(line))
    };
    Truth {
        ours,
        pending: dump
            .pending
            .as_ref()
            .filter(|pending| pending.user == OURS)
            .map(|pending| pending.deadline),
        candidate: dump
            .candidates
            .iter()
            .any(|candidate| differs(&lines(&candidate.flattened))),
        late: dump.late_lines.iter().any(|line| changes_something(line)),
        missing: rig.start[&dump.name]
            .iter()
            .filter(|line| !running.contains(*line) && !removed.contains(*line))
            // The other engineer put a value of their own in its place.
            .filter(|line| !(running.contains(&theirs) && line.starts_with(their_object)))
            .cloned()
            .collect(),
    }
}

/// A read, a mark or a sign-out that still runs on a lost session changes nothing.
fn changes_something(line: &str) -> bool {
    let reads = [
        "show ",
        "#",
        "exit",
        "end",
        "top",
        "configure",
        "set cli-",
        "unset cli-",
    ];
    !reads.iter().any(|read| line.starts_with(read))
}

/// A line of another engineer.
#[derive(Clone, Debug)]
pub(crate) struct TheirLine {
    pub(crate) line: String,
    /// Else it stands in a candidate.
    pub(crate) committed: bool,
}

/// What another engineer typed, by device; lines that were their own timer's are not among them.
pub(crate) type Theirs = BTreeMap<String, Vec<TheirLine>>;

/// Compares a shown detail with the truth. `ended`: nobody works any more, so a claim is a claim.
pub(crate) fn compare(
    rig: &Rig,
    dumps: &BTreeMap<String, DeviceDump>,
    detail: &DeploymentDetail,
    ended: bool,
    clocks: (DateTime<Utc>, DateTime<Utc>),
) -> Vec<String> {
    let mut wrong = Vec::new();
    for device in &detail.devices {
        let Some(dump) = dumps.get(&device.device) else {
            continue;
        };
        let truth = truth(rig, dump);
        if let Some(why) = contradicts(device, &truth, ended, clocks) {
            wrong.push(format!(
                "{} is shown as {} and {why}: {truth:?}",
                device.device, device.state
            ));
        }
        if !truth.missing.is_empty() {
            wrong.push(format!(
                "{} lost lines that were never ours: {:?}",
                device.device, truth.missing
            ));
        }
    }
    let all = |state: &str| detail.devices.iter().all(|device| device.state == state);
    let fits = match detail.row.status {
        DeploymentStatus::Verified => all("new"),
        DeploymentStatus::Refused | DeploymentStatus::Aborted => all("old"),
        DeploymentStatus::InDoubt => detail.card.as_ref().is_some_and(|card| !card.choices.is_empty()),
        DeploymentStatus::Running => !ended,
        DeploymentStatus::NothingToDo => false,
    };
    if !fits {
        let states: Vec<&str> = detail
            .devices
            .iter()
            .map(|device| device.state.as_str())
            .collect();
        wrong.push(format!(
            "{:?} does not fit {states:?}, card {:?}",
            detail.row.status, detail.card
        ));
    }
    wrong
}

fn contradicts(
    device: &DeviceProgress,
    truth: &Truth,
    ended: bool,
    (laptop, fabric): (DateTime<Utc>, DateTime<Utc>),
) -> Option<String> {
    let none = truth.ours == Ours::None && truth.pending.is_none();
    let fault = |holds: bool, why: &str| (!holds).then(|| why.to_owned());
    match device.state.as_str() {
        "old" if !ended => fault(none, "something of ours runs"),
        "old" => fault(none && !truth.candidate && !truth.late, "is not old"),
        "old-candidate-not-proven-clean" => fault(none, "something of ours runs"),
        // Between the confirming commit and its proof it is shown as it was.
        "pending-until" if !ended && truth.ours != Ours::None => None,
        "new" => fault(truth.ours == Ours::All && truth.pending.is_none(), "is not new"),
        "live-without-timer" => fault(
            truth.ours != Ours::None && truth.pending.is_none(),
            "is not live without timer",
        ),
        "pending-until" => {
            let told = device
                .state_at
                .as_deref()
                .and_then(|at| DateTime::parse_from_rfc3339(at).ok());
            let (Some(told), Some(deadline)) = (told, truth.pending) else {
                // A timer may have ended since the device was last heard.
                let over = truth.ours == Ours::None;
                return fault(over, "nothing of ours is pending");
            };
            let difference = (told.with_timezone(&Utc) - laptop) - (deadline - fabric);
            fault(
                difference.abs() <= TimeDelta::seconds(90),
                "its timer ends at another moment",
            )
        }
        // Whatever it is, that is not a wrong word; the remedy is judged beside it.
        "unknown-since" => None,
        other => Some(format!("no such state {other:?}")),
    }
}

/// Every doubt that was reported names an action.
pub(crate) fn doubts_are_named(detail: &DeploymentDetail, reports: &[DeviceReport]) -> Vec<String> {
    let mut wrong = Vec::new();
    for device in &detail.devices {
        let Some(report) = reports
            .iter()
            .find(|report| report.device.as_str() == device.device)
        else {
            continue;
        };
        let rests = matches!(device.state.as_str(), "old" | "new");
        if !rests && report.remedy.is_none() {
            wrong.push(format!(
                "{} is {} without a named action",
                device.device, device.state
            ));
        }
    }
    wrong
}

/// Lines of another engineer that are gone, by whether the report says so.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Lost {
    pub(crate) said: usize,
    pub(crate) silently: usize,
}

/// What became of others' lines.
pub(crate) fn theirs_lost(
    theirs: &Theirs,
    dumps: &BTreeMap<String, DeviceDump>,
    reports: &[DeviceReport],
) -> (Lost, Vec<String>) {
    let (mut lost, mut wrong) = (Lost::default(), Vec::new());
    for (device, typed) in theirs {
        let dump = &dumps[device];
        let running = lines(&dump.flattened);
        let candidates: Vec<Lines> = (dump.candidates.iter())
            .map(|candidate| lines(&candidate.flattened))
            .collect();
        let stands = |one: &TheirLine| {
            let in_candidate = || candidates.iter().any(|lines| lines.contains(&one.line));
            running.contains(&one.line) || (!one.committed && in_candidate())
        };
        let notes = reports
            .iter()
            .filter(|report| report.device.as_str() == device)
            .flat_map(|report| &report.notes);
        let says = notes.clone().any(|note| {
            matches!(
                note,
                Note::AnothersCommitUndone { .. }
                    | Note::Announced { .. }
                    | Note::RideAlong { .. }
                    | Note::NotObservable { .. }
            )
        });
        for TheirLine { line, .. } in typed.iter().filter(|one| !stands(one)) {
            if says {
                lost.said += 1;
            } else {
                lost.silently += 1;
                wrong.push(format!(
                    "{device}: {line:?} of another is gone; notes {:?}",
                    notes.clone().collect::<Vec<_>>()
                ));
            }
        }
    }
    (lost, wrong)
}
