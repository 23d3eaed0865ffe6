//! Snapshots: configuration texts as read at one moment, immutable.

use std::fmt;

use bk_config::{ConfigText, TextHash};
use bk_engine::ports::{Facts, ReadScope};
use bk_model::DeviceName;
use chrono::{DateTime, FixedOffset, Utc};
use serde::{Deserialize, Serialize};

use crate::devices::{device_id, device_name};
use crate::texts::{from_json, to_json};
use crate::time::{millis, moment, small};
use crate::{SnapshotSource, Store, StoreError, StoredText, blob};

/// Number of a snapshot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SnapshotId(pub u32);

impl fmt::Display for SnapshotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A read to be stored.
#[derive(Clone, Debug)]
pub struct NewSnapshot<'a> {
    /// The device; it must be in the inventory.
    pub device: &'a DeviceName,
    /// When it was read, by our clock.
    pub at: DateTime<Utc>,
    /// The device's own time from the header.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// What for.
    pub source: SnapshotSource,
    /// The text.
    pub text: StoredText,
    /// What the tables told at the same moment.
    pub facts: Option<&'a Facts>,
    /// What the device put beside its answers.
    pub notices: &'a [String],
}

/// A read without its text.
#[derive(Clone, Debug, PartialEq)]
pub struct Snapshot {
    /// Number.
    pub id: SnapshotId,
    /// The device.
    pub device: DeviceName,
    /// When it was read, by our clock.
    pub at: DateTime<Utc>,
    /// The device's own time from the header.
    pub device_time: Option<DateTime<FixedOffset>>,
    /// Which part was read.
    pub scope: ReadScope,
    /// What for.
    pub source: SnapshotSource,
    /// Hash of the text as stored.
    pub hash: TextHash,
    /// Bytes of the text.
    pub bytes: u32,
    /// Lines of the text.
    pub lines: u32,
    /// Values that stand as tokens.
    pub secrets: u32,
    /// Whether the text differs from the read of the same scope before it; true for the first.
    pub changed: bool,
    /// What the device put beside its answers.
    pub notices: Vec<String>,
}

/// Snapshots.
#[derive(Clone, Copy, Debug)]
pub struct Snapshots<'a>(pub(crate) &'a Store);

pub(crate) fn scope_word(scope: ReadScope) -> &'static str {
    match scope {
        ReadScope::L2 => "l2",
        ReadScope::Full => "full",
    }
}

pub(crate) struct Row {
    pub(crate) id: i64,
    pub(crate) device: String,
    pub(crate) at: i64,
    pub(crate) device_time: Option<String>,
    pub(crate) scope: String,
    pub(crate) source: String,
    pub(crate) deployment_id: Option<i64>,
    pub(crate) hash: Vec<u8>,
    pub(crate) bytes: i64,
    pub(crate) lines: i64,
    pub(crate) secrets: i64,
    pub(crate) changed: i64,
    pub(crate) notices: String,
}

impl TryFrom<Row> for Snapshot {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("snapshot {}", row.id);
        let device_time = row
            .device_time
            .map(|raw| DateTime::parse_from_rfc3339(&raw))
            .transpose();
        Ok(Self {
            id: SnapshotId(small(row.id, &object)?),
            device: device_name(row.device)?,
            at: moment(row.at, &object)?,
            device_time: device_time.map_err(StoreError::unreadable(object.as_str()))?,
            scope: if row.scope == "full" {
                ReadScope::Full
            } else {
                ReadScope::L2
            },
            source: SnapshotSource::read(&row.source, row.deployment_id)?,
            hash: blob::hash_of(row.hash, &object)?,
            bytes: small(row.bytes, &object)?,
            lines: small(row.lines, &object)?,
            secrets: small(row.secrets, &object)?,
            changed: row.changed != 0,
            notices: from_json(&row.notices, &object)?,
        })
    }
}

impl Snapshots<'_> {
    /// Stores a read. A text that is there already is not stored again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the device was never in the inventory.
    pub async fn add(&self, new: NewSnapshot<'_>) -> Result<Snapshot, StoreError> {
        let object = format!("a snapshot of {}", new.device);
        let packed = blob::pack(String::from(new.text.text), &object).await?;
        let facts = match new.facts {
            Some(facts) => Some(blob::pack(to_json(facts, &object)?, &object).await?),
            None => None,
        };
        let notices = to_json(&new.notices, &object)?;
        let (at, device_time) = (millis(new.at), new.device_time.map(|time| time.to_rfc3339()));
        let (source, deployment) = new.source.columns();
        let scope = scope_word(new.text.scope);

        let mut transaction = self.0.write(&object).await?;
        let failed = || StoreError::statement("stored", object.clone());
        let device = device_id(&mut transaction, new.device).await?;
        let hash = blob::put(&mut transaction, packed, &object).await?;
        let facts = match facts {
            Some(facts) => Some(
                blob::put(&mut transaction, facts, &object)
                    .await?
                    .as_bytes()
                    .to_vec(),
            ),
            None => None,
        };
        let before = sqlx::query_scalar!(
            "SELECT hash FROM snapshot WHERE device_id = ? AND scope = ? ORDER BY id DESC LIMIT 1",
            device,
            scope
        )
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed())?;
        let hash = hash.as_bytes().to_vec();
        let changed = before.as_ref() != Some(&hash);
        let id = sqlx::query!(
            "INSERT INTO snapshot
             (device_id, at, device_time, scope, source, deployment_id, hash, facts, notices, secrets, changed)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            device,
            at,
            device_time,
            scope,
            source,
            deployment,
            hash,
            facts,
            notices,
            new.text.secrets,
            changed
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?
        .last_insert_rowid();
        transaction.commit().await.map_err(failed())?;
        let id = SnapshotId(small(id, &object)?);
        self.get(id).await
    }

    /// Returns one read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such number.
    pub async fn get(&self, id: SnapshotId) -> Result<Snapshot, StoreError> {
        let object = format!("snapshot {id}");
        sqlx::query_as!(
            Row,
            "SELECT snapshot.id, device.name AS device, at, device_time, scope, source, deployment_id, snapshot.hash,
             bytes, lines, secrets, changed, notices
             FROM snapshot JOIN device ON device.id = device_id JOIN blob ON blob.hash = snapshot.hash
             WHERE snapshot.id = ?",
            id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?
        .ok_or(StoreError::NotFound { object })?
        .try_into()
    }

    /// Returns the newest reads of a device, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self, device: &DeviceName, limit: u32) -> Result<Vec<Snapshot>, StoreError> {
        let name = device.as_str();
        let rows = sqlx::query_as!(
            Row,
            "SELECT snapshot.id, device.name AS device, at, device_time, scope, source, deployment_id, snapshot.hash,
             bytes, lines, secrets, changed, notices
             FROM snapshot JOIN device ON device.id = device_id JOIN blob ON blob.hash = snapshot.hash
             WHERE device.name = ? ORDER BY snapshot.id DESC LIMIT ?",
            name,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", format!("the snapshots of {name}")))?;
        rows.into_iter().map(Snapshot::try_from).collect()
    }

    /// Returns the hash of the newest read of each device's L2 part.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn newest_l2(&self) -> Result<Vec<(DeviceName, TextHash)>, StoreError> {
        let object = "the newest reads";
        let rows = sqlx::query!(
            "SELECT name, hash FROM device JOIN snapshot ON snapshot.id =
             (SELECT max(newest.id) FROM snapshot AS newest WHERE newest.device_id = device.id AND scope = 'l2')"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        rows.into_iter()
            .map(|row| Ok((device_name(row.name)?, blob::hash_of(row.hash, object)?)))
            .collect()
    }

    /// Returns when the L2 part of a device was read last before a moment, by our clock and by the device's own.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn l2_before(
        &self,
        device: &DeviceName,
        before: DateTime<Utc>,
    ) -> Result<Option<(DateTime<Utc>, Option<DateTime<FixedOffset>>)>, StoreError> {
        let object = format!("the last read of {device}");
        let (name, before) = (device.as_str(), millis(before));
        let row = sqlx::query!(
            "SELECT at, device_time FROM snapshot JOIN device ON device.id = device_id
             WHERE name = ? AND scope = 'l2' AND at < ? ORDER BY at DESC, snapshot.id DESC LIMIT 1",
            name,
            before
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.as_str()))?;
        let Some(row) = row else { return Ok(None) };
        let device_time = row.device_time.map(|raw| DateTime::parse_from_rfc3339(&raw));
        let device_time = device_time
            .transpose()
            .map_err(StoreError::unreadable(object.as_str()))?;
        Ok(Some((moment(row.at, &object)?, device_time)))
    }

    /// Returns when devices were read by checks and discoveries from a moment on, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn looks_since(
        &self,
        from: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<(DeviceName, DateTime<Utc>)>, StoreError> {
        let from = millis(from);
        let rows = sqlx::query!(
            "SELECT name, at FROM snapshot JOIN device ON device.id = device_id
             WHERE at >= ? AND scope = 'l2' AND source IN ('discovery', 'check') ORDER BY at DESC LIMIT ?",
            from,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the snapshots"))?;
        rows.into_iter()
            .map(|row| Ok((device_name(row.name)?, moment(row.at, "a snapshot")?)))
            .collect()
    }

    /// Returns the text of a read.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such number.
    pub async fn text(&self, id: SnapshotId) -> Result<ConfigText, StoreError> {
        let hash = self.get(id).await?.hash;
        let found = self.text_of(&hash).await?;
        found.ok_or_else(|| StoreError::not_found(format!("the text of snapshot {id}")))
    }

    /// Returns the text of a hash, or nothing if no read ever had it.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn text_of(&self, hash: &TextHash) -> Result<Option<ConfigText>, StoreError> {
        let object = format!("the text {hash}");
        let text = blob::get(self.0, hash, &object).await?;
        text.map(|text| ConfigText::new(text).map_err(StoreError::unreadable(object)))
            .transpose()
    }

    /// Returns what the tables told at a read, if they were asked.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn facts(&self, id: SnapshotId) -> Result<Option<Facts>, StoreError> {
        let object = format!("the facts of snapshot {id}");
        let row = sqlx::query!(
            "SELECT bytes, data FROM snapshot JOIN blob ON blob.hash = snapshot.facts WHERE snapshot.id = ?",
            id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        let Some(row) = row else { return Ok(None) };
        let json = blob::unpack(row.data, row.bytes, &object).await?;
        from_json(&json, &object).map(Some)
    }

    /// Returns the moment since which the text of a read stands, as far as reads tell.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn standing_since(&self, snapshot: &Snapshot) -> Result<DateTime<Utc>, StoreError> {
        let object = format!("the history of {}", snapshot.device);
        let (name, scope) = (snapshot.device.as_str(), scope_word(snapshot.scope));
        let at = sqlx::query_scalar!(
            "SELECT at FROM snapshot WHERE device_id = (SELECT id FROM device WHERE name = ?) AND scope = ?
             AND id <= ? AND changed = 1 ORDER BY id DESC LIMIT 1",
            name,
            scope,
            snapshot.id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        at.map_or(Ok(snapshot.at), |at| moment(at, &object))
    }
}
