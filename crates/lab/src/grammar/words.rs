//! Splitting a typed line into words (REF 4.3 "Quoting").

/// One word of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// The text with quotes and escapes removed.
    pub text: String,
    /// Where it starts, in characters from the start of the line.
    pub column: usize,
    /// Whether it stood in double quotes.
    pub quoted: bool,
}

/// Splits at blanks; double quotes keep a word together, `\"` and `\\` escape inside them, any other
/// backslash is itself.
///
/// An unclosed quote runs to the end of the line.
#[must_use]
pub fn split_words(line: &str) -> Vec<Word> {
    let mut words = Vec::new();
    let mut chars = line.chars().enumerate().peekable();
    while let Some(&(column, first)) = chars.peek() {
        if first.is_whitespace() {
            chars.next();
            continue;
        }
        let mut word = Word {
            text: String::new(),
            column,
            quoted: false,
        };
        let mut inside = false;
        while let Some(&(_, c)) = chars.peek() {
            match c {
                '"' => {
                    inside = !inside;
                    word.quoted = true;
                }
                '\\' if inside => {
                    chars.next();
                    match chars.peek() {
                        Some(&(_, escaped @ ('"' | '\\'))) => word.text.push(escaped),
                        _ => {
                            word.text.push('\\');
                            continue;
                        }
                    }
                }
                c if c.is_whitespace() && !inside => break,
                c => word.text.push(c),
            }
            chars.next();
        }
        words.push(word);
    }
    words
}

/// Whether a word must be quoted to be read back as one word.
#[must_use]
pub fn needs_quotes(word: &str) -> bool {
    word.is_empty() || word.chars().any(|c| c.is_whitespace() || "|?#\"\\;".contains(c))
}

/// The word as the device prints it: in quotes only where it needs them.
#[must_use]
pub fn quote(word: &str) -> String {
    if !needs_quotes(word) {
        return word.to_owned();
    }
    in_quotes(word)
}

/// The word in quotes, whether it needs them or not.
#[must_use]
pub fn in_quotes(word: &str) -> String {
    format!("\"{}\"", word.replace('\\', "\\\\").replace('"', "\\\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, words: &[(&str, usize)]) {
        let split = split_words(line);
        let found: Vec<(&str, usize)> = split
            .iter()
            .map(|word| (word.text.as_str(), word.column))
            .collect();
        assert_eq!(found, words, "{line}");
    }

    #[test]
    fn words_know_their_column() {
        check("show  config", &[("show", 0), ("config", 6)]);
        check(
            r#"description "link to \"rowan\"" x"#,
            &[("description", 0), ("link to \"rowan\"", 12), ("x", 32)],
        );
        check(
            r#"include regex "ge\d+ x""#,
            &[("include", 0), ("regex", 8), ("ge\\d+ x", 14)],
        );
        check("   ", &[]);
        check(r#"description """#, &[("description", 0), ("", 12)]);
    }

    #[test]
    fn quoting_is_undone_by_splitting() {
        for text in ["plain", "two words", "a|b", "say \"hi\"", "back\\slash", "", "#5"] {
            assert_eq!(split_words(&quote(text))[0].text, text);
        }
    }
}
