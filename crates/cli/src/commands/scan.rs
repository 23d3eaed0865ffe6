//! Devices beside the records, row by row.

use bk_app::views::{
    Recommendation, ScanAction, ScanAssignment, ScanDomain, ScanInstance, ScanL2, ScanReport, ScanState,
    ScanVerdict, ScanVlan, ScannedDevice,
};

use super::Context;
use crate::exit::{Exit, Failure};
use crate::out::{inert, moment, say, show, tabulated};

pub(super) async fn run(context: &Context, devices: Vec<String>) -> Result<Exit, Failure> {
    let report = context.app.scan_by_command(devices).await?;
    show(context.json, &report, |report| {
        text(report).iter().for_each(|line| say(line));
    });
    Ok(exit_of(&report))
}

/// Drift that somebody left open asks for nothing; a device that was not compared is never in sync.
fn exit_of(report: &ScanReport) -> Exit {
    if report.devices.iter().any(|device| device.asks > 0) {
        Exit::Drift
    } else if report.failed > 0 {
        Exit::NotChecked
    } else {
        Exit::Done
    }
}

fn text(report: &ScanReport) -> Vec<String> {
    let mut lines: Vec<String> = report.devices.iter().flat_map(of_device).collect();
    lines.push(report.sentence.clone());
    lines
}

fn of_device(device: &ScannedDevice) -> Vec<String> {
    if let Some(error) = &device.error {
        return vec![format!(
            "{}  not compared: {}",
            device.device,
            inert(&error.sentence)
        )];
    }
    let read = device.read.as_deref().map_or_else(String::new, moment);
    let record = device.record_read.as_deref().map_or_else(String::new, moment);
    let snapshot = device
        .snapshot
        .map_or_else(String::new, |id| format!(", snapshot {id}"));
    let mut lines = vec![format!(
        "{}  read {read}{snapshot}; record read {record}",
        device.device
    )];
    lines.extend(section(
        &["bridge domain", "vlan", "attachments", "state"],
        device.domains.iter().map(domain),
    ));
    lines.extend(section(
        &["interface", "vlan", "bridge domain", "in the records", "state"],
        device.vlans.iter().map(vlan),
    ));
    lines.extend(section(
        &["interface", "l2-service", "expected", "admin", "oper", "state"],
        device.states.iter().map(l2),
    ));
    lines.extend(section(
        &["other", "how", "state"],
        device.others.iter().map(|row| {
            let cells = vec![row.object.clone(), row.title.clone(), state(&row.verdict)];
            (cells, &row.verdict)
        }),
    ));
    for all in &device.advice {
        lines.push(format!("all of {}: {}", device.device, told(all)));
    }
    lines
}

/// A table, and below it what is recommended about its rows.
fn section<'a>(headings: &[&str], rows: impl Iterator<Item = (Vec<String>, &'a ScanVerdict)>) -> Vec<String> {
    let (cells, verdicts): (Vec<Vec<String>>, Vec<&ScanVerdict>) = rows.unzip();
    if cells.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![String::new()];
    lines.extend(tabulated(headings, &cells));
    for (row, verdict) in cells.iter().zip(verdicts) {
        if let Some(leftover) = &verdict.leftover {
            lines.push(format!("  {}: {}", inert(&row[0]), inert(leftover)));
        }
        if let Some(left) = &verdict.left_open {
            lines.push(format!(
                "  {}: left open by {} {}",
                inert(&row[0]),
                left.by,
                moment(&left.at)
            ));
        }
        let advice = verdict.advice.iter();
        lines.extend(advice.map(|one| format!("  {}: {}", inert(&row[0]), told(one))));
    }
    lines
}

fn told(recommendation: &Recommendation) -> String {
    let Recommendation {
        label,
        reason,
        action,
        ..
    } = recommendation;
    inert(&format!("{label}. {reason} {}", command(action)))
}

/// What is typed to do it.
fn command(action: &ScanAction) -> String {
    let with = |word: &str, events: &[u32]| {
        let numbers: Vec<String> = events.iter().map(ToString::to_string).collect();
        format!("(bk drift {word} {})", numbers.join(" "))
    };
    match action {
        ScanAction::Sync { events } => with("sync", events),
        ScanAction::Override { events } => with("override", events),
        ScanAction::Leave { events } => with("leave", events),
        ScanAction::CleanUp { device } => format!("(bk clean-up {device})"),
        ScanAction::OpenDomain { domain } => format!("(bk domains show {domain})"),
    }
}

fn domain(row: &ScanDomain) -> (Vec<String>, &ScanVerdict) {
    let side =
        |one: Option<&ScanInstance>, of: fn(&ScanInstance) -> String| one.map_or_else(|| "-".to_owned(), of);
    let vlan = |one: &ScanInstance| {
        one.vlan
            .map_or_else(|| "unknown".to_owned(), |vlan| vlan.to_string())
    };
    let (live, expected) = (row.live.as_ref(), row.expected.as_ref());
    let cells = vec![
        row.name.clone(),
        beside(side(live, vlan), &side(expected, vlan)),
        beside(
            side(live, |one| one.attachments.to_string()),
            &side(expected, |one| one.attachments.to_string()),
        ),
        state(&row.verdict),
    ];
    (cells, &row.verdict)
}

/// What is there, and what is expected where that is something else.
fn beside(live: String, expected: &str) -> String {
    if live == expected {
        live
    } else {
        format!("{live} (expected {expected})")
    }
}

fn vlan(row: &ScanVlan) -> (Vec<String>, &ScanVerdict) {
    let tags = |side: &ScanAssignment| match side.manipulation.as_str() {
        "none" => side.tags.clone(),
        manipulation => format!("{}, {manipulation}", side.tags),
    };
    let domains = |side: &ScanAssignment| match side.domains.as_slice() {
        [] => "none".to_owned(),
        domains => domains.join(" "),
    };
    let none = || "-".to_owned();
    let expected = |side: &ScanAssignment| format!("{} in {}", tags(side), domains(side));
    let cells = vec![
        row.interface.clone(),
        row.live.as_ref().map_or_else(none, tags),
        row.live.as_ref().map_or_else(none, domains),
        row.expected.as_ref().map_or_else(none, expected),
        state(&row.verdict),
    ];
    (cells, &row.verdict)
}

fn l2(row: &ScanL2) -> (Vec<String>, &ScanVerdict) {
    let word = |enabled: bool| if enabled { "enabled" } else { "no" };
    let table = |column: &Option<String>| column.clone().unwrap_or_else(|| "-".to_owned());
    let cells = vec![
        row.interface.clone(),
        word(row.l2_service).to_owned(),
        word(row.expected).to_owned(),
        table(&row.admin),
        table(&row.oper),
        state(&row.verdict),
    ];
    (cells, &row.verdict)
}

fn state(verdict: &ScanVerdict) -> String {
    let word = match verdict.state {
        ScanState::InSync => "in sync",
        ScanState::Differs => "differs",
        ScanState::NotInRecords => "not in the records",
        ScanState::Missing => "missing on the device",
    };
    match verdict.leftover {
        Some(_) => format!("{word}, leftover"),
        None => word.to_owned(),
    }
}
