//! What past drift and past checks tell.

use super::{DriftKind, DriftSeverity};

view! {
    /// What the last days tell of drift.
    pub struct InsightView {
        /// Days that were looked at.
        pub days: u32,
        /// From this moment.
        pub from: String,
        /// To this one.
        pub to: String,
        /// By the clocks of this zone hours of the day count.
        pub zone: String,
        /// That not everything could be looked at, if so.
        pub incomplete: Option<String>,
        /// Events that were seen first in these days.
        pub events: u32,
        /// They by device, the most first.
        pub by_device: Vec<InsightCount>,
        /// They by kind, the most first.
        pub by_kind: Vec<InsightKind>,
        /// They by severity, the worst first.
        pub by_severity: Vec<InsightSeverity>,
        /// They by owner of the service, the most first.
        pub by_owner: Vec<InsightCount>,
        /// They by the user of the device who committed them, the most first.
        pub by_committer: Vec<InsightCount>,
        /// They by what saw them first, the most first.
        pub by_source: Vec<InsightCount>,
        /// They by hour of the day: 24 numbers from midnight.
        pub by_hour: Vec<u32>,
        /// Those among them whose object had drifted not long before.
        pub came_back: u32,
        /// Days within which an object comes back.
        pub comes_back_days: u32,
        /// Objects that came back most often.
        pub recurrences: Vec<InsightRecurrence>,
        /// How long events lasted that ended in these days; none if none ended.
        pub lasted: Option<InsightSpan>,
        /// The same by how they ended.
        pub lasted_by_ending: Vec<InsightEnding>,
        /// Health of the lab, 0 to 100; none without a device.
        pub health: Option<u8>,
        /// How health is reckoned, in sentences.
        pub health_rule: String,
        /// Each device, the likeliest to drift first.
        pub devices: Vec<InsightDevice>,
        /// How good past forecasts would have been.
        pub forecasts: InsightBacktest,
    }

    /// A count under a name.
    pub struct InsightCount {
        /// The name.
        pub name: String,
        /// The count.
        pub count: u32,
    }

    /// Events of a kind.
    pub struct InsightKind {
        /// The kind.
        pub kind: DriftKind,
        /// In words.
        pub title: String,
        /// The count.
        pub count: u32,
    }

    /// Events of a severity.
    pub struct InsightSeverity {
        /// The severity.
        pub severity: DriftSeverity,
        /// The count.
        pub count: u32,
    }

    /// An object that came back.
    pub struct InsightRecurrence {
        /// The device.
        pub device: String,
        /// The object.
        pub object: String,
        /// How often.
        pub times: u32,
        /// When last.
        pub last: String,
    }

    /// How long events lasted.
    pub struct InsightSpan {
        /// How many.
        pub count: u32,
        /// Their mean.
        pub mean_seconds: f64,
        /// Their median.
        pub median_seconds: f64,
    }

    /// How long events lasted that ended in one way.
    pub struct InsightEnding {
        /// How they ended, in words.
        pub ending: String,
        /// How long they lasted.
        pub span: InsightSpan,
    }

    /// One device.
    pub struct InsightDevice {
        /// The device.
        pub device: String,
        /// Health, 0 to 100.
        pub health: u8,
        /// What takes from it, the worst first.
        pub reasons: Vec<InsightReason>,
        /// Open events that somebody left as they are: they take nothing.
        pub left_open: u32,
        /// How much of the time it was watched, in a sentence.
        pub watched: String,
        /// Chance of drift within a day in percent; none where too little is known.
        pub chance_percent: Option<u8>,
        /// The forecast in a sentence.
        pub forecast: String,
        /// What the forecast follows from, in sentences.
        pub forecast_reasons: Vec<String>,
        /// Suggested minutes between checks; none where too little is known.
        pub interval_minutes: Option<u32>,
        /// The suggestion with its reason, in a sentence.
        pub interval: String,
    }

    /// What takes from health.
    pub struct InsightReason {
        /// In words.
        pub reason: String,
        /// So many points.
        pub points: u32,
    }

    /// How good past forecasts would have been.
    pub struct InsightBacktest {
        /// Forecasts for past days that were compared with what came.
        pub forecasts: u32,
        /// Days of a device that no read covers: they are left out.
        pub unwatched_days: u32,
        /// Their Brier score, 0 at best; none where there were too few to judge.
        pub brier: Option<f64>,
        /// That of the naive forecast.
        pub naive_brier: Option<f64>,
        /// What was said against what came.
        pub bins: Vec<InsightBin>,
        /// How good they were, in sentences.
        pub sentence: String,
    }

    /// Forecasts that said about the same.
    pub struct InsightBin {
        /// How many.
        pub count: u32,
        /// What they said on the mean, in percent.
        pub said_percent: f64,
        /// How often drift came, in percent.
        pub came_percent: f64,
    }
}
