//! The end of a deployment: records, archive, history.

use std::collections::BTreeSet;

use bk_engine::deploy::{DeploymentError, DeploymentId, DeploymentReport, DeviceState};
use bk_engine::leftovers::Leftover;
use bk_engine::plan::Plan;
use bk_engine::verify::CheckResult;
use bk_model::DeviceName;
use bk_store::SnapshotSource;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::readings::drifts_of;
use super::run::{Ended, Job, Work};
use super::running::Running;
use super::words::{cause_sentence, state_sentence, status_of_outcome};
use super::{show, status_word};
use crate::app::App;
use crate::drift::Reach;
use crate::errors::AppError;
use crate::events::{AppEvent, Topic};
use crate::present::{counted, number};
use crate::views::{DeployOptions, DeploymentDetail, DeploymentStatus, Policy};

impl App {
    /// Stores what came of a deployment and lets the lock go.
    pub(super) async fn finish_deployment(
        &self,
        job: Job,
        outcome: Result<DeploymentReport, DeploymentError>,
    ) -> Ended {
        let (status, sentence) = match &outcome {
            Ok(report) => {
                job.running.change(|live| take_report(live, report));
                (status_of_outcome(report.outcome), sentence(report))
            }
            Err(error) => {
                tracing::error!(
                    error = error as &dyn std::error::Error,
                    deployment = job.id.0,
                    "the deployment stopped"
                );
                let status = if matches!(
                    error,
                    DeploymentError::WindowTooShort { .. } | DeploymentError::NoPort { .. }
                ) {
                    DeploymentStatus::Refused
                } else {
                    DeploymentStatus::InDoubt
                };
                (status, crate::errors::deployment_sentence(error))
            }
        };
        if let Err(error) = self
            .store_end(&job, outcome.as_ref().ok(), status, &sentence)
            .await
        {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                deployment = job.id.0,
                "the end of the deployment could not be stored"
            );
        }
        self.policies_after(&job, outcome.as_ref().ok()).await;
        // Before the deployment counts as ended, so that whoever follows it finds the rollback.
        let undo = job.then_undo || job.running.cancel.is_cancelled();
        if undo && status == DeploymentStatus::Verified {
            self.undo_at_once(job.id, job.running.window_minutes, sentence)
                .await;
        }
        self.running_deployments().remove(job.id);
        // Asked last: it may have come when all was done, and ends a sequence all the same.
        let ended = Ended {
            holds: matches!(status, DeploymentStatus::Verified | DeploymentStatus::NothingToDo),
            by_person: job.running.cancel.is_cancelled(),
        };
        drop(job.lock);
        self.changed(&[
            Topic::Deployments,
            Topic::Domains,
            Topic::Drafts,
            Topic::Snapshots,
            Topic::Devices,
            Topic::Status,
        ]);
        self.emit(AppEvent::DeploymentChanged { deployment: job.id.0 });
        ended
    }

    /// Lets policies decide about what it found drifted, in the records: nothing is put back while it is ending.
    async fn policies_after(&self, job: &Job, report: Option<&DeploymentReport>) {
        let devices: BTreeSet<DeviceName> = report
            .map(drifts_of)
            .unwrap_or_default()
            .into_iter()
            .map(|drift| drift.device)
            .collect();
        if devices.is_empty() {
            return;
        }
        if let Err(error) = self.apply_policies(&devices, Reach::Records).await {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                deployment = job.id.0,
                "the policies of drift were not applied"
            );
        }
    }

    /// A person chose "finish, then roll back": the rollback is planned, proven and run. Where it can't be, the sentence of
    /// the deployment says why.
    fn undo_at_once(&self, id: DeploymentId, window_minutes: u16, sentence: String) -> BoxFuture<'_, ()> {
        async move {
            let begun = async {
                let plan = self.rollback_plan(id.0).await?;
                let options = DeployOptions {
                    window_minutes,
                    policy: Policy::AllOrNothing,
                };
                self.deployment_start(plan.hash, options).await
            };
            let Err(error) = begun.await else { return };
            let said = format!("{sentence} It was not started: {}", error.view().sentence);
            let word = status_word(DeploymentStatus::Verified);
            let kept = self
                .store()
                .deployments()
                .update(id, word, &said, Some(self.now()))
                .await;
            if let Err(error) = kept {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    deployment = id.0,
                    "not stored"
                );
            }
        }
        .boxed()
    }

    async fn store_end(
        &self,
        job: &Job,
        report: Option<&DeploymentReport>,
        status: DeploymentStatus,
        sentence: &str,
    ) -> Result<(), AppError> {
        let now = self.now();
        if let Some(report) = report {
            self.store_readings(job, report).await?;
            // What the dead process had read of devices that it finished died with it.
            let unread: Vec<DeviceName> = report
                .devices
                .iter()
                .filter(|device| {
                    matches!(job.work, Work::Recover(_)) && matches!(device.state, DeviceState::New)
                })
                .filter(|device| !report.readings.contains_key(&device.device))
                .map(|device| device.device.clone())
                .collect();
            if !unread.is_empty() {
                self.read_again(&unread, &job.running.plan).await?;
            }
        }
        // Only now, with its readings among the records: who looks for deployments that ended earlier finds all of it there.
        let ended = (status != DeploymentStatus::InDoubt).then(|| self.now());
        self.store()
            .deployments()
            .update(job.id, status_word(status), sentence, ended)
            .await?;
        // An open deployment is shown from its journal, which recovery goes on with.
        if status != DeploymentStatus::InDoubt {
            self.archive(job, status).await?;
        }
        if let Some(cause) = report.and_then(|report| report.cause.as_ref()) {
            let body = serde_json::to_string(cause).expect("a cause is JSON");
            self.store()
                .deployments()
                .archive(job.id, "cause", &body, now)
                .await?;
        }
        let drifts = report.map(drifts_of).unwrap_or_default();
        if !drifts.is_empty() {
            let body = serde_json::to_string(&drifts).expect("drift is JSON");
            self.store()
                .deployments()
                .archive(job.id, "drifts", &body, now)
                .await?;
        }
        if let (DeploymentStatus::Verified, Some(settles)) = (status, &job.settles) {
            self.settle_draft(settles, job.id.0, None).await?;
        }
        Ok(())
    }

    async fn archive(&self, job: &Job, status: DeploymentStatus) -> Result<(), AppError> {
        let now = self.now();
        let stored = self.store().deployments().get(job.id).await?;
        let Running {
            plan, window_minutes, ..
        } = &*job.running;
        let live = job.running.live();
        let mut detail =
            show::live_detail(show::row(&stored, status, now), plan, &live, *window_minutes, now);
        for device in &mut detail.devices {
            (device.hash_before, device.hash_after) = self.hashes(job, &device.device).await?;
        }
        // What ends here is certain without it.
        if let Err(error) = self.look_for_leftovers(plan, &mut detail).await {
            let reason = error.view().sentence;
            (detail.leftovers).push(format!("The search for leftovers failed: {reason}"));
        }
        let text = serde_json::to_string(&detail).expect("a view is JSON");
        self.store()
            .deployments()
            .archive(job.id, "detail", &text, now)
            .await?;
        if let Some(phases) = live
            .phase_seconds(now)
            .filter(|_| status == DeploymentStatus::Verified)
        {
            let text = serde_json::to_string(&phases).expect("six numbers are JSON");
            self.store()
                .deployments()
                .archive(job.id, "phases", &text, now)
                .await?;
        }
        Ok(())
    }

    /// Searches the touched devices, as they were last read, for what carries no service any more.
    async fn look_for_leftovers(&self, plan: &Plan, detail: &mut DeploymentDetail) -> Result<(), AppError> {
        let devices: BTreeSet<DeviceName> = plan.devices.iter().map(|step| step.device.clone()).collect();
        let touches = |leftover: &Leftover| {
            let interface = leftover
                .object
                .interface()
                .map(|name| format!("interfaces {name}"));
            let domain = leftover
                .object
                .domain()
                .map(|name| format!("network-services bridge-domain instance {name}"));
            let steps = plan.devices.iter().filter(|step| step.device == leftover.device);
            steps.flat_map(|step| &step.touched).any(|path| {
                let path = Some(path.as_str());
                path == interface.as_deref() || (interface.is_none() && path == domain.as_deref())
            })
        };
        let found = self.leftovers(Some(&devices)).await?.leftovers;
        let (own, before): (Vec<_>, Vec<_>) = found.into_iter().partition(touches);
        detail.leftovers.extend(
            own.iter()
                .map(|leftover| format!("{}: {}.", leftover.device, leftover.object)),
        );
        detail.left_before = number(before.len());
        Ok(())
    }

    /// Short hashes of the newest two different moments of a device: before the deployment and after it.
    async fn hashes(&self, job: &Job, device: &str) -> Result<(Option<String>, Option<String>), AppError> {
        let name = crate::drafts::device_name(device)?;
        let reads = self.store().snapshots().list(&name, 64).await?;
        let own = |snapshot: &&bk_store::Snapshot| matches!(snapshot.source, SnapshotSource::Deployment { id, .. } | SnapshotSource::Recovery { id } if id == job.id);
        let after = reads.iter().find(own).map(|snapshot| snapshot.hash.to_string());
        let before = reads
            .iter()
            .find(|snapshot| !own(snapshot))
            .map(|snapshot| snapshot.hash.to_string());
        Ok((before, after))
    }
}

fn take_report(live: &mut super::live::Live, report: &DeploymentReport) {
    live.drifts = drifts_of(report);
    live.outcome = Some(report.outcome);
    live.decided = report.decided;
    live.cause.clone_from(&report.cause);
    live.checks.clone_from(&report.checks);
    for one in &report.devices {
        if let Some(device) = live.devices.iter_mut().find(|device| device.device == one.device) {
            device.report = Some(one.clone());
        }
    }
}

/// The sentence of history: what happened, and what is certain.
fn sentence(report: &DeploymentReport) -> String {
    let states = |wanted: fn(&DeviceState) -> bool| {
        report
            .devices
            .iter()
            .filter(|device| wanted(&device.state))
            .count()
    };
    let new = number(states(|state| matches!(state, DeviceState::New)));
    match status_of_outcome(report.outcome) {
        DeploymentStatus::Verified => {
            let checks = count_checks(report);
            let undo = if report.undo_wanted {
                " A rollback was asked for."
            } else {
                ""
            };
            format!("{} new, {}.{undo}", counted(new, "device"), checks.words())
        }
        DeploymentStatus::NothingToDo => "Nothing was to change; nothing was sent.".to_owned(),
        DeploymentStatus::InDoubt => {
            let open = report
                .devices
                .iter()
                .filter(|device| device.remedy.is_some())
                .map(state_sentence);
            format!("{}.", open.collect::<Vec<_>>().join(", "))
        }
        _ => {
            let why = report
                .cause
                .as_ref()
                .map_or_else(|| "Aborted.".to_owned(), cause_sentence);
            let old = match number(report.devices.len()) {
                1 => "The device is old.".to_owned(),
                devices => format!("All {devices} devices are old."),
            };
            format!("{why} {old}")
        }
    }
}

/// Checks as they are shown, one per check and device.
#[derive(Default)]
struct CheckCount {
    passed: u32,
    not_observable: u32,
    all: u32,
}

impl CheckCount {
    /// What can't be observed is said, never counted as passed.
    fn words(&self) -> String {
        let unseen = match self.not_observable {
            0 => String::new(),
            unseen => format!(", {unseen} not observable"),
        };
        format!("{} of {} passed{unseen}", self.passed, counted(self.all, "check"))
    }
}

/// Of several rows (hops) of one check on one device the worst counts.
fn count_checks(report: &DeploymentReport) -> CheckCount {
    let mut cells = std::collections::BTreeMap::new();
    for row in &report.checks {
        let worst = cells.entry((row.check, &row.device)).or_insert(row.result);
        if weight(row.result) > weight(*worst) {
            *worst = row.result;
        }
    }
    let of = |wanted| number(cells.values().filter(|result| **result == wanted).count());
    CheckCount {
        passed: of(CheckResult::Passed),
        not_observable: of(CheckResult::NotObservable),
        all: number(cells.len()),
    }
}

fn weight(result: CheckResult) -> u8 {
    match result {
        CheckResult::Passed => 0,
        CheckResult::NotObservable => 1,
        CheckResult::Failed => 2,
    }
}
