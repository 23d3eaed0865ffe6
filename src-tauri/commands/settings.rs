//! Settings and their changes.

use bk_app::views::{SettingInput, SettingsView};

use crate::ipc::{Answer, Core, answer};

/// Gives all settings.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_get(core: Core<'_>) -> Answer<SettingsView> {
    answer(core.app()?.settings_get().await)
}

/// Changes a setting.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_set(core: Core<'_>, input: SettingInput) -> Answer<SettingsView> {
    answer(core.app()?.settings_set(input).await)
}

/// Takes a change of a setting back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn settings_undo(core: Core<'_>, change: u32) -> Answer<SettingsView> {
    answer(core.app()?.settings_undo(change).await)
}
