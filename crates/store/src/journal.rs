//! The deployment journal. Entries that arrive together, from any device, become durable in one write.

use async_trait::async_trait;
use bk_engine::deploy::DeploymentId;
use bk_engine::ports::{Journal, JournalEntry, JournalError, JournalEvent};
use bk_model::DeviceName;
use sqlx::{SqliteConnection, SqlitePool};
use tokio::sync::{mpsc, oneshot};

use crate::devices::device_name;
use crate::texts::{from_json, to_json};
use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// Groups that may wait for the disk; a device's steps wait for their own entry, so this is never reached in practice.
const WAITING: usize = 1024;
/// Groups that one write takes along.
const TOGETHER: usize = 256;

/// What errors name.
const JOURNAL: &str = "the journal";

/// The journal over the database.
#[derive(Clone, Debug)]
pub struct StoreJournal {
    store: Store,
}

/// Entries of one caller, and where to tell it that they are durable.
type Group = (Vec<JournalEntry>, oneshot::Sender<Result<(), StoreError>>);

/// Sends groups to the one task that writes them.
#[derive(Debug)]
pub(crate) struct JournalWriter {
    groups: mpsc::Sender<Group>,
}

impl JournalWriter {
    /// Starts the task. It ends when the store is dropped.
    pub(crate) fn start(writer: SqlitePool) -> Self {
        let (groups, mut waiting) = mpsc::channel::<Group>(WAITING);
        tokio::spawn(async move {
            let mut together = Vec::new();
            while waiting.recv_many(&mut together, TOGETHER).await > 0 {
                write_groups(&writer, &mut together).await;
            }
        });
        Self { groups }
    }
}

/// Writes all groups at once. If that fails, each on its own, so that one bad group fails no other.
async fn write_groups(writer: &SqlitePool, together: &mut Vec<Group>) {
    let entries: Vec<&JournalEntry> = together.iter().flat_map(|(entries, _)| entries).collect();
    if together.len() > 1 && write(writer, &entries).await.is_ok() {
        for (_, told) in together.drain(..) {
            // A caller that no longer waits needs no answer: its entries are durable all the same.
            let _ = told.send(Ok(()));
        }
        return;
    }
    for (entries, told) in together.drain(..) {
        let entries: Vec<&JournalEntry> = entries.iter().collect();
        let _ = told.send(write(writer, &entries).await);
    }
}

async fn write(writer: &SqlitePool, entries: &[&JournalEntry]) -> Result<(), StoreError> {
    let failed = || StoreError::statement("written", JOURNAL);
    let mut transaction = writer.begin_with("BEGIN IMMEDIATE").await.map_err(failed())?;
    for entry in entries {
        insert(&mut transaction, entry).await?;
    }
    transaction.commit().await.map_err(failed())
}

/// Writes one entry as a part of a transaction.
pub(crate) async fn insert(
    transaction: &mut SqliteConnection,
    entry: &JournalEntry,
) -> Result<(), StoreError> {
    let seq: i64 = small_seq(entry.seq)?;
    let (at, kind) = (millis(entry.at), kind(&entry.event));
    let device = entry.device.as_ref().map(DeviceName::as_str);
    let body = to_json(&entry.event, JOURNAL)?;
    sqlx::query!(
        "INSERT INTO journal (deployment_id, seq, at, device, kind, body) VALUES (?, ?, ?, ?, ?, ?)",
        entry.deployment.0,
        seq,
        at,
        device,
        kind,
        body
    )
    .execute(transaction)
    .await
    .map_err(StoreError::statement("written", JOURNAL))?;
    Ok(())
}

fn small_seq(seq: u64) -> Result<i64, StoreError> {
    i64::try_from(seq).map_err(StoreError::unreadable("the position of a journal entry"))
}

fn kind(event: &JournalEvent) -> &'static str {
    match event {
        JournalEvent::Began { .. } => "began",
        JournalEvent::StepStarted { .. } => "step-started",
        JournalEvent::StepEnded { .. } => "step-ended",
        JournalEvent::Consented { .. } => "consented",
        JournalEvent::Decided { .. } => "decided",
        JournalEvent::Reported { .. } => "reported",
        JournalEvent::Ended { .. } => "ended",
    }
}

impl StoreJournal {
    pub(crate) fn new(store: Store) -> Self {
        Self { store }
    }

    async fn add(&self, entries: Vec<JournalEntry>) -> Result<(), StoreError> {
        let (told, durable) = oneshot::channel();
        let gone = || StoreError::Refused {
            object: JOURNAL.into(),
            reason: "the database is closed".into(),
        };
        self.store
            .journal_writer()
            .groups
            .send((entries, told))
            .await
            .map_err(|_| gone())?;
        durable.await.map_err(|_| gone())?
    }

    async fn read(&self, deployment: DeploymentId) -> Result<Vec<JournalEntry>, StoreError> {
        let object = format!("the journal of deployment {deployment}");
        let rows = sqlx::query!(
            "SELECT seq, at, device, body FROM journal WHERE deployment_id = ? ORDER BY seq",
            deployment.0
        )
        .fetch_all(self.store.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        rows.into_iter()
            .map(|row| {
                Ok(JournalEntry {
                    deployment,
                    seq: small(row.seq, &object)?,
                    at: moment(row.at, &object)?,
                    device: row.device.map(device_name).transpose()?,
                    event: from_json(&row.body, &object)?,
                })
            })
            .collect()
    }

    async fn open(&self) -> Result<Vec<DeploymentId>, StoreError> {
        let object = "the open deployments";
        let ids = sqlx::query_scalar!(
            "SELECT deployment_id FROM journal WHERE kind = 'began'
             EXCEPT SELECT deployment_id FROM journal WHERE kind = 'ended' ORDER BY 1"
        )
        .fetch_all(self.store.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        ids.into_iter()
            .map(|id| small(id, object).map(DeploymentId))
            .collect()
    }
}

fn failed(deployment: &str, operation: &'static str, source: StoreError) -> JournalError {
    JournalError {
        deployment: deployment.to_owned(),
        operation,
        source: Box::new(source),
    }
}

#[async_trait]
impl Journal for StoreJournal {
    async fn append(&self, entries: Vec<JournalEntry>) -> Result<(), JournalError> {
        let Some(first) = entries.first() else {
            return Ok(());
        };
        let deployment = first.deployment.to_string();
        self.add(entries)
            .await
            .map_err(|source| failed(&deployment, "written", source))
    }

    async fn entries(&self, deployment: &DeploymentId) -> Result<Vec<JournalEntry>, JournalError> {
        self.read(*deployment)
            .await
            .map_err(|source| failed(&deployment.to_string(), "read", source))
    }

    async fn open_deployments(&self) -> Result<Vec<DeploymentId>, JournalError> {
        self.open().await.map_err(|source| failed("any", "read", source))
    }
}
