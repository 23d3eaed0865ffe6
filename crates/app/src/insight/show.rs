//! Insight for people: every number with its reason in a sentence.

use std::cmp::Reverse;

use bk_engine::drift::{DriftSource, Severity};
use bk_engine::insight::{
    Advice, Backtest, Bin, COMES_BACK, Committer, DeviceInsight, Ending, Facts, Forecast, ForecastReason,
    HealthReason, Insight, Owner, Recurrence, Source, Span, Watched,
};
use chrono::{DateTime, Utc};

use crate::drift;
use crate::present::counted;
use crate::time;
use crate::views::{
    InsightBacktest, InsightBin, InsightCount, InsightDevice, InsightEnding, InsightKind, InsightReason,
    InsightRecurrence, InsightSeverity, InsightSpan, InsightView,
};

const HEALTH_RULE: &str = "100 less what takes from it: each open event (40 critical, 25 high, 10 medium, 4 low, together at \
     most 50; those that were left open take nothing), a last good check that is more than a day old (up to 35 after seven \
     days), and the share of checks that could not be made (up to 15). The lab: half the mean of its devices, half the mean of the worst tenth.";

pub(super) fn insight(insight: &Insight, facts: &Facts<'_>, days: u32, asked: DateTime<Utc>) -> InsightView {
    let counts = &insight.counts;
    InsightView {
        days,
        from: time::text(facts.from),
        to: time::text(facts.now),
        zone: facts.zone.to_string(),
        incomplete: (facts.known_since > asked).then(|| {
            format!(
                "There is more than can be looked at; counts and forecasts rest on what came after {}.",
                facts.zone.spoken(facts.known_since)
            )
        }),
        events: counts.total,
        by_device: most_first(
            counts
                .by_device
                .iter()
                .map(|(name, count)| (name.to_string(), *count)),
        ),
        by_kind: {
            let mut kinds: Vec<_> = counts
                .by_kind
                .iter()
                .map(|(kind, count)| InsightKind {
                    kind: drift::kind(*kind),
                    title: drift::title(*kind).to_owned(),
                    count: *count,
                })
                .collect();
            kinds.sort_by_key(|kind| Reverse(kind.count));
            kinds
        },
        by_severity: counts
            .by_severity
            .iter()
            .rev()
            .map(|(severity, count)| InsightSeverity {
                severity: drift::severity(*severity),
                count: *count,
            })
            .collect(),
        by_owner: most_first(
            counts
                .by_owner
                .iter()
                .map(|(owner, count)| (owner_words(owner), *count)),
        ),
        by_committer: most_first(
            counts
                .by_committer
                .iter()
                .map(|(committer, count)| (committer_words(committer), *count)),
        ),
        by_source: most_first(
            counts
                .by_source
                .iter()
                .map(|(source, count)| (source_words(*source).to_owned(), *count)),
        ),
        by_hour: counts.by_hour.to_vec(),
        came_back: insight.recurrences.came_back,
        comes_back_days: u32::try_from(COMES_BACK.num_days()).unwrap_or_default(),
        recurrences: insight.recurrences.top.iter().map(recurrence).collect(),
        lasted: insight.lasting.all.map(span),
        lasted_by_ending: insight
            .lasting
            .by_ending
            .iter()
            .map(|(ending, lasted)| InsightEnding {
                ending: ending_words(*ending).to_owned(),
                span: span(*lasted),
            })
            .collect(),
        health: insight.lab,
        health_rule: HEALTH_RULE.to_owned(),
        devices: insight.devices.iter().map(|one| device(one, facts)).collect(),
        forecasts: backtest(&insight.backtest),
    }
}

fn most_first(counts: impl Iterator<Item = (String, u32)>) -> Vec<InsightCount> {
    let mut sorted: Vec<_> = counts.map(|(name, count)| InsightCount { name, count }).collect();
    sorted.sort_by_key(|one| Reverse(one.count));
    sorted
}

fn owner_words(owner: &Owner) -> String {
    match owner {
        Owner::One(owner) => owner.clone(),
        Owner::Several => "several owners".to_owned(),
        Owner::NotTold => "no owner told".to_owned(),
    }
}

fn committer_words(committer: &Committer) -> String {
    match committer {
        Committer::One(user) => user.clone(),
        Committer::OneOfSeveral => "one of several".to_owned(),
        Committer::NotObservable => "not observable".to_owned(),
    }
}

fn source_words(source: Source) -> &'static str {
    match source {
        Source::Known(DriftSource::DeploymentFailure) => "failed deployment",
        Source::Known(source) => source.words(),
        Source::Deployment => "deployment",
        Source::Other => "other",
    }
}

fn ending_words(ending: Ending) -> &'static str {
    match ending {
        Ending::Gone => "the device held again what was expected",
        Ending::Synced => "what the device held was taken",
        Ending::Deployed => "a deployment decided it",
    }
}

fn recurrence(one: &Recurrence) -> InsightRecurrence {
    InsightRecurrence {
        device: one.device.to_string(),
        object: one.object.to_string(),
        times: one.times,
        last: time::text(one.last),
    }
}

fn span(span: Span) -> InsightSpan {
    InsightSpan {
        count: span.count,
        mean_seconds: span.mean,
        median_seconds: span.median,
    }
}

fn device(one: &DeviceInsight, facts: &Facts<'_>) -> InsightDevice {
    let (chance_percent, forecast, forecast_reasons) = forecast(&one.forecast, facts);
    let (interval_minutes, interval) = advice(&one.advice);
    InsightDevice {
        device: one.device.to_string(),
        health: one.health.score,
        left_open: one.health.left,
        reasons: one
            .health
            .reasons
            .iter()
            .map(|(reason, points)| InsightReason {
                reason: health_words(reason, facts),
                points: *points,
            })
            .collect(),
        watched: watched_words(one.watched),
        chance_percent,
        forecast,
        forecast_reasons,
        interval_minutes,
        interval,
    }
}

/// How much of the time somebody looked.
fn watched_words(watched: Watched) -> String {
    let Watched { days, of } = watched;
    let left = if of - days >= 1.0 {
        "; what came in the rest is not known"
    } else {
        ""
    };
    format!("Watched for {days:.0} of {of:.0} days{left}.")
}

fn health_words(reason: &HealthReason, facts: &Facts<'_>) -> String {
    match reason {
        HealthReason::Open { severity, count } => {
            let word = match severity {
                Severity::Low => "low",
                Severity::Medium => "medium",
                Severity::High => "high",
                Severity::Critical => "critical",
            };
            format!("{} of severity {word}", counted(*count, "open event"))
        }
        HealthReason::LastCheck { at: None } => "never checked, as far as is known".to_owned(),
        HealthReason::LastCheck { at: Some(at) } => {
            format!("last good check {}", facts.zone.spoken(*at))
        }
        HealthReason::NotChecked { failed, of } => {
            format!("{failed} of {} could not be made", counted(*of, "check"))
        }
    }
}

fn forecast(forecast: &Forecast, facts: &Facts<'_>) -> (Option<u8>, String, Vec<String>) {
    match forecast {
        Forecast::TooLittle { watched, episodes } => {
            let sentence = format!(
                "Too little history for a forecast: {} in {:.0} watched days; it takes 3 in 7.",
                counted(*episodes, "time of drift").replace("time of drifts", "times of drift"),
                watched.days
            );
            (None, sentence, Vec::new())
        }
        Forecast::Chance { chance, reasons } => {
            let percent = percent(*chance);
            let sentence = format!("Drift within a day with a chance of {percent} %.");
            let reasons = reasons.iter().map(|reason| reason_words(reason, facts)).collect();
            (Some(percent), sentence, reasons)
        }
    }
}

fn reason_words(reason: &ForecastReason, facts: &Facts<'_>) -> String {
    match reason {
        ForecastReason::Rate { per_day } => {
            format!("{per_day:.2} times a watched day lately; what is a week ago counts a third.")
        }
        ForecastReason::Episodes { count, watched, last } => {
            format!(
                "{count} times in {:.0} watched days, last {}.",
                watched.days,
                facts.zone.spoken(*last)
            )
        }
        ForecastReason::Hours { from, to, share } => {
            format!("{} % of them from {from:02}:00 to {to:02}:00.", percent(*share))
        }
    }
}

fn advice(advice: &Advice) -> (Option<u32>, String) {
    match advice {
        Advice::TooLittle { watched } => (
            None,
            format!(
                "Too little history for a suggestion: {:.0} watched days; it takes 7.",
                watched.days
            ),
        ),
        Advice::Every {
            interval,
            per_day,
            cautious,
        } => {
            let minutes = u32::try_from(interval.num_minutes()).unwrap_or(u32::MAX);
            let guess = if *cautious {
                "at a cautious guess, because there were few"
            } else {
                "as lately"
            };
            let why = format!("drift comes {per_day:.2} times a day {guess}");
            let every = spoken(minutes);
            let sentence = match minutes {
                1440 => format!("A check every {every} is enough: {why}."),
                15 => format!("A check every {every}, the shortest that is suggested: {why}."),
                _ => format!("A check every {every}: {why}, so one interval in ten sees some."),
            };
            (Some(minutes), sentence)
        }
    }
}

fn spoken(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}

fn backtest(backtest: &Backtest) -> InsightBacktest {
    match backtest {
        Backtest::TooLittle { forecasts, unwatched } => InsightBacktest {
            forecasts: *forecasts,
            unwatched_days: *unwatched,
            brier: None,
            naive_brier: None,
            bins: Vec::new(),
            sentence: format!(
                "Too little history to judge the forecasts: {} could be compared with what came, it takes 30.{}",
                counted(*forecasts, "forecast"),
                unwatched_words(*unwatched)
            ),
        },
        Backtest::Judged {
            forecasts,
            brier,
            naive,
            bins,
            unwatched,
        } => {
            let better = if brier < naive {
                "better than"
            } else {
                "no better than"
            };
            let calibration = bins.iter().max_by_key(|bin| bin.count).map(|bin| {
                format!(
                    " Where they said about {} %, drift came in {} % of {}.",
                    percent(bin.said),
                    percent(bin.came),
                    counted(bin.count, "case")
                )
            });
            InsightBacktest {
                forecasts: *forecasts,
                unwatched_days: *unwatched,
                brier: Some(*brier),
                naive_brier: Some(*naive),
                bins: bins.iter().map(bin).collect(),
                sentence: format!(
                    "{forecasts} forecasts for past days, each from what was known then: Brier score {brier:.3}, \
                     {better} {naive:.3} of the share of days so far.{}{}",
                    calibration.unwrap_or_default(),
                    unwatched_words(*unwatched)
                ),
            }
        }
    }
}

/// Days of a device that say neither that drift came nor that none did.
fn unwatched_words(days: u32) -> String {
    match days {
        0 => String::new(),
        days => format!(
            " Left out: {} of a device that no read covers.",
            counted(days, "day")
        ),
    }
}

fn bin(bin: &Bin) -> InsightBin {
    InsightBin {
        count: bin.count,
        said_percent: bin.said * 100.0,
        came_percent: bin.came * 100.0,
    }
}

fn percent(share: f64) -> u8 {
    let rounded = (share * 100.0).round();
    (0..=100)
        .rev()
        .find(|percent| f64::from(*percent) <= rounded)
        .unwrap_or(0)
}
