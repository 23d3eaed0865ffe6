//! Policies of drift: kept, tried on the past, ended.

use bk_engine::drift::{
    Happened, InvalidPolicy, OverrideLimits, Policy, PolicyAction, PolicyTerms, Would, dry_run,
};
use bk_model::{InvalidPattern, NamePattern};
use bk_store::{Drift, PolicyId, StoredPolicy};
use chrono::{DateTime, TimeDelta, Utc};

use super::show;
use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::present::{counted, number};
use crate::snapshots::moment;
use crate::time;
use crate::views::{
    self, DriftPolicyAction, DriftPolicyLimits, DriftPolicyState, DriftPolicyTerms, DriftPolicyTrial,
    DriftPolicyView, DriftTrialRow,
};

/// Days that a trial looks back at most.
const MAX_DAYS: u16 = 366;

impl App {
    /// Returns all policies: those in force first, then those that ended, each the newest first.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn drift_policies(&self) -> Result<Vec<DriftPolicyView>, AppError> {
        let counts = self.store().decisions().by_policy().await?;
        let now = self.now();
        let mut views: Vec<DriftPolicyView> = self
            .store()
            .decisions()
            .policies()
            .await?
            .iter()
            .map(|policy| view(policy, counts.get(&policy.id).copied().unwrap_or(0), now))
            .collect();
        views.sort_by_key(|view| {
            (
                view.state != DriftPolicyState::InForce,
                std::cmp::Reverse(view.id),
            )
        });
        Ok(views)
    }

    /// Keeps a policy, which is in force at once. `replaces` names the one that it takes the place of.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for terms that are no policy; [`AppError::NotKnown`] for a number that is none.
    pub async fn drift_policy_save(
        &self,
        terms: DriftPolicyTerms,
        replaces: Option<u32>,
    ) -> Result<DriftPolicyView, AppError> {
        let now = self.now();
        let policy = policy(terms, now)?;
        if let Some(id) = replaces {
            self.stored_policy(id).await?;
        }
        let by = self.user().await?;
        let decisions = self.store().decisions();
        let id = decisions
            .add_policy(&policy, now, &by, replaces.map(PolicyId))
            .await?;
        self.changed(&[Topic::Drift]);
        Ok(view(&self.stored_policy(id.0).await?, 0, now))
    }

    /// Ends a policy.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] for a number that is none.
    pub async fn drift_policy_end(&self, id: u32) -> Result<(), AppError> {
        let policy = self.stored_policy(id).await?;
        let by = self.user().await?;
        let decisions = self.store().decisions();
        decisions.end_policy(policy.id, self.now(), &by).await?;
        self.changed(&[Topic::Drift]);
        Ok(())
    }

    /// Tells what a policy would have done about the events of the last days. Nothing is kept.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for terms that are no policy, or days out of 1 to 366.
    pub async fn drift_policy_try(
        &self,
        terms: DriftPolicyTerms,
        days: u16,
    ) -> Result<DriftPolicyTrial, AppError> {
        if !(1..=MAX_DAYS).contains(&days) {
            return Err(AppError::BadInput {
                field: "days",
                reason: format!("{days} is not 1 to {MAX_DAYS}"),
            });
        }
        let now = self.now();
        let policy = policy(terms, now)?;
        let events = self
            .store()
            .drifts()
            .first_seen_since(now - TimeDelta::days(days.into()))
            .await?;
        Ok(trial(&policy, &events, days))
    }

    /// The policies that are in force.
    pub(super) async fn policies_in_force(&self) -> Result<Vec<(PolicyId, Policy)>, AppError> {
        let now = self.now();
        let all = self.store().decisions().policies().await?;
        Ok(all
            .into_iter()
            .filter(|policy| state(policy, now) == DriftPolicyState::InForce)
            .map(|policy| (policy.id, policy.policy))
            .collect())
    }

    async fn stored_policy(&self, id: u32) -> Result<StoredPolicy, AppError> {
        let all = self.store().decisions().policies().await?;
        let found = all.into_iter().find(|policy| policy.id == PolicyId(id));
        found.ok_or_else(|| AppError::not_known("policy", id.to_string()))
    }
}

fn trial(policy: &Policy, events: &[Drift], days: u16) -> DriftPolicyTrial {
    let past: Vec<Happened<'_>> = events
        .iter()
        .map(|event| Happened {
            device: &event.device,
            difference: &event.difference,
            at: event.first_seen,
        })
        .collect();
    let would = dry_run(policy, &past);
    let covered: Vec<DriftTrialRow> = events
        .iter()
        .zip(&would)
        .filter(|(_, would)| **would != Would::NotCovered)
        .map(|(event, would)| DriftTrialRow {
            event: show::row(event, None),
            acts: *would == Would::Act,
            would: match (would, policy.action()) {
                (Would::Ask, _) => "stopped at its limit; a person would have been asked",
                (_, PolicyAction::Leave) => "left it open",
                (_, PolicyAction::Sync) => "taken what the device held",
                (_, PolicyAction::Override(_)) => "put back what was expected",
            }
            .to_owned(),
        })
        .collect();
    let acts = number(covered.iter().filter(|row| row.acts).count());
    let (all, asks) = (number(events.len()), number(covered.len()) - acts);
    let sentence = match (all, covered.len()) {
        (0, _) => format!("Nothing drifted in the last {}.", counted(days.into(), "day")),
        (_, 0) => format!(
            "It would have decided none of {} in the last {}.",
            counted(all, "event"),
            counted(days.into(), "day")
        ),
        _ => format!(
            "It would have decided {acts} of {} in the last {}{}.",
            counted(all, "event"),
            counted(days.into(), "day"),
            match asks {
                0 => String::new(),
                asks => format!(", and asked about {asks} at its limit"),
            }
        ),
    };
    DriftPolicyTrial {
        days,
        events: all,
        covered,
        sentence,
    }
}

fn policy(terms: DriftPolicyTerms, now: DateTime<Utc>) -> Result<Policy, AppError> {
    let action = match (terms.action, terms.limits) {
        (DriftPolicyAction::Leave, _) => PolicyAction::Leave,
        (DriftPolicyAction::Sync, _) => PolicyAction::Sync,
        (DriftPolicyAction::Override, Some(limits)) => PolicyAction::Override(OverrideLimits {
            objects: limits.objects,
            lines: limits.lines,
            per_day: limits.per_day,
        }),
        (DriftPolicyAction::Override, None) => return Err(invalid(InvalidPolicy::Limits)),
    };
    let terms = PolicyTerms {
        name: terms.name,
        devices: patterns("devices", &terms.devices)?,
        objects: patterns("objects", &terms.objects)?,
        kinds: terms.kinds.into_iter().map(show::kind_of).collect(),
        at_most: show::severity_of(terms.at_most),
        action,
        expires: moment(&terms.expires)?,
    };
    Policy::new(terms, now).map_err(invalid)
}

fn invalid(why: InvalidPolicy) -> AppError {
    AppError::BadInput {
        field: "policy",
        reason: why.to_string(),
    }
}

fn patterns(field: &'static str, raw: &[String]) -> Result<Vec<NamePattern>, AppError> {
    let read = raw.iter().map(|one| NamePattern::new(one.trim()));
    let all: Result<Vec<NamePattern>, InvalidPattern> = read.collect();
    all.map_err(|why| AppError::BadInput {
        field,
        reason: why.to_string(),
    })
}

fn state(policy: &StoredPolicy, now: DateTime<Utc>) -> DriftPolicyState {
    match &policy.ended {
        Some(_) => DriftPolicyState::Ended,
        None if policy.policy.expires() <= now => DriftPolicyState::Expired,
        None => DriftPolicyState::InForce,
    }
}

fn view(stored: &StoredPolicy, decided: u32, now: DateTime<Utc>) -> DriftPolicyView {
    let policy = &stored.policy;
    let texts = |patterns: &[NamePattern]| patterns.iter().map(ToString::to_string).collect();
    let (action, limits) = match policy.action() {
        PolicyAction::Leave => (DriftPolicyAction::Leave, None),
        PolicyAction::Sync => (DriftPolicyAction::Sync, None),
        PolicyAction::Override(limits) => (
            DriftPolicyAction::Override,
            Some(DriftPolicyLimits {
                objects: limits.objects,
                lines: limits.lines,
                per_day: limits.per_day,
            }),
        ),
    };
    DriftPolicyView {
        id: stored.id.0,
        terms: DriftPolicyTerms {
            name: policy.name().to_owned(),
            devices: texts(policy.devices()),
            objects: texts(policy.objects()),
            kinds: policy.kinds().iter().copied().map(show::kind).collect(),
            at_most: show::severity(policy.at_most()),
            action,
            limits,
            expires: time::text(policy.expires()),
        },
        sentence: sentence(policy),
        state: state(stored, now),
        created: time::text(stored.created_at),
        by: stored.created_by.clone(),
        ended: (stored.ended.as_ref()).map(|(at, by)| format!("by {by} at {}", time::spoken_on(*at, now))),
        decided,
    }
}

/// What a policy does, to whom, in one sentence.
pub(super) fn sentence(policy: &Policy) -> String {
    let list = |patterns: &[NamePattern]| {
        let texts: Vec<&str> = patterns.iter().map(NamePattern::as_str).collect();
        texts.join(", ")
    };
    let what = match policy.action() {
        PolicyAction::Leave => "Leaves open".to_owned(),
        PolicyAction::Sync => "Takes what the device holds of".to_owned(),
        PolicyAction::Override(limits) => format!(
            "Puts back, at most {} and {} at a time, {} a day,",
            counted(limits.objects.into(), "object"),
            counted(limits.lines.into(), "line"),
            counted(limits.per_day.into(), "deployment")
        ),
    };
    let objects = match policy.objects() {
        [] => "everything".to_owned(),
        objects => list(objects),
    };
    let devices = match policy.devices() {
        [] => "every device".to_owned(),
        devices => list(devices),
    };
    let kinds: Vec<String> = policy
        .kinds()
        .iter()
        .map(|kind| show::title(*kind).to_lowercase())
        .collect();
    let kinds = match kinds.as_slice() {
        [] => String::new(),
        kinds => format!(", if {}", kinds.join(" or ")),
    };
    let severity = match show::severity(policy.at_most()) {
        views::DriftSeverity::Critical => String::new(),
        views::DriftSeverity::High => ", up to severity high".to_owned(),
        views::DriftSeverity::Medium => ", up to severity medium".to_owned(),
        views::DriftSeverity::Low => ", of severity low".to_owned(),
    };
    format!("{what} {objects} on {devices}{kinds}{severity}.")
}
