//! The table of outcomes that was written beforehand: what the checked model of the protocol allows per step and event.

use std::collections::BTreeSet;

use bk_engine::deploy::{DeviceReport, DeviceState, Note, Step};
use bk_lab::fault::Moment;

use crate::cases::Case;
use crate::trouble::Trouble;

const TABLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../crates/engine/model/OUTCOMES.md");

/// What may be reported at the end, by step and event.
pub(crate) struct Outcomes {
    rows: Vec<Row>,
}

struct Row {
    steps: Vec<String>,
    events: Vec<String>,
    states: Vec<String>,
    notes: BTreeSet<String>,
}

impl Outcomes {
    /// The table beside the model.
    pub(crate) fn read() -> Self {
        let text = std::fs::read_to_string(TABLE).unwrap();
        let rows: Vec<Row> = text.lines().filter_map(row).collect();
        assert!(
            rows.len() > 50,
            "the table is laid out in another way: {} rows",
            rows.len()
        );
        Self { rows }
    }

    /// Compares a report with the table's rows for what happened at a line of a step. `shared`: one candidate for all.
    pub(crate) fn compare(
        &self,
        (step, line): (Step, &str),
        case: &Case,
        shared: bool,
        report: &DeviceReport,
    ) -> Compared {
        let Some(trouble) = case.trouble else {
            return Compared::NoRow;
        };
        // A commit that ran has left nothing of ours in the candidate.
        let commits = matches!(step, Step::ArmCommit | Step::Confirm) && line.starts_with("commit");
        let emptied = commits && case.moment != Moment::BeforeLine;
        let (steps, events) = (
            step_words(step, line, case.moment),
            event_words(trouble, shared && !emptied),
        );
        // Where no decision is recorded yet, a laptop that slept past the window meets timers that have expired.
        let slept = trouble == Trouble::Sleep;
        // Where it may stand by then, a timer that ends by itself meets what one that ended during a sleep meets.
        let recorded = |row: &Row| {
            let at_record = |known: &String| matches!(known.as_str(), "waits: record" | "complete: probe");
            trouble == Trouble::TimerEnds && row.steps.iter().any(at_record)
        };
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|row| row.steps.iter().any(|known| steps.contains(&known.as_str())))
            .filter(|row| {
                row.events.iter().any(|known| {
                    events.contains(&known.as_str())
                        || (slept && known == "timer expires")
                        || (recorded(row) && known == "laptop sleeps")
                })
            })
            .collect();
        if rows.is_empty() {
            return Compared::NoRow;
        }
        let state = state_word(&report.state);
        let notes: BTreeSet<String> = report
            .notes
            .iter()
            .filter_map(note_word)
            .map(str::to_owned)
            .collect();
        // In the model another's value takes the place of ours. One beside ours leaves all our lines running.
        let on_ours = matches!(trouble, Trouble::ForeignCommitOnOurs | Trouble::ForeignLineOnOurs);
        let beside = on_ours && !case.takes_our_place();
        let is_state =
            |known: &String| known == state || (beside && known == "live without timer" && state == "new");
        let fits = |row: &Row| row.states.iter().any(is_state) && notes.is_subset(&row.notes);
        if rows.iter().any(|row| fits(row)) {
            return Compared::Allowed;
        }
        let allowed: Vec<_> = rows.iter().map(|row| (&row.states, &row.notes)).collect();
        Compared::Contradicted(format!(
            "{} is {state} with {notes:?}; the table allows {allowed:?} for ({steps:?}, {events:?})",
            report.device
        ))
    }
}

/// What the table says of a report.
pub(crate) enum Compared {
    /// It says nothing.
    NoRow,
    Allowed,
    Contradicted(String),
}

fn row(line: &str) -> Option<Row> {
    let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
    let [_, steps, events, _, reports] = cells[..] else {
        return None;
    };
    if !reports.contains("**") {
        return None;
    }
    let words =
        |cell: &str| -> Vec<String> { cell.split(';').map(|word| word.trim().replace('`', "")).collect() };
    // How a command was lost is one event here: the case knows, the union of the rows is allowed.
    let event = |word: String| {
        let cut = word
            .find(" (command")
            .or_else(|| word.find(", command"))
            .unwrap_or(word.len());
        word[..cut].to_owned()
    };
    let mut states = Vec::new();
    let mut notes = BTreeSet::new();
    for report in reports.split(" / ") {
        let (state, said) = report.split_once(" (").unwrap_or((report, ""));
        states.push(state.trim_matches('*').to_owned());
        let said = said
            .trim_end_matches(')')
            .split(", ")
            .filter(|note| !note.is_empty());
        notes.extend(said.map(str::to_owned));
    }
    Some(Row {
        steps: words(steps),
        events: words(events).into_iter().map(event).collect(),
        states,
        notes,
    })
}

/// The step of the table in which a line stands and, where the line is not the one that its step turns on, what follows:
/// what happens behind a step's own look is found by the next one.
fn step_words(step: Step, line: &str, moment: Moment) -> &'static [&'static str] {
    let before = moment == Moment::BeforeLine;
    match step {
        Step::PreflightRead => &["preflight read", "configure, candidate empty"],
        Step::PrepareLines if line.starts_with("interfaces") || line.starts_with("network-services") => {
            &["line A", "line B", "compare, check"]
        }
        Step::PrepareLines if line == "configure" => &["configure, candidate empty", "line A"],
        Step::PrepareLines if line == "commit check" => &["compare, check", "waits: prepared"],
        Step::ArmRecheck => &["re-check before arming", "commit confirm"],
        Step::ArmCommit if line.starts_with("commit") && before => &["commit confirm"],
        Step::ArmCommit if line.starts_with("commit") => &["commit confirm", "prove armed"],
        Step::ArmProve => &["prove armed", "waits: armed"],
        Step::Verify => &["verify on a fresh session", "waits: verified"],
        Step::DecideCheck => &["decide check", "waits: record", "complete: probe"],
        Step::CompleteProbe => &["complete: probe", "commit"],
        Step::Confirm if line == "commit" && before => &["commit"],
        Step::Confirm if line == "commit" => &["commit", "settle: last read"],
        Step::SettleRead => &["settle: last read"],
        _ => &[],
    }
}

/// What the table calls it. In a candidate of their own, others can neither drop nor commit what is ours.
fn event_words(trouble: Trouble, shared: bool) -> &'static [&'static str] {
    const COMMITS_OURS: &str = "foreign commit of the shared candidate";
    match trouble {
        Trouble::Drop | Trouble::Lose => &["drop"],
        Trouble::Away => &["link lost"],
        Trouble::Crash => &["crash"],
        Trouble::Reboot => &["reboot"],
        Trouble::ForeignLine => &["foreign candidate line"],
        Trouble::ForeignLineOnOurs => &["foreign candidate line on our object"],
        Trouble::ForeignCommit if shared => &["foreign commit, unrelated", COMMITS_OURS],
        Trouble::ForeignCommit => &["foreign commit, unrelated"],
        Trouble::ForeignCommitOnOurs if shared => &["foreign commit on our object", COMMITS_OURS],
        Trouble::ForeignCommitOnOurs => &["foreign commit on our object"],
        Trouble::ForeignEmptyCommit => &["foreign empty commit"],
        Trouble::ForeignCommitConfirm if shared => &["foreign commit confirm of the shared candidate"],
        Trouble::ForeignRollback0 if shared => &["foreign rollback 0"],
        Trouble::TimerEnds => &["timer expires"],
        Trouble::TimeShort => &["time left below the margin"],
        Trouble::Sleep => &["laptop sleeps"],
        _ => &[],
    }
}

fn state_word(state: &DeviceState) -> &'static str {
    match state {
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
        // No case of ours consents, and a check that fails after a re-apply has rows of its own kind in the table.
        Note::CommittedByConsent { .. } | Note::ReapplyFailedCheck { .. } | Note::NotObservable { .. } => {
            None
        }
    }
}
