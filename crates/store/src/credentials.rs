//! Names of credentials and the user each signs in as. The secret is in the keyring or in memory.

use chrono::{DateTime, Utc};

use crate::time::{millis, moment};
use crate::{Store, StoreError};

/// Where the secret of credentials is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeptIn {
    /// In the operating system's keyring.
    Keyring,
    /// In the memory of the process that took it, until it ends.
    Session,
}

impl KeptIn {
    fn word(self) -> &'static str {
        match self {
            KeptIn::Keyring => "keyring",
            KeptIn::Session => "session",
        }
    }

    fn read(word: &str) -> Result<Self, StoreError> {
        match word {
            "keyring" => Ok(KeptIn::Keyring),
            "session" => Ok(KeptIn::Session),
            other => Err(StoreError::unreadable("where a secret is kept")(format!(
                "{other:?} is no such place"
            ))),
        }
    }
}

/// How credentials prove a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SignInWay {
    /// By a password.
    Password,
    /// By a private key in a file; its passphrase, if it has one, is the secret.
    Key {
        /// Path of the file.
        file: String,
    },
    /// By a key that the SSH agent holds.
    Agent {
        /// `SHA256:...` of the key.
        fingerprint: String,
    },
}

impl SignInWay {
    fn words(&self) -> (&'static str, Option<&str>) {
        match self {
            Self::Password => ("password", None),
            Self::Key { file } => ("key", Some(file)),
            Self::Agent { fingerprint } => ("agent", Some(fingerprint)),
        }
    }

    fn read(word: &str, key: Option<String>) -> Result<Self, StoreError> {
        match (word, key) {
            ("password", None) => Ok(Self::Password),
            ("key", Some(file)) => Ok(Self::Key { file }),
            ("agent", Some(fingerprint)) => Ok(Self::Agent { fingerprint }),
            (other, _) => Err(StoreError::unreadable("a way to sign in")(format!(
                "{other:?} is no such way"
            ))),
        }
    }
}

/// Credentials by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Credential {
    /// The name people gave them.
    pub name: String,
    /// The user that signs in on devices.
    pub user: String,
    /// How it signs in.
    pub way: SignInWay,
    /// Where the secret is; none where there is no secret: an agent, a key without passphrase.
    pub kept_in: Option<KeptIn>,
    /// When the secret was set.
    pub set_at: DateTime<Utc>,
}

/// Names of credentials.
#[derive(Clone, Copy, Debug)]
pub struct Credentials<'a>(pub(crate) &'a Store);

impl Credentials<'_> {
    /// Returns all, ordered by name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn list(&self) -> Result<Vec<Credential>, StoreError> {
        let rows = sqlx::query!(
            "SELECT name, user, way, key, kept_in, has_secret, set_at FROM credential ORDER BY name"
        )
        .fetch_all(self.0.readers())
        .await
        .map_err(StoreError::statement("read", "the credentials"))?;
        rows.into_iter()
            .map(|row| {
                let set_at = moment(row.set_at, "the time of credentials")?;
                Ok(Credential {
                    name: row.name,
                    user: row.user,
                    way: SignInWay::read(&row.way, row.key)?,
                    kept_in: (row.has_secret != 0)
                        .then(|| KeptIn::read(&row.kept_in))
                        .transpose()?,
                    set_at,
                })
            })
            .collect()
    }

    /// Returns one by name.
    ///
    /// # Errors
    /// [`StoreError`] if the database can't be read.
    pub async fn get(&self, name: &str) -> Result<Option<Credential>, StoreError> {
        Ok(self
            .list()
            .await?
            .into_iter()
            .find(|credential| credential.name == name))
    }

    /// Stores the name, or replaces what stood under it.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn put(&self, credential: &Credential) -> Result<(), StoreError> {
        let (way, key) = credential.way.words();
        let kept_in = credential.kept_in.unwrap_or(KeptIn::Session).word();
        let (has_secret, set_at) = (credential.kept_in.is_some(), millis(credential.set_at));
        sqlx::query!(
            "INSERT INTO credential (name, user, way, key, kept_in, has_secret, set_at) VALUES (?, ?, ?, ?, ?, ?, ?)
             ON CONFLICT (name) DO UPDATE SET user = excluded.user, way = excluded.way, key = excluded.key,
             kept_in = excluded.kept_in, has_secret = excluded.has_secret, set_at = excluded.set_at",
            credential.name,
            credential.user,
            way,
            key,
            kept_in,
            has_secret,
            set_at
        )
        .execute(self.0.writer())
        .await
        .map_err(StoreError::statement("stored", format!("the credentials {}", credential.name)))?;
        Ok(())
    }

    /// Removes the name; devices that used it have none afterwards.
    ///
    /// # Errors
    /// [`StoreError`] if it can't be written.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        sqlx::query!("DELETE FROM credential WHERE name = ?", name)
            .execute(self.0.writer())
            .await
            .map_err(StoreError::statement(
                "removed",
                format!("the credentials {name}"),
            ))?;
        Ok(())
    }
}
