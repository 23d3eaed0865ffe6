//! What is wrong is told with the device and the object it is about; one device that fails discards no other's result;
//! nothing that was known is lost.
#![cfg(test)]

use bk_app::views::{
    ActivityState, ActivityView, CredentialRequest, DraftOperation, ErrorView, ImportRequest, ImportVerdict,
    Reachability, Severity,
};
use bk_app::{AppError, SecretInput};
use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::generate;
use bk_lab::serve::Reach;
use bk_tests::{DOMAIN, Scene};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpListener;

const DEVICE: &str = "LEAF-A01";

async fn discover(scene: &Scene) -> ActivityView {
    let begun = scene.app.discovery_start(None).await.unwrap();
    scene.wait_for(begun).await
}

/// The text of the record of every device of a service.
async fn records(scene: &Scene) -> Vec<String> {
    let texts = scene.app.domain_config(DOMAIN.to_owned()).await.unwrap();
    texts
        .into_iter()
        .map(|text| format!("{}\n{}", text.device, text.text))
        .collect()
}

/// Discovers; only [`DEVICE`] fails, and what was known before is known after.
async fn fails_alone(scene: &Scene) -> ErrorView {
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

async fn reachability(scene: &Scene) -> Reachability {
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
async fn a_changed_host_key_stops_before_the_password_until_a_person_replaces_it() {
    let scene = Scene::practice().await;
    let trusted = scene
        .app
        .devices_list()
        .await
        .unwrap()
        .into_iter()
        .find(|row| row.name == DEVICE)
        .unwrap();
    let trusted = trusted.host_key.unwrap().fingerprint;
    let offered = scene.fabric.change_host_key(DEVICE).unwrap();
    let received = scene
        .fabric
        .received()
        .iter()
        .filter(|line| line.device == DEVICE)
        .count();

    let error = fails_alone(&scene).await;
    assert_eq!(error.code, "host-key-changed");
    assert!(
        error.sentence.contains(&trusted) && error.sentence.contains(&offered),
        "{}",
        error.sentence
    );
    assert_eq!(
        scene
            .fabric
            .received()
            .iter()
            .filter(|line| line.device == DEVICE)
            .count(),
        received
    );
    assert_eq!(reachability(&scene).await, Reachability::KeyChanged);

    // Neither trusting, nor importing, nor typing something else goes past it.
    let trust = scene.app.host_key_trust(DEVICE.to_owned(), offered.clone()).await;
    assert!(
        matches!(trust, Err(AppError::HostKeyNotConfirmed { .. })),
        "{trust:?}"
    );
    let place = scene
        .fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == DEVICE)
        .unwrap();
    let text = format!(
        "name,address,port,fingerprint\n{DEVICE},{},{},{offered}\n",
        place.address, place.port
    );
    let request = ImportRequest {
        text,
        source: Some("lab.csv".to_owned()),
        credentials: None,
    };
    let report = scene.app.devices_import(request).await.unwrap();
    let detail = report.rows[0].detail.as_deref().unwrap();
    assert_eq!(
        (report.rows[0].verdict, report.refused),
        (ImportVerdict::Refused, 1)
    );
    assert!(detail.contains(&trusted) && detail.contains(&offered), "{detail}");
    let typed = scene
        .app
        .host_key_replace(DEVICE.to_owned(), offered.clone(), "????".to_owned())
        .await;
    assert!(
        matches!(typed, Err(AppError::HostKeyNotConfirmed { .. })),
        "{typed:?}"
    );
    let end = offered[offered.len() - 4..].to_owned();
    scene
        .app
        .host_key_replace(DEVICE.to_owned(), offered, end)
        .await
        .unwrap();
    assert_eq!(discover(&scene).await.state, ActivityState::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_host_key_is_offered_and_nothing_is_sent() {
    let scene = Scene::undiscovered(generate::practice(bk_practice::SEED), Dialect::default()).await;
    let secret = SecretInput::from("dnroot".to_owned());
    scene
        .app
        .credential_set(CredentialRequest::password("lab", "dnroot", true), Some(secret))
        .await
        .unwrap();
    let place = scene
        .fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == DEVICE)
        .unwrap();
    let text = format!("{DEVICE} {}:{}\n", place.address, place.port);
    let request = ImportRequest {
        text,
        source: None,
        credentials: Some("lab".to_owned()),
    };
    scene.app.devices_import(request).await.unwrap();

    let ended = discover(&scene).await;
    assert_eq!(ended.devices[0].error.as_ref().unwrap().code, "host-key-unknown");
    assert!(scene.fabric.received().is_empty());
    let row = scene.app.devices_list().await.unwrap().remove(0);
    assert_eq!(
        (row.reachability, row.offered_key.as_deref()),
        (
            Reachability::KeyUnknown,
            Some(place.host_key_fingerprint.as_str())
        )
    );
    let other = "SHA256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa".to_owned();
    assert!(matches!(
        scene.app.host_key_trust(DEVICE.to_owned(), other).await,
        Err(AppError::HostKeyNotOffered { .. })
    ));
    scene
        .app
        .host_key_trust(DEVICE.to_owned(), place.host_key_fingerprint)
        .await
        .unwrap();
    assert_eq!(discover(&scene).await.state, ActivityState::Done);
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

#[tokio::test(flavor = "multi_thread")]
async fn an_import_names_each_line_that_can_not_be_used_and_takes_the_others() {
    let scene = Scene::practice().await;
    let text = "name,address,port\nLEAF-Z01,192.0.2.1,22\n\"two\nlines\",192.0.2.2,22\n<b>x</b>,192.0.2.3,22\n\
                LEAF-\u{202e}Z,192.0.2.4,22\nLEAF-Z02,not an address,22\nLEAF-Z03,192.0.2.5,70000\n,192.0.2.6,22\n\
                LEAF-Z04,192.0.2.7,22,more\nLEAF-Z05,192.0.2.8,22\n";
    let request = |text: &str| ImportRequest {
        text: text.to_owned(),
        source: Some("lab.csv".to_owned()),
        credentials: Some("practice lab".to_owned()),
    };
    let preview = scene.app.devices_import_preview(request(text)).await.unwrap();
    let report = scene.app.devices_import(request(text)).await.unwrap();
    let verdicts = |rows: &[bk_app::views::ImportRow]| {
        rows.iter().map(|row| (row.line, row.verdict)).collect::<Vec<_>>()
    };
    assert_eq!(verdicts(&preview.rows), verdicts(&report.rows));
    let refused: Vec<u32> = report
        .rows
        .iter()
        .filter(|row| row.verdict == ImportVerdict::Refused)
        .map(|row| row.line)
        .collect();
    assert_eq!(
        (refused, report.added),
        (vec![3, 5, 6, 7, 8, 9, 10], 2),
        "{:#?}",
        report.rows
    );
    for row in &report.rows {
        let shown = format!(
            "{}{}{}",
            row.name,
            row.address,
            row.detail.as_deref().unwrap_or_default()
        );
        assert!(!shown.contains(['\n', '\u{202e}']), "{shown:?}");
        assert_eq!(
            row.verdict == ImportVerdict::Refused,
            row.detail.is_some(),
            "{row:?}"
        );
    }
    let names: Vec<String> = scene
        .app
        .devices_list()
        .await
        .unwrap()
        .into_iter()
        .map(|row| row.name)
        .collect();
    assert_eq!(names.len(), 11);
    assert!(names.contains(&"LEAF-Z05".to_owned()));
}

#[tokio::test(flavor = "multi_thread")]
async fn vlans_out_of_range_are_refused_and_the_draft_stays_as_it_is() {
    let scene = Scene::practice().await;
    let (device, port) = scene.free_port(DOMAIN).await;
    let draft = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    for vlan in [0, 4095, 4096, u16::MAX] {
        let operations = [
            DraftOperation::ChangeServiceVlan { vlan },
            DraftOperation::AddAttachment {
                device: device.clone(),
                port: port.clone(),
                vlan: Some(vlan),
            },
        ];
        for operation in operations {
            match scene.app.draft_apply(draft.id.clone(), operation.clone()).await {
                Err(error) => {
                    let view = error.view();
                    assert!(
                        view.sentence.contains(&vlan.to_string()),
                        "{operation:?}: {view:?}"
                    );
                }
                Ok(view) => {
                    let errors: Vec<_> = view
                        .findings
                        .iter()
                        .filter(|finding| finding.severity == Severity::Error)
                        .collect();
                    assert!(
                        errors
                            .iter()
                            .any(|finding| finding.sentence.contains(&vlan.to_string())),
                        "{operation:?}: {:?}",
                        view.findings
                    );
                    assert!(
                        scene.app.plan_make(draft.id.clone()).await.is_err(),
                        "{operation:?}"
                    );
                    scene.app.draft_undo(draft.id.clone()).await.unwrap();
                }
            }
        }
    }
    assert!(scene.app.draft_get(draft.id).await.unwrap().changes.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn hostile_names_are_told_inert_and_change_nothing() {
    let scene = Scene::practice().await;
    let start = scene.truth();
    for name in [
        "",
        "a\nb",
        "<img src=x onerror=alert(1)>",
        "x\u{202e}y",
        "\u{1b}[2J",
        "'; DROP TABLE device; --",
        "../../etc",
        "é",
    ] {
        let errors = [
            scene.app.device_test(name.to_owned()).await.map(drop),
            scene.app.domain_detail(name.to_owned()).await.map(drop),
            scene.app.draft_open(name.to_owned()).await.map(drop),
            scene.app.device_remove(name.to_owned()).await,
            scene
                .app
                .discovery_start(Some(vec![name.to_owned()]))
                .await
                .map(drop),
            scene.app.snapshot_list(name.to_owned()).await.map(drop),
        ];
        for (number, result) in errors.into_iter().enumerate() {
            let Err(error) = result else { continue };
            let sentence = error.view().sentence;
            assert!(
                !sentence.contains(['\n', '\u{202e}', '\u{1b}']),
                "{number} {name:?}: {sentence:?}"
            );
        }
    }
    let draft = scene.app.draft_open(DOMAIN.to_owned()).await.unwrap();
    for port in ["ge100-0/0/5\ncommit", "ge100-0/0/5 | no-more", "", "bundle-1.5"] {
        let add = DraftOperation::AddAttachment {
            device: DEVICE.to_owned(),
            port: port.to_owned(),
            vlan: None,
        };
        match scene.app.draft_apply(draft.id.clone(), add).await {
            Err(error) => assert!(!error.view().sentence.contains('\n'), "{port:?}"),
            Ok(view) => {
                assert!(
                    view.findings
                        .iter()
                        .any(|finding| finding.severity == Severity::Error),
                    "{port:?}"
                );
                scene.app.draft_undo(draft.id.clone()).await.unwrap();
            }
        }
    }
    assert_eq!(scene.truth(), start);
    assert_eq!(scene.app.devices_list().await.unwrap().len(), 9);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_holds_is_kept_as_it_is_however_it_looks() {
    let scene = Scene::practice().await;
    let hostile = "<script>alert(1)</script> %s $(reboot)";
    let lines = [
        format!("interfaces ge100-0/0/30 description \"{hostile}\""),
        "commit".to_owned(),
    ];
    let answers = scene.fabric.foreign(DEVICE, "birch", &lines);
    assert!(answers[1].contains("Commit succeeded"), "{answers:?}");
    assert_eq!(discover(&scene).await.state, ActivityState::Done);
    let reads = scene.app.snapshot_list(DEVICE.to_owned()).await.unwrap();
    let text = scene
        .app
        .snapshot_text(reads[0].id, bk_app::views::TextForm::Text)
        .await
        .unwrap();
    assert!(text.text.contains(hostile));
}
