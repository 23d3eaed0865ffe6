//! What a fresh session shows of a device, in the words that the rules decide on.

use serde::{Deserialize, Serialize};

use super::rules::WaitFor;

/// Whose commit is pending, and what lies on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PendingSeen {
    /// Nothing is pending.
    Nothing,
    /// Ours exactly, on top.
    Ours,
    /// Ours, with another's commit on top.
    OursUnderAnother,
    /// Ours plus lines of another that a shared candidate carried along.
    RideAlong,
    /// Our reverse.
    OurReverse,
    /// Not provably ours.
    NotOurs,
}

/// How much of our change runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinesSeen {
    /// Nothing of it.
    None,
    /// A part of it.
    Part,
    /// All of it.
    All,
}

/// What the candidate holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CandidateSeen {
    /// Nothing.
    Empty,
    /// Lines of ours, perhaps among others.
    Ours,
    /// Only lines of others.
    Others,
    /// Only lines of others, exactly those that a person consented to commit.
    Consented,
}

/// Whether the lines that were applied again after the decision record still need the checks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Recheck {
    /// Nothing was applied again, or its checks held.
    #[default]
    Nothing,
    /// The checks are due.
    Due,
    /// A gating check failed.
    Failed,
}

/// One look at a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sight {
    /// An earlier session of ours is still on the device: a command sent there may yet run.
    pub earlier_session: bool,
    /// Rollback head and pending commit were the same before and after the reads, and no commit was running.
    pub settled: bool,
    /// The pending commit.
    pub pending: PendingSeen,
    /// Our change in the running configuration.
    pub lines: LinesSeen,
    /// The touched objects differ from base and change: another's value or line.
    pub touched: bool,
    /// The candidate.
    pub candidate: CandidateSeen,
    /// The checks of a re-apply.
    pub recheck: Recheck,
}

impl Sight {
    /// Nothing was seen yet: no rule acts on it.
    pub const NOTHING: Self = Self {
        earlier_session: true,
        settled: false,
        pending: PendingSeen::NotOurs,
        lines: LinesSeen::None,
        touched: false,
        candidate: CandidateSeen::Others,
        recheck: Recheck::Nothing,
    };

    /// What to say of a device that never comes to rest.
    #[must_use]
    pub fn stuck(self) -> WaitFor {
        match (self.pending, self.lines) {
            (PendingSeen::Nothing | PendingSeen::NotOurs, LinesSeen::None) => WaitFor::Settled,
            (PendingSeen::Nothing | PendingSeen::NotOurs, _) => WaitFor::BlockedLive,
            _ => WaitFor::BlockedPending,
        }
    }
}

impl PendingSeen {
    /// All values.
    pub const ALL: [Self; 6] = [
        Self::Nothing,
        Self::Ours,
        Self::OursUnderAnother,
        Self::RideAlong,
        Self::OurReverse,
        Self::NotOurs,
    ];
}

impl LinesSeen {
    /// All values.
    pub const ALL: [Self; 3] = [Self::None, Self::Part, Self::All];
}

impl CandidateSeen {
    /// All values.
    pub const ALL: [Self; 4] = [Self::Empty, Self::Ours, Self::Others, Self::Consented];
}

impl Recheck {
    /// All values.
    pub const ALL: [Self; 3] = [Self::Nothing, Self::Due, Self::Failed];
}
