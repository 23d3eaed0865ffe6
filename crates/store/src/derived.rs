//! Facts derived from snapshots, as rows. All of them can be dropped and built again.

use std::collections::BTreeMap;

use bk_config::TextHash;
use bk_model::{Fabric, Link, Service};
use sqlx::{Sqlite, Transaction};

use crate::texts::{from_json, to_json};
use crate::time::small;
use crate::{Store, StoreError};

/// Derived facts.
#[derive(Clone, Copy, Debug)]
pub struct Derived<'a>(pub(crate) &'a Store);

impl Derived<'_> {
    /// Replaces everything by this fabric. Devices and services that are as before cost nothing.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn replace(&self, fabric: &Fabric) -> Result<(), StoreError> {
        let object = "the derived facts";
        let failed = || StoreError::statement("stored", object);
        let mut transaction = self.0.write(object).await?;
        let names: Vec<&str> = fabric.devices.keys().map(bk_model::DeviceName::as_str).collect();
        let names = to_json(&names, object)?;
        sqlx::query!(
            "DELETE FROM derived_device WHERE device NOT IN (SELECT value FROM json_each(?))",
            names
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        for device in fabric.devices.values() {
            put_device(&mut transaction, device).await?;
        }
        let names: Vec<&str> = fabric
            .services
            .iter()
            .map(|service| service.name.as_str())
            .collect();
        let names = to_json(&names, object)?;
        sqlx::query!(
            "DELETE FROM derived_service WHERE name NOT IN (SELECT value FROM json_each(?))",
            names
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        for service in &fabric.services {
            put_service(&mut transaction, service).await?;
        }
        put_links(&mut transaction, &fabric.links).await?;
        transaction.commit().await.map_err(failed())
    }

    /// Returns the fabric as it was derived last.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if an earlier release derived it in another form: derive it again.
    pub async fn fabric(&self) -> Result<Fabric, StoreError> {
        let object = "the derived facts";
        let failed = || StoreError::statement("read", object);
        let mut fabric = Fabric::default();
        for row in sqlx::query_scalar!("SELECT body FROM derived_device")
            .fetch_all(self.0.readers())
            .await
            .map_err(failed())?
        {
            let device: bk_model::Device = from_json(&row, object)?;
            fabric.devices.insert(device.name.clone(), device);
        }
        for row in sqlx::query_scalar!("SELECT body FROM derived_service ORDER BY name")
            .fetch_all(self.0.readers())
            .await
            .map_err(failed())?
        {
            fabric.services.push(from_json(&row, object)?);
        }
        for row in sqlx::query_scalar!("SELECT body FROM derived_link ORDER BY position")
            .fetch_all(self.0.readers())
            .await
            .map_err(failed())?
        {
            fabric.links.push(from_json(&row, object)?);
        }
        Ok(fabric)
    }
}

impl Derived<'_> {
    /// Returns the number of services on each device that carries one.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn services_by_device(&self) -> Result<BTreeMap<String, u32>, StoreError> {
        let object = "the services by device";
        let rows = sqlx::query!(
            r#"SELECT CAST(device.value AS TEXT) AS "device!: String", count(*) AS "services!: i64"
             FROM derived_service JOIN json_each(derived_service.body, '$.devices') AS device GROUP BY device.value"#
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        rows.into_iter()
            .map(|row| Ok((row.device, small(row.services, object)?)))
            .collect()
    }

    /// Returns the tier word of every device that was read.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn tiers(&self) -> Result<BTreeMap<String, String>, StoreError> {
        let rows = sqlx::query!("SELECT device, tier FROM derived_device")
            .fetch_all(self.0.readers())
            .await
            .map_err(StoreError::statement("read", "the tiers of devices"))?;
        Ok(rows.into_iter().map(|row| (row.device, row.tier)).collect())
    }

    /// Returns the number of services.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn services(&self) -> Result<u32, StoreError> {
        let object = "the number of services";
        let count = sqlx::query_scalar!(r#"SELECT count(*) AS "count!: i64" FROM derived_service"#)
            .fetch_one(self.0.readers())
            .await
            .map_err(StoreError::statement("read", object))?;
        small(count, object)
    }
}

fn digest(body: &str) -> Vec<u8> {
    TextHash::from(*blake3::hash(body.as_bytes()).as_bytes())
        .as_bytes()
        .to_vec()
}

async fn put_device(
    transaction: &mut Transaction<'static, Sqlite>,
    device: &bk_model::Device,
) -> Result<(), StoreError> {
    let name = device.name.as_str();
    let object = format!("the derived facts of {name}");
    let failed = || StoreError::statement("stored", object.clone());
    let body = to_json(device, &object)?;
    let digest = digest(&body);
    let before = sqlx::query_scalar!("SELECT digest FROM derived_device WHERE device = ?", name)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed())?;
    if before.as_ref() == Some(&digest) {
        return Ok(());
    }
    let tier = to_json(&device.tier, &object)?;
    sqlx::query!(
        "INSERT INTO derived_device (device, tier, digest, body) VALUES (?, trim(?, '\"'), ?, ?)
         ON CONFLICT (device) DO UPDATE SET tier = excluded.tier, digest = excluded.digest, body = excluded.body",
        name,
        tier,
        digest,
        body
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    sqlx::query!("DELETE FROM derived_interface WHERE device = ?", name)
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    let interfaces: Vec<&bk_model::Interface> = device.interfaces.values().collect();
    let interfaces = to_json(&interfaces, &object)?;
    sqlx::query!(
        "INSERT INTO derived_interface (device, name, oper, body)
         SELECT ?, value ->> 'name', value ->> 'oper_state', value FROM json_each(?)",
        name,
        interfaces
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    Ok(())
}

async fn put_service(
    transaction: &mut Transaction<'static, Sqlite>,
    service: &Service,
) -> Result<(), StoreError> {
    let name = service.name.as_str();
    let object = format!("the derived service {name}");
    let failed = || StoreError::statement("stored", object.clone());
    let body = to_json(service, &object)?;
    let digest = digest(&body);
    let before = sqlx::query_scalar!("SELECT digest FROM derived_service WHERE name = ?", name)
        .fetch_optional(&mut **transaction)
        .await
        .map_err(failed())?;
    if before.as_ref() == Some(&digest) {
        return Ok(());
    }
    sqlx::query!(
        "INSERT INTO derived_service (name, digest, body) VALUES (?, ?, ?)
         ON CONFLICT (name) DO UPDATE SET digest = excluded.digest, body = excluded.body",
        name,
        digest,
        body
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    sqlx::query!("DELETE FROM derived_attachment WHERE service = ?", name)
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    let attachments = to_json(&service.attachments, &object)?;
    sqlx::query!(
        "INSERT INTO derived_attachment (service, device, interface, is_fabric, body)
         SELECT ?, value ->> 'device', value ->> 'interface', value ->> 'is_fabric', value FROM json_each(?) WHERE true
         ON CONFLICT DO NOTHING",
        name,
        attachments
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    Ok(())
}

async fn put_links(transaction: &mut Transaction<'static, Sqlite>, links: &[Link]) -> Result<(), StoreError> {
    let object = "the derived links";
    let failed = || StoreError::statement("stored", object);
    sqlx::query!("DELETE FROM derived_link")
        .execute(&mut **transaction)
        .await
        .map_err(failed())?;
    let links = to_json(&links, object)?;
    sqlx::query!(
        "INSERT INTO derived_link (upper_device, upper_interface, lower_device, lower_interface, position, body)
         SELECT value ->> '$.upper.device', value ->> '$.upper.interface', value ->> '$.lower.device',
         value ->> '$.lower.interface', key, value FROM json_each(?) WHERE true ON CONFLICT DO NOTHING",
        links
    )
    .execute(&mut **transaction)
    .await
    .map_err(failed())?;
    Ok(())
}
