//! Looking for leftovers in the records, and planning their removal. Reads only; nothing is sent.

use std::collections::BTreeSet;

use bk_engine::leftovers::{Audit, BrokenPath, Kept, Leftover, audit};
use bk_engine::plan::{Base, DevicePlan};
use bk_model::DeviceName;

use crate::app::App;
use crate::errors::AppError;
use crate::present::number;
use crate::time;
use crate::views::{AuditView, BrokenPathView, LeftoverView, PlanView};

impl App {
    /// Looks for what carries no service any more, on some devices or on all, as their records are.
    ///
    /// # Errors
    /// [`AppError::BadInput`] for a name that no device can have; [`AppError`] if the records can't be read.
    pub async fn audit(&self, devices: Option<Vec<String>>) -> Result<AuditView, AppError> {
        let wanted = names(devices)?;
        let found = self.leftovers(wanted.as_ref()).await?;
        let base = self.base().await?;
        let read: Vec<_> = base
            .read_at()
            .into_iter()
            .filter(|(name, _)| wanted.as_ref().is_none_or(|wanted| wanted.contains(name)))
            .collect();
        let lines: usize = found
            .clean_up
            .iter()
            .map(|step: &DevicePlan| step.forward.len())
            .sum();
        Ok(AuditView {
            devices: number(read.len()),
            oldest_read: read.iter().map(|(_, at)| *at).min().map(time::text),
            leftovers: found.leftovers.iter().map(leftover_view).collect(),
            broken: found.broken.iter().map(broken_view).collect(),
            lines: number(lines),
            devices_to_clean: number(found.clean_up.len()),
        })
    }

    /// Plans the removal of what an audit of these devices finds, proven to go back, and stores the plan.
    ///
    /// # Errors
    /// As [`App::audit`].
    pub async fn clean_up_plan(&self, devices: Option<Vec<String>>) -> Result<PlanView, AppError> {
        let wanted = names(devices)?;
        let plan = self.leftovers(wanted.as_ref()).await?.into_plan();
        self.keep_plan(&plan, None).await?;
        self.plan_get(plan.hash.to_hex()).await
    }

    pub(crate) async fn leftovers(&self, devices: Option<&BTreeSet<DeviceName>>) -> Result<Audit, AppError> {
        let base = self.base().await?;
        let trees = base.trees();
        let on = Base {
            fabric: &base.reading.fabric,
            trees: &trees,
        };
        Ok(audit(on, devices).map_err(Box::new)?)
    }
}

fn names(devices: Option<Vec<String>>) -> Result<Option<BTreeSet<DeviceName>>, AppError> {
    let named = |raw: String| crate::drafts::device_name(&raw);
    devices
        .map(|devices| devices.into_iter().map(named).collect())
        .transpose()
}

fn leftover_view(leftover: &Leftover) -> LeftoverView {
    let object = &leftover.object;
    LeftoverView {
        device: leftover.device.to_string(),
        kind: object.code().to_owned(),
        interface: object.interface().map(ToString::to_string),
        domain: object.domain().map(ToString::to_string),
        sentence: format!("{object}."),
        kept: leftover.kept.as_ref().map(kept_words),
    }
}

/// Why a clean-up leaves a leftover, in a sentence.
pub(crate) fn kept_words(kept: &Kept) -> String {
    match kept {
        Kept::HoldsMore => "It holds lines that Bridgekeeper does not write; look at it by hand.".to_owned(),
        Kept::NotProven { reason } => format!("Its removal can't be proven to go back: {reason}."),
    }
}

fn broken_view(broken: &BrokenPath) -> BrokenPathView {
    BrokenPathView {
        domain: broken.domain.to_string(),
        sentence: format!(
            "The path of {} is broken: {} carries it at one end of a link only. Nothing of it is called needless.",
            broken.domain,
            broken.one_sided.join(", ")
        ),
    }
}
