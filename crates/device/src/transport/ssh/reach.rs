//! From a name to an encrypted connection whose host key is trusted.

use std::{
    io,
    net::SocketAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use russh::{client, keys::PublicKeyOrCertificate};
use tokio::{
    io::{AsyncRead, AsyncReadExt, AsyncWrite},
    net::TcpStream,
    time::timeout,
};

use super::{ConnectError, ConnectObserver, ConnectStage, Unreachable, error::closed_early};
use crate::transport::{
    ConnectionLimits,
    host_key::{Endpoint, Fingerprint, HostKeyVerdict, HostKeys, PresentedHostKey},
};

pub(super) async fn resolve(endpoint: &Endpoint, limit: Duration) -> Result<Vec<SocketAddr>, ConnectError> {
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

pub(super) async fn connect_tcp(
    endpoint: &Endpoint,
    addresses: &[SocketAddr],
    limit: Duration,
) -> Result<TcpStream, ConnectError> {
    let opened = match timeout(limit, TcpStream::connect(addresses)).await {
        Ok(opened) => opened,
        Err(_) => Err(io::ErrorKind::TimedOut.into()),
    };
    // Held back for one another, small packets make each command take 40 ms more.
    opened
        .and_then(|stream| stream.set_nodelay(true).map(|()| stream))
        .map_err(|source| ConnectError::Unreachable {
            endpoint: endpoint.clone(),
            why: Unreachable::of(&source),
            source,
        })
}

pub(super) async fn exchange_keys<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
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
    let not_ssh = |error| ConnectError::NotSsh {
        endpoint: endpoint.clone(),
        source: Box::new(error),
    };
    let (greets, stream) = timeout(limits.connect, greeting(stream))
        .await
        .map_err(|_| not_ssh(russh::Error::ConnectionTimeout))?
        .map_err(|source| closed_early(endpoint, source.into()))?;
    let seen = Arc::new(Mutex::new(None));
    let handler = Handler {
        endpoint: endpoint.clone(),
        host_keys,
        seen: Arc::clone(&seen),
    };
    let opened = timeout(limits.connect, client::connect_stream(config, stream, handler)).await;
    let presented = seen.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(key) = &presented {
        observer.passed(
            ConnectStage::Encrypted,
            format!("host key algorithm {}", key.algorithm),
        );
    }
    let handle = match opened {
        Err(_) => return Err(not_ssh(russh::Error::ConnectionTimeout)),
        Ok(Err(HandshakeError::Ssh(source))) if greets && is_close(&source) => {
            return Err(closed_early(endpoint, source));
        }
        Ok(Err(HandshakeError::Ssh(source))) => return Err(not_ssh(source)),
        Ok(Err(HandshakeError::Unknown(presented))) => {
            return Err(ConnectError::HostKeyUnknown {
                endpoint: endpoint.clone(),
                presented,
            });
        }
        Ok(Err(HandshakeError::Changed { known, presented })) => {
            return Err(ConnectError::HostKeyChanged {
                endpoint: endpoint.clone(),
                known,
                presented,
            });
        }
        Ok(Ok(handle)) => handle,
    };
    if let Some(key) = presented {
        observer.passed(ConnectStage::HostKey, key.fingerprint.to_string());
    }
    Ok(handle)
}

/// Whether what listens greets as an SSH server does, and the stream as if nothing had been read. Fails when it closes
/// without a word, as a device at its session limit may (REF 1.1).
async fn greeting<S: AsyncRead + AsyncWrite + Unpin + Send + 'static>(
    stream: S,
) -> io::Result<(bool, impl AsyncRead + AsyncWrite + Unpin + Send + 'static)> {
    const GREETING: &[u8] = b"SSH-";
    let (mut input, output) = tokio::io::split(stream);
    let mut first = vec![0; GREETING.len()];
    let read = input.read(&mut first).await?;
    if read == 0 {
        return Err(io::ErrorKind::UnexpectedEof.into());
    }
    first.truncate(read);
    let greets = first == GREETING[..read];
    let whole = tokio::io::join(io::Cursor::new(first).chain(input), output);
    Ok((greets, whole))
}

/// Whether the other side just went away.
fn is_close(error: &russh::Error) -> bool {
    matches!(
        error,
        russh::Error::Disconnect | russh::Error::HUP | russh::Error::IO(_)
    )
}

/// Stops the key exchange before anything secret is sent, unless the key is trusted.
pub(super) struct Handler {
    endpoint: Endpoint,
    host_keys: Arc<dyn HostKeys>,
    seen: Arc<Mutex<Option<PresentedHostKey>>>,
}

#[derive(Debug)]
pub(super) enum HandshakeError {
    Ssh(russh::Error),
    Unknown(PresentedHostKey),
    Changed {
        known: Fingerprint,
        presented: PresentedHostKey,
    },
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
