//! Keys, the agent and jump hosts through the service: what a person sets, and what is said when it does not work.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use bk_app::SecretInput;
use bk_app::views::{
    ActivityState, CredentialRequest, CredentialWay, ErrorView, ImportRequest, JumpHostRequest,
    KnownHostsVerdict, TestStepState,
};
use bk_lab::generate::practice;
use bk_lab::jump::{JumpOptions, JumpServer};
use bk_lab::serve::{ServeOptions, SignInWay};
use tempfile::TempDir;

use crate::support::Bench;

const PASSPHRASE: &str = "two words of a test";

/// Makes a key as OpenSSH makes it; its path and its public line.
pub(crate) fn make_key(folder: &TempDir, name: &str, passphrase: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    let made = Command::new("ssh-keygen")
        .args(["-q", "-a", "4", "-t", "ed25519", "-N", passphrase, "-f"])
        .arg(&path)
        .stdin(Stdio::null())
        .status()
        .unwrap();
    assert!(made.success());
    let public = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    (path, public)
}

pub(crate) fn by_key(name: &str, file: &Path) -> CredentialRequest {
    CredentialRequest {
        way: CredentialWay::Key,
        key: Some(file.to_str().unwrap().to_owned()),
        ..CredentialRequest::password(name, "dnroot", true)
    }
}

fn secret(text: &str) -> Option<SecretInput> {
    Some(SecretInput::from(text.to_owned()))
}

/// The code with which the first device could not be read.
async fn refused(bench: &Bench, name: &str) -> ErrorView {
    let ended = bench.discover(&[name]).await;
    assert_eq!(ended.state, ActivityState::Failed, "{ended:#?}");
    ended.devices[0].error.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_signs_in_and_only_its_passphrase_is_kept() {
    let keys = tempfile::tempdir().unwrap();
    let (closed, public) = make_key(&keys, "closed", PASSPHRASE);
    let (open, open_public) = make_key(&keys, "open", "");
    let options = ServeOptions {
        authorized_keys: vec![public, open_public],
        ..ServeOptions::default()
    };
    let bench = Bench::with(practice(7), options).await;
    let set = async |file: &Path, given| bench.app.credential_set(by_key("lab", file), given).await;
    for (given, code) in [
        (None, "passphrase-missing"),
        (secret("another"), "passphrase-wrong"),
    ] {
        assert_eq!(set(&closed, given).await.unwrap_err().view().code, code);
    }
    assert_eq!(
        bench.app.credentials_list().await.unwrap(),
        [],
        "what can't be used is not kept"
    );
    set(&closed, secret(PASSPHRASE)).await.unwrap();
    let leaf = bench.names("LEAF").remove(0);
    bench.import(&[&leaf]).await;
    bench.trust(&leaf).await;
    assert_eq!(bench.discover(&[&leaf]).await.state, ActivityState::Done);
    let shown = bench.app.credentials_list().await.unwrap().remove(0);
    assert_eq!(
        (shown.way, shown.key.as_deref(), shown.stored_in.as_str()),
        (CredentialWay::Key, closed.to_str(), "this session only")
    );
    let test = bench.app.device_test(leaf.clone()).await.unwrap();
    let sign_in = test.steps.iter().find(|step| step.step == "sign-in").unwrap();
    assert!(
        sign_in.evidence.starts_with("dnroot by key SHA256:"),
        "{}",
        sign_in.evidence
    );
    assert!(
        bench
            .fabric
            .sign_ins()
            .iter()
            .all(|tried| matches!(tried.way, SignInWay::Key(_) | SignInWay::KeyOffered(_))),
        "no password was sent"
    );

    // The next process has no passphrase, and says so without contacting anyone.
    let tried = bench.fabric.sign_ins().len();
    let bench = bench.restarted().await;
    assert_eq!(refused(&bench, &leaf).await.code, "secret-missing");
    // A key without passphrase needs nothing, whatever was given.
    let set = bench
        .app
        .credential_set(by_key("lab", &open), secret("not needed"));
    set.await.unwrap();
    let shown = bench.app.credentials_list().await.unwrap().remove(0);
    assert_eq!(shown.stored_in, "no secret");
    assert_eq!(bench.fabric.sign_ins().len(), tried);
    let bench = bench.restarted().await;
    assert_eq!(bench.discover(&[&leaf]).await.state, ActivityState::Done);

    std::fs::remove_file(&open).unwrap();
    let error = refused(&bench, &leaf).await;
    assert_eq!(
        (error.code.as_str(), error.object.as_deref()),
        ("key-file", open.to_str())
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_import_names_key_files_and_jump_hosts() {
    let keys = tempfile::tempdir().unwrap();
    let (open, public) = make_key(&keys, "lab-key", "");
    let options = ServeOptions {
        authorized_keys: vec![public],
        ..ServeOptions::default()
    };
    let bench = Bench::with(practice(7), options).await;
    let entry = bench.fabric.inventory().remove(0);
    let text = format!(
        "name,address,port,user,key,host_key\n{},{},{},dnroot,{},{}\n",
        entry.name,
        entry.address,
        entry.port,
        open.display(),
        entry.host_key
    );
    let request = ImportRequest {
        text,
        source: Some("lab.csv".to_owned()),
        credentials: None,
    };
    let report = bench.app.devices_import(request).await.unwrap();
    assert_eq!((report.added, report.refused), (1, 0), "{report:?}");
    assert_eq!(
        bench.app.credentials_list().await.unwrap()[0].name,
        "dnroot with lab-key"
    );
    assert_eq!(bench.discover(&[&entry.name]).await.state, ActivityState::Done);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn devices_and_groups_are_reached_through_a_jump_host_with_a_key_of_its_own() {
    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let login = JumpOptions::default();
    let request = CredentialRequest::password("gate", login.user, true);
    let given = secret(&login.password.unwrap());
    bench.app.credential_set(request, given).await.unwrap();
    let mut names = bench.names("LEAF");
    let (one, two) = (names.remove(0), names.remove(0));
    bench.import(&[&one, &two]).await;
    bench.trust(&one).await;
    bench.trust(&two).await;
    let before = bench.fabric.sign_ins().len();

    let jump = JumpHostRequest {
        name: "JUMP-A01".to_owned(),
        address: server.address().to_string(),
        credentials: "gate".to_owned(),
    };
    bench.app.jump_host_set(jump.clone()).await.unwrap();
    let unknown = JumpHostRequest {
        credentials: "nobody".to_owned(),
        ..jump.clone()
    };
    assert_eq!(
        bench.app.jump_host_set(unknown).await.unwrap_err().view().code,
        "bad-input"
    );
    let through = |jump: &str| {
        let names = vec![one.clone(), two.clone()];
        bench.app.jump_host_use(Some(jump.to_owned()), names, Vec::new())
    };
    assert_eq!(through("JUMP-B07").await.unwrap_err().view().code, "not-known");
    through("JUMP-A01").await.unwrap();

    // Its key is not known: nothing was sent to it, and nothing to the devices.
    let error = refused(&bench, &one).await;
    assert_eq!(
        (error.code.as_str(), error.object.as_deref()),
        ("jump-key-unknown", Some(server.fingerprint()))
    );
    assert!(server.sign_ins().is_empty() && bench.fabric.sign_ins().len() == before);
    let row = bench.app.jump_hosts_list().await.unwrap().remove(0);
    assert_eq!(
        (row.offered_key.as_deref(), row.devices, row.host_key),
        (Some(server.fingerprint()), 2, None)
    );
    let another = format!("SHA256:{}", "A".repeat(43));
    let trust = |print: &str, typed: Option<&str>| {
        bench
            .app
            .jump_key_trust("JUMP-A01".to_owned(), print.to_owned(), typed.map(str::to_owned))
    };
    assert_eq!(
        trust(&another, None).await.unwrap_err().view().code,
        "host-key-not-offered"
    );
    trust(server.fingerprint(), None).await.unwrap();

    let ended = bench.discover(&[&one, &two]).await;
    assert_eq!(ended.state, ActivityState::Done, "{ended:#?}");
    let test = bench.app.device_test(one.clone()).await.unwrap();
    assert_eq!(test.error, None);
    assert_eq!(
        (test.steps.len(), test.steps[0].step.as_str(), test.steps[0].state),
        (10, "jump", TestStepState::Passed)
    );
    let rows = bench.app.devices_list().await.unwrap();
    assert!(rows.iter().all(|row| row.jump.as_deref() == Some("JUMP-A01")));
    assert_eq!(
        server.connections(),
        3,
        "one for the refusal, one a piece of work"
    );

    // In use, it stays: otherwise its devices would be contacted directly.
    let kept = bench
        .app
        .jump_host_remove("JUMP-A01".to_owned())
        .await
        .unwrap_err();
    assert_eq!(kept.view().code, "jump-in-use");
    // A wrong password of the jump host is tried once for all devices.
    let wrong = CredentialRequest::password("gate", JumpOptions::default().user, true);
    bench.app.credential_set(wrong, secret("wrong")).await.unwrap();
    let tried = server.sign_ins().len();
    let ended = bench.discover(&[&one, &two]).await;
    for device in &ended.devices {
        let error = device.error.as_ref().unwrap();
        assert_eq!(error.code, "jump-sign-in-refused", "{error:?}");
        assert!(error.sentence.contains("JUMP-A01"), "{}", error.sentence);
    }
    assert_eq!(server.sign_ins().len(), tried + 1);
    server.stop().await;
    assert_eq!(refused(&bench, &one).await.code, "jump-unreachable");

    // Directly again, and by group; groups that contradict each other are named.
    let (none, names) = (None, vec![one.clone(), two.clone()]);
    bench.app.jump_host_use(none, names, Vec::new()).await.unwrap();
    assert_eq!(bench.discover(&[&one]).await.state, ActivityState::Done);
    let entry = bench
        .fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == one);
    let text = format!(
        "name,address,port,groups\n{one},{},{},rack-1 rack-2\n",
        entry.as_ref().unwrap().address,
        entry.as_ref().unwrap().port
    )
    .replace("rack-1 rack-2", "rack-1;rack-2");
    let request = ImportRequest {
        text,
        source: None,
        credentials: Some("lab".to_owned()),
    };
    assert_eq!(bench.app.devices_import(request).await.unwrap().changed, 1);
    let second = JumpHostRequest {
        name: "JUMP-B01".to_owned(),
        ..jump
    };
    bench.app.jump_host_set(second).await.unwrap();
    for (group, jump) in [("rack-1", "JUMP-A01"), ("rack-2", "JUMP-B01")] {
        let groups = vec![group.to_owned()];
        bench
            .app
            .jump_host_use(Some(jump.to_owned()), Vec::new(), groups)
            .await
            .unwrap();
    }
    let error = refused(&bench, &one).await;
    assert_eq!(error.code, "no-way");
    assert!(
        error.sentence.contains("JUMP-A01, JUMP-B01"),
        "{}",
        error.sentence
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_changed_key_of_a_jump_host_stops_until_its_end_is_typed() {
    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let leaf = bench.names("LEAF").remove(0);
    bench.import(&[&leaf]).await;
    bench.trust(&leaf).await;
    let jump = JumpHostRequest {
        name: "JUMP-A01".to_owned(),
        address: server.address().to_string(),
        credentials: "lab".to_owned(),
    };
    bench.app.jump_host_set(jump).await.unwrap();
    let named = vec![leaf.clone()];
    bench
        .app
        .jump_host_use(Some("JUMP-A01".to_owned()), named, Vec::new())
        .await
        .unwrap();
    // A known_hosts file gave it a key that is not the one it shows.
    let other = bench.fabric.inventory().remove(0).host_key;
    let (ip, port) = (server.address().ip(), server.address().port());
    let text = format!("[{ip}]:{port} {other}\n|1|AAAA=|BBBB= {other}\n");
    let report = bench
        .app
        .host_keys_import(text, Some("known_hosts".to_owned()))
        .await
        .unwrap();
    assert_eq!((report.trusted, report.refused), (1, 1));
    assert_eq!(report.rows[0].verdict, KnownHostsVerdict::Trusted);

    let error = refused(&bench, &leaf).await;
    assert_eq!(error.code, "jump-key-changed");
    assert!(server.sign_ins().is_empty(), "before any password");
    let trust = |typed: Option<String>| {
        bench
            .app
            .jump_key_trust("JUMP-A01".to_owned(), server.fingerprint().to_owned(), typed)
    };
    for typed in [None, Some("zzzz".to_owned())] {
        let refused = trust(typed).await.unwrap_err();
        assert_eq!(refused.view().code, "host-key-not-confirmed");
    }
    let print = server.fingerprint();
    trust(Some(print[print.len() - 4..].to_owned())).await.unwrap();
    let keys = bench.app.host_keys_list().await.unwrap();
    let of_jump = keys
        .iter()
        .find(|row| row.names == ["jump host JUMP-A01"])
        .unwrap();
    assert_eq!(
        (of_jump.key.fingerprint.as_str(), of_jump.history.len()),
        (print, 2)
    );
    assert_eq!(
        of_jump.history[0].before, of_jump.history[1].after,
        "who replaced what"
    );
    assert!(of_jump.history[1].by.contains("known_hosts file known_hosts"));
}
