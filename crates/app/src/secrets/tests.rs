use bk_store::StoreOptions;
use chrono::DateTime;

use super::*;

async fn secrets(choice: SecretStoreChoice) -> (tempfile::TempDir, Secrets) {
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreOptions {
        folder: folder.path().to_owned(),
    })
    .await
    .unwrap();
    let secrets = Secrets::open(choice, &store).await.unwrap();
    (folder, secrets)
}

fn credential(name: &str, kept_in: KeptIn) -> Credential {
    Credential {
        name: name.to_owned(),
        user: "kestrel".to_owned(),
        kept_in,
        set_at: DateTime::UNIX_EPOCH,
    }
}

#[test]
fn a_secret_prints_nothing() {
    let secret = SecretInput::from("canary".to_owned());
    assert_eq!(format!("{secret:?}"), "SecretInput(redacted)");
    let read: SecretInput = serde_json::from_str("\"canary\"").unwrap();
    assert!(!format!("{read:?}").contains("canary"));
}

#[test]
fn secrets_that_a_device_could_not_take_are_refused() {
    for bad in ["", "two\nlines", "escape\u{1b}[0m", &"x".repeat(MAX_SECRET + 1)] {
        let refused = SecretInput::from(bad.to_owned()).checked();
        assert!(
            matches!(
                refused,
                Err(AppError::BadInput {
                    field: "password",
                    ..
                })
            ),
            "{bad:?}"
        );
    }
    SecretInput::from("pässwörd with blanks".to_owned())
        .checked()
        .unwrap();
}

#[tokio::test]
async fn a_session_without_keyring_never_falls_back() {
    let (_folder, secrets) = secrets(SecretStoreChoice::SessionOnly).await;
    let refused = secrets
        .put("lab", SecretString::from("canary"), KeptIn::Keyring)
        .await;
    assert!(matches!(refused, Err(SecretError::Unavailable { .. })));
    let absent = secrets.get(&credential("lab", KeptIn::Session)).await;
    assert!(
        matches!(absent, Err(SecretError::Missing { .. })),
        "it must not have been kept elsewhere"
    );
    let status = secrets.status().await;
    assert!(!status.available);
    assert!(status.reason.is_some());
}

#[tokio::test]
async fn a_session_keeps_its_secrets_apart_by_name() {
    let (_folder, secrets) = secrets(SecretStoreChoice::SessionOnly).await;
    for (name, secret) in [("one", "first"), ("two", "second"), ("one", "third")] {
        secrets
            .put(name, SecretString::from(secret), KeptIn::Session)
            .await
            .unwrap();
    }
    let of = async |name| {
        secrets
            .get(&credential(name, KeptIn::Session))
            .await
            .unwrap()
            .expose_secret()
            .to_owned()
    };
    assert_eq!(of("one").await, "third");
    assert_eq!(of("two").await, "second");
}

#[tokio::test]
async fn the_token_key_stays_the_same_within_a_session() {
    let (_folder, secrets) = secrets(SecretStoreChoice::SessionOnly).await;
    let text = bk_config::ConfigText::new("system login user birch password enc-abc ^\n").unwrap();
    let of = async || {
        bk_store::StoredText::full(&text, &secrets.tokens().await.unwrap())
            .unwrap()
            .text()
            .clone()
    };
    let first = of().await;
    assert_eq!(first, of().await);
    assert!(!first.as_str().contains("enc-abc"));
}

/// Set inside the private session that the script makes.
#[cfg(target_os = "linux")]
const INSIDE: &str = "IN_PRIVATE_BUS";

/// Runs one test of this binary with a keyring of its own: the person's own is never touched, and none need be there.
#[cfg(target_os = "linux")]
fn with_private_keyring(test: &str) {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/e2e/with-keyring.sh");
    let run = std::process::Command::new(script)
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .output()
        .expect("dbus-run-session and gnome-keyring-daemon are installed");
    let said = String::from_utf8_lossy(&run.stdout);
    assert!(
        run.status.success() && said.contains("1 passed"),
        "{said}{}",
        String::from_utf8_lossy(&run.stderr)
    );
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn the_keyring_is_tested_and_keeps_secrets_beyond_the_service() {
    if std::env::var_os(INSIDE).is_none() {
        return with_private_keyring(
            "secrets::tests::the_keyring_is_tested_and_keeps_secrets_beyond_the_service",
        );
    }
    let (folder, first) = secrets(SecretStoreChoice::Keyring).await;
    let status = first.status().await;
    assert!(status.available, "{status:?}");
    assert_eq!(
        (status.name.as_str(), status.reason),
        ("Secret Service keyring", None)
    );
    first
        .put("lab", SecretString::from("canary"), KeptIn::Keyring)
        .await
        .unwrap();

    let store = Store::open(StoreOptions {
        folder: folder.path().to_owned(),
    })
    .await
    .unwrap();
    let second = Secrets::open(SecretStoreChoice::Keyring, &store).await.unwrap();
    let found = second.get(&credential("lab", KeptIn::Keyring)).await.unwrap();
    assert_eq!(found.expose_secret(), "canary");
    let absent = second.get(&credential("other", KeptIn::Keyring)).await;
    assert!(matches!(absent, Err(SecretError::Missing { .. })));
    let (_other_folder, other) = secrets(SecretStoreChoice::Keyring).await;
    let absent = other.get(&credential("lab", KeptIn::Keyring)).await;
    assert!(
        matches!(absent, Err(SecretError::Missing { .. })),
        "another data folder has secrets of its own"
    );
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn without_a_session_bus_there_is_no_keyring_and_nothing_is_kept() {
    const ALONE: &str = "WITHOUT_SESSION_BUS";
    if std::env::var_os(ALONE).is_none() {
        let test = "secrets::tests::without_a_session_bus_there_is_no_keyring_and_nothing_is_kept";
        let run = std::process::Command::new(std::env::current_exe().unwrap())
            .args(["--exact", test, "--nocapture"])
            .env(ALONE, "1")
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&run.stdout);
        return assert!(run.status.success() && said.contains("1 passed"), "{said}");
    }
    let (_folder, secrets) = secrets(SecretStoreChoice::Keyring).await;
    let status = secrets.status().await;
    assert!(!status.available && status.reason.is_some(), "{status:?}");
    let refused = secrets
        .put("lab", SecretString::from("canary"), KeptIn::Keyring)
        .await
        .unwrap_err();
    assert!(matches!(refused, SecretError::Unavailable { .. }));
    assert!(matches!(
        secrets.get(&credential("lab", KeptIn::Session)).await,
        Err(SecretError::Missing { .. })
    ));
}
