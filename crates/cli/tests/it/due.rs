//! What is due, and was missed: `bk check --due`.

use std::sync::Arc;
use std::time::Duration;

use bk_app::views::{CheckScope, ScheduleInput};
use bk_app::{App, AppOptions, Clock, SecretStoreChoice, SystemClock};
use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;
use chrono::{DateTime, TimeDelta, Timelike, Utc};

use crate::support::Bench;

/// How long ago schedules were added here: each has been due three times since.
const AGO: TimeDelta = TimeDelta::hours(3);

/// The clock as it was when the schedules were added.
struct Earlier;

impl Clock for Earlier {
    fn now(&self) -> DateTime<Utc> {
        SystemClock.now() - AGO
    }

    fn since_boot(&self) -> Duration {
        SystemClock.since_boot()
    }
}

/// Adds schedules of one device each as somebody did hours ago; they were due last ten minutes ago.
async fn missed(bench: &Bench, schedules: &[(&str, &str)]) {
    let app = App::open(AppOptions {
        data_dir: bench.data(),
        practice: None,
        events: Arc::new(|_| {}),
        secrets: SecretStoreChoice::SessionOnly,
        clock: Arc::new(Earlier),
    });
    let app = app.await.unwrap();
    let minute = (Utc::now() - TimeDelta::minutes(10)).minute();
    for (name, device) in schedules {
        let input = ScheduleInput {
            name: (*name).to_owned(),
            scope: CheckScope::Devices {
                devices: vec![(*device).to_owned()],
            },
            cron: format!("{minute} * * * *"),
            zone: "UTC".to_owned(),
            jitter_seconds: 0,
            ..app.schedule_blank()
        };
        app.schedule_save(input).await.unwrap();
    }
    app.close().await;
}

/// Runs what is due, checks code and text, and that it was all.
async fn check(bench: &Bench, code: i32, told: &[&str]) {
    let ran = bench.bk(&["check", "--due"]).await.expect(code).stdout;
    let runs: Vec<&str> = ran.lines().filter(|line| line.starts_with("Check ")).collect();
    assert_eq!(runs, told, "{ran}");
    let again = bench.bk(&["check", "--due"]).await.expect(0);
    assert_eq!(again.stdout, "Nothing is due.\n");
    let json = bench.bk(&["--json", "check", "--due"]).await.expect(0).json();
    assert_eq!(json, serde_json::json!([]));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_missed_is_caught_up_once() {
    let bench = Bench::discovered(Dialect::default()).await;
    let dump = bench.dump();
    let mut leaves = dump.keys().filter(|name| name.contains("LEAF"));
    let (calm, off) = (leaves.next().unwrap(), leaves.next().unwrap());
    let differs = leaves.next().unwrap();

    missed(&bench, &[("calm", calm)]).await;
    let caught = "caught up after sleep";
    check(
        &bench,
        0,
        &[&format!(
            "Check 1 of calm, {caught}: 1 in sync, 0 with drift, 0 not checked"
        )],
    )
    .await;
    // However often it was missed, it ran once.
    let shown = bench.bk(&["--json", "schedules", "show", "calm"]).await;
    let shown = shown.expect(0).json();
    let [run] = shown["runs"].as_array().unwrap().as_slice() else {
        panic!("{shown}");
    };
    assert_eq!(
        (&run["why"], run["ended"].is_string()),
        (&"caught-up".into(), true)
    );
    assert_eq!(run["due"], shown["schedule"]["lastDue"]);

    // 9: one can't be read, and nothing is known of it.
    bench.fabric.set_reach(off, Reach::Refuses);
    missed(&bench, &[("off", off)]).await;
    check(
        &bench,
        9,
        &[&format!(
            "Check 2 of off, {caught}: 0 in sync, 0 with drift, 1 not checked"
        )],
    )
    .await;

    // 6: of all that was due, one differs, whatever else is not checked.
    let text = &dump[differs].flattened;
    let line = text.lines().find(|line| line.contains(" vlan-id ")).unwrap();
    let interface = line.split(' ').nth(1).unwrap();
    bench.another_commits(differs, &[format!("interfaces {interface} vlan-id 3777")]);
    missed(&bench, &[("again", off), ("differs", differs)]).await;
    check(
        &bench,
        6,
        &[
            &format!("Check 3 of again, {caught}: 0 in sync, 0 with drift, 1 not checked"),
            &format!("Check 4 of differs, {caught}: 0 in sync, 1 with drift, 0 not checked"),
        ],
    )
    .await;

    // What was removed is not due.
    missed(&bench, &[("gone", calm)]).await;
    bench.bk(&["schedules", "remove", "gone"]).await.expect(0);
    check(&bench, 0, &[]).await;
}
