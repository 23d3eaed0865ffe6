//! Judged on the practice fabric with one thing changed at a time, and on single frames.

use crate::facts::Facts;
use crate::generate::practice;
use crate::testing::StillFabric;
use crate::tree::Tree;

use super::{Network, accept, matches, rewrite};

/// How many addresses of `service` each of the devices has, after taking lines out and adding others.
fn check(service: &str, change: (&str, &str, &[&str]), expected: &[(&str, usize)]) {
    let mut fabric = StillFabric::new(&practice(7));
    let (device, drop, add) = change;
    fabric.edit(device, drop, add);
    let network = Network::new(&fabric);
    for (device, count) in expected {
        assert_eq!(
            network.learned(device, Some(service)).len(),
            *count,
            "{service} on {device} after {change:?}"
        );
    }
}

/// The changes are made where the host of LEAF-A02 (4 addresses) meets that of LEAF-A01 (5 addresses).
#[test]
fn addresses_appear_where_the_path_is_complete() {
    let service = "g_birch_v104";
    let both = [("LEAF-A01", 9), ("SPINE-1", 9), ("LEAF-A02", 9)];
    let apart = [("LEAF-A01", 5), ("LEAF-A02", 4)];
    check(service, ("LEAF-A03", "nothing of this kind", &[]), &both);
    // A hop is missing.
    check(
        service,
        ("SPINE-1", "v104 interface bundle-60001.104", &[]),
        &[apart[0], apart[1], ("SPINE-1", 4)],
    );
    // The tag of one hop does not agree.
    let other_tag = ["interfaces bundle-60001.104 vlan-id 105"];
    check(
        service,
        ("SPINE-1", "bundle-60001.104 vlan-id", &other_tag),
        &apart,
    );
    // The layer 2 service of one hop is off.
    check(service, ("SPINE-1", "bundle-60001.104 l2-service", &[]), &apart);
    // A hop is disabled: the interface, its bundle, the domain.
    check(
        service,
        (
            "SPINE-1",
            "nothing",
            &["interfaces bundle-60001.104 admin-state disabled"],
        ),
        &apart,
    );
    check(
        service,
        (
            "SPINE-1",
            "bundle-60001 admin-state",
            &["interfaces bundle-60001 admin-state disabled"],
        ),
        &apart,
    );
    let off = ["network-services bridge-domain instance g_birch_v104 admin-state disabled"];
    check(
        service,
        ("SPINE-1", "v104 admin-state", &off),
        &[apart[0], apart[1], ("SPINE-1", 0)],
    );
}

#[test]
fn a_link_lives_while_one_member_does() {
    let service = "g_birch_v104";
    check(
        service,
        ("SPINE-1", "ge100-0/0/0 admin-state", &[]),
        &[("LEAF-A01", 9)],
    );
    check(
        service,
        ("SPINE-1", "bundle-id 60001", &[]),
        &[("LEAF-A01", 5), ("LEAF-A02", 4)],
    );
}

#[test]
fn an_access_port_that_is_down_is_silent() {
    let service = "g_birch_v104";
    check(
        service,
        ("LEAF-A02", "ge100-0/0/4 admin-state", &[]),
        &[("LEAF-A01", 5), ("LEAF-A02", 5), ("SPINE-1", 5)],
    );
}

#[test]
fn learning_can_be_switched_off() {
    let service = "g_birch_v104";
    let off = ["network-services bridge-domain instance g_birch_v104 mac-handling mac-learning disabled"];
    check(
        service,
        ("SPINE-1", "nothing", &off),
        &[("SPINE-1", 0), ("LEAF-A01", 9)],
    );
}

#[test]
fn a_push_without_its_pop_is_not_received() {
    let network = |drop: &str| {
        let mut fabric = StillFabric::new(&practice(7));
        fabric.edit("LEAF-B02", drop, &[]);
        let network = Network::new(&fabric);
        let learned = network.learned("LEAF-B02", Some("TESTER_V3180_IX_SL2"));
        learned
            .into_iter()
            .map(|entry| entry.interface)
            .collect::<std::collections::BTreeSet<_>>()
    };
    let both: Vec<String> = network("nothing").into_iter().collect();
    assert_eq!(both, ["bundle-60000.3180", "ge100-0/0/28.5180"]);
    let alone: Vec<String> = network("bundle-60000.3180 vlan-id").into_iter().collect();
    assert_eq!(alone, ["ge100-0/0/28.5180"]);
}

/// What `interfaces ge100-0/0/1...` with these statements does to a frame on its way in.
fn frame(statements: &[&str], tags: &[u16]) -> Option<Vec<u16>> {
    let lines: Vec<String> = statements
        .iter()
        .map(|line| format!("interfaces ge100-0/0/1.7 {line}"))
        .collect();
    let facts = Facts::read(&Tree::parse_flattened(&lines.join("\n")));
    let interface = facts.interface("ge100-0/0/1.7").unwrap();
    if !matches(&interface.encapsulation, tags) {
        return None;
    }
    rewrite(interface.ingress.as_ref(), tags)
}

#[test]
fn every_action_rewrites_as_documented() {
    let ingress = |action: &str, tags: &[u16]| {
        frame(
            &[
                "vlan-id list 1-4094",
                &format!("vlan-manipulation ingress-mapping action {action}"),
            ],
            tags,
        )
    };
    let two = "outer-tag 100 outer-tpid 0x8100 inner-tag 200 inner-tpid 0x8100";
    let one = "outer-tag 100 outer-tpid 0x8100";
    assert_eq!(ingress("pop", &[5, 6]), Some(vec![6]));
    assert_eq!(ingress("pop-pop", &[5, 6]), Some(vec![]));
    assert_eq!(ingress("pop-pop", &[5]), None);
    assert_eq!(ingress("preserve-preserve", &[5, 6]), Some(vec![5, 6]));
    assert_eq!(ingress(&format!("push {one}"), &[5]), Some(vec![100, 5]));
    assert_eq!(ingress(&format!("swap {one}"), &[5, 6]), Some(vec![100, 6]));
    assert_eq!(ingress(&format!("pop-swap {one}"), &[5, 6]), Some(vec![100]));
    assert_eq!(
        ingress(&format!("push-push {two}"), &[5]),
        Some(vec![100, 200, 5])
    );
    assert_eq!(
        ingress(&format!("swap-push {two}"), &[5, 6]),
        Some(vec![100, 200, 6])
    );
    assert_eq!(
        ingress(&format!("swap-swap {two}"), &[5, 6]),
        Some(vec![100, 200])
    );
    let preserve_swap = "preserve-swap outer-tpid 0x8100 inner-tag 200 inner-tpid 0x8100";
    assert_eq!(ingress(preserve_swap, &[5, 6]), Some(vec![5, 200]));
}

#[test]
fn frames_belong_to_what_the_tags_say() {
    assert_eq!(frame(&["vlan-id 5"], &[5]), Some(vec![5]));
    assert_eq!(frame(&["vlan-id 5"], &[6]), None);
    assert_eq!(frame(&["vlan-id 5"], &[]), None);
    assert_eq!(frame(&["vlan-id list 1-3,7"], &[7, 1]), Some(vec![7, 1]));
    assert_eq!(frame(&["vlan-id list 1-3,7"], &[4]), None);
    assert_eq!(
        frame(&["vlan-tags outer-tag 5 inner-tag 6"], &[5, 6]),
        Some(vec![5, 6])
    );
    assert_eq!(frame(&["vlan-tags outer-tag 5 inner-tag 6"], &[5]), None);
    assert_eq!(
        frame(&["vlan-tags outer-tag 5 inner-tag-list 6-8"], &[5, 8]),
        Some(vec![5, 8])
    );
    assert_eq!(frame(&["untagged"], &[]), Some(vec![]));
    assert_eq!(frame(&["untagged"], &[5]), None);
}

#[test]
fn the_most_specific_interface_takes_a_frame() {
    let lines = [
        "interfaces ge100-0/0/1 l2-service enabled",
        "interfaces ge100-0/0/1.1 l2-service enabled",
        "interfaces ge100-0/0/1.1 vlan-id 5",
        "interfaces ge100-0/0/1.2 l2-service enabled",
        "interfaces ge100-0/0/1.2 vlan-tags outer-tag 5 inner-tag 6",
        "interfaces ge100-0/0/1.3 l2-service enabled",
        "interfaces ge100-0/0/1.3 vlan-id list 7-9",
        "interfaces ge100-0/0/1.4 vlan-id 20",
    ];
    let facts = Facts::read(&Tree::parse_flattened(&lines.join("\n")));
    let taken = |tags: &[u16]| accept(&facts, "ge100-0/0/1", tags).map(|interface| interface.name.as_str());
    assert_eq!(taken(&[5, 6]), Some("ge100-0/0/1.2"));
    assert_eq!(taken(&[5, 7]), Some("ge100-0/0/1.1"));
    assert_eq!(taken(&[8]), Some("ge100-0/0/1.3"));
    assert_eq!(
        taken(&[20]),
        Some("ge100-0/0/1"),
        "a unit without l2-service takes nothing"
    );
    assert_eq!(taken(&[]), Some("ge100-0/0/1"));
}
