//! What is wrong is told with the device and the object it is about; one device that fails discards no other's result;
//! nothing that was known is lost.
#![cfg(test)]

mod keys;
mod words;

use bk_app::SecretInput;
use bk_app::views::{ActivityState, ActivityView, CredentialRequest, ErrorView, ImportRequest, Reachability};
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

pub(crate) const DEVICE: &str = "LEAF-A01";

pub(crate) async fn discover(scene: &Scene) -> ActivityView {
    let begun = scene.app.discovery_start(None).await.unwrap();
    scene.wait_for(begun).await
}

/// The text of the record of every device of a service.
pub(crate) async fn records(scene: &Scene) -> Vec<String> {
    let texts = scene.app.domain_config(DOMAIN.to_owned()).await.unwrap();
    texts
        .into_iter()
        .map(|text| format!("{}\n{}", text.device, text.text))
        .collect()
}

/// Discovers; only [`DEVICE`] fails, and what was known before is known after.
pub(crate) async fn fails_alone(scene: &Scene) -> ErrorView {
    let before = records(scene).await;
    let domains = scene.app.domains_list().await.unwrap().len();
    let ended = discover(scene).await;
    assert_eq!(ended.state, ActivityState::Partial, "{ended:?}");
    let failed: Vec<_> = ended
        .devices
        .iter()
        .filter(|device| device.error.is_some())
        .collect();
    assert_eq!(
        failed
            .iter()
            .map(|device| device.device.as_str())
            .collect::<Vec<_>>(),
        [DEVICE]
    );
    assert_eq!(ended.devices.len(), 9, "every other device has its result");
    assert_eq!(records(scene).await, before);
    assert_eq!(scene.app.domains_list().await.unwrap().len(), domains);
    let error = failed[0].error.clone().unwrap();
    assert_eq!(error.device.as_deref(), Some(DEVICE));
    assert!(error.sentence.contains(DEVICE), "{}", error.sentence);
    error
}

pub(crate) async fn reachability(scene: &Scene) -> Reachability {
    let rows = scene.app.devices_list().await.unwrap();
    rows.into_iter()
        .find(|row| row.name == DEVICE)
        .unwrap()
        .reachability
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_password_is_tried_once_and_named() {
    let scene = Scene::practice().await;
    let before = records(&scene).await;
    let wrong = SecretInput::from("not-the-password".to_owned());
    scene
        .app
        .credential_set(
            CredentialRequest::password("practice lab", "dnroot", true),
            Some(wrong),
        )
        .await
        .unwrap();
    let ended = discover(&scene).await;
    assert_eq!(ended.state, ActivityState::Failed);
    for device in &ended.devices {
        let error = device.error.as_ref().unwrap();
        assert_eq!(error.code, "sign-in-refused");
        assert!(
            error.sentence.contains(&device.device) && error.sentence.contains("dnroot"),
            "{}",
            error.sentence
        );
        assert!(!format!("{error:?}").contains("not-the-password"));
    }
    assert_eq!(reachability(&scene).await, Reachability::SignInRefused);
    assert_eq!(records(&scene).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_does_not_answer_fails_alone() {
    for reach in [Reach::Refuses, Reach::Silent] {
        let scene = Scene::practice().await;
        if reach == Reach::Silent {
            let brief = bk_app::views::SettingInput {
                setting: "connectTimeout".to_owned(),
                value: "2".to_owned(),
            };
            scene.app.settings_set(brief).await.unwrap();
        }
        scene.fabric.set_reach(DEVICE, reach);
        let error = fails_alone(&scene).await;
        // Who takes the connection and says nothing is not told from who speaks something else.
        let (code, state) = match reach {
            Reach::Silent => ("not-usable", Reachability::NotUsable),
            _ => ("device-unreachable", Reachability::NoAnswer),
        };
        assert_eq!(error.code, code, "{reach:?}: {error:?}");
        assert_eq!(reachability(&scene).await, state);
        scene.fabric.set_reach(DEVICE, Reach::Up);
        assert_eq!(discover(&scene).await.state, ActivityState::Done);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_speaks_something_else_is_no_device() {
    for banner in [
        "220 mail.example ESMTP ready\r\n",
        "HTTP/1.1 400 Bad Request\r\n\r\n",
        "SSH-1.5-Old\r\n",
    ] {
        let scene = Scene::practice().await;
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                let _ = stream.write_all(banner.as_bytes()).await;
            }
        });
        let text = format!("OTHER-1 127.0.0.1:{port}\n");
        let request = ImportRequest {
            text,
            source: None,
            credentials: Some("practice lab".to_owned()),
        };
        scene.app.devices_import(request).await.unwrap();
        let ended = discover(&scene).await;
        let failed: Vec<_> = ended
            .devices
            .iter()
            .filter(|device| device.error.is_some())
            .collect();
        assert_eq!(
            (ended.state, failed.len(), ended.devices.len()),
            (ActivityState::Partial, 1, 10)
        );
        let error = failed[0].error.as_ref().unwrap();
        assert_eq!(
            (failed[0].device.as_str(), error.device.as_deref()),
            ("OTHER-1", Some("OTHER-1"))
        );
        assert!(
            ["not-usable", "device-unreachable"].contains(&error.code.as_str()),
            "{banner:?}: {error:?}"
        );
        let test = scene.app.device_test("OTHER-1".to_owned()).await.unwrap();
        assert_eq!(test.error.unwrap().code, error.code, "{banner:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_answer_stops_the_reading_and_keeps_the_record() {
    let interfaces = "show config interfaces";
    let broken = [
        (interfaces, Moment::MidAnswer, Action::Garble),
        (
            "show config network-services",
            Moment::MidAnswer,
            Action::Truncate,
        ),
        (interfaces, Moment::MidAnswer, Action::Drop),
        (
            "show system version",
            Moment::BeforeAnswer,
            Action::Answer("BusyBox v1.30 (debian)\n".to_owned()),
        ),
    ];
    for (matching, moment, action) in broken {
        let scene = Scene::practice().await;
        let passing = Fault::on(matching, moment, action.clone());
        let lasting = Fault {
            repeat: true,
            ..passing.clone()
        };
        scene.fabric.inject(DEVICE, lasting).unwrap();
        let error = fails_alone(&scene).await;
        let codes = ["answer-not-known", "connection-lost", "not-usable"];
        assert!(codes.contains(&error.code.as_str()), "{action:?}: {error:?}");
        scene.fabric.device(DEVICE).unwrap().clear_faults();
        assert_eq!(discover(&scene).await.state, ActivityState::Done, "{action:?}");
        // A cut that passes is read again.
        if matches!(action, Action::Garble | Action::Truncate) {
            let before = records(&scene).await;
            scene.fabric.inject(DEVICE, passing).unwrap();
            assert_eq!(discover(&scene).await.state, ActivityState::Done, "{action:?}");
            assert_eq!(records(&scene).await, before);
        }
    }
}
