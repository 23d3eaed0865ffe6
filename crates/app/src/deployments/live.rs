//! What is known of a running deployment, from its events.

use std::collections::BTreeMap;
use std::time::Duration;

use bk_engine::deploy::{Cause, DeploymentEvent, DeviceReport, Drift, Outcome, Phase, Step};
use bk_engine::plan::Plan;
use bk_engine::verify::CheckRow;
use bk_model::DeviceName;
use chrono::{DateTime, Utc};

use super::words::{cause_device, phase_of};

/// State of one phase on one device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Cell {
    /// Not reached.
    #[default]
    Waiting,
    /// Going on.
    Running,
    /// Done.
    Passed,
    /// Refused or failed.
    Failed,
    /// The answer is lost.
    Unknown,
    /// Ended early because the deployment turned back.
    TakenBack,
}

/// One device.
#[derive(Clone, Debug)]
pub(super) struct LiveDevice {
    pub(super) device: DeviceName,
    pub(super) group: u32,
    pub(super) cells: [(Cell, Duration); 6],
    pub(super) reached: Phase,
    pub(super) until: Option<DateTime<Utc>>,
    pub(super) report: Option<DeviceReport>,
    pub(super) words: Option<String>,
    /// When a commit of ours was begun.
    pub(super) committed: Option<DateTime<Utc>>,
    /// Whether the device answered that it took it.
    pub(super) answered: bool,
}

/// A running deployment.
#[derive(Clone, Debug)]
pub(super) struct Live {
    pub(super) phase: Phase,
    pub(super) phase_began: [Option<DateTime<Utc>>; 6],
    pub(super) devices: Vec<LiveDevice>,
    /// First moment at which a device goes back by itself, with the seconds left that it told and when it told them.
    pub(super) clocks: BTreeMap<DeviceName, (DateTime<Utc>, u64)>,
    pub(super) checks: Vec<CheckRow>,
    pub(super) cause: Option<Cause>,
    /// What stands against its plan, once it has turned back.
    pub(super) drifts: Vec<Drift>,
    pub(super) decided: Option<DateTime<Utc>>,
    pub(super) outcome: Option<Outcome>,
    pub(super) aborting: bool,
}

pub(super) const PHASES: [Phase; 6] = [
    Phase::Preflight,
    Phase::Prepare,
    Phase::Arm,
    Phase::Verify,
    Phase::Decide,
    Phase::Settle,
];

/// Whether this device is why a deployment turned back.
fn names(cause: &Cause, device: &DeviceName) -> bool {
    match cause {
        Cause::Drift { drifts } => drifts.iter().any(|drift| drift.device == *device),
        cause => cause_device(cause).as_deref() == Some(device.as_str()),
    }
}

pub(super) fn place(phase: Phase) -> usize {
    PHASES
        .iter()
        .position(|one| *one == phase)
        .expect("all phases are listed")
}

impl Live {
    pub(super) fn new(plan: &Plan) -> Self {
        let device = |step: &bk_engine::plan::DevicePlan| LiveDevice {
            device: step.device.clone(),
            group: step.group,
            cells: Default::default(),
            reached: Phase::Preflight,
            until: None,
            report: None,
            words: None,
            committed: None,
            answered: false,
        };
        Self {
            phase: Phase::Preflight,
            phase_began: [None; 6],
            devices: plan.devices.iter().map(device).collect(),
            clocks: BTreeMap::new(),
            checks: Vec::new(),
            cause: None,
            drifts: Vec::new(),
            decided: None,
            outcome: None,
            aborting: false,
        }
    }

    /// Takes one event in.
    pub(super) fn on(&mut self, event: DeploymentEvent) {
        match event {
            DeploymentEvent::Phase { phase, at } => {
                self.phase = phase;
                self.phase_began[place(phase)] = Some(at);
            }
            DeploymentEvent::StepStarted { device, step, at } => {
                if let Some(live) = self.device(&device).filter(|_| step == Step::ArmCommit) {
                    live.committed = Some(at);
                }
                self.step(&device, step, Cell::Running, Duration::ZERO, None);
            }
            DeploymentEvent::StepEnded {
                device,
                step,
                result,
                words,
                took,
            } => {
                let stopped = (self.cause.as_ref()).is_some_and(|cause| !names(cause, &device));
                let cell = match result {
                    "passed" | "saw" => Cell::Passed,
                    "lost" | "unreachable" => Cell::Unknown,
                    // A person or another device turned the deployment: this one did not refuse, it was stopped.
                    _ if words.is_none() && stopped => Cell::TakenBack,
                    _ => Cell::Failed,
                };
                self.step(&device, step, cell, took, words);
            }
            DeploymentEvent::Clock {
                device,
                until,
                seconds_left,
            } => {
                if let Some(live) = self.device(&device) {
                    live.until = Some(until);
                }
                self.clocks.insert(device, (until, seconds_left));
            }
            DeploymentEvent::Checks { rows } => self.checks = rows,
            DeploymentEvent::Drift { drifts } => self.drifted(drifts),
            DeploymentEvent::TurnedBack { cause } => {
                self.cause.get_or_insert(cause);
            }
            DeploymentEvent::Decided { at } => self.decided = Some(at),
            DeploymentEvent::Waiting { report, .. } => {
                let device = report.device.clone();
                if let Some(live) = self.device(&device) {
                    live.report = Some(report);
                }
            }
            DeploymentEvent::Reported { report } => {
                self.clocks.remove(&report.device);
                let device = report.device.clone();
                if let Some(live) = self.device(&device) {
                    live.report = Some(report);
                }
            }
            DeploymentEvent::Ended { outcome } => self.outcome = Some(outcome),
        }
    }

    /// A step found drift. That it ended was told before what it found, and after another device had turned the deployment
    /// for its drift it looked like stopped.
    fn drifted(&mut self, drifts: Vec<Drift>) {
        let turned = matches!(self.cause, Some(Cause::Drift { .. }));
        for device in drifts.iter().map(|drift| &drift.device) {
            if let Some(live) = self.device(device)
                && let (state @ Cell::TakenBack, _) = &mut live.cells[place(live.reached)]
                && turned
            {
                *state = Cell::Failed;
            }
        }
        self.cause = Some(Cause::Drift { drifts });
    }

    fn device(&mut self, name: &DeviceName) -> Option<&mut LiveDevice> {
        self.devices.iter_mut().find(|device| device.device == *name)
    }

    fn step(&mut self, name: &DeviceName, step: Step, cell: Cell, took: Duration, words: Option<String>) {
        let Some(device) = self.device(name) else { return };
        if let Some(phase) = phase_of(step) {
            device.reached = phase;
        }
        device.answered |= step == Step::ArmCommit && cell == Cell::Passed;
        let (state, spent) = &mut device.cells[place(device.reached)];
        // A step of going back says nothing of the phase but that it ended early.
        let back = phase_of(step).is_none();
        match (back, *state) {
            (true, Cell::Running | Cell::Waiting) => *state = Cell::TakenBack,
            (true, _) => {}
            (false, _) => *state = cell,
        }
        *spent += took;
        if words.is_some() {
            device.words = words;
        }
    }

    /// Seconds that each phase took until the next began; for estimates of later plans.
    pub(super) fn phase_seconds(&self, ended: DateTime<Utc>) -> Option<[f64; 6]> {
        let mut seconds = [0.0; 6];
        for (at, began) in self.phase_began.iter().enumerate() {
            let began = (*began)?;
            let until = self.phase_began.get(at + 1).copied().flatten().unwrap_or(ended);
            seconds[at] = (until - began).to_std().ok()?.as_secs_f64();
        }
        Some(seconds)
    }
}
