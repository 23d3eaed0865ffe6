//! Plan, deploy, history, rollback, recover.

use std::path::PathBuf;

use bk_app::views::{
    ActivityState, ActivityView, DeployOptions, DeploymentDetail, DeploymentStatus, PartState, PlanView,
    Policy, RollbackChoice, TranscriptRow,
};

use super::{Context, ask};
use crate::args::{PolicyArg, RunArgs, TakeArg};
use crate::exit::{Exit, Failure};
use crate::interrupt::Interrupts;
use crate::out::{can_ask, complain, say, show};
use crate::progress::Phases;
use crate::render;
use crate::typed::Question;

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
    without: Vec<String>,
    policy: PolicyArg,
    args: &RunArgs,
) -> Result<Exit, Failure> {
    let plan = if without.is_empty() {
        make(context, domain).await?
    } else {
        let draft = context.app.draft_open(domain).await?;
        context.app.plan_make_without(draft.id, without).await?
    };
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
    let policy = match policy {
        PolicyArg::AllOrNothing => Policy::AllOrNothing,
        PolicyArg::StopOnFirst => Policy::StopOnFirst,
        PolicyArg::Independent => Policy::Independent,
    };
    execute(context, plan, policy, args).await
}

pub(super) async fn rollback(
    context: &Context,
    deployment: u32,
    take: Option<TakeArg>,
    args: &RunArgs,
) -> Result<Exit, Failure> {
    let app = &context.app;
    let choices = app.rollback_choices(deployment).await?;
    let plan = match take {
        _ if choices.undoable => app.rollback_plan(deployment).await?,
        Some(TakeArg::Rest) => app.rollback_choice_plan(deployment, RollbackChoice::Rest).await?,
        Some(TakeArg::Over) => app.rollback_choice_plan(deployment, RollbackChoice::Over).await?,
        None => {
            show(context.json, &choices, render::rollback_choices);
            return Ok(Exit::Refused);
        }
    };
    execute(context, plan, Policy::AllOrNothing, args).await
}

pub(super) async fn audit(context: &Context, devices: Vec<String>) -> Result<Exit, Failure> {
    let found = context.app.audit(some_of(devices)).await?;
    show(context.json, &found, render::audit);
    Ok(Exit::Done)
}

pub(super) async fn clean_up(
    context: &Context,
    devices: Vec<String>,
    args: &RunArgs,
) -> Result<Exit, Failure> {
    let plan = context.app.clean_up_plan(some_of(devices)).await?;
    execute(context, plan, Policy::AllOrNothing, args).await
}

/// None named means all.
fn some_of(devices: Vec<String>) -> Option<Vec<String>> {
    (!devices.is_empty()).then_some(devices)
}

/// Shows the plan, asks, runs it, follows it to its end. On a terminal the choices of its card can be taken at once.
pub(super) async fn execute(
    context: &Context,
    plan: PlanView,
    policy: Policy,
    args: &RunArgs,
) -> Result<Exit, Failure> {
    if !context.json {
        render::plan(&plan);
        if policy != Policy::AllOrNothing {
            plan.policies
                .iter()
                .filter(|view| view.policy == policy)
                .for_each(render::policy);
        }
    }
    if !plan.empty && !args.yes {
        ask::confirm(context, &plan).await?;
    }
    let options = DeployOptions {
        window_minutes: args.window.unwrap_or(plan.window_minutes),
        policy,
    };
    let begun = context.app.deployment_start(plan.hash, options).await?;
    let (mut ended, mut exit) = follow_on(context, begun).await?;
    loop {
        show(context.json, &ended, render::deployment);
        let Some((choice, why)) = ask::choose(context, &ended, args).await? else {
            return Ok(exit);
        };
        let (shown, taken) = take(context, ended.row.id, &choice, why).await?;
        if choice == "leave" {
            return Ok(exit);
        }
        (ended, exit) = (shown, taken);
    }
}

/// Takes a choice, and follows what it begins to its end: a deployment, or a reading of devices.
async fn take(
    context: &Context,
    deployment: u32,
    choice: &str,
    why: Option<String>,
) -> Result<(DeploymentDetail, Exit), Failure> {
    let before = context.app.activities().await?;
    let begun = context
        .app
        .deployment_choose(deployment, choice.to_owned(), why)
        .await?;
    let is_new = |one: &ActivityView| before.iter().all(|known| known.id != one.id);
    let Some(reading) = context.app.activities().await?.into_iter().find(is_new) else {
        return follow_on(context, begun).await;
    };
    let read = context.progress.wait_for(reading).await;
    let detail = context.app.deployment_detail(begun.row.id).await?;
    let exit = match (read.state, detail.row.status) {
        (_, DeploymentStatus::InDoubt) => Exit::InDoubt,
        (ActivityState::Done, _) => Exit::Done,
        (ActivityState::Cancelled, _) => Exit::Aborted,
        (ActivityState::Running | ActivityState::Partial | ActivityState::Failed, _) => Exit::Refused,
    };
    Ok((detail, exit))
}

/// Follows the deployments that began after `before`: a policy put something back.
pub(super) async fn follow_begun_since(context: &Context, before: u32) -> Result<Exit, Failure> {
    let mut exit = Exit::Done;
    for row in context.app.deployments_list().await? {
        if row.id > before {
            let begun = context.app.deployment_detail(row.id).await?;
            let (ended, its_exit) = follow_on(context, begun).await?;
            show(context.json, &ended, render::deployment);
            exit = worse(exit, its_exit);
        }
    }
    Ok(exit)
}

/// Follows a deployment and what goes on from it: the later parts of a sequence, the rollback that was asked for. The
/// exit is the worst of all.
async fn follow_on(context: &Context, begun: DeploymentDetail) -> Result<(DeploymentDetail, Exit), Failure> {
    let mut moved = context.progress.moved();
    let mut interrupts = listen()?;
    let mut ended = follow(context, begun, &mut interrupts).await?;
    let mut exit = exit_of(&ended);
    loop {
        moved.mark_unchanged();
        ended = context.app.deployment_detail(ended.row.id).await?;
        let parts = ended.sequence.iter().flat_map(|sequence| &sequence.parts);
        let later = parts
            .filter_map(|part| part.deployment)
            .find(|id| *id > ended.row.id);
        match (later, ended.row.undone_by) {
            (Some(next), _) => {
                let next = context.app.deployment_detail(next).await?;
                ended = follow(context, next, &mut interrupts).await?;
                exit = worse(exit, exit_of(&ended));
            }
            (None, Some(undo)) => {
                let next = context.app.deployment_detail(undo).await?;
                ended = follow(context, next, &mut interrupts).await?;
                // It was aborted after the decision: finished, then rolled back, so every device is old.
                exit = worse(Exit::Aborted, exit_of(&ended));
            }
            (None, None) if ended.sequence.as_ref().is_some_and(|sequence| sequence.running) => {
                if moved.changed().await.is_err() {
                    return Ok((ended, exit));
                }
            }
            (None, None) => {
                let parts = ended.sequence.iter().flat_map(|sequence| &sequence.parts);
                let refused = parts.clone().any(|part| part.state == PartState::Refused);
                let exit = if refused { worse(exit, Exit::Refused) } else { exit };
                return Ok((ended, exit));
            }
        }
    }
}

/// Listens to interrupts, before anything is followed.
pub(super) fn listen() -> Result<Interrupts, Failure> {
    Interrupts::listen().map_err(|error| {
        let sentence = format!("Interrupts can't be listened to: {error}.");
        Failure::new(Exit::Internal, "no-interrupts", sentence)
    })
}

fn exit_of(ended: &DeploymentDetail) -> Exit {
    Exit::of_deployment(
        ended.row.status,
        ended.card.as_ref().map(|card| card.kind.as_str()),
    )
}

fn worse(one: Exit, other: Exit) -> Exit {
    if one as u8 > other as u8 { one } else { other }
}

/// Follows a deployment until it no longer runs. An interrupt asks it to abort; a second one leaves it to the devices' timers.
pub(super) async fn follow(
    context: &Context,
    begun: DeploymentDetail,
    interrupts: &mut Interrupts,
) -> Result<DeploymentDetail, Failure> {
    let number = begun.row.id;
    let mut moved = context.progress.moved();
    let mut phases = Phases::of(&context.progress, number);
    let mut aborting = false;
    // What a person types while a card waits.
    let mut question: Option<Question<'_>> = None;
    let mut told = false;
    loop {
        moved.mark_unchanged();
        let detail = context.app.deployment_detail(number).await?;
        phases.show(&detail);
        if detail.row.status != DeploymentStatus::Running {
            return Ok(detail);
        }
        if let Some(card) = detail.card.as_ref().filter(|_| !told) {
            told = true;
            render::waiting_card(card);
            if can_ask() && !context.json {
                complain("Type a choice to take it:");
                question = Some(context.typed.ask().await);
            }
        }
        tokio::select! {
            changed = moved.changed() => if changed.is_err() { return Ok(detail) },
            word = ask::answer(&mut question) => {
                question = None;
                let card = detail.card.iter().flat_map(|card| &card.choices);
                if card.clone().any(|choice| choice.choice == word) {
                    context.app.deployment_choose(number, word, None).await?;
                }
            }
            () = interrupts.next() => {
                if aborting {
                    return Ok(detail);
                }
                aborting = true;
                complain("Aborting. Each device is taken back; a second interrupt leaves that to the devices' own timers.");
                let asked = context.app.deployment_choose(number, "abort".to_owned(), None).await;
                // It may have ended by itself meanwhile; then its end is what is told.
                if context.app.deployment_detail(number).await?.row.status == DeploymentStatus::Running {
                    asked?;
                }
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

/// Shows the cards of what is open, then resolves it: back to old, or on to new where the decision is recorded.
pub(super) async fn recover(
    context: &Context,
    deployment: Option<u32>,
    only_show: bool,
    choice: Option<String>,
    why: Option<String>,
) -> Result<Exit, Failure> {
    let open = match deployment {
        Some(number) => vec![number],
        None => context.app.app_status().await?.open_deployments,
    };
    let mut cards = Vec::with_capacity(open.len());
    for number in &open {
        cards.push(context.app.deployment_detail(*number).await?);
    }
    if only_show {
        let any_open = cards
            .iter()
            .any(|detail| detail.row.status == DeploymentStatus::InDoubt);
        show(context.json, &cards, |cards| each(cards));
        return Ok(if any_open { Exit::InDoubt } else { Exit::Done });
    }
    if !context.json {
        cards.iter().for_each(render::deployment);
    }
    let word = choice.unwrap_or_else(|| "recover".to_owned());
    let mut exit = Exit::Done;
    let mut all = Vec::with_capacity(open.len());
    for number in open {
        let (ended, one) = take(context, number, &word, why.clone()).await?;
        exit = worse(exit, one);
        all.push(ended);
    }
    show(context.json, &all, |all| each(all));
    Ok(exit)
}

fn each(all: &[DeploymentDetail]) {
    match all {
        [] => say("Nothing is open."),
        all => all.iter().for_each(render::deployment),
    }
}
