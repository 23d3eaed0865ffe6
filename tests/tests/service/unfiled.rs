//! A deployment whose process ended between the end of its journal and its filing.

use bk_app::views::{DeploymentDetail, DeploymentStatus};
use bk_engine::deploy::{DeploymentId, DeviceReport, DeviceState, Outcome};
use bk_engine::ports::{Clock, Journal, JournalEntry, JournalEvent};
use bk_model::DeviceName;
use bk_store::{NewDeployment, Store, StoreOptions};
use bk_tests::{DOMAIN, Scene};

/// Leaves behind what the process of a deployment of this plan had written when its journal ended.
async fn unfiled(scene: &Scene, done: &DeploymentDetail) -> DeploymentId {
    let folder = scene.data_dir().to_owned();
    let store = Store::open(StoreOptions { folder }).await.unwrap();
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
    let mut events = vec![(None, began)];
    for device in &done.devices {
        let device = DeviceName::new(&device.device).unwrap();
        let report = DeviceReport {
            device: device.clone(),
            state: DeviceState::New,
            notes: Vec::new(),
            remedy: None,
        };
        events.push((Some(device), JournalEvent::Reported { report }));
    }
    let outcome = Outcome::Verified;
    events.push((None, JournalEvent::Ended { outcome }));
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
    let id = unfiled(&scene, &done).await.0;

    let shown = scene.app.deployment_detail(id).await.unwrap();
    assert_eq!(shown.row.status, DeploymentStatus::InDoubt, "{shown:#?}");
    assert!(shown.devices.len() > 3);
    for device in &shown.devices {
        assert_eq!(device.state, "new", "{device:#?}");
    }
    assert_eq!(shown.card.unwrap().choices[0].choice, "recover");
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
