//! A real `bk` that is killed, or that sleeps past its timers, at a line of a device; then a real `bk recover`.

use std::path::PathBuf;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bk_app::views::{DeploymentDetail, DeploymentStatus};
use bk_engine::draft::Edit;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::Reach;
use bk_tests::mix;
use chrono::{TimeDelta, Utc};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

use crate::cases::WayLines;
use crate::rig::{DOMAIN, PASSWORD, Rig, WINDOW};
use crate::run::Verdict;
use crate::trouble::moment_word;
use crate::{edits, judge};

/// What happens to the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Blow {
    Kill,
    Stop,
}

/// One case.
#[derive(Clone, Debug)]
pub(crate) struct Process {
    pub(crate) blow: Blow,
    pub(crate) device: usize,
    pub(crate) line: u32,
    pub(crate) moment: Moment,
    /// The step by the journal of a run without a blow.
    pub(crate) step: String,
}

impl Process {
    pub(crate) fn name(&self) -> String {
        let Self {
            blow,
            device,
            line,
            moment,
            step,
        } = self;
        format!(
            "{blow:?} at {step}, device {device}, line {line} {}",
            moment_word(*moment)
        )
    }
}

/// Both sides of every journal boundary: the step is in the journal and nothing of it was sent; all of it was answered
/// and its end is not in the journal. And lines in between, by chance.
pub(crate) fn every(lines: &WayLines, seed: u64) -> Vec<Process> {
    let mut all = Vec::new();
    for (device, lines) in lines.iter().enumerate() {
        let mut from = 0;
        while from < lines.len() {
            let step = lines[from].0;
            let to = from + lines[from..].iter().take_while(|(of, _)| *of == step).count();
            let between = from
                + usize::try_from(mix(seed, &format!("{device} {from}")) >> 8).unwrap_or(0) % (to - from);
            for (at, moment) in [
                (from, Moment::BeforeLine),
                (between, Moment::BeforeAnswer),
                (to - 1, Moment::BeforeAnswer),
            ] {
                for blow in [Blow::Kill, Blow::Stop] {
                    all.push(Process {
                        blow,
                        device,
                        line: u32::try_from(at + 1).unwrap(),
                        moment,
                        step: step.map_or_else(|| "before any".to_owned(), |step| format!("{step:?}")),
                    });
                }
            }
            from = to;
        }
    }
    all
}

/// The program under test, built beside this one.
pub(crate) fn program() -> PathBuf {
    let own = std::env::current_exe().unwrap();
    let folder = own.parent().and_then(std::path::Path::parent).unwrap();
    let program = folder.join("bk");
    assert!(
        program.exists(),
        "{} is built first: make test-faults does",
        program.display()
    );
    program
}

/// Longer than this no process runs.
const LONGEST: Duration = Duration::from_secs(120);

pub(crate) async fn run(rig: &Rig, case: &Process) -> Verdict {
    let began = Instant::now();
    rig.fabric.reset();
    let folder = rig.folder();
    let mut verdict = Verdict {
        line: case.name(),
        ..Verdict::default()
    };
    let device = &rig.devices[case.device];
    let gate = "process".to_owned();
    rig.fabric
        .inject(
            device,
            Fault::on_line(case.line, case.moment, Action::Gate(gate.clone())),
        )
        .unwrap();
    let mut child = start(&folder, &["--json", "deploy", DOMAIN, "--yes", "--window", "5"]).await;
    let reached = tokio::select! {
        () = rig.fabric.gates().arrived(&gate, 1) => true,
        ended = child.wait() => { verdict.wrong.push(format!("it ended before its line: {ended:?}")); false }
    };
    if reached && case.blow == Blow::Kill {
        child.kill().await.unwrap();
        rig.fabric.gates().open(&gate);
    } else if reached {
        signal(&child, "-STOP").await;
        rig.fabric
            .advance(TimeDelta::minutes(i64::from(WINDOW)) + TimeDelta::seconds(61));
        rig.fabric.gates().open(&gate);
        signal(&child, "-CONT").await;
        if tokio::time::timeout(LONGEST, child.wait()).await.is_err() {
            verdict.wrong.push("it never ends after it went on".to_owned());
            child.kill().await.unwrap();
        }
    }
    let mut shown = vec![format!("{:?}", case.blow)];
    for round in 0..4 {
        let Some(detail) = detail(&folder).await else {
            // Killed before the deployment had its number: then nothing was sent.
            let clean = rig
                .dump()
                .values()
                .all(|dump| judge::truth(rig, dump).ours == judge::Ours::None);
            if !clean {
                verdict
                    .wrong
                    .push("nothing is known of a deployment that changed a device".to_owned());
            }
            shown.push("not begun".to_owned());
            break;
        };
        shown.push(format!("{:?}", detail.row.status));
        let clocks = (Utc::now(), rig.fabric.clock().now());
        verdict
            .wrong
            .extend(judge::compare(rig, &rig.dump(), &detail, true, clocks));
        verdict.judged += detail.devices.len();
        if detail.row.status != DeploymentStatus::InDoubt {
            break;
        }
        if round == 3 {
            verdict
                .wrong
                .push("still in doubt after three recoveries".to_owned());
            break;
        }
        if round > 0 {
            rig.fabric.advance(TimeDelta::minutes(i64::from(WINDOW) + 2));
        }
        let mut recovery = start(&folder, &["--json", "recover"]).await;
        if tokio::time::timeout(LONGEST, recovery.wait()).await.is_err() {
            verdict.wrong.push("recovery never ends".to_owned());
            recovery.kill().await.unwrap();
        }
    }
    for (name, dump) in rig.dump() {
        let truth = judge::truth(rig, &dump);
        if truth.candidate || truth.pending.is_some() {
            verdict
                .wrong
                .push(format!("{name}: something of ours is left: {truth:?}"));
        }
    }
    verdict.outcome = shown.join(" > ");
    verdict.took = began.elapsed();
    verdict
}

/// Plans edits in processes of their own, with the fabric up and then away: the same hashes, and the same as here.
pub(crate) async fn offline_plans(rig: &Rig, wanted: usize, seed: u64) -> (usize, Vec<String>) {
    let records = edits::records(rig.folder().path()).await;
    let planned = edits::planned(&records, wanted, seed);
    let reach = |reach: Reach| {
        for device in rig.fabric.names() {
            rig.fabric.set_reach(device, reach);
        }
    };
    let mut wrong = Vec::new();
    // The template holds a draft of its own.
    let compared: Vec<_> = (planned.iter())
        .filter(|(draft, _)| draft.domain().as_str() != DOMAIN)
        .collect();
    for (draft, expected) in &compared {
        let folder = rig.folder();
        let domain = draft.domain().to_string();
        let mut edited = String::new();
        for edit in draft.edits() {
            let words: Vec<String> = match edit {
                Edit::AddAttachment { device, port, vlan } => {
                    let mut words = vec!["add".to_owned(), device.to_string(), port.to_string()];
                    words.extend(
                        vlan.iter()
                            .flat_map(|vlan| ["--vlan".to_owned(), vlan.to_string()]),
                    );
                    words
                }
                Edit::RemoveAttachment { device, interface } => {
                    vec!["remove".to_owned(), device.to_string(), interface.to_string()]
                }
                Edit::ChangeServiceVlan { vlan } => vec!["vlan".to_owned(), vlan.to_string()],
            };
            let mut args = vec!["edit", domain.as_str()];
            args.extend(words.iter().map(String::as_str));
            edited.push_str(&output(&folder, &args).await.1);
        }
        for (fabric, state) in [("up", Reach::Up), ("away", Reach::Refuses)] {
            reach(state);
            let (said, refused) = output(&folder, &["--json", "plan", &domain]).await;
            let plan: serde_json::Value = serde_json::from_slice(&said).unwrap_or_default();
            let hash = plan["hash"].as_str();
            if hash != Some(expected) {
                wrong.push(format!(
                    "{domain} {:?}: {hash:?} with the fabric {fabric}, not {expected}: {edited} {refused}",
                    draft.edits()
                ));
            }
        }
    }
    rig.fabric.reset();
    (compared.len(), wrong)
}

async fn start(folder: &TempDir, args: &[&str]) -> Child {
    let mut child = command(folder, args).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A process that dies at once reads nothing.
    let _ = stdin.write_all(PASSWORD.as_bytes()).await;
    child
}

fn command(folder: &TempDir, args: &[&str]) -> Command {
    let mut command = Command::new(program());
    command
        .arg("--password-stdin")
        .args(args)
        .env("BRIDGEKEEPER_DATA_DIR", folder.path())
        .env_remove("BRIDGEKEEPER_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .kill_on_drop(true);
    command
}

/// What a fresh process says of the deployment.
async fn detail(folder: &TempDir) -> Option<DeploymentDetail> {
    let said = document(folder, &["--json", "history", "1"]).await?;
    serde_json::from_value(said).ok()
}

/// The JSON document that a process prints.
async fn document(folder: &TempDir, args: &[&str]) -> Option<serde_json::Value> {
    serde_json::from_slice(&output(folder, args).await.0).ok()
}

/// What a process prints, and its complaints.
async fn output(folder: &TempDir, args: &[&str]) -> (Vec<u8>, String) {
    let mut command = command(folder, args);
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A process that dies at once reads nothing.
    let _ = stdin.write_all(PASSWORD.as_bytes()).await;
    drop(stdin);
    let output = child.wait_with_output().await.unwrap();
    (
        output.stdout,
        String::from_utf8_lossy(&output.stderr).into_owned(),
    )
}

async fn signal(child: &Child, signal: &str) {
    let id = child.id().unwrap().to_string();
    let sent = Command::new("kill").args([signal, &id]).status().await.unwrap();
    assert!(sent.success());
}
