//! Drafts: operations that are only ever added, and a head that undo and redo move.

use std::fmt;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use sqlx::{Sqlite, Transaction};

use crate::time::{millis, moment};
use crate::{Store, StoreError};

/// Identity of a draft, chosen by the caller.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct DraftId(pub String);

impl fmt::Display for DraftId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

/// What became of a draft.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftState {
    /// Can be edited; at most one of a bridge domain is.
    Open,
    /// Thrown away by a person. It can be read.
    Discarded,
    /// Its plan holds on every device. It can be read.
    Deployed,
}

impl DraftState {
    fn word(self) -> &'static str {
        match self {
            DraftState::Open => "open",
            DraftState::Discarded => "discarded",
            DraftState::Deployed => "deployed",
        }
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        match word {
            "open" => Ok(DraftState::Open),
            "discarded" => Ok(DraftState::Discarded),
            "deployed" => Ok(DraftState::Deployed),
            other => Err(StoreError::unreadable("the state of a draft")(format!(
                "{other:?} is no state"
            ))),
        }
    }
}

/// An operation of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftOperation {
    /// When it was made.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: String,
    /// The operation in words, for undo and redo.
    pub label: String,
    /// The operation as JSON of the caller.
    pub body: String,
}

/// A draft with the operations that count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// Identity.
    pub id: DraftId,
    /// Bridge domain.
    pub domain: String,
    /// What it was begun on, as JSON of the caller.
    pub base: String,
    /// State.
    pub state: DraftState,
    /// When it was begun.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// When it last changed.
    pub saved_at: DateTime<Utc>,
    /// Operations that count, oldest first. Undo takes back the last.
    pub operations: Vec<DraftOperation>,
    /// The operation that redo brings back.
    pub redo: Option<DraftOperation>,
}

/// Drafts.
#[derive(Clone, Copy, Debug)]
pub struct Drafts<'a>(pub(crate) &'a Store);

impl Drafts<'_> {
    /// Begins a draft.
    ///
    /// # Errors
    /// [`StoreError::Statement`] if the bridge domain has an open draft already.
    pub async fn create(
        &self,
        id: &DraftId,
        domain: &str,
        base: &str,
        at: DateTime<Utc>,
        by: &str,
    ) -> Result<(), StoreError> {
        let at = millis(at);
        sqlx::query!(
            "INSERT INTO draft (id, domain, base, state, created_at, created_by, saved_at)
             VALUES (?, ?, ?, 'open', ?, ?, ?)",
            id.0,
            domain,
            base,
            at,
            by,
            at
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", format!("a draft of {domain}")))?;
        Ok(())
    }

    /// Returns a draft.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this identity.
    pub async fn get(&self, id: &DraftId) -> Result<Draft, StoreError> {
        let object = format!("draft {id}");
        let failed = || StoreError::statement("read", object.clone());
        let mut transaction = self.0.readers().begin().await.map_err(failed())?;
        let row = sqlx::query!(
            "SELECT domain, base, state, head, created_at, created_by, saved_at FROM draft WHERE id = ?",
            id.0
        )
        .fetch_optional(&mut *transaction)
        .await
        .map_err(failed())?
        .ok_or_else(|| StoreError::not_found(object.clone()))?;
        let operations = sqlx::query!(
            r#"WITH RECURSIVE line (id, parent, depth) AS (
                 SELECT id, parent, 0 FROM draft_operation WHERE id = ?
                 UNION ALL
                 SELECT below.id, below.parent, depth + 1 FROM draft_operation AS below JOIN line ON below.id = line.parent
             )
             SELECT draft_operation.at, draft_operation.by, label, body
             FROM line JOIN draft_operation ON draft_operation.id = line.id ORDER BY depth DESC"#,
            row.head
        )
        .fetch_all(&mut *transaction)
        .await
        .map_err(failed())?;
        let redo = match next(&mut transaction, id, row.head).await? {
            Some(next) => Some(
                sqlx::query!(
                    "SELECT at, by, label, body FROM draft_operation WHERE id = ?",
                    next
                )
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed())?,
            ),
            None => None,
        };
        let operation = |at: i64, by, label, body| -> Result<_, StoreError> {
            Ok(DraftOperation {
                at: moment(at, &object)?,
                by,
                label,
                body,
            })
        };
        Ok(Draft {
            id: id.clone(),
            domain: row.domain,
            base: row.base,
            state: DraftState::read(&row.state)?,
            created_at: moment(row.created_at, &object)?,
            created_by: row.created_by,
            saved_at: moment(row.saved_at, &object)?,
            operations: operations
                .into_iter()
                .map(|row| operation(row.at, row.by, row.label, row.body))
                .collect::<Result<_, _>>()?,
            redo: redo
                .map(|row| operation(row.at, row.by, row.label, row.body))
                .transpose()?,
        })
    }

    /// Returns the open drafts, last saved first.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn open(&self) -> Result<Vec<Draft>, StoreError> {
        let ids = sqlx::query_scalar!("SELECT id FROM draft WHERE state = 'open' ORDER BY saved_at DESC, id")
            .fetch_all(self.0.readers())
            .await
            .map_err(StoreError::statement("read", "the drafts"))?;
        let mut drafts = Vec::with_capacity(ids.len());
        for id in ids {
            drafts.push(self.get(&DraftId(id)).await?);
        }
        Ok(drafts)
    }

    /// Returns the open draft of a bridge domain.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn open_of(&self, domain: &str) -> Result<Option<Draft>, StoreError> {
        Ok(self
            .open()
            .await?
            .into_iter()
            .find(|draft| draft.domain == domain))
    }

    /// Adds an operation after those that count. What redo would have brought back is no longer offered.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the draft is not open.
    pub async fn push(&self, id: &DraftId, operation: &DraftOperation) -> Result<Draft, StoreError> {
        let object = format!("draft {id}");
        let failed = || StoreError::statement("stored", object.clone());
        let mut transaction = self.0.write(&object).await?;
        let head = open_head(&mut transaction, id).await?;
        let at = millis(operation.at);
        let new = sqlx::query!(
            "INSERT INTO draft_operation (draft_id, parent, at, by, label, body) VALUES (?, ?, ?, ?, ?, ?)",
            id.0,
            head,
            at,
            operation.by,
            operation.label,
            operation.body
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?
        .last_insert_rowid();
        move_head(&mut transaction, id, Some(new), operation.at).await?;
        transaction.commit().await.map_err(failed())?;
        self.get(id).await
    }

    /// Takes back the last operation that counts; does nothing if there is none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the draft is not open.
    pub async fn undo(&self, id: &DraftId, at: DateTime<Utc>) -> Result<Draft, StoreError> {
        let object = format!("draft {id}");
        let failed = || StoreError::statement("stored", object.clone());
        let mut transaction = self.0.write(&object).await?;
        if let Some(head) = open_head(&mut transaction, id).await? {
            let parent = sqlx::query_scalar!("SELECT parent FROM draft_operation WHERE id = ?", head)
                .fetch_one(&mut *transaction)
                .await
                .map_err(failed())?;
            move_head(&mut transaction, id, parent, at).await?;
        }
        transaction.commit().await.map_err(failed())?;
        self.get(id).await
    }

    /// Brings back the operation that undo took back last; does nothing if there is none.
    ///
    /// # Errors
    /// [`StoreError::Refused`] if the draft is not open.
    pub async fn redo(&self, id: &DraftId, at: DateTime<Utc>) -> Result<Draft, StoreError> {
        let object = format!("draft {id}");
        let mut transaction = self.0.write(&object).await?;
        let head = open_head(&mut transaction, id).await?;
        if let Some(next) = next(&mut transaction, id, head).await? {
            move_head(&mut transaction, id, Some(next), at).await?;
        }
        transaction
            .commit()
            .await
            .map_err(StoreError::statement("stored", object))?;
        self.get(id).await
    }

    /// Ends a draft, or opens it again.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this identity.
    pub async fn set_state(
        &self,
        id: &DraftId,
        state: DraftState,
        at: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let (word, at) = (state.word(), millis(at));
        let done = sqlx::query!(
            "UPDATE draft SET state = ?, saved_at = ? WHERE id = ?",
            word,
            at,
            id.0
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement(
            "stored",
            format!("the state of draft {id}"),
        ))?;
        if done.rows_affected() == 0 {
            return Err(StoreError::not_found(format!("draft {id}")));
        }
        Ok(())
    }
}

/// The newest operation that stands on `head`.
async fn next(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &DraftId,
    head: Option<i64>,
) -> Result<Option<i64>, StoreError> {
    sqlx::query_scalar!(
        r#"SELECT max(id) AS "id: i64" FROM draft_operation WHERE draft_id = ? AND parent IS ?"#,
        id.0,
        head
    )
    .fetch_one(&mut **transaction)
    .await
    .map_err(StoreError::statement("read", format!("draft {id}")))
}

async fn open_head(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &DraftId,
) -> Result<Option<i64>, StoreError> {
    let object = format!("draft {id}");
    let row = sqlx::query!("SELECT state, head FROM draft WHERE id = ?", id.0)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(StoreError::statement("read", object.clone()))?
        .ok_or_else(|| StoreError::not_found(object.clone()))?;
    if row.state != "open" {
        return Err(StoreError::Refused {
            object,
            reason: format!("it is {}", row.state),
        });
    }
    Ok(row.head)
}

async fn move_head(
    transaction: &mut Transaction<'static, Sqlite>,
    id: &DraftId,
    head: Option<i64>,
    at: DateTime<Utc>,
) -> Result<(), StoreError> {
    let at = millis(at);
    sqlx::query!(
        "UPDATE draft SET head = ?, saved_at = ? WHERE id = ?",
        head,
        at,
        id.0
    )
    .execute(&mut **transaction)
    .await
    .map_err(StoreError::statement("stored", format!("draft {id}")))?;
    Ok(())
}
