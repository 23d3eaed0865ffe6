//! Scheduled checks, and what drift tells over time.

use bk_app::views::{
    CheckRequest, CheckRunView, CheckStarted, InsightView, ScheduleInput, SchedulePreview, ScheduleView,
};

use crate::ipc::{Answer, Core, answer};

/// Returns all schedules.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedules_list(core: Core<'_>) -> Answer<Vec<ScheduleView>> {
    answer(core.app()?.schedules_list().await)
}

/// Returns what a new schedule starts from.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule_blank(core: Core<'_>) -> Answer<ScheduleInput> {
    Ok(core.app()?.schedule_blank())
}

/// Tells when a schedule would be due.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule_preview(core: Core<'_>, input: ScheduleInput) -> Answer<SchedulePreview> {
    answer(core.app()?.schedule_preview(input).await)
}

/// Adds or changes a schedule.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule_save(core: Core<'_>, input: ScheduleInput) -> Answer<ScheduleView> {
    answer(core.app()?.schedule_save(input).await)
}

/// Removes a schedule; its runs stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn schedule_remove(core: Core<'_>, id: u32) -> Answer<()> {
    answer(core.app()?.schedule_remove(id).await)
}

/// Checks devices now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_now(core: Core<'_>, request: CheckRequest) -> Answer<CheckStarted> {
    answer(core.app()?.check_now(request).await)
}

/// Returns the newest runs of checks.
#[tauri::command]
#[specta::specta]
pub(crate) async fn check_runs(core: Core<'_>, limit: u32) -> Answer<Vec<CheckRunView>> {
    answer(core.app()?.check_runs(limit).await)
}

/// Returns what drift tells over the last days.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_insight(core: Core<'_>, days: u32) -> Answer<InsightView> {
    answer(core.app()?.drift_insight(days).await)
}
