//! Paths of configuration: the words from the root to one line.

use std::borrow::Cow;
use std::fmt;

use serde::{Deserialize, Serialize};

/// The full words of one configuration line, from the root, joined by single blanks and without ` ^`.
///
/// `interfaces ge100-0/0/3.251 vlan-id 251` is the path of a leaf with its value, `interfaces ge100-0/0/3.251` the path
/// of an entry.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ConfigPath(String);

impl ConfigPath {
    /// Takes words separated by blanks; blanks inside double quotes are kept, a trailing ` ^` is dropped.
    #[must_use]
    pub fn new(raw: &str) -> Self {
        Self(even(without_caret(raw.trim_matches(BLANKS))).into_owned())
    }

    /// Returns the words joined by single blanks.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the words; a quoted value is one word with its quotes.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        words(&self.0)
    }

    /// Tells whether `self` is `prefix` or lies below it.
    #[must_use]
    pub fn is_under(&self, prefix: &ConfigPath) -> bool {
        below(&self.0, &prefix.0)
    }

    /// Returns the interface or the bridge domain instance to which the line belongs: `interfaces X` or
    /// `network-services bridge-domain instance B`. Lines of other subtrees have none.
    #[must_use]
    pub fn owner(&self) -> Option<ConfigPath> {
        owner_of(&self.0).map(|owner| Self(owner.to_owned()))
    }
}

impl fmt::Display for ConfigPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What separates words and stands around lines. Other white space is part of a word: a line of it is not blank.
pub(crate) const BLANKS: [char; 4] = [' ', '\t', '\r', '\n'];

/// Drops the ` ^` that marks an entry without leaves, once or more. What would no longer be a line with words keeps it.
pub(crate) fn without_caret(text: &str) -> &str {
    let mut text = text;
    while let Some(rest) = text.strip_suffix('^') {
        let kept = rest.trim_end_matches(BLANKS);
        if kept.len() == rest.len() || matches!(kept, "" | "!") {
            break;
        }
        text = kept;
    }
    text
}

/// Tells whether a line is blank, a comment, or nothing but the ` ^` of no line.
pub(crate) fn has_no_words(trimmed: &str) -> bool {
    trimmed.is_empty()
        || trimmed.starts_with('#')
        || trimmed.starts_with('^') && trimmed.split(BLANKS).all(|word| matches!(word, "" | "^"))
}

/// Joins words by single blanks; blanks inside double quotes are kept.
pub(crate) fn even(text: &str) -> Cow<'_, str> {
    if is_even(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(words(text).collect::<Vec<_>>().join(" "))
}

/// Tells whether no two blanks stand together and no tab stands anywhere, without looking for quotes.
pub(crate) fn is_even(text: &str) -> bool {
    let bytes = text.as_bytes();
    let follows = bytes.iter().zip(bytes.get(1..).unwrap_or_default());
    // Without an early way out the compiler looks at many bytes at once.
    !follows.fold(false, |found, pair| found | (pair == (&b' ', &b' ')))
        && !bytes.iter().fold(false, |found, byte| found | (*byte == b'\t'))
}

/// The subtree of the interfaces.
pub(crate) const INTERFACES: &str = "interfaces";
/// The subtree of the bridge domains.
pub(crate) const BRIDGE_DOMAIN: &str = "network-services bridge-domain";
/// What stands before the name of an instance.
pub(crate) const INSTANCE: &str = "network-services bridge-domain instance";

/// Tells whether `path` is `prefix` or continues it after a blank.
pub(crate) fn below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// Returns the leading part of `path` that names an interface or an instance.
pub(crate) fn owner_of(path: &str) -> Option<&str> {
    let start = [INTERFACES, INSTANCE]
        .into_iter()
        .find(|prefix| below(path, prefix))?
        .len()
        + 1;
    let name = path.get(start..)?;
    let end = name.find(' ').unwrap_or(name.len());
    if end == 0 {
        None
    } else {
        Some(&path[..start + end])
    }
}

/// Splits at blanks outside double quotes. A backslash inside quotes protects the next character.
pub(crate) fn words(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start_matches([' ', '\t']);
        if rest.is_empty() {
            return None;
        }
        let (word, tail) = rest.split_at(word_end(rest));
        rest = tail;
        Some(word)
    })
}

pub(crate) fn word_end(text: &str) -> usize {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            b' ' | b'\t' if !quoted => return at,
            _ => {}
        }
    }
    text.len()
}
