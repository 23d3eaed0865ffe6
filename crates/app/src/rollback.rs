//! The three ways out where a deployment can't be undone as it was done (DESIGN 6).

use bk_config::{ConfigPath, ConfigText};
use bk_engine::deploy::DeploymentId;
use bk_engine::drift::DriftObject;
use bk_engine::plan::{Base, DevicePlan, Overlap, Plan, TakeBack, make_take_back, overlaps};

use crate::app::App;
use crate::diffs::diff_view;
use crate::drift::decided;
use crate::errors::AppError;
use crate::present::{counted, number};
use crate::views::{PlanView, RollbackChoice, RollbackChoiceView, RollbackChoices, RollbackOverlap};

impl App {
    /// Tells what others changed since a deployment, and what going back would do then.
    ///
    /// # Errors
    /// [`AppError::Plan`] if a device of it has no record; [`AppError`] if there is no such deployment.
    pub async fn rollback_choices(&self, deployment: u32) -> Result<RollbackChoices, AppError> {
        let id = DeploymentId(deployment);
        let done = self.done(id).await?;
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let found = overlaps(on, &done).map_err(Box::new)?;
        if found.is_empty() {
            return Ok(RollbackChoices {
                deployment,
                undoable: true,
                overlaps: Vec::new(),
                choices: Vec::new(),
            });
        }
        let rest = make_take_back(on, &done, TakeBack::Rest).map_err(Box::new);
        let over = make_take_back(on, &done, TakeBack::Over).map_err(Box::new);
        let names: Vec<String> = found
            .iter()
            .map(|overlap| format!("{} on {}", overlap.object, overlap.device))
            .collect();
        let names = names.join(", ");
        let mut views = Vec::with_capacity(found.len());
        for overlap in &found {
            views.push(self.overlap_view(id, overlap).await?);
        }
        Ok(RollbackChoices {
            deployment,
            undoable: false,
            overlaps: views,
            choices: vec![
                choice(
                    RollbackChoice::Rest,
                    "Take back the rest",
                    &format!("{names} stays as it is now, and so does the bridge domain there."),
                    rest.map_err(AppError::from),
                ),
                choice(
                    RollbackChoice::Over,
                    "Take back everything",
                    &format!("What came after it is overwritten: {names}."),
                    over.map_err(AppError::from),
                ),
                RollbackChoiceView {
                    choice: RollbackChoice::Leave,
                    label: "Leave it".to_owned(),
                    consequence: "Nothing is done. Undo what came after it first, then this can be undone."
                        .to_owned(),
                    refused: None,
                },
            ],
        })
    }

    /// Makes and stores the plan of a way back.
    ///
    /// # Errors
    /// [`AppError::Plan`] if no plan can be proven; [`AppError::BadInput`] for a choice that makes no plan.
    pub async fn rollback_choice_plan(
        &self,
        deployment: u32,
        choice: RollbackChoice,
    ) -> Result<PlanView, AppError> {
        let how = match choice {
            RollbackChoice::Rest => TakeBack::Rest,
            RollbackChoice::Over => TakeBack::Over,
            RollbackChoice::Leave => {
                return Err(AppError::BadInput {
                    field: "choice",
                    reason: "leaving it makes no plan".to_owned(),
                });
            }
        };
        let done = self.done(DeploymentId(deployment)).await?;
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        let plan = make_take_back(on, &done, how).map_err(Box::new)?;
        drop(trees);
        self.keep_plan(&plan, None).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    async fn done(&self, id: DeploymentId) -> Result<Plan, AppError> {
        let stored = self.store().deployments().get(id).await?;
        Ok(self.stored_plan(&stored.plan).await?.plan)
    }

    async fn overlap_view(&self, id: DeploymentId, overlap: &Overlap) -> Result<RollbackOverlap, AppError> {
        let mut by = Vec::new();
        for later in self.store().deployments().list().await? {
            if later.id <= id {
                continue;
            }
            let plan = self.stored_plan(&later.plan).await?.plan;
            if changes(&plan, overlap) {
                by.push(later.id.0);
            }
        }
        by.sort_unstable();
        Ok(RollbackOverlap {
            device: overlap.device.to_string(),
            object: overlap.object.to_string(),
            by,
            diff: diff_view(&text(&overlap.left), &text(&overlap.now)),
        })
    }
}

/// Tells whether a plan changes an object, or, of a bridge domain, one of its members.
fn changes(plan: &Plan, overlap: &Overlap) -> bool {
    let within = ConfigPath::new(&overlap.object.path());
    let member = matches!(overlap.object, DriftObject::Domain { .. });
    let steps = plan.devices.iter().filter(|step| step.device == overlap.device);
    decided(plan, &overlap.device).contains(&overlap.object)
        || (member
            && steps
                .flat_map(DevicePlan::changed_paths)
                .any(|path| path.is_under(&within)))
}

fn choice(
    choice: RollbackChoice,
    label: &str,
    what: &str,
    plan: Result<Plan, AppError>,
) -> RollbackChoiceView {
    let (consequence, refused) = match plan {
        Ok(plan) if plan.is_empty() => (what.to_owned(), Some("Nothing is left to take back.".to_owned())),
        Ok(plan) => (
            format!(
                "Deploys plan {}: {} on {}. {what}",
                plan.hash,
                counted(number(plan.line_count()), "line"),
                counted(number(plan.devices.len()), "device")
            ),
            None,
        ),
        Err(error) => (what.to_owned(), Some(error.view().sentence)),
    };
    RollbackChoiceView {
        choice,
        label: label.to_owned(),
        consequence,
        refused,
    }
}

fn text(lines: &[String]) -> ConfigText {
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    // Parts of texts below the limit.
    ConfigText::new(text).unwrap_or_default()
}
