//! One run of a check.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use bk_model::DeviceName;
use bk_store::{CheckRunId, CheckScope, CheckWhy, DeviceEntry, NewCheckRun, Schedule};
use chrono::{DateTime, Utc};
use tokio::time::Instant;

use super::running::RunningCheck;
use super::show;
use crate::activities::Activity;
use crate::app::App;
use crate::discovery::{Beside, Purpose, finish};
use crate::drift::Reach;
use crate::errors::{AppError, check as words};
use crate::events::Topic;
use crate::present::number;
use crate::views::{
    ActivityDevice, ActivityKind, ActivityState, CheckRequest, CheckRunView, CheckStarted, ErrorView,
};

/// Runs that are listed at most.
const MOST_RUNS: u32 = 200;
/// How long a check may take that no schedule limits.
const LIMIT: Duration = Duration::from_secs(3600);

/// What is to be run.
pub(super) struct Wanted {
    schedule: Option<Schedule>,
    devices: Vec<DeviceEntry>,
    /// Devices that the schedule names and the inventory no longer holds.
    gone: Vec<DeviceName>,
    why: CheckWhy,
    due_at: Option<DateTime<Utc>>,
}

impl Wanted {
    /// Devices that are wanted now, by no schedule.
    fn now(devices: Vec<DeviceEntry>, why: CheckWhy) -> Self {
        Self {
            schedule: None,
            devices,
            gone: Vec::new(),
            why,
            due_at: None,
        }
    }
}

/// A run that ended.
pub(crate) struct Checked {
    pub(crate) run: CheckRunId,
    /// Devices that could not be read or compared, with the reason.
    pub(crate) not_compared: BTreeMap<String, ErrorView>,
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
        let here = self.running_checks();
        Ok(runs.iter().map(|run| show::run(run, here.hold(run.id))).collect())
    }

    /// Returns one run.
    ///
    /// # Errors
    /// [`AppError::Store`] if there is none of this number.
    pub async fn check_run(&self, run: u32) -> Result<CheckRunView, AppError> {
        let run = self.store().checks().run(CheckRunId(run)).await?;
        Ok(show::run(&run, self.running_checks().hold(run.id)))
    }

    pub(crate) async fn check(&self, request: CheckRequest, why: CheckWhy) -> Result<CheckStarted, AppError> {
        let wanted = match request.schedule {
            Some(id) => self.wanted_of(self.schedule(id).await?, why, None).await?,
            None => Wanted::now(self.named_devices(request.devices).await?, why),
        };
        let (check, activity) = self.begin_asked(&wanted).await?;
        let view = activity
            .view()
            .ok_or_else(|| AppError::not_known("activity", "check"))?;
        let run = check.run.0;
        let app = self.clone();
        self.in_background(async move { app.carry_out(wanted, check, activity).await });
        Ok(CheckStarted { run, activity: view })
    }

    /// Checks devices for somebody who waits, and is about to decide: policies decide nothing.
    pub(crate) async fn check_for(
        &self,
        devices: Vec<DeviceEntry>,
        why: CheckWhy,
    ) -> Result<Checked, AppError> {
        let wanted = Wanted::now(devices, why);
        let (check, activity) = self.begin_asked(&wanted).await?;
        let run = check.run;
        if let Err(error) = self.read_wanted(&wanted, &check, &activity).await {
            activity.finish(ActivityState::Failed, error.view().sentence);
            self.file_early_end(&wanted, &check).await?;
            return Err(error);
        }
        let devices = activity.view().map(|view| view.devices).unwrap_or_default();
        self.end_check(&check, activity).await?;
        let not_compared = devices
            .into_iter()
            .filter_map(|device| Some((device.device, device.error?)));
        Ok(Checked {
            run,
            not_compared: not_compared.collect(),
        })
    }

    /// Begins what somebody asked for, unless devices are being read.
    async fn begin_asked(&self, wanted: &Wanted) -> Result<(RunningCheck, Activity), AppError> {
        let activities = self.activity_registry();
        if activities.running(ActivityKind::Discovery).is_some() {
            return Err(AppError::Busy { what: "A discovery" });
        }
        let begun = self.begin_check(wanted).await?;
        begun.ok_or_else(|| AppError::not_known("check", "new"))
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
            _entered: self.running_checks().enter(run),
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
        let outcome = self.read_and_decide_wanted(&wanted, &check, &activity).await;
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

    /// Reads what can be read, and lets the policies decide about what differs.
    async fn read_and_decide_wanted(
        &self,
        wanted: &Wanted,
        check: &RunningCheck,
        activity: &Activity,
    ) -> Result<(), AppError> {
        let compared = self.read_wanted(wanted, check, activity).await?;
        // What was seen earlier of a device that could not be read now is nothing to decide on.
        self.apply_policies(&compared, Reach::Devices).await
    }

    /// Returns the devices that were read and compared.
    async fn read_wanted(
        &self,
        wanted: &Wanted,
        check: &RunningCheck,
        activity: &Activity,
    ) -> Result<BTreeSet<DeviceName>, AppError> {
        for device in &wanted.gone {
            let error = words::not_in_inventory(device);
            self.not_checked(check, activity, device, error).await?;
        }
        let beside = Beside {
            deployed: None,
            check: Some(check),
        };
        self.read_beside(&wanted.devices, Purpose::Check, beside, activity)
            .await
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
