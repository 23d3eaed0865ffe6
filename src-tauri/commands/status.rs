//! The state of the application and its work in the background.

use bk_app::views::{ActivityView, AppStatus};

use crate::ipc::{Answer, Core, answer};

/// Tells the state of the application as a whole.
#[tauri::command]
#[specta::specta]
pub(crate) async fn app_status(core: Core<'_>) -> Answer<AppStatus> {
    answer(core.app()?.app_status().await)
}

/// Lists the work in the background, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activities(core: Core<'_>) -> Answer<Vec<ActivityView>> {
    answer(core.app()?.activities().await)
}

/// Asks an activity to stop; what it has already read is kept.
#[tauri::command]
#[specta::specta]
pub(crate) async fn activity_cancel(core: Core<'_>, id: String) -> Answer<()> {
    answer(core.app()?.activity_cancel(id).await)
}
