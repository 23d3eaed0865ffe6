use bk_config::{CliLine, ConfigText, Tree, apply};

use super::{Difference, Seen, compare};
use crate::fixtures::{device, lab};

/// Differences between a device of the small lab and the same after `work` on its text.
fn found(on: &str, work: impl Fn(&Tree) -> Tree) -> Vec<Difference> {
    let lab = lab();
    let name = device(on);
    let record = &lab.trees[&name];
    let seen = Seen {
        device: &name,
        fabric: &lab.fabric,
        planned: None,
    };
    compare(record, &work(record), seen)
}

fn told(differences: &[Difference]) -> Vec<String> {
    let line = |one: &Difference| format!("{} {} {:?}", one.kind.code(), one.object, one.severity);
    differences.iter().map(line).collect()
}

/// Another engineer types these lines.
#[track_caller]
fn check(on: &str, typed: &[&str], expected: &[&str]) {
    let lines: Vec<CliLine> = typed.iter().map(|line| CliLine::parse(line).unwrap()).collect();
    let differences = found(on, |tree| apply(tree, &lines).unwrap());
    assert_eq!(told(&differences), expected);
}

/// The text is written in another way.
#[track_caller]
fn check_same(on: &str, from: &str, to: &str) {
    let differences = found(on, |tree| {
        let text = tree.print();
        assert!(text.contains(from), "{text}");
        Tree::read_flattened(&ConfigText::new(text.replace(from, to)).unwrap()).0
    });
    assert_eq!(told(&differences), Vec::<String>::new());
}

const KESTREL: &str = "network-services bridge-domain instance g_kestrel_v251";

#[test]
fn an_interface_that_no_record_knows_is_configured_already() {
    check(
        "LEAF-B01",
        &["interfaces ge100-0/0/12.700 vlan-id 700"],
        &["already-configured ge100-0/0/12.700 Low"],
    );
    check(
        "LEAF-B01",
        &[
            "interfaces ge100-0/0/12.700 vlan-id 700",
            "interfaces ge100-0/0/12.700 l2-service enabled",
            &format!("{KESTREL} interface ge100-0/0/12.700"),
        ],
        &["already-configured ge100-0/0/12.700 Medium"],
    );
}

#[test]
fn what_is_gone_is_named_on_its_interface() {
    check(
        "LEAF-B01",
        &[
            &format!("no {KESTREL} interface ge100-0/0/12.251"),
            "no interfaces ge100-0/0/12.251",
        ],
        &["missing-on-device ge100-0/0/12.251 High"],
    );
    check(
        "SPINE-1",
        &[
            &format!("no {KESTREL} interface bundle-60000.251"),
            "no interfaces bundle-60000.251",
        ],
        &["missing-on-device bundle-60000.251 Critical"],
    );
    check(
        "LEAF-B01",
        &[&format!("no {KESTREL} interface ge100-0/0/12.251")],
        &["mismatch ge100-0/0/12.251 High"],
    );
}

#[test]
fn an_instance_that_comes_or_goes_is_one_object() {
    check(
        "LEAF-A01",
        &[&format!("no {KESTREL}")],
        &["missing-on-device g_kestrel_v251 Critical"],
    );
    check(
        "LEAF-A01",
        &["no network-services bridge-domain instance l_heron_port"],
        &["missing-on-device l_heron_port High"],
    );
    check(
        "LEAF-B01",
        &["network-services bridge-domain instance g_wren_v9 admin-state enabled"],
        &["domain-exists g_wren_v9 Medium"],
    );
}

#[test]
fn an_instance_that_comes_with_its_interfaces_is_named_beside_them() {
    check(
        "LEAF-B01",
        &[
            "network-services bridge-domain instance g_wren_v9 admin-state enabled",
            "network-services bridge-domain instance g_wren_v9 interface ge100-0/0/12.9",
            "interfaces ge100-0/0/12.9 l2-service enabled",
            "interfaces ge100-0/0/12.9 vlan-id 9",
        ],
        &[
            "already-configured ge100-0/0/12.9 Medium",
            "domain-exists g_wren_v9 Medium",
        ],
    );
}

#[test]
fn another_tag_is_a_mismatch_and_one_that_is_taken_a_conflict() {
    check(
        "LEAF-B01",
        &["interfaces ge100-0/0/12.251 vlan-id 252"],
        &["mismatch ge100-0/0/12.251 High"],
    );
    check(
        "LEAF-B01",
        &[
            "no interfaces ge100-0/0/12.251",
            "interfaces ge100-0/0/12.7 vlan-id list 200-300",
        ],
        &[
            "vlan-conflict ge100-0/0/12.7 High",
            "mismatch ge100-0/0/12.251 High",
        ],
    );
}

#[test]
fn what_carries_no_traffic_is_low() {
    check(
        "LEAF-A01",
        &["interfaces ge100-0/0/31.251 description \"moved to bench 7\""],
        &["mismatch ge100-0/0/31.251 Low"],
    );
    check(
        "LEAF-A01",
        &[&format!("{KESTREL} description \"ask rowan\"")],
        &["mismatch g_kestrel_v251 Low"],
    );
}

#[test]
fn a_port_that_is_switched_off_is_an_end_lost() {
    check(
        "LEAF-B01",
        &["interfaces ge100-0/0/12 admin-state disabled"],
        &["mismatch ge100-0/0/12 High"],
    );
    check(
        "LEAF-B01",
        &["interfaces bundle-60000 admin-state disabled"],
        &["mismatch bundle-60000 Critical"],
    );
}

#[test]
fn lines_that_nobody_understands_are_unknown() {
    let differences = found("LEAF-B01", |tree| {
        let text = format!("{}interfaces ge100-0/0/12.251 flux-capacity 12\n", tree.print());
        Tree::read_flattened(&ConfigText::new(text).unwrap()).0
    });
    assert_eq!(told(&differences), ["unknown ge100-0/0/12.251 Medium"]);
}

#[test]
fn another_way_to_write_the_same_is_no_drift() {
    check_same("LEAF-A01", "vlan-id list 251", "vlan-id 251");
    check_same(
        "LEAF-B01",
        "ge100-0/0/12.251 vlan-id 251",
        "ge100-0/0/12.251 vlan-id 251 tpid 0x8100",
    );
    check_same(
        "LEAF-A01",
        "interfaces ge100-0/0/4 admin-state enabled\ninterfaces ge100-0/0/4 l2-service enabled\n",
        "interfaces ge100-0/0/4 l2-service enabled\ninterfaces ge100-0/0/4 admin-state enabled\n",
    );
    check_same(
        "LEAF-A01",
        "network-services bridge-domain instance g_birch_v300 admin-state enabled\n",
        "",
    );
}

/// What another did where a deployment was to configure something.
#[test]
fn what_was_planned_tells_the_kinds_apart() {
    let lab = lab();
    let name = device("LEAF-B01");
    let record = &lab.trees[&name];
    let work = |typed: &[&str]| {
        let lines: Vec<CliLine> = typed.iter().map(|line| CliLine::parse(line).unwrap()).collect();
        apply(record, &lines).unwrap()
    };
    let unit = "interfaces ge100-0/0/12.700 vlan-id 700";
    let member = format!("{KESTREL} interface ge100-0/0/12.700");
    let planned = work(&[unit, "interfaces ge100-0/0/12.700 l2-service enabled", &member]);
    for (typed, expected) in [
        (unit, "already-configured ge100-0/0/12.700 Low"),
        (
            "interfaces ge100-0/0/12.700 vlan-id 701",
            "mismatch ge100-0/0/12.700 Low",
        ),
        (
            "interfaces ge100-0/0/12.701 vlan-id 700",
            "vlan-conflict ge100-0/0/12.701 High",
        ),
        (
            "interfaces ge100-0/0/12.701 vlan-id 701",
            "already-configured ge100-0/0/12.701 Low",
        ),
    ] {
        let seen = Seen {
            device: &name,
            fabric: &lab.fabric,
            planned: Some(&planned),
        };
        assert_eq!(
            told(&compare(record, &work(&[typed]), seen)),
            [expected],
            "{typed}"
        );
    }
}
