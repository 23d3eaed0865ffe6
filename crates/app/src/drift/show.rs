//! Drift for people.

use bk_config::{ConfigText, Tree};
use bk_engine::drift::{Committed, Difference, DriftKind, DriftObject, Severity, SeverityRule};
use bk_engine::plan::Plan;
use bk_store::{Closing, Drift, Snapshot};

use crate::diffs::diff_view;
use crate::errors::AppError;
use crate::present::{counted, number, text_of};
use crate::time;
use crate::views::{
    self, DeviceLines, DriftChoice, DriftChoiceView, DriftClosed, DriftCommits, DriftDetail, DriftLeft,
    DriftRow, DriftSeverity, TextForm,
};

pub(super) fn row(drift: &Drift, left: Option<DriftLeft>) -> DriftRow {
    let difference = &drift.difference;
    DriftRow {
        id: drift.id.0,
        device: drift.device.to_string(),
        object: difference.object.to_string(),
        kind: kind(difference.kind),
        title: title(difference.kind).to_owned(),
        severity: severity(difference.severity),
        why: why(difference),
        domains: difference.domains.iter().map(ToString::to_string).collect(),
        source: drift.source.clone(),
        first_seen: time::text(drift.first_seen),
        last_seen: time::text(drift.last_seen),
        times: drift.times,
        closed: drift.closed.as_ref().map(|closed| DriftClosed {
            at: time::text(closed.at),
            by: closed.by.clone(),
            how: match closed.how {
                Closing::Gone => "the device holds again what was expected",
                Closing::Synced => "what the device holds was taken",
                Closing::Deployed => "a deployment decided it",
            }
            .to_owned(),
        }),
        left,
    }
}

/// The object of an event as people call it.
pub(super) fn object(drift: &Drift) -> String {
    drift.difference.object.to_string()
}

/// Shows an event; `back` is the plan that would put back what is expected, none when the event is closed.
pub(super) fn detail(
    drift: &Drift,
    left: Option<DriftLeft>,
    record: Option<&Snapshot>,
    live: &Snapshot,
    back: Option<Result<Plan, AppError>>,
) -> DriftDetail {
    let (expected, actual) = (&drift.difference.expected, &drift.difference.actual);
    let diff = |form: TextForm| diff_view(&shown(expected, form), &shown(actual, form));
    let choices = match &back {
        Some(back) => choices(drift, back, left.is_some()),
        None => Vec::new(),
    };
    DriftDetail {
        row: row(drift, left),
        commits: drift.committed.as_ref().map(commits),
        committed: committed(drift.committed.as_ref()),
        expected_read: record.map(|record| time::text(record.at)),
        actual_read: time::text(live.at),
        text: diff(TextForm::Text),
        meaning: diff(TextForm::Meaning),
        choices,
        override_lines: match back {
            Some(Ok(plan)) => lines(&plan),
            _ => Vec::new(),
        },
        decisions: Vec::new(),
    }
}

fn commits(committed: &Committed) -> DriftCommits {
    DriftCommits {
        user: committed.user.clone(),
        via: committed.via.clone(),
        time: committed.time.clone(),
        count: committed.count,
        users: committed.users.clone(),
    }
}

/// Whose commit an event came with, and no more than is known of it.
fn committed(committed: Option<&Committed>) -> String {
    let Some(committed) = committed else {
        return "not observable".to_owned();
    };
    let via = match committed.via.as_str() {
        "" => String::new(),
        via => format!(" via {via}"),
    };
    let newest = format!("{}{via} at {}", committed.user, committed.time);
    let least = if committed.at_least { "at least " } else { "" };
    match (committed.count, committed.at_least) {
        (1, false) => newest,
        (count, _) => format!(
            "one of {least}{} since it was last in sync, by {}; the newest by {newest}",
            counted(count, "commit"),
            committed.users.join(", ")
        ),
    }
}

fn lines(plan: &Plan) -> Vec<DeviceLines> {
    let text = |lines: &[bk_config::CliLine]| lines.iter().map(ToString::to_string).collect();
    let of = |step: &bk_engine::plan::DevicePlan| DeviceLines {
        device: step.device.to_string(),
        forward: text(&step.forward),
        reverse: text(&step.reverse),
    };
    plan.devices.iter().map(of).collect()
}

/// What can be done about an open event. One that is left open already is not offered to be left.
fn choices(drift: &Drift, back: &Result<Plan, AppError>, is_left: bool) -> Vec<DriftChoiceView> {
    let (device, object) = (&drift.device, &drift.difference.object);
    let refused = match back {
        _ if *object == DriftObject::Device => {
            Some("No object that is expected differs, so there is nothing to put back.".to_owned())
        }
        Ok(plan) if plan.is_empty() => {
            Some("The device holds the expected lines already; read it again.".to_owned())
        }
        Ok(_) => None,
        Err(error) => Some(error.view().sentence),
    };
    let sync = match (
        *object == DriftObject::Device,
        drift.difference.expected.is_empty(),
        drift.difference.actual.is_empty(),
    ) {
        (true, ..) => format!("{device} is read again; the commit is taken note of."),
        (_, _, true) => format!("{device} is read again; {object} is no longer expected there."),
        (_, true, false) => {
            format!("{device} is read again; {object} stands in the records as the device holds it.")
        }
        (_, false, false) => {
            format!("{device} is read again; what it holds of {object} becomes what is expected.")
        }
    };
    let count = counted(number(back.as_ref().map_or(0, Plan::line_count)), "line");
    let back = match drift.difference.expected.is_empty() {
        true => format!("Takes {object} off {device}: {count}, as a deployment with a confirm window."),
        false => {
            format!("Puts {object} back on {device}: {count}, as a deployment with a confirm window.")
        }
    };
    let mut choices = vec![
        DriftChoiceView {
            choice: DriftChoice::Sync,
            label: "Discover and sync".to_owned(),
            consequence: sync,
            refused: None,
        },
        DriftChoiceView {
            choice: DriftChoice::Override,
            label: "Override".to_owned(),
            consequence: back,
            refused,
        },
    ];
    if !is_left {
        choices.push(DriftChoiceView {
            choice: DriftChoice::Leave,
            label: "Leave it".to_owned(),
            consequence:
                "Nothing is done. The event stays open, asks for nothing, and asks again if the object changes again."
                    .to_owned(),
            refused: None,
        });
    }
    choices
}

/// Lines of an object as a text in some form.
fn shown(lines: &[String], form: TextForm) -> ConfigText {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // The lines are a part of a text that is below the limit.
    let text = ConfigText::new(text).unwrap_or_default();
    text_of(&Tree::read_flattened(&text).0, form)
}

pub(crate) fn kind(kind: DriftKind) -> views::DriftKind {
    match kind {
        DriftKind::AlreadyConfigured => views::DriftKind::AlreadyConfigured,
        DriftKind::DomainExists => views::DriftKind::DomainExists,
        DriftKind::VlanConflict => views::DriftKind::VlanConflict,
        DriftKind::Mismatch => views::DriftKind::Mismatch,
        DriftKind::MissingOnDevice => views::DriftKind::MissingOnDevice,
        DriftKind::ForeignCommit => views::DriftKind::ForeignCommit,
        DriftKind::Unknown => views::DriftKind::Unknown,
    }
}

pub(crate) fn title(kind: DriftKind) -> &'static str {
    match kind {
        DriftKind::AlreadyConfigured => "Already configured",
        DriftKind::DomainExists => "Bridge domain exists",
        DriftKind::VlanConflict => "VLAN conflict",
        DriftKind::Mismatch => "Mismatch",
        DriftKind::MissingOnDevice => "Missing on device",
        DriftKind::ForeignCommit => "Foreign commit",
        DriftKind::Unknown => "Not understood",
    }
}

pub(crate) fn severity(severity: Severity) -> DriftSeverity {
    match severity {
        Severity::Low => DriftSeverity::Low,
        Severity::Medium => DriftSeverity::Medium,
        Severity::High => DriftSeverity::High,
        Severity::Critical => DriftSeverity::Critical,
    }
}

pub(super) fn kind_of(kind: views::DriftKind) -> DriftKind {
    match kind {
        views::DriftKind::AlreadyConfigured => DriftKind::AlreadyConfigured,
        views::DriftKind::DomainExists => DriftKind::DomainExists,
        views::DriftKind::VlanConflict => DriftKind::VlanConflict,
        views::DriftKind::Mismatch => DriftKind::Mismatch,
        views::DriftKind::MissingOnDevice => DriftKind::MissingOnDevice,
        views::DriftKind::ForeignCommit => DriftKind::ForeignCommit,
        views::DriftKind::Unknown => DriftKind::Unknown,
    }
}

pub(super) fn severity_of(severity: DriftSeverity) -> Severity {
    match severity {
        DriftSeverity::Low => Severity::Low,
        DriftSeverity::Medium => Severity::Medium,
        DriftSeverity::High => Severity::High,
        DriftSeverity::Critical => Severity::Critical,
    }
}

/// Why a difference matters as much as it does, in a sentence.
pub(crate) fn why(difference: &Difference) -> String {
    let object = &difference.object;
    let service = match difference.domains.as_slice() {
        [] => "its service".to_owned(),
        domains => domains
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", "),
    };
    match difference.rule {
        SeverityRule::CutBetweenDevices => {
            format!("{object} carries {service} between devices; the service is cut there.")
        }
        SeverityRule::EndLost => format!("{object} no longer serves {service} as recorded."),
        SeverityRule::TagTaken => match &difference.taken_from {
            Some(other) => format!("{object} takes a tag that the records give to {other}."),
            None => format!("{object} takes a tag that the records give to another."),
        },
        SeverityRule::InstanceLost => format!("The instance of {service} is gone from the device."),
        SeverityRule::JoinedService => {
            format!("{object} is an end of {service} that the records do not know.")
        }
        SeverityRule::NewInstance => format!("No record knows {service} on this device."),
        SeverityRule::NotUnderstood => "Lines differ that Bridgekeeper does not understand.".to_owned(),
        SeverityRule::AnotherCommitted => {
            "Another committed on this device, and no object that is expected differs.".to_owned()
        }
        SeverityRule::NoTraffic => "No frame takes another way because of it.".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(count: u32, at_least: bool, users: &[&str], expected: &str) {
        let of = Committed {
            user: users[0].to_owned(),
            via: "netconf".to_owned(),
            time: "09-Mar-2026 19:09:18".to_owned(),
            count,
            at_least,
            users: users.iter().map(ToString::to_string).collect(),
        };
        assert_eq!(committed(Some(&of)), expected);
    }

    #[test]
    fn no_more_is_told_of_a_commit_than_is_known() {
        assert_eq!(committed(None), "not observable");
        check(1, false, &["rowan"], "rowan via netconf at 09-Mar-2026 19:09:18");
        check(
            3,
            false,
            &["rowan", "birch"],
            "one of 3 commits since it was last in sync, by rowan, birch; the newest by rowan via netconf at \
             09-Mar-2026 19:09:18",
        );
        check(
            50,
            true,
            &["rowan"],
            "one of at least 50 commits since it was last in sync, by rowan; the newest by rowan via netconf at \
             09-Mar-2026 19:09:18",
        );
    }
}
