//! Cards: what needs a person, what is certain, what happens by itself, and what can be chosen.

use bk_engine::deploy::{Cause, DeploymentId, Drift, Outcome};
use bk_engine::plan::Plan;
use bk_engine::recovery::{self, OpenDeployment, RecoveryCard, card};
use chrono::{DateTime, Utc};

use super::choice::Choice;
use super::close::lines_in_the_way;
use super::live::Live;
use super::show::live_detail;
use super::words::{cause_code, cause_device, cause_sentence, cause_words, fact_sentence, state_sentence};
use crate::app::App;
use crate::diffs::diff_view;
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::time;
use crate::views::{
    ChoiceView, ConfirmClock, DecisionCard, DeploymentDetail, DeploymentRow, DeploymentStatus, PartState,
};

impl App {
    /// Completes the card of a deployment that turned back: going on without a device or without what drifted, with the
    /// plan that each would run, or why it can't.
    pub(super) async fn offer(
        &self,
        id: DeploymentId,
        detail: &mut DeploymentDetail,
    ) -> Result<(), AppError> {
        let Some(card) = &mut detail.card else {
            return Ok(());
        };
        let Some(cause) = self.archived_cause(id).await? else {
            return Ok(());
        };
        let drifts = self.archived_drifts(id).await?;
        if !drifts.is_empty() {
            let more = self.offer_on_drift(id, &drifts).await?;
            if more.iter().any(|view| view.choice == Choice::Continue.word()) {
                card.sentence =
                    "What drifted is decided. The draft stands on what is expected by now.".to_owned();
                card.diff = None;
                card.choices.retain(|view| view.choice == Choice::Leave.word());
                card.choices.splice(0..0, more);
                return Ok(());
            }
            // Leaving it comes last.
            let leave = Choice::Leave.word();
            let at = card.choices.iter().position(|view| view.choice == leave);
            let at = at.unwrap_or(card.choices.len());
            card.choices.splice(at..at, more);
        }
        let mut devices: Vec<String> = match drifts.is_empty() {
            false => drifts.iter().map(|drift| drift.device.to_string()).collect(),
            true => cause_device(&cause).into_iter().collect(),
        };
        devices.sort();
        devices.dedup();
        for device in devices {
            let choice = Choice::ContinueWithout(crate::drafts::device_name(&device)?);
            card.choices.push(ChoiceView {
                choice: choice.word(),
                label: format!("Continue without {device}"),
                consequence: format!(
                    "Plans the rest anew and deploys it. The changes on {device} stay in the draft."
                ),
                refused: None,
            });
        }
        for view in &mut card.choices {
            let choice = Choice::parse(&view.choice)?;
            if !matches!(choice, Choice::ContinueWithout(_) | Choice::Skip) {
                continue;
            }
            match self.child_plan(id, &choice).await {
                Ok((child, _)) => {
                    let plan = &child.plan;
                    let left_out: Vec<&str> = child
                        .left_out
                        .iter()
                        .map(bk_engine::draft::ChangeId::as_str)
                        .collect();
                    view.consequence = format!(
                        "Deploys plan {}: {} on {}. {} stays in the draft.",
                        plan.hash,
                        counted(number(plan.line_count()), "line"),
                        counted(number(plan.devices.len()), "device"),
                        left_out.join(", ")
                    );
                }
                Err(error) => view.refused = Some(error.view().sentence),
            }
        }
        Ok(())
    }

    /// What a person can do about the rest of a sequence that ended early.
    pub(super) fn offer_rest(detail: &mut DeploymentDetail) {
        let Some(sequence) = &detail.sequence else { return };
        let rest =
            |state: PartState| !matches!(state, PartState::Holds | PartState::Waiting | PartState::Running);
        let open = sequence.parts.iter().any(|part| part.state == PartState::InDoubt);
        if sequence.running || open || !sequence.parts.iter().any(|part| rest(part.state)) {
            return;
        }
        let go_on = ChoiceView {
            choice: Choice::GoOn.word(),
            label: "Go on with the rest".to_owned(),
            consequence: "Plans what is left in the draft and deploys it, part by part.".to_owned(),
            refused: None,
        };
        match &mut detail.card {
            Some(card) => card.choices.push(go_on),
            None => {
                detail.card = Some(DecisionCard {
                    kind: "sequence".to_owned(),
                    sentence: sequence.sentence.clone(),
                    certain: sequence
                        .parts
                        .iter()
                        .map(|part| format!("{}: {}", part.devices.join(", "), part.sentence))
                        .collect(),
                    not_known: Vec::new(),
                    if_nothing: Some("Nothing happens. The rest stays in the draft.".to_owned()),
                    words: None,
                    diff: None,
                    choices: vec![go_on],
                });
            }
        }
    }
}

/// A deployment whose process died before its journal began, or after its journal ended, with what stands there as its end.
pub(super) fn unfiled_card(row: &DeploymentRow, outcome: Option<Outcome>) -> DecisionCard {
    let certain = match outcome {
        None => "Its journal is empty: nothing was sent.",
        // Only a person closes one that is not proven.
        Some(Outcome::InDoubt) => {
            "A person closed it as it was: each device is as it was last reported, not proven since."
        }
        Some(_) => "Its journal is closed: every device was proven, nothing is pending on a device.",
    };
    DecisionCard {
        kind: "in-doubt".to_owned(),
        sentence: format!("Deployment {} was not filed away: its process ended too soon.", row.id),
        certain: vec![certain.to_owned()],
        not_known: Vec::new(),
        if_nothing: Some("Nothing happens.".to_owned()),
        words: None,
        diff: None,
        choices: vec![ChoiceView {
            choice: Choice::Recover.word(),
            label: "File it away".to_owned(),
            consequence: "Takes its end from the journal. Devices that are new are read once more; nothing is sent that changes them."
                .to_owned(),
            refused: None,
        }],
    }
}

fn consent_choice(device: &str) -> ChoiceView {
    ChoiceView {
        choice: format!("consent:{device}"),
        label: format!("Commit their lines on {device} too"),
        consequence: format!(
            "The candidate lines shown are another's. They are committed on {device} with our commit, exactly as shown; with \
             any other line there nothing is committed. Your consent is written into the journal."
        ),
        refused: None,
    }
}

/// The lines of others, device by device.
fn in_the_way<'a>(blocked: impl Iterator<Item = (&'a str, &'a str)>) -> Option<String> {
    let texts: Vec<String> = blocked
        .map(|(device, lines)| format!("{device}:\n{lines}"))
        .collect();
    (!texts.is_empty()).then(|| texts.join("\n"))
}

/// A running deployment that waits for another's candidate lines.
pub(super) fn blocked_card(live: &Live) -> Option<DecisionCard> {
    let reports = live.devices.iter().filter_map(|device| device.report.as_ref());
    let blocked: Vec<(&bk_engine::deploy::DeviceReport, String)> = reports
        .filter_map(|report| Some((report, lines_in_the_way(report)?)))
        .collect();
    if blocked.is_empty() {
        return None;
    }
    let names: Vec<&str> = blocked.iter().map(|(report, _)| report.device.as_str()).collect();
    let first = live.clocks.values().map(|(until, _)| *until).min();
    Some(DecisionCard {
        kind: "blocked".to_owned(),
        sentence: format!(
            "Uncommitted lines of another stand in the candidate of {} and stop our commit there.",
            names.join(", ")
        ),
        certain: blocked
            .iter()
            .map(|(report, _)| format!("{}.", state_sentence(report)))
            .collect(),
        not_known: Vec::new(),
        if_nothing: Some(match first {
            Some(until) => format!(
                "It goes on as soon as they are gone. The first pending commit goes back by itself at {}.",
                time::spoken(until)
            ),
            None => "It goes on as soon as they are gone.".to_owned(),
        }),
        words: in_the_way(
            blocked
                .iter()
                .map(|(report, lines)| (report.device.as_str(), lines.as_str())),
        ),
        diff: None,
        choices: names.into_iter().map(consent_choice).collect(),
    })
}

/// What a person can do about a deployment that ended without its change; `drifts` is what stands against its plan.
pub(super) fn cause_card(cause: &Cause, drifts: &[Drift], row: &DeploymentRow) -> Option<DecisionCard> {
    let all_old = matches!(row.status, DeploymentStatus::Refused | DeploymentStatus::Aborted);
    let certain = if all_old {
        "Every device is old: its running configuration is as before.".to_owned()
    } else {
        row.sentence.clone()
    };
    let choice = |word: &str, label: String, consequence: &str| ChoiceView {
        choice: word.to_owned(),
        label,
        consequence: consequence.to_owned(),
        refused: None,
    };
    let again = choice(
        "retry",
        "Retry".to_owned(),
        "Runs the same plan again from Preflight.",
    );
    let base = DecisionCard {
        kind: cause_code(cause).to_owned(),
        sentence: cause_sentence(cause),
        certain: vec![certain],
        not_known: Vec::new(),
        if_nothing: Some("Nothing happens. The draft stays.".to_owned()),
        words: cause_words(cause),
        diff: None,
        choices: vec![again],
    };
    match cause {
        Cause::Person => None,
        _ if !all_old => None,
        _ if drifts.is_empty() => Some(base),
        _ => {
            let mut devices: Vec<&str> = drifts.iter().map(|drift| drift.device.as_str()).collect();
            devices.dedup();
            let sync = choice(
                "discover-and-sync",
                format!("Read {}", devices.join(", ")),
                "Reads these devices and takes what they hold as the record; the draft then shows what is left to do. Nothing is sent.",
            );
            let skip = choice(
                "skip",
                "Skip these objects".to_owned(),
                "Plans the rest anew and deploys it. What touches these objects stays in the draft.",
            );
            let leave = choice(
                "leave",
                "Leave it".to_owned(),
                "The plan is not run. Records and draft stay as they are.",
            );
            Some(DecisionCard {
                diff: Some(drift_diff(drifts)),
                choices: vec![sync, skip, leave],
                ..base
            })
        }
    }
}

fn drift_diff(drifts: &[Drift]) -> crate::views::TextDiffView {
    let side = |pick: fn(&Drift) -> &str| {
        let texts = drifts
            .iter()
            .map(|drift| pick(drift).trim_end())
            .filter(|text| !text.is_empty());
        let whole: String = texts.map(|text| format!("{text}\n")).collect();
        // Objects of one device; a text over the limit could not have been read in the first place.
        bk_config::ConfigText::new(whole).unwrap_or_default()
    };
    diff_view(&side(|drift| &drift.expected), &side(|drift| &drift.actual))
}

/// A deployment that its journal left open and that nobody runs now.
pub(super) fn open_detail(
    row: DeploymentRow,
    plan: &Plan,
    live: &Live,
    open: &OpenDeployment,
    now: DateTime<Utc>,
) -> DeploymentDetail {
    let card = card(open, now);
    let clock = card.deadline.map(|until| ConfirmClock {
        until: time::text(until),
        seconds_left: u32::try_from((until - now).num_seconds().max(0)).unwrap_or(u32::MAX),
        window: u32::from(open.window_minutes) * 60,
    });
    DeploymentDetail {
        card: Some(recovery_card(&card, &row, now)),
        clock,
        decided: open.decided.map(time::text),
        abort: None,
        ..live_detail(row, plan, live, open.window_minutes, now)
    }
}

fn recovery_card(card: &RecoveryCard, row: &DeploymentRow, now: DateTime<Utc>) -> DecisionCard {
    let lines = |open: bool| {
        let devices = card.devices.iter().filter(move |device| device.open == open);
        devices
            .map(|device| {
                format!(
                    "{}: {}",
                    device.device,
                    device
                        .certain
                        .iter()
                        .map(|fact| fact_sentence(fact, now))
                        .collect::<Vec<_>>()
                        .join(", ")
                )
            })
            .collect()
    };
    let by_itself = card.deadline.map(|at| match card.decided {
        None => format!("Devices with a pending commit go back by themselves, the first at {}.", time::spoken_on(at, now)),
        Some(_) => format!("A device that is not confirmed goes back by itself, the first at {}; its lines must then be applied again.", time::spoken_on(at, now)),
    });
    let view = |choice: &recovery::Choice| {
        use recovery::Choice;
        let (word, label, consequence) = match choice {
            Choice::Consent { device, .. } => return consent_choice(device.as_str()),
            Choice::KeepTheirs => (
                "keep-theirs",
                "Keep theirs",
                "Nothing is sent. Reads the devices; what another put there becomes the record, and the draft has ended.",
            ),
            Choice::PlanAnew => (
                "plan-anew",
                "Plan anew",
                "Nothing is sent. Reads the devices; what is not deployed stays in the draft, to be planned on what is there.",
            ),
            Choice::TakeBack => (
                "recover",
                "Take every device back",
                "Looks at each device and takes it back to old; no line is sent twice.",
            ),
            Choice::Complete => (
                "recover",
                "Complete on every device",
                "The decision was recorded: looks at each device and completes it to new.",
            ),
            Choice::CompleteThenUndo => (
                "recover-then-undo",
                "Finish, then roll back",
                "Completes every device to new, then plans and runs the rollback.",
            ),
            Choice::CloseInDoubt => (
                "close-in-doubt",
                "Take it as it is",
                "Nothing is sent. The deployment is closed with the difference named.",
            ),
        };
        ChoiceView {
            choice: word.to_owned(),
            label: label.to_owned(),
            consequence: consequence.to_owned(),
            refused: None,
        }
    };
    DecisionCard {
        kind: "in-doubt".to_owned(),
        sentence: format!("Deployment {} did not end.", row.id),
        certain: lines(false),
        not_known: lines(true),
        if_nothing: by_itself,
        words: in_the_way(card.choices.iter().filter_map(|choice| match choice {
            recovery::Choice::Consent { device, lines } => Some((device.as_str(), lines.as_str())),
            _ => None,
        })),
        diff: None,
        choices: card.choices.iter().map(view).collect(),
    }
}
