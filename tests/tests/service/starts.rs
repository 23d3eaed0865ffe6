//! Two deployments that are begun at the same moment, as from two tabs: never two on one device.

use bk_app::views::{DeployOptions, DeploymentStatus, PlanView, Policy};
use bk_lab::fault::{Action, Fault, Moment};
use bk_tests::Scene;

/// Starts both at once. One is begun, and the other is told by which; the one that began ends as if it were alone.
async fn check(scene: &Scene, plans: [&PlanView; 2]) {
    let both = |device: &&str| {
        plans
            .iter()
            .all(|plan| plan.devices.iter().any(|step| step.device == **device))
    };
    let mut devices = plans[0].devices.iter().map(|step| step.device.as_str());
    let shared = devices.find(both).expect("the plans share a device");
    // The first read of the device that both touch waits until the second was answered.
    let hold = Fault::on("show", Moment::BeforeLine, Action::Gate("read".to_owned()));
    scene.fabric.inject(shared, hold).unwrap();
    let start = |plan: &PlanView| {
        let (app, hash) = (scene.app.clone(), plan.hash.clone());
        let options = DeployOptions {
            window_minutes: plan.window_minutes,
            policy: Policy::AllOrNothing,
        };
        tokio::spawn(async move { app.deployment_start(hash, options).await })
    };
    let begun = plans.map(start);
    let mut began = Vec::new();
    let mut refused = Vec::new();
    for one in begun {
        match one.await.unwrap() {
            Ok(detail) => began.push(detail.row.id),
            Err(error) => refused.push(error.view()),
        }
    }
    assert_eq!((began.len(), refused.len()), (1, 1), "{began:?} {refused:#?}");
    assert_eq!(refused[0].code, "runs-already", "{refused:#?}");
    assert_eq!(refused[0].object, Some(began[0].to_string()));
    scene.fabric.gates().open("read");
    let ended = scene.until_ended(began[0]).await;
    assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
    // What was refused left nothing behind that counts as a deployment.
    let all = scene.app.deployments_list().await.unwrap();
    let of_case = all.iter().filter(|row| row.id >= began[0]);
    assert_eq!(of_case.count(), 1, "{all:#?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_starts_on_one_device_one_is_begun() {
    let scene = Scene::practice().await;
    let edit = scene.three_tier_plan().await;
    let clean_up = scene.app.clean_up_plan(None).await.unwrap();
    check(&scene, [&edit, &clean_up]).await;

    let scene = Scene::practice().await;
    let edit = scene.three_tier_plan().await;
    check(&scene, [&edit, &edit]).await;
}
