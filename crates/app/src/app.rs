//! The service: what is open as long as Bridgekeeper runs, and what all use cases share.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use bk_engine::ports::Clock;
use bk_store::{Store, StoreOptions};
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;
use tokio::time::MissedTickBehavior;
use tokio_util::sync::CancellationToken;

use crate::activities::Activities;
use crate::base::BaseCache;
use crate::checks::{Attendance, RunningChecks};
use crate::deployments::RunningDeployments;
use crate::drift::{Reasons, SyncNotices, SyncQueue};
use crate::errors::AppError;
use crate::events::{AppEvent, EventSink, Topic};
use crate::lock::{FolderLock, HeldLock};
use crate::practice::PracticeLab;
use crate::secrets::{SecretStoreChoice, Secrets};
use crate::settings::CurrentSettings;

/// How often it is looked whether another process wrote. The look reads one number from memory.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// How the service is opened.
pub struct AppOptions {
    /// The data folder; it is created if it is not there.
    pub data_dir: PathBuf,
    /// What starts the simulated fabric, if there is one.
    pub practice: Option<Arc<dyn PracticeLab>>,
    /// Takes events.
    pub events: EventSink,
    /// Where secrets are kept.
    pub secrets: SecretStoreChoice,
    /// Time; [`crate::SystemClock`] but where a test holds it.
    pub clock: Arc<dyn Clock>,
}

/// The service. Cloning is cheap and shares it.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    data_dir: PathBuf,
    store: Store,
    secrets: Secrets,
    events: EventSink,
    activities: Activities,
    clock: Arc<dyn Clock>,
    lock: FolderLock,
    practice: Option<Arc<dyn PracticeLab>>,
    base: BaseCache,
    deployments: RunningDeployments,
    reasons: Reasons,
    syncs: SyncQueue,
    sync_notices: SyncNotices,
    /// Inventory changes are read, judged and written by one at a time.
    inventory: Mutex<()>,
    attendance: Attendance,
    checks: RunningChecks,
    closing: CancellationToken,
}

impl App {
    /// Opens the data folder. Returns before slow checks are done: they go on in the background.
    ///
    /// # Errors
    /// [`AppError`] if the database can't be opened; see [`bk_store::Store::open`].
    pub async fn open(options: AppOptions) -> Result<Self, AppError> {
        let AppOptions {
            data_dir,
            practice,
            events,
            secrets,
            clock,
        } = options;
        let store = Store::open(StoreOptions {
            folder: data_dir.clone(),
        })
        .await?;
        let secrets = Secrets::open(secrets, &store).await?;
        let app = Self {
            inner: Arc::new(Inner {
                lock: FolderLock::new(&data_dir),
                activities: Activities::new(Arc::clone(&events)),
                clock,
                base: BaseCache::default(),
                deployments: RunningDeployments::default(),
                reasons: Reasons::default(),
                syncs: SyncQueue::default(),
                sync_notices: SyncNotices::default(),
                inventory: Mutex::new(()),
                attendance: Attendance::default(),
                checks: RunningChecks::default(),
                closing: CancellationToken::new(),
                data_dir,
                store,
                secrets,
                events,
                practice,
            }),
        };
        app.in_background(app.clone().look_after_data());
        let seen = app.inner.store.changes_by_others().await?;
        app.in_background(app.clone().watch_others(seen));
        Ok(app)
    }

    /// Stops background work and the practice lab, and closes the database.
    pub async fn close(&self) {
        self.inner.closing.cancel();
        self.inner.activities.cancel_all();
        if let Some(practice) = &self.inner.practice {
            practice.stop().await;
        }
        self.inner.store.close().await;
    }

    pub(crate) fn data_dir(&self) -> &PathBuf {
        &self.inner.data_dir
    }

    pub(crate) fn store(&self) -> &Store {
        &self.inner.store
    }

    pub(crate) fn secrets(&self) -> &Secrets {
        &self.inner.secrets
    }

    pub(crate) fn activity_registry(&self) -> &Activities {
        &self.inner.activities
    }

    pub(crate) fn practice(&self) -> Option<&Arc<dyn PracticeLab>> {
        self.inner.practice.as_ref()
    }

    pub(crate) fn base_cache(&self) -> &BaseCache {
        &self.inner.base
    }

    pub(crate) fn running_deployments(&self) -> &RunningDeployments {
        &self.inner.deployments
    }

    pub(crate) fn reasons(&self) -> &Reasons {
        &self.inner.reasons
    }

    pub(crate) fn sync_queue(&self) -> &SyncQueue {
        &self.inner.syncs
    }

    pub(crate) fn sync_notices(&self) -> &SyncNotices {
        &self.inner.sync_notices
    }

    pub(crate) fn running_checks(&self) -> &RunningChecks {
        &self.inner.checks
    }

    pub(crate) fn attendance(&self) -> &Attendance {
        &self.inner.attendance
    }

    pub(crate) fn inventory_turn(&self) -> &Mutex<()> {
        &self.inner.inventory
    }

    /// The clocks, for the engine.
    pub(crate) fn clock(&self) -> Arc<dyn Clock> {
        Arc::clone(&self.inner.clock)
    }

    /// The present moment.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.inner.clock.now()
    }

    /// Name of the person who works here, for history.
    pub(crate) async fn user(&self) -> Result<String, AppError> {
        Ok(self.current_settings().await?.user)
    }

    /// All settings, typed.
    pub(crate) async fn current_settings(&self) -> Result<CurrentSettings, AppError> {
        CurrentSettings::read(&self.inner.store).await
    }

    /// Takes the lock that whoever runs a deployment holds; it is free again when the returned value is dropped.
    pub(crate) fn lock_deployments(&self) -> Result<Arc<HeldLock>, AppError> {
        Ok(self.inner.lock.acquire()?)
    }

    pub(crate) fn is_locked_by_another(&self) -> bool {
        self.inner.lock.is_held_by_another()
    }

    /// Tells that stored data changed.
    pub(crate) fn changed(&self, topics: &[Topic]) {
        let topics = topics.iter().map(|topic| topic.word().to_owned()).collect();
        self.emit(AppEvent::DataChanged { topics });
    }

    pub(crate) fn emit(&self, event: AppEvent) {
        (self.inner.events)(event);
    }

    /// Runs work that ends with the service at the latest.
    pub(crate) fn in_background(&self, work: impl Future<Output = ()> + Send + 'static) {
        let closing = self.inner.closing.clone();
        tokio::spawn(async move {
            tokio::select! {
                biased;
                () = closing.cancelled() => {}
                () = work => {}
            }
        });
    }

    /// Checks keyring and database and catches up with the line index, in the background after opening.
    async fn look_after_data(self) {
        self.inner.secrets.settled().await;
        self.changed(&[Topic::Status]);
        self.index_lines().await;
        // A check that the end of the program cuts short says nothing of the data.
        if let Err(error) = self.inner.store.check_all().await
            && !self.inner.closing.is_cancelled()
        {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the database is damaged"
            );
        }
    }

    /// Tells what another process wrote into the data folder: window and command may work side by side.
    async fn watch_others(self, mut seen: i64) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            looks.tick().await;
            match self.inner.store.changes_by_others().await {
                Ok(now) if now != seen => {
                    seen = now;
                    self.inner.attendance.look_again();
                    self.changed(Topic::ALL);
                }
                Ok(_) => {}
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "changes by others are not seen"
                    );
                    return;
                }
            }
        }
    }

    /// Brings the line index up to date.
    pub(crate) async fn index_lines(&self) {
        loop {
            match self.inner.store.lines().index_next().await {
                Ok(true) => tokio::task::yield_now().await,
                Ok(false) => return,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the line index is behind"
                    );
                    return;
                }
            }
        }
    }
}
