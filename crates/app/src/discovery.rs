//! Discovery: reads devices in parallel, stores what arrives as it arrives, makes it the record.

use std::sync::Arc;
use std::time::Duration;

use bk_engine::discovery::{DiscoveryResult, discover};
use bk_engine::ports::{DevicePort, ReadScope};
use bk_model::DeviceName;
use bk_store::{Contact, DeviceEntry, NewSnapshot, SnapshotSource, StoredText};
use futures::StreamExt;

use crate::activities::Activity;
use crate::app::App;
use crate::connect::{Connector, Unrecorded, reachability, word};
use crate::errors::{AppError, step_error};
use crate::events::Topic;
use crate::time;
use crate::views::{ActivityDevice, ActivityKind, ActivityState, ActivityView, ErrorView};

impl App {
    /// Reads the named devices, or all, in the background.
    ///
    /// Each device is a result of its own: one that fails discards no other's. What was read becomes the record at
    /// once, also when the rest is cancelled.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] names a device that is not in the inventory; [`AppError::Busy`] if a discovery runs.
    pub async fn discovery_start(&self, devices: Option<Vec<String>>) -> Result<ActivityView, AppError> {
        if self
            .activity_registry()
            .running(ActivityKind::Discovery)
            .is_some()
        {
            return Err(AppError::Busy { what: "A discovery" });
        }
        let names = match devices {
            None => self
                .store()
                .devices()
                .list()
                .await?
                .into_iter()
                .map(|device| device.name)
                .collect(),
            Some(named) => {
                let mut names: Vec<DeviceName> = Vec::with_capacity(named.len());
                for name in named {
                    let device = self.device_entry(&name).await?.name;
                    if !names.contains(&device) {
                        names.push(device);
                    }
                }
                names
            }
        };
        let activity = self
            .activity_registry()
            .begin(ActivityKind::Discovery, "Discovery", 0, self.now());
        self.discover_in_background(names, activity).await
    }

    /// Reads devices as an activity that was begun already, and returns how it looks at the start.
    pub(crate) async fn discover_in_background(
        &self,
        devices: Vec<DeviceName>,
        activity: Activity,
    ) -> Result<ActivityView, AppError> {
        activity.expect_units(u32::try_from(devices.len()).unwrap_or(u32::MAX));
        let view = activity
            .view()
            .ok_or_else(|| AppError::not_known("activity", "discovery"))?;
        let app = self.clone();
        self.in_background(async move { app.run_discovery(devices, activity).await });
        Ok(view)
    }

    async fn run_discovery(self, devices: Vec<DeviceName>, activity: Activity) {
        let outcome = self.read_devices(&devices, &activity).await;
        self.changed(&[Topic::Devices, Topic::Domains, Topic::Snapshots, Topic::Status]);
        match outcome {
            Ok(()) => finish(activity),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "discovery ended early");
                activity.finish(ActivityState::Failed, error.view().sentence);
            }
        }
    }

    async fn read_devices(&self, devices: &[DeviceName], activity: &Activity) -> Result<(), AppError> {
        let settings = self.current_settings().await?;
        let by = settings.user;
        let mut connector = Connector::new(self, Arc::new(Unrecorded)).await?;
        let mut entries = Vec::with_capacity(devices.len());
        let mut ports: Vec<Arc<dyn DevicePort>> = Vec::with_capacity(devices.len());
        for name in devices {
            let entry = self.device_entry(name.as_str()).await?;
            match connector.port(&entry).await {
                Ok(port) => ports.push(port),
                Err(error) => {
                    self.note(&connector, &entry, Some(error.view()), None, activity, None)
                        .await?
                }
            }
            entries.push(entry);
        }
        let clock = self.clock();
        let (began, total, at_once) = (clock.since_boot(), ports.len(), usize::from(settings.concurrency));
        let mut results = discover(
            ports,
            ReadScope::L2,
            at_once,
            Arc::clone(&clock),
            activity.cancelled(),
        );
        let mut arrived = 0;
        while let Some(result) = results.next().await {
            arrived += 1;
            let left = seconds_left(clock.since_boot().saturating_sub(began), arrived, total);
            let Some(entry) = entries.iter().find(|entry| entry.name == result.device) else {
                continue;
            };
            self.keep(&connector, entry, result, &by, activity, left).await?;
        }
        self.base().await?;
        self.index_in_background();
        Ok(())
    }

    /// Stores one device's result.
    async fn keep(
        &self,
        connector: &Connector,
        entry: &DeviceEntry,
        result: DiscoveryResult,
        by: &str,
        activity: &Activity,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        let took = Some(result.took);
        let read = match result.outcome {
            Ok(read) => read,
            Err(error) => {
                return self
                    .note(
                        connector,
                        entry,
                        Some(step_error(&error)),
                        took,
                        activity,
                        seconds_left,
                    )
                    .await;
            }
        };
        let at = self.now();
        let snapshot = NewSnapshot {
            device: &entry.name,
            at,
            device_time: read.reading.device_time,
            source: SnapshotSource::Discovery,
            text: StoredText::l2(read.reading.text),
            facts: Some(&read.facts),
            notices: &read.reading.notices,
        };
        let snapshot = self.store().snapshots().add(snapshot).await?;
        self.store().records().accept(&snapshot, at, by).await?;
        let contact = Contact {
            device: entry.name.clone(),
            at,
            reachability: word(reachability(None)),
            millis: took.map(time::millis),
            version: read.facts.version,
            offered_key: None,
            error: None,
        };
        self.store().contacts().note(&contact).await?;
        activity.device(activity_device(entry, None, took), seconds_left);
        Ok(())
    }

    /// Notes that one device could not be read.
    async fn note(
        &self,
        connector: &Connector,
        entry: &DeviceEntry,
        error: Option<ErrorView>,
        took: Option<Duration>,
        activity: &Activity,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        let contact = Contact {
            device: entry.name.clone(),
            at: self.now(),
            reachability: word(reachability(error.as_ref())),
            millis: None,
            version: None,
            offered_key: connector.keys.offered_by(entry),
            error: error.as_ref().and_then(|error| serde_json::to_string(error).ok()),
        };
        self.store().contacts().note(&contact).await?;
        activity.device(activity_device(entry, error, took), seconds_left);
        Ok(())
    }

    /// Lets the line index catch up.
    pub(crate) fn index_in_background(&self) {
        let app = self.clone();
        self.in_background(async move { app.index_lines().await });
    }
}

fn activity_device(entry: &DeviceEntry, error: Option<ErrorView>, took: Option<Duration>) -> ActivityDevice {
    ActivityDevice {
        device: entry.name.to_string(),
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

fn finish(activity: Activity) {
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
