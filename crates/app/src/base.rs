//! The base on which drafts are edited and plans are made: all records, read into one fabric.

use std::collections::BTreeMap;
use std::sync::Arc;

use bk_config::Tree;
use bk_engine::fabric::{DeviceRecord, FabricReading, build_fabric};
use bk_model::DeviceName;
use bk_store::{Snapshot, SnapshotId};
use chrono::{DateTime, Utc};
use tokio::sync::Mutex;

use crate::app::App;
use crate::errors::AppError;

/// Everything that the records say at one moment. Immutable.
#[derive(Debug)]
pub(crate) struct Base {
    /// The fabric, with how much of each text was understood.
    pub(crate) reading: FabricReading,
    /// The records by device.
    pub(crate) devices: BTreeMap<DeviceName, Arc<BaseDevice>>,
}

/// One device's record.
#[derive(Debug)]
pub(crate) struct BaseDevice {
    /// The snapshot that is the record.
    pub(crate) snapshot: Snapshot,
    /// The text as a tree, and the tables read with it.
    pub(crate) record: DeviceRecord,
    /// Since when the text stands as it is, as far as reads tell.
    pub(crate) since: DateTime<Utc>,
}

impl Base {
    /// Returns the trees of all records.
    pub(crate) fn trees(&self) -> BTreeMap<DeviceName, &Tree> {
        self.devices
            .iter()
            .map(|(name, device)| (name.clone(), &device.record.tree))
            .collect()
    }

    /// Returns when each device was read.
    pub(crate) fn read_at(&self) -> BTreeMap<DeviceName, DateTime<Utc>> {
        self.devices
            .iter()
            .map(|(name, device)| (name.clone(), device.snapshot.at))
            .collect()
    }
}

/// The base of the newest records. Made again when a record changed, whoever changed it.
#[derive(Default)]
pub(crate) struct BaseCache {
    current: Mutex<Option<(Vec<SnapshotId>, Arc<Base>)>>,
}

impl App {
    /// Returns the base that the records give now.
    ///
    /// Derived rows are brought up to date with it.
    pub(crate) async fn base(&self) -> Result<Arc<Base>, AppError> {
        let mut current = self.base_cache().current.lock().await;
        let records = self.store().snapshots().of_records().await?;
        let key: Vec<SnapshotId> = records.iter().map(|snapshot| snapshot.id).collect();
        let before = match &*current {
            Some((made_of, base)) if *made_of == key => return Ok(Arc::clone(base)),
            Some((_, base)) => Some(Arc::clone(base)),
            None => None,
        };
        let base = Arc::new(self.make_base(records, before.as_deref()).await?);
        self.store().derived().replace(&base.reading.fabric).await?;
        *current = Some((key, Arc::clone(&base)));
        Ok(base)
    }

    /// Reads the records into a fabric; devices whose record is as before are not read again.
    async fn make_base(&self, records: Vec<Snapshot>, before: Option<&Base>) -> Result<Base, AppError> {
        let mut devices = Vec::with_capacity(records.len());
        for snapshot in records {
            let known = before.and_then(|base| base.devices.get(&snapshot.device));
            let device = match known.filter(|device| device.snapshot.id == snapshot.id) {
                Some(device) => Arc::clone(device),
                None => Arc::new(self.read_record(snapshot).await?),
            };
            devices.push(device);
        }
        let work = move || {
            let records: Vec<DeviceRecord> = devices.iter().map(|device| device.record.clone()).collect();
            let reading = build_fabric(&records);
            let devices = devices
                .into_iter()
                .map(|device| (device.snapshot.device.clone(), device))
                .collect();
            Base { reading, devices }
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .expect("building a fabric does not panic"))
    }

    async fn read_record(&self, snapshot: Snapshot) -> Result<BaseDevice, AppError> {
        let snapshots = self.store().snapshots();
        let text = snapshots.text(snapshot.id).await?;
        let facts = snapshots.facts(snapshot.id).await?.unwrap_or_default();
        let since = snapshots.standing_since(&snapshot).await?;
        let (tree, _) = tokio::task::spawn_blocking(move || Tree::read(&text))
            .await
            .expect("reading a text into a tree does not panic");
        let record = DeviceRecord {
            name: snapshot.device.clone(),
            tree,
            facts,
        };
        Ok(BaseDevice {
            snapshot,
            record,
            since,
        })
    }
}
