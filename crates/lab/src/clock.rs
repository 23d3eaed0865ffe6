//! The fabric's time. Commit confirm timers run on it, so tests move it instead of waiting.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

/// How the fabric's clock starts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClockMode {
    /// The time of this machine, plus whatever it is advanced by.
    #[default]
    Real,
    /// Starts at a moment and stands still until it is set or advanced.
    Manual {
        /// The first moment.
        start: DateTime<Utc>,
    },
}

/// The one clock of a fabric.
#[derive(Debug)]
pub struct Clock {
    mode: ClockMode,
    state: Mutex<State>,
    /// Wakes whoever waits for a deadline when the clock was moved.
    moved: Notify,
}

#[derive(Debug)]
struct State {
    base: DateTime<Utc>,
    running_since: Option<Instant>,
}

impl State {
    fn first(mode: ClockMode) -> Self {
        match mode {
            ClockMode::Real => Self {
                base: Utc::now(),
                running_since: Some(Instant::now()),
            },
            ClockMode::Manual { start } => Self {
                base: start,
                running_since: None,
            },
        }
    }
}

impl Clock {
    /// A clock in the given mode.
    #[must_use]
    pub fn new(mode: ClockMode) -> Self {
        Self {
            mode,
            state: Mutex::new(State::first(mode)),
            moved: Notify::new(),
        }
    }

    /// Shows what it showed when it was made: the time of this machine, or the first moment.
    pub(crate) fn restart(&self) {
        *lock(&self.state) = State::first(self.mode);
        self.moved.notify_waiters();
    }

    /// The moment it shows.
    #[must_use]
    pub fn now(&self) -> DateTime<Utc> {
        let state = lock(&self.state);
        let run = state
            .running_since
            .map_or(Duration::ZERO, |since| since.elapsed());
        state.base + TimeDelta::from_std(run).unwrap_or(TimeDelta::MAX)
    }

    /// Moves it forward (or back, as a skewed clock may).
    pub fn advance(&self, by: TimeDelta) {
        lock(&self.state).base += by;
        self.moved.notify_waiters();
    }

    /// Sets it to a moment, from which it goes on in its mode.
    pub fn set(&self, to: DateTime<Utc>) {
        let mut state = lock(&self.state);
        state.base = to;
        state.running_since = state.running_since.map(|_| Instant::now());
        drop(state);
        self.moved.notify_waiters();
    }

    /// Completes when the clock is moved, or a deadline is added, after this call.
    pub fn moved(&self) -> tokio::sync::futures::Notified<'_> {
        self.moved.notified()
    }

    /// Waits until the clock shows `deadline` by itself; for ever if there is none, or if it stands still.
    pub async fn reached(&self, deadline: Option<DateTime<Utc>>) {
        let runs = lock(&self.state).running_since.is_some();
        match deadline.filter(|_| runs) {
            None => std::future::pending().await,
            Some(deadline) => {
                let left = (deadline - self.now()).to_std().unwrap_or(Duration::ZERO);
                tokio::time::sleep(left).await;
            }
        }
    }

    /// Wakes whoever waits, because a deadline was added.
    pub(crate) fn nudge(&self) {
        self.moved.notify_waiters();
    }
}

/// Locks a mutex whose holders never leave it half changed: after a panic the data is still whole.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
