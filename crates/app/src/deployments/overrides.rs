//! Going on after drift: over it, or with what is left once it was taken.

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{Tree, apply};
use bk_engine::deploy::{ChildOf, DeploymentId, Drift, Policy};
use bk_engine::drift::{DriftObject, objects_as_in};
use bk_engine::fabric::DeviceRecord;
use bk_engine::plan::{Plan, PlanKind};
use bk_store::Decided;

use super::choice::Choice;
use super::not_offered;
use super::run::{Decision, Start};
use crate::app::App;
use crate::drafts::{DraftBehind, Settles, plan_of, replay};
use crate::drift::decided;
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::restore::restore_between;
use crate::views::{ChoiceView, DeploymentDetail, DeploymentStatus, PlanView};

/// What goes on over drift.
struct Over {
    plan: Plan,
    /// The plan that turned back.
    first: Plan,
    /// The draft that it carries out, for an edit.
    behind: Option<DraftBehind>,
    drifts: Vec<Drift>,
}

impl App {
    /// What can be done about drift besides reading: going over it, or going on once nothing of it is open any more.
    pub(super) async fn offer_on_drift(
        &self,
        id: DeploymentId,
        drifts: &[Drift],
    ) -> Result<Vec<ChoiceView>, AppError> {
        if self.open_of(drifts).await?.is_empty() && self.left_to_do(id).await?.is_some() {
            return Ok(vec![self.offer_continue(id).await?]);
        }
        let objects: BTreeSet<String> = drifts
            .iter()
            .map(|drift| format!("{} on {}", DriftObject::of_path(&drift.object), drift.device))
            .collect();
        let objects: Vec<String> = objects.into_iter().collect();
        let (consequence, refused) = match self.over(id).await {
            Ok(over) => (
                format!(
                    "Deploys plan {}: {} on {}. What another put there is overwritten: {}.",
                    over.plan.hash,
                    counted(number(over.plan.line_count()), "line"),
                    counted(number(over.plan.devices.len()), "device"),
                    objects.join(", ")
                ),
                None,
            ),
            Err(error) => (
                "Deploys the same change over what another put there.".to_owned(),
                Some(error.view().sentence),
            ),
        };
        Ok(vec![ChoiceView {
            choice: Choice::Override.word(),
            label: "Override".to_owned(),
            consequence,
            refused,
        }])
    }

    async fn offer_continue(&self, id: DeploymentId) -> Result<ChoiceView, AppError> {
        let left = self.left_to_do(id).await?;
        let (consequence, refused) = match left {
            Some((_, Ok(plan))) if plan.is_empty() => (
                "The devices hold the whole change by now. Deploying closes the draft; nothing is sent."
                    .to_owned(),
                None,
            ),
            Some((_, Ok(plan))) => (
                format!(
                    "The records hold what the devices hold. Deploys plan {}: {} on {}.",
                    plan.hash,
                    counted(number(plan.line_count()), "line"),
                    counted(number(plan.devices.len()), "device")
                ),
                None,
            ),
            Some((_, Err(error))) => ("Plans the draft anew.".to_owned(), Some(error.view().sentence)),
            None => (
                "Plans the draft anew.".to_owned(),
                Some("The draft has ended.".to_owned()),
            ),
        };
        Ok(ChoiceView {
            choice: Choice::Continue.word(),
            label: "Continue with what is left".to_owned(),
            consequence,
            refused,
        })
    }

    /// The draft that a deployment carried out and its plan on the records of now; none if it has ended.
    async fn left_to_do(
        &self,
        id: DeploymentId,
    ) -> Result<Option<(String, Result<Plan, AppError>)>, AppError> {
        let stored = self.store().deployments().get(id).await?;
        let Some(open) = self.store().drafts().open_of(&stored.domain).await? else {
            return Ok(None);
        };
        let base = self.base().await?;
        let draft = replay(&open)?;
        let work = move || plan_of(&base, &draft).map_err(Box::new);
        let plan = tokio::task::spawn_blocking(work)
            .await
            .expect("planning does not panic");
        Ok(Some((open.id.0, plan.map_err(AppError::from))))
    }

    /// Makes and stores the plan that going over drift, or going on after it, would run.
    pub(super) async fn plan_after_drift(
        &self,
        id: DeploymentId,
        choice: &Choice,
    ) -> Result<PlanView, AppError> {
        if *choice == Choice::Override {
            let over = self.over(id).await?;
            self.keep_over(&over).await?;
            return self.plan_get(over.plan.hash.to_hex()).await;
        }
        match self.left_to_do(id).await? {
            Some((draft, _)) => self.plan_make(draft).await,
            None => Err(not_offered(&choice.word(), "the draft has ended")),
        }
    }

    async fn keep_over(&self, over: &Over) -> Result<(), AppError> {
        let draft = over.behind.as_ref().map(|behind| behind.id.clone());
        self.keep_plan(&over.plan, draft).await
    }

    /// Deploys what is left in the draft, on the records of now.
    pub(super) async fn continue_rest(&self, id: DeploymentId) -> Result<DeploymentDetail, AppError> {
        let Some((draft, _)) = self.left_to_do(id).await? else {
            return Err(not_offered("continue", "the draft has ended"));
        };
        let plan = self.plan_make(draft).await?;
        let options = self.options_of(id).await?;
        self.deployment_start(plan.hash, options).await
    }

    /// Deploys the change of a deployment that turned back over what drifted.
    pub(super) async fn start_override(
        &self,
        id: DeploymentId,
        why: String,
    ) -> Result<DeploymentId, AppError> {
        let over = self.over(id).await?;
        let lock = self.lock_deployments()?;
        self.keep_over(&over).await?;
        let start = Start {
            window_minutes: self.options_of(id).await?.window_minutes,
            policy: Policy::AllOrNothing,
            child_of: Some(ChildOf {
                deployment: id,
                left_out: Vec::new(),
            }),
            settles: over
                .behind
                .as_ref()
                .map(|behind| Settles::new(behind, &over.first)),
            place: None,
            decision: Some(Decision {
                events: self.open_of(&over.drifts).await?,
                choice: Decided::Override,
                why,
                policy: None,
            }),
        };
        let (begun, _) = self.begin_deployment(over.plan, start, lock).await?;
        Ok(begun)
    }

    /// The open events of what a deployment found.
    pub(super) async fn open_of(&self, drifts: &[Drift]) -> Result<Vec<bk_store::Drift>, AppError> {
        let mut open = self.store().drifts().open().await?;
        open.retain(|event| drifts.iter().any(|drift| concerns(event, drift)));
        Ok(open)
    }

    /// The plan that leads from what was read last to what the first plan leads to, in every object that drifted or that
    /// it changes; all other objects stay as they were read.
    async fn over(&self, id: DeploymentId) -> Result<Over, AppError> {
        let stored = self.store().deployments().get(id).await?;
        let status = self.status_now(&stored);
        if !matches!(status, DeploymentStatus::Refused | DeploymentStatus::Aborted) {
            return Err(not_offered("override", "not every device is proven old"));
        }
        let drifts = self.archived_drifts(id).await?;
        if drifts.is_empty() {
            return Err(not_offered("override", "nothing drifted"));
        }
        let first = self.stored_plan(&stored.plan).await?.plan;
        let behind = match first.kind {
            PlanKind::Edit => Some(self.behind(&first).await?),
            PlanKind::Undo { .. } | PlanKind::CleanUp | PlanKind::Restore => None,
        };
        let events = self.open_of(&drifts).await?;
        let base = self.base().await?;
        let mut records: Vec<DeviceRecord> = base
            .devices
            .values()
            .map(|device| device.record.clone())
            .collect();
        let mut wanted = BTreeMap::new();
        for step in &first.devices {
            let Some(record) = records.iter_mut().find(|record| record.name == step.device) else {
                continue;
            };
            let target = apply(&record.tree, &step.forward).map_err(|_| AppError::BaseMoved {
                device: step.device.clone(),
            })?;
            let own = |drift: &&Drift| drift.device == step.device;
            if drifts.iter().any(|drift| own(&drift)) {
                let read = self.tree_at(&step.device, self.now()).await?;
                record.tree = read.ok_or_else(|| AppError::not_known("read of", step.device.as_str()))?;
            }
            let drifted = drifts
                .iter()
                .filter(own)
                .map(|drift| DriftObject::of_path(&drift.object));
            let open = (events.iter().filter(|event| event.device == step.device))
                .map(|event| event.difference.object.clone());
            let mut objects: BTreeSet<DriftObject> =
                drifted.chain(open).chain(decided(&first, &step.device)).collect();
            // An instance that is gone took its members with it.
            let gone: Vec<DriftObject> = (objects.iter())
                .flat_map(|object| members_gone(object, &record.tree, &target))
                .collect();
            objects.extend(gone);
            let objects: Vec<DriftObject> = objects.into_iter().collect();
            wanted.insert(
                step.device.clone(),
                objects_as_in(&record.tree, &target, &objects),
            );
        }
        let plan = restore_between(records, wanted).await?;
        Ok(Over {
            plan,
            first,
            behind,
            drifts,
        })
    }
}

/// The members that an instance is to have, where the device holds nothing of it any more.
fn members_gone(object: &DriftObject, now: &Tree, target: &Tree) -> Vec<DriftObject> {
    let DriftObject::Domain { .. } = object else {
        return Vec::new();
    };
    let path = object.path();
    let of_it = |line: &str| line == path || line.starts_with(&format!("{path} "));
    if now.leaves().any(|leaf| of_it(leaf.path.as_str())) {
        return Vec::new();
    }
    let member = format!("{path} interface ");
    let lines = target.leaves().map(|leaf| leaf.path.as_str().to_owned());
    lines
        .filter(|line| line.starts_with(&member))
        .map(|line| DriftObject::of_path(&line))
        .collect()
}

/// Tells whether an event is of what a deployment found: the same object, or a line of its own within the other.
fn concerns(event: &bk_store::Drift, drift: &Drift) -> bool {
    let difference = &event.difference;
    let mut lines = difference.expected.iter().chain(&difference.actual);
    let within = |line: &String| {
        let rest = line.strip_prefix(drift.object.as_str());
        !drift.object.is_empty() && rest.is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
    };
    drift.device == event.device
        && (DriftObject::of_path(&drift.object) == difference.object || lines.any(within))
}
