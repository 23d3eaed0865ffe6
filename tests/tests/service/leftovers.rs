//! What a deployment says of leftovers on its devices: its own, and those that were there before.

use bk_app::views::{DeploymentStatus, DraftOperation};
use bk_tests::{DOMAIN, Scene};

#[tokio::test(flavor = "multi_thread")]
async fn what_was_left_before_is_counted_and_not_called_its_own() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let devices = plan.devices.iter().map(|step| step.device.clone()).collect();
    let seeded = scene.app.audit(Some(devices)).await.unwrap().leftovers.len();
    assert!(seeded > 0, "the practice lab has leftovers on these devices");
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let before = usize::try_from(done.left_before).unwrap();
    assert_eq!(
        (done.leftovers.len(), before),
        (0, seeded),
        "{:?}",
        done.leftovers
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployment_leaves_is_called_its_own() {
    let scene = Scene::practice().await;
    // Another took the last end from a leaf: its links lead nowhere, and stay.
    let (leaf, _) = scene.attachment().await;
    let detail = scene.app.domain_detail(DOMAIN.to_owned()).await.unwrap();
    let of_leaf = detail.devices.into_iter().find(|device| device.device == leaf);
    let ends = of_leaf.unwrap().attachments.into_iter();
    let gone = ends.filter(|one| !one.is_fabric).flat_map(|one| {
        let interface = one.interface;
        [
            format!("no network-services bridge-domain instance {DOMAIN} interface {interface}"),
            format!("no interfaces {interface}"),
        ]
    });
    assert!(scene.another_commits(&leaf, &gone.collect::<Vec<_>>()));
    let begun = scene.app.discovery_start(Some(vec![leaf.clone()])).await;
    scene.wait_for(begun.unwrap()).await;
    let needless = async || {
        let audit = scene.app.audit(None).await.unwrap().leftovers.into_iter();
        let links = audit.filter(|one| one.sentence.ends_with(&format!("leads to no end of {DOMAIN}.")));
        let mut said: Vec<String> = links
            .map(|one| format!("{}: {}", one.device, one.sentence))
            .collect();
        said.sort();
        said
    };
    assert!(!needless().await.is_empty());

    // The links get the new tag with all others.
    let vlan = scene.free_vlan().await;
    let draft = scene
        .edit(DOMAIN, [DraftOperation::ChangeServiceVlan { vlan }])
        .await;
    let done = scene.deploy(&scene.plan(&draft).await).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let mut own = done.leftovers;
    own.sort();
    assert!(!own.is_empty());
    assert_eq!(own, needless().await);
}
