//! The sign-in, tried once, and the interactive shell.

use bytes::Bytes;
use russh::{
    ChannelMsg, MethodKind, MethodSet,
    client::{self, AuthResult, KeyboardInteractiveAuthResponse},
    keys::{HashAlg, PrivateKeyWithHashAlg, PublicKey},
};
use secrecy::{ExposeSecret, SecretString};

use super::{
    ConnectError, Credential,
    error::closed_early,
    keys::{AgentError, AgentKey, SigningKey},
    reach::Handler,
};
use crate::transport::host_key::Endpoint;

/// Columns of the PTY (REF 1.5: 250 or more, 512 is safe).
const COLUMNS: u32 = 512;
/// Rows of the PTY.
const ROWS: u32 = 1000;
/// Most rounds of questions that a keyboard-interactive sign-in may take.
const MAX_INFO_ROUNDS: usize = 4;

/// Signs in once, by the one way that suits the credential and that the other side offers. Returns its name.
pub(super) async fn sign_in(
    handle: &mut client::Handle<Handler>,
    endpoint: &Endpoint,
    user: &str,
    credential: &Credential,
) -> Result<String, ConnectError> {
    let attempt = Attempt {
        handle,
        endpoint,
        user,
    };
    match credential {
        Credential::Password(password) => attempt.password(password).await.map(str::to_owned),
        Credential::Key(key) => attempt.key(key).await,
        Credential::Agent(key) => attempt.agent(key).await,
    }
}

struct Attempt<'a> {
    handle: &'a mut client::Handle<Handler>,
    endpoint: &'a Endpoint,
    user: &'a str,
}

impl Attempt<'_> {
    fn refused(&self, offered: &[MethodKind]) -> ConnectError {
        ConnectError::SignInRefused {
            endpoint: self.endpoint.clone(),
            user: self.user.to_owned(),
            offered: offered
                .iter()
                .map(|method| <&str>::from(method).to_owned())
                .collect(),
        }
    }

    fn early(&self, source: russh::Error) -> ConnectError {
        closed_early(self.endpoint, source)
    }

    /// What the other side offers; `None` when it asks for nothing.
    ///
    /// Asking with "none" costs no attempt: a wrong secret must be tried once, not once per way of sending it.
    async fn offered(&mut self) -> Result<Option<MethodSet>, ConnectError> {
        let answer = self.handle.authenticate_none(self.user).await;
        Ok(match answer.map_err(|source| self.early(source))? {
            AuthResult::Success => None,
            AuthResult::Failure {
                remaining_methods, ..
            } => Some(remaining_methods),
        })
    }

    async fn password(mut self, password: &SecretString) -> Result<&'static str, ConnectError> {
        let Some(offered) = self.offered().await? else {
            return Ok("no password asked");
        };
        if offered.contains(&MethodKind::Password) {
            let answer = self
                .handle
                .authenticate_password(self.user, password.expose_secret())
                .await
                .map_err(|source| self.early(source))?;
            return self.judged(&answer).map(|()| "password");
        }
        if !offered.contains(&MethodKind::KeyboardInteractive) {
            return Err(self.refused(&offered));
        }
        self.interactive(password, &offered)
            .await
            .map(|()| "keyboard-interactive")
    }

    async fn interactive(
        &mut self,
        password: &SecretString,
        offered: &MethodSet,
    ) -> Result<(), ConnectError> {
        let mut password = Some(password);
        let mut answer = self
            .handle
            .authenticate_keyboard_interactive_start(self.user, None)
            .await
            .map_err(|source| self.early(source))?;
        for _ in 0..MAX_INFO_ROUNDS {
            let prompts = match answer {
                KeyboardInteractiveAuthResponse::Success => return Ok(()),
                KeyboardInteractiveAuthResponse::Failure {
                    remaining_methods, ..
                } => {
                    return Err(self.refused(&remaining_methods));
                }
                KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => prompts,
            };
            let responses = match prompts.as_slice() {
                [] => Vec::new(),
                [one] if !one.echo => match password.take() {
                    Some(password) => vec![password.expose_secret().to_owned()],
                    None => return Err(self.refused(offered)),
                },
                _ => return Err(self.refused(offered)),
            };
            answer = self
                .handle
                .authenticate_keyboard_interactive_respond(responses)
                .await
                .map_err(|source| self.early(source))?;
        }
        Err(self.refused(offered))
    }

    async fn key(mut self, key: &SigningKey) -> Result<String, ConnectError> {
        self.keys_are_taken().await?;
        let hash = self.hash_for(key.public()).await?;
        let offer = PrivateKeyWithHashAlg::new(key.private(), hash);
        let answer = self
            .handle
            .authenticate_publickey(self.user, offer)
            .await
            .map_err(|source| self.early(source))?;
        self.judged(&answer)?;
        Ok(format!("key {}", key.fingerprint()))
    }

    async fn agent(mut self, chosen: &AgentKey) -> Result<String, ConnectError> {
        let failed = |source| ConnectError::Agent {
            endpoint: self.endpoint.clone(),
            user: self.user.to_owned(),
            source,
        };
        let (mut agent, public) = chosen.find().await.map_err(failed)?;
        self.keys_are_taken().await?;
        let hash = self.hash_for(&public).await?;
        let answer = self
            .handle
            .authenticate_publickey_with(self.user, public, hash, &mut agent)
            .await;
        let answer = answer.map_err(|source| ConnectError::Agent {
            endpoint: self.endpoint.clone(),
            user: self.user.to_owned(),
            source: AgentError::NotSigned {
                source: Box::new(source),
            },
        })?;
        self.judged(&answer)?;
        Ok(format!("agent key {}", chosen.fingerprint()))
    }

    /// Fails unless the other side takes keys: a key is then never offered in vain.
    async fn keys_are_taken(&mut self) -> Result<(), ConnectError> {
        match self.offered().await? {
            Some(offered) if !offered.contains(&MethodKind::PublicKey) => Err(self.refused(&offered)),
            _ => Ok(()),
        }
    }

    /// The hash for a signature of an RSA key: what the other side names, else SHA-512. Never SHA-1.
    async fn hash_for(&self, key: &PublicKey) -> Result<Option<HashAlg>, ConnectError> {
        if !key.algorithm().is_rsa() {
            return Ok(None);
        }
        let named = self.handle.best_supported_rsa_hash().await;
        let named = named.map_err(|source| self.early(source))?;
        Ok(named.flatten().or(Some(HashAlg::Sha512)))
    }

    fn judged(&self, answer: &AuthResult) -> Result<(), ConnectError> {
        match answer {
            AuthResult::Success => Ok(()),
            AuthResult::Failure {
                remaining_methods, ..
            } => Err(self.refused(remaining_methods)),
        }
    }
}

pub(super) async fn open_shell(
    handle: &client::Handle<Handler>,
    endpoint: &Endpoint,
) -> Result<(russh::Channel<client::Msg>, Bytes), ConnectError> {
    let early = |source| closed_early(endpoint, source);
    let mut shell = match handle.channel_open_session().await {
        Err(russh::Error::ChannelOpenFailure(_)) => {
            return Err(ConnectError::NoShell {
                endpoint: endpoint.clone(),
                refused: "session channel",
            });
        }
        opened => opened.map_err(early)?,
    };
    shell
        .request_pty(true, "vt100", COLUMNS, ROWS, 0, 0, &[])
        .await
        .map_err(early)?;
    let mut said = granted(&mut shell, endpoint, "terminal").await?;
    shell.request_shell(true).await.map_err(early)?;
    said.extend(granted(&mut shell, endpoint, "shell").await?);
    Ok((shell, said.into()))
}

/// Waits for the answer to a channel request. Returns what the device said before it.
async fn granted(
    shell: &mut russh::Channel<client::Msg>,
    endpoint: &Endpoint,
    request: &'static str,
) -> Result<Vec<u8>, ConnectError> {
    let mut said = Vec::new();
    loop {
        match shell.wait().await {
            Some(ChannelMsg::Success) => return Ok(said),
            Some(ChannelMsg::Data { data } | ChannelMsg::ExtendedData { data, .. }) => {
                said.extend_from_slice(&data);
            }
            Some(ChannelMsg::Failure) => {
                return Err(ConnectError::NoShell {
                    endpoint: endpoint.clone(),
                    refused: request,
                });
            }
            Some(ChannelMsg::Eof | ChannelMsg::Close) | None => {
                return Err(closed_early(endpoint, russh::Error::Disconnect));
            }
            Some(_) => {}
        }
    }
}
