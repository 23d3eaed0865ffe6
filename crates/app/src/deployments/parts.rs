//! Child plans, and plans in parts: each part a deployment of its own, one after the other.

use bk_engine::deploy::{Cause, ChildOf, DeploymentId, Drift, Policy};
use bk_engine::drift::{DriftKind, DriftObject};
use bk_engine::plan::{Base, Child, LeftOut, Part, Plan, of_part, parts, without};
use bk_engine::recovery;
use bk_store::{Decided, DraftId};
use futures::FutureExt;
use futures::future::BoxFuture;
use serde::{Deserialize, Serialize};
use tokio::task::JoinHandle;

use super::choice::Choice;
use super::run::{Decision, Ended, Start};
use super::{not_offered, show};
use crate::app::App;
use crate::drafts::{DraftBehind, Settles, draft_behind};
use crate::errors::AppError;
use crate::events::{AppEvent, Topic};
use crate::present::{counted, number};
use crate::views::{self, DeployOptions, DeploymentStatus, PartState, PartView, PlanView, SequenceView};

/// A part of a sequence as it is filed away with its deployment, before anything is sent.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(super) struct Place {
    /// The first deployment of the sequence; none for the first itself.
    first: Option<u32>,
    policy: Policy,
    parts: Vec<Part>,
    /// Which of the parts this deployment is.
    index: usize,
}

/// How a sequence ended: why a part was not begun.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct End {
    refused: Vec<(usize, String)>,
}

/// A sequence while it runs.
struct Sequence {
    first: DeploymentId,
    policy: Policy,
    parts: Vec<Part>,
    behind: DraftBehind,
    whole: Plan,
    window_minutes: u16,
    end: End,
}

pub(super) fn policy_of(policy: views::Policy) -> Policy {
    match policy {
        views::Policy::AllOrNothing => Policy::AllOrNothing,
        views::Policy::StopOnFirst => Policy::StopOnFirst,
        views::Policy::Independent => Policy::Independent,
    }
}

fn policy_view(policy: Policy) -> views::Policy {
    match policy {
        Policy::AllOrNothing => views::Policy::AllOrNothing,
        Policy::StopOnFirst => views::Policy::StopOnFirst,
        Policy::Independent => views::Policy::Independent,
    }
}

impl App {
    /// Makes and stores the plan that a choice of a deployment would run: `continue-without:DEVICE`, `skip`, `override` or
    /// `continue`.
    ///
    /// # Errors
    /// [`AppError::NotSeparable`] with the reason; [`AppError::DraftMoved`] if draft or records changed since;
    /// [`AppError::BadInput`] if the deployment does not offer it.
    pub async fn deployment_child(&self, deployment: u32, choice: String) -> Result<PlanView, AppError> {
        let (id, choice) = (DeploymentId(deployment), Choice::parse(&choice)?);
        if matches!(choice, Choice::Override | Choice::Continue) {
            return self.plan_after_drift(id, &choice).await;
        }
        let (child, behind) = self.child_plan(id, &choice).await?;
        self.keep_plan(&child.plan, Some(behind.id)).await?;
        self.plan_get(child.plan.hash.to_hex()).await
    }

    /// Plans what is left of a deployment that turned back.
    pub(super) async fn child_plan(
        &self,
        id: DeploymentId,
        choice: &Choice,
    ) -> Result<(Child, DraftBehind), AppError> {
        let stored = self.store().deployments().get(id).await?;
        let status = self.status_now(&stored);
        if !matches!(status, DeploymentStatus::Refused | DeploymentStatus::Aborted) {
            return Err(not_offered(&choice.word(), "not every device is proven old"));
        }
        let out: Vec<LeftOut> = match choice {
            Choice::ContinueWithout(device) => vec![LeftOut::Device(device.clone())],
            Choice::Skip => {
                let drifts = self.archived_drifts(id).await?;
                if drifts.is_empty() {
                    return Err(not_offered("skip", "nothing drifted"));
                }
                let object = |drift: Drift| LeftOut::Object {
                    // A tag is taken by an object that is not of the plan: what goes is ours that wants the tag.
                    object: match drift.kind {
                        DriftKind::VlanConflict => DriftObject::of_path(drift.expected.trim_end()).path(),
                        _ => drift.object,
                    },
                    device: drift.device,
                };
                drifts.into_iter().map(object).collect()
            }
            other => return Err(not_offered(&other.word(), "it makes no plan")),
        };
        let plan = self.stored_plan(&stored.plan).await?.plan;
        let base = self.base().await?;
        let behind = self.behind(&plan).await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let child = without(on, &behind.draft, &plan, &out)?;
        Ok((child, behind))
    }

    /// The draft of which `plan` is the whole plan.
    pub(super) async fn behind(&self, plan: &Plan) -> Result<DraftBehind, AppError> {
        plan.kind.separable()?;
        let base = self.base().await?;
        draft_behind(self, &base, plan)
            .await?
            .ok_or_else(|| AppError::DraftMoved {
                domain: plan.subject().to_owned(),
            })
    }

    /// Goes on with a part of a deployment that turned back, as a deployment of its own.
    pub(super) async fn start_child(
        &self,
        id: DeploymentId,
        choice: &Choice,
        why: String,
    ) -> Result<DeploymentId, AppError> {
        let (child, behind) = self.child_plan(id, choice).await?;
        let lock = self.lock_deployments()?;
        self.keep_plan(&child.plan, Some(behind.id.clone())).await?;
        let settles = Settles::new(&behind, &child.plan);
        let mut drifts = self.archived_drifts(id).await?;
        if let Choice::ContinueWithout(device) = choice {
            drifts.retain(|drift| drift.device == *device);
        }
        let decision = Decision {
            events: self.open_of(&drifts).await?,
            choice: Decided::Skip,
            why,
            policy: None,
        };
        let left_out = child.left_out.iter().map(|change| change.as_str().to_owned());
        let start = Start {
            window_minutes: self.options_of(id).await?.window_minutes,
            policy: Policy::AllOrNothing,
            child_of: Some(ChildOf {
                deployment: id,
                left_out: left_out.collect(),
            }),
            settles: Some(settles),
            place: None,
            decision: Some(decision),
        };
        let (begun, _) = self.begin_deployment(child.plan, start, lock).await?;
        Ok(begun)
    }

    /// Refuses a plan that touches a device of a deployment that runs or did not end.
    pub(super) async fn refuse_occupied(&self, plan: &Plan) -> Result<(), AppError> {
        if let Some(other) = self.running_deployments().at_work_on(plan) {
            return Err(AppError::RunsAlready { deployment: other.0 });
        }
        for open in recovery::classify(&self.store().journal()).await? {
            if plan
                .devices
                .iter()
                .any(|step| open.device(&step.device).is_some())
            {
                return Err(AppError::InDoubtFirst {
                    deployment: open.deployment.0,
                });
            }
        }
        Ok(())
    }

    /// Begins the parts of a plan, one after the other.
    pub(super) async fn start_in_parts(
        &self,
        whole: Plan,
        options: &DeployOptions,
    ) -> Result<DeploymentId, AppError> {
        let behind = self.behind(&whole).await?;
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let parts = parts(on, &behind.draft, &whole)?;
        let mut sequence = Sequence {
            first: DeploymentId(0),
            policy: policy_of(options.policy),
            parts,
            behind,
            whole,
            window_minutes: options.window_minutes,
            end: End::default(),
        };
        let (first, ended) = self.begin_part(&sequence, 0, None).await?;
        sequence.first = first;
        self.running_deployments().sequence_began(first);
        tokio::spawn(self.clone().run_parts(sequence, ended));
        Ok(first)
    }

    async fn begin_part(
        &self,
        sequence: &Sequence,
        index: usize,
        first: Option<DeploymentId>,
    ) -> Result<(DeploymentId, JoinHandle<Ended>), AppError> {
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let part = &sequence.parts[index];
        let plan = of_part(on, &sequence.behind.draft, &sequence.whole, part)?;
        drop(trees);
        let lock = self.lock_deployments()?;
        self.keep_plan(&plan, Some(DraftId(sequence.behind.id.0.clone())))
            .await?;
        let start = Start {
            window_minutes: sequence.window_minutes,
            policy: sequence.policy,
            child_of: None,
            settles: Some(Settles::new(&sequence.behind, &plan)),
            place: Some(Place {
                first: first.map(|id| id.0),
                policy: sequence.policy,
                parts: sequence.parts.clone(),
                index,
            }),
            decision: None,
        };
        self.begin_deployment(plan, start, lock).await
    }

    /// Follows the parts to the end. What ends it early: a person's abort, a part that stopped in doubt or at a defect
    /// under *stop on first*, and the end of this process; then the later parts are not begun and stay in the draft.
    fn run_parts(self, mut sequence: Sequence, ended: JoinHandle<Ended>) -> BoxFuture<'static, ()> {
        async move {
            let first = sequence.first;
            let mut now = 0;
            let mut handle = Some(ended);
            while now < sequence.parts.len() {
                let goes_on = match handle.take() {
                    Some(handle) => match handle.await {
                        // Before all else: an abort after the decision ends with a part that holds, and is rolled back.
                        Ok(Ended { by_person: true, .. }) => false,
                        Ok(Ended { holds: true, .. }) => {
                            let vlan = sequence.whole.vlan_before;
                            let changes = &sequence.parts[now].changes;
                            sequence.behind.draft.settle(changes, vlan);
                            true
                        }
                        Ok(Ended { holds: false, .. }) => sequence.policy == Policy::Independent,
                        Err(_) => false,
                    },
                    None => sequence.policy == Policy::Independent,
                };
                if !goes_on {
                    break;
                }
                now += 1;
                if now == sequence.parts.len() {
                    break;
                }
                match self.begin_part(&sequence, now, Some(first)).await {
                    Ok((_, ended)) => handle = Some(ended),
                    Err(error) => sequence.end.refused.push((now, error.view().sentence)),
                }
            }
            let body = serde_json::to_string(&sequence.end).expect("an end is JSON");
            let deployments = self.store().deployments();
            if let Err(error) = deployments
                .archive(first, "sequence-end", &body, self.now())
                .await
            {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    "the end of a sequence could not be stored"
                );
            }
            self.running_deployments().sequence_ended(first);
            self.changed(&[Topic::Deployments, Topic::Status]);
            self.emit(AppEvent::DeploymentChanged { deployment: first.0 });
        }
        .boxed()
    }

    /// Tells how the sequence of a deployment stands.
    pub(super) async fn sequence_of(&self, id: DeploymentId) -> Result<Option<SequenceView>, AppError> {
        let Some(place) = self.place_of(id).await? else {
            return Ok(None);
        };
        let first = place.first.map_or(id, DeploymentId);
        let mut begun = vec![None; place.parts.len()];
        for stored in self.store().deployments().list().await? {
            if stored.id < first {
                continue;
            }
            let Some(other) = self.place_of(stored.id).await? else {
                continue;
            };
            if other.first.map_or(stored.id, DeploymentId) == first {
                begun[other.index] = Some(show::row(&stored, self.status_now(&stored), self.now()));
            }
        }
        let running = self.running_deployments().sequence_runs(first);
        let end: End = match self.store().deployments().archived(first, "sequence-end").await? {
            Some(text) => serde_json::from_str(&text).unwrap_or_default(),
            None => End::default(),
        };
        let refused = |index: usize| {
            let found = end.refused.iter().find(|(at, _)| *at == index);
            found.map(|(_, sentence)| sentence.clone())
        };
        let part = |(index, part): (usize, &Part)| {
            let (deployment, state, sentence) = match (&begun[index], refused(index)) {
                (Some(row), _) => (Some(row.id), part_state(row.status), row.sentence.clone()),
                (None, Some(why)) => (None, PartState::Refused, why),
                (None, None) if running => (None, PartState::Waiting, "Its turn has not come.".to_owned()),
                (None, None) => (
                    None,
                    PartState::NotBegun,
                    "Not begun: nothing was sent, its edits stay in the draft.".to_owned(),
                ),
            };
            PartView {
                devices: part.devices.iter().map(ToString::to_string).collect(),
                deployment,
                state,
                sentence,
            }
        };
        let parts: Vec<PartView> = place.parts.iter().enumerate().map(part).collect();
        Ok(Some(SequenceView {
            policy: policy_view(place.policy),
            sentence: sequence_sentence(&parts),
            running,
            parts,
        }))
    }

    /// Deploys what is left in the draft of a sequence that ended, under the same policy.
    pub(super) async fn go_on(&self, id: DeploymentId) -> Result<views::DeploymentDetail, AppError> {
        let place = self
            .place_of(id)
            .await?
            .ok_or_else(|| not_offered("go-on", "it is no part of a sequence"))?;
        let first = place.first.map_or(id, DeploymentId);
        if self.running_deployments().sequence_runs(first) {
            return Err(not_offered("go-on", "the sequence still runs"));
        }
        let stored = self.store().deployments().get(id).await?;
        let open = self.store().drafts().open_of(&stored.domain).await?;
        let draft = open.ok_or_else(|| not_offered("go-on", "nothing is left in the draft"))?;
        let plan = self.plan_make(draft.id.0).await?;
        let options = DeployOptions {
            policy: policy_view(place.policy),
            ..self.options_of(id).await?
        };
        self.deployment_start(plan.hash, options).await
    }

    async fn place_of(&self, id: DeploymentId) -> Result<Option<Place>, AppError> {
        let text = self.store().deployments().archived(id, "sequence").await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// What stood against the plan of a deployment that turned back, object by object, as it was filed away.
    pub(super) async fn archived_drifts(&self, id: DeploymentId) -> Result<Vec<Drift>, AppError> {
        let text = self.store().deployments().archived(id, "drifts").await?;
        if let Some(drifts) = text.and_then(|text| serde_json::from_str(&text).ok()) {
            return Ok(drifts);
        }
        Ok(match self.archived_cause(id).await? {
            Some(Cause::Drift { drifts }) => drifts,
            _ => Vec::new(),
        })
    }

    /// Why a deployment turned back, as it was filed away.
    pub(super) async fn archived_cause(&self, id: DeploymentId) -> Result<Option<Cause>, AppError> {
        let text = self.store().deployments().archived(id, "cause").await?;
        Ok(text.and_then(|text| serde_json::from_str(&text).ok()))
    }
}

fn part_state(status: DeploymentStatus) -> PartState {
    match status {
        DeploymentStatus::Running => PartState::Running,
        DeploymentStatus::Verified | DeploymentStatus::NothingToDo => PartState::Holds,
        DeploymentStatus::Refused | DeploymentStatus::Aborted => PartState::Old,
        DeploymentStatus::InDoubt => PartState::InDoubt,
    }
}

/// Counts the parts by how they stand.
fn sequence_sentence(parts: &[PartView]) -> String {
    let count =
        |wanted: &[PartState]| number(parts.iter().filter(|part| wanted.contains(&part.state)).count());
    let all = counted(number(parts.len()), "part");
    let mut words = vec![format!("{} of {all} hold", count(&[PartState::Holds]))];
    for (states, said) in [
        (&[PartState::Running][..], "runs"),
        (&[PartState::Waiting], "waiting"),
        (&[PartState::Old, PartState::Refused], "old"),
        (&[PartState::InDoubt], "in doubt"),
        (&[PartState::NotBegun], "not begun"),
    ] {
        match count(states) {
            0 => {}
            some => words.push(format!("{some} {said}")),
        }
    }
    format!("{}.", words.join(", "))
}
