//! Putting a bridge domain or a device back as it was at a moment (DESIGN 6): a plan like any other, on the records of now.

use std::collections::BTreeMap;

use bk_config::Tree;
use bk_engine::drift::domain_as_in;
use bk_engine::fabric::{DeviceRecord, build_fabric};
use bk_engine::plan::{Base, Plan, make_restore};
use bk_engine::ports::ReadScope;
use bk_model::{BridgeDomainName, DeviceName};
use chrono::{DateTime, Utc};

use crate::app::App;
use crate::errors::AppError;
use crate::snapshots::{LISTED, moment};
use crate::views::{PlanView, RestoreRequest};

/// Plans what leads from what devices hold, record or not, to the trees that are wanted.
pub(crate) async fn restore_between(
    records: Vec<DeviceRecord>,
    wanted: BTreeMap<DeviceName, Tree>,
) -> Result<Plan, AppError> {
    let work = move || {
        let fabric = build_fabric(&records).fabric;
        let trees = records
            .iter()
            .map(|record| (record.name.clone(), &record.tree))
            .collect();
        let base = Base {
            fabric: &fabric,
            trees: &trees,
        };
        make_restore(base, &wanted).map_err(Box::new)
    };
    Ok(tokio::task::spawn_blocking(work)
        .await
        .expect("planning does not panic")?)
}

impl App {
    /// Plans what puts a bridge domain, on all devices that held it then or hold it now, or one device back as it was read
    /// last at a moment or before, proven to go back, and stores the plan.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a moment or name that can't be read; [`AppError::NotKnown`] where the device was not read by
    /// then; [`AppError::NotReadThen`] names devices that hold the bridge domain now and were not, whose ends would be left
    /// standing; [`AppError::Plan`] if no plan can be proven.
    pub async fn restore_plan(&self, request: RestoreRequest) -> Result<PlanView, AppError> {
        let base = self.base().await?;
        let wanted = match request {
            RestoreRequest::Device { device, at } => {
                let at = moment(&at)?;
                let name = crate::drafts::device_name(&device)?;
                let then = self.tree_at(&name, at).await?;
                let then = then.ok_or_else(|| AppError::not_known("read of the device by then", device))?;
                BTreeMap::from([(name, then)])
            }
            RestoreRequest::Domain { domain, at } => {
                let at = moment(&at)?;
                let name = BridgeDomainName::new(domain.clone())
                    .map_err(|_| AppError::not_known("bridge domain", domain))?;
                let mut wanted = BTreeMap::new();
                let mut not_read = Vec::new();
                for (device, known) in &base.devices {
                    match self.tree_at(device, at).await? {
                        Some(then) => {
                            wanted.insert(device.clone(), domain_as_in(&known.record.tree, &then, &name));
                        }
                        None if holds(&base, device, &name) => not_read.push(device.clone()),
                        None => {}
                    }
                }
                if !not_read.is_empty() {
                    return Err(AppError::NotReadThen {
                        domain: name,
                        devices: not_read,
                    });
                }
                wanted
            }
        };
        let work = move || {
            let trees = base.trees();
            let on = Base {
                fabric: &base.reading.fabric,
                trees: &trees,
            };
            make_restore(on, &wanted).map_err(Box::new)
        };
        let plan = tokio::task::spawn_blocking(work)
            .await
            .expect("planning does not panic")?;
        self.keep_plan(&plan, None).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    /// The L2 parts of a device as they were read last at a moment or before.
    pub(crate) async fn tree_at(
        &self,
        device: &DeviceName,
        at: DateTime<Utc>,
    ) -> Result<Option<Tree>, AppError> {
        let snapshots = self.store().snapshots();
        let reads = snapshots.list(device, LISTED).await?;
        let read = reads
            .iter()
            .find(|read| read.scope == ReadScope::L2 && read.at <= at);
        match read {
            Some(read) => Ok(Some(Tree::read(&snapshots.text(read.id).await?).0)),
            None => Ok(None),
        }
    }
}

/// Tells whether a device holds a bridge domain by its record.
fn holds(base: &crate::base::Base, device: &DeviceName, domain: &BridgeDomainName) -> bool {
    let device = base.reading.fabric.devices.get(device);
    device.is_some_and(|device| {
        device
            .bridge_domains
            .iter()
            .any(|instance| instance.name == *domain)
    })
}
