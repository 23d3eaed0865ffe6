//! The tree readers: no line is lost, and whatever is printed reads back as the same tree.

use bk_config::{
    Capture, ConfigPath, ConfigText, Form, ProblemKind, Tree, canonical, diff, equal_text, line_shape,
};

use crate::{change, forms, text_of};

/// The bytes between a text and the lines of an edit.
const EDIT_MARK: &str = "\n%%\n";

/// Reads any bytes as a configuration text in both forms, and as the answer that frames one.
pub fn tree(data: &[u8]) {
    let raw = text_of(data);
    for tree in both_readers(&raw) {
        diffs_with_nothing(&tree);
        forms::convert(&tree);
        forms::model(&tree);
    }
    capture(&raw);
}

/// Reads any bytes as a text, a line of `%%`, and lines that edit it. Without that line the edits are made from the
/// text's own lines.
///
/// A text whose blocks do not fit together has no place for a new line that would be read back there, so only texts
/// without such problems are edited.
pub fn edits(data: &[u8]) {
    let raw = text_of(data);
    let (text, lines) = raw.split_once(EDIT_MARK).unwrap_or((&raw, ""));
    let text = ConfigText::new(text).expect("fuzzed texts are short");
    for (tree, problems) in [Tree::read_hierarchical(&text), Tree::read_flattened(&text)] {
        if problems
            .iter()
            .all(|problem| problem.kind == ProblemKind::ControlCharacter)
        {
            change::edit(&tree, lines);
        }
    }
}

/// Reads a text by each reader and checks what came of it.
fn both_readers(raw: &str) -> [Tree; 2] {
    let text = ConfigText::new(raw).expect("fuzzed texts are short");
    let guessed = Tree::read(&text).0;
    [Tree::read_hierarchical(&text), Tree::read_flattened(&text)].map(|(tree, problems)| {
        assert_eq!(tree.print(), raw, "a tree prints what it read");
        assert_eq!(tree.text(), text);
        assert!(equal_text(&tree, &guessed));
        let lines: Vec<&str> = raw.split('\n').collect();
        for problem in &problems {
            let line = lines[problem.line - 1].trim_end_matches('\r');
            assert_eq!(
                problem.text.trim_end_matches('\r'),
                line,
                "a problem names its line"
            );
        }
        for (line, number) in lines.iter().zip(1..) {
            let inside = line.trim_end_matches('\r');
            if inside.chars().any(|c| c.is_control() && c != '\t') {
                let named = problems
                    .iter()
                    .any(|problem| problem.line == number && problem.kind == ProblemKind::ControlCharacter);
                assert!(named, "{line:?} holds a control character");
            }
        }
        assert_no_line_lost(&tree, raw);
        tree
    })
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\r')
}

/// Each line with words stands in a leaf's path, in the order of the text.
fn assert_no_line_lost(tree: &Tree, raw: &str) {
    let leaves: Vec<_> = tree.leaves().collect();
    for leaf in &leaves {
        let path = leaf.path.as_str();
        assert!(!path.is_empty(), "a leaf has words");
        assert_eq!(ConfigPath::new(path), leaf.path, "a path is in its last form");
        assert_eq!(leaf.path.words().collect::<Vec<_>>().join(" "), path);
        let _ = line_shape(&leaf.path);
    }
    let mut at = 0;
    for line in raw.split('\n') {
        let words = line.trim_matches(is_blank);
        if words.is_empty()
            || words.starts_with('#')
            || words == "!"
            || words.split(is_blank).all(|word| matches!(word, "" | "^"))
        {
            continue;
        }
        let path = ConfigPath::new(words);
        if is_container(&path) {
            continue;
        }
        let here = leaves[at..]
            .iter()
            .position(|leaf| holds(leaf.path.as_str(), path.as_str()));
        at += here.unwrap_or_else(|| panic!("{line:?} is lost by the reader of {:?} text", tree.form()));
    }
    if tree.form() == Form::Flattened {
        for leaf in &leaves {
            assert!(raw.contains(leaf.path.words().next().unwrap_or_default()));
        }
    }
}

/// Blanks inside quotes count as written or evened out, because quotes may be opened and closed on different lines.
fn holds(path: &str, line: &str) -> bool {
    let even = |text: &str| {
        let words: Vec<&str> = text
            .split([' ', '\t'])
            .filter(|word| !word.is_empty() && *word != "^")
            .collect();
        words.join(" ")
    };
    path.contains(line) || even(path).contains(&even(line))
}

/// Containers that mean nothing when they are empty are no leaves.
pub(crate) fn is_container(path: &ConfigPath) -> bool {
    let last = path.words().last().unwrap_or_default();
    let is_description = path.words().any(|word| word == "description");
    !is_description
        && matches!(
            last,
            "interfaces"
                | "network-services"
                | "bridge-domain"
                | "vlan-manipulation"
                | "ingress-mapping"
                | "egress-mapping"
                | "storm-control"
                | "mac-handling"
        )
}

fn diffs_with_nothing(tree: &Tree) {
    assert!(diff(tree, tree).is_empty(), "a tree differs from itself");
    let again = match tree.form() {
        Form::Flattened => Tree::read_flattened(&tree.text()).0,
        Form::Hierarchical => Tree::read_hierarchical(&tree.text()).0,
    };
    assert!(
        diff(tree, &again).is_empty(),
        "a tree differs from the one it prints"
    );
    assert_eq!(canonical(tree), canonical(&again));
}

/// Takes any text as the answer that frames a configuration.
fn capture(raw: &str) {
    let Ok(capture) = Capture::read(raw) else { return };
    let text = capture.text.as_str();
    assert!(!text.contains("\r\n"), "line ends are LF");
    let is_blank = |line: &&str| line.trim_matches(is_blank).is_empty();
    let said = raw.replace("\r\n", "\n");
    let lines = || said.split('\n').filter(|line| !is_blank(line));
    let kept = text.split('\n').filter(|line| !is_blank(line)).count() + capture.outside.len();
    let frame = if capture.header.is_some() { 2 } else { 0 };
    assert_eq!(
        lines().count(),
        kept + frame,
        "each line is text, outside, or one of the two of the frame"
    );
    if let Some(header) = &capture.header {
        let framed = format!(
            "# {} config-start [{}]\n\n{text}\n# {} config-end\n",
            header.host, header.time, header.host
        );
        if text.is_empty() || text.ends_with('\n') {
            let again = Capture::read(&framed).expect("a text that was framed can be framed again");
            assert_eq!(again.text, capture.text);
            assert_eq!(again.header, capture.header);
        }
    }
}
