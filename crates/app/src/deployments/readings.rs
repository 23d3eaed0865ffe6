//! What a deployment read last of its devices: records, and what drifted.

use bk_engine::deploy::{Cause, DeploymentReport, DeviceReport, DeviceState, Drift, Found, Phase, Remedy};
use bk_store::{NewSnapshot, SnapshotSource, StoredText};

use super::run::{Job, Work};
use crate::app::App;
use crate::drift::{Look, Reader, Stands, decided};
use crate::errors::AppError;

impl App {
    /// The last text read from a device that is old or new becomes its record.
    pub(super) async fn store_readings(&self, job: &Job, report: &DeploymentReport) -> Result<(), AppError> {
        let base = self.base().await?;
        let by = self.user().await?;
        // What drifted becomes the record only when a person takes it.
        let drifts = drifts_of(report);
        let at_preflight = matches!(report.cause, Some(Cause::Drift { .. }));
        let nothing = Found::default();
        let plan = &job.running.plan;
        for device in &report.devices {
            let Some(reading) = report.readings.get(&device.device) else {
                continue;
            };
            let Some(stands) = stands(device) else { continue };
            let drifted = drifts.iter().any(|drift| drift.device == device.device);
            let source = match job.work {
                Work::Run => SnapshotSource::Deployment {
                    id: job.id,
                    phase: match drifted && at_preflight {
                        true => Phase::Preflight,
                        false => Phase::Settle,
                    },
                },
                Work::Recover(_) => SnapshotSource::Recovery { id: job.id },
            };
            let at = self.now();
            // The tables were not read again; those of the last discovery still tell links and states.
            let facts = base
                .devices
                .get(&device.device)
                .map(|known| known.record.facts.clone());
            let snapshot = NewSnapshot {
                device: &device.device,
                at,
                device_time: reading.device_time,
                source,
                text: StoredText::l2(reading.text.clone()),
                facts: facts.as_ref(),
                notices: &reading.notices,
            };
            let snapshot = self.store().snapshots().add(snapshot).await?;
            let deployed = match device.state {
                DeviceState::New => decided(plan, &device.device),
                _ => Vec::new(),
            };
            let found = report.found.get(&device.device).unwrap_or(&nothing);
            self.look_for_drift(Look {
                snapshot: &snapshot,
                base: &base,
                by: Reader::Deployment {
                    id: job.id,
                    plan,
                    stands,
                    found,
                },
                deployed: &deployed,
                commits: found.list.as_deref(),
            })
            .await?;
            if !drifted {
                self.store().records().accept(&snapshot, at, &by).await?;
            }
        }
        self.base().await?;
        self.index_in_background();
        Ok(())
    }
}

/// How a device was left; none where that is not known yet.
fn stands(report: &DeviceReport) -> Option<Stands> {
    let touched = report.remedy.as_deref() == Some(Remedy::DecideTouched.code());
    match report.state {
        DeviceState::Old => Some(Stands::Old),
        DeviceState::New => Some(Stands::New),
        DeviceState::LiveWithoutTimer if touched => Some(Stands::Touched),
        _ => None,
    }
}

/// What stands against the plan of a deployment that turned back, object by object as it was read last.
pub(super) fn drifts_of(report: &DeploymentReport) -> Vec<Drift> {
    if report
        .devices
        .iter()
        .any(|device| device.state != DeviceState::Old)
    {
        return Vec::new();
    }
    let read = report.found.values().flat_map(|found| found.drifts.clone());
    read.collect()
}
