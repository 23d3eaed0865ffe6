//! Line differences of two texts for a person to read.

use similar::{Algorithm, ChangeTag, DiffTag, InlineChangeMode, InlineChangeOptions};

/// The difference of two texts.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct TextDiff {
    /// Runs of differing lines with their context, in order.
    pub hunks: Vec<Hunk>,
    /// Equal lines after the last hunk that are folded away.
    pub folded_after: usize,
}

/// A run of lines that differ, with equal lines around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hunk {
    /// Equal lines between the hunk before (or the start) and this one that are folded away.
    pub folded: usize,
    /// The lines.
    pub lines: Vec<DiffLine>,
}

/// One line of a difference.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DiffLine {
    /// What happened to the line.
    pub change: LineChange,
    /// Its number in the first text, from 1, if it stands there.
    pub before: Option<usize>,
    /// Its number in the second text, from 1, if it stands there.
    pub after: Option<usize>,
    /// The text in pieces, without the line end; marked pieces differ from the line that this one replaces.
    pub pieces: Vec<Piece>,
}

/// What happened to a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineChange {
    /// Stands in both texts.
    Equal,
    /// Only in the first.
    Removed,
    /// Only in the second.
    Added,
}

/// A part of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Piece {
    /// The characters.
    pub text: String,
    /// Whether they differ from the other line.
    pub marked: bool,
}

/// Replaced runs longer than this get no marks inside their lines: nobody reads them, and the cost is quadratic.
const MARKED_RUN: usize = 200;

/// Compares two texts line by line, keeping `context` equal lines around each change.
#[must_use]
pub fn text_diff(before: &str, after: &str, context: usize) -> TextDiff {
    let diff = similar::TextDiff::configure()
        .algorithm(Algorithm::Myers)
        .diff_lines(before, after);
    let mut options = InlineChangeOptions::new();
    options.mode(InlineChangeMode::Words);
    let mut result = TextDiff::default();
    let mut shown = 0;
    for group in diff.grouped_ops(context) {
        let Some(first) = group.first() else { continue };
        let mut lines = Vec::new();
        for op in &group {
            let range = op.old_range().len().max(op.new_range().len());
            if op.tag() == DiffTag::Replace && range <= MARKED_RUN {
                lines.extend(
                    diff.iter_inline_changes_with_options(op, options)
                        .map(|change| DiffLine {
                            change: kind(change.tag()),
                            before: change.old_index().map(|index| index + 1),
                            after: change.new_index().map(|index| index + 1),
                            pieces: pieces(change.values()),
                        }),
                );
            } else {
                lines.extend(diff.iter_changes(op).map(|change| DiffLine {
                    change: kind(change.tag()),
                    before: change.old_index().map(|index| index + 1),
                    after: change.new_index().map(|index| index + 1),
                    pieces: pieces(&[(false, change.value())]),
                }));
            }
        }
        result.hunks.push(Hunk {
            folded: first.old_range().start - shown,
            lines,
        });
        shown = group.last().map_or(shown, |last| last.old_range().end);
    }
    result.folded_after = diff.old_len() - shown;
    result
}

fn kind(tag: ChangeTag) -> LineChange {
    match tag {
        ChangeTag::Equal => LineChange::Equal,
        ChangeTag::Delete => LineChange::Removed,
        ChangeTag::Insert => LineChange::Added,
    }
}

/// Joins neighbouring pieces with the same mark and drops the line end.
fn pieces(values: &[(bool, &str)]) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    for (marked, text) in values {
        let text = text.trim_end_matches(['\n', '\r']);
        match pieces.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if last.marked == *marked => last.text.push_str(text),
            _ => pieces.push(Piece {
                text: text.to_owned(),
                marked: *marked,
            }),
        }
    }
    pieces
}
