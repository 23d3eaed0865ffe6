//! Why no connection came about.

use std::{io, sync::Arc};

use super::keys::AgentError;
use crate::transport::host_key::{Endpoint, Fingerprint, PresentedHostKey};

/// Why a device could not be reached on the network.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unreachable {
    /// The name has no address.
    NameNotFound,
    /// Nothing listens on the port.
    Refused,
    /// No answer in time.
    TimedOut,
    /// No route, or the network is down.
    NoRoute,
    /// Anything else the operating system reports.
    Other,
}

impl Unreachable {
    pub(super) fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::NetworkDown => Self::NoRoute,
            _ => Self::Other,
        }
    }
}

/// Why a connection could not be opened. Nothing was sent to a CLI in any of these cases.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// The device can't be reached.
    #[error("{endpoint} cannot be reached")]
    Unreachable {
        /// Where.
        endpoint: Endpoint,
        /// Why, in one word.
        why: Unreachable,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Something listens, and it does not complete an SSH key exchange.
    #[error("{endpoint} did not complete the SSH key exchange")]
    NotSsh {
        /// Where.
        endpoint: Endpoint,
        /// What the SSH library saw.
        #[source]
        source: Box<russh::Error>,
    },
    /// No key is known for this device. The password was not sent.
    #[error("the host key of {endpoint} is not known: {} {}", presented.algorithm, presented.fingerprint)]
    HostKeyUnknown {
        /// Where.
        endpoint: Endpoint,
        /// The key it showed.
        presented: PresentedHostKey,
    },
    /// The device shows another key than before. The password was not sent.
    #[error("the host key of {endpoint} has changed from {known} to {}", presented.fingerprint)]
    HostKeyChanged {
        /// Where.
        endpoint: Endpoint,
        /// The key trusted so far.
        known: Fingerprint,
        /// The key it showed now.
        presented: PresentedHostKey,
    },
    /// The device refused the login.
    #[error("{endpoint} refused the sign-in of {user}")]
    SignInRefused {
        /// Where.
        endpoint: Endpoint,
        /// Who.
        user: String,
        /// The ways of signing in that the device offers.
        offered: Vec<String>,
    },
    /// The SSH agent did not sign: nothing was offered, or nothing more than the chosen key.
    #[error("the SSH agent can't sign {user} in to {endpoint}")]
    Agent {
        /// Where.
        endpoint: Endpoint,
        /// Who.
        user: String,
        /// Why.
        #[source]
        source: AgentError,
    },
    /// The way through the jump host failed. Nothing was sent to the device.
    #[error("the jump host {name} is no way to {endpoint}")]
    Jump {
        /// The jump host's name.
        name: String,
        /// The device that was to be reached.
        endpoint: Endpoint,
        /// What failed at the jump host.
        #[source]
        source: Arc<ConnectError>,
    },
    /// The jump host forwards nothing, or not to this place.
    #[error("{endpoint} does not forward to {to}")]
    NotForwarded {
        /// The jump host.
        endpoint: Endpoint,
        /// The place.
        to: Endpoint,
    },
    /// The device closed the connection while signing in or opening the shell: for example its
    /// session limit is reached (REF 1.1: no text is documented for that).
    #[error("{endpoint} closed the connection before a shell was open")]
    ClosedEarly {
        /// Where.
        endpoint: Endpoint,
        /// What the SSH library saw.
        #[source]
        source: Box<russh::Error>,
    },
    /// The device refused an interactive shell.
    #[error("{endpoint} gives no interactive shell")]
    NoShell {
        /// Where.
        endpoint: Endpoint,
        /// Which request was refused.
        refused: &'static str,
    },
}

pub(super) fn closed_early(endpoint: &Endpoint, source: russh::Error) -> ConnectError {
    ConnectError::ClosedEarly {
        endpoint: endpoint.clone(),
        source: Box::new(source),
    }
}
