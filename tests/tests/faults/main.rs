//! A deployment that survives anything: the whole product over a simulated fabric and real SSH, with one trouble in each
//! case, judged by the fabric's own dump.
//!
//! `cargo test -p bk-tests --test faults -- [troubles N] [shared N] [dialects N] [processes N] [edits N] [plans N] [case ID]
//! [seed N] [workers N] [within SECONDS] [dialect TEXT]`, where N may be `all`. Each part begins nothing more once its
//! time is over; what is drawn first covers most.
#![cfg(test)]

mod cases;
mod edits;
mod hands;
mod judge;
mod laptop;
mod outcomes;
mod processes;
mod rig;
mod run;
mod tally;
mod trouble;

use std::collections::VecDeque;
use std::process::ExitCode;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use bk_engine::deploy::Step;
use bk_lab::dialect::Dialect;
use bk_tests::{dialects, mix};

use cases::{Case, Way, WayLines, even, every};
use rig::Rig;
use tally::Tally;

/// What is asked for.
struct Wanted {
    troubles: usize,
    /// Cases in a candidate that all share.
    shared: usize,
    /// Cases of each dialect.
    dialects: usize,
    processes: usize,
    edits: usize,
    plans: usize,
    case: Option<Case>,
    seed: u64,
    workers: usize,
    /// After so many seconds no further trouble, and no further process, is begun.
    within: Duration,
    dialect: Dialect,
    dialect_text: String,
}

impl Wanted {
    /// None when the words are for other tests. Without words a few edits are checked.
    fn of(words: &[String]) -> Option<Self> {
        let mut wanted = Self {
            troubles: 0,
            shared: 0,
            dialects: 0,
            processes: 0,
            edits: 0,
            plans: 0,
            case: None,
            seed: 1,
            workers: 6,
            within: Duration::MAX,
            dialect: Dialect::default(),
            dialect_text: String::new(),
        };
        if words.is_empty() {
            wanted.edits = 100;
        }
        let number = |word: &str| match word {
            "all" => Some(usize::MAX),
            word => word.parse().ok(),
        };
        let mut words = words
            .iter()
            .map(String::as_str)
            .filter(|word| !word.starts_with("--"));
        while let Some(word) = words.next() {
            let value = words.next()?;
            match word {
                "troubles" => wanted.troubles = number(value)?,
                "shared" => wanted.shared = number(value)?,
                "dialects" => wanted.dialects = number(value)?,
                "processes" => wanted.processes = number(value)?,
                "edits" => wanted.edits = number(value)?,
                "plans" => wanted.plans = number(value)?,
                "seed" => wanted.seed = value.parse().ok()?,
                "within" => wanted.within = Duration::from_secs(value.parse().ok()?),
                "workers" => wanted.workers = value.parse().ok()?,
                "case" => wanted.case = Some(Case::parse(value)?),
                "dialect" => {
                    wanted.dialect = Dialect::parse(value).ok()?;
                    value.clone_into(&mut wanted.dialect_text);
                }
                _ => return None,
            }
        }
        Some(wanted)
    }
}

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let Some(wanted) = Wanted::of(&words) else {
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    let good = runtime.block_on(all(wanted));
    runtime.shutdown_background();
    if good {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

async fn all(wanted: Wanted) -> bool {
    println!("seed {}", wanted.seed);
    let mut good = true;
    if wanted.edits > 0 || wanted.plans > 0 {
        good &= check_edits(&wanted).await;
    }
    if wanted.troubles > 0 || wanted.case.is_some() {
        let rig = Rig::start(wanted.dialect).await;
        let cases = match &wanted.case {
            Some(case) => vec![case.clone()],
            None => enumerate(&rig, wanted.seed, wanted.troubles, true).await.1,
        };
        println!(
            "\ntroubles: {} cases in the dialect {:?}",
            cases.len(),
            wanted.dialect_text
        );
        good &= run_all(rig, cases, &wanted, wanted.dialect, &wanted.dialect_text)
            .await
            .is_good();
    }
    if wanted.shared > 0 {
        let rig = Rig::start(rig::shared()).await;
        let cases = cases::sharing(&way(&rig, Way::Straight).await, wanted.shared, wanted.seed);
        println!("\n{} cases in the dialect {:?}", cases.len(), rig::SHARED);
        let tally = run_all(rig, cases, &wanted, rig::shared(), rig::SHARED).await;
        good &= tally.is_good() && tally.tabled() > 0;
    }
    if wanted.dialects > 0 {
        for named in dialects::pairwise(wanted.seed) {
            let rig = Rig::start(named.dialect).await;
            // Other cases in each dialect.
            let seed = mix(wanted.seed, &named.text);
            let (_, cases) = enumerate(&rig, seed, wanted.dialects, false).await;
            println!("\n{} cases in the dialect {:?}", cases.len(), named.text);
            good &= run_all(rig, cases, &wanted, named.dialect, &named.text)
                .await
                .is_good();
        }
    }
    if wanted.processes > 0 {
        good &= run_processes(&wanted).await;
    }
    good
}

async fn run_all(first: Rig, cases: Vec<Case>, wanted: &Wanted, dialect: Dialect, text: &str) -> Tally {
    let tally = Mutex::new(Tally::new(cases.len(), wanted.seed, text));
    let mut rigs = vec![first];
    while rigs.len() < wanted.workers.min(cases.len()) {
        rigs.push(Rig::start(dialect).await);
    }
    let work = async |rig: &Rig, case: &Case| {
        let verdict = run::run(rig, case).await;
        tally.lock().unwrap().add(case, &verdict);
    };
    work_off(&rigs, cases, wanted.within, work).await;
    let tally = tally.into_inner().unwrap();
    tally.print();
    tally
}

/// The cases of all ways, or a sample of them; and the lines of the straight way.
async fn enumerate(rig: &Rig, seed: u64, at_most: usize, all_ways: bool) -> (WayLines, Vec<Case>) {
    let straight = way(rig, Way::Straight).await;
    let mut cases = every(Way::Straight, &straight, |_| true, seed);
    let confirming = straight
        .last()
        .and_then(|lines| lines.iter().position(|(_, line)| line == "commit"));
    let mut ways = vec![Way::Refused, Way::TurnedBack];
    ways.extend(confirming.map(|at| Way::Expired {
        line: u32::try_from(at + 1).unwrap(),
    }));
    ways.extend(confirming.map(|at| Way::OnTop {
        line: u32::try_from(at).unwrap(),
    }));
    let known = |step: Step| straight.iter().flatten().any(|(known, _)| *known == Some(step));
    for one in ways.into_iter().filter(|_| all_ways) {
        let lines = way(rig, one).await;
        cases.extend(every(one, &lines, |step| !known(step), seed));
    }
    println!("{} cases in all", cases.len());
    (straight, even(cases, at_most, seed))
}

/// The lines of a way on which nothing else goes wrong.
async fn way(rig: &Rig, way: Way) -> WayLines {
    let (lines, verdict) = run::lines_of(rig, way).await;
    println!(
        "{way}: {} in {:.1} s {:?}",
        verdict.outcome,
        verdict.took.as_secs_f64(),
        verdict.wrong
    );
    lines
}

async fn check_edits(wanted: &Wanted) -> bool {
    let rig = Rig::start(Dialect::default()).await;
    let records = edits::records(rig.folder().path()).await;
    let (count, seed) = (wanted.edits.min(10_000), wanted.seed);
    let checked = tokio::task::spawn_blocking(move || edits::check(&records, count, seed))
        .await
        .unwrap();
    println!(
        "{} edits through the shell, {} lines: forward, again, reverse to the same bytes, planned again; {} s; {} drafts refused, {} without effect; {} wrong",
        checked.done,
        checked.lines,
        checked.took.as_secs(),
        checked.refused,
        checked.nothing,
        checked.wrong.len()
    );
    for wrong in checked.wrong.iter().take(20) {
        println!("WRONG {wrong}");
    }
    let mut good = checked.wrong.is_empty();
    if wanted.plans > 0 {
        let (planned, wrong) = processes::offline_plans(&rig, wanted.plans.min(200), seed).await;
        println!(
            "{planned} plans made by processes of their own, with the fabric up and away; {} of another hash",
            wrong.len()
        );
        for wrong in &wrong {
            println!("WRONG {wrong}");
        }
        good &= wrong.is_empty();
    }
    good
}

async fn run_processes(wanted: &Wanted) -> bool {
    let rig = Rig::start(Dialect::default()).await;
    let lines = way(&rig, Way::Straight).await;
    let mut cases = processes::every(&lines, wanted.seed);
    println!("\nprocesses: {} cases in all", cases.len());
    cases.sort_by_key(|case| mix(wanted.seed, &case.name()));
    cases.truncate(wanted.processes);
    let tally = Mutex::new(Tally::new(cases.len(), wanted.seed, ""));
    let mut rigs = vec![rig];
    while rigs.len() < wanted.workers.min(4) {
        rigs.push(Rig::start(Dialect::default()).await);
    }
    let work = async |rig: &Rig, case: &processes::Process| {
        let verdict = processes::run(rig, case).await;
        tally.lock().unwrap().add_process(case, &verdict);
    };
    work_off(&rigs, cases, wanted.within, work).await;
    let tally = tally.into_inner().unwrap();
    tally.print();
    tally.is_good()
}

/// Each rig takes the next case as soon as it is free, until none is left or the time is over.
async fn work_off<C>(rigs: &[Rig], cases: Vec<C>, within: Duration, work: impl AsyncFn(&Rig, &C)) {
    let (queue, began) = (Mutex::new(VecDeque::from(cases)), Instant::now());
    let worker = async |rig: &Rig| {
        while began.elapsed() < within {
            let next = queue.lock().unwrap().pop_front();
            let Some(case) = next else { return };
            work(rig, &case).await;
        }
    };
    futures::future::join_all(rigs.iter().map(worker)).await;
}
