//! Texts that no device prints, but that a file or a broken answer may hold: nothing is lost, nothing is made up.

use bk_config::{
    Capture, CaptureError, ConfigPath, ProblemKind, TransitionError, Tree, apply, canonical, diff,
    equal_meaning, read_model, restrict_to, there_and_back, to_flattened, to_hierarchical, transition,
};
use bk_model::{Encapsulation, InterfaceName};

use crate::support::{lines, print_lines, text, tree};

fn paths(tree: &Tree) -> Vec<String> {
    tree.leaves().map(|leaf| leaf.path.as_str().to_owned()).collect()
}

fn flattened(raw: &str) -> Tree {
    Tree::read_flattened(&text(raw)).0
}

fn nested(raw: &str) -> Tree {
    Tree::read_hierarchical(&text(raw)).0
}

/// Both forms of a flattened text hold its lines.
fn check_forms(raw: &str, expected: &[&str]) {
    let tree = flattened(raw);
    assert_eq!(paths(&tree), expected, "{raw:?}");
    assert_eq!(paths(&to_flattened(&tree)), expected, "{raw:?}");
    let nested = to_hierarchical(&tree);
    assert_eq!(paths(&nested), expected, "{}", nested.print());
    assert!(equal_meaning(&tree, &nested));
    assert!(diff(&tree, &nested).is_empty() && diff(&nested, &tree).is_empty());
}

#[test]
fn lines_of_odd_white_space_have_words() {
    check_forms(
        "a\n\u{a0}\n\u{2003}b\n\u{b}\n",
        &["a", "\u{a0}", "\u{2003}b", "\u{b}"],
    );
}

#[test]
fn carets_are_marks_only_behind_words() {
    check_forms("^\na ^ ^\n! ^\n^ b\n", &["a", "! ^", "^ b"]);
    assert_eq!(paths(&nested("a\n  ^\n")), ["a"]);
    for raw in ["^", "^ ^", "a ^ ^", "a\t^", "! ^", "a \r ^"] {
        let path = ConfigPath::new(raw);
        assert!(!path.as_str().is_empty(), "{raw:?}");
        assert_eq!(ConfigPath::new(path.as_str()), path, "{raw:?}");
    }
}

#[test]
fn what_would_become_a_comment_or_a_close_is_not_nested() {
    check_forms(
        "a # b\ninterfaces # x\nc !\nnetwork-services bridge-domain instance x !\n",
        &[
            "a # b",
            "interfaces # x",
            "c !",
            "network-services bridge-domain instance x !",
        ],
    );
    check_forms(
        "\"a  b\" c\ninterfaces \"d  e\" f\n",
        &["\"a  b\" c", "interfaces \"d  e\" f"],
    );
    check_forms("a \rb\n", &["a \rb"]);
}

#[test]
fn odd_blanks_between_words_hide_no_interface() {
    let odd = "interfaces  ge100-0/0/1.5\tvlan-id 5\ninterfaces ge100-0/0/1.5  l2-service   enabled\n";
    let even = "interfaces ge100-0/0/1.5 vlan-id 5\ninterfaces ge100-0/0/1.5 l2-service enabled\n";
    let tree = flattened(odd);
    assert_eq!(tree.print(), odd);
    assert!(diff(&tree, &flattened(even)).is_empty());
    let object = ConfigPath::new("interfaces ge100-0/0/1.5");
    assert_eq!(restrict_to(&tree, &[object]).print(), odd);
    let (there, back) = there_and_back(&tree, &flattened("")).unwrap();
    assert_eq!(print_lines(&there), "no interfaces ge100-0/0/1.5\n");
    assert_eq!(back.len(), 2);
    let edited = apply(&tree, &lines(&["interfaces ge100-0/0/1.5 vlan-id 6"])).unwrap();
    assert_eq!(
        edited.print(),
        "interfaces ge100-0/0/1.5 vlan-id 6\ninterfaces ge100-0/0/1.5  l2-service   enabled\n"
    );
    let block = "interfaces\n  ge100-0/0/1.5\n    vlan-id \t5\n  !\n!\n";
    let edited = apply(&nested(block), &lines(&["interfaces ge100-0/0/1.5 vlan-id 6"])).unwrap();
    assert_eq!(edited.print(), block.replace("vlan-id \t5", "vlan-id 6"));
}

#[test]
fn every_control_character_is_named() {
    for raw in ["a\rb\r\n", "a\u{85}b\n", "a\u{9b}31m b\n", "a\u{0}\n"] {
        let (_, problems) = Tree::read(&text(raw));
        let kinds: Vec<_> = problems.iter().map(|problem| problem.kind).collect();
        assert_eq!(kinds, [ProblemKind::ControlCharacter], "{raw:?}");
    }
    assert_eq!(Tree::read(&text("caf\u{e9} \u{a0} \u{b0}\r\n")).1, Vec::new());
}

#[test]
fn a_container_without_lines_still_tells_of_its_entry() {
    let block =
        "interfaces\n  bundle-5.1\n    vlan-manipulation\n      ingress-mapping\n      !\n    !\n  !\n!\n";
    assert_eq!(paths(&nested(block)), ["interfaces bundle-5.1"]);
    let open = "interfaces\n  bundle-5.1\n    vlan-manipulation\n";
    assert_eq!(paths(&nested(open)), ["interfaces bundle-5.1"]);
    check_forms(
        "interfaces bundle-5.1 vlan-manipulation ^\n",
        &["interfaces bundle-5.1"],
    );
    let described = "interfaces ge100-0/0/1 description storm-control";
    check_forms(&format!("{described}\n"), &[described]);
    check_forms("interfaces ^\nnetwork-services bridge-domain ^\n", &[]);
    let full = "interfaces\n  bundle-5.1\n    vlan-id 1\n  !\n!\n";
    let delta = diff(&nested(block), &nested(full));
    assert_eq!((delta.added.len(), delta.removed.len()), (1, 0), "{delta:?}");
}

#[test]
fn nesting_makes_no_difference() {
    let deep = nested("system\n  ntp\n    server 192.0.2.1\n    !\n  !\n!\n");
    let shallow = nested("system\n  ntp server 192.0.2.1\n!\n");
    assert!(diff(&deep, &shallow).is_empty());
    let other = nested("system\n  ntp server 192.0.2.1\n  ntp server 192.0.2.2\n!\n");
    let delta = diff(&deep, &other);
    assert_eq!((delta.added.len(), delta.removed.len()), (1, 0), "{delta:?}");
}

#[test]
fn lines_that_do_not_lead_to_the_goal_are_not_given() {
    let once = "interfaces bundle-5.1 vlan-id list 1\n";
    let twice = "interfaces bundle-5.1 vlan-id list 1\ninterfaces bundle-5.1 vlan-id list 2\n";
    assert_eq!(
        transition(&tree(twice), &tree(once)),
        Err(TransitionError::NotProven)
    );
    // Outside its block no edit finds the line.
    let outside = nested("interfaces bundle-5.1 vlan-id 1\n");
    assert!(matches!(
        transition(&outside, &nested("")),
        Err(TransitionError::Untouchable { .. })
    ));
    assert!(there_and_back(&nested(""), &outside).is_err());
}

#[test]
fn a_line_that_contradicts_another_is_not_understood() {
    let read = read_model(&tree(
        "interfaces bundle-5 mtu 1600\ninterfaces bundle-5 mtu 1700\ninterfaces bundle-5 mtu 1600\n\
         interfaces bundle-5 l2-service enabled\ninterfaces bundle-5 l2-service disabled\n\
         interfaces ge100-0/0/1 bundle-id 0\n",
    ));
    let unread: Vec<_> = read.unread.iter().map(|line| line.path.as_str()).collect();
    assert_eq!(
        unread,
        [
            "interfaces bundle-5 mtu 1700",
            "interfaces bundle-5 l2-service disabled",
            "interfaces ge100-0/0/1 bundle-id 0",
        ]
    );
    let bundle = &read.value.interfaces[&InterfaceName::parse("bundle-5").unwrap()];
    assert_eq!((bundle.mtu, bundle.l2_service), (Some(1600), true));
}

#[test]
fn lines_that_are_repeated_say_the_same_once() {
    let read = read_model(&tree(
        "interfaces bundle-5.1 vlan-id 7\ninterfaces bundle-5.1 vlan-id 7\n\
         interfaces bundle-5.2 vlan-id list 5\ninterfaces bundle-5.2 vlan-id list 7-9\ninterfaces bundle-5.2 vlan-id list 11\n\
         network-services bridge-domain instance b router-interface irb1\n\
         network-services bridge-domain instance b router-interface irb1\n",
    ));
    assert_eq!(read.unread, Vec::new());
    let encapsulation = |name: &str| {
        read.value.interfaces[&InterfaceName::parse(name).unwrap()]
            .encapsulation
            .clone()
    };
    assert!(matches!(
        encapsulation("bundle-5.1"),
        Encapsulation::Single { .. }
    ));
    let Encapsulation::List { vlans } = encapsulation("bundle-5.2") else {
        panic!("{:?}", encapsulation("bundle-5.2"))
    };
    assert_eq!(vlans.as_written(), "5,7-9,11", "in the order of the text");
    assert_eq!(read.value.bridge_domains[0].router_interfaces.len(), 1);
}

#[test]
fn a_frame_ends_once_and_by_its_own_host() {
    let start = "# R config-start [t]\nx\n";
    assert_eq!(
        Capture::read(&format!("{start}# S config-end\n")),
        Err(CaptureError::NoEnd {
            host: "R".into(),
            lines: 2
        })
    );
    let capture = Capture::read(&format!(
        "{start}# S config-end\n#R config-end\n# R config-end\n\u{a0}\n"
    ))
    .unwrap();
    assert_eq!(capture.text.as_str(), "x\n# S config-end\n");
    assert_eq!(capture.outside, ["# R config-end", "\u{a0}"]);
    let capture = Capture::read("# R config-start [t]\r\r\n\r\nx\r\r\n\r\n# R config-end\r\n").unwrap();
    assert_eq!(capture.text.as_str(), "x\n");
    assert!(canonical(&tree(capture.text.as_str())).lines().eq(["x"]));
}

#[test]
fn a_new_line_stands_as_deep_as_its_neighbours() {
    let mixed = "system\n    name LEAF-A01\n!\nnetwork-services\n  bridge-domain\n    instance b\n      mac-handling\n        mac-learning disabled\n      !\n    !\n  !\n!\n";
    let line = "network-services bridge-domain instance b mac-handling mac-table-limit 100";
    let edited = apply(&nested(mixed), &lines(&[line])).unwrap();
    let learning = "        mac-learning disabled\n";
    assert_eq!(
        edited.print(),
        mixed.replace(learning, &format!("{learning}        mac-table-limit 100\n"))
    );
    assert!(paths(&nested(&edited.print())).contains(&line.to_owned()));
}
