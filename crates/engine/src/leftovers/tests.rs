use std::collections::BTreeSet;

use bk_config::apply;

use super::{Audit, Kept, audit, orphans};
use crate::deploy::lines::LineSet;
use crate::fixtures::{Lab, device, lab, lab_with};

fn found(lab: &Lab) -> Audit {
    lab.on_base(|base| audit(base, None)).unwrap()
}

fn names(audit: &Audit) -> Vec<String> {
    let line = |one: &super::Leftover| format!("{}: {}", one.device, one.object);
    audit.leftovers.iter().map(line).collect()
}

/// What stands in the small lab from the start.
const ALWAYS: &str = "LEAF-A01: ge100-0/0/8.400 belongs to no bridge domain";

#[track_caller]
fn check(extra: &[(&str, &str)], expected: &[&str]) {
    let audit = found(&lab_with(extra));
    let mut expected: Vec<String> = expected.iter().map(|one| (*one).to_owned()).collect();
    expected.push(ALWAYS.to_owned());
    expected.sort();
    let mut told = names(&audit);
    told.sort();
    assert_eq!(told, expected);
}

#[test]
fn a_tagged_subinterface_of_no_instance_is_left_behind() {
    check(&[], &[]);
    check(
        &[("LEAF-B02", "interfaces ge100-0/0/5.700 l2-service enabled")],
        &["LEAF-B02: ge100-0/0/5.700 belongs to no bridge domain"],
    );
}

#[test]
fn what_is_routed_is_not() {
    check(
        &[
            ("LEAF-B02", "interfaces ge100-0/0/5.700 vlan-id 700"),
            ("LEAF-B02", "interfaces ge100-0/0/5.700 ipv4-address 192.0.2.1/30"),
            (
                "SSPINE-1",
                "network-services bridge-domain instance wren_mgmt router-interface irb998",
            ),
        ],
        &[],
    );
}

#[test]
fn an_instance_without_member_is_left_behind() {
    check(
        &[(
            "LEAF-B02",
            "network-services bridge-domain instance vlan1955_old admin-state enabled",
        )],
        &["LEAF-B02: vlan1955_old has no member"],
    );
}

#[test]
fn a_member_that_does_not_exist_is_left_behind() {
    check(
        &[(
            "LEAF-B01",
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/13.251 ^",
        )],
        &["LEAF-B01: ge100-0/0/13.251, a member of g_kestrel_v251, does not exist"],
    );
}

/// `g_birch_v300` has its ends below SPINE-1: what carries it up to the superspine leads nowhere.
#[test]
fn a_link_that_leads_to_no_end_is_left_behind_at_both_its_ends() {
    let at = |interface: &str| {
        [
            format!("network-services bridge-domain instance g_birch_v300 interface {interface} ^"),
            format!("interfaces {interface} l2-service enabled"),
            format!("interfaces {interface} vlan-id 300"),
        ]
    };
    let (up, down) = (at("bundle-60000.300"), at("bundle-60001.300"));
    let mut extra: Vec<(&str, &str)> = Vec::new();
    extra.extend(up.iter().map(|line| ("SPINE-1", line.as_str())));
    // One side only: it leads nowhere either.
    check(
        &extra,
        &["SPINE-1: bundle-60000.300 leads to no end of g_birch_v300"],
    );
    extra.extend(down.iter().map(|line| ("SSPINE-1", line.as_str())));
    check(
        &extra,
        &[
            "SPINE-1: bundle-60000.300 leads to no end of g_birch_v300",
            "SSPINE-1: bundle-60001.300 leads to no end of g_birch_v300",
        ],
    );
}

/// Without its attachment on SPINE-2 the far end on the superspine is half of what is missing, not left behind.
#[test]
fn a_broken_path_is_told_and_nothing_of_it_is_called_needless() {
    let mut lab = lab();
    let line = |raw: &str| bk_config::CliLine::parse(raw).unwrap();
    let tree = lab.trees.get_mut(&device("SPINE-2")).unwrap();
    *tree = apply(
        tree,
        &[
            line("no network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251"),
            line("no interfaces bundle-60000.251"),
        ],
    )
    .unwrap();
    let audit = found(&crate::fixtures::lab_of(lab.trees));
    assert_eq!(names(&audit), [ALWAYS]);
    assert_eq!(audit.broken.len(), 1);
    assert_eq!(audit.broken[0].domain.as_str(), "g_kestrel_v251");
    assert_eq!(audit.broken[0].one_sided, ["SSPINE-1 bundle-60002"]);
}

#[test]
fn the_clean_up_removes_all_of_it_and_its_reverse_gives_the_text_back() {
    let lab = lab_with(&[
        (
            "LEAF-A01",
            "network-services bridge-domain instance vlan1955_old admin-state enabled",
        ),
        ("LEAF-A01", "interfaces ge100-0/0/5.700 l2-service enabled"),
        ("LEAF-A01", "interfaces ge100-0/0/5.700 vlan-id 700"),
    ]);
    let audit = found(&lab);
    assert_eq!(audit.leftovers.len(), 3);
    let [plan] = audit.clean_up.as_slice() else {
        panic!("one device is to be cleaned: {:?}", audit.clean_up)
    };
    let before = &lab.trees[&device("LEAF-A01")];
    let after = apply(before, &plan.forward).unwrap();
    assert_eq!(apply(&after, &plan.reverse).unwrap().print(), before.print());
    let mut trees = lab.trees.clone();
    trees.insert(device("LEAF-A01"), after);
    let again = found(&crate::fixtures::lab_of(trees));
    assert!(again.leftovers.is_empty(), "{:?}", again.leftovers);
    assert!(again.clean_up.is_empty());
}

#[test]
fn an_instance_that_holds_more_is_named_and_kept() {
    let more = "network-services bridge-domain instance vlan1955_old mac-table-limit 100";
    let audit = found(&lab_with(&[("LEAF-B02", more)]));
    let one = audit
        .leftovers
        .iter()
        .find(|one| one.device == device("LEAF-B02"))
        .unwrap();
    assert_eq!(one.kept, Some(Kept::HoldsMore));
    assert!(
        audit
            .clean_up
            .iter()
            .all(|plan| plan.device != device("LEAF-B02"))
    );
}

#[test]
fn only_the_devices_asked_for_are_looked_at() {
    let lab = lab();
    let only = BTreeSet::from([device("LEAF-B02")]);
    let audit = lab.on_base(|base| audit(base, Some(&only))).unwrap();
    assert_eq!(names(&audit), [""; 0]);
}

#[test]
fn a_device_that_was_never_read_is_an_error() {
    let only = BTreeSet::from([device("LEAF-Z99")]);
    let told = lab().on_base(|base| audit(base, Some(&only)));
    assert!(matches!(told, Err(crate::plan::PlanError::NoRecord { device: of }) if of == device("LEAF-Z99")));
}

#[test]
fn orphans_are_named() {
    let check = |touched: &str, lines: &[&str], wanted: &[&str]| {
        let lines: LineSet = lines.iter().copied().collect();
        let found: Vec<String> = orphans([touched], &lines)
            .iter()
            .map(ToString::to_string)
            .collect();
        assert_eq!(found, wanted);
    };
    let instance = "network-services bridge-domain instance g_kestrel_v251";
    let member = format!("{instance} interface ge100-0/0/5.251 ^");
    let tag = "interfaces ge100-0/0/5.251 vlan-id 251";
    check("interfaces ge100-0/0/5.251", &[tag, &member], &[]);
    check(
        "interfaces ge100-0/0/5.251",
        &[tag],
        &["ge100-0/0/5.251 belongs to no bridge domain"],
    );
    check(
        instance,
        &[&member],
        &["ge100-0/0/5.251, a member of g_kestrel_v251, does not exist"],
    );
    check(
        instance,
        &[&format!("{instance} ^")],
        &["g_kestrel_v251 has no member"],
    );
    check(instance, &[], &[]);
    check(instance, &[&format!("{instance} router-interface irb7 ^")], &[]);
    check(
        "interfaces ge100-0/0/5.251",
        &[tag, "interfaces ge100-0/0/5.251 ipv4-address 192.0.2.1/31"],
        &[],
    );
    let vrf = "network-services vrf instance wren interface ge100-0/0/5.251 ^";
    check("interfaces ge100-0/0/5.251", &[tag, vrf], &[]);
}
