//! Matching typed words against keywords, abbreviations included (REF 3).

use super::Answer;
use crate::grammar::Word;

/// The keyword that a word names: exact, or its only abbreviation.
pub(super) fn resolve<'k>(word: &Word, keywords: &[&'k str]) -> Option<&'k str> {
    if word.quoted || word.text.is_empty() {
        return None;
    }
    if let Some(exact) = keywords.iter().find(|keyword| **keyword == word.text) {
        return Some(exact);
    }
    let mut hits = keywords.iter().filter(|keyword| keyword.starts_with(&word.text));
    match (hits.next(), hits.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// The words of one command, read from left to right.
pub(super) struct Words<'w> {
    words: &'w [Word],
    /// Characters on the line before the first column: the prompt, and what stands left of a `;`.
    shown: usize,
}

impl<'w> Words<'w> {
    pub(super) fn new(words: &'w [Word], shown: usize) -> Self {
        Self { words, shown }
    }

    pub(super) fn peek(&self) -> Option<&'w Word> {
        self.words.first()
    }

    pub(super) fn rest(&self) -> &'w [Word] {
        self.words
    }

    pub(super) fn shown(&self) -> usize {
        self.shown
    }

    /// The next word, whatever it is.
    pub(super) fn any(&mut self) -> Result<&'w Word, Answer> {
        let (first, rest) = self.words.split_first().ok_or_else(Answer::incomplete)?;
        self.words = rest;
        Ok(first)
    }

    /// The next word, which must name one of the keywords.
    pub(super) fn keyword<'k>(&mut self, keywords: &[&'k str]) -> Result<&'k str, Answer> {
        let word = self.any()?;
        resolve(word, keywords).ok_or_else(|| self.unknown(word))
    }

    /// The next word if it names the keyword.
    pub(super) fn eat(&mut self, keyword: &str) -> bool {
        let hit = self
            .peek()
            .is_some_and(|word| resolve(word, &[keyword]).is_some());
        if hit {
            self.words = &self.words[1..];
        }
        hit
    }

    /// The next word as a number within bounds.
    pub(super) fn number(&mut self, low: u32, high: u32) -> Result<u32, Answer> {
        let word = self.any()?;
        crate::grammar::number_in(&word.text, low, high).ok_or_else(|| self.unknown(word))
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), Answer> {
        self.peek().map_or(Ok(()), |word| Err(self.unknown(word)))
    }

    pub(super) fn unknown(&self, word: &Word) -> Answer {
        Answer::unknown(&word.text, self.shown + word.column)
    }
}
