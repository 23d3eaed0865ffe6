//! Checks over the practice fabric: due ones run by the clock, missed ones once, and what could not be read is never in sync.
#![cfg(test)]

use bk_app::views::{
    ActivityState, CheckOutcome, CheckRequest, CheckRunView, CheckScope, CheckWhy, DeployOptions,
    DeploymentStatus, DriftChoice, ObjectSync, Policy, ScheduleInput, ScheduleView,
};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};
use chrono::Duration;

fn hourly(scene: &Scene, scope: CheckScope) -> ScheduleInput {
    ScheduleInput {
        name: "hourly".to_owned(),
        scope,
        cron: "0 * * * *".to_owned(),
        zone: "Asia/Kolkata".to_owned(),
        jitter_seconds: 0,
        ..scene.app.schedule_blank()
    }
}

async fn saved(scene: &Scene, scope: CheckScope) -> ScheduleView {
    let input = hourly(scene, scope);
    scene.app.schedule_save(input).await.unwrap()
}

fn another_engineer_moves(scene: &Scene, device: &str, interface: &str) {
    let lines = [format!("interfaces {interface} vlan-id 3777")];
    assert!(scene.another_commits(device, &lines));
}

/// The newest run, once so many have ended.
async fn ended(scene: &Scene, count: usize) -> CheckRunView {
    scene
        .until(async |app| {
            let runs = app.check_runs(50).await.unwrap();
            let ended = runs.iter().filter(|run| run.ended.is_some()).count();
            (ended >= count).then(|| runs[0].clone())
        })
        .await
}

async fn check(scene: &Scene, devices: Option<Vec<String>>) -> CheckRunView {
    let request = CheckRequest {
        devices,
        schedule: None,
    };
    let begun = scene.app.check_now(request).await.unwrap();
    scene.wait_for(begun.activity).await;
    scene.app.check_run(begun.run).await.unwrap()
}

fn outcomes(run: &CheckRunView) -> (u32, u32, u32) {
    (run.in_sync, run.drift, run.not_checked)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_due_check_runs_and_finds_what_another_changed() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let all = scene.app.devices_list().await.unwrap().len();
    let schedule = saved(&scene, CheckScope::All).await;
    let next = schedule.next.clone().unwrap();
    assert!(next.local.ends_with(":00 IST"), "{next:?}");
    scene.app.run_schedules();
    scene.app.run_schedules();

    scene.clock.advance_to(&next.at);
    let quiet = ended(&scene, 1).await;
    assert_eq!(
        outcomes(&quiet),
        (u32::try_from(all).unwrap(), 0, 0),
        "{quiet:#?}"
    );
    assert_eq!(
        (quiet.schedule, quiet.why, quiet.due.as_ref()),
        (Some(schedule.id), CheckWhy::Scheduled, Some(&next.at))
    );

    another_engineer_moves(&scene, &device, &interface);
    let next = scene.app.schedules_list().await.unwrap()[0].next.clone().unwrap();
    scene.clock.advance_to(&next.at);
    let found = ended(&scene, 2).await;
    assert_eq!(
        outcomes(&found),
        (u32::try_from(all - 1).unwrap(), 1, 0),
        "{found:#?}"
    );
    let row = found.devices.iter().find(|row| row.device == device).unwrap();
    assert_eq!((row.outcome, row.events), (CheckOutcome::Drift, 1));
    assert_eq!(scene.app.drift_list().await.unwrap().open[0].object, interface);
    assert_eq!(scene.app.check_runs(50).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn missed_checks_are_caught_up_once() {
    let scene = Scene::practice().await;
    let (device, _) = scene.attachment().await;
    let devices = vec![device.clone()];
    let schedule = saved(&scene, CheckScope::Devices { devices }).await;
    // Nobody runs schedules through three due moments and half an hour.
    scene.clock.advance_to(&schedule.next.unwrap().at);
    scene.clock.advance(Duration::minutes(150));
    scene.app.run_schedules();
    let run = ended(&scene, 1).await;
    assert_eq!((run.why, outcomes(&run)), (CheckWhy::CaughtUp, (1, 0, 0)));
    // Whoever asks finds nothing left to do.
    assert!(scene.app.checks_due().await.unwrap().is_empty());
    assert_eq!(scene.app.check_runs(50).await.unwrap().len(), 1);
    let after = scene.app.schedules_list().await.unwrap();
    assert_eq!(after[0].last_due, run.due);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_read_is_not_checked() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    another_engineer_moves(&scene, &device, &interface);
    let found = check(&scene, Some(vec![device.clone()])).await;
    assert_eq!(outcomes(&found), (0, 1, 0));
    // An open event does not make a device that is off checked.
    scene.fabric.set_reach(&device, Reach::Refuses);
    let off = check(&scene, Some(vec![device.clone()])).await;
    assert_eq!(outcomes(&off), (0, 0, 1));
    let row = &off.devices[0];
    assert!(
        row.code.is_some() && row.reason.as_ref().unwrap().contains(&device),
        "{row:?}"
    );
    assert_eq!(off.why, CheckWhy::ByHand);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_time_limit_ends_a_device_that_hangs() {
    let scene = Scene::practice().await;
    let (device, _) = scene.attachment().await;
    let all = u32::try_from(scene.app.devices_list().await.unwrap().len()).unwrap();
    let hang = Fault::on("show config", Moment::BeforeAnswer, Action::Hang);
    scene.fabric.inject(&device, hang).unwrap();
    let schedule = scene
        .app
        .schedule_save(ScheduleInput {
            limit_seconds: 10,
            at_once: 16,
            ..hourly(&scene, CheckScope::All)
        })
        .await
        .unwrap();
    let request = CheckRequest {
        devices: None,
        schedule: Some(schedule.id),
    };
    let begun = scene.app.check_now(request).await.unwrap();
    let activity = scene.wait_for(begun.activity).await;
    assert_eq!(activity.state, ActivityState::Partial, "{activity:?}");
    let run = scene.app.check_run(begun.run).await.unwrap();
    assert_eq!(outcomes(&run), (all - 1, 0, 1), "{run:#?}");
    let row = run.devices.iter().find(|row| row.device == device).unwrap();
    assert_eq!(
        (row.outcome, row.code.as_deref()),
        (CheckOutcome::NotChecked, Some("time-limit"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_is_not_disturbed_and_its_lines_are_no_drift() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let held = plan.devices[0].device.clone();
    let gate = Fault::on("show lldp", Moment::BeforeLine, Action::Gate("look".to_owned()));
    scene.fabric.inject(&held, gate).unwrap();
    let options = DeployOptions {
        window_minutes: plan.window_minutes,
        policy: Policy::AllOrNothing,
    };
    let begun = scene
        .app
        .deployment_start(plan.hash.clone(), options)
        .await
        .unwrap();
    scene.fabric.gates().arrived("look", 1).await;

    let run = check(&scene, None).await;
    let planned: Vec<&str> = plan.devices.iter().map(|device| device.device.as_str()).collect();
    for row in &run.devices {
        let expected = match planned.contains(&row.device.as_str()) {
            true => (CheckOutcome::NotChecked, Some("deployment-runs")),
            false => (CheckOutcome::InSync, None),
        };
        assert_eq!((row.outcome, row.code.as_deref()), expected, "{row:?}");
    }
    assert_eq!(usize::try_from(run.not_checked).unwrap(), planned.len());

    scene.fabric.gates().open("look");
    let done = scene.until_ended(begun.row.id).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let after = check(&scene, None).await;
    assert_eq!((after.drift, after.not_checked), (0, 0), "{after:#?}");
    assert!(scene.app.drift_list().await.unwrap().closed.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schedule_is_read_or_refused() {
    let scene = Scene::practice().await;
    let refused = async |change: &dyn Fn(&mut ScheduleInput)| {
        let mut input = hourly(&scene, CheckScope::All);
        change(&mut input);
        scene.app.schedule_save(input).await.unwrap_err().view().code
    };
    assert_eq!(
        refused(&|input| input.cron = "0 0 30 2 *".to_owned()).await,
        "bad-input"
    );
    assert_eq!(
        refused(&|input| input.cron = "hourly".to_owned()).await,
        "bad-input"
    );
    assert_eq!(
        refused(&|input| input.zone = "Mars/Olympus".to_owned()).await,
        "bad-input"
    );
    assert_eq!(refused(&|input| input.jitter_seconds = 9999).await, "bad-input");
    assert_eq!(refused(&|input| input.limit_seconds = 1).await, "bad-input");
    assert_eq!(refused(&|input| input.name = " ".to_owned()).await, "bad-input");
    let nobody = CheckScope::Devices {
        devices: vec!["LEAF-Z99".to_owned()],
    };
    assert_eq!(refused(&|input| input.scope = nobody.clone()).await, "not-known");
    let nothing = CheckScope::Groups { groups: Vec::new() };
    assert_eq!(refused(&|input| input.scope = nothing.clone()).await, "bad-input");

    let first = saved(&scene, CheckScope::All).await;
    assert_eq!(refused(&|_| {}).await, "refused", "the name is taken");
    let preview = scene.app.schedule_preview(first.input.clone()).await.unwrap();
    assert_eq!(preview.times.len(), 5);
    assert_eq!(Some(&preview.times[0]), first.next.as_ref());
    let off = ScheduleInput {
        enabled: false,
        ..first.input
    };
    assert_eq!(scene.app.schedule_save(off).await.unwrap().next, None);
    scene.app.schedule_remove(first.id).await.unwrap();
    assert!(scene.app.schedules_list().await.unwrap().is_empty());
    assert!(scene.app.schedule_remove(first.id).await.is_err());
}

/// When each attachment of the domain was last in sync: device, interface, moment, by what, whether it differs.
async fn synced(scene: &Scene) -> Vec<(String, String, Option<String>, String, bool)> {
    let detail = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap();
    let of = |one: ObjectSync| {
        let source = one.source.unwrap_or_default();
        (one.device, one.interface, one.at, source, one.drift.is_some())
    };
    detail.synced.into_iter().map(of).collect()
}

async fn counted(scene: &Scene, device: &str) -> (u32, u32) {
    let rows = scene.app.domains_list().await.unwrap();
    let map = scene.app.fabric_map().await.unwrap();
    let row = rows.iter().find(|row| row.name == DOMAIN).unwrap();
    let node = map.devices.iter().find(|node| node.device == device).unwrap();
    (row.drift, node.drift)
}

/// What is offered about an open event.
async fn choices(scene: &Scene, event: u32) -> Vec<DriftChoice> {
    let detail = scene.app.drift_detail(event).await.unwrap();
    detail.choices.into_iter().map(|view| view.choice).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_object_tells_when_it_was_last_in_sync() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let start = synced(&scene).await;
    assert!(start.len() > 4, "{start:?}");
    for (.., at, source, differs) in &start {
        assert!(at.is_some() && source == "discovery" && !differs, "{start:?}");
    }
    assert_eq!(counted(&scene, &device).await, (0, 0));

    another_engineer_moves(&scene, &device, &interface);
    scene.clock.advance(Duration::minutes(10));
    check(&scene, None).await;
    for (before, after) in start.iter().zip(synced(&scene).await) {
        let is_moved = before.0 == device && before.1 == interface;
        assert_eq!((&before.0, &before.1), (&after.0, &after.1));
        assert_eq!(after.4, is_moved, "{after:?}");
        if is_moved {
            assert_eq!((&after.2, &after.3), (&before.2, &before.3), "as it was before");
        } else {
            assert!(after.2 > before.2 && after.3 == "drift check", "{after:?}");
        }
    }
    assert_eq!(counted(&scene, &device).await, (1, 1));

    let event = scene.app.drift_list().await.unwrap().open[0].id;
    let why = Some("a lab test".to_owned());
    assert!(choices(&scene, event).await.contains(&DriftChoice::Leave));
    scene.app.drift_leave(vec![event], why).await.unwrap();
    let offered = choices(&scene, event).await;
    assert_eq!(offered, [DriftChoice::Sync, DriftChoice::Override]);
    assert_eq!(
        counted(&scene, &device).await,
        (0, 0),
        "what is left asks for nothing"
    );
}
