//! What past drift and past checks tell, on a terminal.

use bk_app::views::{InsightCount, InsightDevice, InsightSpan, InsightView};

use super::drift::severity;
use crate::out::{moment, say, table};

/// Names of a count that are shown; JSON has all.
const SHOWN: usize = 10;
/// Width of the longest bar of an hour.
const BAR: u32 = 30;

pub(super) fn print(insight: &InsightView) {
    say(&format!(
        "{} days: {} events, {} of them came back within {} days",
        insight.days, insight.events, insight.came_back, insight.comes_back_days
    ));
    if let Some(incomplete) = &insight.incomplete {
        say(incomplete);
    }
    counts("device", &insight.by_device);
    let kinds: Vec<InsightCount> = insight
        .by_kind
        .iter()
        .map(|one| named(&one.title, one.count))
        .collect();
    counts("kind", &kinds);
    let severities: Vec<InsightCount> = insight
        .by_severity
        .iter()
        .map(|one| named(severity(one.severity), one.count))
        .collect();
    counts("severity", &severities);
    counts("owner", &insight.by_owner);
    counts("seen by", &insight.by_source);
    hours(insight);
    if !insight.recurrences.is_empty() {
        say("");
        let rows: Vec<_> = insight
            .recurrences
            .iter()
            .map(|one| {
                vec![
                    one.device.clone(),
                    one.object.clone(),
                    one.times.to_string(),
                    moment(&one.last),
                ]
            })
            .collect();
        table(&["device", "object", "came back", "last"], &rows);
    }
    lasted(insight);
    devices(insight);
    say(&insight.forecasts.sentence);
}

fn named(name: &str, count: u32) -> InsightCount {
    InsightCount {
        name: name.to_owned(),
        count,
    }
}

fn counts(by: &str, counts: &[InsightCount]) {
    if counts.is_empty() {
        return;
    }
    let shown: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|one| format!("{} {}", one.name, one.count))
        .collect();
    let more = match counts.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    say(&format!("by {by:<8} {}{more}", shown.join(", ")));
}

/// A bar an hour, the longest as long as can be.
fn hours(insight: &InsightView) {
    let Some(most) = insight.by_hour.iter().copied().max().filter(|most| *most > 0) else {
        return;
    };
    say("");
    say(&format!("by hour in {}", insight.zone));
    for (hour, count) in insight
        .by_hour
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0)
    {
        let length = (count * BAR).div_ceil(most);
        let bar: String = (0..length).map(|_| '#').collect();
        say(&format!("  {hour:02}:00 {bar} {count}"));
    }
}

fn lasted(insight: &InsightView) {
    let Some(all) = &insight.lasted else {
        return;
    };
    let told = |span: &InsightSpan| {
        format!(
            "{} events ended, median {}, mean {}",
            span.count,
            spoken(span.median_seconds),
            spoken(span.mean_seconds)
        )
    };
    say("");
    say(&told(all));
    for one in &insight.lasted_by_ending {
        say(&format!("  {}: {}", one.ending, told(&one.span)));
    }
}

fn spoken(seconds: f64) -> String {
    if seconds < 90.0 {
        format!("{seconds:.0} s")
    } else if seconds < 5400.0 {
        format!("{:.0} min", seconds / 60.0)
    } else if seconds < 172_800.0 {
        format!("{:.1} h", seconds / 3600.0)
    } else {
        format!("{:.1} days", seconds / 86_400.0)
    }
}

fn devices(insight: &InsightView) {
    let Some(health) = insight.health else {
        return;
    };
    say("");
    say(&format!("health of the lab {health} of 100"));
    let line = |one: &InsightDevice| {
        let reasons: Vec<&str> = one.reasons.iter().map(|reason| reason.reason.as_str()).collect();
        vec![
            one.device.clone(),
            one.health.to_string(),
            one.chance_percent
                .map_or_else(|| "-".to_owned(), |percent| format!("{percent} %")),
            one.interval_minutes
                .map_or_else(|| "-".to_owned(), |minutes| format!("{minutes} min")),
            reasons.join("; "),
        ]
    };
    let rows: Vec<_> = insight.devices.iter().map(line).collect();
    table(
        &[
            "device",
            "health",
            "drift in a day",
            "check every",
            "what takes from health",
        ],
        &rows,
    );
    for one in insight.devices.iter().filter(|one| one.chance_percent.is_some()) {
        let reasons = one.forecast_reasons.join(" ");
        say(&format!(
            "{}: {} {reasons} {}",
            one.device, one.forecast, one.interval
        ));
    }
    say("");
}
