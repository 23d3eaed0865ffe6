//! What was tried at logins.

use std::collections::VecDeque;
use std::sync::Mutex;

use russh::keys::{HashAlg, PublicKey};
use serde::{Deserialize, Serialize};

use crate::clock::lock;

/// Attempts that are remembered.
const REMEMBERED: usize = 5_000;

/// One attempt to sign in. Never holds what was given.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignIn {
    /// Where.
    pub device: String,
    /// Who.
    pub user: String,
    /// How.
    pub way: SignInWay,
    /// Whether it was accepted.
    pub accepted: bool,
}

/// How someone tried to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SignInWay {
    /// A password.
    Password,
    /// An answer to a question.
    KeyboardInteractive,
    /// A public key was shown, without proof: each counts as an attempt with OpenSSH too.
    KeyOffered(String),
    /// A signature by the key of this fingerprint.
    Key(String),
}

impl SignInWay {
    pub(crate) fn offer(key: &PublicKey) -> Self {
        Self::KeyOffered(key.fingerprint(HashAlg::Sha256).to_string())
    }

    pub(crate) fn signature(key: &PublicKey) -> Self {
        Self::Key(key.fingerprint(HashAlg::Sha256).to_string())
    }
}

/// The attempts, oldest first.
#[derive(Default)]
pub(crate) struct SignIns(Mutex<VecDeque<SignIn>>);

impl SignIns {
    pub(crate) fn note(&self, device: &str, user: &str, way: SignInWay, accepted: bool) {
        let mut all = lock(&self.0);
        if all.len() == REMEMBERED {
            all.pop_front();
        }
        all.push_back(SignIn {
            device: device.to_owned(),
            user: user.to_owned(),
            way,
            accepted,
        });
    }

    pub(crate) fn all(&self) -> Vec<SignIn> {
        lock(&self.0).iter().cloned().collect()
    }
}
