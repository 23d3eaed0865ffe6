//! A jump host: the SSH server through which devices are reached that this machine can't reach itself.

use std::{
    fmt, io,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use russh::{ChannelStream, client};
use tokio::{sync::Mutex, time::timeout};

use super::{
    ConnectError, Credential, Unreachable, closed_early,
    reach::{self, Handler},
    sign_in::sign_in,
};
use crate::transport::{
    ConnectionLimits,
    host_key::{Endpoint, HostKeys},
};

/// The stream to a device through a jump host.
pub(super) type Tunnel = ChannelStream<client::Msg>;

/// A jump host. All that share this value share one connection to it: a server that sees 32 at once drops some of them.
///
/// A sign-in that it refused is not tried again as long as this value lives.
#[derive(Clone)]
pub struct JumpHost(Arc<Shared>);

struct Shared {
    name: String,
    endpoint: Endpoint,
    user: String,
    credential: Credential,
    link: Mutex<Link>,
    /// Attempts to reach it that have ended.
    attempts: AtomicU64,
}

enum Link {
    Closed,
    Open(Arc<client::Handle<Handler>>),
    Failed(Arc<ConnectError>),
}

impl JumpHost {
    /// A jump host under the name that people gave it. Nothing is opened yet.
    #[must_use]
    pub fn new(name: impl Into<String>, endpoint: Endpoint, user: String, credential: Credential) -> Self {
        Self(Arc::new(Shared {
            name: name.into(),
            endpoint,
            user,
            credential,
            link: Mutex::new(Link::Closed),
            attempts: AtomicU64::new(0),
        }))
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.0.name
    }

    /// Where it listens.
    #[must_use]
    pub fn endpoint(&self) -> &Endpoint {
        &self.0.endpoint
    }

    /// Returns the connection to it, opened if there is none, with words on it.
    ///
    /// Who waited while another's attempt failed shares its failure: 32 devices don't wait for 32 time limits.
    pub(super) async fn connection(
        &self,
        to: &Endpoint,
        host_keys: Arc<dyn HostKeys>,
        limits: &ConnectionLimits,
    ) -> Result<(Arc<client::Handle<Handler>>, String), ConnectError> {
        let failed = |source: &Arc<ConnectError>| ConnectError::Jump {
            name: self.0.name.clone(),
            endpoint: to.clone(),
            source: Arc::clone(source),
        };
        let before = self.0.attempts.load(Ordering::Acquire);
        let mut link = self.0.link.lock().await;
        match &*link {
            Link::Open(handle) if !handle.is_closed() => return Ok((Arc::clone(handle), self.words())),
            Link::Failed(error)
                if matches!(**error, ConnectError::SignInRefused { .. })
                    || self.0.attempts.load(Ordering::Acquire) > before =>
            {
                return Err(failed(error));
            }
            Link::Open(_) | Link::Failed(_) | Link::Closed => {}
        }
        let opened = self.open(host_keys, limits).await;
        self.0.attempts.fetch_add(1, Ordering::AcqRel);
        match opened {
            Ok(handle) => {
                let handle = Arc::new(handle);
                *link = Link::Open(Arc::clone(&handle));
                Ok((handle, self.words()))
            }
            Err(error) => {
                let error = Arc::new(error);
                let told = failed(&error);
                *link = Link::Failed(error);
                Err(told)
            }
        }
    }

    fn words(&self) -> String {
        format!(
            "{} at {}, signed in as {}",
            self.0.name, self.0.endpoint, self.0.user
        )
    }

    async fn open(
        &self,
        host_keys: Arc<dyn HostKeys>,
        limits: &ConnectionLimits,
    ) -> Result<client::Handle<Handler>, ConnectError> {
        let Shared {
            endpoint,
            user,
            credential,
            ..
        } = &*self.0;
        let addresses = reach::resolve(endpoint, limits.connect).await?;
        let stream = reach::connect_tcp(endpoint, &addresses, limits.connect).await?;
        let mut handle = reach::exchange_keys(stream, endpoint, host_keys, limits, &mut ()).await?;
        timeout(limits.sign_in, sign_in(&mut handle, endpoint, user, credential))
            .await
            .map_err(|_| closed_early(endpoint, russh::Error::ConnectionTimeout))??;
        Ok(handle)
    }

    /// Asks it for a stream to a device.
    pub(super) async fn tunnel(
        &self,
        handle: &client::Handle<Handler>,
        to: &Endpoint,
        limits: &ConnectionLimits,
    ) -> Result<Tunnel, ConnectError> {
        let unreachable = |source: io::Error| ConnectError::Unreachable {
            endpoint: to.clone(),
            why: Unreachable::of(&source),
            source,
        };
        // Where we come from is told by convention; a private address of ours is nobody's business.
        let asked = handle.channel_open_direct_tcpip(to.host.clone(), to.port.into(), "127.0.0.1", 0);
        let opened = timeout(limits.connect, asked)
            .await
            .map_err(|_| unreachable(io::ErrorKind::TimedOut.into()))?;
        match opened {
            Ok(channel) => Ok(channel.into_stream()),
            Err(russh::Error::ChannelOpenFailure(russh::ChannelOpenFailure::ConnectFailed)) => {
                let words = format!("the jump host {} could not connect to it", self.0.name);
                Err(unreachable(io::Error::new(
                    io::ErrorKind::ConnectionRefused,
                    words,
                )))
            }
            Err(russh::Error::ChannelOpenFailure(_)) => Err(self.is_why(
                to,
                ConnectError::NotForwarded {
                    endpoint: self.0.endpoint.clone(),
                    to: to.clone(),
                },
            )),
            Err(source) => Err(self.is_why(to, closed_early(&self.0.endpoint, source))),
        }
    }

    fn is_why(&self, to: &Endpoint, source: ConnectError) -> ConnectError {
        ConnectError::Jump {
            name: self.0.name.clone(),
            endpoint: to.clone(),
            source: Arc::new(source),
        }
    }
}

impl fmt::Debug for JumpHost {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "JumpHost({} at {})", self.0.name, self.0.endpoint)
    }
}
