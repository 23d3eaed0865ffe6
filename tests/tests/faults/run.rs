//! One case: a deployment with one trouble, judged in doubt and at rest.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bk_app::views::{DeploymentDetail, DeploymentStatus};
use bk_engine::deploy::Step;
use bk_engine::ports::{JournalEntry, JournalEvent};
use bk_lab::device::DeviceDump;
use bk_lab::serve::ReceivedLine;
use chrono::{DateTime, TimeDelta, Utc};
use tempfile::TempDir;

use crate::cases::{Case, Way};
use crate::judge::{self, Lost, Theirs};
use crate::laptop::{Laptop, LaptopClock, reports, steps};
use crate::outcomes::{Compared, Outcomes};
use crate::rig::{PASSWORD, Rig, WINDOW};
use crate::trouble::Trouble;

/// Whatever neither ends nor waits by then stands still; the harness goes on with what a person would do.
pub(crate) const STILL: Duration = Duration::from_secs(20);
/// A deployment that does not end by then never does.
pub(crate) const LONGEST: Duration = Duration::from_secs(60);

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
    /// The report is one that the table of outcomes allows here.
    pub(crate) tabled: bool,
    pub(crate) lost: Lost,
    pub(crate) judged: usize,
    pub(crate) took: Duration,
    /// What was sent and written down, of a case that came out wrong.
    pub(crate) trace: Vec<String>,
}

pub(crate) struct Run<'a> {
    pub(crate) rig: &'a Rig,
    pub(crate) case: &'a Case,
    pub(crate) clock: Arc<LaptopClock>,
    folder: TempDir,
    pub(crate) theirs: Theirs,
    pub(crate) verdict: Verdict,
    from: u64,
    pub(crate) changed_key: bool,
    /// The harness let timers end, which is a second trouble.
    pub(crate) timers_ended: bool,
    /// What the other engineer typed was taken.
    pub(crate) happened: bool,
}

/// Runs a case on a rig that nothing else uses meanwhile.
pub(crate) async fn run(rig: &Rig, case: &Case) -> Verdict {
    let began = Instant::now();
    let mut run = Run::new(rig, case);
    run.whole().await;
    run.verdict.took = began.elapsed();
    run.verdict
}

impl<'a> Run<'a> {
    /// Everything as it was when it was switched on.
    fn new(rig: &'a Rig, case: &'a Case) -> Self {
        rig.fabric.reset();
        Self {
            rig,
            case,
            clock: Arc::new(LaptopClock::new()),
            folder: rig.folder(),
            theirs: Theirs::new(),
            verdict: Verdict::default(),
            from: rig.fabric.received().last().map_or(0, |line| line.number + 1),
            changed_key: false,
            timers_ended: false,
            happened: true,
        }
    }

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
            first = laptop.ended_or_waits(deployment, STILL).await;
        } else if first.is_none() {
            first = laptop.ended_or_waits(deployment, STILL).await;
        }
        let ended = match first {
            Some(detail) => {
                shown.push(format!("{:?}", detail.row.status));
                match laptop.rollback_of(deployment).await {
                    // Aborted past the record: it was finished, and is being taken back by now.
                    Some(rollback) => self.judge_rollback(&laptop, rollback, &mut shown).await,
                    None => self.judge(&laptop, &detail, true).await,
                }
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
                self.let_timers_end(TimeDelta::minutes(i64::from(minutes)));
                self.clock.advance(Duration::from_secs(60 * u64::from(minutes)));
            }
            if laptop.open_deployments().await.contains(&deployment) {
                self.expect(
                    laptop.choose(deployment, "recover").await,
                    "recover is not offered",
                );
            }
            let mut recovered = laptop.ended_or_waits(deployment, STILL).await;
            if recovered.is_none() {
                // What it waits for, such as another's pending commit, ends with its timer.
                let past = u32::from(WINDOW) + 2;
                self.let_timers_end(TimeDelta::minutes(past.into()));
                self.clock.advance(Duration::from_secs(60 * u64::from(past)));
                recovered = laptop.ended(deployment, LONGEST).await;
            }
            match recovered {
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

    pub(crate) async fn judge(&mut self, laptop: &Laptop, detail: &DeploymentDetail, ended: bool) {
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

    /// What takes the deployment back ends, and nothing of ours is left anywhere.
    async fn judge_rollback(&mut self, laptop: &Laptop, rollback: u32, shown: &mut Vec<String>) {
        let ended = laptop.ended(rollback, LONGEST).await;
        let status = ended.map(|detail| detail.row.status);
        shown.push(format!("rolled back {status:?}"));
        self.expect(
            status == Some(DeploymentStatus::Verified),
            "the rollback does not hold",
        );
        for (name, dump) in self.dump() {
            let truth = judge::truth(self.rig, &dump);
            self.verdict.judged += 1;
            if truth.ours != judge::Ours::None || truth.pending.is_some() || truth.candidate {
                self.verdict
                    .wrong
                    .push(format!("{name} is rolled back and is not: {truth:?}"));
            }
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
        let mut sent = self.rig.fabric.received();
        sent.retain(|line| line.number >= self.from);
        self.verdict.wrong.extend(bk_tests::offences(&sent));
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
        if let (Way::Straight, Some(step), Some(report)) = (self.case.way, self.verdict.step, report)
            && let Some(shared) = self.rig.tabled
            && !self.timers_ended
            && self.happened
        {
            let at = (step, line.line.as_str());
            match Outcomes::read().compare(at, self.case, shared, &report) {
                Compared::NoRow => {}
                Compared::Allowed => self.verdict.tabled = true,
                Compared::Contradicted(why) => self.verdict.wrong.push(why),
            }
        }
    }

    /// Lines received and journal entries of all devices, in the order of time.
    fn trace(&self, journal: &[JournalEntry]) -> Vec<String> {
        let mut all: Vec<(DateTime<Utc>, String)> = journal
            .iter()
            .map(|entry| {
                let device = entry.device.as_ref().map_or("", |name| name.as_str());
                let event = match &entry.event {
                    JournalEvent::StepEnded {
                        step,
                        result,
                        evidence,
                    } => {
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
pub(crate) struct Gone;

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
    let case = Case::untroubled(way);
    let mut run = Run::new(rig, &case);
    let began = Instant::now();
    run.whole().await;
    run.verdict.took = began.elapsed();
    let laptop = run.laptop().await;
    let journal = laptop.journal(1).await;
    laptop.crash().await;
    let of = |device: &String| {
        let steps = steps(&journal, device);
        received(rig, device, run.from)
            .iter()
            .map(|line| (step_at(&steps, line), line.line.clone()))
            .collect()
    };
    (rig.devices.iter().map(of).collect(), run.verdict)
}
