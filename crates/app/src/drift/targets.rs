//! Targeted discovery: reads the devices that hold what is meant, and takes that and nothing else as it is.
//!
//! The least that is read of a device is its L2 part: only there does an interface that is gone, a tag that another
//! sub-interface took or a member of another instance show.

use std::collections::BTreeSet;

use bk_engine::drift::DriftObject;
use bk_model::{BridgeDomainName, Device, DeviceName, InterfaceName, NamePattern};
use bk_store::{Decided, DeviceEntry, Drift};

use super::decisions::{Verdict, reason};
use super::show;
use crate::app::App;
use crate::base::Base;
use crate::discovery::{Purpose, finish};
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::time;
use crate::views::{
    KnownInterface, SyncOutcome, SyncPreview, SyncReport, SyncTarget, SyncedDevice, SyncedObject,
};

/// What is meant, read.
enum Target {
    Everything,
    Interfaces(NamePattern),
    Domain(BridgeDomainName),
}

impl Target {
    fn covers(&self, event: &Drift) -> bool {
        let difference = &event.difference;
        match self {
            Self::Everything => true,
            Self::Interfaces(pattern) => match &difference.object {
                DriftObject::Interface { interface } => pattern.matches(&interface.to_string()),
                DriftObject::Domain { .. } | DriftObject::Statement { .. } | DriftObject::Device => false,
            },
            Self::Domain(domain) => {
                difference.domains.contains(domain)
                    || matches!(&difference.object, DriftObject::Domain { domain: own } if own == domain)
            }
        }
    }

    /// Tells whether an interface that a record holds is meant.
    fn covers_interface(&self, device: &Device, name: &InterfaceName) -> bool {
        match self {
            Self::Everything => true,
            Self::Interfaces(pattern) => pattern.matches(&name.to_string()),
            Self::Domain(domain) => {
                let instances = device.bridge_domains.iter().filter(|one| one.name == *domain);
                instances
                    .flat_map(|instance| &instance.members)
                    .any(|member| member.interface == *name)
            }
        }
    }

    /// How many objects of the target a record holds.
    fn recorded(&self, base: &Base, device: &DeviceName) -> usize {
        let Some(device) = base.reading.fabric.devices.get(device) else {
            return 0;
        };
        let interfaces = device.interfaces.keys();
        match self {
            Self::Everything => interfaces.count() + device.bridge_domains.len(),
            Self::Interfaces(pattern) => interfaces
                .filter(|name| pattern.matches(&name.to_string()))
                .count(),
            Self::Domain(domain) => device
                .bridge_domains
                .iter()
                .filter(|instance| instance.name == *domain)
                .map(|instance| 1 + instance.members.len())
                .sum(),
        }
    }
}

/// Interfaces that a preview names.
const PREVIEWED: usize = 200;

impl App {
    /// Tells what a targeted discovery would read and which interfaces of the records are meant. Nothing is contacted.
    ///
    /// # Errors
    /// As [`App::sync_target`], which may be busy.
    pub async fn sync_preview(&self, target: SyncTarget) -> Result<SyncPreview, AppError> {
        let (target, devices, _) = self.target(target).await?;
        let base = self.base().await?;
        let known = devices
            .iter()
            .filter_map(|device| base.reading.fabric.devices.get(&device.name));
        let meant: Vec<KnownInterface> = known
            .flat_map(|device| {
                let names = device.interfaces.keys();
                names
                    .filter(|name| target.covers_interface(device, name))
                    .map(|name| KnownInterface {
                        device: device.name.to_string(),
                        interface: name.to_string(),
                    })
            })
            .collect();
        Ok(SyncPreview {
            devices: number(devices.len()),
            total: number(meant.len()),
            interfaces: meant.into_iter().take(PREVIEWED).collect(),
        })
    }

    /// Reads the devices that hold what is meant, now, and takes what they hold of it as what is expected. What somebody
    /// left open stays open; what differs beside it is seen, and stays open too.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] for a device or bridge domain that there is not; [`AppError::BadInput`] for a pattern that is
    /// none; [`AppError::Busy`] if devices are being read.
    pub async fn sync_target(&self, target: SyncTarget, why: Option<String>) -> Result<SyncReport, AppError> {
        let why = reason(why)?;
        let (target, devices, words) = self.target(target).await?;
        let activity = self.begin_reading(&words, number(devices.len()))?;
        let read = self.read_devices(&devices, Purpose::Check, None, &activity).await;
        let failed = activity.view().map(|view| view.devices).unwrap_or_default();
        finish(activity);
        read?;
        let mut report = Vec::with_capacity(devices.len());
        for device in &devices {
            let error = failed
                .iter()
                .find(|failed| failed.device == device.name.as_str())
                .and_then(|failed| failed.error.clone());
            report.push(match error {
                Some(error) => SyncedDevice {
                    device: device.name.to_string(),
                    read: None,
                    error: Some(error),
                    objects: Vec::new(),
                    unchanged: 0,
                    beside: Vec::new(),
                },
                None => self.sync_on(&target, &device.name, &why).await?,
            });
        }
        Ok(total(words, report))
    }

    /// Takes what a device, which was just read, holds of the target.
    async fn sync_on(
        &self,
        target: &Target,
        device: &DeviceName,
        why: &str,
    ) -> Result<SyncedDevice, AppError> {
        let open = self.store().drifts().open_on(device).await?;
        let mut left = self.left_open(&open).await?;
        let recorded = target.recorded(&*self.base().await?, device);
        let (meant, beside): (Vec<Drift>, Vec<Drift>) =
            open.into_iter().partition(|event| target.covers(event));
        let mut objects = Vec::with_capacity(meant.len());
        let mut taken = Vec::new();
        let mut differ = 0;
        for event in meant {
            let (expected, actual) = (&event.difference.expected, &event.difference.actual);
            differ += usize::from(!expected.is_empty());
            let outcome = match (
                left.contains_key(&event.id),
                expected.is_empty(),
                actual.is_empty(),
            ) {
                (true, ..) => SyncOutcome::Left,
                (false, true, _) => SyncOutcome::Added,
                (false, false, true) => SyncOutcome::Removed,
                (false, false, false) => SyncOutcome::Updated,
            };
            objects.push(SyncedObject {
                event: show::row(&event, left.remove(&event.id)),
                outcome,
            });
            if outcome != SyncOutcome::Left {
                taken.push(event);
            }
        }
        self.take(&taken, Verdict::of_person(Decided::Sync, why)).await?;
        let read = self.store().snapshots().list(device, 1).await?;
        Ok(SyncedDevice {
            device: device.to_string(),
            read: read.first().map(|snapshot| time::text(snapshot.at)),
            error: None,
            objects,
            unchanged: number(recorded.saturating_sub(differ)),
            beside: beside
                .iter()
                .map(|event| show::row(event, left.remove(&event.id)))
                .collect(),
        })
    }

    async fn target(&self, target: SyncTarget) -> Result<(Target, Vec<DeviceEntry>, String), AppError> {
        match target {
            SyncTarget::Devices { devices } => {
                let devices = self.named_devices(devices).await?;
                let words = match devices.as_slice() {
                    [one] => format!("Discover and sync {}", one.name),
                    all => format!("Discover and sync {}", counted(number(all.len()), "device")),
                };
                Ok((Target::Everything, devices, words))
            }
            SyncTarget::Interfaces { pattern, device } => {
                let pattern = NamePattern::new(pattern.trim()).map_err(|why| AppError::BadInput {
                    field: "interface pattern",
                    reason: why.to_string(),
                })?;
                let words = format!("Discover and sync {pattern}");
                let devices = self.named_devices(device.map(|device| vec![device])).await?;
                Ok((Target::Interfaces(pattern), devices, words))
            }
            SyncTarget::Domain { domain } => {
                let unknown = || AppError::not_known("bridge domain", domain.clone());
                let name = BridgeDomainName::new(domain.clone()).map_err(|_| unknown())?;
                let devices = self.devices_of(&name).await?;
                if devices.is_empty() {
                    return Err(unknown());
                }
                Ok((
                    Target::Domain(name),
                    devices,
                    format!("Discover and sync {domain}"),
                ))
            }
        }
    }

    /// Devices that hold a bridge domain by the records or by an open event.
    async fn devices_of(&self, domain: &BridgeDomainName) -> Result<Vec<DeviceEntry>, AppError> {
        let base = self.base().await?;
        let recorded = (base.reading.fabric.devices.values())
            .filter(|device| {
                device
                    .bridge_domains
                    .iter()
                    .any(|instance| instance.name == *domain)
            })
            .map(|device| device.name.clone());
        let mut names: BTreeSet<DeviceName> = recorded.collect();
        let target = Target::Domain(domain.clone());
        let open = self.store().drifts().open().await?;
        names.extend(
            open.into_iter()
                .filter(|event| target.covers(event))
                .map(|event| event.device),
        );
        let mut devices = self.store().devices().list().await?;
        devices.retain(|device| names.contains(&device.name));
        Ok(devices)
    }
}

fn total(target: String, devices: Vec<SyncedDevice>) -> SyncReport {
    let count = |wanted: SyncOutcome| {
        let objects = devices.iter().flat_map(|device| &device.objects);
        number(objects.filter(|object| object.outcome == wanted).count())
    };
    let (added, updated, removed) = (
        count(SyncOutcome::Added),
        count(SyncOutcome::Updated),
        count(SyncOutcome::Removed),
    );
    let unchanged = devices.iter().map(|device| device.unchanged).sum();
    let failed = number(devices.iter().filter(|device| device.error.is_some()).count());
    let beside = number(devices.iter().map(|device| device.beside.len()).sum());
    let mut sentence = format!("{added} added, {updated} updated, {removed} removed, {unchanged} unchanged");
    if failed > 0 {
        sentence.push_str(&format!(", {} not read", counted(failed, "device")));
    }
    if beside > 0 {
        sentence.push_str(&format!("; {} beside it open", counted(beside, "event")));
    }
    sentence.push('.');
    SyncReport {
        target,
        devices,
        added,
        updated,
        removed,
        unchanged,
        failed,
        sentence,
    }
}
