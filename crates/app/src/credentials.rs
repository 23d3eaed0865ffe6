//! Credentials: how a login is proved, and what is kept for it.

use std::path::{Path, PathBuf};

use bk_device::{AgentKey, Credential as Proof, Fingerprint, KeyFileError, SigningKey, held_keys};
use bk_store::{Credential, KeptIn, SignInWay};
use secrecy::SecretString;

use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::inventory::checked;
use crate::secrets::{SecretError, SecretInput};
use crate::views::{AgentKeyRow, CredentialRequest, CredentialWay};

/// Where the SSH agent of this session listens.
const AGENT_SOCKET: &str = "SSH_AUTH_SOCK";
/// The longest path of a key file, in bytes.
const MAX_PATH: usize = 4096;

/// Why credentials give no proof of a login.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProofError {
    #[error("the secret can't be had")]
    Secret(#[from] SecretError),
    #[error("the key can't be used")]
    Key(#[from] KeyFileError),
    #[error("the credentials {name} name a key that is none")]
    Fingerprint { name: String },
}

impl App {
    /// Sets credentials. A secret is kept in the keyring or, if a person chose so, for this session only; a key stays in
    /// its file, which is read now to see that it can be used.
    ///
    /// # Errors
    /// [`AppError::Secret`] if the keyring can't be used: the secret is then kept nowhere. [`AppError::KeyFile`] tells what
    /// is wrong with a key. [`AppError::BadInput`] names a value that can't be used.
    pub async fn credential_set(
        &self,
        request: CredentialRequest,
        secret: Option<SecretInput>,
    ) -> Result<(), AppError> {
        let name = checked("name", &request.name)?;
        let user = checked("user", &request.user)?;
        let way = way(&request)?;
        let secret = match &way {
            SignInWay::Password => Some(required(secret)?.checked("password")?),
            SignInWay::Agent { .. } => None,
            SignInWay::Key { file } => {
                let passphrase = secret.map(|secret| secret.checked("passphrase")).transpose()?;
                needed(file, passphrase).await.map_err(AppError::KeyFile)?
            }
        };
        let kept_in = secret.as_ref().map(|_| match request.session_only {
            true => KeptIn::Session,
            false => KeptIn::Keyring,
        });
        let before = self.store().credentials().get(&name).await?;
        if let (Some(secret), Some(kept_in)) = (secret, kept_in) {
            self.secrets().put(&name, secret, kept_in).await?;
        } else if let Some(before) = before.and_then(|before| before.kept_in) {
            self.secrets().forget(&name, before).await?;
        }
        let credential = Credential {
            name,
            user,
            way,
            kept_in,
            set_at: self.now(),
        };
        self.store().credentials().put(&credential).await?;
        self.changed(&[Topic::Devices, Topic::Status]);
        Ok(())
    }

    /// Returns the keys that the SSH agent of this session holds.
    ///
    /// # Errors
    /// [`AppError::Agent`] if there is none or it does not answer.
    pub async fn agent_keys(&self) -> Result<Vec<AgentKeyRow>, AppError> {
        let held = held_keys(agent_socket().as_deref())
            .await
            .map_err(AppError::Agent)?;
        let row = |key: bk_device::HeldKey| AgentKeyRow {
            fingerprint: key.fingerprint.to_string(),
            algorithm: key.algorithm,
            comment: key.comment,
        };
        Ok(held.into_iter().map(row).collect())
    }

    /// Returns what proves the login of credentials.
    pub(crate) async fn proof(&self, credential: &Credential) -> Result<Proof, ProofError> {
        let secret = self.secrets().get(credential).await?;
        match &credential.way {
            SignInWay::Password => match secret {
                Some(password) => Ok(Proof::Password(password)),
                None => Err(SecretError::Missing {
                    name: credential.name.clone(),
                }
                .into()),
            },
            SignInWay::Key { file } => Ok(Proof::Key(read_key(file, secret).await?)),
            SignInWay::Agent { fingerprint } => {
                let chosen = Fingerprint::parse(fingerprint).ok_or_else(|| ProofError::Fingerprint {
                    name: credential.name.clone(),
                })?;
                Ok(Proof::Agent(AgentKey::new(agent_socket(), chosen)))
            }
        }
    }
}

fn agent_socket() -> Option<PathBuf> {
    std::env::var_os(AGENT_SOCKET)
        .filter(|path| !path.is_empty())
        .map(PathBuf::from)
}

fn required(secret: Option<SecretInput>) -> Result<SecretInput, AppError> {
    secret.ok_or_else(|| AppError::BadInput {
        field: "password",
        reason: "it is empty".to_owned(),
    })
}

fn way(request: &CredentialRequest) -> Result<SignInWay, AppError> {
    let key = request
        .key
        .as_deref()
        .map(str::trim)
        .filter(|key| !key.is_empty());
    match (request.way, key) {
        (CredentialWay::Password, _) => Ok(SignInWay::Password),
        (CredentialWay::Key, key) => Ok(SignInWay::Key {
            file: key_path(key.unwrap_or_default()).map_err(|reason| AppError::BadInput {
                field: "key file",
                reason,
            })?,
        }),
        (CredentialWay::Agent, key) => {
            let chosen = Fingerprint::parse(key.unwrap_or_default()).ok_or_else(|| AppError::BadInput {
                field: "key",
                reason: "it is not the fingerprint of a key that the agent holds (SHA256:...)".to_owned(),
            })?;
            Ok(SignInWay::Agent {
                fingerprint: chosen.to_string(),
            })
        }
    }
}

/// The path of a key file as it is kept: absolute, so that it means the same wherever Bridgekeeper is started.
pub(crate) fn key_path(raw: &str) -> Result<String, String> {
    if raw.is_empty() || raw.len() > MAX_PATH {
        return Err(format!("it has 1 to {MAX_PATH} bytes"));
    }
    if raw.chars().any(char::is_control) {
        return Err("it contains a control character".to_owned());
    }
    let absolute = std::path::absolute(Path::new(raw)).map_err(|error| error.to_string())?;
    let text = absolute.to_str().ok_or("it is not a Unicode text")?;
    Ok(text.to_owned())
}

/// The passphrase, if the key needs it. Fails if it does not open the key.
async fn needed(file: &str, passphrase: Option<SecretString>) -> Result<Option<SecretString>, KeyFileError> {
    match read_key(file, None).await {
        Ok(_) => Ok(None),
        Err(KeyFileError::NeedsPassphrase { .. }) if passphrase.is_some() => {
            read_key(file, passphrase.clone()).await?;
            Ok(passphrase)
        }
        Err(error) => Err(error),
    }
}

/// Reads a key beside the asynchronous threads: opening it with a passphrase takes a while on purpose.
async fn read_key(file: &str, passphrase: Option<SecretString>) -> Result<SigningKey, KeyFileError> {
    let path = PathBuf::from(file);
    let reading = {
        let path = path.clone();
        tokio::task::spawn_blocking(move || SigningKey::read(&path, passphrase.as_ref()))
    };
    reading.await.unwrap_or_else(|gone| {
        Err(KeyFileError::Unreadable {
            path,
            source: gone.into(),
        })
    })
}
