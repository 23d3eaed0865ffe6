//! Steps that only read: the look at a device, its configuration, its tables.

use bk_engine::ports::{Candidate, EntryDelta, Facts, Probe, Reading, RollbackEntry, StepError};
use chrono::{DateTime, FixedOffset};
use tokio_util::sync::CancellationToken;

use super::{conversation::Leaving, session::DnosSession};
use crate::{
    driver::Mode,
    platforms::dnos::{
        Command, CompareOrder, ConfigPart, EntryId, Show, answers, compare, config,
        interfaces::{self, ReadRows},
        neighbours, rollback, sessions, system,
    },
};

/// How often a read that a broadcast, a cut or a moving rollback head disturbed is taken.
const READS: usize = 3;

impl DnosSession {
    /// Reads rollback head, pending state, candidate and sessions between two equal rollback heads, so that they
    /// belong to one moment.
    pub(super) async fn look(&mut self, cancel: &CancellationToken) -> Result<Probe, StepError> {
        let was_configuring = self.talk.mode() == Mode::Configuration;
        let (mut last, mut head) = self.look_once(cancel).await?;
        for _ in 1..READS {
            if head == last.rollback.first().cloned() {
                break;
            }
            (last, head) = self.look_once(cancel).await?;
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

    /// One look, and the rollback head after it.
    async fn look_once(
        &mut self,
        cancel: &CancellationToken,
    ) -> Result<(Probe, Option<RollbackEntry>), StepError> {
        let name = ConfigPart::Name;
        let shows = vec![
            Show::Rollback,
            Show::PendingCommit,
            Show::Config(name),
            Show::SshSessions,
        ];
        let local = self.local;
        let mut answers = self.talk.read_all(shows, cancel).await?;
        let rollback = answers.next(rollback::read_rollback)?;
        let commits = answers.next(system::read_commit_state)?;
        let time = answers.next(|text| Some(config::read_part(name, text)))?;
        let sessions = answers.next(|text| sessions::read_sessions(text, local))?;
        self.talk.enter(cancel).await?;
        let shows = vec![Show::Candidate, Show::Rollback];
        let mut answers = self.talk.read_all(shows, cancel).await?;
        let candidate = answers.next(read_candidate)?;
        let head = answers.next(rollback::read_rollback)?.into_iter().next();
        let probe = Probe {
            version: self.system.release.clone(),
            host: self.talk.host().to_owned(),
            device_time: self.device_time(time),
            rollback,
            commit_running: !commits.running.is_empty(),
            pending: commits.pending,
            candidate,
            sessions,
            notices: Vec::new(),
        };
        Ok((probe, head))
    }

    /// The device's own time, from the frame of the smallest part there is; `None` where that is not configured.
    fn device_time(
        &mut self,
        read: Result<config::ReadPart, config::NotWhole>,
    ) -> Option<DateTime<FixedOffset>> {
        match read {
            Ok(read) => read.time,
            // Nothing but the time hangs on it, so an odd answer is told and the look goes on.
            Err(odd) => {
                self.talk
                    .keep_notices([format!("the device's time was not read: {}", odd.reason)]);
                None
            }
        }
    }

    /// Reads the candidate against running.
    pub(super) async fn compare(&mut self, cancel: &CancellationToken) -> Result<Candidate, StepError> {
        self.talk.read(Show::Candidate, cancel, read_candidate).await
    }

    pub(super) async fn read_parts(
        &mut self,
        parts: &[ConfigPart],
        cancel: &CancellationToken,
    ) -> Result<Reading, StepError> {
        // Inside configuration mode it is not settled whose configuration `show config` prints.
        if self.talk.mode() == Mode::Configuration
            && !self.sent_lines
            && let Leaving::Asked { .. } = self.talk.leave(cancel).await?
        {
            self.talk.slip_out(cancel).await?;
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

    /// Reads what a rollback entry changed. Without its order the text is for display only.
    pub(super) async fn read_entry_delta(
        &mut self,
        id: u8,
        cancel: &CancellationToken,
    ) -> Result<EntryDelta, StepError> {
        let Some(entry) = EntryId::new(id) else {
            let text = format!("entry {id} has none below it");
            let device = self.talk.device().clone();
            return Err(StepError::Unrecognised {
                device,
                command: "show config compare".into(),
                text,
            });
        };
        if self.order.is_none() {
            self.order = self.find_order(cancel).await?;
        }
        let show = Show::Entry(entry, self.order.unwrap_or(CompareOrder::NewFirst));
        let candidate = self.talk.read(show, cancel, read_candidate).await?;
        let (text, added, deleted) = match candidate {
            Candidate::Empty => (String::new(), Some(Vec::new()), Some(Vec::new())),
            Candidate::Differs { text, added, deleted } => (text, added, deleted),
        };
        if self.order.is_none() && !text.is_empty() {
            return Ok(EntryDelta {
                text,
                added: None,
                deleted: None,
            });
        }
        Ok(EntryDelta { text, added, deleted })
    }

    async fn find_order(&mut self, cancel: &CancellationToken) -> Result<Option<CompareOrder>, StepError> {
        let shows = vec![
            Show::Entry(EntryId::RUNNING, CompareOrder::NewFirst),
            Show::SincePrevious,
        ];
        let mut answers = self.talk.read_all(shows, cancel).await?;
        let entries = answers.next(not_an_error)?;
        let candidate = answers.next(not_an_error)?;
        let deltas = (compare::read_delta(&entries), compare::read_delta(&candidate));
        Ok(match deltas {
            (Some(entries), Some(candidate)) => compare::order_of(&entries, &candidate),
            _ => None,
        })
    }

    /// Reads one part. A broadcast in the middle may mean that the configuration changed while it was printed, and
    /// a cut may be passing: both are read again.
    async fn read_part(
        &mut self,
        part: ConfigPart,
        cancel: &CancellationToken,
    ) -> Result<config::ReadPart, StepError> {
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
                    return Err(self
                        .talk
                        .unrecognised(&command, &format!("{}\n{shown}", not_whole.reason)));
                }
                _ => reads += 1,
            }
        }
    }

    pub(super) async fn read_facts(&mut self, cancel: &CancellationToken) -> Result<Facts, StepError> {
        let mut facts = Facts {
            version: Some(self.system.release.clone()),
            system_name: self.system.name.clone(),
            ..Facts::default()
        };
        let shows = vec![Show::Interfaces, Show::LldpNeighbors, Show::LacpInterfaces];
        let mut answers = self.talk.read_all(shows, cancel).await?;
        let table = answers.next(interfaces::read_interfaces)?;
        facts.interfaces = keep_unread(&mut facts.unread, &Show::Interfaces, table);
        let table = answers.next(|text| or_absent(text, neighbours::read_lldp))?;
        facts.lldp = keep_unread(&mut facts.unread, &Show::LldpNeighbors, table);
        let table = answers.next(|text| or_absent(text, neighbours::read_lacp))?;
        facts.lacp = keep_unread(&mut facts.unread, &Show::LacpInterfaces, table);
        Ok(facts)
    }
}

/// Reads `show config compare`.
pub(super) fn read_candidate(text: &str) -> Option<Candidate> {
    if text.trim().is_empty() {
        return Some(Candidate::Empty);
    }
    if answers::is_error(text) {
        return None;
    }
    let delta = compare::read_delta(text);
    let (added, deleted) = delta.map_or((None, None), |delta| (Some(delta.added), Some(delta.deleted)));
    Some(Candidate::Differs {
        text: text.trim_end().to_owned(),
        added,
        deleted,
    })
}

fn not_an_error(text: &str) -> Option<String> {
    (!answers::is_error(text)).then(|| text.to_owned())
}

/// Takes a command that the device does not know as an empty table: the protocol is not configured there.
fn or_absent<T>(text: &str, reader: fn(&str) -> Option<ReadRows<T>>) -> Option<ReadRows<T>> {
    if answers::unknown_word(text).is_some() {
        return Some(ReadRows {
            rows: Vec::new(),
            unread: vec![text.trim().to_owned()],
        });
    }
    reader(text)
}

fn keep_unread<T>(unread: &mut Vec<(String, String)>, show: &Show, table: ReadRows<T>) -> Vec<T> {
    unread.extend(table.unread.into_iter().map(|line| (show.to_string(), line)));
    table.rows
}
