//! What past drift and past checks tell, on a terminal.

use bk_app::views::{InsightCount, InsightDevice, InsightSpan, InsightView};

use super::drift::severity;
use crate::out::{moment, say, tabulated};

/// Names of a count that are shown; JSON has all.
const SHOWN: usize = 10;
/// Width of the longest bar of an hour.
const BAR: u32 = 30;

pub(super) fn print(insight: &InsightView) {
    lines(insight).iter().for_each(|line| say(line));
}

fn lines(insight: &InsightView) -> Vec<String> {
    let mut lines = vec![format!(
        "{} days: {} events, {} of them came back within {} days",
        insight.days, insight.events, insight.came_back, insight.comes_back_days
    )];
    lines.extend(insight.incomplete.clone());
    lines.extend(counts(insight));
    for part in [
        hours(insight),
        recurrences(insight),
        lasted(insight),
        devices(insight),
    ] {
        if !part.is_empty() {
            lines.push(String::new());
            lines.extend(part);
        }
    }
    lines.extend([String::new(), insight.forecasts.sentence.clone()]);
    lines
}

fn counts(insight: &InsightView) -> Vec<String> {
    let named = |name: &str, count: u32| InsightCount {
        name: name.to_owned(),
        count,
    };
    let kinds = insight.by_kind.iter().map(|one| named(&one.title, one.count));
    let severities = insight
        .by_severity
        .iter()
        .map(|one| named(severity(one.severity), one.count));
    [
        ("device", insight.by_device.clone()),
        ("kind", kinds.collect()),
        ("severity", severities.collect()),
        ("owner", insight.by_owner.clone()),
        ("by whom", insight.by_committer.clone()),
        ("seen by", insight.by_source.clone()),
    ]
    .into_iter()
    .filter(|(_, counts)| !counts.is_empty())
    .map(|(by, counts)| count_line(by, &counts))
    .collect()
}

fn count_line(by: &str, counts: &[InsightCount]) -> String {
    let shown: Vec<String> = counts
        .iter()
        .take(SHOWN)
        .map(|one| format!("{} {}", one.name, one.count))
        .collect();
    let more = match counts.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(", and {more} more"),
    };
    format!("{by:<8}  {}{more}", shown.join(", "))
}

/// A bar an hour, the longest as long as can be.
fn hours(insight: &InsightView) -> Vec<String> {
    let Some(most) = insight.by_hour.iter().copied().max().filter(|most| *most > 0) else {
        return Vec::new();
    };
    let bars = insight
        .by_hour
        .iter()
        .enumerate()
        .filter(|(_, count)| **count > 0);
    let bars = bars.map(|(hour, count)| {
        let length = (u64::from(*count) * u64::from(BAR)).div_ceil(u64::from(most));
        let bar: String = (0..length).map(|_| '#').collect();
        format!("  {hour:02}:00 {bar} {count}")
    });
    std::iter::once(format!("by hour in {}", insight.zone))
        .chain(bars)
        .collect()
}

fn recurrences(insight: &InsightView) -> Vec<String> {
    if insight.recurrences.is_empty() {
        return Vec::new();
    }
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
    tabulated(&["device", "object", "came back", "last"], &rows)
}

fn lasted(insight: &InsightView) -> Vec<String> {
    let told = |span: &InsightSpan| {
        format!(
            "{} ended, median {}, mean {}",
            span.count,
            spoken(span.median_seconds),
            spoken(span.mean_seconds)
        )
    };
    let all = insight.lasted.as_ref().map(told);
    let parts = insight.lasted_by_ending.iter();
    let parts = parts.map(|one| format!("  {}: {}", one.ending, told(&one.span)));
    all.into_iter().chain(parts).collect()
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

fn devices(insight: &InsightView) -> Vec<String> {
    let Some(health) = insight.health else {
        return Vec::new();
    };
    let line = |one: &InsightDevice| {
        let mut reasons: Vec<String> = one.reasons.iter().map(|reason| reason.reason.clone()).collect();
        if one.left_open > 0 {
            reasons.push(format!("{} left open, for nothing", one.left_open));
        }
        let or_dash = |told: Option<String>| told.unwrap_or_else(|| "-".to_owned());
        vec![
            one.device.clone(),
            one.health.to_string(),
            or_dash(one.chance_percent.map(|percent| format!("{percent} %"))),
            or_dash(one.interval_minutes.map(|minutes| format!("{minutes} min"))),
            reasons.join("; "),
        ]
    };
    let rows: Vec<_> = insight.devices.iter().map(line).collect();
    let head = [
        "device",
        "health",
        "drift in a day",
        "check every",
        "what takes from health",
    ];
    let mut lines = vec![format!("health of the lab {health} of 100")];
    lines.extend(tabulated(&head, &rows));
    let told = insight.devices.iter().filter(|one| one.chance_percent.is_some());
    lines.extend(told.map(|one| {
        let reasons = one.forecast_reasons.join(" ");
        format!(
            "{}: {} {reasons} {} {}",
            one.device, one.forecast, one.interval, one.watched
        )
    }));
    lines
}

#[cfg(test)]
mod tests {
    use bk_app::views::{
        DriftKind, DriftSeverity, InsightBacktest, InsightEnding, InsightKind, InsightReason,
        InsightRecurrence, InsightSeverity,
    };

    use super::*;

    fn count(name: &str, count: u32) -> InsightCount {
        InsightCount {
            name: name.to_owned(),
            count,
        }
    }

    fn invented() -> InsightView {
        let span = InsightSpan {
            count: 3,
            mean_seconds: 7200.0,
            median_seconds: 45.0,
        };
        let mut by_hour = vec![0; 24];
        (by_hour[9], by_hour[14]) = (4, 1);
        InsightView {
            days: 30,
            from: "2026-04-09T12:00:00.000Z".to_owned(),
            to: "2026-05-09T12:00:00.000Z".to_owned(),
            zone: "Europe/Berlin".to_owned(),
            incomplete: None,
            events: 5,
            by_device: vec![count("LEAF-A01", 4), count("LEAF-B01", 1)],
            by_kind: vec![InsightKind {
                kind: DriftKind::Mismatch,
                title: "Mismatch".to_owned(),
                count: 5,
            }],
            by_severity: vec![InsightSeverity {
                severity: DriftSeverity::High,
                count: 5,
            }],
            by_owner: (0..12)
                .map(|number| count(&format!("owner{number}"), 1))
                .collect(),
            by_committer: vec![count("rowan", 3), count("not observable", 2)],
            by_source: vec![count("check", 5)],
            by_hour,
            came_back: 1,
            comes_back_days: 14,
            recurrences: vec![InsightRecurrence {
                device: "LEAF-A01".to_owned(),
                object: "ge100-0/0/12.251".to_owned(),
                times: 1,
                last: "long ago".to_owned(),
            }],
            lasted: Some(span.clone()),
            lasted_by_ending: vec![InsightEnding {
                ending: "what the device held was taken".to_owned(),
                span,
            }],
            health: Some(87),
            health_rule: String::new(),
            devices: vec![
                InsightDevice {
                    device: "LEAF-A01".to_owned(),
                    health: 75,
                    reasons: vec![InsightReason {
                        reason: "1 open event of severity high".to_owned(),
                        points: 25,
                    }],
                    left_open: 1,
                    watched: "Watched for 14 of 35 days.".to_owned(),
                    chance_percent: Some(63),
                    forecast: "Drift within a day with a chance of 63 %.".to_owned(),
                    forecast_reasons: vec!["4 times in 30 days.".to_owned()],
                    interval_minutes: Some(150),
                    interval: "A check every 2 h 30 min.".to_owned(),
                },
                InsightDevice {
                    device: "LEAF-B01".to_owned(),
                    health: 100,
                    reasons: Vec::new(),
                    left_open: 0,
                    watched: "Watched for 2 of 2 days.".to_owned(),
                    chance_percent: None,
                    forecast: "Too little history.".to_owned(),
                    forecast_reasons: Vec::new(),
                    interval_minutes: None,
                    interval: "Too little history.".to_owned(),
                },
            ],
            forecasts: InsightBacktest {
                forecasts: 3,
                unwatched_days: 0,
                brier: None,
                naive_brier: None,
                bins: Vec::new(),
                sentence: "Too little history to judge the forecasts.".to_owned(),
            },
        }
    }

    #[test]
    fn insight_reads_from_the_counts_to_the_forecast() {
        let expected = "\
30 days: 5 events, 1 of them came back within 14 days
device    LEAF-A01 4, LEAF-B01 1
kind      Mismatch 5
severity  high 5
owner     owner0 1, owner1 1, owner2 1, owner3 1, owner4 1, owner5 1, owner6 1, owner7 1, owner8 1, owner9 1, and 2 more
by whom   rowan 3, not observable 2
seen by   check 5

by hour in Europe/Berlin
  09:00 ############################## 4
  14:00 ######## 1

DEVICE    OBJECT            CAME BACK  LAST
LEAF-A01  ge100-0/0/12.251  1          long ago

3 ended, median 45 s, mean 2.0 h
  what the device held was taken: 3 ended, median 45 s, mean 2.0 h

health of the lab 87 of 100
DEVICE    HEALTH  DRIFT IN A DAY  CHECK EVERY  WHAT TAKES FROM HEALTH
LEAF-A01  75      63 %            150 min      1 open event of severity high; 1 left open, for nothing
LEAF-B01  100     -               -
LEAF-A01: Drift within a day with a chance of 63 %. 4 times in 30 days. A check every 2 h 30 min. Watched for 14 of 35 days.

Too little history to judge the forecasts.";
        assert_eq!(lines(&invented()).join("\n"), expected);
    }

    #[test]
    fn an_empty_past_is_told_in_few_words() {
        let empty = InsightView {
            events: 0,
            came_back: 0,
            by_device: Vec::new(),
            by_kind: Vec::new(),
            by_severity: Vec::new(),
            by_owner: Vec::new(),
            by_committer: Vec::new(),
            by_source: Vec::new(),
            by_hour: vec![0; 24],
            recurrences: Vec::new(),
            lasted: None,
            lasted_by_ending: Vec::new(),
            health: None,
            devices: Vec::new(),
            ..invented()
        };
        assert_eq!(
            lines(&empty).join("\n"),
            "30 days: 0 events, 0 of them came back within 14 days\n\nToo little history to judge the forecasts."
        );
    }
}
