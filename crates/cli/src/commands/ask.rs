//! What a person is asked on a terminal.

use bk_app::views::{ChoiceView, DeploymentDetail, PlanView};

use super::Context;
use super::deploy::listen;
use crate::args::RunArgs;
use crate::exit::{Exit, Failure};
use crate::out::{can_ask, complain};
use crate::render;
use crate::typed::Question;

/// Asks whether the plan is run.
///
/// # Errors
/// [`Failure`] unless the answer is yes.
pub(super) async fn confirm(context: &Context, plan: &PlanView) -> Result<(), Failure> {
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
    let words = format!("Run on {devices} devices? Type yes:");
    if line(context, &words).await?.as_deref() == Some("yes") {
        return Ok(());
    }
    Err(Failure::new(Exit::Refused, "not-confirmed", "Nothing was sent."))
}

/// Asks which choice of a card is taken, and why where it decides about drift, if somebody can be asked. A choice that runs
/// another plan shows it first.
pub(super) async fn choose(
    context: &Context,
    ended: &DeploymentDetail,
    args: &RunArgs,
) -> Result<Option<(String, Option<String>)>, Failure> {
    let offered: Vec<&ChoiceView> = ended
        .card
        .iter()
        .flat_map(|card| &card.choices)
        .filter(|choice| choice.refused.is_none())
        .collect();
    if offered.is_empty() || context.json || args.yes || !can_ask() {
        return Ok(None);
    }
    let word = line(context, "Type a choice, or nothing to leave it:").await?;
    // What drift stopped can always be left.
    let on_drift = offered.iter().any(|choice| choice.choice == "leave");
    let Some(choice) = offered
        .into_iter()
        .find(|choice| word.as_ref() == Some(&choice.choice))
    else {
        return Ok(None);
    };
    let runs_another = matches!(choice.choice.as_str(), "skip" | "override" | "continue");
    if runs_another || choice.choice.starts_with("continue-without:") {
        let plan = context
            .app
            .deployment_child(ended.row.id, choice.choice.clone())
            .await?;
        render::plan(&plan);
        confirm(context, &plan).await?;
    }
    let why = match on_drift && choice.choice != "continue" {
        true => {
            line(
                context,
                "Why? It is kept with the decision; nothing gives no reason:",
            )
            .await?
        }
        false => None,
    };
    Ok(Some((choice.choice.clone(), why)))
}

/// The answer to a question; none where it was interrupted or nothing can be typed any more.
async fn line(context: &Context, words: &str) -> Result<Option<String>, Failure> {
    let mut interrupts = listen()?;
    let mut question = context.typed.ask().await;
    complain(words);
    tokio::select! {
        line = question.line() => Ok(line),
        () = interrupts.next() => Ok(None),
    }
}

/// What is typed; never, while nothing is asked or nothing can be typed any more.
pub(super) async fn answer(question: &mut Option<Question<'_>>) -> String {
    if let Some(open) = question
        && let Some(line) = open.line().await
    {
        return line;
    }
    std::future::pending().await
}
