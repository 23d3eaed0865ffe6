//! One device with its port.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use russh::keys::HashAlg;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::{Fabric, Reach};
use crate::clock::lock;
use crate::device::Device;
use crate::ssh;

/// One device with its port.
pub struct Host {
    pub(crate) device: Arc<Device>,
    pub(super) address: SocketAddr,
    pub(super) access: Mutex<Access>,
}

/// How a host is reached right now.
pub(super) struct Access {
    pub(super) key_generation: u32,
    pub(super) config: Arc<russh::server::Config>,
    pub(super) public_key: String,
    pub(super) fingerprint: String,
    pub(super) reach: Reach,
    /// Cancelled to break the connections that are open.
    pub(super) cut: CancellationToken,
}

impl Access {
    pub(super) fn new(seed: u64, name: &str, key_generation: u32) -> Self {
        let key = ssh::host_key(seed, name, key_generation);
        let fingerprint = key.public_key().fingerprint(HashAlg::Sha256).to_string();
        let public_key = key
            .public_key()
            .to_openssh()
            .expect("an Ed25519 key has a text form");
        let config = Arc::new(ssh::config(key));
        Self {
            key_generation,
            config,
            public_key,
            fingerprint,
            reach: Reach::Up,
            cut: CancellationToken::new(),
        }
    }
}

impl Host {
    pub(crate) fn ssh_config(&self) -> Arc<russh::server::Config> {
        Arc::clone(&lock(&self.access).config)
    }
}

/// Takes connections of one device.
pub(super) async fn accept(fabric: Arc<Fabric>, host: Arc<Host>, listener: TcpListener) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let Ok((stream, peer)) = accepted else { continue };
        // An echo and its answer are two small packets: held back for one another, each command takes 40 ms more.
        if stream.set_nodelay(true).is_err() {
            continue;
        }
        let (reach, cut) = {
            let access = lock(&host.access);
            (access.reach, access.cut.clone())
        };
        match reach {
            Reach::Up => {
                connections.spawn(ssh::serve(
                    Arc::clone(&fabric),
                    Arc::clone(&host),
                    stream,
                    peer,
                    cut,
                ));
            }
            Reach::Refuses => drop(stream),
            Reach::Silent => {
                connections.spawn(async move {
                    cut.cancelled().await;
                    drop(stream);
                });
            }
        }
    }
}
