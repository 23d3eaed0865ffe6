//! Tables of cells.

use std::fmt::Write as _;

/// How the line below the captions is drawn; both occur (REF 8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// `+----+----+`, in tables of fixed width.
    Plus,
    /// `|----+----|`, in tables as wide as their cells.
    Pipe,
}

/// A table: captions with their least widths, and rows.
pub(super) struct Grid {
    rule: Rule,
    columns: Vec<(&'static str, usize)>,
    rows: Vec<Vec<String>>,
}

impl Grid {
    /// Columns of at least these widths. Longer cells widen their column.
    pub(super) fn fixed(columns: &[(&'static str, usize)]) -> Self {
        Self {
            rule: Rule::Plus,
            columns: columns.to_vec(),
            rows: Vec::new(),
        }
    }

    /// Columns as wide as their longest cell, and two characters wider than their caption.
    pub(super) fn fitted(captions: &[&'static str]) -> Self {
        let columns = captions
            .iter()
            .map(|caption| (*caption, caption.len() + 2))
            .collect();
        Self {
            rule: Rule::Pipe,
            columns,
            rows: Vec::new(),
        }
    }

    pub(super) fn row<const N: usize>(&mut self, cells: [&str; N]) {
        self.rows.push(cells.map(str::to_owned).to_vec());
    }

    /// The table as text, each line ended.
    pub(super) fn render(&self) -> String {
        let widths: Vec<usize> = self
            .columns
            .iter()
            .enumerate()
            .map(|(column, &(_, least))| {
                self.rows
                    .iter()
                    .map(|row| row[column].chars().count())
                    .max()
                    .unwrap_or(0)
                    .max(least)
            })
            .collect();
        let mut text = String::new();
        line(
            &mut text,
            self.columns.iter().map(|(caption, _)| *caption),
            &widths,
        );
        let edge = match self.rule {
            Rule::Plus => '+',
            Rule::Pipe => '|',
        };
        let dashes: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
        let _ = writeln!(text, "{edge}{}{edge}", dashes.join("+"));
        for row in &self.rows {
            line(&mut text, row.iter().map(String::as_str), &widths);
        }
        text
    }
}

fn line<'c>(text: &mut String, cells: impl Iterator<Item = &'c str>, widths: &[usize]) {
    for (cell, width) in cells.zip(widths) {
        let _ = write!(text, "| {cell:<width$} ");
    }
    text.push_str("|\n");
}
