//! Why no plan could be made or run, in words.

use bk_engine::deploy::DeploymentError;
use bk_engine::plan::{NotSeparable, PlanError, UndoRefused};

use super::view::{causes, plain};
use crate::present::finding_view;
use crate::views::{ErrorView, Finding, Severity};

pub(super) fn plan(error: &PlanError) -> ErrorView {
    match error {
        PlanError::Invalid { domain, findings } => ErrorView {
            object: Some(domain.to_string()),
            device: findings
                .first()
                .and_then(|finding| finding.device.as_ref())
                .map(ToString::to_string),
            ..plain(
                "draft-invalid",
                findings
                    .iter()
                    .map(|finding| finding_view(finding).sentence)
                    .collect::<Vec<_>>()
                    .join(" "),
                Some("Open the draft"),
            )
        },
        PlanError::NoRecord { device } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "no-record",
                format!("{device} was never read, so nothing can be planned for it."),
                Some("Read the device"),
            )
        },
        PlanError::Unsupported { device, version } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "release-unsupported",
                format!(
                    "{device} runs DNOS {version}. Bridge domains need 17.2 or later; it can only be read."
                ),
                None,
            )
        },
        PlanError::Render {
            device, interface, ..
        } => ErrorView {
            device: Some(device.to_string()),
            object: Some(interface.clone()),
            words: causes(error),
            ..plain(
                "line-refused",
                format!("A line for {interface} of {device} can't be written safely. No plan was made."),
                None,
            )
        },
        PlanError::Grammar { device, line, .. } => ErrorView {
            device: Some(device.to_string()),
            object: Some(line.clone()),
            words: causes(error),
            ..plain(
                "line-refused",
                format!("The release of {device} does not take a line of this change. No plan was made."),
                None,
            )
        },
        PlanError::CutsOff { device, domain } => ErrorView {
            device: Some(device.to_string()),
            object: Some(domain.to_string()),
            ..plain(
                "cuts-off",
                format!(
                    "Ends of {domain} that stay on {device} would lose their way to the rest of it. No plan was made."
                ),
                Some("Take back what came after it first."),
            )
        },
        PlanError::NotWritable { device, .. } => ErrorView {
            device: Some(device.to_string()),
            words: causes(error),
            ..plain(
                "not-writable",
                format!(
                    "What differs on {device} can't be put back line by line, because Bridgekeeper never writes such lines. No \
                     plan was made."
                ),
                Some("Change it on the device, then read it again."),
            )
        },
        PlanError::Irreversible { device, .. } => ErrorView {
            device: Some(device.to_string()),
            words: causes(error),
            ..plain(
                "irreversible",
                format!(
                    "The change on {device} can't be taken back line by line, because it removes lines that Bridgekeeper never \
                     writes. No plan was made."
                ),
                Some("Open the draft"),
            )
        },
        PlanError::NotProven { device } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "reverse-not-proven",
                format!("The rollback of the change on {device} could not be proven. No plan was made."),
                None,
            )
        },
    }
}

pub(super) fn undo(error: &UndoRefused) -> ErrorView {
    match error {
        UndoRefused::Changed {
            deployment,
            device,
            lines,
        } => ErrorView {
            device: Some(device.to_string()),
            object: Some(deployment.to_string()),
            words: Some(lines.join("\n")),
            ..plain(
                "undo-overlaps",
                format!(
                    "{device} no longer holds what deployment {deployment} left, so it can't be undone as it was done."
                ),
                Some("Compare with the record"),
            )
        },
        UndoRefused::Nothing { deployment } => ErrorView {
            object: Some(deployment.to_string()),
            ..plain(
                "nothing-to-undo",
                format!("Deployment {deployment} changed nothing."),
                None,
            )
        },
        UndoRefused::Plan { source, .. } => plan(source),
    }
}

/// Why a plan can't go without a part of it, or in parts.
pub(super) fn not_separable(error: &NotSeparable) -> ErrorView {
    let told = |sentence: String| plain("not-separable", sentence, None);
    match error {
        NotSeparable::Rollback => told("A rollback goes back everywhere or nowhere; it is not split.".to_owned()),
        NotSeparable::CleanUp => {
            told("A clean-up is one transaction. Choose devices to clean fewer of them at once.".to_owned())
        }
        NotSeparable::ServiceVlan => told(
            "The service gets another VLAN on every attachment at once; a device that is left out would be cut off."
                .to_owned(),
        ),
        NotSeparable::Carries { device, parts } => ErrorView {
            device: Some(device.to_string()),
            ..told(format!(
                "{device} carries the service for {}; without it the path is broken.",
                listed(parts)
            ))
        },
        NotSeparable::StillTouched { device, object } => ErrorView {
            device: Some(device.to_string()),
            object: Some(object.clone()),
            ..told(format!("Other changes on {device} need {object} too."))
        },
        NotSeparable::NothingLeft => told("Nothing else is in the plan.".to_owned()),
        NotSeparable::Plan { source } => plan(source),
    }
}

fn listed(devices: &[bk_model::DeviceName]) -> String {
    let names: Vec<&str> = devices.iter().map(bk_model::DeviceName::as_str).collect();
    names.join(", ")
}

pub(super) fn deployment(error: &DeploymentError) -> ErrorView {
    match error {
        DeploymentError::NoPort { device, .. } => ErrorView {
            device: Some(device.to_string()),
            ..plain(
                "not-in-inventory",
                format!("{device} is not in the inventory. Nothing was sent."),
                Some("Add the device"),
            )
        },
        DeploymentError::WindowTooShort {
            estimate_s, window_s, ..
        } => plain(
            "window-too-short",
            format!(
                "The change is estimated at {estimate_s} s, more than half of its confirm window of {window_s} s. Nothing was \
                 sent."
            ),
            Some("Choose a longer window"),
        ),
        DeploymentError::Journal { deployment, .. } | DeploymentError::Evidence { deployment, .. } => {
            ErrorView {
                object: Some(deployment.to_string()),
                words: causes(error),
                ..plain(
                    "journal",
                    format!(
                        "Deployment {deployment} stopped because its journal could not be written. Devices that were committed to go \
                     back by themselves."
                    ),
                    Some("Recover the deployment"),
                )
            }
        }
        DeploymentError::Transition { deployment, .. } => ErrorView {
            object: Some(deployment.to_string()),
            words: causes(error),
            ..plain(
                "internal",
                format!(
                    "Deployment {deployment} stopped at a defect of Bridgekeeper. Devices that were committed to go back by themselves."
                ),
                Some("Recover the deployment"),
            )
        },
    }
}

/// The sentence of a deployment that stopped.
pub(crate) fn deployment_sentence(error: &DeploymentError) -> String {
    deployment(error).sentence
}

/// Why a draft makes no plan, as a finding beside those of validation.
pub(crate) fn plan_finding(error: &PlanError) -> Finding {
    let view = plan(error);
    Finding {
        code: view.code,
        severity: Severity::Error,
        device: view.device,
        object: view.object,
        sentence: view.sentence,
        change: None,
    }
}
