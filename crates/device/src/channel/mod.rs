//! One interactive session as a sequence of exchanges: a line is sent, the answer ends in a prompt or a question.
//!
//! The channel knows bytes, prompts, echoes, pagers and time. It does not know commands, modes or platforms: what
//! a prompt or a question looks like is handed in as a [`Dialogue`].

mod answer;
mod dialogue;
mod echo;
mod error;
mod proof;
mod screen;

use std::{sync::Arc, time::Duration};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

pub use dialogue::{Dialogue, Prompt, QuestionKind};
pub use error::ChannelError;

use crate::transport::Transport;
use answer::{Answer, End, Tail};
use echo::Echo;
use proof::Trust;

/// How long silence must last before it means something, how long an answer may take, and how much may be read.
#[derive(Clone, Debug)]
pub struct Tuning {
    /// Silence after a prompt or a known question (REF 1.4: about 100 ms).
    pub quiet: Duration,
    /// Silence after a prompt with another host name, before it counts as a rename, and after one that is glued to
    /// other text, before it counts as the end of a cut answer.
    pub renamed: Duration,
    /// Silence after something that looks like a question (REF 13.5: 5 s).
    pub unknown_question: Duration,
    /// Longest answer, in bytes as received.
    pub max_answer: usize,
    /// Longest wait for the answer to an ordinary command; a configuration part may take twice as long.
    pub answer: Duration,
    /// Longest wait for a commit or commit check (REF 7.10).
    pub commit: Duration,
}

impl Default for Tuning {
    fn default() -> Self {
        Self {
            quiet: Duration::from_millis(100),
            renamed: Duration::from_secs(3),
            unknown_question: Duration::from_secs(5),
            max_answer: 64 * 1024 * 1024,
            answer: Duration::from_secs(60),
            commit: Duration::from_secs(900),
        }
    }
}

impl Tuning {
    /// The same with another silence after a prompt; the longer silences keep their proportion to it.
    #[must_use]
    pub fn quiet_for(self, quiet: Duration) -> Self {
        Self {
            quiet,
            renamed: quiet * 30,
            unknown_question: quiet * 50,
            ..self
        }
    }
}

/// How long one exchange may take, and what stops it earlier.
#[derive(Clone, Debug)]
pub struct Wait<'a> {
    /// Longest time from sending to the prompt.
    pub limit: Duration,
    /// Stops the wait.
    pub cancel: &'a CancellationToken,
    /// When a prompt is believed.
    pub settle: Settle,
}

/// When a prompt is believed to end an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Settle {
    /// After [`Tuning::quiet`] (REF 1.4 b): output may hold text that looks like a prompt.
    Quiet,
    /// At once if nothing stands between echo and prompt, else after [`Tuning::quiet`]. For commands whose answer is
    /// silence: should anything follow after all, it is found before the next echo and stops the session there.
    SilenceAtOnce,
    /// At once, if it is the prompt at which the line was typed. For lines that may be repeated without harm, because
    /// such a prompt proves nothing yet: it may be text in the middle of the answer. What proves it is that nothing but
    /// broadcasts stands between it and the echo of the next line, and in the end that a remark
    /// ([`Channel::prove`]) is answered by silence. Until then the answer must not be used.
    OnCredit,
}

/// Is told every line sent and every answer received.
pub trait Record: Send + Sync {
    /// A line is about to be sent.
    fn sent(&self, line: &str);
    /// The device answered; control sequences are removed.
    fn answered(&self, text: &str);
    /// Something about the session itself.
    fn note(&self, text: &str);
}

/// What ended an exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ending {
    /// The prompt.
    Prompt(Prompt),
    /// A question, with the lines that ask it.
    Question {
        /// Which.
        kind: QuestionKind,
        /// The device's words.
        text: String,
    },
}

/// One exchange.
#[derive(Clone, Debug)]
pub struct Exchange {
    /// The answer: no echo, no prompt, no broadcasts, line ends are LF.
    pub text: String,
    /// What ended it.
    pub ending: Ending,
    /// Lines that the device sent to every session meanwhile, unedited.
    pub broadcasts: Vec<String>,
    /// Whether the pager cut the answer: what it held back is lost.
    pub cut_by_pager: bool,
    /// The bytes as received, echo and prompt included.
    pub raw: Vec<u8>,
    /// Whether the ending was believed on credit ([`Settle::OnCredit`]) and is still to be proven.
    pub on_credit: bool,
    /// Time from sending to the end.
    pub took: Duration,
}

/// An interactive session on a transport.
///
/// After an error the answer to the last line is still owed: nothing but [`Channel::interrupt`] and
/// [`Channel::abandon`] makes sense then.
pub struct Channel {
    transport: Box<dyn Transport>,
    dialogue: &'static Dialogue,
    tuning: Tuning,
    record: Arc<dyn Record>,
    host: String,
    /// The prompt at which the device waits.
    prompt: Option<Prompt>,
    /// That prompt was believed on credit.
    owes_proof: bool,
    trust: Trust,
    /// Remarks sent so far.
    remarks: u32,
}

impl Channel {
    /// Timing and sizes of this dialogue.
    pub fn tuning(&self) -> &Tuning {
        &self.tuning
    }

    /// Waits for the first prompt and learns the host name from it (REF 1.4 a). Returns the channel, the prompt
    /// and what the device said before it.
    ///
    /// # Errors
    /// [`ChannelError::NoPrompt`] when what answers stays silent without showing a prompt of this platform, or
    /// asks a question instead; the others as their names say.
    pub async fn open(
        transport: Box<dyn Transport>,
        dialogue: &'static Dialogue,
        tuning: Tuning,
        record: Arc<dyn Record>,
        wait: &Wait<'_>,
    ) -> Result<(Self, Prompt, String), ChannelError> {
        let mut channel = Self {
            transport,
            dialogue,
            tuning,
            record,
            host: String::new(),
            prompt: None,
            owes_proof: false,
            trust: Trust::AtOnce,
            remarks: 0,
        };
        let mut answer = Answer::new("", Echo::none());
        let end = channel.finish(&mut answer, wait).await;
        let said = channel.dialogue.redact(answer.body(dialogue, "").0.trim());
        if !said.is_empty() {
            channel.record.answered(&said);
        }
        let end = end?;
        let Tail::Prompt(prompt) = end.tail else {
            return Err(ChannelError::NoPrompt { said });
        };
        channel.arrive(&prompt, end.on_credit);
        let prompt = match channel.prove(wait).await {
            Err(ChannelError::FalsePrompt { .. }) => {
                channel.host.clear();
                channel.resync(wait).await?
            }
            proven => {
                proven?;
                prompt
            }
        };
        Ok((channel, prompt, said))
    }

    /// The host name that prompts must show.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Sends one line and waits for what ends its answer.
    ///
    /// If the pager starts it is left with `q`, and [`Exchange::cut_by_pager`] says so.
    ///
    /// # Errors
    /// See [`ChannelError`]. The line may have been carried out in every case.
    pub async fn exchange(&mut self, line: &str, wait: &Wait<'_>) -> Result<Exchange, ChannelError> {
        self.record.sent(&self.dialogue.redact(line));
        let echo = if self.owes_proof {
            Echo::at_the_prompt(line)
        } else {
            Echo::of(line)
        };
        self.converse(line.as_bytes(), b"\n", Answer::new(line, echo), wait)
            .await
    }

    /// Sends Ctrl-C and waits for the prompt. Never to be used while a commit runs (REF 1.1: it asks a question then).
    ///
    /// # Errors
    /// See [`ChannelError`].
    pub async fn interrupt(&mut self, wait: &Wait<'_>) -> Result<Exchange, ChannelError> {
        self.record.sent("^C");
        self.converse(&[0x03], b"", Answer::new("^C", Echo::none()), wait)
            .await
    }

    /// Sends a line that ends the session and waits until the device has closed the connection.
    ///
    /// # Errors
    /// What came instead: a prompt or a question ([`ChannelError::OutOfStep`]), or nothing in time. The connection
    /// is dropped in every case.
    pub async fn sign_out(&mut self, line: &str, wait: &Wait<'_>) -> Result<(), ChannelError> {
        let result = self.exchange(line, wait).await;
        self.transport.close().await;
        match result {
            Err(ChannelError::Closed { .. }) => Ok(()),
            Err(error) => Err(error),
            Ok(exchange) => Err(ChannelError::OutOfStep {
                command: line.to_owned(),
                said: exchange.text,
            }),
        }
    }

    /// Drops the connection without a word.
    pub async fn abandon(&mut self) {
        self.transport.close().await;
    }

    async fn converse(
        &mut self,
        line: &[u8],
        enter: &[u8],
        mut answer: Answer<'_>,
        wait: &Wait<'_>,
    ) -> Result<Exchange, ChannelError> {
        let sent_at = Instant::now();
        answer.typed_at = self.prompt.take();
        self.owes_proof = false;
        let result = match self.transport.write(&[line, enter].concat()).await {
            Ok(()) => self.finish_past_pager(&mut answer, wait).await,
            Err(source) => Err(answer.closed(source)),
        };
        let (text, broadcasts) = answer.body(self.dialogue, &self.host);
        self.report(&answer, &text, &broadcasts);
        let end = result?;
        if answer.is_echoed_within(&text, &self.host) {
            return Err(answer.out_of_step());
        }
        // An echo that is still to prove the answer before it may be the terminal's, whatever this answer looks like.
        let on_credit = end.on_credit || answer.echo.proves();
        let ending = match end.tail {
            Tail::Prompt(prompt) => {
                self.arrive(&prompt, on_credit);
                Ending::Prompt(prompt)
            }
            Tail::Renamed(prompt) => {
                self.record.note(&format!(
                    "the prompt changed from {} to {}",
                    self.host, prompt.host
                ));
                self.arrive(&prompt, false);
                Ending::Prompt(prompt)
            }
            Tail::Question(kind) => Ending::Question {
                kind,
                text: text.trim().to_owned(),
            },
            // `finish` returns none of these.
            Tail::Pager | Tail::Open => return Err(answer.out_of_step()),
        };
        Ok(Exchange {
            text,
            ending,
            broadcasts,
            cut_by_pager: answer.cut_by_pager,
            raw: answer.raw,
            on_credit,
            took: sent_at.elapsed(),
        })
    }

    fn arrive(&mut self, prompt: &Prompt, on_credit: bool) {
        self.host.clone_from(&prompt.host);
        self.prompt = Some(prompt.clone());
        self.owes_proof = on_credit;
    }

    fn report(&self, answer: &Answer<'_>, text: &str, broadcasts: &[String]) {
        if !text.trim().is_empty() {
            self.record.answered(&self.dialogue.redact(text.trim_end()));
        }
        for line in broadcasts {
            self.record.note(&format!("broadcast: {line}"));
        }
        if answer.screen.is_lossy() {
            for line in answer
                .raw
                .split(|byte| *byte == b'\n')
                .filter(|line| std::str::from_utf8(line).is_err())
            {
                let escaped = line.escape_ascii().to_string();
                self.record
                    .note(&format!("not UTF-8: {}", self.dialogue.redact(&escaped)));
            }
        }
    }

    async fn finish_past_pager(
        &mut self,
        answer: &mut Answer<'_>,
        wait: &Wait<'_>,
    ) -> Result<End, ChannelError> {
        loop {
            match self.finish(answer, wait).await? {
                End {
                    tail: Tail::Pager, ..
                } => {
                    answer.cut_by_pager = true;
                    answer.screen.set_mark();
                    self.record.note("the pager was left with q");
                    self.transport
                        .write(b"q")
                        .await
                        .map_err(|source| answer.closed(source))?;
                }
                end => return Ok(end),
            }
        }
    }

    /// Reads until the answer ends in something that has stayed quiet for long enough.
    async fn finish(&mut self, answer: &mut Answer<'_>, wait: &Wait<'_>) -> Result<End, ChannelError> {
        let deadline = answer.started + wait.limit;
        loop {
            let mut end = answer.end(self.dialogue, &self.host, &self.tuning, wait.settle)?;
            if end.on_credit {
                end = self.trust.weigh(end, &self.tuning);
            }
            let settled = match end.quiet {
                Some(quiet) if quiet.is_zero() => return Ok(end),
                quiet => quiet.map(|quiet| Instant::now() + quiet),
            };
            tokio::select! {
                biased;
                () = wait.cancel.cancelled() => return Err(ChannelError::Cancelled { command: answer.command.to_owned() }),
                () = sleep_until(deadline) => {
                    let said = answer.body(self.dialogue, &self.host).0;
                    return Err(ChannelError::Deadline { command: answer.command.to_owned(), waited: wait.limit, said });
                }
                packet = self.transport.read() => match packet {
                    Ok(packet) => answer.take(&packet, self.tuning.max_answer)?,
                    Err(source) => return Err(answer.closed_after(source, self.dialogue, &self.host)),
                },
                () = sleep_until(settled.unwrap_or(deadline)), if settled.is_some() => return Ok(end),
            }
        }
    }
}
