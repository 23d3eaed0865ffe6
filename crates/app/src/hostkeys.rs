//! Trusting host keys: only a key that the device offered, only by a person.

use bk_store::{DeviceEntry, HostKey, NewEvent};

use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::inventory::{host_key_view, shown_place};
use crate::jumps;
use crate::time;
use crate::views::{DeviceRow, KeyChange, KnownKeyRow};

/// Characters of the new fingerprint that a person types to replace a key.
const TYPED: usize = 4;
/// Under this the log holds decisions about host keys.
const TOPIC: &str = "host-key";
/// Decisions that are looked through.
const HISTORY: u32 = 10_000;

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
            return Err(AppError::HostKeyNotConfirmed {
                device: entry.name.to_string(),
            });
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
        if !confirmed(&fingerprint, &typed) {
            return Err(AppError::HostKeyNotConfirmed {
                device: entry.name.to_string(),
            });
        }
        self.trust(entry, algorithm, fingerprint).await
    }

    /// Returns the algorithm of the key that the device offered last, if it is this one.
    async fn offered(&self, entry: &DeviceEntry, fingerprint: &str) -> Result<String, AppError> {
        let not_offered = || AppError::HostKeyNotOffered {
            device: entry.name.to_string(),
            fingerprint: fingerprint.to_owned(),
        };
        let contact = self
            .store()
            .contacts()
            .all()
            .await?
            .remove(&entry.name)
            .ok_or_else(not_offered)?;
        offered_key(contact.offered_key.as_deref(), fingerprint)
            .map(str::to_owned)
            .ok_or_else(not_offered)
    }

    async fn trust(
        &self,
        entry: DeviceEntry,
        algorithm: String,
        fingerprint: String,
    ) -> Result<DeviceRow, AppError> {
        let before = self.store().host_keys().get(&entry.address, entry.port).await?;
        let key = HostKey {
            address: entry.address.clone(),
            port: entry.port,
            algorithm,
            fingerprint,
            first_seen: self.now(),
            accepted_by: self.user().await?,
        };
        self.keep_key(entry.name.as_str(), &key, before).await?;
        self.device_row(&entry.name).await
    }

    /// Trusts a key, and logs who decided so.
    pub(crate) async fn keep_key(
        &self,
        subject: &str,
        key: &HostKey,
        before: Option<HostKey>,
    ) -> Result<(), AppError> {
        self.store().host_keys().trust(key).await?;
        let event = NewEvent {
            at: key.first_seen,
            by: key.accepted_by.clone(),
            topic: TOPIC,
            subject: subject.to_owned(),
            before: before.map(|key| key.fingerprint),
            after: Some(key.fingerprint.clone()),
        };
        self.store().events().add(&event).await?;
        self.changed(&[Topic::Devices]);
        Ok(())
    }

    /// Returns the trusted host keys with their history, ordered by place.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn host_keys_list(&self) -> Result<Vec<KnownKeyRow>, AppError> {
        let owners = self.owners().await?;
        let log = self.store().events().newest(TOPIC, HISTORY).await?;
        let row = |key: HostKey| {
            let mut names: Vec<String> = owners
                .iter()
                .filter(|owner| owner.is_at(&key.address, key.port))
                .map(|owner| owner.subject.clone())
                .collect();
            names.sort();
            let history = log.iter().filter(|event| names.contains(&event.subject));
            KnownKeyRow {
                place: shown_place(&key.address, key.port),
                history: history
                    .map(|event| KeyChange {
                        at: time::text(event.at),
                        by: event.by.clone(),
                        before: event.before.clone(),
                        after: event.after.clone(),
                    })
                    .collect(),
                key: host_key_view(&key),
                names,
            }
        };
        Ok(self
            .store()
            .host_keys()
            .list()
            .await?
            .into_iter()
            .map(row)
            .collect())
    }

    /// Who listens where: devices and jump hosts, with the name under which they stand in the log.
    pub(crate) async fn owners(&self) -> Result<Vec<Owner>, AppError> {
        let devices = self
            .store()
            .devices()
            .list()
            .await?
            .into_iter()
            .map(|device| Owner {
                subject: device.name.to_string(),
                address: device.address,
                port: device.port,
            });
        let jumps = self
            .store()
            .jump_hosts()
            .list()
            .await?
            .into_iter()
            .map(|jump| Owner {
                subject: jumps::subject(&jump.name),
                address: jump.address,
                port: jump.port,
            });
        Ok(devices.chain(jumps).collect())
    }
}

/// Someone whose host key is judged.
pub(crate) struct Owner {
    pub(crate) subject: String,
    pub(crate) address: String,
    pub(crate) port: u16,
}

impl Owner {
    pub(crate) fn is_at(&self, address: &str, port: u16) -> bool {
        (self.address.as_str(), self.port) == (address, port)
    }
}

/// The algorithm of the key that was offered last, if it is the one with this fingerprint.
pub(crate) fn offered_key<'a>(offered: Option<&'a str>, fingerprint: &str) -> Option<&'a str> {
    let (algorithm, print) = offered?.split_once(' ')?;
    (print == fingerprint).then_some(algorithm)
}

/// Whether the end of a fingerprint was typed, which nobody does by habit.
pub(crate) fn confirmed(fingerprint: &str, typed: &str) -> bool {
    typed.chars().count() == TYPED && fingerprint.ends_with(typed)
}
