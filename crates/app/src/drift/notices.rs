//! What background sync did: told as an event when it happens, and kept while the service is open for who looks later.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

use bk_model::DeviceName;

use crate::app::App;
use crate::events::{AppEvent, Topic};
use crate::present::counted;
use crate::time;
use crate::views::{ErrorView, SyncNotice};

/// Devices whose last notice is kept.
const KEPT: usize = 20;
/// What a person can do where the error itself has no better.
const NEXT: &str = "Read the device; when that shows drift, it is tried again.";

/// The last notice of each device, the newest first.
#[derive(Default)]
pub(crate) struct SyncNotices(Mutex<VecDeque<SyncNotice>>);

impl SyncNotices {
    fn add(&self, notice: SyncNotice) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|other| other.device != notice.device);
        all.push_front(notice);
        all.truncate(KEPT);
    }

    pub(super) fn list(&self) -> Vec<SyncNotice> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().cloned().collect()
    }
}

impl App {
    /// What the device held of so many objects became what is expected.
    pub(super) fn tell_taken(&self, device: &DeviceName, objects: u32) {
        self.tell_notice(SyncNotice {
            at: time::text(self.now()),
            device: device.to_string(),
            taken: objects,
            gave_up: false,
            sentence: format!(
                "Background sync took {} on {device}: what it holds is what is expected now.",
                counted(objects, "object")
            ),
            next: None,
        });
    }

    /// The device is not tried again before another read shows drift there.
    pub(super) fn tell_given_up(&self, device: &DeviceName, tries: u32, error: ErrorView) {
        self.tell_notice(SyncNotice {
            at: time::text(self.now()),
            device: device.to_string(),
            taken: 0,
            gave_up: true,
            sentence: format!(
                "Background sync gave up on {device} after {tries} tries: {}",
                error.sentence
            ),
            next: Some(error.next.unwrap_or_else(|| NEXT.to_owned())),
        });
    }

    fn tell_notice(&self, notice: SyncNotice) {
        self.sync_notices().add(notice.clone());
        self.emit(AppEvent::BackgroundSynced(notice));
        self.changed(&[Topic::Drift]);
    }
}
