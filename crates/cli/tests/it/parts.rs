//! What goes on without a device, plans in parts, and what is finished and then rolled back. Judged by the fabric's dump.

use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use serde_json::Value;

use crate::support::{Bench, DOMAIN, Ran, kill};

/// Leaves of both rows on which the service has no attachment yet.
const LEAVES: [&str; 3] = ["LEAF-A01", "LEAF-B02", "LEAF-B06"];
const REFUSAL: &str = "ERROR: Commit check failed: the hardware has no room.";

/// A draft that adds an attachment on each of these.
async fn edited(leaves: &[&str]) -> Bench {
    let bench = Bench::discovered(Dialect::default()).await;
    for leaf in leaves {
        bench
            .bk(&["edit", DOMAIN, "add", leaf, "ge100-0/0/5"])
            .await
            .expect(0);
    }
    bench
}

fn refuse(bench: &Bench, leaf: &str) {
    let fault = Fault::on(
        "commit check",
        Moment::BeforeLine,
        Action::Refuse(REFUSAL.to_owned()),
    );
    bench.fabric.inject(leaf, fault).unwrap();
}

/// The leaves that serve the new attachment now, by the fabric's own dump.
fn serving(bench: &Bench) -> Vec<&'static str> {
    let dump = bench.dump();
    for (name, device) in &dump {
        assert_eq!((&device.pending, device.candidates.len()), (&None, 0), "{name}");
    }
    let member = format!("network-services bridge-domain instance {DOMAIN} interface ge100-0/0/5.251");
    let serves = |leaf: &&str| dump[*leaf].flattened.contains(&member);
    LEAVES.into_iter().filter(serves).collect()
}

fn choice<'a>(detail: &'a Value, word: &str) -> &'a Value {
    let choices = detail["card"]["choices"].as_array().unwrap();
    let found = choices.iter().find(|choice| choice["choice"] == word);
    found.unwrap_or_else(|| panic!("{word} is not offered: {choices:#?}"))
}

fn states(detail: &Value) -> Vec<&str> {
    let parts = detail["sequence"]["parts"].as_array().unwrap();
    parts.iter().map(|part| part["state"].as_str().unwrap()).collect()
}

async fn history(bench: &Bench, deployment: &str) -> Value {
    bench
        .bk(&["--json", "history", deployment])
        .await
        .expect(0)
        .json()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_goes_on_without_the_device_that_refused() {
    let bench = edited(&LEAVES).await;
    let start = bench.dump();
    refuse(&bench, "LEAF-B02");
    bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(3);
    for (name, device) in bench.dump() {
        assert_eq!(device.flattened, start[&name].flattened, "{name}");
    }

    let refused = history(&bench, "1").await;
    let offered = choice(&refused, "continue-without:LEAF-B02");
    assert_eq!(offered["refused"], Value::Null, "{offered}");
    assert!(
        offered["consequence"]
            .as_str()
            .unwrap()
            .contains("LEAF-B02 ge100-0/0/5.251 stays in the draft"),
        "{offered}"
    );
    let went_on = bench
        .bk(&["--json", "recover", "1", "--choose", "continue-without:LEAF-B02"])
        .await
        .expect(0)
        .json();
    assert_eq!(went_on[0]["childOf"]["deployment"], 1, "{went_on}");
    assert_eq!(
        went_on[0]["childOf"]["leftOut"],
        serde_json::json!(["LEAF-B02 ge100-0/0/5.251"])
    );
    assert_eq!(serving(&bench), ["LEAF-A01", "LEAF-B06"]);

    // What was left out is all that stays in the draft; it is deployed when the device takes it.
    let plan = bench.bk(&["--json", "plan", DOMAIN]).await.expect(0).json();
    let devices = plan["devices"].as_array().unwrap();
    let sent = devices
        .iter()
        .filter(|device| device["forward"] != serde_json::json!([]));
    let sent: Vec<&str> = sent.map(|device| device["device"].as_str().unwrap()).collect();
    assert_eq!(sent.len(), 2, "{sent:?}");
    assert!(
        sent.contains(&"LEAF-B02") && sent.contains(&"SPINE-2"),
        "{sent:?}"
    );
    bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(0);
    assert_eq!(serving(&bench), LEAVES);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_on_the_path_is_not_left_out() {
    let bench = edited(&LEAVES).await;
    let received = bench.fabric.received().len();
    let refused = bench
        .bk(&["--json", "deploy", DOMAIN, "--yes", "--without", "SPINE-2"])
        .await
        .expect(3);
    assert!(refused.stderr.contains("\"not-separable\""), "{}", refused.stderr);
    assert!(
        refused.stderr.contains("SPINE-2 carries the service for"),
        "{}",
        refused.stderr
    );
    assert_eq!(
        bench.fabric.received().len(),
        received,
        "no device received a line"
    );

    refuse(&bench, "SPINE-2");
    bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(3);
    let offered = history(&bench, "1").await;
    let refused = &choice(&offered, "continue-without:SPINE-2")["refused"];
    assert!(
        refused.as_str().unwrap().contains("the path is broken"),
        "{refused}"
    );
    bench
        .bk(&["deploy", DOMAIN, "--yes", "--without", "LEAF-A01"])
        .await
        .expect(0);
    assert_eq!(serving(&bench), ["LEAF-B02", "LEAF-B06"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn stop_on_first_keeps_what_holds_and_goes_on_with_the_rest() {
    let bench = edited(&LEAVES).await;
    refuse(&bench, "LEAF-B02");
    let ended = bench
        .bk(&["--json", "deploy", DOMAIN, "--yes", "--policy", "stop-on-first"])
        .await
        .expect(3)
        .json();
    assert_eq!(states(&ended), ["holds", "old", "not-begun"], "{ended}");
    assert_eq!(serving(&bench), ["LEAF-A01"]);
    let first = history(&bench, "1").await;
    assert_eq!(states(&first), ["holds", "old", "not-begun"], "{first}");
    assert_eq!(first["sequence"]["running"], false);

    assert_eq!(choice(&ended, "go-on")["refused"], Value::Null);
    let rest = bench
        .bk(&["--json", "recover", "2", "--choose", "go-on"])
        .await
        .expect(0)
        .json();
    assert_eq!(states(&rest[0]), ["holds", "holds"], "{rest}");
    assert_eq!(serving(&bench), LEAVES);
    bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn independent_parts_do_not_hold_one_another_up() {
    let bench = edited(&LEAVES).await;
    refuse(&bench, "LEAF-B02");
    let ended = bench
        .bk(&["--json", "deploy", DOMAIN, "--yes", "--policy", "independent"])
        .await
        .expect(3)
        .json();
    assert_eq!(states(&ended), ["holds", "old", "holds"], "{ended}");
    assert_eq!(serving(&bench), ["LEAF-A01", "LEAF-B06"]);
    // Each part is undone on its own.
    bench.bk(&["rollback", "1", "--yes"]).await.expect(0);
    assert_eq!(serving(&bench), ["LEAF-B06"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sequence_whose_process_dies_ends_where_it_was() {
    let bench = edited(&LEAVES).await;
    let child = bench
        .start(&["deploy", DOMAIN, "--yes", "--policy", "stop-on-first"])
        .await;
    // The second part verifies: its commit is pending.
    let held = bench
        .hold("LEAF-B02", "show interfaces", |_, device| {
            device.pending.is_some()
        })
        .await;
    kill(child).await;
    held.open();
    let shown = bench.bk(&["--json", "recover", "--show"]).await.expect(5).json();
    assert_eq!(shown[0]["row"]["id"], 2, "{shown}");
    assert_eq!(states(&shown[0]), ["holds", "in-doubt", "not-begun"], "{shown}");
    assert!(
        bench.dump()["LEAF-B02"].pending.is_some(),
        "showing sends nothing"
    );

    let recovered = bench.bk(&["--json", "recover"]).await.expect(4).json();
    assert_eq!(
        states(&recovered[0]),
        ["holds", "old", "not-begun"],
        "{recovered}"
    );
    assert_eq!(serving(&bench), ["LEAF-A01"]);
    bench.bk(&["recover", "2", "--choose", "go-on"]).await.expect(0);
    assert_eq!(serving(&bench), LEAVES);
}

/// Interrupts a deployment that stands before its first confirming commit, and waits until that was taken up.
async fn interrupted(bench: &Bench, args: &[&str]) -> Ran {
    let deploy = [&["--json", "deploy", DOMAIN, "--yes"], args].concat();
    let mut child = bench.start(&deploy).await;
    let held = bench.hold("LEAF-A01", "commit", |line, _| line == "commit").await;
    let pid = child.id().unwrap().to_string();
    let sent = tokio::process::Command::new("kill")
        .args(["-INT", &pid])
        .status()
        .await;
    assert!(sent.unwrap().success());
    // The interrupt is taken up while the confirming commit stands there.
    let mut stderr = String::new();
    let mut pipe = child.stderr.take().unwrap();
    let mut buffer = [0_u8; 4096];
    while !stderr.contains("Aborting") {
        let read = tokio::io::AsyncReadExt::read(&mut pipe, &mut buffer)
            .await
            .unwrap();
        assert!(read > 0, "{stderr}");
        stderr.push_str(&String::from_utf8_lossy(&buffer[..read]));
    }
    held.open();
    Ran::of(child.wait_with_output().await.unwrap())
}

/// What was finished is rolled back, and no later part is begun.
async fn check_abort(leaves: &[&str], args: &[&str], parts: &[&str]) {
    let bench = edited(leaves).await;
    let start = bench.dump();
    let ended = interrupted(&bench, args).await.expect(4).json();
    assert_eq!(ended["row"]["undoes"], 1, "{ended}");
    let first = history(&bench, "1").await;
    assert_eq!(first["row"]["undoneBy"], 2);
    if !parts.is_empty() {
        assert_eq!(states(&first), parts, "{first}");
    }
    let all = bench.bk(&["--json", "history"]).await.expect(0).json();
    assert_eq!(all.as_array().unwrap().len(), 2, "{all}");
    for (name, device) in bench.dump() {
        assert_eq!(device.flattened, start[&name].flattened, "{name}");
    }
    assert!(serving(&bench).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_after_the_decision_finishes_and_then_rolls_back() {
    check_abort(&LEAVES[..1], &[], &[]).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abort_after_the_decision_of_a_part_ends_the_sequence() {
    for policy in ["independent", "stop-on-first"] {
        let parts = ["holds", "not-begun", "not-begun"];
        check_abort(&LEAVES, &["--policy", policy], &parts).await;
    }
}
