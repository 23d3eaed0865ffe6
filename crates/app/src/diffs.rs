//! Text differences as views.

use bk_config::{ConfigText, LineChange, Piece, text_diff};

use crate::views::{DiffHunk, DiffKind, DiffLine, TextDiffView};

/// Equal lines around a change.
const CONTEXT: usize = 3;

/// Compares two texts for a person to read.
pub(crate) fn diff_view(before: &ConfigText, after: &ConfigText) -> TextDiffView {
    let diff = text_diff(before.as_str(), after.as_str(), CONTEXT);
    let lines: Vec<&str> = before.as_str().lines().collect();
    let last = diff.hunks.len().saturating_sub(1);
    let (mut added, mut removed) = (0, 0);
    let mut hunks = Vec::with_capacity(diff.hunks.len());
    for (index, hunk) in diff.hunks.into_iter().enumerate() {
        let first = hunk.lines.first().and_then(|line| line.before).unwrap_or(1);
        for line in &hunk.lines {
            match line.change {
                LineChange::Added => added += 1,
                LineChange::Removed => removed += 1,
                LineChange::Equal => {}
            }
        }
        hunks.push(DiffHunk {
            folded: count(hunk.folded),
            block: block(&lines, first),
            lines: hunk.lines.iter().map(line_view).collect(),
            folded_after: if index == last {
                count(diff.folded_after)
            } else {
                0
            },
        });
    }
    TextDiffView {
        hunks,
        added,
        removed,
        lines_before: count(before.line_count()),
        lines_after: count(after.line_count()),
        hash_before: before.hash().to_string(),
        hash_after: after.hash().to_string(),
        identical: before == after,
    }
}

/// The top-level word above line `number` (from 1): of a flattened line its first word, else the last line without indent.
fn block(lines: &[&str], number: usize) -> Option<String> {
    let above = lines.get(..number.min(lines.len()))?;
    let top = above
        .iter()
        .rev()
        .find(|line| !line.starts_with([' ', '\t']) && !line.trim().is_empty())?;
    top.split_whitespace().next().map(str::to_owned)
}

fn line_view(line: &bk_config::DiffLine) -> DiffLine {
    let (text, marks) = joined(&line.pieces);
    DiffLine {
        kind: match line.change {
            LineChange::Equal => DiffKind::Same,
            LineChange::Removed => DiffKind::Removed,
            LineChange::Added => DiffKind::Added,
        },
        before: line.before.map(count),
        after: line.after.map(count),
        text,
        marks,
    }
}

/// Joins pieces into a text, with the marked ranges in UTF-16 units.
fn joined(pieces: &[Piece]) -> (String, Vec<(u32, u32)>) {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut at = 0;
    for piece in pieces {
        let end = at + count(piece.text.encode_utf16().count());
        if piece.marked {
            marks.push((at, end));
        }
        text.push_str(&piece.text);
        at = end;
    }
    (text, marks)
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[&str]) -> ConfigText {
        ConfigText::new(lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap()
    }

    #[test]
    fn changes_are_counted_and_their_block_is_named() {
        let before = text(&[
            "a 1",
            "b 1",
            "b 2",
            "b 3",
            "b 4",
            "c vlan-id 251",
            "c 2",
            "c 3",
            "c 4",
            "c 5",
        ]);
        let after = text(&[
            "a 1",
            "b 1",
            "b 2",
            "b 3",
            "b 4",
            "c vlan-id 252",
            "c 2",
            "c 3",
            "c 4",
            "c 5",
        ]);
        let view = diff_view(&before, &after);
        assert_eq!((view.added, view.removed, view.identical), (1, 1, false));
        assert_eq!(view.hunks.len(), 1);
        assert_eq!(view.hunks[0].folded, 2);
        assert_eq!(view.hunks[0].folded_after, 1);
        assert_eq!(view.hunks[0].block.as_deref(), Some("b"));
        let removed = view.hunks[0]
            .lines
            .iter()
            .find(|line| line.kind == DiffKind::Removed)
            .unwrap();
        assert_eq!(removed.before, Some(6));
        assert!(!removed.marks.is_empty());
    }

    #[test]
    fn equal_texts_say_so() {
        let same = text(&["a"]);
        let view = diff_view(&same, &same);
        assert!(view.identical && view.hunks.is_empty());
    }
}
