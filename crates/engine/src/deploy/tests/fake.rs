//! A small model of a device: running text, candidates, rollback list, one pending commit, sessions that may outlive
//! their connection. Independent of the judgement under test: it knows texts and commands, not plans.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard};

use bk_config::{CliLine, ConfigText, Tree, apply};
use bk_model::DeviceName;
use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use tokio::time::Instant;

use crate::deploy::lines::{Delta, LineSet};
use crate::ports::{Candidate, RollbackEntry, SessionFact};

/// What is open about the command line (REF 13).
#[derive(Clone, Copy, Debug)]
pub(crate) struct Dialect {
    pub scope: Scope,
    /// Candidates outlive the session.
    pub kept: bool,
    /// The other engineer signs in with our login.
    pub shared_login: bool,
    /// Another's plain commit confirms a pending one; otherwise it leaves it pending below.
    pub foreign_confirms: bool,
    pub revert: Revert,
    /// A revert takes the entry out of the list; otherwise it adds one.
    pub vanishes: bool,
    pub arms: bool,
    /// The compare's layout can be read.
    pub readable: bool,
    /// The session list tells which session asks.
    pub marks_own: bool,
    pub reboot: Reboot,
}

impl Dialect {
    pub(crate) fn is_shared(self) -> bool {
        self.scope == Scope::Device || (self.scope == Scope::User && self.shared_login)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Session,
    User,
    Device,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Revert {
    TextBefore,
    OwnDelta,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reboot {
    Keeps,
    Drops,
    Reverts,
}

pub(crate) const PLAIN: Dialect = Dialect {
    scope: Scope::User,
    kept: true,
    shared_login: false,
    foreign_confirms: true,
    revert: Revert::TextBefore,
    vanishes: false,
    arms: true,
    readable: true,
    marks_own: true,
    reboot: Reboot::Keeps,
};

/// The other engineer's line elsewhere, and on our object.
pub(crate) const ELSEWHERE: &str = "interfaces ge100-0/0/30 description \"theirs\"";
pub(crate) const ON_OURS: &str = "interfaces ge100-0/0/5.251 vlan-id 999";

#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub fact: RollbackEntry,
    pub before: String,
    pub after: String,
}

#[derive(Clone, Debug)]
pub(crate) struct PendingState {
    pub entry: RollbackEntry,
    pub before: String,
    pub until: NaiveDateTime,
}

#[derive(Clone, Debug)]
pub(crate) struct SessionRow {
    pub id: u32,
    pub user: String,
    pub since: String,
    /// A lost session leaves the list at this moment.
    pub gone_at: Option<NaiveDateTime>,
}

/// A command that was on its way when its session was lost.
#[derive(Clone, Debug)]
pub(crate) struct Ghost {
    pub at: NaiveDateTime,
    pub session: u32,
    pub command: Command,
    pub edits: Vec<CliLine>,
}

#[derive(Clone, Debug)]
pub(crate) enum Command {
    Lines(Vec<CliLine>),
    Arm(u16),
    Confirm,
    Clear,
}

#[derive(Debug)]
pub(crate) struct State {
    pub name: DeviceName,
    pub dialect: Dialect,
    pub running: String,
    pub rollback: Vec<Entry>,
    pub pending: Option<PendingState>,
    /// Edits by slot: the session, the user or the device.
    pub candidates: BTreeMap<String, Vec<CliLine>>,
    pub sessions: Vec<SessionRow>,
    pub ghosts: Vec<Ghost>,
    pub reachable_at: Option<NaiveDateTime>,
    pub port_down: bool,
    /// Commands that took effect, for the rule that none runs twice.
    pub log: Vec<String>,
    /// What a command of ours did to another although our last read could see it.
    pub harm: Vec<String>,
    started: Instant,
    worked: i64,
    next_session: u32,
}

pub(crate) type Shared = Arc<Mutex<State>>;

pub(crate) fn lock(shared: &Shared) -> MutexGuard<'_, State> {
    shared.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

impl State {
    pub(crate) fn new(name: &str, dialect: Dialect, running: &str) -> Self {
        let mut state = Self {
            name: DeviceName::new(name).unwrap(),
            dialect,
            running: running.to_owned(),
            rollback: Vec::new(),
            pending: None,
            candidates: BTreeMap::new(),
            sessions: Vec::new(),
            ghosts: Vec::new(),
            reachable_at: None,
            port_down: false,
            log: Vec::new(),
            harm: Vec::new(),
            started: Instant::now(),
            worked: 0,
            next_session: 1,
        };
        let fact = state.entry("rowan", "");
        state.rollback.push(Entry {
            fact,
            before: String::new(),
            after: running.to_owned(),
        });
        state
    }

    pub(crate) fn now(&self) -> NaiveDateTime {
        let base = NaiveDate::from_ymd_opt(2026, 3, 9)
            .unwrap()
            .and_hms_opt(12, 0, 0)
            .unwrap();
        let elapsed = i64::try_from(self.started.elapsed().as_secs()).unwrap();
        base + chrono::Duration::seconds(elapsed + self.worked)
    }

    pub(crate) fn utc(&self) -> DateTime<Utc> {
        self.now().and_utc()
    }

    /// Every command takes time; what is due happens.
    pub(crate) fn tick(&mut self) {
        self.worked += 1;
        let now = self.now();
        self.sessions
            .retain(|row| row.gone_at.is_none_or(|gone| gone > now));
        let (due, later) = std::mem::take(&mut self.ghosts)
            .into_iter()
            .partition(|ghost| ghost.at <= now);
        self.ghosts = later;
        for ghost in due {
            self.run_late(ghost);
        }
        if self.pending.as_ref().is_some_and(|pending| pending.until <= now) {
            self.revert("timer");
        }
    }

    pub(crate) fn advance(&mut self, seconds: i64) {
        self.worked += seconds;
        self.tick();
    }

    fn entry(&self, user: &str, log: &str) -> RollbackEntry {
        RollbackEntry {
            id: 0,
            time: self.now().format("%d-%b-%Y %H:%M:%S UTC").to_string(),
            user: user.to_owned(),
            via: "cli".to_owned(),
            log: log.to_owned(),
        }
    }

    pub(crate) fn is_up(&self) -> bool {
        self.reachable_at.is_none_or(|at| at <= self.now())
    }

    pub(crate) fn other(&self) -> &'static str {
        if self.dialect.shared_login {
            "kestrel"
        } else {
            "birch"
        }
    }

    pub(crate) fn slot(&self, session: u32, user: &str) -> String {
        match self.dialect.scope {
            Scope::Session => format!("session {session}"),
            Scope::User => format!("user {user}"),
            Scope::Device => "device".to_owned(),
        }
    }

    /// The slot of the other engineer, who has a session of their own.
    pub(crate) fn others_slot(&self) -> String {
        self.slot(0, self.other())
    }

    pub(crate) fn open(&mut self, user: &str) -> u32 {
        let id = self.next_session;
        self.next_session += 1;
        let since = self.now().format("%d-%b-%Y %H:%M:%S UTC").to_string();
        self.sessions.push(SessionRow {
            id,
            user: user.to_owned(),
            since,
            gone_at: None,
        });
        id
    }

    pub(crate) fn hang_up(&mut self, session: u32, lingers: i64) {
        let gone = self.now() + chrono::Duration::seconds(lingers);
        match lingers {
            0 => self.sessions.retain(|row| row.id != session),
            _ => self
                .sessions
                .iter_mut()
                .filter(|row| row.id == session)
                .for_each(|row| row.gone_at = Some(gone)),
        }
        let slot = self.slot(session, "kestrel");
        let theirs_too = slot == self.others_slot();
        if self.dialect.scope == Scope::Session || (!self.dialect.kept && !theirs_too) {
            self.candidates.remove(&slot);
        }
    }

    pub(crate) fn session_list(&self, asking: u32) -> Vec<SessionFact> {
        let row = |row: &SessionRow| SessionFact {
            user: row.user.clone(),
            from: format!("192.0.2.1:{}", 40000 + row.id),
            since: row.since.clone(),
            is_this: self.dialect.marks_own.then_some(row.id == asking),
        };
        self.sessions.iter().map(row).collect()
    }

    pub(crate) fn lines(&self) -> LineSet {
        LineSet::of_text(&text(&self.running))
    }

    fn with_edits(&self, edits: &[CliLine]) -> String {
        let mut tree = Tree::read_flattened(&text(&self.running)).0;
        for line in edits {
            // A line that removes what is not there is accepted in silence.
            if let Ok(next) = apply(&tree, std::slice::from_ref(line)) {
                tree = next;
            }
        }
        tree.print()
    }

    pub(crate) fn candidate_text(&self, slot: &str) -> String {
        self.with_edits(self.candidates.get(slot).map_or(&[][..], Vec::as_slice))
    }

    pub(crate) fn compare(&self, slot: &str) -> Candidate {
        let delta = Delta::between(
            &self.lines(),
            &LineSet::of_text(&text(&self.candidate_text(slot))),
        );
        if delta.is_empty() {
            return Candidate::Empty;
        }
        let readable = self.dialect.readable;
        Candidate::Differs {
            text: delta.signed().join("\n"),
            added: readable.then(|| delta.added.iter().cloned().collect()),
            deleted: readable.then(|| delta.removed.iter().cloned().collect()),
        }
    }

    pub(crate) fn edit(&mut self, slot: &str, line: &CliLine) {
        self.candidates
            .entry(slot.to_owned())
            .or_default()
            .push(line.clone());
    }

    /// Commits a slot; returns the entry, or nothing if nothing would change.
    pub(crate) fn commit(&mut self, slot: &str, user: &str, confirm: Option<u16>) -> Option<RollbackEntry> {
        let after = self.candidate_text(slot);
        self.candidates.remove(slot);
        if after == self.running {
            return None;
        }
        self.worked += 3;
        let fact = self.entry(user, "");
        let before = std::mem::replace(&mut self.running, after.clone());
        self.rollback.insert(
            0,
            Entry {
                fact: fact.clone(),
                before: before.clone(),
                after,
            },
        );
        self.log.push(format!("commit by {user} {confirm:?}"));
        match confirm {
            Some(minutes) if self.dialect.arms => {
                let until = self.now() + chrono::Duration::minutes(i64::from(minutes));
                self.pending = Some(PendingState {
                    entry: fact.clone(),
                    before,
                    until,
                });
            }
            Some(_) => {}
            None if self.dialect.foreign_confirms => self.pending = None,
            None => {}
        }
        Some(fact)
    }

    /// Takes the pending commit back.
    pub(crate) fn revert(&mut self, why: &str) {
        let Some(pending) = self.pending.take() else {
            return;
        };
        self.worked += 3;
        self.log.push(format!("revert by {why}"));
        let at = self.rollback.iter().position(|entry| entry.fact == pending.entry);
        let on_top = at.is_some_and(|at| at > 0);
        let running = if self.dialect.revert == Revert::TextBefore || !on_top {
            pending.before
        } else {
            let entry = &self.rollback[at.unwrap()];
            let lines = |t: &str| LineSet::of_text(&text(t));
            let own = Delta::between(&lines(&entry.before), &lines(&entry.after));
            self.lines().with(&own.inverse()).text()
        };
        let before = std::mem::replace(&mut self.running, running.clone());
        match at {
            Some(at) if self.dialect.vanishes && self.dialect.revert == Revert::TextBefore => {
                self.rollback.drain(..=at);
            }
            Some(at) if self.dialect.vanishes => drop(self.rollback.remove(at)),
            _ => {
                let fact = self.entry(&pending.entry.user, "rollback");
                self.rollback.insert(
                    0,
                    Entry {
                        fact,
                        before,
                        after: running,
                    },
                );
            }
        }
    }

    /// Whether the entry that is pending carries a line of the other engineer.
    fn carries_theirs(&self) -> bool {
        let Some(pending) = &self.pending else {
            return false;
        };
        let entry = self.rollback.iter().find(|entry| entry.fact == pending.entry);
        entry.is_some_and(|entry| {
            let holds = |raw: &str, line: &str| LineSet::of_text(&text(raw)).holds(line);
            [ELSEWHERE, ON_OURS]
                .iter()
                .any(|line| holds(&entry.after, line) && !holds(&entry.before, line))
        })
    }

    /// Notes a `clear` that takes what the session had seen of another: a commit on top, or lines in the entry.
    pub(crate) fn judge_clear(&mut self, seen_head: Option<&RollbackEntry>) {
        let head = self.rollback.first().map(|entry| &entry.fact);
        let on_top = self
            .pending
            .as_ref()
            .is_some_and(|pending| head != Some(&pending.entry));
        if (on_top && head == seen_head) || self.carries_theirs() {
            self.harm.push("clear over another's commit".to_owned());
        }
    }

    fn run_late(&mut self, ghost: Ghost) {
        self.log.push(format!("late {:?}", ghost.command));
        let slot = match self.dialect.scope {
            Scope::Session => {
                self.candidates.insert("ghost".to_owned(), ghost.edits);
                "ghost".to_owned()
            }
            _ => self.slot(ghost.session, "kestrel"),
        };
        match ghost.command {
            Command::Lines(lines) => lines.iter().for_each(|line| self.edit(&slot, line)),
            Command::Arm(minutes) if self.pending.is_none() => {
                drop(self.commit(&slot, "kestrel", Some(minutes)));
            }
            Command::Arm(_) => {}
            Command::Confirm => self.pending = None,
            Command::Clear => self.revert("late clear"),
        }
        self.candidates.remove("ghost");
        self.sessions.retain(|row| row.id != ghost.session);
    }

    pub(crate) fn reboot(&mut self) {
        self.log.push("reboot".to_owned());
        match self.dialect.reboot {
            Reboot::Keeps => {}
            Reboot::Drops => self.pending = None,
            Reboot::Reverts => self.revert("reboot"),
        }
        if !self.dialect.kept {
            self.candidates.clear();
        }
        self.ghosts.clear();
        self.sessions.clear();
    }
}

pub(crate) fn text(raw: &str) -> ConfigText {
    ConfigText::new(raw).unwrap()
}
