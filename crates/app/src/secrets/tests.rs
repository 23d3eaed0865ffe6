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

/// The keyring, tested with this test program as the second process.
fn over_two_processes() -> SecretStoreChoice {
    let reads = [
        "--exact",
        "secrets::tests::what_a_second_process_says",
        "--nocapture",
    ];
    SecretStoreChoice::Keyring(KeyringWitness::this_program(&reads))
}

fn credential(name: &str, kept_in: KeptIn) -> Credential {
    Credential {
        name: name.to_owned(),
        user: "kestrel".to_owned(),
        way: bk_store::SignInWay::Password,
        kept_in: Some(kept_in),
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
        let refused = SecretInput::from(bad.to_owned()).checked("password");
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
        .checked("password")
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
    let (folder, first) = secrets(over_two_processes()).await;
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
    let second = Secrets::open(over_two_processes(), &store).await.unwrap();
    let found = second.get(&credential("lab", KeptIn::Keyring)).await.unwrap();
    assert_eq!(found.unwrap().expose_secret(), "canary");
    let absent = second.get(&credential("other", KeptIn::Keyring)).await;
    assert!(matches!(absent, Err(SecretError::Missing { .. })));
    let (_other_folder, other) = secrets(over_two_processes()).await;
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

/// Run by itself it is a test; named with the test of a keyring it is the second process of that test.
#[tokio::test]
async fn what_a_second_process_says() {
    let asked = std::env::args().next_back().unwrap();
    let said = testimony(&asked).await;
    println!("\n{said}");
    if Uuid::parse_str(&asked).is_err() {
        assert_eq!(said, "failed no test has such a name");
    }
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_keyring_that_a_second_process_does_not_read_is_not_trusted() {
    if std::env::var_os(INSIDE).is_none() {
        return with_private_keyring(
            "secrets::tests::a_keyring_that_a_second_process_does_not_read_is_not_trusted",
        );
    }
    let check = async |program: &str, arguments: &[&str], because: &str| {
        let witness = KeyringWitness::another(program, arguments);
        let (_folder, secrets) = secrets(SecretStoreChoice::Keyring(witness)).await;
        secrets.settled().await;
        let status = secrets.status().await;
        let reason = status.reason.unwrap_or_default();
        assert!(
            !status.available && reason.contains(because),
            "{program}: {reason}"
        );
    };
    check("/nonexistent/program", &[], "could not read what this one wrote").await;
    check("true", &[], "it said nothing of it").await;
    check("echo", &["failed", "locked for"], "locked for").await;
    check("echo", &["found", "another value"], "read another value").await;

    let (_folder, trusted) = secrets(over_two_processes()).await;
    let kept = SecretString::from("canary");
    trusted.put("lab", kept, KeptIn::Keyring).await.unwrap();
    let search = std::process::Command::new("secret-tool")
        .args(["search", "--all", "service", "Bridgekeeper"])
        .output()
        .unwrap();
    let entries = String::from_utf8([search.stdout, search.stderr].concat()).unwrap();
    assert!(entries.contains("lab ("), "{entries}");
    assert!(
        !entries.contains("self-test"),
        "no test leaves anything: {entries}"
    );
}

/// Locks the private keyring, as a desktop does when its owner leaves.
#[cfg(target_os = "linux")]
fn lock_private_keyring() {
    let locked = std::process::Command::new("dbus-send")
        .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
        .args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"])
        .arg("array:objpath:/org/freedesktop/secrets/collection/login")
        .output()
        .unwrap();
    assert!(locked.status.success(), "{locked:?}");
}

/// Unlocks it, as its owner's sign-in does on coming back: over the daemon's control socket, which takes a zero byte and
/// then a message of length, operation (1 = unlock) and password.
#[cfg(target_os = "linux")]
fn unlock_private_keyring() {
    use std::io::{Read, Write};
    const PASSWORD: &[u8] = b"journeys";
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").unwrap();
    let control = std::path::Path::new(&runtime).join("keyring/control");
    let mut control = std::os::unix::net::UnixStream::connect(control).unwrap();
    let mut message = vec![0];
    for number in [12 + PASSWORD.len() as u32, 1, PASSWORD.len() as u32] {
        message.extend(number.to_be_bytes());
    }
    message.extend(PASSWORD);
    control.write_all(&message).unwrap();
    let mut answer = [0; 8];
    control.read_exact(&mut answer).unwrap();
    assert_eq!(answer, [0, 0, 0, 8, 0, 0, 0, 0], "it is unlocked");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_locked_keyring_is_named_and_one_that_is_unlocked_later_is_noticed() {
    if std::env::var_os(INSIDE).is_none() {
        return with_private_keyring(
            "secrets::tests::a_locked_keyring_is_named_and_one_that_is_unlocked_later_is_noticed",
        );
    }
    let (folder, open) = secrets(over_two_processes()).await;
    let kept = SecretString::from("canary");
    open.put("lab", kept, KeptIn::Keyring).await.unwrap();
    lock_private_keyring();
    let store = Store::open(StoreOptions {
        folder: folder.path().to_owned(),
    })
    .await
    .unwrap();
    let locked = Secrets::open(over_two_processes(), &store).await.unwrap();
    locked.settled().await;
    let status = locked.status().await;
    assert!(!status.available && status.reason.is_some(), "{status:?}");
    let lab = credential("lab", KeptIn::Keyring);
    assert!(matches!(
        locked.get(&lab).await,
        Err(SecretError::Unavailable { .. })
    ));
    assert!(!locked.look_again().await, "it is still locked");
    let refused = locked
        .put("new", SecretString::from("canary"), KeptIn::Keyring)
        .await;
    assert!(matches!(refused, Err(SecretError::Unavailable { .. })));
    let elsewhere = locked.get(&credential("new", KeptIn::Session)).await;
    assert!(
        matches!(elsewhere, Err(SecretError::Missing { .. })),
        "nothing was kept elsewhere"
    );

    unlock_private_keyring();
    assert!(locked.look_again().await, "it is noticed");
    assert!(locked.status().await.available);
    assert_eq!(locked.get(&lab).await.unwrap().unwrap().expose_secret(), "canary");
    locked.forget("lab", KeptIn::Keyring).await.unwrap();
    assert!(matches!(locked.get(&lab).await, Err(SecretError::Missing { .. })));
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
    let (_folder, secrets) = secrets(over_two_processes()).await;
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
