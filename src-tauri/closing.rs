//! Closing the window while a deployment runs asks first.

use bk_app::views::DeploymentStatus;
use tauri::{CloseRequestApi, Manager, Window, Wry};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;

use crate::ipc::OpenedCore;

/// Holds the request to close until it is known whether a deployment runs, and then asks or closes.
///
/// The devices are safe either way: each goes back by itself when its confirm timer ends.
pub(crate) fn requested(window: &Window<Wry>, request: &CloseRequestApi) {
    request.prevent_close();
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let running = running_deployments(&window).await;
        if (running.is_empty() || person_insists(&window, &running).await)
            && let Err(error) = window.destroy()
        {
            tracing::error!(%error, "the window could not be closed");
        }
    });
}

/// The numbers of the deployments that run in this process; none when that can't be told.
async fn running_deployments(window: &Window<Wry>) -> Vec<u32> {
    let core = window.state::<OpenedCore>();
    let Ok(app) = core.app() else { return Vec::new() };
    match app.deployments_list().await {
        Ok(rows) => rows
            .iter()
            .filter(|row| row.status == DeploymentStatus::Running)
            .map(|row| row.id)
            .collect(),
        Err(error) => {
            tracing::warn!(%error, "closing without knowing whether a deployment runs");
            Vec::new()
        }
    }
}

async fn person_insists(window: &Window<Wry>, running: &[u32]) -> bool {
    let numbers = running.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
    let text = format!(
        "Deployment {numbers} is running. If you close now, nothing more is confirmed: devices that wait for a \
         confirmation go back by themselves when their timer ends. The next start shows what became of each."
    );
    let (answer, answered) = oneshot::channel();
    window
        .dialog()
        .message(text)
        .title("A deployment is running")
        .kind(MessageDialogKind::Warning)
        .buttons(MessageDialogButtons::OkCancelCustom(
            "Close anyway".to_owned(),
            "Keep it open".to_owned(),
        ))
        .parent(window)
        // Nobody waits for the answer when the window has gone meanwhile.
        .show(move |insists| {
            let _ = answer.send(insists);
        });
    answered.await.unwrap_or(false)
}
