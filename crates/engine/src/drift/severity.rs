//! How much a difference matters, by rule.

use bk_config::Setting;
use bk_model::{BridgeDomainName, InterfaceName};
use serde::{Deserialize, Serialize};

use super::{DriftKind, DriftObject, Seen};

/// How much a difference matters.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// No traffic is concerned.
    Low,
    /// Something is there that the records don't know; what they know works.
    Medium,
    /// An end of a service does not work as recorded.
    High,
    /// A service is cut between devices.
    Critical,
}

/// The rule that a severity follows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SeverityRule {
    /// A recorded fabric attachment is gone or carries other frames: critical.
    CutBetweenDevices,
    /// A recorded access attachment is gone or carries other frames: high.
    EndLost,
    /// A tag that the record gives to another sub-interface is taken: high.
    TagTaken,
    /// A recorded instance is gone: critical if the service spans devices, else high.
    InstanceLost,
    /// Something joined a service: medium.
    JoinedService,
    /// A bridge domain that no record knows: medium.
    NewInstance,
    /// Lines that Bridgekeeper does not understand: medium.
    NotUnderstood,
    /// Another committed and no object differs: low.
    AnotherCommitted,
    /// Settings that carry no frames, or something outside every service: low.
    NoTraffic,
}

/// Which frames reach which service, out of the meaning of an object.
fn carries(meaning: &[String]) -> Vec<&String> {
    meaning
        .iter()
        .filter(|line| {
            matches!(
                Setting::parse(line),
                Some(
                    Setting::Member(..)
                        | Setting::Tags(..)
                        | Setting::Rewrite(..)
                        | Setting::L2Service(..)
                        | Setting::InterfaceAdminState(..)
                        | Setting::InstanceAdminState(..)
                )
            )
        })
        .collect()
}

pub(super) fn assess(
    object: &DriftObject,
    kind: DriftKind,
    (before, after): (&[String], &[String]),
    domains: &[BridgeDomainName],
    seen: Seen<'_>,
) -> (Severity, SeverityRule) {
    let moves_frames = carries(before) != carries(after);
    match (kind, object) {
        (DriftKind::ForeignCommit, _) => (Severity::Low, SeverityRule::AnotherCommitted),
        (DriftKind::Unknown, _) => (Severity::Medium, SeverityRule::NotUnderstood),
        (DriftKind::DomainExists, _) => (Severity::Medium, SeverityRule::NewInstance),
        (DriftKind::MissingOnDevice, DriftObject::Domain { domain }) => {
            let spans = (seen.fabric.service(domain)).is_some_and(|service| service.devices.len() > 1);
            let severity = if spans { Severity::Critical } else { Severity::High };
            (severity, SeverityRule::InstanceLost)
        }
        (_, DriftObject::Interface { interface }) if was_in_service(interface, seen) && moves_frames => {
            if is_fabric(interface, seen) {
                (Severity::Critical, SeverityRule::CutBetweenDevices)
            } else {
                (Severity::High, SeverityRule::EndLost)
            }
        }
        (DriftKind::VlanConflict, _) => (Severity::High, SeverityRule::TagTaken),
        (_, DriftObject::Domain { .. }) if moves_frames => (Severity::High, SeverityRule::EndLost),
        (DriftKind::AlreadyConfigured | DriftKind::Mismatch, _) if !domains.is_empty() && moves_frames => {
            (Severity::Medium, SeverityRule::JoinedService)
        }
        _ => (Severity::Low, SeverityRule::NoTraffic),
    }
}

fn was_in_service(interface: &InterfaceName, seen: Seen<'_>) -> bool {
    attachments(interface, seen).next().is_some()
}

fn is_fabric(interface: &InterfaceName, seen: Seen<'_>) -> bool {
    attachments(interface, seen).any(|attachment| attachment.is_fabric)
}

/// Attachments that stand on the interface, or on a unit of it.
fn attachments<'a>(
    interface: &'a InterfaceName,
    seen: Seen<'a>,
) -> impl Iterator<Item = &'a bk_model::Attachment> {
    seen.fabric
        .services
        .iter()
        .flat_map(|service| &service.attachments)
        .filter(move |attachment| {
            attachment.device == *seen.device
                && (attachment.interface == *interface || attachment.interface.parent() == *interface)
        })
}
