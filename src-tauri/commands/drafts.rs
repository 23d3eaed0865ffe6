//! Drafts: a person's edit on top of a base.

use bk_app::views::{DraftOperation, DraftSummary, DraftView, PortOffer};

use crate::ipc::{Answer, Core, answer};

/// Lists the open drafts.
#[tauri::command]
#[specta::specta]
pub(crate) async fn drafts_list(core: Core<'_>) -> Answer<Vec<DraftSummary>> {
    answer(core.app()?.drafts_list().await)
}

/// Opens a draft of a bridge domain, or goes on with the one that is open.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_open(core: Core<'_>, domain: String) -> Answer<DraftView> {
    answer(core.app()?.draft_open(domain).await)
}

/// Gives a draft with everything computed from it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_get(core: Core<'_>, draft: String) -> Answer<DraftView> {
    answer(core.app()?.draft_get(draft).await)
}

/// Applies an edit and saves it.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_apply(
    core: Core<'_>,
    draft: String,
    operation: DraftOperation,
) -> Answer<DraftView> {
    answer(core.app()?.draft_apply(draft, operation).await)
}

/// Takes the last edit back.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_undo(core: Core<'_>, draft: String) -> Answer<DraftView> {
    answer(core.app()?.draft_undo(draft).await)
}

/// Brings the edit back that was taken back last.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_redo(core: Core<'_>, draft: String) -> Answer<DraftView> {
    answer(core.app()?.draft_redo(draft).await)
}

/// Puts a change into the plan or leaves it out.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_include(
    core: Core<'_>,
    draft: String,
    change: String,
    included: bool,
) -> Answer<DraftView> {
    answer(core.app()?.draft_include(draft, change, included).await)
}

/// Throws a draft away.
#[tauri::command]
#[specta::specta]
pub(crate) async fn draft_discard(core: Core<'_>, draft: String) -> Answer<()> {
    answer(core.app()?.draft_discard(draft).await)
}

/// Lists the ports of a device, grouped by whether they can be chosen.
#[tauri::command]
#[specta::specta]
pub(crate) async fn ports_of(core: Core<'_>, device: String, draft: Option<String>) -> Answer<PortOffer> {
    answer(core.app()?.ports_of(device, draft).await)
}
