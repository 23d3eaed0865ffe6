//! What policies decide about drift that a read has shown.

use std::collections::{BTreeMap, BTreeSet};

use bk_engine::drift::{Happened, OverLimit, OverrideLimits, PolicyAction, decide};
use bk_model::DeviceName;
use bk_store::{Decided, Drift, PolicyId};
use chrono::TimeDelta;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::decisions::Verdict;
use super::policies::sentence;
use crate::app::App;
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::views::{DeployOptions, Policy};

/// Whether a policy may begin a deployment now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reach {
    /// Records only: a deployment is just ending.
    Records,
    /// Also what is put back, as a deployment.
    Devices,
}

impl App {
    /// Lets the policies in force decide about the open events of devices that were just read. What they put back is
    /// begun, and goes on in the background; what is over their limits is left to a person.
    pub(crate) async fn apply_policies(
        &self,
        devices: &BTreeSet<DeviceName>,
        reach: Reach,
    ) -> Result<(), AppError> {
        let policies = self.policies_in_force().await?;
        if policies.is_empty() {
            return Ok(());
        }
        let all = self.store().drifts().open().await?;
        let left = self.left_open(&all).await?;
        let asking = all
            .into_iter()
            .filter(|event| devices.contains(&event.device) && !left.contains_key(&event.id));
        let mut by_policy: BTreeMap<PolicyId, (PolicyAction, String, Vec<Drift>)> = BTreeMap::new();
        for event in asking {
            let happened = Happened {
                device: &event.device,
                difference: &event.difference,
                at: self.now(),
            };
            if let Some((id, policy)) = decide(&policies, happened) {
                let new = || (policy.action(), sentence(policy), Vec::new());
                by_policy.entry(id).or_insert_with(new).2.push(event);
            }
        }
        for (id, (action, why, events)) in by_policy {
            let verdict = |choice| Verdict {
                choice,
                why: &why,
                policy: Some(id),
                deployment: None,
            };
            match action {
                PolicyAction::Leave => self.decide(&events, verdict(Decided::Leave)).await?,
                PolicyAction::Sync => self.take(&events, verdict(Decided::Sync)).await?,
                PolicyAction::Override(limits) if reach == Reach::Devices => {
                    self.put_back(&events, limits, verdict(Decided::Override)).await;
                }
                PolicyAction::Override(_) => {}
            }
        }
        Ok(())
    }

    /// Puts back what events expect, within limits. Whatever stands against it leaves the events to a person, and they say
    /// why. Boxed, as the end of a deployment lets policies decide too.
    fn put_back<'a>(
        &'a self,
        events: &'a [Drift],
        limits: OverrideLimits,
        verdict: Verdict<'a>,
    ) -> BoxFuture<'a, ()> {
        async move {
            let why = match self.try_to_put_back(events, limits, verdict).await {
                Ok(None) => return,
                Ok(Some(why)) => why,
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        policy = verdict.why,
                        "a policy could not put back what is expected"
                    );
                    format!("It could not be put back: {}", error.view().sentence)
                }
            };
            let asks = Verdict { why: &why, ..verdict };
            if let Err(error) = self.ask(events, asks).await {
                tracing::error!(
                    error = &error as &dyn std::error::Error,
                    policy = verdict.why,
                    why,
                    "that a policy asks a person was not kept"
                );
            }
        }
        .boxed()
    }

    /// Begins to put back what events expect, or tells why a person has to decide.
    async fn try_to_put_back(
        &self,
        events: &[Drift],
        limits: OverrideLimits,
        verdict: Verdict<'_>,
    ) -> Result<Option<String>, AppError> {
        let Some(policy) = verdict.policy else {
            return Ok(None);
        };
        let plan = self.restore_of(events).await?;
        if plan.is_empty() {
            return Ok(Some(
                "No line would put it back: the device held the expected lines when it was read last."
                    .to_owned(),
            ));
        }
        let since = self.now() - TimeDelta::days(1);
        let today = self.store().decisions().deployments_of(policy, since).await?;
        if let Some(over) = limits.over(events.len(), plan.line_count(), today) {
            return Ok(Some(over_limit(over, limits)));
        }
        self.keep_plan(&plan, None).await?;
        let options = DeployOptions {
            window_minutes: self.current_settings().await?.window_minutes,
            policy: Policy::AllOrNothing,
        };
        self.start_deployment(plan.hash.to_hex(), &options, Some(verdict))
            .await?;
        Ok(None)
    }
}

/// Why a policy at its limit asks a person.
fn over_limit(over: OverLimit, limits: OverrideLimits) -> String {
    let (is, may) = match over {
        OverLimit::Objects(count) => (
            format!("{} would be put back at once", counted(number(count), "object")),
            limits.objects,
        ),
        OverLimit::Lines(count) => (
            format!("{} would be sent", counted(number(count), "line")),
            limits.lines,
        ),
        OverLimit::PerDay(count) => (
            format!(
                "it made {} in the last 24 hours, so something else is wrong",
                counted(number(count), "deployment")
            ),
            limits.per_day,
        ),
    };
    format!("The policy is at its limit of {may}: {is}.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_at_its_limit_says_which() {
        let limits = OverrideLimits {
            objects: 2,
            lines: 4,
            per_day: 1,
        };
        let why = |objects, lines, today| {
            limits
                .over(objects, lines, today)
                .map(|over| over_limit(over, limits))
        };
        assert_eq!(why(2, 4, 0), None);
        for (over, expected) in [
            (why(3, 4, 0), "limit of 2: 3 objects would be put back at once."),
            (why(2, 5, 0), "limit of 4: 5 lines would be sent."),
            (
                why(2, 4, 1),
                "limit of 1: it made 1 deployment in the last 24 hours, so something else is wrong.",
            ),
        ] {
            assert_eq!(over, Some(format!("The policy is at its {expected}")));
        }
    }
}
