//! Host keys that changed or were never seen.

use bk_app::views::{ActivityState, CredentialRequest, ImportRequest, ImportVerdict, Reachability};
use bk_app::{AppError, SecretInput};
use bk_lab::dialect::Dialect;
use bk_lab::generate;
use bk_tests::Scene;

use crate::{DEVICE, discover, fails_alone, reachability};

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
