//! Where secrets are kept: the operating system's keyring, or the memory of this process if a person chose that.
//!
//! There is no third place and no silent change from one to the other. The keyring is tested with a value of its own
//! before it is trusted, which a second process has to read, and a store that only lives in memory is refused as a keyring.

mod keyring;
mod witness;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bk_store::{Credential, KeptIn, SecretTokens, Store};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Deserializer};
use thiserror::Error;
use tokio::sync::{Mutex as AsyncMutex, watch};
use uuid::Uuid;

use crate::app::App;
use crate::errors::AppError;
use crate::views::KeyringStatus;
use keyring::OsKeyring;
pub use witness::{KeyringWitness, testimony};

/// Setting under which the identity of this data folder stands, so that two folders never share a keyring entry.
const FOLDER_ID: &str = "folderId";
/// Keyring entry of the key under which secrets in configuration texts become tokens.
const TOKEN_KEY: &str = "token-key";
/// The longest secret, in bytes: some keyrings take no more.
const MAX_SECRET: usize = 1024;

/// How long a look at the status waits for the test of the keyring.
const STATUS_PATIENCE: Duration = Duration::from_millis(1500);

/// Where secrets are kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SecretStoreChoice {
    /// In the operating system's keyring, once it has passed a test over two processes. A person may still keep single
    /// ones for the session only.
    Keyring(KeyringWitness),
    /// In the memory of this process only; no keyring is touched.
    SessionOnly,
}

/// A secret on its way in. It has no way out: it prints nothing, is not serialised, and is wiped when dropped.
#[derive(Clone)]
#[cfg_attr(feature = "specta", derive(specta::Type), specta(transparent))]
pub struct SecretInput(#[cfg_attr(feature = "specta", specta(type = String))] SecretString);

impl<'de> Deserialize<'de> for SecretInput {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

impl From<String> for SecretInput {
    fn from(secret: String) -> Self {
        Self(SecretString::from(secret))
    }
}

impl fmt::Debug for SecretInput {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SecretInput(redacted)")
    }
}

impl SecretInput {
    /// Takes the secret, checked. `field` is what a person calls it.
    pub(crate) fn checked(self, field: &'static str) -> Result<SecretString, AppError> {
        let bad = |reason: &str| AppError::BadInput {
            field,
            reason: reason.to_owned(),
        };
        let text = self.0.expose_secret();
        if text.is_empty() {
            return Err(bad("it is empty"));
        }
        if text.len() > MAX_SECRET {
            return Err(bad("it is longer than 1024 bytes"));
        }
        if text.chars().any(char::is_control) {
            return Err(bad("it contains a control character"));
        }
        Ok(self.0)
    }
}

/// Why a secret could not be kept or found.
#[derive(Debug, Error)]
pub enum SecretError {
    /// The keyring is not usable.
    #[error("the keyring can't be used: {reason}")]
    Unavailable {
        /// Why, in words of the system.
        reason: String,
    },
    /// The keyring refused an operation.
    #[error("the keyring did not {operation} the secret of {name}")]
    Keyring {
        /// `store`, `give` or `delete`.
        operation: &'static str,
        /// Name of the credentials.
        name: String,
        /// What it said.
        #[source]
        source: ::keyring::v1::Error,
    },
    /// No secret is kept under this name.
    #[error("no secret is kept for {name}")]
    Missing {
        /// Name of the credentials.
        name: String,
    },
}

/// The secrets of one data folder.
#[derive(Clone)]
pub(crate) struct Secrets {
    inner: Arc<Inner>,
}

struct Inner {
    choice: SecretStoreChoice,
    folder_id: String,
    session: Mutex<BTreeMap<String, SecretString>>,
    /// One secret that stands for all, given for the life of this process.
    for_all: Mutex<Option<SecretString>>,
    /// The tested keyring, or why it failed; none until the first test is over.
    tested: watch::Sender<Option<Result<OsKeyring, String>>>,
    /// One test at a time: each may ask the person to unlock the keyring.
    testing: AsyncMutex<()>,
}

impl App {
    /// Uses one secret for all credentials as long as this process lives; it is kept nowhere.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for an empty secret or one with a control character.
    pub fn use_secret_for_all(&self, secret: SecretInput) -> Result<(), AppError> {
        let secret = secret.checked("password")?;
        let for_all = &self.secrets().inner.for_all;
        *for_all.lock().unwrap_or_else(PoisonError::into_inner) = Some(secret);
        Ok(())
    }
}

impl Secrets {
    pub(crate) async fn open(choice: SecretStoreChoice, store: &Store) -> Result<Self, AppError> {
        let folder_id = match store.settings().all().await?.remove(FOLDER_ID) {
            Some(id) => id,
            None => {
                let id = Uuid::new_v4().to_string();
                store.settings().remember(FOLDER_ID, &id).await?;
                id
            }
        };
        let secrets = Self {
            inner: Arc::new(Inner {
                choice,
                folder_id,
                session: Mutex::new(BTreeMap::new()),
                for_all: Mutex::new(None),
                tested: watch::Sender::new(None),
                testing: AsyncMutex::new(()),
            }),
        };
        let testing = secrets.clone();
        tokio::spawn(async move { testing.test().await });
        Ok(secrets)
    }

    /// Tells whether the keyring works. A keyring that asks the person to unlock it is not waited for.
    ///
    /// One that failed its test is tested again by [`Secrets::put`], because a person may have unlocked it meanwhile.
    pub(crate) async fn status(&self) -> KeyringStatus {
        if self.inner.choice == SecretStoreChoice::SessionOnly {
            return KeyringStatus {
                available: false,
                name: "this session only".to_owned(),
                reason: Some("Bridgekeeper was started to keep secrets in memory only".to_owned()),
            };
        }
        let tested = tokio::time::timeout(STATUS_PATIENCE, self.tested()).await;
        let tested =
            tested.unwrap_or_else(|_| Err("it is being tested; it may be waiting to be unlocked".to_owned()));
        KeyringStatus {
            available: tested.is_ok(),
            name: OsKeyring::NAME.to_owned(),
            reason: tested.err(),
        }
    }

    /// Keeps a secret.
    pub(crate) async fn put(
        &self,
        name: &str,
        secret: SecretString,
        kept_in: KeptIn,
    ) -> Result<(), SecretError> {
        match kept_in {
            KeptIn::Session => {
                self.session().insert(name.to_owned(), secret);
            }
            KeptIn::Keyring => {
                let keyring = self.keyring(Retry::Yes).await?;
                keyring
                    .put(&self.entry(name), secret)
                    .await
                    .map_err(failed("store", name))?;
                self.session().remove(name);
            }
        }
        Ok(())
    }

    /// Forgets what is kept under a name, wherever it is.
    pub(crate) async fn forget(&self, name: &str, kept_in: KeptIn) -> Result<(), SecretError> {
        self.session().remove(name);
        if kept_in == KeptIn::Keyring {
            let keyring = self.keyring(Retry::Yes).await?;
            keyring
                .delete(&self.entry(name))
                .await
                .map_err(failed("delete", name))?;
        }
        Ok(())
    }

    /// Gives the secret of credentials; none where they have none.
    pub(crate) async fn get(&self, credential: &Credential) -> Result<Option<SecretString>, SecretError> {
        let Some(kept_in) = credential.kept_in else {
            return Ok(None);
        };
        let for_all = self
            .inner
            .for_all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        match for_all {
            Some(secret) => Ok(Some(secret)),
            None => self.kept(&credential.name, kept_in).await.map(Some),
        }
    }

    /// Tests a keyring that failed its last test once more, for work that a person asked for: it may have been unlocked
    /// since. Tells whether that changed anything.
    pub(crate) async fn look_again(&self) -> bool {
        self.tested().await.is_err() && self.test().await.is_ok()
    }

    /// Gives what is kept under a name.
    async fn kept(&self, name: &str, kept_in: KeptIn) -> Result<SecretString, SecretError> {
        let missing = || SecretError::Missing {
            name: name.to_owned(),
        };
        match kept_in {
            KeptIn::Session => self.session().get(name).cloned().ok_or_else(missing),
            KeptIn::Keyring => {
                let keyring = self.keyring(Retry::No).await?;
                let found = keyring
                    .get(&self.entry(name))
                    .await
                    .map_err(failed("give", name))?;
                found.ok_or_else(missing)
            }
        }
    }

    /// The key under which secrets in configuration texts become tokens: from the keyring, or for this session.
    pub(crate) async fn tokens(&self) -> Result<SecretTokens, SecretError> {
        let kept_in = match self.inner.choice {
            SecretStoreChoice::Keyring(_) => KeptIn::Keyring,
            SecretStoreChoice::SessionOnly => KeptIn::Session,
        };
        let key = match self.kept(TOKEN_KEY, kept_in).await {
            Ok(key) => key,
            Err(SecretError::Missing { .. }) => {
                let random = format!("{}{}", Uuid::new_v4().simple(), Uuid::new_v4().simple());
                let key = SecretString::from(random);
                self.put(TOKEN_KEY, key.clone(), kept_in).await?;
                key
            }
            Err(error) => return Err(error),
        };
        Ok(SecretTokens::derived_from(key.expose_secret()))
    }

    fn entry(&self, name: &str) -> String {
        format!("{name} ({})", self.inner.folder_id)
    }

    fn session(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, SecretString>> {
        self.inner.session.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn keyring(&self, retry: Retry) -> Result<OsKeyring, SecretError> {
        let tested = match (self.tested().await, retry) {
            (Err(_), Retry::Yes) => self.test().await,
            (tested, _) => tested,
        };
        tested.map_err(|reason| SecretError::Unavailable { reason })
    }

    /// Waits until it is known whether the keyring works.
    pub(crate) async fn settled(&self) {
        // Either result settles it; `status` tells which.
        let _ = self.tested().await;
    }

    /// Waits until the keyring was tested and gives the result of the last test.
    async fn tested(&self) -> Result<OsKeyring, String> {
        let mut tested = self.inner.tested.subscribe();
        let ended = tested
            .wait_for(Option::is_some)
            .await
            .map(|result| result.clone());
        ended
            .ok()
            .flatten()
            .unwrap_or_else(|| Err("it was not tested".to_owned()))
    }

    async fn test(&self) -> Result<OsKeyring, String> {
        let _turn = self.inner.testing.lock().await;
        let result = match &self.inner.choice {
            SecretStoreChoice::Keyring(witness) => OsKeyring::tested(witness).await,
            SecretStoreChoice::SessionOnly => Err("this session keeps secrets in memory only".to_owned()),
        };
        self.inner.tested.send_replace(Some(result.clone()));
        result
    }
}

/// Whether a keyring that failed its test is tested once more.
#[derive(Clone, Copy)]
enum Retry {
    Yes,
    No,
}

fn failed(operation: &'static str, name: &str) -> impl FnOnce(::keyring::v1::Error) -> SecretError {
    let name = name.to_owned();
    move |source| SecretError::Keyring {
        operation,
        name,
        source,
    }
}

#[cfg(test)]
mod tests;
