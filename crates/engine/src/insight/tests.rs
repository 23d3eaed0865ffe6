use bk_model::{BridgeDomainName, DeviceName};
use chrono::{DateTime, Duration, Utc};
use proptest::prelude::*;

use super::*;
use crate::drift::{Committed, DriftSource};

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-09T12:00:00Z")
        .unwrap()
        .to_utc()
}

fn device(number: usize) -> DeviceName {
    DeviceName::new(format!("LEAF-A{number:02}")).unwrap()
}

fn event(on: usize, object: &str, hours_ago: i64) -> EventFact {
    EventFact {
        device: device(on),
        object: DriftObject::of_path(object),
        kind: DriftKind::Mismatch,
        severity: Severity::High,
        domains: vec![BridgeDomainName::new("g_kestrel_v251").unwrap()],
        source: "check".to_owned(),
        committed: None,
        first_seen: now() - Duration::hours(hours_ago),
        closed: None,
        left: false,
    }
}

fn closed(mut event: EventFact, after: Duration, ending: Ending) -> EventFact {
    event.closed = Some((event.first_seen + after, ending));
    event
}

fn check(on: usize, hours_ago: i64, checked: bool) -> CheckFact {
    CheckFact {
        device: device(on),
        at: now() - Duration::hours(hours_ago),
        checked,
    }
}

fn facts<'a>(events: &'a [EventFact], checks: &'a [CheckFact], devices: &'a [DeviceName]) -> Facts<'a> {
    Facts {
        events,
        checks,
        reads: &[],
        devices,
        known_since: now() - Duration::days(90),
        from: now() - Duration::days(60),
        now: now(),
        zone: TimeZone::UTC,
    }
}

fn past(events: &[EventFact], checks: &[CheckFact]) -> Past {
    let (events, checks): (Vec<_>, Vec<_>) = (events.iter().collect(), checks.iter().collect());
    Past::of(&events, &checks, &[], now() - Duration::days(365))
}

fn committed(users: &[&str]) -> Option<Committed> {
    Some(Committed {
        user: users.first()?.to_string(),
        via: "cli".to_owned(),
        time: "09-Mar-2026 19:09:18".to_owned(),
        count: 3,
        at_least: false,
        users: users.iter().map(ToString::to_string).collect(),
    })
}

const PORT: &str = "interfaces ge100-0/0/12.251";

#[test]
fn events_are_counted_by_everything() {
    let mut events = vec![event(1, PORT, 1), event(1, PORT, 30), event(2, PORT, 25)];
    events[1].domains.clear();
    events[2]
        .domains
        .push(BridgeDomainName::new("g_birch_v300").unwrap());
    events[2].source = "deployment 4".to_owned();
    events[0].committed = committed(&["rowan"]);
    events[1].committed = committed(&["rowan", "birch"]);
    events.push(event(2, PORT, 24 * 70));
    let counts = look(&facts(&events, &[], &[])).counts;
    assert_eq!(counts.total, 3, "the one before the window does not count");
    assert_eq!(counts.by_device[&device(1)], 2);
    assert_eq!(counts.by_owner[&Owner::One("kestrel".to_owned())], 1);
    assert_eq!(counts.by_owner[&Owner::Several], 1);
    assert_eq!(counts.by_owner[&Owner::NotTold], 1);
    assert_eq!(counts.by_committer[&Committer::One("rowan".to_owned())], 1);
    assert_eq!(counts.by_committer[&Committer::OneOfSeveral], 1);
    assert_eq!(counts.by_committer[&Committer::NotObservable], 1);
    assert_eq!(counts.by_source[&Source::Deployment], 1);
    assert_eq!(counts.by_source[&Source::Known(DriftSource::Check)], 2);
    assert_eq!((counts.by_hour[11], counts.by_hour[6]), (2, 1));
}

#[test]
fn what_comes_back_soon_is_told() {
    let gone = |ago, after| closed(event(1, PORT, ago), Duration::hours(after), Ending::Gone);
    let mut events = vec![gone(300, 10), gone(200, 10), event(1, PORT, 100)];
    events.push(closed(
        event(2, PORT, 24 * 40),
        Duration::hours(1),
        Ending::Synced,
    ));
    events.push(event(2, PORT, 24));
    let found = recurrences(&facts(&events, &[], &[]));
    assert_eq!((found.events, found.came_back), (5, 2));
    assert_eq!(found.top.len(), 1);
    assert_eq!((&found.top[0].device, found.top[0].times), (&device(1), 2));
}

#[test]
fn how_long_events_last() {
    let events: Vec<EventFact> = [(1, Ending::Gone), (3, Ending::Gone), (8, Ending::Deployed)]
        .into_iter()
        .map(|(hours, ending)| closed(event(1, PORT, 48), Duration::hours(hours), ending))
        .collect();
    let lasting = lasting(&facts(&events, &[], &[]));
    let all = lasting.all.unwrap();
    assert_eq!((all.count, all.mean, all.median), (3, 4.0 * 3600.0, 3.0 * 3600.0));
    assert_eq!(lasting.by_ending[&Ending::Gone].median, 2.0 * 3600.0);
    assert!(!lasting.by_ending.contains_key(&Ending::Synced));
}

#[test]
fn health_has_its_reasons() {
    let devices = [device(1), device(2), device(3)];
    let events = [event(2, PORT, 5)];
    let checks = [
        check(1, 1, true),
        check(2, 24 * 4, true),
        check(2, 3, false),
        check(3, 2, false),
    ];
    let insight = look(&facts(&events, &checks, &devices));
    let of = |number: usize| {
        let found = insight.devices.iter().find(|one| one.device == device(number));
        found.unwrap().health.clone()
    };
    assert_eq!((of(1).score, of(1).reasons), (100, Vec::new()));
    // 25 for the event, 35 * (4 - 1) / 6 for the age, 15 / 2 for one failure of two.
    assert_eq!(
        of(2)
            .reasons
            .iter()
            .map(|(_, points)| *points)
            .collect::<Vec<_>>(),
        [25, 18, 8]
    );
    assert_eq!(of(2).score, 49);
    assert_eq!(of(3).score, 50, "never checked, and every try failed");
    // The mean is 66.3, the worst tenth of three is one device.
    assert_eq!(insight.lab, Some(58));
    assert_eq!(lab_health(&[]), None);
}

#[test]
fn little_history_gives_no_number() {
    let devices = [device(1), device(2)];
    let events = [event(1, PORT, 20), event(1, PORT, 40)];
    let checks: Vec<CheckFact> = (0..30).map(|day| check(2, day * 24 + 1, true)).collect();
    let insight = look(&facts(&events, &checks, &devices));
    assert!(insight.devices.iter().all(|one| one.forecast.chance().is_none()));
    assert!(matches!(insight.devices[0].advice, Advice::TooLittle { .. }));
    // A month without any: a day between checks is short enough.
    let Advice::Every {
        interval, cautious, ..
    } = insight.devices[1].advice
    else {
        panic!("{:?}", insight.devices[1].advice);
    };
    assert_eq!((interval, cautious), (LONGEST_INTERVAL, true));
    assert!(matches!(insight.backtest, Backtest::TooLittle { .. }));
}

#[test]
fn a_device_that_drifts_every_day_is_likely_to_and_checked_often() {
    let devices = [device(1)];
    let events: Vec<EventFact> = (0..40).map(|day| event(1, PORT, day * 24 + 3)).collect();
    let insight = look(&facts(&events, &[], &devices));
    let chance = insight.devices[0].forecast.chance().unwrap();
    assert!((0.6..0.7).contains(&chance), "{chance}");
    let Advice::Every { interval, .. } = insight.devices[0].advice else {
        panic!("{:?}", insight.devices[0].advice);
    };
    assert_eq!(interval, Duration::minutes(140));
    let Backtest::Judged { forecasts, brier, .. } = insight.backtest else {
        panic!("{:?}", insight.backtest);
    };
    assert!(forecasts >= 30 && brier < 0.2, "{forecasts} {brier}");
}

#[test]
fn what_was_left_open_takes_no_health_and_is_counted_apart() {
    let devices = [device(1)];
    let left = EventFact {
        left: true,
        ..event(1, PORT, 5)
    };
    let insight = look(&facts(
        &[left, event(1, "interfaces ge100-0/0/13.251", 5)],
        &[check(1, 1, true)],
        &devices,
    ));
    let health = &insight.devices[0].health;
    assert_eq!((health.score, health.left), (75, 1));
    let one = HealthReason::Open {
        severity: Severity::High,
        count: 1,
    };
    assert_eq!(health.reasons, [(one, 25)]);
}

/// Daily checks for two weeks, then none for three.
#[test]
fn days_that_nobody_watched_are_not_free_of_drift() {
    let devices = [device(1)];
    let away = 21 * 24;
    let checks: Vec<CheckFact> = (0..15).map(|day| check(1, away + day * 24, true)).collect();
    let events: Vec<EventFact> = (0..7).map(|time| event(1, PORT, away + time * 48)).collect();
    let at_once = look(&Facts {
        now: now() - Duration::hours(away),
        ..facts(&events, &checks, &devices)
    });
    let later = look(&facts(&events, &checks, &devices));
    let (before, after) = (&at_once.devices[0], &later.devices[0]);
    assert_eq!((before.watched.days, after.watched.days), (14.0, 14.0));
    assert_eq!((before.watched.of, after.watched.of), (14.0, 35.0));
    assert_eq!(before.forecast.chance(), after.forecast.chance());
    assert_eq!(before.advice, after.advice);
    let Backtest::TooLittle { forecasts, unwatched } = later.backtest else {
        panic!("{:?}", later.backtest);
    };
    let Backtest::TooLittle { forecasts: known, .. } = at_once.backtest else {
        panic!("{:?}", at_once.backtest);
    };
    assert_eq!((forecasts, unwatched), (known, 21));
}

#[test]
fn a_read_is_a_look_like_a_check() {
    let read = |day: i64| ReadFact {
        device: device(1),
        at: now() - Duration::days(day),
    };
    let reads: Vec<ReadFact> = (0..=10).map(read).collect();
    let insight = look(&Facts {
        reads: &reads,
        ..facts(&[], &[], &[device(1)])
    });
    assert_eq!(insight.devices[0].watched.days, 10.0);
}

#[test]
fn events_of_one_commit_are_one_episode() {
    let one = event(1, PORT, 5);
    let mut other = event(1, "interfaces ge100-0/0/13.251", 5);
    other.first_seen += Duration::minutes(20);
    let past = Past::of(&[&one, &other], &[], &[], now() - Duration::days(90));
    assert_eq!(past.until(now()).len(), 1);
}

fn severities() -> impl Strategy<Value = Severity> {
    prop::sample::select(vec![
        Severity::Low,
        Severity::Medium,
        Severity::High,
        Severity::Critical,
    ])
}

prop_compose! {
    fn any_event()(
        on in 0_usize..4,
        port in 0..3,
        minutes in 0_i64..60 * 24 * 90,
        severity in severities(),
        kind in prop::sample::select(DriftKind::ALL.to_vec()),
        users in prop::sample::subsequence(vec!["rowan", "birch"], 0..=2),
        source in prop::sample::select(vec!["check", "discovery", "deployment 3", "settle"]),
        domains in prop::sample::subsequence(vec!["g_kestrel_v251", "g_birch_v300", "odd"], 0..=3),
        closed in prop::option::of((0_i64..10_000, 0..3_usize)),
    ) -> EventFact {
        let first_seen = now() - Duration::minutes(minutes);
        let endings = [Ending::Gone, Ending::Synced, Ending::Deployed];
        EventFact {
            severity,
            kind,
            source: source.to_owned(),
            committed: committed(&users),
            domains: domains.iter().map(|name| BridgeDomainName::new(*name).unwrap()).collect(),
            first_seen,
            closed: closed.map(|(after, ending)| (first_seen + Duration::minutes(after), endings[ending])),
            ..event(on, &format!("interfaces ge100-0/0/{port}.7"), 0)
        }
    }
}

prop_compose! {
    fn any_check()(on in 0_usize..4, hours in 0_i64..24 * 90, checked in any::<bool>()) -> CheckFact {
        check(on, hours, checked)
    }
}

fn histories() -> impl Strategy<Value = (Vec<EventFact>, Vec<CheckFact>)> {
    (
        prop::collection::vec(any_event(), 0..60),
        prop::collection::vec(any_check(), 0..40),
    )
}

fn all_devices() -> Vec<DeviceName> {
    (0..4).map(device).collect()
}

proptest! {
    #[test]
    fn sums_equal_the_total((events, checks) in histories()) {
        let devices = all_devices();
        let insight = look(&facts(&events, &checks, &devices));
        let counts = &insight.counts;
        let sums = [
            counts.by_device.values().sum::<u32>(),
            counts.by_kind.values().sum(),
            counts.by_severity.values().sum(),
            counts.by_owner.values().sum(),
            counts.by_committer.values().sum(),
            counts.by_source.values().sum(),
            counts.by_hour.iter().sum(),
            insight.recurrences.events,
        ];
        prop_assert_eq!(sums, [counts.total; 8]);
        prop_assert!(insight.recurrences.came_back <= insight.recurrences.events);
        let ended: u32 = insight.lasting.by_ending.values().map(|span| span.count).sum();
        prop_assert_eq!(ended, insight.lasting.all.map_or(0, |span| span.count));
        prop_assert_eq!(insight.devices.len(), devices.len());
        for one in &insight.devices {
            prop_assert!(one.forecast.chance().is_none_or(|chance| (0.0..=1.0).contains(&chance)));
            if let Advice::Every { interval, .. } = one.advice {
                prop_assert!((SHORTEST_INTERVAL..=LONGEST_INTERVAL).contains(&interval));
            }
            let taken: u32 = one.health.reasons.iter().map(|(_, points)| points).sum();
            prop_assert_eq!(u32::from(one.health.score) + taken, 100);
        }
    }

    #[test]
    fn one_more_open_event_never_makes_healthier((events, checks) in histories(), more in any_event()) {
        let devices = all_devices();
        let before = look(&facts(&events, &checks, &devices));
        let mut events = events;
        events.push(EventFact { closed: None, ..more });
        let after = look(&facts(&events, &checks, &devices));
        prop_assert!(after.lab <= before.lab);
        for one in &before.devices {
            let later = after.devices.iter().find(|other| other.device == one.device).unwrap();
            prop_assert!(later.health.score <= one.health.score);
        }
    }

    #[test]
    fn an_older_check_never_makes_healthier((events, mut checks) in histories(), hours in 1_i64..500) {
        let devices = all_devices();
        checks.retain(|check| check.checked);
        let before = look(&facts(&events, &checks, &devices)).lab;
        for check in &mut checks {
            check.at -= Duration::hours(hours);
        }
        let after = look(&facts(&events, &checks, &devices)).lab;
        prop_assert!(after <= before);
    }

    #[test]
    fn a_forecast_never_sees_what_came_after_it(
        (mut events, mut checks) in histories(),
        (later, later_checks) in histories(),
        days_ago in 0_i64..60,
    ) {
        let at = now() - Duration::days(days_ago);
        let said = |events: &[EventFact], checks: &[CheckFact]| {
            let past = past(events, checks);
            (forecast(&past, at, TimeZone::UTC), advise(&past, at))
        };
        let before = said(&events, &checks);
        events.retain(|event| event.first_seen <= at);
        checks.retain(|check| check.at <= at);
        events.extend(later.into_iter().filter(|event| event.first_seen > at));
        checks.extend(later_checks.into_iter().filter(|check| check.at > at));
        prop_assert_eq!(before, said(&events, &checks));
    }

    #[test]
    fn a_time_that_nobody_watched_makes_nothing_look_better(
        (drifted, looked) in (prop::collection::vec(any::<bool>(), 40..60), 1_usize..30),
        gap in 2_i64..60,
    ) {
        // A look a day, some of which find drift; the gap begins and ends with one that finds nothing.
        let history = |gap: i64| {
            let ago = |day: usize| i64::try_from(day).unwrap() * 24 + if day > looked { gap * 24 } else { 0 };
            let days = 0..drifted.len();
            let mut checks: Vec<CheckFact> = days.clone().map(|day| check(1, ago(day), true)).collect();
            checks.push(check(1, ago(looked) + gap * 24, true));
            let found = days.filter(|day| drifted[*day] && *day != looked);
            (found.map(|day| event(1, PORT, ago(day))).collect::<Vec<_>>(), checks)
        };
        let ((events, checks), (events_after, checks_after)) = (history(0), history(gap));
        let (one, other) = (past(&events, &checks), past(&events_after, &checks_after));
        prop_assert!((one.watched(now()).days - other.watched(now()).days).abs() < 1e-6);
        let devices = [device(1)];
        let said = |events: &[EventFact], checks: &[CheckFact]| look(&Facts {
            known_since: now() - Duration::days(365),
            ..facts(events, checks, &devices)
        });
        let (before, after) = (said(&events, &checks), said(&events_after, &checks_after));
        let (Advice::Every { per_day, .. }, Advice::Every { per_day: later, .. }) = (&before.devices[0].advice, &after.devices[0].advice) else {
            panic!("forty looks, a day apart, are enough");
        };
        prop_assert!((per_day - later).abs() < 1e-9);
        let (Backtest::Judged { forecasts, brier, naive, .. }, Backtest::Judged { forecasts: later, brier: brier_after, naive: naive_after, unwatched, .. }) = (before.backtest, after.backtest) else {
            // Without three episodes there is nothing to judge, and a gap does not add any.
            return Ok(());
        };
        prop_assert_eq!(forecasts, later);
        prop_assert!((brier - brier_after).abs() < 1e-9 && (naive - naive_after).abs() < 1e-9);
        prop_assert_eq!(i64::from(unwatched), gap);
    }

    #[test]
    fn wherever_it_falls_it_never_makes_drift_look_rarer((events, checks) in histories(), after in 0_i64..60 * 24 * 60, gap in 2_i64..200) {
        // Cuts between two looks: what lay between them is then not known to be watched.
        let cut = now() - Duration::minutes(after);
        let earlier = |at: DateTime<Utc>| if at <= cut { at - Duration::days(gap) } else { at };
        let mut apart = (events.clone(), checks.clone());
        apart.0.iter_mut().for_each(|event| event.first_seen = earlier(event.first_seen));
        apart.1.iter_mut().for_each(|check| check.at = earlier(check.at));
        let of = |events: &[EventFact], checks: &[CheckFact]| look(&Facts {
            known_since: now() - Duration::days(365),
            ..facts(events, checks, &all_devices())
        });
        let (before, after) = (of(&events, &checks), of(&apart.0, &apart.1));
        for one in &before.devices {
            let later = after.devices.iter().find(|later| later.device == one.device).unwrap();
            prop_assert!(later.watched.days <= one.watched.days + 1e-6);
            if let (Some(chance), Some(later)) = (one.forecast.chance(), later.forecast.chance()) {
                prop_assert!(later >= chance - 1e-9, "{} {}", chance, later);
            }
        }
    }
}
