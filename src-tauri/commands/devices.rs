//! Inventory, credentials, host keys, connection tests, discovery.

use bk_app::SecretInput;
use bk_app::views::{
    ActivityView, AgentKeyRow, ConnectionTest, CredentialRequest, CredentialRow, DeviceRow, ImportReport,
    ImportRequest, JumpHostRequest, JumpHostRow, KnownKeyRow,
};

use crate::ipc::{Answer, Core, answer};

/// Lists the devices of the inventory.
#[tauri::command]
#[specta::specta]
pub(crate) async fn devices_list(core: Core<'_>) -> Answer<Vec<DeviceRow>> {
    answer(core.app()?.devices_list().await)
}

/// Tells what an import would do, line by line, without doing it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn devices_import_preview(core: Core<'_>, request: ImportRequest) -> Answer<ImportReport> {
    answer(core.app()?.devices_import_preview(request).await)
}

/// Imports devices.
#[tauri::command]
#[specta::specta]
pub(crate) async fn devices_import(core: Core<'_>, request: ImportRequest) -> Answer<ImportReport> {
    answer(core.app()?.devices_import(request).await)
}

/// Takes a device out of the inventory; its snapshots and history stay.
#[tauri::command]
#[specta::specta]
pub(crate) async fn device_remove(core: Core<'_>, device: String) -> Answer<()> {
    answer(core.app()?.device_remove(device).await)
}

/// Lists credentials by name. Secrets never leave the core.
#[tauri::command]
#[specta::specta]
pub(crate) async fn credentials_list(core: Core<'_>) -> Answer<Vec<CredentialRow>> {
    answer(core.app()?.credentials_list().await)
}

/// Tests the connection to a device step by step.
#[tauri::command]
#[specta::specta]
pub(crate) async fn device_test(core: Core<'_>, device: String) -> Answer<ConnectionTest> {
    answer(core.app()?.device_test(device).await)
}

/// Trusts the host key that a device offered first.
#[tauri::command]
#[specta::specta]
pub(crate) async fn host_key_trust(core: Core<'_>, device: String, fingerprint: String) -> Answer<DeviceRow> {
    answer(core.app()?.host_key_trust(device, fingerprint).await)
}

/// Replaces a trusted host key; `typed` holds the last four characters of the new fingerprint.
#[tauri::command]
#[specta::specta]
pub(crate) async fn host_key_replace(
    core: Core<'_>,
    device: String,
    fingerprint: String,
    typed: String,
) -> Answer<DeviceRow> {
    answer(core.app()?.host_key_replace(device, fingerprint, typed).await)
}

/// Reads the named devices, or all of them, in the background.
#[tauri::command]
#[specta::specta]
pub(crate) async fn discovery_start(core: Core<'_>, devices: Option<Vec<String>>) -> Answer<ActivityView> {
    answer(core.app()?.discovery_start(devices).await)
}

/// Sets credentials; their secret is kept in the keyring, or until the window closes when `session_only`.
///
/// The one way in for a secret; there is none out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn credential_set(
    core: Core<'_>,
    request: CredentialRequest,
    secret: Option<SecretInput>,
) -> Answer<()> {
    answer(core.app()?.credential_set(request, secret).await)
}

/// Lists the keys that the SSH agent holds.
#[tauri::command]
#[specta::specta]
pub(crate) async fn agent_keys(core: Core<'_>) -> Answer<Vec<AgentKeyRow>> {
    answer(core.app()?.agent_keys().await)
}

/// Lists the hosts through which devices are reached.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump_hosts_list(core: Core<'_>) -> Answer<Vec<JumpHostRow>> {
    answer(core.app()?.jump_hosts_list().await)
}

/// Sets a jump host.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump_host_set(core: Core<'_>, request: JumpHostRequest) -> Answer<JumpHostRow> {
    answer(core.app()?.jump_host_set(request).await)
}

/// Removes a jump host that nothing is reached through.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump_host_remove(core: Core<'_>, jump: String) -> Answer<()> {
    answer(core.app()?.jump_host_remove(jump).await)
}

/// Reaches devices and groups through a jump host from now on, or directly without one.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump_host_use(
    core: Core<'_>,
    jump: Option<String>,
    devices: Vec<String>,
    groups: Vec<String>,
) -> Answer<()> {
    answer(core.app()?.jump_host_use(jump, devices, groups).await)
}

/// Trusts the key that a jump host showed; `typed` as in [`host_key_replace`] where another one is trusted.
#[tauri::command]
#[specta::specta]
pub(crate) async fn jump_key_trust(
    core: Core<'_>,
    jump: String,
    fingerprint: String,
    typed: Option<String>,
) -> Answer<JumpHostRow> {
    answer(core.app()?.jump_key_trust(jump, fingerprint, typed).await)
}

/// Lists trusted host keys with their history.
#[tauri::command]
#[specta::specta]
pub(crate) async fn host_keys_list(core: Core<'_>) -> Answer<Vec<KnownKeyRow>> {
    answer(core.app()?.host_keys_list().await)
}
