//! The inventory: devices, their further names, their groups.

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use sqlx::{Sqlite, Transaction};

use crate::texts::from_json;
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
    /// The jump host that it names itself.
    pub jump: Option<String>,
    /// Whether it belongs to the simulated fabric of this machine.
    pub practice: bool,
    /// When it was added.
    pub added_at: DateTime<Utc>,
}

struct Row {
    name: String,
    address: String,
    port: i64,
    credentials: Option<String>,
    jump: Option<String>,
    practice: i64,
    added_at: i64,
    aliases: String,
    groups: String,
}

impl TryFrom<Row> for DeviceEntry {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("device {}", row.name);
        Ok(Self {
            aliases: from_json(&row.aliases, &object)?,
            groups: from_json(&row.groups, &object)?,
            port: small(row.port, &object)?,
            added_at: moment(row.added_at, &object)?,
            name: device_name(row.name)?,
            address: row.address,
            credentials: row.credentials,
            jump: row.jump,
            practice: row.practice != 0,
        })
    }
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
        let rows = sqlx::query_as!(
            Row,
            r#"SELECT name, address, port, credentials, jump, practice, added_at,
             (SELECT json_group_array(name) FROM (SELECT name FROM device_alias WHERE device_id = device.id ORDER BY name))
             AS "aliases!: String",
             (SELECT json_group_array(name) FROM (SELECT name FROM device_group WHERE device_id = device.id ORDER BY name))
             AS "groups!: String"
             FROM device WHERE removed_at IS NULL ORDER BY name"#
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the inventory"))?;
        rows.into_iter().map(DeviceEntry::try_from).collect()
    }

    /// Returns the device that has this name, or this as a further name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn find(&self, name: &str) -> Result<Option<DeviceEntry>, StoreError> {
        let row = sqlx::query_as!(
            Row,
            r#"SELECT name, address, port, credentials, jump, practice, added_at,
             (SELECT json_group_array(name) FROM (SELECT name FROM device_alias WHERE device_id = device.id ORDER BY name))
             AS "aliases!: String",
             (SELECT json_group_array(name) FROM (SELECT name FROM device_group WHERE device_id = device.id ORDER BY name))
             AS "groups!: String"
             FROM device WHERE removed_at IS NULL
             AND (name = ?1 OR id = (SELECT device_id FROM device_alias WHERE device_alias.name = ?1))
             ORDER BY name = ?1 DESC LIMIT 1"#,
            name
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", format!("device {name}")))?;
        row.map(DeviceEntry::try_from).transpose()
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

    /// Names the jump host of a device, or none.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if the device is not in the inventory; [`StoreError::Statement`] if the host is not known.
    pub async fn set_jump(&self, device: &DeviceName, jump: Option<&str>) -> Result<(), StoreError> {
        let (name, object) = (device.as_str(), format!("device {device}"));
        let done = sqlx::query!(
            "UPDATE device SET jump = ? WHERE name = ? AND removed_at IS NULL",
            jump,
            name
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", object.clone()))?;
        match done.rows_affected() {
            0 => Err(StoreError::NotFound { object }),
            _ => Ok(()),
        }
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
            "UPDATE device SET removed_at = ?, jump = NULL WHERE name = ? AND removed_at IS NULL",
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
        "INSERT INTO device (name, address, port, credentials, jump, practice, added_at) VALUES (?, ?, ?, ?, ?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET address = excluded.address, port = excluded.port,
         credentials = excluded.credentials, jump = excluded.jump, practice = excluded.practice, removed_at = NULL",
        name,
        device.address,
        device.port,
        device.credentials,
        device.jump,
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
