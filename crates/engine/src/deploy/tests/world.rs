//! Devices, journal and clock of one test, and the judgement of a report against what the devices really hold.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use bk_config::{CliLine, Tree, apply};
use bk_model::DeviceName;
use chrono::{DateTime, NaiveDate, Utc};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::fake::{Dialect, ELSEWHERE, ON_OURS, Shared, State, lock, text};
use super::fault::{FakePort, Fault, Script};
use crate::deploy::{
    Delta, DeployOptions, DeploymentError, DeploymentId, DeploymentPlan, DeploymentReport, DeviceChange,
    DeviceState, EventSink, LineSet, Note, Outcome, Ports, run,
};
use crate::ports::{
    Clock, DevicePort, Journal, JournalEntry, JournalError, JournalEvent, Transcript, TranscriptLine,
};
use crate::recovery;

pub(crate) const BASE: &str = "network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/9.251 ^
interfaces ge100-0/0/9.251 l2-service enabled
interfaces ge100-0/0/9.251 vlan-id 251
interfaces ge100-0/0/30 admin-state enabled
";
const FORWARD: [&str; 3] = [
    "interfaces ge100-0/0/5.251 l2-service enabled",
    "interfaces ge100-0/0/5.251 vlan-id 251",
    "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
];
const REVERSE: [&str; 2] = [
    "no network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
    "no interfaces ge100-0/0/5.251",
];

/// A journal in memory. `keep` cuts it after that many entries, as a kill between two writes would.
#[derive(Default)]
pub(crate) struct MemoryJournal {
    pub entries: Mutex<Vec<JournalEntry>>,
    pub keep: Mutex<Option<usize>>,
    pub kill: Mutex<CancellationToken>,
}

#[async_trait]
impl Journal for MemoryJournal {
    async fn append(&self, entries: Vec<JournalEntry>) -> Result<(), JournalError> {
        let keep = *self.keep.lock().unwrap();
        let mut cut = false;
        {
            let mut all = self.entries.lock().unwrap();
            for entry in entries {
                if keep.is_some_and(|keep| all.len() >= keep) {
                    cut = true;
                    break;
                }
                all.push(entry);
            }
        }
        if cut {
            let kill = self.kill.lock().unwrap().clone();
            kill.cancel();
            std::future::pending::<()>().await;
        }
        Ok(())
    }

    async fn entries(&self, deployment: &DeploymentId) -> Result<Vec<JournalEntry>, JournalError> {
        let all = self.entries.lock().unwrap();
        Ok(all
            .iter()
            .filter(|entry| entry.deployment == *deployment)
            .cloned()
            .collect())
    }

    async fn open_deployments(&self) -> Result<Vec<DeploymentId>, JournalError> {
        let all = self.entries.lock().unwrap();
        let ended = all
            .iter()
            .any(|entry| matches!(entry.event, JournalEvent::Ended { .. }));
        Ok(if all.is_empty() || ended {
            Vec::new()
        } else {
            vec![DeploymentId(1)]
        })
    }
}

struct TestClock {
    started: Instant,
    slept: Arc<AtomicUsize>,
}

impl Clock for TestClock {
    fn now(&self) -> DateTime<Utc> {
        let base = NaiveDate::from_ymd_opt(2026, 3, 9)
            .unwrap()
            .and_hms_opt(12, 0, 0)
            .unwrap()
            .and_utc();
        base + chrono::Duration::from_std(self.since_boot()).unwrap()
    }

    fn since_boot(&self) -> Duration {
        self.started.elapsed() + Duration::from_secs(self.slept.load(Ordering::SeqCst) as u64)
    }
}

struct NoTranscript;

impl Transcript for NoTranscript {
    fn record(&self, _line: TranscriptLine) {}
}

pub(crate) struct World {
    pub devices: Vec<FakePort>,
    pub plan: DeploymentPlan,
    pub journal: Arc<MemoryJournal>,
    pub ports: Ports,
    pub options: DeployOptions,
    pub kill: CancellationToken,
    pub(crate) abort: CancellationToken,
}

pub(crate) fn change(name: &str, group: u32) -> DeviceChange {
    let lines = |raw: &[&str]| {
        raw.iter()
            .map(|line| CliLine::parse(line).unwrap())
            .collect::<Vec<_>>()
    };
    let forward = lines(&FORWARD);
    let touched = vec![
        "interfaces ge100-0/0/5.251".to_owned(),
        "network-services bridge-domain instance g_kestrel_v251".to_owned(),
    ];
    let before = Tree::read_flattened(&text(BASE)).0;
    let after = apply(&before, &forward).unwrap();
    DeviceChange {
        device: DeviceName::new(name).unwrap(),
        base: LineSet::of_tree(&before).within(&touched),
        touched,
        predicted: Delta::between(&LineSet::of_tree(&before), &LineSet::of_tree(&after)),
        forward,
        reverse: lines(&REVERSE),
        group,
        brings_back: false,
    }
}

impl World {
    pub(crate) fn new(devices: usize, dialect: Dialect) -> Self {
        let kill = CancellationToken::new();
        let abort = CancellationToken::new();
        let slept = Arc::new(AtomicUsize::new(0));
        let names = ["SPINE-1", "LEAF-A01", "LEAF-A02", "LEAF-A03"];
        let fakes: Vec<FakePort> = names[..devices]
            .iter()
            .map(|name| FakePort {
                name: DeviceName::new(*name).unwrap(),
                state: Arc::new(Mutex::new(State::new(name, dialect, BASE))),
                script: Arc::new(Script {
                    kill: kill.clone(),
                    abort: abort.clone(),
                    slept: Arc::clone(&slept),
                    ..Script::default()
                }),
            })
            .collect();
        let changes = fakes
            .iter()
            .zip(0..)
            .map(|(fake, at)| change(fake.name.as_str(), u32::from(at > 0)))
            .collect();
        let plan = DeploymentPlan {
            hash: "p".to_owned(),
            devices: changes,
            domains: Vec::new(),
            hops: Vec::new(),
        };
        let journal = Arc::new(MemoryJournal {
            kill: Mutex::new(kill.clone()),
            ..MemoryJournal::default()
        });
        let ports = Ports {
            devices: fakes
                .iter()
                .map(|fake| (fake.name.clone(), Arc::new(fake.clone()) as Arc<dyn DevicePort>))
                .collect::<BTreeMap<_, _>>(),
            journal: Arc::clone(&journal) as Arc<dyn Journal>,
            clock: Arc::new(TestClock {
                started: Instant::now(),
                slept,
            }),
            transcript: Arc::new(NoTranscript),
            consents: Arc::default(),
        };
        Self {
            devices: fakes,
            plan,
            journal,
            ports,
            options: DeployOptions::default(),
            kill,
            abort,
        }
    }

    pub(crate) fn disturb(&self, device: usize, call: usize, fault: Fault) {
        self.devices[device]
            .script
            .faults
            .lock()
            .unwrap()
            .push((call, fault));
    }

    pub(crate) fn state(&self, device: usize) -> Shared {
        Arc::clone(&self.devices[device].state)
    }

    /// Runs the plan until its report, or until a kill drops everything.
    pub(crate) async fn deploy_to_the_cut(&self) -> Option<DeploymentReport> {
        let events = EventSink::none();
        let running = run(
            DeploymentId(1),
            self.plan.clone(),
            self.ports.clone(),
            self.options.clone(),
            &events,
            self.abort.clone(),
        );
        tokio::select! {
            report = running => Some(report.unwrap()),
            () = self.kill.cancelled() => None,
        }
    }

    /// Runs the plan; what a kill leaves open is recovered.
    ///
    /// None if the kill came after the end was written.
    pub(crate) async fn deploy(&self) -> Option<DeploymentReport> {
        match self.deploy_to_the_cut().await {
            Some(report) => Some(report),
            None => self.recover().await.map(Result::unwrap),
        }
    }

    /// As `deploy`, and the recovery is killed too when the journal has so many entries.
    pub(crate) async fn deploy_cut_again(&self, entries: usize) -> DeploymentReport {
        assert!(self.deploy_to_the_cut().await.is_none());
        *self.journal.keep.lock().unwrap() = Some(entries);
        let again = CancellationToken::new();
        *self.journal.kill.lock().unwrap() = again.clone();
        let report = tokio::select! {
            report = self.recovered() => report,
            () = again.cancelled() => None,
        };
        *self.journal.keep.lock().unwrap() = None;
        match report {
            Some(report) => report.unwrap(),
            None => self
                .recovered()
                .await
                .expect("a killed recovery is open")
                .unwrap(),
        }
    }

    /// Starts anew after a kill.
    pub(crate) async fn recover(&self) -> Option<Result<DeploymentReport, DeploymentError>> {
        *self.journal.keep.lock().unwrap() = None;
        self.recovered().await
    }

    async fn recovered(&self) -> Option<Result<DeploymentReport, DeploymentError>> {
        let open = recovery::classify(self.journal.as_ref()).await.unwrap().pop()?;
        let events = EventSink::none();
        let cancel = CancellationToken::new();
        let (plan, ports, options) = (self.plan.clone(), self.ports.clone(), self.options.clone());
        Some(recovery::recover(open, plan, ports, options, &events, cancel).await)
    }

    /// The part of the change that a device runs.
    pub(crate) fn live(&self, device: usize) -> (usize, usize) {
        let lines = lock(&self.devices[device].state).lines();
        let predicted = &self.plan.devices[device].predicted;
        (
            predicted.added.iter().filter(|line| lines.holds(line)).count(),
            predicted.added.len(),
        )
    }

    /// Every report equals what its device really holds, and says what it must.
    pub(crate) fn check(&self, report: &DeploymentReport, what: &str) {
        let before: Vec<String> = (0..self.devices.len())
            .map(|at| lock(&self.state(at)).running.clone())
            .collect();
        for (at, device) in report.devices.iter().enumerate() {
            let (live, all) = self.live(at);
            let pending = lock(&self.devices[at].state).pending.is_some();
            let (state, notes) = (&device.state, &device.notes);
            let truth = format!(
                "{what}: {} says {state:?} {notes:?}, runs {live} of {all}, pending {pending}, log {:?}",
                device.device,
                lock(&self.devices[at].state).log
            );
            let touched = notes
                .iter()
                .any(|note| matches!(note, Note::TouchedByAnother { .. }));
            let harm = lock(&self.devices[at].state).harm.clone();
            assert!(harm.is_empty(), "{harm:?}: {truth}");
            match state {
                DeviceState::Old => {
                    assert!(!self.candidate_holds_ours(at), "a candidate holds ours: {truth}");
                    assert!(live == 0 || (touched && live < all), "{truth}");
                    assert!(!pending, "{truth}");
                }
                DeviceState::New => assert!(live == all && !pending, "{truth}"),
                DeviceState::OldCandidateNotProvenClean => assert!(live == 0, "{truth}"),
                DeviceState::LiveWithoutTimer => assert!(live > 0, "{truth}"),
                DeviceState::PendingUntil { .. } => assert!(pending, "{truth}"),
                DeviceState::UnknownSince { .. } => {}
            }
            let settled = matches!(state, DeviceState::Old | DeviceState::New);
            assert!(settled || device.remedy.is_some(), "no remedy: {truth}");
            self.check_foreign(at, notes, &truth);
        }
        let is = |state: &DeviceState| report.devices.iter().all(|device| device.state == *state);
        match report.outcome {
            Outcome::Verified => assert!(is(&DeviceState::New), "{what}: {report:?}"),
            Outcome::Refused | Outcome::Aborted => assert!(is(&DeviceState::Old), "{what}: {report:?}"),
            Outcome::InDoubt => {
                let named = report.devices.iter().any(|device| device.remedy.is_some());
                assert!(named, "{what}: in doubt without a named action: {report:?}");
            }
            Outcome::NothingToDo => panic!("{what}: something was to do"),
        }
        // Nothing that is still on its way may change a device that was claimed.
        for (at, device) in report.devices.iter().enumerate() {
            let (was, all) = self.live(at);
            lock(&self.state(at)).advance(120);
            let (is, _) = self.live(at);
            match device.state {
                DeviceState::Old => assert!(
                    is <= was,
                    "{what}: {} changed after old: {was} to {is}",
                    device.device
                ),
                DeviceState::New => assert!(is == all, "{what}: {} changed after new", device.device),
                _ => {}
            }
        }
        drop(before);
    }

    /// Whether a candidate that we filled still holds lines of ours.
    fn candidate_holds_ours(&self, device: usize) -> bool {
        let state = lock(&self.devices[device].state);
        let predicted = &self.plan.devices[device].predicted;
        let running = state.lines();
        state.candidates.keys().any(|slot| {
            let lines = LineSet::of_text(&text(&state.candidate_text(slot)));
            predicted
                .added
                .iter()
                .any(|line| lines.holds(line) && !running.holds(line))
        })
    }

    /// A line that another committed is never gone without a word.
    fn check_foreign(&self, device: usize, notes: &[Note], truth: &str) {
        let state = lock(&self.devices[device].state);
        let lines = state.lines();
        let said = notes.iter().any(|note| {
            matches!(
                note,
                Note::AnothersCommitUndone { .. }
                    | Note::Announced { .. }
                    | Note::NotObservable { .. }
                    | Note::TouchedByAnother { .. }
                    | Note::RideAlong { .. }
            )
        });
        for line in [ELSEWHERE, ON_OURS] {
            let committed = state.rollback.iter().any(|entry| {
                entry.fact.user == "birch"
                    && LineSet::of_text(&text(&entry.after)).holds(line)
                    && !LineSet::of_text(&text(&entry.before)).holds(line)
            });
            assert!(
                !committed || lines.holds(line) || said,
                "{line} of another is gone: {truth}"
            );
        }
    }
}

/// Runs a test on a clock that only moves when everything waits.
pub(crate) fn on_paused_clock<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .unwrap();
    runtime.block_on(test)
}
