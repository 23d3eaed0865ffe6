//! Errors on the way to a login, in words: keys, the agent, the jump host.

use bk_device::{AgentError, ConnectError, KeyFileError};
use bk_model::DeviceName;

use super::device::{about, chain};
use super::view::{causes, plain};
use crate::views::ErrorView;

/// Turns what is wrong with a key file into what a person reads.
pub(super) fn key_file(error: &KeyFileError) -> ErrorView {
    let (path, what, next) = match error {
        KeyFileError::Unreadable { path, .. } => (path, "could not be read", None),
        KeyFileError::OpenToOthers { path } => (
            path,
            "may be read by other users of this machine, so it is not used",
            Some("Take their rights away (chmod 600)"),
        ),
        KeyFileError::NotOpenSsh { path } => (
            path,
            "holds no private key in the form of OpenSSH",
            Some("Convert it (ssh-keygen -p)"),
        ),
        KeyFileError::Unsupported { path, .. } => (path, "holds a key of a kind that can't be used", None),
        KeyFileError::NeedsPassphrase { path } => (
            path,
            "is encrypted, and no passphrase is kept for it",
            Some("Set the passphrase"),
        ),
        KeyFileError::WrongPassphrase { path } => (
            path,
            "is not opened by the passphrase",
            Some("Set the passphrase"),
        ),
    };
    let code = match error {
        KeyFileError::NeedsPassphrase { .. } => "passphrase-missing",
        KeyFileError::WrongPassphrase { .. } => "passphrase-wrong",
        _ => "key-file",
    };
    ErrorView {
        object: Some(path.display().to_string()),
        words: causes(error),
        ..plain(
            code,
            format!(
                "The key file {} {what}. Nothing was contacted with it.",
                path.display()
            ),
            next,
        )
    }
}

/// Turns what an SSH agent does not do into what a person reads.
pub(super) fn agent(error: &AgentError) -> ErrorView {
    let (sentence, next) = match error {
        AgentError::NotRunning => (
            "No SSH agent is running: SSH_AUTH_SOCK is not set. No key was offered.".to_owned(),
            Some("Start an agent"),
        ),
        AgentError::Unreachable { socket, .. } => (
            format!(
                "The SSH agent at {} does not answer. No key was offered.",
                socket.display()
            ),
            Some("Try again"),
        ),
        AgentError::KeyNotHeld { fingerprint } => (
            format!("The SSH agent does not hold the key {fingerprint}. No other key was offered."),
            Some("Add the key to the agent (ssh-add)"),
        ),
        AgentError::NotSigned { .. } => (
            "The SSH agent did not sign. No other key was offered.".to_owned(),
            Some("Try again"),
        ),
    };
    ErrorView {
        words: causes(error),
        ..plain("agent", sentence, next)
    }
}

/// Turns what went wrong on the way to a device, but not on the device, into what a person reads.
pub(super) fn on_the_way(device: &DeviceName, error: &ConnectError) -> Option<ErrorView> {
    match error {
        ConnectError::Agent { source, .. } => Some(ErrorView {
            device: Some(device.to_string()),
            ..agent(source)
        }),
        ConnectError::Jump { name, source, .. } => Some(jump(device, name, source)),
        _ => None,
    }
}

fn jump(device: &DeviceName, name: &str, error: &ConnectError) -> ErrorView {
    let said = |code: &str, what: String, next| {
        let sentence = format!("{what} {device} was not contacted.");
        ErrorView {
            object: Some(name.to_owned()),
            ..about(device, code, sentence, next)
        }
    };
    match error {
        ConnectError::HostKeyUnknown { presented, .. } => ErrorView {
            object: Some(presented.fingerprint.to_string()),
            ..said(
                "jump-key-unknown",
                format!(
                    "The host key of the jump host {name} is not known. The connection was closed before anything secret \
                     was sent."
                ),
                Some("Compare the fingerprint"),
            )
        },
        ConnectError::HostKeyChanged { known, presented, .. } => ErrorView {
            object: Some(presented.fingerprint.to_string()),
            ..said(
                "jump-key-changed",
                format!(
                    "The host key of the jump host {name} has changed from {known} to {}. The connection was closed before \
                     anything secret was sent.",
                    presented.fingerprint
                ),
                Some("Compare fingerprints"),
            )
        },
        ConnectError::SignInRefused { user, .. } => said(
            "jump-sign-in-refused",
            format!("The jump host {name} refused the sign-in of {user}. It was tried once."),
            Some("Set its credentials"),
        ),
        ConnectError::Agent { source, .. } => ErrorView {
            device: Some(device.to_string()),
            ..agent(source)
        },
        ConnectError::NotForwarded { .. } => said(
            "jump-refused",
            format!("The jump host {name} does not forward connections."),
            None,
        ),
        other => ErrorView {
            words: Some(chain(other)),
            ..said(
                "jump-unreachable",
                format!("The jump host {name} does not answer."),
                Some("Try again"),
            )
        },
    }
}
