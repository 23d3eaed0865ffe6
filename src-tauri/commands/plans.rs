//! Plans: what a deployment would do.

use bk_app::views::{AuditView, PlanView, PrecheckRow, RestoreRequest, RollbackChoice, RollbackChoices};

use crate::ipc::{Answer, Core, answer};

/// Makes the plan of a draft.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_make(core: Core<'_>, draft: String) -> Answer<PlanView> {
    answer(core.app()?.plan_make(draft).await)
}

/// Gives a plan by its hash.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_get(core: Core<'_>, plan: String) -> Answer<PlanView> {
    answer(core.app()?.plan_get(plan).await)
}

/// Writes a plan as text that can be read and pasted without Bridgekeeper.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_export(core: Core<'_>, plan: String) -> Answer<String> {
    answer(core.app()?.plan_export(plan).await)
}

/// Runs the checks that can be made before a deployment, on the devices as they are now.
#[tauri::command]
#[specta::specta]
pub(crate) async fn plan_precheck(core: Core<'_>, plan: String) -> Answer<Vec<PrecheckRow>> {
    answer(core.app()?.plan_precheck(plan).await)
}

/// Computes the plan that undoes a deployment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rollback_plan(core: Core<'_>, deployment: u32) -> Answer<PlanView> {
    answer(core.app()?.rollback_plan(deployment).await)
}

/// Looks for what carries no service any more, on some devices or on all.
#[tauri::command]
#[specta::specta]
pub(crate) async fn audit(core: Core<'_>, devices: Option<Vec<String>>) -> Answer<AuditView> {
    answer(core.app()?.audit(devices).await)
}

/// Plans the removal of what an audit of these devices finds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn clean_up_plan(core: Core<'_>, devices: Option<Vec<String>>) -> Answer<PlanView> {
    answer(core.app()?.clean_up_plan(devices).await)
}

/// Plans what puts a bridge domain or a device back as it was at a moment.
#[tauri::command]
#[specta::specta]
pub(crate) async fn restore_plan(core: Core<'_>, request: RestoreRequest) -> Answer<PlanView> {
    answer(core.app()?.restore_plan(request).await)
}

/// Tells what others changed since a deployment, and what going back would do then.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rollback_choices(core: Core<'_>, deployment: u32) -> Answer<RollbackChoices> {
    answer(core.app()?.rollback_choices(deployment).await)
}

/// Makes the plan of a way back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn rollback_choice_plan(
    core: Core<'_>,
    deployment: u32,
    choice: RollbackChoice,
) -> Answer<PlanView> {
    answer(core.app()?.rollback_choice_plan(deployment, choice).await)
}
