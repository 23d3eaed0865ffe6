//! How long events last, and which come back.

use std::collections::BTreeMap;

use bk_model::DeviceName;
use chrono::{DateTime, Duration, Utc};

use super::{Ending, EventFact, Facts, real};
use crate::drift::DriftObject;

/// An object that drifts again within this time after its event ended came back.
pub const COMES_BACK: Duration = Duration::days(14);
/// Objects that are named.
const NAMED: usize = 10;

/// How long the events of one ending lasted.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Span {
    /// How many.
    pub count: u32,
    /// Their mean in seconds.
    pub mean: f64,
    /// Their median in seconds.
    pub median: f64,
}

/// How long events lasted that ended in the window.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Lasting {
    /// All; none if none ended.
    pub all: Option<Span>,
    /// By how they ended.
    pub by_ending: BTreeMap<Ending, Span>,
}

/// An object that came back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recurrence {
    /// The device.
    pub device: DeviceName,
    /// The object.
    pub object: DriftObject,
    /// How often it came back in the window.
    pub times: u32,
    /// When it did last.
    pub last: DateTime<Utc>,
}

/// Objects that came back in the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Recurrences {
    /// Events of the window.
    pub events: u32,
    /// Those among them that came back.
    pub came_back: u32,
    /// Objects that did most often, at most ten.
    pub top: Vec<Recurrence>,
}

/// Measures how long events lasted that ended in the window.
#[must_use]
pub fn lasting(facts: &Facts<'_>) -> Lasting {
    let mut by_ending: BTreeMap<Ending, Vec<f64>> = BTreeMap::new();
    for event in facts.events {
        if let Some((at, ending)) = event.closed.filter(|(at, _)| facts.within(*at)) {
            let lasted = (at - event.first_seen).as_seconds_f64().max(0.0);
            by_ending.entry(ending).or_default().push(lasted);
        }
    }
    Lasting {
        all: span(by_ending.values().flatten().copied().collect()),
        by_ending: by_ending
            .into_iter()
            .filter_map(|(ending, lasted)| Some((ending, span(lasted)?)))
            .collect(),
    }
}

fn span(mut lasted: Vec<f64>) -> Option<Span> {
    lasted.sort_by(f64::total_cmp);
    let middle = lasted.len() / 2;
    let upper = *lasted.get(middle)?;
    let median = match lasted.len() % 2 {
        0 => f64::midpoint(upper, *lasted.get(middle.checked_sub(1)?)?),
        _ => upper,
    };
    Some(Span {
        count: u32::try_from(lasted.len()).unwrap_or(u32::MAX),
        mean: lasted.iter().sum::<f64>() / real(lasted.len()),
        median,
    })
}

/// Finds objects that drifted again soon after their event had ended.
#[must_use]
pub fn recurrences(facts: &Facts<'_>) -> Recurrences {
    let mut by_object: BTreeMap<(&DeviceName, &DriftObject), Vec<&EventFact>> = BTreeMap::new();
    for event in facts.events {
        by_object
            .entry((&event.device, &event.object))
            .or_default()
            .push(event);
    }
    let mut found = Recurrences::default();
    for ((device, object), mut events) in by_object {
        events.sort_by_key(|event| event.first_seen);
        let (mut times, mut last) = (0, None);
        let mut ended: Option<DateTime<Utc>> = None;
        for event in events {
            let again = ended.is_some_and(|ended| {
                let since = event.first_seen - ended;
                since >= Duration::zero() && since <= COMES_BACK
            });
            if facts.within(event.first_seen) {
                found.events += 1;
                if again {
                    times += 1;
                    last = Some(event.first_seen);
                }
            }
            ended = ended.max(event.closed.map(|(at, _)| at));
        }
        found.came_back += times;
        found.top.extend(last.map(|last| Recurrence {
            device: device.clone(),
            object: object.clone(),
            times,
            last,
        }));
    }
    // Of equal ones the latest first; the sort keeps the order of names otherwise.
    found
        .top
        .sort_by_key(|one| std::cmp::Reverse((one.times, one.last)));
    found.top.truncate(NAMED);
    found
}
