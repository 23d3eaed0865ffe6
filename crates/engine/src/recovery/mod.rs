//! Recovery: what the journal says of a deployment that did not end, and how it goes on.
//!
//! The decision record gives the direction: without it every device is brought back to old, with it every device is
//! completed to new. Nothing is sent that a fresh look at the device does not ask for, so no line goes out twice.

mod card;
mod replay;
#[cfg(test)]
mod tests;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use tokio_util::sync::CancellationToken;

use crate::deploy::known::Known;
use crate::deploy::machine::Deployment;
use crate::deploy::table::{Direction, Place, Sent};
use crate::deploy::{
    Cause, DeployOptions, DeploymentError, DeploymentId, DeploymentPlan, DeploymentReport, DeviceReport,
    Driver, EventSink, Outcome, Ports, Step,
};
use crate::ports::{Journal, JournalEntry, JournalEvent};

pub use card::{Choice, DeviceCard, Fact, RecoveryCard, card};
pub use replay::{own_commits, replay};

/// A deployment that began and did not end, as its journal tells it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenDeployment {
    /// Which.
    pub deployment: DeploymentId,
    /// Hash of its plan.
    pub plan: String,
    /// Who ran it.
    pub by: String,
    /// Confirm window in minutes.
    pub window_minutes: u16,
    /// When it began.
    pub began: DateTime<Utc>,
    /// When the last entry was written.
    pub last_entry: DateTime<Utc>,
    /// When the decision was recorded.
    pub decided: Option<DateTime<Utc>>,
    /// Every device that the journal names.
    pub devices: Vec<OpenDevice>,
    /// The next entry's position.
    pub next_seq: u64,
}

/// A device of an open deployment.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenDevice {
    /// The device.
    pub device: DeviceName,
    /// What was sent to it at most.
    pub sent: Sent,
    /// Steps that were begun and whose end is not in the journal, in order: of the last process, and of those before it.
    pub unanswered: Vec<Step>,
    /// A commit was begun since it was last looked at: what was seen before tells nothing any more.
    pub unseen: bool,
    /// What was known of it.
    pub known: Known,
    /// Its last report.
    pub report: Option<DeviceReport>,
}

impl OpenDeployment {
    /// Which way recovery goes.
    #[must_use]
    pub fn direction(&self) -> Direction {
        if self.decided.is_some() {
            Direction::Complete
        } else {
            Direction::Back
        }
    }

    /// Returns a device of the deployment.
    #[must_use]
    pub fn device(&self, name: &DeviceName) -> Option<&OpenDevice> {
        self.devices.iter().find(|device| device.device == *name)
    }

    /// Tells whether only lines in a candidate are left to be cleaned: pinned, and done at the next contact.
    #[must_use]
    pub fn is_only_unclean(&self) -> bool {
        self.decided.is_none() && self.devices.iter().all(|device| device.sent <= Sent::Lines)
    }
}

/// Reads every open deployment from the journal.
///
/// # Errors
/// [`DeploymentError::Journal`].
pub async fn classify(journal: &dyn Journal) -> Result<Vec<OpenDeployment>, DeploymentError> {
    let failed = |deployment| move |source| DeploymentError::Journal { deployment, source };
    let ids = journal
        .open_deployments()
        .await
        .map_err(failed(DeploymentId(0)))?;
    let mut open = Vec::new();
    for id in ids {
        let entries = journal.entries(&id).await.map_err(failed(id))?;
        open.extend(replay(&entries));
    }
    Ok(open)
}

/// Brings an open deployment to its end: back to old, or on to new when its decision is recorded.
///
/// `plan` must be the plan whose hash the journal names. The options give the pace; the window is the journal's.
///
/// # Errors
/// [`DeploymentError`]; the deployment stays open.
pub async fn recover(
    open: OpenDeployment,
    plan: DeploymentPlan,
    ports: Ports,
    options: DeployOptions,
    events: &EventSink,
    cancel: CancellationToken,
) -> Result<DeploymentReport, DeploymentError> {
    let options = DeployOptions {
        window_minutes: open.window_minutes,
        ..options
    };
    let mut known = Vec::new();
    let mut places = Vec::new();
    for change in &plan.devices {
        let device = open.device(&change.device);
        known.push(
            device
                .map(|device| device.known_after_crash(open.last_entry, &change.predicted))
                .unwrap_or_default(),
        );
        places.push(match device {
            None => Err(Sent::Nothing),
            Some(device) => device.final_place().ok_or(device.sent),
        });
    }
    let (machine, actions) = Deployment::resumed(open.direction(), &places);
    let mut driver = Driver::new(open.deployment, plan, ports, options, events, machine, known)?;
    let cause = open.decided.is_none().then_some(Cause::Interrupted);
    driver.resume_at(open.next_seq, open.decided, cause);
    for (index, place) in places.iter().enumerate() {
        if let Ok(Place::Claimed(claim)) = place {
            driver.keep_claim(index, *claim);
        }
    }
    driver.carry_out(actions).await?;
    driver.finish(cancel).await
}

/// The last journal entry of a deployment whose lasting difference a person takes as it is: it ends in doubt, with its last
/// reports.
#[must_use]
pub fn end_in_doubt(open: &OpenDeployment, at: DateTime<Utc>) -> JournalEntry {
    JournalEntry {
        deployment: open.deployment,
        seq: open.next_seq,
        at,
        device: None,
        event: JournalEvent::Ended {
            outcome: Outcome::InDoubt,
        },
    }
}
