//! Text diffs.

use bk_config::{ConfigText, LineChange, TextDiff, Tree, canonical, text_diff, to_hierarchical};

use super::number;
use crate::views::{DiffHunk, DiffKind, DiffLine, TextDiffView, TextForm};

/// Lines of context around a change.
const CONTEXT: usize = 3;

/// Writes a record in the form in which it is shown.
pub(crate) fn text_of(tree: &Tree, form: TextForm) -> String {
    match form {
        TextForm::Text => to_hierarchical(tree).print(),
        TextForm::Flattened => tree.print(),
        TextForm::Meaning => canonical(tree).lines().map(|line| format!("{line}\n")).collect(),
    }
}

/// Compares two texts; hashes are those of the texts compared.
pub(crate) fn diff_view(before: &str, after: &str) -> TextDiffView {
    let diff = text_diff(before, after, CONTEXT);
    let hash = |text: &str| ConfigText::new(text).map_or_else(|_| String::new(), |text| text.hash().to_string());
    let hunks = hunk_views(&diff, before);
    let count = |kind| hunks.iter().flat_map(|hunk| &hunk.lines).filter(|line| line.kind == kind).count();
    TextDiffView {
        added: number(count(DiffKind::Added)),
        removed: number(count(DiffKind::Removed)),
        lines_before: number(before.lines().count()),
        lines_after: number(after.lines().count()),
        hash_before: hash(before),
        hash_after: hash(after),
        identical: before == after,
        hunks,
    }
}

fn hunk_views(diff: &TextDiff, before: &str) -> Vec<DiffHunk> {
    let lines: Vec<&str> = before.lines().collect();
    let last = diff.hunks.len().saturating_sub(1);
    diff.hunks
        .iter()
        .enumerate()
        .map(|(at, hunk)| {
            let first_before = hunk.lines.iter().find_map(|line| line.before);
            DiffHunk {
                folded: number(hunk.folded),
                block: first_before.and_then(|number| block_above(&lines, number)),
                lines: hunk.lines.iter().map(line_view).collect(),
                folded_after: if at == last { number(diff.folded_after) } else { 0 },
            }
        })
        .collect()
}

/// Returns the top-level word under which the line stands.
fn block_above(lines: &[&str], number: usize) -> Option<String> {
    let above = lines.get(..number.min(lines.len()))?;
    let top = above.iter().rev().find(|line| line.starts_with(|c: char| c.is_ascii_alphabetic()))?;
    top.split(' ').next().map(str::to_owned)
}

fn line_view(line: &bk_config::DiffLine) -> DiffLine {
    let mut text = String::new();
    let mut marks = Vec::new();
    let mut at: u32 = 0;
    for piece in &line.pieces {
        let length = number(piece.text.encode_utf16().count());
        if piece.marked {
            marks.push((at, at + length));
        }
        at += length;
        text.push_str(&piece.text);
    }
    DiffLine {
        kind: match line.change {
            LineChange::Equal => DiffKind::Same,
            LineChange::Added => DiffKind::Added,
            LineChange::Removed => DiffKind::Removed,
        },
        before: line.before.map(number),
        after: line.after.map(number),
        text: text.trim_end_matches('\n').to_owned(),
        marks,
    }
}
