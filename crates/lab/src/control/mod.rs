//! The control socket: what only tests may see and do.
//!
//! A loopback TCP socket; each line is a JSON object. A request carries the token that the starter was
//! given; the answer is `{"ok": ...}` or `{"error": "..."}`. Requests of one connection are answered in order.

mod client;
mod server;

pub use client::{Client, ControlError};
pub(crate) use server::open;

use std::net::SocketAddr;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::serve::Reach;

/// Where a control socket listens and what opens it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Address {
    /// Loopback address and port.
    pub socket: SocketAddr,
    /// Must stand in every request.
    pub token: String,
}

/// A request with its token.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Sealed {
    pub(crate) token: String,
    #[serde(flatten)]
    pub(crate) request: Request,
}

/// What may be asked for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "kebab-case")]
pub enum Request {
    /// Where each device is reached.
    Inventory,
    /// The truth about one device, or all.
    Dump {
        /// Which; none = all.
        #[serde(default)]
        device: Option<String>,
    },
    /// The lines that devices received.
    Received,
    /// Adds a fault.
    Inject {
        /// Where.
        device: String,
        /// What.
        fault: Fault,
    },
    /// Forgets the faults of a device, or all.
    ClearFaults {
        /// Which; none = all.
        #[serde(default)]
        device: Option<String>,
    },
    /// Answers when so many sessions have come to a gate.
    GateArrived {
        /// Its name.
        gate: String,
        /// How many.
        count: usize,
    },
    /// Opens a gate.
    GateOpen {
        /// Its name.
        gate: String,
    },
    /// What the clock shows.
    Clock,
    /// Sets the clock.
    ClockSet {
        /// The moment.
        to: DateTime<Utc>,
    },
    /// Moves the clock.
    ClockAdvance {
        /// By so many seconds; may be negative.
        seconds: i64,
    },
    /// Another engineer types lines.
    Foreign {
        /// Where.
        device: String,
        /// The login.
        user: String,
        /// The lines.
        lines: Vec<String>,
    },
    /// Runs or forgets the lines of lost sessions.
    LateLines {
        /// Where.
        device: String,
        /// Run or forget.
        run: bool,
    },
    /// Makes a device reachable or not.
    Reach {
        /// Which.
        device: String,
        /// How.
        reach: Reach,
    },
    /// Another host key.
    ChangeHostKey {
        /// Which.
        device: String,
    },
    /// A commit of another user runs, or has come to nothing.
    ForeignCommit {
        /// Where.
        device: String,
        /// The login; none = it has come to nothing.
        #[serde(default)]
        user: Option<String>,
    },
    /// Every session of a login on a device ends.
    Leave {
        /// Where.
        device: String,
        /// The login.
        user: String,
    },
    /// Every device as it was when it was switched on.
    Reset,
    /// Restarts a device.
    Reboot {
        /// Which.
        device: String,
    },
    /// A line for every terminal of a device.
    Broadcast {
        /// Which.
        device: String,
        /// The line.
        text: String,
    },
    /// Another dialect from now on.
    SetDialect {
        /// Which; none = all.
        #[serde(default)]
        device: Option<String>,
        /// The dialect.
        dialect: Dialect,
    },
}
