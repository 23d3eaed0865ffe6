//! Drift.

use bk_app::views::{
    ActivityView, DriftDecisionView, DriftDetail, DriftInbox, DriftPolicyTerms, DriftPolicyTrial,
    DriftPolicyView, DriftSynced, PlanView, ScanReport, SyncPreview, SyncReport, SyncTarget,
};

use crate::ipc::{Answer, Core, answer};

/// Reads devices and compares them with what is expected; records stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_check_start(core: Core<'_>, devices: Option<Vec<String>>) -> Answer<ActivityView> {
    answer(core.app()?.drift_check_start(devices).await)
}

/// Checks devices and shows them beside the records, with what can be done about each difference.
#[tauri::command]
#[specta::specta]
pub(crate) async fn device_scan(core: Core<'_>, devices: Vec<String>) -> Answer<ScanReport> {
    answer(core.app()?.scan(devices).await)
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
pub(crate) async fn drift_sync(core: Core<'_>, ids: Vec<u32>, why: Option<String>) -> Answer<DriftSynced> {
    answer(core.app()?.drift_sync(ids, why).await)
}

/// Reads the devices that hold what is meant, and takes what they hold of it as what is expected.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_target(
    core: Core<'_>,
    target: SyncTarget,
    why: Option<String>,
) -> Answer<SyncReport> {
    answer(core.app()?.sync_target(target, why).await)
}

/// Tells what a targeted discovery would read, by the records.
#[tauri::command]
#[specta::specta]
pub(crate) async fn sync_preview(core: Core<'_>, target: SyncTarget) -> Answer<SyncPreview> {
    answer(core.app()?.sync_preview(target).await)
}

/// Plans what puts back what these events expect.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_override_plan(
    core: Core<'_>,
    ids: Vec<u32>,
    why: Option<String>,
) -> Answer<PlanView> {
    answer(core.app()?.drift_override_plan(ids, why).await)
}

/// Leaves these events open: they ask for nothing until their objects change again.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_leave(core: Core<'_>, ids: Vec<u32>, why: Option<String>) -> Answer<()> {
    answer(core.app()?.drift_leave(ids, why).await)
}

/// Returns the newest decisions.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_decisions(core: Core<'_>) -> Answer<Vec<DriftDecisionView>> {
    answer(core.app()?.drift_decisions().await)
}

/// Returns all policies.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_policies(core: Core<'_>) -> Answer<Vec<DriftPolicyView>> {
    answer(core.app()?.drift_policies().await)
}

/// Keeps a policy.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_policy_save(
    core: Core<'_>,
    terms: DriftPolicyTerms,
    replaces: Option<u32>,
) -> Answer<DriftPolicyView> {
    answer(core.app()?.drift_policy_save(terms, replaces).await)
}

/// Ends a policy.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_policy_end(core: Core<'_>, id: u32) -> Answer<()> {
    answer(core.app()?.drift_policy_end(id).await)
}

/// Tells what a policy would have done.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drift_policy_try(
    core: Core<'_>,
    terms: DriftPolicyTerms,
    days: u16,
) -> Answer<DriftPolicyTrial> {
    answer(core.app()?.drift_policy_try(terms, days).await)
}
