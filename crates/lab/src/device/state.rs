//! The state of a device and what changes it besides typed lines.

use std::collections::{BTreeMap, HashMap, VecDeque};

use chrono::{DateTime, TimeDelta, Utc};

use super::{Context, Notice, Session, SessionId};
use crate::dialect::{CandidateLife, CandidateScope, Reboot, Revert, RevertEntry};
use crate::grammar::{Edit, number_in};
use crate::tree::Tree;

/// Rollback entries kept (REF 11).
const ROLLBACKS: usize = 50;

#[derive(Debug)]
pub(super) struct State {
    pub(super) running: Tree,
    pub(super) candidates: HashMap<Owner, Candidate>,
    pub(super) sessions: BTreeMap<SessionId, Session>,
    next_session: u64,
    pub(super) pending: Option<Pending>,
    /// Newest first; the first is running.
    pub(super) ring: VecDeque<Entry>,
    /// Grows with every change of running.
    pub(super) revision: u64,
    pub(super) busy: Option<Busy>,
    pub(super) late: Vec<(SessionId, String)>,
    pub(super) notices: Vec<Notice>,
    pub(super) runs: u64,
}

/// Who shares a candidate.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Owner {
    Session(SessionId),
    User(String),
    Device,
}

/// A candidate: the running configuration it was opened on, and the lines typed since.
#[derive(Clone, Debug)]
pub(super) struct Candidate {
    pub(super) base: Tree,
    pub(super) base_revision: u64,
    pub(super) tree: Tree,
    pub(super) edits: Vec<Edit>,
    /// Set by `rollback n`: the whole text, which no merge changes.
    pub(super) absolute: bool,
}

impl Candidate {
    pub(super) fn dirty(&self) -> bool {
        self.tree != self.base
    }
}

/// A commit in the rollback list.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) serial: u64,
    pub(super) tree: Tree,
    pub(super) user: String,
    pub(super) via: &'static str,
    pub(super) at: DateTime<Utc>,
    pub(super) log: String,
}

/// A commit that is taken back unless confirmed.
#[derive(Clone, Debug)]
pub(super) struct Pending {
    pub(super) user: String,
    pub(super) since: DateTime<Utc>,
    pub(super) deadline: DateTime<Utc>,
    pub(super) serial: u64,
    pub(super) before: Tree,
    pub(super) after: Tree,
}

/// A commit that is being carried out.
#[derive(Clone, Debug)]
pub(super) struct Busy {
    pub(super) user: String,
    pub(super) since: DateTime<Utc>,
    pub(super) run: u64,
    /// What will be the running configuration: lines typed meanwhile are not part of it.
    pub(super) tree: Tree,
}

impl State {
    pub(super) fn new(running: Tree, now: DateTime<Utc>) -> Self {
        let first = Entry {
            serial: 0,
            tree: running.clone(),
            user: "dnroot".to_owned(),
            via: "cli",
            at: now,
            log: String::new(),
        };
        Self {
            running,
            candidates: HashMap::new(),
            sessions: BTreeMap::new(),
            next_session: 700,
            pending: None,
            ring: VecDeque::from([first]),
            revision: 0,
            busy: None,
            late: Vec::new(),
            notices: Vec::new(),
            runs: 0,
        }
    }

    pub(super) fn reset(&mut self, running: Tree, now: DateTime<Utc>) {
        let revision = self.revision + 1;
        *self = Self {
            next_session: self.next_session,
            runs: self.runs,
            revision,
            notices: vec![Notice::CutAll],
            ..Self::new(running, now)
        };
        self.ring[0].serial = revision;
    }

    pub(super) fn host(&self, context: Context<'_>) -> String {
        self.running
            .leaf(&["system"], "name")
            .map_or_else(|| context.spec.name.clone(), str::to_owned)
    }

    pub(super) fn timestamps(&self, id: SessionId) -> bool {
        let own = self
            .sessions
            .get(&id)
            .and_then(|session| session.settings.timestamp);
        own.unwrap_or_else(|| self.running.leaf(&["system"], "cli-timestamp") != Some("disabled"))
    }

    pub(super) fn prompt(&self, id: SessionId, stamped: bool, context: Context<'_>) -> String {
        let Some(session) = self.sessions.get(&id) else {
            return String::new();
        };
        let stamp =
            (stamped && self.timestamps(id)).then(|| context.local().format("%d-%b-%Y-%H:%M:%S").to_string());
        let levels = session.levels().map(|levels| {
            let shown = &levels[levels.len().saturating_sub(3)..];
            std::iter::once("cfg")
                .chain(shown.iter().map(crate::grammar::Step::prompt))
                .collect::<Vec<_>>()
                .join("-")
        });
        let inside = [levels, stamp]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        let host = self.host(context);
        if inside.is_empty() {
            format!("{host}# ")
        } else {
            format!("{host}({inside})# ")
        }
    }

    pub(super) fn open_session(
        &mut self,
        user: &str,
        remote: &str,
        context: Context<'_>,
    ) -> Option<SessionId> {
        let limit = self.running.leaf(&["system", "ssh", "server"], "max-sessions");
        let limit = limit.and_then(|text| number_in(text, 1, 32)).unwrap_or(10) as usize;
        if self.sessions.len() >= limit {
            return None;
        }
        self.next_session += 1;
        let id = SessionId(self.next_session);
        self.sessions.insert(id, Session::new(user, remote, context.now));
        Some(id)
    }

    pub(super) fn close_session(&mut self, id: SessionId, late: Option<String>, context: Context<'_>) {
        if let Some(line) = late {
            self.late.push((id, line));
        }
        if self.late.iter().any(|(session, _)| *session == id) {
            if let Some(session) = self.sessions.get_mut(&id) {
                session.connected = false;
            }
            return;
        }
        let Some(owner) = self.owner(id, context) else {
            return;
        };
        let Some(session) = self.sessions.remove(&id) else {
            return;
        };
        let shared = self.sessions.iter().any(|(other, other_session)| {
            other_session.configured && self.owner(*other, context).as_ref() == Some(&owner)
        });
        let lost = context.dialect.candidate_life == CandidateLife::Lost && session.configured && !shared;
        if lost || matches!(owner, Owner::Session(_)) {
            self.candidates.remove(&owner);
        }
    }

    /// Whose candidate a session edits.
    pub(super) fn owner(&self, id: SessionId, context: Context<'_>) -> Option<Owner> {
        let session = self.sessions.get(&id)?;
        Some(match context.dialect.candidate {
            CandidateScope::Session => Owner::Session(id),
            CandidateScope::User => Owner::User(session.user.clone()),
            CandidateScope::Device => Owner::Device,
        })
    }

    /// The candidate that a session edits; one without changes follows the running configuration.
    pub(super) fn candidate(&mut self, owner: &Owner) -> &mut Candidate {
        let (running, revision) = (&self.running, self.revision);
        let fresh = || Candidate {
            base: running.clone(),
            base_revision: revision,
            tree: running.clone(),
            edits: Vec::new(),
            absolute: false,
        };
        let candidate = self.candidates.entry(owner.clone()).or_insert_with(fresh);
        if candidate.base_revision != revision && !candidate.dirty() {
            *candidate = fresh();
        }
        candidate
    }

    pub(super) fn deadline(&self, context: Context<'_>) -> Option<DateTime<Utc>> {
        let idle = self.idle_limit().and_then(|limit| {
            self.sessions
                .values()
                .filter(|session| session.connected)
                .map(|session| session.active + limit)
                .min()
        });
        let pending = self.pending.as_ref().map(|pending| pending.deadline);
        [idle, pending]
            .into_iter()
            .flatten()
            .filter(|at| *at > context.now)
            .min()
    }

    /// REF 1.1: 30 minutes by default, 0 = never.
    fn idle_limit(&self) -> Option<TimeDelta> {
        let minutes = self
            .running
            .leaf(&["system", "login"], "session-timeout")
            .and_then(|text| number_in(text, 0, 90));
        match minutes.unwrap_or(30) {
            0 => None,
            minutes => Some(TimeDelta::minutes(i64::from(minutes))),
        }
    }

    /// Fires what is due: idle logouts, the pending commit's timer (not while a commit runs).
    pub(super) fn tick(&mut self, context: Context<'_>) {
        if self.busy.is_some() {
            return;
        }
        if let Some(limit) = self.idle_limit() {
            for (id, session) in &mut self.sessions {
                if session.connected && session.active + limit <= context.now {
                    session.connected = false;
                    self.notices.push(Notice::Close(*id));
                }
            }
        }
        if self
            .pending
            .as_ref()
            .is_some_and(|pending| pending.deadline <= context.now)
        {
            self.end_timer(context);
        }
    }

    /// The timer of the pending commit ends, and every terminal is told.
    pub(super) fn end_timer(&mut self, context: Context<'_>) {
        if let Some(text) = self.revert(context) {
            self.notices.push(Notice::Broadcast { text, except: None });
        }
    }

    /// Takes the pending commit back (expiry, `clear system commit`, reboot); the line that tells it.
    pub(super) fn revert(&mut self, context: Context<'_>) -> Option<String> {
        let pending = self.pending.take()?;
        let above = self.ring.iter().position(|entry| entry.serial == pending.serial);
        let running = match context.dialect.revert {
            Revert::Before => pending.before.clone(),
            Revert::Delta => self.running.patched(&pending.after, &pending.before),
            Revert::Last => self
                .ring
                .get(1)
                .map_or_else(|| pending.before.clone(), |entry| entry.tree.clone()),
        };
        match (context.dialect.revert_entry, above) {
            (RevertEntry::Added, _) | (_, None) => {
                self.record(running, &pending.user, context, String::new());
            }
            (RevertEntry::Vanishes, Some(above)) => {
                match context.dialect.revert {
                    Revert::Before => drop(self.ring.drain(..=above)),
                    Revert::Delta => drop(self.ring.remove(above)),
                    Revert::Last => drop(self.ring.pop_front()),
                }
                self.running = running;
                self.revision += 1;
            }
        }
        let words = match context.dialect.confirm_texts {
            crate::dialect::ConfirmTexts::Field => "Configuration commit confirm rollbacked by",
            _ => "Configuration commit rollback by",
        };
        Some(format!(
            "{words} {} at {}",
            pending.user,
            context.stamp(context.now)
        ))
    }

    /// Makes `tree` the running configuration and the head of the rollback list; returns its serial.
    pub(super) fn record(&mut self, tree: Tree, user: &str, context: Context<'_>, log: String) -> u64 {
        self.revision += 1;
        let serial = self.revision;
        self.running = tree.clone();
        self.ring.push_front(Entry {
            serial,
            tree,
            user: user.to_owned(),
            via: "cli",
            at: context.now,
            log,
        });
        self.ring.truncate(ROLLBACKS);
        serial
    }

    pub(super) fn run_foreign_commit(&mut self, user: Option<&str>, context: Context<'_>) {
        self.runs += 1;
        self.busy = user.map(|user| Busy {
            user: user.to_owned(),
            since: context.now,
            run: self.runs,
            tree: self.running.clone(),
        });
    }

    pub(super) fn reboot(&mut self, context: Context<'_>) {
        self.sessions.clear();
        self.candidates.clear();
        self.late.clear();
        self.busy = None;
        self.notices.push(Notice::CutAll);
        match context.dialect.reboot {
            Reboot::Keeps => {}
            Reboot::Drops => self.pending = None,
            Reboot::Reverts => drop(self.revert(context)),
        }
    }
}
