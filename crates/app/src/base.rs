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

/// Reads that are looked through for the last change of a text.
const CHANGES: u32 = 200;

/// Everything that the records say at one moment. Immutable.
#[derive(Debug)]
pub(crate) struct Base {
    /// The fabric, with how much of each text was understood.
    pub(crate) reading: FabricReading,
    /// The records by device.
    pub(crate) devices: BTreeMap<DeviceName, BaseDevice>,
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
        let records = self.store().records().all().await?;
        let key: Vec<SnapshotId> = records.iter().map(|record| record.snapshot).collect();
        if let Some((made_of, base)) = &*current
            && *made_of == key
        {
            return Ok(Arc::clone(base));
        }
        let base = Arc::new(self.make_base(&key).await?);
        self.store().derived().replace(&base.reading.fabric).await?;
        *current = Some((key, Arc::clone(&base)));
        Ok(base)
    }

    async fn make_base(&self, records: &[SnapshotId]) -> Result<Base, AppError> {
        let snapshots = self.store().snapshots();
        let mut read = Vec::with_capacity(records.len());
        for id in records {
            let snapshot = snapshots.get(*id).await?;
            let text = snapshots.text(*id).await?;
            let facts = snapshots.facts(*id).await?.unwrap_or_default();
            let reads = snapshots.list(&snapshot.device, CHANGES).await?;
            let since = reads
                .iter()
                .find(|read| read.changed)
                .map_or(snapshot.at, |read| read.at);
            read.push((snapshot, text, facts, since));
        }
        let work = move || {
            let parts: Vec<(Snapshot, DeviceRecord, DateTime<Utc>)> = read
                .into_iter()
                .map(|(snapshot, text, facts, since)| {
                    let (tree, _) = Tree::read(&text);
                    let record = DeviceRecord {
                        name: snapshot.device.clone(),
                        tree,
                        facts,
                    };
                    (snapshot, record, since)
                })
                .collect();
            let records: Vec<DeviceRecord> = parts.iter().map(|(_, record, _)| record.clone()).collect();
            let reading = build_fabric(&records);
            let devices = parts
                .into_iter()
                .map(|(snapshot, record, since)| {
                    (
                        snapshot.device.clone(),
                        BaseDevice {
                            snapshot,
                            record,
                            since,
                        },
                    )
                })
                .collect();
            Base { reading, devices }
        };
        Ok(tokio::task::spawn_blocking(work)
            .await
            .expect("reading texts into a tree does not panic"))
    }
}
