//! How a step of the protocol came out on a device.

use serde::{Deserialize, Serialize};

use super::reading::Candidate;

/// Who refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
pub enum PreparedRefusal {
    /// A line was refused; lines before it are in the candidate.
    Line {
        /// Index of the line, from 0.
        index: usize,
        /// The line.
        line: String,
    },
    /// `commit check` failed; all lines are in the candidate.
    CommitCheck,
}

/// How preparing ended. Whatever the outcome, the candidate is as the variant says; cleaning is a step of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum PrepareOutcome {
    /// All lines taken, check passed.
    Ready {
        /// What compare shows now.
        candidate: Candidate,
    },
    /// The candidate was not empty; nothing was sent.
    CandidateNotEmpty {
        /// What it holds.
        candidate: Candidate,
    },
    /// The device refused.
    Refused {
        /// Where.
        refusal: PreparedRefusal,
        /// The device's own words.
        words: String,
    },
    /// The check says that nothing would change: drift.
    NothingToChange {
        /// The device's own words.
        words: String,
    },
    /// Another committed meanwhile; the question was answered `abort`.
    OutOfSync {
        /// The device's own words.
        words: String,
    },
}

/// The success line of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitSuccess {
    /// User in the line.
    pub user: String,
    /// Time in the line, as printed.
    pub time: String,
}

/// How arming (`commit confirm N`) ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ArmOutcome {
    /// The device took it. Whether the timer runs is proven by the next probe, never by this text.
    Committed {
        /// The success line.
        success: CommitSuccess,
        /// The device's own words.
        words: String,
    },
    /// Nothing changed: drift.
    NothingToChange {
        /// The device's own words.
        words: String,
    },
    /// The device refused; the candidate is kept.
    Refused {
        /// The device's own words.
        words: String,
    },
    /// Another committed meanwhile; the question was answered `abort`.
    OutOfSync {
        /// The device's own words.
        words: String,
    },
}

/// How confirming (`commit`) ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ConfirmOutcome {
    /// The device says that it is confirmed; a probe must still prove it.
    Confirmed {
        /// The device's own words.
        words: String,
    },
    /// The candidate was neither empty nor what was consented to, so nothing was sent.
    CandidateNotEmpty {
        /// What it holds.
        candidate: Candidate,
    },
    /// The device says that nothing was to commit.
    NothingToCommit {
        /// The device's own words.
        words: String,
    },
    /// The device refused.
    Refused {
        /// The device's own words.
        words: String,
    },
}

/// How `clear system commit` ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CancelOutcome {
    /// The pending commit was rolled back; a probe must still prove it.
    RolledBack {
        /// The device's own words.
        words: String,
    },
    /// Nothing was pending.
    NothingPending {
        /// The device's own words.
        words: String,
    },
}

/// How removing our lines from a candidate ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CleanOutcome {
    /// Compare is empty.
    Empty,
    /// Something is left; it may be another's.
    Left {
        /// What it holds.
        candidate: Candidate,
    },
    /// A reverse line was refused.
    Refused {
        /// The line.
        line: String,
        /// The device's own words.
        words: String,
    },
}
