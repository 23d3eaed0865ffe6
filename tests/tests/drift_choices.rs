//! A deployment that finds drift, and each thing that can be done about it: every kind of drift by every choice, judged by
//! the fabric's dump, by the records and by what is open afterwards.
#![cfg(test)]

use std::collections::{BTreeMap, BTreeSet};

use bk_app::views::{
    ActivityState, DeploymentDetail, DeploymentStatus, DraftOperation, DriftDecided, DriftKind,
};
use bk_tests::{DOMAIN, Scene};

type Lines = BTreeMap<String, BTreeSet<String>>;

/// The edit of every case: a leaf joins the service, and a leaf of the service gets one more port.
struct Edit {
    leaf: String,
    port: String,
    vlan: u16,
    deployment: u32,
}

fn dump(scene: &Scene) -> Lines {
    scene
        .truth()
        .into_iter()
        .map(|(name, truth)| {
            let lines = truth.flattened.lines();
            (
                name,
                lines.map(|line| line.trim_end_matches(" ^").to_owned()).collect(),
            )
        })
        .collect()
}

/// A port of a leaf that is in the service already.
async fn port_inside(scene: &Scene) -> (String, String) {
    let detail = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap();
    for device in detail.row.devices {
        let offer = scene.app.ports_of(device.clone(), None).await.unwrap();
        let ready = |port: &bk_app::views::PortRow| port.group == bk_app::views::PortGroup::Ready;
        if let Some(port) = offer.ports.into_iter().find(ready) {
            return (device, port.port);
        }
    }
    panic!("no leaf of {DOMAIN} has a free port");
}

/// Makes the edit, lets another engineer work, deploys. `None` where nobody works: the deployment holds.
async fn deploy(scene: &Scene, foreign: Option<Foreign>) -> Edit {
    let (leaf, port) = scene.free_port(DOMAIN).await;
    let inside = port_inside(scene).await;
    let add = |device: String, port: String| DraftOperation::AddAttachment {
        device,
        port,
        vlan: None,
    };
    let draft = scene
        .edit(DOMAIN, [add(leaf.clone(), port.clone()), add(inside.0, inside.1)])
        .await;
    let plan = scene.plan(&draft).await;
    let vlan = draft.vlan.unwrap();
    if let Some(foreign) = foreign {
        let typed = foreign(&port, vlan);
        assert!(scene.another_commits(&leaf, &typed), "{leaf} refuses {typed:?}");
    }
    let deployment = scene.deploy(&plan).await.row.id;
    Edit {
        leaf,
        port,
        vlan,
        deployment,
    }
}

type Foreign = fn(&str, u16) -> Vec<String>;

fn instance() -> String {
    format!("network-services bridge-domain instance {DOMAIN}")
}

/// What the dump is when nobody works in between.
async fn undisturbed() -> Lines {
    let scene = Scene::practice().await;
    let edit = deploy(&scene, None).await;
    let done = scene.app.deployment_detail(edit.deployment).await.unwrap();
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    dump(&scene)
}

async fn choose(scene: &Scene, deployment: u32, choice: &str) -> DeploymentDetail {
    let begun = scene
        .app
        .deployment_choose(deployment, choice.to_owned())
        .await
        .unwrap_or_else(|error| panic!("{choice}: {:?}", error.view()));
    scene.until_ended(begun.row.id).await
}

fn offered(detail: &DeploymentDetail) -> Vec<&str> {
    let card = detail.card.as_ref().unwrap();
    card.choices.iter().map(|choice| choice.choice.as_str()).collect()
}

/// What is expected of one kind of drift.
struct Row {
    foreign: Foreign,
    kinds: &'static [DriftKind],
    /// The object, of which `PORT` and `VLAN` are those of the edit.
    object: &'static str,
    /// Why going on after a sync is not possible; empty where it is.
    after_sync: &'static str,
    /// Lines of theirs that stay after a sync, on the leaf.
    stays: fn(u16) -> Vec<String>,
}

async fn check_row(row: Row) {
    let target = undisturbed().await;

    // Found, on its object; nothing was sent.
    let scene = Scene::practice().await;
    let edit = deploy(&scene, Some(row.foreign)).await;
    let stopped = scene.app.deployment_detail(edit.deployment).await.unwrap();
    assert_eq!(stopped.row.status, DeploymentStatus::Refused, "{stopped:#?}");
    let theirs = dump(&scene);
    let inbox = scene.app.drift_list().await.unwrap();
    let object = row
        .object
        .replace("PORT", &edit.port)
        .replace("VLAN", &edit.vlan.to_string());
    let found: Vec<_> = inbox.open.iter().filter(|event| event.object == object).collect();
    assert_eq!(found.len(), 1, "{object}: {:#?}", inbox.open);
    assert!(row.kinds.contains(&found[0].kind), "{:?}", found[0]);
    assert_eq!(
        (found[0].device.as_str(), found[0].source.as_str()),
        (edit.leaf.as_str(), "deployment 1")
    );

    // Left: nothing changes anywhere, and it asks no more.
    choose(&scene, edit.deployment, "leave").await;
    assert_eq!(dump(&scene), theirs);

    // Overridden: as if nobody had worked there, and the draft has ended.
    assert!(offered(&stopped).contains(&"override"), "{:?}", offered(&stopped));
    let done = choose(&scene, edit.deployment, "override").await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    assert_eq!(dump(&scene), target);
    assert!(scene.app.drafts_list().await.unwrap().is_empty());
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());
    let decisions = scene.app.drift_decisions().await.unwrap();
    assert!(!decisions.is_empty());
    for decision in &decisions {
        assert_eq!(
            (decision.choice, decision.deployment),
            (DriftDecided::Override, Some(done.row.id))
        );
    }
    check_records(&scene).await;

    // Skipped: theirs stays, the rest holds.
    let scene = Scene::practice().await;
    let edit = deploy(&scene, Some(row.foreign)).await;
    let done = choose(&scene, edit.deployment, "skip").await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let after = dump(&scene);
    assert_eq!(after[&edit.leaf], theirs[&edit.leaf]);
    assert_ne!(after, theirs);
    assert_eq!(scene.app.drafts_list().await.unwrap().len(), 1);
    assert!(!scene.app.drift_list().await.unwrap().open.is_empty());
    let decisions = scene.app.drift_decisions().await.unwrap();
    assert!(
        decisions
            .iter()
            .all(|decision| decision.choice == DriftDecided::Skip)
            && !decisions.is_empty()
    );

    // Synced: theirs is what is expected; what is left to do goes on, or the reason is said.
    let scene = Scene::practice().await;
    let edit = deploy(&scene, Some(row.foreign)).await;
    let reads = scene.app.activities().await.unwrap().len();
    choose(&scene, edit.deployment, "discover-and-sync").await;
    let all = scene.app.activities().await.unwrap();
    assert_eq!(all.len(), reads + 1);
    assert_eq!(scene.wait_for(all[0].clone()).await.state, ActivityState::Done);
    assert_eq!(dump(&scene), theirs);
    assert!(scene.app.drift_list().await.unwrap().open.is_empty());
    let synced = scene.app.deployment_detail(edit.deployment).await.unwrap();
    assert!(offered(&synced).contains(&"continue"), "{:?}", offered(&synced));
    let card = synced.card.unwrap();
    let go_on = card
        .choices
        .iter()
        .find(|choice| choice.choice == "continue")
        .unwrap();
    if row.after_sync.is_empty() {
        assert_eq!(go_on.refused, None);
        let done = choose(&scene, edit.deployment, "continue").await;
        assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
        let mut with_theirs = target;
        let leaf = with_theirs.get_mut(&edit.leaf).unwrap();
        for line in (row.stays)(edit.vlan) {
            // A leaf of theirs stands in place of ours.
            let ours = line.rsplit_once(' ').unwrap().0.to_owned();
            leaf.retain(|line| !line.starts_with(&format!("{ours} ")));
            leaf.insert(line);
        }
        assert_eq!(dump(&scene), with_theirs);
    } else {
        let refused = go_on.refused.as_deref().unwrap_or_default();
        assert!(refused.contains(row.after_sync), "{go_on:?}");
        assert_eq!(dump(&scene), theirs);
    }
    check_records(&scene).await;
}

/// A check finds nothing: what is expected is what is there.
async fn check_records(scene: &Scene) {
    let begun = scene.app.drift_check_start(None).await.unwrap();
    assert_eq!(scene.wait_for(begun).await.state, ActivityState::Done);
    let inbox = scene.app.drift_list().await.unwrap();
    assert!(inbox.open.is_empty(), "{:#?}", inbox.open);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_is_configured_already_with_the_same_vlan() {
    check_row(Row {
        foreign: |port, vlan| {
            vec![
                format!("interfaces {port}.{vlan} l2-service enabled"),
                format!("interfaces {port}.{vlan} vlan-id {vlan}"),
            ]
        },
        kinds: &[DriftKind::AlreadyConfigured],
        object: "PORT.VLAN",
        after_sync: "",
        stays: |_| Vec::new(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_interface_is_configured_already_with_another_vlan() {
    check_row(Row {
        foreign: |port, vlan| {
            vec![
                format!("interfaces {port}.{vlan} l2-service enabled"),
                format!("interfaces {port}.{vlan} vlan-id 3777"),
            ]
        },
        kinds: &[DriftKind::AlreadyConfigured, DriftKind::Mismatch],
        object: "PORT.VLAN",
        after_sync: "exists already and is something else",
        stays: |_| Vec::new(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tag_is_taken_on_the_port() {
    check_row(Row {
        foreign: |port, vlan| {
            vec![
                format!("interfaces {port}.3777 l2-service enabled"),
                format!("interfaces {port}.3777 vlan-id {vlan}"),
            ]
        },
        kinds: &[DriftKind::AlreadyConfigured, DriftKind::VlanConflict],
        object: "PORT.3777",
        after_sync: "is used by",
        stays: |_| Vec::new(),
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_bridge_domain_exists_already() {
    check_row(Row {
        foreign: |_, _| vec![format!("{} admin-state disabled", instance())],
        kinds: &[DriftKind::DomainExists],
        object: DOMAIN,
        after_sync: "",
        stays: |_| vec![format!("{} admin-state disabled", instance())],
    })
    .await;
}
