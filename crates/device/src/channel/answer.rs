//! An answer while it arrives: where it begins, what it ends in, and what in it is none of it.

use std::time::Duration;

use tokio::time::Instant;

use super::{ChannelError, Dialogue, Prompt, QuestionKind, Settle, Tuning, echo::Echo, screen::Screen};
use crate::transport::TransportError;

/// What the text so far ends in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Tail {
    Prompt(Prompt),
    Renamed(Prompt),
    Question(QuestionKind),
    Pager,
    Open,
}

/// What the text so far ends in, and how far that is to be believed.
#[derive(Clone, Debug)]
pub(super) struct End {
    pub(super) tail: Tail,
    /// How long it must stay quiet to be believed; `None` if nothing ends here.
    pub(super) quiet: Option<Duration>,
    /// It is believed at once although nothing proves it yet.
    pub(super) on_credit: bool,
}

impl End {
    const OPEN: Self = Self {
        tail: Tail::Open,
        quiet: None,
        on_credit: false,
    };

    fn after(tail: Tail, quiet: Duration) -> Self {
        Self {
            tail,
            quiet: Some(quiet),
            on_credit: false,
        }
    }
}

/// An answer while it arrives.
pub(super) struct Answer<'a> {
    pub(super) command: &'a str,
    /// The prompt at which the line was typed, where one is known.
    pub(super) typed_at: Option<Prompt>,
    pub(super) started: Instant,
    pub(super) screen: Screen,
    pub(super) raw: Vec<u8>,
    pub(super) echo: Echo,
    pub(super) cut_by_pager: bool,
}

impl<'a> Answer<'a> {
    pub(super) fn new(command: &'a str, echo: Echo) -> Self {
        Self {
            command,
            typed_at: None,
            started: Instant::now(),
            screen: Screen::default(),
            raw: Vec::new(),
            echo,
            cut_by_pager: false,
        }
    }

    pub(super) fn take(&mut self, packet: &[u8], limit: usize) -> Result<(), ChannelError> {
        if self.raw.len() + packet.len() > limit {
            return Err(ChannelError::TooLong {
                command: self.command.to_owned(),
                limit,
            });
        }
        self.raw.extend_from_slice(packet);
        self.screen.feed(packet);
        Ok(())
    }

    /// Judges the end of the text.
    pub(super) fn end(
        &mut self,
        dialogue: &Dialogue,
        host: &str,
        tuning: &Tuning,
        settle: Settle,
    ) -> Result<End, ChannelError> {
        let text = self.screen.text();
        let Some(start) = self
            .echo
            .find(text, dialogue, host)
            .map_err(|()| self.out_of_step())?
        else {
            return Ok(End::OPEN);
        };
        let fresh = &text[start.max(self.screen.mark())..];
        if fresh.is_empty() || !self.screen.waits_on_fresh_line() {
            return Ok(End::OPEN);
        }
        if let Some((prompt, before)) = prompt_at_end(fresh, dialogue, host) {
            if !host.is_empty() && prompt.host != host {
                return Ok(End::after(Tail::Renamed(prompt), tuning.renamed));
            }
            // A prompt ends in a blank; without it the rest of the prompt may be on its way.
            if !fresh.ends_with(' ') {
                return Ok(End::after(Tail::Prompt(prompt), tuning.quiet));
            }
            let said = fresh[..before].trim_end();
            let last = said.rsplit('\n').next().unwrap_or(said);
            let silent = settle == Settle::SilenceAtOnce && said.is_empty();
            let proven = !host.is_empty() && (silent || dialogue.last_line.is_match(last));
            let on_credit = settle == Settle::OnCredit
                && !proven
                && !dialogue.bare_host.is_match(&prompt.host)
                && self.typed_at.as_ref().is_none_or(|typed_at| *typed_at == prompt);
            let quiet = if proven || on_credit {
                Duration::ZERO
            } else {
                tuning.quiet
            };
            return Ok(End {
                on_credit,
                ..End::after(Tail::Prompt(prompt), quiet)
            });
        }
        // An answer that was cut within a line has its prompt glued to it.
        if let Some((prompt, _)) = prompt_behind_text(fresh, dialogue, host) {
            return Ok(End::after(Tail::Prompt(prompt), tuning.renamed));
        }
        // A broadcast may follow a question; the question still waits.
        let end = last_bytes(before_broadcasts(fresh, dialogue, host), 2048);
        let line = end.rsplit('\n').next().unwrap_or(end);
        if dialogue.pager.is_match(line) {
            return Ok(End::after(Tail::Pager, tuning.quiet));
        }
        if let Some(kind) = dialogue.question(end) {
            return Ok(End::after(Tail::Question(kind), tuning.quiet));
        }
        let silent_stranger = host.is_empty() && !line.trim().is_empty() && !dialogue.busy.is_match(line);
        if dialogue.maybe_question.is_match(line) || silent_stranger {
            let unknown = Tail::Question(QuestionKind::Unknown);
            return Ok(End::after(unknown, tuning.unknown_question));
        }
        Ok(End::OPEN)
    }

    /// The answer without echo, prompt and broadcasts; and the broadcasts.
    pub(super) fn body(&mut self, dialogue: &Dialogue, host: &str) -> (String, Vec<String>) {
        let text = self.screen.text();
        let start = self.echo.find(text, dialogue, host).ok().flatten();
        let (before, answer) = text.split_at(start.unwrap_or(0));
        let mut broadcasts: Vec<String> = Vec::new();
        if start.is_some() {
            broadcasts.extend(
                before
                    .lines()
                    .filter_map(|line| broadcast_in(line, dialogue, host)),
            );
        }
        // A broadcast may be written behind a prompt, which is then drawn again.
        let mut end = answer.len();
        while let Some((_, before)) = prompt_at_end(&answer[..end], dialogue, host) {
            end = before;
        }
        if end == answer.len()
            && let Some((_, before)) = prompt_behind_text(answer, dialogue, host)
        {
            end = before;
        }
        let mut kept = String::with_capacity(end);
        for line in answer[..end].split_inclusive('\n') {
            let bare = line.trim_end();
            if let Some(broadcast) = broadcast_in(bare, dialogue, host) {
                broadcasts.push(broadcast);
            } else if self.cut_by_pager
                && let Some(pager) = dialogue.pager.find(bare)
            {
                let before = &bare[..pager.start()];
                if !before.trim().is_empty() {
                    kept.push_str(before);
                    kept.push('\n');
                }
            } else {
                kept.push_str(line);
            }
        }
        broadcasts.extend(
            answer[end..]
                .lines()
                .filter_map(|line| broadcast_in(line, dialogue, host)),
        );
        (kept, broadcasts)
    }

    /// Whether the line is echoed at a prompt once more in the middle of its answer: then what stands before that is
    /// the rest of an earlier answer, and the first echo was the terminal's.
    pub(super) fn is_echoed_within(&self, text: &str, host: &str) -> bool {
        self.echo.proves()
            && text
                .lines()
                .filter_map(|line| after_prompt(line, host))
                .any(|typed| typed.trim() == self.command.trim())
    }

    pub(super) fn out_of_step(&self) -> ChannelError {
        let (command, said) = (self.command.to_owned(), self.screen.text().to_owned());
        if self.echo.proves() {
            ChannelError::FalsePrompt { command, said }
        } else {
            ChannelError::OutOfStep { command, said }
        }
    }

    pub(super) fn closed(&self, source: TransportError) -> ChannelError {
        ChannelError::Closed {
            command: self.command.to_owned(),
            said: self.screen.text().to_owned(),
            source,
        }
    }

    pub(super) fn closed_after(
        &mut self,
        source: TransportError,
        dialogue: &Dialogue,
        host: &str,
    ) -> ChannelError {
        let said = self.body(dialogue, host).0;
        ChannelError::Closed {
            command: self.command.to_owned(),
            said,
            source,
        }
    }
}

/// Finds a waiting prompt at the end of `text`, looking past broadcasts that followed it. Returns it with the
/// offset at which its line begins.
fn prompt_at_end(text: &str, dialogue: &Dialogue, host: &str) -> Option<(Prompt, usize)> {
    let mut end = text.len();
    let mut past_broadcast = false;
    loop {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &text[start..end];
        let is_last = end == text.len();
        if (is_last || past_broadcast)
            && let Some(prompt) = dialogue.waiting_prompt(line)
        {
            return Some((prompt, start));
        }
        if broadcast_in(line, dialogue, host).is_some() {
            past_broadcast = true;
            if let Some(prompt) = glued_prompt(line, dialogue, host) {
                return Some((prompt, start));
            }
        } else if !line.trim().is_empty() {
            return None;
        }
        end = start.checked_sub(1)?;
    }
}

/// Finds our host's waiting prompt behind other text on the last line.
fn prompt_behind_text(text: &str, dialogue: &Dialogue, host: &str) -> Option<(Prompt, usize)> {
    if host.is_empty() {
        return None;
    }
    let line = text.rfind('\n').map_or(0, |newline| newline + 1);
    let start = line + text[line..].rfind(host)?;
    let prompt = dialogue.waiting_prompt(&text[start..])?;
    (prompt.host == host).then_some((prompt, start))
}

/// The text without the broadcasts at its end, nor the line end that set them off.
fn before_broadcasts<'a>(text: &'a str, dialogue: &Dialogue, host: &str) -> &'a str {
    let mut end = text.len();
    let mut kept = text.len();
    loop {
        let start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
        let line = &text[start..end];
        if broadcast_in(line, dialogue, host).is_some() {
            kept = start.saturating_sub(1);
        } else if !line.trim().is_empty() {
            return &text[..kept];
        }
        if start == 0 {
            return &text[..kept];
        }
        end = start - 1;
    }
}

/// Reads a line as a broadcast, which may have been written behind a waiting prompt.
fn broadcast_in(line: &str, dialogue: &Dialogue, host: &str) -> Option<String> {
    let said = after_prompt(line, host).unwrap_or(line);
    dialogue.is_broadcast(said).then(|| said.trim().to_owned())
}

fn glued_prompt(line: &str, dialogue: &Dialogue, host: &str) -> Option<Prompt> {
    let said = after_prompt(line, host)?;
    dialogue.waiting_prompt(&line[..line.len() - said.len()])
}

/// What stands on a line behind `HOST# ` or `HOST(context)# `.
pub(super) fn after_prompt<'a>(line: &'a str, host: &str) -> Option<&'a str> {
    if host.is_empty() {
        return None;
    }
    let rest = line.strip_prefix(host)?;
    let rest = match rest.strip_prefix('(') {
        Some(context) => context.split_once(')')?.1,
        None => rest,
    };
    let rest = rest.strip_prefix('#')?;
    Some(rest.strip_prefix(' ').unwrap_or(rest))
}

fn last_bytes(text: &str, count: usize) -> &str {
    let mut at = text.len().saturating_sub(count);
    while !text.is_char_boundary(at) {
        at += 1;
    }
    &text[at..]
}
