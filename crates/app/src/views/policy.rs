//! What is done about drift without asking, and every decision.

use super::{DriftKind, DriftRow, DriftSeverity};

word! {
    /// What was decided about an event.
    pub enum DriftDecided {
        /// To take what the device holds.
        Sync,
        /// To put back what is expected.
        Override,
        /// To leave it open.
        Leave,
        /// To go on without the object.
        Skip,
        /// To ask a person: a policy stopped at its limit.
        Ask,
    }

    /// What a policy does.
    pub enum DriftPolicyAction {
        /// Leaves the event open and asks nobody.
        Leave,
        /// Takes what the device holds as what is expected.
        Sync,
        /// Puts back what is expected, as a deployment within limits.
        Override,
    }

    /// Where a policy stands.
    pub enum DriftPolicyState {
        /// It decides.
        InForce,
        /// Its day came.
        Expired,
        /// A person ended or replaced it.
        Ended,
    }
}

view! {
    /// The terms of a policy.
    pub struct DriftPolicyTerms {
        /// Name, 1 to 64 characters.
        pub name: String,
        /// Only on these devices, `*` for any characters; empty for all.
        pub devices: Vec<String>,
        /// Only these interfaces and bridge domains; empty for all.
        pub objects: Vec<String>,
        /// Only these kinds; empty for all.
        pub kinds: Vec<DriftKind>,
        /// Only up to this severity.
        pub at_most: DriftSeverity,
        /// What it does.
        pub action: DriftPolicyAction,
        /// How far it may put back; for `override` only.
        pub limits: Option<DriftPolicyLimits>,
        /// Until when.
        pub expires: String,
    }

    /// How far a policy may put back.
    pub struct DriftPolicyLimits {
        /// Objects in one plan, 1 to 16.
        pub objects: u16,
        /// Lines in one plan, 1 to 100.
        pub lines: u16,
        /// Deployments in 24 hours, 1 to 24.
        pub per_day: u16,
    }

    /// A policy.
    pub struct DriftPolicyView {
        /// Number.
        pub id: u32,
        /// Its terms.
        pub terms: DriftPolicyTerms,
        /// The same in a sentence.
        pub sentence: String,
        /// Where it stands.
        pub state: DriftPolicyState,
        /// When it was made.
        pub created: String,
        /// By whom.
        pub by: String,
        /// When and by whom it was ended, in words.
        pub ended: Option<String>,
        /// Decisions it made.
        pub decided: u32,
    }

    /// What a policy would have done.
    pub struct DriftPolicyTrial {
        /// Days looked back.
        pub days: u16,
        /// Events in that time.
        pub events: u32,
        /// Those that it is for, the oldest first.
        pub covered: Vec<DriftTrialRow>,
        /// All of it in a sentence.
        pub sentence: String,
    }

    /// One event of the past under a policy.
    pub struct DriftTrialRow {
        /// The event.
        pub event: DriftRow,
        /// Whether it would have acted; else a limit would have stopped it.
        pub acts: bool,
        /// What it would have done, in words.
        pub would: String,
    }

    /// A decision.
    pub struct DriftDecisionView {
        /// Number.
        pub id: u32,
        /// Number of the event.
        pub event: u32,
        /// The device.
        pub device: String,
        /// The object.
        pub object: String,
        /// When.
        pub at: String,
        /// By whom.
        pub by: String,
        /// What.
        pub choice: DriftDecided,
        /// The same in words.
        pub title: String,
        /// Why; may be empty.
        pub why: String,
        /// Name of the policy that decided.
        pub policy: Option<String>,
        /// The deployment that carries it out, or on whose card it was decided.
        pub deployment: Option<u32>,
        /// What was expected before it.
        pub expected_before: Vec<String>,
        /// What the device held.
        pub actual: Vec<String>,
        /// What is expected after it.
        pub expected_after: Vec<String>,
    }
}
