//! Bridge domains, the fabric map and search.

use bk_app::views::{DeviceText, DomainDetail, DomainRow, FabricMap, SearchHit};

use crate::ipc::{Answer, Core, answer};

/// Lists all bridge domains.
#[tauri::command]
#[specta::specta]
pub(crate) async fn domains_list(core: Core<'_>) -> Answer<Vec<DomainRow>> {
    answer(core.app()?.domains_list().await)
}

/// Tells everything about one bridge domain.
#[tauri::command]
#[specta::specta]
pub(crate) async fn domain_detail(core: Core<'_>, domain: String) -> Answer<DomainDetail> {
    answer(core.app()?.domain_detail(domain).await)
}

/// Gives the configuration text that concerns a bridge domain, device by device.
#[tauri::command]
#[specta::specta]
pub(crate) async fn domain_config(core: Core<'_>, domain: String) -> Answer<Vec<DeviceText>> {
    answer(core.app()?.domain_config(domain).await)
}

/// Gives devices and links of the fabric.
#[tauri::command]
#[specta::specta]
pub(crate) async fn fabric_map(core: Core<'_>) -> Answer<FabricMap> {
    answer(core.app()?.fabric_map().await)
}

/// Finds devices, bridge domains, VLANs and interfaces.
#[tauri::command]
#[specta::specta]
pub(crate) async fn search(core: Core<'_>, query: String) -> Answer<Vec<SearchHit>> {
    answer(core.app()?.search(query).await)
}
