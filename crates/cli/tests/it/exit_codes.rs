//! Every documented exit code, each by a command that ends with it; and what stands on which stream. Code 7 is proven
//! beside the crashes.

use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use serde_json::json;

use crate::support::{Bench, DOMAIN};

const DEPLOY: [&str; 4] = ["--json", "deploy", DOMAIN, "--yes"];

#[tokio::test(flavor = "multi_thread")]
async fn a_deployment_ends_with_the_code_of_what_is_true_afterwards() {
    let bench = Bench::edited(Dialect::default()).await;
    let planned = bench.planned().await;
    let device = &planned[0];

    // 2: nobody can be asked, and nobody said yes.
    let received = bench.fabric.received().len();
    let unasked = bench.bk(&["--json", "deploy", DOMAIN]).await.expect(2);
    assert!(
        unasked.stdout.is_empty() && unasked.stderr.contains("--yes"),
        "{}",
        unasked.stderr
    );
    assert_eq!(bench.fabric.received().len(), received, "nothing was sent");

    // 3: refused by a device; its words stand in the document.
    let words = "ERROR: Too many sub-interfaces on this port.";
    let refuse = Fault::on(
        "commit check",
        Moment::BeforeLine,
        Action::Refuse(words.to_owned()),
    );
    bench.fabric.inject(device, refuse).unwrap();
    let refused = bench.bk(&DEPLOY).await.expect(3).json();
    assert_eq!(refused["card"]["words"].as_str().map(str::trim), Some(words));
    // 3: the plan is another one than the person saw.
    bench
        .bk(&["deploy", DOMAIN, "--yes", "--plan", "p-000000"])
        .await
        .expect(3);

    // 5: lost in Prepare, and not to be reached since.
    let lose = Fault::on("commit check", Moment::BeforeLine, Action::Unreachable);
    bench.fabric.inject(device, lose).unwrap();
    bench.bk(&DEPLOY).await.expect(5);
    bench.fabric.set_reach(device, Reach::Up);
    // 4: taken back everywhere.
    let taken_back = bench.bk(&["--json", "recover"]).await.expect(4).json();
    assert_eq!(taken_back.as_array().unwrap().len(), 1);

    // 6: another changed what the plan starts from.
    let line = bench.dump()[device]
        .flattened
        .lines()
        .find(|line| line.contains(".251 l2-service"))
        .unwrap()
        .to_owned();
    let interface = line.split_whitespace().nth(1).unwrap();
    let by_hand = [
        format!("interfaces {interface} description \"by hand\""),
        "commit".to_owned(),
    ];
    bench.fabric.foreign(device, "birch", &by_hand);
    let drift = bench.bk(&DEPLOY).await.expect(6).json();
    assert_eq!(drift["card"]["kind"], "drift");

    // 0: read again, planned anew.
    bench.bk(&["--json", "discover", device]).await.expect(0).json();
    bench.bk(&DEPLOY).await.expect(0).json();
    let transcript = bench
        .bk(&["--json", "history", "1", "--transcript"])
        .await
        .expect(0)
        .json();
    assert!(
        transcript
            .as_array()
            .unwrap()
            .iter()
            .any(|row| row["text"] == "commit check")
    );
    // 3: undone once, never twice.
    let last = bench.bk(&["--json", "history"]).await.expect(0).json()[0]["id"].to_string();
    bench
        .bk(&["--json", "rollback", &last, "--yes"])
        .await
        .expect(0)
        .json();
    bench.bk(&["--json", "rollback", &last, "--yes"]).await.expect(3);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_password_no_device_is_contacted() {
    let bench = Bench::empty(Dialect::default()).await;
    bench.import().await;
    let received = bench.fabric.received().len();
    let discovery = bench.bk_with(&["--json", "discover"], "").await.expect(8).json();
    assert_eq!(discovery["devices"][0]["error"]["code"], "secret-missing");
    bench
        .bk_with(&["--password-stdin", "discover"], "")
        .await
        .expect(8);
    assert_eq!(bench.fabric.received().len(), received);
    // A wrong one is refused by the devices, once each.
    let wrong = bench
        .bk_with(&["--password-stdin", "--json", "discover"], "wrong")
        .await
        .expect(3)
        .json();
    assert_eq!(wrong["devices"][0]["error"]["code"], "sign-in-refused");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_command_prints_one_document_or_none() {
    let bench = Bench::edited(Dialect::default()).await;
    let device = bench.planned().await.remove(0);
    let done: [&[&str]; 17] = [
        &["devices", "list"],
        &["devices", "test", &device],
        &["discover", &device],
        &["domains"],
        &["domains", "list"],
        &["domains", "show", DOMAIN],
        &["domains", "show", DOMAIN, "--config"],
        &["edit", DOMAIN, "show"],
        &["edit", DOMAIN, "ports", &device],
        &["edit", DOMAIN, "undo"],
        &["edit", DOMAIN, "redo"],
        &["plan", DOMAIN],
        &["history"],
        &["recover"],
        &["snapshots", "list"],
        &["snapshots", "list", &device],
        &["snapshots", "search", "l2-service"],
    ];
    for args in done {
        let ran = bench.bk(&[&["--json"], args].concat()).await.expect(0);
        ran.json();
        assert_eq!(ran.stderr, "", "{args:?}");
        let text = bench.bk(args).await.expect(0);
        assert!(!text.stdout.contains("\u{1b}"), "{args:?}");
    }
    let snapshots = bench
        .bk(&["--json", "snapshots", "list", &device])
        .await
        .expect(0)
        .json();
    let number = snapshots[0]["id"].to_string();
    bench
        .bk(&["--json", "snapshots", "show", &number, "--flat"])
        .await
        .expect(0)
        .json();
    let same = bench
        .bk(&["--json", "snapshots", "diff", &number, &number])
        .await
        .expect(0)
        .json();
    assert_eq!(same["identical"], json!(true));
    let discarded = bench
        .bk(&["--json", "edit", DOMAIN, "discard"])
        .await
        .expect(0)
        .json();
    assert_eq!(discarded, json!({ "discarded": DOMAIN }));
    let removed = bench
        .bk(&["--json", "devices", "remove", &device])
        .await
        .expect(0)
        .json();
    assert_eq!(removed, json!({ "removed": device }));
    // What can't be done says so on the other stream, as a document too.
    let refused: [(&[&str], i32); 6] = [
        (&["devices", "test", "LEAF-Z99"], 3),
        (&["domains", "show", "no-such-domain"], 3),
        (&["edit", DOMAIN, "vlan", "0"], 3),
        (&["edit", DOMAIN, "vlan", "4095"], 3),
        (&["history", "77"], 3),
        (&["snapshots", "show", "9999"], 3),
    ];
    for (args, code) in refused {
        let ran = bench.bk(&[&["--json"], args].concat()).await.expect(code);
        if ran.stdout.is_empty() {
            let error: serde_json::Value = serde_json::from_str(&ran.stderr)
                .unwrap_or_else(|error| panic!("{args:?}: {error}: {}", ran.stderr));
            assert!(
                error["error"]["sentence"]
                    .as_str()
                    .is_some_and(|sentence| !sentence.is_empty()),
                "{args:?}"
            );
        } else {
            ran.json();
        }
    }
    for usage in [
        &["edit"][..],
        &["edit", DOMAIN, "vlan", "many"],
        &["deploy", DOMAIN, "--window", "1"],
        &["lab", "--complete"],
    ] {
        bench.bk(usage).await.expect(2);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_on_a_pipe_is_one_line_a_phase() {
    let bench = Bench::edited(Dialect::default()).await;
    let devices = bench.planned().await.len();
    let ran = bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(0);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(lines.len(), 6, "{}", ran.stderr);
    let named = [
        "Preflight",
        "Prepare",
        "Commit confirm",
        "Verify",
        "Confirm",
        "Settle",
    ];
    let expected: Vec<String> = named
        .iter()
        .map(|phase| format!("deployment 1  {phase}, {devices} devices"))
        .collect();
    assert_eq!(lines, expected);
}
