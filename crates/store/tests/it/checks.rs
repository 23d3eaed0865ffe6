//! Schedules and runs of checks.

use bk_engine::schedule::{Cron, TimeZone};
use bk_store::{
    CheckOutcome, CheckResult, CheckRunId, CheckScope, CheckWhy, NewCheckRun, ScheduleId, ScheduleSpec,
    StoreError,
};
use chrono::{DateTime, Utc};

use super::support::{at, name, open, with_devices};

fn spec(called: &str) -> ScheduleSpec {
    ScheduleSpec {
        name: called.to_owned(),
        scope: CheckScope::Devices(vec![name("LEAF-A01")]),
        cron: Cron::parse("30 2 * * *").unwrap(),
        zone: TimeZone::parse("Europe/Berlin").unwrap(),
        jitter: 60,
        at_once: 4,
        limit: 300,
        enabled: true,
    }
}

fn new_run(schedule: Option<ScheduleId>, due_at: Option<DateTime<Utc>>, started: i64) -> NewCheckRun {
    NewCheckRun {
        schedule,
        why: CheckWhy::Scheduled,
        due_at,
        by: "birch".to_owned(),
        started_at: at(started),
    }
}

fn result(device: &str, outcome: CheckOutcome) -> CheckResult {
    CheckResult {
        device: name(device),
        at: at(5),
        outcome,
        took_ms: Some(7),
    }
}

#[tokio::test]
async fn a_schedule_is_kept_as_it_was_said() {
    let (folder, store) = with_devices(&["LEAF-A01"]).await;
    let id = store
        .schedules()
        .save(None, &spec("night"), at(0), "birch")
        .await
        .unwrap();
    store.close().await;
    let store = open(&folder).await;
    let kept = store.schedules().list().await.unwrap();
    assert_eq!((kept.len(), kept[0].id, &kept[0].spec), (1, id, &spec("night")));

    let again = store.schedules().save(None, &spec("night"), at(1), "birch").await;
    assert!(matches!(again, Err(StoreError::Refused { .. })));
    let groups = ScheduleSpec {
        scope: CheckScope::Groups(vec!["row 7".to_owned()]),
        enabled: false,
        ..spec("day")
    };
    store
        .schedules()
        .save(Some(id), &groups, at(2), "birch")
        .await
        .unwrap();
    let kept = store.schedules().list().await.unwrap();
    assert_eq!(
        (&kept[0].spec, kept[0].created_at, kept[0].changed_at),
        (&groups, at(0), at(2))
    );

    store.schedules().remove(id, at(3), "birch").await.unwrap();
    assert!(store.schedules().list().await.unwrap().is_empty());
    assert!(store.schedules().remove(id, at(4), "birch").await.is_err());
    // The name is free again.
    store
        .schedules()
        .save(None, &groups, at(5), "birch")
        .await
        .unwrap();
    let told = store.events().newest("schedule", 10).await.unwrap();
    assert_eq!(told.len(), 4);
    assert_eq!((told[1].before.is_some(), told[1].after.is_some()), (true, false));
}

#[tokio::test]
async fn a_due_moment_is_run_once_and_the_first_result_stays() {
    let (_folder, store) = with_devices(&["LEAF-A01", "LEAF-A02"]).await;
    let night = store
        .schedules()
        .save(None, &spec("night"), at(0), "birch")
        .await
        .unwrap();
    let checks = store.checks();
    let run = checks
        .begin(&new_run(Some(night), Some(at(10)), 11))
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        checks
            .begin(&new_run(Some(night), Some(at(10)), 12))
            .await
            .unwrap(),
        None
    );
    // What nothing was due for runs as often as it is asked for.
    for _ in 0..2 {
        assert!(
            checks
                .begin(&new_run(Some(night), None, 13))
                .await
                .unwrap()
                .is_some()
        );
    }
    assert_eq!(checks.last_due(night).await.unwrap(), Some(at(10)));

    let lost = CheckOutcome::NotChecked {
        code: "no-answer".to_owned(),
        sentence: "LEAF-A02 did not answer.".to_owned(),
    };
    checks.note(run, &result("LEAF-A02", lost.clone())).await.unwrap();
    checks
        .note(run, &result("LEAF-A02", CheckOutcome::InSync))
        .await
        .unwrap();
    checks
        .note(run, &result("LEAF-A01", CheckOutcome::Drift { events: 2 }))
        .await
        .unwrap();
    checks.end(run, at(20)).await.unwrap();
    store.schedules().remove(night, at(30), "birch").await.unwrap();

    let runs = checks.runs(10).await.unwrap();
    assert_eq!(runs.len(), 3);
    let first = &runs[2];
    assert_eq!((first.id, first.ended_at), (run, Some(at(20))));
    assert_eq!(first.schedule, Some((night, "night".to_owned())));
    let outcomes: Vec<&CheckOutcome> = first.results.iter().map(|one| &one.outcome).collect();
    assert_eq!(outcomes, [&CheckOutcome::Drift { events: 2 }, &lost]);
    assert_eq!(checks.run(run).await.unwrap(), *first);
    assert!(checks.run(CheckRunId(99)).await.is_err());
    assert_eq!(checks.runs(1).await.unwrap()[0].results, []);
    assert_eq!(checks.results_since(at(0), 10).await.unwrap().len(), 2);
    assert_eq!(checks.results_since(at(6), 10).await.unwrap().len(), 0);

    // After more than a year a run is dropped with its results.
    checks.begin(&new_run(None, None, 401 * 86_400)).await.unwrap();
    assert_eq!(checks.runs(10).await.unwrap().len(), 1);
    assert!(checks.results_since(at(0), 10).await.unwrap().is_empty());
}
