//! Schedules of checks. One that was removed keeps its row, because its runs stay.

use bk_engine::schedule::{Cron, TimeZone, Timing};
use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::devices::device_name;
use crate::events::{self, NewEvent};
use crate::texts::{from_json, to_json};
use crate::time::{millis, moment, small};
use crate::{Store, StoreError};

const TOPIC: &str = "schedule";

/// Number of a schedule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ScheduleId(pub u32);

/// What a schedule checks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckScope {
    /// The whole inventory, as it is when the check runs.
    All,
    /// These devices.
    Devices(Vec<DeviceName>),
    /// The devices that have one of these groups when the check runs.
    Groups(Vec<String>),
}

impl CheckScope {
    fn code(&self) -> &'static str {
        match self {
            Self::All => "all",
            Self::Devices(_) => "devices",
            Self::Groups(_) => "groups",
        }
    }

    fn members(&self) -> Vec<String> {
        match self {
            Self::All => Vec::new(),
            Self::Devices(devices) => devices.iter().map(ToString::to_string).collect(),
            Self::Groups(groups) => groups.clone(),
        }
    }

    fn read(code: &str, members: Vec<String>, object: &str) -> Result<Self, StoreError> {
        match code {
            "all" => Ok(Self::All),
            "devices" => {
                let devices: Result<_, _> = members.into_iter().map(device_name).collect();
                Ok(Self::Devices(devices?))
            }
            "groups" => Ok(Self::Groups(members)),
            other => Err(StoreError::unreadable(object)(format!("{other:?} is no scope"))),
        }
    }
}

/// What a person says of a schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScheduleSpec {
    /// Name.
    pub name: String,
    /// What is checked.
    pub scope: CheckScope,
    /// When.
    pub cron: Cron,
    /// In which zone.
    pub zone: TimeZone,
    /// Seconds by which a run may be late, so that not all begin at once.
    pub jitter: u32,
    /// Devices read at once.
    pub at_once: u16,
    /// Seconds after which a run ends; what was not read by then is not checked.
    pub limit: u32,
    /// Whether it runs by itself.
    pub enabled: bool,
}

/// A schedule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Schedule {
    /// Number.
    pub id: ScheduleId,
    /// What a person said of it.
    pub spec: ScheduleSpec,
    /// When it was added.
    pub created_at: DateTime<Utc>,
    /// When it was changed last.
    pub changed_at: DateTime<Utc>,
}

impl Schedule {
    /// Returns when it is due.
    ///
    /// # Errors
    /// [`StoreError::Unreadable`] if the jitter is out of range.
    pub fn timing(&self) -> Result<Timing, StoreError> {
        let spec = &self.spec;
        Timing::new(spec.cron.clone(), spec.zone, spec.jitter, u64::from(self.id.0))
            .map_err(StoreError::unreadable(format!("the schedule {}", spec.name)))
    }
}

struct Row {
    id: i64,
    name: String,
    scope: String,
    members: String,
    cron: String,
    zone: String,
    jitter_s: i64,
    at_once: i64,
    limit_s: i64,
    enabled: i64,
    created_at: i64,
    changed_at: i64,
}

impl TryFrom<Row> for Schedule {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let object = format!("the schedule {}", row.name);
        let members = from_json(&row.members, &object)?;
        Ok(Self {
            id: ScheduleId(small(row.id, &object)?),
            spec: ScheduleSpec {
                scope: CheckScope::read(&row.scope, members, &object)?,
                cron: Cron::parse(&row.cron).map_err(StoreError::unreadable(&object))?,
                zone: TimeZone::parse(&row.zone).map_err(StoreError::unreadable(&object))?,
                jitter: small(row.jitter_s, &object)?,
                at_once: small(row.at_once, &object)?,
                limit: small(row.limit_s, &object)?,
                enabled: row.enabled != 0,
                name: row.name,
            },
            created_at: moment(row.created_at, &object)?,
            changed_at: moment(row.changed_at, &object)?,
        })
    }
}

/// Schedules.
#[derive(Clone, Copy, Debug)]
pub struct Schedules<'a>(pub(crate) &'a Store);

impl Schedules<'_> {
    /// Returns all, by name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<Schedule>, StoreError> {
        let rows = sqlx::query_as!(
            Row,
            "SELECT id, name, scope, members, cron, zone, jitter_s, at_once, limit_s, enabled, created_at, changed_at
             FROM schedule WHERE removed_at IS NULL ORDER BY name"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the schedules"))?;
        rows.into_iter().map(Schedule::try_from).collect()
    }

    /// Adds a schedule, or changes the one of this number, and logs that.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this number; [`StoreError::Refused`] if another has the name.
    pub async fn save(
        &self,
        id: Option<ScheduleId>,
        spec: &ScheduleSpec,
        at: DateTime<Utc>,
        by: &str,
    ) -> Result<ScheduleId, StoreError> {
        let object = format!("the schedule {}", spec.name);
        let failed = || StoreError::statement("stored", object.clone());
        let known = self.list().await?;
        let before = match id {
            Some(id) => {
                let found = known.iter().find(|schedule| schedule.id == id);
                Some(found.ok_or_else(|| StoreError::not_found(format!("schedule {}", id.0)))?)
            }
            None => None,
        };
        if known
            .iter()
            .any(|other| other.spec.name == spec.name && Some(other.id) != id)
        {
            return Err(StoreError::Refused {
                object,
                reason: "there is one of this name already".to_owned(),
            });
        }
        let (scope, members) = (spec.scope.code(), to_json(&spec.scope.members(), &object)?);
        let (cron, zone, moment) = (spec.cron.to_string(), spec.zone.to_string(), millis(at));
        let mut transaction = self.0.write(&object).await?;
        let id = match id {
            Some(id) => {
                sqlx::query!(
                    "UPDATE schedule SET name = ?, scope = ?, members = ?, cron = ?, zone = ?, jitter_s = ?, at_once = ?,
                     limit_s = ?, enabled = ?, changed_at = ? WHERE id = ? AND removed_at IS NULL",
                    spec.name,
                    scope,
                    members,
                    cron,
                    zone,
                    spec.jitter,
                    spec.at_once,
                    spec.limit,
                    spec.enabled,
                    moment,
                    id.0
                )
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
                id
            }
            None => {
                let added = sqlx::query!(
                    "INSERT INTO schedule
                     (name, scope, members, cron, zone, jitter_s, at_once, limit_s, enabled, created_at, changed_at)
                     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    spec.name,
                    scope,
                    members,
                    cron,
                    zone,
                    spec.jitter,
                    spec.at_once,
                    spec.limit,
                    spec.enabled,
                    moment,
                    moment
                )
                .execute(&mut *transaction)
                .await
                .map_err(failed())?;
                ScheduleId(small(added.last_insert_rowid(), &object)?)
            }
        };
        let event = NewEvent {
            at,
            by: by.to_owned(),
            topic: TOPIC,
            subject: id.0.to_string(),
            before: before.map(|schedule| told(&schedule.spec)),
            after: Some(told(spec)),
        };
        events::insert(&mut transaction, &event, None).await?;
        transaction.commit().await.map_err(failed())?;
        Ok(id)
    }

    /// Removes a schedule, and logs that. Its runs stay.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this number.
    pub async fn remove(&self, id: ScheduleId, at: DateTime<Utc>, by: &str) -> Result<(), StoreError> {
        let object = format!("schedule {}", id.0);
        let failed = || StoreError::statement("removed", object.clone());
        let known = self.list().await?;
        let before = known.iter().find(|schedule| schedule.id == id);
        let before = before.ok_or_else(|| StoreError::not_found(object.clone()))?;
        let mut transaction = self.0.write(&object).await?;
        let moment = millis(at);
        sqlx::query!(
            "UPDATE schedule SET removed_at = ? WHERE id = ? AND removed_at IS NULL",
            moment,
            id.0
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        let event = NewEvent {
            at,
            by: by.to_owned(),
            topic: TOPIC,
            subject: id.0.to_string(),
            before: Some(told(&before.spec)),
            after: None,
        };
        events::insert(&mut transaction, &event, None).await?;
        transaction.commit().await.map_err(failed())
    }
}

/// A schedule in one line of the log.
fn told(spec: &ScheduleSpec) -> String {
    format!(
        "{}: {} {} at {:?} {}, jitter {} s, {} at once, limit {} s, {}",
        spec.name,
        spec.scope.code(),
        spec.scope.members().join(" "),
        spec.cron.to_string(),
        spec.zone,
        spec.jitter,
        spec.at_once,
        spec.limit,
        if spec.enabled { "on" } else { "off" }
    )
}
