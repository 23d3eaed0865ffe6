//! What the core tells without being asked.

use std::sync::Arc;

use crate::views::{ActivityView, SyncNotice, TranscriptRow};

/// Something changed. A window reads again what it shows of it.
#[derive(Clone, Debug, PartialEq)]
pub enum AppEvent {
    /// An activity began, went on or ended.
    ActivityChanged(ActivityView),
    /// A deployment went on; at most ten times a second.
    DeploymentChanged {
        /// Its number.
        deployment: u32,
    },
    /// A deployment sent or received lines.
    TranscriptAdded {
        /// Its number.
        deployment: u32,
        /// The lines.
        rows: Vec<TranscriptRow>,
    },
    /// Background sync took what a device holds, or gave up on it.
    BackgroundSynced(SyncNotice),
    /// Stored data changed.
    DataChanged {
        /// What kind: words of [`Topic`].
        topics: Vec<String>,
    },
}

/// Takes events. It must not block and may be called from any thread.
pub type EventSink = Arc<dyn Fn(AppEvent) + Send + Sync>;

/// A kind of stored data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Topic {
    Checks,
    Status,
    Devices,
    Domains,
    Drafts,
    Drift,
    Plans,
    Deployments,
    Snapshots,
    Settings,
}

impl Topic {
    pub(crate) const ALL: &[Self] = &[
        Self::Checks,
        Self::Status,
        Self::Devices,
        Self::Domains,
        Self::Drafts,
        Self::Drift,
        Self::Plans,
        Self::Deployments,
        Self::Snapshots,
        Self::Settings,
    ];

    pub(crate) fn word(self) -> &'static str {
        match self {
            Topic::Checks => "checks",
            Topic::Status => "status",
            Topic::Devices => "devices",
            Topic::Domains => "domains",
            Topic::Drafts => "drafts",
            Topic::Drift => "drift",
            Topic::Plans => "plans",
            Topic::Deployments => "deployments",
            Topic::Snapshots => "snapshots",
            Topic::Settings => "settings",
        }
    }
}
