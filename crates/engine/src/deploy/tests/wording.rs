//! What a device shows, in the words of the plan.

use bk_model::DeviceName;

use crate::deploy::change::DeviceChange;
use crate::deploy::lines::{Delta, LineSet};
use crate::deploy::wording::{Prints, Wording};
use crate::ports::{Candidate, EntryDelta};

const OLD: &str = "interfaces ge100-0/0/5.251";
const NEW: &str = "interfaces bundle-7.300";

fn plan() -> DeviceChange {
    let base = [
        format!("{OLD} description \"to the tester\""),
        format!("{OLD} vlan-id 251"),
    ];
    let added = [
        format!("{NEW} admin-state enabled"),
        format!("{NEW} description uplink"),
        format!("{NEW} vlan-id 300"),
    ];
    DeviceChange {
        device: DeviceName::new("LEAF-A01").unwrap(),
        touched: vec![OLD.to_owned(), NEW.to_owned()],
        base: base.iter().map(String::as_str).collect(),
        forward: Vec::new(),
        reverse: Vec::new(),
        predicted: Delta {
            added: added.into(),
            removed: [format!("{OLD} vlan-id 251")].into(),
        },
        group: 1,
        brings_back: false,
    }
}

/// What a running configuration and a candidate show, and how they are named.
fn check(shown: &[&str], named: &[&str]) {
    let plan = plan();
    let wording = Wording::of(&plan, &Prints::default());
    let set = |lines: &[&str]| -> LineSet { lines.iter().copied().collect() };
    assert_eq!(wording.running(set(shown)), set(named), "{shown:?}");
    let lines = |lines: &[&str]| -> Vec<String> {
        let lines = lines.iter().map(|line| line.trim_end_matches(" ^").to_owned());
        lines.collect()
    };
    let candidate = wording.candidate(Candidate::Differs {
        text: "as shown".to_owned(),
        added: Some(lines(shown)),
        deleted: Some(Vec::new()),
    });
    let Candidate::Differs {
        text,
        added: Some(mut added),
        ..
    } = candidate
    else {
        panic!("{candidate:?}")
    };
    added.sort();
    assert_eq!((text.as_str(), added), ("as shown", lines(named)), "{shown:?}");
}

#[test]
fn what_is_shown_as_it_was_typed_stays() {
    let typed = [
        "interfaces bundle-7.300 admin-state enabled",
        "interfaces bundle-7.300 description uplink",
        "interfaces bundle-7.300 vlan-id 300",
        "interfaces ge100-0/0/5.251 description \"to the tester\"",
    ];
    check(&typed, &typed);
}

#[test]
fn defaults_that_are_printed_or_left_out_and_quotes_are_named_as_typed() {
    let typed = [
        "interfaces bundle-7.300 admin-state enabled",
        "interfaces bundle-7.300 description uplink",
        "interfaces bundle-7.300 vlan-id 300",
    ];
    check(
        &[
            "interfaces bundle-7.300 description \"uplink\"",
            "interfaces bundle-7.300 vlan-id 300 tpid 0x8100",
        ],
        &typed,
    );
    check(
        &[
            "interfaces bundle-7.300 admin-state enabled",
            "interfaces bundle-7.300 description uplink",
            "interfaces bundle-7.300 l2-service disabled",
            "interfaces bundle-7.300 vlan-id 300",
        ],
        &typed,
    );
}

/// Nothing that means something, and nothing on what stood there before, is renamed or dropped.
#[test]
fn what_another_typed_stays_theirs() {
    for theirs in [
        "interfaces bundle-7.300 admin-state disabled",
        "interfaces bundle-7.300 mtu 1600",
        "interfaces ge100-0/0/5.251 admin-state enabled",
        "interfaces ge100-0/0/5.251 vlan-id 251 tpid 0x9100",
        "interfaces ge100-0/0/9 admin-state disabled",
        "system contact rowan",
    ] {
        check(&[theirs], &[theirs]);
    }
}

#[test]
fn an_object_of_which_only_a_default_shows_stands() {
    let plan = plan();
    let shown: LineSet = ["interfaces bundle-7.300 l2-service disabled"]
        .into_iter()
        .collect();
    let named = Wording::of(&plan, &Prints::default()).running(shown);
    assert!(named.holds(NEW), "{named:?}");
}

#[test]
fn an_entry_is_named_on_both_sides() {
    let plan = plan();
    let lines = || Some(vec![format!("{NEW} vlan-id 300 tpid 0x8100")]);
    let named = Wording::of(&plan, &Prints::default()).entry(EntryDelta {
        text: String::new(),
        added: lines(),
        deleted: lines(),
    });
    let expected = Some(vec![
        format!("{NEW} vlan-id 300"),
        format!("{NEW} admin-state enabled"),
    ]);
    assert_eq!((named.added, named.deleted), (expected.clone(), expected));
}

#[test]
fn where_needless_lines_are_printed_one_that_is_not_shown_is_not_there() {
    let plan = plan();
    let shown: LineSet = [format!("{NEW} vlan-id 300")]
        .iter()
        .map(String::as_str)
        .collect();
    let named = |others: &str| {
        let prints = Prints::seen_in(&[others].into_iter().collect());
        Wording::of(&plan, &prints).running(shown.clone())
    };
    let needless = format!("{NEW} admin-state enabled");
    assert!(named("interfaces bundle-9 mtu 9000").holds(&needless));
    assert!(named("network-services bridge-domain instance x admin-state enabled").holds(&needless));
    assert_eq!(named("interfaces bundle-9 admin-state enabled"), shown);
}
