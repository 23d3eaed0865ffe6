//! What can go wrong in a use case. [`AppError::view`] turns it into what people read: the one place of such text.

pub(crate) mod check;
mod device;
mod plan;
mod sign_in;
mod view;

use std::path::PathBuf;

use bk_config::CaptureError;
use bk_device::{AgentError, KeyFileError};
use bk_engine::deploy::DeploymentError;
use bk_engine::plan::{NotSeparable, PlanError, UndoRefused};
use bk_engine::ports::{JournalError, StepError};
use bk_model::{BridgeDomainName, DeviceName};
use bk_store::StoreError;
use thiserror::Error;

use crate::lock::LockError;
use crate::practice::PracticeError;
use crate::secrets::SecretError;
use crate::views::ErrorView;

pub(crate) use device::{connection_error, step_error};
pub(crate) use plan::{deployment_sentence, plan_finding};

/// Why a use case could not be carried out.
#[derive(Debug, Error)]
pub enum AppError {
    /// The database.
    #[error("the data folder could not be used")]
    Store(#[from] StoreError),
    /// The deployment journal.
    #[error("the deployment journal could not be used")]
    Journal(#[from] JournalError),
    /// The lock of the data folder.
    #[error("the lock of the data folder could not be taken")]
    Lock(#[from] LockError),
    /// A step on a device.
    #[error("a step on a device did not succeed")]
    Device(#[from] StepError),
    /// The keyring, or a secret.
    #[error("a secret could not be used")]
    Secret(#[from] SecretError),
    /// The practice lab.
    #[error("the practice lab could not be started")]
    Practice(#[from] PracticeError),
    /// The practice lab is not mixed with devices of one's own.
    #[error("the inventory holds devices that are not simulated")]
    PracticeMixed,
    /// A text is not a configuration text.
    #[error("a configuration text could not be used")]
    Text(#[from] CaptureError),
    /// A device has no credentials.
    #[error("{device} has no credentials")]
    NoCredentials {
        /// The device.
        device: DeviceName,
    },
    /// The secret of a device's credentials can't be had.
    #[error("the secret for {device} can't be had")]
    SecretOf {
        /// The device.
        device: DeviceName,
        /// Why.
        #[source]
        source: SecretError,
    },
    /// What proves the login on a device can't be had.
    #[error("the key for {device} can't be used")]
    KeyOf {
        /// The device.
        device: DeviceName,
        /// Why.
        #[source]
        source: KeyFileError,
    },
    /// A key file can't be used.
    #[error("the key file can't be used")]
    KeyFile(#[source] KeyFileError),
    /// The SSH agent can't be asked.
    #[error("the SSH agent can't be asked")]
    Agent(#[source] AgentError),
    /// There is no one way to a device.
    #[error("there is no way to {device}: {reason}")]
    NoWay {
        /// The device.
        device: DeviceName,
        /// Why.
        reason: String,
    },
    /// A jump host that is in use is not removed.
    #[error("the jump host {jump} is in use")]
    JumpInUse {
        /// The jump host.
        jump: String,
        /// Devices that are reached through it.
        devices: u32,
        /// Groups that are reached through it.
        groups: Vec<String>,
    },
    /// Something named does not exist.
    #[error("{what} {name:?} is not known")]
    NotKnown {
        /// What kind of thing.
        what: &'static str,
        /// The name given.
        name: String,
    },
    /// A bridge domain can't go back to a moment at which nothing is known of devices that hold it now.
    #[error("{domain} is on {devices:?}, which were not read by then")]
    NotReadThen {
        /// The bridge domain.
        domain: BridgeDomainName,
        /// Devices that hold it now.
        devices: Vec<DeviceName>,
    },
    /// A value from a person can't be used.
    #[error("{field} can't be used: {reason}")]
    BadInput {
        /// Which value.
        field: &'static str,
        /// Why.
        reason: String,
    },
    /// A file can't be read.
    #[error("{path} could not be read")]
    File {
        /// The file.
        path: PathBuf,
        /// The cause.
        #[source]
        source: std::io::Error,
    },
    /// The same work goes on already.
    #[error("{what} goes on already")]
    Busy {
        /// What.
        what: &'static str,
    },
    /// The host key that a person accepts is not the one that the device offered last.
    #[error("{device} did not offer the host key {fingerprint}")]
    HostKeyNotOffered {
        /// The device or jump host.
        device: String,
        /// The key given.
        fingerprint: String,
    },
    /// The characters that a person typed are not the end of the new host key.
    #[error("the host key of {device} was not confirmed")]
    HostKeyNotConfirmed {
        /// The device or jump host.
        device: String,
    },
    /// No plan could be made.
    #[error("no plan could be made")]
    Plan(#[from] Box<PlanError>),
    /// A plan can't go without a part of it, or in parts.
    #[error("the plan can't be split")]
    NotSeparable(#[from] NotSeparable),
    /// The draft is no longer what the plan was made of.
    #[error("the draft of {domain} changed since the plan was made")]
    DraftMoved {
        /// The bridge domain.
        domain: String,
    },
    /// A deployment can't be undone as it was done.
    #[error("the deployment can't be undone")]
    Undo(#[from] UndoRefused),
    /// A deployment could not be run or read.
    #[error("the deployment could not be run")]
    Deployment(#[from] DeploymentError),
    /// A bridge domain that the editor does not edit.
    #[error("{domain} can't be edited: {reason}")]
    NotEditable {
        /// The bridge domain.
        domain: String,
        /// Why.
        reason: String,
    },
    /// Another works on the device.
    #[error("{device} is not ready: {reason}")]
    DeviceBusy {
        /// The device.
        device: DeviceName,
        /// What was seen.
        reason: String,
    },
    /// The device differs from what a plan starts from.
    #[error("{device} differs from the base of the plan")]
    BaseMoved {
        /// The device.
        device: DeviceName,
    },
    /// A deployment that did not end touches the same devices.
    #[error("deployment {deployment} did not end")]
    InDoubtFirst {
        /// That deployment.
        deployment: u32,
    },
    /// A deployment that this process runs works on the same devices.
    #[error("deployment {deployment} runs")]
    RunsAlready {
        /// That deployment.
        deployment: u32,
    },
    /// A deployment does not offer a choice as it stands now.
    #[error("{choice:?} is not offered: {reason}")]
    NotOffered {
        /// The word of the choice.
        choice: String,
        /// Why.
        reason: String,
        /// The words of the choices that its card offers; none where no card was asked.
        offered: Vec<String>,
    },
    /// Drift on a device is decided before a deployment there.
    #[error("{events} events of drift are open, on {device} among others")]
    DriftFirst {
        /// The first such device.
        device: DeviceName,
        /// Events that are open.
        events: u32,
    },
    /// A change can't be taken back.
    #[error("change {change} can't be undone: {reason}")]
    CannotUndo {
        /// Number of the change.
        change: u32,
        /// Why.
        reason: &'static str,
    },
}

impl AppError {
    /// Returns what a person reads and the window branches on.
    #[must_use]
    pub fn view(&self) -> ErrorView {
        view::view(self)
    }

    pub(crate) fn not_known(what: &'static str, name: impl Into<String>) -> Self {
        Self::NotKnown {
            what,
            name: name.into(),
        }
    }
}

#[cfg(test)]
mod tests;
