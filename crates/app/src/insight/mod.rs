//! What past drift and past checks tell.

mod show;

use std::ops::RangeInclusive;

use bk_engine::insight::{COMES_BACK, CheckFact, Ending, EventFact, Facts, ReadFact, look};
use bk_engine::schedule::TimeZone;
use bk_store::{CheckOutcome, CheckResult, Closing, Drift};
use chrono::{DateTime, Duration, Utc};

use crate::app::App;
use crate::errors::AppError;
use crate::present::number;
use crate::views::InsightView;

/// Days that may be looked at.
const DAYS: RangeInclusive<u32> = 1..=366;
/// Forecasts look back this far at least, however few days are asked for.
const PAST: Duration = Duration::days(90);
/// Events that are looked at.
const MOST_EVENTS: u32 = 20_000;
/// Results of checks, and reads, that are looked at.
const MOST_RESULTS: u32 = 200_000;

impl App {
    /// Tells what the last days say of drift: where, when and whose it was, what comes back, how long it lasts, how well
    /// devices are in sync, and where it comes next.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if the days are not 1 to 366.
    pub async fn drift_insight(&self, days: u32) -> Result<InsightView, AppError> {
        if !DAYS.contains(&days) {
            let reason = format!("{days} are not {} to {}", DAYS.start(), DAYS.end());
            return Err(AppError::BadInput {
                field: "days",
                reason,
            });
        }
        let now = self.now();
        let from = now - Duration::days(days.into());
        // An object comes back after an event that may have ended before the window.
        let asked = (from - COMES_BACK).min(now - PAST);
        let drifts = self.store().drifts().since(asked, MOST_EVENTS).await?;
        let results = self.store().checks().results_since(asked, MOST_RESULTS).await?;
        let looks = self.store().snapshots().looks_since(asked, MOST_RESULTS).await?;
        let left = self.left_open(&drifts).await?;
        let fact = |drift: &Drift| event(drift, left.contains_key(&drift.id));
        let events: Vec<EventFact> = drifts.iter().map(fact).collect();
        let checks: Vec<CheckFact> = results.iter().map(check).collect();
        let read = |(device, at)| ReadFact { device, at };
        let reads: Vec<ReadFact> = looks.into_iter().map(read).collect();
        let known_since = known_since(asked, &events, &checks, &reads);
        let inventory = self.store().devices().list().await?;
        let devices: Vec<_> = inventory.into_iter().map(|device| device.name).collect();
        let zone = here();
        let work = move || {
            let facts = Facts {
                events: &events,
                checks: &checks,
                reads: &reads,
                devices: &devices,
                known_since,
                from,
                now,
                zone,
            };
            show::insight(&look(&facts), &facts, days, asked)
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .expect("reckoning does not panic"))
    }
}

/// The time zone of this machine; universal time where it does not tell.
pub(crate) fn here() -> TimeZone {
    let name = iana_time_zone::get_timezone().ok();
    name.and_then(|name| TimeZone::parse(&name).ok())
        .unwrap_or(TimeZone::UTC)
}

/// Since when facts are complete: as asked, or less far back where there were more than are looked at.
fn known_since(
    asked: DateTime<Utc>,
    events: &[EventFact],
    checks: &[CheckFact],
    reads: &[ReadFact],
) -> DateTime<Utc> {
    let cut =
        |count: usize, most: u32, oldest: Option<DateTime<Utc>>| oldest.filter(|_| number(count) >= most);
    let oldest_event = events.iter().map(|event| event.first_seen).min();
    let oldest_check = checks.iter().map(|check| check.at).min();
    let oldest_read = reads.iter().map(|read| read.at).min();
    [
        cut(events.len(), MOST_EVENTS, oldest_event),
        cut(checks.len(), MOST_RESULTS, oldest_check),
        cut(reads.len(), MOST_RESULTS, oldest_read),
    ]
    .into_iter()
    .flatten()
    .fold(asked, DateTime::max)
}

fn event(drift: &Drift, left: bool) -> EventFact {
    let difference = &drift.difference;
    EventFact {
        device: drift.device.clone(),
        object: difference.object.clone(),
        kind: difference.kind,
        severity: difference.severity,
        domains: difference.domains.clone(),
        source: drift.source.clone(),
        committed: drift.committed.clone(),
        first_seen: drift.first_seen,
        closed: drift.closed.as_ref().map(|closed| {
            let ending = match closed.how {
                Closing::Gone => Ending::Gone,
                Closing::Synced => Ending::Synced,
                Closing::Deployed => Ending::Deployed,
            };
            (closed.at, ending)
        }),
        left,
    }
}

fn check(result: &CheckResult) -> CheckFact {
    CheckFact {
        device: result.device.clone(),
        at: result.at,
        checked: !matches!(result.outcome, CheckOutcome::NotChecked { .. }),
    }
}
