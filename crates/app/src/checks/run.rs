//! One run of a check.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bk_model::DeviceName;
use bk_store::{
    CheckOutcome, CheckResult, CheckRunId, CheckScope, CheckWhy, DeviceEntry, NewCheckRun, Schedule,
};
use chrono::{DateTime, Utc};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use super::show;
use crate::activities::Activity;
use crate::app::App;
use crate::discovery::{Beside, Purpose, finish};
use crate::drift::Reach;
use crate::errors::{AppError, check as words};
use crate::events::Topic;
use crate::present::number;
use crate::time;
use crate::views::{
    ActivityDevice, ActivityKind, ActivityState, CheckRequest, CheckRunView, CheckStarted, ErrorView,
};

/// Runs that are listed at most.
const MOST_RUNS: u32 = 200;
/// How long a check may take that no schedule limits.
const LIMIT: Duration = Duration::from_secs(3600);

/// A run that goes on.
pub(crate) struct RunningCheck {
    run: CheckRunId,
    why: CheckWhy,
    /// Devices read at once.
    pub(crate) at_once: u16,
    limit: Duration,
    deadline: Instant,
    over: AtomicBool,
}

/// What is to be run.
pub(super) struct Wanted {
    schedule: Option<Schedule>,
    devices: Vec<DeviceEntry>,
    /// Devices that the schedule names and the inventory no longer holds.
    gone: Vec<DeviceName>,
    why: CheckWhy,
    due_at: Option<DateTime<Utc>>,
}

impl RunningCheck {
    /// Tells whether it was due, and not asked for.
    pub(crate) fn is_scheduled(&self) -> bool {
        matches!(self.why, CheckWhy::Scheduled | CheckWhy::CaughtUp)
    }

    /// Awaits what is read next; when the time is over, what is still being read is cancelled first.
    pub(crate) async fn within<T>(&self, next: impl Future<Output = T>, cancel: &CancellationToken) -> T {
        tokio::pin!(next);
        if !self.over.load(Ordering::Relaxed) {
            if let Ok(next) = timeout_at(self.deadline, &mut next).await {
                return next;
            }
            self.over.store(true, Ordering::Relaxed);
            cancel.cancel();
        }
        next.await
    }

    /// Says why a device was not checked: whatever a reading came to after its time was over, it is that.
    pub(crate) fn told(&self, device: &DeviceName, error: ErrorView) -> ErrorView {
        if self.over.load(Ordering::Relaxed) {
            return words::time_over(device, self.limit);
        }
        error
    }

    /// Files away what a device gave.
    pub(crate) async fn note(
        &self,
        app: &App,
        device: &DeviceName,
        error: Option<&ErrorView>,
        took: Option<Duration>,
    ) -> Result<(), AppError> {
        let outcome = match error {
            Some(error) => CheckOutcome::NotChecked {
                code: error.code.clone(),
                sentence: error.sentence.clone(),
            },
            None => match number(app.store().drifts().open_on(device).await?.len()) {
                0 => CheckOutcome::InSync,
                events => CheckOutcome::Drift { events },
            },
        };
        let result = CheckResult {
            device: device.clone(),
            at: app.now(),
            outcome,
            took_ms: took.map(time::millis),
        };
        Ok(app.store().checks().note(self.run, &result).await?)
    }
}

impl App {
    /// Checks devices in the background: the named ones, what a schedule checks, or all.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] names a device or schedule that there is not; [`AppError::Busy`] if devices are being read.
    pub async fn check_now(&self, request: CheckRequest) -> Result<CheckStarted, AppError> {
        self.check(request, CheckWhy::ByHand).await
    }

    /// The same for `bk`.
    ///
    /// # Errors
    /// As [`App::check_now`].
    pub async fn check_by_command(&self, request: CheckRequest) -> Result<CheckStarted, AppError> {
        self.check(request, CheckWhy::Command).await
    }

    /// Returns the newest runs, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn check_runs(&self, limit: u32) -> Result<Vec<CheckRunView>, AppError> {
        let runs = self.store().checks().runs(limit.min(MOST_RUNS)).await?;
        Ok(runs.iter().map(show::run).collect())
    }

    /// Returns one run.
    ///
    /// # Errors
    /// [`AppError::Store`] if there is none of this number.
    pub async fn check_run(&self, run: u32) -> Result<CheckRunView, AppError> {
        Ok(show::run(&self.store().checks().run(CheckRunId(run)).await?))
    }

    pub(crate) async fn check(&self, request: CheckRequest, why: CheckWhy) -> Result<CheckStarted, AppError> {
        let activities = self.activity_registry();
        if activities.running(ActivityKind::Discovery).is_some() {
            return Err(AppError::Busy { what: "A discovery" });
        }
        let wanted = match request.schedule {
            Some(id) => self.wanted_of(self.schedule(id).await?, why, None).await?,
            None => Wanted {
                schedule: None,
                devices: self.named_devices(request.devices).await?,
                gone: Vec::new(),
                why,
                due_at: None,
            },
        };
        let (check, activity) = self
            .begin_check(&wanted)
            .await?
            .ok_or_else(|| AppError::not_known("check", "new"))?;
        let view = activity
            .view()
            .ok_or_else(|| AppError::not_known("activity", "check"))?;
        let run = check.run.0;
        let app = self.clone();
        self.in_background(async move { app.carry_out(wanted, check, activity).await });
        Ok(CheckStarted { run, activity: view })
    }

    /// What a schedule checks, as the inventory is now.
    pub(super) async fn wanted_of(
        &self,
        schedule: Schedule,
        why: CheckWhy,
        due_at: Option<DateTime<Utc>>,
    ) -> Result<Wanted, AppError> {
        let inventory = self.store().devices().list().await?;
        let is_meant = |device: &DeviceEntry| match &schedule.spec.scope {
            CheckScope::All => true,
            CheckScope::Devices(names) => names.contains(&device.name),
            CheckScope::Groups(groups) => device.groups.iter().any(|group| groups.contains(group)),
        };
        let devices: Vec<DeviceEntry> = inventory.into_iter().filter(is_meant).collect();
        let gone = match &schedule.spec.scope {
            CheckScope::Devices(names) => {
                let held: BTreeSet<&DeviceName> = devices.iter().map(|device| &device.name).collect();
                names
                    .iter()
                    .filter(|name| !held.contains(name))
                    .cloned()
                    .collect()
            }
            CheckScope::All | CheckScope::Groups(_) => Vec::new(),
        };
        Ok(Wanted {
            schedule: Some(schedule),
            devices,
            gone,
            why,
            due_at,
        })
    }

    /// Runs a check to its end, after a reading that goes on; none if another runs it already.
    pub(super) async fn check_through(&self, wanted: Wanted) -> Result<Option<CheckRunId>, AppError> {
        let limit = limit_of(&wanted);
        let free = self.activity_registry().none_running(ActivityKind::Discovery);
        let was_free = tokio::time::timeout(limit, free).await.is_ok();
        let Some((check, activity)) = self.begin_check(&wanted).await? else {
            return Ok(None);
        };
        let run = check.run;
        if was_free {
            self.carry_out(wanted, check, activity).await;
        } else {
            for device in wanted.devices {
                let error = words::reading_in_the_way(&device.name, limit);
                self.not_checked(&check, &activity, &device.name, error).await?;
            }
            self.end_check(&check, activity).await?;
        }
        Ok(Some(run))
    }

    /// Begins a run; none if another process began it for the same due moment.
    async fn begin_check(&self, wanted: &Wanted) -> Result<Option<(RunningCheck, Activity)>, AppError> {
        let settings = self.current_settings().await?;
        let (since, limit) = (self.now(), limit_of(wanted));
        let new = NewCheckRun {
            schedule: wanted.schedule.as_ref().map(|schedule| schedule.id),
            why: wanted.why,
            due_at: wanted.due_at,
            by: settings.user,
            started_at: since,
        };
        let Some(run) = self.store().checks().begin(&new).await? else {
            return Ok(None);
        };
        let spec = wanted.schedule.as_ref().map(|schedule| &schedule.spec);
        let title = show::title(spec.map(|spec| spec.name.as_str()));
        let total = number(wanted.devices.len() + wanted.gone.len());
        let activity = self
            .activity_registry()
            .begin(ActivityKind::Discovery, &title, total, since);
        self.changed(&[Topic::Checks]);
        let check = RunningCheck {
            run,
            why: wanted.why,
            at_once: spec.map_or(settings.concurrency, |spec| spec.at_once),
            limit,
            deadline: Instant::now() + limit,
            over: AtomicBool::new(false),
        };
        Ok(Some((check, activity)))
    }

    /// Reads what can be read, and ends the run whatever came of it.
    async fn carry_out(&self, wanted: Wanted, check: RunningCheck, activity: Activity) {
        let outcome = self.read_wanted(&wanted, &check, &activity).await;
        let ended = match outcome {
            Ok(()) => self.end_check(&check, activity).await,
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a check ended early");
                activity.finish(ActivityState::Failed, error.view().sentence);
                self.file_early_end(&wanted, &check).await
            }
        };
        if let Err(error) = ended {
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "the end of a check is not filed away"
            );
        }
    }

    /// The first result of a device stays: only those without one are not checked.
    async fn file_early_end(&self, wanted: &Wanted, check: &RunningCheck) -> Result<(), AppError> {
        for device in &wanted.devices {
            let error = words::ended_early(&device.name);
            check.note(self, &device.name, Some(&error), None).await?;
        }
        self.file_end(check).await
    }

    async fn read_wanted(
        &self,
        wanted: &Wanted,
        check: &RunningCheck,
        activity: &Activity,
    ) -> Result<(), AppError> {
        for device in &wanted.gone {
            let error = words::not_in_inventory(device);
            self.not_checked(check, activity, device, error).await?;
        }
        let beside = Beside {
            deployed: None,
            check: Some(check),
        };
        let compared = self
            .read_beside(&wanted.devices, Purpose::Check, beside, activity)
            .await?;
        // What was seen earlier of a device that could not be read now is nothing to decide on.
        self.apply_policies(&compared, Reach::Devices).await
    }

    async fn not_checked(
        &self,
        check: &RunningCheck,
        activity: &Activity,
        device: &DeviceName,
        error: ErrorView,
    ) -> Result<(), AppError> {
        check.note(self, device, Some(&error), None).await?;
        let result = ActivityDevice {
            device: device.to_string(),
            error: Some(error),
            millis: 0,
        };
        activity.device(result, None);
        Ok(())
    }

    async fn end_check(&self, check: &RunningCheck, activity: Activity) -> Result<(), AppError> {
        let filed = self.file_end(check).await;
        finish(activity);
        filed
    }

    async fn file_end(&self, check: &RunningCheck) -> Result<(), AppError> {
        self.store().checks().end(check.run, self.now()).await?;
        self.changed(&[Topic::Checks, Topic::Devices, Topic::Snapshots, Topic::Status]);
        Ok(())
    }
}

fn limit_of(wanted: &Wanted) -> Duration {
    let limit = wanted.schedule.as_ref().map(|schedule| schedule.spec.limit);
    limit.map_or(LIMIT, |seconds| Duration::from_secs(seconds.into()))
}
