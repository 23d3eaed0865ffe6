//! What a person decides about a difference that lasts: consent to another's lines, or taking it as it is.

use bk_engine::deploy::{Consent, DeploymentId, DeviceReport, DeviceState, Note};
use bk_engine::plan::Plan;
use bk_engine::ports::{Journal, JournalEntry, JournalEvent};
use bk_engine::recovery::{self, OpenDeployment};
use bk_model::DeviceName;

use super::choose::Taken;
use super::live::Live;
use super::words::status_of_outcome;
use super::{cards, not_offered, replayed, show, status_word};
use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::views::{DeploymentDetail, DeploymentStatus};

/// How a deployment with a lasting difference is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Closing {
    /// The difference stays; the draft stays as it is.
    AsItIs,
    /// What another put in place of ours stays: it becomes the record, and the draft has ended.
    KeepTheirs,
    /// What is there becomes the record; what is not deployed stays in the draft, to be planned anew.
    PlanAnew,
}

impl App {
    /// A person consents to commit the lines of another that stand in the candidate of a device, exactly as they were
    /// shown. A running deployment takes it up at its next look there; one that was left open is recovered with it.
    pub(super) async fn consent(&self, id: DeploymentId, device: DeviceName) -> Result<(), AppError> {
        let by = self.user().await?;
        let blocked = |report: Option<&DeviceReport>| report.and_then(lines_in_the_way);
        let not_blocked = || {
            let reason = format!("no lines of another are known to stand in the way on {device}");
            not_offered("consent", &reason)
        };
        if let Some(running) = self.running_deployments().get(id) {
            let live = running.live();
            let known = live.devices.iter().find(|known| known.device == device);
            let lines = blocked(known.and_then(|known| known.report.as_ref())).ok_or_else(not_blocked)?;
            running.consents.give(device, Consent { by, lines });
            return Ok(());
        }
        let open = self.open_deployment(id).await?;
        let open = open.ok_or_else(|| not_offered("consent", "it has ended"))?;
        let known = open.device(&device);
        let lines = blocked(known.and_then(|known| known.report.as_ref())).ok_or_else(not_blocked)?;
        self.recover_deployment(id, false, Some((device, Consent { by, lines })))
            .await
    }

    /// Closes a deployment whose difference a person takes.
    pub(super) async fn close_in_doubt(
        &self,
        id: DeploymentId,
        closing: Closing,
        why: String,
    ) -> Result<(), AppError> {
        let lock = self.lock_deployments()?;
        let turn = self.running_deployments().turn().await;
        if self.running_deployments().get(id).is_some() {
            return Err(not_offered("close-in-doubt", "it runs"));
        }
        let open = self.open_deployment(id).await?;
        let open = open.ok_or_else(|| not_offered("close-in-doubt", "it has ended"))?;
        let detail = self.closed_detail(&open).await?;
        let states: Vec<String> = open
            .devices
            .iter()
            .filter_map(|device| device.report.as_ref())
            .map(super::words::state_sentence)
            .collect();
        let sentence = format!("Closed as it is: {}.", states.join(", "));
        // The draft first: whoever is stopped in between finds the deployment open, with the same choice.
        if closing != Closing::AsItIs
            && let Some(settles) = self.settles_of(id).await?
        {
            let new: Vec<DeviceName> = open
                .devices
                .iter()
                .filter(|device| {
                    closing == Closing::KeepTheirs
                        || device
                            .report
                            .as_ref()
                            .is_some_and(|report| report.state == DeviceState::New)
                })
                .map(|device| device.device.clone())
                .collect();
            self.settle_draft(&settles, id.0, Some(&new)).await?;
        }
        let last = recovery::end_in_doubt(&open, self.now());
        let word = status_word(DeploymentStatus::InDoubt);
        let text = serde_json::to_string(&detail).expect("a view is JSON");
        let deployments = self.store().deployments();
        deployments.close(&last, word, &sentence, &text).await?;
        drop((turn, lock));
        if closing == Closing::AsItIs {
            return Ok(());
        }
        let devices = open.devices.iter().map(|device| device.device.clone());
        self.sync_for(id, Taken::Asking(devices.collect()), why).await
    }

    /// Files a deployment away whose process died before its journal began, or after its journal ended. No device that was
    /// not proven is claimed: without an entry nothing was sent, and an end stands in the journal only when all is proven or
    /// a person took what was reported; then it stays in doubt.
    pub(super) async fn file_away(&self, id: DeploymentId) -> Result<(), AppError> {
        let lock = self.lock_deployments()?;
        let stored = self.store().deployments().get(id).await?;
        if show::stored_status(&stored) != DeploymentStatus::Running {
            return Err(not_offered("recover", "it has ended"));
        }
        let entries = self.store().journal().entries(&id).await?;
        let nothing_sent = entries.is_empty();
        let plan = self.stored_plan(&stored.plan).await?.plan;
        let live = reported(&plan, entries);
        let (status, sentence) = match live.outcome {
            Some(outcome) => (
                status_of_outcome(outcome),
                "Its process ended before it was filed away; every device is as last reported.",
            ),
            None if nothing_sent => (
                DeploymentStatus::Aborted,
                "Its process ended before anything was sent. Every device is old.",
            ),
            None => return Err(not_offered("recover", "its journal has no end")),
        };
        let now = self.now();
        let row = show::row(&stored, status, now);
        let detail = show::live_detail(row, &plan, &live, 0, now);
        if status == DeploymentStatus::Verified {
            let devices: Vec<DeviceName> = plan.devices.iter().map(|step| step.device.clone()).collect();
            self.read_again(&devices, &plan).await?;
            if let Some(settles) = self.settles_of(id).await? {
                self.settle_draft(&settles, id.0, None).await?;
            }
        }
        let deployments = self.store().deployments();
        deployments
            .update(id, status_word(status), sentence, Some(self.now()))
            .await?;
        let text = serde_json::to_string(&detail).expect("a view is JSON");
        deployments.archive(id, "detail", &text, now).await?;
        drop(lock);
        self.changed(&[Topic::Deployments, Topic::Domains, Topic::Drafts, Topic::Status]);
        Ok(())
    }

    /// The deployment as it is shown once it is closed: its last reports, without a choice.
    async fn closed_detail(&self, open: &OpenDeployment) -> Result<DeploymentDetail, AppError> {
        let stored = self.store().deployments().get(open.deployment).await?;
        let plan = self.stored_plan(&stored.plan).await?.plan;
        let row = show::row(&stored, DeploymentStatus::InDoubt, self.now());
        let live = replayed(Live::new(&plan), open);
        Ok(DeploymentDetail {
            card: None,
            ..cards::open_detail(row, &plan, &live, open, self.now())
        })
    }
}

/// A deployment whose journal is closed, with the last reports that stand there.
pub(super) fn reported(plan: &Plan, entries: Vec<JournalEntry>) -> Live {
    let mut live = Live::new(plan);
    for entry in entries {
        match entry.event {
            JournalEvent::Reported { report } => {
                let mut devices = live.devices.iter_mut();
                if let Some(device) = devices.find(|known| known.device == report.device) {
                    device.report = Some(report);
                }
            }
            JournalEvent::Ended { outcome } => live.outcome = Some(outcome),
            _ => {}
        }
    }
    live
}

/// The candidate lines of another that stop a commit of ours, as the device printed them.
pub(super) fn lines_in_the_way(report: &DeviceReport) -> Option<String> {
    if report.remedy.as_deref() != Some("wait-for-anothers-candidate") {
        return None;
    }
    report.notes.iter().find_map(|note| match note {
        Note::BlockedByCandidate { lines } => Some(lines.clone()),
        _ => None,
    })
}
