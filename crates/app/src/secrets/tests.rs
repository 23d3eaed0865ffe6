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
