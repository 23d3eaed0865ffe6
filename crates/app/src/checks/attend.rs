//! Runs schedules when they are due.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bk_engine::schedule::Due;
use bk_store::{CheckWhy, Schedule};
use chrono::{DateTime, Utc};
use tokio::sync::Notify;
use tokio::time::MissedTickBehavior;

use crate::app::App;
use crate::errors::AppError;
use crate::views::CheckRunView;

/// How often the clock is looked at. A timer alone would not see a machine that slept, or a clock that was set.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// When it is tried again after the data folder could not be used.
const TRY_AGAIN: chrono::Duration = chrono::Duration::minutes(1);

/// Who looks after schedules in this process.
#[derive(Default)]
pub(crate) struct Attendance {
    attended: AtomicBool,
    moved: Notify,
}

impl Attendance {
    /// Schedules, or runs of them, changed.
    pub(crate) fn look_again(&self) {
        self.moved.notify_one();
    }
}

impl App {
    /// Runs schedules whenever they are due, in the background, until the service is closed. Only the first call counts.
    pub fn run_schedules(&self) {
        if !self.attendance().attended.swap(true, Ordering::Relaxed) {
            self.in_background(self.clone().attend());
        }
    }

    /// Runs what is due now, each once, and waits for it.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be used.
    pub async fn checks_due(&self) -> Result<Vec<CheckRunView>, AppError> {
        let mut ran = Vec::new();
        for (schedule, due) in self.due_now().await? {
            let why = if due.late {
                CheckWhy::CaughtUp
            } else {
                CheckWhy::Scheduled
            };
            let wanted = self.wanted_of(schedule, why, Some(due.at)).await?;
            if let Some(run) = self.check_through(wanted).await? {
                ran.push(self.check_run(run.0).await?);
            }
        }
        Ok(ran)
    }

    async fn attend(self) {
        let mut looks = tokio::time::interval(LOOK_EVERY);
        looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let next = match self.run_due().await {
                Ok(next) => next,
                Err(error) => {
                    tracing::error!(
                        error = &error as &dyn std::error::Error,
                        "schedules could not be run"
                    );
                    Some(self.now() + TRY_AGAIN)
                }
            };
            let looked = self.now();
            loop {
                tokio::select! {
                    () = self.attendance().moved.notified() => break,
                    _ = looks.tick() => {
                        let now = self.now();
                        // A clock that was set back makes another moment the next one.
                        if next.is_some_and(|next| next <= now) || now < looked {
                            break;
                        }
                    }
                }
            }
        }
    }

    /// Runs what is due and returns when something is due next.
    async fn run_due(&self) -> Result<Option<DateTime<Utc>>, AppError> {
        self.checks_due().await?;
        let now = self.now();
        let mut next = None;
        for schedule in self.enabled().await? {
            let due = schedule
                .timing()?
                .next_due(self.answered_for(&schedule, now).await?);
            next = [next, due].into_iter().flatten().min();
        }
        Ok(next)
    }

    async fn due_now(&self) -> Result<Vec<(Schedule, Due)>, AppError> {
        let now = self.now();
        let mut found = Vec::new();
        for schedule in self.enabled().await? {
            let last = self.answered_for(&schedule, now).await?;
            if let Some(due) = schedule.timing()?.due(last, now) {
                found.push((schedule, due));
            }
        }
        Ok(found)
    }

    async fn enabled(&self) -> Result<Vec<Schedule>, AppError> {
        let mut schedules = self.store().schedules().list().await?;
        schedules.retain(|schedule| schedule.spec.enabled);
        Ok(schedules)
    }

    /// Up to which moment nothing of a schedule is due any more. What was due before it was changed is not missed; a run
    /// that a wrong clock filed in the future holds nothing up, and is not run again.
    async fn answered_for(&self, schedule: &Schedule, now: DateTime<Utc>) -> Result<DateTime<Utc>, AppError> {
        let last = self.store().checks().last_due(schedule.id).await?;
        Ok(last
            .map_or(schedule.changed_at, |last| last.max(schedule.changed_at))
            .min(now))
    }
}
