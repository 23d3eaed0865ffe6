//! Schedules: what a person says of them, read once and for all.

use std::ops::RangeInclusive;

use bk_engine::schedule::{Cron, TimeZone, Timing};
use bk_store::{CheckScope, Schedule, ScheduleId, ScheduleSpec};

use super::show;
use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::views::{self, ScheduleInput, SchedulePreview, ScheduleView};

/// The longest name, in characters.
const MAX_NAME: usize = 64;
/// Devices or groups that one schedule may name.
const MAX_MEMBERS: usize = 2000;
/// Due moments that a preview shows.
const SHOWN: usize = 5;
/// Schedules that there may be.
const MAX_SCHEDULES: usize = 100;

const AT_ONCE: RangeInclusive<u16> = 1..=128;
const LIMIT: RangeInclusive<u32> = 5..=86_400;

impl App {
    /// Returns all schedules, by name.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn schedules_list(&self) -> Result<Vec<ScheduleView>, AppError> {
        let (schedules, now) = (self.store().schedules().list().await?, self.now());
        let mut views = Vec::with_capacity(schedules.len());
        for schedule in schedules {
            let last = self.store().checks().last_due(schedule.id).await?;
            views.push(show::schedule(&schedule, last, now)?);
        }
        Ok(views)
    }

    /// Adds a schedule, or changes the one whose number the input has.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if a value says nothing; [`AppError::NotKnown`] names a device, group or schedule that there
    /// is not; [`AppError::Store`] if another schedule has the name. Nothing is changed then.
    pub async fn schedule_save(&self, input: ScheduleInput) -> Result<ScheduleView, AppError> {
        let spec = self.spec_of(&input).await?;
        let known = self.store().schedules().list().await?;
        if input.id.is_none() && known.len() >= MAX_SCHEDULES {
            return Err(bad("schedule", format!("there are {MAX_SCHEDULES} already")));
        }
        let (at, by) = (self.now(), self.user().await?);
        let id = self
            .store()
            .schedules()
            .save(input.id.map(ScheduleId), &spec, at, &by)
            .await?;
        self.schedules_changed();
        let saved = self.schedule(id.0).await?;
        let last = self.store().checks().last_due(id).await?;
        show::schedule(&saved, last, at)
    }

    /// Removes a schedule. Its runs stay.
    ///
    /// # Errors
    /// [`AppError::Store`] if there is none of this number.
    pub async fn schedule_remove(&self, id: u32) -> Result<(), AppError> {
        let (at, by) = (self.now(), self.user().await?);
        self.store().schedules().remove(ScheduleId(id), at, &by).await?;
        self.schedules_changed();
        Ok(())
    }

    /// Returns when a schedule would be due, as its form is filled in. One that is not saved yet draws its jitter anew.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if cron, zone or jitter say nothing.
    pub async fn schedule_preview(&self, input: ScheduleInput) -> Result<SchedulePreview, AppError> {
        let zone = TimeZone::parse(&input.zone)?;
        let key = u64::from(input.id.unwrap_or_default());
        let timing = Timing::new(Cron::parse(&input.cron)?, zone, input.jitter_seconds, key)?;
        let times = timing.preview(self.now(), SHOWN);
        Ok(SchedulePreview {
            times: times.into_iter().map(|at| show::due(at, &zone)).collect(),
        })
    }

    /// Returns what a form for a new schedule starts with: every hour, in the time zone of this machine.
    #[must_use]
    pub fn schedule_blank(&self) -> ScheduleInput {
        ScheduleInput {
            id: None,
            name: String::new(),
            scope: views::CheckScope::All,
            cron: "0 * * * *".to_owned(),
            zone: crate::insight::here().to_string(),
            jitter_seconds: 60,
            at_once: 8,
            limit_seconds: 600,
            enabled: true,
        }
    }

    pub(super) async fn schedule(&self, id: u32) -> Result<Schedule, AppError> {
        let schedules = self.store().schedules().list().await?;
        let found = schedules
            .into_iter()
            .find(|schedule| schedule.id == ScheduleId(id));
        found.ok_or_else(|| AppError::not_known("schedule", id.to_string()))
    }

    fn schedules_changed(&self) {
        self.attendance().look_again();
        self.changed(&[Topic::Checks]);
    }

    async fn spec_of(&self, input: &ScheduleInput) -> Result<ScheduleSpec, AppError> {
        let name = input.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(bad(
                "name",
                format!("it has 1 to {MAX_NAME} characters and no line end"),
            ));
        }
        let spec = ScheduleSpec {
            name: name.to_owned(),
            scope: self.scope_of(&input.scope).await?,
            cron: Cron::parse(&input.cron)?,
            zone: TimeZone::parse(&input.zone)?,
            jitter: input.jitter_seconds,
            at_once: within("devices at once", input.at_once, &AT_ONCE)?,
            limit: within("time limit", input.limit_seconds, &LIMIT)?,
            enabled: input.enabled,
        };
        Timing::new(spec.cron.clone(), spec.zone, spec.jitter, 0)?;
        Ok(spec)
    }

    async fn scope_of(&self, scope: &views::CheckScope) -> Result<CheckScope, AppError> {
        let enough = |members: &[String]| match members.len() {
            0 => Err(bad("scope", "it names nothing".to_owned())),
            1..=MAX_MEMBERS => Ok(()),
            _ => Err(bad("scope", format!("it names more than {MAX_MEMBERS}"))),
        };
        match scope {
            views::CheckScope::All => Ok(CheckScope::All),
            views::CheckScope::Devices { devices } => {
                enough(devices)?;
                let devices = self.named_devices(Some(devices.clone())).await?;
                Ok(CheckScope::Devices(
                    devices.into_iter().map(|device| device.name).collect(),
                ))
            }
            views::CheckScope::Groups { groups } => {
                enough(groups)?;
                let inventory = self.store().devices().list().await?;
                let has = |group: &String| inventory.iter().any(|device| device.groups.contains(group));
                if let Some(unknown) = groups.iter().find(|group| !has(group)) {
                    return Err(AppError::not_known("group", unknown.clone()));
                }
                let mut groups = groups.clone();
                groups.sort_unstable();
                groups.dedup();
                Ok(CheckScope::Groups(groups))
            }
        }
    }
}

fn bad(field: &'static str, reason: String) -> AppError {
    AppError::BadInput { field, reason }
}

fn within<N>(field: &'static str, value: N, range: &RangeInclusive<N>) -> Result<N, AppError>
where
    N: PartialOrd + Copy + std::fmt::Display,
{
    if range.contains(&value) {
        return Ok(value);
    }
    let reason = format!("it is a number from {} to {}", range.start(), range.end());
    Err(bad(field, reason))
}
