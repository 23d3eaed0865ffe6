//! Taking what a card offers.

use std::collections::BTreeSet;

use bk_engine::deploy::{DeploymentId, Drift};
use bk_model::DeviceName;
use bk_store::Decided;

use super::choice::{Choice, not_offered};
use super::close::Closing;
use crate::app::App;
use crate::discovery::{Purpose, finish};
use crate::drift::{Verdict, reason};
use crate::errors::AppError;
use crate::events::Topic;
use crate::present::number;
use crate::views::{ActivityState, DeploymentDetail};

/// What is taken of devices that are read for a card.
pub(super) enum Taken {
    /// The objects that stopped the deployment, on the devices that they are on.
    Stopped(Vec<Drift>),
    /// All that differs on these devices and nobody left open.
    Asking(BTreeSet<DeviceName>),
}

impl App {
    /// Takes a choice that a deployment offers: `abort`, `retry`, `recover`, `recover-then-undo`, `close-in-doubt`,
    /// `discover-and-sync`, `continue`, `override`, `leave`, `continue-without:DEVICE`, `skip`, `consent:DEVICE`,
    /// `keep-theirs`, `plan-anew`, `go-on`. `why` is kept with what it decides about drift. Returns the deployment that goes
    /// on: itself, or the new one that the choice began.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a word that is no choice, or a reason that is too long; [`AppError::NotOffered`] for a
    /// choice that the deployment's card does not offer now, or refuses. Then nothing is done.
    pub async fn deployment_choose(
        &self,
        deployment: u32,
        choice: String,
        why: Option<String>,
    ) -> Result<DeploymentDetail, AppError> {
        let why = reason(why)?;
        let id = DeploymentId(deployment);
        let parsed = Choice::parse(&choice)?;
        self.refuse_unoffered(id, &parsed).await?;
        match parsed {
            Choice::Abort => {
                let running = self
                    .running_deployments()
                    .get(id)
                    .ok_or_else(|| not_offered(&choice, "it does not run here"))?;
                running.change(|live| live.aborting = true);
                running.cancel.cancel();
            }
            Choice::Retry => {
                let stored = self.store().deployments().get(id).await?;
                let options = self.options_of(id).await?;
                return Box::pin(self.deployment_start(stored.plan, options)).await;
            }
            Choice::GoOn => return Box::pin(self.go_on(id)).await,
            Choice::Recover => self.recover_deployment(id, false, None).await?,
            Choice::RecoverThenUndo => self.recover_deployment(id, true, None).await?,
            Choice::Consent(device) => self.consent(id, device).await?,
            Choice::CloseInDoubt => self.close_in_doubt(id, Closing::AsItIs, why).await?,
            Choice::KeepTheirs => self.close_in_doubt(id, Closing::KeepTheirs, why).await?,
            Choice::PlanAnew => self.close_in_doubt(id, Closing::PlanAnew, why).await?,
            Choice::DiscoverAndSync => self.sync_stopped(id, why).await?,
            Choice::Override => {
                let begun = self.start_override(id, why).await?;
                return self.deployment_detail(begun.0).await;
            }
            Choice::Continue => return Box::pin(self.continue_rest(id)).await,
            choice @ (Choice::ContinueWithout(_) | Choice::Skip) => {
                let begun = self.start_child(id, &choice, why).await?;
                return self.deployment_detail(begun.0).await;
            }
            Choice::Leave => self.leave_stopped(id, &why).await?,
        }
        self.deployment_detail(deployment).await
    }

    /// Reads the devices on which drift stopped a deployment, and takes what they hold of the objects that did.
    async fn sync_stopped(&self, id: DeploymentId, why: String) -> Result<(), AppError> {
        let drifts = self.archived_drifts(id).await?;
        if drifts.is_empty() {
            return Err(not_offered("discover-and-sync", "nothing drifted"));
        }
        self.sync_for(id, Taken::Stopped(drifts), why).await
    }

    /// Reads devices in the background and takes what they hold, decided on the card of a deployment. What can't be read
    /// stays open.
    pub(super) async fn sync_for(&self, id: DeploymentId, taken: Taken, why: String) -> Result<(), AppError> {
        let names: BTreeSet<String> = match &taken {
            Taken::Stopped(drifts) => drifts.iter().map(|drift| drift.device.to_string()).collect(),
            Taken::Asking(devices) => devices.iter().map(ToString::to_string).collect(),
        };
        let devices = self.named_devices(Some(names.into_iter().collect())).await?;
        let activity = self.begin_reading("Discover and sync", number(devices.len()))?;
        let app = self.clone();
        self.in_background(async move {
            let work = async {
                let read = app
                    .read_devices(&devices, Purpose::Check, None, &activity)
                    .await?;
                let mut events = match &taken {
                    Taken::Stopped(drifts) => app.open_of(drifts).await?,
                    Taken::Asking(_) => app.asking().await?,
                };
                events.retain(|event| read.contains(&event.device));
                let verdict = Verdict {
                    deployment: Some(id),
                    ..Verdict::of_person(Decided::Sync, &why)
                };
                app.take(&events, verdict).await
            };
            let outcome = work.await;
            app.changed(&[Topic::Devices, Topic::Snapshots, Topic::Status]);
            match outcome {
                Ok(()) => finish(activity),
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        deployment = id.0,
                        "the sync ended early"
                    );
                    activity.finish(ActivityState::Failed, error.view().sentence);
                }
            }
        });
        Ok(())
    }

    /// A person leaves what stopped a deployment as it is.
    async fn leave_stopped(&self, id: DeploymentId, why: &str) -> Result<(), AppError> {
        let drifts = self.archived_drifts(id).await?;
        if drifts.is_empty() {
            return Err(not_offered("leave", "nothing drifted"));
        }
        let verdict = Verdict {
            deployment: Some(id),
            ..Verdict::of_person(Decided::Leave, why)
        };
        self.decide(&self.open_of(&drifts).await?, verdict).await?;
        self.changed(&[Topic::Drift]);
        Ok(())
    }
}
