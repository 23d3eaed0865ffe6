//! From two texts of a device to the objects that differ.

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{Canonical, Setting, Tree, canonical};
use bk_model::{BridgeDomainName, DeviceName, Fabric, InterfaceName};

use super::overlap::{Frames, share_port};
use super::severity::assess;
use super::{Difference, DriftKind, DriftObject};

const INSTANCE: &str = "network-services bridge-domain instance ";
const INTERFACES: &str = "interfaces ";

/// What the records say of the fabric, for the weight of a difference.
#[derive(Clone, Copy)]
pub struct Seen<'a> {
    /// The device.
    pub device: &'a DeviceName,
    /// The fabric by the records.
    pub fabric: &'a Fabric,
    /// What a deployment that read it was to make of the device.
    pub planned: Option<&'a Tree>,
}

/// Compares a device's record with what runs on it.
///
/// Order, defaults, list notation, printed TPIDs and quotes never count. Each object that differs is named once, in
/// order; a membership belongs to its interface, unless the whole instance comes or goes and the interface stays as it is.
#[must_use]
pub fn compare(record: &Tree, live: &Tree, seen: Seen<'_>) -> Vec<Difference> {
    let (expected, actual) = (canonical(record), canonical(live));
    if expected == actual {
        return Vec::new();
    }
    let changed: Vec<&str> = expected
        .without(&actual)
        .chain(actual.without(&expected))
        .collect();
    let sorting = Sorting::of(&changed, &expected, &actual);
    let objects: BTreeSet<DriftObject> = changed.iter().map(|line| sorting.object_of(line)).collect();
    let (was, is) = (
        Side::of(record, &expected, &sorting),
        Side::of(live, &actual, &sorting),
    );
    let planned = seen
        .planned
        .map(|tree| Side::of(tree, &canonical(tree), &sorting));
    objects
        .into_iter()
        .map(|object| difference(object, (&was, &is, planned.as_ref()), seen))
        .collect()
}

/// To which object a line belongs.
struct Sorting {
    /// Instances that only one side has.
    whole: BTreeSet<BridgeDomainName>,
    /// Interfaces with changed lines of their own.
    own: BTreeSet<InterfaceName>,
}

impl Sorting {
    fn of(changed: &[&str], expected: &Canonical, actual: &Canonical) -> Self {
        let instances = |side: &Canonical| -> BTreeSet<BridgeDomainName> {
            side.lines().filter_map(instance_of).collect()
        };
        let (before, after) = (instances(expected), instances(actual));
        Self {
            whole: before.symmetric_difference(&after).cloned().collect(),
            own: changed.iter().filter_map(|line| interface_of(line)).collect(),
        }
    }

    fn object_of(&self, line: &str) -> DriftObject {
        if let Some(interface) = interface_of(line) {
            return DriftObject::Interface { interface };
        }
        match (instance_of(line), member_of(line)) {
            (Some(domain), Some(interface)) => {
                if self.whole.contains(&domain) && !self.own.contains(&interface) {
                    DriftObject::Domain { domain }
                } else {
                    DriftObject::Interface { interface }
                }
            }
            (Some(domain), None) => DriftObject::Domain { domain },
            (None, _) => DriftObject::of_path(line),
        }
    }
}

/// One side's lines by object: as written, and what they mean.
struct Side {
    written: BTreeMap<DriftObject, Vec<String>>,
    meaning: BTreeMap<DriftObject, Vec<String>>,
    services: BTreeMap<InterfaceName, BTreeSet<BridgeDomainName>>,
}

impl Side {
    fn of(tree: &Tree, canonical: &Canonical, sorting: &Sorting) -> Self {
        let mut side = Self {
            written: BTreeMap::new(),
            meaning: BTreeMap::new(),
            services: BTreeMap::new(),
        };
        for leaf in tree.leaves() {
            let line = leaf.path.as_str();
            if let (Some(domain), Some(interface)) = (instance_of(line), member_of(line)) {
                side.services.entry(interface).or_default().insert(domain);
            }
            let lines = side.written.entry(sorting.object_of(line)).or_default();
            lines.push(line.to_owned());
        }
        for line in canonical.lines() {
            let lines = side.meaning.entry(sorting.object_of(line)).or_default();
            lines.push(line.to_owned());
        }
        side
    }

    fn services(&self, object: &DriftObject) -> BTreeSet<BridgeDomainName> {
        match object {
            DriftObject::Interface { interface } => self.services.get(interface).cloned().unwrap_or_default(),
            DriftObject::Domain { domain } => BTreeSet::from([domain.clone()]),
            DriftObject::Statement { .. } | DriftObject::Device => BTreeSet::new(),
        }
    }

    /// The sub-interface of the same port that takes some of the frames.
    fn taken_from(&self, interface: &InterfaceName, lines: &[String]) -> Option<InterfaceName> {
        let frames = Frames::of(lines.iter().map(String::as_str))?;
        self.written.iter().find_map(|(object, theirs)| match object {
            DriftObject::Interface { interface: other } if share_port(interface, other) => {
                let theirs = Frames::of(theirs.iter().map(String::as_str))?;
                frames.overlap(&theirs).then(|| other.clone())
            }
            _ => None,
        })
    }
}

fn difference(
    object: DriftObject,
    (was, is, planned): (&Side, &Side, Option<&Side>),
    seen: Seen<'_>,
) -> Difference {
    let written = |side: &Side| side.written.get(&object).cloned().unwrap_or_default();
    let (expected, actual) = (written(was), written(is));
    let taken_from = match &object {
        DriftObject::Interface { interface } => (was.taken_from(interface, &actual))
            .or_else(|| planned.and_then(|planned| planned.taken_from(interface, &actual))),
        _ => None,
    };
    let domains: Vec<BridgeDomainName> = was
        .services(&object)
        .union(&is.services(&object))
        .cloned()
        .collect();
    let meaning = |side: &Side| side.meaning.get(&object).cloned().unwrap_or_default();
    let (before, after) = (meaning(was), meaning(is));
    let planned = planned.map(meaning);
    let kind = kind_of(
        &object,
        (&before, &after, planned.as_deref()),
        taken_from.is_some(),
    );
    let (severity, rule) = assess(&object, kind, (&before, &after), &domains, seen);
    Difference {
        object,
        kind,
        severity,
        rule,
        domains,
        expected,
        actual,
        taken_from,
    }
}

fn kind_of(
    object: &DriftObject,
    (before, after, planned): (&[String], &[String], Option<&[String]>),
    tag_taken: bool,
) -> DriftKind {
    let is_planned = planned.is_some_and(|planned| planned != before);
    match (before.is_empty(), after.is_empty()) {
        _ if matches!(object, DriftObject::Statement { .. } | DriftObject::Device) => DriftKind::Unknown,
        _ if is_planned && planned == Some(after) => DriftKind::AlreadyConfigured,
        (_, false) if tag_taken => DriftKind::VlanConflict,
        _ if is_hardware(object) && understood(before, after) => DriftKind::Mismatch,
        _ if is_hardware(object) => DriftKind::Unknown,
        (true, _) if matches!(object, DriftObject::Domain { .. }) => DriftKind::DomainExists,
        (true, _) if is_planned && !within(after, planned) => DriftKind::Mismatch,
        (true, _) => DriftKind::AlreadyConfigured,
        (_, true) => DriftKind::MissingOnDevice,
        (false, false) if understood(before, after) => DriftKind::Mismatch,
        (false, false) => DriftKind::Unknown,
    }
}

/// Tells whether everything that is there was to be there.
fn within(after: &[String], planned: Option<&[String]>) -> bool {
    planned.is_some_and(|planned| after.iter().all(|line| planned.contains(line)))
}

/// A port is there with and without lines.
fn is_hardware(object: &DriftObject) -> bool {
    matches!(object, DriftObject::Interface { interface } if interface.is_physical() && !interface.is_subinterface())
}

/// Tells whether every line that only one side has is understood.
fn understood(before: &[String], after: &[String]) -> bool {
    let only = |of: &[String], other: &[String]| {
        of.iter()
            .filter(|line| !other.contains(line))
            .all(|line| Setting::parse(line).is_some())
    };
    only(before, after) && only(after, before)
}

pub(super) fn interface_of(line: &str) -> Option<InterfaceName> {
    InterfaceName::parse(first(line.strip_prefix(INTERFACES)?)?).ok()
}

pub(super) fn instance_of(line: &str) -> Option<BridgeDomainName> {
    BridgeDomainName::new(first(line.strip_prefix(INSTANCE)?)?).ok()
}

pub(super) fn member_of(line: &str) -> Option<InterfaceName> {
    let (_, rest) = line.strip_prefix(INSTANCE)?.split_once(' ')?;
    InterfaceName::parse(first(rest.strip_prefix("interface ")?)?).ok()
}

fn first(words: &str) -> Option<&str> {
    words.split(' ').next()
}
