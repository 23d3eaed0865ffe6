//! Writing to the terminal. The only place that prints.

use std::io::{IsTerminal, Write};

use chrono::{DateTime, Local};
use serde::Serialize;

/// Writes a line to standard output, harmless whatever a device put into it. A closed pipe ends the output quietly, as
/// `head` expects.
pub(crate) fn say(line: &str) {
    write_out(&inert(line));
}

fn write_out(text: &str) {
    let mut stdout = std::io::stdout().lock();
    let _ = writeln!(stdout, "{text}");
    let _ = stdout.flush();
}

/// Writes a line to standard error, as harmless as [`say`].
pub(crate) fn complain(line: &str) {
    let _ = writeln!(std::io::stderr().lock(), "{}", inert(line));
}

/// Tells whether a person reads standard error on a terminal.
pub(crate) fn is_terminal() -> bool {
    std::io::stderr().is_terminal()
}

/// Tells whether a person can be asked: reads on a terminal and types on one.
pub(crate) fn can_ask() -> bool {
    is_terminal() && std::io::stdin().is_terminal()
}

/// Prints a value as one JSON document, or as text by `text`.
pub(crate) fn show<T: Serialize>(json: bool, value: &T, text: impl FnOnce(&T)) {
    if json {
        write_out(&as_json(value));
    } else {
        text(value);
    }
}

/// JSON in which a hostile character of a device is an escape: the same value, harmless on a terminal.
fn as_json<T: Serialize>(value: &T) -> String {
    let text = serde_json::to_string_pretty(value).expect("views are plain data that JSON can hold");
    escaped(
        &text,
        |c| c != '\n' && is_hostile(c),
        |c| {
            let mut units = [0; 2];
            c.encode_utf16(&mut units)
                .iter()
                .map(|unit| format!("\\u{unit:04x}"))
                .collect()
        },
    )
}

/// Tells whether a character steers a terminal or hides what stands in a text.
fn is_hostile(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}'
        )
}

/// Makes a device's text harmless on a terminal: control and direction characters become visible escapes.
pub(crate) fn inert(text: &str) -> String {
    escaped(
        text,
        |c| c != '\t' && is_hostile(c),
        |c| c.escape_unicode().to_string(),
    )
}

fn escaped(text: &str, hostile: impl Fn(char) -> bool, escape: impl Fn(char) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if hostile(c) {
            out.push_str(&escape(c));
        } else {
            out.push(c);
        }
    }
    out
}

/// A moment of a view in the time of this machine, to the second; a text that is no moment as it is.
pub(crate) fn moment(text: &str) -> String {
    DateTime::parse_from_rfc3339(text).map_or_else(
        |_| text.to_owned(),
        |at| at.with_timezone(&Local).format("%Y-%m-%d %H:%M:%S").to_string(),
    )
}

/// Prints rows under headings, each column as wide as it needs; numbers are aligned by the caller.
pub(crate) fn table(headings: &[&str], rows: &[Vec<String>]) {
    tabulated(headings, rows).iter().for_each(|line| say(line));
}

/// The lines of [`table`].
pub(crate) fn tabulated(headings: &[&str], rows: &[Vec<String>]) -> Vec<String> {
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
    let head: Vec<String> = headings.iter().map(|heading| heading.to_uppercase()).collect();
    std::iter::once(&head)
        .chain(&rows)
        .map(|cells| line(cells))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{as_json, inert};

    #[test]
    fn device_text_can_not_steer_the_terminal() {
        assert_eq!(inert("a\u{1b}[31mred"), "a\\u{1b}[31mred");
        assert_eq!(inert("left\u{202e}right"), "left\\u{202e}right");
        assert_eq!(inert("tab\tand ümlaut"), "tab\tand ümlaut");
    }
    #[test]
    fn json_says_the_same_harmlessly() {
        let hostile = "a\u{1b}[31m\u{9b}2J\n\u{202e}b \"ümlaut\"";
        let shown = as_json(&[hostile]);
        assert!(
            shown
                .chars()
                .all(|c| c == '\n' || c == 'ü' || (' '..='~').contains(&c)),
            "{shown:?}"
        );
        assert_eq!(serde_json::from_str::<[String; 1]>(&shown).unwrap(), [hostile]);
    }
}
