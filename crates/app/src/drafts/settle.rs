//! What a deployment takes out of its draft.

use bk_engine::draft::{ChangeId, Draft};
use bk_engine::plan::Plan;
use bk_model::{DeviceName, VlanId};
use bk_store::{DraftId, DraftOperation as Logged, DraftState};
use serde::{Deserialize, Serialize};

use super::{Operation, plan_of, replay};
use crate::app::App;
use crate::base::Base;
use crate::errors::AppError;
use crate::events::Topic;

/// The open draft of a bridge domain whose plan is `plan`.
pub(crate) struct DraftBehind {
    pub(crate) id: DraftId,
    pub(crate) draft: Draft,
    /// Operations that count by now; more of them later means that a person went on editing.
    pub(crate) operations: usize,
}

/// Returns the open draft of a bridge domain, if its plan without what `plan` leaves out is `plan`.
pub(crate) async fn draft_behind(
    app: &App,
    base: &Base,
    plan: &Plan,
) -> Result<Option<DraftBehind>, AppError> {
    let Some(domain) = &plan.domain else {
        return Ok(None);
    };
    let Some(open) = app.store().drafts().open_of(domain.as_str()).await? else {
        return Ok(None);
    };
    let draft = replay(&open)?;
    let mut part = draft.clone();
    for change in plan.changes.iter().filter(|change| !change.included) {
        part.set_included(change.id.clone(), false);
    }
    let same = plan_of(base, &part).is_ok_and(|now| now.hash == plan.hash);
    Ok(same.then_some(DraftBehind {
        operations: open.operations.len(),
        id: open.id,
        draft,
    }))
}

/// What a deployment takes out of its draft once it holds.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Settles {
    draft: String,
    /// Set if the deployment is the whole draft: its operations at the time.
    whole: Option<usize>,
    pub(crate) changes: Vec<ChangeId>,
    vlan: Option<VlanId>,
}

impl Settles {
    /// The included changes of a person in `plan`, which is the whole draft or a part of it.
    pub(crate) fn new(draft: &DraftBehind, plan: &Plan) -> Self {
        let changes = plan.changes.iter();
        let is_whole = plan.changes.iter().all(|change| change.included);
        Self {
            draft: draft.id.0.clone(),
            whole: is_whole.then_some(draft.operations),
            changes: changes
                .filter(|change| change.included && !change.is_derived())
                .map(|change| change.id.clone())
                .collect(),
            vlan: plan.vlan_before,
        }
    }
}

impl App {
    /// Takes what holds on the devices out of the draft; a draft of which nothing is left has ended. `only` names
    /// devices to which this is limited.
    pub(crate) async fn settle_draft(
        &self,
        settles: &Settles,
        deployment: u32,
        only: Option<&[DeviceName]>,
    ) -> Result<(), AppError> {
        let id = DraftId(settles.draft.clone());
        let stored = self.store().drafts().get(&id).await?;
        if stored.state != DraftState::Open {
            return Ok(());
        }
        let now = self.now();
        let whole = only.is_none() && settles.whole == Some(stored.operations.len());
        let mut is_empty = whole;
        if !whole {
            let on = |change: &&ChangeId| {
                only.is_none_or(|devices| {
                    let device = change.as_str().split(' ').next();
                    devices.iter().any(|name| device == Some(name.as_str()))
                })
            };
            let changes: Vec<ChangeId> = settles.changes.iter().filter(on).cloned().collect();
            let operation = Operation::Deployed {
                deployment,
                changes,
                vlan: settles.vlan,
            };
            let logged = Logged {
                at: now,
                by: self.user().await?,
                label: format!("what deployment {deployment} deployed"),
                body: serde_json::to_string(&operation).expect("an operation is JSON"),
            };
            let stored = self.store().drafts().push(&id, &logged).await?;
            is_empty = replay(&stored)?.edits().is_empty();
        }
        if is_empty {
            let drafts = self.store().drafts();
            drafts.set_state(&id, DraftState::Deployed, now).await?;
        }
        self.changed(&[Topic::Drafts, Topic::Domains]);
        Ok(())
    }
}
