//! The inventory: devices, their further names, their groups.

use std::collections::BTreeMap;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use sqlx::{Sqlite, Transaction};

use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

/// A managed box.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceEntry {
    /// Name in the inventory.
    pub name: DeviceName,
    /// Further names of the same box, ordered.
    pub aliases: Vec<DeviceName>,
    /// Host name or address.
    pub address: String,
    /// SSH port.
    pub port: u16,
    /// Name of its credentials.
    pub credentials: Option<String>,
    /// Groups and tags, ordered.
    pub groups: Vec<String>,
    /// Whether it belongs to the simulated fabric of this machine.
    pub practice: bool,
    /// When it was added.
    pub added_at: DateTime<Utc>,
}

/// The inventory.
#[derive(Clone, Copy, Debug)]
pub struct Devices<'a>(pub(crate) &'a Store);

impl Devices<'_> {
    /// Returns the devices in the inventory, ordered by name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<DeviceEntry>, StoreError> {
        let failed = || StoreError::statement("read", "the inventory");
        let aliases = sqlx::query!("SELECT device_id, name FROM device_alias ORDER BY name")
            .fetch_all(self.0.readers())
            .await
            .map_err(failed())?;
        let mut names: BTreeMap<i64, Vec<DeviceName>> = BTreeMap::new();
        for row in aliases {
            names
                .entry(row.device_id)
                .or_default()
                .push(device_name(row.name)?);
        }
        let mut groups: BTreeMap<i64, Vec<String>> = BTreeMap::new();
        for row in sqlx::query!("SELECT device_id, name FROM device_group ORDER BY name")
            .fetch_all(self.0.readers())
            .await
            .map_err(failed())?
        {
            groups.entry(row.device_id).or_default().push(row.name);
        }
        let rows = sqlx::query!(
            "SELECT id, name, address, port, credentials, practice, added_at FROM device
             WHERE removed_at IS NULL ORDER BY name"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(failed())?;
        rows.into_iter()
            .map(|row| {
                Ok(DeviceEntry {
                    name: device_name(row.name)?,
                    aliases: names.remove(&row.id).unwrap_or_default(),
                    address: row.address,
                    port: small(row.port, "the port of a device")?,
                    credentials: row.credentials,
                    groups: groups.remove(&row.id).unwrap_or_default(),
                    practice: row.practice != 0,
                    added_at: moment(row.added_at, "the time of a device")?,
                })
            })
            .collect()
    }

    /// Returns the device that has this name, or this as a further name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn find(&self, name: &str) -> Result<Option<DeviceEntry>, StoreError> {
        let mut devices = self.list().await?;
        let by_name = devices.iter().position(|device| device.name.as_str() == name);
        let position = by_name.or_else(|| {
            devices
                .iter()
                .position(|device| device.aliases.iter().any(|alias| alias.as_str() == name))
        });
        Ok(position.map(|position| devices.swap_remove(position)))
    }

    /// Adds or changes devices: all of them, or none.
    ///
    /// A device that was removed comes back with its history. Devices of one call may swap places and names.
    ///
    /// # Errors
    /// [`StoreError::Statement`] if a place or a further name belongs to another device already.
    pub async fn put(&self, devices: &[DeviceEntry]) -> Result<(), StoreError> {
        let mut transaction = self.0.write("the inventory").await?;
        for device in devices {
            vacate(&mut transaction, device).await?;
        }
        for device in devices {
            put(&mut transaction, device).await?;
        }
        transaction
            .commit()
            .await
            .map_err(StoreError::statement("stored", "the inventory"))
    }

    /// Takes a device out of the inventory. Its snapshots and deployments stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if it is not there.
    pub async fn remove(&self, device: &DeviceName, at: DateTime<Utc>) -> Result<(), StoreError> {
        let object = format!("device {device}");
        let failed = || StoreError::statement("removed", object.clone());
        let (name, at) = (device.as_str(), millis(at));
        let mut transaction = self.0.write(&object).await?;
        let removed = sqlx::query!(
            "UPDATE device SET removed_at = ? WHERE name = ? AND removed_at IS NULL",
            at,
            name
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        if removed.rows_affected() == 0 {
            return Err(StoreError::NotFound { object });
        }
        sqlx::query!(
            "DELETE FROM device_alias WHERE device_id = (SELECT id FROM device WHERE name = ?)",
            name
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        sqlx::query!(
            "DELETE FROM device_contact WHERE device_id = (SELECT id FROM device WHERE name = ?)",
            name
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }
}

/// Frees the place and the further names that a device had, so that another of the same call may take them.
async fn vacate(
    transaction: &mut Transaction<'static, Sqlite>,
    device: &DeviceEntry,
) -> Result<(), StoreError> {
    let (name, at) = (device.name.as_str(), millis(device.added_at));
    let failed = || StoreError::statement("stored", format!("device {name}"));
    sqlx::query!("UPDATE device SET removed_at = ? WHERE name = ?", at, name)
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    sqlx::query!(
        "DELETE FROM device_alias WHERE device_id = (SELECT id FROM device WHERE name = ?)",
        name
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    Ok(())
}

async fn put(transaction: &mut Transaction<'static, Sqlite>, device: &DeviceEntry) -> Result<(), StoreError> {
    let name = device.name.as_str();
    let failed = || StoreError::statement("stored", format!("device {name}"));
    let added_at = millis(device.added_at);
    sqlx::query!(
        "INSERT INTO device (name, address, port, credentials, practice, added_at) VALUES (?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, port = excluded.port,
         credentials = excluded.credentials, practice = excluded.practice, removed_at = NULL",
        name,
        device.address,
        device.port,
        device.credentials,
        device.practice,
        added_at
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    let id = device_id(transaction, &device.name).await?;
    for alias in &device.aliases {
        let alias = alias.as_str();
        sqlx::query!(
            "INSERT INTO device_alias (device_id, name) VALUES (?, ?)",
            id,
            alias
        )
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    }
    sqlx::query!("DELETE FROM device_group WHERE device_id = ?", id)
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    for group in &device.groups {
        sqlx::query!(
            "INSERT INTO device_group (device_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING",
            id,
            group
        )
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    }
    Ok(())
}

/// Returns the row of a device, also of one that was removed.
pub(crate) async fn device_id(
    transaction: &mut Transaction<'static, Sqlite>,
    device: &DeviceName,
) -> Result<i64, StoreError> {
    let name = device.as_str();
    let object = format!("device {name}");
    sqlx::query_scalar!("SELECT id FROM device WHERE name = ?", name)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(StoreError::statement("read", object.clone()))?
        .ok_or(StoreError::NotFound { object })
}

pub(crate) fn device_name(raw: String) -> Result<DeviceName, StoreError> {
    DeviceName::new(raw).map_err(StoreError::unreadable("the name of a device"))
}
