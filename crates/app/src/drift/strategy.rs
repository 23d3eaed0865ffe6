//! What open drift means for a deployment on the same device, and background sync.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bk_engine::plan::{Plan, PlanKind};
use bk_model::DeviceName;
use bk_store::{Decided, Drift};
use chrono::{DateTime, Utc};
use tokio::time::MissedTickBehavior;

use super::decided;
use super::decisions::Verdict;
use crate::app::App;
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::views::{DriftStrategy, ErrorView, Finding, Severity};

/// How often it is looked whether a device is due.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// What a device is given before it is synced: others of its drift may follow.
const SETTLES: Duration = Duration::from_secs(3);
/// Time between two devices at least.
const BETWEEN: Duration = Duration::from_secs(2);
/// Time before the second try; each further one waits twice as long.
const FIRST_BACK_OFF: Duration = Duration::from_secs(30);
/// Tries until the next read shows drift again.
const TRIES: u32 = 5;
/// Devices that wait at most; more than any fabric has.
const WAITING: usize = 4_096;

/// Devices that wait to be synced in the background.
#[derive(Default)]
pub(crate) struct SyncQueue(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    devices: BTreeMap<DeviceName, Turn>,
    /// When the next device may have its turn, since boot.
    free_at: Duration,
}

/// When a device has its turn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Turn {
    /// Since boot.
    at: Duration,
    failed: u32,
}

/// What came of a turn.
enum Tried {
    /// There was nothing to take.
    Nothing,
    /// So many objects were taken.
    Took(u32),
    /// The device could not be read.
    Failed(ErrorView),
}

impl SyncQueue {
    /// A read showed drift on a device.
    pub(super) fn add(&self, device: &DeviceName, now: Duration) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.devices.len() < WAITING {
            let turn = Turn {
                at: now + SETTLES,
                failed: 0,
            };
            waiting.devices.entry(device.clone()).or_insert(turn);
        }
    }

    /// Takes the device whose turn it is.
    fn next(&self, now: Duration) -> Option<(DeviceName, Turn)> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if now < waiting.free_at {
            return None;
        }
        let due = (waiting.devices.iter()).filter(|(_, turn)| turn.at <= now);
        let (device, turn) = due
            .min_by_key(|(_, turn)| turn.at)
            .map(|(device, turn)| (device.clone(), *turn))?;
        waiting.devices.remove(&device);
        waiting.free_at = now + BETWEEN;
        Some((device, turn))
    }

    /// A device could not be synced: it waits twice as long as before, and after the last try no more. False if that was
    /// the last.
    fn failed(&self, device: DeviceName, turn: Turn, now: Duration) -> bool {
        let failed = turn.failed + 1;
        let again = failed < TRIES;
        if again {
            let at = now + FIRST_BACK_OFF * 2_u32.pow(turn.failed);
            self.put(device, Turn { at, failed });
        }
        again
    }

    /// A device is busy: it has its turn later, which counts as no try.
    fn later(&self, device: DeviceName, turn: Turn, now: Duration) {
        let at = now + SETTLES;
        self.put(device, Turn { at, ..turn });
    }

    fn put(&self, device: DeviceName, turn: Turn) {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.devices.insert(device, turn);
    }
}

impl App {
    /// Syncs devices in the background as long as the service is open, where the lab's strategy says so: one after the
    /// other, never one on which a deployment runs, again with growing pauses where it can't be read.
    pub fn keep_in_sync(&self) {
        let app = self.clone();
        self.in_background(async move {
            let mut looks = tokio::time::interval(LOOK_EVERY);
            looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                looks.tick().await;
                let now = app.clock().since_boot();
                if let Some((device, turn)) = app.sync_queue().next(now) {
                    app.sync_in_background(device, turn, now).await;
                }
            }
        });
    }

    async fn sync_in_background(&self, device: DeviceName, turn: Turn, now: Duration) {
        let error = match self.try_to_sync(&device).await {
            Ok(Tried::Nothing) => return,
            Ok(Tried::Took(objects)) => return self.tell_taken(&device, objects),
            Err(AppError::Busy { .. } | AppError::Lock(_)) => {
                return self.sync_queue().later(device, turn, now);
            }
            Ok(Tried::Failed(error)) => error,
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    %device,
                    "the device was not synced in the background"
                );
                error.view()
            }
        };
        if !self.sync_queue().failed(device.clone(), turn, now) {
            self.tell_given_up(&device, TRIES, error);
        }
    }

    /// Syncs what differs on a device and was not left open by somebody.
    async fn try_to_sync(&self, device: &DeviceName) -> Result<Tried, AppError> {
        if self.current_settings().await?.drift_strategy != DriftStrategy::Sync {
            return Ok(Tried::Nothing);
        }
        // Held while it is read, so that no other process begins a deployment on it. This process shares the lock.
        let _lock = self.lock_deployments()?;
        let since = self.now();
        self.refuse_at_work(device, since).await?;
        let open = self.store().drifts().open_on(device).await?;
        let left = self.left_open(&open).await?;
        let asking: Vec<Drift> = open
            .into_iter()
            .filter(|event| !left.contains_key(&event.id))
            .collect();
        if asking.is_empty() {
            return Ok(Tried::Nothing);
        }
        let verdict = Verdict::of_person(Decided::Sync, "background sync");
        let synced = self.sync_events(asking, "Background sync", verdict).await?;
        if !synced.failed.is_empty() {
            // One that began meanwhile is why nothing was taken; that is no failure of the device.
            self.refuse_at_work(device, since).await?;
        }
        let failed = synced.failed.into_iter().next();
        Ok(match (failed, synced.added + synced.updated) {
            (Some(failed), _) => Tried::Failed(failed.error),
            (None, 0) => Tried::Nothing,
            (None, objects) => Tried::Took(objects),
        })
    }

    async fn refuse_at_work(&self, device: &DeviceName, since: DateTime<Utc>) -> Result<(), AppError> {
        match self.at_work_since(since).await?.contains_key(device) {
            true => Err(AppError::Busy { what: "A deployment" }),
            false => Ok(()),
        }
    }

    /// Refuses a plan under *stop and sync* while something is open on its devices. An undo is never held up: it says itself
    /// when others stand against it.
    pub(crate) async fn refuse_on_drift(&self, plan: &Plan) -> Result<(), AppError> {
        let is_undo = matches!(plan.kind, PlanKind::Undo { .. });
        if is_undo || self.current_settings().await?.drift_strategy != DriftStrategy::Stop {
            return Ok(());
        }
        let beside = self.drift_beside(plan).await?;
        match beside.first() {
            None => Ok(()),
            Some(first) => Err(AppError::DriftFirst {
                device: first.device.clone(),
                events: number(beside.len()),
            }),
        }
    }

    /// What a plan should be read with: open drift on its devices that it does not decide, a finding for each device.
    pub(crate) async fn findings_on_drift(&self, plan: &Plan) -> Result<Vec<Finding>, AppError> {
        let mut by_device: BTreeMap<DeviceName, Vec<Drift>> = BTreeMap::new();
        for event in self.drift_beside(plan).await? {
            by_device.entry(event.device.clone()).or_default().push(event);
        }
        let stops = self.current_settings().await?.drift_strategy == DriftStrategy::Stop;
        let finding = |(device, events): (DeviceName, Vec<Drift>)| Finding {
            code: "open-drift".to_owned(),
            severity: if stops { Severity::Error } else { Severity::Warning },
            sentence: format!(
                "{} on {device} that this plan does not decide: {}.",
                counted(number(events.len()), "open drift event"),
                events
                    .iter()
                    .map(|event| event.difference.object.to_string())
                    .collect::<Vec<_>>()
                    .join(", ")
            ),
            device: Some(device.to_string()),
            object: None,
            change: None,
        };
        Ok(by_device.into_iter().map(finding).collect())
    }

    /// Open events on the devices of a plan that it does not decide and that nobody left open.
    async fn drift_beside(&self, plan: &Plan) -> Result<Vec<Drift>, AppError> {
        let mut open = self.store().drifts().open().await?;
        let left = self.left_open(&open).await?;
        open.retain(|event| {
            plan.devices.iter().any(|step| step.device == event.device)
                && !left.contains_key(&event.id)
                && !decided(plan, &event.device).contains(&event.difference.object)
        });
        Ok(open)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(name: &str) -> DeviceName {
        DeviceName::new(name).unwrap()
    }

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn devices_have_their_turn_one_after_the_other() {
        let queue = SyncQueue::default();
        queue.add(&device("LEAF-A01"), seconds(10));
        queue.add(&device("LEAF-A02"), seconds(11));
        assert_eq!(queue.next(seconds(12)), None, "its drift may not be whole yet");
        let (first, _) = queue.next(seconds(14)).unwrap();
        assert_eq!(first, device("LEAF-A01"));
        assert_eq!(queue.next(seconds(15)), None, "too soon after the first");
        assert_eq!(queue.next(seconds(16)).unwrap().0, device("LEAF-A02"));
        assert_eq!(queue.next(seconds(99)), None);
    }

    #[test]
    fn one_that_fails_waits_longer_each_time_and_then_no_more() {
        let queue = SyncQueue::default();
        let name = device("LEAF-A01");
        queue.add(&name, seconds(0));
        let mut now = 3;
        for pause in [30, 60, 120, 240] {
            let (found, turn) = queue.next(seconds(now)).unwrap();
            assert!(queue.failed(found, turn, seconds(now)));
            assert_eq!(queue.next(seconds(now + pause - 1)), None, "{pause}");
            now += pause;
        }
        let (found, turn) = queue.next(seconds(now)).unwrap();
        assert!(!queue.failed(found, turn, seconds(now)));
        assert_eq!(queue.next(seconds(now + 10_000)), None);
    }

    #[test]
    fn one_that_is_busy_loses_no_try() {
        let queue = SyncQueue::default();
        queue.add(&device("LEAF-A01"), seconds(0));
        let (found, turn) = queue.next(seconds(3)).unwrap();
        queue.later(found, turn, seconds(3));
        assert_eq!(queue.next(seconds(6)).unwrap().1.failed, 0);
    }
}
