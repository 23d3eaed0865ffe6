//! What to do about a row that is not as it should be, the best first.

use super::super::{Difference, DriftObject, Severity};
use super::{CleanUp, LeftBehind, ScanState};

/// What can be done about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    /// Take what the device holds.
    Sync,
    /// Put back what is expected, or take off what is not.
    Override,
    /// Leave it open.
    Leave,
    /// Remove what carries no service.
    CleanUp,
    /// Look at the bridge domain.
    OpenDomain,
}

/// Says what can be done, the best first: a service that suffers is put right, what nobody knows and carries nothing is
/// taken off, and anything else is taken as it is. The bridge domain can be opened where the records know it.
#[must_use]
pub fn advise(
    state: ScanState,
    differences: &[&Difference],
    left: Option<&LeftBehind>,
    knows_domain: bool,
) -> Vec<Action> {
    let mut actions = Vec::new();
    if !differences.is_empty() {
        let carries_nothing = left.is_some() && state == ScanState::NotInRecords;
        let suffers = differences.iter().any(|one| one.severity >= Severity::High);
        // Nothing that is expected of the device as a whole can be put back.
        let can_put_back = differences.iter().all(|one| one.object != DriftObject::Device);
        actions.extend(match (can_put_back, suffers || carries_nothing) {
            (false, _) => vec![Action::Sync],
            (true, true) => vec![Action::Override, Action::Sync],
            (true, false) => vec![Action::Sync, Action::Override],
        });
        actions.push(Action::Leave);
    } else if left.is_some_and(|left| left.clean_up == CleanUp::Removes) {
        actions.push(Action::CleanUp);
    }
    if knows_domain && (left.is_some() || !differences.is_empty()) {
        actions.push(Action::OpenDomain);
    }
    actions
}
