//! Importing devices: the dry run and the import are one computation.

use std::collections::{BTreeMap, BTreeSet};

use bk_store::{Credential, HostKey, NewEvent, SignInWay};

use super::judge::{BroughtKey, Judged, Known, judge};
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

    /// Imports the rows that can be used, with the host keys that they bring; the others are told by line.
    ///
    /// # Errors
    /// As [`App::devices_import_preview`].
    pub async fn devices_import(&self, request: ImportRequest) -> Result<ImportReport, AppError> {
        let _turn = self.inventory_turn().lock().await;
        let (format, judged) = self.judge_import(&request).await?;
        let (now, by) = (self.now(), self.user().await?);
        let before = self.store().devices().list().await?;
        for login in judged.credentials {
            // A key without passphrase needs nothing more; for another one the passphrase is set by a person.
            let credential = Credential {
                name: login.name,
                user: login.user,
                way: SignInWay::Key { file: login.file },
                kept_in: None,
                set_at: now,
            };
            self.store().credentials().put(&credential).await?;
        }
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
        for key in judged.host_keys {
            self.trust_brought(key, request.source.as_deref()).await?;
        }
        self.changed(&[Topic::Devices, Topic::Status]);
        Ok(report(format, judged.rows, true))
    }

    /// Trusts a key that a person brought, where none was trusted.
    async fn trust_brought(&self, key: BroughtKey, source: Option<&str>) -> Result<(), AppError> {
        let by = self.user().await?;
        let trusted = HostKey {
            address: key.address,
            port: key.port,
            algorithm: key.algorithm.unwrap_or_else(|| "not told".to_owned()),
            fingerprint: key.fingerprint.to_string(),
            first_seen: self.now(),
            accepted_by: match source {
                Some(file) => format!("{by}, import of {file}"),
                None => format!("{by}, import"),
            },
        };
        self.keep_key(key.device.as_str(), &trusted, None).await
    }

    async fn judge_import(&self, request: &ImportRequest) -> Result<(Format, Judged), AppError> {
        let bad = |field, reason| AppError::BadInput { field, reason };
        let (format, rows) =
            read(&request.text, request.source.as_deref()).map_err(|reason| bad("text", reason))?;
        let devices = self.store().devices().list().await?;
        let credentials: BTreeMap<String, (String, SignInWay)> = self
            .store()
            .credentials()
            .list()
            .await?
            .into_iter()
            .map(|credential| (credential.name, (credential.user, credential.way)))
            .collect();
        let jumps = self.store().jump_hosts().list().await?;
        let jumps: BTreeSet<String> = jumps.into_iter().map(|jump| jump.name).collect();
        let default_credentials = request.credentials.as_deref().filter(|name| !name.is_empty());
        if let Some(unknown) = default_credentials.filter(|name| !credentials.contains_key(*name)) {
            return Err(AppError::NotKnown {
                what: "set of credentials",
                name: unknown.to_owned(),
            });
        }
        let host_keys = self.store().host_keys().list().await?;
        let known = Known {
            devices: &devices,
            host_keys: &host_keys,
            credentials: &credentials,
            jumps: &jumps,
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
