//! Whose commit drift came with, and what background sync tells of it.
#![cfg(test)]

use bk_app::AppEvent;
use bk_app::views::{
    ActivityState, ActivityView, ChangeView, DeploymentStatus, DraftOperation, DriftDetail, DriftRow,
    PlanView, SettingInput, SyncNotice,
};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};
use chrono::TimeDelta;

/// A scene whose devices were all in sync a minute after they were switched on, and a minute ago.
async fn in_sync() -> Scene {
    let scene = Scene::practice().await;
    scene.fabric.advance(TimeDelta::minutes(1));
    assert!(scene.check_drift(None).await.open.is_empty());
    scene.fabric.advance(TimeDelta::minutes(1));
    scene
}

fn types(scene: &Scene, device: &str, user: &str, line: String) {
    let typed = ["top".to_owned(), line, "top".to_owned(), "commit".to_owned()];
    let answers = scene.fabric.foreign(device, user, &typed);
    assert!(
        answers
            .last()
            .is_some_and(|last| last.contains("Commit succeeded")),
        "{answers:?}"
    );
}

fn retags(scene: &Scene, device: &str, user: &str, interface: &str, vlan: u16) {
    types(
        scene,
        device,
        user,
        format!("interfaces {interface} vlan-id {vlan}"),
    );
}

/// The event of an object.
async fn event(scene: &Scene, object: &str) -> DriftDetail {
    let inbox = scene.app.drift_list().await.unwrap();
    let of_object = |row: &&DriftRow| row.object == object;
    let row = inbox.open.iter().find(of_object).unwrap();
    scene.app.drift_detail(row.id).await.unwrap()
}

/// Users of the commits that an event may have come with, and how many there are.
fn told(detail: &DriftDetail) -> Option<(Vec<&str>, u32)> {
    let commits = detail.commits.as_ref()?;
    let users = commits.users.iter().map(String::as_str).collect();
    Some((users, commits.count))
}

/// How often each device was asked for its list of commits.
fn asked(scene: &Scene) -> Vec<String> {
    let received = scene.fabric.received().into_iter();
    received
        .filter(|one| one.line.starts_with("show rollback"))
        .map(|one| one.device)
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_tells_whose_commit_it_came_with() {
    let scene = in_sync().await;
    let (device, interface) = scene.attachment().await;
    assert_eq!(asked(&scene), Vec::<String>::new(), "nothing differed");
    retags(&scene, &device, "rowan", &interface, 3777);
    // A commit in the second of a read may have come after it.
    scene.fabric.advance(TimeDelta::minutes(1));
    scene.check_drift(None).await;
    let one = event(&scene, &interface).await;
    assert_eq!(told(&one), Some((vec!["rowan"], 1)));
    assert!(
        one.committed.starts_with("rowan via cli at "),
        "{}",
        one.committed
    );
    assert_eq!(
        asked(&scene),
        std::slice::from_ref(&device),
        "one command, where something differs"
    );
    scene.check_drift(None).await;
    assert_eq!(asked(&scene).len(), 1, "it is no news");

    // It changes again, and so does something else: nobody knows any more whose commit it was.
    scene.fabric.advance(TimeDelta::minutes(1));
    let port = interface.split('.').next().unwrap();
    types(
        &scene,
        &device,
        "finch",
        format!("interfaces {port}.3999 vlan-id 3999"),
    );
    retags(&scene, &device, "rowan", &interface, 3778);
    scene.check_drift(None).await;
    let several = event(&scene, &interface).await;
    assert_eq!(told(&several), Some((vec!["rowan", "finch"], 3)));
    let words =
        "one of 3 commits since it was last in sync, by rowan, finch; the newest by rowan via cli at ";
    assert!(several.committed.starts_with(words), "{}", several.committed);
    // What is new came since the check before.
    let new = event(&scene, &format!("{port}.3999")).await;
    assert_eq!(told(&new), Some((vec!["rowan", "finch"], 2)));

    let insight = scene.app.drift_insight(30).await.unwrap();
    let by: Vec<(&str, u32)> = insight
        .by_committer
        .iter()
        .map(|one| (one.name.as_str(), one.count))
        .collect();
    assert_eq!(by, [("one of several", 2)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_show_its_commits_names_nobody() {
    let scene = in_sync().await;
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, "rowan", &interface, 3777);
    let refuse = Action::Refuse("ERROR: Unauthorized to execute the command.".to_owned());
    let fault = Fault::on("show rollback", Moment::BeforeLine, refuse);
    scene.fabric.inject(&device, fault).unwrap();
    // The check is whole all the same.
    scene.check_drift(None).await;
    let detail = event(&scene, &interface).await;
    assert_eq!(
        (told(&detail), detail.committed.as_str()),
        (None, "not observable")
    );
    let insight = scene.app.drift_insight(30).await.unwrap();
    assert_eq!(insight.by_committer[0].name, "not observable");
}

/// The plan of one more attachment of [`DOMAIN`], with its device and its sub-interface.
async fn planned(scene: &Scene) -> (PlanView, String, String) {
    let (device, port) = scene.free_port(DOMAIN).await;
    let add = DraftOperation::AddAttachment {
        device: device.clone(),
        port: port.clone(),
        vlan: None,
    };
    let draft = scene.edit(DOMAIN, [add]).await;
    let plan = scene.plan(&draft).await;
    let is_end = |change: &&ChangeView| change.device == device && change.object.starts_with(&port);
    let object = plan.changes.iter().find(is_end).unwrap().object.clone();
    (plan, device, object)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_tells_whose_commit_stopped_it() {
    let scene = in_sync().await;
    let (plan, device, object) = planned(&scene).await;
    retags(&scene, &device, "rowan", &object, 3777);
    let stopped = scene.deploy(&plan).await;
    assert_ne!(stopped.row.status, DeploymentStatus::Verified);
    let detail = event(&scene, &object).await;
    assert!(detail.row.source.ends_with("preflight"), "{}", detail.row.source);
    assert_eq!(told(&detail), Some((vec!["rowan"], 1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_commit_is_nobodys() {
    let scene = in_sync().await;
    let (plan, device, object) = planned(&scene).await;
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    // In the same second at best: our commit may lie between the reads as well as theirs.
    retags(&scene, &device, "finch", &object, 3777);
    scene.check_drift(None).await;
    assert_eq!(told(&event(&scene, &object).await), Some((vec!["finch"], 1)));
}

/// Tries of background sync that have ended.
fn tries(activities: &[ActivityView]) -> usize {
    let ended = |one: &&ActivityView| one.object == "Background sync" && one.state != ActivityState::Running;
    activities.iter().filter(ended).count()
}

/// The newest notice about background sync.
async fn notice(scene: &Scene, gave_up: bool) -> SyncNotice {
    scene
        .until(async |app| {
            let notices = app.drift_list().await.unwrap().background;
            notices.into_iter().next().filter(|one| one.gave_up == gave_up)
        })
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn background_sync_tells_what_it_took_and_where_it_gave_up() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, "rowan", &interface, 3777);
    scene.check_drift(None).await;
    scene.fabric.set_reach(&device, Reach::Refuses);
    let input = SettingInput {
        setting: "driftStrategy".to_owned(),
        value: "sync".to_owned(),
    };
    scene.app.settings_set(input).await.unwrap();
    scene.app.keep_in_sync();

    // Each pause is twice as long as the one before; nothing is said while it is tried.
    for (tried, pause) in [(1, 30), (2, 60), (3, 120), (4, 240)] {
        scene
            .until(async |app| (tries(&app.activities().await.unwrap()) == tried).then_some(()))
            .await;
        assert_eq!(scene.app.drift_list().await.unwrap().background, []);
        scene.clock.advance(TimeDelta::seconds(pause));
    }
    let given_up = notice(&scene, true).await;
    assert_eq!(tries(&scene.app.activities().await.unwrap()), 5);
    let words = format!("Background sync gave up on {device} after 5 tries: ");
    assert!(given_up.sentence.starts_with(&words), "{given_up:?}");
    assert!(given_up.sentence.len() > words.len() && given_up.next.is_some());
    assert_eq!(
        scene.app.drift_list().await.unwrap().open.len(),
        1,
        "it stays open"
    );

    // The next read that shows drift begins again.
    scene.fabric.set_reach(&device, Reach::Up);
    let begun = scene.app.drift_check_start(Some(vec![device.clone()])).await;
    scene.wait_for(begun.unwrap()).await;
    let took = notice(&scene, false).await;
    let words = format!("Background sync took 1 object on {device}: what it holds is what is expected now.");
    assert_eq!(
        (took.sentence.as_str(), took.taken, took.next.as_ref()),
        (words.as_str(), 1, None)
    );
    let inbox = scene.app.drift_list().await.unwrap();
    assert_eq!((inbox.open.len(), inbox.background.len()), (0, 1));
    let events = scene.events.lock().unwrap();
    let noticed = events.iter().filter_map(|event| match event {
        AppEvent::BackgroundSynced(notice) => Some(notice.clone()),
        _ => None,
    });
    assert_eq!(noticed.collect::<Vec<_>>(), [given_up, took]);
}
