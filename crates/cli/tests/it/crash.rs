//! `bk` is killed in the middle of a deployment; the next `bk` finds out what happened and ends it.

use std::collections::BTreeMap;

use bk_lab::device::DeviceDump;
use bk_lab::dialect::Dialect;
use futures::future::join_all;

use crate::support::{Bench, DOMAIN, Ran, kill};

const DEPLOY: [&str; 3] = ["deploy", DOMAIN, "--yes"];

fn texts(dump: &BTreeMap<String, DeviceDump>) -> BTreeMap<&str, (&str, &str)> {
    dump.iter()
        .map(|(name, device)| {
            (
                name.as_str(),
                (device.flattened.as_str(), device.hierarchical.as_str()),
            )
        })
        .collect()
}

/// Nothing of ours is left anywhere: no pending commit, no line in a candidate.
#[track_caller]
fn assert_nothing_waits(dump: &BTreeMap<String, DeviceDump>) {
    for (name, device) in dump {
        assert_eq!((&device.pending, device.candidates.len()), (&None, 0), "{name}");
    }
}

async fn states(bench: &Bench, deployment: &str) -> Vec<String> {
    let detail = bench
        .bk(&["--json", "history", deployment])
        .await
        .expect(0)
        .json();
    let devices = detail["devices"].as_array().unwrap();
    devices
        .iter()
        .map(|device| device["state"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_while_commits_are_pending_recovery_takes_every_device_back() {
    let bench = Bench::edited(Dialect::default()).await;
    let planned = bench.planned().await;
    let start = bench.dump();

    // Held in Verify: it reads tables on devices whose commit is pending.
    let child = bench.start(&DEPLOY).await;
    let _held = bench
        .hold(&planned[0], "show interfaces", |_, device| {
            device.pending.is_some()
        })
        .await;
    let pending = bench
        .dump()
        .values()
        .filter(|device| device.pending.is_some())
        .count();
    assert_eq!(
        pending,
        planned.len(),
        "every planned device has a commit of ours pending"
    );
    kill(child).await;

    let open = bench.bk(&["--json", "history", "1"]).await.expect(0).json();
    assert_eq!(open["row"]["status"], "in-doubt");
    // Nothing new is begun on these devices before it is resolved.
    let refused = bench.bk(&["--json", "deploy", DOMAIN, "--yes"]).await.expect(3);
    assert!(refused.stderr.contains("in-doubt-first"), "{}", refused.stderr);

    let recovered = bench.bk(&["--json", "recover"]).await.expect(4).json();
    assert_eq!(recovered[0]["row"]["status"], "aborted");
    assert!(states(&bench, "1").await.iter().all(|state| state == "old"));
    let end = bench.dump();
    assert_eq!(texts(&end), texts(&start));
    assert_nothing_waits(&end);

    // Nothing is left to take back, nothing is open, and the same plan goes through.
    bench.bk(&["rollback", "1", "--yes"]).await.expect(3);
    let nothing = bench.bk(&["--json", "recover"]).await.expect(0);
    assert_eq!(nothing.json(), serde_json::json!([]));
    bench.bk(&DEPLOY).await.expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_only_what_the_card_lists_is_taken() {
    let bench = Bench::edited(Dialect::default()).await;
    let planned = bench.planned().await;
    let start = bench.dump();
    let child = bench.start(&DEPLOY).await;
    let verifies = |_: &str, device: &DeviceDump| device.pending.is_some();
    let held = bench.hold(&planned[0], "show interfaces", verifies).await;
    kill(child).await;

    // All that the journal tells; the seconds that are left go on.
    let told = async || {
        let mut shown = bench.bk(&["--json", "recover", "--show"]).await.expect(5).json();
        shown[0]["clock"].take();
        shown[0]["row"]["seconds"].take();
        shown
    };
    let (before, received) = (told().await, bench.fabric.received().len());
    let (without, consent) = (
        format!("continue-without:{}", planned[0]),
        format!("consent:{}", planned[0]),
    );
    for word in [
        "abort",
        "retry",
        "recover-then-undo",
        "close-in-doubt",
        "discover-and-sync",
        "continue",
        "override",
        "leave",
        &without,
        "skip",
        &consent,
        "keep-theirs",
        "plan-anew",
        "go-on",
    ] {
        let refused = bench.bk(&["--json", "recover", "1", "--choose", word]).await;
        let refused = refused.expect(3).stderr;
        assert!(refused.contains("\"not-offered\""), "{word}: {refused}");
        if word != "abort" {
            assert!(refused.contains("Offered: recover."), "{word}: {refused}");
        }
        assert_eq!(told().await, before, "{word}");
    }
    let unknown = bench.bk(&["--json", "recover", "1", "--choose", "finish"]).await;
    assert!(unknown.expect(3).stderr.contains("\"bad-input\""));
    assert_eq!(
        bench.fabric.received().len(),
        received,
        "no device received a line"
    );

    held.open();
    bench.bk(&["recover", "1", "--choose", "recover"]).await.expect(4);
    let end = bench.dump();
    assert_eq!(texts(&end), texts(&start));
    assert_nothing_waits(&end);
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_after_the_decision_recovery_completes_every_device() {
    let bench = Bench::edited(Dialect::default()).await;
    let planned = bench.planned().await;
    let start = bench.dump();

    let plan = bench.bk(&["--json", "plan", DOMAIN]).await.expect(0).json();
    let child = bench.start(&DEPLOY).await;
    // The confirming commit of one device was received and did not run.
    let held = bench
        .hold(&planned[0], "commit", |line, _| line == "commit")
        .await;
    kill(child).await;
    assert!(bench.dump()[&planned[0]].pending.is_some());

    // Recovery confirms the device, and then looks again and again as long as the dead process's session lives there:
    // its line could still run.
    let recovery = bench.start(&["--json", "recover"]).await;
    let again = bench
        .hold(&planned[0], "unset cli-timestamp", |_, device| {
            device.pending.is_none()
        })
        .await;
    held.open();
    again.open();
    let recovered = Ran::of(recovery.wait_with_output().await.unwrap())
        .expect(0)
        .json();
    assert_eq!(recovered[0]["row"]["status"], "verified", "{recovered}");
    assert!(states(&bench, "1").await.iter().all(|state| state == "new"));
    // What the dead process did is no drift for the one that read it.
    let drift = bench.bk(&["--json", "drift"]).await.expect(0).json();
    assert_eq!(
        drift,
        serde_json::json!({ "open": [], "closed": [], "background": [] })
    );
    // No line of the plan went out twice.
    let received = bench.fabric.received();
    for device in plan["devices"].as_array().unwrap() {
        for line in device["forward"].as_array().unwrap() {
            let same = received
                .iter()
                .filter(|got| device["device"] == *got.device && *line == *got.line);
            assert_eq!(same.count(), 1, "{} {line}", device["device"]);
        }
    }
    let new = bench.dump();
    assert_nothing_waits(&new);
    for device in &planned {
        assert_ne!(new[device].flattened, start[device].flattened, "{device}");
    }
    bench.bk(&["rollback", "1", "--yes"]).await.expect(0);
    assert_eq!(texts(&bench.dump()), texts(&start));
}

#[tokio::test(flavor = "multi_thread")]
async fn killed_in_prepare_recovery_cleans_every_candidate() {
    for dialect in ["", "candidate=device"] {
        let bench = Bench::edited(Dialect::parse(dialect).unwrap()).await;
        let planned = bench.planned().await;
        let start = bench.dump();

        let child = bench.start(&DEPLOY).await;
        let held = bench.hold(&planned[0], "commit check", |_, _| true).await;
        kill(child).await;
        let left = bench.dump();
        assert!(
            !left[&planned[0]].candidates.is_empty(),
            "our lines stand in its candidate"
        );
        assert_eq!(texts(&left), texts(&start), "nothing was committed");
        // Before anything is asked of a device nothing better is claimed of one that was sent lines.
        let claimed = states(&bench, "1").await;
        assert!(
            claimed
                .iter()
                .all(|state| state == "old-candidate-not-proven-clean"),
            "{claimed:?}"
        );
        // The device notices that the other end is gone once its line has run.
        held.open();

        let recovered = bench.bk(&["--json", "recover"]).await.expect(4).json();
        assert_eq!(recovered[0]["row"]["status"], "aborted", "{dialect}: {recovered}");
        let end = bench.dump();
        assert_eq!(texts(&end), texts(&start), "{dialect}");
        assert_nothing_waits(&end);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_process_waits_for_nothing_and_touches_no_device() {
    let bench = Bench::edited(Dialect::default()).await;
    let planned = bench.planned().await;

    let mut first = bench.start(&DEPLOY).await;
    let verifies = |_: &str, device: &DeviceDump| device.pending.is_some();
    let held = join_all(
        planned
            .iter()
            .map(|device| bench.hold(device, "show interfaces", verifies)),
    )
    .await;
    let before = bench.fabric.received().len();
    for args in [
        &["--json", "deploy", DOMAIN, "--yes"][..],
        &["--json", "recover", "1"],
    ] {
        let second = bench.bk(args).await.expect(7);
        assert!(
            second.stderr.contains("\"locked\"") && second.stdout.is_empty(),
            "{}",
            second.stderr
        );
        assert!(
            second
                .stderr
                .contains(&format!("process {}", first.id().unwrap())),
            "{}",
            second.stderr
        );
    }
    assert_eq!(bench.fabric.received().len(), before, "no device received a line");
    let running = bench.bk(&["--json", "history", "1"]).await.expect(0).json();
    assert_eq!(running["row"]["status"], "running");

    held.into_iter().for_each(super::support::Held::open);
    assert_eq!(first.wait().await.unwrap().code(), Some(0));
    assert_nothing_waits(&bench.dump());
}
