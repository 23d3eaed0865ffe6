//! The real transport: an interactive shell over one SSH connection.
//!
//! A PTY and a `shell` channel are mandatory (REF 1.1): the `exec` channel answers `Invalid command`.
//! The PTY is 512 columns by 1000 rows, so that neither tables nor echoes are wrapped (REF 1.5).

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use russh::{
    ChannelMsg, Disconnect, MethodKind,
    client::{self, AuthResult, KeyboardInteractiveAuthResponse},
    keys::PublicKeyOrCertificate,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::{net::TcpStream, time::timeout};

use super::{
    ConnectionLimits, Transport, TransportError,
    host_key::{Endpoint, Fingerprint, HostKeyVerdict, HostKeys, PresentedHostKey},
};

/// Columns of the PTY (REF 1.5: 250 or more, 512 is safe).
const COLUMNS: u32 = 512;
/// Rows of the PTY.
const ROWS: u32 = 1000;
/// Most rounds of questions that a keyboard-interactive sign-in may take.
const MAX_INFO_ROUNDS: usize = 4;

/// How to sign in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// A password, also given to a keyboard-interactive sign-in that asks for exactly one.
    Password(SecretString),
}

/// One device, and who signs in to it.
#[derive(Clone, Debug)]
pub struct Target {
    /// Where the device listens.
    pub endpoint: Endpoint,
    /// The login.
    pub user: String,
    /// What proves the login.
    pub credential: Credential,
}

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
    fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::ConnectionRefused => Self::Refused,
            io::ErrorKind::TimedOut => Self::TimedOut,
            io::ErrorKind::HostUnreachable | io::ErrorKind::NetworkUnreachable | io::ErrorKind::NetworkDown => {
                Self::NoRoute
            }
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
        source: russh::Error,
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
    /// The device closed the connection while signing in or opening the shell: for example its
    /// session limit is reached (REF 1.1: no text is documented for that).
    #[error("{endpoint} closed the connection before a shell was open")]
    ClosedEarly {
        /// Where.
        endpoint: Endpoint,
        /// What the SSH library saw.
        #[source]
        source: russh::Error,
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

/// The stages of opening a connection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectStage {
    /// The name has an address.
    Address,
    /// The TCP connection is open.
    Port,
    /// The key exchange is complete.
    Encrypted,
    /// The host key is the one we know.
    HostKey,
    /// The login was accepted.
    SignIn,
}

/// Is told about each stage as it is passed, with what proves it.
pub trait ConnectObserver: Send {
    /// `stage` is passed.
    fn passed(&mut self, stage: ConnectStage, evidence: String);
}

/// Ignores the stages.
impl ConnectObserver for () {
    fn passed(&mut self, _: ConnectStage, _: String) {}
}

/// An interactive shell over SSH.
pub struct SshTransport {
    handle: client::Handle<Handler>,
    shell: russh::Channel<client::Msg>,
    local: SocketAddr,
    peer: SocketAddr,
    exit_status: Option<u32>,
    /// What the device said before it had granted the shell.
    early: Bytes,
}

impl SshTransport {
    /// Connects, checks the host key, signs in once and opens a shell.
    pub async fn open(
        target: &Target,
        host_keys: Arc<dyn HostKeys>,
        limits: &ConnectionLimits,
        observer: &mut dyn ConnectObserver,
    ) -> Result<Self, ConnectError> {
        let endpoint = &target.endpoint;
        let addresses = resolve(endpoint, limits.connect).await?;
        observer.passed(ConnectStage::Address, join(&addresses));

        let stream = connect_tcp(endpoint, &addresses, limits.connect).await?;
        let unreachable =
            |source: io::Error| ConnectError::Unreachable { endpoint: endpoint.clone(), why: Unreachable::of(&source), source };
        stream.set_nodelay(true).map_err(unreachable)?;
        let peer = stream.peer_addr().map_err(unreachable)?;
        let local = stream.local_addr().map_err(unreachable)?;
        observer.passed(ConnectStage::Port, peer.to_string());

        let mut handle = exchange_keys(stream, endpoint, host_keys, limits, observer).await?;
        let how = timeout(limits.sign_in, sign_in(&mut handle, target))
            .await
            .map_err(|_| closed_early(endpoint, russh::Error::ConnectionTimeout))??;
        observer.passed(ConnectStage::SignIn, format!("{} by {how}", target.user));

        let (shell, early) = timeout(limits.sign_in, open_shell(&handle, endpoint))
            .await
            .map_err(|_| closed_early(endpoint, russh::Error::ConnectionTimeout))??;
        Ok(Self { handle, shell, local, peer, exit_status: None, early })
    }

    /// Our own address as the socket has it: how we recognise our session in the device's list.
    #[must_use]
    pub fn local_addr(&self) -> SocketAddr {
        self.local
    }

    /// The device's address.
    #[must_use]
    pub fn peer_addr(&self) -> SocketAddr {
        self.peer
    }
}

#[async_trait]
impl Transport for SshTransport {
    async fn read(&mut self) -> Result<Bytes, TransportError> {
        if !self.early.is_empty() {
            return Ok(std::mem::take(&mut self.early));
        }
        loop {
            match self.shell.wait().await {
                Some(ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. }) if !data.is_empty() => {
                    return Ok(data);
                }
                Some(ChannelMsg::ExitStatus { exit_status }) => self.exit_status = Some(exit_status),
                Some(ChannelMsg::Eof | ChannelMsg::Close) | None => {
                    return Err(TransportError::Closed { exit_status: self.exit_status });
                }
                Some(_) => {}
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let bytes = Bytes::copy_from_slice(bytes);
        self.shell.data_bytes(bytes).await.map_err(|source| TransportError::Lost { source })
    }

    async fn close(&mut self) {
        // Both are politeness: the connection is dropped with `self` whatever they answer.
        let _ = self.shell.close().await;
        let _ = self.handle.disconnect(Disconnect::ByApplication, "", "en").await;
    }
}

async fn resolve(endpoint: &Endpoint, limit: Duration) -> Result<Vec<SocketAddr>, ConnectError> {
    let not_found = |source: io::Error| ConnectError::Unreachable {
        endpoint: endpoint.clone(),
        why: Unreachable::NameNotFound,
        source,
    };
    let lookup = tokio::net::lookup_host((endpoint.host.as_str(), endpoint.port));
    let addresses: Vec<_> = timeout(limit, lookup)
        .await
        .map_err(|_| not_found(io::ErrorKind::TimedOut.into()))?
        .map_err(not_found)?
        .collect();
    if addresses.is_empty() {
        return Err(not_found(io::ErrorKind::NotFound.into()));
    }
    Ok(addresses)
}

async fn connect_tcp(endpoint: &Endpoint, addresses: &[SocketAddr], limit: Duration) -> Result<TcpStream, ConnectError> {
    let opened = match timeout(limit, TcpStream::connect(addresses)).await {
        Ok(opened) => opened,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    opened.map_err(|source| ConnectError::Unreachable {
        endpoint: endpoint.clone(),
        why: Unreachable::of(&source),
        source,
    })
}

async fn exchange_keys(
    stream: TcpStream,
    endpoint: &Endpoint,
    host_keys: Arc<dyn HostKeys>,
    limits: &ConnectionLimits,
    observer: &mut dyn ConnectObserver,
) -> Result<client::Handle<Handler>, ConnectError> {
    let config = Arc::new(client::Config {
        nodelay: true,
        keepalive_interval: Some(limits.keepalive_every),
        keepalive_max: limits.keepalive_misses,
        ..client::Config::default()
    });
    let seen = Arc::new(Mutex::new(None));
    let handler = Handler { endpoint: endpoint.clone(), host_keys, seen: Arc::clone(&seen) };
    let opened = timeout(limits.connect, client::connect_stream(config, stream, handler)).await;
    let presented = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(key) = &presented {
        observer.passed(ConnectStage::Encrypted, format!("host key algorithm {}", key.algorithm));
    }
    let not_ssh = |source| ConnectError::NotSsh { endpoint: endpoint.clone(), source };
    let handle = match opened {
        Err(_) => return Err(not_ssh(russh::Error::ConnectionTimeout)),
        Ok(Err(HandshakeError::Ssh(source))) => return Err(not_ssh(source)),
        Ok(Err(HandshakeError::Unknown(presented))) => {
            return Err(ConnectError::HostKeyUnknown { endpoint: endpoint.clone(), presented });
        }
        Ok(Err(HandshakeError::Changed { known, presented })) => {
            return Err(ConnectError::HostKeyChanged { endpoint: endpoint.clone(), known, presented });
        }
        Ok(Ok(handle)) => handle,
    };
    if let Some(key) = presented {
        observer.passed(ConnectStage::HostKey, key.fingerprint.to_string());
    }
    Ok(handle)
}

/// Signs in once, by the one way that the device offers and we can use. Returns its name.
async fn sign_in(handle: &mut client::Handle<Handler>, target: &Target) -> Result<&'static str, ConnectError> {
    let endpoint = &target.endpoint;
    let early = |source| closed_early(endpoint, source);
    let refused = |offered: &[MethodKind]| ConnectError::SignInRefused {
        endpoint: endpoint.clone(),
        user: target.user.clone(),
        offered: offered.iter().map(|method| <&str>::from(method).to_owned()).collect(),
    };
    // Asking with "none" tells what is offered and costs no attempt: a wrong password must be tried once,
    // not once per way of sending it.
    let offered = match handle.authenticate_none(&target.user).await.map_err(early)? {
        AuthResult::Success => return Ok("no password asked"),
        AuthResult::Failure { remaining_methods, .. } => remaining_methods,
    };
    let Credential::Password(password) = &target.credential;
    if offered.contains(&MethodKind::Password) {
        return match handle.authenticate_password(&target.user, password.expose_secret()).await.map_err(early)? {
            AuthResult::Success => Ok("password"),
            AuthResult::Failure { remaining_methods, .. } => Err(refused(&remaining_methods)),
        };
    }
    if !offered.contains(&MethodKind::KeyboardInteractive) {
        return Err(refused(&offered));
    }
    let mut password = Some(password);
    let mut answer = handle.authenticate_keyboard_interactive_start(&target.user, None).await.map_err(early)?;
    for _ in 0..MAX_INFO_ROUNDS {
        let prompts = match answer {
            KeyboardInteractiveAuthResponse::Success => return Ok("keyboard-interactive"),
            KeyboardInteractiveAuthResponse::Failure { remaining_methods, .. } => {
                return Err(refused(&remaining_methods));
            }
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => prompts,
        };
        let responses = match prompts.as_slice() {
            [] => Vec::new(),
            [one] if !one.echo => match password.take() {
                Some(password) => vec![password.expose_secret().to_owned()],
                None => return Err(refused(&offered)),
            },
            _ => return Err(refused(&offered)),
        };
        answer = handle.authenticate_keyboard_interactive_respond(responses).await.map_err(early)?;
    }
    Err(refused(&offered))
}

async fn open_shell(
    handle: &client::Handle<Handler>,
    endpoint: &Endpoint,
) -> Result<(russh::Channel<client::Msg>, Bytes), ConnectError> {
    let early = |source| closed_early(endpoint, source);
    let mut shell = match handle.channel_open_session().await {
        Err(russh::Error::ChannelOpenFailure(_)) => {
            return Err(ConnectError::NoShell { endpoint: endpoint.clone(), refused: "session channel" });
        }
        opened => opened.map_err(early)?,
    };
    shell.request_pty(true, "vt100", COLUMNS, ROWS, 0, 0, &[]).await.map_err(early)?;
    let mut said = granted(&mut shell, endpoint, "terminal").await?;
    shell.request_shell(true).await.map_err(early)?;
    said.extend(granted(&mut shell, endpoint, "shell").await?);
    Ok((shell, said.into()))
}

/// Waits for the answer to a channel request. Returns what the device said before it.
async fn granted(
    shell: &mut russh::Channel<client::Msg>,
    endpoint: &Endpoint,
    request: &'static str,
) -> Result<Vec<u8>, ConnectError> {
    let mut said = Vec::new();
    loop {
        match shell.wait().await {
            Some(ChannelMsg::Success) => return Ok(said),
            Some(ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. }) => said.extend_from_slice(&data),
            Some(ChannelMsg::Failure) => {
                return Err(ConnectError::NoShell { endpoint: endpoint.clone(), refused: request });
            }
            Some(ChannelMsg::Eof | ChannelMsg::Close) | None => {
                return Err(closed_early(endpoint, russh::Error::Disconnect));
            }
            Some(_) => {}
        }
    }
}

fn closed_early(endpoint: &Endpoint, source: russh::Error) -> ConnectError {
    ConnectError::ClosedEarly { endpoint: endpoint.clone(), source }
}

fn join(addresses: &[SocketAddr]) -> String {
    addresses.iter().map(|address| address.ip().to_string()).collect::<Vec<_>>().join(", ")
}

/// Stops the key exchange before anything secret is sent, unless the key is trusted.
struct Handler {
    endpoint: Endpoint,
    host_keys: Arc<dyn HostKeys>,
    seen: Arc<Mutex<Option<PresentedHostKey>>>,
}

#[derive(Debug)]
enum HandshakeError {
    Ssh(russh::Error),
    Unknown(PresentedHostKey),
    Changed { known: Fingerprint, presented: PresentedHostKey },
}

impl From<russh::Error> for HandshakeError {
    fn from(error: russh::Error) -> Self {
        Self::Ssh(error)
    }
}

impl client::Handler for Handler {
    type Error = HandshakeError;

    async fn check_server_key(&mut self, key: &PublicKeyOrCertificate) -> Result<bool, HandshakeError> {
        let presented = PresentedHostKey::of(&key.public_key());
        *self.seen.lock().unwrap_or_else(PoisonError::into_inner) = Some(presented.clone());
        match self.host_keys.judge(&self.endpoint, &presented).await {
            HostKeyVerdict::Trusted => Ok(true),
            HostKeyVerdict::Unknown => Err(HandshakeError::Unknown(presented)),
            HostKeyVerdict::Changed { known } => Err(HandshakeError::Changed { known, presented }),
        }
    }
}
