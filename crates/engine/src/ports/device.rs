//! A device as the deployment protocol sees it: steps with typed outcomes.

use async_trait::async_trait;
use bk_config::{CliLine, ConfigText};
use bk_model::{AdminState, DeviceName, DnosVersion, InterfaceName, OperState};
use chrono::{DateTime, FixedOffset};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// Why a step did not come to a typed outcome.
#[derive(Debug, Error)]
pub enum StepError {
    /// No session could be opened; nothing was sent.
    #[error("{device} could not be reached")]
    Unreachable {
        /// The device.
        device: DeviceName,
        /// Refused, timed out, name not found...
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The device refused the sign-in. It is tried once.
    #[error("{device} refused the sign-in of {user}")]
    SignInRefused {
        /// The device.
        device: DeviceName,
        /// The user name.
        user: String,
    },
    /// The device's key was never seen; nothing was sent. A person may trust it.
    #[error("the host key of {device} is not known: {fingerprint}")]
    HostKeyUnknown {
        /// The device.
        device: DeviceName,
        /// SHA-256 fingerprint as OpenSSH prints it.
        fingerprint: String,
    },
    /// The device's key differs from the trusted one; the connection was closed before the password was sent.
    #[error("the host key of {device} has changed from {trusted} to {offered}")]
    HostKeyChanged {
        /// The device.
        device: DeviceName,
        /// Fingerprint of the trusted key.
        trusted: String,
        /// Fingerprint of the key that was offered.
        offered: String,
    },
    /// What answered is not a DNOS command line, or one that is too old or not ready.
    #[error("{device} does not answer as a usable DNOS device: {reason}")]
    NotDnos {
        /// The device.
        device: DeviceName,
        /// What was seen.
        reason: String,
    },
    /// The connection ended. `in_flight` names the command whose answer is missing: it may have run, or may still run.
    #[error("the connection to {device} was lost during {doing}")]
    Lost {
        /// The device.
        device: DeviceName,
        /// The step or command in words.
        doing: String,
        /// The command that was sent without an answer.
        in_flight: Option<String>,
    },
    /// No prompt before the deadline. The session is closed; `in_flight` as in `Lost`.
    #[error("{device} did not answer {command:?} within {waited_s} s")]
    Deadline {
        /// The device.
        device: DeviceName,
        /// The command.
        command: String,
        /// Seconds waited.
        waited_s: u64,
    },
    /// The answer is in no form that is known. The operation stops and shows it.
    #[error("{device} answered {command:?} in a form that is not known")]
    Unrecognised {
        /// The device.
        device: DeviceName,
        /// The command.
        command: String,
        /// The device's words.
        text: String,
    },
    /// A person or a shutdown cancelled the wait. Never used while a commit runs.
    #[error("the step on {device} was cancelled")]
    Cancelled {
        /// The device.
        device: DeviceName,
    },
}

/// Which part of the configuration is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ReadScope {
    /// `network-services bridge-domain`, `interfaces`, `protocols lacp`, `protocols lldp`, flattened, in this order.
    L2,
    /// The whole configuration, flattened.
    Full,
}

/// Configuration text as read at one moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Reading {
    /// Flattened configuration text without its frame lines.
    pub text: ConfigText,
    /// The device's own time from the header of the first part.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// Broadcasts and other lines that the device put beside the answer, unedited.
    pub notices: Vec<String>,
}

/// A row of `show interfaces` (REF 8).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InterfaceFact {
    /// The interface.
    pub name: InterfaceName,
    /// Admin column.
    pub admin: AdminState,
    /// Operational column.
    pub oper: OperState,
    /// MTU column, bytes.
    pub mtu: Option<u16>,
    /// Network-Service column as printed.
    pub service: String,
}

/// A row of `show lldp neighbors` that names a neighbour.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LldpFact {
    /// Local physical port.
    pub local: InterfaceName,
    /// System name as the neighbour advertises it.
    pub system: String,
    /// The neighbour's port as advertised; may be a MAC address.
    pub remote: String,
}

/// A bundle of `show lacp interfaces`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LacpBundleFact {
    /// The bundle.
    pub bundle: InterfaceName,
    /// Local key: the local bundle number (DOMAIN 2).
    pub local_key: Option<u32>,
    /// Peer key: the remote bundle number.
    pub peer_key: Option<u32>,
    /// Member ports with whether they are in sync (protocol state holds `s`, `c` and `d`).
    pub members: Vec<(InterfaceName, bool)>,
}

/// A row of the MAC table of one bridge domain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MacFact {
    /// Address as printed.
    pub mac: String,
    /// Interface.
    pub interface: InterfaceName,
}

/// What the tables of a device tell, beside its configuration.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Facts {
    /// `show system version`.
    pub version: Option<DnosVersion>,
    /// `System Name`.
    pub system_name: Option<String>,
    /// `show interfaces`.
    pub interfaces: Vec<InterfaceFact>,
    /// `show lldp neighbors`.
    pub lldp: Vec<LldpFact>,
    /// `show lacp interfaces`.
    pub lacp: Vec<LacpBundleFact>,
    /// Rows that could not be read, unedited, with the command they belong to.
    pub unread: Vec<(String, String)>,
}

/// An entry of `show rollback`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackEntry {
    /// Position now; 0 is the running configuration.
    pub id: u8,
    /// Time as printed: with user and via it names the entry wherever later commits move it.
    pub time: String,
    /// User.
    pub user: String,
    /// `cli`, `netconf`...
    pub via: String,
    /// Log text, continuation rows joined.
    pub log: String,
}

/// A pending commit confirm as `show system commit` tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pending {
    /// User who armed it.
    pub user: String,
    /// `cli`, `netconf`...
    pub via: String,
    /// Time as printed.
    pub time: String,
    /// Whole minutes left as the device reports them.
    pub minutes_left: u32,
}

/// One row of the session list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionFact {
    /// User.
    pub user: String,
    /// Where from, as printed.
    pub from: String,
    /// Start time as printed.
    pub since: String,
    /// Whether this is the session that asked. `None` where the device doesn't tell.
    pub is_this: Option<bool>,
}

/// What the candidate holds against running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub enum Candidate {
    /// `show config compare` is empty.
    Empty,
    /// It is not; the text as printed, with added and removed flattened paths where the layout was readable.
    Differs {
        /// The device's text.
        text: String,
        /// Added paths, if the layout was read.
        added: Option<Vec<String>>,
        /// Deleted paths, if the layout was read.
        deleted: Option<Vec<String>>,
    },
}

/// What a fresh look at a device shows. Reads only; leaves configuration mode before it returns.
#[derive(Clone, Debug, PartialEq)]
pub struct Probe {
    /// Release.
    pub version: DnosVersion,
    /// Host name in the prompt.
    pub host: String,
    /// The device's own present time, if a header told it.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// Rollback entries, newest first.
    pub rollback: Vec<RollbackEntry>,
    /// Whether another commit is running now.
    pub commit_running: bool,
    /// Pending commit confirm.
    pub pending: Option<Pending>,
    /// The candidate that this session sees.
    pub candidate: Candidate,
    /// All sessions on the device.
    pub sessions: Vec<SessionFact>,
    /// Broadcasts seen on the way.
    pub notices: Vec<String>,
}

/// The change that one rollback entry made: `show config compare rollback x rollback y`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryDelta {
    /// The device's text.
    pub text: String,
    /// Added flattened paths, if the layout was read.
    pub added: Option<Vec<String>>,
    /// Deleted flattened paths, if the layout was read.
    pub deleted: Option<Vec<String>>,
}

/// Who refused, and where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "at", rename_all = "kebab-case")]
pub enum PreparedRefusal {
    /// A line was refused; lines before it are in the candidate.
    Line {
        /// Index of the line, from 0.
        index: usize,
        /// The line.
        line: String,
    },
    /// `commit check` failed; all lines are in the candidate.
    CommitCheck,
}

/// How preparing ended. Whatever the outcome, the candidate is as the variant says; cleaning is a step of its own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum PrepareOutcome {
    /// All lines taken, check passed.
    Ready {
        /// What compare shows now.
        candidate: Candidate,
    },
    /// The candidate was not empty; nothing was sent.
    CandidateNotEmpty {
        /// What it holds.
        candidate: Candidate,
    },
    /// The device refused.
    Refused {
        /// Where.
        refusal: PreparedRefusal,
        /// The device's own words.
        words: String,
    },
    /// The check says that nothing would change: drift.
    NothingToChange {
        /// The device's own words.
        words: String,
    },
    /// Another committed meanwhile; the question was answered `abort`.
    OutOfSync {
        /// The device's own words.
        words: String,
    },
}

/// The success line of a commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommitSuccess {
    /// User in the line.
    pub user: String,
    /// Time in the line, as printed.
    pub time: String,
}

/// How arming (`commit confirm N`) ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ArmOutcome {
    /// The device took it. Whether the timer runs is proven by the next probe, never by this text.
    Committed {
        /// The success line.
        success: CommitSuccess,
        /// The device's own words.
        words: String,
    },
    /// Nothing changed: drift.
    NothingToChange {
        /// The device's own words.
        words: String,
    },
    /// The device refused; the candidate is kept.
    Refused {
        /// The device's own words.
        words: String,
    },
    /// Another committed meanwhile; the question was answered `abort`.
    OutOfSync {
        /// The device's own words.
        words: String,
    },
}

/// How confirming (`commit`) ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum ConfirmOutcome {
    /// The device says that it is confirmed; a probe must still prove it.
    Confirmed {
        /// The device's own words.
        words: String,
    },
    /// The candidate was neither empty nor what was consented to, so nothing was sent.
    CandidateNotEmpty {
        /// What it holds.
        candidate: Candidate,
    },
    /// The device says that nothing was to commit.
    NothingToCommit {
        /// The device's own words.
        words: String,
    },
    /// The device refused.
    Refused {
        /// The device's own words.
        words: String,
    },
}

/// How `clear system commit` ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CancelOutcome {
    /// The pending commit was rolled back; a probe must still prove it.
    RolledBack {
        /// The device's own words.
        words: String,
    },
    /// Nothing was pending.
    NothingPending {
        /// The device's own words.
        words: String,
    },
}

/// How removing our lines from a candidate ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "outcome", rename_all = "kebab-case")]
pub enum CleanOutcome {
    /// Compare is empty.
    Empty,
    /// Something is left; it may be another's.
    Left {
        /// What it holds.
        candidate: Candidate,
    },
    /// A reverse line was refused.
    Refused {
        /// The line.
        line: String,
        /// The device's own words.
        words: String,
    },
}

/// Opens sessions to one device.
#[async_trait]
pub trait DevicePort: Send + Sync {
    /// The device.
    fn device(&self) -> &DeviceName;

    /// Signs in on a fresh connection and prepares the session (REF 1.5).
    async fn open(&self, cancel: &CancellationToken) -> Result<Box<dyn DeviceSession>, StepError>;
}

/// One signed-in session. After any `Err` but `Cancelled` the session must be taken as gone.
#[async_trait]
pub trait DeviceSession: Send {
    /// Looks: release, rollback list, pending, candidate, session list. Changes nothing.
    async fn probe(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError>;

    /// Reads configuration text.
    async fn read(&mut self, scope: ReadScope, cancel: &CancellationToken) -> Result<Reading, StepError>;

    /// Reads the tables.
    async fn facts(&mut self, cancel: &CancellationToken) -> Result<Facts, StepError>;

    /// Reads the MAC table of one bridge domain; `None` where the device can't tell.
    async fn macs(
        &mut self,
        domain: &bk_model::BridgeDomainName,
        cancel: &CancellationToken,
    ) -> Result<Option<Vec<MacFact>>, StepError>;

    /// Reads the change that rollback entry `id` made (compare of the entry with the one below it).
    async fn entry_delta(&mut self, id: u8, cancel: &CancellationToken) -> Result<EntryDelta, StepError>;

    /// Enters configuration mode, checks that the candidate is empty, sends the lines each from the root, stops at the
    /// first refusal, reads compare, runs `commit check`. Stays in configuration mode.
    async fn prepare(
        &mut self,
        lines: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<PrepareOutcome, StepError>;

    /// Reads compare again on the session that prepared.
    async fn candidate(&mut self, cancel: &CancellationToken) -> Result<Candidate, StepError>;

    /// Sends ONE `commit confirm minutes`. Not cancellable once sent.
    async fn arm(&mut self, minutes: u16) -> Result<ArmOutcome, StepError>;

    /// Enters configuration mode, checks that the candidate is empty, sends `commit`. Not cancellable once sent.
    ///
    /// With `consented` the candidate may also print exactly as this text, another's lines that a person consented to
    /// commit along.
    async fn confirm(&mut self, consented: Option<&str>) -> Result<ConfirmOutcome, StepError>;

    /// Sends `clear system commit`. The caller has just proven on this session that the pending commit is ours with nothing on top.
    async fn cancel_pending(&mut self) -> Result<CancelOutcome, StepError>;

    /// Removes our lines from the candidate by reverse lines, then reads compare. Never `rollback 0`.
    async fn clean(
        &mut self,
        reverse: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<CleanOutcome, StepError>;

    /// Leaves configuration mode (the exit question is answered `cancel` and reported as [`StepError::Unrecognised`] if it appears
    /// unexpectedly) and signs out.
    async fn close(self: Box<Self>) -> Result<(), StepError>;
}
