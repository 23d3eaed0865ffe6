//! The clocks of this machine.

use std::time::Duration;

use bk_engine::ports::Clock;
use chrono::{DateTime, Utc};

/// The wall clock, and the clock that keeps running while the machine sleeps.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }

    fn since_boot(&self) -> Duration {
        let now = rustix::time::clock_gettime(AWAKE_OR_ASLEEP);
        let seconds = u64::try_from(now.tv_sec).unwrap_or_default();
        Duration::new(seconds, u32::try_from(now.tv_nsec).unwrap_or_default())
    }
}

#[cfg(any(target_os = "linux", target_os = "android"))]
const AWAKE_OR_ASLEEP: rustix::time::ClockId = rustix::time::ClockId::Boottime;
/// On macOS the monotonic clock counts the time asleep.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
const AWAKE_OR_ASLEEP: rustix::time::ClockId = rustix::time::ClockId::Monotonic;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_clock_never_goes_back() {
        let first = SystemClock.since_boot();
        assert!(first > Duration::ZERO);
        assert!(SystemClock.since_boot() >= first);
    }
}
