//! The main job over the practice fabric, each time judged by the fabric's own dump.
#![cfg(test)]

use bk_app::views::{CheckResult, DeploymentStatus, DeviceRole, DraftOperation, TextForm};
use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene, changed};

fn fault(matching: &str, moment: Moment, action: Action) -> Fault {
    Fault {
        matching: Some(matching.to_owned()),
        skip: 0,
        moment,
        action,
        repeat: false,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_three_tier_edit_is_deployed_verified_and_rolled_back_to_identical_bytes() {
    let scene = Scene::practice().await;
    let start = scene.truth();
    let plan = scene.three_tier_plan().await;
    let tiers: std::collections::BTreeSet<&str> =
        plan.devices.iter().map(|device| device.tier.as_str()).collect();
    assert_eq!(
        tiers.into_iter().collect::<Vec<_>>(),
        ["leaf", "spine", "superspine"]
    );
    assert!(plan.reverse_proven && !plan.empty && plan.devices.len() >= 4);

    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:?}");
    assert!(done.devices.iter().all(|device| device.state == "new"));
    assert!(done.checks.iter().filter(|check| check.gating).all(|check| {
        check
            .results
            .iter()
            .all(|cell| cell.result != CheckResult::Failed)
    }));
    let after = scene.truth();
    let mut planned: Vec<&String> = plan
        .devices
        .iter()
        .filter(|device| !device.forward.is_empty())
        .map(|device| &device.device)
        .collect();
    planned.sort();
    assert_eq!(changed(&start, &after).iter().collect::<Vec<_>>(), planned);
    assert!(
        after
            .values()
            .all(|truth| truth.candidates.is_empty() && !truth.pending)
    );

    // The records are what the fabric holds, so the same edit again has nothing to send.
    let again = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    assert!(
        again.changes.is_empty(),
        "the draft was deployed and a new one is empty"
    );

    let undo = scene.app.rollback_plan(done.row.id).await.unwrap();
    let undone = scene.deploy(&undo).await;
    assert_eq!(undone.row.status, DeploymentStatus::Verified, "{undone:?}");
    let end = scene.truth();
    for (device, truth) in &start {
        assert_eq!(
            (&truth.flattened, &truth.hierarchical),
            (&end[device].flattened, &end[device].hierarchical),
            "{device}"
        );
    }
    let first = scene.app.deployment_detail(done.row.id).await.unwrap();
    assert_eq!(
        (first.row.undone_by, first.rollback.possible),
        (Some(undone.row.id), false)
    );
    assert!(
        scene.app.rollback_plan(done.row.id).await.is_err(),
        "what was undone can't be undone again"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_commit_check_on_one_device_leaves_no_trace_on_any() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let refusing = &plan.devices[1].device;
    let start = scene.truth();
    let words = "ERROR: Too many sub-interfaces on this port.";
    scene
        .fabric
        .inject(
            refusing,
            fault(
                "commit check",
                Moment::BeforeLine,
                Action::Refuse(words.to_owned()),
            ),
        )
        .unwrap();

    let ended = scene.deploy(&plan).await;
    assert_eq!(ended.row.status, DeploymentStatus::Refused, "{ended:?}");
    assert!(
        ended.devices.iter().all(|device| device.state == "old"),
        "{:?}",
        ended.devices
    );
    let card = ended.card.unwrap();
    assert_eq!(
        (card.kind.as_str(), card.words.as_deref().map(str::trim)),
        ("refused", Some(words))
    );
    assert_eq!(
        scene.truth(),
        start,
        "running, candidates, pending and rollback list of all devices are as before"
    );

    // The same plan again goes through.
    let retried = scene
        .app
        .deployment_choose(ended.row.id, "retry".to_owned(), None)
        .await
        .unwrap();
    let verified = scene.until_ended(retried.row.id).await;
    assert_eq!(verified.row.status, DeploymentStatus::Verified, "{verified:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_lost_in_prepare_is_not_called_clean_until_it_is() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let lost = plan.devices[0].device.clone();
    let start = scene.truth();
    // The last line's answer is lost, and the device can't be reached any more.
    scene
        .fabric
        .inject(
            &lost,
            fault("commit check", Moment::BeforeLine, Action::Unreachable),
        )
        .unwrap();

    let ended = scene.deploy(&plan).await;
    assert_eq!(ended.row.status, DeploymentStatus::InDoubt, "{ended:?}");
    for device in &ended.devices {
        let expected = if device.device == lost {
            "old-candidate-not-proven-clean"
        } else {
            "old"
        };
        assert_eq!(device.state, expected, "{}", device.device);
    }
    let now = scene.truth();
    assert!(
        changed(&start, &now).is_empty(),
        "nothing runs that did not run before"
    );
    assert!(
        !now[&lost].candidates.is_empty(),
        "our lines do stand in its candidate"
    );
    assert_eq!(
        scene.app.app_status().await.unwrap().open_deployments,
        [ended.row.id]
    );

    scene.fabric.set_reach(&lost, Reach::Up);
    scene
        .app
        .deployment_choose(ended.row.id, "recover".to_owned(), None)
        .await
        .unwrap();
    let recovered = scene.until_ended(ended.row.id).await;
    assert!(
        recovered.devices.iter().all(|device| device.state == "old"),
        "{recovered:?}"
    );
    assert_eq!(scene.truth(), start);
    assert!(scene.app.app_status().await.unwrap().open_deployments.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn drift_found_at_preflight_stops_everything_and_names_the_object() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let device = plan
        .devices
        .iter()
        .find(|device| device.tier == "leaf" && device.role == DeviceRole::Modified)
        .unwrap()
        .device
        .clone();
    let interface = format!(
        "bundle-60000.{}",
        scene
            .app
            .domain_detail(DOMAIN.to_owned())
            .await
            .unwrap()
            .row
            .vlan
            .unwrap()
    );
    let lines = [
        format!("interfaces {interface} description \"moved by hand\""),
        "commit".to_owned(),
    ];
    let answers = scene.fabric.foreign(&device, "birch", &lines);
    assert!(answers[1].contains("Commit succeeded"), "{answers:?}");
    let start = scene.truth();

    let ended = scene.deploy(&plan).await;
    assert_eq!(ended.row.status, DeploymentStatus::Refused, "{ended:?}");
    let card = ended.card.unwrap();
    assert_eq!(card.kind, "drift");
    assert!(
        card.sentence.contains(&device) && card.sentence.contains(&interface),
        "{}",
        card.sentence
    );
    assert!(!card.diff.unwrap().identical);
    assert!(
        card.choices
            .iter()
            .any(|choice| choice.choice == "discover-and-sync")
    );
    assert_eq!(scene.truth(), start);

    // Reading takes the device as it is; the plan is made anew and goes through.
    scene
        .app
        .deployment_choose(ended.row.id, "discover-and-sync".to_owned(), None)
        .await
        .unwrap();
    let reading = scene.app.activities().await.unwrap().into_iter().next().unwrap();
    scene.wait_for(reading).await;
    let draft = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    let anew = scene.plan(&draft).await;
    assert_ne!(anew.hash, plan.hash);
    assert_eq!(scene.deploy(&anew).await.row.status, DeploymentStatus::Verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_commit_elsewhere_does_not_stop_a_deployment() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let device = plan.devices[0].device.clone();
    let lines = [
        "interfaces ge100-0/0/30 description \"not ours\"".to_owned(),
        "commit".to_owned(),
    ];
    scene.fabric.foreign(&device, "birch", &lines);
    assert_eq!(scene.deploy(&plan).await.row.status, DeploymentStatus::Verified);
    assert!(scene.truth()[&device].flattened.contains("not ours"));
}

#[tokio::test(flavor = "multi_thread")]
async fn abort_in_the_confirm_window_takes_every_device_back() {
    let scene = Scene::practice().await;
    let plan = scene.three_tier_plan().await;
    let start = scene.truth();
    // One device holds the fabric in Verify until its gate opens.
    let held = plan.devices[0].device.clone();
    scene
        .fabric
        .inject(
            &held,
            fault("show lldp", Moment::BeforeLine, Action::Gate("verify".to_owned())),
        )
        .unwrap();
    let options = bk_app::views::DeployOptions {
        window_minutes: plan.window_minutes,
        policy: bk_app::views::Policy::AllOrNothing,
    };
    // Preflight reads the same table, so that gate is opened once before the one that is wanted.
    scene
        .fabric
        .inject(
            &held,
            fault("show lldp", Moment::BeforeLine, Action::Gate("verify".to_owned())),
        )
        .unwrap();
    let begun = scene
        .app
        .deployment_start(plan.hash.clone(), options)
        .await
        .unwrap();
    scene.fabric.gates().arrived("verify", 1).await;
    scene
        .app
        .deployment_choose(begun.row.id, "abort".to_owned(), None)
        .await
        .unwrap();
    scene.fabric.gates().open("verify");
    let ended = scene.until_ended(begun.row.id).await;
    assert_eq!(ended.row.status, DeploymentStatus::Aborted, "{ended:?}");
    assert!(ended.devices.iter().all(|device| device.state == "old"));
    assert!(changed(&start, &scene.truth()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_read_can_be_reviewed_and_planned_with_the_fabric_stopped() {
    let mut scene = Scene::practice().await;
    let online = scene.three_tier_plan().await;
    let devices = scene.app.devices_list().await.unwrap();
    for device in &devices {
        scene.fabric.set_reach(&device.name, Reach::Refuses);
    }
    scene.restart().await;

    let draft = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    assert_eq!(
        scene.plan(&draft).await.hash,
        online.hash,
        "offline and online give the same plan"
    );
    let overview = scene.app.snapshots_overview().await.unwrap();
    assert_eq!(overview.devices.len(), devices.len());
    let reads = scene.app.snapshot_list(devices[0].name.clone()).await.unwrap();
    let text = scene
        .app
        .snapshot_text(reads[0].id, TextForm::Flattened)
        .await
        .unwrap();
    assert!(text.text.contains("interfaces "));
    assert!(
        scene
            .app
            .snapshot_diff(reads[0].id, reads[0].id, TextForm::Text)
            .await
            .unwrap()
            .identical
    );
    assert!(scene.app.domains_list().await.unwrap().len() >= 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_with_nothing_to_change_sends_nothing() {
    let scene = Scene::practice().await;
    let start = scene.truth();
    let draft = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    let plan = scene.plan(&draft).await;
    assert!(plan.empty);
    let received = scene.fabric.received().len();
    assert_eq!(
        scene.deploy(&plan).await.row.status,
        DeploymentStatus::NothingToDo
    );
    assert_eq!(scene.fabric.received().len(), received);
    assert_eq!(scene.truth(), start);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_job_is_done_in_every_candidate_scope() {
    for text in [
        "candidate=session",
        "candidate=device",
        "candidate=user,candidate-life=lost",
        "confirm-texts=field",
        "empty-check=notice",
    ] {
        let Ok(dialect) = Dialect::parse(text) else {
            panic!("{text}: {:?}", Dialect::parse(text).map(|_| ()))
        };
        let scene = Scene::with(bk_lab::generate::practice(bk_practice::SEED), dialect).await;
        let (device, port) = scene.free_port(DOMAIN).await;
        let draft = scene
            .edit(
                DOMAIN,
                [DraftOperation::AddAttachment {
                    device,
                    port,
                    vlan: None,
                }],
            )
            .await;
        let plan = scene.plan(&draft).await;
        let done = scene.deploy(&plan).await;
        assert_eq!(
            done.row.status,
            DeploymentStatus::Verified,
            "{text}: {:?} {:?}",
            done.row,
            done.error
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn leftovers_are_cleaned_up_as_one_transaction_and_can_be_brought_back() {
    let scene = Scene::practice().await;
    let start = scene.truth();
    let audit = scene.app.audit(None).await.unwrap();
    let mut found: Vec<String> = (audit.leftovers.iter())
        .map(|leftover| format!("{}: {}", leftover.device, leftover.sentence))
        .collect();
    found.sort();
    // What the practice lab was given, and nothing of its routed management service.
    assert_eq!(
        found,
        [
            "LEAF-A02: ge100-0/0/20.700 belongs to no bridge domain.",
            "LEAF-B02: ge100-0/0/9.1500 belongs to no bridge domain.",
            "LEAF-B02: vlan1955_old has no member.",
            "SPINE-1: bundle-60001.1111 belongs to no bridge domain.",
        ]
    );
    let one_sided: Vec<&str> = audit
        .broken
        .iter()
        .map(|broken| broken.sentence.as_str())
        .collect();
    assert!(
        one_sided.len() == 1 && one_sided[0].contains("bundle-6"),
        "{one_sided:?}"
    );

    let plan = scene.app.clean_up_plan(None).await.unwrap();
    assert!(plan.reverse_proven && plan.devices.len() == 3);
    let done = scene.deploy(&plan).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:?}");
    assert_eq!(
        (done.leftovers.len(), done.left_before),
        (0, 0),
        "{:?}",
        done.leftovers
    );
    let clean = scene.truth();
    assert_eq!(changed(&start, &clean), ["LEAF-A02", "LEAF-B02", "SPINE-1"]);
    assert!(!clean["LEAF-B02"].flattened.contains("vlan1955_old"));
    assert!(scene.app.audit(None).await.unwrap().leftovers.is_empty());

    let undo = scene.app.rollback_plan(done.row.id).await.unwrap();
    assert_eq!(scene.deploy(&undo).await.row.status, DeploymentStatus::Verified);
    let end = scene.truth();
    for (device, truth) in &start {
        assert_eq!(truth.flattened, end[device].flattened, "{device}");
    }
}
