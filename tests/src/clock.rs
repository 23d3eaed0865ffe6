//! The clock of a scene: it goes as time does, and a scenario may set it forward.

use std::sync::{Mutex, PoisonError};

use bk_engine::ports::Clock;
use chrono::{DateTime, Duration, Utc};

/// The clock of this machine, set forward. The time asleep counts, as it does on a laptop.
#[derive(Debug, Default)]
pub struct SetClock(Mutex<Duration>);

impl SetClock {
    /// Sets it forward.
    pub fn advance(&self, by: Duration) {
        let mut ahead = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *ahead += by;
    }

    /// Sets it forward to a moment as views show it.
    pub fn advance_to(&self, moment: &str) {
        let moment = DateTime::parse_from_rfc3339(moment).expect("views show RFC 3339");
        self.advance(moment.to_utc() - self.now());
    }

    fn ahead(&self) -> Duration {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for SetClock {
    fn now(&self) -> DateTime<Utc> {
        bk_app::SystemClock.now() + self.ahead()
    }

    fn since_boot(&self) -> std::time::Duration {
        bk_app::SystemClock.since_boot() + self.ahead().to_std().unwrap_or_default()
    }
}
