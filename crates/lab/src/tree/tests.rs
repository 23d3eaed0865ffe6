use super::*;
use crate::grammar::{parse_line, split_words};

const FLAT: &str = "\
system name LEAF-A01
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces ge100-0/0/4 description \"to rowan\"
interfaces ge100-0/0/13.1360 vlan-id list 5,7-9
interfaces ge100-0/0/13.1360 vlan-manipulation egress-mapping action pop
interfaces ge100-0/0/13.1360 vlan-manipulation ingress-mapping action push outer-tag 9 outer-tpid 0x8100
network-services bridge-domain instance g_birch_v251 admin-state enabled
network-services bridge-domain instance g_birch_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_birch_v251 interface ge100-0/0/4 storm-control broadcast-packet-rate 100
protocols rsvp interface bundle-9 admin-state enabled
";

const INDENTED: &str = "\
system
  name LEAF-A01
!

interfaces
  bundle-60000.251
    l2-service enabled
    vlan-id 251
  !
  ge100-0/0/4
    description \"to rowan\"
  !
  ge100-0/0/13.1360
    vlan-id list 5,7-9
    vlan-manipulation egress-mapping action pop
    vlan-manipulation ingress-mapping action push outer-tag 9 outer-tpid 0x8100
  !
!

network-services
  bridge-domain
    instance g_birch_v251
      admin-state enabled
      interface bundle-60000.251
      !
      interface ge100-0/0/4
        storm-control
          broadcast-packet-rate 100
        !
      !
    !
  !
!

protocols
  rsvp interface bundle-9 admin-state enabled
!
";

fn typed(tree: &mut Tree, line: &str, rules: EditRules) -> bool {
    let edit = parse_line(&[], &split_words(line)).expect("a line of the table");
    tree.apply(&edit, rules)
}

#[test]
fn both_forms_are_read_and_printed() {
    let tree = Tree::parse_flattened(FLAT);
    assert_eq!(tree.flattened(PrintOrder::Sorted), FLAT);
    assert_eq!(tree.hierarchical(PrintOrder::Sorted), INDENTED);
    assert_eq!(Tree::parse_hierarchical(INDENTED), tree);
    let bare = PrintStyle {
        member_bang: false,
        ..PrintOrder::Sorted.into()
    };
    assert_eq!(Tree::parse_hierarchical(&tree.hierarchical(bare)), tree);
}

#[test]
fn values_are_found_by_path() {
    let tree = Tree::parse_flattened(FLAT);
    assert_eq!(
        tree.leaf(&["interfaces", "bundle-60000.251"], "vlan-id"),
        Some("251")
    );
    assert_eq!(
        tree.leaf(&["interfaces", "ge100-0/0/4"], "description"),
        Some("to rowan")
    );
    assert_eq!(
        tree.leaf(
            &["interfaces", "ge100-0/0/13.1360"],
            "vlan-manipulation egress-mapping"
        ),
        Some("action pop")
    );
    let members: Vec<&str> = tree
        .children(&["network-services", "bridge-domain", "instance", "g_birch_v251"])
        .filter(|node| node.words()[0] == "interface")
        .map(Node::name)
        .collect();
    assert_eq!(members, ["bundle-60000.251", "ge100-0/0/4"]);
}

#[test]
fn insertion_order_is_kept() {
    let text = "interfaces ge100-0/0/2 mtu 9000\ninterfaces ge100-0/0/1 mtu 9000\nsystem name X\n";
    let tree = Tree::parse_flattened(text);
    assert_eq!(tree.flattened(PrintOrder::Insertion), text);
    assert_ne!(tree.flattened(PrintOrder::Sorted), text);
}

#[test]
fn lines_and_their_reverse_restore_the_text() {
    let base = Tree::parse_flattened(FLAT);
    let mut tree = base.clone();
    let rules = EditRules::default();
    let forward = [
        "network-services bridge-domain instance g_birch_v251 interface ge100-0/0/9.251",
        "interfaces ge100-0/0/9.251 l2-service enabled",
        "interfaces ge100-0/0/9.251 vlan-id 251",
        "interfaces ge100-0/0/8 l2-service enabled",
    ];
    for line in forward {
        assert!(typed(&mut tree, line, rules));
    }
    assert_ne!(tree, base);
    let reverse = [
        "no network-services bridge-domain instance g_birch_v251 interface ge100-0/0/9.251",
        "no interfaces ge100-0/0/9.251",
        "no interfaces ge100-0/0/8 l2-service",
    ];
    for line in reverse {
        assert!(typed(&mut tree, line, rules));
    }
    assert_eq!(tree.flattened(PrintOrder::Sorted), FLAT);
    assert!(!typed(&mut tree, "no interfaces ge100-0/0/9.251", rules));
}

#[test]
fn a_kept_empty_node_is_a_dialect() {
    let mut tree = Tree::default();
    let stay = EditRules {
        empty_nodes: EmptyNodes::Stay,
        ..EditRules::default()
    };
    typed(&mut tree, "network-services bridge-domain instance X", stay);
    typed(&mut tree, "no network-services bridge-domain instance X", stay);
    assert_eq!(
        tree.flattened(PrintOrder::Sorted),
        "network-services bridge-domain ^\n"
    );
    typed(
        &mut tree,
        "network-services bridge-domain instance X",
        EditRules::default(),
    );
    typed(
        &mut tree,
        "no network-services bridge-domain instance X",
        EditRules::default(),
    );
    assert!(tree.is_empty());
}

#[test]
fn list_items_come_and_go_one_by_one() {
    let mut tree = Tree::default();
    let rules = EditRules::default();
    for line in [
        "interfaces bundle-1.5 vlan-id list 5",
        "interfaces bundle-1.5 vlan-id list 7, 8,9",
    ] {
        typed(&mut tree, line, rules);
    }
    typed(&mut tree, "no interfaces bundle-1.5 vlan-id list 8", rules);
    assert_eq!(
        tree.leaf(&["interfaces", "bundle-1.5"], "vlan-id"),
        Some("list 5,7,9")
    );
    typed(
        &mut tree,
        "interfaces bundle-1.5 vlan-id list 30",
        EditRules {
            list_set: ListSet::Replace,
            ..rules
        },
    );
    assert_eq!(
        tree.leaf(&["interfaces", "bundle-1.5"], "vlan-id"),
        Some("list 30")
    );
    typed(
        &mut tree,
        "interfaces bundle-1.5 vlan-tags outer-tag 5 inner-tag 6",
        rules,
    );
    assert_eq!(tree.leaf(&["interfaces", "bundle-1.5"], "vlan-id"), None);
}

#[test]
fn comparison_has_three_groups() {
    let old = Tree::parse_flattened("interfaces bundle-2 mtu 9000\ninterfaces bundle-1 mtu 9000\n");
    let new =
        Tree::parse_flattened("interfaces bundle-1 mtu 9100\ninterfaces ge100-0/0/1 admin-state enabled\n");
    let style = PrintOrder::Sorted.into();
    assert_eq!(
        old.compare(&new, CompareLayout::Hierarchy, style),
        "Added:\n  interfaces\n    + ge100-0/0/1\n      + admin-state enabled\n\
         Changed:\n  interfaces\n    bundle-1\n      - mtu 9000\n      + mtu 9100\n\
         Deleted:\n  interfaces\n    - bundle-2\n      - mtu 9000\n"
    );
    assert_eq!(
        old.compare(&new, CompareLayout::Paths, style),
        "Added:\n+ interfaces ge100-0/0/1 admin-state enabled\n\
         Changed:\n- interfaces bundle-1 mtu 9000\n+ interfaces bundle-1 mtu 9100\n\
         Deleted:\n- interfaces bundle-2 mtu 9000\n"
    );
    assert_eq!(old.compare(&old, CompareLayout::Hierarchy, style), "");
}
