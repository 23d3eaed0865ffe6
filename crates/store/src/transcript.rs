//! Transcripts: every line that was sent and received during a deployment.

use bk_engine::deploy::DeploymentId;
use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::devices::device_name;
use crate::texts::to_json;
use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// One line of a transcript.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TranscriptEntry {
    /// Position in the deployment, from 0.
    pub seq: u32,
    /// When it was sent, received or noted.
    pub at: DateTime<Utc>,
    /// The device; none for the deployment as a whole.
    pub device: Option<DeviceName>,
    /// `sent`, `answer`, `note` or `error`, as a word of the caller.
    pub kind: String,
    /// The text, without a line end.
    pub text: String,
}

/// Transcripts.
#[derive(Clone, Copy, Debug)]
pub struct Transcripts<'a>(pub(crate) &'a Store);

#[derive(Serialize, Deserialize)]
struct Line<'a> {
    seq: u32,
    at: i64,
    device: Option<&'a str>,
    kind: &'a str,
    text: &'a str,
}

impl Transcripts<'_> {
    /// Adds lines: all of them, or none. The caller numbers them and adds each once.
    ///
    /// # Errors
    /// [`StoreError::Statement`] if a position is taken.
    pub async fn append(
        &self,
        deployment: DeploymentId,
        entries: &[TranscriptEntry],
    ) -> Result<(), StoreError> {
        let object = format!("the transcript of deployment {deployment}");
        let lines: Vec<Line<'_>> = entries
            .iter()
            .map(|entry| Line {
                seq: entry.seq,
                at: millis(entry.at),
                device: entry.device.as_ref().map(DeviceName::as_str),
                kind: &entry.kind,
                text: &entry.text,
            })
            .collect();
        let lines = to_json(&lines, &object)?;
        sqlx::query!(
            "INSERT INTO transcript (deployment_id, seq, at, device, kind, text)
             SELECT ?, value ->> 'seq', value ->> 'at', value ->> 'device', value ->> 'kind', value ->> 'text'
             FROM json_each(?)",
            deployment.0,
            lines
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", object))?;
        Ok(())
    }

    /// Returns lines from a position on, of one device or of all, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn read(
        &self,
        deployment: DeploymentId,
        device: Option<&DeviceName>,
        from: u32,
        limit: u32,
    ) -> Result<Vec<TranscriptEntry>, StoreError> {
        let object = format!("the transcript of deployment {deployment}");
        let device = device.map(DeviceName::as_str);
        let rows = sqlx::query!(
            "SELECT seq, at, device, kind, text FROM transcript
             WHERE deployment_id = ?1 AND seq >= ?2 AND (?3 IS NULL OR device = ?3) ORDER BY seq LIMIT ?4",
            deployment.0,
            from,
            device,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        rows.into_iter()
            .map(|row| {
                Ok(TranscriptEntry {
                    seq: small(row.seq, &object)?,
                    at: moment(row.at, &object)?,
                    device: row.device.map(device_name).transpose()?,
                    kind: row.kind,
                    text: row.text,
                })
            })
            .collect()
    }

    /// Returns how many lines a deployment has: the position of the next one.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn count(&self, deployment: DeploymentId) -> Result<u32, StoreError> {
        let object = format!("the transcript of deployment {deployment}");
        let next = sqlx::query_scalar!(
            r#"SELECT coalesce(max(seq) + 1, 0) AS "next!: i64" FROM transcript WHERE deployment_id = ?"#,
            deployment.0
        )
        .fetch_one(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        small(next, &object)
    }
}
