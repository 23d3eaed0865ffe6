//! What came of the last attempt to reach each device.

use std::collections::BTreeMap;

use bk_model::{DeviceName, DnosVersion};
use chrono::{DateTime, Utc};

use crate::devices::device_name;
use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// The last attempt to reach a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contact {
    /// The device.
    pub device: DeviceName,
    /// When it was tried.
    pub at: DateTime<Utc>,
    /// How it went, as one word of the caller.
    pub reachability: String,
    /// Milliseconds it took, if it answered.
    pub millis: Option<u32>,
    /// Release, if it was read; an attempt without one keeps the release known before.
    pub version: Option<DnosVersion>,
    /// Fingerprint of a key that was offered and is not trusted.
    pub offered_key: Option<String>,
    /// The error as JSON of the caller. Never holds a secret.
    pub error: Option<String>,
}

/// Last attempts.
#[derive(Clone, Copy, Debug)]
pub struct Contacts<'a>(pub(crate) &'a Store);

impl Contacts<'_> {
    /// Returns the last attempt of every device that was ever tried.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn all(&self) -> Result<BTreeMap<DeviceName, Contact>, StoreError> {
        let rows = sqlx::query!(
            "SELECT name, at, reachability, millis, version, offered_key, error
             FROM device_contact JOIN device ON device.id = device_id"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the last contacts"))?;
        let object = "a contact";
        rows.into_iter()
            .map(|row| {
                let device = device_name(row.name)?;
                let contact = Contact {
                    device: device.clone(),
                    at: moment(row.at, object)?,
                    reachability: row.reachability,
                    millis: row.millis.map(|millis| small(millis, object)).transpose()?,
                    version: row.version.as_deref().and_then(DnosVersion::parse),
                    offered_key: row.offered_key,
                    error: row.error,
                };
                Ok((device, contact))
            })
            .collect()
    }

    /// Notes an attempt in place of the one before.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written. An unknown device is not an error: it was removed meanwhile.
    pub async fn note(&self, contact: &Contact) -> Result<(), StoreError> {
        let (device, at) = (contact.device.as_str(), millis(contact.at));
        let version = contact.version.as_ref().map(ToString::to_string);
        sqlx::query!(
            "INSERT INTO device_contact (device_id, at, reachability, millis, version, offered_key, error)
             SELECT id, ?, ?, ?, ?, ?, ? FROM device WHERE name = ?
             ON CONFLICT (device_id) DO UPDATE SET at = excluded.at, reachability = excluded.reachability,
             millis = coalesce(excluded.millis, millis), version = coalesce(excluded.version, version),
             offered_key = excluded.offered_key, error = excluded.error",
            at,
            contact.reachability,
            contact.millis,
            version,
            contact.offered_key,
            contact.error,
            device
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement(
            "stored",
            format!("the last contact of {device}"),
        ))?;
        Ok(())
    }
}
