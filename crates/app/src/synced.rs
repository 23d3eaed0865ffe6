//! When the records and the devices last agreed, object by object.

use bk_engine::deploy::Phase;
use bk_engine::drift::DriftObject;
use bk_model::{Attachment, Service};
use bk_store::{Drift, Snapshot, SnapshotSource};

use crate::app::App;
use crate::base::Base;
use crate::errors::AppError;
use crate::snapshots::source_words;
use crate::time;
use crate::views::ObjectSync;

/// So many reads back a device is searched for one that was compared with its record.
const READS: u32 = 32;

impl App {
    /// Tells of every attachment of a service when its device was last seen to hold it as the records do.
    pub(crate) async fn synced(&self, base: &Base, service: &Service) -> Result<Vec<ObjectSync>, AppError> {
        let mut synced = Vec::with_capacity(service.attachments.len());
        for device in &service.devices {
            let open = self.store().drifts().open_on(device).await?;
            let reads = self.store().snapshots().list(device, READS).await?;
            let record = base.devices.get(device).map(|known| &known.snapshot);
            let agreed = reads.iter().find(|read| is_compared(read.source)).or(record);
            for attachment in service.attachments.iter().filter(|a| a.device == *device) {
                let event = open.iter().find(|event| concerns(event, service, attachment));
                let before = match event.and_then(|event| event.record) {
                    Some(id) => Some(self.store().snapshots().get(id).await?),
                    None => None,
                };
                let read = if event.is_some() { before.as_ref() } else { agreed };
                synced.push(view(attachment, event, read));
            }
        }
        Ok(synced)
    }
}

/// Whether what was read then was compared with the record, so that a difference would be an open event.
fn is_compared(source: SnapshotSource) -> bool {
    match source {
        SnapshotSource::Discovery | SnapshotSource::Check => true,
        SnapshotSource::Deployment { phase, .. } => matches!(phase, Phase::Preflight | Phase::Settle),
        SnapshotSource::Recovery { .. } => false,
    }
}

fn concerns(event: &Drift, service: &Service, attachment: &Attachment) -> bool {
    match &event.difference.object {
        DriftObject::Interface { interface } => *interface == attachment.interface,
        DriftObject::Domain { domain } => *domain == service.name,
        DriftObject::Statement { .. } | DriftObject::Device => false,
    }
}

fn view(attachment: &Attachment, event: Option<&Drift>, read: Option<&Snapshot>) -> ObjectSync {
    ObjectSync {
        device: attachment.device.to_string(),
        interface: attachment.interface.to_string(),
        at: read.map(|read| time::text(read.at)),
        source: read.map(|read| source_words(read.source)),
        drift: event.map(|event| event.id.0),
    }
}
