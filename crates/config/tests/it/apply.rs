//! Applying lines: what changes, what stays, and the way back.

use bk_config::{Tree, apply, inverse, to_flattened, to_hierarchical, transition};

use crate::support::{lines, print_lines, text, tree};

/// Applies `forward`, checks the text after it, and checks that the computed reverse restores the base.
fn check(base: &str, forward: &[&str], after: &str, reverse: &str) {
    let base = tree(base);
    let forward = lines(forward);
    let edited = apply(&base, &forward).unwrap();
    assert_eq!(edited.print(), after, "after the forward lines");
    let back = inverse(&base, &forward).unwrap();
    assert_eq!(print_lines(&back), reverse, "the reverse lines");
    assert_eq!(
        apply(&edited, &back).unwrap().print(),
        base.print(),
        "after the reverse lines"
    );
}

const FLAT: &str = "\
system name LEAF-A01
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance l_birch_empty ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces ge100-0/0/5 admin-state enabled
protocols lldp interface ge100-0/0/5 receive enabled
";

#[test]
fn attachment_is_added_flattened() {
    check(
        FLAT,
        &[
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "interfaces ge100-0/0/5.251 vlan-id 251",
        ],
        "\
system name LEAF-A01
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251 ^
network-services bridge-domain instance l_birch_empty ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces ge100-0/0/5 admin-state enabled
interfaces ge100-0/0/5.251 l2-service enabled
interfaces ge100-0/0/5.251 vlan-id 251
protocols lldp interface ge100-0/0/5 receive enabled
",
        "\
no network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251
no interfaces ge100-0/0/5.251
",
    );
}

const NESTED: &str = "\
system
  name LEAF-A01
!

interfaces
  bundle-60000
    admin-state enabled
  !
  bundle-60000.251
    l2-service enabled
    vlan-id 251
  !
  ge100-0/0/5
    admin-state enabled
    description \"to tester 7\"
  !
!

network-services
  bridge-domain
    instance g_kestrel_v251
      admin-state enabled
      interface bundle-60000.251
      !
    !
  !
!
";

#[test]
fn attachment_is_added_hierarchical() {
    check(
        NESTED,
        &[
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "interfaces ge100-0/0/5.251 vlan-id 251",
        ],
        "\
system
  name LEAF-A01
!

interfaces
  bundle-60000
    admin-state enabled
  !
  bundle-60000.251
    l2-service enabled
    vlan-id 251
  !
  ge100-0/0/5
    admin-state enabled
    description \"to tester 7\"
  !
  ge100-0/0/5.251
    l2-service enabled
    vlan-id 251
  !
!

network-services
  bridge-domain
    instance g_kestrel_v251
      admin-state enabled
      interface bundle-60000.251
      !
      interface ge100-0/0/5.251
      !
    !
  !
!
",
        "\
no network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251
no interfaces ge100-0/0/5.251
",
    );
}

#[test]
fn service_is_deleted_and_comes_back_in_its_place() {
    check(
        FLAT,
        &[
            "no network-services bridge-domain instance g_kestrel_v251",
            "no interfaces bundle-60000.251",
        ],
        "\
system name LEAF-A01
network-services bridge-domain instance l_birch_empty ^
interfaces bundle-60000 admin-state enabled
interfaces ge100-0/0/5 admin-state enabled
protocols lldp interface ge100-0/0/5 receive enabled
",
        "\
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
",
    );
}

#[test]
fn value_changes_in_its_place() {
    check(
        NESTED,
        &["interfaces bundle-60000.251 vlan-id 252"],
        &NESTED.replace("vlan-id 251", "vlan-id 252"),
        "interfaces bundle-60000.251 vlan-id 251\n",
    );
    check(
        FLAT,
        &["interfaces bundle-60000.251 vlan-id 252"],
        &FLAT.replace("vlan-id 251", "vlan-id 252"),
        "interfaces bundle-60000.251 vlan-id 251\n",
    );
}

#[test]
fn entry_gains_and_loses_its_first_line() {
    check(
        "interfaces ge100-0/0/7 ^\ninterfaces lo0 ^",
        &["interfaces ge100-0/0/7 l2-service enabled"],
        "interfaces ge100-0/0/7 l2-service enabled\ninterfaces lo0 ^",
        "no interfaces ge100-0/0/7 l2-service\n",
    );
    check(
        "network-services bridge-domain instance l_birch_x interface ge100-0/0/7 ^\n",
        &["no network-services bridge-domain instance l_birch_x interface ge100-0/0/7"],
        "network-services bridge-domain instance l_birch_x ^\n",
        "network-services bridge-domain instance l_birch_x interface ge100-0/0/7\n",
    );
    check(
        "network-services bridge-domain instance l_birch_x interface ge100-0/0/7 ^",
        &[
            "network-services bridge-domain instance l_birch_x interface ge100-0/0/7 storm-control broadcast-packet-rate 1000",
        ],
        "network-services bridge-domain instance l_birch_x interface ge100-0/0/7 storm-control broadcast-packet-rate 1000",
        "no network-services bridge-domain instance l_birch_x interface ge100-0/0/7 storm-control broadcast-packet-rate\n",
    );
}

#[test]
fn port_without_configuration_leaves_nothing_behind() {
    check(
        "system name R\n",
        &[
            "interfaces ge100-0/0/7 l2-service enabled",
            "interfaces ge100-0/0/7 vlan-manipulation egress-mapping action pop",
        ],
        "system name R\ninterfaces ge100-0/0/7 l2-service enabled\ninterfaces ge100-0/0/7 vlan-manipulation egress-mapping action pop\n",
        "no interfaces ge100-0/0/7 l2-service\nno interfaces ge100-0/0/7 vlan-manipulation egress-mapping\n",
    );
    check(
        "system\n  name R\n!\n",
        &["interfaces ge100-0/0/7 l2-service enabled"],
        "system\n  name R\n!\n\ninterfaces\n  ge100-0/0/7\n    l2-service enabled\n  !\n!\n",
        "no interfaces ge100-0/0/7 l2-service\n",
    );
}

#[test]
fn lists_change_item_by_item() {
    check(
        "interfaces bundle-3.300 vlan-id list 350, 360, 400-410\n",
        &["no interfaces bundle-3.300 vlan-id list 360"],
        "interfaces bundle-3.300 vlan-id list 350, 400-410\n",
        "interfaces bundle-3.300 vlan-id list 350, 360, 400-410\n",
    );
    check(
        "interfaces bundle-3.300 vlan-id list 5 7\n",
        &[
            "no interfaces bundle-3.300 vlan-id list 5",
            "no interfaces bundle-3.300 vlan-id list 7",
            "interfaces bundle-3.300 vlan-id 9",
        ],
        "interfaces bundle-3.300 vlan-id 9\n",
        "interfaces bundle-3.300 vlan-id list 5 7\n",
    );
    check(
        "interfaces bundle-3.300 vlan-tags outer-tag 9 inner-tag-list 5,7\n",
        &["interfaces bundle-3.300 vlan-tags outer-tag 9 inner-tag-list 5,8"],
        "interfaces bundle-3.300 vlan-tags outer-tag 9 inner-tag-list 5,8\n",
        "no interfaces bundle-3.300 vlan-tags outer-tag 9 inner-tag-list 8\ninterfaces bundle-3.300 vlan-tags outer-tag 9 inner-tag-list 5,7\n",
    );
}

#[test]
fn tag_that_no_line_removes_is_taken_back_by_a_new_entry() {
    check(
        "interfaces bundle-3.300 l2-service enabled\ninterfaces bundle-3.301 ^\n",
        &["interfaces bundle-3.300 vlan-id 300"],
        "interfaces bundle-3.300 l2-service enabled\ninterfaces bundle-3.300 vlan-id 300\ninterfaces bundle-3.301 ^\n",
        "no interfaces bundle-3.300\ninterfaces bundle-3.300 l2-service enabled\n",
    );
}

#[test]
fn setting_what_stands_changes_nothing() {
    check(
        FLAT,
        &[
            "interfaces bundle-60000.251 vlan-id 251 tpid 0x8100",
            "network-services bridge-domain instance l_birch_empty",
        ],
        FLAT,
        "",
    );
    check(
        NESTED,
        &["interfaces ge100-0/0/5 description \"to tester 7\""],
        NESTED,
        "",
    );
}

#[test]
fn comments_and_foreign_lines_stay() {
    let base = "interfaces\n  # reserved for kestrel\n  bundle-1.5\n    ipv4-address 10.0.0.1/24\n\n    vlan-id 5\n  !\n!\n";
    check(
        base,
        &["interfaces bundle-1.5 vlan-id 6"],
        "interfaces\n  # reserved for kestrel\n  bundle-1.5\n    ipv4-address 10.0.0.1/24\n\n    vlan-id 6\n  !\n!\n",
        "interfaces bundle-1.5 vlan-id 5\n",
    );
}

#[test]
fn removing_what_is_not_there_is_refused() {
    let missing = |line: &str| {
        let error = apply(&tree(FLAT), &lines(&[line])).unwrap_err();
        assert!(error.to_string().contains(line), "{error}");
    };
    missing("no interfaces bundle-60000.999");
    missing("no interfaces bundle-60000.251 untagged");
    missing("no interfaces bundle-60000.251 vlan-id list 251");
    missing("no network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5");
    missing("no network-services bridge-domain instance g_kestrel_v9");
}

#[test]
fn untouchable_lines_have_no_reverse() {
    let base = tree("interfaces bundle-1.5 ipv4-address 10.0.0.1/24\ninterfaces bundle-1.5 vlan-id 5\n");
    let error = inverse(&base, &lines(&["no interfaces bundle-1.5"])).unwrap_err();
    assert_eq!(
        error.to_string(),
        "interfaces bundle-1.5 ipv4-address 10.0.0.1/24 differs, and no line that may be sent changes it"
    );
    let error = inverse(&tree(""), &lines(&["interfaces bundle-7 l2-service enabled"])).unwrap_err();
    assert!(
        error.to_string().starts_with("interfaces bundle-7"),
        "a bundle that a line makes can't be removed: {error}"
    );
}

#[test]
fn transition_leads_from_one_moment_to_another() {
    let before = tree(FLAT);
    let after = tree(&FLAT.replace("vlan-id 251", "vlan-id 252").replace(
        "instance l_birch_empty ^",
        "instance l_birch_empty interface ge100-0/0/5 ^",
    ));
    let there = transition(&before, &after).unwrap();
    assert_eq!(
        print_lines(&there),
        "network-services bridge-domain instance l_birch_empty interface ge100-0/0/5\ninterfaces bundle-60000.251 vlan-id 252\n"
    );
    assert_eq!(apply(&before, &there).unwrap().print(), after.print());
    let other = tree(&FLAT.replace("LEAF-A01", "LEAF-A02"));
    assert!(transition(&before, &other).is_err());
    assert_eq!(transition(&before, &to_hierarchical(&before)).unwrap(), []);
    let nested = Tree::read(&text(NESTED)).0;
    assert_eq!(transition(&nested, &to_flattened(&nested)).unwrap(), []);
}
