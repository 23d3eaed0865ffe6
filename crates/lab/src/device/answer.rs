//! What a device answers to one line.

/// The answer to a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// What is printed, lines ending in `\n`.
    pub text: String,
    /// Whether the text is an error: `ESC[0m` follows it (REF 1.3).
    pub failed: bool,
    /// Whether a pager may split it.
    pub paged: bool,
    /// What the terminal waits for next.
    pub next: Next,
}

/// What follows an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Next {
    /// The prompt.
    Prompt,
    /// An answer to this question, which ends without line end.
    Ask(String),
    /// The end of a commit that takes its time.
    Commit(CommitJob),
    /// The session is over.
    Close,
    /// `| monitor`: the output stands until Ctrl-C.
    Monitor,
}

/// A commit that was checked and is being carried out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CommitJob {
    /// Minutes until it is taken back unless confirmed.
    pub confirm: Option<u32>,
    /// Text for the rollback list.
    pub log: String,
    /// Whether the session leaves configuration mode afterwards.
    pub exit: bool,
    /// How many lines change, for commits that take their time.
    pub lines: usize,
    /// Identifies the run; a later one makes it void.
    pub(super) run: u64,
}

impl Answer {
    /// Nothing but the next prompt.
    pub(super) fn silent() -> Self {
        Self::text(String::new())
    }

    /// Text and the prompt.
    pub(super) fn text(text: impl Into<String>) -> Self {
        let mut text = text.into();
        if !text.is_empty() && !text.ends_with('\n') {
            text.push('\n');
        }
        Self {
            text,
            failed: false,
            paged: false,
            next: Next::Prompt,
        }
    }

    /// Text that a pager may split.
    pub(super) fn paged(text: String) -> Self {
        Self {
            paged: true,
            ..Self::text(text)
        }
    }

    /// An error line.
    pub(super) fn error(text: impl Into<String>) -> Self {
        Self {
            failed: true,
            ..Self::text(text)
        }
    }

    /// `ERROR: Incomplete command.` (REF 10)
    pub(super) fn incomplete() -> Self {
        Self::error("ERROR: Incomplete command.")
    }

    /// The caret under a word, counted from the start of the prompt line (REF 10).
    pub(super) fn unknown(word: &str, column: usize) -> Self {
        Self::error(format!("{}^\nERROR: Unknown word: '{word}'.", "-".repeat(column)))
    }

    /// A question.
    pub(super) fn ask(question: impl Into<String>) -> Self {
        Self {
            next: Next::Ask(question.into()),
            ..Self::silent()
        }
    }

    pub(super) fn then(mut self, next: Next) -> Self {
        self.next = next;
        self
    }
}
