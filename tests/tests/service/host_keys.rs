//! A changed host key is a hard stop before the password, in every path that reaches a device.

use bk_app::views::{DeploymentStatus, ErrorView};
use bk_tests::Scene;

fn is_hard_stop(error: &ErrorView, old: &str, new: &str) {
    assert_eq!(error.code, "host-key-changed", "{error:?}");
    assert!(
        error.sentence.contains(old) && error.sentence.contains(new),
        "{}",
        error.sentence
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn test_discovery_and_deployment_stop_before_the_password() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let start = scene.truth();
    let device = plan.devices[0].device.clone();
    let key = async || {
        let rows = scene.app.devices_list().await.unwrap();
        let row = rows.into_iter().find(|row| row.name == device).unwrap();
        row.host_key.unwrap().fingerprint
    };
    let tried = || {
        let all = scene.fabric.sign_ins();
        all.into_iter().filter(|one| one.device == device).count()
    };
    let received = || {
        let all = scene.fabric.received();
        all.into_iter().filter(|line| line.device == device).count()
    };
    let old = key().await;
    let new = scene.fabric.change_host_key(&device).unwrap();
    let before = (tried(), received());

    let test = scene.app.device_test(device.clone()).await.unwrap();
    is_hard_stop(&test.error.unwrap(), &old, &new);
    let begun = scene
        .app
        .discovery_start(Some(vec![device.clone()]))
        .await
        .unwrap();
    let ended = scene.wait_for(begun).await;
    is_hard_stop(ended.devices[0].error.as_ref().unwrap(), &old, &new);
    let checks = scene.app.plan_precheck(plan.hash.clone()).await.unwrap();
    let failed: Vec<&ErrorView> = checks.iter().flat_map(|row| &row.errors).collect();
    assert!(
        failed.iter().any(|error| error.code == "host-key-changed"),
        "{checks:#?}"
    );
    let refused = scene.deploy(&plan).await;
    assert_eq!(refused.row.status, DeploymentStatus::Aborted, "{refused:#?}");
    assert!(refused.row.sentence.contains(&old) && refused.row.sentence.contains(&new));
    assert!(refused.devices.iter().all(|device| device.state == "old"));
    assert_eq!((tried(), received()), before, "no password and no line was sent");
    assert_eq!(scene.truth(), start);

    // The key is replaced after comparing, and the deployment goes through.
    let replaced = scene
        .app
        .host_key_replace(device.clone(), new.clone(), new[new.len() - 4..].to_owned())
        .await
        .unwrap();
    assert_eq!(replaced.host_key.unwrap().fingerprint, new);
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let keys = scene.app.host_keys_list().await.unwrap();
    let row = keys.iter().find(|row| row.names.contains(&device)).unwrap();
    let trusted: Vec<_> = row
        .history
        .iter()
        .filter_map(|change| change.after.as_deref())
        .collect();
    assert_eq!(trusted, [new.as_str()]);
    assert_eq!(row.history[0].before.as_deref(), Some(old.as_str()));
    assert!(row.history.iter().all(|change| !change.by.is_empty()));
}
