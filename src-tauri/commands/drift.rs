//! Drift.

use bk_app::views::{ActivityView, DriftDetail, DriftInbox, DriftSynced, PlanView};

use crate::ipc::{Answer, Core, answer};

/// Reads devices and compares them with what is expected; records stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_check_start(core: Core<'_>, devices: Option<Vec<String>>) -> Answer<ActivityView> {
    answer(core.app()?.drift_check_start(devices).await)
}

/// Returns what differs, and what differed lately.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_list(core: Core<'_>) -> Answer<DriftInbox> {
    answer(core.app()?.drift_list().await)
}

/// Returns one event with its evidence and its choices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_detail(core: Core<'_>, id: u32) -> Answer<DriftDetail> {
    answer(core.app()?.drift_detail(id).await)
}

/// Reads the devices of these events again and takes what they hold as what is expected.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_sync(core: Core<'_>, ids: Vec<u32>) -> Answer<DriftSynced> {
    answer(core.app()?.drift_sync(ids).await)
}

/// Plans what puts back what these events expect.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_override_plan(core: Core<'_>, ids: Vec<u32>) -> Answer<PlanView> {
    answer(core.app()?.drift_override_plan(ids).await)
}
