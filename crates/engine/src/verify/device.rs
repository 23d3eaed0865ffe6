//! Checks of one device.

use bk_model::{BridgeDomainName, DeviceName, OperState};

use super::{Check, CheckResult, CheckRow};
use crate::deploy::change::DeviceChange;
use crate::deploy::effect::Effect;
use crate::deploy::lines::{Delta, LineSet};
use crate::leftovers::orphans;
use crate::ports::{Facts, MacFact};

/// The readings of one side: all lines of the scope, the tables, and the MAC table of each service of the plan.
pub type Side<'a> = (
    &'a LineSet,
    Option<&'a Facts>,
    &'a [(BridgeDomainName, Option<Vec<MacFact>>)],
);

/// What the checks of one device look at.
pub struct DeviceView<'a> {
    /// The change.
    pub plan: &'a DeviceChange,
    /// At preflight; none when the deployment was resumed.
    pub before: Option<Side<'a>>,
    /// Now, on a fresh session.
    pub after: Option<Side<'a>>,
    /// Host name in the fresh session's prompt.
    pub host: Option<&'a str>,
    /// Our commit alone is pending.
    pub pending_ours: bool,
    /// Nothing is pending because another's commit confirmed ours, and theirs touches none of our objects.
    pub confirmed_by_another: bool,
    /// How much of the change runs.
    pub effect: Option<&'a Effect>,
    /// The lines outside the touched objects are as at preflight.
    pub outside_same: bool,
}

/// Runs every check of one device.
#[must_use]
pub fn device_checks(view: &DeviceView<'_>) -> Vec<CheckRow> {
    let mut rows = vec![
        fresh_session(view),
        guarded(view),
        change_equals_plan(view),
        lines_active(view),
        nothing_obsolete(view),
        no_orphan(view),
        interfaces_up(view),
        other_services(view),
    ];
    rows.extend(stays(view).then(|| macs(view)));
    rows
}

/// Tells whether a service that the device held before is still there: a device that leaves it has no MACs to compare.
fn stays(view: &DeviceView<'_>) -> bool {
    let (Some((.., before)), Some((after, ..))) = (view.before, view.after) else {
        return true;
    };
    let instance = |domain: &BridgeDomainName| format!("network-services bridge-domain instance {domain}");
    before.is_empty()
        || before
            .iter()
            .any(|(domain, _)| after.below(&instance(domain)).next().is_some())
}

fn row(view: &DeviceView<'_>, check: Check, holds: bool, good: &str, bad: impl Into<String>) -> CheckRow {
    let device: &DeviceName = &view.plan.device;
    match holds {
        true => CheckRow::new(check, device, CheckResult::Passed, good),
        false => CheckRow::new(check, device, CheckResult::Failed, bad),
    }
}

fn unseen(view: &DeviceView<'_>, check: Check, what: &str) -> CheckRow {
    CheckRow::new(check, &view.plan.device, CheckResult::NotObservable, what)
}

fn fresh_session(view: &DeviceView<'_>) -> CheckRow {
    let host = view.host.unwrap_or_default();
    row(
        view,
        Check::FreshSession,
        view.host.is_some(),
        &format!("signed in on a fresh session; the prompt says {host}"),
        "no fresh session",
    )
}

fn guarded(view: &DeviceView<'_>) -> CheckRow {
    let good = match view.pending_ours {
        true => "our commit alone is pending",
        false => "another's commit has confirmed ours",
    };
    let holds = view.pending_ours || view.confirmed_by_another;
    row(
        view,
        Check::Guarded,
        holds,
        good,
        "our commit is not pending alone",
    )
}

/// Nothing beside the planned lines differs in the touched objects; that all of them run, and that the rest of the device
/// is as before, are checks of their own.
fn change_equals_plan(view: &DeviceView<'_>) -> CheckRow {
    let check = Check::ChangeEqualsPlan;
    let Some(effect) = view.effect else {
        return unseen(view, check, "the configuration was not read");
    };
    let count = view.plan.predicted.added.len() + view.plan.predicted.removed.len();
    let good = format!("nothing differs beside the {count} planned lines");
    row(
        view,
        check,
        effect.others.is_empty(),
        &good,
        effect.others.signed().join("\n"),
    )
}

fn lines_active(view: &DeviceView<'_>) -> CheckRow {
    let Some((after, ..)) = view.after else {
        return unseen(view, Check::LinesActive, "the configuration was not read");
    };
    let missing: Vec<&str> = view
        .plan
        .predicted
        .added
        .iter()
        .filter(|line| !after.holds(line))
        .map(String::as_str)
        .collect();
    let count = view.plan.predicted.added.len();
    row(
        view,
        Check::LinesActive,
        missing.is_empty(),
        &format!("{count} of {count} planned lines run"),
        missing.join("\n"),
    )
}

fn nothing_obsolete(view: &DeviceView<'_>) -> CheckRow {
    let check = Check::NothingObsolete;
    let Some((after, ..)) = view.after else {
        return unseen(view, check, "the configuration was not read");
    };
    let left: Vec<&str> = view
        .plan
        .predicted
        .removed
        .iter()
        .filter(|line| after.holds(line))
        .map(String::as_str)
        .collect();
    let count = view.plan.predicted.removed.len();
    row(
        view,
        check,
        left.is_empty(),
        &format!("{count} removed lines are gone"),
        left.join("\n"),
    )
}

/// Orphans are looked for among the touched objects; those that stood there before the change are not of its making, nor
/// are those that an undo brings back: that the change is exactly the planned one is a check of its own.
fn no_orphan(view: &DeviceView<'_>) -> CheckRow {
    let Some((after, ..)) = view.after else {
        return unseen(view, Check::NoOrphan, "the configuration was not read");
    };
    let known = view.before.map(|(before, ..)| orphans_in(view, before));
    let found: Vec<String> = orphans_in(view, after)
        .into_iter()
        .filter(|orphan| known.as_ref().is_none_or(|known| !known.contains(orphan)))
        .filter(|_| !view.plan.brings_back)
        .collect();
    if known.is_none() && !found.is_empty() {
        let words = format!("what stood there before was not read: {}", found.join(", "));
        return unseen(view, Check::NoOrphan, &words);
    }
    row(
        view,
        Check::NoOrphan,
        found.is_empty(),
        "no orphan among the touched objects",
        found.join("\n"),
    )
}

fn orphans_in(view: &DeviceView<'_>, lines: &LineSet) -> Vec<String> {
    let objects = view.plan.touched.iter().map(String::as_str);
    orphans(objects, lines).iter().map(ToString::to_string).collect()
}

fn interfaces_up(view: &DeviceView<'_>) -> CheckRow {
    let check = Check::InterfacesUp;
    let facts = |side: Option<Side<'_>>| {
        side.and_then(|(_, facts, _)| facts)
            .map(|facts| facts.interfaces.clone())
    };
    let (Some(before), Some(after)) = (facts(view.before), facts(view.after)) else {
        return unseen(view, check, "the interface table was not read before and after");
    };
    if before.is_empty() || after.is_empty() {
        return unseen(view, check, "the device shows no interface table");
    }
    let removed = |name: &str| {
        let path = format!("interfaces {name}");
        view.plan
            .predicted
            .removed
            .iter()
            .any(|line| *line == path || line.starts_with(&format!("{path} ")))
    };
    let state = |table: &[crate::ports::InterfaceFact], name: &bk_model::InterfaceName| {
        table.iter().find(|fact| fact.name == *name).map(|fact| fact.oper)
    };
    let was_up: Vec<_> = before
        .iter()
        .filter(|fact| fact.oper == OperState::Up && !removed(&fact.name.to_string()))
        .collect();
    let down: Vec<String> = was_up
        .iter()
        .filter(|fact| state(&after, &fact.name) != Some(OperState::Up))
        .map(|fact| fact.name.to_string())
        .collect();
    let up = was_up.len();
    row(
        view,
        check,
        down.is_empty(),
        &format!("{up} of {up} interfaces that were up are up"),
        format!("no longer up: {}", down.join(", ")),
    )
    .compared(format!("{up} up"), format!("{} up", up - down.len()))
}

fn other_services(view: &DeviceView<'_>) -> CheckRow {
    let check = Check::OtherServices;
    let (Some((before, ..)), Some((after, ..))) = (view.before, view.after) else {
        return match view.outside_same {
            true => row(view, check, true, "all other lines are as before", ""),
            false => row(
                view,
                check,
                view.confirmed_by_another,
                "others changed them",
                "lines outside the touched objects differ",
            ),
        };
    };
    let delta = Delta::between(
        &before.outside(&view.plan.touched),
        &after.outside(&view.plan.touched),
    );
    let holds = delta.is_empty() || view.confirmed_by_another;
    row(
        view,
        check,
        holds,
        "all other lines are as before",
        delta.signed().join("\n"),
    )
}

fn macs(view: &DeviceView<'_>) -> CheckRow {
    let (Some((.., before)), Some((.., after))) = (view.before, view.after) else {
        return unseen(view, Check::Macs, "the MAC tables were not read before and after");
    };
    let count = |tables: &[(BridgeDomainName, Option<Vec<MacFact>>)]| {
        tables
            .iter()
            .map(|(_, table)| table.as_ref().map(Vec::len))
            .collect::<Option<Vec<_>>>()
            .map(|c| c.iter().sum::<usize>())
    };
    let (Some(was), Some(is)) = (count(before), count(after)) else {
        return unseen(view, Check::Macs, "the device does not show a MAC table");
    };
    row(
        view,
        Check::Macs,
        is >= was,
        &format!("{is} MACs, {was} before"),
        format!("{is} MACs, {was} before"),
    )
    .compared(was.to_string(), is.to_string())
}
