//! Commands that only read: sent without a pause in between, and proven before their answers are used.

use tokio_util::sync::CancellationToken;

use super::{Answer, Driver, DriverError, Mode};
use crate::{
    channel::{ChannelError, Settle, Wait},
    platforms::dnos::{Command, Show},
};

/// How often reads are taken when what looked like a prompt was none.
const READS: usize = 3;

impl Driver {
    /// Sends reading commands one after another and returns their answers, in order.
    ///
    /// Each is sent as soon as the prompt shows, and all answers are proven before any is returned: each by the echo
    /// of the next, the last by a remark. If a prompt was none, all are read again, each with silence after it.
    ///
    /// # Errors
    /// See [`DriverError`].
    pub async fn read_all(
        &mut self,
        shows: &[Show],
        cancel: &CancellationToken,
    ) -> Result<Vec<Answer>, DriverError> {
        let mut reads = 1;
        loop {
            let command = match self.read_on_credit(shows, cancel).await {
                Err(DriverError::Channel {
                    command,
                    source: ChannelError::FalsePrompt { .. },
                }) if reads < READS => command,
                read => return read,
            };
            reads += 1;
            let wait = self.reading_wait(cancel);
            let result = self.channel.resync(&wait).await;
            let prompt = self.or_stop(command.clone(), result).await?;
            if Mode::of(&prompt) != Some(self.mode) {
                return Err(DriverError::Mode {
                    command,
                    context: prompt.context,
                });
            }
            self.context = prompt.context;
        }
    }

    async fn read_on_credit(
        &mut self,
        shows: &[Show],
        cancel: &CancellationToken,
    ) -> Result<Vec<Answer>, DriverError> {
        let mut answers = Vec::with_capacity(shows.len());
        for show in shows {
            answers.push(self.run_once(&Command::Show(show.clone()), cancel).await?);
        }
        if let (Some(last), Some(show)) = (answers.last_mut(), shows.last()) {
            let wait = self.reading_wait(cancel);
            let result = self.channel.prove(&wait).await;
            last.broadcasts
                .extend(self.or_stop(show.to_string(), result).await?);
        }
        Ok(answers)
    }

    fn reading_wait<'a>(&self, cancel: &'a CancellationToken) -> Wait<'a> {
        Wait {
            limit: self.channel.tuning().answer,
            cancel,
            settle: Settle::Quiet,
        }
    }
}
