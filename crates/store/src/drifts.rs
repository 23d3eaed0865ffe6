//! Drift: events, each open for one object of one device until it is gone or somebody decides.

use bk_engine::drift::{Committed, Difference, DriftObject};
use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::devices::{device_id, device_name};
use crate::texts::{from_json, to_json};
use crate::time::{millis, moment, small};
use crate::{SnapshotId, Store, StoreError};

/// Number of an event of drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DriftId(pub u32);

/// How an event ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Closing {
    /// The device holds again what was expected.
    Gone,
    /// What the device holds was taken as what is expected.
    Synced,
    /// A deployment decided the object.
    Deployed,
}

impl Closing {
    /// Stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Gone => "gone",
            Self::Synced => "synced",
            Self::Deployed => "deployed",
        }
    }

    fn read(word: &str, object: &str) -> Result<Self, StoreError> {
        [Self::Gone, Self::Synced, Self::Deployed]
            .into_iter()
            .find(|closing| closing.code() == word)
            .ok_or_else(|| StoreError::unreadable(object)(format!("{word:?} is no way to end")))
    }
}

/// When, by whom and how an event was closed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// When.
    pub at: DateTime<Utc>,
    /// Who, or what.
    pub by: String,
    /// How.
    pub how: Closing,
}

/// An event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drift {
    /// Number.
    pub id: DriftId,
    /// The device.
    pub device: DeviceName,
    /// What saw it first: `discovery`, `scheduled check`, `deployment 4, commit check`...
    pub source: String,
    /// The difference as it was seen last.
    pub difference: Difference,
    /// Whose commit it came with; none where that was not observable.
    pub committed: Option<Committed>,
    /// When it was seen first.
    pub first_seen: DateTime<Utc>,
    /// When it was seen last.
    pub last_seen: DateTime<Utc>,
    /// How often it was seen.
    pub times: u32,
    /// The record when it was opened.
    pub record: Option<SnapshotId>,
    /// The read that showed it last.
    pub live: SnapshotId,
    /// How it ended; none while it is open.
    pub closed: Option<Closed>,
}

/// One object that differs.
#[derive(Clone, Debug)]
pub struct Found {
    /// It.
    pub difference: Difference,
    /// What saw it first, unless an event of the object is open.
    pub source: String,
    /// Whose commit it came with, unless an event of these very lines is open.
    pub committed: Option<Committed>,
}

/// What one read of a device showed.
#[derive(Clone, Debug)]
pub struct Sighting<'a> {
    /// The device.
    pub device: &'a DeviceName,
    /// When.
    pub at: DateTime<Utc>,
    /// Who reads.
    pub by: &'a str,
    /// The record before.
    pub record: Option<SnapshotId>,
    /// The read.
    pub live: SnapshotId,
    /// All differences from what is expected.
    pub found: &'a [Found],
    /// Objects that a deployment decided: their events end with it.
    pub deployed: &'a [DriftObject],
}

/// Events of drift.
#[derive(Clone, Copy, Debug)]
pub struct Drifts<'a>(pub(crate) &'a Store);

struct Row {
    id: i64,
    name: String,
    source: String,
    body: String,
    committed: Option<String>,
    first_seen: i64,
    last_seen: i64,
    times: i64,
    record: Option<i64>,
    live: i64,
    closed_at: Option<i64>,
    closed_by: Option<String>,
    closing: Option<String>,
}

impl TryFrom<Row> for Drift {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("drift {}", row.id);
        let closed = match (row.closed_at, row.closed_by, row.closing) {
            (Some(at), Some(by), Some(how)) => Some(Closed {
                at: moment(at, &object)?,
                by,
                how: Closing::read(&how, &object)?,
            }),
            _ => None,
        };
        Ok(Self {
            id: DriftId(small(row.id, &object)?),
            device: device_name(row.name)?,
            source: row.source,
            difference: from_json(&row.body, &object)?,
            committed: row.committed.map(|body| from_json(&body, &object)).transpose()?,
            first_seen: moment(row.first_seen, &object)?,
            last_seen: moment(row.last_seen, &object)?,
            times: small(row.times, &object)?,
            record: row
                .record
                .map(|id| small(id, &object).map(SnapshotId))
                .transpose()?,
            live: SnapshotId(small(row.live, &object)?),
            closed,
        })
    }
}

impl Drifts<'_> {
    /// Returns the open events of the devices in the inventory, by device and object.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn open(&self) -> Result<Vec<Drift>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE closed_at IS NULL AND removed_at IS NULL
             ORDER BY name, object"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the open drift"))?;
        rows.into_iter().map(Drift::try_from).collect()
    }

    /// Returns the open events of one device.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn open_on(&self, device: &DeviceName) -> Result<Vec<Drift>, StoreError> {
        let name = device.as_str();
        let rows = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE closed_at IS NULL AND name = ? ORDER BY object",
            name
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", format!("the open drift of {device}")))?;
        rows.into_iter().map(Drift::try_from).collect()
    }

    /// Returns events that were closed, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn closed(&self, limit: u32) -> Result<Vec<Drift>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE closed_at IS NOT NULL
             ORDER BY closed_at DESC, drift.id DESC LIMIT ?",
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the closed drift"))?;
        rows.into_iter().map(Drift::try_from).collect()
    }

    /// Returns the events that were first seen at or after a moment, the oldest first, at most 10,000 of the newest.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn first_seen_since(&self, moment: DateTime<Utc>) -> Result<Vec<Drift>, StoreError> {
        let since = millis(moment);
        let rows = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE first_seen >= ?
             ORDER BY first_seen DESC, drift.id DESC LIMIT 10000",
            since
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the drift of the last days"))?;
        rows.into_iter().rev().map(Drift::try_from).collect()
    }

    /// Returns events that were open at any time from a moment on, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn since(&self, from: DateTime<Utc>, limit: u32) -> Result<Vec<Drift>, StoreError> {
        let from = millis(from);
        let rows = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE closed_at IS NULL OR closed_at >= ?
             ORDER BY first_seen DESC, drift.id DESC LIMIT ?",
            from,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the drift"))?;
        rows.into_iter().map(Drift::try_from).collect()
    }

    /// Returns one event.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn get(&self, id: DriftId) -> Result<Option<Drift>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT drift.id, name, source, body, committed, first_seen, last_seen, times, record, live, closed_at, closed_by, closing
             FROM drift JOIN device ON device.id = device_id WHERE drift.id = ?",
            id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", format!("drift {}", id.0)))?;
        row.map(Drift::try_from).transpose()
    }

    /// Takes what a read showed: opens an event for an object that has none, brings the others up to date, closes those
    /// whose object no longer differs. What an open event expects stays as it was. That others committed is not undone by
    /// any read: an event of the device as a whole stays open. All or nothing.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn see(&self, seen: &Sighting<'_>) -> Result<(), StoreError> {
        let object = format!("the drift of {}", seen.device);
        let failed = || StoreError::statement("stored", object.clone());
        let open = self.open_on(seen.device).await?;
        let mut transaction = self.0.write(&object).await?;
        let device = device_id(&mut transaction, seen.device).await?;
        let (at, live) = (millis(seen.at), seen.live.0);
        for event in &open {
            let still = seen
                .found
                .iter()
                .find(|found| found.difference.object == event.difference.object);
            let id = event.id.0;
            if let Some(found) = still {
                let body = to_json(&found.difference, &object)?;
                let is_same = event.difference.is_of_same_lines(&found.difference);
                let committed = if is_same {
                    &event.committed
                } else {
                    &found.committed
                };
                let committed = committed.as_ref().map(|one| to_json(one, &object)).transpose()?;
                sqlx::query!(
                    "UPDATE drift SET body = ?, committed = ?, last_seen = ?, times = times + 1, live = ? WHERE id = ?",
                    body,
                    committed,
                    at,
                    live,
                    id
                )
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
                continue;
            }
            if event.difference.object == DriftObject::Device {
                continue;
            }
            let decided = seen.deployed.contains(&event.difference.object);
            let how = if decided { Closing::Deployed } else { Closing::Gone }.code();
            sqlx::query!(
                "UPDATE drift SET closed_at = ?, closed_by = ?, closing = ? WHERE id = ?",
                at,
                seen.by,
                how,
                id
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        let is_open = |object: &DriftObject| open.iter().any(|event| event.difference.object == *object);
        for found in seen
            .found
            .iter()
            .filter(|found| !is_open(&found.difference.object))
        {
            let path = found.difference.object.path();
            let body = to_json(&found.difference, &object)?;
            let record = seen.record.map(|id| id.0);
            let committed = found.committed.as_ref();
            let committed = committed.map(|one| to_json(one, &object)).transpose()?;
            sqlx::query!(
                "INSERT INTO drift (device_id, object, source, body, committed, first_seen, last_seen, times, record, live)
                 VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?, ?)",
                device,
                path,
                found.source,
                body,
                committed,
                at,
                at,
                record,
                live
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        transaction.commit().await.map_err(failed())
    }

    /// Closes events that are open. One that is closed already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn close(&self, ids: &[DriftId], closed: &Closed) -> Result<(), StoreError> {
        let object = "drift";
        let mut transaction = self.0.write(object).await?;
        let (at, how) = (millis(closed.at), closed.how.code());
        for id in ids {
            sqlx::query!(
                "UPDATE drift SET closed_at = ?, closed_by = ?, closing = ? WHERE id = ? AND closed_at IS NULL",
                at,
                closed.by,
                how,
                id.0
            )
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::statement("stored", object))?;
        }
        transaction
            .commit()
            .await
            .map_err(StoreError::statement("stored", object))
    }
}
