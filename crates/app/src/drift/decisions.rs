//! Decisions about drift: taken by a person or a policy, and kept with who, why, before and after.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use bk_engine::deploy::DeploymentId;
use bk_engine::plan::{Plan, PlanHash, PlanKind};
use bk_store::{Decided, Decision, Drift, DriftId, NewDecision, PolicyId};

use super::{decided, show};
use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::time;
use crate::views::{self, DriftDecisionView, DriftLeft};

/// Decisions that are listed.
const LISTED: u32 = 500;
/// The longest reason, in characters.
const MAX_WHY: usize = 500;

/// What is decided about events, and by whom.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Verdict<'a> {
    pub(crate) choice: Decided,
    /// In a person's words, or what the policy that decided says of itself.
    pub(crate) why: &'a str,
    pub(crate) policy: Option<PolicyId>,
    pub(crate) deployment: Option<DeploymentId>,
}

impl<'a> Verdict<'a> {
    /// A person decides.
    pub(crate) fn of_person(choice: Decided, why: &'a str) -> Self {
        Self {
            choice,
            why,
            policy: None,
            deployment: None,
        }
    }
}

/// Why a person wants plans that were not started yet, by plan; the last few.
#[derive(Default)]
pub(crate) struct Reasons(Mutex<VecDeque<(PlanHash, String)>>);

impl Reasons {
    const KEPT: usize = 32;

    pub(super) fn note(&self, plan: PlanHash, why: String) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|(other, _)| *other != plan);
        all.push_back((plan, why));
        while all.len() > Self::KEPT {
            all.pop_front();
        }
    }

    /// Empty where none was given.
    pub(crate) fn of(&self, plan: &PlanHash) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let found = all.iter().find(|(other, _)| other == plan);
        found.map(|(_, why)| why.clone()).unwrap_or_default()
    }
}

impl App {
    /// Leaves events open as they are: they ask for nothing until their objects change again.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] for a number without an open event; [`AppError::BadInput`] for a reason that is too long.
    pub async fn drift_leave(&self, ids: Vec<u32>, why: Option<String>) -> Result<(), AppError> {
        let why = reason(why)?;
        let events = self.open_drifts(&ids).await?;
        self.decide(&events, Verdict::of_person(Decided::Leave, &why))
            .await?;
        self.changed(&[Topic::Drift]);
        Ok(())
    }

    /// Returns the newest decisions, the newest first.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn drift_decisions(&self) -> Result<Vec<DriftDecisionView>, AppError> {
        let decisions = self.store().decisions().newest(LISTED).await?;
        self.shown(decisions).await
    }

    /// The decisions about one event, the newest last.
    pub(super) async fn decisions_of(&self, drift: DriftId) -> Result<Vec<DriftDecisionView>, AppError> {
        let decisions = self.store().decisions().of(drift).await?;
        self.shown(decisions).await
    }

    /// Keeps what was decided about events as they stand.
    pub(crate) async fn decide(&self, events: &[Drift], verdict: Verdict<'_>) -> Result<(), AppError> {
        let (at, by) = (self.now(), self.user().await?);
        let decisions: Vec<NewDecision<'_>> = events
            .iter()
            .map(|drift| NewDecision {
                drift,
                at,
                by: &by,
                choice: verdict.choice,
                why: verdict.why,
                policy: verdict.policy,
                deployment: verdict.deployment,
            })
            .collect();
        Ok(self.store().decisions().add(&decisions).await?)
    }

    /// Says with events why a person is asked about them, unless that was the last that was said of these very lines.
    pub(super) async fn ask(&self, events: &[Drift], verdict: Verdict<'_>) -> Result<(), AppError> {
        let decisions = self.store().decisions().of_open().await?;
        let is_said = |event: &Drift| {
            let last = decisions.iter().rfind(|decision| decision.drift == event.id);
            last.is_some_and(|last| {
                (last.choice, last.why.as_str()) == (Decided::Ask, verdict.why)
                    && last.expected == event.difference.expected
                    && last.actual == event.difference.actual
            })
        };
        let news: Vec<Drift> = events.iter().filter(|event| !is_said(event)).cloned().collect();
        if news.is_empty() {
            return Ok(());
        }
        let choice = Decided::Ask;
        self.decide(&news, Verdict { choice, ..verdict }).await?;
        self.changed(&[Topic::Drift]);
        Ok(())
    }

    /// The open events whose objects a plan puts back.
    pub(crate) async fn overridden_by(&self, plan: &Plan) -> Result<Vec<Drift>, AppError> {
        if plan.kind != PlanKind::Restore {
            return Ok(Vec::new());
        }
        let mut events = self.store().drifts().open().await?;
        events.retain(|event| decided(plan, &event.device).contains(&event.difference.object));
        Ok(events)
    }

    /// The open events that ask for something: nobody left them as they are.
    pub(crate) async fn asking(&self) -> Result<Vec<Drift>, AppError> {
        let mut open = self.store().drifts().open().await?;
        let left = self.left_open(&open).await?;
        open.retain(|event| !left.contains_key(&event.id));
        Ok(open)
    }

    /// Open events that somebody left as they are, by number. A decision ends with the lines that it was about.
    pub(crate) async fn left_open(&self, open: &[Drift]) -> Result<BTreeMap<DriftId, DriftLeft>, AppError> {
        let decisions = self.store().decisions().of_open().await?;
        let names = self.policy_names().await?;
        let mut last: BTreeMap<DriftId, &Decision> = BTreeMap::new();
        for decision in &decisions {
            last.insert(decision.drift, decision);
        }
        let left = |event: &Drift| {
            let decision = last.get(&event.id)?;
            let same =
                decision.expected == event.difference.expected && decision.actual == event.difference.actual;
            (decision.choice == Decided::Leave && same).then(|| {
                let left = DriftLeft {
                    at: time::text(decision.at),
                    by: match decision.policy.and_then(|id| names.get(&id)) {
                        Some(policy) => format!("the policy {policy}"),
                        None => decision.by.clone(),
                    },
                    why: decision.why.clone(),
                };
                (event.id, left)
            })
        };
        Ok(open.iter().filter_map(left).collect())
    }

    async fn policy_names(&self) -> Result<BTreeMap<PolicyId, String>, AppError> {
        let policies = self.store().decisions().policies().await?;
        Ok(policies
            .into_iter()
            .map(|policy| (policy.id, policy.policy.name().to_owned()))
            .collect())
    }

    async fn shown(&self, decisions: Vec<Decision>) -> Result<Vec<DriftDecisionView>, AppError> {
        let names = self.policy_names().await?;
        let mut views = Vec::with_capacity(decisions.len());
        for decision in decisions {
            let event = self.drift(decision.drift.0).await?;
            let policy = decision.policy.and_then(|id| names.get(&id).cloned());
            views.push(view(decision, &event, policy));
        }
        Ok(views)
    }
}

/// Reads a person's reason.
pub(crate) fn reason(why: Option<String>) -> Result<String, AppError> {
    let why = why.unwrap_or_default().trim().to_owned();
    match why.chars().count() {
        0..=MAX_WHY => Ok(why),
        len => Err(AppError::BadInput {
            field: "reason",
            reason: format!("it has {len} characters, of {MAX_WHY} at most"),
        }),
    }
}

fn view(decision: Decision, event: &Drift, policy: Option<String>) -> DriftDecisionView {
    let (choice, title, after) = match decision.choice {
        Decided::Sync => (
            views::DriftDecided::Sync,
            "Took what the device holds",
            &decision.actual,
        ),
        Decided::Override => (
            views::DriftDecided::Override,
            "Put back what is expected",
            &decision.expected,
        ),
        Decided::Leave => (views::DriftDecided::Leave, "Left it open", &decision.expected),
        Decided::Skip => (
            views::DriftDecided::Skip,
            "Went on without it",
            &decision.expected,
        ),
        Decided::Ask => (views::DriftDecided::Ask, "Asked a person", &decision.expected),
    };
    DriftDecisionView {
        id: decision.id,
        event: decision.drift.0,
        device: event.device.to_string(),
        object: show::object(event),
        at: time::text(decision.at),
        by: decision.by,
        choice,
        title: title.to_owned(),
        why: decision.why,
        policy,
        deployment: decision.deployment.map(|id| id.0),
        expected_after: after.clone(),
        expected_before: decision.expected,
        actual: decision.actual,
    }
}
