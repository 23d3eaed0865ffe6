//! From one form to the other, meaning the same.

use std::collections::HashMap;

use crate::path::{BLANKS, BRIDGE_DOMAIN, INSTANCE, below, has_no_words, owner_of, without_caret, word_end};
use crate::statement::Setting;
use crate::text::ConfigText;
use crate::tree::{Leaf, Tree};

/// Returns the tree in flattened form (REF 4.2). Comments and blank lines are left out.
#[must_use]
pub fn to_flattened(tree: &Tree) -> Tree {
    let mut out = String::new();
    for leaf in tree.leaves() {
        out.push_str(leaf.path.as_str());
        out.push_str(if is_entry(&leaf) { " ^\n" } else { "\n" });
    }
    Tree::read_flattened(&within_limit(out)).0
}

/// Returns the tree in hierarchical form (REF 4.1). Comments and blank lines are left out.
///
/// Interfaces and bridge domains are nested as the device nests them. Of other subtrees only the first word becomes a
/// block, because a flattened line does not tell where its entries end; such a line means the same.
#[must_use]
pub fn to_hierarchical(tree: &Tree) -> Tree {
    let mut blocks = Blocks::default();
    for leaf in tree.leaves() {
        let (parts, body) = parts(leaf.path.as_str());
        let parent = parts
            .into_iter()
            .fold(0, |parent, part| blocks.block(parent, part));
        if is_entry(&leaf) {
            blocks.block(parent, body);
        } else {
            blocks.lines[parent].push(Line::Leaf(body.to_owned()));
        }
    }
    let mut out = String::new();
    blocks.print(0, "", &mut out);
    Tree::read_hierarchical(&within_limit(out)).0
}

/// In hierarchical text the `!` of an entry without leaves may be left out; the schema knows these entries anyway.
fn is_entry(leaf: &Leaf) -> bool {
    leaf.is_entry
        || matches!(
            Setting::parse(leaf.path.as_str()),
            Some(Setting::Instance(_) | Setting::Interface(_) | Setting::Member(..))
        )
}

/// Splits a path into the blocks around it and the last line.
fn parts(path: &str) -> (Vec<&str>, &str) {
    let in_instance = below(path, INSTANCE);
    let mut blocks = Vec::new();
    let mut rest = path;
    let mut can_split = true;
    let mut words = |count: usize, wanted: bool| {
        if wanted && can_split {
            match split_after(rest, count) {
                Some((block, line)) => {
                    blocks.push(block);
                    rest = line;
                }
                None => can_split = false,
            }
        }
        rest
    };
    words(1, true);
    words(1, below(path, BRIDGE_DOMAIN) || owner_of(path).is_some());
    let inside = words(2, in_instance);
    let inside = words(2, in_instance && below(inside, "interface"));
    words(
        1,
        below(path, BRIDGE_DOMAIN) && (below(inside, "storm-control") || below(inside, "mac-handling")),
    );
    (blocks, rest)
}

/// Splits behind some words, if either side reads back as it is on a line of its own: `a # b` must not become a comment
/// inside a block.
fn split_after(path: &str, words: usize) -> Option<(&str, &str)> {
    let mut end = 0;
    for word in 0..words {
        end += usize::from(word > 0);
        end += word_end(path.get(end..)?);
    }
    let (block, line) = (&path[..end], path.get(end + 1..)?);
    [block, line].into_iter().all(is_a_line).then_some((block, line))
}

fn is_a_line(text: &str) -> bool {
    let trimmed = without_caret(text.trim_matches(BLANKS));
    trimmed.len() == text.len() && text != "!" && !has_no_words(text)
}

#[derive(Clone)]
enum Line {
    Leaf(String),
    Block(String, usize),
}

/// Blocks by number; block 0 is the whole text.
struct Blocks {
    lines: Vec<Vec<Line>>,
    known: HashMap<(usize, String), usize>,
}

impl Default for Blocks {
    fn default() -> Self {
        Self {
            lines: vec![Vec::new()],
            known: HashMap::new(),
        }
    }
}

impl Blocks {
    fn block(&mut self, parent: usize, body: &str) -> usize {
        let next = self.lines.len();
        let id = *self.known.entry((parent, body.to_owned())).or_insert(next);
        if id == next {
            self.lines.push(Vec::new());
            self.lines[parent].push(Line::Block(body.to_owned(), id));
        }
        id
    }

    fn print(&self, id: usize, indent: &str, out: &mut String) {
        for (at, line) in self.lines[id].iter().enumerate() {
            if id == 0 && at > 0 {
                out.push('\n');
            }
            match line {
                Line::Leaf(body) => out.push_str(&format!("{indent}{body}\n")),
                Line::Block(body, inside) => {
                    out.push_str(&format!("{indent}{body}\n"));
                    self.print(*inside, &format!("{indent}  "), out);
                    out.push_str(&format!("{indent}!\n"));
                }
            }
        }
    }
}

fn within_limit(text: String) -> ConfigText {
    ConfigText::new(text).unwrap_or_else(|_| ConfigText::default())
}
