//! The SSH transport, the port and the connection test against a real SSH server on the loopback interface.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

mod server;

use std::{sync::Arc, time::Duration};

use bk_device::{
    ConnectionLimits, ConnectionStep, Credential, DnosPort, Endpoint, Fingerprint, KnownHostKeys,
    PortSettings, StepResult, Target,
    channel::{Record, Tuning},
    test_connection,
};
use bk_engine::ports::{Clock, DevicePort, StepError, Transcript, TranscriptLine};
use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use russh::MethodKind;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use server::{PASSWORD, Server, Shell, USER, serve};

struct Silent;

impl Record for Silent {
    fn sent(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

impl Transcript for Silent {
    fn record(&self, _: TranscriptLine) {}
}

impl Clock for Silent {
    fn now(&self) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH
    }
    fn since_boot(&self) -> Duration {
        Duration::ZERO
    }
}

fn settings() -> PortSettings {
    PortSettings {
        limits: ConnectionLimits {
            connect: Duration::from_secs(5),
            sign_in: Duration::from_secs(5),
            ..ConnectionLimits::lab()
        },
        tuning: Tuning {
            quiet: Duration::from_millis(20),
            unknown_question: Duration::from_millis(200),
            ..Tuning::default()
        },
        first_prompt: Duration::from_secs(5),
        turn: Duration::from_millis(300),
    }
}

fn target(endpoint: &Endpoint, password: &str) -> Target {
    Target {
        endpoint: endpoint.clone(),
        user: USER.into(),
        credential: Credential::Password(password.to_owned().into()),
        jump: None,
    }
}

fn trusting(server: &Server) -> KnownHostKeys {
    let mut known = KnownHostKeys::default();
    known.trust(server.endpoint.clone(), server.fingerprint.clone());
    known
}

fn port(endpoint: &Endpoint, known: KnownHostKeys, password: &str) -> DnosPort {
    let device = DeviceName::new("LEAF-A01").unwrap();
    let silent = Arc::new(Silent);
    DnosPort::new(
        device,
        target(endpoint, password),
        Arc::new(known),
        Arc::clone(&silent) as Arc<dyn Clock>,
        silent,
        settings(),
    )
}

async fn open_error(server: &Server, known: KnownHostKeys, password: &str) -> StepError {
    let opened = port(&server.endpoint, known, password)
        .open(&CancellationToken::new())
        .await;
    opened.err().expect("the session must not open")
}

#[tokio::test]
async fn an_unknown_host_key_is_shown_before_the_password_is_sent() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::Password]).await;
    let error = open_error(&server, KnownHostKeys::default(), PASSWORD).await;
    let StepError::HostKeyUnknown { fingerprint, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(fingerprint, server.fingerprint.as_str());
    assert!(server.tried.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_changed_host_key_stops_before_the_password_is_sent() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::Password]).await;
    let old = Fingerprint::parse(&format!("SHA256:{}", "a".repeat(43))).unwrap();
    let mut known = KnownHostKeys::default();
    known.trust(server.endpoint.clone(), old.clone());
    let error = open_error(&server, known, PASSWORD).await;
    let StepError::HostKeyChanged { trusted, offered, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (trusted.as_str(), offered.as_str()),
        (old.as_str(), server.fingerprint.as_str())
    );
    assert!(server.tried.lock().unwrap().is_empty());
}

#[tokio::test]
async fn a_wrong_password_is_tried_once() {
    let server = serve(
        Shell::Dnos("25.4.13"),
        &[MethodKind::Password, MethodKind::KeyboardInteractive],
    )
    .await;
    let error = open_error(&server, trusting(&server), "wrong").await;
    assert!(
        matches!(&error, StepError::SignInRefused { user, .. } if user == USER),
        "{error:?}"
    );
    assert_eq!(*server.tried.lock().unwrap(), ["password"]);
    assert!(!format!("{error:?}").contains("wrong"));
}

#[tokio::test]
async fn one_password_question_is_answered() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::KeyboardInteractive]).await;
    let session = port(&server.endpoint, trusting(&server), PASSWORD)
        .open(&CancellationToken::new())
        .await
        .unwrap();
    drop(session);
    assert_eq!(*server.tried.lock().unwrap(), ["keyboard-interactive"]);
}

#[tokio::test]
async fn a_device_that_only_takes_keys_says_so() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::PublicKey]).await;
    let error = open_error(&server, trusting(&server), PASSWORD).await;
    assert!(matches!(error, StepError::SignInRefused { .. }), "{error:?}");
    assert!(server.tried.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_is_no_dnos_device_is_named() {
    let cases = [
        (Shell::Refused, "shell"),
        (Shell::SaysAndCloses("Invalid command\r\n"), "Invalid command"),
        (Shell::Says("root@spine:~# "), "root@spine"),
        (Shell::Says("GI# "), "GI#"),
        (
            Shell::Says("Warning: CLI is not running, do you wish to enter BaseOS shell? (yes/no) [no]? "),
            "not running",
        ),
        (Shell::Dnos("16.1"), "16.1"),
    ];
    for (shell, expected) in cases {
        let server = serve(shell, &[MethodKind::Password]).await;
        let error = open_error(&server, trusting(&server), PASSWORD).await;
        let StepError::NotDnos { reason, .. } = error else {
            panic!("{error:?}")
        };
        assert!(reason.contains(expected), "{reason}");
    }
}

#[tokio::test]
async fn an_unreachable_port_and_one_that_is_not_ssh() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let endpoint = Endpoint {
        host: "127.0.0.1".into(),
        port: address.port(),
    };
    tokio::spawn(async move {
        use tokio::io::AsyncWriteExt;
        for greeting in ["HTTP/1.1 400 Bad Request\r\n\r\n", ""] {
            if let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(greeting.as_bytes()).await;
            }
        }
    });
    let open = async |endpoint: &Endpoint| {
        port(endpoint, KnownHostKeys::default(), PASSWORD)
            .open(&CancellationToken::new())
            .await
            .err()
            .unwrap()
    };
    assert!(matches!(open(&endpoint).await, StepError::NotDnos { .. }));
    // A device at its session limit closes without a word.
    assert!(matches!(open(&endpoint).await, StepError::Unreachable { .. }));
    // The listener is gone now.
    assert!(matches!(open(&endpoint).await, StepError::Unreachable { .. }));
    let nowhere = Endpoint {
        host: "device.invalid".into(),
        port: 22,
    };
    assert!(matches!(open(&nowhere).await, StepError::Unreachable { .. }));
}

#[tokio::test]
async fn a_shell_that_closes_without_a_word_is_no_session() {
    let server = serve(Shell::SaysAndCloses(""), &[MethodKind::Password]).await;
    let error = open_error(&server, trusting(&server), PASSWORD).await;
    assert!(matches!(error, StepError::Unreachable { .. }), "{error:?}");
}

#[tokio::test]
async fn one_session_per_device_at_a_time() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::Password]).await;
    let port = port(&server.endpoint, trusting(&server), PASSWORD);
    let never = CancellationToken::new();
    let first = port.open(&never).await.unwrap();
    assert!(matches!(
        port.open(&never).await.err().unwrap(),
        StepError::Unreachable { .. }
    ));
    drop(first);
    port.open(&never).await.unwrap();
}

#[tokio::test]
async fn the_nine_steps() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::Password]).await;
    let never = CancellationToken::new();
    let known = Arc::new(trusting(&server));
    let report = test_connection(
        &target(&server.endpoint, PASSWORD),
        known,
        &settings(),
        Arc::new(Silent),
        &never,
    )
    .await;
    assert!(report.passed(), "{report:#?}");
    let steps: Vec<_> = report.steps.iter().map(|(step, _)| *step).collect();
    assert_eq!(steps, ConnectionStep::DIRECT);
    let evidence: Vec<_> = report
        .steps
        .iter()
        .skip(4)
        .map(|(step, result)| match result {
            StepResult::Passed { evidence, .. } => format!("{step:?}: {evidence}"),
            other => panic!("{other:?}"),
        })
        .collect();
    insta::assert_snapshot!(evidence.join("\n"), @r"
    SignIn: kestrel by password
    Prompt: LEAF-A01#
    Version: DNOS 25.4.13 build 1
    Rights: may configure; 1 signed in; 1 bridge domains
    Read: 1 lines of network-services bridge-domain
    ");
}

#[tokio::test]
async fn the_first_failing_step_ends_the_test() {
    let server = serve(Shell::Dnos("25.4.13"), &[MethodKind::Password]).await;
    let check = async |known: KnownHostKeys, password: &str, expected: ConnectionStep| {
        let never = CancellationToken::new();
        let report = test_connection(
            &target(&server.endpoint, password),
            Arc::new(known),
            &settings(),
            Arc::new(Silent),
            &never,
        )
        .await;
        assert_eq!(
            report.failure().map(|(step, _)| step),
            Some(expected),
            "{report:#?}"
        );
        assert_eq!(report.steps.len(), 9);
        assert!(matches!(report.steps[8].1, StepResult::NotTried));
    };
    check(KnownHostKeys::default(), PASSWORD, ConnectionStep::HostKey).await;
    check(trusting(&server), "wrong", ConnectionStep::SignIn).await;
    assert_eq!(*server.tried.lock().unwrap(), ["password"]);
}
