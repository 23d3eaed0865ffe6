//! A driver with the device's name on every error, and nothing of what the device said lost on the way.

use std::collections::VecDeque;

use bk_engine::ports::StepError;
use bk_model::DeviceName;
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::errors;
use crate::{
    channel::QuestionKind,
    driver::{Answer, Driver, Mode},
    platforms::dnos::{Command, DIALOGUE, Show, answers},
};

/// What became of an attempt to leave configuration mode.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Leaving {
    /// The session is in operational mode.
    Left,
    /// The device asked about the candidate; the session stays in configuration mode.
    Asked {
        /// Its words.
        text: String,
    },
}

pub(super) struct Conversation {
    driver: Driver,
    device: DeviceName,
    /// What the session is busy with, in words.
    doing: &'static str,
    /// Broadcasts that no outcome has reported yet.
    notices: Vec<String>,
    /// The device's turn, given back as soon as the connection is gone.
    turn: Option<OwnedSemaphorePermit>,
}

impl Conversation {
    pub(super) fn new(driver: Driver, device: DeviceName, turn: OwnedSemaphorePermit) -> Self {
        Self {
            driver,
            device,
            doing: "signing in",
            notices: Vec::new(),
            turn: Some(turn),
        }
    }

    pub(super) fn device(&self) -> &DeviceName {
        &self.device
    }

    pub(super) fn host(&self) -> &str {
        self.driver.host()
    }

    pub(super) fn mode(&self) -> Mode {
        self.driver.mode()
    }

    /// Names what comes next, for errors.
    pub(super) fn begin(&mut self, doing: &'static str) {
        self.doing = doing;
    }

    /// Broadcasts since the last call.
    pub(super) fn take_notices(&mut self) -> Vec<String> {
        std::mem::take(&mut self.notices)
    }

    /// Keeps lines for the next outcome that reports notices.
    pub(super) fn keep_notices(&mut self, lines: impl IntoIterator<Item = String>) {
        self.notices.extend(lines);
    }

    /// Sends a command. Broadcasts stay in the answer.
    pub(super) async fn ask(
        &mut self,
        command: &Command,
        cancel: &CancellationToken,
    ) -> Result<Answer, StepError> {
        self.driver
            .run(command, cancel)
            .await
            .map_err(|error| errors::driver_error(&self.device, self.doing, error))
    }

    /// Sends a reading command and reads its answer.
    pub(super) async fn read<T>(
        &mut self,
        show: Show,
        cancel: &CancellationToken,
        reader: impl FnOnce(&str) -> Option<T>,
    ) -> Result<T, StepError> {
        self.read_all(vec![show], cancel).await?.next(reader)
    }

    /// Sends reading commands that do not depend on each other, one after another.
    pub(super) async fn read_all(
        &mut self,
        shows: Vec<Show>,
        cancel: &CancellationToken,
    ) -> Result<Answers, StepError> {
        let mut answers = self
            .driver
            .read_all(&shows, cancel)
            .await
            .map_err(|error| errors::driver_error(&self.device, self.doing, error))?;
        for answer in &mut answers {
            self.notices.append(&mut answer.broadcasts);
        }
        Ok(Answers {
            device: self.device.clone(),
            left: shows.into_iter().zip(answers).collect(),
        })
    }

    /// An answer in no known form.
    pub(super) fn unrecognised(&self, command: &Command, text: &str) -> StepError {
        unrecognised(&self.device, command, text)
    }

    /// Goes to configuration mode, which is silent (REF 3).
    pub(super) async fn enter(&mut self, cancel: &CancellationToken) -> Result<(), StepError> {
        let said = self.walk(Mode::Configuration, cancel).await?;
        match said.first() {
            None => Ok(()),
            Some(answer) => Err(self.unrecognised(&Command::Configure, &answer.text)),
        }
    }

    /// Goes to operational mode.
    pub(super) async fn leave(&mut self, cancel: &CancellationToken) -> Result<Leaving, StepError> {
        let said = self.walk(Mode::Operational, cancel).await?;
        match said.into_iter().next() {
            None => Ok(Leaving::Left),
            Some(Answer {
                question: Some(question),
                ..
            }) if question.kind == QuestionKind::LeaveUncommitted => {
                Ok(Leaving::Asked { text: question.text })
            }
            Some(answer) => Err(self.unrecognised(&Command::Exit, &answer.text)),
        }
    }

    /// Tries to go to operational mode past a candidate that differs: a `!` at the root leaves without a question
    /// where the device has it so (REF 3), and is only a level up where not. Stays where that does not help.
    pub(super) async fn slip_out(&mut self, cancel: &CancellationToken) -> Result<(), StepError> {
        if self.mode() == Mode::Configuration {
            let answer = self.ask(&Command::LevelUp, cancel).await?;
            self.notices.extend(answer.broadcasts);
            let harmless =
                answer.text.trim().is_empty() || answer.question.is_some() || answers::is_error(&answer.text);
            if !harmless {
                return Err(self.unrecognised(&Command::LevelUp, &answer.text));
            }
        }
        Ok(())
    }

    /// Signs out and gives the device's turn back.
    pub(super) async fn end(&mut self) -> Result<(), StepError> {
        let signed_out = self.driver.close().await;
        self.turn = None;
        signed_out.map_err(|error| errors::driver_error(&self.device, self.doing, error))
    }

    /// Drops the connection without a word and gives the device's turn back.
    pub(super) async fn give_up(&mut self) {
        self.driver.abandon().await;
        self.turn = None;
    }

    async fn walk(&mut self, mode: Mode, cancel: &CancellationToken) -> Result<Vec<Answer>, StepError> {
        let mut said = self
            .driver
            .go_to(mode, cancel)
            .await
            .map_err(|error| errors::driver_error(&self.device, self.doing, error))?;
        for answer in &mut said {
            self.notices.append(&mut answer.broadcasts);
        }
        said.retain(|answer| answer.question.is_some() || !answer.text.trim().is_empty());
        Ok(said)
    }
}

/// Answers in the order of their commands.
pub(super) struct Answers {
    device: DeviceName,
    left: VecDeque<(Show, Answer)>,
}

impl Answers {
    /// Reads the next answer.
    pub(super) fn next<T>(&mut self, reader: impl FnOnce(&str) -> Option<T>) -> Result<T, StepError> {
        let (show, answer) = self
            .left
            .pop_front()
            .expect("there are as many answers as commands, and each is read once");
        if answer.question.is_none()
            && let Some(read) = reader(&answer.text)
        {
            return Ok(read);
        }
        Err(unrecognised(&self.device, &Command::Show(show), &answer.text))
    }
}

fn unrecognised(device: &DeviceName, command: &Command, text: &str) -> StepError {
    StepError::Unrecognised {
        device: device.clone(),
        command: command.to_string(),
        text: DIALOGUE.redact(text.trim()),
    }
}
