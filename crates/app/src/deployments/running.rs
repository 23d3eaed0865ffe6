//! The deployments of this process while they run, and who works on which device.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use bk_engine::deploy::{Consents, DeploymentId};
use bk_engine::plan::Plan;
use tokio_util::sync::CancellationToken;

use super::live::Live;

/// Deployments that this process runs.
#[derive(Default)]
pub(crate) struct RunningDeployments {
    all: Mutex<BTreeMap<DeploymentId, Arc<Running>>>,
    /// Held from the look at who works on a device until the next one stands among `all`.
    turn: tokio::sync::Mutex<()>,
    /// Plans that go in parts, by their first deployment.
    sequences: Mutex<BTreeSet<DeploymentId>>,
}

/// One that runs.
pub(super) struct Running {
    pub(super) plan: Plan,
    pub(super) window_minutes: u16,
    pub(super) live: Mutex<Live>,
    pub(super) cancel: CancellationToken,
    pub(super) consents: Arc<Consents>,
}

impl RunningDeployments {
    pub(super) fn get(&self, id: DeploymentId) -> Option<Arc<Running>> {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
            .cloned()
    }

    /// Waits until nobody else is about to begin, go on with or close a deployment.
    pub(super) async fn turn(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.turn.lock().await
    }

    /// The deployment that works on a device of this plan. One that this plan undoes has ended its work there.
    pub(super) fn at_work_on(&self, plan: &Plan) -> Option<DeploymentId> {
        let devices: BTreeSet<_> = plan.devices.iter().map(|step| &step.device).collect();
        let touches = |running: &Running| {
            let mut steps = running.plan.devices.iter();
            steps.any(|step| devices.contains(&step.device))
        };
        let all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        let mut others = all.iter().filter(|(id, _)| Some(**id) != plan.kind.undoes());
        others.find(|(_, running)| touches(running)).map(|(id, _)| *id)
    }

    pub(super) fn insert(&self, id: DeploymentId, running: Arc<Running>) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(id, running);
    }

    pub(super) fn sequence_began(&self, first: DeploymentId) {
        self.sequences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(first);
    }

    pub(super) fn sequence_ended(&self, first: DeploymentId) {
        self.sequences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&first);
    }

    pub(super) fn sequence_runs(&self, first: DeploymentId) -> bool {
        self.sequences
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .contains(&first)
    }

    pub(super) fn remove(&self, id: DeploymentId) {
        self.all
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}

impl Running {
    pub(super) fn live(&self) -> Live {
        self.live.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn change(&self, change: impl FnOnce(&mut Live)) {
        change(&mut self.live.lock().unwrap_or_else(PoisonError::into_inner));
    }
}
