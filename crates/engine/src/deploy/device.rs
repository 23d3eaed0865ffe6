//! One device while a deployment runs: its session, what is known of it, and the look that everything is judged by.

use std::sync::Arc;
use std::time::Duration;

use bk_model::DeviceName;
use chrono::{DateTime, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::change::DeviceChange;
use super::found::Found;
use super::judge::{Judged, Look, entries_to_read, judge};
use super::known::{Known, same_list};
use super::lines::LineSet;
use super::options::DeployOptions;
use super::report::{Cause, Drift};
use super::sight::Sight;
use super::table::{Direction, Event, Sent};
use super::wording::{Prints, Wording};
use crate::ports::{Clock, DevicePort, DeviceSession, Facts, Probe, Reading, RollbackEntry, StepError};
use crate::verify::CheckRow;

/// How often a look that another's commit disturbed is taken.
const LOOKS: u32 = 3;

/// What every step is given beside its device.
#[derive(Clone)]
pub(super) struct Env {
    pub options: Arc<DeployOptions>,
    pub clock: Arc<dyn Clock>,
    pub direction: Direction,
    pub sent: Sent,
    pub domains: Arc<Vec<bk_model::BridgeDomainName>>,
    /// Fires when the deployment turns back: forward steps that can be left are left. Commits never listen to it,
    /// and on the way back or on to new it never fires.
    pub stop: CancellationToken,
}

impl Env {
    pub(super) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    pub(super) fn decided(&self) -> bool {
        self.direction == Direction::Complete
    }
}

/// A reading of both clocks: the one that runs while the laptop sleeps and the one that does not.
#[derive(Clone, Copy, Debug)]
pub(super) struct Moment {
    boot: Duration,
    awake: Instant,
}

impl Moment {
    pub(super) fn now(clock: &dyn Clock) -> Self {
        Self {
            boot: clock.since_boot(),
            awake: Instant::now(),
        }
    }

    /// Tells whether the laptop slept since.
    pub(super) fn slept(self, clock: &dyn Clock) -> bool {
        let now = Self::now(clock);
        let boot = now.boot.saturating_sub(self.boot);
        let awake = now.awake.saturating_duration_since(self.awake);
        boot.saturating_sub(awake) > Duration::from_secs(2)
    }
}

/// What the last look found, as far as a command right after it needs it.
pub(super) struct Seen {
    pub judged: Judged,
    pub look: Look,
    pub at: Moment,
}

/// Readings from before the change, kept for the checks.
#[derive(Clone, Debug, Default)]
pub(super) struct Before {
    pub text: LineSet,
    pub facts: Option<Facts>,
    pub macs: super::verifying::Macs,
}

pub(super) struct Device {
    pub plan: DeviceChange,
    pub port: Arc<dyn DevicePort>,
    pub known: Known,
    pub session: Option<Box<dyn DeviceSession>>,
    /// The session was opened after the last command of the way forward: a claim may rest on it.
    pub fresh: bool,
    /// The session holds our lines in its candidate.
    pub prepared: bool,
    pub before: Option<Before>,
    pub after: Option<Before>,
    pub seen: Option<Seen>,
    /// When the check right before the commit held.
    pub rechecked: Option<Moment>,
    pub reading: Option<Reading>,
    /// What that reading showed of needless lines.
    pub prints: Prints,
    /// The list of commits as it was read right after that.
    pub list: Option<Vec<RollbackEntry>>,
    /// Since when the device is waited for, by the clock that runs during sleep.
    pub doubt_since: Option<Duration>,
    pub pauses: u32,
    /// The saved text stands in the journal.
    pub saved_written: bool,
    /// The wait is over; the device is read once more before it is left open.
    pub last_chance: bool,
}

/// How a step ended.
pub(super) struct StepEnd {
    pub event: Event,
    pub words: Option<String>,
    pub cause: Option<Cause>,
    pub drifts: Vec<Drift>,
    pub checks: Vec<CheckRow>,
}

impl StepEnd {
    pub(super) fn of(event: Event) -> Self {
        Self {
            event,
            words: None,
            cause: None,
            drifts: Vec::new(),
            checks: Vec::new(),
        }
    }

    pub(super) fn passed() -> Self {
        Self::of(Event::Passed)
    }

    pub(super) fn failed(cause: Cause) -> Self {
        Self {
            cause: Some(cause),
            ..Self::of(Event::Failed)
        }
    }

    pub(super) fn words(self, words: impl Into<String>) -> Self {
        Self {
            words: Some(words.into()),
            ..self
        }
    }
}

impl Device {
    pub(super) fn new(plan: DeviceChange, port: Arc<dyn DevicePort>, known: Known) -> Self {
        Self {
            plan,
            port,
            known,
            session: None,
            fresh: false,
            prepared: false,
            before: None,
            after: None,
            seen: None,
            rechecked: None,
            reading: None,
            prints: Prints::default(),
            list: None,
            doubt_since: None,
            pauses: 0,
            saved_written: false,
            last_chance: false,
        }
    }

    pub(super) fn name(&self) -> &DeviceName {
        &self.plan.device
    }

    /// Opens a session unless one is there.
    pub(super) async fn open(&mut self, env: &Env) -> Result<(), StepError> {
        if self.session.is_none() {
            self.session = Some(self.port.open(&env.stop).await?);
            self.fresh = true;
            self.prepared = false;
            self.seen = None;
        }
        Ok(())
    }

    /// Signs out. A sign-out that the device does not answer leaves a session of which nobody knows whether it is gone.
    pub(super) async fn close(&mut self, env: &Env) {
        if let Some(session) = self.session.take()
            && session.close().await.is_err()
        {
            self.known.session_lost_at = Some(env.now());
        }
        self.fresh = false;
        self.prepared = false;
        self.seen = None;
    }

    pub(super) fn live(&mut self) -> Result<&mut Box<dyn DeviceSession>, StepError> {
        let device = self.plan.device.clone();
        self.session.as_mut().ok_or_else(|| StepError::Lost {
            device,
            doing: "the wait for the other devices".to_owned(),
            in_flight: None,
        })
    }

    /// Probe, text, the entries since preflight, and the probe again, on the session that is open.
    ///
    /// A commit in between moves the entries that are being read, so the reads are taken again; when it never stands
    /// still, the look says so.
    pub(super) async fn look(&mut self, env: &Env) -> Result<(), StepError> {
        let mut look = self.look_once(env).await?;
        for _ in 1..LOOKS {
            if same_standing(&look.first, &look.last) {
                break;
            }
            look = self.look_once(env).await?;
        }
        let judged = judge(
            &self.plan,
            &mut self.known,
            env.sent,
            env.decided(),
            &look,
            env.now(),
        );
        self.seen = Some(Seen {
            judged,
            look,
            at: Moment::now(env.clock.as_ref()),
        });
        Ok(())
    }

    async fn look_once(&mut self, env: &Env) -> Result<Look, StepError> {
        let scope = env.options.scope;
        let known = self.known.clone();
        let plan = self.plan.clone();
        let session = self.live()?;
        let first = session.probe(&env.stop).await?;
        let reading = session.read(scope, &env.stop).await?;
        let text = LineSet::of_text(&reading.text);
        let prints = Prints::seen_in(&text);
        let wording = Wording::of(&plan, &prints);
        let first = wording.probe(first);
        let mut entries = Vec::new();
        for entry in entries_to_read(&known, &first) {
            let delta = session.entry_delta(entry.id, &env.stop).await?;
            entries.push((entry, wording.entry(delta)));
        }
        let last = wording.probe(session.probe(&env.stop).await?);
        let text = wording.running(text);
        self.prints = prints;
        self.reading = Some(reading);
        self.list = Some(last.rollback.clone());
        Ok(Look {
            first,
            text,
            entries,
            last,
        })
    }

    /// What the deployment found of others' work here. Of a device that is old also what stands against its plan.
    pub(super) fn found(&self, is_old: bool) -> Found {
        let drifts = match &self.reading {
            Some(reading) if is_old => {
                let live = LineSet::of_text(&reading.text);
                super::drift::at_preflight(&self.plan, &reading.text, &live)
            }
            _ => Vec::new(),
        };
        Found {
            source: self.known.disturbed,
            before: self.before.as_ref().map(|before| before.text.clone()),
            drifts,
            commits: super::found::commits(&self.known),
            list: self.list.clone(),
        }
    }

    /// The words in which the plan names what the device shows.
    pub(super) fn wording(&self) -> Wording<'_> {
        Wording::of(&self.plan, &self.prints)
    }

    /// What the last look showed; before any look, a sight on which nothing may be built.
    pub(super) fn sight(&self) -> Sight {
        self.seen
            .as_ref()
            .map_or(Sight::NOTHING, |seen| seen.judged.sight)
    }

    /// Probes once more right before a command and tells whether list and pending still are as last seen.
    pub(super) async fn unchanged(&mut self, env: &Env) -> Result<bool, StepError> {
        let probe = self.live()?.probe(&env.stop).await?;
        self.known.hear(&probe, env.now());
        let Some(seen) = &self.seen else { return Ok(false) };
        Ok(!seen.at.slept(env.clock.as_ref()) && same_standing(&seen.look.last, &probe))
    }

    /// Drops the session as gone and says what that means.
    pub(super) fn lost(&mut self, error: &StepError, env: &Env) -> StepEnd {
        if let StepError::Cancelled { .. } = error {
            return StepEnd::failed(Cause::Interrupted);
        }
        let opened = self.session.take().is_some();
        self.fresh = false;
        self.prepared = false;
        self.seen = None;
        if opened {
            self.known.session_lost_at = Some(env.now());
        }
        step_error(error)
    }
}

/// Tells whether rollback list and pending commit are the same and no commit runs.
pub(super) fn same_standing(left: &Probe, right: &Probe) -> bool {
    let pending = |probe: &Probe| {
        probe
            .pending
            .as_ref()
            .map(|p| (p.time.clone(), p.user.clone(), p.via.clone()))
    };
    same_list(&left.rollback, &right.rollback) && pending(left) == pending(right) && !right.commit_running
}

fn step_error(error: &StepError) -> StepEnd {
    let unreachable = |device: &DeviceName, reason: &str| StepEnd {
        cause: Some(Cause::Unreachable {
            device: device.clone(),
            reason: reason.to_owned(),
            detail: chain(error),
        }),
        ..StepEnd::of(Event::Unreachable)
    };
    let lost = |device: &DeviceName, words: Option<&String>| StepEnd {
        cause: Some(Cause::Lost {
            device: device.clone(),
            detail: chain(error),
            words: words.cloned(),
        }),
        words: words.cloned(),
        ..StepEnd::of(Event::Lost)
    };
    match error {
        StepError::Unreachable { device, .. } => unreachable(device, "unreachable"),
        StepError::SignInRefused { device, .. } => unreachable(device, "sign-in-refused"),
        StepError::HostKeyUnknown { device, .. } => unreachable(device, "host-key-unknown"),
        StepError::HostKeyChanged { device, .. } => unreachable(device, "host-key-changed"),
        StepError::NotDnos { device, .. } => unreachable(device, "not-usable"),
        StepError::Lost { device, .. }
        | StepError::Deadline { device, .. }
        | StepError::Cancelled { device } => lost(device, None),
        StepError::Unrecognised { device, text, .. } => lost(device, Some(text)),
    }
}

/// Writes an error with its sources.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        text.push_str(": ");
        text.push_str(&error.to_string());
        source = error.source();
    }
    text
}
