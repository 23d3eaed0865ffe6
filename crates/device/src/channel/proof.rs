//! Proving answers whose prompt was believed on credit, and getting back in step when one was false.
//!
//! A remark is a line that a device ignores in every mode (REF 3). It is typed at a prompt that was seen, never ahead of
//! one. If the prompt was true, the device echoes the remark right behind it and answers with silence. If it was text
//! in the middle of an answer, the rest of that answer stands in the way: before the echo where the device echoes what
//! it reads, after it where the terminal echoes what it gets. Either way the remark is not answered by silence alone.
//!
//! What this does not see: an answer that holds such text twice with nothing in between, with a packet's end behind both,
//! from a device whose terminal echoes. The next line is then out of step, which stops the session.

use tokio::time::{Instant, sleep_until};

use super::{Answer, Channel, ChannelError, Echo, End, Ending, Prompt, Settle, Tuning, Wait};

/// How often a session is tried to be brought back in step. If a remark was refused each time, the device takes none.
const RESYNCS: usize = 3;

/// What a prompt on credit is worth in this session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Trust {
    /// It is believed at once and proven later.
    AtOnce,
    /// A prompt was false: each must stay quiet, and is proven later all the same.
    AfterQuiet,
    /// The device takes no remarks, so nothing but quiet proves anything.
    QuietAlone,
}

impl Trust {
    pub(super) fn weigh(self, end: End, tuning: &Tuning) -> End {
        match self {
            Self::AtOnce => end,
            Self::AfterQuiet => End {
                quiet: Some(tuning.quiet),
                ..end
            },
            Self::QuietAlone => End {
                quiet: Some(tuning.quiet),
                on_credit: false,
                ..end
            },
        }
    }
}

impl Channel {
    /// Proves the last prompt by a remark, if it was believed on credit. Returns the broadcasts that came meanwhile.
    ///
    /// # Errors
    /// [`ChannelError::FalsePrompt`] when the prompt was none; otherwise see [`ChannelError`].
    pub async fn prove(&mut self, wait: &Wait<'_>) -> Result<Vec<String>, ChannelError> {
        if !self.owes_proof {
            return Ok(Vec::new());
        }
        let at = self.prompt.clone();
        let remark = self.next_remark();
        let wait = Wait {
            settle: Settle::SilenceAtOnce,
            ..wait.clone()
        };
        let exchange = self.exchange(&remark, &wait).await?;
        match exchange.ending {
            Ending::Prompt(prompt) if Some(&prompt) == at.as_ref() && exchange.text.trim().is_empty() => {
                self.owes_proof = false;
                Ok(exchange.broadcasts)
            }
            _ => Err(ChannelError::FalsePrompt {
                command: remark,
                said: exchange.text,
            }),
        }
    }

    /// Brings the session back in step after [`ChannelError::FalsePrompt`]: waits for silence, sends a new remark,
    /// and throws away everything up to its last echo. From here on no prompt is believed at once.
    ///
    /// Only lines that may be repeated, and remarks, can be on their way to the device then.
    ///
    /// # Errors
    /// [`ChannelError::OutOfStep`] when the remark is not answered by silence; otherwise see [`ChannelError`].
    pub async fn resync(&mut self, wait: &Wait<'_>) -> Result<Prompt, ChannelError> {
        self.trust = Trust::AfterQuiet;
        self.record
            .note("text came behind what looked like a prompt; from here on each prompt must stay quiet");
        let wait = Wait {
            settle: Settle::Quiet,
            ..wait.clone()
        };
        let mut refusals = 0;
        for _ in 0..RESYNCS {
            let remark = self.next_remark();
            self.until_quiet(&remark, &wait).await?;
            self.record.sent(&remark);
            let answer = Answer::new(&remark, Echo::of_remark(&remark));
            let exchange = self.converse(remark.as_bytes(), b"\n", answer, &wait).await?;
            let silent = exchange.text.trim().is_empty();
            refusals += usize::from(self.dialogue.refusal.is_match(&exchange.text));
            match exchange.ending {
                Ending::Prompt(prompt) if silent => return Ok(prompt),
                Ending::Prompt(prompt) if refusals == RESYNCS => {
                    self.trust = Trust::QuietAlone;
                    self.record
                        .note("the device refuses remarks: a prompt that stays quiet is all there is");
                    return Ok(prompt);
                }
                Ending::Prompt(_) => {}
                Ending::Question { text, .. } => {
                    return Err(ChannelError::OutOfStep {
                        command: remark,
                        said: text,
                    });
                }
            }
        }
        Err(ChannelError::OutOfStep {
            command: String::new(),
            said: "no remark was answered by silence".to_owned(),
        })
    }

    /// Reads and forgets until nothing has come for as long as a prompt must stay quiet.
    async fn until_quiet(&mut self, remark: &str, wait: &Wait<'_>) -> Result<(), ChannelError> {
        let deadline = Instant::now() + wait.limit;
        let mut forgotten = Answer::new(remark, Echo::none());
        loop {
            let quiet = Instant::now() + self.tuning.quiet;
            tokio::select! {
                biased;
                () = wait.cancel.cancelled() => return Err(ChannelError::Cancelled { command: remark.to_owned() }),
                () = sleep_until(deadline) => {
                    return Err(ChannelError::Deadline {
                        command: remark.to_owned(),
                        waited: wait.limit,
                        said: forgotten.screen.text().to_owned(),
                    });
                }
                packet = self.transport.read() => match packet {
                    Ok(packet) => forgotten.take(&packet, self.tuning.max_answer)?,
                    Err(source) => return Err(forgotten.closed(source)),
                },
                () = sleep_until(quiet) => return Ok(()),
            }
        }
    }

    /// A remark that was not sent in this session before.
    fn next_remark(&mut self) -> String {
        self.remarks += 1;
        format!("#proof-{}", self.remarks)
    }
}
