//! Starting and recovering deployments in the background.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bk_engine::deploy::{
    self, ChildOf, Consent, Consents, DeployOptions, DeploymentError, DeploymentId, DeploymentPlan,
    DeploymentReport, EventSink, Policy, Ports,
};
use bk_engine::plan::{Plan, estimate};
use bk_engine::recovery;
use bk_model::DeviceName;
use bk_store::{Decided, Drift, NewDeployment, PolicyId};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use super::live::Live;
use super::parts::Place;
use super::running::Running;
use super::transcript::{Recorder, note_missing, write};
use super::{not_offered, status_word};
use crate::app::App;
use crate::drafts::Settles;
use crate::drift::Verdict;
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
    /// What it takes out of its draft once it holds.
    pub(super) settles: Option<Settles>,
    /// A person wants it rolled back as soon as it is complete.
    pub(super) then_undo: bool,
    pub(super) policy: Policy,
    pub(super) child_of: Option<ChildOf>,
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

/// How a plan is started.
pub(super) struct Start {
    pub(super) window_minutes: u16,
    pub(super) policy: Policy,
    pub(super) child_of: Option<ChildOf>,
    pub(super) settles: Option<Settles>,
    /// Its place in a sequence.
    pub(super) place: Option<Place>,
    /// What it carries out about drift.
    pub(super) decision: Option<Decision>,
}

/// A decision about drift that a deployment carries out.
pub(super) struct Decision {
    pub(super) events: Vec<Drift>,
    pub(super) choice: Decided,
    pub(super) why: String,
    pub(super) policy: Option<PolicyId>,
}

/// How a background run ended, for the sequence that it is a part of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ended {
    /// Every device is new, verified, or nothing was to change.
    pub(super) holds: bool,
    /// A person asked to abort it, however late.
    pub(super) by_person: bool,
}

impl App {
    /// Gives a plan its number, files away how it is started, and starts it, unless another works on one of its devices.
    pub(super) async fn begin_deployment(
        &self,
        plan: Plan,
        start: Start,
        lock: Arc<HeldLock>,
    ) -> Result<(DeploymentId, JoinHandle<Ended>), AppError> {
        let (recorder, lines) = Recorder::new();
        let recorder = Arc::new(recorder);
        let consents = Arc::new(Consents::default());
        let ports = self.ports_for(&plan, &recorder, &consents).await?;
        let _turn = self.running_deployments().turn().await;
        self.refuse_occupied(&plan).await?;
        let new = NewDeployment {
            plan: plan.hash.to_hex(),
            kind: plan.kind.code().to_owned(),
            domain: plan.subject().to_owned(),
            undoes: plan.kind.undoes(),
            by: self.user().await?,
            devices: crate::present::number(plan.devices.len()),
            started_at: self.now(),
            status: status_word(DeploymentStatus::Running).to_owned(),
            sentence: "Running.".to_owned(),
        };
        let id = self.store().deployments().create(&new).await?;
        self.file_start(id, &start).await?;
        if let Some(decision) = &start.decision {
            let verdict = Verdict {
                choice: decision.choice,
                why: &decision.why,
                policy: decision.policy,
                deployment: Some(id),
            };
            self.decide(&decision.events, verdict).await?;
        }
        let running = Arc::new(Running {
            live: Mutex::new(Live::new(&plan)),
            plan,
            window_minutes: start.window_minutes,
            cancel: CancellationToken::new(),
            consents,
        });
        let job = Job {
            id,
            running,
            settles: start.settles,
            then_undo: false,
            policy: start.policy,
            child_of: start.child_of,
            work: Work::Run,
            lock,
        };
        let ended = self.spawn(job, ports, recorder, lines).await?;
        Ok((id, ended))
    }

    /// Files away what another process needs to go on, or to tell about it.
    async fn file_start(&self, id: DeploymentId, start: &Start) -> Result<(), AppError> {
        let options = crate::views::DeployOptions {
            window_minutes: start.window_minutes,
            // A part is one transaction; its policy stands with its sequence.
            policy: crate::views::Policy::AllOrNothing,
        };
        let mut bodies = vec![("options", serde_json::to_string(&options))];
        bodies.extend(
            start
                .settles
                .iter()
                .map(|body| ("draft", serde_json::to_string(body))),
        );
        bodies.extend(
            start
                .place
                .iter()
                .map(|body| ("sequence", serde_json::to_string(body))),
        );
        bodies.extend(
            start
                .child_of
                .iter()
                .map(|body| ("child-of", serde_json::to_string(body))),
        );
        for (name, body) in bodies {
            let body = body.expect("texts and numbers are JSON");
            let deployments = self.store().deployments();
            deployments.archive(id, name, &body, self.now()).await?;
        }
        Ok(())
    }

    /// Goes on with a deployment that did not end, in the background.
    pub(super) async fn recover_deployment(
        &self,
        id: DeploymentId,
        then_undo: bool,
        consent: Option<(DeviceName, Consent)>,
    ) -> Result<(), AppError> {
        let lock = self.lock_deployments()?;
        let _turn = self.running_deployments().turn().await;
        if self.running_deployments().get(id).is_some() {
            return Err(not_offered("recover", "it runs"));
        }
        let Some(open) = self.open_deployment(id).await? else {
            return self.file_away(id).await;
        };
        let plan = self.stored_plan(&open.plan).await?.plan;
        let (recorder, lines) = Recorder::new();
        let recorder = Arc::new(recorder);
        let consents = Arc::new(Consents::default());
        if let Some((device, consent)) = consent {
            consents.give(device, consent);
        }
        let ports = self.ports_for(&plan, &recorder, &consents).await?;
        let running = Running {
            live: Mutex::new(Live::new(&plan)),
            window_minutes: open.window_minutes,
            plan,
            cancel: CancellationToken::new(),
            consents,
        };
        let job = Job {
            id,
            running: Arc::new(running),
            settles: self.settles_of(id).await?,
            then_undo,
            policy: Policy::AllOrNothing,
            child_of: None,
            work: Work::Recover(Box::new(open)),
            lock,
        };
        self.spawn(job, ports, recorder, lines).await?;
        Ok(())
    }

    /// What a deployment takes out of its draft once it holds, as it was filed away.
    pub(super) async fn settles_of(&self, id: DeploymentId) -> Result<Option<Settles>, AppError> {
        let text = self.store().deployments().archived(id, "draft").await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    async fn ports_for(
        &self,
        plan: &Plan,
        recorder: &Arc<Recorder>,
        consents: &Arc<Consents>,
    ) -> Result<Ports, AppError> {
        let names: Vec<DeviceName> = plan.devices.iter().map(|step| step.device.clone()).collect();
        let transcript = Arc::clone(recorder) as Arc<dyn bk_engine::ports::Transcript>;
        let ports = self.device_ports(&names, Arc::clone(&transcript)).await?;
        Ok(Ports {
            devices: names.into_iter().zip(ports).collect::<BTreeMap<_, _>>(),
            journal: Arc::new(self.store().journal()),
            clock: self.clock(),
            transcript,
            consents: Arc::clone(consents),
        })
    }

    async fn spawn(
        &self,
        job: Job,
        ports: Ports,
        recorder: Arc<Recorder>,
        lines: mpsc::Receiver<bk_engine::ports::TranscriptLine>,
    ) -> Result<JoinHandle<Ended>, AppError> {
        let history = self.phase_history().await?;
        let seconds = estimate(&job.running.plan, &history).seconds();
        let settings = self.current_settings().await?;
        let options = DeployOptions {
            by: settings.user,
            poll: Duration::from_millis(settings.look_again.into()),
            window_minutes: job.running.window_minutes,
            policy: job.policy,
            child_of: job.child_of.clone(),
            estimate: Duration::from_secs_f64(seconds),
            ..DeployOptions::default()
        };
        self.running_deployments()
            .insert(job.id, Arc::clone(&job.running));
        self.changed(&[Topic::Deployments, Topic::Status]);
        let app = self.clone();
        // Not bound to the service's own end: a deployment is aborted by a person or guarded by the devices' timers.
        Ok(tokio::spawn(async move {
            let writer = tokio::spawn(write(app.clone(), job.id, lines));
            let outcome = app.follow(&job, ports, options).await;
            let missing = recorder.finish();
            if writer.await.is_err() {
                tracing::error!(deployment = job.id.0, "the transcript's writer ended early");
            }
            if missing > 0 {
                note_missing(&app, job.id, missing).await;
            }
            app.finish_deployment(job, outcome).await
        }))
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
