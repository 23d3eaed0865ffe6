//! Findings, risks and states in words. A sentence names device and object and what is certain.

use bk_engine::draft::{Finding, Rule, Severity};
use bk_engine::plan::{Risk, RiskRule};
use bk_model::{Attachment, Encapsulation, Manipulation, OperState, TagAction, TagRewrite, Tier};

use crate::views;

/// Counts fit the window's numbers.
pub(crate) fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// Says how many: "1 device", "4 devices".
pub(crate) fn counted(count: u32, noun: &str) -> String {
    if count == 1 {
        format!("1 {noun}")
    } else {
        format!("{count} {noun}s")
    }
}

pub(crate) fn tier_word(tier: Tier) -> &'static str {
    match tier {
        Tier::Superspine => "superspine",
        Tier::Spine => "spine",
        Tier::Leaf => "leaf",
        Tier::Unknown => "unknown",
    }
}

pub(super) fn oper_word(state: OperState) -> &'static str {
    match state {
        OperState::Up => "up",
        OperState::Down => "down",
        OperState::NotPresent => "not-present",
        OperState::Unknown => "unknown",
    }
}

pub(super) fn encapsulation_words(attachment: &Attachment) -> &'static str {
    match &attachment.encapsulation {
        Encapsulation::Port => "port mode",
        Encapsulation::Unknown => "unknown",
        Encapsulation::Untagged => "untagged",
        Encapsulation::Single { .. } => "single tag",
        Encapsulation::List { vlans } if vlans.single().is_some() => "single tag",
        Encapsulation::List { .. } => "range or list",
        Encapsulation::Double { .. } | Encapsulation::DoubleList { .. } => "double tag",
        Encapsulation::Unread { .. } => "text only",
    }
}

/// Tags as written.
pub(super) fn tags(encapsulation: &Encapsulation) -> Option<String> {
    match encapsulation {
        Encapsulation::Port | Encapsulation::Unknown | Encapsulation::Untagged => None,
        Encapsulation::Single { vlan, .. } => Some(vlan.to_string()),
        Encapsulation::List { vlans } => Some(format!("list {vlans}")),
        Encapsulation::Double { outer, inner, .. } => Some(format!("outer {outer} inner {inner}")),
        Encapsulation::DoubleList { outer, inner } => Some(format!("outer {outer} inner {inner}")),
        Encapsulation::Unread { lines } => Some(lines.join("; ")),
    }
}

pub(super) fn manipulation_words(manipulation: &Manipulation) -> String {
    let parts: Vec<String> = [&manipulation.ingress, &manipulation.egress]
        .into_iter()
        .flatten()
        .map(rewrite_words)
        .collect();
    if parts.is_empty() {
        "none".to_owned()
    } else {
        parts.join(", ")
    }
}

fn rewrite_words(rewrite: &TagRewrite) -> String {
    let action = match &rewrite.action {
        TagAction::Pop => "pop",
        TagAction::PopPop => "pop-pop",
        TagAction::PreservePreserve => "preserve-preserve",
        TagAction::Preserve => "preserve",
        TagAction::Push => "push",
        TagAction::Swap => "swap",
        TagAction::PopSwap => "pop-swap",
        TagAction::PushPush => "push-push",
        TagAction::SwapPush => "swap-push",
        TagAction::SwapSwap => "swap-swap",
        TagAction::PreserveSwap => "preserve-swap",
        TagAction::Other(word) => word,
    };
    let tags = [rewrite.outer, rewrite.inner]
        .into_iter()
        .flatten()
        .map(|tag| format!(" {tag}"));
    format!("{action}{}", tags.collect::<String>())
}

fn severity(severity: Severity) -> views::Severity {
    match severity {
        Severity::Error => views::Severity::Error,
        Severity::Warning => views::Severity::Warning,
        Severity::Info => views::Severity::Info,
    }
}

/// Shows a finding.
pub(crate) fn finding_view(finding: &Finding) -> views::Finding {
    views::Finding {
        code: code(finding.rule).to_owned(),
        severity: severity(finding.severity),
        device: finding.device.as_ref().map(ToString::to_string),
        object: finding.object.clone(),
        sentence: sentence(finding),
        change: finding.change.as_ref().map(|change| change.as_str().to_owned()),
    }
}

fn code(rule: Rule) -> &'static str {
    match rule {
        Rule::ServiceVlanUnknown => "service-vlan-unknown",
        Rule::UnknownPort => "unknown-port",
        Rule::AlreadyAttached => "already-attached",
        Rule::NotAttached => "not-attached",
        Rule::TextOnly => "text-only",
        Rule::FabricPort => "fabric-port",
        Rule::PortInBundle => "port-in-bundle",
        Rule::NotAnAccessPort => "not-an-access-port",
        Rule::SpineAccess => "spine-access",
        Rule::Layer3Port => "layer-3-port",
        Rule::InterfaceInService => "interface-in-service",
        Rule::VlanInUse => "vlan-in-use",
        Rule::UnitTaken => "unit-taken",
        Rule::GlobalVlanUsed => "global-vlan-used",
        Rule::BrokenPath => "broken-path",
        Rule::PartsJoined => "parts-joined",
        Rule::OwnLines => "own-lines",
        Rule::MtuMismatch => "mtu-mismatch",
        Rule::PortNotUp => "port-not-up",
        Rule::AlreadyThere => "already-there",
        Rule::InstanceDisabled => "instance-disabled",
        Rule::PortShared => "port-shared",
        Rule::SingleEndpoint => "single-endpoint",
        Rule::NameDisagrees => "name-disagrees",
        Rule::ScopeDisagrees => "scope-disagrees",
        Rule::OwnTag => "own-tag",
        Rule::VlanUnknown => "vlan-unknown",
    }
}

fn sentence(finding: &Finding) -> String {
    let object = finding.object.as_deref().unwrap_or("the service");
    let at = finding
        .device
        .as_ref()
        .map_or_else(|| object.to_owned(), |device| format!("{object} of {device}"));
    let detail = finding.detail.as_deref().unwrap_or_default();
    match finding.rule {
        Rule::ServiceVlanUnknown => {
            "The service VLAN is unknown, so a new attachment needs a VLAN of its own.".to_owned()
        }
        Rule::UnknownPort => {
            format!("{at} is not a port that was read. Read the device or choose another port.")
        }
        Rule::AlreadyAttached => format!("{at} is an attachment of this service already."),
        Rule::NotAttached => format!("{at} is not an attachment of this service."),
        Rule::TextOnly => {
            format!("{at} is not single-tagged. It is kept as written and can't be changed here.")
        }
        Rule::FabricPort => format!("{at} carries services between tiers. Fabric ports are never offered."),
        Rule::PortInBundle => format!("{at} is a member of {detail}. Choose the bundle."),
        Rule::NotAnAccessPort => format!("{at} is not an access port."),
        Rule::SpineAccess => {
            format!("{at}: a spine never holds an access attachment. Choose a leaf or the superspine.")
        }
        Rule::Layer3Port => {
            format!("{at} carries an address or another layer 3 line, so it can't carry an L2 service.")
        }
        Rule::InterfaceInService => format!("{at} is used by {detail}. Choose another port."),
        Rule::VlanInUse => format!("The tag of {at} is used by {detail}. Choose another port or tag."),
        Rule::UnitTaken => format!("{at} exists already and is something else. Choose another port or tag."),
        Rule::AlreadyThere => {
            format!("{at} stands on the device with this tag and in no service. What is missing is added.")
        }
        Rule::InstanceDisabled => {
            format!("{detail} is disabled where {at} joins it: it carries nothing there.")
        }
        Rule::GlobalVlanUsed => format!("VLAN {object} is used by {detail}. Choose another VLAN."),
        Rule::BrokenPath => format!("There is no path: {object}."),
        Rule::PartsJoined => {
            format!("Nothing joins {object} to the rest of the service today. The plan joins it.")
        }
        Rule::OwnLines => format!(
            "{at} carries lines of its own in the bridge domain, such as storm control. An edit here would lose them."
        ),
        Rule::MtuMismatch => format!("{at} is written with MTU {detail}. Large frames may be lost."),
        Rule::PortNotUp => format!("{at}: the port is {detail}."),
        Rule::PortShared => format!("{at} also carries {detail}."),
        Rule::SingleEndpoint if detail == "0" => format!("{object} has no access attachment."),
        Rule::SingleEndpoint => {
            format!("{object} has a single access attachment, so nothing is bridged yet.")
        }
        Rule::NameDisagrees => {
            let (name, actual) = detail.split_once(' ').unwrap_or((detail, ""));
            format!("The name says {name}, the configuration says {actual}. The configuration counts.")
        }
        Rule::ScopeDisagrees if detail == "1" => format!("{object} is named global and lives on one device."),
        Rule::ScopeDisagrees => format!("{object} is named local and lives on {detail} devices."),
        Rule::OwnTag => format!(
            "{at} carries another tag than the service VLAN {detail}. A single-tagged service has one VLAN."
        ),
        Rule::VlanUnknown => format!("{at} has no VLAN line. Its VLAN is unknown; it is not guessed."),
    }
}

/// Says why a risk rule applies.
pub(super) fn risk_sentence(risk: &Risk) -> String {
    let objects = risk.objects.join(", ");
    match risk.rule {
        RiskRule::ManyDevices => format!("The change touches {objects}."),
        RiskRule::DeviceLeaves => format!("{objects} leaves the service; its instance is removed there."),
        RiskRule::ServiceVlanChanges => {
            format!("The service VLAN changes from {objects}: every attachment is interrupted.")
        }
        RiskRule::LiveAttachment => format!("{objects} is up now: traffic on it is interrupted."),
        RiskRule::SharedPort => format!("{objects} shares its port with other services."),
        RiskRule::Superspine => {
            format!("{objects} joins all spines; a mistake there reaches the whole fabric.")
        }
        RiskRule::BusySpine => format!("{objects}. Only sub-interfaces of this service change there."),
        RiskRule::OldRecord => format!(
            "The record of {objects} is older than an hour. Preflight reads it again before anything is sent."
        ),
        RiskRule::PortNotUp => format!("{objects} is not up, so traffic there can't be verified."),
        RiskRule::InstanceLifecycle => format!("The instance is new on {objects}."),
        RiskRule::MtuDiffers => format!("{objects} is written with another MTU than the other ends."),
        RiskRule::ManyLines => format!("{objects} are sent."),
    }
}
