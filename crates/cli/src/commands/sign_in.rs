//! Credentials, the SSH agent, jump hosts, host keys.

use std::path::{Path, PathBuf};

use bk_app::views::{
    CredentialRequest, CredentialWay, HostKeyView, JumpHostRequest, JumpHostRow, KnownHostsVerdict,
};
use serde_json::json;

use super::Context;
use super::devices::read;
use crate::args::JumpCommand;
use crate::exit::{Exit, Failure};
use crate::out::{complain, say, show, table};
use crate::secret;

/// The word for "through no jump host".
const DIRECT: &str = "direct";

pub(super) fn request(
    name: String,
    user: String,
    key: Option<PathBuf>,
    agent: Option<String>,
    session_only: bool,
) -> Result<CredentialRequest, Failure> {
    let (way, key) = match (key, agent) {
        (Some(file), _) => {
            let path = file.into_os_string().into_string().map_err(|_| {
                let sentence = "The path of the key file is not a Unicode text.";
                Failure::new(Exit::Usage, "bad-input", sentence)
            })?;
            (CredentialWay::Key, Some(path))
        }
        (None, Some(fingerprint)) => (CredentialWay::Agent, Some(fingerprint)),
        (None, None) => (CredentialWay::Password, None),
    };
    Ok(CredentialRequest {
        name,
        user,
        way,
        key,
        session_only,
    })
}

pub(super) async fn set(context: &Context, request: CredentialRequest) -> Result<(), Failure> {
    let secret = match request.way {
        CredentialWay::Password => Some(secret::from_stdin()?),
        CredentialWay::Key => secret::if_given()?,
        CredentialWay::Agent => None,
    };
    let (name, session_only) = (request.name.trim().to_owned(), request.session_only);
    let what = match request.way {
        CredentialWay::Password => "password",
        CredentialWay::Key => "passphrase",
        CredentialWay::Agent => "agent's key",
    };
    context.app.credential_set(request, secret).await?;
    let all = context.app.credentials_list().await?;
    let own = all.iter().find(|row| row.name == name);
    let sentence = match own.map(|row| row.stored_in.as_str()) {
        Some("no secret") => format!("The credentials {name} need no secret."),
        _ if session_only => format!("The {what} of {name} was not kept."),
        _ => format!("The {what} of {name} is in the keyring."),
    };
    complain(&sentence);
    show(context.json, &own, |_| ());
    Ok(())
}

pub(super) async fn agent_keys(context: &Context) -> Result<(), Failure> {
    let keys = context.app.agent_keys().await?;
    show(context.json, &keys, |keys| {
        let cells = keys.iter().map(|key| {
            vec![
                key.fingerprint.clone(),
                key.algorithm.clone(),
                key.comment.clone(),
            ]
        });
        table(
            &["fingerprint", "algorithm", "comment"],
            &cells.collect::<Vec<_>>(),
        );
    });
    Ok(())
}

pub(super) async fn jump(context: &Context, command: JumpCommand) -> Result<(), Failure> {
    let app = &context.app;
    match command {
        JumpCommand::List => {
            let rows = app.jump_hosts_list().await?;
            show(context.json, &rows, |rows| print_jumps(rows));
        }
        JumpCommand::Set {
            name,
            address,
            credentials,
        } => {
            let request = JumpHostRequest {
                name,
                address,
                credentials,
            };
            let row = app.jump_host_set(request).await?;
            show(context.json, &row, |row| {
                say(&format!(
                    "{} is known. Its host key is asked for when a device is first reached through it.",
                    row.name
                ));
            });
        }
        JumpCommand::Use { name, devices, group } => {
            let jump = (name != DIRECT).then(|| name.clone());
            app.jump_host_use(jump.clone(), devices.clone(), group.clone())
                .await?;
            let value = json!({ "jump": jump, "devices": devices, "groups": group });
            show(context.json, &value, |_| {
                let who: Vec<&str> = devices.iter().chain(&group).map(String::as_str).collect();
                let how = match &jump {
                    Some(name) => format!("through {name}"),
                    None => "directly".to_owned(),
                };
                say(&format!("Reached {how} from now on: {}.", who.join(", ")));
            });
        }
        JumpCommand::Trust {
            name,
            fingerprint,
            replace,
        } => {
            let row = app.jump_key_trust(name, fingerprint, replace).await?;
            show(context.json, &row, |row| {
                say(&format!("The host key of {} is trusted.", row.name));
            });
        }
        JumpCommand::Remove { name } => {
            app.jump_host_remove(name.clone()).await?;
            show(context.json, &json!({ "removed": name }), |_| {
                say(&format!("{name} is removed."));
            });
        }
    }
    Ok(())
}

fn print_jumps(rows: &[JumpHostRow]) {
    let key = |row: &JumpHostRow| match (&row.host_key, &row.offered_key) {
        (Some(_), Some(offered)) => format!("CHANGED to {offered}"),
        (None, Some(offered)) => format!("not trusted: {offered}"),
        (Some(key), None) => key.fingerprint.clone(),
        (None, None) => "not seen".to_owned(),
    };
    let cells = |row: &JumpHostRow| {
        vec![
            row.name.clone(),
            format!("{}:{}", row.address, row.port),
            row.credentials.clone().unwrap_or_default(),
            row.devices.to_string(),
            row.groups.join(" "),
            key(row),
        ]
    };
    table(
        &[
            "jump host",
            "address",
            "credentials",
            "devices",
            "groups",
            "host key",
        ],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    );
}

pub(super) async fn keys(context: &Context) -> Result<(), Failure> {
    let rows = context.app.host_keys_list().await?;
    show(context.json, &rows, |rows| {
        for row in rows {
            let HostKeyView {
                algorithm,
                fingerprint,
                first_seen,
                accepted_by,
            } = &row.key;
            let names = match row.names.as_slice() {
                [] => "nothing of the inventory".to_owned(),
                names => names.join(", "),
            };
            say(&format!("{}  {names}", row.place));
            say(&format!(
                "  {fingerprint} {algorithm}, trusted {first_seen} by {accepted_by}"
            ));
            for change in row.history.iter().filter(|change| change.before.is_some()) {
                say(&format!(
                    "  replaced {} at {} by {}",
                    change.before.as_deref().unwrap_or_default(),
                    change.at,
                    change.by
                ));
            }
        }
    });
    Ok(())
}

pub(super) async fn import_keys(context: &Context, file: &Path) -> Result<Exit, Failure> {
    let text = read(file.to_owned()).await?;
    let source = Some(file.display().to_string());
    let report = context.app.host_keys_import(text, source).await?;
    show(context.json, &report, |report| {
        for row in &report.rows {
            let verdict = match row.verdict {
                KnownHostsVerdict::Trusted => "trusted",
                KnownHostsVerdict::Known => "known",
                KnownHostsVerdict::NotOurs => "not ours",
                KnownHostsVerdict::Refused => "refused",
            };
            say(&format!(
                "line {:<4} {verdict:9} {}  {}",
                row.line, row.hosts, row.detail
            ));
        }
        say(&format!("{} trusted, {} refused", report.trusted, report.refused));
    });
    Ok(if report.refused > 0 {
        Exit::Refused
    } else {
        Exit::Done
    })
}
