//! Drift: what differs from what is expected of the devices, and what can be done about it (DESIGN 7).
//!
//! An open event carries what is expected of its object, so that a record that goes on never makes one disappear: it ends
//! when the device holds it again, when a person takes what the device holds, or when a deployment decides the object.

mod automatic;
mod committed;
mod decisions;
mod look;
mod notices;
mod policies;
mod scan;
mod show;
mod strategy;
mod targets;

pub(crate) use show::{kind, severity, title, why};

use std::collections::{BTreeMap, BTreeSet};

use bk_config::Tree;
use bk_engine::deploy::DeviceChange;
use bk_engine::drift::{Difference, DriftObject, overlay};
use bk_engine::fabric::DeviceRecord;
use bk_engine::plan::Plan;
use bk_model::DeviceName;
use bk_store::{CheckWhy, Closed, Closing, Decided, Drift, DriftId};

use crate::app::App;
use crate::discovery::Purpose;
use crate::errors::AppError;
use crate::events::Topic;
use crate::present::number;
use crate::restore::restore_between;
use crate::views::{
    ActivityView, CheckRequest, DriftDetail, DriftInbox, DriftNotSynced, DriftSynced, PlanView,
};

pub(crate) use automatic::Reach;
pub(crate) use decisions::{Reasons, Verdict, reason};
pub(crate) use look::{Look, Reader, Stands};
pub(crate) use notices::SyncNotices;
pub(crate) use strategy::SyncQueue;

/// Closed events that the inbox shows.
const CLOSED: u32 = 50;

impl App {
    /// Reads the named devices, or all, and compares them with what is expected; records stay as they are.
    ///
    /// # Errors
    /// As [`App::discovery_start`].
    pub async fn drift_check_start(&self, devices: Option<Vec<String>>) -> Result<ActivityView, AppError> {
        let request = CheckRequest {
            devices,
            schedule: None,
        };
        Ok(self.check(request, CheckWhy::ByHand).await?.activity)
    }

    /// Returns what differs, and what differed lately.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn drift_list(&self) -> Result<DriftInbox, AppError> {
        let drifts = self.store().drifts();
        let open = drifts.open().await?;
        let mut left = self.left_open(&open).await?;
        let row = |event: &Drift| show::row(event, left.remove(&event.id));
        Ok(DriftInbox {
            open: open.iter().map(row).collect(),
            closed: drifts
                .closed(CLOSED)
                .await?
                .iter()
                .map(|event| show::row(event, None))
                .collect(),
            background: self.sync_notices().list(),
        })
    }

    /// Returns one event with its evidence and what each choice would do.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if there is none of this number.
    pub async fn drift_detail(&self, id: u32) -> Result<DriftDetail, AppError> {
        let drift = self.drift(id).await?;
        let snapshots = self.store().snapshots();
        let record = match drift.record {
            Some(record) => Some(snapshots.get(record).await?),
            None => None,
        };
        let live = snapshots.get(drift.live).await?;
        let back = match drift.closed {
            Some(_) => None,
            None => Some(self.restore_of(std::slice::from_ref(&drift)).await),
        };
        let left = self
            .left_open(std::slice::from_ref(&drift))
            .await?
            .remove(&drift.id);
        let decisions = self.decisions_of(drift.id).await?;
        Ok(DriftDetail {
            decisions,
            ..show::detail(&drift, left, record.as_ref(), &live, back)
        })
    }

    /// Reads the devices of these events again and takes what they hold as what is expected. A device that can't be read
    /// keeps its events open.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] for a number without an open event; [`AppError::Busy`] if devices are being read.
    pub async fn drift_sync(&self, ids: Vec<u32>, why: Option<String>) -> Result<DriftSynced, AppError> {
        let why = reason(why)?;
        let events = self.open_drifts(&ids).await?;
        let verdict = Verdict::of_person(Decided::Sync, &why);
        self.sync_events(events, "Discover and sync", verdict).await
    }

    async fn sync_events(
        &self,
        events: Vec<Drift>,
        object: &str,
        verdict: Verdict<'_>,
    ) -> Result<DriftSynced, AppError> {
        let names: BTreeSet<String> = events.iter().map(|event| event.device.to_string()).collect();
        let devices = self.named_devices(Some(names.into_iter().collect())).await?;
        let activity = self.begin_reading(object, number(devices.len()))?;
        let read = self.read_devices(&devices, Purpose::Check, None, &activity).await;
        let failed: BTreeMap<String, crate::views::ErrorView> = activity
            .view()
            .map(|view| view.devices)
            .unwrap_or_default()
            .into_iter()
            .filter_map(|device| Some((device.device, device.error?)))
            .collect();
        crate::discovery::finish(activity);
        read?;
        let mut synced = DriftSynced {
            added: 0,
            updated: 0,
            unchanged: 0,
            failed: Vec::new(),
        };
        let mut taken: Vec<Drift> = Vec::new();
        for event in events {
            if let Some(error) = failed.get(event.device.as_str()) {
                synced.failed.push(DriftNotSynced {
                    id: event.id.0,
                    device: event.device.to_string(),
                    error: error.clone(),
                });
                continue;
            }
            let now = self.drift(event.id.0).await?;
            // One that came to its end by itself was last seen in an earlier read, which must not become the record.
            if now.closed.is_some() {
                synced.unchanged += 1;
                continue;
            }
            match now.difference.expected.is_empty() {
                true => synced.added += 1,
                false => synced.updated += 1,
            }
            taken.push(now);
        }
        self.take(&taken, verdict).await?;
        Ok(synced)
    }

    /// Plans what puts back what these events expect, proven to go back, and stores the plan.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] for a number without an open event; [`AppError::Plan`] if no plan can be proven.
    pub async fn drift_override_plan(
        &self,
        ids: Vec<u32>,
        why: Option<String>,
    ) -> Result<PlanView, AppError> {
        let why = reason(why)?;
        let events = self.open_drifts(&ids).await?;
        let plan = self.restore_of(&events).await?;
        self.reasons().note(plan.hash, why);
        self.keep_plan(&plan, None).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    /// What the devices of open events hold becomes the record, and the events end.
    pub(crate) async fn take(&self, taken: &[Drift], verdict: Verdict<'_>) -> Result<(), AppError> {
        if taken.is_empty() {
            return Ok(());
        }
        let (at, by) = (self.now(), self.user().await?);
        let mut accepted = BTreeSet::new();
        for event in taken.iter().filter(|event| accepted.insert(event.device.clone())) {
            let live = self.store().snapshots().get(event.live).await?;
            self.store().records().accept(&live, at, &by).await?;
        }
        // What was decided is kept first: a decision that was not carried out is seen, one that is not kept is not.
        self.decide(taken, verdict).await?;
        let ids: Vec<DriftId> = taken.iter().map(|event| event.id).collect();
        let how = Closing::Synced;
        self.store().drifts().close(&ids, &Closed { at, by, how }).await?;
        self.base().await?;
        self.changed(&[
            Topic::Drift,
            Topic::Devices,
            Topic::Domains,
            Topic::Snapshots,
            Topic::Status,
        ]);
        Ok(())
    }

    /// The plan that puts back what the events expect, on what was read of their devices last.
    async fn restore_of(&self, events: &[Drift]) -> Result<Plan, AppError> {
        let base = self.base().await?;
        let mut records: Vec<DeviceRecord> = base
            .devices
            .values()
            .map(|device| device.record.clone())
            .collect();
        let mut wanted: BTreeMap<DeviceName, Vec<&Difference>> = BTreeMap::new();
        for event in events {
            let text = self.store().snapshots().text(event.live).await?;
            if let Some(record) = records.iter_mut().find(|record| record.name == event.device) {
                record.tree = Tree::read(&text).0;
            }
            wanted
                .entry(event.device.clone())
                .or_default()
                .push(&event.difference);
        }
        let back: BTreeMap<DeviceName, Tree> = records
            .iter()
            .filter_map(|record| {
                let differences = wanted.get(&record.name)?;
                let expected = differences
                    .iter()
                    .map(|one| (&one.object, one.expected.as_slice()));
                Some((record.name.clone(), overlay(&record.tree, expected)))
            })
            .collect();
        restore_between(records, back).await
    }

    async fn drift(&self, id: u32) -> Result<Drift, AppError> {
        let drift = self.store().drifts().get(DriftId(id)).await?;
        drift.ok_or_else(|| AppError::not_known("drift", id.to_string()))
    }

    async fn open_drifts(&self, ids: &[u32]) -> Result<Vec<Drift>, AppError> {
        let mut events = Vec::with_capacity(ids.len());
        for id in ids {
            let event = self.drift(*id).await?;
            if event.closed.is_some() {
                return Err(AppError::not_known("open drift", id.to_string()));
            }
            events.push(event);
        }
        Ok(events)
    }
}

/// The objects that a plan decides: what its predicted lines belong to, and what comes or goes with them without a line of
/// its own.
pub(crate) fn decided(plan: &Plan, device: &DeviceName) -> Vec<DriftObject> {
    let mut objects = BTreeSet::new();
    for step in plan.devices.iter().filter(|step| step.device == *device) {
        let paths = step.changed_paths();
        objects.extend(paths.map(|path| DriftObject::of_path(path.as_str())));
        let change = DeviceChange::from(step);
        let after = change.base.with(&change.predicted);
        let comes_or_goes = |path: &&String| change.base.holds(path) != after.holds(path);
        let whole = change.touched.iter().filter(comes_or_goes);
        objects.extend(whole.map(|path| DriftObject::of_path(path)));
    }
    objects.into_iter().collect()
}
