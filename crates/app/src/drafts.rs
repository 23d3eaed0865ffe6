//! Drafts: every operation is saved as it is made and can be taken back.

mod settle;

use bk_engine::draft::{ChangeId, Draft, Edit, Sign, evaluate};
use bk_engine::plan::{Plan, PlanError, make_plan};
use bk_model::classify::classify;
use bk_model::{DeviceName, InterfaceName, VlanId};
use bk_store::{DraftId, DraftOperation as Logged, DraftState};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub(crate) use settle::{DraftBehind, Settles, draft_behind};

use crate::app::App;
use crate::base::Base;
use crate::domains::{domain_name, known_service};
use crate::errors::AppError;
use crate::events::Topic;
use crate::present::{DraftContext, draft_view, not_editable, number, port_offer};
use crate::time;
use crate::views::{DraftOperation, DraftSummary, DraftView, PortOffer};

/// One operation in the log of a draft.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "operation", rename_all = "kebab-case")]
enum Operation {
    /// An edit of the service.
    Edit {
        /// The edit.
        edit: Edit,
    },
    /// A change is left out of the plan, or taken in again.
    Include {
        /// The change.
        change: ChangeId,
        /// Whether it is in.
        included: bool,
    },
    /// A deployment of a part of the draft holds: these changes are no longer edits.
    Deployed {
        /// That deployment.
        deployment: u32,
        /// The changes.
        changes: Vec<ChangeId>,
        /// Service VLAN under which they were evaluated.
        vlan: Option<VlanId>,
    },
}

impl App {
    /// Lists the drafts that hold a change.
    ///
    /// # Errors
    /// [`AppError`] if they can't be read.
    pub async fn drafts_list(&self) -> Result<Vec<DraftSummary>, AppError> {
        let base = self.base().await?;
        let mut list = Vec::new();
        for stored in self.store().drafts().open().await? {
            if stored.operations.is_empty() {
                continue;
            }
            let evaluation = evaluate(&base.reading.fabric, &replay(&stored)?);
            list.push(DraftSummary {
                id: stored.id.0,
                domain: stored.domain,
                changes: number(
                    evaluation
                        .changes
                        .iter()
                        .filter(|change| !change.is_derived())
                        .count(),
                ),
                saved: time::text(stored.saved_at),
            });
        }
        Ok(list)
    }

    /// Opens a bridge domain for editing: goes on with its draft or begins one.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if no record names it; [`AppError::NotEditable`] if it is not single-tagged.
    pub async fn draft_open(&self, domain: String) -> Result<DraftView, AppError> {
        if let Some(open) = self.store().drafts().open_of(&domain).await? {
            return self.show_draft(&open).await;
        }
        let base = self.base().await?;
        let service = known_service(&base, &domain)?;
        if let Some(reason) = not_editable(classify(&service.attachments)) {
            return Err(AppError::NotEditable { domain, reason });
        }
        let id = DraftId(Uuid::new_v4().to_string());
        let hashes: Vec<(String, String)> = service
            .devices
            .iter()
            .filter_map(|device| {
                Some((
                    device.to_string(),
                    base.devices.get(device)?.snapshot.hash.to_hex(),
                ))
            })
            .collect();
        let begun_on = serde_json::to_string(&hashes).expect("pairs of texts are JSON");
        self.store()
            .drafts()
            .create(&id, &domain, &begun_on, self.now(), &self.user().await?)
            .await?;
        self.show_draft(&self.store().drafts().get(&id).await?).await
    }

    /// Shows a draft.
    ///
    /// # Errors
    /// [`AppError`] if there is none of this identity.
    pub async fn draft_get(&self, draft: String) -> Result<DraftView, AppError> {
        let stored = self.store().drafts().get(&DraftId(draft)).await?;
        self.show_draft(&stored).await
    }

    /// Adds an edit. An edit that validation stands against is kept and named; it stops the plan.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a name or VLAN that is none.
    pub async fn draft_apply(&self, draft: String, operation: DraftOperation) -> Result<DraftView, AppError> {
        let edit = parse(operation)?;
        let label = edit.to_string();
        self.log(draft, label, &Operation::Edit { edit }).await
    }

    /// Leaves a change out of the plan, or takes it in again; the edit stays in the draft.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a change that can't be left out: a derived one follows from the others, and another
    /// VLAN concerns all attachments; [`AppError`] if it can't be saved.
    pub async fn draft_include(
        &self,
        draft: String,
        change: String,
        included: bool,
    ) -> Result<DraftView, AppError> {
        if !included {
            let stored = self.store().drafts().get(&DraftId(draft.clone())).await?;
            let base = self.base().await?;
            let evaluation = evaluate(&base.reading.fabric, &replay(&stored)?);
            let of_person = evaluation
                .changes
                .iter()
                .any(|c| c.id.as_str() == change && !c.is_derived() && c.sign() != Sign::Changed);
            if !of_person {
                return Err(AppError::BadInput {
                    field: "change",
                    reason: format!("{change} is not an attachment that was added or removed in this draft"),
                });
            }
        }
        let label = format!("{} {change}", if included { "take in" } else { "leave out" });
        self.log(
            draft,
            label,
            &Operation::Include {
                change: ChangeId::from_text(change),
                included,
            },
        )
        .await
    }

    async fn log(&self, draft: String, label: String, operation: &Operation) -> Result<DraftView, AppError> {
        let body = serde_json::to_string(operation).expect("an operation is JSON");
        let logged = Logged {
            at: self.now(),
            by: self.user().await?,
            label,
            body,
        };
        let stored = self.store().drafts().push(&DraftId(draft), &logged).await?;
        self.changed(&[Topic::Drafts, Topic::Domains]);
        self.show_draft(&stored).await
    }

    /// Takes the last operation back.
    ///
    /// # Errors
    /// [`AppError`] if it can't be saved.
    pub async fn draft_undo(&self, draft: String) -> Result<DraftView, AppError> {
        let stored = self.store().drafts().undo(&DraftId(draft), self.now()).await?;
        self.changed(&[Topic::Drafts, Topic::Domains]);
        self.show_draft(&stored).await
    }

    /// Brings the operation back that was undone last.
    ///
    /// # Errors
    /// [`AppError`] if it can't be saved.
    pub async fn draft_redo(&self, draft: String) -> Result<DraftView, AppError> {
        let stored = self.store().drafts().redo(&DraftId(draft), self.now()).await?;
        self.changed(&[Topic::Drafts, Topic::Domains]);
        self.show_draft(&stored).await
    }

    /// Throws a draft away. It can still be read in the database.
    ///
    /// # Errors
    /// [`AppError`] if it can't be saved.
    pub async fn draft_discard(&self, draft: String) -> Result<(), AppError> {
        self.store()
            .drafts()
            .set_state(&DraftId(draft), DraftState::Discarded, self.now())
            .await?;
        self.changed(&[Topic::Drafts, Topic::Domains]);
        Ok(())
    }

    /// Lists the ports of a device as the picker offers them to a draft.
    ///
    /// # Errors
    /// [`AppError::NotKnown`] if the device was never read.
    pub async fn ports_of(&self, device: String, draft: Option<String>) -> Result<PortOffer, AppError> {
        let base = self.base().await?;
        let name = device_name(&device)?;
        let known = base
            .reading
            .fabric
            .devices
            .get(&name)
            .ok_or_else(|| AppError::not_known("device", device))?;
        let vlan = match draft {
            None => None,
            Some(draft) => {
                let stored = self.store().drafts().get(&DraftId(draft)).await?;
                evaluate(&base.reading.fabric, &replay(&stored)?).vlan_after
            }
        };
        let record = base.devices.get(&name);
        let read = record.map(|device| time::text(device.snapshot.at));
        let facts = record.map(|device| &device.record.facts);
        Ok(port_offer(&base.reading.fabric, known, facts, vlan, read))
    }

    async fn show_draft(&self, stored: &bk_store::Draft) -> Result<DraftView, AppError> {
        let base = self.base().await?;
        let draft = replay(stored)?;
        let evaluation = evaluate(&base.reading.fabric, &draft);
        let context = DraftContext {
            id: stored.id.0.clone(),
            saved: time::text(stored.saved_at),
            undo: stored.operations.last().map(|operation| operation.label.clone()),
            redo: stored.redo.as_ref().map(|operation| operation.label.clone()),
        };
        match plan_of(&base, &draft) {
            Ok(plan) => Ok(draft_view(
                &base.reading.fabric,
                &evaluation,
                Some(&plan),
                context,
            )),
            Err(PlanError::Invalid { .. }) => {
                Ok(draft_view(&base.reading.fabric, &evaluation, None, context))
            }
            Err(error) => {
                let mut view = draft_view(&base.reading.fabric, &evaluation, None, context);
                view.findings.insert(0, crate::errors::plan_finding(&error));
                Ok(view)
            }
        }
    }
}

/// Plans a draft on the records of now.
pub(crate) fn plan_of(base: &Base, draft: &Draft) -> Result<Plan, PlanError> {
    let trees = base.trees();
    make_plan(
        bk_engine::plan::Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        },
        draft,
    )
}

/// Rebuilds a draft from the operations that count.
pub(crate) fn replay(stored: &bk_store::Draft) -> Result<Draft, AppError> {
    let mut draft = Draft::new(domain_name(&stored.domain)?);
    for logged in &stored.operations {
        let operation: Operation =
            serde_json::from_str(&logged.body).map_err(|error| AppError::BadInput {
                field: "draft",
                reason: format!("an operation of {} can't be read: {error}", stored.id),
            })?;
        match operation {
            Operation::Edit { edit } => draft.push(edit),
            Operation::Include { change, included } => draft.set_included(change, included),
            Operation::Deployed { changes, vlan, .. } => draft.settle(&changes, vlan),
        }
    }
    Ok(draft)
}

fn parse(operation: DraftOperation) -> Result<Edit, AppError> {
    Ok(match operation {
        DraftOperation::AddAttachment {
            device,
            port,
            vlan: tag,
        } => Edit::AddAttachment {
            device: device_name(&device)?,
            port: interface_name(&port)?,
            vlan: tag.map(vlan).transpose()?,
        },
        DraftOperation::RemoveAttachment { device, interface } => Edit::RemoveAttachment {
            device: device_name(&device)?,
            interface: interface_name(&interface)?,
        },
        DraftOperation::ChangeServiceVlan { vlan: tag } => Edit::ChangeServiceVlan { vlan: vlan(tag)? },
    })
}

pub(crate) fn device_name(raw: &str) -> Result<DeviceName, AppError> {
    DeviceName::new(raw).map_err(|error| AppError::BadInput {
        field: "device name",
        reason: error.to_string(),
    })
}

fn interface_name(raw: &str) -> Result<InterfaceName, AppError> {
    InterfaceName::parse(raw).map_err(|error| AppError::BadInput {
        field: "interface",
        reason: error.to_string(),
    })
}

fn vlan(raw: u16) -> Result<VlanId, AppError> {
    VlanId::try_from(u32::from(raw)).map_err(|error| AppError::BadInput {
        field: "VLAN",
        reason: error.to_string(),
    })
}
