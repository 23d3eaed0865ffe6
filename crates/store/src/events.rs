//! The log of what people changed. Only ever added to.

use chrono::{DateTime, Utc};
use sqlx::{Sqlite, Transaction};

use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// Number of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EventId(pub u32);

/// A change to be logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewEvent {
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What kind of thing changed: `record`, `setting`, `device`, `host-key`.
    pub topic: &'static str,
    /// Which one.
    pub subject: String,
    /// Its value before, none if it was not there. Never a secret.
    pub before: Option<String>,
    /// Its value after, none if it is gone. Never a secret.
    pub after: Option<String>,
}

/// A change that was logged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Number.
    pub id: EventId,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: String,
    /// What kind of thing changed.
    pub topic: String,
    /// Which one.
    pub subject: String,
    /// Value before.
    pub before: Option<String>,
    /// Value after.
    pub after: Option<String>,
    /// The event that this one takes back.
    pub undoes: Option<EventId>,
    /// The event that took this one back.
    pub undone_by: Option<EventId>,
}

/// The log.
#[derive(Clone, Copy, Debug)]
pub struct Events<'a>(pub(crate) &'a Store);

impl Events<'_> {
    /// Adds an event.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn add(&self, event: &NewEvent) -> Result<EventId, StoreError> {
        let object = format!("an event of {} {}", event.topic, event.subject);
        let mut transaction = self.0.write(&object).await?;
        let id = insert(&mut transaction, event, None).await?;
        transaction
            .commit()
            .await
            .map_err(StoreError::statement("stored", object))?;
        Ok(id)
    }

    /// Returns the newest events of a topic, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn newest(&self, topic: &str, limit: u32) -> Result<Vec<Event>, StoreError> {
        let object = "an event";
        let rows = sqlx::query!(
            r#"SELECT id, at, by, topic, subject, before, after, undoes,
             (SELECT max(later.id) FROM event AS later WHERE later.undoes = event.id) AS "undone_by: i64"
             FROM event WHERE topic = ? ORDER BY id DESC LIMIT ?"#,
            topic,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", format!("the events of {topic}")))?;
        rows.into_iter()
            .map(|row| {
                Ok(Event {
                    id: EventId(small(row.id, object)?),
                    at: moment(row.at, object)?,
                    by: row.by,
                    topic: row.topic,
                    subject: row.subject,
                    before: row.before,
                    after: row.after,
                    undoes: row.undoes.map(|id| small(id, object).map(EventId)).transpose()?,
                    undone_by: row
                        .undone_by
                        .map(|id| small(id, object).map(EventId))
                        .transpose()?,
                })
            })
            .collect()
    }
}

pub(crate) async fn insert(
    transaction: &mut Transaction<'static, Sqlite>,
    event: &NewEvent,
    undoes: Option<EventId>,
) -> Result<EventId, StoreError> {
    let object = format!("an event of {} {}", event.topic, event.subject);
    let (at, undoes) = (millis(event.at), undoes.map(|id| id.0));
    let id = sqlx::query!(
        "INSERT INTO event (at, by, topic, subject, before, after, undoes) VALUES (?, ?, ?, ?, ?, ?, ?)",
        at,
        event.by,
        event.topic,
        event.subject,
        event.before,
        event.after,
        undoes
    )
    .execute(&mut **transaction)
    .await
    .map_err(StoreError::statement("stored", object.clone()))?
    .last_insert_rowid();
    small(id, &object).map(EventId)
}
