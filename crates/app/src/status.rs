//! The state of the application as a whole, and its activities.

use bk_engine::ports::Journal;
use chrono::TimeDelta;

use crate::app::App;
use crate::connect;
use crate::errors::AppError;
use crate::time;
use crate::views::{ActivityView, AppStatus, DeploymentStatus, Mode, Reachability};

/// A read younger than this counts as fresh.
const FRESH: TimeDelta = TimeDelta::minutes(5);

impl App {
    /// Returns the state of the application.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn app_status(&self) -> Result<AppStatus, AppError> {
        let store = self.store();
        let devices = store.devices().list().await?;
        let settings = self.current_settings().await?;
        let contacts = store.contacts().all().await?;
        let reads: Vec<_> = store
            .snapshots()
            .of_records()
            .await?
            .into_iter()
            .map(|read| read.at)
            .collect();
        let fresh = reads
            .iter()
            .filter(|at| self.now().signed_duration_since(**at) < FRESH)
            .count();
        let is_reached = |word: &str| connect::state(word) == Reachability::Reachable;
        let any_reached = contacts.values().any(|contact| is_reached(&contact.reachability));
        let mode = if devices.is_empty() {
            Mode::Empty
        } else if !contacts.is_empty() && !any_reached {
            Mode::Offline
        } else if devices.iter().all(|device| device.practice) {
            Mode::Practice
        } else {
            Mode::Live
        };
        Ok(AppStatus {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            lab: settings.lab,
            mode,
            user: settings.user,
            devices: count(devices.len()),
            devices_fresh: count(fresh),
            newest_read: reads.into_iter().max().map(time::text),
            keyring: self.secrets().status().await,
            data_folder: self.data_dir().display().to_string(),
            domains: store.derived().services().await?,
            drafts: count(store.drafts().open().await?.len()),
            open_deployments: self.open_deployments().await?,
            locked_by_another: self.is_locked_by_another(),
        })
    }

    /// Returns activities, newest first.
    ///
    /// # Errors
    /// None: the registry is in memory.
    pub async fn activities(&self) -> Result<Vec<ActivityView>, AppError> {
        Ok(self.activity_registry().list())
    }

    /// Asks an activity to stop. What arrived is kept.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if there is none of this identity.
    pub async fn activity_cancel(&self, id: String) -> Result<(), AppError> {
        if self.activity_registry().cancel(&id) {
            Ok(())
        } else {
            Err(AppError::not_known("activity", id))
        }
    }

    /// Deployments that began and did not end, those in doubt, and those that ended and were not filed away, newest first.
    async fn open_deployments(&self) -> Result<Vec<u32>, AppError> {
        let mut open: Vec<u32> = self
            .store()
            .journal()
            .open_deployments()
            .await?
            .into_iter()
            .map(|id| id.0)
            .collect();
        let listed = self.store().deployments().list().await?;
        open.extend(
            listed
                .into_iter()
                .filter(|one| self.status_now(one) == DeploymentStatus::InDoubt && one.ended_at.is_none())
                .map(|deployment| deployment.id.0),
        );
        open.sort_unstable_by(|a, b| b.cmp(a));
        open.dedup();
        Ok(open)
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
