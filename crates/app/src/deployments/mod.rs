//! Deployments: run in the background, followed, resolved, undone, remembered.

mod cards;
mod choice;
mod choose;
mod close;
mod finish;
mod live;
mod overrides;
mod parts;
mod readings;
mod run;
mod running;
mod show;
mod transcript;
mod words;

use bk_engine::deploy::rules::WaitFor;
use bk_engine::deploy::table::{Claim, Sent};
use bk_engine::deploy::{ChildOf, DeploymentId, Policy, device_report};
use bk_engine::plan::{Plan, PlanKind};
use bk_engine::ports::Journal;
use bk_engine::recovery::{self, OpenDeployment};
use bk_store::{Decided, Deployment};

use self::choice::not_offered;
use self::live::Live;
use self::run::{Decision, Start};
use crate::app::App;
use crate::drafts::{Settles, draft_behind};
use crate::drift::Verdict;
use crate::errors::AppError;
use crate::views::{
    ChildView, DeployOptions, DeploymentDetail, DeploymentRow, DeploymentStatus, TranscriptRow,
};

pub(crate) use running::RunningDeployments;
pub(crate) use words::{check_label, status_word};

/// Transcript rows given at once at most.
const ROWS: u32 = 10_000;

impl App {
    /// Runs a stored plan on all its devices as one transaction, in the background.
    ///
    /// # Errors
    /// [`AppError::Lock`] if another process runs one from this data folder; [`AppError::RunsAlready`] if one that this
    /// process runs touches the same devices, [`AppError::InDoubtFirst`] if an open one does; [`AppError`] if credentials
    /// can't be had. Then nothing was sent.
    pub async fn deployment_start(
        &self,
        plan: String,
        options: DeployOptions,
    ) -> Result<DeploymentDetail, AppError> {
        let id = self.start_deployment(plan, &options, None).await?;
        self.deployment_detail(id.0).await
    }

    /// The same; `verdict` is a policy's, where one decided it.
    pub(crate) async fn start_deployment(
        &self,
        plan: String,
        options: &DeployOptions,
        verdict: Option<Verdict<'_>>,
    ) -> Result<DeploymentId, AppError> {
        if !(2..=60).contains(&options.window_minutes) {
            return Err(AppError::BadInput {
                field: "confirm window",
                reason: format!("{} minutes are not 2 to 60", options.window_minutes),
            });
        }
        let plan = self.stored_plan(&plan).await?.plan;
        let lock = self.lock_deployments()?;
        self.refuse_occupied(&plan).await?;
        self.refuse_on_drift(&plan).await?;
        if options.policy != crate::views::Policy::AllOrNothing {
            return self.start_in_parts(plan, options).await;
        }
        let mut start = self.start_of(&plan, options.window_minutes).await?;
        start.decision = Some(Decision {
            events: self.overridden_by(&plan).await?,
            choice: Decided::Override,
            why: verdict.map_or_else(|| self.reasons().of(&plan.hash), |verdict| verdict.why.to_owned()),
            policy: verdict.and_then(|verdict| verdict.policy),
        });
        let (id, _) = self.begin_deployment(plan, start, lock).await?;
        Ok(id)
    }

    /// A whole plan as one transaction, with what it takes out of its draft once it holds.
    async fn start_of(&self, plan: &Plan, window_minutes: u16) -> Result<Start, AppError> {
        let base = self.base().await?;
        let behind = match plan.kind {
            PlanKind::Edit => draft_behind(self, &base, plan).await?,
            PlanKind::Undo { .. } | PlanKind::CleanUp | PlanKind::Restore => None,
        };
        let settles = behind.map(|behind| Settles::new(&behind, plan));
        Ok(Start {
            window_minutes,
            policy: Policy::AllOrNothing,
            child_of: None,
            settles,
            place: None,
            decision: None,
        })
    }

    /// The options under which a deployment was started.
    async fn options_of(&self, id: DeploymentId) -> Result<DeployOptions, AppError> {
        let text = self.store().deployments().archived(id, "options").await?;
        match text.and_then(|text| serde_json::from_str(&text).ok()) {
            Some(options) => Ok(options),
            None => Ok(DeployOptions {
                window_minutes: self.current_settings().await?.window_minutes,
                policy: crate::views::Policy::AllOrNothing,
            }),
        }
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
            let detail = show::live_detail(
                row,
                &running.plan,
                &running.live(),
                running.window_minutes,
                self.now(),
            );
            return self.with_company(id, detail).await;
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
            detail.row = row;
            self.offer(id, &mut detail).await?;
            return self.with_company(id, detail).await;
        }
        let plan = self.stored_plan(&stored.plan).await?.plan;
        let detail = match self.open_deployment(id).await? {
            Some(open) => {
                let reported = replayed(Live::new(&plan), &open);
                cards::open_detail(row, &plan, &reported, &open, self.now())
            }
            None => {
                let live = close::reported(&plan, self.store().journal().entries(&id).await?);
                let unfiled = row.status == DeploymentStatus::InDoubt;
                let card = unfiled.then(|| cards::unfiled_card(&row, live.outcome));
                DeploymentDetail {
                    card,
                    ..show::live_detail(row, &plan, &live, 0, self.now())
                }
            }
        };
        self.with_company(id, detail).await
    }

    /// Adds what stands beside a deployment: its sequence, and the deployment that it goes on for.
    async fn with_company(
        &self,
        id: DeploymentId,
        mut detail: DeploymentDetail,
    ) -> Result<DeploymentDetail, AppError> {
        detail.sequence = self.sequence_of(id).await?;
        let text = self.store().deployments().archived(id, "child-of").await?;
        let child: Option<ChildOf> = text.and_then(|text| serde_json::from_str(&text).ok());
        detail.child_of = child.map(|child| ChildView {
            deployment: child.deployment.0,
            left_out: child.left_out,
        });
        Self::offer_rest(&mut detail);
        Ok(detail)
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
    pub(crate) fn status_now(&self, stored: &Deployment) -> DeploymentStatus {
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

/// Shows the last reports that stand in the journal of an open deployment. A device without one to which lines were sent
/// may hold them in its candidate until it is looked at; one to which a commit was sent since it was last looked at is
/// unknown, whatever was seen before.
fn replayed(mut live: Live, open: &OpenDeployment) -> Live {
    for device in &mut live.devices {
        let Some(known) = open.device(&device.device) else {
            continue;
        };
        device.report = known.report.clone();
        if known.report.is_none() && known.sent == Sent::Lines {
            device.report = Some(device_report(
                &known.device,
                Claim::Open(WaitFor::Reach),
                known.sent,
                &known.known,
                open.last_entry,
            ));
        }
        device.until = known.known.until.filter(|_| !known.unseen);
        device.committed = (known.sent == Sent::Commit).then_some(open.last_entry);
    }
    live.decided = open.decided;
    live
}
