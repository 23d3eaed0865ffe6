//! Deployments as lists show them, and what Settle files away. What is true of one stands in its journal.

use bk_engine::deploy::DeploymentId;
use bk_engine::ports::JournalEntry;
use chrono::{DateTime, Utc};
use sqlx::SqliteExecutor;

use crate::journal::insert;
use crate::plans::{compress, decompress};
use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// A deployment that is about to begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDeployment {
    /// Hash of its plan, which is stored.
    pub plan: String,
    /// `edit` or `undo`, as a word of the caller.
    pub kind: String,
    /// Bridge domain.
    pub domain: String,
    /// The deployment it undoes.
    pub undoes: Option<DeploymentId>,
    /// Who runs it.
    pub by: String,
    /// Devices it touches.
    pub devices: u32,
    /// When it begins.
    pub started_at: DateTime<Utc>,
    /// Status, as a word of the caller.
    pub status: String,
    /// Sentence of the list.
    pub sentence: String,
}

/// A deployment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Deployment {
    /// Number.
    pub id: DeploymentId,
    /// Hash of its plan.
    pub plan: String,
    /// `edit` or `undo`.
    pub kind: String,
    /// Bridge domain.
    pub domain: String,
    /// The deployment it undoes.
    pub undoes: Option<DeploymentId>,
    /// The newest deployment that undoes this one.
    pub undone_by: Option<DeploymentId>,
    /// Who runs it.
    pub by: String,
    /// Devices it touches.
    pub devices: u32,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// Status.
    pub status: String,
    /// Sentence of the list.
    pub sentence: String,
}

/// Deployments.
#[derive(Clone, Copy, Debug)]
pub struct Deployments<'a>(pub(crate) &'a Store);

struct Row {
    id: i64,
    plan: String,
    kind: String,
    domain: String,
    undoes: Option<i64>,
    undone_by: Option<i64>,
    by: String,
    devices: i64,
    started_at: i64,
    ended_at: Option<i64>,
    status: String,
    sentence: String,
}

impl TryFrom<Row> for Deployment {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("deployment {}", row.id);
        let number = |id: i64| small(id, &object).map(DeploymentId);
        Ok(Self {
            id: number(row.id)?,
            plan: row.plan,
            kind: row.kind,
            domain: row.domain,
            undoes: row.undoes.map(number).transpose()?,
            undone_by: row.undone_by.map(number).transpose()?,
            by: row.by,
            devices: small(row.devices, &object)?,
            started_at: moment(row.started_at, &object)?,
            ended_at: row.ended_at.map(|at| moment(at, &object)).transpose()?,
            status: row.status,
            sentence: row.sentence,
        })
    }
}

impl Deployments<'_> {
    /// Gives a deployment its number.
    ///
    /// # Errors
    /// [`StoreError::Statement`] if its plan is not stored.
    pub async fn create(&self, new: &NewDeployment) -> Result<DeploymentId, StoreError> {
        let object = format!("a deployment of {}", new.domain);
        let (undoes, started_at) = (new.undoes.map(|id| id.0), millis(new.started_at));
        let id = sqlx::query!(
            "INSERT INTO deployment (plan, kind, domain, undoes, by, devices, started_at, status, sentence)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            new.plan,
            new.kind,
            new.domain,
            undoes,
            new.by,
            new.devices,
            started_at,
            new.status,
            new.sentence
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", object.clone()))?
        .last_insert_rowid();
        small(id, &object).map(DeploymentId)
    }

    /// Changes what lists show. An `ended_at` of none leaves it, or makes it, open.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such number.
    pub async fn update(
        &self,
        id: DeploymentId,
        status: &str,
        sentence: &str,
        ended_at: Option<DateTime<Utc>>,
    ) -> Result<(), StoreError> {
        set(self.0.writer(), id, status, sentence, ended_at).await
    }

    /// Closes the journal of a deployment with its last entry, and files the deployment away, in one: whoever is stopped in
    /// between finds it open.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written, or there is no such number; then nothing of it is.
    pub async fn close(
        &self,
        last: &JournalEntry,
        status: &str,
        sentence: &str,
        detail: &str,
    ) -> Result<(), StoreError> {
        let (id, at) = (last.deployment, last.at);
        let failed = || StoreError::statement("closed", format!("deployment {id}"));
        let transaction = self.0.writer().begin_with("BEGIN IMMEDIATE").await;
        let mut transaction = transaction.map_err(failed())?;
        insert(&mut transaction, last).await?;
        set(&mut *transaction, id, status, sentence, Some(at)).await?;
        file(&mut *transaction, id, "detail", detail, at).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Returns one deployment.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is no such number.
    pub async fn get(&self, id: DeploymentId) -> Result<Deployment, StoreError> {
        let object = format!("deployment {id}");
        sqlx::query_as!(
            Row,
            r#"SELECT id, plan, kind, domain, undoes, by, devices, started_at, ended_at, status, sentence,
             (SELECT max(later.id) FROM deployment AS later WHERE later.undoes = deployment.id) AS "undone_by: i64"
             FROM deployment WHERE id = ?"#,
            id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?
        .ok_or(StoreError::NotFound { object })?
        .try_into()
    }

    /// Returns number and plan of the deployments that were at work at any time from a moment on: those that did not end
    /// among them.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn at_work_since(
        &self,
        from: DateTime<Utc>,
    ) -> Result<Vec<(DeploymentId, String)>, StoreError> {
        let from = millis(from);
        let rows = sqlx::query!(
            "SELECT id, plan FROM deployment WHERE ended_at IS NULL OR ended_at > ? ORDER BY id",
            from
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the deployments"))?;
        rows.into_iter()
            .map(|row| Ok((DeploymentId(small(row.id, "a deployment")?), row.plan)))
            .collect()
    }

    /// Returns all deployments, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<Deployment>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT id, plan, kind, domain, undoes, by, devices, started_at, ended_at, status, sentence,
             (SELECT max(later.id) FROM deployment AS later WHERE later.undoes = deployment.id) AS "undone_by: i64"
             FROM deployment ORDER BY id DESC"#
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the deployments"))?;
        rows.into_iter().map(Deployment::try_from).collect()
    }

    /// Files a value away under a name, in place of an earlier one.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn archive(
        &self,
        id: DeploymentId,
        name: &str,
        body: &str,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        file(self.0.writer(), id, name, body, at).await
    }

    /// Returns a value that was filed away.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn archived(&self, id: DeploymentId, name: &str) -> Result<Option<String>, StoreError> {
        let object = format!("{name} of deployment {id}");
        let body = sqlx::query_scalar!(
            "SELECT body FROM archive WHERE deployment_id = ? AND name = ?",
            id.0,
            name
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        body.map(|body| decompress(&body, &object)).transpose()
    }
}

/// Changes what lists show, as a part of a transaction or alone.
async fn set(
    writer: impl SqliteExecutor<'_>,
    id: DeploymentId,
    status: &str,
    sentence: &str,
    ended_at: Option<DateTime<Utc>>,
) -> Result<(), StoreError> {
    let object = format!("deployment {id}");
    let ended_at = ended_at.map(millis);
    let done = sqlx::query!(
        "UPDATE deployment SET status = ?, sentence = ?, ended_at = ? WHERE id = ?",
        status,
        sentence,
        ended_at,
        id.0
    )
    .execute(writer)
    .await
    .map_err(StoreError::statement("stored", object.clone()))?;
    if done.rows_affected() == 0 {
        return Err(StoreError::NotFound { object });
    }
    Ok(())
}

/// Files a value away, as a part of a transaction or alone.
async fn file(
    writer: impl SqliteExecutor<'_>,
    id: DeploymentId,
    name: &str,
    body: &str,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let object = format!("{name} of deployment {id}");
    let (body, at) = (compress(body, &object)?, millis(at));
    sqlx::query!(
        "INSERT INTO archive (deployment_id, name, at, body) VALUES (?, ?, ?, ?)
             ON CONFLICT (deployment_id, name) DO UPDATE SET at = excluded.at, body = excluded.body",
        id.0,
        name,
        at,
        body
    )
    .execute(writer)
    .await
    .map_err(StoreError::statement("stored", object))?;
    Ok(())
}
