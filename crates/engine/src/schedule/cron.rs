//! Cron text of five fields.

use std::fmt;

use chrono::{DateTime, NaiveDateTime, Utc};
use croner::parser::{CronParser, Seconds, Year};

use super::ScheduleError;
use super::zone::{Moments, TimeZone};

/// The longest text that is read.
const LONGEST: usize = 120;

/// A cron expression: minute, hour, day of month, month, day of week, or `@hourly`, `@daily`, `@weekly`, `@monthly`.
#[derive(Clone, Debug)]
pub struct Cron {
    text: String,
    pattern: croner::Cron,
    /// Hours go round (`*`, a step, a range) instead of being named.
    goes_round: bool,
}

impl Cron {
    /// Reads an expression.
    ///
    /// # Errors
    /// [`ScheduleError::Cron`] if it is none; [`ScheduleError::Never`] if no day and time is like it.
    pub fn parse(text: &str) -> Result<Self, ScheduleError> {
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let bad = |reason: String| ScheduleError::Cron {
            text: text.clone(),
            reason,
        };
        if text.len() > LONGEST {
            return Err(bad(format!("it is longer than {LONGEST} characters")));
        }
        let fields: Vec<&str> = text.split(' ').collect();
        let hours = match fields.as_slice() {
            ["@hourly"] => "*",
            ["@daily" | "@midnight" | "@weekly" | "@monthly"] => "0",
            [_, hours, _, _, _] => hours,
            _ => {
                return Err(bad(
                    "it has five fields: minute, hour, day, month, weekday".to_owned()
                ));
            }
        };
        let pattern = CronParser::builder()
            .seconds(Seconds::Disallowed)
            .year(Year::Disallowed)
            .build()
            .parse(&text)
            .map_err(|error| bad(error.to_string()))?;
        let cron = Self {
            goes_round: hours.contains(['*', '/', '-']),
            text: text.clone(),
            pattern,
        };
        match cron.after_local(DateTime::UNIX_EPOCH.naive_utc()) {
            Some(_) => Ok(cron),
            None => Err(ScheduleError::Never { text }),
        }
    }

    /// The next local time after this one, as calendars without gaps and folds have it.
    fn after_local(&self, local: NaiveDateTime) -> Option<NaiveDateTime> {
        let next = self.pattern.find_next_occurrence(&local.and_utc(), false);
        next.ok().map(|next| next.naive_utc())
    }

    /// Returns the first moment after `after` at which the expression holds in the zone; none at the end of calendars.
    #[must_use]
    pub fn next(&self, after: DateTime<Utc>, zone: &TimeZone) -> Option<DateTime<Utc>> {
        // The library counts in whole seconds and would carry a fraction along.
        let after = DateTime::from_timestamp(after.timestamp(), 0)?;
        let here = zone.local(after);
        // Within a fold, local times that passed once may come again.
        let mut local = match zone.moments(here) {
            Moments::Two(first, second) => here - (second - first) - chrono::Duration::seconds(1),
            Moments::One(_) | Moments::Skipped(_) => here,
        };
        let mut again: Option<DateTime<Utc>> = None;
        loop {
            local = self.after_local(local)?;
            let first = match (zone.moments(local), self.goes_round) {
                (Moments::One(at), _) | (Moments::Two(at, _) | Moments::Skipped(at), false) => at,
                (Moments::Two(first, second), true) => {
                    // In order of local time, first passes and second passes each come in order of time.
                    if second > after && again.is_none() {
                        again = Some(second);
                    }
                    first
                }
                (Moments::Skipped(_), true) => continue,
            };
            if first > after {
                return Some(again.map_or(first, |again| again.min(first)));
            }
        }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl PartialEq for Cron {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for Cron {}
