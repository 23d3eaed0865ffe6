//! Policies: what is done about drift without asking, within a scope, until a day (DESIGN 7). Pure.

use std::collections::BTreeSet;

use bk_model::{DeviceName, NamePattern};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::{Difference, DriftKind, DriftObject, Severity};

/// The longest name of a policy, in characters.
const MAX_NAME: usize = 64;
/// How long a policy may hold, in days: what nobody looks at for longer is forgotten.
const MAX_DAYS: i64 = 366;
/// Patterns of one policy at most.
const MAX_PATTERNS: usize = 64;

/// What a policy does about an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "kebab-case")]
pub enum PolicyAction {
    /// The event stays open; nobody is asked about it.
    Leave,
    /// What the device holds is taken as what is expected.
    Sync,
    /// What is expected is put back, as a deployment.
    Override(OverrideLimits),
}

/// How far putting back may go without a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct OverrideLimits {
    /// Objects in one plan, 1 to 16.
    pub objects: u16,
    /// Lines in one plan, 1 to 100.
    pub lines: u16,
    /// Deployments in 24 hours, 1 to 24. More often than that, something else is wrong.
    pub per_day: u16,
}

/// What is done about drift without asking.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Policy {
    name: String,
    devices: Vec<NamePattern>,
    objects: Vec<NamePattern>,
    kinds: BTreeSet<DriftKind>,
    at_most: Severity,
    action: PolicyAction,
    expires: DateTime<Utc>,
}

/// What a person says of a policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyTerms {
    /// Name, 1 to 64 characters.
    pub name: String,
    /// Only on these devices; empty for all.
    pub devices: Vec<NamePattern>,
    /// Only these interfaces and bridge domains; empty for all.
    pub objects: Vec<NamePattern>,
    /// Only these kinds; empty for all.
    pub kinds: BTreeSet<DriftKind>,
    /// Only up to this severity.
    pub at_most: Severity,
    /// What is done.
    pub action: PolicyAction,
    /// Until when.
    pub expires: DateTime<Utc>,
}

/// Why terms are no policy.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum InvalidPolicy {
    /// No name, a long one, or one with control characters.
    #[error("a policy's name has 1 to {MAX_NAME} characters on one line")]
    Name,
    /// It ends before it begins, or never.
    #[error("a policy ends 1 to {MAX_DAYS} days from now")]
    Expiry,
    /// Too many patterns.
    #[error("a policy has at most {MAX_PATTERNS} devices and {MAX_PATTERNS} objects")]
    Patterns,
    /// Putting back needs objects by their names.
    #[error("a policy that puts back names its devices and its objects, without *")]
    NotNamed,
    /// Limits out of their ranges.
    #[error("a policy puts back 1 to 16 objects with 1 to 100 lines, 1 to 24 times a day")]
    Limits,
}

/// A difference on a device at a moment.
#[derive(Clone, Copy, Debug)]
pub struct Happened<'a> {
    /// The device.
    pub device: &'a DeviceName,
    /// The difference.
    pub difference: &'a Difference,
    /// When.
    pub at: DateTime<Utc>,
}

impl Policy {
    /// Takes terms as a policy.
    ///
    /// # Errors
    /// [`InvalidPolicy`] names the first reason.
    pub fn new(terms: PolicyTerms, now: DateTime<Utc>) -> Result<Self, InvalidPolicy> {
        let name = terms.name.trim();
        if name.is_empty() || name.chars().count() > MAX_NAME || name.chars().any(char::is_control) {
            return Err(InvalidPolicy::Name);
        }
        if terms.expires <= now || terms.expires - now > TimeDelta::days(MAX_DAYS) {
            return Err(InvalidPolicy::Expiry);
        }
        if terms.devices.len() > MAX_PATTERNS || terms.objects.len() > MAX_PATTERNS {
            return Err(InvalidPolicy::Patterns);
        }
        if let PolicyAction::Override(limits) = terms.action {
            let named =
                |patterns: &[NamePattern]| !patterns.is_empty() && patterns.iter().all(NamePattern::is_exact);
            if !named(&terms.devices) || !named(&terms.objects) {
                return Err(InvalidPolicy::NotNamed);
            }
            let within = (1..=16).contains(&limits.objects)
                && (1..=100).contains(&limits.lines)
                && (1..=24).contains(&limits.per_day);
            if !within {
                return Err(InvalidPolicy::Limits);
            }
        }
        Ok(Self {
            name: name.to_owned(),
            devices: terms.devices,
            objects: terms.objects,
            kinds: terms.kinds,
            at_most: terms.at_most,
            action: terms.action,
            expires: terms.expires,
        })
    }

    /// Returns its name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the devices that it is for; none for all.
    #[must_use]
    pub fn devices(&self) -> &[NamePattern] {
        &self.devices
    }

    /// Returns the objects that it is for; none for all.
    #[must_use]
    pub fn objects(&self) -> &[NamePattern] {
        &self.objects
    }

    /// Returns the kinds that it is for; none for all.
    #[must_use]
    pub fn kinds(&self) -> &BTreeSet<DriftKind> {
        &self.kinds
    }

    /// Returns the highest severity that it is for.
    #[must_use]
    pub fn at_most(&self) -> Severity {
        self.at_most
    }

    /// Returns what it does.
    #[must_use]
    pub fn action(&self) -> PolicyAction {
        self.action
    }

    /// Returns when it ends.
    #[must_use]
    pub fn expires(&self) -> DateTime<Utc> {
        self.expires
    }

    /// Tells whether it is for what happened, had it been there then. A difference of unknown meaning, or without an
    /// object, is never put back without a person.
    #[must_use]
    pub fn covers(&self, happened: Happened<'_>) -> bool {
        let difference = happened.difference;
        let any = |patterns: &[NamePattern], names: &[&str]| {
            patterns.is_empty()
                || (patterns.iter()).any(|pattern| names.iter().any(|name| pattern.matches(name)))
        };
        let object = difference.object.to_string();
        let mut names = vec![object.as_str()];
        // An interface stands for itself when it is to be put back, and for its services too when it is to be taken.
        if !matches!(self.action, PolicyAction::Override(_)) {
            names.extend(difference.domains.iter().map(bk_model::BridgeDomainName::as_str));
        }
        let can_put_back = !matches!(difference.kind, DriftKind::ForeignCommit | DriftKind::Unknown)
            && difference.object != DriftObject::Device;
        any(&self.devices, &[happened.device.as_str()])
            && any(&self.objects, &names)
            && (self.kinds.is_empty() || self.kinds.contains(&difference.kind))
            && difference.severity <= self.at_most
            && (can_put_back || !matches!(self.action, PolicyAction::Override(_)))
    }
}

/// Picks the policy that decides about what happened: of those in force that are for it, the most cautious (leave, then
/// sync, then put back), and of these the first.
#[must_use]
pub fn decide<'a, Id: Copy>(
    policies: &'a [(Id, Policy)],
    happened: Happened<'_>,
) -> Option<(Id, &'a Policy)> {
    let caution = |policy: &Policy| match policy.action {
        PolicyAction::Leave => 0,
        PolicyAction::Sync => 1,
        PolicyAction::Override(_) => 2,
    };
    let in_force = policies
        .iter()
        .filter(|(_, policy)| happened.at < policy.expires && policy.covers(happened));
    let (id, policy) = in_force.min_by_key(|(_, policy)| caution(policy))?;
    Some((*id, policy))
}

/// What a policy would have done about an event of the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Would {
    /// Not for it.
    NotCovered,
    /// It would have done what it does.
    Act,
    /// It would have reached the limit of a plan or of a day, and asked.
    Ask,
}

/// Tells for each event of the past, in the order of time, what a policy would have done. Events of one moment are put
/// back in one plan.
#[must_use]
pub fn dry_run(policy: &Policy, past: &[Happened<'_>]) -> Vec<Would> {
    let mut would = vec![Would::NotCovered; past.len()];
    let covered: Vec<usize> = (0..past.len()).filter(|at| policy.covers(past[*at])).collect();
    let mut deployments: Vec<DateTime<Utc>> = Vec::new();
    for together in covered.chunk_by(|a, b| past[*a].at == past[*b].at) {
        let at = past[together[0]].at;
        let acts = match policy.action {
            PolicyAction::Leave | PolicyAction::Sync => true,
            PolicyAction::Override(limits) => {
                let lines: usize = together
                    .iter()
                    .map(|one| lines_to_put_back(past[*one].difference))
                    .sum();
                deployments.retain(|before| at - *before < TimeDelta::days(1));
                let within = limits.over(together.len(), lines, deployments.len()).is_none();
                if within {
                    deployments.push(at);
                }
                within
            }
        };
        for one in together {
            would[*one] = if acts { Would::Act } else { Would::Ask };
        }
    }
    would
}

/// A limit that a plan is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OverLimit {
    /// So many objects.
    Objects(usize),
    /// So many lines.
    Lines(usize),
    /// So many deployments in the last 24 hours.
    PerDay(usize),
}

impl OverrideLimits {
    /// Tells which limit a plan of so many objects and lines is over, after so many deployments in the last 24 hours; none
    /// if it is within all.
    #[must_use]
    pub fn over(self, objects: usize, lines: usize, today: usize) -> Option<OverLimit> {
        if objects > usize::from(self.objects) {
            Some(OverLimit::Objects(objects))
        } else if lines > usize::from(self.lines) {
            Some(OverLimit::Lines(lines))
        } else if today >= usize::from(self.per_day) {
            Some(OverLimit::PerDay(today))
        } else {
            None
        }
    }
}

/// How many lines differ: as many as a plan would send at most.
fn lines_to_put_back(difference: &Difference) -> usize {
    let missing = |of: &[String], on: &[String]| of.iter().filter(|line| !on.contains(line)).count();
    missing(&difference.expected, &difference.actual) + missing(&difference.actual, &difference.expected)
}

#[cfg(test)]
mod tests;
