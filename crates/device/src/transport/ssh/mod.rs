//! The real transport: an interactive shell over one SSH connection.
//!
//! A PTY and a `shell` channel are mandatory (REF 1.1): the `exec` channel answers `Invalid command`.
//! The PTY is 512 columns by 1000 rows, so that neither tables nor echoes are wrapped (REF 1.5).

mod error;
mod jump;
mod keys;
mod reach;
mod sign_in;

use std::{net::SocketAddr, sync::Arc};

use async_trait::async_trait;
use bytes::Bytes;
use russh::{ChannelMsg, Disconnect, client};
use secrecy::SecretString;
use tokio::time::timeout;

use super::{
    ConnectionLimits, Transport, TransportError,
    host_key::{Endpoint, HostKeys},
};
use error::closed_early;
pub use error::{ConnectError, Unreachable};
pub use jump::JumpHost;
pub use keys::{AgentError, AgentKey, HeldKey, KeyFileError, SigningKey, held_keys};
use reach::{Handler, connect_tcp, exchange_keys, resolve};
use sign_in::{open_shell, sign_in};

/// How to sign in.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Credential {
    /// A password, also given to a keyboard-interactive sign-in that asks for exactly one.
    Password(SecretString),
    /// A private key.
    Key(SigningKey),
    /// A key that an SSH agent holds.
    Agent(AgentKey),
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
    /// The host through which the device is reached; none where this machine reaches it itself.
    pub jump: Option<JumpHost>,
}

/// The stages of opening a connection, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectStage {
    /// The jump host let us in; only where there is one.
    Jump,
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
    local: Option<SocketAddr>,
    /// Held so that the way stays open.
    jump: Option<Arc<client::Handle<Handler>>>,
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
        let (mut handle, local, jump) = match &target.jump {
            None => {
                let addresses = resolve(endpoint, limits.connect).await?;
                observer.passed(ConnectStage::Address, join(&addresses));
                let stream = connect_tcp(endpoint, &addresses, limits.connect).await?;
                let peer = stream.peer_addr().map(|peer| peer.to_string());
                observer.passed(ConnectStage::Port, peer.unwrap_or_default());
                let local = stream.local_addr().ok();
                let handle = exchange_keys(stream, endpoint, host_keys, limits, observer).await?;
                (handle, local, None)
            }
            Some(jump) => {
                let (way, words) = jump.connection(endpoint, Arc::clone(&host_keys), limits).await?;
                observer.passed(ConnectStage::Jump, words);
                observer.passed(
                    ConnectStage::Address,
                    format!("{} is looked up by {}", endpoint.host, jump.name()),
                );
                let stream = jump.tunnel(&way, endpoint, limits).await?;
                observer.passed(ConnectStage::Port, format!("{endpoint} through {}", jump.name()));
                let handle = exchange_keys(stream, endpoint, host_keys, limits, observer).await?;
                // The device sees an address of the jump host, which nobody tells us.
                (handle, None, Some(way))
            }
        };
        let signing_in = sign_in(&mut handle, endpoint, &target.user, &target.credential);
        let how = timeout(limits.sign_in, signing_in)
            .await
            .map_err(|_| closed_early(endpoint, russh::Error::ConnectionTimeout))??;
        observer.passed(ConnectStage::SignIn, format!("{} by {how}", target.user));

        let (shell, early) = timeout(limits.sign_in, open_shell(&handle, endpoint))
            .await
            .map_err(|_| closed_early(endpoint, russh::Error::ConnectionTimeout))??;
        Ok(Self {
            handle,
            shell,
            local,
            jump,
            exit_status: None,
            early,
        })
    }

    /// Our own address as the device sees it: how we recognise our session in its list. Not known behind a jump host.
    #[must_use]
    pub fn local_addr(&self) -> Option<SocketAddr> {
        self.local
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
                Some(ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. })
                    if !data.is_empty() =>
                {
                    return Ok(data);
                }
                Some(ChannelMsg::ExitStatus { exit_status }) => self.exit_status = Some(exit_status),
                Some(ChannelMsg::Eof | ChannelMsg::Close) | None => {
                    return Err(TransportError::Closed {
                        exit_status: self.exit_status,
                    });
                }
                Some(_) => {}
            }
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        let bytes = Bytes::copy_from_slice(bytes);
        self.shell
            .data_bytes(bytes)
            .await
            .map_err(|error| TransportError::Lost {
                source: Box::new(error),
            })
    }

    async fn close(&mut self) {
        // Both are politeness: the connection is dropped with `self` whatever they answer.
        let _ = self.shell.close().await;
        let _ = self.handle.disconnect(Disconnect::ByApplication, "", "en").await;
        self.jump = None;
    }
}

fn join(addresses: &[SocketAddr]) -> String {
    addresses
        .iter()
        .map(|address| address.ip().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
