//! Writing to the terminal. The only place that prints.

use std::io::{IsTerminal, Write};

use serde::Serialize;

/// Writes a line to standard output. A closed pipe ends the output quietly, as `head` expects.
pub(crate) fn say(line: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{line}");
    let _ = stdout.flush();
}

/// Writes a line to standard error.
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{line}");
}

/// Tells whether a person reads standard error on a terminal.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Prints a value as JSON, or as text by `text`.
pub(crate) fn show<T: Serialize>(json: bool, value: &T, text: impl FnOnce(&T)) {
    if json {
        say(&serde_json::to_string_pretty(value).expect("views are plain data that JSON can hold"));
    } else {
        text(value);
    }
}

/// Makes a device's text harmless on a terminal: control and direction characters become visible escapes.
pub(crate) fn inert(text: &str) -> String {
    let hostile = |c: char| {
        c.is_control() && c != '\t'
            || matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars()
        .flat_map(|c| {
            if hostile(c) {
                c.escape_unicode().collect::<Vec<_>>()
            } else {
                vec![c]
            }
        })
        .collect()
}

/// Prints rows under headings, each column as wide as it needs; numbers are aligned by the caller.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    let rows: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.iter().map(|cell| inert(cell)).collect())
        .collect();
    let width = |column: usize| {
        let cells = rows
            .iter()
            .filter_map(|row| row.get(column))
            .map(|cell| cell.chars().count());
        cells.chain([headings[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..headings.len()).map(width).collect();
    let line = |cells: &[String]| {
        let padded: Vec<String> = cells
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell:<width$}"))
            .collect();
        padded.join("  ").trim_end().to_owned()
    };
    say(&line(
        &headings
            .iter()
            .map(|heading| heading.to_uppercase())
            .collect::<Vec<_>>(),
    ));
    rows.iter().for_each(|row| say(&line(row)));
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn device_text_can_not_steer_the_terminal() {
        assert_eq!(inert("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(inert("left\u{202e}right"), "left\\u{202e}right");
        assert_eq!(inert("tab\tand ümlaut"), "tab\tand ümlaut");
    }
}
