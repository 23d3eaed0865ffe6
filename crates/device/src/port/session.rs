//! The protocol's steps as commands and readers.

use std::net::SocketAddr;

use async_trait::async_trait;
use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, DeviceSession, EntryDelta, Facts, MacFact,
    PrepareOutcome, PreparedRefusal, Probe, ReadScope, Reading, RollbackEntry, StepError,
};
use bk_model::{BridgeDomainName, DeviceName};
use chrono::{DateTime, FixedOffset};
use tokio::sync::OwnedSemaphorePermit;
use tokio_util::sync::CancellationToken;

use super::conversation::{Conversation, Leaving};
use crate::{
    channel::QuestionKind,
    driver::{Answer, Driver, Mode},
    platforms::dnos::{
        Command, ConfigPart, DIALOGUE, EntryId, Minutes, OLDEST_RELEASE, Show,
        answers::{self, ClearAnswer, CommitAnswer, LineAnswer},
        compare, config, interfaces,
        interfaces::ReadRows,
        macs, neighbours, rollback, sessions,
        system::{self, SystemVersion},
    },
};

/// How often a read that a broadcast, a cut or a moving rollback head disturbed is taken.
const READS: usize = 3;

/// A signed-in session on one device.
pub(super) struct DnosSession {
    talk: Conversation,
    user: String,
    /// Our end of the connection, by which the session list shows us.
    local: SocketAddr,
    system: SystemVersion,
    /// Whether lines of ours may stand in the candidate, so that a question on leaving is no surprise.
    sent_lines: bool,
}

impl DnosSession {
    /// Reads the release and refuses one without bridge domains (REF 12).
    pub(super) async fn begin(
        driver: Driver,
        device: DeviceName,
        user: String,
        local: SocketAddr,
        turn: OwnedSemaphorePermit,
        cancel: &CancellationToken,
    ) -> Result<Self, StepError> {
        let mut talk = Conversation::new(driver, device, turn);
        let system = talk.read(Show::Version, cancel, system::read_version).await?;
        let (major, minor) = OLDEST_RELEASE;
        if !system.release.at_least(major, minor) {
            let reason = format!("DNOS {} is older than {major}.{minor} and has no bridge domains", system.release);
            talk.give_up().await;
            return Err(StepError::NotDnos { device: talk.device().clone(), reason });
        }
        Ok(Self { talk, user, local, system, sent_lines: false })
    }

    /// Ends the connection after an error that leaves the dialogue open.
    async fn settle<T>(&mut self, result: Result<T, StepError>) -> Result<T, StepError> {
        if let Err(error) = &result {
            if !matches!(error, StepError::Cancelled { .. }) {
                self.talk.give_up().await;
            }
        }
        result
    }

    /// Reads rollback head, pending state, candidate and sessions between two equal rollback heads, so that they
    /// belong to one moment.
    async fn look(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError> {
        let was_configuring = self.talk.mode() == Mode::Configuration;
        let mut last = self.look_once(cancel).await?;
        for _ in 1..READS {
            if self.head(cancel).await? == last.rollback.first().cloned() {
                break;
            }
            last = self.look_once(cancel).await?;
        }
        if !was_configuring && self.talk.mode() == Mode::Configuration {
            match last.candidate {
                Candidate::Empty => {
                    if let Leaving::Asked { .. } = self.talk.leave(cancel).await? {
                        // A line came in between: what is there now is what counts.
                        last.candidate = self.compare(cancel).await?;
                    }
                }
                Candidate::Differs { .. } => self.talk.slip_out(cancel).await?,
            }
        }
        last.notices = self.talk.take_notices();
        Ok(last)
    }

    async fn look_once(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError> {
        let rollback = self.talk.read(Show::Rollback, cancel, rollback::read_rollback).await?;
        let commits = self.talk.read(Show::PendingCommit, cancel, system::read_commit_state).await?;
        let time = self.device_time(cancel).await?;
        let local = self.local;
        let sessions = self.talk.read(Show::SshSessions, cancel, |text| sessions::read_sessions(text, local)).await?;
        self.talk.enter(cancel).await?;
        let candidate = self.compare(cancel).await?;
        Ok(Probe {
            version: self.system.release.clone(),
            host: self.talk.host().to_owned(),
            device_time: time,
            rollback,
            commit_running: !commits.running.is_empty(),
            pending: commits.pending,
            candidate,
            sessions,
            notices: Vec::new(),
        })
    }

    /// The device's own time, from the frame of the smallest part there is; `None` where that is not configured.
    async fn device_time(&mut self, cancel: &CancellationToken) -> Result<Option<DateTime<FixedOffset>>, StepError> {
        let part = ConfigPart::Name;
        self.talk.read(Show::Config(part), cancel, |text| config::read_part(part, text).ok().map(|read| read.time)).await
    }

    async fn head(&mut self, cancel: &CancellationToken) -> Result<Option<RollbackEntry>, StepError> {
        let entries = self.talk.read(Show::Rollback, cancel, rollback::read_rollback).await?;
        Ok(entries.into_iter().next())
    }

    async fn compare(&mut self, cancel: &CancellationToken) -> Result<Candidate, StepError> {
        self.talk.read(Show::Candidate, cancel, read_candidate).await
    }

    async fn read_parts(&mut self, parts: &[ConfigPart], cancel: &CancellationToken) -> Result<Reading, StepError> {
        // Inside configuration mode it is not settled whose configuration `show config` prints.
        if self.talk.mode() == Mode::Configuration && !self.sent_lines {
            if let Leaving::Asked { .. } = self.talk.leave(cancel).await? {
                self.talk.slip_out(cancel).await?;
            }
        }
        let mut read = Vec::new();
        for part in parts {
            read.push(self.read_part(*part, cancel).await?);
        }
        Ok(Reading {
            text: config::join(&read),
            device_time: read.iter().find_map(|part| part.time),
            notices: self.talk.take_notices(),
        })
    }

    /// Reads one part. A broadcast in the middle may mean that the configuration changed while it was printed, and
    /// a cut may be passing: both are read again.
    async fn read_part(&mut self, part: ConfigPart, cancel: &CancellationToken) -> Result<config::ReadPart, StepError> {
        let command = Command::Show(Show::Config(part));
        let mut reads = 1;
        loop {
            let answer = self.talk.ask(&command, cancel).await?;
            let disturbed = !answer.broadcasts.is_empty();
            self.talk.keep_notices(answer.broadcasts);
            match config::read_part(part, &answer.text) {
                Ok(read) if !disturbed || reads >= READS => return Ok(read),
                Err(not_whole) if reads >= READS => {
                    let shown: String = answer.text.chars().take(2000).collect();
                    return Err(self.talk.unrecognised(&command, &format!("{}\n{shown}", not_whole.reason)));
                }
                _ => reads += 1,
            }
        }
    }

    async fn read_facts(&mut self, cancel: &CancellationToken) -> Result<Facts, StepError> {
        let mut facts = Facts {
            version: Some(self.system.release.clone()),
            system_name: self.system.name.clone(),
            ..Facts::default()
        };
        let table = self.talk.read(Show::Interfaces, cancel, interfaces::read_interfaces).await?;
        facts.interfaces = keep_unread(&mut facts.unread, &Show::Interfaces, table);
        let table = self.talk.read(Show::LldpNeighbors, cancel, |text| or_absent(text, neighbours::read_lldp)).await?;
        facts.lldp = keep_unread(&mut facts.unread, &Show::LldpNeighbors, table);
        let table = self.talk.read(Show::LacpInterfaces, cancel, |text| or_absent(text, neighbours::read_lacp)).await?;
        facts.lacp = keep_unread(&mut facts.unread, &Show::LacpInterfaces, table);
        Ok(facts)
    }

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
                return Err(StepError::Cancelled { device: self.talk.device().clone() });
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

    async fn prepare_lines(&mut self, lines: &[CliLine], cancel: &CancellationToken) -> Result<PrepareOutcome, StepError> {
        self.talk.enter(cancel).await?;
        let candidate = self.compare(cancel).await?;
        if candidate != Candidate::Empty {
            return Ok(PrepareOutcome::CandidateNotEmpty { candidate });
        }
        if let Some((index, words)) = self.send_lines(lines, true, cancel).await? {
            let refusal = PreparedRefusal::Line { index, line: lines[index].to_string() };
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
            Committed::Answer(CommitAnswer::Refused) => {
                Ok(PrepareOutcome::Refused { refusal: PreparedRefusal::CommitCheck, words })
            }
            Committed::Answer(CommitAnswer::Succeeded(_) | CommitAnswer::Confirmed) => {
                Err(self.talk.unrecognised(&Command::CommitCheck, &words))
            }
        }
    }

    async fn arm_timer(&mut self, minutes: u16) -> Result<ArmOutcome, StepError> {
        let never = CancellationToken::new();
        let Some(minutes) = Minutes::new(minutes) else {
            let text = "a commit confirm of 0 minutes is never sent".to_owned();
            return Err(StepError::Unrecognised { device: self.talk.device().clone(), command: "commit confirm".into(), text });
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

    async fn confirm_pending(&mut self) -> Result<ConfirmOutcome, StepError> {
        let never = CancellationToken::new();
        self.talk.enter(&never).await?;
        let candidate = self.compare(&never).await?;
        if candidate != Candidate::Empty {
            return Ok(ConfirmOutcome::CandidateNotEmpty { candidate });
        }
        let (read, answer) = self.commit(&Command::Confirm).await?;
        let words = words(&answer);
        match read {
            Committed::Answer(CommitAnswer::Succeeded(_) | CommitAnswer::Confirmed) => Ok(ConfirmOutcome::Confirmed { words }),
            Committed::Answer(CommitAnswer::NoChange) => Ok(ConfirmOutcome::NothingToCommit { words }),
            Committed::OutOfSync | Committed::Answer(CommitAnswer::Refused) => Ok(ConfirmOutcome::Refused { words }),
            Committed::Answer(CommitAnswer::CheckPassed) => Err(self.talk.unrecognised(&Command::Confirm, &words)),
        }
    }

    async fn clear_pending(&mut self) -> Result<CancelOutcome, StepError> {
        let never = CancellationToken::new();
        let command = Command::ClearPendingCommit;
        let answer = self.talk.ask(&command, &never).await?;
        let words = words(&answer);
        // The broadcast of the rollback may undo another's commit too: the engine reads it as a notice.
        self.talk.keep_notices(answer.broadcasts.iter().cloned());
        match answers::read_clear(&answer.text, &answer.broadcasts) {
            Some(ClearAnswer::RolledBack) if answer.question.is_none() => Ok(CancelOutcome::RolledBack { words }),
            Some(ClearAnswer::NothingPending) if answer.question.is_none() => Ok(CancelOutcome::NothingPending { words }),
            _ => Err(self.talk.unrecognised(&command, &words)),
        }
    }

    async fn clean_candidate(&mut self, reverse: &[CliLine], cancel: &CancellationToken) -> Result<CleanOutcome, StepError> {
        self.talk.enter(cancel).await?;
        // A line may be refused because what it removes is gone already; compare decides (REF 4.3).
        let refusal = self.send_lines(reverse, false, cancel).await?;
        let candidate = self.compare(cancel).await?;
        if candidate == Candidate::Empty {
            self.sent_lines = false;
            return Ok(CleanOutcome::Empty);
        }
        Ok(match refusal {
            Some((index, words)) => CleanOutcome::Refused { line: reverse[index].to_string(), words },
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
        let of_others = answer.broadcasts.iter().filter(|line| answers::read_success(line) != ours || ours.is_none());
        self.talk.keep_notices(of_others.cloned());
        Ok((read, answer))
    }

    async fn leave_and_end(&mut self) -> Result<(), StepError> {
        let never = CancellationToken::new();
        if self.talk.mode() == Mode::Configuration && !self.sent_lines {
            if let Leaving::Asked { text } = self.talk.leave(&never).await? {
                return Err(self.talk.unrecognised(&Command::Exit, &text));
            }
        }
        self.talk.end().await
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
    let lines = question.chain(text).chain(answer.broadcasts.iter().map(String::as_str));
    let lines: Vec<&str> = lines.map(str::trim).filter(|line| !line.is_empty()).collect();
    DIALOGUE.redact(&lines.join("\n"))
}

fn read_candidate(text: &str) -> Option<Candidate> {
    if text.trim().is_empty() {
        return Some(Candidate::Empty);
    }
    if answers::is_error(text) {
        return None;
    }
    let delta = compare::read_delta(text);
    let (added, deleted) = delta.map_or((None, None), |delta| (Some(delta.added), Some(delta.deleted)));
    Some(Candidate::Differs { text: text.trim_end().to_owned(), added, deleted })
}

/// Takes a command that the device does not know as an empty table: the protocol is not configured there.
fn or_absent<T>(text: &str, reader: fn(&str) -> Option<ReadRows<T>>) -> Option<ReadRows<T>> {
    if answers::unknown_word(text).is_some() {
        return Some(ReadRows { rows: Vec::new(), unread: vec![text.trim().to_owned()] });
    }
    reader(text)
}

fn keep_unread<T>(unread: &mut Vec<(String, String)>, show: &Show, table: ReadRows<T>) -> Vec<T> {
    unread.extend(table.unread.into_iter().map(|line| (show.to_string(), line)));
    table.rows
}

#[async_trait]
impl DeviceSession for DnosSession {
    async fn probe(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError> {
        self.talk.begin("looking at the device");
        let result = self.look(cancel).await;
        self.settle(result).await
    }

    async fn read(&mut self, scope: ReadScope, cancel: &CancellationToken) -> Result<Reading, StepError> {
        self.talk.begin("reading the configuration");
        let parts: &[ConfigPart] = match scope {
            ReadScope::L2 => &[ConfigPart::BridgeDomains, ConfigPart::Interfaces, ConfigPart::Lacp, ConfigPart::Lldp],
            ReadScope::Full => &[ConfigPart::Whole],
        };
        let result = self.read_parts(parts, cancel).await;
        self.settle(result).await
    }

    async fn facts(&mut self, cancel: &CancellationToken) -> Result<Facts, StepError> {
        self.talk.begin("reading the tables");
        let result = self.read_facts(cancel).await;
        self.settle(result).await
    }

    async fn macs(&mut self, domain: &BridgeDomainName, cancel: &CancellationToken) -> Result<Option<Vec<MacFact>>, StepError> {
        self.talk.begin("reading the MAC table");
        let reader = |text: &str| match answers::unknown_word(text) {
            Some(word) if word == domain.as_str() => Some(Some(Vec::new())),
            Some(_) => Some(None),
            None => macs::read_macs(text).map(Some),
        };
        let result = self.talk.read(Show::Macs(domain.clone()), cancel, reader).await;
        self.settle(result).await
    }

    async fn entry_delta(&mut self, id: u8, cancel: &CancellationToken) -> Result<EntryDelta, StepError> {
        self.talk.begin("reading the change of a rollback entry");
        let Some(entry) = EntryId::new(id) else {
            let text = format!("entry {id} has none below it");
            return Err(StepError::Unrecognised { device: self.talk.device().clone(), command: "show config compare".into(), text });
        };
        let reader = |text: &str| match read_candidate(text)? {
            Candidate::Empty => Some(EntryDelta { text: String::new(), added: Some(Vec::new()), deleted: Some(Vec::new()) }),
            Candidate::Differs { text, added, deleted } => Some(EntryDelta { text, added, deleted }),
        };
        let result = self.talk.read(Show::Entry(entry), cancel, reader).await;
        self.settle(result).await
    }

    async fn prepare(&mut self, lines: &[CliLine], cancel: &CancellationToken) -> Result<PrepareOutcome, StepError> {
        self.talk.begin("preparing the candidate");
        let result = self.prepare_lines(lines, cancel).await;
        self.settle(result).await
    }

    async fn candidate(&mut self, cancel: &CancellationToken) -> Result<Candidate, StepError> {
        self.talk.begin("reading the candidate");
        let result = self.talk.enter(cancel).await;
        let result = match result {
            Ok(()) => self.compare(cancel).await,
            Err(error) => Err(error),
        };
        self.settle(result).await
    }

    async fn arm(&mut self, minutes: u16) -> Result<ArmOutcome, StepError> {
        self.talk.begin("commit confirm");
        let result = self.arm_timer(minutes).await;
        self.settle(result).await
    }

    async fn confirm(&mut self) -> Result<ConfirmOutcome, StepError> {
        self.talk.begin("confirming");
        let result = self.confirm_pending().await;
        self.settle(result).await
    }

    async fn cancel_pending(&mut self) -> Result<CancelOutcome, StepError> {
        self.talk.begin("cancelling the pending commit");
        let result = self.clear_pending().await;
        self.settle(result).await
    }

    async fn clean(&mut self, reverse: &[CliLine], cancel: &CancellationToken) -> Result<CleanOutcome, StepError> {
        self.talk.begin("cleaning the candidate");
        let result = self.clean_candidate(reverse, cancel).await;
        self.settle(result).await
    }

    async fn close(mut self: Box<Self>) -> Result<(), StepError> {
        self.talk.begin("signing out");
        let result = self.leave_and_end().await;
        self.settle(result).await
    }
}
