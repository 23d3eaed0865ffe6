//! How a fabric is started, and what it tells about itself.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::clock::ClockMode;
use crate::device::SessionId;
use crate::dialect::Dialect;

/// How a fabric is served.
#[derive(Clone, Debug)]
pub struct ServeOptions {
    /// Decides host keys; the same seed gives the same ones.
    pub seed: u64,
    /// How every device speaks.
    pub dialect: Dialect,
    /// How long things take.
    pub latency: Latency,
    /// The address to listen on; each device takes a port of its own.
    pub bind: IpAddr,
    /// The first port; each device takes the next one. None = whatever is free.
    pub first_port: Option<u16>,
    /// The login of every device.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Further logins with their passwords.
    pub logins: Vec<(String, String)>,
    /// Public keys, in OpenSSH form, that open any of the logins.
    pub authorized_keys: Vec<String>,
    /// The fabric's time.
    pub clock: ClockMode,
    /// Whether the control socket is opened.
    pub control: bool,
}

impl Default for ServeOptions {
    fn default() -> Self {
        Self {
            seed: 1,
            dialect: Dialect::default(),
            latency: Latency::default(),
            bind: Ipv4Addr::LOCALHOST.into(),
            first_port: None,
            user: "dnroot".to_owned(),
            password: "dnroot".to_owned(),
            logins: Vec::new(),
            authorized_keys: Vec::new(),
            clock: ClockMode::Real,
            control: true,
        }
    }
}

/// How long a device takes. Both zero by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Latency {
    /// For a line.
    pub line: Duration,
    /// For carrying out a commit.
    pub commit: Duration,
}

/// Whether a device can be reached.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Reach {
    /// Yes.
    #[default]
    Up,
    /// Connections are closed at once.
    Refuses,
    /// Connections are taken and nothing is said.
    Silent,
}

/// Why a fabric could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// A device found no port.
    #[error("could not listen on {address} for {device}")]
    Listen {
        /// Which device.
        device: String,
        /// Where.
        address: SocketAddr,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// A key of [`ServeOptions::authorized_keys`] is none.
    #[error("could not read authorized key {line:?}")]
    AuthorizedKey {
        /// The text.
        line: String,
        /// Why.
        #[source]
        source: russh::keys::ssh_key::Error,
    },
    /// Two devices of one name, an alias included.
    #[error("the name {name} occurs twice in the fabric")]
    DuplicateName {
        /// The name.
        name: String,
    },
    /// The control socket could not be opened.
    #[error("could not open the control socket")]
    Control(#[source] std::io::Error),
}

/// A request that names something that does not exist.
#[derive(Debug, thiserror::Error)]
#[error("the fabric has no device {name:?}")]
pub struct NoSuchDevice {
    /// The name asked for.
    pub name: String,
}

/// Where a device is reached and how one logs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InventoryEntry {
    /// The device's name.
    pub name: String,
    /// Its address.
    pub address: IpAddr,
    /// Its port.
    pub port: u16,
    /// The login.
    pub user: String,
    /// Its password.
    pub password: String,
    /// Its host key as a public key line of OpenSSH.
    pub host_key: String,
    /// `SHA256:...`
    pub host_key_fingerprint: String,
}

/// A line that a device received.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceivedLine {
    /// Counts over the whole fabric: the order in which devices received lines.
    pub number: u64,
    /// The device.
    pub device: String,
    /// The session.
    pub session: SessionId,
    /// Its text.
    pub line: String,
    /// When it came.
    pub at: DateTime<Utc>,
}
