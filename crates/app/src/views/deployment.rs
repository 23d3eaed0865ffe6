//! Deployments: running, past and in doubt.

use super::{CheckResult, ErrorView, PlanKind, Policy, TextDiffView};

word! {
    /// How a deployment stands.
    pub enum DeploymentStatus {
        /// Going on.
        Running,
        /// All devices new, verified.
        Verified,
        /// Nothing was to change.
        NothingToDo,
        /// Refused; all devices old.
        Refused,
        /// Aborted; all devices old.
        Aborted,
        /// Some device is not old and not new, or not known.
        InDoubt,
    }

    /// How a part of a sequence stands.
    pub enum PartState {
        /// Its turn has not come.
        Waiting,
        /// Going on.
        Running,
        /// Its devices are new, verified, or had nothing to change.
        Holds,
        /// It went back: its devices are old.
        Old,
        /// It could not be planned or begun; nothing was sent.
        Refused,
        /// Some device is in doubt.
        InDoubt,
        /// The sequence ended before its turn; nothing was sent and its edits stay in the draft.
        NotBegun,
    }

    /// State of a cell of the execution matrix.
    pub enum CellState {
        /// Not reached.
        Waiting,
        /// Held by a barrier or group.
        Held,
        /// Going on.
        Running,
        /// Passed.
        Passed,
        /// Refused or failed.
        Refused,
        /// Outcome not known.
        Unknown,
        /// Not needed.
        Skipped,
    }
}

view! {
    /// A row of the timeline.
    pub struct DeploymentRow {
        /// Number.
        pub id: u32,
        /// Bridge domain.
        pub domain: String,
        /// Kind.
        pub kind: PlanKind,
        /// Deployment it undoes.
        pub undoes: Option<u32>,
        /// Deployment that undid it.
        pub undone_by: Option<u32>,
        /// Status.
        pub status: DeploymentStatus,
        /// Sentence.
        pub sentence: String,
        /// Who ran it.
        pub by: String,
        /// When it began.
        pub started: String,
        /// Seconds it took so far.
        pub seconds: u32,
        /// Devices touched.
        pub devices: u32,
    }

    /// Everything about a deployment, live or past.
    pub struct DeploymentDetail {
        /// Its row.
        pub row: DeploymentRow,
        /// Hash of its plan.
        pub plan: String,
        /// Phase word now, or the last.
        pub phase: String,
        /// Rows of the execution matrix, in plan order.
        pub devices: Vec<DeviceProgress>,
        /// Confirm clock.
        pub clock: Option<ConfirmClock>,
        /// When the decision was recorded.
        pub decided: Option<String>,
        /// Results of checks.
        pub checks: Vec<CheckRow>,
        /// What needs a person, if anything.
        pub card: Option<DecisionCard>,
        /// What undoing it would do.
        pub rollback: RollbackNow,
        /// Things left behind, in words.
        pub leftovers: Vec<String>,
        /// Leftovers on its devices that are none of its objects: they stood there before.
        #[serde(default)]
        pub left_before: u32,
        /// Whether abort is possible, and how the button reads.
        pub abort: Option<String>,
        /// Why it stopped, if it did.
        pub error: Option<ErrorView>,
        /// The sequence that it is a part of.
        pub sequence: Option<SequenceView>,
        /// The deployment that it goes on for.
        pub child_of: Option<ChildView>,
    }

    /// A plan that goes in parts, each a deployment of its own.
    pub struct SequenceView {
        /// The policy.
        pub policy: Policy,
        /// The parts, in order.
        pub parts: Vec<PartView>,
        /// Whether it goes on.
        pub running: bool,
        /// How it stands, in a sentence.
        pub sentence: String,
    }

    /// A part of a sequence.
    pub struct PartView {
        /// Devices on which a person changed something; what the topology derives goes with them.
        pub devices: Vec<String>,
        /// Its deployment, once it began.
        pub deployment: Option<u32>,
        /// How it stands.
        pub state: PartState,
        /// In a sentence.
        pub sentence: String,
    }

    /// The deployment that another goes on for, without a part of its plan.
    pub struct ChildView {
        /// That deployment.
        pub deployment: u32,
        /// The changes that are left out and stay in the draft ("LEAF-A02 ge100-0/0/5.251").
        pub left_out: Vec<String>,
    }

    /// One device in the execution matrix.
    pub struct DeviceProgress {
        /// Device.
        pub device: String,
        /// State word: `old`, `old-candidate-not-proven-clean`, `pending-until`, `new`, `live-without-timer`, `unknown-since`.
        pub state: String,
        /// Moment of `pending-until` and `unknown-since`.
        pub state_at: Option<String>,
        /// Notes in words.
        pub notes: Vec<String>,
        /// Six cells in phase order.
        pub cells: Vec<PhaseCell>,
        /// Seconds elapsed.
        pub seconds: u32,
        /// Group number.
        pub group: u32,
        /// Short hash of the text before.
        pub hash_before: Option<String>,
        /// Short hash of the text after.
        pub hash_after: Option<String>,
    }

    /// One cell.
    pub struct PhaseCell {
        /// Phase word.
        pub phase: String,
        /// State.
        pub state: CellState,
        /// A few words ("14:29:02", "9 of 9").
        pub word: Option<String>,
        /// Seconds.
        pub seconds: Option<f32>,
        /// Units done of `total`, while running.
        pub done: u32,
        /// Units.
        pub total: u32,
    }

    /// The confirm countdown, from the time that the devices report.
    pub struct ConfirmClock {
        /// When the first device goes back by itself.
        pub until: String,
        /// Seconds left by the devices' own report.
        pub seconds_left: u32,
        /// Window in seconds.
        pub window: u32,
    }

    /// One check on all devices.
    pub struct CheckRow {
        /// Stable word.
        pub check: String,
        /// Name.
        pub label: String,
        /// Whether it gates the decision.
        pub gating: bool,
        /// Results in plan order.
        pub results: Vec<CheckCell>,
        /// Evidence in one sentence.
        pub evidence: String,
    }

    /// One check on one device.
    pub struct CheckCell {
        /// Device.
        pub device: String,
        /// Result.
        pub result: CheckResult,
        /// Evidence.
        pub evidence: String,
        /// The device's own text before, where it shows something.
        pub before: Option<String>,
        /// The device's own text after.
        pub after: Option<String>,
    }

    /// Something that needs a person.
    pub struct DecisionCard {
        /// Stable word: `drift`, `refused`, `lost`, `in-doubt`...
        pub kind: String,
        /// Sentence.
        pub sentence: String,
        /// Devices with what is certain.
        pub certain: Vec<String>,
        /// Devices with what is not known.
        pub not_known: Vec<String>,
        /// What happens by itself, and when.
        pub if_nothing: Option<String>,
        /// The device's own words.
        pub words: Option<String>,
        /// Expected against actual, for drift.
        pub diff: Option<TextDiffView>,
        /// Choices; none is pre-made.
        pub choices: Vec<ChoiceView>,
    }

    /// One choice on a card.
    pub struct ChoiceView {
        /// Stable word: `abort`, `retry`, `recover`, `recover-then-undo`, `close-in-doubt`, `discover-and-sync`, `leave`,
        /// `continue-without:DEVICE`, `skip`, `consent:DEVICE`, `keep-theirs`, `plan-anew`, `go-on`.
        pub choice: String,
        /// Button text.
        pub label: String,
        /// What it will do.
        pub consequence: String,
        /// Why it is not allowed, if so.
        pub refused: Option<String>,
    }

    /// What rollback would do now.
    pub struct RollbackNow {
        /// Sentence of the rollback strip.
        pub sentence: String,
        /// Whether it is possible.
        pub possible: bool,
        /// Why not.
        pub reason: Option<String>,
        /// Lines it would send.
        pub lines: u32,
        /// Devices it would touch.
        pub devices: u32,
    }

    /// A line of the live log or transcript.
    pub struct TranscriptRow {
        /// Position in the deployment, from 0.
        pub seq: u32,
        /// Moment.
        pub at: String,
        /// Device; none for the deployment as a whole.
        pub device: Option<String>,
        /// `sent`, `answer`, `note`, `error`.
        pub kind: String,
        /// Text.
        pub text: String,
    }
}
