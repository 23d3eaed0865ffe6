//! Inventory and discovery.

use std::path::{Path, PathBuf};

use bk_app::views::{
    ActivityState, ActivityView, DeviceRow, ErrorView, ImportRequest, ImportVerdict, Reachability,
    TestStepState,
};

use serde_json::json;

use super::{Context, sign_in};
use crate::args::DevicesCommand;
use crate::exit::{Exit, Failure};
use crate::out::{say, show, table};

pub(super) async fn run(context: &Context, command: DevicesCommand) -> Result<Exit, Failure> {
    let app = &context.app;
    match command {
        DevicesCommand::Import {
            file,
            dry_run,
            credentials,
        } => return import(context, &file, dry_run, credentials).await,
        DevicesCommand::List => show(context.json, &app.devices_list().await?, |rows| {
            print_devices(rows);
        }),
        DevicesCommand::Test { device } => return test(context, device).await,
        DevicesCommand::Credentials {
            name,
            user,
            key,
            agent,
            session_only,
        } => {
            let request = sign_in::request(name, user, key, agent, session_only)?;
            sign_in::set(context, request).await?;
        }
        DevicesCommand::AgentKeys => sign_in::agent_keys(context).await?,
        DevicesCommand::Jump(command) => sign_in::jump(context, command).await?,
        DevicesCommand::Keys { import: None } => sign_in::keys(context).await?,
        DevicesCommand::Keys { import: Some(file) } => return sign_in::import_keys(context, &file).await,
        DevicesCommand::Trust {
            device,
            fingerprint,
            replace,
        } => {
            let row = match replace {
                None => app.host_key_trust(device, fingerprint).await?,
                Some(typed) => app.host_key_replace(device, fingerprint, typed).await?,
            };
            show(context.json, &row, |row| {
                say(&format!("The host key of {} is trusted.", row.name));
            });
        }
        DevicesCommand::Remove { device } => {
            app.device_remove(device.clone()).await?;
            show(context.json, &json!({ "removed": device }), |_| {
                say(&format!(
                    "{device} is no longer in the inventory. Its history stays."
                ));
            });
        }
    }
    Ok(Exit::Done)
}

async fn import(
    context: &Context,
    file: &Path,
    dry_run: bool,
    credentials: Option<String>,
) -> Result<Exit, Failure> {
    let text = read(file.to_owned()).await?;
    let request = ImportRequest {
        text,
        source: Some(file.display().to_string()),
        credentials,
    };
    let report = if dry_run {
        context.app.devices_import_preview(request).await?
    } else {
        context.app.devices_import(request).await?
    };
    show(context.json, &report, |report| {
        for row in &report.rows {
            let verdict = match row.verdict {
                ImportVerdict::Added => "added",
                ImportVerdict::Changed => "changed",
                ImportVerdict::Unchanged => "unchanged",
                ImportVerdict::Alias => "another name",
                ImportVerdict::Refused => "refused",
            };
            let detail = row
                .detail
                .as_deref()
                .map(|detail| format!("  {detail}"))
                .unwrap_or_default();
            say(&format!(
                "line {:<4} {verdict:12} {} {}{detail}",
                row.line, row.name, row.address
            ));
        }
        let done = if report.applied {
            ""
        } else {
            " (nothing was changed)"
        };
        say(&format!(
            "{} added, {} changed, {} refused{done}",
            report.added, report.changed, report.refused
        ));
    });
    Ok(if report.refused > 0 {
        Exit::Refused
    } else {
        Exit::Done
    })
}

pub(super) async fn read(file: PathBuf) -> Result<String, Failure> {
    let name = file.display().to_string();
    let read = if name == "-" {
        tokio::task::spawn_blocking(|| std::io::read_to_string(std::io::stdin().lock()))
            .await
            .unwrap_or_else(|error| Err(error.into()))
    } else {
        tokio::fs::read_to_string(&file).await
    };
    read.map_err(|error| {
        Failure::new(
            Exit::Usage,
            "file-unreadable",
            format!("{name} could not be read: {error}."),
        )
    })
}

fn print_devices(rows: &[DeviceRow]) {
    let cells = |row: &DeviceRow| {
        let reach = match row.reachability {
            Reachability::Unknown => "not tried",
            Reachability::Reachable => "reachable",
            Reachability::NoAnswer => "no answer",
            Reachability::KeyChanged => "host key changed",
            Reachability::KeyUnknown => "host key not known",
            Reachability::SignInRefused => "sign-in refused",
            Reachability::NotUsable => "not usable",
        };
        vec![
            row.name.clone(),
            format!("{}:{}", row.address, row.port),
            row.tier.clone(),
            row.version.clone().unwrap_or_default(),
            row.credentials.clone().unwrap_or_default(),
            reach.to_owned(),
            row.last_read.clone().unwrap_or_else(|| "never".to_owned()),
            row.domains.to_string(),
        ]
    };
    table(
        &[
            "device",
            "address",
            "tier",
            "dnos",
            "credentials",
            "state",
            "read",
            "domains",
        ],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    );
}

async fn test(context: &Context, device: String) -> Result<Exit, Failure> {
    let test = context.app.device_test(device).await?;
    show(context.json, &test, |test| {
        for step in &test.steps {
            let state = match step.state {
                TestStepState::Passed => "passed",
                TestStepState::Failed => "FAILED",
                TestStepState::NotTried => "not tried",
            };
            say(&format!(
                "{:12} {state:10} {:>6} ms  {}",
                step.label, step.millis, &step.evidence
            ));
        }
        if let Some(error) = &test.error {
            say(&error.sentence);
            error.next.iter().for_each(|next| say(&format!("Next: {next}")));
        }
    });
    Ok(if test.error.is_some() {
        Exit::Refused
    } else {
        Exit::Done
    })
}

pub(super) async fn discover(context: &Context, devices: Vec<String>) -> Result<Exit, Failure> {
    let only = (!devices.is_empty()).then_some(devices);
    let begun = context.app.discovery_start(only).await?;
    let ended = context.progress.wait_for(begun).await;
    show(context.json, &ended, print_discovery);
    let failed: Vec<&ErrorView> = ended
        .devices
        .iter()
        .filter_map(|device| device.error.as_ref())
        .collect();
    Ok(match ended.state {
        // No device was contacted for want of a password.
        _ if !failed.is_empty()
            && failed
                .iter()
                .all(|error| Exit::of_error(&error.code) == Exit::NoCredentials) =>
        {
            Exit::NoCredentials
        }
        ActivityState::Done => Exit::Done,
        ActivityState::Cancelled => Exit::Aborted,
        ActivityState::Running | ActivityState::Partial | ActivityState::Failed => Exit::Refused,
    })
}

pub(super) fn print_discovery(ended: &ActivityView) {
    for device in &ended.devices {
        match &device.error {
            None => say(&format!("{:24} read in {} ms", device.device, device.millis)),
            Some(error) => {
                say(&format!("{:24} {}", device.device, error.sentence));
                let words = error.words.iter().flat_map(|words| words.lines());
                words.for_each(|line| say(&format!("{:24} | {}", "", line)));
                error
                    .next
                    .iter()
                    .for_each(|next| say(&format!("{:24} Next: {next}", "")));
            }
        }
    }
    say(&ended.fact);
}
