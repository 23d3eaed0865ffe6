//! The sign-in, tried once, and the interactive shell.

use bytes::Bytes;
use russh::{
    ChannelMsg, MethodKind,
    client::{self, AuthResult, KeyboardInteractiveAuthResponse},
};
use secrecy::ExposeSecret;

use super::{ConnectError, Credential, Target, error::closed_early, reach::Handler};
use crate::transport::host_key::Endpoint;

/// Columns of the PTY (REF 1.5: 250 or more, 512 is safe).
const COLUMNS: u32 = 512;
/// Rows of the PTY.
const ROWS: u32 = 1000;
/// Most rounds of questions that a keyboard-interactive sign-in may take.
const MAX_INFO_ROUNDS: usize = 4;

/// Signs in once, by the one way that the device offers and we can use. Returns its name.
pub(super) async fn sign_in(
    handle: &mut client::Handle<Handler>,
    target: &Target,
) -> Result<&'static str, ConnectError> {
    let endpoint = &target.endpoint;
    let early = |source| closed_early(endpoint, source);
    let refused = |offered: &[MethodKind]| ConnectError::SignInRefused {
        endpoint: endpoint.clone(),
        user: target.user.clone(),
        offered: offered
            .iter()
            .map(|method| <&str>::from(method).to_owned())
            .collect(),
    };
    // Asking with "none" tells what is offered and costs no attempt: a wrong password must be tried once,
    // not once per way of sending it.
    let offered = match handle.authenticate_none(&target.user).await.map_err(early)? {
        AuthResult::Success => return Ok("no password asked"),
        AuthResult::Failure {
            remaining_methods, ..
        } => remaining_methods,
    };
    let Credential::Password(password) = &target.credential;
    if offered.contains(&MethodKind::Password) {
        return match handle
            .authenticate_password(&target.user, password.expose_secret())
            .await
            .map_err(early)?
        {
            AuthResult::Success => Ok("password"),
            AuthResult::Failure {
                remaining_methods, ..
            } => Err(refused(&remaining_methods)),
        };
    }
    if !offered.contains(&MethodKind::KeyboardInteractive) {
        return Err(refused(&offered));
    }
    let mut password = Some(password);
    let mut answer = handle
        .authenticate_keyboard_interactive_start(&target.user, None)
        .await
        .map_err(early)?;
    for _ in 0..MAX_INFO_ROUNDS {
        let prompts = match answer {
            KeyboardInteractiveAuthResponse::Success => return Ok("keyboard-interactive"),
            KeyboardInteractiveAuthResponse::Failure {
                remaining_methods, ..
            } => {
                return Err(refused(&remaining_methods));
            }
            KeyboardInteractiveAuthResponse::InfoRequest { prompts, .. } => prompts,
        };
        let responses = match prompts.as_slice() {
            [] => Vec::new(),
            [one] if !one.echo => match password.take() {
                Some(password) => vec![password.expose_secret().to_owned()],
                None => return Err(refused(&offered)),
            },
            _ => return Err(refused(&offered)),
        };
        answer = handle
            .authenticate_keyboard_interactive_respond(responses)
            .await
            .map_err(early)?;
    }
    Err(refused(&offered))
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
