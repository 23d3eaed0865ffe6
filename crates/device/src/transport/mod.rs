//! Bytes to and from a device: open, read, write, close.
//!
//! A transport knows nothing of prompts or commands. Two exist: [`ssh`] over a real connection and
//! [`scripted`] for replaying what a device once said.

pub mod host_key;
pub mod scripted;
pub mod ssh;

use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

/// A two-way stream of bytes to one interactive shell.
#[async_trait]
pub trait Transport: Send {
    /// Returns the next bytes, at least one, waiting as long as it takes.
    ///
    /// Dropping the future loses no bytes, so callers may race it against timers.
    async fn read(&mut self) -> Result<Bytes, TransportError>;

    /// Sends all of `bytes`.
    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError>;

    /// Ends the stream. Never fails: a stream that can't be closed politely is dropped.
    async fn close(&mut self);
}

/// Why an open stream stopped working.
#[derive(Debug, thiserror::Error)]
pub enum TransportError {
    /// The device closed the connection.
    #[error("the device closed the connection")]
    Closed {
        /// The exit status of the shell, where the device sent one.
        exit_status: Option<u32>,
    },
    /// The connection broke without a word from the device.
    #[error("the connection was lost")]
    Lost {
        /// What the SSH library saw.
        #[source]
        source: Box<russh::Error>,
    },
    /// The replay met something that its script does not hold.
    #[error("the script expected {expected:?} and was sent {sent:?}")]
    OffScript {
        /// What the script would have accepted.
        expected: String,
        /// What was written.
        sent: String,
    },
}

/// Time limits and sizes of a connection.
///
/// The values of [`ConnectionLimits::lab`] suit a management network; a test may shorten them.
#[derive(Clone, Debug)]
pub struct ConnectionLimits {
    /// Longest wait for the name, the TCP connection and the key exchange, each.
    pub connect: Duration,
    /// Longest wait for the answer to a sign-in.
    pub sign_in: Duration,
    /// A keepalive is sent after this much silence.
    pub keepalive_every: Duration,
    /// The connection counts as lost after this many unanswered keepalives.
    pub keepalive_misses: usize,
}

impl ConnectionLimits {
    /// Limits for a lab's management network.
    #[must_use]
    pub fn lab() -> Self {
        Self {
            connect: Duration::from_secs(10),
            sign_in: Duration::from_secs(20),
            keepalive_every: Duration::from_secs(15),
            keepalive_misses: 4,
        }
    }
}
