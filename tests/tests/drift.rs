//! Drift over the practice fabric: every kind that another engineer can make, found on its object, and every choice, judged
//! by the fabric's dump and by what is expected afterwards.
#![cfg(test)]

use bk_app::views::{
    ActivityState, DeploymentStatus, DriftInbox, DriftKind, DriftRow, DriftSeverity, RestoreRequest,
};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};

/// What another engineer does on a leaf, and how it is found.
struct Foreign {
    typed: Vec<String>,
    /// What takes it back.
    back: Vec<String>,
    object: String,
    kind: DriftKind,
    severity: DriftSeverity,
}

fn types(scene: &Scene, device: &str, lines: &[String]) {
    assert!(scene.another_commits(device, lines), "{device} refuses {lines:?}");
}

async fn check(scene: &Scene, device: &str) -> DriftInbox {
    scene.check_drift(Some(vec![device.to_owned()])).await
}

/// The one open event.
fn only(inbox: &DriftInbox) -> &DriftRow {
    assert_eq!(inbox.open.len(), 1, "{:#?}", inbox.open);
    &inbox.open[0]
}

/// Finds what is done, then goes through the three ends: it goes by itself, it is put back, it is taken.
async fn check_kind(make: impl Fn(&str) -> Foreign) {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let foreign = make(&interface);
    let start = scene.lines()[&device].clone();
    assert!(check(&scene, &device).await.open.is_empty());

    types(&scene, &device, &foreign.typed);
    let theirs = scene.lines()[&device].clone();
    let inbox = check(&scene, &device).await;
    let row = only(&inbox).clone();
    assert_eq!(
        (
            row.device.as_str(),
            row.object.as_str(),
            row.kind,
            row.severity,
            row.source.as_str()
        ),
        (
            device.as_str(),
            foreign.object.as_str(),
            foreign.kind,
            foreign.severity,
            "check"
        )
    );
    let again = check(&scene, &device).await;
    assert_eq!((only(&again).id, only(&again).times), (row.id, 2));

    // It goes by itself.
    types(&scene, &device, &foreign.back);
    let gone = check(&scene, &device).await;
    assert!(gone.open.is_empty(), "{:#?}", gone.open);
    assert_eq!(gone.closed[0].id, row.id);

    // It is put back. The record may have gone on meanwhile.
    types(&scene, &device, &foreign.typed);
    let begun = scene
        .app
        .discovery_start(Some(vec![device.clone()]))
        .await
        .unwrap();
    assert_eq!(scene.wait_for(begun).await.state, ActivityState::Done);
    let found = scene.app.drift_list().await.unwrap();
    let row = only(&found).clone();
    assert_eq!(row.source, "discovery");
    let detail = scene.app.drift_detail(row.id).await.unwrap();
    assert!(!detail.text.identical && !detail.meaning.identical && !detail.override_lines.is_empty());
    let plan = scene.app.drift_override_plan(vec![row.id], None).await.unwrap();
    // What is put back at the edge counts in impact and risk like any edit of a person.
    assert!(
        plan.changes.iter().all(|change| !change.derived),
        "{:#?}",
        plan.changes
    );
    if foreign.severity == DriftSeverity::High && foreign.kind == DriftKind::Mismatch {
        assert!(
            plan.risks.iter().any(|risk| risk.rule == "R4"),
            "{:#?}",
            plan.risks
        );
    }
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    assert_eq!(scene.lines()[&device], start);
    let inbox = scene.app.drift_list().await.unwrap();
    assert!(inbox.open.is_empty(), "{:#?}", inbox.open);
    assert_eq!(inbox.closed[0].id, row.id);

    // What the device holds is taken.
    types(&scene, &device, &foreign.typed);
    let row = only(&check(&scene, &device).await).clone();
    let synced = scene.app.drift_sync(vec![row.id], None).await.unwrap();
    assert_eq!(
        (
            synced.added + synced.updated,
            synced.unchanged,
            synced.failed.len()
        ),
        (1, 0, 0)
    );
    assert_eq!(scene.lines()[&device], theirs, "a sync sends nothing");
    let inbox = check(&scene, &device).await;
    assert!(inbox.open.is_empty(), "{:#?}", inbox.open);
    assert_eq!(inbox.closed[0].id, row.id);
}

fn instance() -> String {
    format!("network-services bridge-domain instance {DOMAIN}")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interface_that_no_record_knows() {
    check_kind(|interface| {
        let port = interface.split('.').next().unwrap();
        Foreign {
            typed: vec![
                format!("interfaces {port}.3777 l2-service enabled"),
                format!("interfaces {port}.3777 vlan-id 3777"),
            ],
            back: vec![format!("no interfaces {port}.3777")],
            object: format!("{port}.3777"),
            kind: DriftKind::AlreadyConfigured,
            severity: DriftSeverity::Low,
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tag_on_a_known_interface() {
    check_kind(|interface| Foreign {
        typed: vec![format!("interfaces {interface} vlan-id 3777")],
        back: vec![format!("interfaces {interface} vlan-id 251")],
        object: interface.to_owned(),
        kind: DriftKind::Mismatch,
        severity: DriftSeverity::High,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attachment_that_is_gone() {
    check_kind(|interface| Foreign {
        typed: vec![
            format!("no {} interface {interface}", instance()),
            format!("no interfaces {interface}"),
        ],
        back: vec![
            format!("{} interface {interface}", instance()),
            format!("interfaces {interface} l2-service enabled"),
            format!("interfaces {interface} vlan-id 251"),
        ],
        object: interface.to_owned(),
        kind: DriftKind::MissingOnDevice,
        severity: DriftSeverity::High,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_domain_that_no_record_knows() {
    check_kind(|_| Foreign {
        typed: vec!["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()],
        back: vec!["no network-services bridge-domain instance l_rowan_new".to_owned()],
        object: "l_rowan_new".to_owned(),
        kind: DriftKind::DomainExists,
        severity: DriftSeverity::Medium,
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tag_that_is_taken_from_another() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let port = interface.split('.').next().unwrap();
    types(
        &scene,
        &device,
        &[
            format!("no {} interface {interface}", instance()),
            format!("no interfaces {interface}"),
            format!("interfaces {port}.3777 l2-service enabled"),
            format!("interfaces {port}.3777 vlan-id 251"),
        ],
    );
    let inbox = check(&scene, &device).await;
    let told: Vec<(DriftKind, &str)> = inbox
        .open
        .iter()
        .map(|row| (row.kind, row.object.as_str()))
        .collect();
    let taken = format!("{port}.3777");
    assert_eq!(told.len(), 2, "{told:?}");
    assert!(
        told.contains(&(DriftKind::VlanConflict, taken.as_str())),
        "{told:?}"
    );
    assert!(
        told.contains(&(DriftKind::MissingOnDevice, interface.as_str())),
        "{told:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployment_does_is_no_drift_and_what_it_finds_stays() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let leaf = plan
        .devices
        .iter()
        .find(|device| device.tier == "leaf" && !device.forward.is_empty());
    let leaf = leaf.unwrap().device.clone();
    types(
        &scene,
        &leaf,
        &["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()],
    );
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let inbox = scene.app.drift_list().await.unwrap();
    let row = only(&inbox);
    assert_eq!(
        (row.device.as_str(), row.object.as_str()),
        (leaf.as_str(), "l_rowan_new")
    );
    // The record has gone on; what is expected has not.
    assert_eq!(only(&check(&scene, &leaf).await).id, row.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_a_deployment_is_an_event_until_it_is_synced() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let (device, interface) = scene.attachment().await;
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    let stopped = scene.deploy(&plan).await;
    assert_eq!(stopped.row.status, DeploymentStatus::Refused, "{stopped:#?}");
    let inbox = scene.app.drift_list().await.unwrap();
    let row = only(&inbox).clone();
    assert_eq!(
        (
            row.device.as_str(),
            row.object.as_str(),
            row.kind,
            row.source.as_str()
        ),
        (
            device.as_str(),
            interface.as_str(),
            DriftKind::Mismatch,
            "deployment 1, preflight"
        )
    );
    let seen = scene.app.activities().await.unwrap().len();
    scene
        .app
        .deployment_choose(stopped.row.id, "discover-and-sync".to_owned(), None)
        .await
        .unwrap();
    let begun = scene.app.activities().await.unwrap();
    assert_eq!(begun.len(), seen + 1);
    assert_eq!(scene.wait_for(begun[0].clone()).await.state, ActivityState::Done);
    let inbox = scene.app.drift_list().await.unwrap();
    assert!(inbox.open.is_empty(), "{inbox:#?}");
    assert_eq!(inbox.closed[0].id, row.id);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bridge_domain_and_a_device_go_back_to_a_moment() {
    let scene = Scene::practice().await;
    let start = scene.truth();
    let domain = |at: &str| RestoreRequest::Domain {
        domain: DOMAIN.to_owned(),
        at: at.to_owned(),
    };
    let then = scene.app.snapshots_overview().await.unwrap();
    let then = then
        .devices
        .iter()
        .map(|device| device.last.clone())
        .max()
        .unwrap();
    let nothing = scene.app.restore_plan(domain(&then)).await.unwrap();
    assert!(nothing.empty, "{nothing:#?}");

    let plan = scene.three_tier_plan().await;
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let back = scene.app.restore_plan(domain(&then)).await.unwrap();
    let undone = scene.deploy(&back).await;
    assert_eq!(undone.row.status, DeploymentStatus::Verified, "{undone:#?}");
    for device in start.keys() {
        assert_eq!(
            sorted(&start[device].flattened),
            sorted(&scene.truth()[device].flattened),
            "{device}"
        );
    }

    // Another's change, taken as the record, goes back with its device.
    let (device, interface) = scene.attachment().await;
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    let row = only(&check(&scene, &device).await).clone();
    scene.app.drift_sync(vec![row.id], None).await.unwrap();
    let request = RestoreRequest::Device {
        device: device.clone(),
        at: then,
    };
    let back = scene.app.restore_plan(request).await.unwrap();
    let undone = scene.deploy(&back).await;
    assert_eq!(undone.row.status, DeploymentStatus::Verified, "{undone:#?}");
    assert_eq!(
        sorted(&start[&device].flattened),
        sorted(&scene.truth()[&device].flattened)
    );

    let before = RestoreRequest::Device {
        device,
        at: "2001-01-01T00:00:00Z".to_owned(),
    };
    assert_eq!(
        scene.app.restore_plan(before).await.unwrap_err().view().code,
        "not-known"
    );
}

fn sorted(text: &str) -> Vec<&str> {
    let mut lines: Vec<&str> = text.lines().collect();
    lines.sort_unstable();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_of_what_is_gone_takes_nothing_old() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    let row = only(&check(&scene, &device).await).clone();
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 251")]);
    let synced = scene.app.drift_sync(vec![row.id], None).await.unwrap();
    assert_eq!((synced.updated, synced.unchanged), (0, 1));
    let inbox = check(&scene, &device).await;
    assert!(inbox.open.is_empty(), "{inbox:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_practice_lab_that_starts_anew_has_no_drift() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    let begun = scene.app.start_practice_lab().await.unwrap();
    assert_eq!(scene.wait_for(begun).await.state, ActivityState::Done);
    let inbox = check(&scene, &device).await;
    assert!(inbox.open.is_empty(), "{inbox:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_answer_is_not_checked_and_not_in_sync() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    types(&scene, &device, &[format!("interfaces {interface} vlan-id 3777")]);
    let row = only(&check(&scene, &device).await).clone();
    scene.fabric.set_reach(&device, Reach::Refuses);
    let begun = scene
        .app
        .drift_check_start(Some(vec![device.clone()]))
        .await
        .unwrap();
    let ended = scene.wait_for(begun).await;
    assert_eq!(ended.state, ActivityState::Failed);
    assert!(ended.devices[0].error.is_some());
    let synced = scene.app.drift_sync(vec![row.id], None).await.unwrap();
    assert_eq!((synced.updated, synced.failed.len()), (0, 1));
    let inbox = scene.app.drift_list().await.unwrap();
    assert_eq!((only(&inbox).id, only(&inbox).times), (row.id, row.times));
}
