//! Runs of checks, and what each device gave.

use bk_model::DeviceName;
use chrono::{DateTime, Duration, Utc};
use serde::{Deserialize, Serialize};

use crate::devices::{device_id, device_name};
use crate::time::{millis, moment, small};
use crate::{ScheduleId, Store, StoreError};

/// Runs older than this are dropped when a new one begins. It is longer than the longest window that is looked back on.
const KEPT: Duration = Duration::days(400);

/// Number of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CheckRunId(pub u32);

/// Why a check ran.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CheckWhy {
    /// It was due.
    Scheduled,
    /// It had been due while nobody was awake.
    CaughtUp,
    /// A person asked in the window.
    ByHand,
    /// `bk` was told to.
    Command,
}

impl CheckWhy {
    const ALL: [Self; 4] = [Self::Scheduled, Self::CaughtUp, Self::ByHand, Self::Command];

    /// Stable word.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Scheduled => "scheduled",
            Self::CaughtUp => "caught-up",
            Self::ByHand => "by-hand",
            Self::Command => "command",
        }
    }

    fn read(word: &str, object: &str) -> Result<Self, StoreError> {
        Self::ALL
            .into_iter()
            .find(|why| why.code() == word)
            .ok_or_else(|| StoreError::unreadable(object)(format!("{word:?} is no reason of a check")))
    }
}

/// A run that begins.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCheckRun {
    /// Its schedule.
    pub schedule: Option<ScheduleId>,
    /// Why it runs.
    pub why: CheckWhy,
    /// The moment of the schedule that it answers for.
    pub due_at: Option<DateTime<Utc>>,
    /// Who runs it.
    pub by: String,
    /// When it begins.
    pub started_at: DateTime<Utc>,
}

/// A run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckRun {
    /// Number.
    pub id: CheckRunId,
    /// Its schedule, with the name it has now.
    pub schedule: Option<(ScheduleId, String)>,
    /// Why it ran.
    pub why: CheckWhy,
    /// The moment that it answers for.
    pub due_at: Option<DateTime<Utc>>,
    /// Who ran it.
    pub by: String,
    /// When it began.
    pub started_at: DateTime<Utc>,
    /// When it ended; none while it runs, or if the program ended first.
    pub ended_at: Option<DateTime<Utc>>,
    /// What the devices gave, by name.
    pub results: Vec<CheckResult>,
}

/// What came of a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CheckOutcome {
    /// It was read and holds what is expected.
    InSync,
    /// It was read and differs.
    Drift {
        /// Open events.
        events: u32,
    },
    /// It was not read, or not compared. This is never "in sync".
    NotChecked {
        /// Stable word.
        code: String,
        /// Why, in a sentence.
        sentence: String,
    },
}

/// What one device gave.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckResult {
    /// The device.
    pub device: DeviceName,
    /// When.
    pub at: DateTime<Utc>,
    /// What came of it.
    pub outcome: CheckOutcome,
    /// Milliseconds that the reading took.
    pub took_ms: Option<u32>,
}

/// Checks.
#[derive(Clone, Copy, Debug)]
pub struct Checks<'a>(pub(crate) &'a Store);

struct RunRow {
    id: i64,
    schedule_id: Option<i64>,
    name: Option<String>,
    why: String,
    due_at: Option<i64>,
    by: String,
    started_at: i64,
    ended_at: Option<i64>,
}

struct ResultRow {
    run_id: i64,
    name: String,
    at: i64,
    outcome: String,
    events: i64,
    code: Option<String>,
    sentence: Option<String>,
    took_ms: Option<i64>,
}

impl TryFrom<RunRow> for CheckRun {
    type Error = StoreError;

    fn try_from(row: RunRow) -> Result<Self, StoreError> {
        let object = format!("check {}", row.id);
        let at = |at: Option<i64>| at.map(|at| moment(at, &object)).transpose();
        let schedule = match (row.schedule_id, row.name) {
            (Some(id), Some(name)) => Some((ScheduleId(small(id, &object)?), name)),
            _ => None,
        };
        Ok(Self {
            id: CheckRunId(small(row.id, &object)?),
            schedule,
            why: CheckWhy::read(&row.why, &object)?,
            due_at: at(row.due_at)?,
            by: row.by,
            started_at: moment(row.started_at, &object)?,
            ended_at: at(row.ended_at)?,
            results: Vec::new(),
        })
    }
}

impl TryFrom<ResultRow> for CheckResult {
    type Error = StoreError;

    fn try_from(row: ResultRow) -> Result<Self, StoreError> {
        let object = format!("check {} of {}", row.run_id, row.name);
        let outcome = match (row.outcome.as_str(), row.code, row.sentence) {
            ("in-sync", ..) => CheckOutcome::InSync,
            ("drift", ..) => CheckOutcome::Drift {
                events: small(row.events, &object)?,
            },
            (_, Some(code), Some(sentence)) => CheckOutcome::NotChecked { code, sentence },
            (other, ..) => {
                return Err(StoreError::unreadable(object)(format!("{other:?} is no outcome")));
            }
        };
        Ok(Self {
            at: moment(row.at, &object)?,
            took_ms: row.took_ms.map(|took| small(took, &object)).transpose()?,
            device: device_name(row.name)?,
            outcome,
        })
    }
}

impl Checks<'_> {
    /// Begins a run; none if another began it for the same due moment.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn begin(&self, new: &NewCheckRun) -> Result<Option<CheckRunId>, StoreError> {
        let object = "a check";
        let failed = || StoreError::statement("stored", object);
        let (schedule, why) = (new.schedule.map(|id| id.0), new.why.code());
        let (due_at, started_at) = (new.due_at.map(millis), millis(new.started_at));
        let oldest = millis(new.started_at - KEPT);
        let mut transaction = self.0.write(object).await?;
        sqlx::query!("DELETE FROM check_run WHERE started_at < ?", oldest)
            .execute(&mut *transaction)
            .await
            .map_err(failed())?;
        let done = sqlx::query!(
            "INSERT INTO check_run (schedule_id, why, due_at, by, started_at) VALUES (?, ?, ?, ?, ?)
             ON CONFLICT DO NOTHING",
            schedule,
            why,
            due_at,
            new.by,
            started_at
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())?;
        if done.rows_affected() == 0 {
            return Ok(None);
        }
        small(done.last_insert_rowid(), object).map(|id| Some(CheckRunId(id)))
    }

    /// Notes what a device gave. The first result stays.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn note(&self, run: CheckRunId, result: &CheckResult) -> Result<(), StoreError> {
        let object = format!("check {} of {}", run.0, result.device);
        let failed = || StoreError::statement("stored", object.clone());
        let (outcome, events, code, sentence) = match &result.outcome {
            CheckOutcome::InSync => ("in-sync", 0, None, None),
            CheckOutcome::Drift { events } => ("drift", *events, None, None),
            CheckOutcome::NotChecked { code, sentence } => ("not-checked", 0, Some(code), Some(sentence)),
        };
        let at = millis(result.at);
        let mut transaction = self.0.write(&object).await?;
        let device = device_id(&mut transaction, &result.device).await?;
        sqlx::query!(
            "INSERT INTO check_result (run_id, device_id, at, outcome, events, code, sentence, took_ms)
             VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            run.0,
            device,
            at,
            outcome,
            events,
            code,
            sentence,
            result.took_ms
        )
        .execute(&mut *transaction)
        .await
        .map_err(failed())?;
        transaction.commit().await.map_err(failed())
    }

    /// Notes that a run ended.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn end(&self, run: CheckRunId, at: DateTime<Utc>) -> Result<(), StoreError> {
        let at = millis(at);
        sqlx::query!("UPDATE check_run SET ended_at = ? WHERE id = ?", at, run.0)
            .execute(self.0.writer())
            .await
            .map_err(StoreError::statement("stored", format!("check {}", run.0)))?;
        Ok(())
    }

    /// Returns the newest runs with their results, newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn runs(&self, limit: u32) -> Result<Vec<CheckRun>, StoreError> {
        let failed = || StoreError::statement("read", "the checks");
        let rows = sqlx::query_as!(
            RunRow,
            r#"SELECT check_run.id, schedule_id, name AS "name?", why, due_at, by, started_at, ended_at
             FROM check_run LEFT JOIN schedule ON schedule.id = schedule_id ORDER BY check_run.id DESC LIMIT ?"#,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(failed())?;
        let mut runs: Vec<CheckRun> = rows
            .into_iter()
            .map(CheckRun::try_from)
            .collect::<Result<_, _>>()?;
        let Some(first) = runs.last().map(|run| run.id.0) else {
            return Ok(runs);
        };
        let rows = sqlx::query_as!(
            ResultRow,
            r#"SELECT run_id AS "run_id!", name, at, outcome, events, code, sentence, took_ms
             FROM check_result JOIN device ON device.id = device_id WHERE run_id >= ? ORDER BY run_id, name"#,
            first
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(failed())?;
        for row in rows {
            let run = row.run_id;
            let result = CheckResult::try_from(row)?;
            if let Some(run) = runs.iter_mut().find(|known| i64::from(known.id.0) == run) {
                run.results.push(result);
            }
        }
        Ok(runs)
    }

    /// Returns one run with its results.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] if there is none of this number.
    pub async fn run(&self, id: CheckRunId) -> Result<CheckRun, StoreError> {
        let object = format!("check {}", id.0);
        let row = sqlx::query_as!(
            RunRow,
            r#"SELECT check_run.id, schedule_id, name AS "name?", why, due_at, by, started_at, ended_at
             FROM check_run LEFT JOIN schedule ON schedule.id = schedule_id WHERE check_run.id = ?"#,
            id.0
        )
        .fetch_optional(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        let mut run = CheckRun::try_from(row.ok_or_else(|| StoreError::not_found(object.clone()))?)?;
        let rows = sqlx::query_as!(
            ResultRow,
            r#"SELECT run_id AS "run_id!", name, at, outcome, events, code, sentence, took_ms
             FROM check_result JOIN device ON device.id = device_id WHERE run_id = ? ORDER BY name"#,
            id.0
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object))?;
        run.results = rows
            .into_iter()
            .map(CheckResult::try_from)
            .collect::<Result<_, _>>()?;
        Ok(run)
    }

    /// Returns the newest moment of a schedule that a run answered for.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn last_due(&self, schedule: ScheduleId) -> Result<Option<DateTime<Utc>>, StoreError> {
        let object = format!("the checks of schedule {}", schedule.0);
        let newest = sqlx::query_scalar!(
            r#"SELECT max(due_at) AS "due_at: i64" FROM check_run WHERE schedule_id = ?"#,
            schedule.0
        )
        .fetch_one(self.0.readers())
        .await
        .map_err(StoreError::statement("read", object.clone()))?;
        newest.map(|at| moment(at, &object)).transpose()
    }

    /// Returns results from a moment on, the newest first, at most `limit`.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn results_since(
        &self,
        from: DateTime<Utc>,
        limit: u32,
    ) -> Result<Vec<CheckResult>, StoreError> {
        let from = millis(from);
        let rows = sqlx::query_as!(
            ResultRow,
            r#"SELECT run_id AS "run_id!", name, at, outcome, events, code, sentence, took_ms
             FROM check_result JOIN device ON device.id = device_id WHERE at >= ? ORDER BY at DESC LIMIT ?"#,
            from,
            limit
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the checks"))?;
        rows.into_iter().map(CheckResult::try_from).collect()
    }
}
