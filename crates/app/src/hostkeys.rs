//! Trusting host keys: only a key that the device offered, only by a person.

use bk_store::{DeviceEntry, HostKey, NewEvent};

use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::views::DeviceRow;

/// Characters of the new fingerprint that a person types to replace a key.
const TYPED: usize = 4;

impl App {
    /// Trusts the key that a device offered when it was contacted last and none was trusted.
    ///
    /// # Errors
    /// [`AppError::HostKeyNotOffered`] if it offered another one, or none.
    pub async fn host_key_trust(&self, device: String, fingerprint: String) -> Result<DeviceRow, AppError> {
        let entry = self.device_entry(&device).await?;
        let algorithm = self.offered(&entry, &fingerprint).await?;
        let known = self.store().host_keys().get(&entry.address, entry.port).await?;
        if known.is_some_and(|key| key.fingerprint != fingerprint) {
            return Err(AppError::HostKeyNotConfirmed { device: entry.name });
        }
        self.trust(entry, algorithm, fingerprint).await
    }

    /// Replaces a trusted key by the one that the device offered last. `typed` are the last four characters of the new
    /// fingerprint.
    ///
    /// # Errors
    /// [`AppError::HostKeyNotOffered`], or [`AppError::HostKeyNotConfirmed`] if something else was typed.
    pub async fn host_key_replace(
        &self,
        device: String,
        fingerprint: String,
        typed: String,
    ) -> Result<DeviceRow, AppError> {
        let entry = self.device_entry(&device).await?;
        let algorithm = self.offered(&entry, &fingerprint).await?;
        if typed.chars().count() != TYPED || !fingerprint.ends_with(&typed) {
            return Err(AppError::HostKeyNotConfirmed { device: entry.name });
        }
        self.trust(entry, algorithm, fingerprint).await
    }

    /// Returns the algorithm of the key that the device offered last, if it is this one.
    async fn offered(&self, entry: &DeviceEntry, fingerprint: &str) -> Result<String, AppError> {
        let not_offered = || AppError::HostKeyNotOffered {
            device: entry.name.clone(),
            fingerprint: fingerprint.to_owned(),
        };
        let contact = self
            .store()
            .contacts()
            .all()
            .await?
            .remove(&entry.name)
            .ok_or_else(not_offered)?;
        let offered = contact.offered_key.ok_or_else(not_offered)?;
        match offered.split_once(' ') {
            Some((algorithm, offered)) if offered == fingerprint => Ok(algorithm.to_owned()),
            _ => Err(not_offered()),
        }
    }

    async fn trust(
        &self,
        entry: DeviceEntry,
        algorithm: String,
        fingerprint: String,
    ) -> Result<DeviceRow, AppError> {
        let (now, by) = (self.now(), self.user().await?);
        let before = self.store().host_keys().get(&entry.address, entry.port).await?;
        let key = HostKey {
            address: entry.address.clone(),
            port: entry.port,
            algorithm,
            fingerprint: fingerprint.clone(),
            first_seen: now,
            accepted_by: by.clone(),
        };
        self.store().host_keys().trust(&key).await?;
        let event = NewEvent {
            at: now,
            by,
            topic: "host-key",
            subject: entry.name.to_string(),
            before: before.map(|key| key.fingerprint),
            after: Some(fingerprint),
        };
        self.store().events().add(&event).await?;
        self.changed(&[Topic::Devices]);
        self.device_row(&entry.name).await
    }
}
