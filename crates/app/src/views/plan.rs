//! Plans: immutable, hashed.

use super::{ChangeView, ErrorView, Finding, ImpactView, TextDiffView};

word! {
    /// Role of a device in a plan.
    pub enum DeviceRole {
        /// New in the service.
        Added,
        /// Stays, with changes.
        Modified,
        /// Leaves the service.
        Removed,
        /// Stays as it is; nothing is sent.
        Unchanged,
    }

    /// What a failure on one device means for the others.
    #[derive(Default)]
    pub enum Policy {
        /// Any failure takes all devices back.
        #[default]
        AllOrNothing,
        /// The parts of the plan go one after the other; the first that fails ends the sequence.
        StopOnFirst,
        /// The parts of the plan go one after the other; one that fails does not hold up the next.
        Independent,
    }

    /// What a plan is for.
    pub enum PlanKind {
        /// A draft.
        Edit,
        /// Undo of a deployment.
        Undo,
        /// Removal of what was left behind.
        CleanUp,
        /// Putting objects back as they were.
        Restore,
    }

    /// Level of risk.
    pub enum RiskLevel {
        /// Low.
        Low,
        /// Medium.
        Medium,
        /// High.
        High,
    }

    /// Result of a pre-check or check.
    pub enum CheckResult {
        /// Not finished.
        Running,
        /// Passed.
        Passed,
        /// Failed.
        Failed,
        /// The device can't tell.
        NotObservable,
        /// Does not concern this device.
        NotApplicable,
    }
}

view! {
    /// A plan.
    pub struct PlanView {
        /// Full hash, 64 hex digits.
        pub hash: String,
        /// Short form ("p-5be1c7").
        pub short: String,
        /// Kind.
        pub kind: PlanKind,
        /// Deployment it undoes.
        pub undoes: Option<u32>,
        /// Bridge domain.
        pub domain: String,
        /// When it was made.
        pub made: String,
        /// By whom.
        pub by: String,
        /// Devices in plan order.
        pub devices: Vec<DevicePlanView>,
        /// Semantic changes.
        pub changes: Vec<ChangeView>,
        /// Groups with the constraint that orders them.
        pub groups: Vec<GroupView>,
        /// Impact.
        pub impact: ImpactView,
        /// Overall risk.
        pub risk: RiskLevel,
        /// Risk rules that apply.
        pub risks: Vec<RiskView>,
        /// Rule numbers that were looked at and do not apply.
        pub risks_clear: Vec<String>,
        /// Estimated time per phase.
        pub estimate: EstimateView,
        /// Checks that Verify will run.
        pub validation: Vec<PlannedCheck>,
        /// Findings that remain (warnings).
        pub findings: Vec<Finding>,
        /// Forward lines in all.
        pub lines: u32,
        /// Reverse lines in all.
        pub reverse_lines: u32,
        /// Whether forward, then reverse gave the base byte for byte.
        pub reverse_proven: bool,
        /// Confirm window in minutes.
        pub window_minutes: u16,
        /// Whether nothing is to be sent.
        pub empty: bool,
        /// The three policies as they would run this plan.
        pub policies: Vec<PolicyView>,
        /// The person's changes that are left out and stay in the draft ("LEAF-A02 ge100-0/0/5.251").
        pub left_out: Vec<String>,
    }

    /// Lines of one device.
    pub struct DeviceLines {
        /// Device.
        pub device: String,
        /// Forward lines as sent.
        pub forward: Vec<String>,
        /// Reverse lines as they would be sent.
        pub reverse: Vec<String>,
    }

    /// One device of a plan.
    pub struct DevicePlanView {
        /// Device.
        pub device: String,
        /// Tier word.
        pub tier: String,
        /// Role.
        pub role: DeviceRole,
        /// One word for the header ("move", "new here", "derived", "removal").
        pub label: String,
        /// Short hash of the base.
        pub base: String,
        /// Group number, from 1, within phases that change the device.
        pub group: u32,
        /// Forward lines.
        pub forward: Vec<String>,
        /// Reverse lines.
        pub reverse: Vec<String>,
        /// Text before and predicted text after.
        pub diff: TextDiffView,
    }

    /// A group of devices that go together.
    pub struct GroupView {
        /// Number, from 1.
        pub group: u32,
        /// Devices.
        pub devices: Vec<String>,
        /// Constraint in words ("after its spine").
        pub constraint: Option<String>,
    }

    /// A risk rule that applies.
    pub struct RiskView {
        /// Number ("R4").
        pub rule: String,
        /// Level.
        pub level: RiskLevel,
        /// Sentence.
        pub sentence: String,
    }

    /// Estimated time.
    pub struct EstimateView {
        /// Seconds per phase, in phase order (six).
        pub phases: Vec<PhaseEstimate>,
        /// Seconds in all.
        pub seconds: u32,
        /// Number of earlier deployments it is measured from; 0 means assumed values.
        pub measured_from: u32,
    }

    /// One phase's estimate.
    pub struct PhaseEstimate {
        /// Phase word.
        pub phase: String,
        /// Phase name.
        pub label: String,
        /// Seconds.
        pub seconds: u32,
        /// Per device, seconds, in plan order.
        pub devices: Vec<u32>,
    }

    /// A check that Verify will run.
    pub struct PlannedCheck {
        /// Stable word.
        pub check: String,
        /// Name.
        pub label: String,
        /// Whether it gates the decision.
        pub gating: bool,
        /// Devices it concerns.
        pub devices: Vec<String>,
    }

    /// A row of the pre-checks.
    pub struct PrecheckRow {
        /// Stable word: `reachable`, `host-key`, `pending`, `base`.
        pub check: String,
        /// Name.
        pub label: String,
        /// Devices that passed.
        pub passed: u32,
        /// Devices in all.
        pub total: u32,
        /// Result over all devices.
        pub result: CheckResult,
        /// Errors of those that failed.
        pub errors: Vec<ErrorView>,
    }

    /// Choices for running a plan.
    pub struct DeployOptions {
        /// Confirm window in minutes, 2 to 60.
        pub window_minutes: u16,
        /// What a failure on one device means for the others; all or nothing where it is not given.
        #[serde(default)]
        pub policy: Policy,
    }

    /// A policy as it would run this plan.
    pub struct PolicyView {
        /// Which.
        pub policy: Policy,
        /// Its name.
        pub label: String,
        /// What it means for this plan.
        pub consequence: String,
        /// Devices of each part, in the order in which the parts go.
        pub parts: Vec<Vec<String>>,
        /// Why this plan can't run under it, if so.
        pub refused: Option<String>,
    }
}
