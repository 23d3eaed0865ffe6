//! What came of all cases, in figures.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use crate::cases::Case;
use crate::judge::Lost;
use crate::processes::{Blow, Process};
use crate::run::Verdict;
use crate::trouble::Trouble;

/// A sample that tells something, of which a slow machine may do a quarter.
const SAMPLE: usize = 60;

pub(crate) struct Tally {
    began: Instant,
    all: usize,
    seed: u64,
    dialect: String,
    done: usize,
    judged: usize,
    tabled: usize,
    lost: Lost,
    outcomes: BTreeMap<String, usize>,
    troubles: BTreeMap<&'static str, (usize, usize)>,
    steps: BTreeMap<String, usize>,
    slowest: Vec<(Duration, String)>,
    wrong: Vec<String>,
}

impl Tally {
    pub(crate) fn new(all: usize, seed: u64, dialect: &str) -> Self {
        Self {
            began: Instant::now(),
            all,
            seed,
            dialect: dialect.to_owned(),
            done: 0,
            judged: 0,
            tabled: 0,
            lost: Lost::default(),
            outcomes: BTreeMap::new(),
            troubles: BTreeMap::new(),
            steps: BTreeMap::new(),
            slowest: Vec::new(),
            wrong: Vec::new(),
        }
    }

    pub(crate) fn add(&mut self, case: &Case, verdict: &Verdict) {
        let trouble = case.trouble.map_or("none", Trouble::word);
        let step = verdict
            .step
            .map_or_else(|| "before any".to_owned(), |step| format!("{step:?}"));
        let dialect = if self.dialect.is_empty() {
            String::new()
        } else {
            format!(" dialect {}", self.dialect)
        };
        self.count(trouble, &step, &format!("case {case}{dialect}"), verdict);
    }

    pub(crate) fn add_process(&mut self, case: &Process, verdict: &Verdict) {
        let blow = match case.blow {
            Blow::Kill => "kill -9",
            Blow::Stop => "stopped past the window",
        };
        let again = format!("processes all seed {}", self.seed);
        self.count(blow, &case.step, &again, verdict);
    }

    fn count(&mut self, trouble: &'static str, step: &str, again: &str, verdict: &Verdict) {
        self.done += 1;
        self.judged += verdict.judged;
        self.tabled += usize::from(verdict.tabled);
        self.lost.said += verdict.lost.said;
        self.lost.silently += verdict.lost.silently;
        *self.outcomes.entry(verdict.outcome.clone()).or_default() += 1;
        let counts = self.troubles.entry(trouble).or_default();
        counts.0 += 1;
        counts.1 += usize::from(!verdict.wrong.is_empty());
        *self.steps.entry(step.to_owned()).or_default() += 1;
        self.slowest.push((verdict.took, again.to_owned()));
        self.slowest.sort_by(|a, b| b.cmp(a));
        self.slowest.truncate(8);
        if !verdict.wrong.is_empty() {
            println!("WRONG {again} at {step}, {:?}: {}", verdict.line, verdict.outcome);
            for why in &verdict.wrong {
                println!("    {why}");
            }
            // Of one case that is looked into, everything.
            for line in verdict.trace.iter().filter(|_| self.all == 1) {
                println!("    {line}");
            }
            self.wrong.push(again.to_owned());
        }
        println!(
            "{:5} after {:4} s  {again}  {step}  {}",
            self.done,
            self.began.elapsed().as_secs(),
            verdict.outcome
        );
    }

    /// None came out wrong, and of a sample not so few were done in its time that it tells nothing.
    pub(crate) fn is_good(&self) -> bool {
        self.wrong.is_empty() && self.done * 4 >= self.all.min(SAMPLE)
    }

    /// How many ended as the table of outcomes allows.
    pub(crate) fn tabled(&self) -> usize {
        self.tabled
    }

    pub(crate) fn print(&self) {
        println!("\noutcomes");
        for (outcome, count) in &self.outcomes {
            println!("  {count:6}  {outcome}");
        }
        println!("steps");
        for (step, count) in &self.steps {
            println!("  {count:6}  {step}");
        }
        println!("troubles (cases, wrong)");
        for (trouble, (count, wrong)) in &self.troubles {
            println!("  {count:6} {wrong:4}  {trouble}");
        }
        println!("slowest");
        for (took, name) in &self.slowest {
            println!("  {:6.1} s  {name}", took.as_secs_f64());
        }
        println!(
            "{} of {} cases in {} s, seed {}; {} reported states judged by the dump, {} ends by the table; {} cases wrong",
            self.done,
            self.all,
            self.began.elapsed().as_secs(),
            self.seed,
            self.judged,
            self.tabled,
            self.wrong.len()
        );
        println!(
            "lines of others, committed or not, gone by a device's timer or restart and said so: {}; gone and not said: {}",
            self.lost.said, self.lost.silently
        );
        for again in &self.wrong {
            println!("again: cargo test --locked -p bk-tests --test faults -- {again}");
        }
    }
}
