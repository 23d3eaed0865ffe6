//! What a view can follow while a deployment runs.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use tokio::sync::mpsc;

use super::report::{Cause, Drift};
use super::rules::WaitFor;
use super::words::{DeviceReport, Outcome, Phase, Step};
use crate::verify::CheckRow;

/// One thing that happened.
#[derive(Clone, Debug)]
pub enum DeploymentEvent {
    /// A phase began.
    Phase {
        /// Which.
        phase: Phase,
        /// When.
        at: DateTime<Utc>,
    },
    /// A step began on a device.
    StepStarted {
        /// The device.
        device: DeviceName,
        /// The step.
        step: Step,
        /// When.
        at: DateTime<Utc>,
    },
    /// A step ended on a device.
    StepEnded {
        /// The device.
        device: DeviceName,
        /// The step.
        step: Step,
        /// One word, as in the journal: `passed`, `failed`, `refrained`, `stale`, `lost`, `unreachable`, `saw`.
        result: &'static str,
        /// The device's own words, where it said something that a person should read.
        words: Option<String>,
        /// How long it took.
        took: Duration,
    },
    /// The device told how long its pending commit has left.
    Clock {
        /// The device.
        device: DeviceName,
        /// When it goes back by itself.
        until: DateTime<Utc>,
        /// Whole seconds left by the device's word.
        seconds_left: u64,
    },
    /// Checks ran.
    Checks {
        /// With results and evidence.
        rows: Vec<CheckRow>,
    },
    /// Drift was found; the deployment stops.
    Drift {
        /// Each difference.
        drifts: Vec<Drift>,
    },
    /// The deployment turned back.
    TurnedBack {
        /// Why.
        cause: Cause,
    },
    /// The decision is recorded.
    Decided {
        /// When.
        at: DateTime<Utc>,
    },
    /// A device is waited for.
    Waiting {
        /// What is known of it meanwhile, in the words of a report.
        report: DeviceReport,
        /// For what.
        wait: WaitFor,
        /// When it is looked at again.
        again: DateTime<Utc>,
    },
    /// A device is reported.
    Reported {
        /// How.
        report: DeviceReport,
    },
    /// The deployment ended.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

/// A bounded way out for events: it never holds the protocol up. A slow reader misses events and can see how many.
#[derive(Debug)]
pub struct EventSink {
    sender: Option<mpsc::Sender<DeploymentEvent>>,
    missed: AtomicU64,
}

impl EventSink {
    /// Sends into a bounded channel.
    #[must_use]
    pub fn new(sender: mpsc::Sender<DeploymentEvent>) -> Self {
        Self {
            sender: Some(sender),
            missed: AtomicU64::new(0),
        }
    }

    /// Sends nowhere.
    #[must_use]
    pub fn none() -> Self {
        Self {
            sender: None,
            missed: AtomicU64::new(0),
        }
    }

    /// How many events the reader missed so far. The journal and the report miss none.
    #[must_use]
    pub fn missed(&self) -> u64 {
        self.missed.load(Ordering::Relaxed)
    }

    pub(crate) fn send(&self, event: DeploymentEvent) {
        if let Some(sender) = &self.sender
            && sender.try_send(event).is_err()
        {
            self.missed.fetch_add(1, Ordering::Relaxed);
        }
    }
}
