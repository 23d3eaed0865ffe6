//! One session as modes and commands: sets it up, walks between modes, sends typed commands, answers known questions.
//!
//! The driver knows what may be said and in which mode. It does not know what answers mean for a deployment.

mod modes;
mod opening;
mod reading;

use std::{sync::Arc, time::Duration};

use tokio_util::sync::CancellationToken;

pub use modes::Mode;

use crate::{
    channel::{Channel, ChannelError, Ending, Exchange, Prompt, QuestionKind, Record, Settle, Tuning, Wait},
    platforms::dnos::{self, Command},
    transport::Transport,
};

/// Longest wait for a prompt after Ctrl-C.
const INTERRUPT_LIMIT: Duration = Duration::from_secs(5);
/// Longest wait for the device to close the connection after a sign-out.
const SIGN_OUT_LIMIT: Duration = Duration::from_secs(5);

/// The answer to one command, at a prompt again.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The answer: no echo, no prompt, no broadcasts.
    pub text: String,
    /// Lines that the device sent to every session meanwhile, unedited.
    pub broadcasts: Vec<String>,
    /// A question that came first, and the reply it got.
    pub question: Option<Question>,
}

/// A question and its reply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Which.
    pub kind: QuestionKind,
    /// The device's words.
    pub text: String,
    /// What was replied: always the reply that leaves things as they are.
    pub reply: String,
}

/// Why a command has no answer. The session is unusable after each of these, except [`DriverError::Stopped`].
#[derive(Debug, thiserror::Error)]
pub enum DriverError {
    /// The exchange did not end.
    #[error("{command:?} was not answered")]
    Channel {
        /// The command, empty while waiting for the first prompt.
        command: String,
        /// Why.
        #[source]
        source: ChannelError,
    },
    /// The wait was cancelled and the device is at its prompt again.
    #[error("{command:?} was stopped")]
    Stopped {
        /// The command.
        command: String,
    },
    /// A question that has no safe reply was asked, and not answered.
    #[error("{command:?} asked a question that is not known")]
    Question {
        /// The command.
        command: String,
        /// The device's words.
        text: String,
    },
    /// The command led into another mode than it should.
    #[error("after {command:?} the prompt is that of another mode")]
    Mode {
        /// The command.
        command: String,
        /// What the prompt shows in parentheses.
        context: Option<String>,
    },
    /// The pager cut an answer although paging is off, twice.
    #[error("the pager cut the answer to {command:?}")]
    Paged {
        /// The command.
        command: String,
    },
    /// What answers is no usable DNOS command line.
    #[error("no usable DNOS command line answers")]
    NotDnos {
        /// What was seen.
        reason: String,
    },
}

/// A signed-in session with paging, colours and time stamps off.
pub struct Driver {
    channel: Channel,
    mode: Mode,
    /// What the prompt shows in parentheses.
    context: Option<String>,
}

impl Driver {
    /// Waits for the first prompt and sets the session up (REF 1.5).
    ///
    /// `limit` is for the first prompt: loading takes 2 to 10 seconds (REF 1.2).
    ///
    /// # Errors
    /// [`DriverError::NotDnos`] when the prompt, or what stands in its place, is not that of a running DNOS.
    pub async fn open(
        transport: Box<dyn Transport>,
        tuning: Tuning,
        record: Arc<dyn Record>,
        limit: Duration,
        cancel: &CancellationToken,
    ) -> Result<Self, DriverError> {
        let wait = Wait {
            limit,
            cancel,
            settle: Settle::OnCredit,
        };
        let (channel, prompt, said) =
            match Channel::open(transport, &dnos::DIALOGUE, tuning, record, &wait).await {
                Ok(opened) => opened,
                Err(source) => return Err(opening::not_opened(source)),
            };
        let Some(mode) = opening::mode_at_login(&prompt) else {
            return Err(DriverError::NotDnos {
                reason: format!("the prompt is {}", opening::show_prompt(&prompt)),
            });
        };
        tracing::debug!(host = prompt.host, before = said.len(), "prompt learned");
        let mut driver = Self {
            channel,
            mode,
            context: prompt.context,
        };
        for command in [Command::NoTimestamp, Command::NoPaging, Command::NoColour] {
            // A release that lacks one of these refuses it; the session works without (REF 1.5).
            driver.run(&command, cancel).await?;
        }
        Ok(driver)
    }

    /// The mode that the prompt shows.
    #[must_use]
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// The host name that the prompt shows.
    #[must_use]
    pub fn host(&self) -> &str {
        self.channel.host()
    }

    /// Sends a command and returns its answer once the device is at a prompt again.
    ///
    /// `cancel` ends the wait only for commands that read; others run to their end.
    ///
    /// # Errors
    /// See [`DriverError`].
    pub async fn run(
        &mut self,
        command: &Command,
        cancel: &CancellationToken,
    ) -> Result<Answer, DriverError> {
        match command {
            Command::Show(show) => {
                let mut answers = self.read_all(std::slice::from_ref(show), cancel).await?;
                Ok(answers.remove(0))
            }
            _ => self.run_once(command, cancel).await,
        }
    }

    async fn run_once(
        &mut self,
        command: &Command,
        cancel: &CancellationToken,
    ) -> Result<Answer, DriverError> {
        let mut exchange = self.exchange(command, cancel).await?;
        if exchange.cut_by_pager {
            // Only a reading command may be sent again: anything else may have taken effect.
            if !command.is_interruptible() {
                return Err(DriverError::Paged {
                    command: command.to_string(),
                });
            }
            exchange = self.exchange(command, cancel).await?;
            if exchange.cut_by_pager {
                return Err(DriverError::Paged {
                    command: command.to_string(),
                });
            }
        }
        let mut answer = Answer {
            text: exchange.text,
            broadcasts: exchange.broadcasts,
            question: None,
        };
        let prompt = match exchange.ending {
            Ending::Prompt(prompt) => prompt,
            Ending::Question { kind, text } => {
                let reply = dnos::reply_to(kind).ok_or_else(|| DriverError::Question {
                    command: command.to_string(),
                    text: text.clone(),
                })?;
                let after = self.exchange(&reply, cancel).await?;
                let Ending::Prompt(prompt) = after.ending else {
                    return Err(DriverError::Question {
                        command: command.to_string(),
                        text,
                    });
                };
                answer.question = Some(Question {
                    kind,
                    text,
                    reply: reply.to_string(),
                });
                answer.text.push_str(&after.text);
                answer.broadcasts.extend(after.broadcasts);
                prompt
            }
        };
        self.arrive(command, prompt, answer.question.is_some())?;
        Ok(answer)
    }

    /// Walks to `mode`. Returns what the way said, if anything.
    ///
    /// # Errors
    /// See [`DriverError`].
    pub async fn go_to(
        &mut self,
        mode: Mode,
        cancel: &CancellationToken,
    ) -> Result<Vec<Answer>, DriverError> {
        let mut said = Vec::new();
        while self.mode != mode {
            for command in modes::way(self.mode, mode, self.context.as_deref()) {
                let answer = self.run(&command, cancel).await?;
                let stayed = answer.question.is_some();
                if stayed || !answer.text.trim().is_empty() {
                    said.push(answer);
                }
                if stayed {
                    return Ok(said);
                }
            }
        }
        Ok(said)
    }

    /// Signs out and waits until the device has closed the connection. From configuration mode the connection is
    /// dropped without a word: what then becomes of the candidate differs between devices, and asking would put a
    /// question in the way.
    ///
    /// # Errors
    /// [`DriverError::Channel`] when the device does not close the connection.
    pub async fn close(&mut self) -> Result<(), DriverError> {
        if self.mode == Mode::Configuration {
            self.channel.abandon().await;
            return Ok(());
        }
        let command = Command::Exit.to_string();
        let never = CancellationToken::new();
        let wait = Wait {
            limit: SIGN_OUT_LIMIT,
            cancel: &never,
            settle: Settle::Quiet,
        };
        self.channel
            .sign_out(&command, &wait)
            .await
            .map_err(|source| DriverError::Channel { command, source })
    }

    /// Drops the connection without a word: an answer is still owed, or its outcome is open.
    pub async fn abandon(&mut self) {
        self.channel.abandon().await;
    }

    async fn exchange(
        &mut self,
        command: &Command,
        cancel: &CancellationToken,
    ) -> Result<Exchange, DriverError> {
        let line = command.to_string();
        let never = CancellationToken::new();
        let cancel = if command.is_interruptible() {
            cancel
        } else {
            &never
        };
        let wait = Wait {
            limit: command.limit(self.channel.tuning()),
            cancel,
            settle: command.settle(),
        };
        let result = self.channel.exchange(&line, &wait).await;
        self.or_stop(line, result).await
    }

    /// Names the command in an error, and brings the prompt back by Ctrl-C when the wait was cancelled.
    async fn or_stop<T>(
        &mut self,
        command: String,
        result: Result<T, ChannelError>,
    ) -> Result<T, DriverError> {
        match result {
            Err(ChannelError::Cancelled { .. }) => {
                let never = CancellationToken::new();
                let wait = Wait {
                    limit: INTERRUPT_LIMIT,
                    cancel: &never,
                    settle: Settle::Quiet,
                };
                let stopped = self.channel.interrupt(&wait).await;
                match stopped.map(|exchange| exchange.ending) {
                    Ok(Ending::Prompt(_)) => Err(DriverError::Stopped { command }),
                    Ok(Ending::Question { text, .. }) => Err(DriverError::Question { command, text }),
                    Err(source) => Err(DriverError::Channel { command, source }),
                }
            }
            result => result.map_err(|source| DriverError::Channel { command, source }),
        }
    }

    fn arrive(&mut self, command: &Command, prompt: Prompt, asked: bool) -> Result<(), DriverError> {
        let mode = Mode::of(&prompt);
        let wrong = |context| DriverError::Mode {
            command: command.to_string(),
            context,
        };
        let Some(mode) = mode else {
            return Err(wrong(prompt.context));
        };
        let allowed = modes::may_lead_to(command, self.mode, mode, asked);
        self.mode = mode;
        self.context.clone_from(&prompt.context);
        if allowed {
            Ok(())
        } else {
            Err(wrong(prompt.context))
        }
    }
}
