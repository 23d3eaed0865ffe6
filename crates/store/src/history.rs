//! History in numbers and moments, and the state of a fabric at one moment.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};

use crate::devices::device_name;
use crate::snapshots::Row;
use crate::time::{millis, moment, small};
use crate::{Snapshot, SnapshotSource, Snapshots, StoreError};

/// Reads of one device in numbers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceHistory {
    /// The device, also one that was removed.
    pub device: DeviceName,
    /// Reads in all.
    pub reads: u32,
    /// Different texts.
    pub texts: u32,
    /// First read.
    pub first: DateTime<Utc>,
    /// Last read.
    pub last: DateTime<Utc>,
}

/// All reads in numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HistoryTotals {
    /// Reads.
    pub reads: u32,
    /// Different texts.
    pub texts: u32,
    /// Bytes of the compressed texts and facts.
    pub bytes: u64,
}

impl Snapshots<'_> {
    /// Returns, for every device, its last read at a moment or before.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn all_at(&self, at: DateTime<Utc>) -> Result<Vec<Snapshot>, StoreError> {
        let at = millis(at);
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT snapshot.id, device.name AS device, at, device_time, scope, source, deployment_id, snapshot.hash,
             bytes, lines, secrets, changed, notices
             FROM snapshot JOIN device ON device.id = device_id JOIN blob ON blob.hash = snapshot.hash
             WHERE snapshot.id IN (SELECT max(id) FROM snapshot WHERE at <= ? GROUP BY device_id)
             ORDER BY device.name"#,
            at
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the snapshots of a moment"))?;
        rows.into_iter().map(Snapshot::try_from).collect()
    }

    /// Returns the reads of every device in numbers, ordered by device.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn by_device(&self) -> Result<Vec<DeviceHistory>, StoreError> {
        let object = "the history of devices";
        let rows = sqlx::query!(
            r#"SELECT device.name AS "device!", count(*) AS "reads!: i64", count(DISTINCT hash) AS "texts!: i64",
             min(at) AS "first!: i64", max(at) AS "last!: i64"
             FROM snapshot JOIN device ON device.id = device_id GROUP BY device.id ORDER BY device.name"#
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        rows.into_iter()
            .map(|row| {
                Ok(DeviceHistory {
                    device: device_name(row.device)?,
                    reads: small(row.reads, object)?,
                    texts: small(row.texts, object)?,
                    first: moment(row.first, object)?,
                    last: moment(row.last, object)?,
                })
            })
            .collect()
    }

    /// Returns all reads in numbers.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn totals(&self) -> Result<HistoryTotals, StoreError> {
        let object = "the size of the history";
        let row = sqlx::query!(
            r#"SELECT (SELECT count(*) FROM snapshot) AS "reads!: i64",
             (SELECT count(DISTINCT hash) FROM snapshot) AS "texts!: i64",
             (SELECT coalesce(sum(length(data)), 0) FROM blob) AS "bytes!: i64""#
        )
        .fetch_one(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        Ok(HistoryTotals {
            reads: small(row.reads, object)?,
            texts: small(row.texts, object)?,
            bytes: small(row.bytes, object)?,
        })
    }

    /// Returns the moments of the newest reads with their sources, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn moments(&self, limit: u32) -> Result<Vec<(DateTime<Utc>, SnapshotSource)>, StoreError> {
        let rows = sqlx::query!(
            "SELECT at, source, deployment_id FROM snapshot ORDER BY id DESC LIMIT ?",
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the moments of snapshots"))?;
        rows.into_iter()
            .map(|row| {
                Ok((
                    moment(row.at, "a snapshot")?,
                    SnapshotSource::read(&row.source, row.deployment_id)?,
                ))
            })
            .collect()
    }

    /// Returns the snapshots that are the records of the devices in the inventory, ordered by device.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn of_records(&self) -> Result<Vec<Snapshot>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT snapshot.id, device.name AS device, at, device_time, scope, source, deployment_id, snapshot.hash,
             bytes, lines, secrets, changed, notices
             FROM record JOIN device ON device.id = record.device_id JOIN snapshot ON snapshot.id = record.snapshot_id
             JOIN blob ON blob.hash = snapshot.hash WHERE device.removed_at IS NULL ORDER BY device.name"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the records"))?;
        rows.into_iter().map(Snapshot::try_from).collect()
    }
}
