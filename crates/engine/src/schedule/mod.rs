//! When checks are due: cron text in a time zone, with jitter. Pure: the moment is passed in.
//!
//! Local time has gaps and folds. A cron whose hours are named (`30 2 * * *`) runs once for each of them: after the gap
//! where its time does not exist, the first time where it exists twice. One whose hours go round (`*/15 * * * *`) goes on
//! as time does: it skips what does not exist and runs in both hours of a fold.

mod cron;
#[cfg(test)]
mod tests;
mod timing;
mod zone;

use thiserror::Error;

pub use cron::Cron;
pub use timing::{Due, GRACE, MAX_JITTER_SECONDS, Timing};
pub use zone::TimeZone;

/// Why a text says no time.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ScheduleError {
    /// It is no cron expression.
    #[error("{text:?} is no cron expression: {reason}")]
    Cron {
        /// The text.
        text: String,
        /// What is wrong with it.
        reason: String,
    },
    /// It names a time that never comes, as 30 February.
    #[error("{text:?} is never due")]
    Never {
        /// The text.
        text: String,
    },
    /// There is no such time zone.
    #[error("{name:?} is no time zone")]
    Zone {
        /// The name.
        name: String,
    },
    /// The jitter is too long.
    #[error("{seconds} s of jitter are more than {MAX_JITTER_SECONDS}")]
    Jitter {
        /// What was asked for.
        seconds: u32,
    },
}
