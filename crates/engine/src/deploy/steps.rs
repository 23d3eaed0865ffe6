//! What each step is: which way it belongs to, and what it may send.

use serde::{Deserialize, Serialize};

use super::table::Direction;
use super::words::Step;

/// What was sent to a device so far. Recovery reads it from the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sent {
    /// Nothing that changes anything.
    Nothing,
    /// Lines into a candidate.
    Lines,
    /// A commit.
    Commit,
}

impl Step {
    /// Tells whether the step belongs to the way towards the decision.
    #[must_use]
    pub fn is_forward(self) -> bool {
        matches!(
            self,
            Self::PreflightRead
                | Self::PrepareLines
                | Self::ArmRecheck
                | Self::ArmCommit
                | Self::ArmProve
                | Self::Verify
                | Self::DecideCheck
        )
    }

    /// Tells whether the step sends something when it resolves or completes.
    #[must_use]
    pub fn is_command(self) -> bool {
        matches!(
            self,
            Self::Confirm
                | Self::CompleteReapply
                | Self::CompleteClean
                | Self::ResolveClean
                | Self::ResolveCancel
                | Self::ResolveConfirm
                | Self::ResolveReverse
        )
    }

    /// Tells whether the step ends with a look at pending commit and text, unless its session is lost.
    #[must_use]
    pub fn looks(self) -> bool {
        matches!(
            self,
            Self::ArmProve
                | Self::Verify
                | Self::DecideCheck
                | Self::ConfirmProve
                | Self::SettleRead
                | Self::ResolveProbe
                | Self::CompleteProbe
                | Self::CompleteVerify
        )
    }

    /// Tells whether the step belongs to a direction.
    #[must_use]
    pub fn is_of(self, direction: Direction) -> bool {
        match self {
            Self::Confirm
            | Self::ConfirmProve
            | Self::SettleRead
            | Self::CompleteProbe
            | Self::CompleteReapply
            | Self::CompleteVerify
            | Self::CompleteClean => direction == Direction::Complete,
            Self::ResolveProbe
            | Self::ResolveClean
            | Self::ResolveCancel
            | Self::ResolveConfirm
            | Self::ResolveReverse => direction == Direction::Back,
            _ => direction == Direction::Forward,
        }
    }

    /// Returns the most that the step may send.
    #[must_use]
    pub fn sends(self) -> Sent {
        match self {
            Self::PrepareLines | Self::ResolveClean | Self::CompleteClean => Sent::Lines,
            Self::ArmCommit
            | Self::Confirm
            | Self::CompleteReapply
            | Self::ResolveCancel
            | Self::ResolveConfirm
            | Self::ResolveReverse => Sent::Commit,
            _ => Sent::Nothing,
        }
    }
}
