//! What becomes of the program when its window is closed, and when it is told to quit.

use bk_app::views::DeploymentStatus;
use tauri::{AppHandle, CloseRequestApi, Manager, Window, Wry};
use tauri_plugin_dialog::{DialogExt, MessageDialogButtons, MessageDialogKind};
use tokio::sync::oneshot;

use crate::ipc::OpenedCore;
use crate::tray::{self, Tray};

/// What closing the window leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Leaving {
    /// The program goes on without a window, and whatever it does goes on with it.
    Hide,
    /// A person is asked whether the program should end.
    Ask,
    /// The program ends.
    End,
}

/// Hides only what can be got back: a person wants it, and the icon stands in the tray.
fn leaving(keep_in_tray: bool, icon_is_there: bool, deployment_runs: bool) -> Leaving {
    match (keep_in_tray && icon_is_there, deployment_runs) {
        (true, _) => Leaving::Hide,
        (false, true) => Leaving::Ask,
        (false, false) => Leaving::End,
    }
}

/// Holds the request to close until it is known what it leads to.
///
/// The devices are safe either way: each goes back by itself when its confirm timer ends.
pub(crate) fn requested(window: &Window<Wry>, request: &CloseRequestApi) {
    request.prevent_close();
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        let running = running_deployments(window.app_handle()).await;
        let keep = keeps_running(window.app_handle()).await;
        let tray = window.state::<Tray>();
        let icon = tray.hold().await;
        match leaving(keep, icon.is_there(), !running.is_empty()) {
            Leaving::Hide => {
                if let Err(error) = window.hide() {
                    tracing::error!(%error, "the window could not be hidden");
                }
            }
            Leaving::Ask => {
                drop(icon);
                if person_insists(&window, &running).await {
                    end(&window);
                }
            }
            Leaving::End => end(&window),
        }
    });
}

/// Ends the program, wherever its window is; asks first while a deployment runs.
pub(crate) async fn quit(shell: AppHandle) {
    let Some(window) = shell.get_webview_window(tray::WINDOW) else {
        return shell.exit(0);
    };
    let window = window.as_ref().window();
    let running = running_deployments(&shell).await;
    if !running.is_empty() {
        // Who is asked sees what it is about.
        tray::bring_back(&shell);
    }
    if running.is_empty() || person_insists(&window, &running).await {
        end(&window);
    }
}

/// Without its window the program ends.
fn end(window: &Window<Wry>) {
    if let Err(error) = window.destroy() {
        tracing::error!(%error, "the window could not be closed");
    }
}

/// Whether a person wants the program to stay; not where that can't be told.
async fn keeps_running(shell: &AppHandle) -> bool {
    match shell.state::<OpenedCore>().app() {
        Ok(app) => tray::keeps_running(app).await,
        Err(_) => false,
    }
}

/// The numbers of the deployments that run in this process; none when that can't be told.
async fn running_deployments(shell: &AppHandle) -> Vec<u32> {
    let core = shell.state::<OpenedCore>();
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
        "Deployment {numbers} is running. If you close now, nothing more is sent: devices that wait for a confirmation \
         go back by themselves when their timer ends, those that are confirmed stay new, and typed lines may stand in \
         candidates. The next start shows what became of each and brings it to one end."
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_is_hidden_only_where_a_person_wants_it_and_can_get_it_back() {
        let cases = [
            // Wanted, icon, deployment.
            (true, true, false, Leaving::Hide),
            (true, true, true, Leaving::Hide),
            (true, false, false, Leaving::End),
            (true, false, true, Leaving::Ask),
            (false, true, false, Leaving::End),
            (false, true, true, Leaving::Ask),
            (false, false, false, Leaving::End),
            (false, false, true, Leaving::Ask),
        ];
        for (wanted, icon, deployment, expected) in cases {
            let found = leaving(wanted, icon, deployment);
            assert_eq!(
                found, expected,
                "wanted {wanted}, icon {icon}, deployment {deployment}"
            );
        }
    }
}
