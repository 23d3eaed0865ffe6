//! One case: a deployment with one trouble, judged in doubt and at rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bk_app::views::{DeploymentDetail, DeploymentStatus};
use bk_engine::deploy::Step;
use bk_engine::ports::{JournalEntry, JournalEvent};
use bk_lab::device::DeviceDump;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::{Reach, ReceivedLine};
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::cases::{Case, Way};
use crate::judge::{self, Lost, Theirs};
use crate::laptop::{Laptop, LaptopClock, reports, steps};
use crate::outcomes::Outcomes;
use crate::rig::{PASSWORD, Rig, WINDOW};
use crate::trouble::{CROWD, STRANGER, Trouble};

/// Longer than this no case stands still by itself; then the harness goes on with what a person would do.
const STILL: Duration = Duration::from_secs(6);
/// A deployment that does not end by then never does.
const LONGEST: Duration = Duration::from_secs(60);

/// What came of a case.
#[derive(Debug, Default)]
pub(crate) struct Verdict {
    /// Status in doubt or at the end, and after recovery.
    pub(crate) outcome: String,
    /// The step in which the trouble came, by the journal.
    pub(crate) step: Option<Step>,
    /// The line at which it came.
    pub(crate) line: String,
    pub(crate) wrong: Vec<String>,
    pub(crate) lost: Lost,
    pub(crate) judged: usize,
    pub(crate) took: Duration,
    /// What was sent and written down, of a case that came out wrong.
    pub(crate) trace: Vec<String>,
}

struct Run<'a> {
    rig: &'a Rig,
    case: &'a Case,
    clock: Arc<LaptopClock>,
    folder: TempDir,
    theirs: Theirs,
    verdict: Verdict,
    from: u64,
    changed_key: bool,
}

/// Runs a case on a rig that nothing else uses meanwhile.
pub(crate) async fn run(rig: &Rig, case: &Case) -> Verdict {
    let began = Instant::now();
    rig.fabric.reset();
    let from = rig.fabric.received().last().map_or(0, |line| line.number + 1);
    let mut run = Run {
        rig,
        case,
        clock: Arc::new(LaptopClock::new()),
        folder: rig.folder(),
        theirs: Theirs::new(),
        verdict: Verdict::default(),
        from,
        changed_key: false,
    };
    run.whole().await;
    run.verdict.took = began.elapsed();
    run.verdict
}

impl Run<'_> {
    async fn laptop(&self) -> Laptop {
        Laptop::open(self.folder.path(), Arc::clone(&self.clock), None, PASSWORD).await
    }

    async fn whole(&mut self) {
        let mut laptop = self.laptop().await;
        self.prelude();
        self.inject();
        let deployment = laptop.deploy(&self.rig.plan, WINDOW).await;
        let mut shown = Vec::new();

        let mut crashed = false;
        let mut first = self.first(&laptop, deployment).await;
        if let Some(Gone) = self.at_gate(&laptop, deployment, &mut first).await {
            laptop.crash().await;
            crashed = true;
            self.rig.fabric.gates().open(&self.gate());
            laptop = self.laptop().await;
            let detail = laptop.detail(deployment).await;
            self.judge(&laptop, &detail, true).await;
            shown.push("crash".to_owned());
        }
        if crashed {
            if laptop.open_deployments().await.contains(&deployment) {
                self.expect(
                    laptop.choose(deployment, "recover").await,
                    "recover is not offered after a crash",
                );
            }
            first = laptop.ended(deployment, STILL).await;
        } else if first.is_none() {
            first = laptop.ended(deployment, STILL).await;
        }
        let ended = match first {
            Some(detail) => {
                shown.push(format!("{:?}", detail.row.status));
                self.judge(&laptop, &detail, true).await;
                detail
            }
            None => self.stands_still(&laptop, deployment, &mut shown).await,
        };
        let mut last = ended;
        for round in 0..3_u32 {
            if last.row.status != DeploymentStatus::InDoubt || self.is_lasting(&laptop, deployment).await {
                break;
            }
            self.repair(&laptop).await;
            if round > 0 || self.case.bits & 2 != 0 {
                // Past every timer, and past the idle limit of sessions that can't be told apart.
                let minutes = u32::from(WINDOW) + 2 + 40 * round;
                self.advance(TimeDelta::minutes(i64::from(minutes)));
                self.clock.advance(Duration::from_secs(60 * u64::from(minutes)));
            }
            if laptop.open_deployments().await.contains(&deployment) {
                self.expect(
                    laptop.choose(deployment, "recover").await,
                    "recover is not offered",
                );
            }
            match laptop.ended(deployment, LONGEST).await {
                Some(detail) => last = detail,
                None => {
                    self.verdict.wrong.push("recovery never ends".to_owned());
                    break;
                }
            }
            shown.push(format!("{:?}", last.row.status));
            self.judge(&laptop, &last, true).await;
        }
        self.at_rest(&laptop, deployment, &last).await;
        self.verdict.outcome = shown.join(" > ");
        self.find_step(&laptop, deployment).await;
        laptop.crash().await;
    }

    fn gate(&self) -> String {
        "case".to_owned()
    }

    fn expect(&mut self, holds: bool, otherwise: &str) {
        if !holds {
            self.verdict.wrong.push(otherwise.to_owned());
        }
    }

    /// Faults that lead to the way on which the case lies.
    fn prelude(&self) {
        let last = self.rig.devices.last().unwrap();
        let refuse = || Action::Refuse("ERROR: Not now.".to_owned());
        match self.case.way {
            Way::Straight => {}
            Way::Refused => self.on(last, Fault::on("commit check", Moment::BeforeLine, refuse())),
            Way::TurnedBack => self.on(last, Fault::on("commit confirm", Moment::BeforeLine, refuse())),
            Way::Expired { line } => {
                self.on(last, Fault::on_line(line, Moment::BeforeLine, Action::TimerEnds))
            }
            Way::OnTop { line } => {
                let lines = vec![self.rig.elsewhere(last), "commit".to_owned()];
                let user = STRANGER.to_owned();
                self.on(
                    last,
                    Fault::on_line(line, Moment::BeforeLine, Action::Foreign { user, lines }),
                );
            }
        }
    }

    fn on(&self, device: &str, fault: Fault) {
        self.rig.fabric.inject(device, fault).unwrap();
    }

    fn inject(&self) {
        let (Some(trouble), device) = (self.case.trouble, self.device()) else {
            return;
        };
        let late = self.case.bits & 1 != 0;
        let mut actions = trouble.actions(device, self.case.moment, late);
        if trouble.is_gated() {
            actions.insert(0, Action::Gate(self.gate()));
        }
        for action in actions {
            self.on(device, Fault::on_line(self.case.line, self.case.moment, action));
        }
    }

    fn device(&self) -> &str {
        &self.rig.devices[self.case.device]
    }

    /// Waits for the gate of the case, or until nothing goes on any more.
    async fn first(&self, laptop: &Laptop, deployment: u32) -> Option<DeploymentDetail> {
        if !self.case.trouble.is_some_and(Trouble::is_gated) {
            return laptop.ended(deployment, STILL).await;
        }
        let gate = self.gate();
        tokio::select! {
            () = self.rig.fabric.gates().arrived(&gate, 1) => None,
            ended = laptop.ended(deployment, LONGEST) => ended,
        }
    }

    /// What happens while a line stands at the gate; tells whether the laptop is to die.
    async fn at_gate(
        &mut self,
        laptop: &Laptop,
        deployment: u32,
        first: &mut Option<DeploymentDetail>,
    ) -> Option<Gone> {
        let trouble = self
            .case
            .trouble
            .filter(|trouble| trouble.is_gated() && first.is_none())?;
        let device = self.device().to_owned();
        let window = TimeDelta::minutes(i64::from(WINDOW));
        match trouble {
            Trouble::Crash => return Some(Gone),
            Trouble::TimerEnds => self.advance(window + TimeDelta::seconds(30)),
            Trouble::TimeShort => self.advance(window - TimeDelta::seconds(40)),
            Trouble::ClockBack => self.advance(TimeDelta::minutes(-61)),
            Trouble::Sleep => {
                self.advance(TimeDelta::minutes(15));
                self.clock.advance(Duration::from_secs(15 * 60));
            }
            Trouble::Abort => {
                // It may be past the point where it can be aborted; the report then says what came of it.
                laptop.choose(deployment, "abort").await;
            }
            trouble => self.foreign(&device, trouble),
        }
        self.rig.fabric.gates().open(&self.gate());
        *first = laptop.ended(deployment, STILL).await;
        None
    }

    /// Another engineer types.
    fn foreign(&mut self, device: &str, trouble: Trouble) {
        let (elsewhere, ours) = (self.rig.elsewhere(device), Rig::on_ours());
        let typed: Vec<String> = match trouble {
            Trouble::ForeignLine => vec![elsewhere],
            Trouble::ForeignLineOnOurs => vec![ours],
            Trouble::ForeignCommit => vec![elsewhere, "commit".to_owned()],
            Trouble::ForeignCommitOnOurs => vec![ours, "commit".to_owned()],
            Trouble::ForeignEmptyCommit => vec!["commit".to_owned()],
            Trouble::ForeignCommitConfirm => vec![elsewhere, "commit confirm 5".to_owned()],
            _ => vec!["rollback 0".to_owned()],
        };
        let answers = self.rig.fabric.foreign(device, STRANGER, &typed);
        let committed = answers
            .last()
            .is_some_and(|answer| answer.contains("Commit succeeded"));
        if committed && matches!(trouble, Trouble::ForeignCommit | Trouble::ForeignCommitOnOurs) {
            self.theirs
                .entry(device.to_owned())
                .or_default()
                .push(typed[0].clone());
        }
    }

    fn advance(&self, by: TimeDelta) {
        self.rig.fabric.advance(by);
    }

    /// The engine waits for a device. What is shown meanwhile is judged; then it is waited out, or the device comes back.
    async fn stands_still(
        &mut self,
        laptop: &Laptop,
        deployment: u32,
        shown: &mut Vec<String>,
    ) -> DeploymentDetail {
        let detail = laptop.detail(deployment).await;
        if detail.row.status != DeploymentStatus::Running {
            return detail;
        }
        self.judge(laptop, &detail, false).await;
        shown.push("waits".to_owned());
        if self.case.bits & 4 == 0 {
            // Longer than the window: it is given up, and every device is reported.
            self.clock
                .advance(Duration::from_secs(60 * (u64::from(WINDOW) + 5)));
        } else {
            self.repair(laptop).await;
            if self.case.bits & 2 != 0 {
                self.advance(TimeDelta::minutes(i64::from(WINDOW) + 2));
            }
        }
        let mut ended = laptop.ended(deployment, LONGEST / 6).await;
        if ended.is_none() {
            self.repair(laptop).await;
            self.advance(TimeDelta::minutes(i64::from(WINDOW) + 42));
            self.clock
                .advance(Duration::from_secs(60 * (u64::from(WINDOW) + 42)));
            ended = laptop.ended(deployment, LONGEST).await;
        }
        match ended {
            Some(detail) => {
                shown.push(format!("{:?}", detail.row.status));
                self.judge(laptop, &detail, true).await;
                detail
            }
            None => {
                self.verdict.wrong.push("it never ends".to_owned());
                laptop.detail(deployment).await
            }
        }
    }

    /// Whatever keeps devices away or busy is over; the other engineer has left and taken uncommitted lines along.
    async fn repair(&mut self, laptop: &Laptop) {
        let fabric = &self.rig.fabric;
        fabric.gates().open(&self.gate());
        for device in &self.rig.devices {
            let on = fabric.device(device).unwrap();
            on.clear_faults();
            on.run_foreign_commit(None);
            on.leave(CROWD);
            fabric.late_lines(device, self.case.bits & 1 != 0).unwrap();
            if self.case.trouble.is_some_and(Trouble::is_foreign) {
                fabric.foreign(device, STRANGER, &["rollback 0".to_owned()]);
            }
            on.leave(STRANGER);
            fabric.set_reach(device, Reach::Up);
        }
        if self.case.trouble == Some(Trouble::HostKey) && !self.changed_key {
            self.changed_key = true;
            let device = self.device().to_owned();
            let entry = fabric
                .inventory()
                .into_iter()
                .find(|entry| entry.name == device)
                .unwrap();
            let key = entry.host_key_fingerprint;
            let typed: String = key.chars().skip(key.chars().count() - 4).collect();
            let replaced = laptop
                .ask(async move |app| {
                    app.device_test(device.clone()).await?;
                    app.host_key_replace(device, key, typed).await
                })
                .await;
            if let Err(error) = replaced {
                // A device that was not looked at since still shows the key that is known.
                self.verdict.wrong.push(format!(
                    "the new host key could not be accepted: {:?}",
                    error.view()
                ));
            }
        }
    }

    async fn judge(&mut self, laptop: &Laptop, detail: &DeploymentDetail, ended: bool) {
        let clocks = (
            bk_engine::ports::Clock::now(&*self.clock),
            self.rig.fabric.clock().now(),
        );
        let wrong = judge::compare(self.rig, &self.dump(), detail, ended, clocks);
        self.verdict.wrong.extend(wrong);
        self.verdict.judged += detail.devices.len();
        if ended && detail.row.status == DeploymentStatus::InDoubt {
            let reports = reports(&laptop.journal(detail.row.id).await);
            self.verdict
                .wrong
                .extend(judge::doubts_are_named(detail, &reports));
        }
    }

    fn dump(&self) -> BTreeMap<String, DeviceDump> {
        self.rig.dump()
    }

    /// What a person must decide is the only difference that may last.
    async fn is_lasting(&self, laptop: &Laptop, deployment: u32) -> bool {
        let reports = reports(&laptop.journal(deployment).await);
        let decide = |remedy: &str| remedy == "decide-touched";
        let mut open = reports
            .iter()
            .filter_map(|report| report.remedy.as_deref())
            .peekable();
        open.peek().is_some() && open.all(decide)
    }

    async fn at_rest(&mut self, laptop: &Laptop, deployment: u32, last: &DeploymentDetail) {
        let lasting = self.is_lasting(laptop, deployment).await;
        if last.row.status == DeploymentStatus::InDoubt && !lasting {
            let states: Vec<_> = last.devices.iter().map(|device| &device.state).collect();
            self.verdict.wrong.push(format!("still in doubt: {states:?}"));
        }
        if lasting
            && !matches!(
                self.case.trouble,
                Some(Trouble::ForeignCommitOnOurs | Trouble::ForeignLineOnOurs)
            )
        {
            self.verdict
                .wrong
                .push("a person must decide, though nobody touched our objects".to_owned());
        }
        let dumps = self.dump();
        if !lasting && last.row.status != DeploymentStatus::InDoubt {
            for (name, dump) in &dumps {
                let truth = judge::truth(self.rig, dump);
                if truth.candidate {
                    self.verdict
                        .wrong
                        .push(format!("{name}: our lines are left in a candidate"));
                }
            }
        }
        let reports = reports(&laptop.journal(deployment).await);
        let (lost, wrong) = judge::theirs_lost(&self.theirs, &dumps, &reports);
        self.verdict.lost = lost;
        self.verdict.wrong.extend(wrong);
    }

    /// The step in which the trouble came: the line at which it came, and what the journal had begun by then.
    async fn find_step(&mut self, laptop: &Laptop, deployment: u32) {
        let device = self.device().to_owned();
        let received = self.lines(&device);
        let journal = laptop.journal(deployment).await;
        if !self.verdict.wrong.is_empty() {
            self.verdict.trace = self.trace(&journal);
        }
        let Some(line) = received.get(self.case.line.saturating_sub(1) as usize) else {
            return;
        };
        self.verdict.line.clone_from(&line.line);
        self.verdict.step = step_at(&steps(&journal, &device), line);
        let report = reports(&journal)
            .into_iter()
            .find(|report| report.device.as_str() == device);
        if let (Way::Straight, Some(step), Some(trouble), Some(report)) =
            (self.case.way, self.verdict.step, self.case.trouble, report)
            && self.rig.is_default
        {
            let outcomes = Outcomes::read();
            self.verdict
                .wrong
                .extend(outcomes.contradict(step, &line.line, trouble, &report));
        }
    }

    /// Lines received and journal entries of all devices, in the order of time.
    fn trace(&self, journal: &[JournalEntry]) -> Vec<String> {
        let mut all: Vec<(DateTime<Utc>, String)> = journal
            .iter()
            .map(|entry| {
                let device = entry.device.as_ref().map_or("", |name| name.as_str());
                let event = match &entry.event {
                    JournalEvent::StepEnded { step, result, evidence } => {
                        format!("{step:?} {result} {evidence}")
                    }
                    event => format!("{event:?}"),
                };
                (entry.at, format!("{device} | {event}"))
            })
            .collect();
        for device in &self.rig.devices {
            for line in self.lines(device) {
                all.push((line.at, format!("{device} < {}", line.line)));
            }
        }
        all.sort_by_key(|(at, _)| *at);
        all.into_iter()
            .map(|(at, what)| format!("{} {what}", at.format("%H:%M:%S%.3f")))
            .collect()
    }

    fn lines(&self, device: &str) -> Vec<ReceivedLine> {
        received(self.rig, device, self.from)
    }
}

/// The laptop dies.
struct Gone;

/// Lines of a device since a number, as faults count them.
pub(crate) fn received(rig: &Rig, device: &str, from: u64) -> Vec<ReceivedLine> {
    let of =
        |line: &ReceivedLine| line.number >= from && line.device == device && !line.line.trim().is_empty();
    rig.fabric.received().into_iter().filter(of).collect()
}

/// The last step that had begun when a line came. The journal keeps milliseconds.
pub(crate) fn step_at(steps: &[(DateTime<Utc>, Step)], line: &ReceivedLine) -> Option<Step> {
    steps
        .iter()
        .rev()
        .find(|(at, _)| *at <= line.at)
        .map(|(_, step)| *step)
}

/// Runs a way without trouble; the lines that each device received, with their steps.
pub(crate) async fn lines_of(rig: &Rig, way: Way) -> (Vec<Vec<(Option<Step>, String)>>, Verdict) {
    rig.fabric.reset();
    let case = Case::untroubled(way);
    let from = rig.fabric.received().last().map_or(0, |line| line.number + 1);
    let mut run = Run {
        rig,
        case: &case,
        clock: Arc::new(LaptopClock::new()),
        folder: rig.folder(),
        theirs: Theirs::new(),
        verdict: Verdict::default(),
        from,
        changed_key: false,
    };
    let began = Instant::now();
    run.whole().await;
    run.verdict.took = began.elapsed();
    let laptop = run.laptop().await;
    let journal = laptop.journal(1).await;
    laptop.crash().await;
    let of = |device: &String| {
        let steps = steps(&journal, device);
        received(rig, device, from)
            .iter()
            .map(|line| (step_at(&steps, line), line.line.clone()))
            .collect()
    };
    (rig.devices.iter().map(of).collect(), run.verdict)
}
