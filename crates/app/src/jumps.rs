//! Jump hosts: where they listen, who is reached through them, which key they have.

use std::collections::{BTreeMap, BTreeSet};

use bk_store::{DeviceEntry, HostKey, JumpHost, NewEvent};

use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::hostkeys::{confirmed, offered_key};
use crate::inventory::{checked, host_key_view, place};
use crate::views::{JumpHostRequest, JumpHostRow};

/// The jump hosts that hold for a device: the one it names itself, else those of its groups. More than one is a
/// contradiction.
pub(crate) fn of(device: &DeviceEntry, groups: &BTreeMap<String, String>) -> BTreeSet<String> {
    match &device.jump {
        Some(own) => BTreeSet::from([own.clone()]),
        None => device
            .groups
            .iter()
            .filter_map(|group| groups.get(group).cloned())
            .collect(),
    }
}

/// The subject of a jump host in the log.
pub(crate) fn subject(name: &str) -> String {
    format!("jump host {name}")
}

impl App {
    /// Returns the jump hosts, ordered by name.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn jump_hosts_list(&self) -> Result<Vec<JumpHostRow>, AppError> {
        let store = self.store();
        let (devices, groups) = (store.devices().list().await?, store.jump_hosts().groups().await?);
        let keys = store.host_keys().list().await?;
        let row = |jump: JumpHost| {
            let key = keys
                .iter()
                .find(|key| (&key.address, key.port) == (&jump.address, jump.port));
            let users = devices
                .iter()
                .filter(|device| of(device, &groups).contains(&jump.name));
            let offered = jump.offered_key.as_deref().and_then(|key| key.split_once(' '));
            JumpHostRow {
                devices: crate::present::number(users.count()),
                groups: groups
                    .iter()
                    .filter(|(_, name)| **name == jump.name)
                    .map(|(group, _)| group.clone())
                    .collect(),
                host_key: key.map(host_key_view),
                offered_key: offered.map(|(_, fingerprint)| fingerprint.to_owned()),
                name: jump.name,
                address: jump.address,
                port: jump.port,
                credentials: jump.credentials,
            }
        };
        Ok(store.jump_hosts().list().await?.into_iter().map(row).collect())
    }

    /// Sets a jump host. Nothing is sent to it; its key is asked for when a device is first reached through it.
    ///
    /// # Errors
    /// [`AppError::BadInput`] names a value that can't be used.
    pub async fn jump_host_set(&self, request: JumpHostRequest) -> Result<JumpHostRow, AppError> {
        let name = checked("name", &request.name)?;
        let bad = |field, reason| AppError::BadInput { field, reason };
        let (address, port) = place(request.address.trim()).map_err(|reason| bad("address", reason))?;
        let credentials = request.credentials.trim();
        if self.store().credentials().get(credentials).await?.is_none() {
            return Err(bad(
                "credentials",
                format!("{credentials:?} are not known; add them first"),
            ));
        }
        let jump = JumpHost {
            name: name.clone(),
            address,
            port,
            credentials: Some(credentials.to_owned()),
            offered_key: None,
        };
        let before = self.jump_host(&name).await.ok();
        self.store().jump_hosts().put(&jump).await?;
        let shown = |jump: &JumpHost| format!("{}:{}", jump.address, jump.port);
        let event = NewEvent {
            at: self.now(),
            by: self.user().await?,
            topic: "device",
            subject: subject(&name),
            before: before.as_ref().map(shown),
            after: Some(shown(&jump)),
        };
        self.store().events().add(&event).await?;
        self.changed(&[Topic::Devices]);
        self.jump_row(&name).await
    }

    /// Removes a jump host that nothing is reached through.
    ///
    /// # Errors
    /// [`AppError::JumpInUse`] otherwise: its devices would be contacted directly, which nobody asked for.
    pub async fn jump_host_remove(&self, jump: String) -> Result<(), AppError> {
        let row = self.jump_row(&jump).await?;
        if row.devices > 0 || !row.groups.is_empty() {
            return Err(AppError::JumpInUse {
                jump: row.name,
                devices: row.devices,
                groups: row.groups,
            });
        }
        self.store().jump_hosts().remove(&row.name).await?;
        self.changed(&[Topic::Devices]);
        Ok(())
    }

    /// Reaches devices and groups through a jump host from now on, or directly without one.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if the jump host or a device is not there; nothing is changed then.
    pub async fn jump_host_use(
        &self,
        jump: Option<String>,
        devices: Vec<String>,
        groups: Vec<String>,
    ) -> Result<(), AppError> {
        let _turn = self.inventory_turn().lock().await;
        if let Some(name) = &jump {
            self.jump_host(name).await?;
        }
        let mut entries = Vec::with_capacity(devices.len());
        for name in &devices {
            entries.push(self.device_entry(name).await?);
        }
        let (now, by) = (self.now(), self.user().await?);
        for entry in entries {
            self.store()
                .devices()
                .set_jump(&entry.name, jump.as_deref())
                .await?;
            let event = NewEvent {
                at: now,
                by: by.clone(),
                topic: "device",
                subject: entry.name.to_string(),
                before: entry.jump.as_deref().map(subject),
                after: jump.as_deref().map(subject),
            };
            self.store().events().add(&event).await?;
        }
        for group in &groups {
            let group = checked("group", group)?;
            self.store()
                .jump_hosts()
                .set_group(&group, jump.as_deref())
                .await?;
        }
        self.changed(&[Topic::Devices]);
        Ok(())
    }

    /// Trusts the key that a jump host showed. Where another one is trusted, `typed` must be the last four characters of
    /// the new fingerprint.
    ///
    /// # Errors
    /// [`AppError::HostKeyNotOffered`] or [`AppError::HostKeyNotConfirmed`].
    pub async fn jump_key_trust(
        &self,
        jump: String,
        fingerprint: String,
        typed: Option<String>,
    ) -> Result<JumpHostRow, AppError> {
        let host = self.jump_host(&jump).await?;
        let algorithm = offered_key(host.offered_key.as_deref(), &fingerprint).ok_or_else(|| {
            AppError::HostKeyNotOffered {
                device: host.name.clone(),
                fingerprint: fingerprint.clone(),
            }
        })?;
        let before = self.store().host_keys().get(&host.address, host.port).await?;
        let replaces = before.as_ref().is_some_and(|key| key.fingerprint != fingerprint);
        if replaces && !confirmed(&fingerprint, typed.as_deref().unwrap_or_default()) {
            return Err(AppError::HostKeyNotConfirmed { device: host.name });
        }
        let key = HostKey {
            address: host.address,
            port: host.port,
            algorithm: algorithm.to_owned(),
            fingerprint,
            first_seen: self.now(),
            accepted_by: self.user().await?,
        };
        self.keep_key(&subject(&host.name), &key, before).await?;
        self.store().jump_hosts().note_key(&host.name, None).await?;
        self.jump_row(&host.name).await
    }

    pub(crate) async fn jump_host(&self, name: &str) -> Result<JumpHost, AppError> {
        let all = self.store().jump_hosts().list().await?;
        let found = all.into_iter().find(|jump| jump.name == name);
        found.ok_or_else(|| AppError::not_known("jump host", name))
    }

    async fn jump_row(&self, name: &str) -> Result<JumpHostRow, AppError> {
        let all = self.jump_hosts_list().await?;
        let found = all.into_iter().find(|jump| jump.name == name);
        found.ok_or_else(|| AppError::not_known("jump host", name))
    }
}
