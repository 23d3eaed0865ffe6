//! Secrets that are given to the service, or that stand in a device's configuration, are found in none of its traces:
//! files, logs, errors, answers, events, exports. A trace that is planted in each place is found, so the search can fail.

use std::fmt::Debug;
use std::io::Write;
use std::path::Path;
use std::sync::{Arc, Mutex};

use bk_app::views::{
    CheckRequest, CredentialRequest, DeployOptions, DeploymentDetail, DeploymentStatus, DraftOperation,
    DriftPolicyAction, DriftPolicyTerms, DriftSeverity, ImportRequest, JumpHostRequest, Policy,
    RestoreRequest, RollbackChoice, ScheduleInput, SettingInput, SyncTarget, TextForm,
};
use bk_app::{App, AppError, SecretInput};
use bk_lab::generate::practice;
use bk_lab::jump::{JumpOptions, JumpServer};
use bk_lab::serve::ServeOptions;
use tracing_subscriber::fmt::MakeWriter;

use crate::sign_in::{by_key, make_key};
use crate::support::{Bench, Told};

const PASSWORD: &str = "canary-7f3e-password";
const WRONG: &str = "canary-8a41-wrong-password";
const JUMP: &str = "canary-19c2-jump-password";
const PASSPHRASE: &str = "canary 91ab passphrase";
/// Secrets in the configuration of a device, as REF 4 and the grammar of the fabric let them stand.
const IN_CONFIG: [&str; 3] = [
    "canary 2b70 of a login",
    "enc-canary5e11AAAAABk9xkQ",
    "canary-c0de-community",
];
/// Written into each place at the end, to see that the search finds it there.
const PLANTED: &str = "canary-dead-planted";
const DOMAIN: &str = "g_kestrel_v251";

/// What is looked for, by name.
struct Canaries(Vec<(String, String)>);

impl Canaries {
    fn new(key_files: &[&Path]) -> Self {
        let mut all: Vec<(String, String)> = [PASSWORD, WRONG, JUMP, PASSPHRASE, PLANTED]
            .iter()
            .chain(&IN_CONFIG)
            .map(|text| ((*text).to_owned(), (*text).to_owned()))
            .collect();
        for file in key_files {
            let text = std::fs::read_to_string(file).unwrap();
            // The first line of a key is the same in all keys of a kind.
            let lines = text.lines().filter(|line| !line.starts_with('-')).skip(1);
            all.extend(lines.map(|line| (format!("a line of {}", file.display()), line.to_owned())));
        }
        assert!(all.len() > 8 + key_files.len());
        Self(all)
    }

    fn found(&self, place: &str, bytes: &[u8]) -> Vec<String> {
        let holds = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
        let found = self.0.iter().filter(|(_, text)| holds(text));
        found.map(|(name, _)| format!("{name} in {place}")).collect()
    }

    fn in_folder(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                found.extend(self.in_folder(&path));
            } else {
                found.extend(self.found(&path.display().to_string(), &std::fs::read(&path).unwrap()));
            }
        }
        found
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl<'a> MakeWriter<'a> for Log {
    type Writer = Self;

    fn make_writer(&'a self) -> Self {
        self.clone()
    }
}

/// Every answer of the service as it crosses to the window, and every error in each of its forms.
#[derive(Default)]
struct Answers {
    commands: std::collections::BTreeSet<&'static str>,
    texts: Vec<(String, String)>,
}

impl Answers {
    fn note<T: serde::Serialize + Debug>(
        &mut self,
        command: &'static str,
        answer: Result<T, AppError>,
    ) -> Option<T> {
        self.commands.insert(command);
        let (text, value) = match answer {
            Ok(value) => {
                let json = serde_json::to_string(&value).unwrap();
                (format!("{json}\n{value:?}"), Some(value))
            }
            Err(error) => {
                let view = error.view();
                let causes = std::iter::successors(std::error::Error::source(&error), |cause| cause.source());
                let causes: Vec<String> = causes.map(|cause| format!("{cause} {cause:?}")).collect();
                let json = serde_json::to_string(&view).unwrap();
                (format!("{error}\n{error:?}\n{causes:?}\n{json}\n{view:?}"), None)
            }
        };
        self.texts.push((format!("answer to {command}"), text));
        value
    }

    fn found(&self, canaries: &Canaries) -> Vec<String> {
        let of = |(place, text): &(String, String)| canaries.found(place, text.as_bytes());
        self.texts.iter().flat_map(of).collect()
    }
}

fn given(secret: &str) -> Option<SecretInput> {
    Some(SecretInput::from(secret.to_owned()))
}

/// Everything that the window may ask: each command once at least, with what is there.
async fn ask_everything(app: &App, told: &Told, leaf: &str, answers: &mut Answers) {
    answers.note("app_status", app.app_status().await);
    answers.note("devices_list", app.devices_list().await);
    answers.note("credentials_list", app.credentials_list().await);
    answers.note("jump_hosts_list", app.jump_hosts_list().await);
    answers.note("host_keys_list", app.host_keys_list().await);
    answers.note("agent_keys", app.agent_keys().await);
    answers.note("domains_list", app.domains_list().await);
    answers.note("domain_detail", app.domain_detail(DOMAIN.to_owned()).await);
    answers.note("domain_config", app.domain_config(DOMAIN.to_owned()).await);
    answers.note("fabric_map", app.fabric_map().await);
    for word in ["canary", "password", "birch"] {
        answers.note("search", app.search(word.to_owned()).await);
        answers.note("snapshot_search", app.snapshot_search(word.to_owned()).await);
    }
    answers.note("ports_of", app.ports_of(leaf.to_owned(), None).await);
    answers.note("drafts_list", app.drafts_list().await);
    answers.note("deployments_list", app.deployments_list().await);
    answers.note("snapshots_overview", app.snapshots_overview().await);
    answers.note("settings_get", app.settings_get().await);
    let reads = answers.note("snapshot_list", app.snapshot_list(leaf.to_owned()).await);
    let reads = reads.unwrap();
    for read in &reads {
        for form in [TextForm::Text, TextForm::Flattened, TextForm::Meaning] {
            answers.note("snapshot_text", app.snapshot_text(read.id, form).await);
            answers.note(
                "snapshot_diff",
                app.snapshot_diff(read.id, reads[0].id, form).await,
            );
        }
    }
    let (from, to) = (
        "2020-01-01T00:00:00Z".to_owned(),
        "2099-01-01T00:00:00Z".to_owned(),
    );
    answers.note("snapshots_changed", app.snapshots_changed(from, to).await);
    answers.note("activities", app.activities().await);
    answers.note("activity_cancel", app.activity_cancel("none".to_owned()).await);
    answers
        .texts
        .push(("events".to_owned(), format!("{:?}", told.events())));
}

/// The job itself: draft, plan, export, deployment, transcript, rollback plan.
async fn deploy(app: &App, told: &Told, answers: &mut Answers) {
    let used: Vec<u16> = app
        .domains_list()
        .await
        .unwrap()
        .into_iter()
        .filter_map(|row| row.vlan)
        .collect();
    let vlan = (2..4094).rev().find(|vlan| !used.contains(vlan)).unwrap();
    let draft = answers
        .note("draft_open", app.draft_open(DOMAIN.to_owned()).await)
        .unwrap();
    let id = || draft.id.clone();
    let operation = DraftOperation::ChangeServiceVlan { vlan };
    answers.note("draft_apply", app.draft_apply(id(), operation).await);
    answers.note("draft_undo", app.draft_undo(id()).await);
    let edited = answers.note("draft_redo", app.draft_redo(id()).await).unwrap();
    let change = edited.changes[0].id.clone();
    answers.note("draft_include", app.draft_include(id(), change, true).await);
    answers.note("draft_get", app.draft_get(id()).await);
    let plan = answers.note("plan_make", app.plan_make(id()).await).unwrap();
    answers.note("plan_get", app.plan_get(plan.hash.clone()).await);
    answers.note("plan_precheck", app.plan_precheck(plan.hash.clone()).await);
    let export = answers.note("plan_export", app.plan_export(plan.hash.clone()).await);
    assert!(export.unwrap().contains("interfaces "));
    let options = DeployOptions {
        window_minutes: plan.window_minutes,
        policy: Policy::default(),
    };
    let begun = app.deployment_start(plan.hash, options).await;
    let begun = answers.note("deployment_start", begun).unwrap().row.id;
    let done = ended(app, told, begun).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    answers.note("deployment_detail", Ok(done));
    let transcript = app.deployment_transcript(begun, None, 0).await;
    let transcript = answers.note("deployment_transcript", transcript).unwrap();
    assert!(transcript.len() > 50);
    answers.note("rollback_plan", app.rollback_plan(begun).await);
    answers
        .note("rollback_choices", app.rollback_choices(begun).await)
        .unwrap();
    let over = app.rollback_choice_plan(begun, RollbackChoice::Over).await;
    answers.note("rollback_choice_plan", over);
    answers.note("audit", app.audit(None).await).unwrap();
    answers.note("clean_up_plan", app.clean_up_plan(None).await);
    let request = RestoreRequest::Domain {
        domain: DOMAIN.to_owned(),
        at: PLANTED.replace("planted", "moment"),
    };
    answers.note("restore_plan", app.restore_plan(request).await);
    let check = app.drift_check_start(None).await;
    let check = answers.note("drift_check_start", check).unwrap();
    told.end_of(&check.id).await;
    answers.note("drift_list", app.drift_list().await).unwrap();
    let schedule = app.schedule_save(ScheduleInput {
        name: PLANTED.replace("planted", "schedule"),
        ..app.schedule_blank()
    });
    let schedule = answers.note("schedule_save", schedule.await).unwrap();
    answers.note("schedules_list", app.schedules_list().await);
    let preview = app.schedule_preview(schedule.input.clone()).await;
    answers.note("schedule_preview", preview);
    answers.note("checks_due", app.checks_due().await);
    answers.note("schedule_blank", Ok(app.schedule_blank())).unwrap();
    let request = CheckRequest {
        devices: None,
        schedule: Some(schedule.id),
    };
    let checked = answers.note("check_now", app.check_now(request).await).unwrap();
    told.end_of(&checked.activity.id).await;
    answers.note("check_runs", app.check_runs(10).await).unwrap();
    answers.note("schedule_remove", app.schedule_remove(schedule.id).await);
    answers
        .note("drift_insight", app.drift_insight(30).await)
        .unwrap();
    answers.note("drift_detail", app.drift_detail(1).await);
    answers.note("drift_sync", app.drift_sync(vec![1], None).await);
    let target = SyncTarget::Interfaces {
        pattern: PLANTED.replace("planted", "pattern"),
        device: None,
    };
    answers.note("sync_preview", app.sync_preview(target.clone()).await);
    answers.note("sync_target", app.sync_target(target, None).await);
    let one = app.devices_list().await.unwrap().remove(0).name;
    answers.note("device_scan", app.scan(vec![one]).await).unwrap();
    let why = Some(PLANTED.replace("planted", "why"));
    answers.note("drift_leave", app.drift_leave(vec![1], why).await);
    answers
        .note("drift_decisions", app.drift_decisions().await)
        .unwrap();
    let terms = DriftPolicyTerms {
        name: PLANTED.replace("planted", "policy"),
        devices: Vec::new(),
        objects: Vec::new(),
        kinds: Vec::new(),
        at_most: DriftSeverity::Low,
        action: DriftPolicyAction::Leave,
        limits: None,
        expires: (chrono::Utc::now() + chrono::TimeDelta::days(9)).to_rfc3339(),
    };
    answers.note("drift_policy_try", app.drift_policy_try(terms.clone(), 7).await);
    answers.note("drift_policy_save", app.drift_policy_save(terms, None).await);
    answers
        .note("drift_policies", app.drift_policies().await)
        .unwrap();
    answers.note("drift_policy_end", app.drift_policy_end(1).await);
    answers.note(
        "drift_override_plan",
        app.drift_override_plan(vec![1], None).await,
    );
    answers.note(
        "deployment_child",
        app.deployment_child(begun, PLANTED.replace("planted", "choice"))
            .await,
    );
    answers.note(
        "deployment_choose",
        app.deployment_choose(
            begun,
            PLANTED.replace("planted", "choice"),
            Some(PLANTED.to_owned()),
        )
        .await,
    );
    let again = app.draft_open(DOMAIN.to_owned()).await.unwrap();
    answers.note("draft_discard", app.draft_discard(again.id).await);
}

async fn ended(app: &App, told: &Told, deployment: u32) -> DeploymentDetail {
    loop {
        let seen = told.events().len();
        let detail = app.deployment_detail(deployment).await.unwrap();
        if detail.row.status != DeploymentStatus::Running {
            return detail;
        }
        told.after(seen, |_| true).await;
    }
}

/// Commands of the window, from the list that the window is built from.
fn commands_of_the_window() -> Vec<String> {
    let list = include_str!("../../../src-tauri/ipc/bindings.rs");
    let (_, rest) = list.split_once("collect_commands![").unwrap();
    let (list, _) = rest.split_once(']').unwrap();
    list.split(',')
        .filter_map(|path| path.trim().rsplit_once("::").map(|(_, name)| name.to_owned()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn secrets_leave_no_trace() {
    let log = Log::default();
    let subscriber = tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(log.clone())
        .finish();
    tracing::subscriber::set_global_default(subscriber).unwrap();

    let keys = tempfile::tempdir().unwrap();
    let (closed, public) = make_key(&keys, "closed", PASSPHRASE);
    let (open, open_public) = make_key(&keys, "open", "");
    let canaries = Canaries::new(&[&closed, &open]);
    let mut spec = practice(7);
    let leaf = spec
        .devices
        .iter_mut()
        .find(|device| device.name.starts_with("LEAF"))
        .unwrap();
    leaf.config.extend([
        format!("system login user birch password \"{}\"", IN_CONFIG[0]),
        format!("system login user rowan password {}", IN_CONFIG[1]),
        format!("system snmp community {} vrf mgmt0", IN_CONFIG[2]),
    ]);
    let leaf = leaf.name.clone();
    let options = ServeOptions {
        password: PASSWORD.to_owned(),
        authorized_keys: vec![public, open_public],
        ..ServeOptions::default()
    };
    let bench = Bench::with(spec, options).await;
    let app = &bench.app;
    let mut answers = Answers::default();

    // Sign-ins that are refused: a password, a passphrase, a keyring that is not there.
    bench.credentials(WRONG).await;
    let all: Vec<String> = bench.names("");
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    bench.import(&all).await;
    for name in &all {
        bench.trust(name).await;
    }
    answers.note("device_test", app.device_test(leaf.clone()).await);
    bench.discover(&[&leaf]).await;
    let set = app.credential_set(CredentialRequest::password("lab", "dnroot", false), given(WRONG));
    answers.note("credential_set", set.await);
    let set = app.credential_set(by_key("key", &closed), given(WRONG));
    answers.note("credential_set", set.await);
    let shown: String = answers.texts.iter().map(|(_, text)| text.as_str()).collect();
    for code in ["sign-in-refused", "keyring-unavailable", "passphrase-wrong"] {
        assert!(shown.contains(code), "{code}");
    }

    // Sign-ins that are accepted: a password, both keys, and through a jump host.
    for (file, secret) in [(&closed, given(PASSPHRASE)), (&open, None)] {
        answers.note(
            "credential_set",
            app.credential_set(by_key("lab", file), secret).await,
        );
        let test = answers.note("device_test", app.device_test(leaf.clone()).await);
        assert_eq!(test.unwrap().error, None);
    }
    let server = JumpServer::start(JumpOptions {
        password: Some(JUMP.to_owned()),
        ..JumpOptions::default()
    })
    .await
    .unwrap();
    let gate = CredentialRequest::password("gate", JumpOptions::default().user, true);
    answers.note("credential_set", app.credential_set(gate, given(JUMP)).await);
    let jump = JumpHostRequest {
        name: "JUMP-A01".to_owned(),
        address: server.address().to_string(),
        credentials: "gate".to_owned(),
    };
    answers.note("jump_host_set", app.jump_host_set(jump).await);
    let named = || vec![leaf.clone()];
    let jump = || "JUMP-A01".to_owned();
    let through = app.jump_host_use(Some(jump()), named(), Vec::new());
    answers.note("jump_host_use", through.await);
    answers.note("device_test", app.device_test(leaf.clone()).await);
    let print = server.fingerprint().to_owned();
    answers.note("jump_key_trust", app.jump_key_trust(jump(), print, None).await);
    let test = answers.note("device_test", app.device_test(leaf.clone()).await);
    assert_eq!(test.unwrap().error, None);
    answers.note("jump_host_remove", app.jump_host_remove(jump()).await);
    app.jump_host_use(None, named(), Vec::new()).await.unwrap();
    bench.credentials(PASSWORD).await;

    // Reads: of all devices, and the whole configuration of the one that holds secrets.
    let begun = answers
        .note("discovery_start", app.discovery_start(None).await)
        .unwrap();
    bench.told.end_of(&begun.id).await;
    let begun = app.full_read_start(Some(named())).await.unwrap();
    bench.told.end_of(&begun.id).await;
    deploy(app, &bench.told, &mut answers).await;
    ask_everything(app, &bench.told, &leaf, &mut answers).await;
    let request = |text: &str| ImportRequest {
        text: text.to_owned(),
        source: None,
        credentials: Some("lab".to_owned()),
    };
    let row = format!("name,address,password\nLEAF-Z99,192.0.2.99,{PASSWORD}\n");
    answers.note(
        "devices_import_preview",
        app.devices_import_preview(request(&row)).await,
    );
    answers.note("devices_import", app.devices_import(request(&row)).await);
    answers.note("device_remove", app.device_remove("LEAF-Z99".to_owned()).await);
    let fingerprint = format!("SHA256:{}", "A".repeat(43));
    let trusted = app.host_key_trust(leaf.clone(), fingerprint.clone()).await;
    answers.note("host_key_trust", trusted);
    let replaced = app
        .host_key_replace(leaf.clone(), fingerprint, "AAAA".to_owned())
        .await;
    answers.note("host_key_replace", replaced);
    answers.note("start_practice_lab", app.start_practice_lab().await);
    let setting = |value: &str| SettingInput {
        setting: "lab".to_owned(),
        value: value.to_owned(),
    };
    let changed = answers.note("settings_set", app.settings_set(setting("Lab 7")).await);
    let change = changed.unwrap().changes[0].id;
    answers.note("settings_undo", app.settings_undo(change).await);

    // The dialog for files belongs to the shell and answers with a file's text, and so does the tray, which the shell alone
    // looks for; nothing else may be missing.
    let asked = &answers.commands;
    let missing: Vec<String> = commands_of_the_window()
        .into_iter()
        .filter(|name| {
            !["pick_import_file", "tray_status"].contains(&name.as_str()) && !asked.contains(name.as_str())
        })
        .collect();
    assert_eq!(
        missing, [""; 0],
        "each command of the window has to be asked above"
    );

    // The full read did hold the secrets, as tokens.
    let texts: String = answers.texts.iter().map(|(_, text)| text.as_str()).collect();
    assert!(texts.matches("<secret:").count() >= IN_CONFIG.len());

    let everywhere = |answers: &Answers| {
        let mut found = canaries.in_folder(bench.folder.path());
        found.extend(canaries.found("the log", &log.0.lock().unwrap()));
        found.extend(answers.found(&canaries));
        found
    };
    assert!(log.0.lock().unwrap().len() > 100_000, "the log was captured");
    assert_eq!(everywhere(&answers), [""; 0]);

    // The search finds what stands in each place.
    app.settings_set(setting(PLANTED)).await.unwrap();
    answers.note("settings_get", app.settings_get().await);
    answers.note("device_test", app.device_test(PLANTED.to_owned()).await);
    tracing::trace!(password = PLANTED, "planted");
    for place in ["backups", "logs"] {
        let folder = bench.folder.path().join(place);
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("planted"), PLANTED).unwrap();
    }
    let found = everywhere(&answers);
    for place in [
        "bridgekeeper.db",
        "backups/planted",
        "logs/planted",
        "the log",
        "answer to settings_get",
        "answer to device_test",
    ] {
        assert!(
            found
                .iter()
                .any(|one| one.starts_with(PLANTED) && one.contains(place)),
            "{place}: {found:#?}"
        );
    }
    assert!(found.iter().all(|one| one.starts_with(PLANTED)), "{found:#?}");

    // Closed, the files hold no more than before.
    app.close().await;
    let found = canaries.in_folder(bench.folder.path());
    assert!(found.iter().all(|one| one.starts_with(PLANTED)), "{found:#?}");
}
