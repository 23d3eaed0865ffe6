//! Inventory, credentials, host keys, connection tests, discovery.

use bk_app::SecretInput;
use bk_app::views::{ActivityView, ConnectionTest, CredentialRow, DeviceRow, ImportReport, ImportRequest};

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

/// Keeps a secret under a name: in the keyring, or until the window closes when `session_only`.
///
/// The one way in for a secret; there is none out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn credential_set(
    core: Core<'_>,
    name: String,
    user: String,
    secret: SecretInput,
    session_only: bool,
) -> Answer<()> {
    answer(core.app()?.credential_set(name, user, secret, session_only).await)
}
