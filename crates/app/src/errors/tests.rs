use std::path::PathBuf;

use super::*;

fn device() -> DeviceName {
    DeviceName::new("LEAF-A01").unwrap()
}

fn check(error: impl Into<AppError>, code: &str, sentence: &str) {
    let view = error.into().view();
    assert_eq!((view.code.as_str(), view.sentence.as_str()), (code, sentence));
}

#[test]
fn errors_of_devices_say_what_is_certain() {
    let fingerprint = "SHA256:new".to_owned();
    check(
        StepError::Unreachable {
            device: device(),
            source: "refused".into(),
        },
        "device-unreachable",
        "LEAF-A01 does not answer. Nothing was sent to it; other devices are not affected.",
    );
    check(
        StepError::SignInRefused {
            device: device(),
            user: "kestrel".into(),
        },
        "sign-in-refused",
        "LEAF-A01 refused the sign-in of kestrel. It was tried once.",
    );
    check(
        StepError::HostKeyChanged {
            device: device(),
            trusted: "SHA256:old".into(),
            offered: fingerprint,
        },
        "host-key-changed",
        "The host key of LEAF-A01 has changed from SHA256:old to SHA256:new. The connection was closed before the \
         password was sent.",
    );
    check(
        StepError::Lost {
            device: device(),
            doing: "commit confirm".into(),
            in_flight: Some("commit confirm 10".into()),
        },
        "connection-lost",
        "The connection to LEAF-A01 was lost during commit confirm. Whether \"commit confirm 10\" ran is not known.",
    );
    check(
        StepError::Unrecognised {
            device: device(),
            command: "commit".into(),
            text: "What?".into(),
        },
        "answer-not-known",
        "LEAF-A01 answered \"commit\" in a form that is not known. Bridgekeeper stopped there and sent nothing more.",
    );
}

#[test]
fn the_devices_own_words_stay_unedited_beside_the_sentence() {
    let words = "ERROR: \u{1b}[31m<b>What?</b>";
    let error = StepError::Unrecognised {
        device: device(),
        command: "commit".into(),
        text: words.into(),
    };
    let view = AppError::from(error).view();
    assert_eq!(view.words.as_deref(), Some(words));
    assert!(!view.sentence.contains("What?"));
    assert_eq!(
        (view.device.as_deref(), view.object.as_deref()),
        (Some("LEAF-A01"), Some("commit"))
    );
}

#[test]
fn errors_of_the_data_folder_say_that_nothing_was_lost() {
    check(
        StoreError::NewerSchema {
            path: PathBuf::from("/data/x.db"),
            found: 2,
            known: 1,
        },
        "data-newer",
        "/data/x.db was written by a newer release of Bridgekeeper. It was not touched.",
    );
    check(
        LockError::Held {
            holder: "bk, process 4711".into(),
        },
        "locked",
        "bk, process 4711 runs a deployment from this data folder. Only one may at a time; nothing was begun.",
    );
}

#[test]
fn errors_of_secrets_name_the_credentials_and_no_secret() {
    check(
        AppError::SecretOf {
            device: device(),
            source: SecretError::Missing { name: "lab".into() },
        },
        "secret-missing",
        "No password is kept for the credentials lab. Devices that use them were not contacted.",
    );
    let view = AppError::SecretOf {
        device: device(),
        source: SecretError::Unavailable {
            reason: "locked".into(),
        },
    }
    .view();
    assert_eq!(
        (view.code.as_str(), view.device.as_deref()),
        ("keyring-unavailable", Some("LEAF-A01"))
    );
    assert_eq!(view.words.as_deref(), Some("locked"));
}

#[test]
fn display_never_repeats_its_source() {
    let error = AppError::from(StoreError::NotFound {
        object: "plan ab".into(),
    });
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert!(!error.to_string().contains(&source));
}
