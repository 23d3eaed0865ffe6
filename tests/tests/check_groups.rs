//! Checks of several devices: schedules of groups, and how many devices are read at once.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use bk_app::views::{
    CheckOutcome, CheckRequest, CheckRunState, CheckRunView, CheckScope, DeviceRow, ImportRequest,
    ImportVerdict, ScheduleInput, ScheduleView, SettingInput,
};
use bk_engine::ports::Clock;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_store::{CheckWhy, NewCheckRun, Store, StoreOptions};
use bk_tests::Scene;

const DAILY: &str = "0 0 * * *";

async fn leaves(scene: &Scene) -> Vec<DeviceRow> {
    let mut devices = scene.app.devices_list().await.unwrap();
    devices.retain(|device| device.tier == "leaf");
    devices
}

/// Puts a device in these groups and in no other.
async fn regroup(scene: &Scene, device: &DeviceRow, groups: &[&str]) {
    let row = serde_json::json!([{
        "name": device.name, "address": device.address, "port": device.port, "groups": groups,
    }]);
    let request = ImportRequest {
        text: row.to_string(),
        source: Some("groups.json".to_owned()),
        credentials: device.credentials.clone(),
    };
    let report = scene.app.devices_import(request).await.unwrap();
    assert_eq!(report.rows[0].verdict, ImportVerdict::Changed, "{report:?}");
}

fn groups(names: &[&str]) -> CheckScope {
    CheckScope::Groups {
        groups: names.iter().map(|name| (*name).to_owned()).collect(),
    }
}

async fn saved(scene: &Scene, name: &str, scope: CheckScope, at_once: u16) -> ScheduleView {
    let input = ScheduleInput {
        name: name.to_owned(),
        scope,
        cron: DAILY.to_owned(),
        zone: "UTC".to_owned(),
        jitter_seconds: 0,
        at_once,
        ..scene.app.schedule_blank()
    };
    scene.app.schedule_save(input).await.unwrap()
}

/// Lets the only schedule come due, and runs it.
async fn due(scene: &Scene) -> CheckRunView {
    let next = scene.app.schedules_list().await.unwrap()[0].next.clone();
    scene.clock.advance_to(&next.unwrap().at);
    let mut ran = scene.app.checks_due().await.unwrap();
    assert_eq!(ran.len(), 1, "{ran:#?}");
    ran.remove(0)
}

/// Each device of a run and what came of it.
fn results(run: &CheckRunView) -> BTreeMap<&str, CheckOutcome> {
    let rows = run.devices.iter();
    let results: BTreeMap<_, _> = rows.map(|row| (row.device.as_str(), row.outcome)).collect();
    assert_eq!(results.len(), run.devices.len(), "each device stands there once");
    results
}

fn another_engineer_retags(scene: &Scene, device: &str) {
    let text = scene.truth()[device].flattened.clone();
    let tagged = |line: &&str| line.starts_with("interfaces ge") && line.contains(" vlan-id ");
    let line = text.lines().find(tagged).unwrap();
    let interface = line.split(' ').nth(1).unwrap();
    let typed = [format!("interfaces {interface} vlan-id 3777")];
    assert!(scene.another_commits(device, &typed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_of_groups_checks_who_is_in_them_when_it_runs() {
    let scene = Scene::practice().await;
    let leaves = leaves(&scene).await;
    let [first, second, third, fourth, ..] = leaves.as_slice() else {
        panic!("{leaves:?}");
    };
    let unknown = ScheduleInput {
        scope: groups(&["east", "west"]),
        name: "night".to_owned(),
        ..scene.app.schedule_blank()
    };
    regroup(&scene, first, &["east"]).await;
    let refused = scene.app.schedule_save(unknown).await.unwrap_err().view();
    assert_eq!(refused.code, "not-known");
    assert!(refused.sentence.contains("west"), "{refused:?}");

    regroup(&scene, second, &["east", "west"]).await;
    regroup(&scene, third, &["west"]).await;
    let schedule = saved(&scene, "night", groups(&["west", "east", "west"]), 8).await;
    assert_eq!(schedule.scope_words, "devices of east, west");
    another_engineer_retags(&scene, &second.name);
    // It is in no group that is checked.
    another_engineer_retags(&scene, &fourth.name);
    let run = due(&scene).await;
    let (in_sync, drift) = (CheckOutcome::InSync, CheckOutcome::Drift);
    let expected = [(first, in_sync), (second, drift), (third, in_sync)];
    let expected = expected.map(|(device, outcome)| (device.name.as_str(), outcome));
    assert_eq!(results(&run), BTreeMap::from(expected), "{run:#?}");
    assert_eq!((run.in_sync, run.drift, run.not_checked), (2, 1, 0));
    let open = scene.app.drift_list().await.unwrap().open;
    assert_eq!(open.len(), 1, "{open:#?}");

    // Who left the groups is not checked any more, who joined them is.
    regroup(&scene, second, &["north"]).await;
    regroup(&scene, fourth, &["north", "east"]).await;
    scene.fabric.set_reach(&third.name, Reach::Refuses);
    let run = due(&scene).await;
    let expected = [
        (first, in_sync),
        (third, CheckOutcome::NotChecked),
        (fourth, drift),
    ];
    let expected = expected.map(|(device, outcome)| (device.name.as_str(), outcome));
    assert_eq!(results(&run), BTreeMap::from(expected), "{run:#?}");

    // Nobody is left in them: nothing was checked, and nothing is in sync.
    for device in [first, third, fourth] {
        regroup(&scene, device, &["south"]).await;
    }
    let run = due(&scene).await;
    assert_eq!((run.in_sync, run.drift, run.not_checked), (0, 0, 0), "{run:#?}");
    assert_eq!((run.state, run.ended.is_some()), (CheckRunState::Ended, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_left_the_inventory_is_not_checked() {
    let scene = Scene::practice().await;
    let leaves = leaves(&scene).await;
    let (gone, stays) = (&leaves[0].name, &leaves[1].name);
    let devices = vec![gone.clone(), stays.clone()];
    saved(&scene, "two", CheckScope::Devices { devices }, 8).await;
    scene.app.device_remove(gone.clone()).await.unwrap();
    let run = due(&scene).await;
    let expected = [
        (gone.as_str(), CheckOutcome::NotChecked),
        (stays.as_str(), CheckOutcome::InSync),
    ];
    assert_eq!(results(&run), BTreeMap::from(expected), "{run:#?}");
    let row = run.devices.iter().find(|row| row.device == *gone).unwrap();
    assert_eq!(row.code.as_deref(), Some("not-known"), "{row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_another_process_began_has_not_ended() {
    let scene = Scene::practice().await;
    let folder = scene.data_dir().to_owned();
    let store = Store::open(StoreOptions { folder }).await.unwrap();
    let new = NewCheckRun {
        schedule: None,
        why: CheckWhy::Command,
        due_at: None,
        by: "kestrel".to_owned(),
        started_at: scene.clock.now(),
    };
    let run = store.checks().begin(&new).await.unwrap().unwrap();
    let shown = scene.app.check_runs(5).await.unwrap().remove(0);
    assert_eq!(
        (shown.id, shown.state, shown.ended),
        (run.0, CheckRunState::NotEnded, None)
    );
}

/// The most devices that were being read at once, from the first line that each received to its last `show`.
fn most_at_once(scene: &Scene, since: u64) -> usize {
    let mut spans: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for line in scene.fabric.received() {
        if line.number >= since {
            let span = spans.entry(line.device).or_insert((line.number, line.number));
            if line.line.starts_with("show ") {
                span.1 = line.number;
            }
        }
    }
    let at = |moment: u64| {
        let spans = spans.values();
        spans.filter(|(from, to)| (*from..=*to).contains(&moment)).count()
    };
    spans
        .values()
        .map(|(from, _)| at(*from))
        .max()
        .unwrap_or_default()
}

/// Checks devices, each of which stops in front of a gate, and the first of which is off.
async fn check_at_once(scene: &Scene, devices: &[String], schedule: Option<u32>, limit: usize, gate: &str) {
    let (off, others) = devices.split_first().unwrap();
    for device in others {
        let waits = Fault::on("show config", Moment::BeforeLine, Action::Gate(gate.to_owned()));
        scene.fabric.inject(device, waits).unwrap();
    }
    let received = scene.fabric.received();
    let since = received.last().map_or(0, |line| line.number + 1);
    let request = CheckRequest {
        devices: schedule.is_none().then(|| devices.to_vec()),
        schedule,
    };
    let begun = scene.app.check_now(request).await.unwrap();
    // So many are read at once, and no more.
    scene.fabric.gates().arrived(gate, limit).await;
    let running = scene.app.check_run(begun.run).await.unwrap();
    assert_eq!((running.state, running.ended), (CheckRunState::Running, None));
    scene.fabric.gates().open(gate);
    scene.wait_for(begun.activity).await;
    assert_eq!(most_at_once(scene, since), limit, "{gate}");

    let run = scene.app.check_run(begun.run).await.unwrap();
    assert_eq!(run.state, CheckRunState::Ended);
    let results = results(&run);
    assert_eq!(results.len(), devices.len(), "{run:#?}");
    for (device, outcome) in results {
        let expected = match device == off {
            true => CheckOutcome::NotChecked,
            false => CheckOutcome::InSync,
        };
        assert_eq!(outcome, expected, "{device}");
    }
    let row = run.devices.iter().find(|row| row.device == *off).unwrap();
    assert!(row.code.is_some(), "{row:?}");
    assert!(row.reason.as_ref().unwrap().contains(off.as_str()), "{row:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_more_devices_are_read_at_once_than_was_said() {
    let scene = Scene::practice().await;
    let leaves = leaves(&scene).await;
    let names: Vec<String> = leaves.iter().take(6).map(|leaf| leaf.name.clone()).collect();
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), 6, "{names:?}");
    for leaf in &leaves[..6] {
        regroup(&scene, leaf, &["east"]).await;
    }
    scene.fabric.set_reach(&names[0], Reach::Refuses);
    for limit in [1, 3] {
        let name = format!("{limit} at once");
        let schedule = saved(&scene, &name, groups(&["east"]), limit).await;
        check_at_once(&scene, &names, Some(schedule.id), limit.into(), &name).await;
    }
    let setting = SettingInput {
        setting: "concurrency".to_owned(),
        value: "2".to_owned(),
    };
    scene.app.settings_set(setting).await.unwrap();
    check_at_once(&scene, &names, None, 2, "by the settings").await;
}
