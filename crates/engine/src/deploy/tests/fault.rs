//! What goes wrong, and at which call.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use bk_config::CliLine;
use bk_model::DeviceName;
use tokio_util::sync::CancellationToken;

use super::fake::{Command, ELSEWHERE, Ghost, ON_OURS, Shared, State, lock};
use crate::ports::StepError;

/// What goes wrong, at one call of one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// The connection drops; the command never arrived.
    DropBefore,
    /// The command ran; its answer is lost.
    DropAfter,
    /// The command arrives later, on the lost session.
    DropLate,
    /// As `DropBefore`, and the device is away for some minutes.
    AwayBefore,
    /// As `DropAfter`, and the device is away until after every timer.
    AwayAfter,
    /// The answer can't be understood; the command ran.
    Garbled,
    /// No answer in time; the command ran.
    Hang,
    /// The device refuses.
    Refuse,
    ForeignLine,
    ForeignLineOnOurs,
    ForeignCommit,
    ForeignCommitOnOurs,
    ForeignEmptyCommit,
    TimerEnds,
    TimeShort,
    Reboots,
    LaptopSleeps,
    /// A port loses its link, which no configuration tells. Not among all faults: the readings of a device model no links.
    PortGoesDown,
    /// The device takes a long time for one answer.
    Slow,
    /// The other engineer drops their candidate, commits it, or commits it with a timer.
    ForeignRollback0,
    ForeignCommitsCandidate,
    ForeignCommitConfirm,
    /// A person aborts.
    PersonAborts,
    /// The process is killed before the command is sent, or after it ran.
    KillBefore,
    KillAfter,
}

impl Fault {
    pub(crate) const ALL: [Self; 23] = [
        Self::DropBefore,
        Self::DropAfter,
        Self::DropLate,
        Self::AwayBefore,
        Self::AwayAfter,
        Self::Garbled,
        Self::Hang,
        Self::Refuse,
        Self::ForeignLine,
        Self::ForeignLineOnOurs,
        Self::ForeignCommit,
        Self::ForeignCommitOnOurs,
        Self::ForeignEmptyCommit,
        Self::TimerEnds,
        Self::TimeShort,
        Self::Reboots,
        Self::LaptopSleeps,
        Self::ForeignRollback0,
        Self::ForeignCommitsCandidate,
        Self::ForeignCommitConfirm,
        Self::PersonAborts,
        Self::KillBefore,
        Self::KillAfter,
    ];
}

/// Which call is disturbed, shared by the port and its sessions.
#[derive(Debug, Default)]
pub(crate) struct Script {
    pub calls: AtomicUsize,
    pub faults: Mutex<Vec<(usize, Fault)>>,
    pub names: Mutex<Vec<&'static str>>,
    pub kill: CancellationToken,
    pub abort: CancellationToken,
    pub slept: Arc<AtomicUsize>,
}

#[derive(Clone)]
pub(crate) struct FakePort {
    pub name: DeviceName,
    pub state: Shared,
    pub script: Arc<Script>,
}

/// How the call goes on after its disturbance.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Normal,
    LoseAfter,
    GarbleAfter,
    HangAfter,
    KillAfter,
    Refuse,
    Slow,
}

impl FakePort {
    pub(crate) fn lost(&self, doing: &str) -> StepError {
        StepError::Lost {
            device: self.name.clone(),
            doing: doing.to_owned(),
            in_flight: None,
        }
    }

    pub(crate) fn unreachable(&self) -> StepError {
        StepError::Unreachable {
            device: self.name.clone(),
            source: "no route".into(),
        }
    }

    /// Counts the call and lets its disturbance happen.
    pub(crate) async fn call(
        &self,
        op: &'static str,
        session: Option<u32>,
        late: Option<Command>,
    ) -> Result<Way, StepError> {
        let call = self.script.calls.fetch_add(1, Ordering::SeqCst);
        self.script.names.lock().unwrap().push(op);
        let fault = {
            let faults = self.script.faults.lock().unwrap();
            faults.iter().find(|(at, _)| *at == call).map(|(_, fault)| *fault)
        };
        if matches!(fault, Some(Fault::KillBefore)) {
            self.kill(session).await;
        }
        let mut state = lock(&self.state);
        state.tick();
        if !state.is_up() {
            return Err(if session.is_some() {
                self.lost(op)
            } else {
                self.unreachable()
            });
        }
        if session.is_some_and(|id| !state.sessions.iter().any(|row| row.id == id)) {
            return Err(self.lost(op));
        }
        let Some(fault) = fault else {
            return Ok(Way::Normal);
        };
        self.disturb(&mut state, fault, op, session, late)
    }

    pub(crate) async fn kill(&self, session: Option<u32>) {
        {
            let mut state = lock(&self.state);
            if let Some(id) = session {
                state.hang_up(id, 20);
            }
        }
        self.script.kill.cancel();
        std::future::pending::<()>().await;
    }

    fn disturb(
        &self,
        state: &mut State,
        fault: Fault,
        op: &'static str,
        session: Option<u32>,
        late: Option<Command>,
    ) -> Result<Way, StepError> {
        let gone = |state: &mut State| {
            session.map_or_else(
                || self.unreachable(),
                |id| {
                    state.hang_up(id, 20);
                    self.lost(op)
                },
            )
        };
        let theirs = |line: &str| CliLine::parse(line).unwrap();
        let slot = state.others_slot();
        let user = state.other();
        match fault {
            Fault::DropBefore => return Err(gone(state)),
            Fault::AwayBefore => {
                let error = gone(state);
                state.reachable_at = Some(state.now() + chrono::Duration::seconds(90));
                return Err(error);
            }
            Fault::DropAfter => return Ok(Way::LoseAfter),
            Fault::AwayAfter => {
                state.reachable_at = Some(state.now() + chrono::Duration::seconds(780));
                return Ok(Way::LoseAfter);
            }
            Fault::DropLate => {
                if let (Some(id), Some(command)) = (session, late) {
                    let at = state.now() + chrono::Duration::seconds(15);
                    let edits = state
                        .candidates
                        .get(&state.slot(id, "kestrel"))
                        .cloned()
                        .unwrap_or_default();
                    state.ghosts.push(Ghost {
                        at,
                        session: id,
                        command,
                        edits,
                    });
                }
                return Err(gone(state));
            }
            Fault::Garbled => return Ok(Way::GarbleAfter),
            Fault::Hang => return Ok(Way::HangAfter),
            Fault::KillAfter => return Ok(Way::KillAfter),
            Fault::Refuse => return Ok(Way::Refuse),
            Fault::KillBefore => {}
            Fault::ForeignLine => state.edit(&slot, &theirs(ELSEWHERE)),
            Fault::ForeignLineOnOurs => state.edit(&slot, &theirs(ON_OURS)),
            Fault::ForeignCommit => {
                state.edit(&slot, &theirs(ELSEWHERE));
                state.commit(&slot, user, None);
            }
            Fault::ForeignCommitOnOurs => {
                state.edit(&slot, &theirs(ON_OURS));
                state.commit(&slot, user, None);
            }
            Fault::ForeignEmptyCommit => state.pending = None,
            Fault::ForeignRollback0 => drop(state.candidates.remove(&slot)),
            Fault::ForeignCommitsCandidate => drop(state.commit(&slot, user, None)),
            Fault::ForeignCommitConfirm if state.pending.is_none() => {
                drop(state.commit(&slot, user, Some(5)));
            }
            Fault::ForeignCommitConfirm => {}
            Fault::PersonAborts => self.script.abort.cancel(),
            Fault::TimerEnds => state.revert("timer"),
            Fault::TimeShort => {
                let short = state.now() + chrono::Duration::seconds(40);
                if let Some(pending) = &mut state.pending {
                    pending.until = pending.until.min(short);
                }
            }
            Fault::Reboots => {
                state.reboot();
                return Err(session.map_or_else(|| self.unreachable(), |_| self.lost(op)));
            }
            Fault::PortGoesDown => state.port_down = true,
            Fault::Slow => return Ok(Way::Slow),
            Fault::LaptopSleeps => {
                self.script.slept.fetch_add(900, Ordering::SeqCst);
                state.advance(900);
                if session.is_some_and(|id| !state.sessions.iter().any(|row| row.id == id)) {
                    return Err(self.lost(op));
                }
            }
        }
        Ok(Way::Normal)
    }
}
