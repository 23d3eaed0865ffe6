//! The echo of a sent line: found, checked and left out of the answer.
//!
//! With time stamps on, the device echoes twice: the typed line, then the line redrawn behind a stamped prompt
//! (REF 1.3). What arrives before the echo belongs to the time before the line was sent.

use super::{Dialogue, answer::after_prompt};

/// Where the echo of one line ends, once it has arrived.
#[derive(Debug)]
pub(super) struct Echo {
    /// The line without blanks, or nothing if no echo is expected.
    squeezed: Option<String>,
    found: Option<usize>,
}

impl Echo {
    /// Expects the echo of `line`.
    pub(super) fn of(line: &str) -> Self {
        Self {
            squeezed: Some(squeeze(line)),
            found: None,
        }
    }

    /// Expects no echo: the answer begins at once.
    pub(super) fn none() -> Self {
        Self {
            squeezed: None,
            found: Some(0),
        }
    }

    /// Returns where the answer begins, `None` while the echo has not arrived.
    ///
    /// Fails when a complete line arrived that is neither the echo nor something that may stand before it.
    pub(super) fn find(&mut self, text: &str, dialogue: &Dialogue, host: &str) -> Result<Option<usize>, ()> {
        let Some(squeezed) = &self.squeezed else {
            return Ok(Some(0));
        };
        if self.found.is_none() {
            self.found = first_echo(text, squeezed, dialogue, host)?;
        }
        // The redraw may arrive in a later packet than the first echo.
        Ok(self.found.map(|found| after_redraws(text, found, squeezed, host)))
    }
}

fn first_echo(text: &str, squeezed: &str, dialogue: &Dialogue, host: &str) -> Result<Option<usize>, ()> {
    let mut start = 0;
    while let Some(newline) = text[start..].find('\n') {
        let end = start + newline;
        let line = &text[start..end];
        let typed = after_prompt(line, host).unwrap_or(line);
        if squeeze(typed) == *squeezed {
            return Ok(Some(end + 1));
        }
        // A terminal narrower than the line breaks its echo: the pieces must join to the line.
        if let Some(joined) = joined_echo(text, start, typed, squeezed) {
            return Ok(Some(joined));
        }
        // The answer to an earlier Ctrl-C may come behind the prompt that ended its wait.
        let interrupted = squeezed.starts_with(&squeeze(typed)) || typed.trim() == "^C";
        if !interrupted && !dialogue.is_broadcast(typed) {
            return Err(());
        }
        start = end + 1;
    }
    Ok(None)
}

fn joined_echo(text: &str, start: usize, first: &str, squeezed: &str) -> Option<usize> {
    let mut joined = squeeze(first);
    if joined.is_empty() || !squeezed.starts_with(&joined) {
        return None;
    }
    let mut at = start + text[start..].find('\n')? + 1;
    while joined.len() < squeezed.len() {
        let newline = text[at..].find('\n')?;
        joined.push_str(&squeeze(&text[at..at + newline]));
        at += newline + 1;
    }
    (joined == squeezed).then_some(at)
}

fn after_redraws(text: &str, mut start: usize, squeezed: &str, host: &str) -> usize {
    while let Some(newline) = text[start..].find('\n') {
        let line = &text[start..start + newline];
        match after_prompt(line, host) {
            Some(typed) if !squeezed.is_empty() && squeeze(typed) == *squeezed => start += newline + 1,
            _ => break,
        }
    }
    start
}

fn squeeze(line: &str) -> String {
    line.chars().filter(|c| !c.is_whitespace()).collect()
}
