//! A jump host: a plain SSH server that forwards connections (`direct-tcpip`) and gives no shell.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex};

use russh::keys::{HashAlg, PublicKey};
use russh::server::{Auth, ChannelOpenHandle, Handler, Msg, PublicKeyOffer, Session, VerifiedPublicKey};
use russh::{Channel, ChannelOpenFailure};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::clock::lock;
use crate::serve::SignIns;
use crate::serve::{SignIn, SignInWay, StartError};
use crate::ssh;

/// How a jump host is served.
#[derive(Clone, Debug)]
pub struct JumpOptions {
    /// Its name; with the seed it decides the host key.
    pub name: String,
    /// Decides the host key.
    pub seed: u64,
    /// Its login.
    pub user: String,
    /// The password; none where only keys are taken.
    pub password: Option<String>,
    /// Public keys, in OpenSSH form, that are taken.
    pub authorized_keys: Vec<String>,
    /// Whether it forwards; one that does not says "administratively prohibited".
    pub forwards: bool,
}

impl Default for JumpOptions {
    fn default() -> Self {
        Self {
            name: "JUMP-A01".to_owned(),
            seed: 1,
            user: "rowan".to_owned(),
            password: Some("jump-for-tests".to_owned()),
            authorized_keys: Vec::new(),
            forwards: true,
        }
    }
}

/// A running jump host; it ends when this is dropped.
pub struct JumpServer {
    shared: Arc<Shared>,
    address: SocketAddr,
    fingerprint: String,
    tasks: JoinSet<()>,
}

struct Shared {
    options: JumpOptions,
    keys: Vec<PublicKey>,
    sign_ins: SignIns,
    forwarded: Mutex<Vec<(String, u32)>>,
    connections: Mutex<usize>,
}

impl JumpServer {
    /// Starts one on a free port of the loopback address.
    ///
    /// # Errors
    /// See [`StartError`].
    pub async fn start(options: JumpOptions) -> Result<Self, StartError> {
        let keys = options.authorized_keys.iter().map(|line| {
            PublicKey::from_openssh(line).map_err(|source| StartError::AuthorizedKey {
                line: line.clone(),
                source,
            })
        });
        let keys = keys.collect::<Result<Vec<_>, _>>()?;
        let wanted = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
        let refused = |source| StartError::Listen {
            device: options.name.clone(),
            address: wanted,
            source,
        };
        let listener = TcpListener::bind(wanted).await.map_err(refused)?;
        let address = listener.local_addr().map_err(refused)?;
        let key = ssh::host_key(options.seed, &options.name, 0);
        let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
        let config = Arc::new(ssh::config(key));
        let shared = Arc::new(Shared {
            options,
            keys,
            sign_ins: SignIns::default(),
            forwarded: Mutex::default(),
            connections: Mutex::default(),
        });
        let mut tasks = JoinSet::new();
        tasks.spawn(accept(listener, config, Arc::clone(&shared)));
        Ok(Self {
            shared,
            address,
            fingerprint,
            tasks,
        })
    }

    /// Where it listens.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// `SHA256:...`
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// What was tried at its login, oldest first.
    #[must_use]
    pub fn sign_ins(&self) -> Vec<SignIn> {
        self.shared.sign_ins.all()
    }

    /// The places that it was asked to connect to, host and port, in order.
    #[must_use]
    pub fn forwarded(&self) -> Vec<(String, u32)> {
        lock(&self.shared.forwarded).clone()
    }

    /// How many connections it ever took.
    #[must_use]
    pub fn connections(&self) -> usize {
        *lock(&self.shared.connections)
    }

    /// Stops listening and breaks every connection.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }
}

async fn accept(listener: TcpListener, config: Arc<russh::server::Config>, shared: Arc<Shared>) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, peer)) = accepted else { continue };
        *lock(&shared.connections) += 1;
        let handler = Gate {
            shared: Arc::clone(&shared),
            streams: JoinSet::new(),
        };
        let config = Arc::clone(&config);
        connections.spawn(async move {
            match russh::server::run_stream(config, stream, handler).await {
                Ok(running) => {
                    if let Err(error) = running.await {
                        tracing::debug!(%peer, %error, "connection to the jump host ended");
                    }
                }
                Err(error) => tracing::debug!(%peer, %error, "no SSH connection to the jump host"),
            }
        });
    }
}

/// One client.
struct Gate {
    shared: Arc<Shared>,
    /// What is forwarded for it; ends with it.
    streams: JoinSet<()>,
}

impl Gate {
    fn verdict(&self, user: &str, way: SignInWay, good: bool) -> Auth {
        let accepted = good && user == self.shared.options.user;
        self.shared
            .sign_ins
            .note(&self.shared.options.name, user, way, accepted);
        if accepted { Auth::Accept } else { Auth::reject() }
    }

    fn takes(&self, key: &PublicKey) -> bool {
        self.shared
            .keys
            .iter()
            .any(|trusted| trusted.key_data() == key.key_data())
    }
}

impl Handler for Gate {
    type Error = russh::Error;

    async fn auth_password(&mut self, user: &str, password: &str) -> Result<Auth, Self::Error> {
        let good = self.shared.options.password.as_deref() == Some(password);
        Ok(self.verdict(user, SignInWay::Password, good))
    }

    async fn auth_publickey_offered(
        &mut self,
        user: &str,
        offer: PublicKeyOffer<'_>,
    ) -> Result<Auth, Self::Error> {
        let good = self.takes(offer.public_key);
        Ok(self.verdict(user, SignInWay::offer(offer.public_key), good))
    }

    async fn auth_publickey(&mut self, user: &str, key: VerifiedPublicKey<'_>) -> Result<Auth, Self::Error> {
        let good = self.takes(key.public_key);
        Ok(self.verdict(user, SignInWay::signature(key.public_key), good))
    }

    async fn channel_open_direct_tcpip(
        &mut self,
        channel: Channel<Msg>,
        host_to_connect: &str,
        port_to_connect: u32,
        _originator_address: &str,
        _originator_port: u32,
        reply: ChannelOpenHandle,
        _session: &mut Session,
    ) -> Result<(), Self::Error> {
        lock(&self.shared.forwarded).push((host_to_connect.to_owned(), port_to_connect));
        if !self.shared.options.forwards {
            reply.reject(ChannelOpenFailure::AdministrativelyProhibited).await;
            return Ok(());
        }
        let port = u16::try_from(port_to_connect).unwrap_or_default();
        let Ok(mut target) = TcpStream::connect((host_to_connect, port)).await else {
            reply.reject(ChannelOpenFailure::ConnectFailed).await;
            return Ok(());
        };
        let nodelay = target.set_nodelay(true);
        reply.accept().await;
        self.streams.spawn(async move {
            if nodelay.is_ok() {
                let mut stream = channel.into_stream();
                // However it ends, both ends are closed with it.
                let _ = tokio::io::copy_bidirectional(&mut stream, &mut target).await;
            }
        });
        Ok(())
    }
}
