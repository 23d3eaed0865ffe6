//! Host keys that a person accepted, by the place where the device listens.

use chrono::{DateTime, Utc};

use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// A trusted host key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostKey {
    /// Address of the device as in the inventory.
    pub address: String,
    /// Its SSH port.
    pub port: u16,
    /// `ssh-ed25519`...
    pub algorithm: String,
    /// `SHA256:...` as OpenSSH prints it.
    pub fingerprint: String,
    /// When it was accepted.
    pub first_seen: DateTime<Utc>,
    /// Who accepted it.
    pub accepted_by: String,
}

struct Row {
    address: String,
    port: i64,
    algorithm: String,
    fingerprint: String,
    first_seen: i64,
    accepted_by: String,
}

impl TryFrom<Row> for HostKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            port: small(row.port, "the port of a host key")?,
            first_seen: moment(row.first_seen, "the time of a host key")?,
            address: row.address,
            algorithm: row.algorithm,
            fingerprint: row.fingerprint,
            accepted_by: row.accepted_by,
        })
    }
}

/// Trusted host keys.
#[derive(Clone, Copy, Debug)]
pub struct HostKeys<'a>(pub(crate) &'a Store);

impl HostKeys<'_> {
    /// Returns all.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<HostKey>, StoreError> {
        let rows = sqlx::query_as!(Row, "SELECT * FROM host_key ORDER BY address, port")
            .fetch_all(self.0.readers())
            .await
            .map_err(StoreError::statement("read", "the host keys"))?;
        rows.into_iter().map(HostKey::try_from).collect()
    }

    /// Returns the key trusted for one place.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn get(&self, address: &str, port: u16) -> Result<Option<HostKey>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            "SELECT * FROM host_key WHERE address = ? AND port = ?",
            address,
            port
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement(
            "read",
            format!("the host key of {address}:{port}"),
        ))?;
        row.map(HostKey::try_from).transpose()
    }

    /// Trusts a key, in place of an earlier one of the same place.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn trust(&self, key: &HostKey) -> Result<(), StoreError> {
        let first_seen = millis(key.first_seen);
        sqlx::query!(
            "INSERT INTO host_key (address, port, algorithm, fingerprint, first_seen, accepted_by) VALUES (?, ?, ?, ?, ?, ?)
             ON CONFLICT (address, port) DO UPDATE SET algorithm = excluded.algorithm, fingerprint = excluded.fingerprint,
             first_seen = excluded.first_seen, accepted_by = excluded.accepted_by",
            key.address,
            key.port,
            key.algorithm,
            key.fingerprint,
            first_seen,
            key.accepted_by
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", format!("the host key of {}:{}", key.address, key.port)))?;
        Ok(())
    }

    /// Forgets the key of one place.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn forget(&self, address: &str, port: u16) -> Result<(), StoreError> {
        sqlx::query!(
            "DELETE FROM host_key WHERE address = ? AND port = ?",
            address,
            port
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement(
            "removed",
            format!("the host key of {address}:{port}"),
        ))?;
        Ok(())
    }
}
