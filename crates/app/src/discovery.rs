//! Discovery: reads devices in parallel, stores what arrives as it arrives, makes it the record.

use std::sync::Arc;
use std::time::Duration;

use bk_engine::discovery::{DeviceReading, DiscoveryResult, discover};
use bk_engine::drift::DriftSource;
use bk_engine::plan::Plan;
use bk_engine::ports::{DevicePort, ReadScope};
use bk_model::DeviceName;
use bk_store::{Contact, Decided, DeviceEntry, NewSnapshot, SnapshotSource, StoredText};
use futures::StreamExt;

use crate::activities::Activity;
use crate::app::App;
use crate::base::Base;
use crate::checks::RunningCheck;
use crate::connect::{Connector, Unrecorded, reachability, word};
use crate::drift::{Look, Reach, Reader, Verdict, decided};
use crate::errors::{AppError, step_error};
use crate::events::Topic;
use crate::present::number;
use crate::time;
use crate::views::{ActivityDevice, ActivityKind, ActivityState, ActivityView, ErrorView};

/// What devices are read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To learn what they hold: it becomes the record.
    Discovery,
    /// The same, and a person takes whatever differs from what was expected.
    Sync,
    /// To compare them with what is expected; records stay.
    Check,
    /// For review and search, whole; records stay.
    Review,
}

impl Purpose {
    fn scope(self) -> ReadScope {
        match self {
            Self::Discovery | Self::Sync | Self::Check => ReadScope::L2,
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

    pub(crate) async fn start_reading(
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
        self.read_devices(devices, purpose, None, activity).await?;
        if purpose == Purpose::Review {
            return Ok(());
        }
        let names = devices.iter().map(|device| device.name.clone()).collect();
        self.apply_policies(&names, Reach::Devices).await
    }

    /// Reads devices now and waits for all; for work that needs fresh records. What `deployed` changed is no drift.
    pub(crate) async fn read_devices(
        &self,
        devices: &[DeviceEntry],
        purpose: Purpose,
        deployed: Option<&Plan>,
        activity: &Activity,
    ) -> Result<(), AppError> {
        let beside = Beside {
            deployed,
            check: None,
        };
        self.read_beside(devices, purpose, beside, activity).await
    }

    /// The same beside a deployment or a check.
    pub(crate) async fn read_beside(
        &self,
        devices: &[DeviceEntry],
        purpose: Purpose,
        beside: Beside<'_>,
        activity: &Activity,
    ) -> Result<(), AppError> {
        let Beside { deployed, check } = beside;
        let settings = self.current_settings().await?;
        let mut connector = Connector::new(self, Arc::new(Unrecorded)).await?;
        let mut ports: Vec<Arc<dyn DevicePort>> = Vec::with_capacity(devices.len());
        let mut without_port = Vec::new();
        for device in devices {
            match connector.port(device).await {
                Ok(port) => ports.push(port),
                Err(error) => without_port.push((device, error.view())),
            }
        }
        let by = settings.user;
        let work = Work {
            app: self,
            connector: &connector,
            activity,
            by: &by,
            purpose,
            deployed,
            base: self.base().await?,
            check,
        };
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
        connector.note_jump_keys().await?;
        if matches!(purpose, Purpose::Discovery | Purpose::Sync) {
            self.base().await?;
        }
        self.index_in_background();
        Ok(())
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
        outcome
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

/// One run over devices.
struct Work<'a> {
    app: &'a App,
    connector: &'a Connector,
    activity: &'a Activity,
    by: &'a str,
    purpose: Purpose,
    /// A deployment of which the records know nothing yet.
    deployed: Option<&'a Plan>,
    /// What was believed when the reading began.
    base: Arc<Base>,
    /// The check that this is, if it is filed away.
    check: Option<&'a RunningCheck>,
}

impl Work<'_> {
    /// Stores what one device gave.
    async fn arrived(
        &self,
        device: &DeviceEntry,
        result: DiscoveryResult,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        let read = match result.outcome {
            Ok(read) => read,
            Err(error) => {
                return self
                    .failed(device, step_error(&error), Some(result.took), seconds_left)
                    .await;
            }
        };
        let version = read.facts.version.clone();
        self.note(device, None, Some(result.took), version).await?;
        let mut error = None;
        match self.check {
            None => self.keep(&device.name, read).await?,
            Some(check) => {
                error = check.not_comparable(self.app, &device.name).await?;
                if error.is_none() {
                    self.keep(&device.name, read).await?;
                }
                check
                    .note(self.app, &device.name, error.as_ref(), Some(result.took))
                    .await?;
            }
        }
        self.activity
            .device(activity_device(device, error, Some(result.took)), seconds_left);
        Ok(())
    }

    /// Notes that one device could not be read.
    async fn failed(
        &self,
        device: &DeviceEntry,
        error: ErrorView,
        took: Option<Duration>,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        self.note(device, Some(&error), None, None).await?;
        let error = match self.check {
            None => error,
            Some(check) => {
                let error = check.told(&device.name, error);
                check.note(self.app, &device.name, Some(&error), took).await?;
                error
            }
        };
        self.activity
            .device(activity_device(device, Some(error), took), seconds_left);
        Ok(())
    }

    async fn keep(&self, device: &DeviceName, read: DeviceReading) -> Result<(), AppError> {
        let at = self.app.now();
        let text = match self.purpose.scope() {
            ReadScope::L2 => StoredText::l2(read.reading.text),
            ReadScope::Full => StoredText::full(&read.reading.text, &self.app.secrets().tokens().await?)?,
        };
        let snapshot = NewSnapshot {
            device,
            at,
            device_time: read.reading.device_time,
            source: match self.purpose {
                Purpose::Check => SnapshotSource::Check,
                Purpose::Discovery | Purpose::Sync | Purpose::Review => SnapshotSource::Discovery,
            },
            text,
            facts: Some(&read.facts),
            notices: &read.reading.notices,
        };
        let snapshot = self.app.store().snapshots().add(snapshot).await?;
        let source = match self.purpose {
            Purpose::Discovery | Purpose::Sync => DriftSource::Discovery,
            Purpose::Check if self.check.is_some_and(RunningCheck::is_scheduled) => {
                DriftSource::ScheduledCheck
            }
            Purpose::Check => DriftSource::Check,
            Purpose::Review => return Ok(()),
        };
        let look = Look {
            snapshot: &snapshot,
            base: &self.base,
            by: Reader::Reading(source),
            deployed: &self.deployed.map_or_else(Vec::new, |plan| decided(plan, device)),
            commits: read.commits.as_deref(),
        };
        self.app.look_for_drift(look).await?;
        if matches!(self.purpose, Purpose::Discovery | Purpose::Sync) {
            self.app.store().records().accept(&snapshot, at, self.by).await?;
        }
        if self.purpose == Purpose::Sync {
            let open = self.app.store().drifts().open_on(device).await?;
            self.app
                .take(&open, Verdict::of_person(Decided::Sync, ""))
                .await?;
        }
        Ok(())
    }

    async fn note(
        &self,
        device: &DeviceEntry,
        error: Option<&ErrorView>,
        took: Option<Duration>,
        version: Option<bk_model::DnosVersion>,
    ) -> Result<(), AppError> {
        let contact = Contact {
            device: device.name.clone(),
            at: self.app.now(),
            reachability: word(reachability(error)),
            millis: took.map(time::millis),
            version,
            offered_key: self.connector.keys.offered_by(device),
            error: error.and_then(|error| serde_json::to_string(error).ok()),
        };
        Ok(self.app.store().contacts().note(&contact).await?)
    }
}

fn activity_device(device: &DeviceEntry, error: Option<ErrorView>, took: Option<Duration>) -> ActivityDevice {
    ActivityDevice {
        device: device.name.to_string(),
        error,
        millis: took.map_or(0, time::millis),
    }
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
