//! Due moments: a cron in a zone, spread by jitter, and what was missed.

use chrono::{DateTime, Duration, Utc};

use super::{Cron, ScheduleError, TimeZone};

/// The longest jitter.
pub const MAX_JITTER_SECONDS: u32 = 3600;

/// A run that begins later than this after it was due is caught up.
pub const GRACE: Duration = Duration::seconds(90);

/// When a schedule is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    cron: Cron,
    zone: TimeZone,
    jitter: u32,
    /// What the jitter is drawn from, beside the time: schedules of one cron spread differently.
    key: u64,
}

/// A run that is due now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Due {
    /// When it was due.
    pub at: DateTime<Utc>,
    /// Whether that is so long ago that it is caught up: nobody was awake.
    pub late: bool,
}

impl Timing {
    /// Joins a cron, its zone and a jitter in seconds; `key` is the number of the schedule.
    ///
    /// # Errors
    /// [`ScheduleError::Jitter`] if the jitter is too long.
    pub fn new(cron: Cron, zone: TimeZone, jitter: u32, key: u64) -> Result<Self, ScheduleError> {
        if jitter > MAX_JITTER_SECONDS {
            return Err(ScheduleError::Jitter { seconds: jitter });
        }
        Ok(Self {
            cron,
            zone,
            jitter,
            key,
        })
    }

    /// Returns the first due moment after `after`; none at the end of calendars.
    #[must_use]
    pub fn next_due(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        // One whose time has come may still be on its way by its jitter.
        let mut time = self
            .cron
            .next(after - Duration::seconds(i64::from(self.jitter) + 1), &self.zone)?;
        loop {
            let following = self.cron.next(time, &self.zone);
            let due = self.spread(time, following);
            if due > after {
                return Some(due);
            }
            time = following?;
        }
    }

    /// Returns the next due moments after `after`, at most `count`.
    #[must_use]
    pub fn preview(&self, after: DateTime<Utc>, count: usize) -> Vec<DateTime<Utc>> {
        std::iter::successors(self.next_due(after), |due| self.next_due(*due))
            .take(count)
            .collect()
    }

    /// Returns what is to be run now, if anything: however many runs were missed since `last`, the newest of them, once.
    #[must_use]
    pub fn due(&self, last: DateTime<Utc>, now: DateTime<Utc>) -> Option<Due> {
        let at = self.newest(last, now)?;
        Some(Due {
            at,
            late: now - at > GRACE,
        })
    }

    /// The newest due moment after `last` and not after `now`.
    fn newest(&self, last: DateTime<Utc>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        if self.next_due(last)? > now {
            return None;
        }
        // From now backwards in growing steps, so that a long sleep of a busy schedule is not walked through.
        let mut back = Duration::hours(1);
        loop {
            let from = last.max(now - back);
            let within = |due: &DateTime<Utc>| *due <= now;
            let found = std::iter::successors(self.next_due(from).filter(within), |due| {
                self.next_due(*due).filter(within)
            });
            if let Some(newest) = found.last() {
                return Some(newest);
            }
            if from == last {
                return None;
            }
            back = back * 4;
        }
    }

    /// Draws the jitter of one time: the same for ever, and less than the time to the following one, so that due moments
    /// keep their order.
    fn spread(&self, time: DateTime<Utc>, following: Option<DateTime<Utc>>) -> DateTime<Utc> {
        let room = following.map_or(i64::MAX, |following| (following - time).num_seconds());
        let most = u64::try_from(room.min(i64::from(self.jitter) + 1))
            .unwrap_or(1)
            .max(1);
        let mut hasher = blake3::Hasher::new();
        hasher.update(&self.key.to_le_bytes());
        hasher.update(&time.timestamp().to_le_bytes());
        let mut drawn = [0; 8];
        hasher.finalize_xof().fill(&mut drawn);
        let seconds = i64::try_from(u64::from_le_bytes(drawn) % most).unwrap_or(0);
        time + Duration::seconds(seconds)
    }
}
