//! Time, passed in.

use chrono::{DateTime, Utc};

/// The wall clock and a clock that runs during suspend.
pub trait Clock: Send + Sync {
    /// Returns the present moment.
    fn now(&self) -> DateTime<Utc>;

    /// Returns a reading that never goes back and keeps running while the laptop sleeps.
    ///
    /// The difference of two readings larger than the work between them explains means: the laptop slept.
    fn since_boot(&self) -> std::time::Duration;
}
