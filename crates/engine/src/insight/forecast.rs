//! Where drift comes next, by the simplest model that holds up: a rate per device in which what is long ago counts less.
//!
//! Events of one device that begin within an hour are one episode: one commit of another often changes several objects. An
//! episode counts `exp(-age / 7 days)`, and so does the watched time in which none came; the rate is the one over the other.
//! Only watched time makes older: while nobody looks, nothing is learnt and nothing is forgotten. The chance of an episode
//! within a day follows as if episodes came independently. Nothing after the moment of the forecast is looked at, so that a
//! forecast for a past day is the one that would have been given then.

use chrono::{DateTime, Duration, Utc};

use super::past::{Past, Watched};
use super::real;
use crate::schedule::TimeZone;

/// Watched days after which an episode counts a third.
pub const MEMORY_DAYS: f64 = 7.0;
/// A device must have been watched for this long, unwatched time left out.
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
        /// In the time that was watched.
        watched: Watched,
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
        /// How much the device was watched.
        watched: Watched,
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
        /// How much the device was watched.
        watched: Watched,
    },
}

/// Says how likely an episode begins within a day after a moment, from what was known then.
#[must_use]
pub fn forecast(past: &Past, at: DateTime<Utc>, zone: TimeZone) -> Forecast {
    let episodes = past.until(at);
    let watched = past.watched(at);
    let (Some(last), true) = (
        episodes.last().filter(|_| episodes.len() >= LEAST_EPISODES),
        is_enough(watched),
    ) else {
        return Forecast::TooLittle {
            watched,
            episodes: count(episodes.len()),
        };
    };
    let per_day = rate(past, at);
    Forecast::Chance {
        chance: chance(per_day, 1.0),
        reasons: vec![
            ForecastReason::Rate { per_day },
            ForecastReason::Episodes {
                count: count(episodes.len()),
                watched,
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
    let watched = past.watched(at);
    if !is_enough(watched) {
        return Advice::TooLittle { watched };
    }
    let cautious = episodes.len() < LEAST_EPISODES;
    let per_day = if cautious {
        (real(episodes.len()) + 1.0) / watched.days
    } else {
        rate(past, at)
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

fn is_enough(watched: Watched) -> bool {
    watched.days >= LEAST_WATCHED.as_seconds_f64() / 86_400.0
}

/// Episodes in a watched day. One that was found after a time that nobody watched counts like any other, so that such a time
/// never makes drift look rarer.
fn rate(past: &Past, at: DateTime<Utc>) -> f64 {
    let watched = past.watched(at).days;
    let age = |episode: &DateTime<Utc>| watched - past.watched(*episode).days;
    let episodes = past.until(at).iter();
    let weight: f64 = episodes.map(|episode| (-age(episode) / MEMORY_DAYS).exp()).sum();
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
