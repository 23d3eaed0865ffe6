//! What a person or the settings decide about a deployment.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bk_model::DeviceName;

use super::known::Consent;
use super::words::{ChildOf, Policy};
use crate::ports::ReadScope;

/// Options of one deployment.
#[derive(Clone, Debug)]
pub struct DeployOptions {
    /// The person who runs it.
    pub by: String,
    /// The policy under which this transaction is a part or the whole; written into the journal.
    pub policy: Policy,
    /// The deployment that this one goes on for, and what is left out of its plan; written into the journal.
    pub child_of: Option<ChildOf>,
    /// Minutes of `commit confirm`, 1 to 65535 (REF 7.2).
    pub window_minutes: u16,
    /// The device-reported remaining time must exceed this before the record; at least the slowest confirm.
    pub margin: Duration,
    /// Estimated time from the first commit to the last confirm. Refused when it exceeds half the window.
    pub estimate: Duration,
    /// Which part of the configuration is read before and after.
    pub scope: ReadScope,
    /// How long a device with candidate lines only is waited for before it is left to the next contact.
    pub clean_patience: Duration,
    /// First pause before a device is looked at again; doubled up to six times this.
    pub poll: Duration,
}

impl Default for DeployOptions {
    fn default() -> Self {
        Self {
            by: "not named".to_owned(),
            policy: Policy::default(),
            child_of: None,
            window_minutes: 10,
            margin: Duration::from_secs(60),
            estimate: Duration::from_secs(60),
            scope: ReadScope::L2,
            clean_patience: Duration::from_secs(60),
            poll: Duration::from_secs(5),
        }
    }
}

impl DeployOptions {
    /// The confirm window.
    #[must_use]
    pub fn window(&self) -> Duration {
        Duration::from_secs(u64::from(self.window_minutes) * 60)
    }

    /// How long a device that was committed to is waited for: its timer, the minute that the device rounds away, and
    /// the margin. After that nothing changes there by itself any more.
    #[must_use]
    pub fn commit_patience(&self) -> Duration {
        self.window() + Duration::from_secs(60) + self.margin
    }
}

/// What a person consents to, by device, until the deployment takes it up at its next look there.
#[derive(Debug, Default)]
pub struct Consents(Mutex<BTreeMap<DeviceName, Consent>>);

impl Consents {
    /// Gives consent; one that was not taken up yet is replaced.
    pub fn give(&self, device: DeviceName, consent: Consent) {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(device, consent);
    }

    pub(super) fn take(&self, device: &DeviceName) -> Option<Consent> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(device)
    }
}
