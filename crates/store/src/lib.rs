//! State in one embedded SQLite file: snapshots, records, drafts, plans, journal, history, settings.
//!
//! The store knows what rows mean to each other and nothing of devices, sessions or windows. It reads no clock:
//! every moment is passed in. No secret ever reaches it; a full configuration text enters only as a [`StoredText`],
//! in which values shaped like secrets are already tokens.

mod blob;
mod checks;
mod contacts;
mod credentials;
mod decisions;
mod deployments;
mod derived;
mod devices;
mod drafts;
mod drifts;
mod error;
mod events;
mod history;
mod host_keys;
mod journal;
mod jump_hosts;
mod lines;
mod open;
mod plans;
mod records;
mod redact;
mod schedules;
mod settings;
mod snapshots;
mod source;
mod texts;
mod time;
mod transcript;

pub use checks::{CheckOutcome, CheckResult, CheckRun, CheckRunId, CheckWhy, Checks, NewCheckRun};
pub use contacts::{Contact, Contacts};
pub use credentials::{Credential, Credentials, KeptIn, SignInWay};
pub use decisions::{Decided, Decision, Decisions, NewDecision, PolicyId, StoredPolicy};
pub use deployments::{Deployment, Deployments, NewDeployment};
pub use derived::Derived;
pub use devices::{DeviceEntry, Devices};
pub use drafts::{Draft, DraftId, DraftOperation, DraftState, Drafts};
pub use drifts::{Closed, Closing, Drift, DriftId, Drifts, Found, Sighting};
pub use error::StoreError;
pub use events::{Event, EventId, Events, NewEvent};
pub use history::{DeviceHistory, HistoryTotals};
pub use host_keys::{HostKey, HostKeys};
pub use journal::StoreJournal;
pub use jump_hosts::{JumpHost, JumpHosts};
pub use lines::{LineHit, Lines};
pub use open::{Store, StoreOptions};
pub use plans::{Plan, Plans};
pub use records::{Record, Records};
pub use redact::{SecretTokens, StoredText};
pub use schedules::{CheckScope, Schedule, ScheduleId, ScheduleSpec, Schedules};
pub use settings::Settings;
pub use snapshots::{NewSnapshot, Snapshot, SnapshotId, Snapshots};
pub use source::SnapshotSource;
pub use transcript::{TranscriptEntry, Transcripts};
