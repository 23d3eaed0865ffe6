//! A deployment whose process ended between the end of its journal and its filing.

use bk_app::views::{DeploymentDetail, DeploymentStatus, DraftOperation};
use bk_engine::deploy::{DeploymentId, DeviceReport, DeviceState, Outcome, Remedy, Step};
use bk_engine::ports::{Clock, Journal, JournalEntry, JournalEvent};
use bk_model::DeviceName;
use bk_store::{NewDeployment, Store, StoreOptions};
use bk_tests::{DOMAIN, Scene};

async fn store(scene: &Scene) -> Store {
    let folder = scene.data_dir().to_owned();
    Store::open(StoreOptions { folder }).await.unwrap()
}

/// Leaves behind what the process of a deployment of this plan had written when it died: the last report of every device,
/// and the end of its journal where there was one.
async fn unfiled(
    scene: &Scene,
    done: &DeploymentDetail,
    reported: (DeviceState, Option<Remedy>),
    end: Option<Outcome>,
) -> DeploymentId {
    let store = store(scene).await;
    let at = scene.clock.now();
    let new = NewDeployment {
        plan: done.plan.clone(),
        kind: "edit".to_owned(),
        domain: DOMAIN.to_owned(),
        undoes: None,
        by: "kestrel".to_owned(),
        devices: done.row.devices,
        started_at: at,
        status: "running".to_owned(),
        sentence: String::new(),
    };
    let deployment = store.deployments().create(&new).await.unwrap();
    let began = JournalEvent::Began {
        plan: done.plan.clone(),
        by: "kestrel".to_owned(),
        window_minutes: 10,
        policy: bk_engine::deploy::Policy::AllOrNothing,
        child_of: None,
    };
    let (state, remedy) = reported;
    let mut events = vec![(None, began)];
    for device in &done.devices {
        let device = DeviceName::new(&device.device).unwrap();
        let step = Step::SettleRead;
        events.push((Some(device.clone()), JournalEvent::StepStarted { step }));
        let report = DeviceReport {
            device: device.clone(),
            state: state.clone(),
            notes: Vec::new(),
            remedy: remedy.map(|remedy| remedy.code().to_owned()),
        };
        events.push((Some(device), JournalEvent::Reported { report }));
    }
    events.extend(end.map(|outcome| (None, JournalEvent::Ended { outcome })));
    let entries = (0..).zip(events).map(|(seq, (device, event))| JournalEntry {
        deployment,
        seq,
        at,
        device,
        event,
    });
    store.journal().append(entries.collect()).await.unwrap();
    deployment
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_shown_as_it_was_reported_and_filed_without_a_line_that_changes_anything() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let truth = scene.truth();
    let proven = (DeviceState::New, None);
    let id = unfiled(&scene, &done, proven, Some(Outcome::Verified)).await.0;

    let shown = scene.app.deployment_detail(id).await.unwrap();
    assert_eq!(shown.row.status, DeploymentStatus::InDoubt, "{shown:#?}");
    assert!(shown.devices.len() > 3);
    for device in &shown.devices {
        assert_eq!(device.state, "new", "{device:#?}");
    }
    let card = shown.card.unwrap();
    assert_eq!(card.choices[0].choice, "recover");
    assert!(card.certain[0].contains("nothing is pending"), "{card:#?}");
    // What `bk recover` goes through, and the window points to.
    let open = || async { scene.app.app_status().await.unwrap().open_deployments };
    assert_eq!(open().await, [id]);

    let filed = scene
        .app
        .deployment_choose(id, "recover".to_owned(), None)
        .await
        .unwrap();
    assert_eq!(filed.row.status, DeploymentStatus::Verified, "{filed:#?}");
    assert!(filed.devices.iter().all(|device| device.state == "new"));
    assert!(open().await.is_empty());
    assert_eq!(scene.truth(), truth);
}

/// What a person closed as it was claims no device that was not proven, before it is filed and after.
#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_person_closed_stays_in_doubt() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let done = scene.deploy(&plan).await;
    let since = scene.clock.now();
    let unknown = (DeviceState::UnknownSince { since }, None);
    let id = unfiled(&scene, &done, unknown, Some(Outcome::InDoubt)).await.0;
    let card = scene.app.deployment_detail(id).await.unwrap().card.unwrap();
    assert!(card.certain[0].contains("not proven"), "{card:#?}");
    assert!(!card.certain[0].contains("nothing is pending"), "{card:#?}");
    let filed = scene.app.deployment_choose(id, "recover".to_owned(), None).await;
    let filed = filed.unwrap();
    assert_eq!(filed.row.status, DeploymentStatus::InDoubt, "{filed:#?}");
    assert!(
        filed.devices.iter().all(|device| device.state == "unknown-since"),
        "{filed:#?}"
    );
    assert!(scene.app.app_status().await.unwrap().open_deployments.is_empty());
}

/// A difference that a person takes is closed and filed in one: nothing is left to be filed away.
#[tokio::test(flavor = "multi_thread")]
async fn taking_theirs_closes_files_and_settles() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let done = scene.deploy(&plan).await;
    let truth = scene.truth();
    let touched = (DeviceState::New, Some(Remedy::DecideTouched));
    let deployment = unfiled(&scene, &done, touched, None).await;
    let id = deployment.0;
    // What it would take out of a draft.
    let (device, port) = scene.port_inside().await;
    assert!(done.devices.iter().any(|one| one.device == device), "{device}");
    let vlan = None;
    let add = DraftOperation::AddAttachment { device, port, vlan };
    let draft = scene.edit(DOMAIN, [add]).await;
    let changes: Vec<&str> = draft.changes.iter().map(|change| change.id.as_str()).collect();
    let settles = serde_json::json!({
        "draft": draft.id, "whole": null, "changes": changes, "vlan": draft.vlan_before,
    });
    let (store, body) = (store(&scene).await, settles.to_string());
    let filed = store
        .deployments()
        .archive(deployment, "draft", &body, scene.clock.now())
        .await;
    filed.unwrap();
    let offered = |detail: &DeploymentDetail| -> Vec<String> {
        let choices = detail.card.iter().flat_map(|card| &card.choices);
        choices.map(|choice| choice.choice.clone()).collect()
    };
    let shown = scene.app.deployment_detail(id).await.unwrap();
    assert_eq!(
        offered(&shown),
        ["recover", "keep-theirs", "plan-anew"],
        "{shown:#?}"
    );
    // It is not asked to take it as it is.
    let refused = scene
        .app
        .deployment_choose(id, "close-in-doubt".to_owned(), None)
        .await;
    let refused = refused.unwrap_err().view();
    assert_eq!(refused.code, "not-offered");
    assert!(
        refused
            .sentence
            .contains("Offered: recover, keep-theirs, plan-anew."),
        "{refused:?}"
    );

    let closed = scene
        .app
        .deployment_choose(id, "keep-theirs".to_owned(), None)
        .await;
    let closed = closed.unwrap();
    assert_eq!(closed.row.status, DeploymentStatus::InDoubt);
    assert!(closed.card.is_none(), "{closed:#?}");
    assert!(
        closed.row.sentence.starts_with("Closed as it is: "),
        "{:?}",
        closed.row
    );
    let reading = scene.app.activities().await.unwrap().remove(0);
    scene.wait_for(reading).await;
    assert!(scene.app.app_status().await.unwrap().open_deployments.is_empty());
    assert!(scene.app.drafts_list().await.unwrap().is_empty());
    let again = scene
        .app
        .deployment_choose(id, "keep-theirs".to_owned(), None)
        .await;
    assert_eq!(again.unwrap_err().view().code, "not-offered");
    assert_eq!(scene.truth(), truth);
}
