//! A device as the deployment protocol sees it: steps with typed outcomes.

use async_trait::async_trait;
use bk_config::CliLine;
use bk_model::{BridgeDomainName, DeviceName};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::outcome::{ArmOutcome, CancelOutcome, CleanOutcome, ConfirmOutcome, PrepareOutcome};
use super::reading::{Candidate, EntryDelta, Facts, MacFact, Probe, ReadScope, Reading, RollbackEntry};

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

    /// Reads the list of commits, newest first. One command.
    async fn commits(&mut self, cancel: &CancellationToken) -> Result<Vec<RollbackEntry>, StepError>;

    /// Reads the MAC table of one bridge domain; `None` where the device can't tell.
    async fn macs(
        &mut self,
        domain: &BridgeDomainName,
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
