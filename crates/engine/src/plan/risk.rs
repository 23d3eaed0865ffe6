//! Risk as numbered rules, each with its reason.

use std::collections::BTreeMap;

use bk_model::offer::members_on;
use bk_model::{DeviceName, OperState, Tier};
use chrono::{DateTime, TimeDelta, Utc};

use super::{Base, Plan, Role};
use crate::draft::{Change, Rule, Sign};

/// Level of a risk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskLevel {
    /// Worth knowing.
    Low,
    /// Should be looked at.
    Medium,
    /// Think twice.
    High,
}

/// The rules, in the order of their numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RiskRule {
    /// R1: eight devices or more change.
    ManyDevices = 1,
    /// R2: a device leaves the service.
    DeviceLeaves = 2,
    /// R3: the service VLAN changes, so every attachment is interrupted.
    ServiceVlanChanges = 3,
    /// R4: an attachment that is up goes away or changes.
    LiveAttachment = 4,
    /// R5: a touched port carries other services.
    SharedPort = 5,
    /// R6: a superspine changes.
    Superspine = 6,
    /// R7: a spine or superspine that changes carries fifty services or more.
    BusySpine = 7,
    /// R8: a record is older than an hour.
    OldRecord = 8,
    /// R9: a new attachment's port is not up.
    PortNotUp = 9,
    /// R10: an instance is created or removed on a device that carries no other member of it.
    InstanceLifecycle = 10,
    /// R11: MTUs differ along the service.
    MtuDiffers = 11,
    /// R12: two hundred lines or more are sent.
    ManyLines = 12,
}

impl RiskRule {
    /// All rules.
    pub const ALL: [Self; 12] = [
        Self::ManyDevices,
        Self::DeviceLeaves,
        Self::ServiceVlanChanges,
        Self::LiveAttachment,
        Self::SharedPort,
        Self::Superspine,
        Self::BusySpine,
        Self::OldRecord,
        Self::PortNotUp,
        Self::InstanceLifecycle,
        Self::MtuDiffers,
        Self::ManyLines,
    ];

    /// Returns the number.
    #[must_use]
    pub fn number(self) -> u8 {
        self as u8
    }

    fn level(self) -> RiskLevel {
        match self {
            Self::ServiceVlanChanges | Self::ManyDevices => RiskLevel::High,
            Self::DeviceLeaves
            | Self::LiveAttachment
            | Self::Superspine
            | Self::OldRecord
            | Self::MtuDiffers
            | Self::ManyLines => RiskLevel::Medium,
            Self::SharedPort | Self::BusySpine | Self::PortNotUp | Self::InstanceLifecycle => RiskLevel::Low,
        }
    }
}

/// A rule that applies, with the objects that raise it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Risk {
    /// The rule.
    pub rule: RiskRule,
    /// Its level.
    pub level: RiskLevel,
    /// What raises it: "LEAF-A03 ge100-0/0/31.251", "17 devices"...
    pub objects: Vec<String>,
}

const MANY_DEVICES: usize = 8;
const MANY_LINES: usize = 200;
const BUSY: usize = 50;
const OLD: TimeDelta = TimeDelta::hours(1);

/// Returns the risks of a plan, in rule order.
#[must_use]
pub fn risks(
    plan: &Plan,
    base: Base<'_>,
    read_at: &BTreeMap<DeviceName, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<Risk> {
    let applies = |rule: RiskRule| {
        let objects = objects(rule, plan, base, read_at, now);
        (!objects.is_empty()).then(|| Risk {
            rule,
            level: rule.level(),
            objects,
        })
    };
    RiskRule::ALL.into_iter().filter_map(applies).collect()
}

fn objects(
    rule: RiskRule,
    plan: &Plan,
    base: Base<'_>,
    read_at: &BTreeMap<DeviceName, DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Vec<String> {
    let devices = || {
        plan.devices
            .iter()
            .filter_map(|step| base.fabric.devices.get(&step.device))
    };
    let included = || plan.changes.iter().filter(|change| change.included);
    match rule {
        RiskRule::ManyDevices => over(plan.devices.len(), MANY_DEVICES, "devices"),
        RiskRule::ManyLines => over(plan.line_count(), MANY_LINES, "lines"),
        RiskRule::DeviceLeaves => plan
            .devices
            .iter()
            .filter(|step| step.role == Role::Removed)
            .map(|step| step.device.to_string())
            .collect(),
        RiskRule::ServiceVlanChanges => match (plan.vlan_before, plan.vlan_after) {
            (Some(before), Some(after)) if before != after => vec![format!("{before} to {after}")],
            _ => Vec::new(),
        },
        RiskRule::LiveAttachment => included()
            .filter(|c| !c.is_derived() && c.sign() != Sign::Added && is_up(base, c))
            .map(name)
            .collect(),
        RiskRule::SharedPort => included()
            .filter(|c| !c.is_derived() && shares_port(plan, base, c))
            .map(name)
            .collect(),
        RiskRule::Superspine => devices()
            .filter(|device| device.tier == Tier::Superspine)
            .map(|device| device.name.to_string())
            .collect(),
        RiskRule::BusySpine => devices()
            .filter(|device| {
                matches!(device.tier, Tier::Spine | Tier::Superspine) && device.bridge_domains.len() >= BUSY
            })
            .map(|device| format!("{} carries {} services", device.name, device.bridge_domains.len()))
            .collect(),
        RiskRule::OldRecord => plan
            .devices
            .iter()
            .filter(|step| {
                read_at
                    .get(&step.device)
                    .is_none_or(|read| now.signed_duration_since(*read) > OLD)
            })
            .map(|step| step.device.to_string())
            .collect(),
        RiskRule::PortNotUp => of_finding(plan, Rule::PortNotUp),
        RiskRule::MtuDiffers => of_finding(plan, Rule::MtuMismatch),
        RiskRule::InstanceLifecycle => plan
            .devices
            .iter()
            .filter(|step| step.role == Role::Added)
            .map(|step| step.device.to_string())
            .collect(),
    }
}

fn over(count: usize, limit: usize, what: &str) -> Vec<String> {
    if count >= limit {
        vec![format!("{count} {what}")]
    } else {
        Vec::new()
    }
}

fn name(change: &Change) -> String {
    format!("{} {}", change.device, change.interface())
}

fn of_finding(plan: &Plan, rule: Rule) -> Vec<String> {
    let about = plan.findings.iter().filter(|finding| finding.rule == rule);
    about
        .map(|f| {
            format!(
                "{} {}",
                f.device.as_ref().map_or("", DeviceName::as_str),
                f.object.as_deref().unwrap_or_default()
            )
            .trim()
            .to_owned()
        })
        .collect()
}

fn is_up(base: Base<'_>, change: &Change) -> bool {
    let state = change.before.as_ref().and_then(|before| {
        let interfaces = &base.fabric.devices.get(&change.device)?.interfaces;
        interfaces
            .get(&before.interface)
            .or_else(|| interfaces.get(&before.interface.parent()))
    });
    state.is_some_and(|interface| interface.oper_state == OperState::Up)
}

fn shares_port(plan: &Plan, base: Base<'_>, change: &Change) -> bool {
    let port = change.interface().parent();
    base.fabric.devices.get(&change.device).is_some_and(|device| {
        members_on(device, &port).any(|(_, domain)| Some(domain) != plan.domain.as_ref())
    })
}
