//! Stand-in.
use bk_app::views::*;
use crate::ipc::SecretInput;
pub(crate) struct App;
#[derive(Debug, thiserror::Error)]
#[error("not there yet")]
pub(crate) struct AppError;
impl AppError { pub(crate) fn view(&self) -> ErrorView { ErrorView{code:"internal".into(),sentence:"not there yet".into(),next:None,device:None,object:None,words:None} } }
pub(crate) enum AppEvent { ActivityChanged(ActivityView), DeploymentChanged{deployment:u32}, TranscriptAdded{deployment:u32, rows: Vec<TranscriptRow>}, DataChanged{topics: Vec<String>} }
impl App {
    pub(crate) async fn deployment_start(&self, plan: String, options: DeployOptions) -> Result<DeploymentDetail, AppError> { Err(AppError) }
    pub(crate) async fn deployment_choose(&self, deployment: u32, choice: String) -> Result<DeploymentDetail, AppError> { Err(AppError) }
    pub(crate) async fn deployments_list(&self) -> Result<Vec<DeploymentRow>, AppError> { Err(AppError) }
    pub(crate) async fn deployment_detail(&self, deployment: u32) -> Result<DeploymentDetail, AppError> { Err(AppError) }
    pub(crate) async fn deployment_transcript(&self, deployment: u32, device: Option<String>, from: u32) -> Result<Vec<TranscriptRow>, AppError> { Err(AppError) }
    pub(crate) async fn devices_list(&self) -> Result<Vec<DeviceRow>, AppError> { Err(AppError) }
    pub(crate) async fn devices_import_preview(&self, request: ImportRequest) -> Result<ImportReport, AppError> { Err(AppError) }
    pub(crate) async fn devices_import(&self, request: ImportRequest) -> Result<ImportReport, AppError> { Err(AppError) }
    pub(crate) async fn device_remove(&self, device: String) -> Result<(), AppError> { Err(AppError) }
    pub(crate) async fn credentials_list(&self) -> Result<Vec<CredentialRow>, AppError> { Err(AppError) }
    pub(crate) async fn device_test(&self, device: String) -> Result<ConnectionTest, AppError> { Err(AppError) }
    pub(crate) async fn host_key_trust(&self, device: String, fingerprint: String) -> Result<DeviceRow, AppError> { Err(AppError) }
    pub(crate) async fn host_key_replace(&self, device: String, fingerprint: String, typed: String) -> Result<DeviceRow, AppError> { Err(AppError) }
    pub(crate) async fn discovery_start(&self, devices: Option<Vec<String>>) -> Result<ActivityView, AppError> { Err(AppError) }
    pub(crate) async fn credential_set(&self, name: String,
    user: String,
    secret: SecretInput,
    session_only: bool,) -> Result<(), AppError> { Err(AppError) }
    pub(crate) async fn domains_list(&self) -> Result<Vec<DomainRow>, AppError> { Err(AppError) }
    pub(crate) async fn domain_detail(&self, domain: String) -> Result<DomainDetail, AppError> { Err(AppError) }
    pub(crate) async fn domain_config(&self, domain: String) -> Result<Vec<DeviceText>, AppError> { Err(AppError) }
    pub(crate) async fn fabric_map(&self) -> Result<FabricMap, AppError> { Err(AppError) }
    pub(crate) async fn search(&self, query: String) -> Result<Vec<SearchHit>, AppError> { Err(AppError) }
    pub(crate) async fn drafts_list(&self) -> Result<Vec<DraftSummary>, AppError> { Err(AppError) }
    pub(crate) async fn draft_open(&self, domain: String) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_get(&self, draft: String) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_apply(&self, draft: String, operation: DraftOperation) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_undo(&self, draft: String) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_redo(&self, draft: String) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_include(&self, draft: String, change: String, included: bool) -> Result<DraftView, AppError> { Err(AppError) }
    pub(crate) async fn draft_discard(&self, draft: String) -> Result<(), AppError> { Err(AppError) }
    pub(crate) async fn ports_of(&self, device: String, draft: Option<String>) -> Result<PortOffer, AppError> { Err(AppError) }
    pub(crate) async fn plan_make(&self, draft: String) -> Result<PlanView, AppError> { Err(AppError) }
    pub(crate) async fn plan_get(&self, plan: String) -> Result<PlanView, AppError> { Err(AppError) }
    pub(crate) async fn plan_export(&self, plan: String) -> Result<String, AppError> { Err(AppError) }
    pub(crate) async fn plan_precheck(&self, plan: String) -> Result<Vec<PrecheckRow>, AppError> { Err(AppError) }
    pub(crate) async fn rollback_plan(&self, deployment: u32) -> Result<PlanView, AppError> { Err(AppError) }
    pub(crate) async fn start_practice_lab(&self) -> Result<ActivityView, AppError> { Err(AppError) }
    pub(crate) async fn settings_get(&self) -> Result<SettingsView, AppError> { Err(AppError) }
    pub(crate) async fn settings_set(&self, input: SettingInput) -> Result<SettingsView, AppError> { Err(AppError) }
    pub(crate) async fn settings_undo(&self, change: u32) -> Result<SettingsView, AppError> { Err(AppError) }
    pub(crate) async fn snapshots_overview(&self) -> Result<SnapshotOverview, AppError> { Err(AppError) }
    pub(crate) async fn snapshot_list(&self, device: String) -> Result<Vec<SnapshotRow>, AppError> { Err(AppError) }
    pub(crate) async fn snapshot_text(&self, snapshot: u32, form: TextForm) -> Result<DeviceText, AppError> { Err(AppError) }
    pub(crate) async fn snapshot_diff(&self, a: u32, b: u32, form: TextForm) -> Result<TextDiffView, AppError> { Err(AppError) }
    pub(crate) async fn snapshots_changed(&self, a: String, b: String) -> Result<Vec<ChangedDevice>, AppError> { Err(AppError) }
    pub(crate) async fn snapshot_search(&self, query: String) -> Result<Vec<HistoryHit>, AppError> { Err(AppError) }
    pub(crate) async fn app_status(&self) -> Result<AppStatus, AppError> { Err(AppError) }
    pub(crate) async fn activities(&self) -> Result<Vec<ActivityView>, AppError> { Err(AppError) }
    pub(crate) async fn activity_cancel(&self, id: String) -> Result<(), AppError> { Err(AppError) }
}
