//! Snapshots: read-only, without a network.

use bk_app::views::{
    ChangedDevice, DeviceText, HistoryHit, SnapshotOverview, SnapshotRow, TextDiffView, TextForm,
};

use crate::ipc::{Answer, Core, answer};

/// Lists the devices with their snapshots.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshots_overview(core: Core<'_>) -> Answer<SnapshotOverview> {
    answer(core.app()?.snapshots_overview().await)
}

/// Lists the reads of a device, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshot_list(core: Core<'_>, device: String) -> Answer<Vec<SnapshotRow>> {
    answer(core.app()?.snapshot_list(device).await)
}

/// Gives the text of a read.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshot_text(core: Core<'_>, snapshot: u32, form: TextForm) -> Answer<DeviceText> {
    answer(core.app()?.snapshot_text(snapshot, form).await)
}

/// Compares two reads.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshot_diff(core: Core<'_>, a: u32, b: u32, form: TextForm) -> Answer<TextDiffView> {
    answer(core.app()?.snapshot_diff(a, b, form).await)
}

/// Lists the devices whose text differs between two moments.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshots_changed(core: Core<'_>, a: String, b: String) -> Answer<Vec<ChangedDevice>> {
    answer(core.app()?.snapshots_changed(a, b).await)
}

/// Finds lines in all history.
#[tauri::command]
#[specta::specta]
pub(crate) async fn snapshot_search(core: Core<'_>, query: String) -> Answer<Vec<HistoryHit>> {
    answer(core.app()?.snapshot_search(query).await)
}
