//! The outcome table of the protocol, row by row: what the model allows is all that may come out here.

use std::collections::BTreeSet;

use super::fake::{Dialect, PLAIN, Revert, Scope};
use super::fault::Fault;
use super::faults::{At, run_one};
use super::world::{World, on_paused_clock};
use crate::deploy::{DeviceReport, DeviceState, Note};

const TABLE: &str = include_str!("../../../model/OUTCOMES.md");

/// Rows in the middle of what is asked of a device as a whole here. `shared` of the fault cases runs them, line by line.
const AMID_LINES: [(&str, &str); 3] = [
    (
        "compare, check",
        "foreign `rollback 0`; foreign commit confirm of the shared candidate",
    ),
    ("`commit`", "foreign candidate line"),
    ("`commit`", "foreign candidate line on our object"),
];

/// What brings the second device on its way back: the first runs short of time at the check before the record.
const BACK: At = (0, 21, Fault::TimeShort);

/// What the second device is asked on its way, with these faults.
fn names(dialect: Dialect, faults: &[At]) -> Vec<&'static str> {
    on_paused_clock(async {
        let world = World::new(2, dialect);
        for (device, call, fault) in faults {
            world.disturb(*device, *call, *fault);
        }
        world.deploy().await;
        let names = world.devices[1].script.names.lock().unwrap();
        names.clone()
    })
}

/// Faults on which a row of the table runs: the step's calls, on the straight path or on the way back.
fn places_of(step: &str, event: &str, fault: Fault, dialect: Dialect) -> Vec<Vec<At>> {
    let step = step.trim().trim_matches('`');
    let at = |call: usize| vec![(1, call, fault)];
    if step == "settle: last read" {
        let names = names(dialect, &[]);
        return names
            .iter()
            .rposition(|name| *name == "read")
            .map(at)
            .into_iter()
            .collect();
    }
    if !(step.starts_with("resolve: ") || step == "clear") {
        return calls_of(step, event).iter().map(|call| at(*call)).collect();
    }
    let names = names(dialect, &[BACK]);
    let find = |from: usize, wanted: &str| {
        let rest = names.iter().enumerate().skip(from);
        rest.filter(|(_, name)| **name == wanted)
            .map(|(call, _)| call)
            .next()
    };
    let clear = find(25, "cancel");
    let call = match step {
        "resolve: fresh session" => find(21, "open"),
        "resolve: probe" => find(25, "read"),
        "clear" => clear,
        // After the cancel nothing is pending: this look finds the candidate empty.
        "resolve: candidate read" => clear.and_then(|clear| find(clear, "read")),
        _ => None,
    };
    call.map(|call| vec![BACK, (1, call, fault)])
        .into_iter()
        .collect()
}

/// Calls of the straight path at which a step of the table is disturbed.
fn calls_of(step: &str, event: &str) -> &'static [usize] {
    match step.trim().trim_matches('`') {
        // The record follows the check at once; the next call has it behind it.
        "waits: record" if event == "crash" => &[],
        // Before the lines are sent the other engineer has nothing to drop or commit.
        "line A" | "line B" | "compare, check" if event.starts_with("foreign") && event.contains('`') => &[],
        "line A" | "line B" | "compare, check" if event.ends_with("shared candidate") => &[],
        // The step looks at the candidate itself right before it commits.
        "commit" if event.starts_with("foreign candidate") => &[],
        "preflight read" => &[2],
        "configure, candidate empty" | "line A" | "line B" | "compare, check" => &[5],
        "waits: prepared" => &[7],
        "re-check before arming" => &[7],
        "commit confirm" => &[9],
        "prove armed" => &[10],
        "waits: armed" => &[15],
        "verify on a fresh session" => &[16],
        "waits: verified" | "decide check" => &[21],
        "waits: record" | "complete: probe" => &[25],
        "commit" => &[30],
        _ => &[],
    }
}

fn faults_of(event: &str) -> Vec<Fault> {
    let (name, when) = event.trim().split_once(" (").unwrap_or((event.trim(), ""));
    let sent = when.starts_with("command");
    match name {
        "crash" if sent => vec![Fault::KillBefore, Fault::KillAfter],
        "crash" | "crash, command not sent" => vec![Fault::KillBefore],
        "crash, command ran" => vec![Fault::KillAfter],
        "drop" if sent => vec![
            Fault::DropBefore,
            Fault::DropAfter,
            Fault::DropLate,
            Fault::Garbled,
            Fault::Hang,
        ],
        "drop" | "drop, command not sent" => vec![Fault::DropBefore],
        "drop, command ran" => vec![Fault::DropAfter, Fault::Garbled, Fault::Hang],
        "drop, command on its way" => vec![Fault::DropLate],
        "link lost" if sent => vec![Fault::AwayBefore, Fault::AwayAfter],
        "link lost" | "link lost, command not sent" => vec![Fault::AwayBefore],
        "link lost, command ran" => vec![Fault::AwayAfter],
        "line refused" => vec![Fault::Refuse],
        "reboot" => vec![Fault::Reboots],
        "timer expires" => vec![Fault::TimerEnds],
        "time left below the margin" => vec![Fault::TimeShort],
        "laptop sleeps" => vec![Fault::LaptopSleeps],
        "foreign candidate line" => vec![Fault::ForeignLine],
        "foreign candidate line on our object" => vec![Fault::ForeignLineOnOurs],
        "foreign commit on our object" => vec![Fault::ForeignCommitOnOurs],
        "foreign commit, unrelated" => vec![Fault::ForeignCommit],
        "foreign empty commit" => vec![Fault::ForeignEmptyCommit],
        "foreign `rollback 0`" => vec![Fault::ForeignRollback0],
        "foreign commit of the shared candidate" => vec![Fault::ForeignCommitsCandidate],
        "foreign commit confirm of the shared candidate" => vec![Fault::ForeignCommitConfirm],
        _ => Vec::new(),
    }
}

/// Only in a candidate that both share the other engineer meets our lines.
fn needs_shared(event: &str) -> bool {
    event.contains('`') || event.ends_with("shared candidate")
}

fn state_word(report: &DeviceReport) -> &'static str {
    match report.state {
        DeviceState::Old => "old",
        DeviceState::New => "new",
        DeviceState::LiveWithoutTimer => "live without timer",
        DeviceState::OldCandidateNotProvenClean => "old, candidate not proven clean",
        DeviceState::PendingUntil { .. } => "pending",
        DeviceState::UnknownSince { .. } => "unknown",
    }
}

fn note_word(note: &Note) -> Option<&'static str> {
    match note {
        Note::RideAlong { .. } => Some("ride-along"),
        Note::TouchedByAnother { .. } => Some("touched by another"),
        Note::AnothersCommitUndone { .. } => Some("another's commit undone"),
        Note::Announced { .. } => Some("announced"),
        Note::BlockedByCandidate { .. } => Some("blocked by candidate"),
        Note::ReappliedAfterExpiry => Some("re-applied after expiry"),
        Note::WasLiveWithoutTimer => Some("was live without timer"),
        Note::NotObservable { .. } | Note::CommittedByConsent { .. } | Note::ReapplyFailedCheck { .. } => {
            None
        }
    }
}

struct Row {
    steps: Vec<String>,
    events: Vec<String>,
    /// The states it may end in, each with the notes that may stand beside it.
    reports: Vec<(String, BTreeSet<String>)>,
    line: String,
}

/// Splits at `;` outside brackets.
fn split(cell: &str) -> Vec<String> {
    cell.split(';').map(|part| part.trim().to_owned()).collect()
}

fn rows() -> Vec<Row> {
    let line = |line: &str| -> Option<Row> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        let [phase, steps, events, _, reports] = cells[..] else {
            return None;
        };
        let phases = [
            "Prepare",
            "Arm",
            "Verify",
            "Decide",
            "Confirm (recorded)",
            "Resolve to old",
        ];
        phases.contains(&phase).then(|| Row {
            steps: split(steps),
            events: split(events),
            reports: reports
                .split(" / ")
                .map(|report| {
                    let (state, notes) = report.split_once(" (").unwrap_or((report, ""));
                    let notes = notes.trim_end_matches(')').split(", ").map(str::to_owned);
                    (
                        state.trim_matches('*').to_owned(),
                        notes.filter(|note| !note.is_empty()).collect(),
                    )
                })
                .collect(),
            line: line.to_owned(),
        })
    };
    TABLE.lines().filter_map(line).collect()
}

#[test]
fn every_row_that_can_be_reached() {
    let dialects = [
        PLAIN,
        Dialect {
            scope: Scope::Session,
            kept: false,
            foreign_confirms: false,
            ..PLAIN
        },
        Dialect {
            scope: Scope::Device,
            shared_login: true,
            ..PLAIN
        },
        Dialect {
            scope: Scope::Device,
            foreign_confirms: false,
            revert: Revert::OwnDelta,
            vanishes: true,
            ..PLAIN
        },
    ];
    let mut checked = 0;
    let mut unreached = Vec::new();
    let mut wrong = Vec::new();
    let rows = rows();
    for row in &rows {
        let mut any = false;
        for (step, event) in row
            .steps
            .iter()
            .flat_map(|s| row.events.iter().map(move |e| (s, e)))
        {
            for fault in faults_of(event) {
                for (dialect, faults) in dialects
                    .into_iter()
                    .filter(|dialect| dialect.is_shared() || !needs_shared(event))
                    .flat_map(|dialect| {
                        let places = places_of(step, event, fault, dialect);
                        places.into_iter().map(move |faults| (dialect, faults))
                    })
                {
                    any = true;
                    checked += 1;
                    let run = std::panic::catch_unwind(|| run_one(2, dialect, &faults));
                    let Ok(run) = run else {
                        wrong.push(format!("{faults:?} panics\n  {}", row.line));
                        continue;
                    };
                    let Some((first, last)) = run else { continue };
                    let notes = |report: &DeviceReport| -> BTreeSet<String> {
                        report
                            .notes
                            .iter()
                            .filter_map(note_word)
                            .map(str::to_owned)
                            .collect()
                    };
                    let fits = |report: &DeviceReport| {
                        let notes = notes(report);
                        let mut allowed = row
                            .reports
                            .iter()
                            .filter(|(state, _)| state == state_word(report));
                        allowed.any(|(_, allowed)| notes.is_subset(allowed))
                    };
                    // The table ends where only another engineer could go on; the last report has that behind it.
                    if !fits(&first.devices[1]) && !fits(&last.devices[1]) {
                        let report = &last.devices[1];
                        let found = format!("{} {:?}", state_word(report), notes(report));
                        wrong.push(format!("{faults:?} in {dialect:?}: {found}\n  {}", row.line));
                    }
                }
            }
        }
        if !any {
            unreached.push((row.steps.join("; "), row.events.join("; ")));
        }
    }
    println!(
        "{checked} runs over {} of {} rows",
        rows.len() - unreached.len(),
        rows.len()
    );
    assert!(
        wrong.is_empty(),
        "{} of {checked} runs differ from the table:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
    let unreached: Vec<(&str, &str)> = unreached
        .iter()
        .map(|(steps, events)| (steps.as_str(), events.as_str()))
        .collect();
    assert_eq!(unreached, AMID_LINES);
}
