//! Plan, deploy, history, rollback, recover.

use std::io::BufRead;
use std::path::PathBuf;

use bk_app::views::{DeployOptions, DeploymentDetail, DeploymentStatus, PlanView, TranscriptRow};

use super::Context;
use crate::args::RunArgs;
use crate::exit::{Exit, Failure};
use crate::out::{can_ask, complain, say, show};
use crate::progress::Phases;
use crate::render;

pub(super) async fn plan(
    context: &Context,
    domain: String,
    export: Option<PathBuf>,
) -> Result<Exit, Failure> {
    let plan = make(context, domain).await?;
    if let Some(file) = export {
        let text = context.app.plan_export(plan.hash.clone()).await?;
        let written = tokio::fs::write(&file, text).await;
        written.map_err(|error| {
            Failure::new(
                Exit::Usage,
                "file-unwritable",
                format!("{} could not be written: {error}.", file.display()),
            )
        })?;
        complain(&format!("Written to {}.", file.display()));
    }
    show(context.json, &plan, render::plan);
    Ok(Exit::Done)
}

async fn make(context: &Context, domain: String) -> Result<PlanView, Failure> {
    let draft = context.app.draft_open(domain).await?;
    Ok(context.app.plan_make(draft.id).await?)
}

pub(super) async fn deploy(
    context: &Context,
    domain: String,
    expected: Option<String>,
    args: &RunArgs,
) -> Result<Exit, Failure> {
    let plan = make(context, domain).await?;
    if let Some(expected) = expected {
        let wanted = expected.strip_prefix("p-").unwrap_or(&expected);
        if wanted.len() < 6 || !plan.hash.starts_with(wanted) {
            let sentence = format!(
                "The plan of now is {}, not {expected}. Nothing was sent.",
                plan.short
            );
            return Err(Failure::new(Exit::Refused, "plan-changed", sentence));
        }
    }
    execute(context, plan, args).await
}

pub(super) async fn rollback(context: &Context, deployment: u32, args: &RunArgs) -> Result<Exit, Failure> {
    let plan = context.app.rollback_plan(deployment).await?;
    execute(context, plan, args).await
}

/// Shows the plan, asks, runs it, follows it to its end.
async fn execute(context: &Context, plan: PlanView, args: &RunArgs) -> Result<Exit, Failure> {
    if !context.json {
        render::plan(&plan);
    }
    if !plan.empty && !args.yes {
        ask(&plan)?;
    }
    let options = DeployOptions {
        window_minutes: args.window.unwrap_or(plan.window_minutes),
    };
    let begun = context.app.deployment_start(plan.hash, options).await?;
    let ended = follow(context, begun).await?;
    show(context.json, &ended, render::deployment);
    Ok(Exit::of_deployment(
        ended.row.status,
        ended.card.as_ref().map(|card| card.kind.as_str()),
    ))
}

fn ask(plan: &PlanView) -> Result<(), Failure> {
    if !can_ask() {
        return Err(Failure::new(
            Exit::Usage,
            "not-confirmed",
            "Nobody can be asked here. Add --yes to run the plan.",
        ));
    }
    let devices = plan
        .devices
        .iter()
        .filter(|device| !device.forward.is_empty())
        .count();
    complain(&format!("Run on {devices} devices? Type yes:"));
    let mut answer = String::new();
    let read = std::io::stdin().lock().read_line(&mut answer);
    if read.is_ok() && answer.trim() == "yes" {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "not-confirmed", "Nothing was sent."))
}

/// Follows a deployment until it no longer runs. An interrupt asks it to abort; a second one leaves it to the devices' timers.
pub(super) async fn follow(context: &Context, begun: DeploymentDetail) -> Result<DeploymentDetail, Failure> {
    let number = begun.row.id;
    let mut moved = context.progress.moved();
    let mut phases = Phases::of(&context.progress, number);
    let mut aborting = false;
    loop {
        moved.mark_unchanged();
        let detail = context.app.deployment_detail(number).await?;
        phases.show(&detail);
        if detail.row.status != DeploymentStatus::Running {
            return Ok(detail);
        }
        tokio::select! {
            changed = moved.changed() => if changed.is_err() { return Ok(detail) },
            interrupt = tokio::signal::ctrl_c() => {
                if interrupt.is_err() || aborting {
                    return Ok(detail);
                }
                aborting = true;
                complain("Aborting. Each device is taken back; a second interrupt leaves that to the devices' own timers.");
                context.app.deployment_choose(number, "abort".to_owned()).await?;
            }
        }
    }
}

pub(super) async fn history(
    context: &Context,
    deployment: Option<u32>,
    transcript: bool,
) -> Result<Exit, Failure> {
    let Some(number) = deployment else {
        show(context.json, &context.app.deployments_list().await?, |rows| {
            render::deployments(rows);
        });
        return Ok(Exit::Done);
    };
    if !transcript {
        show(
            context.json,
            &context.app.deployment_detail(number).await?,
            render::deployment,
        );
        return Ok(Exit::Done);
    }
    let rows = whole_transcript(context, number).await?;
    show(context.json, &rows, |rows| {
        for row in rows {
            say(&format!(
                "{} {:16} {:6} {}",
                row.at,
                row.device.as_deref().unwrap_or("all"),
                row.kind,
                &row.text
            ));
        }
    });
    Ok(Exit::Done)
}

/// The service gives a transcript in parts.
async fn whole_transcript(context: &Context, number: u32) -> Result<Vec<TranscriptRow>, Failure> {
    let mut rows: Vec<TranscriptRow> = Vec::new();
    loop {
        let next = rows.last().map_or(0, |row| row.seq + 1);
        let part = context.app.deployment_transcript(number, None, next).await?;
        if part.is_empty() {
            return Ok(rows);
        }
        rows.extend(part);
    }
}

pub(super) async fn recover(context: &Context, deployment: Option<u32>) -> Result<Exit, Failure> {
    let open = match deployment {
        Some(number) => vec![number],
        None => context.app.app_status().await?.open_deployments,
    };
    let mut exit = Exit::Done;
    let mut all = Vec::with_capacity(open.len());
    for number in open {
        let begun = context
            .app
            .deployment_choose(number, "recover".to_owned())
            .await?;
        let ended = follow(context, begun).await?;
        let one = Exit::of_deployment(ended.row.status, None);
        if one as u8 > exit as u8 {
            exit = one;
        }
        all.push(ended);
    }
    show(context.json, &all, |all| match &all[..] {
        [] => say("Nothing is open."),
        all => all.iter().for_each(render::deployment),
    });
    Ok(exit)
}
