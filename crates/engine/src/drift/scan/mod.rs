//! A device beside what is expected of it, row by row: bridge domains, VLAN assignments, L2 state. Pure. What differs is what
//! [`compare`](super::compare) says; a scan only tells where it shows.

mod advice;
mod side;
#[cfg(test)]
mod tests;

use std::collections::BTreeSet;

use bk_config::Tree;
use bk_model::classify::service_vlan;
use bk_model::{
    BridgeDomainName, DeviceName, Encapsulation, InterfaceName, Link, Manipulation, Service, VlanId,
};

use super::{Difference, DriftObject};
use crate::leftovers::{Kept, Leftover, Object};
use crate::ports::{Facts, InterfaceFact};
use side::Side;

pub use advice::{Action, advise};

/// What a scan looks at.
#[derive(Clone, Copy)]
pub struct Scanned<'a> {
    /// The device.
    pub device: &'a DeviceName,
    /// What is expected of it.
    pub expected: &'a Tree,
    /// What it holds.
    pub live: &'a Tree,
    /// What its tables told at the same moment.
    pub facts: &'a Facts,
    /// Where the two differ. Rows name these by their place.
    pub differences: &'a [Difference],
    /// What carries no service by the records.
    pub leftovers: &'a [Leftover],
    /// Links between devices by the records.
    pub links: &'a [Link],
}

/// How an object of the device stands against the records.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ScanState {
    /// As expected.
    InSync,
    /// On both sides, and not the same.
    Differs,
    /// Only on the device.
    NotInRecords,
    /// Only in the records.
    Missing,
}

/// What a scan found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DeviceScan {
    /// Bridge domains, by name.
    pub domains: Vec<DomainScan>,
    /// Sub-interfaces with tags, and members of bridge domains, by name.
    pub vlans: Vec<VlanScan>,
    /// Interfaces with an L2 service, by name.
    pub states: Vec<L2Scan>,
    /// Places of differences that none of these rows shows.
    pub others: Vec<usize>,
}

/// A bridge domain on the device.
#[derive(Clone, Debug, PartialEq)]
pub struct DomainScan {
    /// Its name.
    pub name: BridgeDomainName,
    /// What the device holds of it.
    pub live: Option<Instance>,
    /// What is expected.
    pub expected: Option<Instance>,
    /// How the two stand: its own lines, its members, their tags and their L2 state.
    pub state: ScanState,
    /// Why it carries nothing, if so.
    pub left: Option<LeftBehind>,
    /// Places of the differences in it.
    pub about: Vec<usize>,
}

/// One side of a bridge domain on one device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance {
    /// The VLAN that names the service, read from the attachments of this device.
    pub vlan: Option<VlanId>,
    /// How many attachments it has on this device.
    pub attachments: usize,
}

/// The tags of an interface and the bridge domains that hold it.
#[derive(Clone, Debug, PartialEq)]
pub struct VlanScan {
    /// The interface.
    pub interface: InterfaceName,
    /// What the device holds.
    pub live: Option<Assignment>,
    /// What is expected.
    pub expected: Option<Assignment>,
    /// How the two stand.
    pub state: ScanState,
    /// Places of the differences in it.
    pub about: Vec<usize>,
}

/// One side of a VLAN assignment. It is read from configuration lines only, never from a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Assignment {
    /// Which frames belong to the interface.
    pub encapsulation: Encapsulation,
    /// What happens to their tags.
    pub manipulation: Manipulation,
    /// The bridge domains that hold it; more than one is a mistake that some devices allow.
    pub domains: BTreeSet<BridgeDomainName>,
}

/// The L2 state of an interface.
#[derive(Clone, Debug, PartialEq)]
pub struct L2Scan {
    /// The interface.
    pub interface: InterfaceName,
    /// Whether the device has `l2-service enabled` on it.
    pub live: bool,
    /// Whether it is expected.
    pub expected: bool,
    /// Its row in the device's tables, if there is one.
    pub table: Option<InterfaceFact>,
    /// How `l2-service` and `admin-state` stand.
    pub state: ScanState,
    /// Why it carries nothing, if so.
    pub left: Option<LeftBehind>,
    /// Places of the differences in it.
    pub about: Vec<usize>,
}

/// A leftover on the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftBehind {
    /// What carries no service.
    pub object: Object,
    /// Whether a clean-up by the records would remove it.
    pub clean_up: CleanUp,
}

/// What a clean-up does about a leftover of the device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CleanUp {
    /// It removes it.
    Removes,
    /// It leaves it.
    Keeps(Kept),
    /// The records don't know it, so no clean-up does.
    NotInRecords,
}

/// How many objects stand how; each bridge domain, interface and other object counts once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScanTotals {
    /// As expected.
    pub in_sync: usize,
    /// On both sides, and not the same.
    pub differs: usize,
    /// Only on the device.
    pub not_in_records: usize,
    /// Only in the records.
    pub missing: usize,
    /// Leftovers on the device, whether or not the records know them.
    pub leftovers: usize,
}

/// Looks at a device beside what is expected of it.
#[must_use]
pub fn scan(scanned: Scanned<'_>) -> DeviceScan {
    let (was, is) = (
        Side::of(scanned.device, scanned.expected, scanned.links),
        Side::of(scanned.device, scanned.live, scanned.links),
    );
    let both = Both {
        scanned,
        was: &was,
        is: &is,
        left: left_behind(&is, scanned.leftovers),
    };
    let vlans = both.vlans();
    let states = both.states();
    let domains = both.domains(&vlans, &states);
    let own = |place: &usize| matches!(scanned.differences[*place].object, DriftObject::Domain { .. });
    let shown: BTreeSet<usize> = (vlans.iter().flat_map(|row| &row.about))
        .chain(states.iter().flat_map(|row| &row.about))
        .chain(
            domains
                .iter()
                .flat_map(|row| &row.about)
                .filter(|place| own(place)),
        )
        .copied()
        .collect();
    let others = (0..scanned.differences.len())
        .filter(|place| !shown.contains(place))
        .collect();
    DeviceScan {
        domains,
        vlans,
        states,
        others,
    }
}

impl DeviceScan {
    /// Counts the objects.
    #[must_use]
    pub fn totals(&self, differences: &[Difference]) -> ScanTotals {
        let mut totals = ScanTotals::default();
        let names: BTreeSet<&InterfaceName> = (self.vlans.iter().map(|row| &row.interface))
            .chain(self.states.iter().map(|row| &row.interface))
            .collect();
        for name in names {
            let vlan = self.vlans.iter().find(|row| row.interface == *name);
            let state = self.states.iter().find(|row| row.interface == *name);
            let both = vlan
                .map(|row| row.state)
                .into_iter()
                .chain(state.map(|row| row.state));
            totals.count(both.reduce(together).unwrap_or(ScanState::InSync));
        }
        self.domains.iter().for_each(|row| totals.count(row.state));
        for place in &self.others {
            totals.count(ScanState::of_difference(&differences[*place]));
        }
        let left = (self.domains.iter().filter_map(|row| row.left.as_ref()))
            .chain(self.states.iter().filter_map(|row| row.left.as_ref()));
        totals.leftovers = left.count();
        totals
    }
}

impl ScanTotals {
    fn count(&mut self, state: ScanState) {
        match state {
            ScanState::InSync => self.in_sync += 1,
            ScanState::Differs => self.differs += 1,
            ScanState::NotInRecords => self.not_in_records += 1,
            ScanState::Missing => self.missing += 1,
        }
    }
}

impl ScanState {
    /// How the object of a difference stands.
    #[must_use]
    pub fn of_difference(difference: &Difference) -> Self {
        match (difference.expected.is_empty(), difference.actual.is_empty()) {
            (true, false) => Self::NotInRecords,
            (false, true) => Self::Missing,
            _ => Self::Differs,
        }
    }

    /// How two sides stand of which each may not be there.
    fn of<T: PartialEq>(was: Option<&T>, is: Option<&T>) -> Self {
        match (was, is) {
            (None, Some(_)) => Self::NotInRecords,
            (Some(_), None) => Self::Missing,
            (was, is) if was == is => Self::InSync,
            _ => Self::Differs,
        }
    }
}

/// What two states of one object are together.
fn together(one: ScanState, other: ScanState) -> ScanState {
    if one == other { one } else { ScanState::Differs }
}

/// Both sides of a device.
struct Both<'a> {
    scanned: Scanned<'a>,
    was: &'a Side,
    is: &'a Side,
    left: Vec<LeftBehind>,
}

impl Both<'_> {
    fn vlans(&self) -> Vec<VlanScan> {
        let names: BTreeSet<&InterfaceName> = self.was.tagged().chain(self.is.tagged()).collect();
        let row = |name: &InterfaceName| {
            let (was, is) = (self.was.frames(name), self.is.frames(name));
            let state = ScanState::of(was.as_ref(), is.as_ref());
            VlanScan {
                interface: name.clone(),
                live: is.and_then(|_| self.is.assignment(name)),
                expected: was.and_then(|_| self.was.assignment(name)),
                state,
                about: self.about_interface(name, state),
            }
        };
        names.into_iter().map(row).collect()
    }

    fn states(&self) -> Vec<L2Scan> {
        let names: BTreeSet<&InterfaceName> = (self.was.serving())
            .chain(self.is.serving())
            .chain(self.left.iter().filter_map(|left| left.object.interface()))
            .collect();
        let row = |name: &InterfaceName| {
            let (was, is) = (self.was.l2(name), self.is.l2(name));
            let state = ScanState::of(was.as_ref(), is.as_ref());
            let mut table = self.scanned.facts.interfaces.iter();
            L2Scan {
                interface: name.clone(),
                live: self.is.has_l2_service(name),
                expected: self.was.has_l2_service(name),
                table: table.find(|fact| fact.name == *name).cloned(),
                state,
                left: self.left_of(|object| object.interface() == Some(name)),
                about: self.about_interface(name, state),
            }
        };
        names.into_iter().map(row).collect()
    }

    fn domains(&self, vlans: &[VlanScan], states: &[L2Scan]) -> Vec<DomainScan> {
        let names: BTreeSet<&BridgeDomainName> = self.was.domains().chain(self.is.domains()).collect();
        let is_off = |name: &InterfaceName| {
            let vlan = vlans.iter().find(|row| row.interface == *name);
            let state = states.iter().find(|row| row.interface == *name);
            vlan.is_some_and(|row| row.state != ScanState::InSync)
                || state.is_some_and(|row| row.state != ScanState::InSync)
        };
        let row = |name: &BridgeDomainName| {
            let mut state = ScanState::of(self.was.own(name), self.is.own(name));
            let mut members = self.was.members(name).chain(self.is.members(name));
            if state == ScanState::InSync && members.any(is_off) {
                state = ScanState::Differs;
            }
            let is_instance =
                |object: &Object| matches!(object, Object::Instance { domain } if domain == name);
            DomainScan {
                name: name.clone(),
                live: self.is.service(name).map(instance),
                expected: self.was.service(name).map(instance),
                state,
                left: self.left_of(is_instance),
                about: self.about(state, |difference| match &difference.object {
                    DriftObject::Domain { domain } => domain == name,
                    DriftObject::Interface { .. } => difference.domains.contains(name),
                    DriftObject::Statement { .. } | DriftObject::Device => false,
                }),
            }
        };
        names.into_iter().map(row).collect()
    }

    /// A membership belongs to its interface, unless the whole instance comes or goes.
    fn about_interface(&self, name: &InterfaceName, state: ScanState) -> Vec<usize> {
        let (was, is) = (self.was.holders(name), self.is.holders(name));
        self.about(state, |difference| match &difference.object {
            DriftObject::Interface { interface } => interface == name,
            DriftObject::Domain { domain } => was.contains(domain) != is.contains(domain),
            DriftObject::Statement { .. } | DriftObject::Device => false,
        })
    }

    /// Nothing that differs shows in a row that is in sync.
    fn about(&self, state: ScanState, concerns: impl Fn(&Difference) -> bool) -> Vec<usize> {
        if state == ScanState::InSync {
            return Vec::new();
        }
        let differences = self.scanned.differences.iter().enumerate();
        differences
            .filter(|(_, difference)| concerns(difference))
            .map(|(place, _)| place)
            .collect()
    }

    fn left_of(&self, is_meant: impl Fn(&Object) -> bool) -> Option<LeftBehind> {
        self.left.iter().find(|left| is_meant(&left.object)).cloned()
    }
}

/// What the device holds that carries nothing: by its own text, and by the records where they still say what it holds.
fn left_behind(is: &Side, known: &[Leftover]) -> Vec<LeftBehind> {
    let by_records = known.iter().map(|leftover| LeftBehind {
        object: leftover.object.clone(),
        clean_up: match &leftover.kept {
            None => CleanUp::Removes,
            Some(kept) => CleanUp::Keeps(kept.clone()),
        },
    });
    let mut left: Vec<LeftBehind> = by_records.filter(|left| is.holds(&left.object)).collect();
    for object in is.orphans() {
        if left.iter().all(|known| known.object != object) {
            left.push(LeftBehind {
                object,
                clean_up: CleanUp::NotInRecords,
            });
        }
    }
    left
}

fn instance(service: &Service) -> Instance {
    Instance {
        vlan: service_vlan(&service.attachments),
        attachments: service.attachments.len(),
    }
}
