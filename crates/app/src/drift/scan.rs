//! A scan: devices are checked now and shown beside the records, row by row, with what can be done. It changes no record and
//! sends nothing.

use std::collections::BTreeSet;

use bk_config::Tree;
use bk_engine::drift::{Difference, Scanned, overlay, scan};
use bk_engine::leftovers::Audit;
use bk_engine::ports::ReadScope;
use bk_model::DeviceName;
use bk_store::{CheckWhy, Snapshot};

use crate::app::App;
use crate::errors::{AppError, check as words};
use crate::present::{ScanContext, scan_report, scanned_device, unscanned_device};
use crate::time;
use crate::views::{ScanReport, ScannedDevice};

/// So many reads back the one that the check just stored is looked for: a full read may have come after it.
const READS: u32 = 8;

impl App {
    /// Checks devices now, in the window, and shows them beside the records.
    ///
    /// # Errors
    /// [`AppError::BadInput`] without a device; [`AppError::NotKnown`] names one that is not in the inventory;
    /// [`AppError::Busy`] if devices are being read.
    pub async fn scan(&self, devices: Vec<String>) -> Result<ScanReport, AppError> {
        self.scan_for(devices, CheckWhy::ByHand).await
    }

    /// The same for `bk`.
    ///
    /// # Errors
    /// As [`App::scan`].
    pub async fn scan_by_command(&self, devices: Vec<String>) -> Result<ScanReport, AppError> {
        self.scan_for(devices, CheckWhy::Command).await
    }

    async fn scan_for(&self, devices: Vec<String>, why: CheckWhy) -> Result<ScanReport, AppError> {
        if devices.is_empty() {
            return Err(AppError::BadInput {
                field: "devices",
                reason: "name at least one".to_owned(),
            });
        }
        let devices = self.named_devices(Some(devices)).await?;
        let names: BTreeSet<DeviceName> = devices.iter().map(|device| device.name.clone()).collect();
        let checked = self.check_for(devices, why).await?;
        let mut scanned = Vec::with_capacity(names.len());
        for name in &names {
            scanned.push(match checked.not_compared.get(name.as_str()) {
                Some(error) => unscanned_device(name, error.clone()),
                None => self.scan_of(name).await?,
            });
        }
        Ok(scan_report(checked.run.0, scanned))
    }

    /// Shows a device, which was just checked, beside what is expected of it.
    async fn scan_of(&self, device: &DeviceName) -> Result<ScannedDevice, AppError> {
        let base = self.base().await?;
        let (Some(known), Some(snapshot)) = (base.devices.get(device), self.last_read(device).await?) else {
            return Ok(unscanned_device(device, words::no_record(device)));
        };
        let live = Tree::read(&self.store().snapshots().text(snapshot.id).await?).0;
        let facts = self.store().snapshots().facts(snapshot.id).await?;
        let events = self.store().drifts().open_on(device).await?;
        let left = self.left_open(&events).await?;
        let differences: Vec<Difference> = events.iter().map(|event| event.difference.clone()).collect();
        let kept = differences
            .iter()
            .map(|one| (&one.object, one.expected.as_slice()));
        let expected = overlay(&known.record.tree, kept);
        let Audit {
            leftovers, clean_up, ..
        } = self.leftovers(Some(&BTreeSet::from([device.clone()]))).await?;
        let found = scan(Scanned {
            device,
            expected: &expected,
            live: &live,
            facts: &facts.unwrap_or_default(),
            differences: &differences,
            leftovers: &leftovers,
            links: &base.reading.fabric.links,
        });
        let context = ScanContext {
            device,
            fabric: &base.reading.fabric,
            events: &events,
            left: &left,
            lines: clean_up.iter().map(|step| step.forward.len()).sum(),
        };
        Ok(ScannedDevice {
            read: Some(time::text(snapshot.at)),
            snapshot: Some(snapshot.id.0),
            record_read: Some(time::text(known.snapshot.at)),
            ..scanned_device(&found, &differences, &context)
        })
    }

    /// The newest read of the part that is compared.
    async fn last_read(&self, device: &DeviceName) -> Result<Option<Snapshot>, AppError> {
        let reads = self.store().snapshots().list(device, READS).await?;
        Ok(reads.into_iter().find(|read| read.scope == ReadScope::L2))
    }
}
