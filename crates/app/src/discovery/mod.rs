//! Discovery: reads devices in parallel, stores what arrives as it arrives, makes it the record.

mod work;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use bk_engine::deploy::DeploymentId;
use bk_engine::discovery::discover;
use bk_engine::plan::Plan;
use bk_engine::ports::{DevicePort, ReadScope};
use bk_model::DeviceName;
use bk_store::DeviceEntry;
use chrono::{DateTime, Utc};
use futures::StreamExt;

use self::work::Work;
use crate::activities::Activity;
use crate::app::App;
use crate::checks::RunningCheck;
use crate::connect::{Connector, Unrecorded};
use crate::drift::Reach;
use crate::errors::{AppError, check as words};
use crate::events::Topic;
use crate::present::number;
use crate::views::{ActivityKind, ActivityState, ActivityView};

/// What devices are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To learn what they hold: it becomes the record.
    Discovery,
    /// The same of a practice lab that started anew: whatever differs from what was expected is taken.
    Anew,
    /// To compare them with what is expected; records stay.
    Check,
    /// For review and search, whole; records stay.
    Review,
}

impl Purpose {
    fn scope(self) -> ReadScope {
        match self {
            Self::Discovery | Self::Anew | Self::Check => ReadScope::L2,
            Self::Review => ReadScope::Full,
        }
    }
}

impl App {
    /// Reads the L2 parts of the named devices, or of all, in the background.
    ///
    /// Each device is a result of its own: one that fails discards no other's. What was read becomes the record at
    /// once, also when the rest is cancelled.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] names a device that is not in the inventory; [`AppError::Busy`] if a discovery runs.
    pub async fn discovery_start(&self, devices: Option<Vec<String>>) -> Result<ActivityView, AppError> {
        self.start_reading(devices, Purpose::Discovery, "Discovery").await
    }

    /// Reads whole configurations in the background, for review and search: values shaped like secrets become tokens
    /// before they are stored, and the records stay as they are.
    ///
    /// # Errors
    /// As [`App::discovery_start`]; [`AppError::Secret`] if the key of the tokens can't be had.
    pub async fn full_read_start(&self, devices: Option<Vec<String>>) -> Result<ActivityView, AppError> {
        self.secrets().tokens().await?;
        self.start_reading(devices, Purpose::Review, "Full read").await
    }

    async fn start_reading(
        &self,
        devices: Option<Vec<String>>,
        purpose: Purpose,
        object: &str,
    ) -> Result<ActivityView, AppError> {
        let devices = self.named_devices(devices).await?;
        let activity = self.begin_reading(object, number(devices.len()))?;
        self.discover_in_background(devices, purpose, activity)
    }

    /// Begins to read devices, which one thing at a time may do.
    pub(crate) fn begin_reading(&self, object: &str, devices: u32) -> Result<Activity, AppError> {
        let all = self.activity_registry();
        match all.running(ActivityKind::Discovery) {
            Some(_) => Err(AppError::Busy { what: "A discovery" }),
            None => Ok(all.begin(ActivityKind::Discovery, object, devices, self.now())),
        }
    }

    /// Returns the named devices, each once, or all.
    pub(crate) async fn named_devices(
        &self,
        named: Option<Vec<String>>,
    ) -> Result<Vec<DeviceEntry>, AppError> {
        let Some(named) = named else {
            return Ok(self.store().devices().list().await?);
        };
        let mut devices: Vec<DeviceEntry> = Vec::with_capacity(named.len());
        for name in named {
            let device = self.device_entry(&name).await?;
            if devices.iter().all(|known| known.name != device.name) {
                devices.push(device);
            }
        }
        Ok(devices)
    }

    /// Reads devices as an activity that was begun already, and returns how it looks at the start.
    pub(crate) fn discover_in_background(
        &self,
        devices: Vec<DeviceEntry>,
        purpose: Purpose,
        activity: Activity,
    ) -> Result<ActivityView, AppError> {
        activity.expect_units(number(devices.len()));
        let view = activity
            .view()
            .ok_or_else(|| AppError::not_known("activity", "discovery"))?;
        let app = self.clone();
        self.in_background(async move {
            let outcome = app.read_and_decide(&devices, purpose, &activity).await;
            app.changed(&[Topic::Devices, Topic::Domains, Topic::Snapshots, Topic::Status]);
            match outcome {
                Ok(()) => finish(activity),
                Err(error) => {
                    tracing::error!(error = &error as &dyn std::error::Error, "discovery ended early");
                    activity.finish(ActivityState::Failed, error.view().sentence);
                }
            }
        });
        Ok(view)
    }

    /// Reads devices and lets the policies decide about what differs on them.
    async fn read_and_decide(
        &self,
        devices: &[DeviceEntry],
        purpose: Purpose,
        activity: &Activity,
    ) -> Result<(), AppError> {
        let read = self.read_devices(devices, purpose, None, activity).await?;
        if purpose == Purpose::Review {
            return Ok(());
        }
        // What was seen earlier of a device that was not read now is nothing to decide on.
        self.apply_policies(&read, Reach::Devices).await
    }

    /// Reads devices now and waits for all; for work that needs fresh records. What `deployed` changed is no drift. Returns
    /// the devices that were read.
    pub(crate) async fn read_devices(
        &self,
        devices: &[DeviceEntry],
        purpose: Purpose,
        deployed: Option<&Plan>,
        activity: &Activity,
    ) -> Result<BTreeSet<DeviceName>, AppError> {
        let beside = Beside {
            deployed,
            check: None,
        };
        self.read_beside(devices, purpose, beside, activity).await
    }

    /// The same beside a deployment or a check.
    ///
    /// A device on which a deployment is at work is not read: its lines may still go back. What a deployment itself reads
    /// as it ends is not in its own way.
    pub(crate) async fn read_beside(
        &self,
        devices: &[DeviceEntry],
        purpose: Purpose,
        beside: Beside<'_>,
        activity: &Activity,
    ) -> Result<BTreeSet<DeviceName>, AppError> {
        let Beside { deployed, check } = beside;
        let settings = self.current_settings().await?;
        let mut connector = Connector::new(self, Arc::new(Unrecorded)).await?;
        // Before the records are looked at: what is filed away later is not among them.
        let compares_since = (purpose != Purpose::Review && deployed.is_none()).then(|| self.now());
        let at_work = match compares_since {
            Some(since) => self.at_work_since(since).await?,
            None => BTreeMap::new(),
        };
        let mut ports: Vec<Arc<dyn DevicePort>> = Vec::with_capacity(devices.len());
        let (mut busy, mut without_port) = (Vec::new(), Vec::new());
        for device in devices {
            if let Some(deployment) = at_work.get(&device.name) {
                busy.push((device, words::at_work(&device.name, *deployment)));
                continue;
            }
            match connector.port(device).await {
                Ok(port) => ports.push(port),
                Err(error) => without_port.push((device, error.view())),
            }
        }
        let by = settings.user;
        let mut work = Work {
            app: self,
            connector: &connector,
            activity,
            by: &by,
            purpose,
            deployed,
            base: self.base().await?,
            compares_since,
            check,
            read: BTreeSet::new(),
        };
        for (device, error) in busy {
            work.tell(device, Some(error), None, None).await?;
        }
        for (device, error) in without_port {
            work.failed(device, error, None, None).await?;
        }
        let worth_commits = self.worth_commits(purpose.scope(), &work.base).await?;
        let clock = self.clock();
        let (began, total) = (clock.since_boot(), ports.len());
        let at_once = usize::from(check.map_or(settings.concurrency, |check| check.at_once));
        let cancel = activity.cancelled().child_token();
        let mut results = discover(
            ports,
            purpose.scope(),
            at_once,
            worth_commits,
            Arc::clone(&clock),
            cancel.clone(),
        );
        let mut arrived = 0;
        loop {
            let next = match check {
                Some(check) => check.within(results.next(), &cancel).await,
                None => results.next().await,
            };
            let Some(result) = next else { break };
            arrived += 1;
            let left = seconds_left(clock.since_boot().saturating_sub(began), arrived, total);
            if let Some(device) = devices.iter().find(|device| device.name == result.device) {
                work.arrived(device, result, left).await?;
            }
        }
        let read = work.read;
        connector.note_jump_keys().await?;
        if matches!(purpose, Purpose::Discovery | Purpose::Anew) {
            self.base().await?;
        }
        self.index_in_background();
        Ok(read)
    }

    /// The devices that deployments were at work on at any time from a moment on: a deployment that did not end counts,
    /// whoever runs it.
    pub(crate) async fn at_work_since(
        &self,
        from: DateTime<Utc>,
    ) -> Result<BTreeMap<DeviceName, DeploymentId>, AppError> {
        let mut touched = BTreeMap::new();
        for (deployment, plan) in self.store().deployments().at_work_since(from).await? {
            for step in self.stored_plan(&plan).await?.plan.devices {
                touched.insert(step.device, deployment);
            }
        }
        Ok(touched)
    }

    /// Reads devices whose record lags behind a deployment that is known to run on them, and waits for all. One that can't
    /// be read keeps its record, and its row says why.
    pub(crate) async fn read_again(&self, devices: &[DeviceName], deployed: &Plan) -> Result<(), AppError> {
        let mut entries = Vec::with_capacity(devices.len());
        for device in devices {
            entries.push(self.device_entry(device.as_str()).await?);
        }
        let activity = self.activity_registry().begin(
            ActivityKind::Discovery,
            "Reading after recovery",
            number(entries.len()),
            self.now(),
        );
        let outcome = self
            .read_devices(&entries, Purpose::Discovery, Some(deployed), &activity)
            .await;
        finish(activity);
        outcome.map(|_| ())
    }

    /// Lets the line index catch up.
    pub(crate) fn index_in_background(&self) {
        let app = self.clone();
        self.in_background(async move { app.index_lines().await });
    }
}

/// What goes on beside a reading.
#[derive(Clone, Copy, Default)]
pub(crate) struct Beside<'a> {
    /// A deployment of which the records know nothing yet.
    pub(crate) deployed: Option<&'a Plan>,
    /// A check that is filed away: it has a breadth and a limit of its own, and each result is noted as it arrives.
    pub(crate) check: Option<&'a RunningCheck>,
}

/// How long the rest takes if it goes on as so far.
fn seconds_left(so_far: Duration, arrived: usize, total: usize) -> Option<u32> {
    let left = total.checked_sub(arrived)?;
    let each = so_far.checked_div(u32::try_from(arrived).ok()?)?;
    u32::try_from(each.checked_mul(u32::try_from(left).ok()?)?.as_secs()).ok()
}

pub(crate) fn finish(activity: Activity) {
    let devices = activity.view().map(|view| view.devices).unwrap_or_default();
    let failed = devices.iter().filter(|device| device.error.is_some()).count();
    let read = devices.len() - failed;
    let all = devices.len();
    let state = match (activity.cancelled().is_cancelled(), failed) {
        (true, _) => ActivityState::Cancelled,
        (false, 0) => ActivityState::Done,
        (false, failed) if failed == all => ActivityState::Failed,
        (false, _) => ActivityState::Partial,
    };
    activity.finish(state, format!("{read} of {all} devices read"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_left_follows_from_what_arrived() {
        assert_eq!(seconds_left(Duration::from_secs(10), 5, 10), Some(10));
        assert_eq!(seconds_left(Duration::from_secs(10), 10, 10), Some(0));
        assert_eq!(seconds_left(Duration::from_secs(10), 0, 10), None);
    }
}
