//! Time zones by name, and where local time has gaps and folds.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Duration, NaiveDateTime, TimeZone as _, Timelike, Utc};
use chrono_tz::Tz;

use super::ScheduleError;

/// Minutes of the longest gap that local time ever had, a whole day that was left out, and a little more.
const LONGEST_GAP: i64 = 25 * 60;

/// A time zone of the IANA database.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TimeZone(Tz);

/// What a local time means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Moments {
    /// One moment.
    One(DateTime<Utc>),
    /// Two, because clocks were turned back.
    Two(DateTime<Utc>, DateTime<Utc>),
    /// None, because clocks were turned forward; the first moment after that.
    Skipped(DateTime<Utc>),
}

impl TimeZone {
    /// Universal time.
    pub const UTC: Self = Self(Tz::UTC);

    /// Reads a name like `Europe/Berlin`.
    ///
    /// # Errors
    /// [`ScheduleError::Zone`] if there is no such zone.
    pub fn parse(name: &str) -> Result<Self, ScheduleError> {
        Tz::from_str(name.trim())
            .map(Self)
            .map_err(|_| ScheduleError::Zone {
                name: name.to_owned(),
            })
    }

    /// Shows a moment as clocks in the zone do: "2026-05-09 02:00 CEST".
    #[must_use]
    pub fn spoken(&self, at: DateTime<Utc>) -> String {
        at.with_timezone(&self.0).format("%Y-%m-%d %H:%M %Z").to_string()
    }

    /// Returns the hour of the day that clocks in the zone show.
    #[must_use]
    pub fn hour(&self, at: DateTime<Utc>) -> usize {
        usize::try_from(self.local(at).hour()).unwrap_or(0)
    }

    pub(super) fn local(&self, at: DateTime<Utc>) -> NaiveDateTime {
        at.with_timezone(&self.0).naive_local()
    }

    pub(super) fn moments(&self, local: NaiveDateTime) -> Moments {
        match self.0.from_local_datetime(&local) {
            chrono::LocalResult::Single(one) => Moments::One(one.to_utc()),
            chrono::LocalResult::Ambiguous(one, two) => {
                let (one, two) = (one.to_utc(), two.to_utc());
                Moments::Two(one.min(two), one.max(two))
            }
            chrono::LocalResult::None => Moments::Skipped(self.after_gap(local)),
        }
    }

    /// The first moment whose local time is after a gap that holds `local`.
    fn after_gap(&self, local: NaiveDateTime) -> DateTime<Utc> {
        let minute = Duration::minutes(1);
        let floor = local - Duration::seconds(local.and_utc().timestamp().rem_euclid(60));
        let later = (1..=LONGEST_GAP).find_map(|minutes| {
            let there = floor + minute * i32::try_from(minutes).ok()?;
            self.0.from_local_datetime(&there).earliest()
        });
        later.map_or_else(|| local.and_utc(), |moment| moment.to_utc())
    }
}

impl fmt::Display for TimeZone {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.name())
    }
}
