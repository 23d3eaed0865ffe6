//! Records: the last accepted snapshot of each device.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};

use crate::devices::{device_id, device_name};
use crate::events::{self, NewEvent};
use crate::time::{millis, moment, small};
use crate::{Snapshot, SnapshotId, Store, StoreError};

/// What a device is believed to hold.
#[derive(Clone, Debug, PartialEq)]
pub struct Record {
    /// The device.
    pub device: DeviceName,
    /// The snapshot that was accepted.
    pub snapshot: SnapshotId,
    /// When it was accepted.
    pub accepted_at: DateTime<Utc>,
    /// By whom or what.
    pub accepted_by: String,
}

/// Records.
#[derive(Clone, Copy, Debug)]
pub struct Records<'a>(pub(crate) &'a Store);

impl Records<'_> {
    /// Returns the records of the devices in the inventory, ordered by device.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn all(&self) -> Result<Vec<Record>, StoreError> {
        let object = "a record";
        let rows = sqlx::query!(
            "SELECT name, snapshot_id, accepted_at, accepted_by FROM record JOIN device ON device.id = device_id
             WHERE removed_at IS NULL ORDER BY name"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the records"))?;
        rows.into_iter()
            .map(|row| {
                Ok(Record {
                    device: device_name(row.name)?,
                    snapshot: SnapshotId(small(row.snapshot_id, object)?),
                    accepted_at: moment(row.accepted_at, object)?,
                    accepted_by: row.accepted_by,
                })
            })
            .collect()
    }

    /// Returns the record of one device.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn get(&self, device: &DeviceName) -> Result<Option<Record>, StoreError> {
        Ok(self
            .all()
            .await?
            .into_iter()
            .find(|record| record.device == *device))
    }

    /// Accepts a snapshot as what its device holds. A change of the text is logged; it can be undone by accepting
    /// the snapshot before.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn accept(&self, snapshot: &Snapshot, at: DateTime<Utc>, by: &str) -> Result<(), StoreError> {
        let object = format!("the record of {}", snapshot.device);
        let failed = || StoreError::statement("stored", object.clone());
        let mut transaction = self.0.write(&object).await?;
        let device = device_id(&mut transaction, &snapshot.device).await?;
        let before = sqlx::query!(
            "SELECT snapshot_id, hash FROM record JOIN snapshot ON snapshot.id = snapshot_id WHERE record.device_id = ?",
            device
        )
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed())?;
        let millis = millis(at);
        sqlx::query!(
            "INSERT INTO record (device_id, snapshot_id, accepted_at, accepted_by) VALUES (?, ?, ?, ?)
             ON CONFLICT (device_id) DO UPDATE SET snapshot_id = excluded.snapshot_id,
             accepted_at = excluded.accepted_at, accepted_by = excluded.accepted_by",
            device,
            snapshot.id.0,
            millis,
            by
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if before
            .as_ref()
            .is_none_or(|before| before.hash.as_slice() != snapshot.hash.as_bytes())
        {
            let event = NewEvent {
                at,
                by: by.to_owned(),
                topic: "record",
                subject: snapshot.device.to_string(),
                before: before.map(|before| before.snapshot_id.to_string()),
                after: Some(snapshot.id.to_string()),
            };
            events::insert(&mut transaction, &event, None).await?;
        }
        transaction.commit().await.map_err(failed())
    }
}
