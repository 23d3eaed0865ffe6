//! Bridge domains, the fabric map, search.

use std::collections::BTreeMap;

use bk_config::{ConfigPath, restrict};
use bk_model::{BridgeDomainName, Service};

use crate::app::App;
use crate::base::Base;
use crate::errors::AppError;
use crate::present::{DomainContext, domain_detail, domain_row, fabric_map, search, text_of};
use crate::time;
use crate::views::{DeviceText, DomainDetail, DomainRow, FabricMap, SearchHit, TextForm};

impl App {
    /// Lists all bridge domains by name.
    ///
    /// # Errors
    /// [`AppError`] if the records can't be read.
    pub async fn domains_list(&self) -> Result<Vec<DomainRow>, AppError> {
        let base = self.base().await?;
        let context = self.domain_context(&base).await?;
        Ok(base
            .reading
            .fabric
            .services
            .iter()
            .map(|service| domain_row(&base.reading.fabric, service, &context))
            .collect())
    }

    /// Tells everything about one bridge domain.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if no record names it.
    pub async fn domain_detail(&self, domain: String) -> Result<DomainDetail, AppError> {
        let base = self.base().await?;
        let context = self.domain_context(&base).await?;
        let service = known_service(&base, &domain)?;
        let synced = self.synced(&base, service).await?;
        Ok(domain_detail(&base.reading.fabric, service, &context, synced))
    }

    /// Returns the lines of the records that concern one bridge domain, device by device.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if no record names it.
    pub async fn domain_config(&self, domain: String) -> Result<Vec<DeviceText>, AppError> {
        let base = self.base().await?;
        let service = known_service(&base, &domain)?;
        let instance = ConfigPath::new(&format!(
            "network-services bridge-domain instance {}",
            service.name
        ));
        let text = |device: &bk_model::DeviceName| {
            let known = base.devices.get(device)?;
            let members = service.attachments.iter().filter(|a| a.device == *device);
            let own: Vec<ConfigPath> = members
                .map(|a| ConfigPath::new(&format!("interfaces {}", a.interface)))
                .chain([instance.clone()])
                .collect();
            let part = restrict(&known.record.tree, &own);
            let text = String::from(text_of(&part, TextForm::Text));
            Some(DeviceText {
                device: device.to_string(),
                text,
                hash: known.snapshot.hash.to_string(),
                read: time::text(known.snapshot.at),
            })
        };
        Ok(service.devices.iter().filter_map(text).collect())
    }

    /// Returns the map of all devices and links.
    ///
    /// # Errors
    /// [`AppError`] if the records can't be read.
    pub async fn fabric_map(&self) -> Result<FabricMap, AppError> {
        let base = self.base().await?;
        let context = self.domain_context(&base).await?;
        Ok(fabric_map(&base.reading.fabric, &context))
    }

    /// Finds devices, bridge domains, VLANs and interfaces.
    ///
    /// # Errors
    /// [`AppError`] if the records can't be read.
    pub async fn search(&self, query: String) -> Result<Vec<SearchHit>, AppError> {
        Ok(search(&self.base().await?.reading.fabric, &query))
    }

    async fn domain_context(&self, base: &Base) -> Result<DomainContext, AppError> {
        let drafts = self.store().drafts().open().await?;
        let mut history: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        let mut in_doubt = BTreeMap::new();
        for deployment in self.store().deployments().list().await? {
            history
                .entry(deployment.domain.clone())
                .or_default()
                .push(deployment.id.0);
            if deployment.status == crate::deployments::status_word(crate::views::DeploymentStatus::InDoubt) {
                in_doubt.entry(deployment.domain).or_insert(deployment.id.0);
            }
        }
        let contacts = self.store().contacts().all().await?;
        Ok(DomainContext {
            drafts: drafts
                .into_iter()
                .filter(|draft| !draft.operations.is_empty())
                .map(|draft| (draft.domain, draft.id.0))
                .collect(),
            history,
            in_doubt,
            drift: self.asking().await?,
            read: base.read_at(),
            changed: base
                .devices
                .iter()
                .map(|(name, device)| (name.clone(), device.since))
                .collect(),
            silent: contacts
                .into_iter()
                .filter(|(_, contact)| contact.error.is_some())
                .map(|(device, _)| device)
                .collect(),
            facts: base
                .devices
                .iter()
                .map(|(name, device)| (name.clone(), device.record.facts.clone()))
                .collect(),
        })
    }
}

/// Returns the service of a name that a person gave.
pub(crate) fn known_service<'a>(base: &'a Base, domain: &str) -> Result<&'a Service, AppError> {
    let name = domain_name(domain)?;
    base.reading
        .fabric
        .service(&name)
        .ok_or_else(|| AppError::not_known("bridge domain", domain))
}

/// Parses a bridge domain name.
pub(crate) fn domain_name(raw: &str) -> Result<BridgeDomainName, AppError> {
    BridgeDomainName::new(raw).map_err(|error| AppError::BadInput {
        field: "bridge domain name",
        reason: error.to_string(),
    })
}
