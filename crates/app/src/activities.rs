//! Long work in the background: one registry, so that every piece of it can be seen and cancelled.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use tokio::sync::watch;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::events::{AppEvent, EventSink};
use crate::time;
use crate::views::{ActivityDevice, ActivityKind, ActivityState, ActivityView};

/// Activities that ended are shown until this many newer ones ended.
const KEPT: usize = 50;

/// All activities, newest last.
#[derive(Clone)]
pub(crate) struct Activities {
    inner: Arc<Inner>,
}

struct Inner {
    events: EventSink,
    all: Mutex<VecDeque<Entry>>,
    /// Changes with each activity that ends.
    ended: watch::Sender<()>,
}

struct Entry {
    view: ActivityView,
    cancel: CancellationToken,
}

/// One activity that goes on. Dropping it without [`Activity::finish`] shows it as failed.
pub(crate) struct Activity {
    all: Activities,
    id: String,
    cancel: CancellationToken,
    finished: bool,
}

impl Activities {
    pub(crate) fn new(events: EventSink) -> Self {
        Self {
            inner: Arc::new(Inner {
                events,
                all: Mutex::new(VecDeque::new()),
                ended: watch::Sender::new(()),
            }),
        }
    }

    /// Begins an activity of `total` units.
    pub(crate) fn begin(&self, kind: ActivityKind, object: &str, total: u32, at: DateTime<Utc>) -> Activity {
        let id = Uuid::new_v4().to_string();
        let cancel = CancellationToken::new();
        let view = ActivityView {
            id: id.clone(),
            kind,
            state: ActivityState::Running,
            object: object.to_owned(),
            fact: String::new(),
            done: 0,
            total,
            seconds_left: None,
            started: time::text(at),
            can_cancel: true,
            devices: Vec::new(),
        };
        {
            let mut all = self.inner.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.push_back(Entry {
                view: view.clone(),
                cancel: cancel.clone(),
            });
            while all.len() > KEPT {
                let Some(oldest) = all
                    .iter()
                    .position(|entry| entry.view.state != ActivityState::Running)
                else {
                    break;
                };
                all.remove(oldest);
            }
        }
        (self.inner.events)(AppEvent::ActivityChanged(view));
        Activity {
            all: self.clone(),
            id,
            cancel,
            finished: false,
        }
    }

    /// Returns all, newest first.
    pub(crate) fn list(&self) -> Vec<ActivityView> {
        let all = self.inner.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().rev().map(|entry| entry.view.clone()).collect()
    }

    /// Returns the one that runs and is of this kind.
    pub(crate) fn running(&self, kind: ActivityKind) -> Option<ActivityView> {
        self.list()
            .into_iter()
            .find(|view| view.kind == kind && view.state == ActivityState::Running)
    }

    /// Waits until none of this kind runs.
    pub(crate) async fn none_running(&self, kind: ActivityKind) {
        let mut ended = self.inner.ended.subscribe();
        while self.running(kind).is_some() {
            if ended.changed().await.is_err() {
                return;
            }
        }
    }

    /// Asks an activity to stop; tells whether there is one of this identity.
    pub(crate) fn cancel(&self, id: &str) -> bool {
        let all = self.inner.all.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|entry| entry.view.id == id);
        if let Some(entry) = found.filter(|entry| entry.view.can_cancel) {
            entry.cancel.cancel();
        }
        found.is_some()
    }

    /// Asks all to stop.
    pub(crate) fn cancel_all(&self) {
        let all = self.inner.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().for_each(|entry| entry.cancel.cancel());
    }

    fn change(&self, id: &str, change: impl FnOnce(&mut ActivityView)) {
        let changed = {
            let mut all = self.inner.all.lock().unwrap_or_else(PoisonError::into_inner);
            all.iter_mut().find(|entry| entry.view.id == id).map(|entry| {
                change(&mut entry.view);
                entry.view.clone()
            })
        };
        if let Some(view) = changed {
            (self.inner.events)(AppEvent::ActivityChanged(view));
        }
    }
}

impl Activity {
    /// Returns what it looks like now.
    pub(crate) fn view(&self) -> Option<ActivityView> {
        self.all.list().into_iter().find(|view| view.id == self.id)
    }

    /// Returns the token that a person's Cancel sets.
    pub(crate) fn cancelled(&self) -> CancellationToken {
        self.cancel.clone()
    }

    /// Says what it is at.
    pub(crate) fn say(&self, fact: impl Into<String>) {
        self.all.change(&self.id, |view| view.fact = fact.into());
    }

    /// Sets how many units there are.
    pub(crate) fn expect_units(&self, total: u32) {
        self.all.change(&self.id, |view| view.total = total);
    }

    /// Adds one device's result, as one unit of the work.
    pub(crate) fn device(&self, result: ActivityDevice, seconds_left: Option<u32>) {
        self.all.change(&self.id, |view| {
            view.devices.push(result);
            view.done = view.done.saturating_add(1);
            view.seconds_left = seconds_left;
            view.fact = format!("{} of {} devices", view.done, view.total);
        });
    }

    /// Ends it.
    pub(crate) fn finish(mut self, state: ActivityState, fact: impl Into<String>) {
        self.end(state, Some(fact.into()));
    }

    fn end(&mut self, state: ActivityState, fact: Option<String>) {
        self.finished = true;
        self.all.change(&self.id, |view| {
            view.state = state;
            view.can_cancel = false;
            view.seconds_left = None;
            if let Some(fact) = fact {
                view.fact = fact;
            }
        });
        self.all.inner.ended.send_replace(());
    }
}

impl Drop for Activity {
    fn drop(&mut self) {
        if !self.finished {
            self.end(ActivityState::Failed, None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn registry() -> Activities {
        Activities::new(Arc::new(|_| {}))
    }

    #[test]
    fn an_activity_that_is_lost_shows_as_failed() {
        let all = registry();
        drop(all.begin(ActivityKind::Discovery, "Discovery", 1, DateTime::UNIX_EPOCH));
        assert_eq!(all.list()[0].state, ActivityState::Failed);
        assert!(!all.list()[0].can_cancel);
    }

    #[test]
    fn cancel_reaches_the_one_that_is_named() {
        let all = registry();
        let one = all.begin(ActivityKind::Discovery, "one", 1, DateTime::UNIX_EPOCH);
        let two = all.begin(ActivityKind::Discovery, "two", 1, DateTime::UNIX_EPOCH);
        assert!(all.cancel(&one.id));
        assert!(one.cancelled().is_cancelled());
        assert!(!two.cancelled().is_cancelled());
        assert!(!all.cancel("another"));
        one.finish(ActivityState::Cancelled, "cancelled");
        two.finish(ActivityState::Done, "done");
    }

    #[test]
    fn what_ended_is_dropped_before_what_runs() {
        let all = registry();
        let kept = all.begin(ActivityKind::Deployment, "kept", 1, DateTime::UNIX_EPOCH);
        for _ in 0..KEPT + 10 {
            all.begin(ActivityKind::Discovery, "d", 1, DateTime::UNIX_EPOCH)
                .finish(ActivityState::Done, "");
        }
        assert_eq!(all.list().len(), KEPT);
        assert_eq!(kept.view().map(|view| view.object), Some("kept".to_owned()));
        kept.finish(ActivityState::Done, "");
    }
}
