//! Plans: made, stored, shown, exported, checked against the live fabric.

use bk_engine::plan::{Base, History, LeftOut, Plan, export_text, make_undo, parts, without};
use bk_engine::verify::{Check, CheckClass};
use bk_store::DraftId;
use futures::future::join_all;

use crate::app::App;
use crate::drafts::{draft_behind, plan_of, replay};
use crate::errors::AppError;
use crate::events::Topic;
use crate::present::{PlanContext, check_label, counted, number, plan_view};
use crate::views::{CheckResult, ErrorView, PlanView, PlannedCheck, Policy, PolicyView, PrecheckRow};

/// A plan as it was stored.
pub(crate) struct StoredPlan {
    pub(crate) plan: Plan,
    pub(crate) made: chrono::DateTime<chrono::Utc>,
    pub(crate) by: String,
}

impl App {
    /// Makes and stores the plan of a draft.
    ///
    /// # Errors
    /// [`AppError::Plan`] when validation stands against it or its reverse can't be proven.
    pub async fn plan_make(&self, draft: String) -> Result<PlanView, AppError> {
        let stored = self.store().drafts().get(&DraftId(draft)).await?;
        let base = self.base().await?;
        let plan = plan_of(&base, &replay(&stored)?).map_err(Box::new)?;
        self.keep_plan(&plan, Some(stored.id)).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    /// Makes and stores the plan of a draft without some devices: their changes stay in the draft.
    ///
    /// # Errors
    /// [`AppError::NotSeparable`] with the reason, such as a path that would break; [`AppError::Plan`] as
    /// [`App::plan_make`].
    pub async fn plan_make_without(&self, draft: String, devices: Vec<String>) -> Result<PlanView, AppError> {
        let stored = self.store().drafts().get(&DraftId(draft)).await?;
        let base = self.base().await?;
        let draft = replay(&stored)?;
        let whole = plan_of(&base, &draft).map_err(Box::new)?;
        let names = devices.iter().map(|raw| crate::drafts::device_name(raw));
        let out: Vec<LeftOut> = names
            .map(|name| name.map(LeftOut::Device))
            .collect::<Result<_, _>>()?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let child = without(on, &draft, &whole, &out)?;
        self.keep_plan(&child.plan, Some(stored.id)).await?;
        self.plan_get(child.plan.hash.to_hex()).await
    }

    /// Computes, proves and stores the plan that undoes a deployment.
    ///
    /// # Errors
    /// [`AppError::Undo`] with the reason, such as a later change of the same objects.
    pub async fn rollback_plan(&self, deployment: u32) -> Result<PlanView, AppError> {
        let id = bk_engine::deploy::DeploymentId(deployment);
        let done = self.store().deployments().get(id).await?;
        let stored = self.stored_plan(&done.plan).await?;
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let plan = make_undo(on, &stored.plan, id)?;
        self.keep_plan(&plan, None).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    /// Shows a stored plan.
    ///
    /// # Errors
    /// [`AppError`] if there is none of this hash.
    pub async fn plan_get(&self, plan: String) -> Result<PlanView, AppError> {
        let stored = self.stored_plan(&plan).await?;
        let base = self.base().await?;
        let settings = self.current_settings().await?;
        let history = self.phase_history().await?;
        let (trees, read) = (base.trees(), base.read_at());
        let beside = self.findings_on_drift(&stored.plan).await?;
        let mut view = plan_view(
            &stored.plan,
            PlanContext {
                base: Base {
                    fabric: &base.reading.fabric,
                    trees: &trees,
                },
                read: &read,
                now: self.now(),
                history: &history,
                made: stored.made,
                by: stored.by,
                window_minutes: settings.window_minutes,
                checks: planned_checks(&stored.plan),
                policies: self.policies(&stored.plan).await?,
            },
        );
        view.findings.extend(beside);
        Ok(view)
    }

    /// Writes a plan as a text that can be read and pasted without the application.
    ///
    /// # Errors
    /// [`AppError`] if there is none of this hash.
    pub async fn plan_export(&self, plan: String) -> Result<String, AppError> {
        Ok(export_text(&self.stored_plan(&plan).await?.plan))
    }

    /// Looks at the devices of a plan now: reachable, host key, nothing pending, base unchanged. Changes nothing.
    ///
    /// # Errors
    /// [`AppError`] if there is no such plan; what a device answers stands in the rows.
    pub async fn plan_precheck(&self, plan: String) -> Result<Vec<PrecheckRow>, AppError> {
        let stored = self.stored_plan(&plan).await?;
        let looks = join_all(stored.plan.devices.iter().map(|step| self.look_at(step))).await;
        let total = number(looks.len());
        let row = |check: &str, label: &str, at: usize| {
            let mut errors: Vec<ErrorView> = Vec::new();
            let mut passed = 0;
            for look in &looks {
                match look {
                    Look {
                        failed: Some((stage, _)),
                        ..
                    } if *stage < at => {}
                    Look {
                        failed: Some((stage, error)),
                        ..
                    } if *stage == at => errors.push(error.clone()),
                    _ => passed += 1,
                }
            }
            let result = match (errors.is_empty(), passed == total) {
                (_, true) => CheckResult::Passed,
                (false, _) => CheckResult::Failed,
                (true, false) => CheckResult::NotObservable,
            };
            PrecheckRow {
                check: check.to_owned(),
                label: label.to_owned(),
                passed,
                total,
                result,
                errors,
            }
        };
        Ok(vec![
            row("host-key", "Host key known", 0),
            row("reachable", "Reachable, signed in", 1),
            row("pending", "No pending commit, candidate empty", 2),
            row("base", "Base unchanged", 3),
        ])
    }

    pub(crate) async fn stored_plan(&self, hash: &str) -> Result<StoredPlan, AppError> {
        let row = self.store().plans().get(hash).await?;
        let plan = serde_json::from_str(&row.body).map_err(|error| AppError::BadInput {
            field: "plan",
            reason: format!("{hash} can't be read: {error}"),
        })?;
        Ok(StoredPlan {
            plan,
            made: row.made_at,
            by: row.made_by,
        })
    }

    /// The three policies as they would run a plan.
    async fn policies(&self, plan: &Plan) -> Result<Vec<PolicyView>, AppError> {
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let split = match (plan.kind.separable(), draft_behind(self, &base, plan).await?) {
            (Err(whole), _) => Err(AppError::from(whole)),
            (Ok(()), Some(behind)) => parts(on, &behind.draft, plan).map_err(AppError::from),
            (Ok(()), None) => Err(AppError::DraftMoved {
                domain: plan.subject().to_owned(),
            }),
        };
        let (split, refused) = match split {
            Ok(split) => (split, None),
            Err(error) => (Vec::new(), Some(error.view().sentence)),
        };
        let names = |devices: &[bk_model::DeviceName]| -> Vec<String> {
            devices.iter().map(ToString::to_string).collect()
        };
        let split: Vec<Vec<String>> = split.iter().map(|part| names(&part.devices)).collect();
        let all: Vec<bk_model::DeviceName> = plan.devices.iter().map(|step| step.device.clone()).collect();
        let in_parts = |then: &str| match split.len() {
            1 => "The whole change is one part, so this is the same as all or nothing.".to_owned(),
            count => format!(
                "{}, one after the other, each all or nothing with what the fabric needs for it. {then}",
                counted(number(count), "part"),
            ),
        };
        Ok(vec![
            PolicyView {
                policy: Policy::AllOrNothing,
                label: "All or nothing".to_owned(),
                consequence: "One transaction: a failure anywhere takes every device back.".to_owned(),
                parts: vec![names(&all)],
                refused: None,
            },
            PolicyView {
                policy: Policy::StopOnFirst,
                label: "Stop on first".to_owned(),
                consequence: in_parts(
                    "The first that fails goes back and ends the sequence; what holds stays, the rest stays in the draft.",
                ),
                parts: split.clone(),
                refused: refused.clone(),
            },
            PolicyView {
                policy: Policy::Independent,
                label: "Independent".to_owned(),
                consequence: in_parts("One that fails goes back and stays in the draft; the others go on."),
                parts: split,
                refused,
            },
        ])
    }

    pub(crate) async fn keep_plan(&self, plan: &Plan, draft: Option<DraftId>) -> Result<(), AppError> {
        let row = bk_store::Plan {
            hash: plan.hash.to_hex(),
            kind: plan.kind.code().to_owned(),
            domain: plan.subject().to_owned(),
            draft,
            undoes: plan.kind.undoes(),
            made_at: self.now(),
            made_by: self.user().await?,
            body: serde_json::to_string(plan).expect("a plan is JSON"),
        };
        self.store().plans().put(&row).await?;
        self.changed(&[Topic::Plans]);
        Ok(())
    }

    /// Seconds per phase of earlier verified deployments, newest first.
    pub(crate) async fn phase_history(&self) -> Result<History, AppError> {
        let mut runs = Vec::new();
        for deployment in self.store().deployments().list().await?.into_iter().take(40) {
            if let Some(text) = self
                .store()
                .deployments()
                .archived(deployment.id, "phases")
                .await?
            {
                runs.extend(serde_json::from_str::<[f64; 6]>(&text));
            }
        }
        Ok(History { runs })
    }

    /// Looks at one device of a plan; how far it came is a stage from 0.
    async fn look_at(&self, step: &bk_engine::plan::DevicePlan) -> Look {
        let outcome = self.look_closely(step).await;
        Look {
            failed: outcome.err().map(|(stage, error)| (stage, error.view())),
        }
    }

    async fn look_closely(&self, step: &bk_engine::plan::DevicePlan) -> Result<(), (usize, AppError)> {
        use bk_engine::ports::{Candidate, ReadScope, StepError};
        let cancel = tokio_util::sync::CancellationToken::new();
        let transcript = std::sync::Arc::new(crate::connect::Unrecorded);
        let ports = self
            .device_ports(std::slice::from_ref(&step.device), transcript)
            .await
            .map_err(|error| (1, error))?;
        let port = &ports[0];
        let opened = port.open(&cancel).await;
        let mut session = opened.map_err(|error| match error {
            StepError::HostKeyUnknown { .. } | StepError::HostKeyChanged { .. } => (0, AppError::from(error)),
            other => (1, other.into()),
        })?;
        let probe = session.probe(&cancel).await.map_err(|error| (2, error.into()))?;
        let not_ready = |reason: String| {
            (
                2,
                AppError::DeviceBusy {
                    device: step.device.clone(),
                    reason,
                },
            )
        };
        if let Some(pending) = &probe.pending {
            return Err(not_ready(format!(
                "a commit confirm of {} is pending, {} minutes left",
                pending.user, pending.minutes_left
            )));
        }
        if let Candidate::Differs { text, .. } = &probe.candidate {
            return Err(not_ready(format!(
                "uncommitted lines stand in the candidate:\n{text}"
            )));
        }
        let reading = session
            .read(ReadScope::L2, &cancel)
            .await
            .map_err(|error| (3, error.into()))?;
        session.close().await.map_err(|error| (3, error.into()))?;
        let tree = bk_config::Tree::read_flattened(&reading.text).0;
        let base = bk_config::ConfigText::new(step.base_text.clone()).map_err(|error| (3, error.into()))?;
        let base = bk_config::Tree::read_flattened(&base).0;
        // Of the base only what is touched, as at preflight: its neighbours may drift.
        let touched = |tree: &bk_config::Tree| bk_config::restrict_to(tree, &step.touched);
        if bk_config::equal_meaning(&touched(&tree), &touched(&base)) {
            return Ok(());
        }
        Err((
            3,
            AppError::BaseMoved {
                device: step.device.clone(),
            },
        ))
    }
}

/// How far a look at a device came.
struct Look {
    failed: Option<(usize, ErrorView)>,
}

/// The checks that Verify will run, with the devices that each concerns.
fn planned_checks(plan: &Plan) -> Vec<PlannedCheck> {
    let all: Vec<String> = plan.devices.iter().map(|step| step.device.to_string()).collect();
    let on_path: Vec<String> = all
        .iter()
        .filter(|name| {
            plan.links
                .iter()
                .any(|link| link.upper.device.as_str() == **name || link.lower.device.as_str() == **name)
        })
        .cloned()
        .collect();
    Check::ALL
        .into_iter()
        .map(|check| PlannedCheck {
            check: check.code().to_owned(),
            label: check_label(check).to_owned(),
            gating: check.class() == CheckClass::Gating,
            devices: if matches!(check, Check::PathComplete | Check::TagsAgree) {
                on_path.clone()
            } else {
                all.clone()
            },
        })
        .filter(|check| !check.devices.is_empty())
        .collect()
}
