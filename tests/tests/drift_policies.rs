//! What policies and strategies decide without a person, judged by the fabric's dump and by the records.
#![cfg(test)]

use std::collections::BTreeMap;

use bk_app::views::{
    ActivityState, DeploymentStatus, DraftOperation, DriftDecided, DriftPolicyAction, DriftPolicyLimits,
    DriftPolicyState, DriftPolicyTerms, DriftSeverity, SettingInput, SyncTarget,
};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};
use chrono::Duration;

fn running(scene: &Scene) -> BTreeMap<String, String> {
    let truth = scene.truth();
    truth
        .into_iter()
        .map(|(name, truth)| (name, truth.flattened))
        .collect()
}

fn retags(scene: &Scene, device: &str, interface: &str, vlan: u16) {
    let typed = [format!("interfaces {interface} vlan-id {vlan}")];
    assert!(scene.another_commits(device, &typed));
}

fn terms(scene: &Scene, action: DriftPolicyAction, device: &str, object: &str) -> DriftPolicyTerms {
    use bk_engine::ports::Clock;
    DriftPolicyTerms {
        name: "Kestrel".to_owned(),
        devices: vec![device.to_owned()],
        objects: vec![object.to_owned()],
        kinds: Vec::new(),
        at_most: DriftSeverity::High,
        action,
        limits: (action == DriftPolicyAction::Override).then_some(DriftPolicyLimits {
            objects: 1,
            lines: 4,
            per_day: 1,
        }),
        expires: (scene.clock.now() + Duration::days(3)).to_rfc3339(),
    }
}

async fn strategy(scene: &Scene, word: &str) {
    let input = SettingInput {
        setting: "driftStrategy".to_owned(),
        value: word.to_owned(),
    };
    scene.app.settings_set(input).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_takes_what_it_is_for_and_leaves_the_rest_to_a_person() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let policy = terms(&scene, DriftPolicyAction::Sync, &device, "ge1*");
    scene.app.drift_policy_save(policy.clone(), None).await.unwrap();
    retags(&scene, &device, &interface, 3777);
    let typed = ["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()];
    assert!(scene.another_commits(&device, &typed));
    let theirs = running(&scene);

    let inbox = scene.check_drift(None).await;
    let open: Vec<&str> = inbox.open.iter().map(|row| row.object.as_str()).collect();
    assert_eq!(open, ["l_rowan_new"]);
    assert_eq!(inbox.closed[0].object, interface);
    assert_eq!(running(&scene), theirs, "nothing is sent");
    let decisions = scene.app.drift_decisions().await.unwrap();
    assert_eq!(decisions.len(), 1);
    let decision = &decisions[0];
    assert_eq!(
        (
            decision.choice,
            decision.policy.as_deref(),
            decision.object.as_str()
        ),
        (DriftDecided::Sync, Some("Kestrel"), interface.as_str())
    );
    assert_eq!(decision.expected_after, decision.actual);
    assert_ne!(decision.expected_before, decision.actual);
    assert_eq!(scene.app.drift_policies().await.unwrap()[0].decided, 1);

    // After its day it decides nothing; the trial still tells what it would have done.
    scene.clock.advance(Duration::days(4));
    retags(&scene, &device, &interface, 3778);
    assert_eq!(scene.check_drift(None).await.open.len(), 2);
    let policies = scene.app.drift_policies().await.unwrap();
    assert_eq!(policies[0].state, DriftPolicyState::Expired);
    let again = terms(&scene, DriftPolicyAction::Sync, &device, "ge1*");
    let trial = scene.app.drift_policy_try(again, 30).await.unwrap();
    assert_eq!((trial.events, trial.covered.len()), (3, 2));
    assert!(trial.covered.iter().all(|row| row.acts));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_decides_nothing_about_a_device_that_was_not_read() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, &interface, 3777);
    let event = scene.check_drift(None).await.open.remove(0);
    let policy = terms(&scene, DriftPolicyAction::Sync, &device, "ge1*");
    scene.app.drift_policy_save(policy, None).await.unwrap();
    let discover = async || {
        let begun = scene.app.discovery_start(None).await.unwrap();
        scene.wait_for(begun).await.state
    };

    scene.fabric.set_reach(&device, Reach::Refuses);
    assert_eq!(discover().await, ActivityState::Partial);
    let open = scene.app.drift_list().await.unwrap().open;
    assert_eq!(open.iter().map(|row| row.id).collect::<Vec<_>>(), [event.id]);
    assert!(scene.app.drift_decisions().await.unwrap().is_empty());

    scene.fabric.set_reach(&device, Reach::Up);
    assert_eq!(discover().await, ActivityState::Done);
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());
    assert_eq!(scene.app.drift_decisions().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_puts_back_within_its_limits() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    let start = running(&scene);
    let unnamed = terms(&scene, DriftPolicyAction::Override, &device, "ge1*");
    let refused = scene
        .app
        .drift_policy_save(unnamed, None)
        .await
        .unwrap_err()
        .view();
    assert!(refused.sentence.contains("without *"), "{refused:?}");
    let policy = terms(&scene, DriftPolicyAction::Override, &device, &interface);
    scene.app.drift_policy_save(policy, None).await.unwrap();

    retags(&scene, &device, &interface, 3777);
    scene.check_drift(None).await;
    let begun = scene.app.deployments_list().await.unwrap();
    assert_eq!(begun.len(), 1);
    let done = scene.until_ended(begun[0].id).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    assert_eq!(running(&scene), start);
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());
    let decision = scene.app.drift_decisions().await.unwrap().remove(0);
    assert_eq!(
        (decision.choice, decision.deployment, decision.policy.as_deref()),
        (DriftDecided::Override, Some(done.row.id), Some("Kestrel"))
    );

    // The same again on the same day: something else is wrong, and a person is asked.
    retags(&scene, &device, &interface, 3777);
    let inbox = scene.check_drift(None).await;
    assert_eq!(inbox.open.len(), 1);
    assert_eq!(scene.app.deployments_list().await.unwrap().len(), 1);
    // The event says why, once.
    scene.check_drift(None).await;
    let asked = scene.app.drift_detail(inbox.open[0].id).await.unwrap().decisions;
    assert_eq!(asked.len(), 1, "{asked:#?}");
    assert_eq!(
        (asked[0].choice, asked[0].policy.as_deref(), asked[0].why.as_str()),
        (
            DriftDecided::Ask,
            Some("Kestrel"),
            "The policy is at its limit of 1: it made 1 deployment in the last 24 hours, so something else is wrong."
        )
    );
    assert_eq!(scene.app.drift_policies().await.unwrap()[0].decided, 1);
    // On another day it may.
    scene.clock.advance(Duration::hours(25));
    scene.check_drift(None).await;
    let again = scene.app.deployments_list().await.unwrap()[0].id;
    assert_eq!(
        scene.until_ended(again).await.row.status,
        DeploymentStatus::Verified
    );
    assert_eq!(running(&scene), start);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_open_asks_again_when_it_changes() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, &interface, 3777);
    let row = scene.check_drift(None).await.open.remove(0);
    let why = Some("Cutover until Friday".to_owned());
    scene.app.drift_leave(vec![row.id], why).await.unwrap();
    let row = scene.check_drift(None).await.open.remove(0);
    assert_eq!(row.left.unwrap().why, "Cutover until Friday");
    retags(&scene, &device, &interface, 3778);
    let row = scene.check_drift(None).await.open.remove(0);
    assert_eq!(row.left, None);
    let detail = scene.app.drift_detail(row.id).await.unwrap();
    assert_eq!(detail.decisions.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_that_stops_on_drift_deploys_nothing_beside_it() {
    let scene = Scene::practice().await;
    let (leaf, port) = scene.free_port(DOMAIN).await;
    let typed = [format!("interfaces {port}.3777 vlan-id 3777")];
    assert!(scene.another_commits(&leaf, &typed));
    let event = scene.check_drift(None).await.open.remove(0);
    let add = DraftOperation::AddAttachment {
        device: leaf.clone(),
        port,
        vlan: None,
    };
    let draft = scene.edit(DOMAIN, [add]).await;
    let plan = scene.plan(&draft).await;
    let warned = |plan: &bk_app::views::PlanView| plan.findings.iter().any(|one| one.code == "open-drift");
    assert!(warned(&plan), "{:?}", plan.findings);

    strategy(&scene, "stop").await;
    let options = bk_app::views::DeployOptions {
        window_minutes: plan.window_minutes,
        policy: bk_app::views::Policy::AllOrNothing,
    };
    let refused = scene.app.deployment_start(plan.hash.clone(), options).await;
    let refused = refused.unwrap_err().view();
    assert_eq!(
        (refused.code.as_str(), refused.device.as_deref()),
        ("drift-first", Some(leaf.as_str()))
    );
    assert!(scene.app.deployments_list().await.unwrap().is_empty());

    // Decided, it goes on.
    scene.app.drift_leave(vec![event.id], None).await.unwrap();
    let plan = scene.app.plan_get(plan.hash).await.unwrap();
    assert!(!warned(&plan), "{:?}", plan.findings);
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lab_in_background_sync_takes_what_devices_hold() {
    let scene = Scene::practice().await;
    strategy(&scene, "sync").await;
    scene.app.keep_in_sync();
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, &interface, 3777);
    let theirs = running(&scene);
    scene.check_drift(None).await;
    let closed = scene
        .until(async |app| {
            let inbox = app.drift_list().await.unwrap();
            inbox.open.is_empty().then(|| inbox.closed[0].clone())
        })
        .await;
    assert_eq!(closed.object, interface);
    assert_eq!(running(&scene), theirs, "nothing is sent");
    let decision = scene.app.drift_decisions().await.unwrap().remove(0);
    assert_eq!(
        (decision.choice, decision.why.as_str()),
        (DriftDecided::Sync, "background sync")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_target_is_taken_and_nothing_beside_it() {
    let scene = Scene::practice().await;
    let (device, interface) = scene.attachment().await;
    retags(&scene, &device, &interface, 3777);
    let typed = ["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()];
    assert!(scene.another_commits(&device, &typed));
    let theirs = running(&scene);
    let domain = SyncTarget::Domain {
        domain: DOMAIN.to_owned(),
    };
    let report = scene.app.sync_target(domain, None).await.unwrap();
    assert_eq!(
        (report.added, report.updated, report.removed, report.failed),
        (0, 1, 0, 0),
        "{report:#?}"
    );
    let beside: Vec<&str> = report
        .devices
        .iter()
        .flat_map(|device| &device.beside)
        .map(|row| row.object.as_str())
        .collect();
    assert_eq!(beside, ["l_rowan_new"]);
    let all = scene.app.fabric_map().await.unwrap().devices.len();
    assert!(report.devices.len() < all, "only devices of the service are read");

    let interfaces = |pattern: &str| SyncTarget::Interfaces {
        pattern: pattern.to_owned(),
        device: Some(device.clone()),
    };
    let port = interface.split('.').next().unwrap();
    let typed = [format!("interfaces {port}.3999 vlan-id 3999")];
    assert!(scene.another_commits(&device, &typed));
    let report = scene
        .app
        .sync_target(interfaces(&format!("{port}.*")), None)
        .await
        .unwrap();
    assert_eq!(
        (report.devices.len(), report.added, report.updated),
        (1, 1, 0),
        "{report:#?}"
    );
    assert!(scene.app.sync_target(interfaces("ge?"), None).await.is_err());

    let whole = SyncTarget::Devices {
        devices: Some(vec![device.clone()]),
    };
    let report = scene.app.sync_target(whole, None).await.unwrap();
    assert_eq!(
        (report.added, report.devices[0].beside.len()),
        (1, 0),
        "{report:#?}"
    );
    assert_ne!(running(&scene), theirs);
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn background_sync_waits_for_a_deployment_on_the_device() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let held = plan.devices.last().unwrap().device.clone();
    let planned: Vec<&str> = plan.devices.iter().map(|device| device.device.as_str()).collect();
    let map = scene.app.fabric_map().await.unwrap();
    let other = map
        .devices
        .iter()
        .find(|node| !planned.contains(&node.device.as_str()));
    let other = other.unwrap().device.clone();
    let drifts = ["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()];
    // The device of the deployment is found first, so it has its turn first.
    for device in [&held, &other] {
        assert!(scene.another_commits(device, &drifts));
        let begun = scene
            .app
            .drift_check_start(Some(vec![device.clone()]))
            .await
            .unwrap();
        scene.wait_for(begun).await;
    }
    let gate = Fault::on("show lldp", Moment::BeforeLine, Action::Gate("look".to_owned()));
    scene.fabric.inject(&held, gate).unwrap();
    let options = bk_app::views::DeployOptions {
        window_minutes: plan.window_minutes,
        policy: bk_app::views::Policy::AllOrNothing,
    };
    let begun = scene
        .app
        .deployment_start(plan.hash.clone(), options)
        .await
        .unwrap();
    scene.fabric.gates().arrived("look", 1).await;

    strategy(&scene, "sync").await;
    scene.app.keep_in_sync();
    let open = async |app: &bk_app::App| -> Vec<String> {
        let inbox = app.drift_list().await.unwrap();
        inbox.open.into_iter().map(|row| row.device).collect()
    };
    scene
        .until(async |app| (!open(app).await.contains(&other)).then_some(()))
        .await;
    assert_eq!(open(&scene.app).await, std::slice::from_ref(&held));
    scene.fabric.gates().open("look");
    let done = scene.until_ended(begun.row.id).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    scene
        .until(async |app| open(app).await.is_empty().then_some(()))
        .await;
}
