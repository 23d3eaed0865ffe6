//! Every line sent and every answer received, for the person and for the archive.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

/// Which way a transcript line went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Direction {
    /// Sent to the device. A secret is never written here.
    Sent,
    /// Answered by the device, with control sequences removed.
    Answer,
    /// Said by Bridgekeeper about the session (opened, closed, waiting).
    Note,
}

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TranscriptLine {
    /// The device it belongs to.
    pub device: DeviceName,
    /// When it was sent or received.
    pub at: DateTime<Utc>,
    /// Which way it went.
    pub direction: Direction,
    /// The text, without a line end.
    pub text: String,
}

/// A bounded sink for transcript lines: it never blocks the protocol, and what it could not keep is counted and said in
/// the archive.
pub trait Transcript: Send + Sync {
    /// Takes one line.
    fn record(&self, line: TranscriptLine);
}
