//! However a device prints what it holds, and whatever a commit makes of its text, nothing differs.
#![cfg(test)]

use bk_app::views::{ActivityState, DeploymentStatus};
use bk_lab::dialect::Dialect;
use bk_lab::generate::practice;
use bk_tests::{Scene, dialects};

/// A check of every device finds nothing and closes nothing.
async fn nothing_differs(scene: &Scene, dialect: &str) {
    let begun = scene.app.drift_check_start(None).await.unwrap();
    let ended = scene.wait_for(begun).await;
    assert_eq!(ended.state, ActivityState::Done, "{dialect}: {ended:?}");
    let inbox = scene.app.drift_list().await.unwrap();
    assert!(
        inbox.open.is_empty() && inbox.closed.is_empty(),
        "{dialect}: {inbox:#?}"
    );
}

/// What was read in one dialect means the same in every other: all pairs of all switches.
#[tokio::test(flavor = "multi_thread")]
async fn the_same_printed_in_another_way_is_no_drift() {
    let scene = Scene::practice().await;
    let devices = scene.app.devices_list().await.unwrap();
    let mut texts = 0;
    for named in dialects::pairwise(1) {
        let before = scene.truth();
        for device in &devices {
            scene
                .fabric
                .device(&device.name)
                .unwrap()
                .set_dialect(named.dialect);
        }
        texts += bk_tests::changed(&before, &scene.truth()).len();
        nothing_differs(&scene, &named.text).await;
    }
    // The dialects do change what is printed: nearly every device, nearly every time.
    assert!(
        texts > 5 * devices.len(),
        "{texts} texts were printed differently"
    );
}

/// A deployment and its undo in this dialect, and a check after each.
async fn check(dialect: &str) {
    let scene = Scene::with(practice(bk_practice::SEED), Dialect::parse(dialect).unwrap()).await;
    nothing_differs(&scene, dialect).await;
    let plan = scene.three_tier_plan().await;
    let done = scene.deploy(&plan).await;
    assert_eq!(
        done.row.status,
        DeploymentStatus::Verified,
        "{dialect}: {done:#?}"
    );
    nothing_differs(&scene, dialect).await;
    let undo = scene.app.rollback_plan(done.row.id).await.unwrap();
    let undone = scene.deploy(&undo).await;
    assert_eq!(
        undone.row.status,
        DeploymentStatus::Verified,
        "{dialect}: {undone:#?}"
    );
    nothing_differs(&scene, dialect).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_deployment_changed_is_no_drift_in_any_way_of_printing() {
    for dialect in [
        "order=insertion,member-bang=absent,list-separator=blank,compare=paths,tables=documented,error-reset=coloured",
        "list-separator=comma-blank,list-set=replace,empty-nodes=stay,context-after-no=parent,order=insertion",
        "admin-state=filled,tpid=filled,quotes=always",
        "admin-state=hidden,tpid=hidden,order=insertion",
        "commit-text=rewritten,order=insertion",
        "commit-text=rewritten,admin-state=filled,quotes=always,compare=paths",
    ] {
        check(dialect).await;
    }
}
