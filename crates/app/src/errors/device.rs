//! Errors of steps on devices, in words: what happened, where, and what is certain.

use bk_device::connection_test::ConnectionTestError;
use bk_device::{ConnectError, driver::DriverError};
use bk_engine::ports::StepError;
use bk_model::DeviceName;

use super::sign_in::on_the_way;
use crate::views::ErrorView;

/// An error about a device without the device's own words.
pub(super) fn about(device: &DeviceName, code: &str, sentence: String, next: Option<&str>) -> ErrorView {
    ErrorView {
        code: code.to_owned(),
        sentence,
        next: next.map(str::to_owned),
        device: Some(device.to_string()),
        object: None,
        words: None,
    }
}

pub(super) fn chain(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(Some(error), |cause| cause.source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn unreachable(device: &DeviceName, words: String) -> ErrorView {
    let sentence =
        format!("{device} does not answer. Nothing was sent to it; other devices are not affected.");
    ErrorView {
        words: Some(words),
        ..about(device, "device-unreachable", sentence, Some("Try again"))
    }
}

fn sign_in_refused(device: &DeviceName, user: &str) -> ErrorView {
    let sentence = format!("{device} refused the sign-in of {user}. It was tried once.");
    about(device, "sign-in-refused", sentence, Some("Set the password"))
}

fn key_unknown(device: &DeviceName, fingerprint: &str) -> ErrorView {
    let sentence = format!(
        "The host key of {device} is not known. The connection was closed before the password was sent."
    );
    let object = Some(fingerprint.to_owned());
    ErrorView {
        object,
        ..about(
            device,
            "host-key-unknown",
            sentence,
            Some("Compare the fingerprint"),
        )
    }
}

fn key_changed(device: &DeviceName, trusted: &str, offered: &str) -> ErrorView {
    let sentence = format!(
        "The host key of {device} has changed from {trusted} to {offered}. The connection was closed before the \
         password was sent."
    );
    let object = Some(offered.to_owned());
    ErrorView {
        object,
        ..about(device, "host-key-changed", sentence, Some("Compare fingerprints"))
    }
}

fn lost(device: &DeviceName, doing: &str, in_flight: Option<&str>) -> ErrorView {
    let certain = match in_flight {
        Some(command) => format!("Whether \"{command}\" ran is not known."),
        None => "No command was without an answer.".to_owned(),
    };
    let sentence = format!("The connection to {device} was lost during {doing}. {certain}");
    let object = in_flight.map(str::to_owned);
    ErrorView {
        object,
        ..about(device, "connection-lost", sentence, Some("Try again"))
    }
}

fn deadline(device: &DeviceName, command: &str, seconds: u64) -> ErrorView {
    let sentence = format!(
        "{device} did not answer \"{command}\" within {seconds} s. The session was closed; whether the command still \
         runs is not known."
    );
    ErrorView {
        object: Some(command.to_owned()),
        ..about(device, "no-answer", sentence, Some("Try again"))
    }
}

fn unrecognised(device: &DeviceName, command: &str, words: &str) -> ErrorView {
    let sentence = format!(
        "{device} answered \"{command}\" in a form that is not known. Bridgekeeper stopped there and sent nothing more."
    );
    ErrorView {
        object: Some(command.to_owned()),
        words: Some(words.to_owned()),
        ..about(device, "answer-not-known", sentence, None)
    }
}

fn not_dnos(device: &DeviceName, reason: &str) -> ErrorView {
    let sentence =
        format!("{device} does not answer as a DNOS device that can be used. Nothing was changed on it.");
    ErrorView {
        words: Some(reason.to_owned()),
        ..about(device, "not-usable", sentence, None)
    }
}

/// Turns the error of a step into what a person reads.
pub(crate) fn step_error(error: &StepError) -> ErrorView {
    match error {
        StepError::Unreachable { device, source } => source
            .downcast_ref::<ConnectError>()
            .and_then(|error| on_the_way(device, error))
            .unwrap_or_else(|| unreachable(device, chain(source.as_ref()))),
        StepError::SignInRefused { device, user } => sign_in_refused(device, user),
        StepError::HostKeyUnknown { device, fingerprint } => key_unknown(device, fingerprint),
        StepError::HostKeyChanged {
            device,
            trusted,
            offered,
        } => key_changed(device, trusted, offered),
        StepError::NotDnos { device, reason } => not_dnos(device, reason),
        StepError::Lost {
            device,
            doing,
            in_flight,
        } => lost(device, doing, in_flight.as_deref()),
        StepError::Deadline {
            device,
            command,
            waited_s,
        } => deadline(device, command, *waited_s),
        StepError::Unrecognised {
            device,
            command,
            text,
        } => unrecognised(device, command, text),
        StepError::Cancelled { device } => {
            let sentence = format!("Reading {device} was cancelled. What was read before is kept.");
            about(device, "cancelled", sentence, None)
        }
    }
}

/// Turns the error of a step of the connection test into what a person reads.
pub(crate) fn connection_error(device: &DeviceName, error: &ConnectionTestError) -> ErrorView {
    match error {
        ConnectionTestError::Connect(error) => match error {
            ConnectError::SignInRefused { user, .. } => sign_in_refused(device, user),
            ConnectError::HostKeyUnknown { presented, .. } => {
                key_unknown(device, presented.fingerprint.as_str())
            }
            ConnectError::HostKeyChanged { known, presented, .. } => {
                key_changed(device, known.as_str(), presented.fingerprint.as_str())
            }
            ConnectError::NotSsh { .. } | ConnectError::NoShell { .. } => not_dnos(device, &chain(error)),
            error => on_the_way(device, error).unwrap_or_else(|| unreachable(device, chain(error))),
        },
        ConnectionTestError::Dialogue(error) => dialogue(device, error),
        ConnectionTestError::TooOld { release } => {
            let sentence =
                format!("{device} runs DNOS {release}, which is older than the releases that can be used.");
            about(device, "not-usable", sentence, None)
        }
        ConnectionTestError::Refused { command, words } => {
            let sentence =
                format!("{device} refused \"{command}\", which the work needs. Nothing was changed on it.");
            ErrorView {
                object: Some(command.clone()),
                words: Some(words.clone()),
                ..about(device, "command-refused", sentence, None)
            }
        }
        ConnectionTestError::Unrecognised { command, words, .. } => unrecognised(device, command, words),
    }
}

fn dialogue(device: &DeviceName, error: &DriverError) -> ErrorView {
    let sentence = format!("The dialogue with {device} stopped. Nothing was changed on it.");
    ErrorView {
        words: Some(chain(error)),
        ..about(device, "dialogue-stopped", sentence, Some("Try again"))
    }
}
