//! Edits: applied, taken back, and led to from the text alone.

use bk_config::{
    CliLine, Form, Target, Tree, apply, canonical, diff, equal_meaning, inverse, there_and_back,
    to_flattened, to_hierarchical, transition,
};

use crate::tree::is_container;

/// The most lines of one edit.
const LINES: usize = 12;

/// Applies an edit, takes it back, and compares the edited tree with the one that its text gives.
pub(crate) fn edit(tree: &Tree, lines: &str) {
    let forward = forward(tree, lines);
    let Ok(edited) = apply(tree, &forward) else {
        assert!(!forward.is_empty(), "no line always fits");
        return;
    };
    if forward.is_empty() {
        assert_eq!(edited.print(), tree.print());
    }
    let again = match tree.form() {
        Form::Flattened => Tree::read_flattened(&edited.text()).0,
        Form::Hierarchical => Tree::read_hierarchical(&edited.text()).0,
    };
    assert_eq!(again.print(), edited.print());
    assert_eq!(
        canonical(&again),
        canonical(&edited),
        "an edited tree means what its text means: {forward:?} gave {}",
        edited.print()
    );
    assert!(diff(&edited, &again).is_empty(), "{:#?}", diff(&edited, &again));
    let delta = diff(tree, &edited);
    if delta.is_empty() {
        assert!(equal_meaning(tree, &edited), "a change of meaning shows");
    }
    let reversed = diff(&edited, tree).reversed();
    assert_eq!(
        (delta.added.len(), delta.removed.len(), delta.changed.len()),
        (
            reversed.added.len(),
            reversed.removed.len(),
            reversed.changed.len()
        ),
    );
    if let Ok(back) = inverse(tree, &forward) {
        let restored = apply(&edited, &back).expect("an inverse fits");
        assert_eq!(restored.print(), tree.print(), "an inverse gives the same bytes");
    }
    leads(tree, &again);
    leads(&again, tree);
    if let Ok((there, back)) = there_and_back(tree, &again) {
        assert_eq!(transition(tree, &again), Ok(there));
        assert_eq!(transition(&again, tree), Ok(back));
    }
    forms_agree(tree, &forward);
}

/// Lines that are computed between two texts reach the other's meaning.
fn leads(from: &Tree, to: &Tree) {
    let Ok(lines) = transition(from, to) else { return };
    let Ok(reached) = apply(from, &lines) else {
        panic!("{lines:?} do not fit\n{}", from.print());
    };
    let apart = apart(&reached, to);
    assert!(
        apart.is_empty(),
        "{lines:?} leave {apart:?} between\n{}\nand\n{}",
        from.print(),
        to.print()
    );
}

/// What only one of two trees means.
fn apart(left: &Tree, right: &Tree) -> Vec<String> {
    let (left, right) = (canonical(left), canonical(right));
    let apart = left.without(&right).chain(right.without(&left));
    apart.map(str::to_owned).collect()
}

/// The same edit means the same in both forms. A container that stands alone and is not closed is taken for a leaf,
/// which a nested text makes a block of as soon as it holds a line: there the forms say different things.
fn forms_agree(tree: &Tree, forward: &[CliLine]) {
    if tree.leaves().any(|leaf| is_container(&leaf.path)) {
        return;
    }
    let nested = to_hierarchical(tree);
    let flattened = to_flattened(&nested);
    let (left, right) = (apply(&flattened, forward), apply(&nested, forward));
    assert_eq!(left.is_ok(), right.is_ok(), "{forward:?} on\n{}", nested.print());
    if let (Ok(left), Ok(right)) = (left, right) {
        let apart = apart(&left, &right);
        assert!(
            apart.is_empty(),
            "{forward:?} leads to different {apart:?} on\n{}",
            nested.print()
        );
    }
}

/// The given lines that may be sent and fit one after another; if there are none, some made from the text.
fn forward(tree: &Tree, lines: &str) -> Vec<CliLine> {
    let given: Vec<CliLine> = lines
        .lines()
        .filter_map(|line| CliLine::parse(line).ok())
        .collect();
    let made = if given.is_empty() { made(tree) } else { given };
    let mut at = tree.clone();
    let mut fitting = Vec::new();
    for line in made.into_iter().take(LINES) {
        if let Ok(next) = apply(&at, std::slice::from_ref(&line)) {
            at = next;
            fitting.push(line);
        }
    }
    fitting
}

/// Removes some of the text's lines and entries and sets others anew.
fn made(tree: &Tree) -> Vec<CliLine> {
    let leaves: Vec<String> = tree.leaves().map(|leaf| leaf.path.as_str().to_owned()).collect();
    let step = leaves.len() / LINES + 1;
    let mut lines = Vec::new();
    for (at, path) in leaves.iter().step_by(step).enumerate() {
        let words: Vec<&str> = path.split(' ').collect();
        let removal = || {
            (1..=words.len())
                .rev()
                .filter_map(|count| CliLine::remove(Target::parse(&words[..count].join(" "))?).ok())
                .nth(usize::from(at % 4 == 3))
        };
        let line = if at % 2 == 0 {
            removal()
        } else {
            CliLine::parse(path).ok()
        };
        lines.extend(line);
    }
    lines.extend(CliLine::parse(
        "network-services bridge-domain instance g_kestrel_v251 interface bundle-7.251",
    ));
    lines.extend(CliLine::parse("interfaces bundle-7.251 vlan-id 251"));
    lines
}
