//! The driver: carries out what the machine orders, over the ports. It decides nothing.
//!
//! Every step is in the journal before it begins and after it ended; entries of devices that move together are written
//! in one group. Futures own their device while a step runs, so nothing is shared between devices.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use futures::{FutureExt, StreamExt};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

use super::change::DeploymentPlan;
use super::device::{Device, Env, StepEnd};
use super::event::{DeploymentEvent, EventSink};
use super::known::Known;
use super::machine::{Action, Deployment, Input};
use super::options::{Consents, DeployOptions};
use super::report::{Cause, DeploymentReport, outcome};
use super::table::{Claim, Direction, Event, IllegalTransition};
use super::words::{DeploymentId, DeviceReport, Outcome, Step};
use super::{backward, forward, found, verifying};
use crate::ports::{Clock, DevicePort, Journal, JournalEntry, JournalError, JournalEvent, Transcript};
use crate::verify::CheckRow;

/// What a deployment works through.
#[derive(Clone)]
pub struct Ports {
    /// The devices of the plan.
    pub devices: BTreeMap<DeviceName, Arc<dyn DevicePort>>,
    /// The journal. The caller holds the lock of the data folder.
    pub journal: Arc<dyn Journal>,
    /// Time.
    pub clock: Arc<dyn Clock>,
    /// Where Bridgekeeper's own remarks go beside what the devices said.
    pub transcript: Arc<dyn Transcript>,
    /// What a person consents to while the deployment runs, or before it is recovered.
    pub consents: Arc<Consents>,
}

/// Why a deployment could not be run, or stopped without a report. Devices that were committed to are guarded by their
/// timers; recovery goes on from the journal.
#[derive(Debug, Error)]
pub enum DeploymentError {
    /// The plan names a device that is not in the inventory.
    #[error("deployment {deployment} has no connection to {device}")]
    NoPort {
        /// The deployment.
        deployment: DeploymentId,
        /// The device.
        device: DeviceName,
    },
    /// Nothing was sent: the estimate exceeds half the confirm window.
    #[error(
        "deployment {deployment} is estimated at {estimate_s} s, more than half of its window of {window_s} s"
    )]
    WindowTooShort {
        /// The deployment.
        deployment: DeploymentId,
        /// The estimate.
        estimate_s: u64,
        /// The window.
        window_s: u64,
    },
    /// The journal can't be written or read.
    #[error("deployment {deployment} stopped at its journal")]
    Journal {
        /// The deployment.
        deployment: DeploymentId,
        /// Why.
        #[source]
        source: JournalError,
    },
    /// A defect: the transition table does not know what happened.
    #[error("deployment {deployment} came to an unknown transition")]
    Transition {
        /// The deployment.
        deployment: DeploymentId,
        /// Which.
        #[source]
        source: IllegalTransition,
    },
    /// A defect: what is known of a device can't be written down.
    #[error("deployment {deployment} can't write down what is known of {device}")]
    Evidence {
        /// The deployment.
        deployment: DeploymentId,
        /// The device.
        device: DeviceName,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
}

/// Runs a plan on all its devices as one transaction.
///
/// `cancel` is a person's abort: before the decision record everything goes back, after it the deployment is finished
/// and the report says that a rollback is wanted. Dropping the future is a crash: recovery goes on from the journal.
///
/// # Errors
/// [`DeploymentError`]; then there is no report, and the deployment stays open in the journal once it began.
pub async fn run(
    deployment: DeploymentId,
    plan: DeploymentPlan,
    ports: Ports,
    options: DeployOptions,
    events: &EventSink,
    cancel: CancellationToken,
) -> Result<DeploymentReport, DeploymentError> {
    if plan.is_empty() {
        return Ok(nothing_to_do(deployment));
    }
    if options.estimate * 2 > options.window() {
        return Err(DeploymentError::WindowTooShort {
            deployment,
            estimate_s: options.estimate.as_secs(),
            window_s: options.window().as_secs(),
        });
    }
    let known = plan.devices.iter().map(|_| Known::default()).collect();
    let machine = Deployment::new(plan.devices.iter().map(|device| device.group).collect());
    let mut driver = Driver::new(deployment, plan, ports, options, events, machine, known)?;
    let began = JournalEvent::Began {
        plan: driver.plan_hash.clone(),
        by: driver.options.by.clone(),
        window_minutes: driver.options.window_minutes,
        policy: driver.options.policy,
        child_of: driver.options.child_of.clone(),
    };
    driver.note(None, began);
    let actions = driver
        .machine
        .on(Input::Start)
        .map_err(|source| driver.defect(source))?;
    driver.carry_out(actions).await?;
    driver.finish(cancel).await
}

fn nothing_to_do(deployment: DeploymentId) -> DeploymentReport {
    DeploymentReport {
        deployment,
        outcome: Outcome::NothingToDo,
        cause: None,
        devices: Vec::new(),
        checks: Vec::new(),
        readings: BTreeMap::new(),
        found: BTreeMap::new(),
        decided: None,
        undo_wanted: false,
        took: Duration::ZERO,
    }
}

/// What a future brings back.
pub(super) enum What {
    Step(Step, StepEnd, Duration),
    Pause(Event),
    Closed,
}

pub(super) type Running = BoxFuture<'static, (usize, Device, What)>;

pub(crate) struct Driver<'a> {
    pub(super) id: DeploymentId,
    pub(super) plan_hash: String,
    pub(super) hops: Vec<super::change::Hop>,
    pub(super) domains: Arc<Vec<bk_model::BridgeDomainName>>,
    pub(super) ports: Ports,
    pub(super) options: Arc<DeployOptions>,
    pub(super) events: &'a EventSink,
    pub(super) machine: Deployment,
    pub(super) names: Vec<DeviceName>,
    pub(super) devices: Vec<Option<Device>>,
    pub(super) running: FuturesUnordered<Running>,
    pub(super) unwritten: Vec<JournalEntry>,
    pub(super) next_seq: u64,
    pub(super) stop: CancellationToken,
    pub(super) cause: Option<Cause>,
    pub(super) checks: Vec<CheckRow>,
    pub(super) reports: Vec<Option<(Claim, DeviceReport)>>,
    pub(super) decided: Option<DateTime<Utc>>,
    pub(super) started: DateTime<Utc>,
    pub(super) ended: bool,
    /// When each pending commit of ours ends by its device's last word, on the clock that runs while the laptop sleeps.
    pub(super) timers: Vec<Option<Duration>>,
}

impl<'a> Driver<'a> {
    pub(crate) fn new(
        id: DeploymentId,
        plan: DeploymentPlan,
        ports: Ports,
        options: DeployOptions,
        events: &'a EventSink,
        machine: Deployment,
        known: Vec<Known>,
    ) -> Result<Self, DeploymentError> {
        let names: Vec<DeviceName> = plan.devices.iter().map(|device| device.device.clone()).collect();
        let mut devices = Vec::new();
        for (change, known) in plan.devices.into_iter().zip(known) {
            let port = ports
                .devices
                .get(&change.device)
                .cloned()
                .ok_or_else(|| DeploymentError::NoPort {
                    deployment: id,
                    device: change.device.clone(),
                })?;
            devices.push(Some(Device::new(change, port, known)));
        }
        let started = ports.clock.now();
        let timers = vec![None; names.len()];
        Ok(Self {
            id,
            plan_hash: plan.hash,
            hops: plan.hops,
            domains: Arc::new(plan.domains),
            reports: vec![None; names.len()],
            ports,
            options: Arc::new(options),
            events,
            machine,
            names,
            devices,
            running: FuturesUnordered::new(),
            unwritten: Vec::new(),
            next_seq: 0,
            stop: CancellationToken::new(),
            cause: None,
            checks: Vec::new(),
            decided: None,
            started,
            ended: false,
            timers,
        })
    }

    /// Goes on with a deployment that its journal left open.
    pub(crate) fn resume_at(&mut self, next_seq: u64, decided: Option<DateTime<Utc>>, cause: Option<Cause>) {
        self.next_seq = next_seq;
        self.decided = decided;
        self.cause = cause;
    }

    pub(super) fn defect(&self, source: IllegalTransition) -> DeploymentError {
        DeploymentError::Transition {
            deployment: self.id,
            source,
        }
    }

    /// Runs until every device is claimed and every session is closed.
    pub(crate) async fn finish(
        mut self,
        cancel: CancellationToken,
    ) -> Result<DeploymentReport, DeploymentError> {
        let mut aborted = false;
        while !(self.ended && self.running.is_empty()) {
            let guarded = self.machine.direction() == Direction::Forward;
            let short = self.until_short();
            tokio::select! {
                biased;
                () = cancel.cancelled(), if !aborted => {
                    aborted = true;
                    self.abort().await?;
                }
                index = short, if guarded => self.time_short(index).await?,
                Some(done) = self.running.next() => {
                    let mut group = vec![done];
                    while let Some(Some(done)) = self.running.next().now_or_never() {
                        group.push(done);
                    }
                    self.ended_steps(group).await?;
                }
            }
        }
        Ok(self.report())
    }

    async fn abort(&mut self) -> Result<(), DeploymentError> {
        let was = self.machine.direction();
        let actions = self
            .machine
            .on(Input::Abort)
            .map_err(|source| self.defect(source))?;
        if was == Direction::Forward && self.machine.direction() == Direction::Back {
            self.turned_back(Cause::Person);
        }
        self.carry_out(actions).await
    }

    async fn ended_steps(&mut self, group: Vec<(usize, Device, What)>) -> Result<(), DeploymentError> {
        let mut actions = Vec::new();
        for (index, mut device, what) in group {
            let event = match what {
                What::Closed => {
                    self.devices[index] = Some(device);
                    continue;
                }
                What::Pause(event) => event,
                What::Step(step, end, took) => self.step_ended(index, &mut device, step, end, took)?,
            };
            self.devices[index] = Some(device);
            actions.extend(
                self.machine
                    .on(Input::Device(index, event))
                    .map_err(|source| self.defect(source))?,
            );
        }
        self.carry_out(actions).await
    }

    /// Steps of the table, each as the function that carries it out.
    pub(super) async fn step(mut device: Device, step: Step, env: &Env) -> (Device, StepEnd) {
        let result = match step {
            Step::PreflightRead => forward::preflight(&mut device, env).await,
            Step::PrepareLines => forward::prepare(&mut device, env).await,
            Step::ArmRecheck => forward::recheck(&mut device, env).await,
            Step::ArmCommit => forward::arm(&mut device, env).await,
            Step::ArmProve => forward::prove_armed(&mut device, env).await,
            Step::Verify => verifying::verify(&mut device, env).await,
            Step::DecideCheck => verifying::decide_check(&mut device, env).await,
            Step::ResolveProbe | Step::CompleteProbe | Step::ConfirmProve => {
                backward::probe(&mut device, env).await
            }
            Step::ResolveClean | Step::CompleteClean => backward::clean(&mut device, env).await,
            Step::ResolveCancel => backward::cancel(&mut device, env).await,
            Step::Confirm | Step::ResolveConfirm => backward::confirm(&mut device, env).await,
            Step::ResolveReverse => backward::reverse(&mut device, env).await,
            Step::CompleteReapply => backward::reapply(&mut device, env).await,
            Step::CompleteVerify => verifying::verify_again(&mut device, env).await,
            Step::SettleRead => backward::settle(&mut device, env).await,
        };
        match result {
            Ok(end) => (device, end),
            Err(error) => {
                let end = device.lost(&error, env);
                (device, end)
            }
        }
    }

    fn report(self) -> DeploymentReport {
        let claims: Vec<Claim> = self.reports.iter().flatten().map(|(claim, _)| *claim).collect();
        let mut readings = BTreeMap::new();
        let mut all_found = BTreeMap::new();
        let claim_of = |device: &Device| {
            let at = self.names.iter().position(|name| name == device.name())?;
            Some(self.reports[at].as_ref()?.0)
        };
        for device in self.devices.into_iter().flatten() {
            let is_old = claim_of(&device) == Some(Claim::Old);
            all_found.insert(device.plan.device.clone(), device.found(is_old));
            if let Some(reading) = device.reading {
                readings.insert(device.plan.device, reading);
            }
        }
        let took = (self.ports.clock.now() - self.started)
            .to_std()
            .unwrap_or_default();
        let outcome = outcome(&claims, self.cause.as_ref());
        let all_old = claims.iter().all(|claim| *claim == Claim::Old);
        let cause = match self.cause {
            Some(cause) if all_old => Some(found::as_read(cause, &all_found)),
            cause => cause,
        };
        self.events.send(DeploymentEvent::Ended { outcome });
        DeploymentReport {
            deployment: self.id,
            outcome,
            cause,
            devices: self
                .reports
                .into_iter()
                .flatten()
                .map(|(_, report)| report)
                .collect(),
            checks: self.checks,
            readings,
            found: all_found,
            decided: self.decided,
            undo_wanted: self.machine.undo_after(),
            took,
        }
    }
}

impl Driver<'_> {
    /// Carries out actions; the journal is written before anything begins.
    pub(crate) async fn carry_out(&mut self, actions: Vec<Action>) -> Result<(), DeploymentError> {
        let mut queue = std::collections::VecDeque::from(actions);
        let mut orders = Vec::new();
        while let Some(action) = queue.pop_front() {
            match action {
                Action::Device(index, order) => orders.extend(self.order(index, order)?),
                Action::Phase(phase) => {
                    let at = self.ports.clock.now();
                    self.events.send(DeploymentEvent::Phase { phase, at });
                }
                Action::CheckFabric => {
                    let input = self.check_fabric();
                    queue.extend(self.machine.on(input).map_err(|source| self.defect(source))?);
                }
                Action::Record => {
                    let input = self.record().await?;
                    queue.extend(self.machine.on(input).map_err(|source| self.defect(source))?);
                }
                Action::End => self.end(),
            }
        }
        if self.machine.direction() == Direction::Back {
            self.stop.cancel();
        }
        self.write().await?;
        for (index, order) in orders {
            self.begin(index, order);
        }
        Ok(())
    }
}
