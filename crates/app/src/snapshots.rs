//! Reviewing snapshots: read-only, offline.

use bk_config::{ConfigText, Tree};
use bk_store::{LineHit, Snapshot, SnapshotId, SnapshotSource};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::diffs::diff_view;
use crate::errors::AppError;
use crate::present::text_of;
use crate::time;
use crate::views::{
    ChangedDevice, DeviceText, HistoryHit, LaneMark, SnapshotDevice, SnapshotOverview, SnapshotRow,
    TextDiffView, TextForm,
};

/// Reads that are listed of one device.
pub(crate) const LISTED: u32 = 2000;
/// Lines that a search gives.
const HITS: u32 = 500;

impl App {
    /// Returns what is there: devices, reads, moments.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn snapshots_overview(&self) -> Result<SnapshotOverview, AppError> {
        let snapshots = self.store().snapshots();
        let totals = snapshots.totals().await?;
        let devices = snapshots.by_device().await?;
        let deployments = self.store().deployments().list().await?;
        let moments = snapshots.moments(LISTED).await?;
        Ok(SnapshotOverview {
            devices: devices
                .into_iter()
                .map(|device| SnapshotDevice {
                    device: device.device.to_string(),
                    reads: device.reads,
                    texts: device.texts,
                    first: time::text(device.first),
                    last: time::text(device.last),
                })
                .collect(),
            reads: totals.reads,
            texts: totals.texts,
            // Below 2^53 bytes every number is exact.
            bytes: totals.bytes as f64,
            deployments: deployments
                .into_iter()
                .map(|deployment| LaneMark {
                    at: time::text(deployment.started_at),
                    word: format!("{} {}", deployment.id, deployment.status),
                })
                .collect(),
            read_marks: moments
                .into_iter()
                .map(|(at, source)| LaneMark {
                    at: time::text(at),
                    word: source_words(source),
                })
                .collect(),
        })
    }

    /// Returns the reads of a device, newest first.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if nothing was ever read of a device of this name.
    pub async fn snapshot_list(&self, device: String) -> Result<Vec<SnapshotRow>, AppError> {
        let name =
            bk_model::DeviceName::new(device.clone()).map_err(|_| AppError::not_known("device", device))?;
        let snapshots = self.store().snapshots().list(&name, LISTED).await?;
        Ok(snapshots.iter().map(snapshot_row).collect())
    }

    /// Returns the text of a read.
    ///
    /// # Errors
    /// [`AppError::Store`] if there is no such read.
    pub async fn snapshot_text(&self, snapshot: u32, form: TextForm) -> Result<DeviceText, AppError> {
        let (snapshot, text) = self.snapshot_in(snapshot, form).await?;
        Ok(DeviceText {
            device: snapshot.device.to_string(),
            text: String::from(text),
            hash: snapshot.hash.to_string(),
            read: time::text(snapshot.at),
        })
    }

    /// Compares two reads, of one device or of two.
    ///
    /// # Errors
    /// [`AppError::Store`] if there is no such read.
    pub async fn snapshot_diff(&self, a: u32, b: u32, form: TextForm) -> Result<TextDiffView, AppError> {
        let (_, before) = self.snapshot_in(a, form).await?;
        let (_, after) = self.snapshot_in(b, form).await?;
        let work = move || diff_view(&before, &after);
        Ok(tokio::task::spawn_blocking(work)
            .await
            .expect("comparing two texts does not panic"))
    }

    /// Returns the devices whose text differs between two moments (RFC 3339).
    ///
    /// # Errors
    /// [`AppError::BadInput`] if a moment can't be read.
    pub async fn snapshots_changed(&self, a: String, b: String) -> Result<Vec<ChangedDevice>, AppError> {
        let before = self.store().snapshots().all_at(moment(&a)?).await?;
        let after = self.store().snapshots().all_at(moment(&b)?).await?;
        let mut changed = Vec::new();
        for (before, after) in pairs(&before, &after) {
            if before.hash == after.hash {
                continue;
            }
            let view = self
                .snapshot_diff(before.id.0, after.id.0, TextForm::Flattened)
                .await?;
            changed.push(ChangedDevice {
                device: after.device.to_string(),
                added: view.added,
                removed: view.removed,
                a: before.id.0,
                b: after.id.0,
            });
        }
        Ok(changed)
    }

    /// Finds lines in everything that was ever read.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn snapshot_search(&self, query: String) -> Result<Vec<HistoryHit>, AppError> {
        let hits = self.store().lines().search(&query, HITS).await?;
        let mut found = Vec::with_capacity(hits.len());
        for hit in hits {
            found.push(self.history_hit(hit).await?);
        }
        Ok(found)
    }

    async fn history_hit(&self, hit: LineHit) -> Result<HistoryHit, AppError> {
        let snapshots = self.store().snapshots();
        Ok(HistoryHit {
            first: time::text(snapshots.get(hit.first).await?.at),
            last: time::text(snapshots.get(hit.last).await?.at),
            snapshot: hit.last.0,
            device: hit.device.to_string(),
            line: hit.line,
            now: hit.now,
            hits: hit.hits,
        })
    }

    async fn snapshot_in(&self, id: u32, form: TextForm) -> Result<(Snapshot, ConfigText), AppError> {
        let snapshots = self.store().snapshots();
        let snapshot = snapshots.get(SnapshotId(id)).await?;
        let text = snapshots.text(snapshot.id).await?;
        let work = move || text_of(&Tree::read(&text).0, form);
        let text = tokio::task::spawn_blocking(work)
            .await
            .expect("printing a tree does not panic");
        Ok((snapshot, text))
    }
}

/// Reads of the same devices at two moments. A device that was not yet read at the first has its first read there.
fn pairs<'a>(
    before: &'a [Snapshot],
    after: &'a [Snapshot],
) -> impl Iterator<Item = (&'a Snapshot, &'a Snapshot)> {
    after.iter().filter_map(|after| {
        let before = before.iter().find(|before| before.device == after.device)?;
        Some((before, after))
    })
}

pub(crate) fn moment(raw: &str) -> Result<DateTime<Utc>, AppError> {
    let read = DateTime::parse_from_rfc3339(raw).map(|at| at.to_utc());
    read.map_err(|_| AppError::BadInput {
        field: "moment",
        reason: format!("{raw:?} is not an RFC 3339 time"),
    })
}

fn snapshot_row(snapshot: &Snapshot) -> SnapshotRow {
    SnapshotRow {
        id: snapshot.id.0,
        device: snapshot.device.to_string(),
        at: time::text(snapshot.at),
        source: source_words(snapshot.source),
        hash: snapshot.hash.to_string(),
        full_hash: snapshot.hash.to_hex(),
        lines: snapshot.lines,
        bytes: snapshot.bytes,
        changed: snapshot.changed,
    }
}

/// What a device was read for, in words.
pub(crate) fn source_words(source: SnapshotSource) -> String {
    use bk_engine::deploy::Phase;
    match source {
        SnapshotSource::Discovery => "discovery".to_owned(),
        SnapshotSource::Check => "drift check".to_owned(),
        SnapshotSource::Recovery { id } => format!("deployment {id}, recovery"),
        SnapshotSource::Deployment { id, phase } => {
            let phase = match phase {
                Phase::Preflight => "preflight",
                Phase::Prepare => "prepare",
                Phase::Arm => "commit confirm",
                Phase::Verify => "verify",
                Phase::Decide => "confirm",
                Phase::Settle => "settle",
            };
            format!("deployment {id}, {phase}")
        }
    }
}
