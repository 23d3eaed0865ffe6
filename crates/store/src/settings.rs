//! Settings by name. Each change is an event; undo is a further change.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};

use crate::events::{self, NewEvent};
use crate::{Event, EventId, Store, StoreError};

const TOPIC: &str = "setting";

/// Settings.
#[derive(Clone, Copy, Debug)]
pub struct Settings<'a>(pub(crate) &'a Store);

impl Settings<'_> {
    /// Returns every setting that was ever set.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn all(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query!("SELECT name, value FROM setting")
            .fetch_all(self.0.readers())
            .await
            .map_err(StoreError::statement("read", "the settings"))?;
        Ok(rows.into_iter().map(|row| (row.name, row.value)).collect())
    }

    /// Returns the newest changes, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn changes(&self, limit: u32) -> Result<Vec<Event>, StoreError> {
        self.0.events().newest(TOPIC, limit).await
    }

    /// Sets a value and logs the change. `undoes` names the change it takes back; none as `value` takes the
    /// setting back to what it is without having been set.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn set(
        &self,
        name: &str,
        value: Option<&str>,
        at: DateTime<Utc>,
        by: &str,
        undoes: Option<EventId>,
    ) -> Result<(), StoreError> {
        let object = format!("the setting {name}");
        let failed = || StoreError::statement("stored", object.clone());
        let mut transaction = self.0.write(&object).await?;
        let before = sqlx::query_scalar!("SELECT value FROM setting WHERE name = ?", name)
            .fetch_optional(&mut *transaction)
            .await
            .map_err(failed())?;
        if before.as_deref() == value {
            return Ok(());
        }
        match value {
            Some(value) => sqlx::query!(
                "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
                name,
                value
            )
            .execute(&mut *transaction)
            .await
            .map_err(failed())?,
            None => sqlx::query!("DELETE FROM setting WHERE name = ?", name)
                .execute(&mut *transaction)
                .await
                .map_err(failed())?,
        };
        let event = NewEvent {
            at,
            by: by.to_owned(),
            topic: TOPIC,
            subject: name.to_owned(),
            before,
            after: value.map(str::to_owned),
        };
        events::insert(&mut transaction, &event, undoes).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Stores a value without logging it: the last place of the window is no decision of a person.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn remember(&self, name: &str, value: &str) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO setting (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            name,
            value
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", format!("the setting {name}")))?;
        Ok(())
    }
}
