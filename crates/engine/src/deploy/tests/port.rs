//! The fake device behind the port, with one disturbance at the k-th call.

use async_trait::async_trait;
use bk_config::CliLine;
use bk_model::{AdminState, DeviceName, DnosVersion, InterfaceName, OperState};
use chrono::FixedOffset;
use tokio_util::sync::CancellationToken;

use super::fake::{Command, State, lock, text};
use super::fault::{FakePort, Way};
use crate::deploy::lines::{Delta, LineSet};
use crate::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, CommitSuccess, ConfirmOutcome, DevicePort,
    DeviceSession, EntryDelta, Facts, InterfaceFact, MacFact, Pending, PrepareOutcome, PreparedRefusal,
    Probe, ReadScope, Reading, RollbackEntry, StepError,
};

struct FakeSession {
    port: FakePort,
    id: u32,
    alive: bool,
    /// The newest rollback entry and the candidate as this session last saw them.
    seen: (Option<RollbackEntry>, Candidate),
}

#[async_trait]
impl DevicePort for FakePort {
    fn device(&self) -> &DeviceName {
        &self.name
    }

    async fn open(&self, _cancel: &CancellationToken) -> Result<Box<dyn DeviceSession>, StepError> {
        let way = self.call("open", None, None).await?;
        if way != Way::Normal {
            return Err(self.unreachable());
        }
        let id = lock(&self.state).open("kestrel");
        Ok(Box::new(FakeSession {
            port: self.clone(),
            id,
            alive: true,
            seen: (None, Candidate::Empty),
        }))
    }
}

impl Drop for FakeSession {
    fn drop(&mut self) {
        if self.alive {
            lock(&self.port.state).hang_up(self.id, 20);
        }
    }
}

impl FakeSession {
    fn slot(&self, state: &State) -> String {
        state.slot(self.id, "kestrel")
    }

    /// Brings the answer back, unless the disturbance eats it.
    async fn answer<T>(&mut self, way: Way, op: &str, value: T) -> Result<T, StepError> {
        let device = self.port.name.clone();
        match way {
            Way::Normal | Way::Refuse => return Ok(value),
            Way::Slow => {
                tokio::time::sleep(std::time::Duration::from_secs(570)).await;
                return Ok(value);
            }
            Way::KillAfter => {
                self.alive = false;
                self.port.kill(Some(self.id)).await;
            }
            Way::LoseAfter | Way::GarbleAfter | Way::HangAfter => {}
        }
        lock(&self.port.state).hang_up(self.id, 20);
        self.alive = false;
        Err(match way {
            Way::GarbleAfter => StepError::Unrecognised {
                device,
                command: op.to_owned(),
                text: "\u{1b}[31m@@@".to_owned(),
            },
            Way::HangAfter => StepError::Deadline {
                device,
                command: op.to_owned(),
                waited_s: 900,
            },
            _ => self.port.lost(op),
        })
    }
}

#[async_trait]
impl DeviceSession for FakeSession {
    async fn probe(&mut self, _cancel: &CancellationToken) -> Result<Probe, StepError> {
        let way = self.port.call("probe", Some(self.id), None).await?;
        let probe = {
            let state = lock(&self.port.state);
            self.seen = (
                state.rollback.first().map(|entry| entry.fact.clone()),
                state.compare(&self.slot(&state)),
            );
            let number = |(id, entry): (usize, &super::fake::Entry)| RollbackEntry {
                id: u8::try_from(id).unwrap(),
                ..entry.fact.clone()
            };
            let zone = FixedOffset::east_opt(0).unwrap();
            Probe {
                version: DnosVersion::parse("25.4.13").unwrap(),
                host: state.name.to_string(),
                device_time: Some(state.utc().with_timezone(&zone)),
                rollback: state.rollback.iter().enumerate().map(number).collect(),
                commit_running: false,
                pending: state.pending.as_ref().map(|pending| Pending {
                    user: pending.entry.user.clone(),
                    via: pending.entry.via.clone(),
                    time: pending.entry.time.clone(),
                    minutes_left: u32::try_from((pending.until - state.now()).num_minutes().max(0)).unwrap(),
                }),
                candidate: state.compare(&self.slot(&state)),
                sessions: state.session_list(self.id),
                notices: Vec::new(),
            }
        };
        self.answer(way, "probe", probe).await
    }

    async fn read(&mut self, _scope: ReadScope, _cancel: &CancellationToken) -> Result<Reading, StepError> {
        let way = self.port.call("read", Some(self.id), None).await?;
        let text = text(&lock(&self.port.state).running);
        self.answer(
            way,
            "read",
            Reading {
                text,
                device_time: None,
                notices: Vec::new(),
            },
        )
        .await
    }

    async fn facts(&mut self, _cancel: &CancellationToken) -> Result<Facts, StepError> {
        let way = self.port.call("facts", Some(self.id), None).await?;
        let up = InterfaceFact {
            name: InterfaceName::parse("ge100-0/0/5").unwrap(),
            admin: AdminState::Enabled,
            oper: if lock(&self.port.state).port_down {
                OperState::Down
            } else {
                OperState::Up
            },
            mtu: None,
            service: String::new(),
        };
        self.answer(
            way,
            "facts",
            Facts {
                interfaces: vec![up],
                ..Facts::default()
            },
        )
        .await
    }

    async fn commits(&mut self, cancel: &CancellationToken) -> Result<Vec<RollbackEntry>, StepError> {
        Ok(self.probe(cancel).await?.rollback)
    }

    async fn macs(
        &mut self,
        _domain: &bk_model::BridgeDomainName,
        _cancel: &CancellationToken,
    ) -> Result<Option<Vec<MacFact>>, StepError> {
        let way = self.port.call("macs", Some(self.id), None).await?;
        self.answer(way, "macs", None).await
    }

    async fn entry_delta(&mut self, id: u8, _cancel: &CancellationToken) -> Result<EntryDelta, StepError> {
        let way = self.port.call("entry_delta", Some(self.id), None).await?;
        let delta = {
            let state = lock(&self.port.state);
            let Some(entry) = state.rollback.get(usize::from(id)) else {
                return Err(self.port.lost("entry_delta"));
            };
            let lines = |raw: &str| LineSet::of_text(&text(raw));
            let delta = Delta::between(&lines(&entry.before), &lines(&entry.after));
            EntryDelta {
                text: delta.signed().join("\n"),
                added: state
                    .dialect
                    .readable
                    .then(|| delta.added.iter().cloned().collect()),
                deleted: state
                    .dialect
                    .readable
                    .then(|| delta.removed.iter().cloned().collect()),
            }
        };
        self.answer(way, "entry_delta", delta).await
    }

    async fn prepare(
        &mut self,
        lines: &[CliLine],
        _cancel: &CancellationToken,
    ) -> Result<PrepareOutcome, StepError> {
        let way = self
            .port
            .call("prepare", Some(self.id), Some(Command::Lines(lines.to_vec())))
            .await?;
        let outcome = {
            let mut state = lock(&self.port.state);
            let slot = self.slot(&state);
            let candidate = state.compare(&slot);
            if candidate == Candidate::Empty {
                // A refusal comes in the middle, so that some lines stand in the candidate.
                let taken = if way == Way::Refuse {
                    lines.len() / 2
                } else {
                    lines.len()
                };
                lines[..taken].iter().for_each(|line| state.edit(&slot, line));
                if way == Way::Refuse {
                    let refusal = PreparedRefusal::Line {
                        index: taken,
                        line: lines[taken].to_string(),
                    };
                    PrepareOutcome::Refused {
                        refusal,
                        words: "ERROR: Unknown word.".to_owned(),
                    }
                } else {
                    match state.compare(&slot) {
                        Candidate::Empty => PrepareOutcome::NothingToChange {
                            words: "NOTICE".to_owned(),
                        },
                        candidate @ Candidate::Differs { .. } => PrepareOutcome::Ready { candidate },
                    }
                }
            } else {
                PrepareOutcome::CandidateNotEmpty { candidate }
            }
        };
        self.answer(way, "prepare", outcome).await
    }

    async fn candidate(&mut self, _cancel: &CancellationToken) -> Result<Candidate, StepError> {
        let way = self.port.call("candidate", Some(self.id), None).await?;
        let candidate = {
            let state = lock(&self.port.state);
            state.compare(&self.slot(&state))
        };
        self.answer(way, "candidate", candidate).await
    }

    async fn arm(&mut self, minutes: u16) -> Result<ArmOutcome, StepError> {
        let way = self
            .port
            .call("arm", Some(self.id), Some(Command::Arm(minutes)))
            .await?;
        let outcome = {
            let mut state = lock(&self.port.state);
            let slot = self.slot(&state);
            if way == Way::Refuse || state.pending.is_some() {
                ArmOutcome::Refused {
                    words: "ERROR: commit failed.".to_owned(),
                }
            } else {
                match state.commit(&slot, "kestrel", Some(minutes)) {
                    Some(entry) => ArmOutcome::Committed {
                        success: CommitSuccess {
                            user: "kestrel".to_owned(),
                            time: entry.time,
                        },
                        words: "Commit succeeded".to_owned(),
                    },
                    None => ArmOutcome::NothingToChange {
                        words: "NOTICE".to_owned(),
                    },
                }
            }
        };
        self.answer(way, "arm", outcome).await
    }

    async fn confirm(&mut self, consented: Option<&str>) -> Result<ConfirmOutcome, StepError> {
        let way = self
            .port
            .call("confirm", Some(self.id), Some(Command::Confirm))
            .await?;
        let outcome = {
            let mut state = lock(&self.port.state);
            let slot = self.slot(&state);
            let carried = match state.compare(&slot) {
                Candidate::Differs { text, .. } => consented == Some(text.as_str()),
                Candidate::Empty => false,
            };
            match state.compare(&slot) {
                Candidate::Differs { .. } if carried && way != Way::Refuse => {
                    state.commit(&slot, "kestrel", None);
                    ConfirmOutcome::Confirmed {
                        words: "Commit succeeded".to_owned(),
                    }
                }
                candidate @ Candidate::Differs { .. } => ConfirmOutcome::CandidateNotEmpty { candidate },
                Candidate::Empty if way == Way::Refuse => ConfirmOutcome::Refused {
                    words: "ERROR".to_owned(),
                },
                Candidate::Empty if state.pending.take().is_some() => {
                    state.log.push("confirm by kestrel".to_owned());
                    ConfirmOutcome::Confirmed {
                        words: "Commit confirm".to_owned(),
                    }
                }
                Candidate::Empty => ConfirmOutcome::NothingToCommit {
                    words: "NOTICE".to_owned(),
                },
            }
        };
        self.answer(way, "confirm", outcome).await
    }

    async fn cancel_pending(&mut self) -> Result<CancelOutcome, StepError> {
        let way = self
            .port
            .call("cancel", Some(self.id), Some(Command::Clear))
            .await?;
        let outcome = {
            let mut state = lock(&self.port.state);
            state.judge_clear(self.seen.0.as_ref());
            if state.pending.is_some() {
                state.revert("clear");
                CancelOutcome::RolledBack {
                    words: "Configuration commit rollback".to_owned(),
                }
            } else {
                CancelOutcome::NothingPending {
                    words: "ERROR: No commit confirm scheduled".to_owned(),
                }
            }
        };
        self.answer(way, "cancel", outcome).await
    }

    async fn clean(
        &mut self,
        reverse: &[CliLine],
        _cancel: &CancellationToken,
    ) -> Result<CleanOutcome, StepError> {
        let way = self
            .port
            .call("clean", Some(self.id), Some(Command::Lines(reverse.to_vec())))
            .await?;
        let outcome = {
            let mut state = lock(&self.port.state);
            let slot = self.slot(&state);
            reverse.iter().for_each(|line| state.edit(&slot, line));
            match state.compare(&slot) {
                Candidate::Empty => {
                    state.candidates.remove(&slot);
                    CleanOutcome::Empty
                }
                candidate @ Candidate::Differs { .. } => CleanOutcome::Left { candidate },
            }
        };
        self.answer(way, "clean", outcome).await
    }

    async fn close(mut self: Box<Self>) -> Result<(), StepError> {
        let way = self.port.call("close", Some(self.id), None).await?;
        self.answer(way, "close", ()).await?;
        self.alive = false;
        lock(&self.port.state).hang_up(self.id, 0);
        Ok(())
    }
}
