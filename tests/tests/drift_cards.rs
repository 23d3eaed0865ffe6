//! Drift and deployments side by side: what is read while one is at work, and what is decided on the card of one that drift
//! stopped. Judged by the fabric's dump, the records and the log of decisions.
#![cfg(test)]

use bk_app::views::{
    ActivityState, DeployOptions, DeploymentDetail, DeploymentStatus, DraftOperation, DriftDecided,
    DriftDecisionView, DriftRow, ErrorView, Policy, SettingInput, SyncTarget,
};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};

const UNRELATED: &str = "l_rowan_new";
const LEFT: &str = "l_rowan_old";

/// Another engineer makes a bridge domain that no deployment touches, and a check finds it. Returns its event.
async fn another_makes(scene: &Scene, device: &str, domain: &str) -> u32 {
    let line = format!("network-services bridge-domain instance {domain} admin-state enabled");
    assert!(scene.another_commits(device, &[line]));
    let inbox = scene.check_drift(Some(vec![device.to_owned()])).await;
    inbox.open.iter().find(|row| row.object == domain).unwrap().id
}

async fn open(scene: &Scene) -> Vec<DriftRow> {
    scene.app.drift_list().await.unwrap().open
}

fn inject(scene: &Scene, device: &str, on: &str, skip: u32, gate: &str) {
    let fault = Fault {
        skip,
        ..Fault::on(on, Moment::BeforeLine, Action::Gate(gate.to_owned()))
    };
    scene.fabric.inject(device, fault).unwrap();
}

/// Begins a deployment that waits with its commit pending and its decision not made.
async fn begin_pending(scene: &Scene, device: &str, port: &str) -> u32 {
    let add = DraftOperation::AddAttachment {
        device: device.to_owned(),
        port: port.to_owned(),
        vlan: None,
    };
    let plan = scene.plan(&scene.edit(DOMAIN, [add]).await).await;
    // The tables are read at preflight, and again over what is pending.
    inject(scene, device, "show lldp", 1, "pending");
    let options = DeployOptions {
        window_minutes: plan.window_minutes,
        policy: Policy::AllOrNothing,
    };
    let begun = scene.app.deployment_start(plan.hash, options).await.unwrap();
    scene.fabric.gates().arrived("pending", 1).await;
    assert!(scene.truth()[device].pending);
    begun.row.id
}

/// Lets a deployment go on, after an abort or not.
async fn end(scene: &Scene, deployment: u32, aborts: bool) {
    if aborts {
        let word = "abort".to_owned();
        scene.app.deployment_choose(deployment, word, None).await.unwrap();
    }
    scene.fabric.gates().open("pending");
    let ended = scene.until_ended(deployment).await;
    let expected = match aborts {
        true => DeploymentStatus::Aborted,
        false => DeploymentStatus::Verified,
    };
    assert_eq!(ended.row.status, expected, "{ended:#?}");
}

fn assert_at_work(error: Option<&ErrorView>, device: &str, deployment: u32) {
    let error = error.unwrap();
    let sentence = format!("{device} was not read: deployment {deployment} was at work there.");
    assert_eq!(
        (error.code.as_str(), &error.sentence),
        ("deployment-runs", &sentence)
    );
}

/// The record is what the device holds: nothing is open but these events, and nothing came and went.
async fn assert_records(scene: &Scene, device: &str, events: &[u32], closed: &[u32]) {
    let inbox = scene.check_drift(Some(vec![device.to_owned()])).await;
    let ids = |rows: &[DriftRow]| rows.iter().map(|row| row.id).collect::<Vec<_>>();
    assert_eq!(ids(&inbox.open), events, "{inbox:#?}");
    assert_eq!(ids(&inbox.closed), closed, "{inbox:#?}");
}

/// Whatever reads a device while a deployment is at work there takes nothing of it.
async fn check_reads_beside(aborts: bool) {
    let scene = Scene::practice().await;
    let (device, port) = scene.port_inside().await;
    let event = another_makes(&scene, &device, UNRELATED).await;
    let before = scene.lines();
    let deployment = begin_pending(&scene, &device, &port).await;

    let devices = Some(vec![device.clone()]);
    let begun = scene.app.discovery_start(devices.clone()).await.unwrap();
    let read = scene.wait_for(begun).await;
    assert_eq!(read.state, ActivityState::Failed, "{read:#?}");
    assert_at_work(read.devices[0].error.as_ref(), &device, deployment);

    let target = SyncTarget::Devices { devices };
    let report = scene.app.sync_target(target, None).await.unwrap();
    assert_eq!((report.failed, report.devices[0].objects.len()), (1, 0));
    assert_at_work(report.devices[0].error.as_ref(), &device, deployment);

    let synced = scene.app.drift_sync(vec![event], None).await.unwrap();
    assert_eq!((synced.added, synced.failed.len()), (0, 1), "{synced:#?}");
    assert_at_work(Some(&synced.failed[0].error), &device, deployment);

    end(&scene, deployment, aborts).await;
    assert_eq!(scene.lines() == before, aborts);
    assert_records(&scene, &device, &[event], &[]).await;
    assert!(scene.app.drift_decisions().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_beside_a_deployment_that_aborts_counts_for_nothing() {
    check_reads_beside(true).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_read_beside_a_deployment_that_verifies_counts_for_nothing() {
    check_reads_beside(false).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_discovery_that_a_deployment_overtook_counts_for_nothing() {
    let scene = Scene::practice().await;
    let (device, port) = scene.port_inside().await;
    inject(&scene, &device, "show config", 0, "read");
    let begun = scene
        .app
        .discovery_start(Some(vec![device.clone()]))
        .await
        .unwrap();
    scene.fabric.gates().arrived("read", 1).await;
    let deployment = begin_pending(&scene, &device, &port).await;
    // Only now it reads, over lines that do not stay.
    scene.fabric.gates().open("read");
    let read = scene.wait_for(begun).await;
    assert_at_work(read.devices[0].error.as_ref(), &device, deployment);
    end(&scene, deployment, true).await;
    assert_records(&scene, &device, &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_background_sync_that_a_deployment_overtook_waits_for_its_end() {
    let scene = Scene::practice().await;
    let (device, port) = scene.port_inside().await;
    let event = another_makes(&scene, &device, UNRELATED).await;
    inject(&scene, &device, "show config", 0, "read");
    let strategy = SettingInput {
        setting: "driftStrategy".to_owned(),
        value: "sync".to_owned(),
    };
    scene.app.settings_set(strategy).await.unwrap();
    scene.app.keep_in_sync();
    scene.fabric.gates().arrived("read", 1).await;
    let deployment = begin_pending(&scene, &device, &port).await;
    let reading = scene.app.activities().await.unwrap().remove(0);
    scene.fabric.gates().open("read");
    let read = scene.wait_for(reading).await;
    assert_at_work(read.devices[0].error.as_ref(), &device, deployment);
    assert_eq!(open(&scene).await[0].id, event);
    end(&scene, deployment, true).await;
    // It was no failure of the device, so it is not long until the next try.
    scene
        .until(async |app| app.drift_list().await.unwrap().open.is_empty().then_some(()))
        .await;
    assert_records(&scene, &device, &[], &[event]).await;
}

/// A deployment of two new ends, of which another took one.
struct Stopped {
    scene: Scene,
    device: String,
    interface: String,
    ended: DeploymentDetail,
}

async fn stopped(scene: Scene) -> Stopped {
    let (leaf, port) = scene.free_port(DOMAIN).await;
    let (device, second) = scene.port_inside().await;
    let add = |device: &str, port: &str| DraftOperation::AddAttachment {
        device: device.to_owned(),
        port: port.to_owned(),
        vlan: None,
    };
    let edit = [add(&leaf, &port), add(&device, &second)];
    let draft = scene.edit(DOMAIN, edit).await;
    let plan = scene.plan(&draft).await;
    let interface = format!("{second}.{}", draft.vlan.unwrap());
    let line = format!("interfaces {interface} vlan-id 3777");
    assert!(scene.another_commits(&device, &[line]));
    let ended = scene.deploy(&plan).await;
    assert_eq!(ended.row.status, DeploymentStatus::Refused, "{ended:#?}");
    Stopped {
        scene,
        device,
        interface,
        ended,
    }
}

impl Stopped {
    async fn choose(&self, choice: &str, why: &str) -> DeploymentDetail {
        let (id, why) = (self.ended.row.id, Some(why.to_owned()));
        let chosen = self.scene.app.deployment_choose(id, choice.to_owned(), why).await;
        chosen.unwrap_or_else(|error| panic!("{choice}: {:?}", error.view()))
    }

    /// Chooses to discover and sync. Returns the devices that were read and how that ended.
    async fn sync(&self, why: &str) -> (Vec<String>, ActivityState) {
        self.choose("discover-and-sync", why).await;
        let reading = self.scene.app.activities().await.unwrap().remove(0);
        let read = self.scene.wait_for(reading).await;
        let devices = read.devices.into_iter().map(|one| one.device);
        (devices.collect(), read.state)
    }

    /// What is offered now, and why it can't be chosen, if so.
    async fn offered(&self) -> Vec<(String, Option<String>)> {
        let now = self.scene.app.deployment_detail(self.ended.row.id).await;
        let choices = now.unwrap().card.unwrap().choices.into_iter();
        choices.map(|view| (view.choice, view.refused)).collect()
    }

    async fn decisions(&self) -> Vec<DriftDecisionView> {
        self.scene.app.drift_decisions().await.unwrap()
    }

    /// The newest decision is of the object that stopped the deployment.
    async fn assert_decided(&self, choice: DriftDecided, why: &str, deployment: u32) {
        let last = self.decisions().await.remove(0);
        assert_eq!(
            (
                last.choice,
                last.object.as_str(),
                last.why.as_str(),
                last.deployment
            ),
            (choice, self.interface.as_str(), why, Some(deployment))
        );
        assert!(!last.by.is_empty() && last.expected_before != last.actual);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sync_from_the_card_takes_what_stopped_the_deployment_and_nothing_beside_it() {
    let scene = Scene::practice().await;
    let (device, _) = scene.port_inside().await;
    let left = another_makes(&scene, &device, LEFT).await;
    let unrelated = another_makes(&scene, &device, UNRELATED).await;
    let reason = Some("Cutover until Friday".to_owned());
    scene.app.drift_leave(vec![left], reason).await.unwrap();
    let stopped = stopped(scene).await;
    assert!(stopped.ended.devices.len() > 1);
    assert_eq!(open(&stopped.scene).await.len(), 3);

    let (read, state) = stopped.sync("Their ticket").await;
    assert_eq!((read, state), (vec![device], ActivityState::Done));
    stopped
        .assert_decided(DriftDecided::Sync, "Their ticket", stopped.ended.row.id)
        .await;
    assert_eq!(stopped.decisions().await.len(), 2);
    let open = open(&stopped.scene).await;
    let of = |id: u32| open.iter().find(|row| row.id == id).unwrap();
    assert_eq!(open.len(), 2, "{open:#?}");
    assert_eq!(of(left).left.as_ref().unwrap().why, "Cutover until Friday");
    assert_eq!(of(unrelated).left, None);
    let offered = stopped.offered().await;
    assert!(offered.iter().any(|(word, _)| word == "continue"), "{offered:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_can_not_be_read_leaves_all_choices_open() {
    let stopped = stopped(Scene::practice().await).await;
    let offered = stopped.offered().await;
    for word in ["discover-and-sync", "skip", "override", "leave"] {
        assert!(offered.contains(&(word.to_owned(), None)), "{offered:?}");
    }
    let event = open(&stopped.scene).await.remove(0).id;

    stopped.scene.fabric.set_reach(&stopped.device, Reach::Refuses);
    let (read, state) = stopped.sync("").await;
    assert_eq!(
        (read, state),
        (vec![stopped.device.clone()], ActivityState::Failed)
    );
    assert_eq!(stopped.offered().await, offered);
    assert_eq!(open(&stopped.scene).await[0].id, event);
    assert!(stopped.decisions().await.is_empty());

    stopped.scene.fabric.set_reach(&stopped.device, Reach::Up);
    let begun = stopped.choose("override", "Ours is right").await;
    let done = stopped.scene.until_ended(begun.row.id).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    assert!(open(&stopped.scene).await.is_empty());
    stopped
        .assert_decided(DriftDecided::Override, "Ours is right", done.row.id)
        .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_on_the_card_is_a_decision_too() {
    let stopped = stopped(Scene::practice().await).await;
    let id = stopped.ended.row.id;
    let theirs = stopped.scene.lines();
    let long = Some("x".repeat(501));
    let refused = stopped
        .scene
        .app
        .deployment_choose(id, "leave".to_owned(), long)
        .await;
    assert_eq!(refused.unwrap_err().view().code, "bad-input");
    assert!(stopped.decisions().await.is_empty());

    stopped.choose("leave", " Asked rowan ").await;
    stopped
        .assert_decided(DriftDecided::Leave, "Asked rowan", id)
        .await;
    let row = open(&stopped.scene).await.remove(0);
    assert_eq!(row.left.unwrap().why, "Asked rowan");
    assert_eq!(stopped.scene.lines(), theirs, "nothing is sent");
}

#[tokio::test(flavor = "multi_thread")]
async fn going_on_without_the_object_or_its_device_is_a_decision_too() {
    for by_device in [false, true] {
        let stopped = stopped(Scene::practice().await).await;
        let choice = match by_device {
            true => format!("continue-without:{}", stopped.device),
            false => "skip".to_owned(),
        };
        let begun = stopped.choose(&choice, "Their port by now").await;
        let done = stopped.scene.until_ended(begun.row.id).await;
        assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
        stopped
            .assert_decided(DriftDecided::Skip, "Their port by now", done.row.id)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_that_no_drift_stopped_offers_nothing_about_it() {
    let scene = Scene::practice().await;
    let done = scene.deploy(&scene.three_tier_plan().await).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    for choice in ["discover-and-sync", "leave"] {
        let refused = scene
            .app
            .deployment_choose(done.row.id, choice.to_owned(), None)
            .await;
        assert_eq!(refused.unwrap_err().view().code, "not-offered", "{choice}");
    }
}
