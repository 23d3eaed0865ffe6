//! What is known of one device's past: when drift was found, and how much of the time somebody looked.
//!
//! A device is seen at single moments: by a good check, or by a read that was looked through for drift. Between two of them
//! that lie close together, what came is known; what lies between two far apart was not watched. Nothing is said of it, and
//! it is never time without drift.

use chrono::{DateTime, Duration, Utc};

use super::{CheckFact, EventFact, days};

/// Events that begin within this time after an episode began belong to it.
pub const EPISODE: Duration = Duration::hours(1);
/// Looks that are further apart leave the time between them unwatched: a day, and half of one for a check that came late.
pub const CLOSE: Duration = Duration::hours(36);

/// What is known of one device's past.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Past {
    /// When episodes began, in order.
    episodes: Vec<DateTime<Utc>>,
    /// When it was looked at, in order, each with the days that were watched until then.
    looks: Vec<(DateTime<Utc>, f64)>,
}

/// How much of the time a device was watched.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watched {
    /// Days that were watched.
    pub days: f64,
    /// Days since it was first looked at.
    pub of: f64,
}

impl Past {
    /// Gathers the past of one device from its own events, checks and reads, as far back as they are complete.
    #[must_use]
    pub fn of(
        events: &[&EventFact],
        checks: &[&CheckFact],
        reads: &[DateTime<Utc>],
        known_since: DateTime<Utc>,
    ) -> Self {
        let in_order = |moments: &mut Vec<DateTime<Utc>>| {
            moments.retain(|at| *at >= known_since);
            moments.sort_unstable();
            moments.dedup();
        };
        let mut seen: Vec<DateTime<Utc>> = events.iter().map(|event| event.first_seen).collect();
        in_order(&mut seen);
        let checked = checks.iter().filter(|check| check.checked).map(|check| check.at);
        let mut looks: Vec<DateTime<Utc>> =
            checked.chain(reads.iter().copied()).chain(seen.clone()).collect();
        in_order(&mut looks);
        let mut episodes: Vec<DateTime<Utc>> = Vec::new();
        for at in seen {
            if episodes.last().is_none_or(|last| at - *last > EPISODE) {
                episodes.push(at);
            }
        }
        let mut so_far: Option<(DateTime<Utc>, f64)> = None;
        let watched_until = looks.into_iter().map(|at| {
            let watched = so_far.map_or(0.0, |(last, watched)| watched + watched_between(last, at));
            so_far = Some((at, watched));
            (at, watched)
        });
        Self {
            looks: watched_until.collect(),
            episodes,
        }
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

    /// How much it had been watched at a moment. What came after the last look before it is not known yet.
    #[must_use]
    pub fn watched(&self, at: DateTime<Utc>) -> Watched {
        let first = self.looks.first().filter(|(first, _)| *first <= at);
        let last = self.looks.get(..self.looks_until(at)).and_then(<[_]>::last);
        Watched {
            days: last.map_or(0.0, |(_, watched)| *watched),
            of: first.map_or(0.0, |(first, _)| days(*first, at)),
        }
    }

    /// Tells whether it was watched all the time from one moment to another, by looks at both ends or beyond.
    pub(super) fn was_watched(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        let Some(first) = self.looks_until(from).checked_sub(1) else {
            return false;
        };
        let last = self.looks.partition_point(|(look, _)| *look < to);
        self.looks.get(first..=last).is_some_and(|looks| {
            let mut pairs = looks.windows(2);
            pairs.all(|pair| matches!(pair, [(one, _), (next, _)] if *next - *one <= CLOSE))
        })
    }

    fn looks_until(&self, at: DateTime<Utc>) -> usize {
        self.looks.partition_point(|(look, _)| *look <= at)
    }
}

/// Days between two looks that were watched: all, or none where they are too far apart.
fn watched_between(one: DateTime<Utc>, next: DateTime<Utc>) -> f64 {
    if next - one <= CLOSE { days(one, next) } else { 0.0 }
}
