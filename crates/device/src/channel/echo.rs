//! The echo of a sent line: found, checked and left out of the answer.
//!
//! With time stamps on, the device echoes twice: the typed line, then the line redrawn behind a stamped prompt
//! (REF 1.3). What arrives before the echo belongs to the time before the line was sent.

use super::{Dialogue, answer::after_prompt};

/// Where the echo of one line ends, once it has arrived.
#[derive(Debug)]
pub(super) struct Echo {
    kind: Kind,
    found: Option<usize>,
}

/// Which echo is expected. Lines are kept without blanks.
#[derive(Debug)]
enum Kind {
    /// None: the answer begins at once.
    None,
    /// That of this line, perhaps behind what is left of an interrupted one.
    Line(String),
    /// That of this line, right behind the prompt at which it was typed.
    AtThePrompt(String),
    /// The last one of this remark, whatever stands before it.
    Remark(String),
}

impl Echo {
    /// Expects the echo of `line`.
    pub(super) fn of(line: &str) -> Self {
        Self::new(Kind::Line(squeeze(line)))
    }

    /// Expects the echo of `line` with nothing but broadcasts before it, which proves that the prompt was one.
    pub(super) fn at_the_prompt(line: &str) -> Self {
        Self::new(Kind::AtThePrompt(squeeze(line)))
    }

    /// Expects the echo of a remark that was never sent before, behind anything.
    pub(super) fn of_remark(remark: &str) -> Self {
        Self::new(Kind::Remark(squeeze(remark)))
    }

    /// Expects no echo: the answer begins at once.
    pub(super) fn none() -> Self {
        Self::new(Kind::None)
    }

    fn new(kind: Kind) -> Self {
        Self { kind, found: None }
    }

    /// Whether this echo proves the prompt before it.
    pub(super) fn proves(&self) -> bool {
        matches!(self.kind, Kind::AtThePrompt(_))
    }

    /// Returns where the answer begins, `None` while the echo has not arrived.
    ///
    /// Fails when a complete line arrived that is neither the echo nor something that may stand before it.
    pub(super) fn find(&mut self, text: &str, dialogue: &Dialogue, host: &str) -> Result<Option<usize>, ()> {
        let squeezed = match &self.kind {
            Kind::None => return Ok(Some(0)),
            // The device may echo it while an earlier answer still comes, and once more when it reads it.
            Kind::Remark(remark) => return Ok(last_remark(text, remark)),
            Kind::Line(squeezed) => {
                if self.found.is_none() {
                    self.found = first_echo(text, squeezed, dialogue, host)?;
                }
                squeezed
            }
            Kind::AtThePrompt(squeezed) => {
                if self.found.is_none() {
                    self.found = echo_at_the_prompt(text, squeezed, dialogue, host)?;
                }
                squeezed
            }
        };
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
        match joined_echo(text, start, typed, squeezed) {
            Joined::At(end) => return Ok(Some(end)),
            Joined::SoFar => return Ok(None),
            Joined::No => {}
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

/// Finds the echo where it must stand behind a true prompt. A broadcast may come first, which breaks a half-typed line
/// and may draw the prompt again; anything else belongs to the answer before the prompt.
fn echo_at_the_prompt(
    text: &str,
    squeezed: &str,
    dialogue: &Dialogue,
    host: &str,
) -> Result<Option<usize>, ()> {
    let mut heard = false;
    // Blank or half-typed so far, which only a broadcast explains.
    let mut broken = false;
    let mut start = 0;
    while let Some(newline) = text[start..].find('\n') {
        let end = start + newline;
        let line = &text[start..end];
        let typed = if heard {
            after_prompt(line, host).unwrap_or(line)
        } else {
            line
        };
        let joined = joined_echo(text, start, typed, squeezed);
        if dialogue.is_broadcast(typed) {
            heard = true;
            broken = false;
        } else if broken && !typed.trim().is_empty() {
            return Err(());
        } else if squeeze(typed) == squeezed {
            return Ok(Some(end + 1));
        } else if let Joined::At(end) = joined {
            return Ok(Some(end));
        } else if joined == Joined::SoFar {
            return Ok(None);
        } else if squeezed.starts_with(&squeeze(typed)) {
            broken |= !heard || !typed.trim().is_empty();
        } else {
            return Err(());
        }
        start = end + 1;
    }
    Ok(None)
}

/// Finds the end of the last line that ends in the remark.
fn last_remark(text: &str, remark: &str) -> Option<usize> {
    let mut end = text.rfind('\n')?;
    loop {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        if squeeze(&text[start..end]).ends_with(remark) {
            return Some(end + 1);
        }
        end = start.checked_sub(1)?;
    }
}

/// Whether the lines from one on join to the sent line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Joined {
    /// They do, and end there.
    At(usize),
    /// They do as far as they have arrived.
    SoFar,
    No,
}

fn joined_echo(text: &str, start: usize, first: &str, squeezed: &str) -> Joined {
    let mut joined = squeeze(first);
    let Some(newline) = text[start..].find('\n') else {
        return Joined::No;
    };
    if joined.is_empty() {
        return Joined::No;
    }
    let mut at = start + newline + 1;
    while joined.len() < squeezed.len() && squeezed.starts_with(&joined) {
        let Some(newline) = text[at..].find('\n') else {
            return Joined::SoFar;
        };
        joined.push_str(&squeeze(&text[at..at + newline]));
        at += newline + 1;
    }
    if joined == squeezed {
        Joined::At(at)
    } else {
        Joined::No
    }
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
