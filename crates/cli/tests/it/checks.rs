//! Checks and their schedules: exit codes and what is printed.

use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;

use crate::support::{Bench, DOMAIN};

#[tokio::test(flavor = "multi_thread")]
async fn a_check_ends_with_the_code_of_what_it_found() {
    let bench = Bench::discovered(Dialect::default()).await;
    let all = bench.bk(&["--json", "check"]).await.expect(0).json();
    assert_eq!((&all["drift"], &all["notChecked"]), (&0.into(), &0.into()));
    assert_eq!(all["why"], "command");
    let devices: Vec<String> = all["devices"]
        .as_array()
        .unwrap()
        .iter()
        .map(|device| device["device"].as_str().unwrap().to_owned())
        .collect();
    let leaves: Vec<&String> = devices.iter().filter(|name| name.contains("LEAF")).collect();

    // 9: one can't be read, and nothing is known of it.
    bench.fabric.set_reach(leaves[0], Reach::Refuses);
    let off = bench.bk(&["check", leaves[0], leaves[1]]).await.expect(9);
    assert!(
        off.stdout.contains("1 in sync, 0 with drift, 1 not checked"),
        "{}",
        off.stdout
    );
    bench.bk(&["check", "LEAF-Z99"]).await.expect(3);

    // 6: one differs, whatever else is not checked.
    let line = bench.dump()[leaves[1].as_str()]
        .flattened
        .lines()
        .find(|line| line.contains(" vlan-id "))
        .unwrap()
        .to_owned();
    let interface = line.split(' ').nth(1).unwrap().to_owned();
    let typed = [
        format!("interfaces {interface} vlan-id 3777"),
        "commit".to_owned(),
    ];
    bench.fabric.foreign(leaves[1], "rowan", &typed);
    let drift = bench.bk(&["check", leaves[0], leaves[1]]).await.expect(6);
    assert!(
        drift.stdout.contains("0 in sync, 1 with drift, 1 not checked"),
        "{}",
        drift.stdout
    );
    // Only what was asked about counts.
    bench.bk(&["drift", "check", leaves[1]]).await.expect(6);
    let other = devices
        .iter()
        .find(|name| *name != leaves[0] && *name != leaves[1]);
    bench.bk(&["drift", "check", other.unwrap()]).await.expect(0);
    // 0: it differs still, and somebody said why it is left so.
    let open = bench.bk(&["--json", "drift", "list"]).await.expect(6).json();
    let event = open["open"][0]["id"].to_string();
    bench
        .bk(&["drift", "leave", &event, "--why", "a lab test"])
        .await
        .expect(0);
    let left = bench.bk(&["check", leaves[1]]).await.expect(0);
    assert!(left.stdout.contains("0 in sync, 1 with drift"), "{}", left.stdout);
    bench.bk(&["domains", "show", DOMAIN]).await.expect(0);
}

#[tokio::test(flavor = "multi_thread")]
async fn schedules_are_added_shown_run_and_removed() {
    let bench = Bench::discovered(Dialect::default()).await;
    let none = bench.bk(&["schedules"]).await.expect(0);
    assert_eq!(none.stdout, "There is no schedule.\n");
    let add = [
        "schedules",
        "add",
        "night",
        "30 2 * * *",
        "--zone",
        "Europe/Berlin",
        "--limit",
        "60",
    ];
    let added = bench.bk(&add).await.expect(0);
    assert!(
        added
            .stdout
            .contains("night     all devices  30 2 * * *  Europe/Berlin"),
        "{}",
        added.stdout
    );
    bench.bk(&add).await.expect(3);
    bench
        .bk(&["schedules", "add", "odd", "every hour"])
        .await
        .expect(3);
    let nothing = bench.bk(&["check", "--due"]).await.expect(0);
    assert_eq!(nothing.stdout, "Nothing is due.\n");
    bench.bk(&["check", "--schedule", "night"]).await.expect(0);
    let shown = bench.bk(&["schedules", "show", "night"]).await.expect(0);
    assert!(shown.stdout.contains("limit 60 s"), "{}", shown.stdout);
    assert!(shown.stdout.contains("by bk  "), "{}", shown.stdout);
    let json = bench
        .bk(&["--json", "schedules", "show", "night"])
        .await
        .expect(0)
        .json();
    assert_eq!(json["next"]["times"].as_array().map(Vec::len), Some(5));
    bench.bk(&["schedules", "remove", "night"]).await.expect(0);
    bench.bk(&["check", "--schedule", "night"]).await.expect(3);
    bench
        .bk(&["check", "--due", "--schedule", "night"])
        .await
        .expect(2);
}
