//! What a device was read for.

use bk_engine::deploy::{DeploymentId, Phase};

use crate::StoreError;
use crate::time::small;

/// What a device was read for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SnapshotSource {
    /// To learn what it holds.
    Discovery,
    /// To compare it with what is expected of it.
    Check,
    /// By a deployment, in one of its phases.
    Deployment {
        /// The deployment.
        id: DeploymentId,
        /// The phase.
        phase: Phase,
    },
    /// To classify a device after a crash or a lost connection of a deployment.
    Recovery {
        /// The deployment.
        id: DeploymentId,
    },
}

impl SnapshotSource {
    pub(crate) fn columns(self) -> (&'static str, Option<u32>) {
        match self {
            SnapshotSource::Discovery => ("discovery", None),
            SnapshotSource::Check => ("check", None),
            SnapshotSource::Recovery { id } => ("recovery", Some(id.0)),
            SnapshotSource::Deployment { id, phase } => {
                let word = match phase {
                    Phase::Preflight => "preflight",
                    Phase::Prepare => "prepare",
                    Phase::Arm => "arm",
                    Phase::Verify => "verify",
                    Phase::Decide => "decide",
                    Phase::Settle => "settle",
                };
                (word, Some(id.0))
            }
        }
    }

    pub(crate) fn read(word: &str, deployment: Option<i64>) -> Result<Self, StoreError> {
        let object = "the source of a snapshot";
        let Some(id) = deployment else {
            return match word {
                "discovery" => Ok(SnapshotSource::Discovery),
                "check" => Ok(SnapshotSource::Check),
                other => Err(StoreError::unreadable(object)(format!(
                    "{other:?} without a deployment"
                ))),
            };
        };
        let id = DeploymentId(small(id, object)?);
        let phase = match word {
            "recovery" => return Ok(SnapshotSource::Recovery { id }),
            "preflight" => Phase::Preflight,
            "prepare" => Phase::Prepare,
            "arm" => Phase::Arm,
            "verify" => Phase::Verify,
            "decide" => Phase::Decide,
            "settle" => Phase::Settle,
            other => return Err(StoreError::unreadable(object)(format!("{other:?} is no phase"))),
        };
        Ok(SnapshotSource::Deployment { id, phase })
    }
}
