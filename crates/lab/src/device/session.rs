//! Sessions of a device.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commit::CommitArgs;
use crate::grammar::Step;

/// Numbers the sessions of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SessionId(pub u64);

/// Where a session stands.
#[derive(Clone, Debug)]
pub enum Mode {
    /// Operational mode.
    Operational,
    /// Configuration mode at these levels.
    Configuration(Vec<Step>),
}

/// What a session has set for its terminal (REF 1.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Settings {
    /// Lines per page, 0 = no paging; none = as the terminal is high.
    pub length: Option<u16>,
    /// Whether output is coloured.
    pub colour: bool,
    /// Whether commands are echoed again with the time; none = as `system cli-timestamp` says.
    pub timestamp: Option<bool>,
    /// Rows of the terminal.
    pub rows: u16,
}

/// A question that a session must answer before anything else.
#[derive(Clone, Debug)]
pub(super) enum Question {
    /// REF 3, with what to do after the answer.
    Uncommitted { leave: Leave },
    /// REF 7.3.
    OutOfSync { commit: CommitArgs },
}

/// How far a session wants to go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Leave {
    /// To operational mode.
    Configuration,
    /// Out.
    Session,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) user: String,
    pub(super) remote: String,
    pub(super) since: DateTime<Utc>,
    pub(super) active: DateTime<Utc>,
    pub(super) connected: bool,
    pub(super) mode: Mode,
    pub(super) settings: Settings,
    pub(super) question: Option<Question>,
    pub(super) configured: bool,
}

impl Session {
    pub(super) fn new(user: &str, remote: &str, now: DateTime<Utc>) -> Self {
        Self {
            user: user.to_owned(),
            remote: remote.to_owned(),
            since: now,
            active: now,
            connected: true,
            mode: Mode::Operational,
            settings: Settings {
                length: None,
                colour: true,
                timestamp: None,
                rows: 24,
            },
            question: None,
            configured: false,
        }
    }

    /// The levels of configuration mode, if it is in it.
    pub(super) fn levels(&self) -> Option<&[Step]> {
        match &self.mode {
            Mode::Operational => None,
            Mode::Configuration(levels) => Some(levels),
        }
    }
}

/// A session as the dump tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// Its number.
    pub id: SessionId,
    /// Its login.
    pub user: String,
    /// Address and port of its client.
    pub remote: String,
    /// Whether its terminal is still there.
    pub connected: bool,
    /// Whether it is in configuration mode.
    pub configuring: bool,
}
