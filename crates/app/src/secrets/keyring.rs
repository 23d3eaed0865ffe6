//! The operating system's keyring. Its calls block, so they run beside the asynchronous threads.

use std::time::Duration;

use keyring::v1::{Entry, Error};
use keyring_core::api::CredentialPersistence;
use secrecy::{ExposeSecret, SecretString};
use uuid::Uuid;

use super::witness::KeyringWitness;

/// Under this service all entries stand; a person finds them by it.
const SERVICE: &str = "Bridgekeeper";
/// A keyring that asks the person to unlock it waits for them; one that says nothing for this long counts as absent.
const PATIENCE: Duration = Duration::from_secs(20);

/// The keyring, after it passed its test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct OsKeyring(());

impl OsKeyring {
    /// Its name for people.
    #[cfg(target_os = "macos")]
    pub(crate) const NAME: &str = "macOS Keychain";
    /// Its name for people.
    #[cfg(target_os = "windows")]
    pub(crate) const NAME: &str = "Windows Credential Manager";
    /// Its name for people.
    #[cfg(not(any(target_os = "macos", target_os = "windows")))]
    pub(crate) const NAME: &str = "Secret Service keyring";

    /// Writes a value of its own, has a second process read it, and deletes it. Gives the reason in words if that fails.
    pub(crate) async fn tested(witness: &KeyringWitness) -> Result<Self, String> {
        let result = tokio::time::timeout(PATIENCE, test(witness)).await;
        let late = || {
            format!(
                "it did not answer within {} s; it may be waiting to be unlocked",
                PATIENCE.as_secs()
            )
        };
        result.unwrap_or_else(|_| Err(late())).map(|()| Self(()))
    }

    pub(crate) async fn put(self, name: &str, secret: SecretString) -> Result<(), Error> {
        let name = name.to_owned();
        blocking(move || Entry::new(SERVICE, &name)?.set_password(secret.expose_secret())).await
    }

    /// Deletes an entry; one that is not there is no error.
    pub(crate) async fn delete(self, name: &str) -> Result<(), Error> {
        let name = name.to_owned();
        match blocking(move || Entry::new(SERVICE, &name)?.delete_credential()).await {
            Err(Error::NoEntry) => Ok(()),
            done => done,
        }
    }

    pub(crate) async fn get(self, name: &str) -> Result<Option<SecretString>, Error> {
        let name = name.to_owned();
        let found =
            blocking(move || Entry::new(SERVICE, &name)?.get_password().map(SecretString::from)).await;
        match found {
            Ok(secret) => Ok(Some(secret)),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        }
    }
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    let failed = |source: Box<dyn std::error::Error + Send + Sync>| Error::PlatformFailure(source);
    match tokio::time::timeout(PATIENCE, tokio::task::spawn_blocking(work)).await {
        Ok(Ok(result)) => result,
        Ok(Err(gone)) => Err(failed(gone.into())),
        Err(late) => Err(failed(late.into())),
    }
}

async fn test(witness: &KeyringWitness) -> Result<(), String> {
    let (test, value) = (Uuid::new_v4(), Uuid::new_v4().to_string());
    let written = value.clone();
    of_test(move || write_test(test, &written)).await?;
    let read = witness.reads(test).await;
    of_test(move || {
        test_entry(test)?
            .delete_credential()
            .map_err(|error| said(&error))
    })
    .await?;
    if read? == value {
        Ok(())
    } else {
        Err("a second process read another value than this one wrote".to_owned())
    }
}

fn write_test(test: Uuid, value: &str) -> Result<(), String> {
    if let Err(error) = Entry::store_status() {
        return Err(said(error));
    }
    let store = keyring_core::get_default_store().ok_or("there is none on this system")?;
    if !outlives_the_process(&store.persistence()) {
        return Err(format!("{} keeps nothing beyond this process", store.vendor()));
    }
    test_entry(test)?
        .set_password(value)
        .map_err(|error| said(&error))
}

/// What another process wrote for a test.
pub(super) async fn read_test(test: Uuid) -> Result<String, String> {
    of_test(move || test_entry(test)?.get_password().map_err(|error| said(&error))).await
}

fn test_entry(test: Uuid) -> Result<Entry, String> {
    Entry::new(SERVICE, &format!("self-test {test}")).map_err(|error| said(&error))
}

async fn of_test<T: Send + 'static>(
    step: impl FnOnce() -> Result<T, String> + Send + 'static,
) -> Result<T, String> {
    let ended = tokio::task::spawn_blocking(step).await;
    ended.unwrap_or_else(|_| Err("its test ended abnormally".to_owned()))
}

/// A store in memory, such as the one that tests of the library use, is no keyring.
fn outlives_the_process(persistence: &CredentialPersistence) -> bool {
    !matches!(
        persistence,
        CredentialPersistence::EntryOnly | CredentialPersistence::ProcessOnly
    )
}

/// The system's words with their causes. They name no secret: the errors hold stored bytes, their texts do not.
fn said(error: &Error) -> String {
    let chain = std::iter::successors(std::error::Error::source(error), |cause| cause.source());
    std::iter::once(error.to_string())
        .chain(chain.map(ToString::to_string))
        .collect::<Vec<_>>()
        .join(": ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_store_in_memory_is_no_keyring() {
        assert!(!outlives_the_process(&CredentialPersistence::ProcessOnly));
        assert!(!outlives_the_process(&CredentialPersistence::EntryOnly));
        assert!(outlives_the_process(&CredentialPersistence::UntilDelete));
    }
}
