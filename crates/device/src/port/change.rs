//! Steps that change something: lines in the candidate, commits, and taking them back.

use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, PrepareOutcome, PreparedRefusal,
    StepError,
};
use tokio_util::sync::CancellationToken;

use super::session::DnosSession;
use crate::{
    channel::QuestionKind,
    driver::Answer,
    platforms::dnos::{
        Command, DIALOGUE, Minutes,
        answers::{self, ClearAnswer, CommitAnswer, LineAnswer},
    },
};

impl DnosSession {
    /// Sends lines for the candidate, each from the root (REF 4.3). Returns the first refusal if `stop_at_refusal`,
    /// else goes on and returns it at the end: each line stands alone.
    async fn send_lines(
        &mut self,
        lines: &[CliLine],
        stop_at_refusal: bool,
        cancel: &CancellationToken,
    ) -> Result<Option<(usize, String)>, StepError> {
        let mut refusal = None;
        for (index, line) in lines.iter().enumerate() {
            if cancel.is_cancelled() {
                return Err(StepError::Cancelled {
                    device: self.talk.device().clone(),
                });
            }
            let command = Command::Line(line.clone());
            self.sent_lines = true;
            let mut answer = self.talk.ask(&command, cancel).await?;
            self.talk.keep_notices(std::mem::take(&mut answer.broadcasts));
            let top = self.talk.ask(&Command::Top, cancel).await?;
            self.talk.keep_notices(top.broadcasts);
            if !top.text.trim().is_empty() || top.question.is_some() {
                return Err(self.talk.unrecognised(&Command::Top, &top.text));
            }
            match answers::read_line(&answer.text) {
                Some(LineAnswer::Taken) if answer.question.is_none() => {}
                Some(LineAnswer::Refused) => {
                    refusal.get_or_insert((index, words(&answer)));
                    if stop_at_refusal {
                        return Ok(refusal);
                    }
                }
                _ => return Err(self.talk.unrecognised(&command, &answer.text)),
            }
        }
        Ok(refusal)
    }

    pub(super) async fn prepare_lines(
        &mut self,
        lines: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<PrepareOutcome, StepError> {
        self.talk.enter(cancel).await?;
        let candidate = self.compare(cancel).await?;
        if candidate != Candidate::Empty {
            return Ok(PrepareOutcome::CandidateNotEmpty { candidate });
        }
        if let Some((index, words)) = self.send_lines(lines, true, cancel).await? {
            let refusal = PreparedRefusal::Line {
                index,
                line: lines[index].to_string(),
            };
            return Ok(PrepareOutcome::Refused { refusal, words });
        }
        let candidate = self.compare(cancel).await?;
        let (read, answer) = self.commit(&Command::CommitCheck).await?;
        let words = words(&answer);
        match read {
            Committed::OutOfSync => Ok(PrepareOutcome::OutOfSync { words }),
            // Some devices pass a check that has nothing to check (REF 7.2): compare tells.
            Committed::Answer(CommitAnswer::CheckPassed) if candidate == Candidate::Empty => {
                Ok(PrepareOutcome::NothingToChange { words })
            }
            Committed::Answer(CommitAnswer::CheckPassed) => Ok(PrepareOutcome::Ready { candidate }),
            Committed::Answer(CommitAnswer::NoChange) => Ok(PrepareOutcome::NothingToChange { words }),
            Committed::Answer(CommitAnswer::Refused) => Ok(PrepareOutcome::Refused {
                refusal: PreparedRefusal::CommitCheck,
                words,
            }),
            Committed::Answer(CommitAnswer::Succeeded(_) | CommitAnswer::Confirmed) => {
                Err(self.talk.unrecognised(&Command::CommitCheck, &words))
            }
        }
    }

    pub(super) async fn arm_timer(&mut self, minutes: u16) -> Result<ArmOutcome, StepError> {
        let never = CancellationToken::new();
        let Some(minutes) = Minutes::new(minutes) else {
            let text = "a commit confirm of 0 minutes is never sent".to_owned();
            return Err(StepError::Unrecognised {
                device: self.talk.device().clone(),
                command: "commit confirm".into(),
                text,
            });
        };
        self.talk.enter(&never).await?;
        let command = Command::CommitConfirm(minutes);
        let (read, answer) = self.commit(&command).await?;
        let words = words(&answer);
        match read {
            Committed::OutOfSync => Ok(ArmOutcome::OutOfSync { words }),
            Committed::Answer(CommitAnswer::Succeeded(success)) => {
                self.sent_lines = false;
                Ok(ArmOutcome::Committed { success, words })
            }
            Committed::Answer(CommitAnswer::NoChange) => Ok(ArmOutcome::NothingToChange { words }),
            Committed::Answer(CommitAnswer::Refused) => Ok(ArmOutcome::Refused { words }),
            Committed::Answer(CommitAnswer::Confirmed | CommitAnswer::CheckPassed) => {
                Err(self.talk.unrecognised(&command, &words))
            }
        }
    }

    pub(super) async fn confirm_pending(
        &mut self,
        consented: Option<&str>,
    ) -> Result<ConfirmOutcome, StepError> {
        let never = CancellationToken::new();
        self.talk.enter(&never).await?;
        let candidate = self.compare(&never).await?;
        let may = match &candidate {
            Candidate::Empty => true,
            Candidate::Differs { text, .. } => consented == Some(text.as_str()),
        };
        if !may {
            return Ok(ConfirmOutcome::CandidateNotEmpty { candidate });
        }
        let (read, answer) = self.commit(&Command::Confirm).await?;
        let words = words(&answer);
        match read {
            Committed::Answer(CommitAnswer::Succeeded(_) | CommitAnswer::Confirmed) => {
                Ok(ConfirmOutcome::Confirmed { words })
            }
            Committed::Answer(CommitAnswer::NoChange) => Ok(ConfirmOutcome::NothingToCommit { words }),
            Committed::OutOfSync | Committed::Answer(CommitAnswer::Refused) => {
                Ok(ConfirmOutcome::Refused { words })
            }
            Committed::Answer(CommitAnswer::CheckPassed) => {
                Err(self.talk.unrecognised(&Command::Confirm, &words))
            }
        }
    }

    pub(super) async fn clear_pending(&mut self) -> Result<CancelOutcome, StepError> {
        let never = CancellationToken::new();
        let command = Command::ClearPendingCommit;
        let answer = self.talk.ask(&command, &never).await?;
        let words = words(&answer);
        // The broadcast of the rollback may undo another's commit too: the engine reads it as a notice.
        self.talk.keep_notices(answer.broadcasts.iter().cloned());
        match answers::read_clear(&answer.text, &answer.broadcasts) {
            Some(ClearAnswer::RolledBack) if answer.question.is_none() => {
                Ok(CancelOutcome::RolledBack { words })
            }
            Some(ClearAnswer::NothingPending) if answer.question.is_none() => {
                Ok(CancelOutcome::NothingPending { words })
            }
            _ => Err(self.talk.unrecognised(&command, &words)),
        }
    }

    pub(super) async fn clean_candidate(
        &mut self,
        reverse: &[CliLine],
        cancel: &CancellationToken,
    ) -> Result<CleanOutcome, StepError> {
        self.talk.enter(cancel).await?;
        // A line may be refused because what it removes is gone already; compare decides (REF 4.3).
        let refusal = self.send_lines(reverse, false, cancel).await?;
        let candidate = self.compare(cancel).await?;
        if candidate == Candidate::Empty {
            self.sent_lines = false;
            return Ok(CleanOutcome::Empty);
        }
        Ok(match refusal {
            Some((index, words)) => CleanOutcome::Refused {
                line: reverse[index].to_string(),
                words,
            },
            None => CleanOutcome::Left { candidate },
        })
    }

    /// Sends a commit or its check, and tells our own success line from the broadcasts of others.
    async fn commit(&mut self, command: &Command) -> Result<(Committed, Answer), StepError> {
        let never = CancellationToken::new();
        let answer = self.talk.ask(command, &never).await?;
        let read = match &answer.question {
            Some(question) if question.kind == QuestionKind::OutOfSync => Some(Committed::OutOfSync),
            // Any other question was replied with what stops the commit.
            Some(_) => Some(Committed::Answer(CommitAnswer::Refused)),
            None => answers::read_commit(&answer.text, &answer.broadcasts, &self.user).map(Committed::Answer),
        };
        let Some(read) = read else {
            return Err(self.talk.unrecognised(command, &words(&answer)));
        };
        let ours = match &read {
            Committed::Answer(CommitAnswer::Succeeded(success)) => Some(success.clone()),
            _ => None,
        };
        let of_others = answer
            .broadcasts
            .iter()
            .filter(|line| answers::read_success(line) != ours || ours.is_none());
        self.talk.keep_notices(of_others.cloned());
        Ok((read, answer))
    }
}

/// The reading of a commit.
enum Committed {
    Answer(CommitAnswer),
    OutOfSync,
}

/// The device's words: question, answer and broadcasts, without secrets.
fn words(answer: &Answer) -> String {
    let question = answer.question.iter().map(|question| question.text.as_str());
    let text = (answer.question.is_none()).then_some(answer.text.as_str());
    let lines = question
        .chain(text)
        .chain(answer.broadcasts.iter().map(String::as_str));
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    DIALOGUE.redact(&lines.join("\n"))
}
