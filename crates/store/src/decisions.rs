//! Policies of drift, and every decision about an event: who, why, before, after. Only ever added to.

use std::collections::BTreeMap;

use bk_engine::deploy::DeploymentId;
use bk_engine::drift::Policy;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::texts::{from_json, to_json};
use crate::time::{millis, moment, small};
use crate::{Drift, DriftId, Store, StoreError};

/// Number of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PolicyId(pub u32);

/// A policy with its history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPolicy {
    /// Number.
    pub id: PolicyId,
    /// Its terms.
    pub policy: Policy,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// By whom.
    pub created_by: String,
    /// When, and by whom, it was ended before its day.
    pub ended: Option<(DateTime<Utc>, String)>,
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Decided {
    /// To take what the device holds.
    Sync,
    /// To put back what is expected.
    Override,
    /// To leave it open.
    Leave,
    /// To go on without the object.
    Skip,
    /// To ask a person: a policy stopped at its limit.
    Ask,
}

impl Decided {
    const ALL: [Self; 5] = [Self::Sync, Self::Override, Self::Leave, Self::Skip, Self::Ask];

    /// Stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Sync => "sync",
            Self::Override => "override",
            Self::Leave => "leave",
            Self::Skip => "skip",
            Self::Ask => "ask",
        }
    }

    fn read(word: &str, object: &str) -> Result<Self, StoreError> {
        let found = Self::ALL.into_iter().find(|choice| choice.code() == word);
        found.ok_or_else(|| StoreError::unreadable(object)(format!("{word:?} is no decision")))
    }
}

/// A decision about one event as it stood.
#[derive(Clone, Debug)]
pub struct NewDecision<'a> {
    /// The event.
    pub drift: &'a Drift,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: &'a str,
    /// What.
    pub choice: Decided,
    /// In a person's words, or the policy's; may be empty.
    pub why: &'a str,
    /// The policy that decided.
    pub policy: Option<PolicyId>,
    /// The deployment that carries it out, or on whose card it was decided.
    pub deployment: Option<DeploymentId>,
}

/// A decision as it was kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Number, by which they are in order.
    pub id: u32,
    /// The event.
    pub drift: DriftId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What.
    pub choice: Decided,
    /// Why.
    pub why: String,
    /// The policy that decided.
    pub policy: Option<PolicyId>,
    /// The deployment that carries it out, or on whose card it was decided.
    pub deployment: Option<DeploymentId>,
    /// Expected lines when it was decided.
    pub expected: Vec<String>,
    /// Actual lines when it was decided.
    pub actual: Vec<String>,
}

/// Policies and decisions.
#[derive(Clone, Copy, Debug)]
pub struct Decisions<'a>(pub(crate) &'a Store);

struct Row {
    id: i64,
    drift: i64,
    at: i64,
    by: String,
    choice: String,
    why: String,
    policy: Option<i64>,
    deployment: Option<i64>,
    expected: String,
    actual: String,
}

impl TryFrom<Row> for Decision {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("decision {}", row.id);
        let number = |id: i64| small::<u32>(id, &object);
        Ok(Self {
            id: number(row.id)?,
            drift: DriftId(number(row.drift)?),
            at: moment(row.at, &object)?,
            by: row.by,
            choice: Decided::read(&row.choice, &object)?,
            why: row.why,
            policy: row.policy.map(number).transpose()?.map(PolicyId),
            deployment: row.deployment.map(number).transpose()?.map(DeploymentId),
            expected: from_json(&row.expected, &object)?,
            actual: from_json(&row.actual, &object)?,
        })
    }
}

impl Decisions<'_> {
    /// Adds a policy. `replaces` ends another at the same moment.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn add_policy(
        &self,
        policy: &Policy,
        at: DateTime<Utc>,
        by: &str,
        replaces: Option<PolicyId>,
    ) -> Result<PolicyId, StoreError> {
        let object = format!("the policy {}", policy.name());
        let failed = || StoreError::statement("stored", object.clone());
        let body = to_json(policy, &object)?;
        let mut transaction = self.0.write(&object).await?;
        let at = millis(at);
        if let Some(old) = replaces {
            sqlx::query!(
                "UPDATE drift_policy SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL",
                at,
                by,
                old.0
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        }
        let id = sqlx::query!(
            "INSERT INTO drift_policy (body, created_at, created_by) VALUES (?, ?, ?)",
            body,
            at,
            by
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?
        .last_insert_rowid();
        transaction.commit().await.map_err(failed())?;
        Ok(PolicyId(small(id, &object)?))
    }

    /// Ends a policy before its day. One that was ended already stays as it is.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn end_policy(&self, id: PolicyId, at: DateTime<Utc>, by: &str) -> Result<(), StoreError> {
        let at = millis(at);
        sqlx::query!(
            "UPDATE drift_policy SET ended_at = ?, ended_by = ? WHERE id = ? AND ended_at IS NULL",
            at,
            by,
            id.0
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", format!("policy {}", id.0)))?;
        Ok(())
    }

    /// Returns all policies, also those that ended, the newest last.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn policies(&self) -> Result<Vec<StoredPolicy>, StoreError> {
        let rows = sqlx::query!(
            "SELECT id, body, created_at, created_by, ended_at, ended_by FROM drift_policy ORDER BY id"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the policies"))?;
        rows.into_iter()
            .map(|row| {
                let object = format!("policy {}", row.id);
                Ok(StoredPolicy {
                    id: PolicyId(small(row.id, &object)?),
                    policy: from_json(&row.body, &object)?,
                    created_at: moment(row.created_at, &object)?,
                    created_by: row.created_by,
                    ended: match (row.ended_at, row.ended_by) {
                        (Some(at), Some(by)) => Some((moment(at, &object)?, by)),
                        _ => None,
                    },
                })
            })
            .collect()
    }

    /// Adds decisions. All or none.
    ///
    /// # Errors
    /// [`StoreError`] if they can't be written.
    pub async fn add(&self, decisions: &[NewDecision<'_>]) -> Result<(), StoreError> {
        let object = "decisions";
        let mut transaction = self.0.write(object).await?;
        for one in decisions {
            let (at, choice) = (millis(one.at), one.choice.code());
            let expected = to_json(&one.drift.difference.expected, object)?;
            let actual = to_json(&one.drift.difference.actual, object)?;
            let (policy, deployment) = (one.policy.map(|id| id.0), one.deployment.map(|id| id.0));
            sqlx::query!(
                "INSERT INTO drift_decision (drift, at, by, choice, why, policy, deployment, expected, actual)
                 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                one.drift.id.0,
                at,
                one.by,
                choice,
                one.why,
                policy,
                deployment,
                expected,
                actual
            )
            .execute(&mut *transaction)
            .await
            .map_err(StoreError::statement("stored", object))?;
        }
        let done = transaction.commit().await;
        done.map_err(StoreError::statement("stored", object))
    }

    /// Returns the newest decisions, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn newest(&self, limit: u32) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, drift, at, by, choice, why, policy, deployment, expected, actual
             FROM drift_decision ORDER BY id DESC LIMIT ?",
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the decisions"))?;
        rows.into_iter().map(Decision::try_from).collect()
    }

    /// Returns the decisions about events that are open, the newest last.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn of_open(&self) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT decision.id, drift, at, by, choice, why, policy, deployment, expected, actual
             FROM drift_decision AS decision JOIN drift ON drift.id = decision.drift
             WHERE closed_at IS NULL ORDER BY decision.id"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the decisions"))?;
        rows.into_iter().map(Decision::try_from).collect()
    }

    /// Returns the decisions about one event, the newest last.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn of(&self, drift: DriftId) -> Result<Vec<Decision>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, drift, at, by, choice, why, policy, deployment, expected, actual
             FROM drift_decision WHERE drift = ? ORDER BY id",
            drift.0
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement(
            "read",
            format!("the decisions about drift {}", drift.0),
        ))?;
        rows.into_iter().map(Decision::try_from).collect()
    }

    /// Counts the decisions of each policy that made any. To ask a person is none.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn by_policy(&self) -> Result<BTreeMap<PolicyId, u32>, StoreError> {
        let object = "the decisions of policies";
        let rows = sqlx::query!(
            r#"SELECT policy AS "policy!", COUNT(*) AS count FROM drift_decision
             WHERE policy IS NOT NULL AND choice <> 'ask' GROUP BY policy"#
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        rows.into_iter()
            .map(|row| Ok((PolicyId(small(row.policy, object)?), small(row.count, object)?)))
            .collect()
    }

    /// Counts the deployments that a policy began at or after a moment.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn deployments_of(&self, policy: PolicyId, since: DateTime<Utc>) -> Result<usize, StoreError> {
        let since = millis(since);
        let count = sqlx::query_scalar!(
            "SELECT COUNT(DISTINCT deployment) FROM drift_decision WHERE policy = ? AND at >= ?",
            policy.0,
            since
        )
        .fetch_one(self.0.readers())
        .await
        .map_err(StoreError::statement(
            "read",
            format!("the deployments of policy {}", policy.0),
        ))?;
        small(count, "a count")
    }
}
