//! Deployments: running, past and in doubt.

use bk_app::views::{DeployOptions, DeploymentDetail, DeploymentRow, PlanView, TranscriptRow};

use crate::ipc::{Answer, Core, answer};

/// Starts a deployment of a plan; it goes on in the background.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployment_start(
    core: Core<'_>,
    plan: String,
    options: DeployOptions,
) -> Answer<DeploymentDetail> {
    answer(core.app()?.deployment_start(plan, options).await)
}

/// Takes a choice that the deployment offers, `abort` among them; `why` is kept with what it decides about drift.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployment_choose(
    core: Core<'_>,
    deployment: u32,
    choice: String,
    why: Option<String>,
) -> Answer<DeploymentDetail> {
    answer(core.app()?.deployment_choose(deployment, choice, why).await)
}

/// Makes the plan that a choice of a deployment would run: `continue-without:DEVICE` or `skip`.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployment_child(core: Core<'_>, deployment: u32, choice: String) -> Answer<PlanView> {
    answer(core.app()?.deployment_child(deployment, choice).await)
}

/// Lists all deployments, newest first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployments_list(core: Core<'_>) -> Answer<Vec<DeploymentRow>> {
    answer(core.app()?.deployments_list().await)
}

/// Tells everything about a deployment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployment_detail(core: Core<'_>, deployment: u32) -> Answer<DeploymentDetail> {
    answer(core.app()?.deployment_detail(deployment).await)
}

/// Gives what was sent and answered, from row `from` on.
#[tauri::command]
#[specta::specta]
pub(crate) async fn deployment_transcript(
    core: Core<'_>,
    deployment: u32,
    device: Option<String>,
    from: u32,
) -> Answer<Vec<TranscriptRow>> {
    answer(core.app()?.deployment_transcript(deployment, device, from).await)
}
