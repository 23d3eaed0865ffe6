//! Errors in words.

use bk_store::StoreError;

use super::{AppError, step_error};
use crate::lock::LockError;
use crate::practice::PracticeError;
use crate::secrets::SecretError;
use crate::views::ErrorView;

/// An error without device, object and words.
pub(super) fn plain(code: &str, sentence: impl Into<String>, next: Option<&str>) -> ErrorView {
    ErrorView {
        code: code.to_owned(),
        sentence: sentence.into(),
        next: next.map(str::to_owned),
        device: None,
        object: None,
        words: None,
    }
}

/// The causes of an error, outermost first.
pub(super) fn causes(error: &dyn std::error::Error) -> Option<String> {
    let chain = std::iter::successors(error.source(), |cause| cause.source());
    let texts: Vec<String> = chain.map(ToString::to_string).collect();
    (!texts.is_empty()).then(|| texts.join(": "))
}

pub(super) fn view(error: &AppError) -> ErrorView {
    match error {
        AppError::Store(error) => store(error),
        AppError::Journal(error) => ErrorView {
            words: causes(error),
            ..plain(
                "journal",
                format!(
                    "The journal of deployment {} could not be {}. No device was touched after that.",
                    error.deployment, error.operation
                ),
                None,
            )
        },
        AppError::Lock(error) => lock(error),
        AppError::Device(error) => step_error(error),
        AppError::Secret(error) => secret(error),
        AppError::SecretOf { device, source } => ErrorView {
            device: Some(device.to_string()),
            ..secret(source)
        },
        AppError::KeyOf { device, source } => ErrorView {
            device: Some(device.to_string()),
            ..super::sign_in::key_file(source)
        },
        AppError::KeyFile(source) => super::sign_in::key_file(source),
        AppError::Agent(source) => super::sign_in::agent(source),
        AppError::DriftFirst { device, events } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "drift-first",
                format!(
                    "{}. In this lab drift is decided before anything is deployed beside it. Nothing was sent.",
                    match events {
                        1 => format!("1 event of drift is open on {device}"),
                        events => format!(
                            "{events} events of drift are open on devices of this plan, the first on {device}"
                        ),
                    }
                ),
                Some("Decide the drift"),
            )
        },
        AppError::NoWay { device, reason } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "no-way",
                format!("{device} was not contacted: {reason}."),
                Some("Choose a jump host"),
            )
        },
        AppError::JumpInUse {
            jump,
            devices,
            groups,
        } => ErrorView {
            object: Some(jump.clone()),
            ..plain(
                "jump-in-use",
                format!(
                    "{devices} devices{} are reached through {jump}. It was not removed, because they would be contacted \
                     directly.",
                    match groups.as_slice() {
                        [] => String::new(),
                        groups => format!(" (groups {})", groups.join(", ")),
                    }
                ),
                None,
            )
        },
        AppError::Practice(error) => practice(error),
        AppError::PracticeMixed => plain(
            "practice-mixed",
            "The inventory holds devices that are not simulated. The practice lab is never mixed with them; give it a data \
             folder of its own.",
            None,
        ),
        AppError::Text(error) => plain(
            "text",
            format!("A configuration text could not be used: {error}."),
            None,
        ),
        AppError::NoCredentials { device } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "no-credentials",
                format!("{device} has no credentials. It was not contacted."),
                Some("Choose credentials"),
            )
        },
        AppError::NotKnown { what, name } => ErrorView {
            object: Some(name.clone()),
            ..plain("not-known", format!("There is no {what} {name:?}."), None)
        },
        AppError::NotReadThen { domain, devices } => ErrorView {
            object: Some(domain.to_string()),
            device: devices.first().map(ToString::to_string),
            ..plain(
                "not-read-then",
                format!(
                    "{domain} is on {} now, and nothing was read there by that moment: its ends there would be left standing. \
                     No plan was made.",
                    devices
                        .iter()
                        .map(ToString::to_string)
                        .collect::<Vec<_>>()
                        .join(", ")
                ),
                Some("Choose a later moment"),
            )
        },
        AppError::BadInput { field, reason } => ErrorView {
            object: Some((*field).to_owned()),
            ..plain(
                "bad-input",
                format!("This {field} can't be used: {reason}."),
                None,
            )
        },
        AppError::File { path, source } => ErrorView {
            object: Some(path.display().to_string()),
            words: Some(source.to_string()),
            ..plain("file", format!("{} could not be read.", path.display()), None)
        },
        AppError::Busy { what } => plain("busy", format!("{what} goes on already."), None),
        AppError::HostKeyNotOffered { device, fingerprint } => ErrorView {
            device: Some(device.clone()),
            object: Some(fingerprint.clone()),
            ..plain(
                "host-key-not-offered",
                format!("{device} did not offer this key when it was contacted last. Nothing was trusted."),
                Some("Test the connection"),
            )
        },
        AppError::HostKeyNotConfirmed { device } => ErrorView {
            device: Some(device.clone()),
            ..plain(
                "host-key-not-confirmed",
                format!(
                    "What was typed is not the end of the new host key of {device}. The old key stays trusted."
                ),
                None,
            )
        },
        AppError::Plan(error) => super::plan::plan(error),
        AppError::NotSeparable(error) => super::plan::not_separable(error),
        AppError::DraftMoved { domain } => ErrorView {
            object: Some(domain.clone()),
            ..plain(
                "draft-moved",
                format!("Draft or records of {domain} changed since this plan was made. Nothing was sent."),
                Some("Make its plan"),
            )
        },
        AppError::Undo(error) => super::plan::undo(error),
        AppError::Deployment(error) => super::plan::deployment(error),
        AppError::NotEditable { domain, reason } => ErrorView {
            object: Some(domain.clone()),
            ..plain("not-editable", reason.clone(), None)
        },
        AppError::DeviceBusy { device, reason } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "device-busy",
                format!("{device} is not ready: {reason}"),
                Some("Try again"),
            )
        },
        AppError::BaseMoved { device } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "base-moved",
                format!("{device} differs from our record in what the plan touches."),
                Some("Read the device"),
            )
        },
        AppError::InDoubtFirst { deployment } => ErrorView {
            object: Some(deployment.to_string()),
            ..plain(
                "in-doubt-first",
                format!(
                    "Deployment {deployment} did not end and touches the same devices. Nothing was sent."
                ),
                Some("Resolve it first"),
            )
        },
        AppError::RunsAlready { deployment } => ErrorView {
            object: Some(deployment.to_string()),
            ..plain(
                "runs-already",
                format!("Deployment {deployment} works on the same devices. Nothing was sent."),
                Some("Try again when it has ended"),
            )
        },
        AppError::NotOffered {
            choice,
            reason,
            offered,
        } => {
            let offered = match offered.as_slice() {
                [] => String::new(),
                words => format!(" Offered: {}.", words.join(", ")),
            };
            let reason = reason.trim_end_matches('.');
            ErrorView {
                object: Some(choice.clone()),
                ..plain(
                    "not-offered",
                    format!("{choice:?} is not offered: {reason}.{offered} Nothing was done."),
                    None,
                )
            }
        }
        AppError::CannotUndo { change, reason } => ErrorView {
            object: Some(change.to_string()),
            ..plain(
                "cannot-undo",
                format!("This change can't be undone: {reason}."),
                None,
            )
        },
    }
}

fn store(error: &StoreError) -> ErrorView {
    match error {
        StoreError::NewerSchema { path, .. } => ErrorView {
            object: Some(path.display().to_string()),
            ..plain(
                "data-newer",
                format!(
                    "{} was written by a newer release of Bridgekeeper. It was not touched.",
                    path.display()
                ),
                Some("Install the newer release"),
            )
        },
        StoreError::Damaged { path, findings } => ErrorView {
            object: Some(path.display().to_string()),
            words: Some(findings.clone()),
            ..plain(
                "data-damaged",
                format!(
                    "{} is damaged. It was not changed; copies made before upgrades stand beside it in \"backups\".",
                    path.display()
                ),
                None,
            )
        },
        StoreError::NotFound { object } => ErrorView {
            object: Some(object.clone()),
            ..plain("not-known", format!("There is no {object}."), None)
        },
        StoreError::Refused { object, reason } => ErrorView {
            object: Some(object.clone()),
            ..plain(
                "refused",
                format!("{object}: {reason}. Nothing was changed."),
                None,
            )
        },
        other => ErrorView {
            words: causes(other),
            ..plain(
                "data",
                format!("The data folder could not be used: {other}."),
                Some("Try again"),
            )
        },
    }
}

fn lock(error: &LockError) -> ErrorView {
    match error {
        LockError::Held { holder } => plain(
            "locked",
            format!(
                "{holder} runs a deployment from this data folder. Only one may at a time; nothing was begun."
            ),
            Some("Try again"),
        ),
        LockError::File { path, source } => ErrorView {
            object: Some(path.display().to_string()),
            words: Some(source.to_string()),
            ..plain(
                "data",
                format!("{} could not be locked. Nothing was begun.", path.display()),
                Some("Try again"),
            )
        },
    }
}

fn secret(error: &SecretError) -> ErrorView {
    match error {
        SecretError::Unavailable { reason } => ErrorView {
            words: Some(reason.clone()),
            ..plain(
                "keyring-unavailable",
                "The keyring can't be used, so the secret was not kept anywhere. Unlock it, or keep the secret for this \
                 session only.",
                Some("Keep for this session"),
            )
        },
        SecretError::Keyring { operation, name, .. } => ErrorView {
            object: Some(name.clone()),
            words: causes(error),
            ..plain(
                "keyring",
                format!("The keyring did not {operation} the secret of {name}."),
                Some("Unlock the keyring"),
            )
        },
        SecretError::Missing { name } => ErrorView {
            object: Some(name.clone()),
            ..plain(
                "secret-missing",
                format!(
                    "No password is kept for the credentials {name}. Devices that use them were not contacted."
                ),
                Some("Set the password"),
            )
        },
    }
}

fn practice(error: &PracticeError) -> ErrorView {
    match error {
        PracticeError::Unavailable => plain(
            "practice-unavailable",
            "There is no practice lab in this program.",
            None,
        ),
        PracticeError::Start { source } => ErrorView {
            words: Some(source.to_string()),
            ..plain("practice", "The practice lab did not start.", Some("Try again"))
        },
    }
}
