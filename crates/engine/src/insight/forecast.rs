//! Where drift comes next, by the simplest model that holds up: a rate per device in which what is long ago counts less.
//!
//! Events of one device that begin within an hour are one episode: one commit of another often changes several objects. An
//! episode counts `exp(-age / 7 days)`, and so does the time in which none came; the rate is the one over the other. The
//! chance of an episode within a day follows as if episodes came independently. Nothing after the moment of the forecast is
//! looked at, so that a forecast for a past day is the one that would have been given then.

use chrono::{DateTime, Duration, Utc};

use super::{CheckFact, EventFact, days, real};
use crate::schedule::TimeZone;

/// Events that begin within this time after an episode began belong to it.
pub const EPISODE: Duration = Duration::hours(1);
/// Days after which an episode counts a third.
pub const MEMORY_DAYS: f64 = 7.0;
/// A device must have been watched for this long.
pub const LEAST_WATCHED: Duration = Duration::days(7);
/// A device must have had so many episodes.
pub const LEAST_EPISODES: usize = 3;
/// The shortest interval that is suggested.
pub const SHORTEST_INTERVAL: Duration = Duration::minutes(15);
/// The longest interval that is suggested.
pub const LONGEST_INTERVAL: Duration = Duration::hours(24);
/// Between two checks at the suggested interval, drift comes with this chance.
const ACCEPTED: f64 = 0.1;
/// Hours in a part of the day whose share is told.
const PART_OF_DAY: usize = 4;

/// What is known of one device's past.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Past {
    /// When episodes began, in order.
    episodes: Vec<DateTime<Utc>>,
    /// When it was first known to be looked at.
    watched: Option<DateTime<Utc>>,
}

impl Past {
    /// Gathers the past of one device from its own events and checks, as far back as they are complete.
    #[must_use]
    pub fn of(events: &[&EventFact], checks: &[&CheckFact], known_since: DateTime<Utc>) -> Self {
        let mut seen: Vec<DateTime<Utc>> = events.iter().map(|event| event.first_seen).collect();
        seen.retain(|at| *at >= known_since);
        seen.sort_unstable();
        let looked = checks
            .iter()
            .filter(|check| check.checked && check.at >= known_since)
            .map(|check| check.at);
        let watched = looked.chain(seen.first().copied()).min();
        let mut episodes: Vec<DateTime<Utc>> = Vec::new();
        for at in seen {
            if episodes.last().is_none_or(|last| at - *last > EPISODE) {
                episodes.push(at);
            }
        }
        Self { episodes, watched }
    }

    /// Episodes up to a moment.
    pub(super) fn until(&self, at: DateTime<Utc>) -> &[DateTime<Utc>] {
        let count = self.episodes.partition_point(|episode| *episode <= at);
        &self.episodes[..count]
    }

    /// Tells whether an episode begins after a moment, within a time.
    pub(super) fn begins_within(&self, after: DateTime<Utc>, time: Duration) -> bool {
        let next = self.episodes.get(self.until(after).len());
        next.is_some_and(|next| *next <= after + time)
    }

    /// When it was first looked at, if that was before a moment.
    pub(super) fn watched_at(&self, at: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.watched.filter(|watched| *watched <= at)
    }
}

/// Why a forecast says what it says.
#[derive(Clone, Debug, PartialEq)]
pub enum ForecastReason {
    /// Episodes a day, the recent ones counting more.
    Rate {
        /// So many.
        per_day: f64,
    },
    /// Episodes that were counted.
    Episodes {
        /// So many.
        count: u32,
        /// Within so many days.
        days: f64,
        /// The last one.
        last: DateTime<Utc>,
    },
    /// The part of the day in which most of them began.
    Hours {
        /// From this hour.
        from: u8,
        /// To this one.
        to: u8,
        /// So many of all.
        share: f64,
    },
}

/// Whether drift comes within a day.
#[derive(Clone, Debug, PartialEq)]
pub enum Forecast {
    /// With this chance.
    Chance {
        /// 0 to 1.
        chance: f64,
        /// Why.
        reasons: Vec<ForecastReason>,
    },
    /// Too little is known to say.
    TooLittle {
        /// Days for which the device was watched.
        watched: f64,
        /// Episodes in that time.
        episodes: u32,
    },
}

impl Forecast {
    /// Returns the chance, if one is given.
    #[must_use]
    pub fn chance(&self) -> Option<f64> {
        match self {
            Self::Chance { chance, .. } => Some(*chance),
            Self::TooLittle { .. } => None,
        }
    }
}

/// How often a device is worth checking.
#[derive(Clone, Debug, PartialEq)]
pub enum Advice {
    /// At this interval.
    Every {
        /// It.
        interval: Duration,
        /// Episodes a day that it is reckoned from.
        per_day: f64,
        /// Whether that is a cautious guess, one episode more than there were, because there were few.
        cautious: bool,
    },
    /// Too little is known to say.
    TooLittle {
        /// Days for which the device was watched.
        watched: f64,
    },
}

/// Says how likely an episode begins within a day after a moment, from what was known then.
#[must_use]
pub fn forecast(past: &Past, at: DateTime<Utc>, zone: TimeZone) -> Forecast {
    let episodes = past.until(at);
    let watched = past.watched_at(at).map_or(0.0, |watched| days(watched, at));
    let (Some(last), true) = (
        episodes.last().filter(|_| episodes.len() >= LEAST_EPISODES),
        watched >= LEAST_WATCHED.as_seconds_f64() / 86_400.0,
    ) else {
        return Forecast::TooLittle {
            watched,
            episodes: count(episodes.len()),
        };
    };
    let per_day = rate(episodes, watched, at);
    Forecast::Chance {
        chance: chance(per_day, 1.0),
        reasons: vec![
            ForecastReason::Rate { per_day },
            ForecastReason::Episodes {
                count: count(episodes.len()),
                days: watched,
                last: *last,
            },
            hours(episodes, zone),
        ],
    }
}

/// Says how often a device is worth checking: so that drift comes between two checks once in ten times.
#[must_use]
pub fn advise(past: &Past, at: DateTime<Utc>) -> Advice {
    let episodes = past.until(at);
    let watched = past.watched_at(at).map_or(0.0, |watched| days(watched, at));
    if watched < LEAST_WATCHED.as_seconds_f64() / 86_400.0 {
        return Advice::TooLittle { watched };
    }
    let cautious = episodes.len() < LEAST_EPISODES;
    let per_day = if cautious {
        (real(episodes.len()) + 1.0) / watched
    } else {
        rate(episodes, watched, at)
    };
    // From chance(per_day, interval) = ACCEPTED. A rate near zero asks for more than the longest interval.
    let wanted = -(1.0 - ACCEPTED).ln() / per_day.max(1e-6) * 86_400.0;
    let longest = LONGEST_INTERVAL.as_seconds_f64();
    let seconds = wanted.clamp(SHORTEST_INTERVAL.as_seconds_f64(), longest);
    // Whole steps of five minutes; a schedule can't be told more exactly.
    let steps = (1..=288_i32)
        .rev()
        .find(|steps| f64::from(*steps) * 300.0 <= seconds)
        .unwrap_or(3);
    Advice::Every {
        interval: Duration::minutes(5) * steps,
        per_day,
        cautious,
    }
}

fn rate(episodes: &[DateTime<Utc>], watched: f64, at: DateTime<Utc>) -> f64 {
    let weight: f64 = episodes
        .iter()
        .map(|episode| (-days(*episode, at) / MEMORY_DAYS).exp())
        .sum();
    let time = MEMORY_DAYS * (1.0 - (-watched / MEMORY_DAYS).exp());
    weight / time
}

/// The chance of at least one episode in so many days.
fn chance(per_day: f64, days: f64) -> f64 {
    1.0 - (-per_day * days).exp()
}

/// The part of the day in which most episodes began.
fn hours(episodes: &[DateTime<Utc>], zone: TimeZone) -> ForecastReason {
    let mut parts = [0_usize; 24 / PART_OF_DAY];
    for episode in episodes {
        if let Some(part) = parts.get_mut(zone.hour(*episode) / PART_OF_DAY) {
            *part += 1;
        }
    }
    // The earliest of equals.
    let (part, most) = parts
        .iter()
        .enumerate()
        .rev()
        .max_by_key(|(_, count)| **count)
        .unwrap_or((0, &0));
    let hour = |hour: usize| u8::try_from(hour).unwrap_or(24);
    ForecastReason::Hours {
        from: hour(part * PART_OF_DAY),
        to: hour((part + 1) * PART_OF_DAY),
        share: real(*most) / real(episodes.len().max(1)),
    }
}

fn count(of: usize) -> u32 {
    u32::try_from(of).unwrap_or(u32::MAX)
}
