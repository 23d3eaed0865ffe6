//! How the driver begins and ends single orders, and what it writes down.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::device::{Device, Env, StepEnd};
use super::event::DeploymentEvent;
use super::found;
use super::known::CommitKind;
use super::machine::Input;
use super::report::{Cause, device_report};
use super::rules::WaitFor;
use super::run::{DeploymentError, Driver, What};
use super::sight::Recheck;
use super::table::{Claim, Direction, Event, Order, Sent};
use super::words::{Decision, Step};
use crate::ports::{self, JournalEntry, JournalEvent, TranscriptLine};
use crate::verify::{self, CheckRow};
use bk_model::DeviceName;

impl Driver<'_> {
    pub(super) fn note(&mut self, device: Option<usize>, event: JournalEvent) {
        self.unwritten.push(JournalEntry {
            deployment: self.id,
            seq: self.next_seq,
            at: self.ports.clock.now(),
            device: device.map(|index| self.names[index].clone()),
            event,
        });
        self.next_seq += 1;
    }

    /// Writes what was noted, in one durable group.
    pub(super) async fn write(&mut self) -> Result<(), DeploymentError> {
        let entries = std::mem::take(&mut self.unwritten);
        if entries.is_empty() {
            return Ok(());
        }
        let deployment = self.id;
        self.ports
            .journal
            .append(entries)
            .await
            .map_err(|source| DeploymentError::Journal { deployment, source })
    }

    fn remark(&self, device: &DeviceName, text: String) {
        let at = self.ports.clock.now();
        let line = TranscriptLine {
            device: device.clone(),
            at,
            direction: ports::Direction::Note,
            text,
        };
        self.ports.transcript.record(line);
    }

    /// Notes an order in the journal and returns it if something is to run for it.
    pub(super) fn order(
        &mut self,
        index: usize,
        order: Order,
    ) -> Result<Option<(usize, Order)>, DeploymentError> {
        match order {
            Order::Run(step) => {
                let at = self.ports.clock.now();
                let device = self.names[index].clone();
                if !step.is_forward() {
                    self.take_consent(index);
                }
                if let Some(device) = &mut self.devices[index] {
                    device.begins(step);
                }
                self.note(Some(index), JournalEvent::StepStarted { step });
                self.events
                    .send(DeploymentEvent::StepStarted { device, step, at });
            }
            Order::Pause(_) => {}
            Order::Report(claim) => self.report_device(index, claim),
        }
        Ok(Some((index, order)))
    }

    /// A claim of an earlier run of this deployment stands.
    pub(crate) fn keep_claim(&mut self, index: usize, claim: Claim) {
        let now = self.ports.clock.now();
        if let Some(device) = &self.devices[index] {
            let report = device_report(device.name(), claim, Sent::Nothing, &device.known, now);
            self.reports[index] = Some((claim, report));
        }
    }

    fn report_device(&mut self, index: usize, claim: Claim) {
        let sent = self.machine.tracks()[index].sent;
        let now = self.ports.clock.now();
        let Some(device) = &self.devices[index] else {
            return;
        };
        let report = device_report(device.name(), claim, sent, &device.known, now);
        self.note(
            Some(index),
            JournalEvent::Reported {
                report: report.clone(),
            },
        );
        self.events.send(DeploymentEvent::Reported {
            report: report.clone(),
        });
        self.reports[index] = Some((claim, report));
    }

    /// Starts what an order asks for.
    pub(super) fn begin(&mut self, index: usize, order: Order) {
        let env = self.env(index);
        let Some(mut device) = self.devices[index].take() else {
            return;
        };
        let clock = std::sync::Arc::clone(&self.ports.clock);
        match order {
            Order::Run(step) => self.running.push(Box::pin(async move {
                let from = tokio::time::Instant::now();
                let (device, end) = Self::step(device, step, &env).await;
                (index, device, What::Step(step, end, from.elapsed()))
            })),
            Order::Report(_) => self.running.push(Box::pin(async move {
                device.close(&env).await;
                (index, device, What::Closed)
            })),
            Order::Pause(wait) => {
                let pause = self.pause_of(&mut device);
                self.tell_waiting(index, &device, wait, pause);
                let patience = patience(&self.options, wait, env.sent);
                self.running.push(Box::pin(async move {
                    device.close(&env).await;
                    tokio::time::sleep(pause).await;
                    let waited = clock
                        .since_boot()
                        .saturating_sub(device.doubt_since.unwrap_or_default());
                    // After the last moment at which something can change by itself the device is read once more.
                    let over = waited >= patience && device.last_chance;
                    device.last_chance = waited >= patience;
                    let event = if over { Event::GiveUp } else { Event::Again };
                    (index, device, What::Pause(event))
                }));
            }
        }
    }

    fn pause_of(&self, device: &mut Device) -> Duration {
        device
            .doubt_since
            .get_or_insert_with(|| self.ports.clock.since_boot());
        let factor = 1_u32 << device.pauses.min(3);
        device.pauses += 1;
        (self.options.poll * factor).min(self.options.poll * 6)
    }

    fn tell_waiting(&self, index: usize, device: &Device, wait: WaitFor, pause: Duration) {
        let now = self.ports.clock.now();
        let sent = self.machine.tracks()[index].sent;
        let report = device_report(device.name(), Claim::Open(wait), sent, &device.known, now);
        let again = now + chrono::Duration::from_std(pause).unwrap_or_default();
        self.events.send(DeploymentEvent::Waiting { report, wait, again });
    }

    fn env(&self, index: usize) -> Env {
        let direction = self.machine.direction();
        Env {
            options: std::sync::Arc::clone(&self.options),
            clock: std::sync::Arc::clone(&self.ports.clock),
            direction,
            sent: self.machine.tracks()[index].sent,
            domains: std::sync::Arc::clone(&self.domains),
            stop: if direction == Direction::Forward {
                self.stop.clone()
            } else {
                CancellationToken::new()
            },
        }
    }

    /// Writes down how a step ended and returns what the table is told.
    pub(super) fn step_ended(
        &mut self,
        index: usize,
        device: &mut Device,
        step: Step,
        end: StepEnd,
        took: Duration,
    ) -> Result<Event, DeploymentError> {
        let name = self.names[index].clone();
        let mut end = end;
        if step == Step::CompleteVerify && matches!(end.event, Event::Passed | Event::Failed) {
            end.checks.extend(self.recheck_links(device));
            end.event = match device.known.recheck {
                Recheck::Failed => Event::Failed,
                Recheck::Nothing | Recheck::Due => Event::Passed,
            };
        }
        let now = self.ports.clock.now();
        self.timers[index] = device.known.until.map(|until| {
            let left = (until - now).to_std().unwrap_or_default();
            self.ports.clock.since_boot() + left
        });
        let sight = device.seen.as_ref().map(|seen| seen.judged.sight);
        found::notice(&mut device.known, step, end.cause.as_ref(), sight);
        let result = word(end.event);
        let mut evidence =
            serde_json::to_value(&device.known).map_err(|source| DeploymentError::Evidence {
                deployment: self.id,
                device: name.clone(),
                source,
            })?;
        if let (Some(_), false, Some(seen)) = (&device.known.saved, device.saved_written, &device.seen) {
            evidence["saved_text"] = seen.look.text.text().into();
            device.saved_written = true;
        }
        self.note(
            Some(index),
            JournalEvent::StepEnded {
                step,
                result: result.to_owned(),
                evidence,
            },
        );
        self.events.send(DeploymentEvent::StepEnded {
            device: name.clone(),
            step,
            result,
            words: end.words,
            took,
        });
        if let (Some(until), Some(seen)) = (device.known.until, &device.seen)
            && let Some(seconds_left) = seen.judged.seconds_left
        {
            self.events.send(DeploymentEvent::Clock {
                device: name.clone(),
                until,
                seconds_left,
            });
        }
        if !end.checks.is_empty() {
            self.keep_checks(end.checks);
        }
        if !end.drifts.is_empty() {
            self.events.send(DeploymentEvent::Drift { drifts: end.drifts });
        }
        if let Some(cause) = end.cause {
            self.remark(&name, format!("{result}: {cause}"));
            // A session lost in a look that is taken once more does not turn the deployment.
            let turns = self.machine.direction() == Direction::Forward && step.is_forward();
            let again = end.event == Event::Lost
                && !self.machine.tracks()[index].retried
                && matches!(step, Step::Verify | Step::DecideCheck);
            if turns && !again {
                self.turned_back(cause);
            }
        }
        Ok(end.event)
    }

    fn keep_checks(&mut self, rows: Vec<CheckRow>) {
        for row in &rows {
            self.checks
                .retain(|known| known.check != row.check || known.device != row.device);
        }
        self.checks.extend(rows.iter().cloned());
        self.events.send(DeploymentEvent::Checks { rows });
    }

    pub(super) fn turned_back(&mut self, cause: Cause) {
        if self.cause.is_none() && cause != Cause::Interrupted {
            self.events
                .send(DeploymentEvent::TurnedBack { cause: cause.clone() });
            self.cause = Some(cause);
        }
    }

    /// The checks over all devices, from the readings of the verifying sessions.
    pub(super) fn check_fabric(&mut self) -> Input {
        let after = self
            .devices
            .iter()
            .flatten()
            .filter_map(|device| device.after.as_ref().map(|after| (device.name(), &after.text)))
            .collect();
        let rows = verify::fabric_checks(&self.hops, &after);
        let failed = rows.iter().find(|row| row.stops()).cloned();
        if !rows.is_empty() {
            self.checks.extend(rows.iter().cloned());
            self.events.send(DeploymentEvent::Checks { rows });
        }
        let Some(row) = failed else {
            return Input::FabricHolds;
        };
        self.turned_back(Cause::CheckFailed {
            device: Some(row.device),
            check: row.check.code().to_owned(),
            evidence: row.evidence,
        });
        Input::FabricFails
    }

    /// Writes the decision record, unless the laptop slept since the checks.
    pub(super) async fn record(&mut self) -> Result<Input, DeploymentError> {
        self.write().await?;
        let slept = |device: &Device| {
            device
                .seen
                .as_ref()
                .is_none_or(|seen| seen.at.slept(self.ports.clock.as_ref()))
        };
        if self.devices.iter().flatten().any(slept) {
            return Ok(Input::Stale);
        }
        let at = self.ports.clock.now();
        self.note(
            None,
            JournalEvent::Decided {
                decision: Decision::Confirm,
            },
        );
        if let Err(error) = self.write().await {
            // The answer was lost, not necessarily the record: the journal itself tells.
            let deployment = self.id;
            let entries = self.ports.journal.entries(&self.id).await;
            let entries = entries.map_err(|source| DeploymentError::Journal { deployment, source })?;
            if !entries
                .iter()
                .any(|entry| matches!(entry.event, JournalEvent::Decided { .. }))
            {
                return Err(error);
            }
        }
        self.decided = Some(at);
        self.events.send(DeploymentEvent::Decided { at });
        Ok(Input::Recorded)
    }

    /// Closes the journal when nothing is open any more.
    pub(super) fn end(&mut self) {
        self.ended = true;
        let claims: Vec<Claim> = self.reports.iter().flatten().map(|(claim, _)| *claim).collect();
        if claims
            .iter()
            .all(|claim| matches!(claim, Claim::Old | Claim::New))
        {
            let outcome = super::report::outcome(&claims, self.cause.as_ref());
            self.note(None, JournalEvent::Ended { outcome });
        }
    }
}

impl Device {
    /// What must be known before a step is in the journal, so that recovery knows it too.
    fn begins(&mut self, step: Step) {
        if step.is_command() || step.is_forward() {
            self.doubt_since = None;
            self.last_chance = false;
            self.pauses = 0;
        }
        self.known.begins(step, &self.plan.predicted);
    }
}

impl super::known::Known {
    /// Takes note of a step that is about to run; a replayed journal does the same.
    pub(crate) fn begins(&mut self, step: Step, predicted: &super::lines::Delta) {
        match step {
            Step::ArmCommit | Step::CompleteReapply => self.sending(CommitKind::Forward, predicted.clone()),
            Step::ResolveReverse => self.sending(CommitKind::Reverse, self.live.inverse()),
            _ => {}
        }
    }
}

/// How long a device is waited for before its state is left open.
fn patience(options: &super::options::DeployOptions, wait: WaitFor, sent: Sent) -> Duration {
    match (sent, wait) {
        (Sent::Nothing | Sent::Lines, WaitFor::Reach | WaitFor::EarlierSession | WaitFor::Settled) => {
            options.clean_patience
        }
        _ => options.commit_patience(),
    }
}

/// The word of an event in journal and view.
fn word(event: Event) -> &'static str {
    match event {
        Event::Passed => "passed",
        Event::Failed => "failed",
        Event::Refrained => "refrained",
        Event::Stale => "stale",
        Event::Lost => "lost",
        Event::Unreachable => "unreachable",
        Event::Saw(_) => "saw",
        Event::Go | Event::Abort | Event::Recorded | Event::Again | Event::GiveUp => "internal",
    }
}
