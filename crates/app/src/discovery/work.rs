//! What becomes of each device as it arrives from a reading.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bk_engine::discovery::{DeviceReading, DiscoveryResult};
use bk_engine::drift::DriftSource;
use bk_engine::plan::Plan;
use bk_engine::ports::ReadScope;
use bk_model::DeviceName;
use bk_store::{Contact, Decided, DeviceEntry, NewSnapshot, SnapshotSource, StoredText};
use chrono::{DateTime, Utc};

use super::Purpose;
use crate::activities::Activity;
use crate::app::App;
use crate::base::Base;
use crate::checks::RunningCheck;
use crate::connect::{Connector, reachability, word};
use crate::drift::{Look, Reader, Verdict, decided};
use crate::errors::{AppError, check as words, step_error};
use crate::time;
use crate::views::{ActivityDevice, ErrorView};

/// Why all that differs after a new start of the practice lab is taken.
const STARTED_ANEW: &str = "the practice lab started anew";

/// One run over devices.
pub(super) struct Work<'a> {
    pub(super) app: &'a App,
    pub(super) connector: &'a Connector,
    pub(super) activity: &'a Activity,
    pub(super) by: &'a str,
    pub(super) purpose: Purpose,
    /// A deployment of which the records know nothing yet.
    pub(super) deployed: Option<&'a Plan>,
    /// What was believed when the reading began.
    pub(super) base: Arc<Base>,
    /// A deployment that was at work from this moment on, which lies before `base`, may have touched what is read. None
    /// where what is read is compared with nothing, or belongs to a deployment.
    pub(super) compares_since: Option<DateTime<Utc>>,
    /// The check that this is, if it is filed away.
    pub(super) check: Option<&'a RunningCheck>,
    /// Devices that were read so far.
    pub(super) read: BTreeSet<DeviceName>,
}

impl Work<'_> {
    /// Stores what one device gave.
    pub(super) async fn arrived(
        &mut self,
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
        let error = self.not_comparable(&device.name).await?;
        if error.is_none() {
            self.keep(&device.name, read).await?;
        }
        self.tell(device, error, Some(result.took), seconds_left).await
    }

    /// Says why what was read of a device counts for nothing, if so: a check has nothing to compare it with, or a deployment
    /// was at work there meanwhile, whose lines may go back. It is not kept either: the last read of a device is what
    /// plans start from.
    async fn not_comparable(&self, device: &DeviceName) -> Result<Option<ErrorView>, AppError> {
        if self.check.is_some() && !self.base.devices.contains_key(device) {
            return Ok(Some(words::no_record(device)));
        }
        let Some(since) = self.compares_since else {
            return Ok(None);
        };
        let at_work = self.app.at_work_since(since).await?;
        Ok(at_work
            .get(device)
            .map(|deployment| words::at_work(device, *deployment)))
    }

    /// Notes that one device could not be read.
    pub(super) async fn failed(
        &mut self,
        device: &DeviceEntry,
        error: ErrorView,
        took: Option<Duration>,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        self.note(device, Some(&error), None, None).await?;
        let error = match self.check {
            None => error,
            Some(check) => check.told(&device.name, error),
        };
        self.tell(device, Some(error), took, seconds_left).await
    }

    /// Tells what came of one device.
    pub(super) async fn tell(
        &mut self,
        device: &DeviceEntry,
        error: Option<ErrorView>,
        took: Option<Duration>,
        seconds_left: Option<u32>,
    ) -> Result<(), AppError> {
        if let Some(check) = self.check {
            check.note(self.app, &device.name, error.as_ref(), took).await?;
        }
        if error.is_none() {
            self.read.insert(device.name.clone());
        }
        self.activity
            .device(activity_device(device, error, took), seconds_left);
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
                Purpose::Discovery | Purpose::Anew | Purpose::Review => SnapshotSource::Discovery,
            },
            text,
            facts: Some(&read.facts),
            notices: &read.reading.notices,
        };
        let snapshot = self.app.store().snapshots().add(snapshot).await?;
        let source = match self.purpose {
            Purpose::Discovery | Purpose::Anew => DriftSource::Discovery,
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
        if matches!(self.purpose, Purpose::Discovery | Purpose::Anew) {
            self.app.store().records().accept(&snapshot, at, self.by).await?;
        }
        if self.purpose == Purpose::Anew {
            let open = self.app.store().drifts().open_on(device).await?;
            self.app
                .take(&open, Verdict::of_person(Decided::Sync, STARTED_ANEW))
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
