//! Views as text.

use bk_app::views::{
    AuditView, ChangeSign, CheckResult, DecisionCard, DeploymentDetail, DeploymentRow, DeploymentStatus,
    DeviceLines, DiffKind, DomainDetail, DraftView, Finding, PlanView, PolicyView, RiskLevel, RollbackChoice,
    RollbackChoices, Severity, TextDiffView,
};

use crate::out::{complain, moment, say, table};

/// Prints one bridge domain.
pub(crate) fn domain(detail: &DomainDetail) {
    let row = &detail.row;
    let vlan = row
        .vlan
        .map_or_else(|| "unknown".to_owned(), |vlan| vlan.to_string());
    say(&format!(
        "{}  VLAN {vlan}  {} {}  {}",
        row.name, row.kind, row.kind_label, detail.topology
    ));
    if let Some(owner) = &row.owner {
        say(&format!("owner {owner}"));
    }
    for device in &detail.devices {
        let under = device
            .under
            .as_deref()
            .map(|upper| format!(" under {upper}"))
            .unwrap_or_default();
        say(&format!("{} ({}{under})", device.device, device.tier));
        for attachment in &device.attachments {
            let kind = if attachment.is_fabric { "fabric" } else { "access" };
            let vlan = attachment.vlan.as_deref().unwrap_or("-");
            say(&format!(
                "  {:24} {kind}  {} {vlan}  {}  {}",
                attachment.interface, attachment.encapsulation, attachment.manipulation, attachment.oper
            ));
        }
    }
    findings(&detail.notices);
    if let Some(reason) = &detail.not_editable {
        say(reason);
    }
}

/// Prints findings, errors first as they come.
pub(crate) fn findings(findings: &[Finding]) {
    for finding in findings {
        let weight = match finding.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
            Severity::Info => "note",
        };
        say(&format!("{weight}: {} [{}]", finding.sentence, finding.code));
    }
}

fn sign(sign: ChangeSign) -> &'static str {
    match sign {
        ChangeSign::Same => " ",
        ChangeSign::Added => "+",
        ChangeSign::Removed => "-",
        ChangeSign::Changed => "~",
    }
}

/// Prints a draft with its changes and lines.
pub(crate) fn draft(view: &DraftView) {
    say(&format!(
        "Draft of {}, {} changes",
        view.domain,
        view.changes.len()
    ));
    for change in &view.changes {
        let note = match (change.included, change.derived) {
            (false, _) => "  (left out)",
            (true, true) => "  (derived)",
            (true, false) => "",
        };
        say(&format!(
            "{} {} {}{note}",
            sign(change.sign),
            change.device,
            change.sentence
        ));
    }
    lines(&view.lines, true);
    findings(&view.findings);
}

/// Prints lines per device.
fn lines(devices: &[DeviceLines], forward: bool) {
    for device in devices {
        let lines = if forward { &device.forward } else { &device.reverse };
        say(&format!("  {}", device.device));
        lines.iter().for_each(|line| say(&format!("    {line}")));
    }
}

/// Prints a plan.
pub(crate) fn plan(view: &PlanView) {
    say(&format!("Plan {} of {}", view.short, view.domain));
    say(&format!("hash {}", view.hash));
    if view.empty {
        say("Nothing is to be changed; nothing would be sent.");
        return;
    }
    for change in view.changes.iter().filter(|change| change.included) {
        let derived = if change.derived { "  (derived)" } else { "" };
        say(&format!(
            "{} {} {}{derived}",
            sign(change.sign),
            change.device,
            change.sentence
        ));
    }
    for device in &view.devices {
        if device.forward.is_empty() {
            say("");
            say(&format!("{}  unchanged", device.device));
            continue;
        }
        say("");
        say(&format!(
            "{}  {}, group {}, base {}",
            device.device, device.label, device.group, device.base
        ));
        device.forward.iter().for_each(|line| say(&format!("  {line}")));
        say("  to go back:");
        device.reverse.iter().for_each(|line| say(&format!("    {line}")));
    }
    say("");
    for group in &view.groups {
        let constraint = group
            .constraint
            .as_deref()
            .map(|c| format!(" ({c})"))
            .unwrap_or_default();
        say(&format!(
            "group {}: {}{constraint}",
            group.group,
            group.devices.join(", ")
        ));
    }
    let impact = &view.impact;
    say(&format!(
        "impact: {} of {} devices, access {} added {} removed {} changed, {} derived",
        impact.devices,
        impact.devices_total,
        impact.access_added,
        impact.access_removed,
        impact.access_changed,
        impact.derived
    ));
    impact
        .others_on_ports
        .iter()
        .for_each(|other| say(&format!("  also on the port: {other}")));
    impact
        .traffic
        .iter()
        .for_each(|traffic| say(&format!("  {traffic}")));
    let risk = match view.risk {
        RiskLevel::Low => "low",
        RiskLevel::Medium => "medium",
        RiskLevel::High => "high",
    };
    say(&format!("risk: {risk}"));
    view.risks
        .iter()
        .for_each(|risk| say(&format!("  {} {}", risk.rule, risk.sentence)));
    let source = match view.estimate.measured_from {
        0 => "assumed".to_owned(),
        runs => format!("measured from {runs} deployments"),
    };
    say(&format!(
        "estimated time: {} s, {source}; confirm window {} min",
        view.estimate.seconds, view.window_minutes
    ));
    say(&format!(
        "checks after the commit: {}",
        view.validation
            .iter()
            .map(|check| check.label.as_str())
            .collect::<Vec<_>>()
            .join(", ")
    ));
    say(&format!(
        "rollback: {} lines; forward, then rollback, gives the base byte for byte: {}",
        view.reverse_lines,
        yes(view.reverse_proven)
    ));
    findings(&view.findings);
}

/// Says what a policy means for a plan.
pub(crate) fn policy(view: &PolicyView) {
    say(&format!("policy: {}. {}", view.label, view.consequence));
    for (part, devices) in view.parts.iter().enumerate() {
        say(&format!("  part {}: {}", part + 1, devices.join(", ")));
    }
    view.refused
        .iter()
        .for_each(|reason| say(&format!("  refused: {reason}")));
}

fn yes(value: bool) -> &'static str {
    if value { "proven" } else { "not proven" }
}

/// Says how a deployment stands.
pub(crate) fn status(status: DeploymentStatus) -> &'static str {
    match status {
        DeploymentStatus::Running => "running",
        DeploymentStatus::Verified => "verified",
        DeploymentStatus::NothingToDo => "nothing to do",
        DeploymentStatus::Refused => "refused",
        DeploymentStatus::Aborted => "aborted",
        DeploymentStatus::InDoubt => "in doubt",
    }
}

/// Prints the list of deployments.
pub(crate) fn deployments(rows: &[DeploymentRow]) {
    let cells = |row: &DeploymentRow| {
        vec![
            row.id.to_string(),
            moment(&row.started),
            row.by.clone(),
            row.domain.clone(),
            status(row.status).to_owned(),
            row.sentence.clone(),
        ]
    };
    table(
        &["no", "started", "by", "domain", "status", "what"],
        &rows.iter().map(cells).collect::<Vec<_>>(),
    );
}

/// Prints how a deployment ended, device by device and check by check.
pub(crate) fn deployment(detail: &DeploymentDetail) {
    let row = &detail.row;
    say(&format!(
        "Deployment {} of {}: {}. {}",
        row.id,
        row.domain,
        status(row.status),
        row.sentence
    ));
    if let Some(child) = &detail.child_of {
        say(&format!(
            "  goes on for deployment {}; in the draft stays: {}",
            child.deployment,
            child.left_out.join(", ")
        ));
    }
    if let Some(sequence) = &detail.sequence {
        say(&format!("  {}", sequence.sentence));
        for part in &sequence.parts {
            let number = part
                .deployment
                .map(|number| format!("deployment {number}, "))
                .unwrap_or_default();
            say(&format!(
                "    {}: {number}{}",
                part.devices.join(", "),
                part.sentence
            ));
        }
    }
    for device in &detail.devices {
        let at = device
            .state_at
            .as_deref()
            .map(|at| format!(" {}", moment(at)))
            .unwrap_or_default();
        let hashes = match (&device.hash_before, &device.hash_after) {
            (Some(before), Some(after)) => format!("  {before} -> {after}"),
            _ => String::new(),
        };
        say(&format!(
            "  {:16} {}{at}{hashes}",
            device.device,
            device.state.replace('-', " ")
        ));
        device.notes.iter().for_each(|note| say(&format!("    {note}")));
    }
    for check in &detail.checks {
        let of = |wanted: CheckResult| check.results.iter().filter(|cell| cell.result == wanted).count();
        let results: Vec<String> = [
            (CheckResult::Passed, "passed"),
            (CheckResult::Failed, "failed"),
            (CheckResult::NotObservable, "not observable"),
            (CheckResult::NotApplicable, "not applicable"),
        ]
        .into_iter()
        .map(|(result, word)| (of(result), word))
        .filter(|(count, _)| *count > 0)
        .map(|(count, word)| format!("{count} {word}"))
        .collect();
        let gating = if check.gating { "gating" } else { "informative" };
        say(&format!(
            "  {:34} {gating:11} {}",
            check.label,
            results.join(", ")
        ));
    }
    if let Some(card) = &detail.card {
        say(&card.sentence);
        card.certain
            .iter()
            .for_each(|line| say(&format!("  certain: {line}")));
        card.not_known
            .iter()
            .for_each(|line| say(&format!("  not known: {line}")));
        card.if_nothing
            .iter()
            .for_each(|line| say(&format!("  if nothing is done: {line}")));
        card.words
            .iter()
            .flat_map(|words| words.lines())
            .for_each(|line| say(&format!("  | {line}")));
        card.diff.iter().for_each(diff);
        for choice in &card.choices {
            match &choice.refused {
                None => say(&format!("  choice {}: {}", choice.choice, choice.consequence)),
                Some(reason) => say(&format!("  not possible, {}: {reason}", choice.choice)),
            }
        }
    }
    detail
        .leftovers
        .iter()
        .for_each(|leftover| say(&format!("  left behind: {leftover}")));
    say(&format!("Rollback: {}", detail.rollback.sentence));
}

/// Says on standard error what a running deployment waits for.
pub(crate) fn waiting_card(card: &DecisionCard) {
    complain(&card.sentence);
    let words = card.words.iter().flat_map(|words| words.lines());
    words.for_each(|line| complain(&format!("  | {line}")));
    card.certain
        .iter()
        .for_each(|line| complain(&format!("  certain: {line}")));
    card.if_nothing
        .iter()
        .for_each(|line| complain(&format!("  if nothing is done: {line}")));
    card.choices
        .iter()
        .for_each(|choice| complain(&format!("  choice {}: {}", choice.choice, choice.consequence)));
}

/// Prints what carries no service any more.
pub(crate) fn audit(found: &AuditView) {
    for leftover in &found.leftovers {
        let kept = leftover
            .kept
            .as_deref()
            .map(|why| format!(" {why}"))
            .unwrap_or_default();
        say(&format!("{:24} {}{kept}", leftover.device, leftover.sentence));
    }
    found.broken.iter().for_each(|broken| say(&broken.sentence));
    let read = found
        .oldest_read
        .as_deref()
        .map(|at| format!(", the oldest read {}", moment(at)))
        .unwrap_or_default();
    say(&format!(
        "{} leftovers in the records of {} devices{read}.",
        found.leftovers.len(),
        found.devices
    ));
    if found.lines > 0 {
        say(&format!(
            "`bk clean-up` would remove them with {} lines on {} devices; it shows the plan and asks first.",
            found.lines, found.devices_to_clean
        ));
    }
}

/// Prints a diff.
pub(crate) fn diff(view: &TextDiffView) {
    if view.identical {
        say(&format!("Both texts are the same ({}).", view.hash_before));
        return;
    }
    say(&format!(
        "{} -> {}  +{} -{}",
        view.hash_before, view.hash_after, view.added, view.removed
    ));
    for hunk in &view.hunks {
        fold(hunk.folded, hunk.block.as_deref());
        for line in &hunk.lines {
            let mark = match line.kind {
                DiffKind::Same => ' ',
                DiffKind::Added => '+',
                DiffKind::Removed => '-',
            };
            say(&format!("{mark} {}", &line.text));
        }
        fold(hunk.folded_after, None);
    }
}

fn fold(lines: u32, block: Option<&str>) {
    if lines > 0 {
        let block = block.map(|block| format!("{block}, ")).unwrap_or_default();
        say(&format!("  ... {block}{lines} lines the same"));
    }
}

/// What others changed since a deployment, and the ways back.
pub(crate) fn rollback_choices(view: &RollbackChoices) {
    for overlap in &view.overlaps {
        say(&format!(
            "{} {} is not as deployment {} left it:",
            overlap.device, overlap.object, view.deployment
        ));
        diff(&overlap.diff);
    }
    for choice in &view.choices {
        let refused = choice
            .refused
            .as_deref()
            .map(|why| format!(" Not possible: {why}"))
            .unwrap_or_default();
        let word = match choice.choice {
            RollbackChoice::Rest => "--take rest",
            RollbackChoice::Over => "--take over",
            RollbackChoice::Leave => "",
        };
        say(&format!(
            "{}: {}{refused} {word}",
            choice.label, choice.consequence
        ));
    }
}
