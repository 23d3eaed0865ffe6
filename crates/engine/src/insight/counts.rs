//! Events by device, kind, severity, owner, hour, committer and source. Each event counts once in each.

use std::collections::BTreeMap;

use bk_model::DeviceName;

use super::{EventFact, Facts};
use crate::drift::{DriftKind, DriftSource, Severity};

/// Whose service an event touches, by the names of the services.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Owner {
    /// One owner.
    One(String),
    /// Services of several owners.
    Several,
    /// A service whose name tells no owner, or no service.
    NotTold,
}

/// Who committed what an event shows.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Committer {
    /// This user of the device.
    One(String),
    /// One of several users who committed in between.
    OneOfSeveral,
    /// The device's list of commits does not tell.
    NotObservable,
}

/// What saw an event first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// One of those that there are.
    Known(DriftSource),
    /// A deployment, of which no more is known.
    Deployment,
    /// Something else.
    Other,
}

impl Source {
    /// Reads what an event names.
    #[must_use]
    pub fn parse(source: &str) -> Self {
        match DriftSource::parse(source) {
            Some(known) => Self::Known(known),
            None if source.starts_with("deployment ") => Self::Deployment,
            None => Self::Other,
        }
    }
}

/// How many events there were.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// In all.
    pub total: u32,
    /// By device.
    pub by_device: BTreeMap<DeviceName, u32>,
    /// By kind.
    pub by_kind: BTreeMap<DriftKind, u32>,
    /// By severity.
    pub by_severity: BTreeMap<Severity, u32>,
    /// By owner.
    pub by_owner: BTreeMap<Owner, u32>,
    /// By hour of the day, from midnight.
    pub by_hour: [u32; 24],
    /// By who committed it.
    pub by_committer: BTreeMap<Committer, u32>,
    /// By what saw it first.
    pub by_source: BTreeMap<Source, u32>,
}

impl Counts {
    pub(super) fn of(facts: &Facts<'_>) -> Self {
        let mut counts = Self::default();
        for event in facts.events.iter().filter(|event| facts.within(event.first_seen)) {
            counts.total += 1;
            *counts.by_device.entry(event.device.clone()).or_default() += 1;
            *counts.by_kind.entry(event.kind).or_default() += 1;
            *counts.by_severity.entry(event.severity).or_default() += 1;
            *counts.by_owner.entry(owner_of(event)).or_default() += 1;
            *counts.by_committer.entry(committer_of(event)).or_default() += 1;
            *counts.by_source.entry(Source::parse(&event.source)).or_default() += 1;
            if let Some(hour) = counts.by_hour.get_mut(facts.zone.hour(event.first_seen)) {
                *hour += 1;
            }
        }
        counts
    }
}

fn committer_of(event: &EventFact) -> Committer {
    match event
        .committed
        .as_ref()
        .map(|committed| committed.users.as_slice())
    {
        None | Some([]) => Committer::NotObservable,
        Some([user]) => Committer::One(user.clone()),
        Some(_) => Committer::OneOfSeveral,
    }
}

fn owner_of(event: &EventFact) -> Owner {
    let mut owners: Vec<String> = event
        .domains
        .iter()
        .filter_map(|domain| domain.facts().owner)
        .collect();
    owners.sort_unstable();
    owners.dedup();
    match owners.len() {
        0 => Owner::NotTold,
        1 => Owner::One(owners.swap_remove(0)),
        _ => Owner::Several,
    }
}
