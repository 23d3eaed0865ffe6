//! Deployments: run in the background, followed, resolved, undone, remembered.

mod finish;
mod live;
mod run;
mod show;
mod transcript;
mod words;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use bk_engine::deploy::DeploymentId;
use bk_engine::plan::Plan;
use bk_engine::recovery::{self, OpenDeployment};
use bk_store::Deployment;
use tokio_util::sync::CancellationToken;

use self::live::Live;
use crate::app::App;
use crate::errors::AppError;
use crate::views::{DeployOptions, DeploymentDetail, DeploymentRow, DeploymentStatus, TranscriptRow};

pub(crate) use words::{check_label, status_word};

/// Transcript rows given at once at most.
const ROWS: u32 = 10_000;

/// Deployments that this process runs.
#[derive(Default)]
pub(crate) struct RunningDeployments {
    all: Mutex<BTreeMap<DeploymentId, Arc<Running>>>,
}

/// One that runs.
pub(crate) struct Running {
    plan: Plan,
    window_minutes: u16,
    live: Mutex<Live>,
    cancel: CancellationToken,
}

impl RunningDeployments {
    fn get(&self, id: DeploymentId) -> Option<Arc<Running>> {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    fn insert(&self, id: DeploymentId, running: Arc<Running>) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, running);
    }

    fn remove(&self, id: DeploymentId) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}

impl Running {
    fn live(&self) -> Live {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn change(&self, change: impl FnOnce(&mut Live)) {
        change(&mut self.live.lock().unwrap_or_else(PoisonError::into_inner));
    }
}

impl App {
    /// Runs a stored plan on all its devices as one transaction, in the background.
    ///
    /// # Errors
    /// [`AppError::Lock`] if another process runs one from this data folder; [`AppError::InDoubtFirst`] if an open
    /// deployment touches the same devices; [`AppError`] if credentials can't be had. Then nothing was sent.
    pub async fn deployment_start(
        &self,
        plan: String,
        options: DeployOptions,
    ) -> Result<DeploymentDetail, AppError> {
        if !(2..=60).contains(&options.window_minutes) {
            return Err(AppError::BadInput {
                field: "confirm window",
                reason: format!("{} minutes are not 2 to 60", options.window_minutes),
            });
        }
        let stored = self.stored_plan(&plan).await?;
        let lock = self.lock_deployments()?;
        for open in recovery::classify(&self.store().journal()).await? {
            if stored
                .plan
                .devices
                .iter()
                .any(|step| open.device(&step.device).is_some())
            {
                return Err(AppError::InDoubtFirst {
                    deployment: open.deployment.0,
                });
            }
        }
        let id = self
            .begin_deployment(stored.plan, options.window_minutes, lock)
            .await?;
        self.deployment_detail(id.0).await
    }

    /// Takes a choice that a deployment offers: `abort`, `retry`, `recover`, `recover-then-undo`, `close-in-doubt`,
    /// `discover-and-sync`, `leave`.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a choice that is not offered now.
    pub async fn deployment_choose(
        &self,
        deployment: u32,
        choice: String,
    ) -> Result<DeploymentDetail, AppError> {
        let id = DeploymentId(deployment);
        match choice.as_str() {
            "abort" => {
                let running = self
                    .running_deployments()
                    .get(id)
                    .ok_or_else(|| not_offered(&choice, "it does not run here"))?;
                running.change(|live| live.aborting = true);
                running.cancel.cancel();
            }
            "retry" => {
                let stored = self.store().deployments().get(id).await?;
                let window = self.current_settings().await?.window_minutes;
                return Box::pin(self.deployment_start(
                    stored.plan,
                    DeployOptions {
                        window_minutes: window,
                    },
                ))
                .await;
            }
            "recover" | "recover-then-undo" => self.recover_deployment(id).await?,
            "close-in-doubt" => {
                let open = self
                    .open_deployment(id)
                    .await?
                    .ok_or_else(|| not_offered(&choice, "it has ended"))?;
                let _lock = self.lock_deployments()?;
                recovery::close_in_doubt(&open, &self.store().journal(), self.now()).await?;
                self.store()
                    .deployments()
                    .update(
                        id,
                        status_word(DeploymentStatus::InDoubt),
                        "Closed with a difference.",
                        Some(self.now()),
                    )
                    .await?;
            }
            "discover-and-sync" => {
                let stored = self.store().deployments().get(id).await?;
                let plan = self.stored_plan(&stored.plan).await?.plan;
                let devices = plan.devices.iter().map(|step| step.device.to_string()).collect();
                self.discovery_start(Some(devices)).await?;
            }
            "leave" => {}
            _ => return Err(not_offered(&choice, "there is no such choice")),
        }
        self.deployment_detail(deployment).await
    }

    /// Lists all deployments, newest first.
    ///
    /// # Errors
    /// [`AppError`] if they can't be read.
    pub async fn deployments_list(&self) -> Result<Vec<DeploymentRow>, AppError> {
        let all = self.store().deployments().list().await?;
        Ok(all
            .iter()
            .map(|stored| show::row(stored, self.status_now(stored), self.now()))
            .collect())
    }

    /// Tells everything about a deployment, running, past or open.
    ///
    /// # Errors
    /// [`AppError`] if there is none of this number.
    pub async fn deployment_detail(&self, deployment: u32) -> Result<DeploymentDetail, AppError> {
        let id = DeploymentId(deployment);
        if let Some(running) = self.running_deployments().get(id) {
            let stored = self.store().deployments().get(id).await?;
            let row = show::row(&stored, DeploymentStatus::Running, self.now());
            return Ok(show::live_detail(
                row,
                &running.plan,
                &running.live(),
                running.window_minutes,
                self.now(),
            ));
        }
        let stored = self.store().deployments().get(id).await?;
        let row = show::row(&stored, self.status_now(&stored), self.now());
        if let Some(text) = self.store().deployments().archived(id, "detail").await?
            && let Ok(mut detail) = serde_json::from_str::<DeploymentDetail>(&text)
        {
            if let Some(by) = row.undone_by {
                detail.rollback.possible = false;
                detail.rollback.sentence = format!("Deployment {by} undid this one.");
                detail.rollback.reason = Some(format!("Deployment {by} undid it."));
            }
            return Ok(DeploymentDetail { row, ..detail });
        }
        let plan = self.stored_plan(&stored.plan).await?.plan;
        let live = Live::new(&plan);
        match self.open_deployment(id).await? {
            Some(open) => {
                let reported = replayed(live, &open);
                Ok(show::open_detail(row, &plan, &reported, &open, self.now()))
            }
            None => Ok(show::live_detail(row, &plan, &live, 0, self.now())),
        }
    }

    /// Gives what was sent and answered, from row `from` on; all devices, or one.
    ///
    /// # Errors
    /// [`AppError`] if it can't be read.
    pub async fn deployment_transcript(
        &self,
        deployment: u32,
        device: Option<String>,
        from: u32,
    ) -> Result<Vec<TranscriptRow>, AppError> {
        let device = device.as_deref().map(crate::drafts::device_name).transpose()?;
        let entries = self
            .store()
            .transcripts()
            .read(DeploymentId(deployment), device.as_ref(), from, ROWS)
            .await?;
        Ok(entries.iter().map(transcript::row).collect())
    }

    /// The stored word of a deployment that was running when its process died says so still.
    fn status_now(&self, stored: &Deployment) -> DeploymentStatus {
        let word = show::stored_status(stored);
        if word != DeploymentStatus::Running {
            return word;
        }
        let runs = self.running_deployments().get(stored.id).is_some() || self.is_locked_by_another();
        if runs { word } else { DeploymentStatus::InDoubt }
    }

    /// Returns the deployment if its journal did not end.
    async fn open_deployment(&self, id: DeploymentId) -> Result<Option<OpenDeployment>, AppError> {
        let open = recovery::classify(&self.store().journal()).await?;
        Ok(open.into_iter().find(|open| open.deployment == id))
    }
}

fn not_offered(choice: &str, reason: &str) -> AppError {
    AppError::BadInput {
        field: "choice",
        reason: format!("{choice:?} is not offered: {reason}"),
    }
}

/// Shows the last reports that stand in the journal of an open deployment.
fn replayed(mut live: Live, open: &OpenDeployment) -> Live {
    for device in &mut live.devices {
        let known = open.device(&device.device);
        device.report = known.and_then(|known| known.report.clone());
        device.until = known.and_then(|known| known.known.until);
        let committed = known.is_some_and(|known| known.sent == bk_engine::deploy::table::Sent::Commit);
        device.committed = committed.then_some(open.last_entry);
    }
    live.decided = open.decided;
    live
}
