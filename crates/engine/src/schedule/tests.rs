use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

fn timing(cron: &str, zone: &str, jitter: u32) -> Timing {
    Timing::new(
        Cron::parse(cron).unwrap(),
        TimeZone::parse(zone).unwrap(),
        jitter,
        7,
    )
    .unwrap()
}

/// The due moments after one, in UTC.
fn check_next(cron: &str, zone: &str, after: &str, expected: &[&str]) {
    let found = timing(cron, zone, 0).preview(at(after), expected.len());
    let expected: Vec<_> = expected.iter().map(|text| at(text)).collect();
    assert_eq!(found, expected, "{cron} in {zone}");
}

#[test]
fn texts_are_read_or_refused() {
    for good in [
        "*/15 * * * *",
        "30 2 * * MON-FRI",
        " 0  6,18 1 JAN * ",
        "@hourly",
        "@daily",
        "0 0 29 2 *",
    ] {
        assert!(Cron::parse(good).is_ok(), "{good}");
    }
    for bad in [
        "",
        "* * * *",
        "* * * * * *",
        "61 * * * *",
        "0 24 * * *",
        "@reboot",
        "@yearly x",
        "a b c d e",
    ] {
        assert!(
            matches!(Cron::parse(bad), Err(ScheduleError::Cron { .. })),
            "{bad:?} {:?}",
            Cron::parse(bad)
        );
    }
    assert!(matches!(
        Cron::parse("0 0 30 2 *"),
        Err(ScheduleError::Never { .. })
    ));
    assert!(TimeZone::parse("Europe/Berlin").is_ok());
    assert!(TimeZone::parse("Mars/Olympus").is_err());
    assert!(Timing::new(Cron::parse("@daily").unwrap(), TimeZone::UTC, 3601, 1).is_err());
}

#[test]
fn a_time_in_the_zone() {
    check_next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-01-10T00:00:00Z",
        &["2026-01-10T01:30:00Z", "2026-01-11T01:30:00Z"],
    );
    check_next(
        "0 9 * * MON",
        "Asia/Tokyo",
        "2026-01-10T00:00:00.750Z",
        &["2026-01-12T00:00:00Z"],
    );
}

#[test]
fn a_named_hour_in_a_gap_runs_once_after_it() {
    // Clocks go from 02:00 to 03:00 on 29 March 2026.
    check_next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-03-28T12:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"],
    );
    check_next(
        "30 2,14 * * *",
        "Europe/Berlin",
        "2026-03-29T00:00:00Z",
        &["2026-03-29T01:00:00Z", "2026-03-29T12:30:00Z"],
    );
}

#[test]
fn hours_that_go_round_skip_a_gap() {
    check_next(
        "*/30 * * * *",
        "Europe/Berlin",
        "2026-03-29T00:20:00Z",
        &[
            "2026-03-29T00:30:00Z",
            "2026-03-29T01:00:00Z",
            "2026-03-29T01:30:00Z",
        ],
    );
}

#[test]
fn a_named_hour_in_a_fold_runs_the_first_time() {
    // Clocks go from 03:00 back to 02:00 on 25 October 2026.
    check_next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-24T12:00:00Z",
        &["2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"],
    );
    check_next(
        "30 2 * * *",
        "Europe/Berlin",
        "2026-10-25T01:10:00Z",
        &["2026-10-26T01:30:00Z"],
    );
}

#[test]
fn hours_that_go_round_run_in_both_hours_of_a_fold() {
    check_next(
        "*/30 * * * *",
        "Europe/Berlin",
        "2026-10-24T23:45:00Z",
        &[
            "2026-10-25T00:00:00Z",
            "2026-10-25T00:30:00Z",
            "2026-10-25T01:00:00Z",
            "2026-10-25T01:30:00Z",
            "2026-10-25T02:00:00Z",
        ],
    );
}

#[test]
fn a_day_that_was_left_out_is_passed() {
    // Samoa had no 30 December 2011.
    check_next(
        "0 12 * * *",
        "Pacific/Apia",
        "2011-12-29T23:00:00Z",
        &["2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"],
    );
}

#[test]
fn missed_runs_are_caught_up_once() {
    let hourly = timing("0 * * * *", "UTC", 0);
    let last = at("2026-01-10T00:00:00Z");
    assert_eq!(hourly.due(last, at("2026-01-10T00:59:59Z")), None);
    let on_time = hourly.due(last, at("2026-01-10T01:00:05Z")).unwrap();
    assert_eq!((on_time.at, on_time.late), (at("2026-01-10T01:00:00Z"), false));
    let late = hourly.due(last, at("2026-01-10T03:20:00Z")).unwrap();
    assert_eq!((late.at, late.late), (at("2026-01-10T03:00:00Z"), true));
    assert_eq!(hourly.due(late.at, at("2026-01-10T03:20:00Z")), None);
    let yearly = timing("0 0 1 1 *", "UTC", 0);
    let late = yearly.due(at("2020-06-01T00:00:00Z"), at("2026-06-01T00:00:00Z"));
    assert_eq!(late.unwrap().at, at("2026-01-01T00:00:00Z"));
}

const CRONS: &[&str] = &[
    "* * * * *",
    "*/7 * * * *",
    "15 */3 * * *",
    "0 2 * * *",
    "30 2,14 * * *",
    "5 1-4 * * *",
    "0 3 * * SUN",
    "59 23 28-31 * *",
];
const ZONES: &[&str] = &[
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "Pacific/Apia",
    "Africa/Casablanca",
];

fn timings() -> impl Strategy<Value = Timing> {
    let parts = (
        prop::sample::select(CRONS),
        prop::sample::select(ZONES),
        0..=MAX_JITTER_SECONDS,
        any::<u64>(),
    );
    parts.prop_map(|(cron, zone, jitter, key)| {
        let (cron, zone) = (Cron::parse(cron).unwrap(), TimeZone::parse(zone).unwrap());
        Timing::new(cron, zone, jitter, key).unwrap()
    })
}

/// Within some years, often close to a change of clocks.
fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    let changes = [
        "2026-03-29T01:00:00Z",
        "2026-10-25T01:00:00Z",
        "2026-11-01T06:00:00Z",
        "2026-04-04T15:00:00Z",
    ];
    let near = (
        prop::sample::select(changes.to_vec()),
        -20_000_000_i64..20_000_000,
    )
        .prop_map(|(change, off)| at(change) + Duration::milliseconds(off));
    let any = (1_700_000_000_000_i64..1_900_000_000_000)
        .prop_map(|millis| DateTime::from_timestamp_millis(millis).unwrap());
    prop_oneof![near, any]
}

proptest! {
    #[test]
    fn due_moments_are_in_order_and_nothing_is_between_them(timing in timings(), after in moments()) {
        let dues = timing.preview(after, 6);
        prop_assert_eq!(dues.len(), 6);
        prop_assert!(dues[0] > after);
        prop_assert!(dues.is_sorted() && dues.windows(2).all(|pair| pair[0] < pair[1]));
        for pair in dues.windows(2) {
            let between = pair[0] + (pair[1] - pair[0]) / 2;
            prop_assert_eq!(timing.next_due(between), Some(pair[1]));
            prop_assert_eq!(timing.next_due(pair[1] - Duration::milliseconds(1)), Some(pair[1]));
        }
    }

    #[test]
    fn however_long_nobody_was_awake_one_run_is_due(timing in timings(), last in moments(), asleep in 0_i64..4_000_000) {
        let now = last + Duration::seconds(asleep);
        match timing.due(last, now) {
            None => prop_assert!(timing.next_due(last).is_none_or(|due| due > now)),
            Some(due) => {
                prop_assert!(last < due.at && due.at <= now);
                prop_assert_eq!(due.late, now - due.at > GRACE);
                prop_assert_eq!(timing.due(due.at, now), None);
            }
        }
    }

    #[test]
    fn jitter_only_delays(cron in prop::sample::select(CRONS), jitter in 0..=MAX_JITTER_SECONDS, after in moments()) {
        let plain = timing(cron, "Europe/Berlin", 0);
        let spread = timing(cron, "Europe/Berlin", jitter);
        let due = spread.next_due(after).unwrap();
        let earlier = plain.next_due(due - Duration::seconds(i64::from(jitter) + 1)).unwrap();
        prop_assert!(earlier <= due);
    }
}
