//! Faults: what goes wrong, on which line, and at which moment of it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use serde::{Deserialize, Serialize};
use tokio::sync::watch;

use crate::clock::lock;

/// One thing that goes wrong on one device.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fault {
    /// Only lines that contain this text count; none = every line. Empty lines never count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub matching: Option<String>,
    /// So many of those lines pass first: 0 = the next one.
    #[serde(default)]
    pub skip: u32,
    /// At which moment of the line.
    pub moment: Moment,
    /// What happens.
    pub action: Action,
    /// Whether it happens again on every later line.
    #[serde(default)]
    pub repeat: bool,
}

/// The moments of a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Moment {
    /// The line arrived and was not run.
    BeforeLine,
    /// The line ran, nothing of its answer was sent.
    BeforeAnswer,
    /// Half of its answer was sent.
    MidAnswer,
}

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// The line is not run; this text is its answer. Before the line only.
    Refuse(String),
    /// The line runs; this text is its answer.
    Answer(String),
    /// The connection ends.
    Drop,
    /// The connection ends, and the line is still on its way: it runs when the late lines are released,
    /// or never. Before the line only.
    Lose,
    /// Nothing more is sent or read, the connection stays.
    Hang,
    /// The connection ends and the device can't be reached until it is told otherwise.
    Unreachable,
    /// Waits until the gate is opened.
    Gate(String),
    /// Waits so many milliseconds.
    Delay(u64),
    /// The answer comes byte by byte, so many milliseconds apart.
    Slow(u64),
    /// This text appears in the stream, line ends included.
    Insert(String),
    /// Half of the answer is replaced by noise.
    Garble,
    /// The second half of the answer is missing, the prompt follows.
    Truncate,
    /// The device restarts.
    Reboot,
    /// Another session of this user types these lines in configuration mode.
    Foreign {
        /// Its login.
        user: String,
        /// Its lines.
        lines: Vec<String>,
    },
    /// The clock of the whole fabric moves by so many seconds; timers that are due fire.
    Advance(i64),
    /// The pending commit of this device is taken back, as when its time has come.
    TimerEnds,
    /// A commit of this login runs from now on; with none, it has come to nothing.
    CommitRuns(Option<String>),
    /// From the next connection on the device shows another host key.
    ChangeHostKey,
    /// Sessions of this login take all the room that is left.
    Crowd(String),
}

impl Fault {
    /// A fault on the next line that contains `matching`.
    #[must_use]
    pub fn on(matching: &str, moment: Moment, action: Action) -> Self {
        Self {
            matching: Some(matching.to_owned()),
            skip: 0,
            moment,
            action,
            repeat: false,
        }
    }

    /// A fault on the k-th line from now, counted from 1.
    #[must_use]
    pub fn on_line(k: u32, moment: Moment, action: Action) -> Self {
        Self {
            matching: None,
            skip: k.saturating_sub(1),
            moment,
            action,
            repeat: false,
        }
    }

    pub(crate) fn concerns(&self, line: &str) -> bool {
        !line.trim().is_empty()
            && self
                .matching
                .as_ref()
                .is_none_or(|text| line.contains(text.as_str()))
    }
}

/// Gates by name: a session waits at one, a test waits for the session and opens it.
#[derive(Debug, Default)]
pub struct Gates {
    gates: Mutex<HashMap<String, Arc<Gate>>>,
}

#[derive(Debug)]
struct Gate {
    arrived: watch::Sender<usize>,
    open: watch::Sender<bool>,
}

impl Gates {
    fn gate(&self, name: &str) -> Arc<Gate> {
        let fresh = || {
            Arc::new(Gate {
                arrived: watch::Sender::new(0),
                open: watch::Sender::new(false),
            })
        };
        Arc::clone(lock(&self.gates).entry(name.to_owned()).or_insert_with(fresh))
    }

    /// Waits in front of a gate until it is open.
    pub(crate) async fn pass(&self, name: &str) {
        let gate = self.gate(name);
        gate.arrived.send_modify(|count| *count += 1);
        let mut open = gate.open.subscribe();
        // The sender lives as long as `gate`, so this can't fail.
        let _ = open.wait_for(|open| *open).await;
    }

    /// Waits until so many sessions stand (or stood) in front of a gate.
    pub async fn arrived(&self, name: &str, count: usize) {
        let gate = self.gate(name);
        let mut arrived = gate.arrived.subscribe();
        let _ = arrived.wait_for(|arrived| *arrived >= count).await;
    }

    /// Opens every gate; those that are named from now on are shut again.
    pub(crate) fn forget(&self) {
        for (_, gate) in lock(&self.gates).drain() {
            gate.open.send_replace(true);
        }
    }

    /// Opens a gate for good.
    pub fn open(&self, name: &str) {
        self.gate(name).open.send_replace(true);
    }
}
