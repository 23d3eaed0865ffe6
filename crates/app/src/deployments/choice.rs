//! The choices that a deployment may offer, as typed words, and whether it offers them.

use bk_engine::deploy::DeploymentId;
use bk_model::DeviceName;

use crate::app::App;
use crate::errors::AppError;

/// A choice. The word before the colon is stable; a device follows it where the choice concerns one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Choice {
    /// Back to old before the decision; after it finish, then roll back.
    Abort,
    /// The same plan again.
    Retry,
    /// Resolve or complete what its process left open.
    Recover,
    /// The same, then roll back.
    RecoverThenUndo,
    /// Take the difference as it is.
    CloseInDoubt,
    /// Read the devices that drifted and take what they hold as the record.
    DiscoverAndSync,
    /// The draft's plan as it is now, after what drifted was taken.
    Continue,
    /// The same plan over what drifted.
    Override,
    /// Nothing.
    Leave,
    /// The plan without this device.
    ContinueWithout(DeviceName),
    /// The plan without the objects that drifted.
    Skip,
    /// Commit the candidate lines of another that stand in the way on this device.
    Consent(DeviceName),
    /// Take what another put in place of ours as it is.
    KeepTheirs,
    /// The same, and what is not deployed stays in the draft to be planned on what is there now.
    PlanAnew,
    /// The parts of a sequence that did not begin or did not hold.
    GoOn,
}

impl Choice {
    /// Reads the word of a choice.
    pub(super) fn parse(raw: &str) -> Result<Self, AppError> {
        let (word, device) = match raw.split_once(':') {
            Some((word, device)) => (word, Some(crate::drafts::device_name(device)?)),
            None => (raw, None),
        };
        Ok(match (word, device) {
            ("abort", None) => Self::Abort,
            ("retry", None) => Self::Retry,
            ("recover", None) => Self::Recover,
            ("recover-then-undo", None) => Self::RecoverThenUndo,
            ("close-in-doubt", None) => Self::CloseInDoubt,
            ("discover-and-sync", None) => Self::DiscoverAndSync,
            ("continue", None) => Self::Continue,
            ("override", None) => Self::Override,
            ("leave", None) => Self::Leave,
            ("continue-without", Some(device)) => Self::ContinueWithout(device),
            ("skip", None) => Self::Skip,
            ("consent", Some(device)) => Self::Consent(device),
            ("keep-theirs", None) => Self::KeepTheirs,
            ("plan-anew", None) => Self::PlanAnew,
            ("go-on", None) => Self::GoOn,
            _ => {
                return Err(AppError::BadInput {
                    field: "choice",
                    reason: format!("{raw:?} is no choice"),
                });
            }
        })
    }

    /// Returns the word.
    pub(super) fn word(&self) -> String {
        match self {
            Self::Abort => "abort".to_owned(),
            Self::Retry => "retry".to_owned(),
            Self::Recover => "recover".to_owned(),
            Self::RecoverThenUndo => "recover-then-undo".to_owned(),
            Self::CloseInDoubt => "close-in-doubt".to_owned(),
            Self::DiscoverAndSync => "discover-and-sync".to_owned(),
            Self::Continue => "continue".to_owned(),
            Self::Override => "override".to_owned(),
            Self::Leave => "leave".to_owned(),
            Self::ContinueWithout(device) => format!("continue-without:{device}"),
            Self::Skip => "skip".to_owned(),
            Self::Consent(device) => format!("consent:{device}"),
            Self::KeepTheirs => "keep-theirs".to_owned(),
            Self::PlanAnew => "plan-anew".to_owned(),
            Self::GoOn => "go-on".to_owned(),
        }
    }
}

impl App {
    /// Refuses what the card of a deployment does not offer as it is shown now. Aborting is offered beside the card, as long
    /// as the deployment runs.
    pub(super) async fn refuse_unoffered(&self, id: DeploymentId, choice: &Choice) -> Result<(), AppError> {
        if *choice == Choice::Abort {
            return Ok(());
        }
        let card = self.deployment_detail(id.0).await?.card;
        let shown = card.map(|card| card.choices).unwrap_or_default();
        let word = choice.word();
        let reason = match shown.iter().find(|view| view.choice == word) {
            Some(view) => match &view.refused {
                Some(reason) => reason.clone(),
                None => return Ok(()),
            },
            None => format!("deployment {id} does not list it now"),
        };
        let open = shown.into_iter().filter(|view| view.refused.is_none());
        Err(AppError::NotOffered {
            choice: word,
            reason,
            offered: open.map(|view| view.choice).collect(),
        })
    }
}

pub(super) fn not_offered(choice: &str, reason: &str) -> AppError {
    AppError::NotOffered {
        choice: choice.to_owned(),
        reason: reason.to_owned(),
        offered: Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_choice_is_read_back_from_its_word() {
        let device = DeviceName::new("LEAF-A01").unwrap();
        for choice in [
            Choice::Abort,
            Choice::Retry,
            Choice::Recover,
            Choice::RecoverThenUndo,
            Choice::CloseInDoubt,
            Choice::DiscoverAndSync,
            Choice::Continue,
            Choice::Override,
            Choice::Leave,
            Choice::ContinueWithout(device.clone()),
            Choice::Skip,
            Choice::Consent(device),
            Choice::KeepTheirs,
            Choice::PlanAnew,
            Choice::GoOn,
        ] {
            assert_eq!(Choice::parse(&choice.word()).unwrap(), choice);
        }
        for raw in [
            "",
            "continue-without",
            "continue-without:",
            "abort:LEAF-A01",
            "Abort",
            "consent:a\nb",
        ] {
            assert!(Choice::parse(raw).is_err(), "{raw:?}");
        }
    }
}
