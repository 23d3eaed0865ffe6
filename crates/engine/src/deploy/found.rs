//! What a deployment finds of others' work: which step saw it first, what of it stands against the plan, and which of
//! their commits no object shows. Pure.

use std::collections::BTreeMap;

use bk_model::DeviceName;

use super::known::{Known, OthersCommit};
use super::lines::{LineSet, is_within};
use super::report::{Cause, Drift};
use super::sight::Sight;
use super::words::Step;
use crate::drift::{Difference, DriftKind, DriftObject, DriftSource, Severity, SeverityRule};
use crate::ports::RollbackEntry;

/// What was found on one device.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Found {
    /// What first showed that another works there.
    pub source: Option<DriftSource>,
    /// All lines as preflight read them; none where this run did not.
    pub before: Option<LineSet>,
    /// Objects of the plan that stand on an old device in another way than the plan starts from.
    pub drifts: Vec<Drift>,
    /// Commits of others since preflight.
    pub commits: Vec<OthersCommit>,
    /// The device's list of commits as it was read last, newest first; none where this run did not.
    pub list: Option<Vec<RollbackEntry>>,
}

impl Found {
    /// Tells what saw a difference first. What stood there at preflight as it stands now was there before the deployment.
    /// Where no step noticed anything, the last look did: at what was committed, or at what was left.
    #[must_use]
    pub fn source_of(&self, difference: &Difference, is_new: bool) -> DriftSource {
        let stood = self.before.as_ref().is_some_and(|before| {
            let gone = |line: &String| !difference.actual.contains(line) && before.holds(line);
            difference.actual.iter().all(|line| before.holds(line)) && !difference.expected.iter().any(gone)
        });
        match (stood, self.source, is_new) {
            (true, ..) => DriftSource::Preflight,
            (false, Some(source), _) => source,
            (false, None, true) => DriftSource::Verification,
            (false, None, false) => DriftSource::DeploymentFailure,
        }
    }

    /// Says that others committed where no object that differs shows it; none where all is shown.
    ///
    /// `open` is what an open event says of earlier ones.
    #[must_use]
    pub fn unshown(&self, shown: &[Difference], open: Option<&Difference>) -> Option<Difference> {
        let mut actual = open.map(|open| open.actual.clone()).unwrap_or_default();
        let told = actual.len();
        for commit in self.commits.iter().filter(|commit| !is_shown(commit, shown)) {
            let entry = &commit.entry;
            let who = format!("{} via {} at {}", entry.user, entry.via, entry.time);
            if actual.contains(&who) {
                continue;
            }
            actual.push(who);
            if let Some(change) = &commit.change {
                actual.extend(change.signed());
            }
        }
        (actual.len() > told).then(|| Difference {
            object: DriftObject::Device,
            kind: DriftKind::ForeignCommit,
            severity: Severity::Low,
            rule: SeverityRule::AnotherCommitted,
            domains: Vec::new(),
            expected: Vec::new(),
            actual,
            taken_from: None,
        })
    }
}

/// Tells whether an object that differs holds a line of a commit. One whose change could not be read is shown by any.
fn is_shown(commit: &OthersCommit, shown: &[Difference]) -> bool {
    let Some(change) = &commit.change else {
        return !shown.is_empty();
    };
    let holds = |difference: &Difference, line: &String| {
        let paths = [difference.object.path()];
        let within = difference.object != DriftObject::Device && is_within(line, &paths);
        within || difference.expected.contains(line) || difference.actual.contains(line)
    };
    let lines = || change.added.iter().chain(&change.removed);
    shown
        .iter()
        .any(|difference| lines().any(|line| holds(difference, line)))
}

/// The cause of a deployment whose devices are all old, by what was read of them last: a step that was told of another's
/// commit, or that nothing would change, does not know the objects.
pub(super) fn as_read(cause: Cause, found: &BTreeMap<DeviceName, Found>) -> Cause {
    let Cause::Drift { drifts: told } = cause else {
        return cause;
    };
    let drifts: Vec<Drift> = found.values().flat_map(|found| found.drifts.clone()).collect();
    match (drifts.is_empty(), told.first()) {
        (true, Some(first)) => Cause::Moved {
            device: first.device.clone(),
            seen: first.actual.clone(),
        },
        _ => Cause::Drift { drifts },
    }
}

/// Takes note of the first step that showed another's work on a device.
pub(super) fn notice(known: &mut Known, step: Step, cause: Option<&Cause>, sight: Option<Sight>) {
    let stopped = matches!(
        cause,
        Some(
            Cause::Drift { .. }
                | Cause::Refused { .. }
                | Cause::CandidateNotEmpty { .. }
                | Cause::Busy { .. }
                | Cause::Moved { .. }
                | Cause::NotArmed { .. }
                | Cause::CheckFailed { .. }
        )
    );
    if stopped || !known.others.is_empty() || sight.is_some_and(|sight| sight.touched) {
        known.disturbed.get_or_insert(source_of(step));
    }
}

/// What a step is called as a source.
fn source_of(step: Step) -> DriftSource {
    match step {
        Step::PreflightRead => DriftSource::Preflight,
        Step::PrepareLines => DriftSource::CommitCheck,
        Step::ArmRecheck | Step::ArmCommit | Step::ArmProve => DriftSource::Commit,
        Step::Verify
        | Step::DecideCheck
        | Step::Confirm
        | Step::ConfirmProve
        | Step::SettleRead
        | Step::CompleteProbe
        | Step::CompleteReapply
        | Step::CompleteVerify
        | Step::CompleteClean => DriftSource::Verification,
        Step::ResolveProbe
        | Step::ResolveClean
        | Step::ResolveConfirm
        | Step::ResolveCancel
        | Step::ResolveReverse => DriftSource::DeploymentFailure,
    }
}

/// The commits of others that are provably not ours: of a login of ours only those whose change could be read.
pub(super) fn commits(known: &Known) -> Vec<OthersCommit> {
    let provable = |other: &&OthersCommit| {
        other.change.is_some() || known.user.as_ref().is_none_or(|user| other.entry.user != *user)
    };
    known.others.iter().filter(provable).cloned().collect()
}

/// The entries of those commits.
pub(crate) fn others_of(known: &Known) -> Vec<RollbackEntry> {
    commits(known).into_iter().map(|commit| commit.entry).collect()
}
