//! Private keys: read from a file, or held by an SSH agent.

use std::{
    fmt, io,
    io::Read,
    path::{Path, PathBuf},
    sync::Arc,
};

use russh::keys::{Algorithm, HashAlg, PrivateKey, PublicKey};
use secrecy::{ExposeSecret, SecretString, zeroize::Zeroizing};

use crate::transport::host_key::Fingerprint;

/// The longest file that is read as a key, in bytes: an RSA key of 16,384 bits has a fifth of it.
const MAX_FILE: u64 = 64 * 1024;

/// Why a file gives no private key. No text of the file is in it.
#[derive(Debug, thiserror::Error)]
pub enum KeyFileError {
    /// The file can't be read.
    #[error("the key file {} could not be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the operating system said.
        #[source]
        source: io::Error,
    },
    /// Others than its owner may read it.
    #[error("the key file {} may be read by others", path.display())]
    OpenToOthers {
        /// The file.
        path: PathBuf,
    },
    /// It is no private key in the form of OpenSSH.
    #[error("the file {} holds no private key in the form of OpenSSH", path.display())]
    NotOpenSsh {
        /// The file.
        path: PathBuf,
    },
    /// It is of a kind that can't be used.
    #[error("the key file {} holds a {algorithm} key, which can't be used", path.display())]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// Its algorithm.
        algorithm: String,
    },
    /// It is encrypted, and no passphrase is known.
    #[error("the key file {} is encrypted and no passphrase is kept for it", path.display())]
    NeedsPassphrase {
        /// The file.
        path: PathBuf,
    },
    /// The passphrase does not open it.
    #[error("the passphrase does not open the key file {}", path.display())]
    WrongPassphrase {
        /// The file.
        path: PathBuf,
    },
}

/// A private key in memory, decrypted. It prints its fingerprint only and is wiped when dropped.
#[derive(Clone)]
pub struct SigningKey {
    key: Arc<PrivateKey>,
    fingerprint: Fingerprint,
}

impl SigningKey {
    /// Reads a key in the form of OpenSSH: Ed25519, ECDSA or RSA, encrypted or not. A passphrase that is not needed
    /// is not used.
    ///
    /// Blocks for the file, and for as long as the key's own derivation from a passphrase takes.
    ///
    /// # Errors
    /// [`KeyFileError`] says what is wrong with the file, or that the passphrase is missing or does not open it.
    pub fn read(path: &Path, passphrase: Option<&SecretString>) -> Result<Self, KeyFileError> {
        let owned = || path.to_owned();
        let text = read_private(path)?;
        let key = PrivateKey::from_openssh(text.as_slice())
            .map_err(|_| KeyFileError::NotOpenSsh { path: owned() })?;
        let algorithm = key.algorithm();
        if !matches!(
            algorithm,
            Algorithm::Ed25519 | Algorithm::Ecdsa { .. } | Algorithm::Rsa { .. }
        ) {
            return Err(KeyFileError::Unsupported {
                path: owned(),
                algorithm: algorithm.to_string(),
            });
        }
        let key = match (key.is_encrypted(), passphrase) {
            (false, _) => key,
            (true, None) => return Err(KeyFileError::NeedsPassphrase { path: owned() }),
            (true, Some(passphrase)) => key
                .decrypt(passphrase.expose_secret())
                .map_err(|_| KeyFileError::WrongPassphrase { path: owned() })?,
        };
        let fingerprint = Fingerprint::of(key.public_key());
        Ok(Self {
            key: Arc::new(key),
            fingerprint,
        })
    }

    /// The fingerprint of its public half.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(super) fn public(&self) -> &PublicKey {
        self.key.public_key()
    }

    pub(super) fn private(&self) -> Arc<PrivateKey> {
        Arc::clone(&self.key)
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({}, redacted)", self.fingerprint)
    }
}

/// Reads a file that only its owner may read.
fn read_private(path: &Path) -> Result<Zeroizing<Vec<u8>>, KeyFileError> {
    let unreadable = |source| KeyFileError::Unreadable {
        path: path.to_owned(),
        source,
    };
    let file = std::fs::File::open(path).map_err(unreadable)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let mode = file.metadata().map_err(unreadable)?.permissions().mode();
        if mode & 0o077 != 0 {
            return Err(KeyFileError::OpenToOthers {
                path: path.to_owned(),
            });
        }
    }
    // Room for all of it at once: a vector that grows leaves copies behind.
    let mut text = Zeroizing::new(Vec::with_capacity(MAX_FILE as usize + 1));
    file.take(MAX_FILE + 1)
        .read_to_end(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > MAX_FILE {
        return Err(KeyFileError::NotOpenSsh {
            path: path.to_owned(),
        });
    }
    Ok(text)
}

/// Why an SSH agent does not sign.
#[derive(Debug, thiserror::Error)]
pub enum AgentError {
    /// None is told of, or none can be used on this system.
    #[error("no SSH agent is running (SSH_AUTH_SOCK is not set)")]
    NotRunning,
    /// It does not answer.
    #[error("the SSH agent at {} does not answer", socket.display())]
    Unreachable {
        /// Its socket.
        socket: PathBuf,
        /// What was seen.
        #[source]
        source: Box<russh::keys::Error>,
    },
    /// It does not hold the chosen key.
    #[error("the SSH agent does not hold the key {fingerprint}")]
    KeyNotHeld {
        /// The chosen key.
        fingerprint: Fingerprint,
    },
    /// It refused to sign, or went away.
    #[error("the SSH agent did not sign")]
    NotSigned {
        /// What was seen.
        #[source]
        source: Box<russh::AgentAuthError>,
    },
}

/// A key that an SSH agent holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldKey {
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// `ssh-ed25519`...
    pub algorithm: String,
    /// What its owner called it.
    pub comment: String,
}

/// The one key of an SSH agent that is used. No other key is ever offered: many offers end in "too many
/// authentication failures" (REF 1.1).
#[derive(Clone, Debug)]
pub struct AgentKey {
    socket: Option<PathBuf>,
    fingerprint: Fingerprint,
}

impl AgentKey {
    /// The key with this fingerprint, held by the agent at `socket`, which is where `SSH_AUTH_SOCK` points.
    #[must_use]
    pub fn new(socket: Option<PathBuf>, fingerprint: Fingerprint) -> Self {
        Self { socket, fingerprint }
    }

    /// The chosen key.
    #[must_use]
    pub fn fingerprint(&self) -> &Fingerprint {
        &self.fingerprint
    }

    pub(super) async fn find(&self) -> Result<(agent::Client, PublicKey), AgentError> {
        let (client, keys) = agent::keys(self.socket.as_deref()).await?;
        let chosen = keys
            .into_iter()
            .find(|(key, _)| Fingerprint::of(key) == self.fingerprint);
        let (key, _) = chosen.ok_or_else(|| AgentError::KeyNotHeld {
            fingerprint: self.fingerprint.clone(),
        })?;
        Ok((client, key))
    }
}

/// The keys that the agent at `socket` holds, in its order.
///
/// # Errors
/// [`AgentError::NotRunning`] or [`AgentError::Unreachable`].
pub async fn held_keys(socket: Option<&Path>) -> Result<Vec<HeldKey>, AgentError> {
    let (_, keys) = agent::keys(socket).await?;
    let held = keys.into_iter().map(|(key, comment)| HeldKey {
        fingerprint: Fingerprint::of(&key),
        algorithm: key.algorithm().to_string(),
        comment,
    });
    Ok(held.collect())
}

impl Fingerprint {
    fn of(key: &PublicKey) -> Self {
        Self::from_hash(&key.fingerprint(HashAlg::Sha256))
    }
}

mod agent {
    use std::{path::Path, time::Duration};

    use russh::keys::{PublicKey, agent::AgentIdentity, agent::client::AgentClient};

    use super::AgentError;

    /// An agent that asks its owner may take long to sign; to list its keys it asks nobody.
    const PATIENCE: Duration = Duration::from_secs(5);

    #[cfg(unix)]
    pub(super) type Client = AgentClient<tokio::net::UnixStream>;
    #[cfg(not(unix))]
    pub(super) type Client = AgentClient<tokio::net::TcpStream>;

    /// Connects and asks for the keys. Certificates are left out: none of our devices takes one.
    pub(super) async fn keys(
        socket: Option<&Path>,
    ) -> Result<(Client, Vec<(PublicKey, String)>), AgentError> {
        let socket = socket.ok_or(AgentError::NotRunning)?;
        let unreachable = |source| AgentError::Unreachable {
            socket: socket.to_owned(),
            source: Box::new(source),
        };
        let asked = tokio::time::timeout(PATIENCE, async {
            let mut client = connect(socket).await?;
            let keys = client.request_identities().await.map_err(unreachable)?;
            Ok((client, keys))
        });
        let late = |_| unreachable(std::io::Error::from(std::io::ErrorKind::TimedOut).into());
        let (client, keys) = asked.await.map_err(late)??;
        let plain = keys.into_iter().filter_map(|identity| match identity {
            AgentIdentity::PublicKey { key, comment } => Some((key, comment)),
            AgentIdentity::Certificate { .. } => None,
        });
        Ok((client, plain.collect()))
    }

    #[cfg(unix)]
    async fn connect(socket: &Path) -> Result<Client, AgentError> {
        AgentClient::connect_uds(socket)
            .await
            .map_err(|source| AgentError::Unreachable {
                socket: socket.to_owned(),
                source: Box::new(source),
            })
    }

    #[cfg(not(unix))]
    #[expect(clippy::unused_async, reason = "the same shape as where agents are used")]
    async fn connect(_: &Path) -> Result<Client, AgentError> {
        Err(AgentError::NotRunning)
    }
}
