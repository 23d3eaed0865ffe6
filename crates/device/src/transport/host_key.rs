//! Host keys: what a device showed, and what we already knew.
//!
//! This module never learns a key. It reports an unknown or a changed one, with fingerprints, before
//! any password is sent; whoever asks the person stores the answer.

use std::{collections::BTreeMap, fmt, sync::Arc};

use async_trait::async_trait;
use russh::keys::{HashAlg, PublicKey};

/// Where a device listens: a host name or address, and a port.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Endpoint {
    /// DNS name or IP address, without brackets.
    pub host: String,
    /// TCP port, 22 on a real device.
    pub port: u16,
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

/// The SHA-256 fingerprint of a host key, printed as OpenSSH prints it (`SHA256:...`).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(String);

impl Fingerprint {
    /// Takes a fingerprint in the form that OpenSSH prints.
    ///
    /// Returns `None` unless the text is `SHA256:` followed by 43 characters of unpadded base64.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digest = text.strip_prefix("SHA256:")?;
        let base64 = |c: char| c.is_ascii_alphanumeric() || c == '+' || c == '/';
        (digest.len() == 43 && digest.chars().all(base64)).then(|| Self(text.to_owned()))
    }

    pub(crate) fn from_hash(hash: &russh::keys::ssh_key::Fingerprint) -> Self {
        Self(hash.to_string())
    }

    /// The printed form.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A host key as a device presented it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PresentedHostKey {
    /// `ssh-ed25519`, `rsa-sha2-512`, ...
    pub algorithm: String,
    /// Its fingerprint.
    pub fingerprint: Fingerprint,
    /// The key in OpenSSH's one-line form, for keeping.
    pub openssh: String,
}

impl PresentedHostKey {
    /// Reads a key from OpenSSH's one-line form, as a person wrote it down (`ssh-ed25519 AAAA... comment`).
    ///
    /// Returns `None` unless the text is one public key.
    #[must_use]
    pub fn parse(openssh: &str) -> Option<Self> {
        PublicKey::from_openssh(openssh.trim())
            .ok()
            .as_ref()
            .map(Self::of)
    }

    pub(crate) fn of(key: &PublicKey) -> Self {
        Self {
            algorithm: key.algorithm().to_string(),
            fingerprint: Fingerprint::from_hash(&key.fingerprint(HashAlg::Sha256)),
            openssh: key.to_openssh().unwrap_or_default(),
        }
    }
}

/// What is known of the key that a device presented.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HostKeyVerdict {
    /// The same key as before: go on.
    Trusted,
    /// No key is known for this endpoint: ask.
    Unknown,
    /// Another key is known: stop hard.
    Changed {
        /// The key trusted so far.
        known: Fingerprint,
    },
}

/// Looks up host keys. Implementations must not store anything.
#[async_trait]
pub trait HostKeys: Send + Sync {
    /// Judges the key that `endpoint` presented.
    async fn judge(&self, endpoint: &Endpoint, presented: &PresentedHostKey) -> HostKeyVerdict;
}

/// Host keys held in memory: trusted fingerprints by endpoint.
#[derive(Clone, Debug, Default)]
pub struct KnownHostKeys {
    trusted: BTreeMap<Endpoint, Fingerprint>,
}

impl KnownHostKeys {
    /// Trusts `fingerprint` for `endpoint`, replacing an earlier one.
    pub fn trust(&mut self, endpoint: Endpoint, fingerprint: Fingerprint) {
        self.trusted.insert(endpoint, fingerprint);
    }
}

#[async_trait]
impl HostKeys for KnownHostKeys {
    async fn judge(&self, endpoint: &Endpoint, presented: &PresentedHostKey) -> HostKeyVerdict {
        match self.trusted.get(endpoint) {
            None => HostKeyVerdict::Unknown,
            Some(known) if *known == presented.fingerprint => HostKeyVerdict::Trusted,
            Some(known) => HostKeyVerdict::Changed { known: known.clone() },
        }
    }
}

#[async_trait]
impl<T: HostKeys + ?Sized> HostKeys for Arc<T> {
    async fn judge(&self, endpoint: &Endpoint, presented: &PresentedHostKey) -> HostKeyVerdict {
        T::judge(self, endpoint, presented).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_openssh_ones() {
        let good = format!("SHA256:{}", "a".repeat(43));
        assert!(Fingerprint::parse(&good).is_some());
        for bad in [
            "",
            "SHA256:short",
            "MD5:aa:bb",
            &format!("SHA256:{}=", "a".repeat(43)),
        ] {
            assert_eq!(Fingerprint::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn endpoints_print_addresses_of_both_families() {
        let endpoint = |host: &str| {
            Endpoint {
                host: host.into(),
                port: 22,
            }
            .to_string()
        };
        assert_eq!(endpoint("leaf-a01.example"), "leaf-a01.example:22");
        assert_eq!(endpoint("2001:db8::1"), "[2001:db8::1]:22");
    }
}
