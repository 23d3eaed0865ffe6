//! Starting and recovering deployments in the background.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bk_engine::deploy::{
    self, DeployOptions, DeploymentError, DeploymentId, DeploymentPlan, DeploymentReport, EventSink, Ports,
};
use bk_engine::plan::{Plan, PlanKind, estimate};
use bk_engine::recovery;
use bk_model::DeviceName;
use bk_store::{DraftId, NewDeployment};
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::live::Live;
use super::transcript::{Recorder, note_missing, write};
use super::{Running, not_offered, status_word};
use crate::app::App;
use crate::drafts::draft_behind;
use crate::errors::AppError;
use crate::events::{AppEvent, Topic};
use crate::lock::HeldLock;
use crate::views::DeploymentStatus;

/// Events that wait for the view at most; the view misses more, the journal misses none.
const EVENTS: usize = 4_096;
/// Pause between two notices of change to the window.
const NOTICE: Duration = Duration::from_millis(100);

/// What a background run needs.
pub(super) struct Job {
    pub(super) id: DeploymentId,
    pub(super) running: Arc<Running>,
    pub(super) draft: Option<DraftId>,
    pub(super) work: Work,
    /// Held until the deployment has ended.
    pub(super) lock: Arc<HeldLock>,
}

/// What is run.
pub(super) enum Work {
    /// A plan from its beginning.
    Run,
    /// A deployment that did not end.
    Recover(Box<recovery::OpenDeployment>),
}

impl App {
    /// Gives a plan its number and starts it.
    pub(super) async fn begin_deployment(
        &self,
        plan: Plan,
        window_minutes: u16,
        lock: Arc<HeldLock>,
    ) -> Result<DeploymentId, AppError> {
        let base = self.base().await?;
        let draft = match plan.kind {
            PlanKind::Edit => draft_behind(self, &base, &plan.domain, &plan).await?,
            PlanKind::Undo { .. } => None,
        };
        let (recorder, lines) = Recorder::new();
        let recorder = Arc::new(recorder);
        let ports = self.ports_for(&plan, &recorder).await?;
        let undoes = match plan.kind {
            PlanKind::Edit => None,
            PlanKind::Undo { of } => Some(of),
        };
        let new = NewDeployment {
            plan: plan.hash.to_hex(),
            kind: if undoes.is_some() { "undo" } else { "edit" }.to_owned(),
            domain: plan.domain.to_string(),
            undoes,
            by: self.user().await?,
            devices: crate::present::number(plan.devices.len()),
            started_at: self.now(),
            status: status_word(DeploymentStatus::Running).to_owned(),
            sentence: "Running.".to_owned(),
        };
        let id = self.store().deployments().create(&new).await?;
        let running = Arc::new(Running {
            live: Mutex::new(Live::new(&plan)),
            plan,
            window_minutes,
            cancel: CancellationToken::new(),
        });
        self.spawn(
            Job {
                id,
                running,
                draft,
                work: Work::Run,
                lock,
            },
            ports,
            recorder,
            lines,
        )
        .await?;
        Ok(id)
    }

    /// Goes on with a deployment that did not end, in the background.
    pub(super) async fn recover_deployment(&self, id: DeploymentId) -> Result<(), AppError> {
        if self.running_deployments().get(id).is_some() {
            return Err(not_offered("recover", "it runs"));
        }
        let lock = self.lock_deployments()?;
        let open = self
            .open_deployment(id)
            .await?
            .ok_or_else(|| not_offered("recover", "it has ended"))?;
        let plan = self.stored_plan(&open.plan).await?.plan;
        let (recorder, lines) = Recorder::new();
        let recorder = Arc::new(recorder);
        let ports = self.ports_for(&plan, &recorder).await?;
        let running = Running {
            live: Mutex::new(Live::new(&plan)),
            window_minutes: open.window_minutes,
            plan,
            cancel: CancellationToken::new(),
        };
        let job = Job {
            id,
            running: Arc::new(running),
            draft: None,
            work: Work::Recover(Box::new(open)),
            lock,
        };
        self.spawn(job, ports, recorder, lines).await
    }

    async fn ports_for(&self, plan: &Plan, recorder: &Arc<Recorder>) -> Result<Ports, AppError> {
        let names: Vec<DeviceName> = plan.devices.iter().map(|step| step.device.clone()).collect();
        let transcript = Arc::clone(recorder) as Arc<dyn bk_engine::ports::Transcript>;
        let ports = self.device_ports(&names, Arc::clone(&transcript)).await?;
        Ok(Ports {
            devices: names.into_iter().zip(ports).collect::<BTreeMap<_, _>>(),
            journal: Arc::new(self.store().journal()),
            clock: self.clock(),
            transcript,
        })
    }

    async fn spawn(
        &self,
        job: Job,
        ports: Ports,
        recorder: Arc<Recorder>,
        lines: mpsc::Receiver<bk_engine::ports::TranscriptLine>,
    ) -> Result<(), AppError> {
        let history = self.phase_history().await?;
        let seconds = estimate(&job.running.plan, &history).seconds();
        let settings = self.current_settings().await?;
        let options = DeployOptions {
            by: settings.user,
            poll: Duration::from_millis(settings.look_again.into()),
            window_minutes: job.running.window_minutes,
            estimate: Duration::from_secs_f64(seconds),
            ..DeployOptions::default()
        };
        self.running_deployments()
            .insert(job.id, Arc::clone(&job.running));
        self.changed(&[Topic::Deployments, Topic::Status]);
        let app = self.clone();
        // Not bound to the service's own end: a deployment is aborted by a person or guarded by the devices' timers.
        tokio::spawn(async move {
            let writer = tokio::spawn(write(app.clone(), job.id, lines));
            let outcome = app.follow(&job, ports, options).await;
            let missing = recorder.finish();
            if writer.await.is_err() {
                tracing::error!(deployment = job.id.0, "the transcript's writer ended early");
            }
            if missing > 0 {
                note_missing(&app, job.id, missing).await;
            }
            app.finish_deployment(job, outcome).await;
        });
        Ok(())
    }

    /// Runs the work and keeps the view of it up to date.
    async fn follow(
        &self,
        job: &Job,
        ports: Ports,
        options: DeployOptions,
    ) -> Result<DeploymentReport, DeploymentError> {
        let (sender, mut events) = mpsc::channel(EVENTS);
        let sink = EventSink::new(sender);
        let plan = DeploymentPlan::from(&job.running.plan);
        let cancel = job.running.cancel.clone();
        let run = async {
            match &job.work {
                Work::Run => deploy::run(job.id, plan, ports, options, &sink, cancel).await,
                Work::Recover(open) => {
                    recovery::recover((**open).clone(), plan, ports, options, &sink, cancel).await
                }
            }
        };
        tokio::pin!(run);
        let mut notice = tokio::time::interval(NOTICE);
        notice.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut moved = false;
        loop {
            tokio::select! {
                biased;
                Some(event) = events.recv() => {
                    job.running.change(|live| live.on(event));
                    moved = true;
                }
                outcome = &mut run => {
                    while let Ok(event) = events.try_recv() {
                        job.running.change(|live| live.on(event));
                    }
                    return outcome;
                }
                _ = notice.tick() => {
                    if std::mem::take(&mut moved) {
                        self.emit(AppEvent::DeploymentChanged { deployment: job.id.0 });
                    }
                }
            }
        }
    }
}
