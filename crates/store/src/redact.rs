//! Values shaped like secrets become keyed tokens before a full configuration is stored.
//!
//! A token says only that two values are equal. It is a keyed BLAKE3 hash: without the key it can't be tested
//! against guesses, and even with the key it can't be turned back.

use std::fmt;

use bk_config::ConfigText;

/// Words whose next word is a secret.
const BEFORE_SECRET: &[&str] = &[
    "auth-key",
    "auth-password",
    "authentication-key",
    "community",
    "key-string",
    "md5-key",
    "passphrase",
    "password",
    "pre-shared-key",
    "priv-password",
    "private-key",
    "secret",
    "shared-key",
    "shared-secret",
];
/// Words after `community` that make it a routing matter instead of SNMP's password.
const COMMUNITY_KINDS: &[&str] = &["community-type"];
/// Beginnings of values that are hashed or encrypted secrets wherever they stand.
const SECRET_STARTS: &[&str] = &["enc-", "$1$", "$2a$", "$2b$", "$2y$", "$5$", "$6$", "$y$"];

/// The key under which secrets become tokens.
#[derive(Clone)]
pub struct SecretTokens {
    key: [u8; 32],
}

impl SecretTokens {
    /// Takes a random key. With the same key the same secret gives the same token.
    #[must_use]
    pub fn new(key: [u8; 32]) -> Self {
        Self { key }
    }

    /// Makes the key from a secret of any length and high entropy.
    #[must_use]
    pub fn derived_from(secret: &str) -> Self {
        Self {
            key: blake3::derive_key(
                "bridgekeeper 2026-11-21 tokens of secrets in configuration texts",
                secret.as_bytes(),
            ),
        }
    }

    fn token(&self, secret: &str) -> String {
        let hash = blake3::keyed_hash(&self.key, secret.as_bytes()).to_hex();
        format!("<secret:{}>", &hash[..16])
    }

    /// Returns the text with every value shaped like a secret replaced, and how many were.
    fn replace(&self, text: &str) -> (String, u32) {
        let mut out = String::with_capacity(text.len());
        let mut replaced = 0;
        for line in text.split_inclusive('\n') {
            let mut done = 0;
            for (start, word) in secrets(line) {
                out.push_str(&line[done..start]);
                out.push_str(&self.token(word));
                done = start + word.len();
                replaced += 1;
            }
            out.push_str(&line[done..]);
        }
        (out, replaced)
    }
}

impl fmt::Debug for SecretTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretTokens(redacted)")
    }
}

/// The values of a line that are shaped like secrets, with their positions.
fn secrets(line: &str) -> Vec<(usize, &str)> {
    let words: Vec<(usize, &str)> = words(line).collect();
    let mut found = Vec::new();
    // The word before, past a number that says in which form the secret is written (`password 7 ...`).
    let mut named = false;
    for (at, (start, word)) in words.iter().enumerate() {
        let before = at.checked_sub(1).map_or("", |before| words[before].1);
        let follows = named
            || BEFORE_SECRET.contains(&before.to_ascii_lowercase().as_str())
                && !(before == "community" && COMMUNITY_KINDS.contains(word));
        let is_form = follows
            && !named
            && word.len() <= 2
            && word.bytes().all(|byte| byte.is_ascii_digit())
            && words.get(at + 1).is_some_and(|(_, next)| !is_punctuation(next));
        named = is_form;
        if is_punctuation(word) {
            continue;
        }
        let starts_so = |prefix: &&str| word.trim_start_matches('"').starts_with(*prefix);
        if follows || SECRET_STARTS.iter().any(starts_so) {
            found.push((*start, *word));
        }
    }
    found
}

/// Opens a block or ends a path (REF 4): never a value.
fn is_punctuation(word: &str) -> bool {
    matches!(word, "^" | "!" | "{" | "}")
}

/// Splits a line into words with their positions; a quoted text is one word.
fn words(line: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let rest = &line[at..];
        let start = at + rest.find(|c: char| !c.is_whitespace())?;
        let word = &line[start..];
        let len = if let Some(quoted) = word.strip_prefix('"') {
            closing_quote(quoted).map_or(word.trim_end().len(), |end| end + 2)
        } else {
            word.find(char::is_whitespace).unwrap_or(word.len())
        };
        at = start + len;
        Some((start, &line[start..at]))
    })
}

/// Where a quoted text ends; a quote behind a backslash belongs to it.
fn closing_quote(quoted: &str) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return Some(at),
            _ => {}
        }
    }
    None
}

/// A configuration text that may be stored.
#[derive(Clone, Debug)]
pub struct StoredText {
    pub(crate) text: ConfigText,
    pub(crate) scope: bk_engine::ports::ReadScope,
    pub(crate) secrets: u32,
}

impl StoredText {
    /// Takes a text of the L2 subtrees as it is: nothing in them is a secret.
    #[must_use]
    pub fn l2(text: ConfigText) -> Self {
        Self {
            text,
            scope: bk_engine::ports::ReadScope::L2,
            secrets: 0,
        }
    }

    /// Takes a whole configuration; values shaped like secrets become tokens.
    ///
    /// # Errors
    /// [`bk_config::CaptureError::TooLong`] if the tokens make the text longer than a text may be.
    pub fn full(text: &ConfigText, tokens: &SecretTokens) -> Result<Self, bk_config::CaptureError> {
        let (replaced, secrets) = tokens.replace(text.as_str());
        Ok(Self {
            text: ConfigText::new(replaced)?,
            scope: bk_engine::ports::ReadScope::Full,
            secrets,
        })
    }

    /// Returns the text as it will be stored.
    #[must_use]
    pub fn text(&self) -> &ConfigText {
        &self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(line: &str, expected: &str) {
        let tokens = SecretTokens::new([7; 32]);
        let (replaced, _) = tokens.replace(line);
        let mut shown = replaced;
        while let Some(start) = shown.find("<secret:") {
            let end = start + shown[start..].find('>').unwrap();
            shown.replace_range(start..=end, "TOKEN");
        }
        assert_eq!(shown, expected);
    }

    #[test]
    fn secrets_become_tokens_and_all_else_stays() {
        check(
            "system login user birch password $6$salt$hash ^\n",
            "system login user birch password TOKEN ^\n",
        );
        check("      password enc-gAAAAAx==\n", "      password TOKEN\n");
        check(
            "system snmp community rowan vrf mgmt0 ^\n",
            "system snmp community TOKEN vrf mgmt0 ^\n",
        );
        check(
            "tacacs server 192.0.2.1 secret \"two words\" port 49\n",
            "tacacs server 192.0.2.1 secret TOKEN port 49\n",
        );
        check(
            "ospf area 0 authentication-key 7 0822455D ^\n",
            "ospf area 0 authentication-key TOKEN TOKEN ^\n",
        );
        check("  Password \"a \\\" quote\" ^\n", "  Password TOKEN ^\n");
        check("  password 12\n", "  password TOKEN\n");
        check(
            "snmp v3-user rowan auth-password x\n",
            "snmp v3-user rowan auth-password TOKEN\n",
        );
        check(
            "bgp neighbor 192.0.2.1 shared-key 5 6 7\n",
            "bgp neighbor 192.0.2.1 shared-key TOKEN TOKEN 7\n",
        );
        check("x unknown-leaf \"enc-abc\"\n", "x unknown-leaf TOKEN\n");
        check("  password \"unclosed\n", "  password TOKEN\n");
        check(
            "neighbor 192.0.2.1 send-community community-type both\n",
            "neighbor 192.0.2.1 send-community community-type both\n",
        );
        check(
            "interfaces ge100-0/0/1 description \"password\" ^\n",
            "interfaces ge100-0/0/1 description \"password\" ^\n",
        );
        check("login\n  password\n", "login\n  password\n");
        check("", "");
    }

    #[test]
    fn equal_secrets_give_equal_tokens_under_one_key_only() {
        let of = |key: u8, secret: &str| SecretTokens::new([key; 32]).token(secret);
        assert_eq!(of(1, "kestrel"), of(1, "kestrel"));
        assert_ne!(of(1, "kestrel"), of(1, "birch"));
        assert_ne!(of(1, "kestrel"), of(2, "kestrel"));
    }
}
