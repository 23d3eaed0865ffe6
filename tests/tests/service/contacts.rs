//! What goes wrong when devices are contacted: told by device, without harm to others.

use bk_app::views::{ActivityState, ErrorView, Mode, Reachability, TestStepState};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;

use crate::support::Bench;

/// Two leaves of the fabric in the inventory, their keys trusted.
async fn two_leaves() -> (Bench, String, String) {
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let mut names = bench.names("LEAF");
    let (one, two) = (names.remove(0), names.remove(0));
    bench.import(&[&one, &two]).await;
    bench.trust(&one).await;
    bench.trust(&two).await;
    (bench, one, two)
}

/// Discovers both and gives the error of the first; the second must have been read.
async fn error_of_first(bench: &Bench, one: &str, two: &str) -> ErrorView {
    let ended = bench.discover(&[one, two]).await;
    assert_eq!(ended.state, ActivityState::Partial, "{ended:#?}");
    let of = |name: &str| {
        ended
            .devices
            .iter()
            .find(|device| device.device == name)
            .unwrap()
            .error
            .clone()
    };
    assert_eq!(of(two), None, "the other device was read");
    of(one).unwrap()
}

async fn row(bench: &Bench, name: &str) -> bk_app::views::DeviceRow {
    bench
        .app
        .devices_list()
        .await
        .unwrap()
        .into_iter()
        .find(|row| row.name == name)
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_key_stops_before_the_password_until_a_person_accepts_it() {
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let leaf = bench.names("LEAF").remove(0);
    bench.import(&[&leaf]).await;

    let ended = bench.discover(&[&leaf]).await;
    assert_eq!(ended.state, ActivityState::Failed);
    assert_eq!(ended.devices[0].error.as_ref().unwrap().code, "host-key-unknown");
    let truth = bench
        .fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == leaf)
        .unwrap();
    let seen = row(&bench, &leaf).await;
    assert_eq!(seen.reachability, Reachability::KeyUnknown);
    assert_eq!(
        seen.offered_key.as_deref(),
        Some(truth.host_key_fingerprint.as_str())
    );

    let another = format!("SHA256:{}", "A".repeat(43));
    let refused = bench.app.host_key_trust(leaf.clone(), another).await.unwrap_err();
    assert_eq!(refused.view().code, "host-key-not-offered");
    let trusted = bench
        .app
        .host_key_trust(leaf.clone(), truth.host_key_fingerprint.clone())
        .await
        .unwrap();
    assert_eq!(
        (trusted.reachability, trusted.offered_key),
        (Reachability::Unknown, None)
    );
    assert_eq!(trusted.host_key.unwrap().fingerprint, truth.host_key_fingerprint);
    assert_eq!(bench.discover(&[&leaf]).await.state, ActivityState::Done);
    assert_eq!(row(&bench, &leaf).await.reachability, Reachability::Reachable);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_key_is_a_hard_stop_until_its_end_is_typed() {
    let (bench, one, two) = two_leaves().await;
    let old = row(&bench, &one).await.host_key.unwrap().fingerprint;
    let new = bench.fabric.change_host_key(&one).unwrap();
    let error = error_of_first(&bench, &one, &two).await;
    assert_eq!(error.code, "host-key-changed");
    assert!(
        error.sentence.contains(&old) && error.sentence.contains(&new),
        "{}",
        error.sentence
    );
    assert_eq!(row(&bench, &one).await.reachability, Reachability::KeyChanged);

    let end = new[new.len() - 4..].to_owned();
    for (fingerprint, typed, code) in [
        (&new, "", "host-key-not-confirmed"),
        (&new, "zzz", "host-key-not-confirmed"),
        (&old, end.as_str(), "host-key-not-offered"),
    ] {
        let refused = bench
            .app
            .host_key_replace(one.clone(), fingerprint.clone(), typed.to_owned())
            .await
            .unwrap_err();
        assert_eq!(refused.view().code, code);
    }
    let refused = bench
        .app
        .host_key_trust(one.clone(), new.clone())
        .await
        .unwrap_err();
    assert_eq!(
        refused.view().code,
        "host-key-not-confirmed",
        "trusting is not replacing"
    );
    assert_eq!(row(&bench, &one).await.host_key.unwrap().fingerprint, old);

    let replaced = bench
        .app
        .host_key_replace(one.clone(), new.clone(), end)
        .await
        .unwrap();
    assert_eq!(replaced.host_key.unwrap().fingerprint, new);
    assert_eq!(bench.discover(&[&one]).await.state, ActivityState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_does_not_answer_fails_alone() {
    let (bench, one, two) = two_leaves().await;
    bench.fabric.set_reach(&one, Reach::Refuses);
    let error = error_of_first(&bench, &one, &two).await;
    assert_eq!(
        (error.code.as_str(), error.device.as_deref()),
        ("device-unreachable", Some(one.as_str()))
    );
    let seen = row(&bench, &one).await;
    assert_eq!(seen.reachability, Reachability::NoAnswer);
    assert_eq!(seen.error.unwrap().code, "device-unreachable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_garbled_answer_stops_with_the_words_shown() {
    let (bench, one, two) = two_leaves().await;
    bench.discover(&[&one, &two]).await;
    let reads = bench.app.snapshot_list(one.clone()).await.unwrap().len();
    let cut = Fault::on("show config interfaces", Moment::BeforeAnswer, Action::Drop);
    bench.fabric.inject(&one, cut).unwrap();
    let error = error_of_first(&bench, &one, &two).await;
    assert_eq!(error.code, "connection-lost", "{error:#?}");
    assert_eq!(
        bench.app.snapshot_list(one.clone()).await.unwrap().len(),
        reads,
        "half a read is no snapshot"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_test_of_the_connection_tells_step_by_step() {
    let (bench, one, _) = two_leaves().await;
    let test = bench.app.device_test(one.clone()).await.unwrap();
    assert_eq!(test.error, None);
    let steps: Vec<&str> = test.steps.iter().map(|step| step.step.as_str()).collect();
    let all = [
        "address",
        "port",
        "encrypted",
        "host-key",
        "sign-in",
        "prompt",
        "version",
        "rights",
        "read",
    ];
    assert_eq!(steps, all);
    assert!(
        test.steps
            .iter()
            .all(|step| step.state == TestStepState::Passed && !step.evidence.is_empty())
    );

    bench.credentials("wrong").await;
    let test = bench.app.device_test(one.clone()).await.unwrap();
    let states: Vec<TestStepState> = test.steps.iter().map(|step| step.state).collect();
    assert_eq!(
        states[3..6],
        [
            TestStepState::Passed,
            TestStepState::Failed,
            TestStepState::NotTried
        ]
    );
    assert_eq!(test.error.unwrap().code, "sign-in-refused");
    assert_eq!(row(&bench, &one).await.reachability, Reachability::SignInRefused);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_of_an_earlier_session_is_asked_for_again() {
    let (bench, one, _) = two_leaves().await;
    let bench = bench.restarted().await;
    let ended = bench.discover(&[&one]).await;
    let error = ended.devices[0].error.clone().unwrap();
    assert_eq!(
        (error.code.as_str(), error.device.as_deref()),
        ("secret-missing", Some(one.as_str()))
    );
    bench.credentials("dnroot").await;
    assert_eq!(bench.discover(&[&one]).await.state, ActivityState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_discovery_can_be_cancelled_and_keeps_what_arrived() {
    let (bench, one, two) = two_leaves().await;
    bench.fabric.set_reach(&two, Reach::Silent);
    let named = vec![one.clone(), two.clone()];
    let activity = bench.app.discovery_start(Some(named)).await.unwrap();
    let busy = bench.app.discovery_start(None).await.unwrap_err();
    assert_eq!(busy.view().code, "busy");
    while bench.app.snapshot_list(one.clone()).await.unwrap().is_empty() {
        tokio::task::yield_now().await;
    }
    bench.app.activity_cancel(activity.id.clone()).await.unwrap();
    let ended = bench.told.end_of(&activity.id).await;
    assert_eq!(ended.state, ActivityState::Cancelled);
    assert_eq!(bench.app.snapshot_list(one).await.unwrap().len(), 1);
    let unknown = bench.app.activity_cancel("another".to_owned()).await.unwrap_err();
    assert_eq!(unknown.view().code, "not-known");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_no_device_answering_the_mode_is_offline() {
    let (bench, one, two) = two_leaves().await;
    bench.discover(&[&one, &two]).await;
    assert_eq!(bench.app.app_status().await.unwrap().mode, Mode::Live);
    for name in [&one, &two] {
        bench.fabric.set_reach(name, Reach::Refuses);
    }
    assert_eq!(bench.discover(&[&one, &two]).await.state, ActivityState::Failed);
    let status = bench.app.app_status().await.unwrap();
    assert_eq!(status.mode, Mode::Offline);
    assert!(status.newest_read.is_some(), "records stay readable");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_box_under_two_names_is_one_device() {
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let leaf = bench.names("LEAF").remove(0);
    bench.import(&[&leaf]).await;
    let entry = bench
        .fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == leaf)
        .unwrap();
    let request = bk_app::views::ImportRequest {
        text: format!("SECOND-NAME {}:{}\n", entry.address, entry.port),
        source: None,
        credentials: Some("lab".to_owned()),
    };
    let report = bench.app.devices_import(request).await.unwrap();
    assert_eq!((report.changed, report.added, report.refused), (1, 0, 0));
    let rows = bench.app.devices_list().await.unwrap();
    assert_eq!(rows.len(), 1);
    assert_eq!(rows[0].aliases, ["SECOND-NAME"]);
    bench.trust("SECOND-NAME").await;
    assert_eq!(bench.discover(&["SECOND-NAME", &leaf]).await.devices.len(), 1);
}
