//! The laptop of a case: the service on a runtime of its own, so that it can die at any moment.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bk_app::views::{
    ActivityState, DeployOptions, DeploymentDetail, DeploymentRow, DeploymentStatus, Policy,
};
use bk_app::{App, AppOptions, PracticeLab, SecretInput, SecretStoreChoice};
use bk_engine::deploy::{DeploymentId, DeviceReport, Step};
use bk_engine::ports::{Clock, Journal, JournalEntry, JournalEvent};
use bk_store::{Store, StoreOptions};
use chrono::{DateTime, TimeDelta, Utc};
use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OnceCell, watch};

/// So many looks in a row that lead to nothing: the engine waits.
const LOOKS: usize = 4;
/// How often the journal is looked at for that.
const JOURNAL_LOOK: Duration = Duration::from_millis(300);

/// A clock that can be moved ahead: what a laptop sees that slept.
#[derive(Debug)]
pub(crate) struct LaptopClock {
    began: Instant,
    ahead: Mutex<Duration>,
}

impl LaptopClock {
    pub(crate) fn new() -> Self {
        Self {
            began: Instant::now(),
            ahead: Mutex::default(),
        }
    }

    pub(crate) fn advance(&self, by: Duration) {
        *self.ahead.lock().unwrap() += by;
    }

    fn ahead(&self) -> Duration {
        *self.ahead.lock().unwrap()
    }
}

impl Clock for LaptopClock {
    fn now(&self) -> DateTime<Utc> {
        Utc::now() + TimeDelta::from_std(self.ahead()).unwrap()
    }

    fn since_boot(&self) -> Duration {
        Duration::from_secs(3600) + self.began.elapsed() + self.ahead()
    }
}

/// A running service.
pub(crate) struct Laptop {
    /// Only absent while it stops.
    runtime: Option<Runtime>,
    app: App,
    moved: watch::Receiver<u64>,
    folder: PathBuf,
    /// The data folder read past the service.
    store: OnceCell<Store>,
}

impl Laptop {
    /// Opens the service on a data folder.
    pub(crate) async fn open(
        folder: &Path,
        clock: Arc<LaptopClock>,
        practice: Option<Arc<dyn PracticeLab>>,
        password: &str,
    ) -> Self {
        let runtime = Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let (sender, moved) = watch::channel(0);
        let options = AppOptions {
            data_dir: folder.to_owned(),
            practice,
            events: Arc::new(move |_| sender.send_modify(|count| *count += 1)),
            secrets: SecretStoreChoice::SessionOnly,
            clock,
        };
        let app = runtime.spawn(App::open(options)).await.unwrap().unwrap();
        app.use_secret_for_all(SecretInput::from(password.to_owned()))
            .unwrap();
        Self {
            runtime: Some(runtime),
            app,
            moved,
            folder: folder.to_owned(),
            store: OnceCell::new(),
        }
    }

    /// Runs something on the laptop.
    pub(crate) async fn ask<T, F>(&self, work: impl FnOnce(App) -> F) -> T
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let runtime = self.runtime.as_ref().unwrap();
        runtime.spawn(work(self.app.clone())).await.unwrap()
    }

    /// Everything stops where it is; connections break, nothing is signed out, nothing more is written.
    pub(crate) async fn crash(mut self) {
        let runtime = self.runtime.take().unwrap();
        tokio::task::spawn_blocking(move || runtime.shutdown_timeout(Duration::from_secs(10)))
            .await
            .unwrap();
    }

    /// Closes the service.
    pub(crate) async fn close(self) {
        self.ask(async move |app| app.close().await).await;
        self.crash().await;
    }

    /// Waits until an activity has ended in this state.
    pub(crate) async fn until(&self, activity: String, state: ActivityState) {
        let mut moved = self.moved.clone();
        loop {
            moved.mark_unchanged();
            let all = self.ask(async |app| app.activities().await).await.unwrap();
            let now = all.into_iter().find(|view| view.id == activity).unwrap();
            if now.state != ActivityState::Running {
                assert_eq!(now.state, state, "{now:?}");
                return;
            }
            moved.changed().await.unwrap();
        }
    }

    /// Begins the plan; returns the deployment's number.
    pub(crate) async fn deploy(&self, plan: &str, window_minutes: u16) -> u32 {
        let plan = plan.to_owned();
        let options = DeployOptions {
            window_minutes,
            policy: Policy::AllOrNothing,
        };
        let begun = self
            .ask(async move |app| app.deployment_start(plan, options).await)
            .await;
        begun.unwrap().row.id
    }

    /// Takes a choice; false when it is not offered.
    pub(crate) async fn choose(&self, deployment: u32, choice: &'static str) -> bool {
        self.ask(async move |app| app.deployment_choose(deployment, choice.to_owned(), None).await)
            .await
            .is_ok()
    }

    pub(crate) async fn detail(&self, deployment: u32) -> DeploymentDetail {
        self.ask(async move |app| app.deployment_detail(deployment).await)
            .await
            .unwrap()
    }

    /// Deployments that did not end.
    pub(crate) async fn open_deployments(&self) -> Vec<u32> {
        self.ask(async move |app| app.app_status().await)
            .await
            .unwrap()
            .open_deployments
    }

    /// The deployment that takes this one back, if one was begun.
    pub(crate) async fn rollback_of(&self, deployment: u32) -> Option<u32> {
        let rows = self.ask(async |app| app.deployments_list().await).await.unwrap();
        let takes_back = |row: &&DeploymentRow| row.undoes == Some(deployment);
        rows.iter().find(takes_back).map(|row| row.id)
    }

    /// Waits until nothing runs any more; none if that takes longer than `limit`.
    pub(crate) async fn ended(&self, deployment: u32, limit: Duration) -> Option<DeploymentDetail> {
        let mut moved = self.moved.clone();
        let wait = async {
            loop {
                moved.mark_unchanged();
                let detail = self.detail(deployment).await;
                if detail.row.status != DeploymentStatus::Running {
                    return detail;
                }
                moved.changed().await.unwrap();
            }
        };
        tokio::time::timeout(limit, wait).await.ok()
    }

    /// Waits until nothing runs any more; none when the engine only looks and looks again, or after `limit`.
    pub(crate) async fn ended_or_waits(&self, deployment: u32, limit: Duration) -> Option<DeploymentDetail> {
        let waits = async {
            loop {
                // Only looking again tells of standing still, and nothing announces it: the journal is looked at.
                tokio::time::sleep(JOURNAL_LOOK).await;
                if looks_again(&self.journal(deployment).await) {
                    return;
                }
            }
        };
        tokio::select! {
            ended = self.ended(deployment, limit) => ended,
            () = waits => None,
        }
    }

    /// The journal, read past the service.
    pub(crate) async fn journal(&self, deployment: u32) -> Vec<JournalEntry> {
        let folder = self.folder.clone();
        let open = async || {
            self.ask(async move |_| Store::open(StoreOptions { folder }).await.unwrap())
                .await
        };
        let store = self.store.get_or_init(open).await.clone();
        self.ask(async move |_| store.journal().entries(&DeploymentId(deployment)).await.unwrap())
            .await
    }
}

/// Tells whether every device that is not reported only is looked at again and again.
fn looks_again(journal: &[JournalEntry]) -> bool {
    let mut last: BTreeMap<&str, Vec<Option<Step>>> = BTreeMap::new();
    for entry in journal {
        let Some(device) = &entry.device else { continue };
        let steps = last.entry(device.as_str()).or_default();
        match &entry.event {
            JournalEvent::StepStarted { step } => steps.push(Some(*step)),
            JournalEvent::Reported { .. } => steps.push(None),
            _ => {}
        }
    }
    let looks = |steps: &[Option<Step>; LOOKS]| {
        matches!(steps[0], Some(Step::ResolveProbe | Step::CompleteProbe))
            && steps.iter().all(|step| *step == steps[0])
    };
    let mut open = last
        .values()
        .filter(|steps| !matches!(steps.last(), Some(None)))
        .peekable();
    open.peek().is_some() && open.all(|steps| steps.last_chunk().is_some_and(looks))
}

impl Drop for Laptop {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The last report of each device.
pub(crate) fn reports(journal: &[JournalEntry]) -> Vec<DeviceReport> {
    let mut last: Vec<DeviceReport> = Vec::new();
    for entry in journal {
        if let JournalEvent::Reported { report } = &entry.event {
            last.retain(|known| known.device != report.device);
            last.push(report.clone());
        }
    }
    last
}

/// The steps that a device went through: when each began.
pub(crate) fn steps(journal: &[JournalEntry], device: &str) -> Vec<(DateTime<Utc>, Step)> {
    let of = |entry: &JournalEntry| match entry.event {
        JournalEvent::StepStarted { step }
            if entry.device.as_ref().is_some_and(|name| name.as_str() == device) =>
        {
            Some((entry.at, step))
        }
        _ => None,
    };
    journal.iter().filter_map(of).collect()
}
