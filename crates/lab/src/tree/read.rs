//! Readers of both printed forms.

use super::{EditRules, NodeKind, Tree};
use crate::grammar::{EditKind, InputError, Word, parse_line, split_words};

impl Tree {
    /// Reads flattened lines (REF 4.2). Blank lines and lines that start with `#` are skipped; statements
    /// outside the table are kept as opaque leaves, a trailing ` ^` marks an entry without leaves.
    #[must_use]
    pub fn parse_flattened(text: &str) -> Self {
        let mut tree = Self::default();
        for line in text.lines() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            tree.insert(&split_words(line));
        }
        tree
    }

    /// Reads the indented form (REF 4.1).
    #[must_use]
    pub fn parse_hierarchical(text: &str) -> Self {
        let mut tree = Self::default();
        for words in full_lines(text) {
            tree.insert(&words);
        }
        tree
    }

    fn insert(&mut self, words: &[Word]) {
        let bare = words.last().is_some_and(|word| word.text == "^" && !word.quoted);
        let words = if bare { &words[..words.len() - 1] } else { words };
        match parse_line(&[], words) {
            Ok(edit) if edit.kind == EditKind::Enter => {
                self.level(&edit.path);
            }
            Ok(edit) => {
                self.apply(&edit, EditRules::default());
            }
            Err(InputError::Unknown { reached, rest, .. }) => {
                let texts: Vec<String> = words[rest..].iter().map(|word| word.text.clone()).collect();
                let kind = if bare { NodeKind::Entry } else { NodeKind::Leaf };
                self.insert_opaque(&reached, &texts, kind);
            }
            Err(InputError::Incomplete) => {
                let texts: Vec<String> = words.iter().map(|word| word.text.clone()).collect();
                self.insert_opaque(&[], &texts, NodeKind::Leaf);
            }
        }
    }
}

/// The lines of an indented text, each with the words of the hierarchies it stands in: what one would
/// type at the root. A hierarchy appears as a line of its own only if nothing stands in it. A line
/// `no ...` keeps its `no` in front.
#[must_use]
pub fn full_lines(text: &str) -> Vec<Vec<Word>> {
    let lines: Vec<(usize, &str)> = text
        .lines()
        .map(str::trim_end)
        .filter(|line| !line.trim().is_empty() && !line.trim_start().starts_with('#'))
        .map(|line| (line.len() - line.trim_start().len(), line.trim_start()))
        .collect();
    let mut open: Vec<(usize, Vec<Word>)> = Vec::new();
    let mut out = Vec::new();
    for (index, (margin, line)) in lines.iter().enumerate() {
        while open.last().is_some_and(|(indent, _)| indent >= margin) {
            open.pop();
        }
        if *line == "!" {
            continue;
        }
        let own = split_words(line);
        let next = lines.get(index + 1);
        if next.is_some_and(|(indent, _)| indent > margin) {
            open.push((*margin, own));
            continue;
        }
        let negated = own.first().is_some_and(|word| word.text == "no" && !word.quoted);
        let (no, own) = own.split_at(usize::from(negated));
        let mut words = no.to_vec();
        words.extend(open.iter().flat_map(|(_, words)| words.iter().cloned()));
        words.extend(own.iter().cloned());
        if next.is_some_and(|(indent, line)| indent == margin && *line == "!") {
            words.push(Word {
                text: "^".to_owned(),
                column: 0,
                quoted: false,
            });
        }
        out.push(words);
    }
    out
}
