//! The list of everything the window may call and hear, and the TypeScript made from it.

use std::path::Path;

use specta_typescript::Typescript;
use tauri::Wry;
use tauri_specta::{Builder, collect_commands, collect_events};

use super::events::{ActivityChanged, BackgroundSynced, DataChanged, DeploymentChanged, TranscriptAdded};
use crate::commands::{
    checks, deployments, devices, domains, drafts, drift, files, plans, practice, settings, snapshots,
    status, tray,
};

/// All commands and events. The window is built from this, and so are its bindings.
pub(crate) fn builder() -> Builder<Wry> {
    Builder::new()
        // One type per view: none of them reads differently from how it writes.
        .disable_serde_phases()
        .commands(collect_commands![
            status::app_status,
            status::activities,
            status::activity_cancel,
            practice::start_practice_lab,
            devices::devices_list,
            devices::devices_import_preview,
            devices::devices_import,
            devices::device_remove,
            devices::credentials_list,
            devices::credential_set,
            devices::device_test,
            devices::host_key_trust,
            devices::host_key_replace,
            devices::agent_keys,
            devices::jump_hosts_list,
            devices::jump_host_set,
            devices::jump_host_remove,
            devices::jump_host_use,
            devices::jump_key_trust,
            devices::host_keys_list,
            devices::discovery_start,
            files::pick_import_file,
            domains::domains_list,
            domains::domain_detail,
            domains::domain_config,
            domains::fabric_map,
            domains::search,
            drafts::drafts_list,
            drafts::draft_open,
            drafts::draft_get,
            drafts::draft_apply,
            drafts::draft_undo,
            drafts::draft_redo,
            drafts::draft_include,
            drafts::draft_discard,
            drafts::ports_of,
            plans::plan_make,
            plans::plan_get,
            plans::plan_export,
            plans::plan_precheck,
            plans::rollback_plan,
            plans::rollback_choices,
            plans::rollback_choice_plan,
            plans::audit,
            plans::clean_up_plan,
            plans::restore_plan,
            drift::drift_check_start,
            drift::drift_list,
            drift::drift_detail,
            drift::drift_sync,
            drift::drift_override_plan,
            drift::device_scan,
            drift::sync_target,
            drift::sync_preview,
            drift::drift_leave,
            drift::drift_decisions,
            drift::drift_policies,
            drift::drift_policy_save,
            drift::drift_policy_end,
            drift::drift_policy_try,
            checks::schedules_list,
            checks::schedule_blank,
            checks::schedule_preview,
            checks::schedule_save,
            checks::schedule_remove,
            checks::check_now,
            checks::check_runs,
            checks::drift_insight,
            deployments::deployment_start,
            deployments::deployment_choose,
            deployments::deployment_child,
            deployments::deployments_list,
            deployments::deployment_detail,
            deployments::deployment_transcript,
            snapshots::snapshots_overview,
            snapshots::snapshot_list,
            snapshots::snapshot_text,
            snapshots::snapshot_diff,
            snapshots::snapshots_changed,
            snapshots::snapshot_search,
            settings::settings_get,
            settings::settings_set,
            settings::settings_undo,
            tray::tray_status,
        ])
        .events(collect_events![
            ActivityChanged,
            BackgroundSynced,
            DataChanged,
            DeploymentChanged,
            TranscriptAdded
        ])
}

/// Writes the TypeScript through which the window reaches the core: what `ui/src/api/bindings.ts` has to hold.
///
/// # Errors
///
/// A type cannot be told to TypeScript, or `path` could not be written.
pub fn export_bindings(path: &Path) -> Result<(), specta_typescript::Error> {
    let header = "// Generated from the Rust types by `make bindings`. Do not edit.";
    builder().export(Typescript::default().header(header), path)
}
