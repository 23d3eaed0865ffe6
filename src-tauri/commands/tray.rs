//! The tray of this desktop.

use bk_app::views::TrayStatus;
use tauri::State;

use crate::ipc::Answer;
use crate::tray::Tray;

/// Tells whether a window that is closed can stay in the tray.
#[tauri::command]
#[specta::specta]
pub(crate) async fn tray_status(tray: State<'_, Tray>) -> Answer<TrayStatus> {
    Ok(tray.status())
}
