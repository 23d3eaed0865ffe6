//! Ways to sign in, and the way through a jump host. The fabric's own list of what was tried is the truth.

use std::{
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::Arc,
};

use bk_device::{
    AgentError, AgentKey, ConnectError, ConnectionReport, ConnectionStep, Credential, Endpoint, Fingerprint,
    JumpHost, KeyFileError, KnownHostKeys, PortSettings, SigningKey, StepResult, Target,
    channel::{Record, Tuning},
    connection_test::ConnectionTestError,
    held_keys, test_connection,
};
use bk_lab::{
    generate::practice,
    jump::{JumpOptions, JumpServer},
    serve::{Fabric, FabricHandle, InventoryEntry, ServeOptions, SignIn, SignInWay},
};
use futures::future::join_all;
use tempfile::TempDir;
use tokio::io::AsyncBufReadExt;
use tokio_util::sync::CancellationToken;

const PASSPHRASE: &str = "two words of a test";

struct Silent;

impl Record for Silent {
    fn sent(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

fn run(program: &str, arguments: &[&str], envs: &[(&str, &Path)]) {
    let done = Command::new(program)
        .args(arguments)
        .envs(envs.iter().copied())
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(done.status.success(), "{program} {arguments:?}: {done:?}");
}

/// Makes a key as OpenSSH makes it; the path, and its public line.
fn make_key(folder: &TempDir, name: &str, kind: &[&str], passphrase: &str) -> (PathBuf, String) {
    let path = folder.path().join(name);
    let shown = path.to_str().unwrap();
    let mut arguments = vec!["-q", "-a", "4", "-C", "a test", "-N", passphrase, "-f", shown];
    arguments.extend(kind);
    run("ssh-keygen", &arguments, &[]);
    let public = std::fs::read_to_string(path.with_extension("pub")).unwrap();
    (path, public)
}

fn fingerprint_of(public: &str) -> Fingerprint {
    bk_device::PresentedHostKey::parse(public).unwrap().fingerprint
}

/// One device that takes these keys.
async fn fabric(authorized_keys: Vec<String>) -> (FabricHandle, InventoryEntry) {
    let mut spec = practice(1);
    spec.devices.truncate(1);
    let options = ServeOptions {
        authorized_keys,
        control: false,
        ..ServeOptions::default()
    };
    let fabric = Fabric::start(spec, options).await.unwrap();
    let entry = fabric.inventory().remove(0);
    (fabric, entry)
}

fn endpoint(entry: &InventoryEntry) -> Endpoint {
    Endpoint {
        host: entry.address.to_string(),
        port: entry.port,
    }
}

fn known(entry: &InventoryEntry) -> KnownHostKeys {
    let mut known = KnownHostKeys::default();
    known.trust(
        endpoint(entry),
        Fingerprint::parse(&entry.host_key_fingerprint).unwrap(),
    );
    known
}

fn target(entry: &InventoryEntry, credential: Credential) -> Target {
    Target {
        endpoint: endpoint(entry),
        user: entry.user.clone(),
        credential,
        jump: None,
    }
}

async fn test(target: &Target, known: KnownHostKeys) -> ConnectionReport {
    let settings = PortSettings {
        tuning: Tuning {
            quiet: std::time::Duration::from_millis(10),
            ..Tuning::default()
        },
        ..PortSettings::default()
    };
    let never = CancellationToken::new();
    test_connection(target, Arc::new(known), &settings, Arc::new(Silent), &never).await
}

/// What proves that a step passed.
fn evidence(report: &ConnectionReport, wanted: ConnectionStep) -> &str {
    report
        .steps
        .iter()
        .find_map(|(step, result)| match result {
            StepResult::Passed { evidence, .. } if *step == wanted => Some(evidence.as_str()),
            _ => None,
        })
        .unwrap_or_else(|| panic!("{wanted:?} did not pass: {report:#?}"))
}

fn connect_error(report: &ConnectionReport) -> (ConnectionStep, &ConnectError) {
    match report.failure() {
        Some((step, ConnectionTestError::Connect(error))) => (step, error),
        other => panic!("{other:?}"),
    }
}

fn ways(tried: &[SignIn]) -> Vec<(&SignInWay, bool)> {
    tried.iter().map(|one| (&one.way, one.accepted)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_of_every_kind_open_a_device() {
    let folder = tempfile::tempdir().unwrap();
    let kinds: [(&str, &[&str], &str); 5] = [
        ("ed25519", &["-t", "ed25519"], ""),
        ("ed25519-closed", &["-t", "ed25519"], PASSPHRASE),
        // The reader of key files takes no P-256 key whose number begins with a zero byte, one in 256 of them; the longer
        // curves have room for it.
        ("ecdsa", &["-t", "ecdsa", "-b", "384"], ""),
        ("ecdsa-closed", &["-t", "ecdsa", "-b", "384"], PASSPHRASE),
        ("rsa-closed", &["-t", "rsa", "-b", "2048"], PASSPHRASE),
    ];
    let made: Vec<_> = kinds
        .iter()
        .map(|(name, kind, passphrase)| (make_key(&folder, name, kind, passphrase), *passphrase))
        .collect();
    let lines = made.iter().map(|((_, public), _)| public.clone()).collect();
    let (fabric, entry) = fabric(lines).await;
    for ((path, public), passphrase) in &made {
        let passphrase = (!passphrase.is_empty()).then(|| (*passphrase).to_owned().into());
        let key = SigningKey::read(path, passphrase.as_ref()).unwrap();
        let before = fabric.sign_ins().len();
        let report = test(&target(&entry, Credential::Key(key)), known(&entry)).await;
        assert!(report.passed(), "{}: {report:#?}", path.display());
        let print = fingerprint_of(public).to_string();
        assert_eq!(
            evidence(&report, ConnectionStep::SignIn),
            format!("dnroot by key {print}")
        );
        assert_eq!(
            ways(&fabric.sign_ins()[before..]),
            [
                (&SignInWay::KeyOffered(print.clone()), true),
                (&SignInWay::Key(print), true)
            ]
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_is_not_taken_is_offered_once() {
    let folder = tempfile::tempdir().unwrap();
    let (path, public) = make_key(&folder, "key", &["-t", "ed25519"], "");
    let (fabric, entry) = fabric(Vec::new()).await;
    let key = SigningKey::read(&path, None).unwrap();
    assert!(!format!("{key:?}").contains("PRIVATE"));
    let report = test(&target(&entry, Credential::Key(key)), known(&entry)).await;
    let (step, error) = connect_error(&report);
    assert_eq!(step, ConnectionStep::SignIn);
    assert!(matches!(error, ConnectError::SignInRefused { .. }), "{error:?}");
    let offered = SignInWay::KeyOffered(fingerprint_of(&public).to_string());
    assert_eq!(ways(&fabric.sign_ins()), [(&offered, false)]);
}

#[test]
fn what_is_wrong_with_a_key_file_is_told_without_its_text() {
    let folder = tempfile::tempdir().unwrap();
    let (closed, _) = make_key(&folder, "closed", &["-t", "ed25519"], PASSPHRASE);
    let passphrase = |text: &str| Some(text.to_owned().into());
    let told = |path: &Path, given: Option<_>| SigningKey::read(path, given.as_ref()).unwrap_err();
    assert!(matches!(
        told(&closed, None),
        KeyFileError::NeedsPassphrase { .. }
    ));
    assert!(matches!(
        told(&closed, passphrase("another")),
        KeyFileError::WrongPassphrase { .. }
    ));
    let missing = folder.path().join("missing");
    assert!(matches!(told(&missing, None), KeyFileError::Unreadable { .. }));
    let public = closed.with_extension("pub");
    let chmod = |path: &Path, mode: &str| run("chmod", &[mode, path.to_str().unwrap()], &[]);
    chmod(&public, "600");
    assert!(matches!(told(&public, None), KeyFileError::NotOpenSsh { .. }));
    let legacy = folder.path().join("legacy");
    std::fs::write(
        &legacy,
        "-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
    )
    .unwrap();
    chmod(&legacy, "600");
    assert!(matches!(told(&legacy, None), KeyFileError::NotOpenSsh { .. }));
    let endless = folder.path().join("endless");
    std::fs::write(&endless, vec![b'x'; 70_000]).unwrap();
    chmod(&endless, "600");
    assert!(matches!(told(&endless, None), KeyFileError::NotOpenSsh { .. }));
    chmod(&closed, "640");
    let open = told(&closed, passphrase(PASSPHRASE));
    assert!(matches!(open, KeyFileError::OpenToOthers { .. }), "{open:?}");
}

/// An agent of the test's own.
struct Agent {
    socket: PathBuf,
    _process: tokio::process::Child,
}

impl Agent {
    async fn start(folder: &TempDir) -> Self {
        let socket = folder.path().join("agent");
        let mut process = tokio::process::Command::new("ssh-agent")
            .args(["-D", "-a"])
            .arg(&socket)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .unwrap();
        // It tells its socket once it listens.
        let mut told = tokio::io::BufReader::new(process.stdout.take().unwrap()).lines();
        let first = told.next_line().await.unwrap().unwrap_or_default();
        assert!(first.contains("SSH_AUTH_SOCK"), "{first}");
        Self {
            socket,
            _process: process,
        }
    }

    fn add(&self, key: &Path) {
        run(
            "ssh-add",
            &["-q", key.to_str().unwrap()],
            &[("SSH_AUTH_SOCK", &self.socket)],
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_an_agent_only_the_chosen_key_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let agent = Agent::start(&folder).await;
    for number in 0..7 {
        let (other, _) = make_key(&folder, &format!("other-{number}"), &["-t", "ed25519"], "");
        agent.add(&other);
    }
    let kinds: [&[&str]; 2] = [&["-t", "ed25519"], &["-t", "rsa", "-b", "2048"]];
    let made: Vec<_> = kinds
        .iter()
        .enumerate()
        .map(|(number, kind)| make_key(&folder, &format!("mine-{number}"), kind, ""))
        .collect();
    let (fabric, entry) = fabric(made.iter().map(|(_, public)| public.clone()).collect()).await;
    for (path, public) in &made {
        agent.add(path);
        let print = fingerprint_of(public);
        let chosen = AgentKey::new(Some(agent.socket.clone()), print.clone());
        let before = fabric.sign_ins().len();
        let report = test(&target(&entry, Credential::Agent(chosen)), known(&entry)).await;
        assert!(report.passed(), "{report:#?}");
        assert_eq!(
            evidence(&report, ConnectionStep::SignIn),
            format!("dnroot by agent key {print}")
        );
        let print = print.to_string();
        assert_eq!(
            ways(&fabric.sign_ins()[before..]),
            [
                (&SignInWay::KeyOffered(print.clone()), true),
                (&SignInWay::Key(print), true)
            ]
        );
    }
    let held = held_keys(Some(&agent.socket)).await.unwrap();
    assert_eq!((held.len(), held[0].comment.as_str()), (9, "a test"));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_agent_that_is_absent_or_lacks_the_key_is_named_and_nothing_is_offered() {
    let folder = tempfile::tempdir().unwrap();
    let (_, public) = make_key(&folder, "key", &["-t", "ed25519"], "");
    let print = fingerprint_of(&public);
    let agent = Agent::start(&folder).await;
    let (fabric, entry) = fabric(vec![public]).await;
    let told = async |socket| {
        let credential = Credential::Agent(AgentKey::new(socket, print.clone()));
        let report = test(&target(&entry, credential), known(&entry)).await;
        match connect_error(&report) {
            (ConnectionStep::SignIn, ConnectError::Agent { source, .. }) => format!("{source:?}"),
            other => panic!("{other:?}"),
        }
    };
    assert!(told(Some(agent.socket.clone())).await.starts_with("KeyNotHeld"));
    assert_eq!(told(None).await, format!("{:?}", AgentError::NotRunning));
    let nowhere = folder.path().join("nowhere");
    assert!(told(Some(nowhere)).await.starts_with("Unreachable"));
    assert_eq!(fabric.sign_ins(), []);
}

fn jump_to(server: &JumpServer, credential: Credential) -> JumpHost {
    let address = server.address();
    let endpoint = Endpoint {
        host: address.ip().to_string(),
        port: address.port(),
    };
    JumpHost::new("JUMP-A01", endpoint, JumpOptions::default().user, credential)
}

fn jump_password() -> Credential {
    Credential::Password(JumpOptions::default().password.unwrap().into())
}

fn through(entry: &InventoryEntry, jump: &JumpHost) -> Target {
    Target {
        jump: Some(jump.clone()),
        ..target(entry, Credential::Password(entry.password.clone().into()))
    }
}

fn known_both(entry: &InventoryEntry, jump: &JumpHost, server: &JumpServer) -> KnownHostKeys {
    let mut known = known(entry);
    known.trust(
        jump.endpoint().clone(),
        Fingerprint::parse(server.fingerprint()).unwrap(),
    );
    known
}

#[tokio::test(flavor = "multi_thread")]
async fn devices_behind_a_jump_host_share_one_connection_to_it() {
    let folder = tempfile::tempdir().unwrap();
    let (path, public) = make_key(&folder, "key", &["-t", "ed25519"], "");
    let server = JumpServer::start(JumpOptions {
        authorized_keys: vec![public],
        ..JumpOptions::default()
    })
    .await
    .unwrap();
    let (fabric, entry) = fabric(Vec::new()).await;
    for credential in [
        jump_password(),
        Credential::Key(SigningKey::read(&path, None).unwrap()),
    ] {
        let before = server.connections();
        let jump = jump_to(&server, credential);
        let target = through(&entry, &jump);
        let reports = join_all((0..4).map(|_| test(&target, known_both(&entry, &jump, &server)))).await;
        for report in &reports {
            assert!(report.passed(), "{report:#?}");
            assert_eq!(report.steps.len(), 10);
            let words = evidence(report, ConnectionStep::Jump);
            assert!(
                words.starts_with("JUMP-A01 at ") && words.ends_with("signed in as rowan"),
                "{words}"
            );
        }
        assert_eq!(server.connections(), before + 1);
    }
    let place = (entry.address.to_string(), u32::from(entry.port));
    assert_eq!(server.forwarded(), vec![place; 8]);
    assert!(fabric.sign_ins().iter().all(|one| one.accepted));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_jump_host_is_judged_before_its_password() {
    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let (fabric, entry) = fabric(Vec::new()).await;
    let jump = jump_to(&server, jump_password());
    let target = through(&entry, &jump);
    let another = Fingerprint::parse(&entry.host_key_fingerprint).unwrap();
    let mut changed = known(&entry);
    changed.trust(jump.endpoint().clone(), another);
    for (known, is_changed) in [(known(&entry), false), (changed, true)] {
        let report = test(&target, known).await;
        let (step, ConnectError::Jump { name, source, .. }) = connect_error(&report) else {
            panic!("{report:#?}")
        };
        assert_eq!((step, name.as_str()), (ConnectionStep::Jump, "JUMP-A01"));
        assert_eq!(
            matches!(**source, ConnectError::HostKeyChanged { .. }),
            is_changed,
            "{source:?}"
        );
        assert_eq!(
            matches!(**source, ConnectError::HostKeyUnknown { .. }),
            !is_changed,
            "{source:?}"
        );
    }
    assert_eq!(
        (
            server.sign_ins().len(),
            server.forwarded().len(),
            fabric.sign_ins().len()
        ),
        (0, 0, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_key_of_a_device_is_judged_through_the_jump_host_too() {
    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let (fabric, entry) = fabric(Vec::new()).await;
    let jump = jump_to(&server, jump_password());
    let trusted = known_both(&entry, &jump, &server);
    fabric.change_host_key(&entry.name).unwrap();
    let report = test(&through(&entry, &jump), trusted).await;
    let (step, error) = connect_error(&report);
    assert_eq!(step, ConnectionStep::HostKey);
    assert!(matches!(error, ConnectError::HostKeyChanged { .. }), "{error:?}");
    assert_eq!(fabric.sign_ins(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_of_a_jump_host_is_tried_once_for_all_devices() {
    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let (fabric, entry) = fabric(Vec::new()).await;
    let jump = jump_to(&server, Credential::Password("wrong".to_owned().into()));
    let target = through(&entry, &jump);
    let known = known_both(&entry, &jump, &server);
    let mut reports = join_all((0..4).map(|_| test(&target, known.clone()))).await;
    reports.push(test(&target, known.clone()).await);
    for report in &reports {
        let (_, ConnectError::Jump { source, .. }) = connect_error(report) else {
            panic!("{report:#?}")
        };
        assert!(
            matches!(**source, ConnectError::SignInRefused { .. }),
            "{source:?}"
        );
        assert!(!format!("{source:?}").contains("wrong"));
    }
    assert_eq!(ways(&server.sign_ins()), [(&SignInWay::Password, false)]);
    assert_eq!(fabric.sign_ins(), []);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_jump_host_that_does_not_forward_and_a_device_behind_it_that_is_off_differ() {
    let server = JumpServer::start(JumpOptions {
        forwards: false,
        ..JumpOptions::default()
    })
    .await
    .unwrap();
    let (_fabric, entry) = fabric(Vec::new()).await;
    let jump = jump_to(&server, jump_password());
    let report = test(&through(&entry, &jump), known_both(&entry, &jump, &server)).await;
    let (step, ConnectError::Jump { source, .. }) = connect_error(&report) else {
        panic!("{report:#?}")
    };
    assert_eq!(step, ConnectionStep::Port);
    assert!(
        matches!(**source, ConnectError::NotForwarded { .. }),
        "{source:?}"
    );

    let server = JumpServer::start(JumpOptions::default()).await.unwrap();
    let jump = jump_to(&server, jump_password());
    let free = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut off = entry.clone();
    off.port = free.local_addr().unwrap().port();
    drop(free);
    let report = test(&through(&off, &jump), known_both(&off, &jump, &server)).await;
    let (step, error) = connect_error(&report);
    assert_eq!(step, ConnectionStep::Port);
    let ConnectError::Unreachable { source, .. } = error else {
        panic!("{error:?}")
    };
    assert!(source.to_string().contains("JUMP-A01"), "{source}");
}
