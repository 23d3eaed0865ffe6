//! A device at its terminal, with a clock of its own: what it says, in which packets, and what it echoes when.

use std::{collections::VecDeque, future::pending, time::Duration};

use async_trait::async_trait;
use bk_device::transport::{Transport, TransportError};
use bytes::Bytes;
use tokio::time::{Instant, sleep_until};

pub(crate) const PROMPT: &str = "LEAF-A01# ";
pub(crate) const BROADCAST: &str = "Commit succeeded by birch at 09-Mar-2026 19:09:18 UTC";

/// A piece of an answer, and how long the device rests before it.
#[derive(Clone, Debug)]
pub(crate) struct Piece {
    pub(crate) rest: Duration,
    pub(crate) text: String,
}

impl Piece {
    pub(crate) fn at_once(text: &str) -> Self {
        Self::after(0, text)
    }

    pub(crate) fn after(millis: u64, text: &str) -> Self {
        Self {
            rest: Duration::from_millis(millis),
            text: text.to_owned(),
        }
    }
}

/// Who shows what is typed while an answer still comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Echoes {
    /// The command line alone, when it reads the line.
    Reader,
    /// The terminal too, at once, in the middle of the answer.
    Terminal,
}

/// What a device does beside answering.
#[derive(Clone, Debug)]
pub(crate) struct Manner {
    pub(crate) echoes: Echoes,
    /// Everything that is due comes in one packet.
    pub(crate) merged: bool,
    /// What follows each prompt but the first at once, unasked.
    pub(crate) behind_prompt: String,
    /// What it says to a remark.
    pub(crate) to_remarks: String,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            echoes: Echoes::Reader,
            merged: false,
            behind_prompt: String::new(),
            to_remarks: String::new(),
        }
    }
}

/// Answers each line by `answers`; a line that is not there by silence.
pub(crate) struct Terminal {
    manner: Manner,
    answers: Vec<(String, Vec<Piece>)>,
    typed: Vec<u8>,
    /// When it says what.
    out: VecDeque<(Instant, Vec<u8>)>,
    /// When it waits at its prompt.
    free: Instant,
}

impl Terminal {
    pub(crate) fn new(manner: Manner, greeting: &[Piece], answers: Vec<(String, Vec<Piece>)>) -> Self {
        let mut terminal = Self {
            manner,
            answers,
            typed: Vec::new(),
            out: VecDeque::new(),
            free: Instant::now(),
        };
        terminal.answer(greeting, "");
        terminal
    }

    fn say(&mut self, at: Instant, text: &str) {
        let later = self.out.partition_point(|(due, _)| *due <= at);
        self.out
            .insert(later, (at, text.replace('\n', "\r\n").into_bytes()));
    }

    fn answer(&mut self, pieces: &[Piece], behind: &str) {
        for piece in pieces {
            self.free += piece.rest;
            self.say(self.free, &piece.text);
        }
        self.say(self.free, PROMPT);
        if !behind.is_empty() {
            self.say(self.free, behind);
        }
    }

    fn take(&mut self, line: &str) {
        let now = Instant::now();
        let echo = format!("{line}\n");
        if now < self.free && self.manner.echoes == Echoes::Terminal {
            self.say(now, &echo);
        }
        self.free = self.free.max(now);
        self.say(self.free, &echo);
        let answer = if line.starts_with('#') {
            vec![Piece::at_once(&self.manner.to_remarks)]
        } else {
            let found = self.answers.iter().find(|(command, _)| command == line);
            found.map(|(_, answer)| answer.clone()).unwrap_or_default()
        };
        let behind = self.manner.behind_prompt.clone();
        self.answer(&answer, &behind);
    }
}

#[async_trait]
impl Transport for Terminal {
    async fn read(&mut self) -> Result<Bytes, TransportError> {
        let Some((due, _)) = self.out.front() else {
            return pending().await;
        };
        sleep_until(*due).await;
        let mut packet = Vec::new();
        while let Some((due, _)) = self.out.front()
            && *due <= Instant::now()
            && (packet.is_empty() || self.manner.merged)
        {
            packet.extend(self.out.pop_front().map(|(_, bytes)| bytes).unwrap_or_default());
        }
        if packet.is_empty() {
            return self.read().await;
        }
        Ok(packet.into())
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.typed.extend_from_slice(bytes);
        while let Some(end) = self.typed.iter().position(|byte| *byte == b'\n') {
            let line: Vec<u8> = self.typed.drain(..=end).collect();
            self.take(String::from_utf8_lossy(&line).trim_end());
        }
        Ok(())
    }

    async fn close(&mut self) {
        self.out.clear();
    }
}
