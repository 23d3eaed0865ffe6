//! Jump hosts, and the groups of devices that are reached through them.

use std::collections::BTreeMap;

use crate::time::small;
use crate::{Store, StoreError};

/// A host through which devices are reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JumpHost {
    /// The name people gave it.
    pub name: String,
    /// Host name or address.
    pub address: String,
    /// SSH port.
    pub port: u16,
    /// Name of its credentials.
    pub credentials: Option<String>,
    /// Algorithm and fingerprint of the key that it showed last and that is not trusted.
    pub offered_key: Option<String>,
}

/// Jump hosts.
#[derive(Clone, Copy, Debug)]
pub struct JumpHosts<'a>(pub(crate) &'a Store);

impl JumpHosts<'_> {
    /// Returns all, ordered by name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<JumpHost>, StoreError> {
        let rows =
            sqlx::query!("SELECT name, address, port, credentials, offered_key FROM jump_host ORDER BY name")
                .fetch_all(self.0.readers())
                .await
                .map_err(StoreError::statement("read", "the jump hosts"))?;
        rows.into_iter()
            .map(|row| {
                Ok(JumpHost {
                    port: small(row.port, "the port of a jump host")?,
                    name: row.name,
                    address: row.address,
                    credentials: row.credentials,
                    offered_key: row.offered_key,
                })
            })
            .collect()
    }

    /// Stores a jump host, or replaces the one of its name.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn put(&self, jump: &JumpHost) -> Result<(), StoreError> {
        sqlx::query!(
            "INSERT INTO jump_host (name, address, port, credentials, offered_key) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET address = excluded.address, port = excluded.port,
             credentials = excluded.credentials, offered_key = excluded.offered_key",
            jump.name,
            jump.address,
            jump.port,
            jump.credentials,
            jump.offered_key
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement(
            "stored",
            format!("the jump host {}", jump.name),
        ))?;
        Ok(())
    }

    /// Notes the key that a jump host showed, or that the one it showed is trusted now.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written. An unknown host is not an error: it was removed meanwhile.
    pub async fn note_key(&self, name: &str, offered: Option<&str>) -> Result<(), StoreError> {
        sqlx::query!(
            "UPDATE jump_host SET offered_key = ? WHERE name = ?",
            offered,
            name
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement(
            "stored",
            format!("the key of the jump host {name}"),
        ))?;
        Ok(())
    }

    /// Removes a jump host.
    ///
    /// # Errors
    /// [`StoreError::Statement`] if a device or a group is reached through it.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM jump_host WHERE name = ?", name)
            .execute(self.0.writer())
            .await
            .map_err(StoreError::statement("removed", format!("the jump host {name}")))?;
        Ok(())
    }

    /// Returns the jump host of each group that has one.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn groups(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query!("SELECT name, jump FROM jump_group")
            .fetch_all(self.0.readers())
            .await
            .map_err(StoreError::statement("read", "the jump hosts of groups"))?;
        Ok(rows.into_iter().map(|row| (row.name, row.jump)).collect())
    }

    /// Names the jump host of a group, or none.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written, or the host is not known.
    pub async fn set_group(&self, group: &str, jump: Option<&str>) -> Result<(), StoreError> {
        let failed = || StoreError::statement("stored", format!("the jump host of the group {group}"));
        let Some(jump) = jump else {
            sqlx::query!("DELETE FROM jump_group WHERE name = ?", group)
                .execute(self.0.writer())
                .await
                .map_err(failed())?;
            return Ok(());
        };
        sqlx::query!(
            "INSERT INTO jump_group (name, jump) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET jump = excluded.jump",
            group,
            jump
        )
        .execute(self.0.writer())
        .await
        .map_err(failed())?;
        Ok(())
    }
}
