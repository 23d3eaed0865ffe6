//! The deployment journal: written before a device is touched.

use async_trait::async_trait;
use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::deploy::{ChildOf, Consent, Decision, DeploymentId, DeviceReport, Outcome, Policy, Step};

/// One entry, in the order of `seq` within its deployment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct JournalEntry {
    /// The deployment.
    pub deployment: DeploymentId,
    /// Position within the deployment, from 0.
    pub seq: u64,
    /// When it was written.
    pub at: DateTime<Utc>,
    /// The device, or none for an entry about the whole deployment.
    pub device: Option<DeviceName>,
    /// What happened, or is about to happen.
    pub event: JournalEvent,
}

/// What an entry says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "event", rename_all = "kebab-case")]
pub enum JournalEvent {
    /// The deployment begins; the plan is stored under its hash.
    Began {
        /// Hash of the plan.
        plan: String,
        /// The person who runs it.
        by: String,
        /// Confirm window in minutes.
        window_minutes: u16,
        /// The policy that it was started under.
        #[serde(default)]
        policy: Policy,
        /// The deployment that it goes on for.
        #[serde(default)]
        child_of: Option<ChildOf>,
    },
    /// A protocol step is about to run on the device.
    StepStarted {
        /// The step.
        step: Step,
    },
    /// A protocol step ended.
    StepEnded {
        /// The step.
        step: Step,
        /// How, as one machine-readable word.
        result: String,
        /// What recovery needs to know of it (success line, rollback head, saved text hash...), as JSON.
        evidence: serde_json::Value,
    },
    /// A person consents to commit another's candidate lines on the device.
    Consented {
        /// Who, and which lines.
        consent: Consent,
    },
    /// The decision record. Before it every recovery only cancels; after it, only completes.
    Decided {
        /// Which way.
        decision: Decision,
    },
    /// A device is reported.
    Reported {
        /// Its state and notes.
        report: DeviceReport,
    },
    /// The deployment ended; nothing is open any more.
    Ended {
        /// How.
        outcome: Outcome,
    },
}

/// Why the journal could not be written or read. A deployment stops before the device is touched.
#[derive(Debug, Error)]
#[error("the journal of deployment {deployment} could not be {operation}")]
pub struct JournalError {
    /// The deployment, as text.
    pub deployment: String,
    /// `written` or `read`.
    pub operation: &'static str,
    /// The cause.
    #[source]
    pub source: Box<dyn std::error::Error + Send + Sync>,
}

/// Durable storage of journal entries.
#[async_trait]
pub trait Journal: Send + Sync {
    /// Appends entries of one or more devices in one durable group. When it returns `Ok` they survive a power cut.
    async fn append(&self, entries: Vec<JournalEntry>) -> Result<(), JournalError>;

    /// Returns all entries of a deployment, ordered by `seq`.
    async fn entries(&self, deployment: &DeploymentId) -> Result<Vec<JournalEntry>, JournalError>;

    /// Returns the deployments that began and have not ended.
    async fn open_deployments(&self) -> Result<Vec<DeploymentId>, JournalError>;
}
