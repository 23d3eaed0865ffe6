//! How good past forecasts would have been: each watched day since facts are complete is forecast again from what was known
//! then, and compared with what came. A day that no read covers tells nothing: it is left out, and counted. The Brier score is the mean square of the difference, 0 where every forecast was certain and
//! right. Beside it stands that of the naive forecast: the share of watched days so far on which drift came on the device.

use chrono::{Duration, Utc};

use super::forecast::{Forecast, forecast};
use super::past::Past;
use super::{Facts, real};

/// Fewer forecasts than this prove nothing.
const LEAST: u32 = 30;
/// The longest past that is gone through, in days.
const MOST_DAYS: i64 = 366;
/// Parts into which forecasts are sorted to see whether they hold.
const BINS: u32 = 5;

/// Forecasts that said about the same.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// How many.
    pub count: u32,
    /// What they said on the mean.
    pub said: f64,
    /// How often drift came.
    pub came: f64,
}

/// What came of forecasting the past.
#[derive(Clone, Debug, PartialEq)]
pub enum Backtest {
    /// Enough to judge.
    Judged {
        /// Forecasts, over all devices.
        forecasts: u32,
        /// Their Brier score.
        brier: f64,
        /// That of the naive forecast.
        naive: f64,
        /// What was said against what came, from low to high; empty parts are left out.
        bins: Vec<Bin>,
        /// Days since a device was first looked at that were left out, over all devices.
        unwatched: u32,
    },
    /// Too few to judge.
    TooLittle {
        /// Forecasts that could be made.
        forecasts: u32,
        /// Days that were left out, as above.
        unwatched: u32,
    },
}

impl Backtest {
    pub(super) fn of(pasts: &[Past], facts: &Facts<'_>) -> Self {
        let day = Duration::days(1);
        let (mut judged, mut unwatched) = (Vec::new(), 0_u32);
        for past in pasts {
            let (mut seen, mut drifted) = (0_usize, 0_usize);
            for ago in (1..=MOST_DAYS).rev() {
                let at: chrono::DateTime<Utc> = facts.now - Duration::days(ago);
                if !past.was_watched(at, at + day) {
                    unwatched += u32::from(past.watched(at).of > 0.0);
                    continue;
                }
                let came = past.begins_within(at, day);
                if let Forecast::Chance { chance, .. } = forecast(past, at, facts.zone) {
                    // With one day of each beside, so that it is never certain.
                    let naive = (real(drifted) + 1.0) / (real(seen) + 2.0);
                    judged.push((chance, naive, came));
                }
                seen += 1;
                drifted += usize::from(came);
            }
        }
        Self::judge(&judged, unwatched)
    }

    fn judge(judged: &[(f64, f64, bool)], unwatched: u32) -> Self {
        let forecasts = u32::try_from(judged.len()).unwrap_or(u32::MAX);
        if forecasts < LEAST {
            return Self::TooLittle { forecasts, unwatched };
        }
        let off = |said: f64, came: bool| (said - f64::from(u8::from(came))).powi(2);
        let mean = |sum: f64| sum / f64::from(forecasts);
        let bins = (0..BINS).filter_map(|bin| {
            let (low, high) = (
                f64::from(bin) / f64::from(BINS),
                f64::from(bin + 1) / f64::from(BINS),
            );
            let own: Vec<_> = judged
                .iter()
                .filter(|(said, ..)| low <= *said && (*said < high || bin + 1 == BINS))
                .collect();
            (!own.is_empty()).then(|| Bin {
                count: u32::try_from(own.len()).unwrap_or(u32::MAX),
                said: own.iter().map(|(said, ..)| said).sum::<f64>() / real(own.len()),
                came: real(own.iter().filter(|(.., came)| *came).count()) / real(own.len()),
            })
        });
        Self::Judged {
            forecasts,
            brier: mean(judged.iter().map(|(said, _, came)| off(*said, *came)).sum()),
            naive: mean(judged.iter().map(|(_, naive, came)| off(*naive, *came)).sum()),
            bins: bins.collect(),
            unwatched,
        }
    }
}
