//! How long a plan will take: measured history, or the values of REF 7.10, marked assumed.

use bk_model::DeviceName;

use super::Plan;
use crate::deploy::Phase;

/// Seconds per phase of earlier deployments, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    /// One entry per deployment: seconds per phase in phase order.
    pub runs: Vec<[f64; 6]>,
}

/// Estimated time of one phase.
#[derive(Clone, Debug, PartialEq)]
pub struct PhaseEstimate {
    /// The phase.
    pub phase: Phase,
    /// Seconds until its barrier.
    pub seconds: f64,
    /// Seconds per device, in plan order.
    pub devices: Vec<(DeviceName, f64)>,
}

/// Estimated time of a plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimate {
    /// The six phases.
    pub phases: Vec<PhaseEstimate>,
    /// Deployments that it was measured from; 0 means assumed values.
    pub measured_from: usize,
}

impl Estimate {
    /// Returns the seconds in all.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.phases.iter().map(|phase| phase.seconds).sum()
    }
}

/// Assumed seconds: sign-in and reads, a line, a commit check, a commit (REF 7.10: a small commit takes about 3 s).
const READ: f64 = 2.0;
const LINE: f64 = 0.1;
const CHECK: f64 = 3.0;
const COMMIT: f64 = 3.0;
/// How many of the newest runs count.
const NEWEST: usize = 20;

/// Estimates a plan. Phases wait for their slowest device; groups add up where commits are ordered.
#[must_use]
pub fn estimate(plan: &Plan, history: &History) -> Estimate {
    let phases = [
        Phase::Preflight,
        Phase::Prepare,
        Phase::Arm,
        Phase::Verify,
        Phase::Decide,
        Phase::Settle,
    ];
    let groups = plan.devices.iter().map(|device| device.group).max().unwrap_or(0);
    let assumed = phases.map(|phase| {
        let devices: Vec<_> = plan
            .devices
            .iter()
            .map(|device| {
                let lines = device.forward.len() as f64;
                let seconds = match phase {
                    Phase::Preflight | Phase::Settle => READ,
                    Phase::Prepare => lines * LINE + CHECK,
                    Phase::Arm => COMMIT,
                    Phase::Verify => READ * 2.0,
                    Phase::Decide => COMMIT,
                };
                (device.device.clone(), seconds)
            })
            .collect();
        let slowest = devices.iter().map(|(_, seconds)| *seconds).fold(0.0, f64::max);
        let seconds = if phase == Phase::Arm {
            slowest * f64::from(groups)
        } else {
            slowest
        };
        PhaseEstimate {
            phase,
            seconds,
            devices,
        }
    });
    let runs = &history.runs[..history.runs.len().min(NEWEST)];
    let mut phases = Vec::from(assumed);
    for (at, phase) in phases.iter_mut().enumerate().filter(|_| !runs.is_empty()) {
        let mut measured: Vec<f64> = runs.iter().map(|run| run[at]).collect();
        measured.sort_by(f64::total_cmp);
        let median = measured[measured.len() / 2];
        let scale = if phase.seconds > 0.0 {
            median / phase.seconds
        } else {
            1.0
        };
        phase.seconds = median;
        phase
            .devices
            .iter_mut()
            .for_each(|(_, seconds)| *seconds *= scale);
    }
    Estimate {
        phases,
        measured_from: runs.len(),
    }
}
