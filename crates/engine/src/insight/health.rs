//! Health: 100 less what open events, an old check and failed checks take.
//!
//! - Open events take 40 for each critical one, 25 high, 10 medium, 4 low; 50 in all at most. One that somebody left open
//!   asks for nothing, as everywhere else, and takes nothing; it is counted apart.
//! - A check is fresh for a day. After that it takes more each day, up to 35 after seven days or where there was none.
//! - Checks of the window that could not be made take their share of 15.
//!
//! The lab's health is half the mean of its devices, half the mean of the worst tenth of them, so that one device in
//! trouble shows among many.

use chrono::{DateTime, Utc};

use super::{CheckFact, EventFact, Facts, days, real};
use crate::drift::Severity;

const MOST_BY_EVENTS: u32 = 50;
const MOST_BY_AGE: u32 = 35;
const MOST_BY_FAILURES: u32 = 15;
/// Days for which a check is fresh, and after which it is worth nothing.
const FRESH: f64 = 1.0;
const STALE: f64 = 7.0;

/// What takes from health.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HealthReason {
    /// Open events of one severity.
    Open {
        /// The severity.
        severity: Severity,
        /// How many.
        count: u32,
    },
    /// The last check that succeeded is old, or there was none.
    LastCheck {
        /// When it was.
        at: Option<DateTime<Utc>>,
    },
    /// Checks could not be made.
    NotChecked {
        /// So many.
        failed: u32,
        /// Of so many.
        of: u32,
    },
}

/// How well a device is in sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Health {
    /// 0 to 100.
    pub score: u8,
    /// What takes from it, with how many points, the worst first.
    pub reasons: Vec<(HealthReason, u32)>,
    /// Open events that were left as they are: they take nothing.
    pub left: u32,
}

/// Reckons the health of one device from its own events and checks.
#[must_use]
pub fn device_health(events: &[&EventFact], checks: &[&CheckFact], facts: &Facts<'_>) -> Health {
    let mut reasons = Vec::new();
    let mut left = MOST_BY_EVENTS;
    for (severity, points) in [
        (Severity::Critical, 40),
        (Severity::High, 25),
        (Severity::Medium, 10),
        (Severity::Low, 4),
    ] {
        let count = count(events, |event| !event.left && event.severity == severity);
        if count > 0 {
            let taken = left.min(count.saturating_mul(points));
            left -= taken;
            reasons.push((HealthReason::Open { severity, count }, taken));
        }
    }
    let past = |check: &&&CheckFact| check.at <= facts.now;
    let last = checks
        .iter()
        .filter(past)
        .filter(|check| check.checked)
        .map(|check| check.at)
        .max();
    let age = last.map_or(STALE, |last| days(last, facts.now));
    let stale = ((age - FRESH) / (STALE - FRESH)).clamp(0.0, 1.0);
    reasons.push((HealthReason::LastCheck { at: last }, part(stale, MOST_BY_AGE)));

    let recent: Vec<_> = checks.iter().filter(|check| facts.within(check.at)).collect();
    let failed = recent.iter().filter(|check| !check.checked).count();
    if failed > 0 {
        let reason = HealthReason::NotChecked {
            failed: u32::try_from(failed).unwrap_or(u32::MAX),
            of: u32::try_from(recent.len()).unwrap_or(u32::MAX),
        };
        reasons.push((reason, part(real(failed) / real(recent.len()), MOST_BY_FAILURES)));
    }
    reasons.retain(|(_, points)| *points > 0);
    reasons.sort_by_key(|(_, points)| std::cmp::Reverse(*points));
    let taken: u32 = reasons.iter().map(|(_, points)| points).sum();
    Health {
        score: u8::try_from(100_u32.saturating_sub(taken)).unwrap_or(100),
        reasons,
        left: count(events, |event| event.left),
    }
}

/// Counts open events.
fn count(events: &[&EventFact], which: impl Fn(&EventFact) -> bool) -> u32 {
    let open = events
        .iter()
        .filter(|event| event.closed.is_none() && which(event));
    u32::try_from(open.count()).unwrap_or(u32::MAX)
}

/// Reckons the health of a lab from that of its devices; none without a device.
#[must_use]
pub fn lab_health(scores: &[u8]) -> Option<u8> {
    let mut sorted = scores.to_vec();
    sorted.sort_unstable();
    let worst = sorted
        .get(..sorted.len().div_ceil(10))
        .filter(|worst| !worst.is_empty())?;
    let mean = |scores: &[u8]| scores.iter().map(|score| f64::from(*score)).sum::<f64>() / real(scores.len());
    let both = f64::midpoint(mean(&sorted), mean(worst))
        .round()
        .clamp(0.0, 100.0);
    (0..=100).rev().find(|score| f64::from(*score) <= both)
}

/// A share of so many points, in whole points.
fn part(share: f64, most: u32) -> u32 {
    (0..=most)
        .rev()
        .find(|points| f64::from(*points) <= (share * f64::from(most)).round())
        .unwrap_or(0)
}
