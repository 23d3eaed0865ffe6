//! Checks that need more than one device: the path of a service and its tags.

use std::collections::BTreeMap;

use bk_model::{BridgeDomainName, DeviceName, InterfaceName};

use super::{Check, CheckResult, CheckRow};
use crate::deploy::change::Hop;
use crate::deploy::lines::LineSet;

/// The configuration of each device as it runs now.
pub type SideView<'a> = BTreeMap<&'a DeviceName, &'a LineSet>;

/// Runs the checks over all hops. A hop with an end on a device that was not read is not observable.
#[must_use]
pub fn fabric_checks(hops: &[Hop], after: &SideView<'_>) -> Vec<CheckRow> {
    hops.iter()
        .flat_map(|hop| [path_complete(hop, after), tags_agree(hop, after)])
        .collect()
}

fn name_of(hop: &Hop) -> String {
    format!(
        "{} {} to {} {}",
        hop.lower.0, hop.lower.1, hop.upper.0, hop.upper.1
    )
}

/// The device whose row tells of a hop: the end nearer to the leaves, unless only the other one was read.
fn told_by<'a>(hop: &'a Hop, after: &SideView<'_>) -> &'a DeviceName {
    let (lower, upper) = (&hop.lower.0, &hop.upper.0);
    match after.contains_key(upper) && !after.contains_key(lower) {
        true => upper,
        false => lower,
    }
}

/// Says of a hop that an end of it lies on a device that has no part in the deployment.
fn unread(hop: &Hop, after: &SideView<'_>) -> String {
    let ends = [&hop.lower.0, &hop.upper.0];
    let missing: Vec<&str> = ends
        .into_iter()
        .filter(|end| !after.contains_key(end))
        .map(DeviceName::as_str)
        .collect();
    format!("{}: {} was not read", name_of(hop), missing.join(" and "))
}

fn path_complete(hop: &Hop, after: &SideView<'_>) -> CheckRow {
    let check = Check::PathComplete;
    let name = name_of(hop);
    let teller = told_by(hop, after);
    let ends = [&hop.lower, &hop.upper].map(|(device, interface)| {
        after
            .get(device)
            .map(|lines| (is_member(lines, &hop.domain, interface), device, interface))
    });
    let broken: Vec<String> = ends
        .iter()
        .flatten()
        .filter(|(member, ..)| !member)
        .map(|(_, device, interface)| format!("{interface} of {device} is no member of {}", hop.domain))
        .collect();
    if !broken.is_empty() {
        return CheckRow::new(check, teller, CheckResult::Failed, broken.join("\n"));
    }
    let (result, evidence) = match ends.iter().any(Option::is_none) {
        true => (CheckResult::NotObservable, unread(hop, after)),
        false => (CheckResult::Passed, format!("{name}: both ends are members")),
    };
    CheckRow::new(check, teller, result, evidence)
}

fn tags_agree(hop: &Hop, after: &SideView<'_>) -> CheckRow {
    let check = Check::TagsAgree;
    let name = name_of(hop);
    let tag = |(device, interface): &(DeviceName, InterfaceName)| {
        after.get(device).map(|lines| tags(lines, interface))
    };
    let (Some(lower), Some(upper)) = (tag(&hop.lower), tag(&hop.upper)) else {
        return CheckRow::new(
            check,
            told_by(hop, after),
            CheckResult::NotObservable,
            unread(hop, after),
        );
    };
    let (result, evidence) = match lower == upper {
        true => (CheckResult::Passed, format!("{name}: {lower}")),
        false => (CheckResult::Failed, format!("{name}: {lower} meets {upper}")),
    };
    CheckRow::new(check, told_by(hop, after), result, evidence).compared(lower, upper)
}

fn is_member(lines: &LineSet, domain: &BridgeDomainName, interface: &InterfaceName) -> bool {
    lines.holds(&format!(
        "network-services bridge-domain instance {domain} interface {interface}"
    ))
}

/// The tag lines of an interface without its path, in order; a TPID that is the default does not count.
fn tags(lines: &LineSet, interface: &InterfaceName) -> String {
    let path = format!("interfaces {interface}");
    let prefix = format!("{path} ");
    let found: Vec<&str> = lines
        .below(&path)
        .filter_map(|line| line.strip_prefix(&prefix))
        .filter(|line| line.starts_with("vlan-id ") || line.starts_with("vlan-tags "))
        .map(|line| line.strip_suffix(" tpid 0x8100").unwrap_or(line))
        .map(|line| line.strip_suffix(" outer-tpid 0x8100").unwrap_or(line))
        .collect();
    match found.is_empty() {
        true => "no tag".to_owned(),
        false => found.join(", "),
    }
}
