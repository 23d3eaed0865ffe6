//! The practice lab.

use bk_app::views::ActivityView;

use crate::ipc::{Answer, Core, answer};

/// Starts the simulated fabric on this machine, takes its devices in and begins to discover them.
#[tauri::command]
#[specta::specta]
pub(crate) async fn start_practice_lab(core: Core<'_>) -> Answer<ActivityView> {
    answer(core.app()?.start_practice_lab().await)
}
