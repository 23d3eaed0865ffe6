//! A scan for people: rows, and what is recommended about each.

use std::collections::BTreeMap;

use bk_engine::drift::{
    Action, Assignment, CleanUp, DeviceScan, Difference, DomainScan, Instance, L2Scan, LeftBehind, VlanScan,
    advise,
};
use bk_engine::{drift, ports::InterfaceFact};
use bk_model::{AdminState, BridgeDomainName, DeviceName, Encapsulation, Fabric};
use bk_store::{Drift, DriftId};

use super::sentence::{counted, manipulation_words, number, oper_word, tags};
use crate::drift::{title, why};
use crate::views::{
    DriftLeft, ErrorView, Recommendation, ScanAction, ScanAssignment, ScanDomain, ScanInstance, ScanL2,
    ScanOther, ScanReport, ScanState, ScanTotals, ScanVerdict, ScanVlan, ScannedDevice,
};

/// Objects that a sentence names before it counts.
const NAMED: usize = 3;

/// What rows need beside the scan.
pub(crate) struct ScanContext<'a> {
    /// The device.
    pub(crate) device: &'a DeviceName,
    /// The records.
    pub(crate) fabric: &'a Fabric,
    /// The open events of the device, in the order in which the scan names their differences.
    pub(crate) events: &'a [Drift],
    /// Those that somebody left open.
    pub(crate) left: &'a BTreeMap<DriftId, DriftLeft>,
    /// Lines with which a clean-up of the device would do.
    pub(crate) lines: usize,
}

/// All devices together.
pub(crate) fn scan_report(check: u32, devices: Vec<ScannedDevice>) -> ScanReport {
    let sum = |of: fn(&ScanTotals) -> u32| devices.iter().map(|device| of(&device.totals)).sum();
    let totals = ScanTotals {
        in_sync: sum(|totals| totals.in_sync),
        differs: sum(|totals| totals.differs),
        not_in_records: sum(|totals| totals.not_in_records),
        missing: sum(|totals| totals.missing),
        leftovers: sum(|totals| totals.leftovers),
    };
    let failed = number(devices.iter().filter(|device| device.error.is_some()).count());
    let mut sentence = format!(
        "{} in sync, {} differ, {} not in the records, {} missing on the device",
        totals.in_sync, totals.differs, totals.not_in_records, totals.missing
    );
    if totals.leftovers > 0 {
        sentence.push_str(&format!("; {}", counted(totals.leftovers, "leftover")));
    }
    if failed > 0 {
        sentence.push_str(&format!("; {} not compared", counted(failed, "device")));
    }
    sentence.push('.');
    ScanReport {
        check,
        devices,
        totals,
        failed,
        sentence,
    }
}

/// A device that could not be compared.
pub(crate) fn unscanned_device(device: &DeviceName, error: ErrorView) -> ScannedDevice {
    ScannedDevice {
        error: Some(error),
        ..without_rows(device)
    }
}

fn without_rows(device: &DeviceName) -> ScannedDevice {
    ScannedDevice {
        device: device.to_string(),
        error: None,
        read: None,
        snapshot: None,
        record_read: None,
        totals: ScanTotals::default(),
        asks: 0,
        domains: Vec::new(),
        vlans: Vec::new(),
        states: Vec::new(),
        others: Vec::new(),
        advice: Vec::new(),
    }
}

/// A device with its rows; when it was read is not told here.
pub(crate) fn scanned_device(
    scan: &DeviceScan,
    differences: &[Difference],
    context: &ScanContext<'_>,
) -> ScannedDevice {
    let left_of = |row: &VlanScan| {
        let mut states = scan.states.iter();
        states
            .find(|state| state.interface == row.interface)?
            .left
            .as_ref()
    };
    let totals = scan.totals(differences);
    ScannedDevice {
        totals: ScanTotals {
            in_sync: number(totals.in_sync),
            differs: number(totals.differs),
            not_in_records: number(totals.not_in_records),
            missing: number(totals.missing),
            leftovers: number(totals.leftovers),
        },
        asks: number(context.asking().len()),
        domains: scan.domains.iter().map(|row| context.domain(row)).collect(),
        vlans: scan
            .vlans
            .iter()
            .map(|row| context.vlan(row, left_of(row)))
            .collect(),
        states: scan.states.iter().map(|row| context.l2(row)).collect(),
        others: scan.others.iter().map(|place| context.other(*place)).collect(),
        advice: context.of_device(scan),
        ..without_rows(context.device)
    }
}

impl ScanContext<'_> {
    fn domain(&self, row: &DomainScan) -> ScanDomain {
        ScanDomain {
            name: row.name.to_string(),
            live: row.live.map(instance),
            expected: row.expected.map(instance),
            verdict: self.verdict(row.state, &row.about, row.left.as_ref(), Some(&row.name)),
        }
    }

    fn vlan(&self, row: &VlanScan, left: Option<&LeftBehind>) -> ScanVlan {
        let held = row
            .expected
            .iter()
            .chain(&row.live)
            .flat_map(|side| &side.domains);
        let domain = held.clone().find(|domain| self.knows(domain));
        // What was left behind and is in sync is told by its L2 state.
        let left = left.filter(|_| row.state != drift::ScanState::InSync);
        ScanVlan {
            interface: row.interface.to_string(),
            live: row.live.as_ref().map(assignment),
            expected: row.expected.as_ref().map(assignment),
            verdict: self.verdict(row.state, &row.about, left, domain),
        }
    }

    fn l2(&self, row: &L2Scan) -> ScanL2 {
        let admin = |fact: &InterfaceFact| match fact.admin {
            AdminState::Enabled => "enabled",
            AdminState::Disabled => "disabled",
        };
        let table = row.table.as_ref();
        let domain = row.left.as_ref().and_then(|left| left.object.domain());
        ScanL2 {
            interface: row.interface.to_string(),
            l2_service: row.live,
            expected: row.expected,
            admin: table.map(|fact| admin(fact).to_owned()),
            oper: table.map(|fact| oper_word(fact.oper).to_owned()),
            verdict: self.verdict(row.state, &row.about, row.left.as_ref(), domain),
        }
    }

    fn other(&self, place: usize) -> ScanOther {
        let difference = &self.events[place].difference;
        let state = drift::ScanState::of_difference(difference);
        ScanOther {
            object: difference.object.to_string(),
            title: title(difference.kind).to_owned(),
            verdict: self.verdict(state, &[place], None, difference.domains.first()),
        }
    }

    fn knows(&self, domain: &BridgeDomainName) -> bool {
        self.fabric.service(domain).is_some()
    }

    fn verdict(
        &self,
        state: drift::ScanState,
        about: &[usize],
        left: Option<&LeftBehind>,
        domain: Option<&BridgeDomainName>,
    ) -> ScanVerdict {
        let events: Vec<&Drift> = about.iter().map(|place| &self.events[*place]).collect();
        let differences: Vec<&Difference> = events.iter().map(|event| &event.difference).collect();
        let domain = domain.filter(|domain| self.knows(domain));
        let leftover = left.map(leftover_words);
        let left_open = self.left_open(&events);
        let mut advice = advise(state, &differences, left, domain.is_some());
        // What is left open already is not to be left again.
        advice.retain(|action| *action != Action::Leave || left_open.is_none());
        let gravest = differences.iter().max_by_key(|one| one.severity);
        // What is best is said with its reason; the others are for whoever knows better.
        let reason = leftover.clone().or_else(|| gravest.map(|one| why(one)));
        let recommend = |(place, action): (usize, Action)| {
            let reason = if place == 0 { reason.clone() } else { None };
            self.recommend(action, &events, domain, reason)
        };
        ScanVerdict {
            state: state_view(state),
            left_open,
            advice: advice.into_iter().enumerate().map(recommend).collect(),
            leftover,
        }
    }

    /// Who left the events open, where somebody left all of them.
    fn left_open(&self, events: &[&Drift]) -> Option<DriftLeft> {
        let all: Option<Vec<&DriftLeft>> = events.iter().map(|event| self.left.get(&event.id)).collect();
        all?.first().map(|left| (*left).clone())
    }

    /// Events that nobody left open.
    fn asking(&self) -> Vec<&Drift> {
        let events = self.events.iter();
        events
            .filter(|event| !self.left.contains_key(&event.id))
            .collect()
    }

    /// What can be done about the whole device.
    fn of_device(&self, scan: &DeviceScan) -> Vec<Recommendation> {
        let open = self.asking();
        let device = self.device;
        let count = |events: &[&Drift]| counted(number(events.len()), "event");
        let mut all = Vec::new();
        if !open.is_empty() {
            let reason = format!("If {device} is right in all of it: {}.", count(&open));
            all.push(self.recommend(Action::Sync, &open, None, Some(reason)));
        }
        let back: Vec<&Drift> = (open.into_iter())
            .filter(|event| event.difference.object != drift::DriftObject::Device)
            .collect();
        if !back.is_empty() {
            let reason = format!("If the records are right in all of it: {}.", count(&back));
            all.push(self.recommend(Action::Override, &back, None, Some(reason)));
        }
        let left = (scan.states.iter().filter_map(|row| row.left.as_ref()))
            .chain(scan.domains.iter().filter_map(|row| row.left.as_ref()));
        let removed = left.filter(|left| left.clean_up == CleanUp::Removes).count();
        if removed > 0 {
            let reason = format!(
                "No service needs {} on {device}.",
                counted(number(removed), "object")
            );
            all.push(self.recommend(Action::CleanUp, &[], None, Some(reason)));
        }
        all
    }

    fn recommend(
        &self,
        action: Action,
        events: &[&Drift],
        domain: Option<&BridgeDomainName>,
        reason: Option<String>,
    ) -> Recommendation {
        let device = self.device;
        let ids = || events.iter().map(|event| event.id.0).collect();
        let objects = named(events);
        let (action, label, otherwise, consequence) = match action {
            Action::Sync => (
                ScanAction::Sync { events: ids() },
                "Discover and sync".to_owned(),
                "If the device is right.",
                format!("{device} is read again; what it holds of {objects} becomes what is expected."),
            ),
            Action::Override => (
                ScanAction::Override { events: ids() },
                "Override".to_owned(),
                "If the records are right.",
                if events.iter().all(|event| event.difference.expected.is_empty()) {
                    format!("Shows the plan that takes {objects} off {device}; nothing is sent before.")
                } else {
                    format!("Shows the plan that puts back {objects} on {device}; nothing is sent before.")
                },
            ),
            Action::Leave => (
                ScanAction::Leave { events: ids() },
                "Leave it".to_owned(),
                "If it is known and may stay.",
                "Nothing is done; it stays open, and asks again if it changes again.".to_owned(),
            ),
            Action::CleanUp => (
                ScanAction::CleanUp {
                    device: device.to_string(),
                },
                "Clean up".to_owned(),
                "It carries no service.",
                format!(
                    "Shows the plan that removes the leftovers of {device}: {}; nothing is sent before.",
                    counted(number(self.lines), "line")
                ),
            ),
            Action::OpenDomain => {
                let domain = domain.map(ToString::to_string).unwrap_or_default();
                let consequence = format!("Shows {domain} with its attachments on all devices.");
                let label = format!("Open {domain}");
                let action = ScanAction::OpenDomain { domain };
                (action, label, "To see the whole service.", consequence)
            }
        };
        Recommendation {
            action,
            label,
            reason: reason.unwrap_or_else(|| otherwise.to_owned()),
            consequence,
        }
    }
}

/// Names the objects of events: the first few, then how many more.
fn named(events: &[&Drift]) -> String {
    let names: Vec<String> = (events.iter().take(NAMED))
        .map(|event| event.difference.object.to_string())
        .collect();
    let more = match events.len().saturating_sub(NAMED) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!("{}{more}", names.join(", "))
}

fn leftover_words(left: &LeftBehind) -> String {
    let object = &left.object;
    match &left.clean_up {
        CleanUp::Removes => format!("{object}."),
        CleanUp::NotInRecords => format!("{object}, and no record knows it."),
        CleanUp::Keeps(kept) => format!("{object}. {}", crate::leftovers::kept_words(kept)),
    }
}

fn instance(instance: Instance) -> ScanInstance {
    ScanInstance {
        vlan: instance.vlan.map(bk_model::VlanId::get),
        attachments: number(instance.attachments),
    }
}

fn assignment(assignment: &Assignment) -> ScanAssignment {
    let bare = match assignment.encapsulation {
        Encapsulation::Port => "port",
        Encapsulation::Untagged => "untagged",
        _ => "unknown",
    };
    ScanAssignment {
        tags: tags(&assignment.encapsulation).unwrap_or_else(|| bare.to_owned()),
        manipulation: manipulation_words(&assignment.manipulation),
        domains: assignment.domains.iter().map(ToString::to_string).collect(),
    }
}

fn state_view(state: drift::ScanState) -> ScanState {
    match state {
        drift::ScanState::InSync => ScanState::InSync,
        drift::ScanState::Differs => ScanState::Differs,
        drift::ScanState::NotInRecords => ScanState::NotInRecords,
        drift::ScanState::Missing => ScanState::Missing,
    }
}
