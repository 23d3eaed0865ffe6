//! What a person or the settings decide about a deployment.

use std::time::Duration;

use crate::ports::ReadScope;

/// Options of one deployment.
#[derive(Clone, Debug)]
pub struct DeployOptions {
    /// The person who runs it.
    pub by: String,
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
