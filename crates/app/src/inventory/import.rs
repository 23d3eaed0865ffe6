//! Importing devices: the dry run and the import are one computation.

use std::collections::BTreeSet;

use bk_store::NewEvent;

use super::judge::{Judged, Known, judge};
use super::read::{Format, read};
use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::views::{ImportReport, ImportRequest, ImportRow, ImportVerdict};

impl App {
    /// Tells what an import would do, row by row, and does nothing.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if the text as a whole can't be read, or its credentials are not known.
    pub async fn devices_import_preview(&self, request: ImportRequest) -> Result<ImportReport, AppError> {
        let (format, judged) = self.judge_import(&request).await?;
        Ok(report(format, judged.rows, false))
    }

    /// Imports the rows that can be used; the others are told by line.
    ///
    /// # Errors
    /// As [`App::devices_import_preview`].
    pub async fn devices_import(&self, request: ImportRequest) -> Result<ImportReport, AppError> {
        let _turn = self.inventory_turn().lock().await;
        let (format, judged) = self.judge_import(&request).await?;
        let (now, by) = (self.now(), self.user().await?);
        let before = self.store().devices().list().await?;
        self.store().devices().put(&judged.devices).await?;
        for device in &judged.devices {
            let known = before.iter().find(|known| known.name == device.name);
            let event = NewEvent {
                at: now,
                by: by.clone(),
                topic: "device",
                subject: device.name.to_string(),
                before: known.map(|known| format!("{}:{}", known.address, known.port)),
                after: Some(format!("{}:{}", device.address, device.port)),
            };
            self.store().events().add(&event).await?;
        }
        self.changed(&[Topic::Devices, Topic::Status]);
        Ok(report(format, judged.rows, true))
    }

    async fn judge_import(&self, request: &ImportRequest) -> Result<(Format, Judged), AppError> {
        let bad = |field, reason| AppError::BadInput { field, reason };
        let (format, rows) =
            read(&request.text, request.source.as_deref()).map_err(|reason| bad("text", reason))?;
        let devices = self.store().devices().list().await?;
        let credentials: BTreeSet<String> = self
            .store()
            .credentials()
            .list()
            .await?
            .into_iter()
            .map(|credential| credential.name)
            .collect();
        let default_credentials = request.credentials.as_deref().filter(|name| !name.is_empty());
        if let Some(unknown) = default_credentials.filter(|name| !credentials.contains(*name)) {
            return Err(bad("credentials", format!("{unknown} are not known")));
        }
        let known = Known {
            devices: &devices,
            credentials: &credentials,
            default_credentials,
            now: self.now(),
        };
        Ok((format, judge(&rows, &known)))
    }
}

fn report(format: Format, rows: Vec<ImportRow>, applied: bool) -> ImportReport {
    let count = |verdicts: &[ImportVerdict]| {
        u32::try_from(rows.iter().filter(|row| verdicts.contains(&row.verdict)).count()).unwrap_or(u32::MAX)
    };
    ImportReport {
        format: format.word().to_owned(),
        added: count(&[ImportVerdict::Added]),
        changed: count(&[ImportVerdict::Changed, ImportVerdict::Alias]),
        refused: count(&[ImportVerdict::Refused]),
        rows,
        applied,
    }
}
