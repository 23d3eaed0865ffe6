//! The inventory: devices, credentials by name, and import.

mod import;
mod judge;
mod read;
mod values;

pub(crate) use values::{place, printable, shown_place};

use std::collections::BTreeMap;

use bk_model::DeviceName;
use bk_store::{Contact, Credential, DeviceEntry, HostKey, KeptIn, NewEvent, SignInWay};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::connect;
use crate::errors::AppError;
use crate::events::Topic;
use crate::jumps;
use crate::time;
use crate::views::{CredentialRow, CredentialWay, DeviceRow, HostKeyView, Reachability};

/// The longest name of credentials and of a user, in characters.
const MAX_NAME: usize = 64;

/// What a row of the device table is made of.
struct RowSources {
    contacts: BTreeMap<DeviceName, Contact>,
    keys: BTreeMap<(String, u16), HostKey>,
    read_at: BTreeMap<DeviceName, DateTime<Utc>>,
    tiers: BTreeMap<String, String>,
    services: BTreeMap<String, u32>,
    jump_groups: BTreeMap<String, String>,
}

impl App {
    /// Returns the devices, ordered by name.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn devices_list(&self) -> Result<Vec<DeviceRow>, AppError> {
        let devices = self.store().devices().list().await?;
        let sources = self.row_sources().await?;
        Ok(devices
            .into_iter()
            .map(|device| device_row(device, &sources))
            .collect())
    }

    /// Returns one device's row.
    pub(crate) async fn device_row(&self, name: &DeviceName) -> Result<DeviceRow, AppError> {
        let device = self.device_entry(name.as_str()).await?;
        Ok(device_row(device, &self.row_sources().await?))
    }

    /// Takes a device out of the inventory. Its snapshots and deployments stay; imported again, it has them again.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if it is not there.
    pub async fn device_remove(&self, device: String) -> Result<(), AppError> {
        let _turn = self.inventory_turn().lock().await;
        let entry = self.device_entry(&device).await?;
        let (now, by) = (self.now(), self.user().await?);
        self.store().devices().remove(&entry.name, now).await?;
        let event = NewEvent {
            at: now,
            by,
            topic: "device",
            subject: entry.name.to_string(),
            before: Some(format!("{}:{}", entry.address, entry.port)),
            after: None,
        };
        self.store().events().add(&event).await?;
        self.base().await?;
        self.changed(&[Topic::Devices, Topic::Domains, Topic::Status]);
        Ok(())
    }

    /// Returns credentials by name. A secret never crosses outwards.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn credentials_list(&self) -> Result<Vec<CredentialRow>, AppError> {
        let devices = self.store().devices().list().await?;
        let keyring = self.secrets().status().await.name;
        let users = |name: &str| {
            devices
                .iter()
                .filter(|device| device.credentials.as_deref() == Some(name))
                .count()
        };
        let row = |credential: Credential| CredentialRow {
            devices: u32::try_from(users(&credential.name)).unwrap_or(u32::MAX),
            stored_in: match credential.kept_in {
                Some(KeptIn::Keyring) => keyring.clone(),
                Some(KeptIn::Session) => "this session only".to_owned(),
                None => "no secret".to_owned(),
            },
            way: match credential.way {
                SignInWay::Password => CredentialWay::Password,
                SignInWay::Key { .. } => CredentialWay::Key,
                SignInWay::Agent { .. } => CredentialWay::Agent,
            },
            key: match credential.way {
                SignInWay::Password => None,
                SignInWay::Key { file: key } | SignInWay::Agent { fingerprint: key } => Some(key),
            },
            name: credential.name,
            user: credential.user,
        };
        Ok(self
            .store()
            .credentials()
            .list()
            .await?
            .into_iter()
            .map(row)
            .collect())
    }

    async fn row_sources(&self) -> Result<RowSources, AppError> {
        let store = self.store();
        let keys = store.host_keys().list().await?;
        let records = store.snapshots().of_records().await?;
        Ok(RowSources {
            contacts: store.contacts().all().await?,
            keys: keys
                .into_iter()
                .map(|key| ((key.address.clone(), key.port), key))
                .collect(),
            read_at: records.into_iter().map(|read| (read.device, read.at)).collect(),
            tiers: store.derived().tiers().await?,
            services: store.derived().services_by_device().await?,
            jump_groups: store.jump_hosts().groups().await?,
        })
    }
}

/// Checks a name that a person gave to credentials, a user or a jump host.
pub(crate) fn checked(field: &'static str, raw: &str) -> Result<String, AppError> {
    let name = raw.trim();
    let bad = |reason: String| AppError::BadInput { field, reason };
    if name.is_empty() || name.chars().count() > MAX_NAME {
        return Err(bad(format!("it must have 1 to {MAX_NAME} characters")));
    }
    if let Some(found) = name.chars().find(|c| c.is_control()) {
        return Err(bad(format!("it contains {found:?}")));
    }
    Ok(name.to_owned())
}

fn device_row(device: DeviceEntry, sources: &RowSources) -> DeviceRow {
    let contact = sources.contacts.get(&device.name);
    let key = sources.keys.get(&(device.address.clone(), device.port));
    let offered = contact
        .and_then(|contact| contact.offered_key.as_deref())
        .and_then(|key| key.split_once(' '));
    let offered = offered.map(|(_, fingerprint)| fingerprint);
    // A key that was trusted since the last contact says nothing more about reachability.
    let settled = offered.is_some() && offered == key.map(|key| key.fingerprint.as_str());
    let contact = contact.filter(|_| !settled);
    let name = device.name.as_str();
    DeviceRow {
        tier: sources
            .tiers
            .get(name)
            .cloned()
            .unwrap_or_else(|| "unknown".to_owned()),
        jump: jumps::of(&device, &sources.jump_groups).into_iter().next(),
        groups: device.groups,
        version: sources
            .contacts
            .get(&device.name)
            .and_then(|contact| contact.version.as_ref())
            .map(ToString::to_string),
        credentials: device.credentials,
        reachability: contact.map_or(Reachability::Unknown, |contact| {
            connect::state(&contact.reachability)
        }),
        reach_millis: contact.and_then(|contact| contact.millis),
        host_key: key.map(host_key_view),
        offered_key: offered.filter(|_| !settled).map(str::to_owned),
        last_read: sources.read_at.get(&device.name).copied().map(time::text),
        domains: sources.services.get(name).copied().unwrap_or(0),
        error: contact
            .and_then(|contact| contact.error.as_deref())
            .and_then(|error| serde_json::from_str(error).ok()),
        aliases: device.aliases.iter().map(ToString::to_string).collect(),
        address: device.address,
        port: device.port,
        name: device.name.to_string(),
    }
}

pub(crate) fn host_key_view(key: &HostKey) -> HostKeyView {
    HostKeyView {
        algorithm: key.algorithm.clone(),
        fingerprint: key.fingerprint.clone(),
        first_seen: time::text(key.first_seen),
        accepted_by: key.accepted_by.clone(),
    }
}
