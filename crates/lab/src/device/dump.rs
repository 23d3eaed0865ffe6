//! The truth about a device.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::commit::would_leave;
use super::state::{Owner, State};
use super::{Context, Mode, SessionSummary};

/// The truth about a device, as only the control socket tells it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceDump {
    /// The name in the inventory.
    pub name: String,
    /// The running configuration, flattened.
    pub flattened: String,
    /// The running configuration, indented.
    pub hierarchical: String,
    /// Candidates that differ from what they were opened on.
    pub candidates: Vec<CandidateDump>,
    /// The commit that waits to be confirmed.
    pub pending: Option<PendingDump>,
    /// The user whose commit runs right now.
    pub commit_running_for: Option<String>,
    /// The rollback list, newest first.
    pub rollbacks: Vec<RollbackDump>,
    /// Sessions, lost ones with late lines included.
    pub sessions: Vec<SessionSummary>,
    /// Lines of lost sessions that may still run.
    pub late_lines: Vec<String>,
}

/// A candidate with changes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateDump {
    /// `session 701`, `user kestrel` or `device`.
    pub owner: String,
    /// What a commit of it would leave, flattened.
    pub flattened: String,
    /// Its changes.
    pub compare: String,
}

/// A pending commit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingDump {
    /// Who committed.
    pub user: String,
    /// When.
    pub since: DateTime<Utc>,
    /// When it will be taken back.
    pub deadline: DateTime<Utc>,
    /// Commits made since.
    pub on_top: usize,
}

/// An entry of the rollback list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RollbackDump {
    /// Never used twice on a device, so two reads can be told apart.
    pub serial: u64,
    /// Who committed.
    pub user: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The text given with the commit.
    pub log: String,
    /// The configuration, flattened.
    pub flattened: String,
}

impl State {
    pub(super) fn dump(&self, context: Context<'_>) -> DeviceDump {
        let style = context.dialect.print_style();
        let mut candidates: Vec<CandidateDump> = self
            .candidates
            .iter()
            .filter(|(_, candidate)| candidate.dirty())
            .map(|(owner, candidate)| CandidateDump {
                owner: match owner {
                    Owner::Session(id) => format!("session {}", id.0),
                    Owner::User(user) => format!("user {user}"),
                    Owner::Device => "device".to_owned(),
                },
                flattened: would_leave(candidate, &self.running, self.revision, context).flattened(style),
                compare: candidate
                    .base
                    .compare(&candidate.tree, context.dialect.compare, style),
            })
            .collect();
        candidates.sort_by(|a, b| a.owner.cmp(&b.owner));
        DeviceDump {
            name: context.spec.name.clone(),
            flattened: self.running.flattened(style),
            hierarchical: self.running.hierarchical(style),
            candidates,
            pending: self.pending.as_ref().map(|pending| PendingDump {
                user: pending.user.clone(),
                since: pending.since,
                deadline: pending.deadline,
                on_top: self
                    .ring
                    .iter()
                    .take_while(|entry| entry.serial != pending.serial)
                    .count(),
            }),
            commit_running_for: self.busy.as_ref().map(|busy| busy.user.clone()),
            rollbacks: self
                .ring
                .iter()
                .map(|entry| RollbackDump {
                    serial: entry.serial,
                    user: entry.user.clone(),
                    at: entry.at,
                    log: entry.log.clone(),
                    flattened: entry.tree.flattened(style),
                })
                .collect(),
            sessions: self
                .sessions
                .iter()
                .map(|(id, session)| SessionSummary {
                    id: *id,
                    user: session.user.clone(),
                    remote: session.remote.clone(),
                    connected: session.connected,
                    configuring: matches!(session.mode, Mode::Configuration(_)),
                })
                .collect(),
            late_lines: self.late.iter().map(|(_, line)| line.clone()).collect(),
        }
    }
}
