//! The texts by which a platform's command line is recognised: prompts, pager, questions, broadcasts.
//!
//! Plain data. A platform fills it in; the channel only follows it.

use regex::Regex;

/// A waiting prompt taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Prompt {
    /// The host name.
    pub host: String,
    /// What stands in parentheses after it, for example `cfg-bd-inst`.
    pub context: Option<String>,
}

/// A question that ends a wait, because nothing more comes before an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum QuestionKind {
    /// Leaving configuration mode with a candidate that differs (REF 3).
    LeaveUncommitted,
    /// Another session committed meanwhile (REF 7.3).
    OutOfSync,
    /// The commit has a further effect (REF 7.4).
    CommitEffect,
    /// The CLI is not up; a base shell is offered (REF 1.1).
    StartShell,
    /// A password is asked.
    Password,
    /// Any other yes-or-no question.
    YesNo,
    /// Something that looks like a question and matches no known one.
    Unknown,
}

/// What a platform's command line looks like.
#[derive(Debug)]
pub struct Dialogue {
    /// A whole prompt line; group 1 is the host name, group 2 the context.
    pub prompt: Regex,
    /// The host name of a box that runs nothing of the platform: nothing is typed at its prompt.
    pub bare_host: Regex,
    /// A time stamp at the end of a context: such a prompt is the redraw of an echo, never a waiting one.
    pub stamp: Regex,
    /// The pager's line.
    pub pager: Regex,
    /// Known questions, the most specific first; each matches at the end of the text.
    pub questions: Vec<(QuestionKind, Regex)>,
    /// An end of text that looks like a question.
    pub maybe_question: Regex,
    /// Lines that the device sends to every session by itself.
    pub broadcasts: Vec<Regex>,
    /// A line behind which nothing but the prompt comes.
    pub last_line: Regex,
    /// An answer by which a line that the device does not know is refused.
    pub refusal: Regex,
    /// An unfinished line that shows that the device is busy.
    pub busy: Regex,
    /// What must not reach a transcript; the first group, if any, stays.
    pub secrets: Vec<Regex>,
}

impl Dialogue {
    /// Reads a whole line as a waiting prompt.
    pub(crate) fn waiting_prompt(&self, line: &str) -> Option<Prompt> {
        let found = self.prompt.captures(line)?;
        let context = found.get(2).map(|context| context.as_str());
        if context.is_some_and(|context| self.stamp.is_match(context)) {
            return None;
        }
        Some(Prompt {
            host: found[1].to_owned(),
            context: context.map(str::to_owned),
        })
    }

    /// Tells whether the device sends this line to every session by itself.
    pub(crate) fn is_broadcast(&self, line: &str) -> bool {
        self.broadcasts.iter().any(|pattern| pattern.is_match(line))
    }

    /// Returns the question that the text ends in.
    pub(crate) fn question(&self, text: &str) -> Option<QuestionKind> {
        self.questions
            .iter()
            .find(|(_, pattern)| pattern.is_match(text))
            .map(|(kind, _)| *kind)
    }

    /// Replaces what looks like a secret by `<secret>`.
    #[must_use]
    pub fn redact(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, pattern| {
            let replaced = pattern.replace_all(&text, |found: &regex::Captures<'_>| {
                format!("{}<secret>", found.get(1).map_or("", |kept| kept.as_str()))
            });
            replaced.into_owned()
        })
    }
}
