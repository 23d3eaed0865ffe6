//! Differences, the canonical form, and the part of a tree that an edit touches.

use bk_config::{
    ConfigPath, TreeDelta, canonical, diff, equal_meaning, equal_text, neighbourhood, restrict, restrict_to,
    to_hierarchical,
};

use crate::support::tree;

fn show(delta: &TreeDelta) -> String {
    let added = delta.added.iter().map(|path| format!("+ {path}\n"));
    let removed = delta.removed.iter().map(|path| format!("- {path}\n"));
    let changed = delta
        .changed
        .iter()
        .map(|line| format!("~ {} -> {}\n", line.before, line.after));
    removed.chain(added).chain(changed).collect()
}

/// Checks the difference in both forms and in both directions.
fn check(before: &str, after: &str, expected: &str) {
    let (before, after) = (tree(before), tree(after));
    assert_eq!(show(&diff(&before, &after)), expected);
    assert_eq!(
        show(&diff(&to_hierarchical(&before), &to_hierarchical(&after))),
        expected,
        "hierarchical"
    );
    assert_eq!(show(&diff(&before, &to_hierarchical(&after))), expected, "mixed");
    let mut back = diff(&after, &before).reversed();
    let mut there = diff(&before, &after);
    for delta in [&mut back, &mut there] {
        delta.changed.sort();
    }
    assert_eq!(back, there, "the way back is the way there reversed");
}

const BASE: &str = "\
system name LEAF-A01
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces ge100-0/0/5 ^
";

#[test]
fn order_does_not_matter() {
    let mut reversed: Vec<&str> = BASE.lines().rev().collect();
    check(BASE, &reversed.join("\n"), "");
    reversed.rotate_left(2);
    check(BASE, &reversed.join("\n"), "");
}

#[test]
fn added_removed_and_changed() {
    check(
        BASE,
        &BASE.replace("vlan-id 251", "vlan-id 252"),
        "~ interfaces bundle-60000.251 vlan-id 251 -> interfaces bundle-60000.251 vlan-id 252\n",
    );
    check(
        BASE,
        &BASE.replace("vlan-id 251", "vlan-tags outer-tag 1 inner-tag 2"),
        "~ interfaces bundle-60000.251 vlan-id 251 -> interfaces bundle-60000.251 vlan-tags outer-tag 1 inner-tag 2\n",
    );
    check(
        BASE,
        &BASE.replace("LEAF-A01", "LEAF-A02"),
        "- system name LEAF-A01\n+ system name LEAF-A02\n",
    );
    check(
        BASE,
        &BASE.replace("interfaces bundle-60000.251 l2-service enabled\n", ""),
        "- interfaces bundle-60000.251 l2-service enabled\n",
    );
    check(
        BASE,
        &format!("{BASE}interfaces ge100-0/0/6.1 vlan-id 1\n"),
        "+ interfaces ge100-0/0/6.1 vlan-id 1\n",
    );
}

#[test]
fn entry_that_gains_its_first_line_is_not_removed() {
    check(
        BASE,
        &BASE.replace("ge100-0/0/5 ^", "ge100-0/0/5 l2-service enabled"),
        "+ interfaces ge100-0/0/5 l2-service enabled\n",
    );
    check(
        BASE,
        &BASE.replace(
            "instance g_kestrel_v251 interface bundle-60000.251 ^",
            "instance g_kestrel_v251 interface bundle-60000.251 storm-control broadcast-packet-rate 10",
        ),
        "+ network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 storm-control broadcast-packet-rate 10\n",
    );
}

#[test]
fn many_moved_blocks_are_no_difference() {
    let line = |n: usize| format!("interfaces bundle-{n} mtu 9000\ninterfaces bundle-{n}.1 vlan-id 1\n");
    let before: String = (1..200).map(line).collect();
    let after: String = (1..200).map(|n| line((n * 37) % 199 + 1)).collect();
    check(&before, &after, "");
}

#[test]
fn canonical_form_evens_notation_out() {
    let same = |left: &str, right: &str| {
        assert!(
            equal_meaning(&tree(left), &tree(right)),
            "{left}\n{right}\n{:?}",
            canonical(&tree(left))
                .without(&canonical(&tree(right)))
                .collect::<Vec<_>>()
        );
    };
    let differ =
        |left: &str, right: &str| assert!(!equal_meaning(&tree(left), &tree(right)), "{left}\n{right}");
    same(
        "interfaces bundle-5.1 vlan-id 1\n",
        "interfaces bundle-5.1 vlan-id 1 tpid 0x8100\n",
    );
    differ(
        "interfaces bundle-5.1 vlan-id 1\n",
        "interfaces bundle-5.1 vlan-id 1 tpid 0x9100\n",
    );
    same(
        "interfaces bundle-5.1 vlan-id list 1,2,5-9\n",
        "interfaces bundle-5.1 vlan-id list 5-9 1-2\n",
    );
    same(
        "interfaces bundle-5.1 vlan-id list 1, 2\n",
        "interfaces bundle-5.1 vlan-id list 1-2\n",
    );
    differ(
        "interfaces bundle-5.1 vlan-id list 1,2\n",
        "interfaces bundle-5.1 vlan-id list 1\n",
    );
    same(
        "interfaces bundle-5.1 admin-state enabled\n",
        "interfaces bundle-5.1 ^\n",
    );
    differ(
        "interfaces bundle-5.1 admin-state disabled\n",
        "interfaces bundle-5.1 ^\n",
    );
    differ(
        "interfaces ge100-0/0/1 admin-state enabled\n",
        "interfaces ge100-0/0/1 admin-state disabled\n",
    );
    same("interfaces ge100-0/0/1 admin-state disabled\n", "");
    differ("interfaces bundle-5.1 ^\n", "");
    same(
        "interfaces bundle-5.1 description \"x\"\n",
        "interfaces bundle-5.1 description x\n",
    );
    let instance = "network-services bridge-domain instance l_birch_x";
    same(
        &format!("{instance} admin-state enabled\n"),
        &format!("{instance} ^\n"),
    );
    differ(&format!("{instance} ^\n"), "");
    differ(
        &format!("{instance} interface bundle-5.1 ^\n"),
        &format!("{instance} ^\n"),
    );
    same(
        "interfaces bundle-5 vlan-manipulation ingress-mapping action push outer-tag 7 outer-tpid 0x8100\n",
        "interfaces bundle-5 vlan-manipulation ingress-mapping action push outer-tag 7\n",
    );
    same("system name R\n", "# a remark\n\nsystem name R\n");
    assert!(!equal_text(
        &tree("system name R\n"),
        &tree("# a remark\n\nsystem name R\n")
    ));
}

const PORT: &str = "\
system name LEAF-A01
network-services bridge-domain instance g_kestrel_v5 interface ge100-0/0/1.5 ^
network-services bridge-domain instance g_kestrel_v5 interface bundle-60000.5 ^
network-services bridge-domain instance l_birch_x interface ge100-0/0/1.7 ^
interfaces bundle-60000.5 vlan-id 5
interfaces ge100-0/0/1 admin-state enabled
interfaces ge100-0/0/1.5 vlan-id 5
interfaces ge100-0/0/1.7 vlan-id 7
interfaces ge100-0/0/11.5 vlan-id 5
";

fn paths(raw: &[&str]) -> Vec<ConfigPath> {
    raw.iter().map(|path| ConfigPath::new(path)).collect()
}

#[test]
fn neighbours_of_an_interface() {
    let touched = paths(&["interfaces ge100-0/0/1.5 vlan-id 6"]);
    assert_eq!(
        neighbourhood(&tree(PORT), &touched),
        paths(&[
            "interfaces ge100-0/0/1.5",
            "interfaces ge100-0/0/1",
            "interfaces ge100-0/0/1.7",
            "network-services bridge-domain instance g_kestrel_v5",
        ])
    );
    let expected = "\
network-services bridge-domain instance g_kestrel_v5 interface ge100-0/0/1.5 ^
network-services bridge-domain instance g_kestrel_v5 interface bundle-60000.5 ^
interfaces ge100-0/0/1 admin-state enabled
interfaces ge100-0/0/1.5 vlan-id 5
interfaces ge100-0/0/1.7 vlan-id 7
";
    assert_eq!(restrict(&tree(PORT), &touched).print(), expected);
    let nested = restrict(&to_hierarchical(&tree(PORT)), &touched);
    assert!(equal_meaning(&nested, &tree(expected)), "{}", nested.print());
    assert_eq!(
        restrict_to(&tree(PORT), &touched).print(),
        "interfaces ge100-0/0/1.5 vlan-id 5\n"
    );
}

#[test]
fn neighbours_of_an_instance_and_of_what_is_not_there() {
    let touched = paths(&[
        "network-services bridge-domain instance l_birch_x",
        "interfaces bundle-9.1",
    ]);
    assert_eq!(
        neighbourhood(&tree(PORT), &touched),
        paths(&[
            "network-services bridge-domain instance l_birch_x",
            "interfaces bundle-9.1",
            "interfaces bundle-9",
            "interfaces ge100-0/0/1.7",
        ])
    );
}
