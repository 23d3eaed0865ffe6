//! What the core tells the window without being asked.

use bk_app::AppEvent;
use bk_app::views::{ActivityView, SyncNotice, TranscriptRow};
use serde::{Deserialize, Serialize};
use specta::Type;
use tauri::AppHandle;
use tauri_specta::Event;

/// An activity began, went on or ended.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct ActivityChanged(ActivityView);

/// A deployment went on; at most ten times a second.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct DeploymentChanged {
    deployment: u32,
}

/// A deployment sent or received something.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct TranscriptAdded {
    deployment: u32,
    rows: Vec<TranscriptRow>,
}

/// Background sync took what a device holds, or gave up on it.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct BackgroundSynced(SyncNotice);

/// What the core keeps has changed: whoever shows one of these topics reads it again.
#[derive(Clone, Debug, Serialize, Deserialize, Type, Event)]
pub(crate) struct DataChanged {
    topics: Vec<String>,
}

/// Carries an event of the core to the window.
pub(crate) fn emit(window: &AppHandle, event: AppEvent) {
    let sent = match event {
        AppEvent::ActivityChanged(activity) => ActivityChanged(activity).emit(window),
        AppEvent::DeploymentChanged { deployment } => DeploymentChanged { deployment }.emit(window),
        AppEvent::TranscriptAdded { deployment, rows } => TranscriptAdded { deployment, rows }.emit(window),
        AppEvent::BackgroundSynced(notice) => BackgroundSynced(notice).emit(window),
        AppEvent::DataChanged { topics } => DataChanged { topics }.emit(window),
    };
    if let Err(error) = sent {
        tracing::warn!(%error, "an event did not reach the window");
    }
}
