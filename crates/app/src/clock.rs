//! The clocks of this machine.

use std::path::PathBuf;
use std::time::Duration;

use bk_engine::ports::Clock;
use chrono::{DateTime, TimeDelta, Utc};

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

/// The clocks of this machine, the wall clock ahead by as many seconds as a file says: what happens later can be tried
/// now. Without the file, or with something else in it, it is not ahead.
#[derive(Clone, Debug)]
pub struct ClockAhead {
    file: PathBuf,
}

impl ClockAhead {
    /// Takes the file, which is read whenever the time is asked for.
    #[must_use]
    pub fn by(file: PathBuf) -> Self {
        Self { file }
    }
}

impl Clock for ClockAhead {
    fn now(&self) -> DateTime<Utc> {
        let said = std::fs::read_to_string(&self.file).unwrap_or_default();
        let ahead = said.trim().parse::<u32>().unwrap_or_default();
        SystemClock.now() + TimeDelta::seconds(ahead.into())
    }

    fn since_boot(&self) -> Duration {
        SystemClock.since_boot()
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
    fn a_clock_is_ahead_by_what_its_file_says() {
        let folder = tempfile::tempdir().unwrap();
        let clock = ClockAhead::by(folder.path().join("ahead"));
        assert!(clock.now() - Utc::now() < TimeDelta::seconds(60));
        std::fs::write(folder.path().join("ahead"), "86400\n").unwrap();
        assert!(clock.now() - Utc::now() > TimeDelta::hours(23));
    }

    #[test]
    fn the_boot_clock_never_goes_back() {
        let first = SystemClock.since_boot();
        assert!(first > Duration::ZERO);
        assert!(SystemClock.since_boot() >= first);
    }
}
