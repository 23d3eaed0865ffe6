//! Why a device was not checked, or not read, in words.

use std::time::Duration;

use bk_engine::deploy::DeploymentId;
use bk_engine::schedule::ScheduleError;
use bk_model::DeviceName;

use super::AppError;
use super::view::plain;
use crate::views::ErrorView;

fn about(device: &DeviceName, code: &str, sentence: String, next: Option<&str>) -> ErrorView {
    ErrorView {
        device: Some(device.to_string()),
        ..plain(code, sentence, next)
    }
}

pub(crate) fn at_work(device: &DeviceName, deployment: DeploymentId) -> ErrorView {
    about(
        device,
        "deployment-runs",
        format!("{device} was not read: deployment {deployment} was at work there."),
        Some("Read it again"),
    )
}

pub(crate) fn no_record(device: &DeviceName) -> ErrorView {
    about(
        device,
        "no-record",
        format!("{device} was never discovered, so there is nothing to compare it with."),
        Some("Discover it"),
    )
}

pub(crate) fn time_over(device: &DeviceName, limit: Duration) -> ErrorView {
    about(
        device,
        "time-limit",
        format!(
            "{device} was not read within the {} s that the check may take.",
            limit.as_secs()
        ),
        None,
    )
}

pub(crate) fn reading_in_the_way(device: &DeviceName, limit: Duration) -> ErrorView {
    about(
        device,
        "busy",
        format!(
            "{device} was not read: another reading of devices went on for {} s.",
            limit.as_secs()
        ),
        None,
    )
}

pub(crate) fn not_in_inventory(device: &DeviceName) -> ErrorView {
    about(
        device,
        "not-known",
        format!("{device} is no longer in the inventory."),
        None,
    )
}

pub(crate) fn ended_early(device: &DeviceName) -> ErrorView {
    about(
        device,
        "ended-early",
        format!("The check ended before {device} was read."),
        Some("Check again"),
    )
}

impl From<ScheduleError> for AppError {
    fn from(error: ScheduleError) -> Self {
        let (field, reason) = match error {
            ScheduleError::Cron { text, reason } => ("cron", format!("{text:?} says no time: {reason}")),
            ScheduleError::Never { text } => ("cron", format!("{text:?} names a time that never comes")),
            ScheduleError::Zone { name } => (
                "time zone",
                format!("there is no {name:?}; one is called \"Europe/Berlin\""),
            ),
            ScheduleError::Jitter { seconds } => ("jitter", format!("{seconds} s are more than an hour")),
        };
        Self::BadInput { field, reason }
    }
}
