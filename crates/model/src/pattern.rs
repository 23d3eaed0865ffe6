//! Patterns of names, as a person writes them: `ge100-0/0/*`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// The longest pattern, in characters.
const MAX: usize = 255;

/// Why a text is no pattern.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidPattern {
    /// Empty, or longer than any name.
    #[error("a pattern has 1 to {MAX} characters, this has {len}")]
    Length {
        /// The number of characters given.
        len: usize,
    },
    /// A character that stands in no name.
    #[error("a pattern can't contain {found:?}")]
    Character {
        /// The first such character.
        found: char,
    },
}

/// A name in which `*` stands for any characters, also none. Everything else stands for itself; upper and lower case
/// differ, as they do on a device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct NamePattern(String);

impl NamePattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// [`InvalidPattern`] names the first reason.
    pub fn new(raw: impl Into<String>) -> Result<Self, InvalidPattern> {
        let raw = raw.into();
        let permitted = |c: char| c.is_ascii_alphanumeric() || "-_.:/ ()+*".contains(c);
        if let Some(found) = raw.chars().find(|c| !permitted(*c)) {
            return Err(InvalidPattern::Character { found });
        }
        match raw.chars().count() {
            1..=MAX => Ok(Self(raw)),
            len => Err(InvalidPattern::Length { len }),
        }
    }

    /// Returns the pattern as written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Tells whether it stands for one name only.
    #[must_use]
    pub fn is_exact(&self) -> bool {
        !self.0.contains('*')
    }

    /// Tells whether it stands for `name`.
    #[must_use]
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return self.0 == name;
        };
        let Some(mut left) = name.strip_prefix(first) else {
            return false;
        };
        let mut parts: Vec<&str> = rest.split('*').collect();
        let last = parts.pop().unwrap_or_default();
        // The leftmost place of each part leaves the most for those after it.
        for part in parts {
            match left.find(part) {
                Some(at) => left = &left[at + part.len()..],
                None => return false,
            }
        }
        left.ends_with(last)
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl FromStr for NamePattern {
    type Err = InvalidPattern;
    fn from_str(raw: &str) -> Result<Self, InvalidPattern> {
        Self::new(raw)
    }
}

impl TryFrom<String> for NamePattern {
    type Error = InvalidPattern;
    fn try_from(raw: String) -> Result<Self, InvalidPattern> {
        Self::new(raw)
    }
}

impl From<NamePattern> for String {
    fn from(pattern: NamePattern) -> String {
        pattern.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(pattern: &str, yes: &[&str], no: &[&str]) {
        let pattern = NamePattern::new(pattern).unwrap();
        for name in yes {
            assert!(pattern.matches(name), "{pattern} {name}");
        }
        for name in no {
            assert!(!pattern.matches(name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_star_stands_for_any_characters() {
        check(
            "ge100-0/0/1",
            &["ge100-0/0/1"],
            &["ge100-0/0/12", "ge100-0/0/", "GE100-0/0/1"],
        );
        check(
            "ge100-0/0/1.*",
            &["ge100-0/0/1.7", "ge100-0/0/1."],
            &["ge100-0/0/1", "ge100-0/0/12.7"],
        );
        check("*", &["", "anything"], &[]);
        check("*.100", &["ge100-0/0/1.100", ".100"], &["ge100-0/0/1.1001"]);
        check(
            "LEAF-*-*1",
            &["LEAF-A-01", "LEAF--1"],
            &["LEAF-A01", "SPINE-A-01", "LEAF-A-10"],
        );
        check("a*a", &["aa", "aba"], &["a"]);
        check("*ab*ab", &["abab", "xabyab"], &["ab", "abxa"]);
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for raw in ["", "a\nb", "ge?", "\u{202e}x", &"x".repeat(256)] {
            assert!(NamePattern::new(raw).is_err(), "{raw:?}");
        }
    }
}
