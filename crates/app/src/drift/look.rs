//! A read is looked through for drift, whoever reads.

use bk_config::{Tree, apply};
use bk_engine::deploy::{self, DeploymentId};
use bk_engine::drift::{Difference, DriftObject, DriftSource, Seen, compare, overlay};
use bk_engine::plan::Plan;
use bk_engine::ports::{ReadScope, RollbackEntry};
use bk_model::DeviceName;
use bk_store::{Drift, Found, Sighting, Snapshot};

use crate::app::App;
use crate::base::Base;
use crate::errors::AppError;
use crate::events::Topic;

/// A read that is looked through for drift.
pub(crate) struct Look<'a> {
    /// The read, as it was stored.
    pub(crate) snapshot: &'a Snapshot,
    /// What was believed before it.
    pub(crate) base: &'a Base,
    /// By what.
    pub(crate) by: Reader<'a>,
    /// Objects that a deployment decided.
    pub(crate) deployed: &'a [DriftObject],
    /// The device's list of commits as it was read beside it, if it was.
    pub(crate) commits: Option<&'a [RollbackEntry]>,
}

/// By what a device was read.
#[derive(Clone, Copy)]
pub(crate) enum Reader<'a> {
    /// A discovery or a check.
    Reading(DriftSource),
    /// A deployment, with what it found there.
    Deployment {
        id: DeploymentId,
        plan: &'a Plan,
        stands: Stands,
        found: &'a deploy::Found,
    },
}

/// How a deployment left a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stands {
    /// Its change is not there.
    Old,
    /// Its change is there.
    New,
    /// Its change is there but for what another put in place of it.
    Touched,
}

impl Reader<'_> {
    /// What saw a difference first.
    fn source_of(self, difference: &Difference) -> String {
        match self {
            Self::Reading(source) => source.to_string(),
            Self::Deployment {
                id, stands, found, ..
            } => {
                format!(
                    "deployment {id}, {}",
                    found.source_of(difference, stands != Stands::Old)
                )
            }
        }
    }

    /// What the device was to become; none where nothing was to be made of it.
    fn planned(self, device: &DeviceName, record: &Tree) -> Option<Tree> {
        let Self::Deployment { plan, .. } = self else {
            return None;
        };
        let step = plan.devices.iter().find(|step| step.device == *device)?;
        apply(record, &step.forward).ok()
    }

    /// What is expected of the device in place of its record.
    fn expected(self, device: &DeviceName, record: &Tree) -> Option<Tree> {
        match self {
            Self::Deployment {
                stands: Stands::Touched,
                ..
            } => self.planned(device, record),
            _ => None,
        }
    }

    /// What others committed on the device and no object shows.
    fn unshown(self, shown: &[Difference], open: &[Drift]) -> Option<Difference> {
        let Self::Deployment { found, .. } = self else {
            return None;
        };
        let open = open.iter().map(|event| &event.difference);
        found.unshown(
            shown,
            open.into_iter().find(|one| one.object == DriftObject::Device),
        )
    }
}

impl App {
    /// Looks through a read for what differs from what is expected, and keeps the events. The first read of a device
    /// differs from nothing.
    pub(crate) async fn look_for_drift(&self, look: Look<'_>) -> Result<(), AppError> {
        let device = &look.snapshot.device;
        if look.snapshot.scope != ReadScope::L2 {
            return Ok(());
        }
        let Some(known) = look.base.devices.get(device) else {
            return Ok(());
        };
        let drifts = self.store().drifts();
        let open = drifts.open_on(device).await?;
        let found = if known.snapshot.hash == look.snapshot.hash && open.is_empty() {
            Vec::new()
        } else {
            let live = Tree::read(&self.store().snapshots().text(look.snapshot.id).await?).0;
            let kept = open
                .iter()
                .filter(|event| !look.deployed.contains(&event.difference.object));
            let expected = kept.map(|event| (&event.difference.object, event.difference.expected.as_slice()));
            let instead = look.by.expected(device, &known.record.tree);
            let expectation = overlay(instead.as_ref().unwrap_or(&known.record.tree), expected);
            let planned = look.by.planned(device, &known.record.tree);
            let seen = Seen {
                device,
                fabric: &look.base.reading.fabric,
                planned: planned.as_ref(),
            };
            let mut found = compare(&expectation, &live, seen);
            found.retain(|difference| !look.deployed.contains(&difference.object));
            for one in &mut found {
                // Whoever saw it first may have known more of it: what was planned there.
                let same = |event: &&Drift| event.difference.is_of_same_lines(one);
                if let Some(event) = open.iter().find(same) {
                    *one = event.difference.clone();
                }
            }
            found
        };
        let unshown = look.by.unshown(&found, &open);
        let found = self
            .with_commits(&look, found.into_iter().chain(unshown), &open)
            .await?;
        if found.is_empty() && open.is_empty() {
            return Ok(());
        }
        if !found.is_empty() {
            self.sync_queue().add(device, self.clock().since_boot());
        }
        let by = self.user().await?;
        drifts
            .see(&Sighting {
                device,
                at: look.snapshot.at,
                by: &by,
                record: Some(known.snapshot.id),
                live: look.snapshot.id,
                found: &found,
                deployed: look.deployed,
            })
            .await?;
        self.changed(&[Topic::Drift]);
        Ok(())
    }

    /// Differences with what saw them first and whose commit they came with, as far as they are news beside the open events.
    async fn with_commits(
        &self,
        look: &Look<'_>,
        found: impl Iterator<Item = Difference>,
        open: &[Drift],
    ) -> Result<Vec<Found>, AppError> {
        // All that is new came since the same read.
        let mut of_new = None;
        let mut with = Vec::new();
        for difference in found {
            let event = open
                .iter()
                .find(|event| event.difference.object == difference.object);
            let committed = match (event, &of_new) {
                // The store keeps what was known of these very lines.
                (Some(event), _) if event.difference.is_of_same_lines(&difference) => None,
                (None, Some(known)) => Option::clone(known),
                (event, _) => self.committed(look.snapshot, look.commits, event).await?,
            };
            if event.is_none() {
                of_new.get_or_insert_with(|| committed.clone());
            }
            with.push(Found {
                source: look.by.source_of(&difference),
                difference,
                committed,
            });
        }
        Ok(with)
    }
}
