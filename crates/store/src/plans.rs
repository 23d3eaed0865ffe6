//! Plans: immutable, under their hash.

use bk_engine::deploy::DeploymentId;
use chrono::{DateTime, Utc};

use crate::time::{millis, moment, small};
use crate::{DraftId, Store, StoreError, blob};

/// A plan.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Full hash, 64 hexadecimal digits.
    pub hash: String,
    /// `edit` or `undo`, as a word of the caller.
    pub kind: String,
    /// Bridge domain.
    pub domain: String,
    /// The draft it was made from.
    pub draft: Option<DraftId>,
    /// The deployment it undoes.
    pub undoes: Option<DeploymentId>,
    /// When it was made.
    pub made_at: DateTime<Utc>,
    /// By whom.
    pub made_by: String,
    /// The plan as JSON of the caller.
    pub body: String,
}

/// Plans.
#[derive(Clone, Copy, Debug)]
pub struct Plans<'a>(pub(crate) &'a Store);

impl Plans<'_> {
    /// Stores a plan. The same hash again keeps what was stored first.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn put(&self, plan: &Plan) -> Result<(), StoreError> {
        let object = format!("plan {}", plan.hash);
        let body = compress(&plan.body, &object)?;
        let (draft, undoes) = (plan.draft.as_ref().map(|id| &id.0), plan.undoes.map(|id| id.0));
        let made_at = millis(plan.made_at);
        sqlx::query!(
            "INSERT INTO plan (hash, kind, domain, draft, undoes, made_at, made_by, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (hash) DO NOTHING",
            plan.hash,
            plan.kind,
            plan.domain,
            draft,
            undoes,
            made_at,
            plan.made_by,
            body
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", object))?;
        Ok(())
    }

    /// Returns a plan.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this hash.
    pub async fn get(&self, hash: &str) -> Result<Plan, StoreError> {
        let object = format!("plan {hash}");
        let row = sqlx::query!("SELECT * FROM plan WHERE hash = ?", hash)
            .fetch_optional(self.0.readers())
            .await
            .map_err(StoreError::statement("read", object.clone()))?
            .ok_or_else(|| StoreError::not_found(object.clone()))?;
        Ok(Plan {
            hash: row.hash,
            kind: row.kind,
            domain: row.domain,
            draft: row.draft.map(DraftId),
            undoes: row
                .undoes
                .map(|id| small(id, &object).map(DeploymentId))
                .transpose()?,
            made_at: moment(row.made_at, &object)?,
            made_by: row.made_by,
            body: decompress(&row.body, &object)?,
        })
    }

    /// Returns the hashes of the plans made from a draft, newest first.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn of_draft(&self, draft: &DraftId) -> Result<Vec<String>, StoreError> {
        sqlx::query_scalar!(
            "SELECT hash FROM plan WHERE draft = ? ORDER BY made_at DESC",
            draft.0
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement(
            "read",
            format!("the plans of draft {draft}"),
        ))
    }
}

/// Compresses a value of the caller: small enough to be done in place.
pub(crate) fn compress(text: &str, object: &str) -> Result<Vec<u8>, StoreError> {
    zstd::encode_all(text.as_bytes(), blob::LEVEL)
        .map_err(StoreError::unreadable(format!("{object}, to be stored,")))
}

/// The counterpart of [`compress`].
pub(crate) fn decompress(data: &[u8], object: &str) -> Result<String, StoreError> {
    let raw = zstd::decode_all(data).map_err(StoreError::unreadable(object))?;
    String::from_utf8(raw).map_err(StoreError::unreadable(object))
}
