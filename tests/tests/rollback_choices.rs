//! Going back where others changed the same objects since: each way out, judged by the fabric's dump.
#![cfg(test)]

use bk_app::views::{
    ActivityState, DeploymentStatus, DraftOperation, PortGroup, RestoreRequest, RollbackChoice,
    RollbackChoices,
};
use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Lines, Scene};

/// A deployment that brings the service to a new leaf, with the fabric before and after it.
struct Done {
    scene: Scene,
    leaf: String,
    interface: String,
    deployment: u32,
    before: Lines,
    after: Lines,
}

async fn deployed() -> Done {
    let scene = Scene::practice().await;
    let before = scene.lines();
    let (leaf, port) = scene.free_port(DOMAIN).await;
    let add = DraftOperation::AddAttachment {
        device: leaf.clone(),
        port: port.clone(),
        vlan: None,
    };
    let draft = scene.edit(DOMAIN, [add]).await;
    let done = scene.deploy(&scene.plan(&draft).await).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let interface = format!("{port}.{}", draft.vlan.unwrap());
    let after = scene.lines();
    Done {
        scene,
        leaf,
        interface,
        deployment: done.row.id,
        before,
        after,
    }
}

/// Another engineer works on the leaf, and it is taken as it is.
async fn another(done: &Done, lines: &[String]) {
    assert!(done.scene.another_commits(&done.leaf, lines), "{lines:?}");
    let begun = done
        .scene
        .app
        .discovery_start(Some(vec![done.leaf.clone()]))
        .await
        .unwrap();
    done.scene.wait_for(begun).await;
}

async fn choices(done: &Done) -> RollbackChoices {
    done.scene.app.rollback_choices(done.deployment).await.unwrap()
}

async fn takes(done: &Done, choice: RollbackChoice) -> Lines {
    let plan = done
        .scene
        .app
        .rollback_choice_plan(done.deployment, choice)
        .await
        .unwrap();
    let ended = done.scene.deploy(&plan).await;
    assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
    done.scene.lines()
}

fn overlaps(choices: &RollbackChoices) -> Vec<String> {
    let told = choices.overlaps.iter();
    told.map(|one| format!("{} {}", one.device, one.object)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_to_be_chosen_where_it_can_be_undone() {
    let done = deployed().await;
    another(
        &done,
        &["interfaces ge100-0/0/30 description elsewhere".to_owned()],
    )
    .await;
    let choices = choices(&done).await;
    assert!(choices.undoable && choices.choices.is_empty(), "{choices:#?}");
    assert!(done.scene.app.rollback_plan(done.deployment).await.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_back_over_what_came_after_it() {
    let done = deployed().await;
    another(
        &done,
        &[format!("interfaces {} description theirs", done.interface)],
    )
    .await;
    let refused = done
        .scene
        .app
        .rollback_plan(done.deployment)
        .await
        .unwrap_err()
        .view();
    assert_eq!(refused.code, "undo-overlaps");
    let told = choices(&done).await;
    assert_eq!(overlaps(&told), [format!("{} {}", done.leaf, done.interface)]);
    assert!(!told.overlaps[0].diff.identical);
    assert_eq!(takes(&done, RollbackChoice::Over).await, done.before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rest_goes_back_and_theirs_stays() {
    // Two more ends on a leaf that was in the service before: its fabric attachments are no part of the deployment.
    let scene = Scene::practice().await;
    let before = scene.lines();
    let (leaf, ports) = ports_inside(&scene).await;
    let adds = ports.iter().map(|port| DraftOperation::AddAttachment {
        device: leaf.clone(),
        port: port.clone(),
        vlan: None,
    });
    let draft = scene.edit(DOMAIN, adds).await;
    let ended = scene.deploy(&scene.plan(&draft).await).await;
    assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
    let done = Done {
        after: scene.lines(),
        interface: format!("{}.{}", ports[0], draft.vlan.unwrap()),
        leaf,
        deployment: ended.row.id,
        before,
        scene,
    };
    let theirs = format!("interfaces {} description theirs", done.interface);
    another(&done, std::slice::from_ref(&theirs)).await;
    let end = takes(&done, RollbackChoice::Rest).await;
    let inside = format!("{} ", done.interface);
    let of_theirs = |line: &&String| line.ends_with(&done.interface) || line.contains(&inside);
    let mut expected = done.before[&done.leaf].clone();
    expected.extend(done.after[&done.leaf].iter().filter(of_theirs).cloned());
    expected.insert(theirs.clone());
    assert_eq!(end[&done.leaf], expected);
}

/// A leaf of the service with two free ports.
async fn ports_inside(scene: &Scene) -> (String, Vec<String>) {
    let detail = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap();
    for device in detail.row.devices {
        let offer = scene.app.ports_of(device.clone(), None).await.unwrap();
        let ready = offer
            .ports
            .into_iter()
            .filter(|port| port.group == PortGroup::Ready);
        let ports: Vec<String> = ready.map(|port| port.port).take(2).collect();
        if ports.len() == 2 {
            return (device, ports);
        }
    }
    panic!("no leaf of {DOMAIN} has two free ports");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_of_another_in_the_bridge_domain_is_named_before_it_goes() {
    let done = deployed().await;
    let port = done.interface.split('.').next().unwrap();
    let unit = [
        format!("interfaces {port}.3777 l2-service enabled"),
        format!("interfaces {port}.3777 vlan-id 3777"),
    ];
    let member = format!("network-services bridge-domain instance {DOMAIN} interface {port}.3777");
    another(&done, &[unit.as_slice(), &[member]].concat()).await;
    let told = choices(&done).await;
    assert_eq!(overlaps(&told), [format!("{} {DOMAIN}", done.leaf)]);
    // The rest holds the way of their end to the other leaves.
    let rest = told
        .choices
        .iter()
        .find(|choice| choice.choice == RollbackChoice::Rest);
    let refused = rest.unwrap().refused.as_deref().unwrap_or_default();
    assert!(refused.contains("would lose their way"), "{refused}");
    // Over it, the bridge domain goes with their membership, as was said; their interface stays.
    let end = takes(&done, RollbackChoice::Over).await;
    let mut kept = done.before[&done.leaf].clone();
    kept.extend(unit);
    assert_eq!(end[&done.leaf], kept);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_goes_back_to_no_moment_at_which_one_of_its_devices_is_not_known() {
    let spec = bk_lab::generate::practice(bk_practice::SEED);
    let scene = Scene::undiscovered(spec, Dialect::default()).await;
    let member = format!("network-services bridge-domain instance {DOMAIN} ");
    let mut dumps = scene.fabric.dump().into_iter();
    let late = dumps.find(|dump| dump.flattened.contains(&member)).unwrap().name;
    scene.fabric.set_reach(&late, Reach::Refuses);
    let begun = scene.app.start_practice_lab().await.unwrap();
    assert_eq!(scene.wait_for(begun).await.state, ActivityState::Partial);
    let newest = async || {
        let devices = scene.app.snapshots_overview().await.unwrap().devices;
        devices.into_iter().map(|device| device.last).max().unwrap()
    };
    let then = newest().await;
    let to = |at: &str| RestoreRequest::Domain {
        domain: DOMAIN.to_owned(),
        at: at.to_owned(),
    };
    // As long as nothing is known of it, nothing of it is left standing either.
    assert!(scene.app.restore_plan(to(&then)).await.unwrap().empty);

    scene.fabric.set_reach(&late, Reach::Up);
    let begun = scene.app.discovery_start(Some(vec![late.clone()])).await.unwrap();
    assert_eq!(scene.wait_for(begun).await.state, ActivityState::Done);
    let refused = scene.app.restore_plan(to(&then)).await.unwrap_err().view();
    assert_eq!(
        (refused.code.as_str(), refused.device.as_ref()),
        ("not-read-then", Some(&late))
    );
    assert!(refused.sentence.contains(&late), "{refused:?}");
    assert!(scene.app.restore_plan(to(&newest().await)).await.unwrap().empty);
}
