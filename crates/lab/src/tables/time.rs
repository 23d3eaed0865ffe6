//! Times that a device tells about itself, and values that only have to look alive.

use chrono::{DateTime, FixedOffset, TimeDelta, TimeZone as _, Utc};

/// A number that depends on the text alone (FNV-1a).
pub(super) fn number_of(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

/// When a device was switched on: a fixed day in January 2026, the time of day by its name.
pub(super) fn started(device: &str, zone: FixedOffset) -> DateTime<FixedOffset> {
    let day = Utc
        .timestamp_opt(1_767_571_200, 0)
        .single()
        .unwrap_or(DateTime::<Utc>::MIN_UTC);
    let into_day = TimeDelta::seconds((number_of(device) % 86_400) as i64);
    (day + into_day).with_timezone(&zone)
}

/// The time from `since` to `now`, never negative.
pub(super) fn elapsed(since: DateTime<FixedOffset>, now: DateTime<FixedOffset>) -> TimeDelta {
    (now - since).max(TimeDelta::zero())
}

/// `7 days, 0:04:35`, as `show system` prints it.
pub(super) fn short(time: TimeDelta) -> String {
    let (days, hours, minutes, seconds) = parts(time);
    format!("{days} days, {hours}:{minutes:02}:{seconds:02}")
}

/// `2 days, 04:53:28`, as interfaces and bridge domains print it.
pub(super) fn padded(time: TimeDelta) -> String {
    let (days, hours, minutes, seconds) = parts(time);
    format!("{days} days, {hours:02}:{minutes:02}:{seconds:02}")
}

fn parts(time: TimeDelta) -> (i64, i64, i64, i64) {
    (
        time.num_days(),
        time.num_hours() % 24,
        time.num_minutes() % 60,
        time.num_seconds() % 60,
    )
}

/// `UTC` or `UTC+02:00`.
pub(super) fn zone(time: DateTime<FixedOffset>) -> String {
    if time.offset().local_minus_utc() == 0 {
        "UTC".to_owned()
    } else {
        format!("UTC{}", time.offset())
    }
}
