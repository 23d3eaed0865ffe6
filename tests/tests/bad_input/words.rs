//! What people and devices write: lists to import, numbers, names, configuration.

use bk_app::views::{ActivityState, DraftOperation, ImportRequest, ImportVerdict, Severity};
use bk_tests::{DOMAIN, Scene};

use crate::{DEVICE, discover};

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
