//! From connection and driver errors to the engine's step errors.

use bk_engine::ports::StepError;
use bk_model::DeviceName;

use crate::{
    channel::ChannelError,
    driver::DriverError,
    platforms::dnos::DIALOGUE,
    transport::ssh::{ConnectError, Target},
};

/// Maps why no connection came about.
pub(super) fn connect_error(device: &DeviceName, target: &Target, error: ConnectError) -> StepError {
    let device = device.clone();
    match error {
        ConnectError::SignInRefused { .. } => StepError::SignInRefused {
            device,
            user: target.user.clone(),
        },
        ConnectError::HostKeyUnknown { presented, .. } => StepError::HostKeyUnknown {
            device,
            fingerprint: presented.fingerprint.to_string(),
        },
        ConnectError::HostKeyChanged { known, presented, .. } => StepError::HostKeyChanged {
            device,
            trusted: known.to_string(),
            offered: presented.fingerprint.to_string(),
        },
        ConnectError::NotSsh { .. } | ConnectError::NoShell { .. } => StepError::NotDnos {
            device,
            reason: error.to_string(),
        },
        // What is told of the way there is in the source: the agent, the jump host.
        ConnectError::Unreachable { .. }
        | ConnectError::ClosedEarly { .. }
        | ConnectError::Agent { .. }
        | ConnectError::Jump { .. }
        | ConnectError::NotForwarded { .. } => StepError::Unreachable {
            device,
            source: Box::new(error),
        },
    }
}

/// Maps why a command has no answer.
pub(super) fn driver_error(device: &DeviceName, doing: &str, error: DriverError) -> StepError {
    let device = device.clone();
    match error {
        DriverError::NotDnos { reason } => StepError::NotDnos { device, reason },
        DriverError::Stopped { .. } => StepError::Cancelled { device },
        DriverError::Question { command, text } => StepError::Unrecognised {
            device,
            command,
            text: DIALOGUE.redact(&text),
        },
        DriverError::Mode { command, context } => {
            let text = format!("the prompt shows ({})", context.unwrap_or_default());
            StepError::Unrecognised {
                device,
                command,
                text,
            }
        }
        DriverError::Paged { command } => StepError::Unrecognised {
            device,
            command,
            text: "the pager cut the answer twice".to_owned(),
        },
        DriverError::Channel { command, source } => channel_error(device, doing, command, source),
    }
}

fn channel_error(device: DeviceName, doing: &str, command: String, error: ChannelError) -> StepError {
    match error {
        // Before the first prompt nothing was sent: for example the session limit is reached (REF 1.1).
        ChannelError::Closed { .. } if command.is_empty() => StepError::Unreachable {
            device,
            source: Box::new(error),
        },
        ChannelError::Closed { .. } => StepError::Lost {
            device,
            doing: doing.to_owned(),
            in_flight: Some(command),
        },
        ChannelError::Deadline { waited, .. } => StepError::Deadline {
            device,
            command,
            waited_s: waited.as_secs(),
        },
        ChannelError::Cancelled { .. } => StepError::Cancelled { device },
        ChannelError::OutOfStep { said, .. }
        | ChannelError::FalsePrompt { said, .. }
        | ChannelError::NoPrompt { said } => StepError::Unrecognised {
            device,
            command,
            text: DIALOGUE.redact(&said),
        },
        ChannelError::TooLong { limit, .. } => StepError::Unrecognised {
            device,
            command,
            text: format!("an answer of more than {limit} bytes"),
        },
    }
}
