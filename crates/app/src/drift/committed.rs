//! Whose commit a difference came with: the device's list of commits against the reads that we have and the commits that we
//! made.

use std::collections::BTreeMap;
use std::sync::Arc;

use bk_engine::discovery::WorthCommits;
use bk_engine::drift::{Committed, OwnCommits, committed};
use bk_engine::ports::{Journal, ReadScope, RollbackEntry};
use bk_engine::recovery::own_commits;
use bk_model::DeviceName;
use bk_store::{Drift, Snapshot};
use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::base::Base;
use crate::errors::AppError;

/// A deployment is noted as ended a little before its last reads are stored, and clocks are set. More than is needed of the
/// past names nobody: whose a commit is follows from the device's own time.
const BEFORE: TimeDelta = TimeDelta::hours(1);

impl App {
    /// What tells a reading whether a device's list of commits is worth a command: its text is neither the record's nor that
    /// of the last read. A whole configuration is not looked through for drift.
    pub(crate) async fn worth_commits(
        &self,
        scope: ReadScope,
        base: &Base,
    ) -> Result<WorthCommits, AppError> {
        if scope == ReadScope::Full {
            return Ok(Arc::new(|_, _| false));
        }
        let last = self.store().snapshots().newest_l2().await?;
        let last: BTreeMap<DeviceName, _> = last.into_iter().collect();
        let records: BTreeMap<DeviceName, _> = base
            .devices
            .iter()
            .map(|(name, known)| (name.clone(), known.snapshot.hash))
            .collect();
        Ok(Arc::new(move |device, text| {
            let hash = text.hash();
            let is_new = last.get(device).is_some_and(|last| *last != hash);
            is_new && records.get(device).is_some_and(|record| *record != hash)
        }))
    }

    /// Whose commit the objects came with that differ in a read and in no earlier one. `open` is their event where the
    /// object differed otherwise before.
    pub(super) async fn committed(
        &self,
        read: &Snapshot,
        list: Option<&[RollbackEntry]>,
        open: Option<&Drift>,
    ) -> Result<Option<Committed>, AppError> {
        let Some(list) = list else { return Ok(None) };
        let before = open.map_or(read.at, |event| event.first_seen);
        let agreed = self.store().snapshots().l2_before(&read.device, before).await?;
        let Some((at, device_time)) = agreed else {
            return Ok(None);
        };
        let ours = self.own_commits_since(&read.device, at - BEFORE).await?;
        Ok(committed(list, device_time, read.device_time, &ours))
    }

    /// What the journals say of our own commits on a device from a moment on.
    async fn own_commits_since(
        &self,
        device: &DeviceName,
        from: DateTime<Utc>,
    ) -> Result<Vec<OwnCommits>, AppError> {
        let mut ours = Vec::new();
        for (deployment, _) in self.store().deployments().at_work_since(from).await? {
            let entries = self.store().journal().entries(&deployment).await?;
            ours.extend(own_commits(&entries, device));
        }
        Ok(ours)
    }
}
