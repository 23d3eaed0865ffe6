//! Moments as views show them.

use chrono::{DateTime, Local, SecondsFormat, Utc};

/// RFC 3339 in UTC with milliseconds.
pub(crate) fn text(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Millis, true)
}

/// A moment within a sentence, as a clock beside the reader shows it: "14:22:38".
pub(crate) fn spoken(at: DateTime<Utc>) -> String {
    at.with_timezone(&Local).format("%H:%M:%S").to_string()
}

/// The same, with the day where it is not the day of `now`: "14:22:38 on 9 May".
pub(crate) fn spoken_on(at: DateTime<Utc>, now: DateTime<Utc>) -> String {
    let (local, today) = (at.with_timezone(&Local), now.with_timezone(&Local));
    if local.date_naive() == today.date_naive() {
        return spoken(at);
    }
    local.format("%H:%M:%S on %-d %b").to_string()
}

/// Milliseconds of a duration, as far as a view can tell them.
pub(crate) fn millis(took: std::time::Duration) -> u32 {
    u32::try_from(took.as_millis()).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    #[test]
    fn a_moment_of_another_day_is_told_with_its_day() {
        let at = Local.with_ymd_and_hms(2026, 5, 9, 14, 22, 38).unwrap().to_utc();
        assert_eq!(spoken(at), "14:22:38");
        assert_eq!(spoken_on(at, at), "14:22:38");
        assert_eq!(spoken_on(at, at + chrono::Duration::days(1)), "14:22:38 on 9 May");
    }
}
