//! Why an exchange did not end.

use std::time::Duration;

#[cfg(doc)]
use super::{Channel, Settle, Tuning};
use crate::transport::TransportError;

/// Why an exchange did not end.
#[derive(Debug, thiserror::Error)]
pub enum ChannelError {
    /// The connection ended.
    #[error("the connection ended while {command:?} was running")]
    Closed {
        /// The line whose answer is missing; empty before the first prompt.
        command: String,
        /// What had arrived of the answer.
        said: String,
        /// Why.
        #[source]
        source: TransportError,
    },
    /// Neither prompt nor question in time.
    #[error("no prompt within {waited:?} after {command:?}")]
    Deadline {
        /// The line whose answer is missing; empty before the first prompt.
        command: String,
        /// How long it was.
        waited: Duration,
        /// What had arrived of the answer.
        said: String,
    },
    /// The wait was cancelled.
    #[error("the wait for {command:?} was cancelled")]
    Cancelled {
        /// The line whose answer is missing.
        command: String,
    },
    /// What arrived before the echo belongs to no exchange.
    #[error("the answer to {command:?} does not begin with its echo")]
    OutOfStep {
        /// The line.
        command: String,
        /// What arrived instead.
        said: String,
    },
    /// Text came behind a prompt that was believed on credit ([`Settle::OnCredit`]): the answer before it had not ended.
    /// [`Channel::resync`] brings the session back in step.
    #[error("what looked like the prompt before {command:?} was none")]
    FalsePrompt {
        /// The line whose echo should have followed the prompt.
        command: String,
        /// What arrived instead.
        said: String,
    },
    /// More than [`Tuning::max_answer`].
    #[error("the answer to {command:?} is longer than {limit} bytes")]
    TooLong {
        /// The line.
        command: String,
        /// The limit.
        limit: usize,
    },
    /// What answers shows no prompt of the platform.
    #[error("no prompt of the expected kind appeared")]
    NoPrompt {
        /// What arrived.
        said: String,
    },
}

impl ChannelError {
    /// What had arrived of the answer.
    #[must_use]
    pub fn said(&self) -> &str {
        match self {
            Self::Closed { said, .. }
            | Self::Deadline { said, .. }
            | Self::OutOfStep { said, .. }
            | Self::FalsePrompt { said, .. }
            | Self::NoPrompt { said } => said,
            Self::Cancelled { .. } | Self::TooLong { .. } => "",
        }
    }
}
