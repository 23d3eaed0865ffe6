//! What can be chosen about drift and about going back, by command: judged by the fabric's dump and the exit code.

use std::collections::BTreeMap;

use bk_lab::dialect::Dialect;
use bk_lab::serve::Reach;

use crate::support::{Bench, DOMAIN, Ground};

/// A leaf that is edited alone, and one on which another engineer is first.
const OURS: &str = "LEAF-A01";
const THEIRS: &str = "LEAF-B02";
const PORT: &str = "ge100-0/0/5";
const UNIT: &str = "ge100-0/0/5.251";

/// One command, and the code with which it ends. `EVENT` stands for the first open event.
type Step<'a> = (&'a [&'a str], i32);

/// What every device runs.
type Texts = BTreeMap<String, String>;

fn texts(bench: &Bench) -> Texts {
    let dump = bench.dump();
    for (name, device) in &dump {
        assert_eq!((&device.pending, device.candidates.len()), (&None, 0), "{name}");
    }
    let text = |(name, device): (String, bk_lab::device::DeviceDump)| (name, device.flattened);
    dump.into_iter().map(text).collect()
}

async fn run(bench: &Bench, steps: &[Step<'_>]) {
    for (args, code) in steps {
        let mut args = args.to_vec();
        let event;
        if let Some(place) = args.iter().position(|arg| *arg == "EVENT") {
            let open = bench.bk(&["--json", "drift"]).await.json();
            event = open["open"][0]["id"].to_string();
            args[place] = &event;
        }
        bench.bk(&args).await.expect(*code);
    }
}

/// The sub-interface of the edit, as another engineer types it first.
fn unit() -> Vec<String> {
    vec![
        format!("interfaces {UNIT} l2-service enabled"),
        format!("interfaces {UNIT} vlan-id 251"),
    ]
}

fn serves(texts: &Texts, leaf: &str) -> bool {
    let member = format!("network-services bridge-domain instance {DOMAIN} interface {UNIT}");
    texts[leaf]
        .lines()
        .any(|line| line.trim_end_matches(" ^") == member)
}

/// Drift stopped the deployment of two leaves. `serving` tells which of them serve after the steps.
async fn check_stopped(ground: &mut Ground, steps: &[Step<'_>], serving: [bool; 2]) {
    let bench = ground.bench();
    bench.another_commits(THEIRS, &unit());
    let theirs = texts(bench);
    bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(6);
    run(bench, steps).await;
    let end = texts(bench);
    assert_eq!(
        [OURS, THEIRS].map(|leaf| serves(&end, leaf)),
        serving,
        "{steps:?}"
    );
    if serving == [false, false] {
        assert_eq!(end, theirs, "{steps:?}");
    }
    for line in unit() {
        assert!(end[THEIRS].lines().any(|held| held == line), "{steps:?}: {line}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_drift_stopped_goes_on_as_it_was_chosen() {
    let bench = Bench::discovered(Dialect::parse("candidate=session").unwrap()).await;
    for leaf in [OURS, THEIRS] {
        bench.bk(&["edit", DOMAIN, "add", leaf, PORT]).await.expect(0);
    }
    let ground = &mut Ground::of(bench);
    let chosen = |word| ["recover", "1", "--choose", word];
    let without = format!("continue-without:{THEIRS}");
    let (sync, go_on) = (chosen("discover-and-sync"), chosen("continue"));
    let (skip, over, leave) = (chosen("skip"), chosen("override"), chosen("leave"));
    let (without, retry) = (chosen(&without), chosen("retry"));
    let none = [false, false];

    check_stopped(ground, &[(&sync, 0)], none).await;
    check_stopped(ground, &[(&sync, 0), (&go_on, 0)], [true, true]).await;
    check_stopped(ground, &[(&skip, 0)], [true, false]).await;
    check_stopped(ground, &[(&without, 0)], [true, false]).await;
    check_stopped(ground, &[(&over, 0)], [true, true]).await;
    check_stopped(ground, &[(&leave, 6)], none).await;
    // Not before what drifted is decided, and never the same plan against it.
    check_stopped(ground, &[(&go_on, 3), (&retry, 3)], none).await;
    // Once only.
    check_stopped(ground, &[(&over, 0), (&over, 3), (&skip, 3)], [true, true]).await;
}

/// What the fabric holds after the steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    /// What it held before the other engineer.
    Before,
    /// What the other engineer left.
    Theirs,
}

/// An attachment of the practice fabric: its leaf and its sub-interface.
fn attachment(bench: &Bench) -> (String, String) {
    let member = format!("network-services bridge-domain instance {DOMAIN} interface ge");
    for (name, text) in texts(bench) {
        let mut lines = text.lines();
        if let Some(line) = lines.find(|line| name.contains("LEAF") && line.starts_with(&member)) {
            let interface = line.trim_end_matches(" ^").rsplit(' ').next().unwrap();
            return (name, interface.to_owned());
        }
    }
    panic!("{DOMAIN} has no attachment");
}

/// Another gave an attachment another tag, and a check found it.
async fn check_found(ground: &mut Ground, before: &[Step<'_>], steps: &[Step<'_>], holds: Holds) {
    let bench = ground.bench();
    let start = texts(bench);
    let (leaf, interface) = attachment(bench);
    run(bench, before).await;
    bench.another_commits(&leaf, &[format!("interfaces {interface} vlan-id 3777")]);
    let theirs = texts(bench);
    run(bench, steps).await;
    let expected = match holds {
        Holds::Before => start,
        Holds::Theirs => theirs,
    };
    assert_eq!(texts(bench), expected, "{before:?} {steps:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_check_found_is_decided_by_command() {
    let ground = &mut Ground::of(Bench::discovered(Dialect::default()).await);
    let (leaf, interface) = attachment(ground.bench());
    let (leaf, interface) = (leaf.as_str(), interface.as_str());
    let found: Step<'_> = (&["check", leaf], 6);
    let (open, closed): (Step<'_>, Step<'_>) = ((&["drift", "list"], 6), (&["drift", "list"], 0));
    let in_sync: Step<'_> = (&["check", leaf], 0);

    let sync: Step<'_> = (&["drift", "sync", "EVENT", "--why", "a lab test"], 0);
    check_found(ground, &[], &[found, sync, closed, in_sync], Holds::Theirs).await;
    let over: Step<'_> = (&["drift", "override", "EVENT", "--yes"], 0);
    check_found(ground, &[], &[found, over, closed, in_sync], Holds::Before).await;
    let unasked: Step<'_> = (&["drift", "override", "EVENT"], 2);
    check_found(ground, &[], &[found, unasked, open], Holds::Theirs).await;
    let leave: Step<'_> = (&["drift", "leave", "EVENT"], 0);
    check_found(ground, &[], &[found, leave, closed, in_sync], Holds::Theirs).await;
    let none: [Step<'_>; 3] = [
        (&["drift", "sync", "77"], 3),
        (&["drift", "override", "77", "--yes"], 3),
        (&["drift", "leave", "77"], 3),
    ];
    check_found(
        ground,
        &[],
        &[&[found], none.as_slice(), &[open]].concat(),
        Holds::Theirs,
    )
    .await;

    // A targeted discovery takes what it is for, and nothing else.
    for taken in [
        &["sync", leaf][..],
        &["sync", leaf, "--interface", interface],
        &["sync", "--domain", DOMAIN],
        &["sync"],
    ] {
        check_found(ground, &[], &[(taken, 0), closed, in_sync], Holds::Theirs).await;
    }
    let beside: Step<'_> = (&["sync", leaf, "--interface", "bundle*"], 0);
    check_found(ground, &[], &[beside, open], Holds::Theirs).await;
    check_found(ground, &[], &[(&["sync", "LEAF-Z99"], 3), found], Holds::Theirs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_not_reached_is_not_taken() {
    let bench = Bench::discovered(Dialect::default()).await;
    let (leaf, interface) = attachment(&bench);
    bench.another_commits(&leaf, &[format!("interfaces {interface} vlan-id 3777")]);
    let theirs = texts(&bench);
    bench.bk(&["check", &leaf]).await.expect(6);
    bench.fabric.set_reach(&leaf, Reach::Refuses);
    let steps: [Step<'_>; 4] = [
        (&["drift", "sync", "EVENT"], 3),
        (&["sync", &leaf], 3),
        // One that was begun found the device out of reach, and every device old.
        (&["drift", "override", "EVENT", "--yes"], 4),
        (&["drift", "list"], 6),
    ];
    run(&bench, &steps).await;
    assert_eq!(texts(&bench), theirs);
}

#[tokio::test(flavor = "multi_thread")]
async fn policies_decide_what_they_are_for() {
    let ground = &mut Ground::of(Bench::discovered(Dialect::default()).await);
    let (leaf, interface) = attachment(ground.bench());
    let (leaf, interface) = (leaf.as_str(), interface.as_str());
    let add = |action| -> [&str; 9] {
        [
            "drift", "policies", "add", "quiet", action, "--on", leaf, "--object", interface,
        ]
    };
    let (take, keep, back) = (add("sync"), add("leave"), add("override"));
    let (open, closed): (Step<'_>, Step<'_>) = ((&["drift", "list"], 6), (&["drift", "list"], 0));
    let done: Step<'_> = (&["drift", "check", leaf], 0);
    let found: Step<'_> = (&["drift", "check", leaf], 6);

    check_found(ground, &[(&take, 0)], &[done, closed], Holds::Theirs).await;
    check_found(ground, &[(&keep, 0)], &[done, closed], Holds::Theirs).await;
    check_found(ground, &[(&back, 0)], &[done, closed], Holds::Before).await;
    let elsewhere: [&str; 7] = ["drift", "policies", "add", "quiet", "sync", "--on", "SPINE-1"];
    check_found(ground, &[(&elsewhere, 0)], &[found, open], Holds::Theirs).await;
    // One that has ended decides nothing, and a trial keeps nothing.
    let end: Step<'_> = (&["drift", "policies", "end", "1"], 0);
    check_found(ground, &[(&take, 0), end], &[found, open], Holds::Theirs).await;
    let trial: [&str; 7] = ["drift", "policies", "try", "quiet", "sync", "--on", leaf];
    let none: Step<'_> = (&["drift", "policies", "end", "1"], 3);
    check_found(ground, &[], &[found, (&trial, 0), none, open], Holds::Theirs).await;
    let unnamed: [&str; 6] = ["drift", "policies", "add", "quiet", "override", "--on"];
    let unnamed = [&unnamed[..], &["LEAF-*"]].concat();
    check_found(ground, &[(&unnamed, 3)], &[found, open], Holds::Theirs).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_others_changed_since_is_left_or_goes_back_too() {
    let ground = &mut Ground::of(Bench::discovered(Dialect::default()).await);
    let (leaf, _) = attachment(ground.bench());
    let ports = ["ge100-0/0/5", "ge100-0/0/6"];
    let theirs = format!("interfaces {}.251 description theirs", ports[0]);
    for (take, code, units, description) in [
        (None, 3, 2, true),
        (Some("rest"), 0, 1, true),
        (Some("over"), 0, 0, false),
    ] {
        let bench = ground.bench();
        let start = texts(bench);
        for port in ports {
            bench.bk(&["edit", DOMAIN, "add", &leaf, port]).await.expect(0);
        }
        bench.bk(&["deploy", DOMAIN, "--yes"]).await.expect(0);
        bench.another_commits(&leaf, std::slice::from_ref(&theirs));
        bench.bk(&["discover", &leaf]).await.expect(0);
        let rollback = ["rollback", "1", "--yes"].into_iter();
        let args: Vec<&str> = rollback
            .chain(take.iter().flat_map(|take| ["--take", take]))
            .collect();
        bench.bk(&args).await.expect(code);
        let end = texts(bench);
        let text = &end[&leaf];
        let stays = |port: &&str| text.contains(&format!("interfaces {port}.251 vlan-id 251"));
        assert_eq!(ports.iter().filter(|port| stays(port)).count(), units, "{take:?}");
        assert_eq!(text.lines().any(|line| line == theirs), description, "{take:?}");
        if units == 0 {
            assert_eq!(end, start, "{take:?}");
        }
    }
}
