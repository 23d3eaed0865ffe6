//! One device: its configurations, sessions and transactions, without any network.
//!
//! [`Device::execute`] takes a line that a session typed and gives the answer. It knows nothing of
//! terminals; what needs time (a commit) comes back as a [`Next::Commit`] for the shell to wait for.

mod answer;
mod commit;
mod dump;
mod editing;
mod help;
mod interpret;
mod matching;
mod pipes;
mod session;
mod show;
mod show_config;
mod state;

pub use answer::{Answer, CommitJob, Next};
pub use dump::{CandidateDump, DeviceDump, PendingDump, RollbackDump};
pub use pipes::Pipes;
pub use session::{Mode, SessionId, SessionSummary, Settings};

use std::sync::{Arc, Mutex};

use chrono::{DateTime, FixedOffset, Utc};
use tokio::sync::broadcast;

use crate::clock::{Clock, lock};
use crate::dialect::{Dialect, Zone};
use crate::fault::Fault;
use crate::forwarding::FabricView;
use crate::spec::DeviceSpec;
use crate::tree::Tree;
use session::Session;
use state::State;

/// How many notices a slow session may lag behind before it misses one.
const NOTICES: usize = 256;

/// Something that a session did not ask for.
#[derive(Clone, Debug)]
pub enum Notice {
    /// A line for every terminal but one (REF 1.6).
    Broadcast {
        /// The text, without line end.
        text: String,
        /// The session that knows already.
        except: Option<SessionId>,
    },
    /// The session is logged out.
    Close(SessionId),
    /// Every session of the device is cut off.
    CutAll,
}

/// A simulated device.
#[derive(Debug)]
pub struct Device {
    spec: Arc<DeviceSpec>,
    faults: Mutex<Vec<Fault>>,
    dialect: Mutex<Dialect>,
    clock: Arc<Clock>,
    state: Mutex<State>,
    published: Mutex<Arc<Tree>>,
    notices: broadcast::Sender<Notice>,
}

/// What every operation on the state needs to know.
#[derive(Clone, Copy)]
struct Context<'a> {
    spec: &'a DeviceSpec,
    dialect: Dialect,
    now: DateTime<Utc>,
}

impl Context<'_> {
    fn local(&self) -> DateTime<FixedOffset> {
        let seconds = match self.dialect.zone {
            Zone::Israel => 2 * 3600,
            Zone::Utc => 0,
        };
        let zone = FixedOffset::east_opt(seconds).expect("two hours are a valid offset");
        self.now.with_timezone(&zone)
    }

    /// `09-Mar-2026 19:09:18 UTC+02:00 (Israel)`.
    fn stamp(&self, at: DateTime<Utc>) -> String {
        let local = Context { now: at, ..*self }.local();
        match self.dialect.zone {
            Zone::Israel => local.format("%d-%b-%Y %H:%M:%S UTC+02:00 (Israel)").to_string(),
            Zone::Utc => local.format("%d-%b-%Y %H:%M:%S UTC").to_string(),
        }
    }
}

impl Device {
    /// A device at the moment it was switched on; its configuration is rollback 0.
    #[must_use]
    pub fn new(spec: DeviceSpec, dialect: Dialect, clock: Arc<Clock>) -> Self {
        let running = dialect.text_of(Tree::parse_flattened(&spec.config.join("\n")));
        let state = State::new(running.clone(), clock.now());
        let (notices, _) = broadcast::channel(NOTICES);
        Self {
            spec: Arc::new(spec),
            faults: Mutex::default(),
            dialect: Mutex::new(dialect),
            clock,
            state: Mutex::new(state),
            published: Mutex::new(Arc::new(running)),
            notices,
        }
    }

    /// The box.
    #[must_use]
    pub fn spec(&self) -> &Arc<DeviceSpec> {
        &self.spec
    }

    /// Its dialect.
    #[must_use]
    pub fn dialect(&self) -> Dialect {
        *lock(&self.dialect)
    }

    /// Changes its dialect from now on.
    pub fn set_dialect(&self, dialect: Dialect) {
        *lock(&self.dialect) = dialect;
    }

    /// The running configuration.
    #[must_use]
    pub fn running(&self) -> Arc<Tree> {
        Arc::clone(&lock(&self.published))
    }

    /// Adds a fault.
    pub fn inject(&self, fault: Fault) {
        lock(&self.faults).push(fault);
    }

    /// Forgets all faults.
    pub fn clear_faults(&self) {
        lock(&self.faults).clear();
    }

    /// The faults whose turn it is on this line; those without repetition are used up.
    #[must_use]
    pub fn faults_on(&self, line: &str) -> Vec<Fault> {
        let mut due = Vec::new();
        lock(&self.faults).retain_mut(|fault| {
            if !fault.concerns(line) {
                return true;
            }
            if fault.skip > 0 {
                fault.skip -= 1;
                return true;
            }
            due.push(fault.clone());
            fault.repeat
        });
        due
    }

    /// Notices from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Notice> {
        self.notices.subscribe()
    }

    /// Sends a line to every terminal.
    pub fn broadcast(&self, text: &str) {
        self.send(vec![Notice::Broadcast {
            text: text.to_owned(),
            except: None,
        }]);
    }

    /// Opens a session; `None` if the device has no room for another (REF 1.1).
    #[must_use]
    pub fn open_session(&self, user: &str, remote: &str) -> Option<SessionId> {
        self.with(|state, context| state.open_session(user, remote, context))
    }

    /// Sessions of this login take all the room that is left.
    pub fn crowd(&self, user: &str) {
        while self.open_session(user, "192.0.2.77:50022").is_some() {}
    }

    /// Every session of this login ends.
    pub fn leave(&self, user: &str) {
        self.with(|state, context| {
            let theirs = |(id, session): (&SessionId, &Session)| (session.user == user).then_some(*id);
            let ids: Vec<SessionId> = state.sessions.iter().filter_map(theirs).collect();
            for id in ids {
                state.close_session(id, None, context);
                state.notices.push(Notice::Close(id));
            }
        });
    }

    /// As it was when it was switched on, without a session; numbers of sessions and commits are not used again.
    pub fn reset(&self) {
        self.clear_faults();
        self.with(|state, context| {
            let tree = context
                .dialect
                .text_of(Tree::parse_flattened(&context.spec.config.join("\n")));
            state.reset(tree, context.now);
        });
    }

    /// A session whose terminal is gone. `late` is a line that it sent and that may still run.
    pub fn close_session(&self, id: SessionId, late: Option<String>) {
        self.with(|state, context| state.close_session(id, late, context));
    }

    /// Runs (or with `run` false forgets) the lines of lost sessions that are still on their way.
    pub fn late_lines(&self, run: bool, fabric: &dyn FabricView) -> usize {
        let late = self.with(|state, _| std::mem::take(&mut state.late));
        for (id, line) in &late {
            if run {
                self.execute_to_end(*id, line, fabric);
            }
            self.close_session(*id, None);
        }
        late.len()
    }

    /// Takes a line that a session typed.
    pub fn execute(&self, id: SessionId, line: &str, fabric: &dyn FabricView) -> Answer {
        let shown = self.prompt(id, true).chars().count();
        self.with(|state, context| interpret::line(state, context, fabric, id, line, shown))
    }

    /// The end of a commit that [`Device::execute`] began.
    pub fn finish_commit(&self, id: SessionId, job: &CommitJob) -> Answer {
        self.with(|state, context| commit::finish(state, context, id, job))
    }

    /// Takes a line and finishes the commit that it begins, if it begins one.
    pub fn execute_to_end(&self, id: SessionId, line: &str, fabric: &dyn FabricView) -> Answer {
        let answer = self.execute(id, line, fabric);
        match &answer.next {
            Next::Commit(job) => self.finish_commit(id, job),
            _ => answer,
        }
    }

    /// The prompt of a session, with or without the time in it (REF 1.3). Empty if there is no such session.
    #[must_use]
    pub fn prompt(&self, id: SessionId, stamped: bool) -> String {
        self.with(|state, context| state.prompt(id, stamped, context))
    }

    /// What a session has set for its terminal.
    #[must_use]
    pub fn settings(&self, id: SessionId) -> Option<Settings> {
        self.with(|state, _| state.sessions.get(&id).map(|session| session.settings))
    }

    /// Changes what a session has set for its terminal.
    pub fn change_settings(&self, id: SessionId, change: impl FnOnce(&mut Settings)) {
        self.with(|state, _| {
            if let Some(session) = state.sessions.get_mut(&id) {
                change(&mut session.settings);
            }
        });
    }

    /// The words that may follow what was typed so far, with the prompt's context (`?` and TAB).
    #[must_use]
    pub fn completions(&self, id: SessionId, typed: &str) -> Vec<String> {
        self.with(|state, _| help::completions(state, id, typed))
    }

    /// When the device will next do something by itself.
    #[must_use]
    pub fn deadline(&self) -> Option<DateTime<Utc>> {
        self.with(|state, context| state.deadline(context))
    }

    /// Lets timers fire whose time has come.
    pub fn tick(&self) {
        self.with(|_, _| ());
    }

    /// Restarts: every session ends, candidates are gone, a pending commit fares as the dialect says.
    pub fn reboot(&self) {
        self.with(State::reboot);
    }

    /// The pending commit is taken back, as when its time has come.
    pub fn end_timer(&self) {
        self.with(State::end_timer);
    }

    /// A commit of this user runs on the device from now on; with none, it has come to nothing.
    pub fn run_foreign_commit(&self, user: Option<&str>) {
        self.with(|state, context| state.run_foreign_commit(user, context));
    }

    /// The truth about this device.
    #[must_use]
    pub fn dump(&self) -> DeviceDump {
        self.with(|state, context| state.dump(context))
    }

    /// Runs `action` on the state after due timers have fired; publishes what it changed.
    fn with<T>(&self, action: impl FnOnce(&mut State, Context<'_>) -> T) -> T {
        let context = Context {
            spec: &self.spec,
            dialect: self.dialect(),
            now: self.clock.now(),
        };
        let mut state = lock(&self.state);
        let serial = state.revision;
        state.tick(context);
        let deadline = state.deadline(context);
        let result = action(&mut state, context);
        state.tick(context);
        let notices = std::mem::take(&mut state.notices);
        if state.revision != serial {
            *lock(&self.published) = Arc::new(state.running.clone());
        }
        let next = state.deadline(context);
        let nudge = next.is_some_and(|next| deadline.is_none_or(|before| next < before));
        drop(state);
        self.send(notices);
        if nudge {
            self.clock.nudge();
        }
        result
    }

    fn send(&self, notices: Vec<Notice>) {
        for notice in notices {
            // An error only says that no terminal is open.
            let _ = self.notices.send(notice);
        }
    }
}

#[cfg(test)]
mod tests;
