//! Lines that may be sent in configuration mode.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use crate::grammar::{self, GrammarError};
use crate::statement::{Setting, Statement, Target, is_unsafe};

/// The longest line that is sent, in bytes. The longest renderable one, a description, stays well below.
const MAX_LINE_BYTES: usize = 2048;

/// One line that may be sent in configuration mode, from the configuration root.
///
/// Nothing else in the product sends configuration, so what this type can't hold can't reach a device: no line break,
/// no control character, no mark that hides or reorders text, no command outside the grammar table, and no removal of
/// a port or bundle. Built from typed statements, or read by [`CliLine::parse`]. Cloning is cheap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CliLine(Arc<Rendered>);

#[derive(Debug, PartialEq, Eq)]
struct Rendered {
    text: String,
    statement: Statement,
}

/// Why a text may not be sent.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RefusedLine {
    /// A character that could end the line, steer the terminal, or hide or reorder what is shown.
    #[error("the line holds {found:?}, which may not reach a device")]
    Character {
        /// The first such character.
        found: char,
    },
    /// Longer than any line that is rendered.
    #[error("the line has {bytes} bytes")]
    TooLong {
        /// Its length.
        bytes: usize,
    },
    /// No row of the grammar table.
    #[error("the line is outside the grammar")]
    Grammar(#[source] GrammarError),
    /// A row of the grammar, yet not a statement that renders to the same text.
    #[error("{line:?} is not a statement that Bridgekeeper renders")]
    NotAStatement {
        /// The line.
        line: String,
    },
}

impl CliLine {
    /// Renders a statement.
    ///
    /// # Errors
    /// [`RefusedLine`] for statements that are read but never sent: global settings, `bundle-id`, ports outside the L2
    /// kinds, action words of newer releases, values out of range.
    pub fn new(statement: Statement) -> Result<Self, RefusedLine> {
        let text = statement.to_string();
        check_text(&text)?;
        Ok(Self(Arc::new(Rendered { text, statement })))
    }

    /// Renders a line that sets.
    ///
    /// # Errors
    /// As [`CliLine::new`].
    pub fn set(setting: Setting) -> Result<Self, RefusedLine> {
        Self::new(Statement::Set(setting))
    }

    /// Renders a `no` line.
    ///
    /// # Errors
    /// As [`CliLine::new`].
    pub fn remove(target: Target) -> Result<Self, RefusedLine> {
        Self::new(Statement::Remove(target))
    }

    /// Reads a line as a person or a file gives it. Blanks around it and a trailing ` ^` are dropped.
    ///
    /// # Errors
    /// [`RefusedLine`] names the reason.
    pub fn parse(line: &str) -> Result<Self, RefusedLine> {
        let trimmed = line.trim_matches(' ');
        let text = trimmed
            .strip_suffix(" ^")
            .unwrap_or(trimmed)
            .trim_end_matches(' ');
        check_text(text)?;
        match Statement::parse(text) {
            Some(statement) if statement.to_string() == text => Ok(Self(Arc::new(Rendered {
                text: text.to_owned(),
                statement,
            }))),
            _ => Err(RefusedLine::NotAStatement {
                line: text.to_owned(),
            }),
        }
    }

    /// Returns the line without a line end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0.text
    }

    /// Returns what the line does.
    #[must_use]
    pub fn statement(&self) -> &Statement {
        &self.0.statement
    }

    /// Tells whether the line removes something.
    #[must_use]
    pub fn is_removal(&self) -> bool {
        matches!(self.0.statement, Statement::Remove(_))
    }
}

fn check_text(text: &str) -> Result<(), RefusedLine> {
    if text.len() > MAX_LINE_BYTES {
        return Err(RefusedLine::TooLong { bytes: text.len() });
    }
    if let Some(found) = text.chars().find(|c| is_unsafe(*c)) {
        return Err(RefusedLine::Character { found });
    }
    grammar::check_text(text, None).map_err(RefusedLine::Grammar)
}

impl fmt::Display for CliLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.text)
    }
}

impl FromStr for CliLine {
    type Err = RefusedLine;
    fn from_str(line: &str) -> Result<Self, RefusedLine> {
        Self::parse(line)
    }
}

impl TryFrom<String> for CliLine {
    type Error = RefusedLine;
    fn try_from(line: String) -> Result<Self, RefusedLine> {
        Self::parse(&line)
    }
}

impl From<CliLine> for String {
    fn from(line: CliLine) -> String {
        line.0.text.clone()
    }
}
