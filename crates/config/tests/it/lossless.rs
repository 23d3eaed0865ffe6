//! Printing gives the bytes that were read, whatever they are.

use bk_config::{Capture, Form, ProblemKind, Tree, equal_meaning, to_flattened, to_hierarchical};

use crate::support::{files, text, tree};

fn check_both_readers(name: &str, raw: &str) {
    let text = text(raw);
    for (tree, _) in [
        Tree::read_hierarchical(&text),
        Tree::read_flattened(&text),
        Tree::read(&text),
    ] {
        assert!(
            tree.print() == raw,
            "{name}: {:?} tree does not print what it read",
            tree.form()
        );
    }
}

#[test]
fn every_sample_prints_as_read() {
    let files = files("dnos/samples");
    assert!(files.len() >= 50, "the samples are there: {}", files.len());
    for (name, raw) in files {
        check_both_readers(&name, &raw);
    }
}

#[test]
fn every_flattened_lab_file_prints_as_read() {
    let files = files("lab/derived/flat");
    assert_eq!(files.len(), 51);
    for (name, raw) in files {
        check_both_readers(&name, &raw);
        let (tree, problems) = Tree::read(&text(&raw));
        assert_eq!((tree.form(), problems), (Form::Flattened, Vec::new()), "{name}");
    }
}

#[test]
fn forms_convert_into_each_other_with_the_same_meaning() {
    for (name, raw) in files("lab/derived/flat") {
        let flattened = tree(&raw);
        let nested = to_hierarchical(&flattened);
        assert_eq!(nested.form(), Form::Hierarchical);
        assert!(equal_meaning(&flattened, &nested), "{name}");
        assert!(equal_meaning(&flattened, &to_flattened(&nested)), "{name}");
        let (_, problems) = Tree::read_hierarchical(&nested.text());
        assert_eq!(problems, Vec::new(), "{name}");
    }
}

#[test]
fn real_running_configuration_has_no_problem() {
    for name in [
        "running-config_cdnos-25.2_TestRouter.txt",
        "config_generated_scale_PE-2_fxc_722.txt",
    ] {
        let (_, raw) = files("dnos/samples")
            .into_iter()
            .find(|(found, _)| found == name)
            .unwrap();
        let capture = Capture::read(&raw).unwrap();
        let (tree, problems) = Tree::read(&capture.text);
        assert_eq!(
            (tree.form(), problems),
            (Form::Hierarchical, Vec::new()),
            "{name}"
        );
        assert!(equal_meaning(&tree, &to_flattened(&tree)), "{name}");
        assert!(equal_meaning(&tree, &to_hierarchical(&tree)), "{name}");
    }
}

#[test]
fn both_habits_of_closing_members_mean_the_same() {
    let closed = "network-services\n  bridge-domain\n    instance g_kestrel_v5\n      interface bundle-1.5\n      !\n      interface ge100-0/0/1.5\n      !\n    !\n  !\n!\n";
    let open = "network-services\n  bridge-domain\n    instance g_kestrel_v5\n      interface bundle-1.5\n      interface ge100-0/0/1.5\n    !\n  !\n!\n";
    let flattened = "network-services bridge-domain instance g_kestrel_v5 interface bundle-1.5 ^\nnetwork-services bridge-domain instance g_kestrel_v5 interface ge100-0/0/1.5 ^\n";
    assert!(equal_meaning(&tree(closed), &tree(open)));
    assert!(equal_meaning(&tree(open), &tree(flattened)));
    assert_eq!(to_flattened(&tree(open)).print(), flattened);
    assert_eq!(to_hierarchical(&tree(flattened)).print(), closed);
}

fn check_problems(raw: &str, form: Form, expected: &[(usize, ProblemKind)]) {
    let text = text(raw);
    let (tree, problems) = match form {
        Form::Hierarchical => Tree::read_hierarchical(&text),
        Form::Flattened => Tree::read_flattened(&text),
    };
    assert_eq!(tree.print(), raw);
    let found: Vec<_> = problems
        .iter()
        .map(|problem| (problem.line, problem.kind))
        .collect();
    assert_eq!(found, expected, "{raw:?}");
}

#[test]
fn what_does_not_fit_is_named_and_kept() {
    check_problems(
        "interfaces\n  lo0\n  !\n!\n!\n",
        Form::Hierarchical,
        &[(5, ProblemKind::StrayClose)],
    );
    check_problems(
        "interfaces\n  lo0\n    mtu 1514\n",
        Form::Hierarchical,
        &[(1, ProblemKind::NotClosed), (2, ProblemKind::NotClosed)],
    );
    check_problems(
        "interfaces\n\n  # remark\n  lo0\n\n    mtu 1514\n  !\n\n!\n\n",
        Form::Hierarchical,
        &[],
    );
    check_problems(
        "interfaces lo0 ^\n!\n  odd\n",
        Form::Flattened,
        &[(2, ProblemKind::NotFlattened), (3, ProblemKind::NotFlattened)],
    );
    check_problems(
        "a\u{1b}[31m b\n",
        Form::Flattened,
        &[(1, ProblemKind::ControlCharacter)],
    );
    check_problems("", Form::Hierarchical, &[]);
    check_problems("interfaces lo0 ^", Form::Flattened, &[]);
    check_problems("interfaces\r\n  lo0\r\n  !\r\n!\r\n", Form::Hierarchical, &[]);
}

#[test]
fn nesting_without_end_is_cut_off() {
    let deep: String = (0..5_000)
        .map(|depth| format!("{}x\n", " ".repeat(depth)))
        .collect();
    let (tree, problems) = Tree::read(&text(&deep));
    assert!(tree.print() == deep, "the tree prints what it read");
    assert_eq!(
        problems
            .iter()
            .filter(|problem| problem.kind == ProblemKind::TooDeep)
            .count(),
        4_900
    );
    assert_eq!(to_flattened(&tree).leaves().count(), 4_900);
}
