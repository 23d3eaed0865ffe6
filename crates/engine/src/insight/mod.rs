//! What past drift and past checks tell: counts, recurrence, how long events last, health, and where drift comes next.
//! Pure: facts, a window and the moment are passed in; every number comes with its reasons as data.

mod backtest;
mod counts;
mod forecast;
mod health;
mod lasting;
mod past;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use bk_model::{BridgeDomainName, DeviceName};
use chrono::{DateTime, Utc};

use crate::drift::{Committed, DriftKind, DriftObject, Severity};
use crate::schedule::TimeZone;

pub use backtest::{Backtest, Bin};
pub use counts::{Committer, Counts, Owner, Source};
pub use forecast::{
    Advice, Forecast, ForecastReason, LEAST_EPISODES, LEAST_WATCHED, LONGEST_INTERVAL, MEMORY_DAYS,
    SHORTEST_INTERVAL, advise, forecast,
};
pub use health::{Health, HealthReason, device_health, lab_health};
pub use lasting::{COMES_BACK, Lasting, Recurrence, Recurrences, Span, lasting, recurrences};
pub use past::{CLOSE, EPISODE, Past, Watched};

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ending {
    /// The device held again what was expected.
    Gone,
    /// What the device held was taken.
    Synced,
    /// A deployment decided the object.
    Deployed,
}

/// One event of drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventFact {
    /// The device.
    pub device: DeviceName,
    /// The object.
    pub object: DriftObject,
    /// How it differed.
    pub kind: DriftKind,
    /// How much it mattered.
    pub severity: Severity,
    /// Services that hold the object.
    pub domains: Vec<BridgeDomainName>,
    /// What saw it first: `check`, `discovery`, `deployment 4`.
    pub source: String,
    /// Whose commit it came with; none where that was not observable.
    pub committed: Option<Committed>,
    /// When it was seen first.
    pub first_seen: DateTime<Utc>,
    /// When and how it ended; none while it is open.
    pub closed: Option<(DateTime<Utc>, Ending)>,
    /// Whether somebody left it open as it is: it asks for nothing.
    pub left: bool,
}

/// One device's result in a check.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckFact {
    /// The device.
    pub device: DeviceName,
    /// When.
    pub at: DateTime<Utc>,
    /// Whether it was read and compared.
    pub checked: bool,
}

/// One read of a device, by a check or a discovery, that was looked through for drift.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReadFact {
    /// The device.
    pub device: DeviceName,
    /// When.
    pub at: DateTime<Utc>,
}

/// What is looked at.
#[derive(Clone, Copy, Debug)]
pub struct Facts<'a> {
    /// Events, in any order.
    pub events: &'a [EventFact],
    /// Results of checks, in any order.
    pub checks: &'a [CheckFact],
    /// Reads, in any order.
    pub reads: &'a [ReadFact],
    /// The inventory.
    pub devices: &'a [DeviceName],
    /// Since when they are complete. Forecasts are made from what came after it.
    pub known_since: DateTime<Utc>,
    /// Where the window begins.
    pub from: DateTime<Utc>,
    /// Where it ends: now.
    pub now: DateTime<Utc>,
    /// By whose clocks hours of the day count.
    pub zone: TimeZone,
}

impl Facts<'_> {
    /// Tells whether a moment is in the window.
    fn within(&self, at: DateTime<Utc>) -> bool {
        self.from < at && at <= self.now
    }
}

/// One device.
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceInsight {
    /// The device.
    pub device: DeviceName,
    /// How well it is in sync.
    pub health: Health,
    /// How much of the time it was watched, since facts are complete.
    pub watched: Watched,
    /// Whether drift comes within a day.
    pub forecast: Forecast,
    /// How often it is worth checking.
    pub advice: Advice,
}

/// All that the facts tell.
#[derive(Clone, Debug, PartialEq)]
pub struct Insight {
    /// Events that were seen first in the window.
    pub counts: Counts,
    /// Objects that drifted again.
    pub recurrences: Recurrences,
    /// How long events lasted that ended in the window.
    pub lasting: Lasting,
    /// Each device of the inventory, the likeliest to drift first.
    pub devices: Vec<DeviceInsight>,
    /// The lab's health; none without a device.
    pub lab: Option<u8>,
    /// How good past forecasts would have been.
    pub backtest: Backtest,
}

/// Looks at the facts.
#[must_use]
pub fn look(facts: &Facts<'_>) -> Insight {
    let mut by_device: BTreeMap<&DeviceName, Own<'_>> = facts
        .devices
        .iter()
        .map(|device| (device, Own::default()))
        .collect();
    for event in facts.events {
        if let Some(own) = by_device.get_mut(&event.device) {
            own.events.push(event);
        }
    }
    for check in facts.checks {
        if let Some(own) = by_device.get_mut(&check.device) {
            own.checks.push(check);
        }
    }
    for read in facts.reads {
        if let Some(own) = by_device.get_mut(&read.device) {
            own.reads.push(read.at);
        }
    }
    let mut pasts = Vec::with_capacity(by_device.len());
    let mut devices = Vec::with_capacity(by_device.len());
    for (device, own) in by_device {
        let past = Past::of(&own.events, &own.checks, &own.reads, facts.known_since);
        devices.push(DeviceInsight {
            device: device.clone(),
            health: device_health(&own.events, &own.checks, facts),
            watched: past.watched(facts.now),
            forecast: forecast(&past, facts.now, facts.zone),
            advice: advise(&past, facts.now),
        });
        pasts.push(past);
    }
    devices.sort_by(|one: &DeviceInsight, other| {
        let chance = |device: &DeviceInsight| device.forecast.chance().unwrap_or(-1.0);
        chance(other)
            .total_cmp(&chance(one))
            .then_with(|| one.device.cmp(&other.device))
    });
    let scores: Vec<u8> = devices.iter().map(|device| device.health.score).collect();
    Insight {
        counts: Counts::of(facts),
        recurrences: recurrences(facts),
        lasting: lasting(facts),
        lab: lab_health(&scores),
        backtest: Backtest::of(&pasts, facts),
        devices,
    }
}

/// What is known of one device.
#[derive(Default)]
struct Own<'a> {
    events: Vec<&'a EventFact>,
    checks: Vec<&'a CheckFact>,
    reads: Vec<DateTime<Utc>>,
}

/// A count of things as a number to reckon with.
pub(crate) fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

/// Days between two moments.
pub(crate) fn days(from: DateTime<Utc>, to: DateTime<Utc>) -> f64 {
    (to - from).as_seconds_f64() / 86_400.0
}
