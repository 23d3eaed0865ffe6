//! A check while it goes on: its limits, and each result as it arrives.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bk_model::DeviceName;
use bk_store::{CheckOutcome, CheckResult, CheckRunId, CheckWhy};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::errors::{AppError, check as words};
use crate::present::number;
use crate::time;
use crate::views::ErrorView;

/// The runs that this process is at.
#[derive(Clone, Default)]
pub(crate) struct RunningChecks(Arc<Mutex<BTreeSet<CheckRunId>>>);

impl RunningChecks {
    /// Tells whether this process is at a run.
    pub(super) fn hold(&self, run: CheckRunId) -> bool {
        self.runs(|runs| runs.contains(&run))
    }

    /// This process is at a run until the entry is dropped.
    pub(super) fn enter(&self, run: CheckRunId) -> Entered {
        self.runs(|runs| runs.insert(run));
        Entered {
            run,
            among: self.clone(),
        }
    }

    fn runs<T>(&self, with: impl FnOnce(&mut BTreeSet<CheckRunId>) -> T) -> T {
        with(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// A run that this process is at.
pub(super) struct Entered {
    run: CheckRunId,
    among: RunningChecks,
}

impl Drop for Entered {
    fn drop(&mut self) {
        self.among.runs(|runs| runs.remove(&self.run));
    }
}

/// A run that goes on.
pub(crate) struct RunningCheck {
    pub(super) _entered: Entered,
    pub(super) run: CheckRunId,
    pub(super) why: CheckWhy,
    /// Devices read at once.
    pub(crate) at_once: u16,
    pub(super) limit: Duration,
    pub(super) deadline: Instant,
    pub(super) over: AtomicBool,
}

impl RunningCheck {
    /// Tells whether it was due, and not asked for.
    pub(crate) fn is_scheduled(&self) -> bool {
        matches!(self.why, CheckWhy::Scheduled | CheckWhy::CaughtUp)
    }

    /// Awaits what is read next; when the time is over, what is still being read is cancelled first.
    pub(crate) async fn within<T>(&self, next: impl Future<Output = T>, cancel: &CancellationToken) -> T {
        tokio::pin!(next);
        if !self.over.load(Ordering::Relaxed) {
            if let Ok(next) = timeout_at(self.deadline, &mut next).await {
                return next;
            }
            self.over.store(true, Ordering::Relaxed);
            cancel.cancel();
        }
        next.await
    }

    /// Says why a device was not checked: whatever a reading came to after its time was over, it is that.
    pub(crate) fn told(&self, device: &DeviceName, error: ErrorView) -> ErrorView {
        if self.over.load(Ordering::Relaxed) {
            return words::time_over(device, self.limit);
        }
        error
    }

    /// Files away what a device gave.
    pub(crate) async fn note(
        &self,
        app: &App,
        device: &DeviceName,
        error: Option<&ErrorView>,
        took: Option<Duration>,
    ) -> Result<(), AppError> {
        let outcome = match error {
            Some(error) => CheckOutcome::NotChecked {
                code: error.code.clone(),
                sentence: error.sentence.clone(),
            },
            None => match number(app.store().drifts().open_on(device).await?.len()) {
                0 => CheckOutcome::InSync,
                events => CheckOutcome::Drift { events },
            },
        };
        let result = CheckResult {
            device: device.clone(),
            at: app.now(),
            outcome,
            took_ms: took.map(time::millis),
        };
        Ok(app.store().checks().note(self.run, &result).await?)
    }
}
