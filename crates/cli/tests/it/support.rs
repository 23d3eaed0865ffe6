//! A fabric in this process and `bk` as processes of their own.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::time::Duration;

use bk_lab::device::DeviceDump;
use bk_lab::dialect::Dialect;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::generate;
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use tempfile::TempDir;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, Command};

/// A service that spans superspine, spines and leaves.
pub(crate) const DOMAIN: &str = "g_kestrel_v251";
/// A VLAN that no service of the practice fabric uses.
pub(crate) const FREE_VLAN: &str = "4093";
/// The longest wait for a line; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
/// The password of the practice fabric.
pub(crate) const PASSWORD: &str = "dnroot";

/// A fabric, and a data folder that knows it.
pub(crate) struct Bench {
    pub(crate) fabric: FabricHandle,
    folder: TempDir,
}

/// A fabric and a folder from which one case after another starts.
pub(crate) struct Ground {
    bench: Bench,
    template: TempDir,
}

impl Ground {
    /// What cases start from: all that was done on this bench must be in its folder, nothing on its fabric.
    pub(crate) fn of(bench: Bench) -> Self {
        let template = tempfile::tempdir().unwrap();
        copy(&bench.data(), template.path());
        Self { bench, template }
    }

    /// The fabric as it was when it was switched on, and the folder as it was then. No process of the case before runs.
    pub(crate) fn bench(&mut self) -> &Bench {
        self.bench.fabric.reset();
        self.bench.folder = tempfile::tempdir().unwrap();
        copy(self.template.path(), &self.bench.data());
        &self.bench
    }
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
        }
    }
}

/// What a process left behind.
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Ran {
    pub(crate) fn of(output: Output) -> Self {
        Self {
            code: output.status.code().unwrap_or(-1),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Checks the exit code; shows everything if it is another.
    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code, code,
            "stdout:\n{}\nstderr:\n{}",
            self.stdout, self.stderr
        );
        self
    }

    /// The one JSON document that stands on standard output.
    #[track_caller]
    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}:\n{}", self.stdout))
    }
}

impl Bench {
    /// The practice fabric; the data folder is empty.
    pub(crate) async fn empty(dialect: Dialect) -> Self {
        let options = ServeOptions {
            dialect,
            control: false,
            ..ServeOptions::default()
        };
        let fabric = Fabric::start(generate::practice(1), options).await.unwrap();
        let folder = tempfile::tempdir().unwrap();
        Self { fabric, folder }
    }

    /// The practice fabric, imported with its host keys and discovered, and an edit of [`DOMAIN`] in a draft.
    pub(crate) async fn edited(dialect: Dialect) -> Self {
        let bench = Self::discovered(dialect).await;
        bench.bk(&["edit", DOMAIN, "vlan", FREE_VLAN]).await.expect(0);
        bench
    }

    /// The practice fabric, imported with its host keys and discovered.
    pub(crate) async fn discovered(dialect: Dialect) -> Self {
        let bench = Self::empty(dialect).await;
        bench.import().await;
        bench.bk(&["discover"]).await.expect(0);
        bench
    }

    /// Sets credentials and imports every device.
    pub(crate) async fn import(&self) {
        let set = self.command(&["devices", "credentials", "lab", "dnroot", "--session-only"]);
        run(set, PASSWORD).await.expect(0);
        let import = self.command(&["devices", "import", "-", "--credentials", "lab"]);
        let inventory = serde_json::to_string_pretty(&self.fabric.inventory()).unwrap();
        run(import, &inventory).await.expect(0);
    }

    /// Runs `bk` with the fabric's password on its standard input.
    pub(crate) async fn bk(&self, args: &[&str]) -> Ran {
        let mut command = self.command(&["--password-stdin"]);
        command.args(args);
        run(command, PASSWORD).await
    }

    /// Runs `bk` with this on its standard input.
    pub(crate) async fn bk_with(&self, args: &[&str], input: &str) -> Ran {
        run(self.command(args), input).await
    }

    /// Starts `bk` and lets it run.
    pub(crate) async fn start(&self, args: &[&str]) -> Child {
        let mut command = self.command(&["--password-stdin"]);
        let mut child = command.args(args).spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        stdin.write_all(PASSWORD.as_bytes()).await.unwrap();
        child
    }

    /// Starts `bk` with its input open.
    pub(crate) fn open(&self, args: &[&str]) -> Child {
        self.command(args).spawn().unwrap()
    }

    /// Starts `bk` on a terminal of its own. What it prints, and what the terminal echoes, comes on standard output.
    pub(crate) fn on_terminal(&self, args: &[&str]) -> Child {
        const SPAWN: &str =
            "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))";
        let mut command = self.prepared("python3");
        let command = command.args(["-c", SPAWN, env!("CARGO_BIN_EXE_bk")]);
        command.args(args).spawn().unwrap()
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = self.prepared(env!("CARGO_BIN_EXE_bk"));
        command.args(args);
        command
    }

    fn prepared(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env("BRIDGEKEEPER_DATA_DIR", self.data())
            .env_remove("BRIDGEKEEPER_LOG")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command
    }

    pub(crate) fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Another engineer types lines on a device and commits.
    pub(crate) fn another_commits(&self, device: &str, lines: &[String]) {
        let roots = lines.iter().flat_map(|line| ["top", line.as_str()]);
        let typed: Vec<String> = roots.chain(["top", "commit"]).map(str::to_owned).collect();
        let answers = self.fabric.foreign(device, "rowan", &typed);
        let last = answers.last().map_or("", String::as_str);
        assert!(last.contains("Commit succeeded"), "{answers:?}");
    }

    /// The devices that the plan of [`DOMAIN`] sends lines to.
    pub(crate) async fn planned(&self) -> Vec<String> {
        let plan = self.bk(&["--json", "plan", DOMAIN]).await.expect(0).json();
        let devices = plan["devices"].as_array().unwrap();
        let sent = devices
            .iter()
            .filter(|device| device["forward"] != serde_json::json!([]));
        sent.map(|device| device["device"].as_str().unwrap().to_owned())
            .collect()
    }

    /// The fabric's own truth, by device.
    pub(crate) fn dump(&self) -> BTreeMap<String, DeviceDump> {
        self.fabric
            .dump()
            .into_iter()
            .map(|dump| (dump.name.clone(), dump))
            .collect()
    }

    /// Holds the next line with this text on a device for which `wanted` says so, and waits until it stands there. The
    /// line was received and is not run.
    pub(crate) async fn hold(
        &self,
        device: &str,
        text: &str,
        wanted: impl Fn(&str, &DeviceDump) -> bool,
    ) -> Held<'_> {
        for number in 0_u32.. {
            let gate = format!("{device} {text} {number}");
            let fault = Fault::on(text, Moment::BeforeLine, Action::Gate(gate.clone()));
            self.fabric.inject(device, fault).unwrap();
            if let Some(before) = number.checked_sub(1) {
                self.fabric.gates().open(&format!("{device} {text} {before}"));
            }
            let arrived = tokio::time::timeout(PATIENCE, self.fabric.gates().arrived(&gate, 1)).await;
            let received = self.fabric.received();
            let mut lines = received.iter().rev().filter(|line| line.device == device);
            if arrived.is_err() {
                let last: Vec<_> = lines.take(20).map(|line| line.line.as_str()).collect();
                panic!("{device} received no further {text:?}; its last lines, newest first: {last:#?}");
            }
            let line = lines.next().unwrap();
            if wanted(&line.line, &self.dump()[device]) {
                return Held { bench: self, gate };
            }
        }
        unreachable!("the loop has no end")
    }
}

/// A line that stands in front of a gate.
pub(crate) struct Held<'a> {
    bench: &'a Bench,
    gate: String,
}

impl Held<'_> {
    /// Lets the line run.
    pub(crate) fn open(self) {
        self.bench.fabric.gates().open(&self.gate);
    }
}

async fn run(mut command: Command, input: &str) -> Ran {
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    // A process that wants no input may be gone before it is written.
    let _ = stdin.write_all(input.as_bytes()).await;
    drop(stdin);
    Ran::of(child.wait_with_output().await.unwrap())
}

/// Kills a process the hard way and waits until it is gone.
pub(crate) async fn kill(mut child: Child) {
    child.kill().await.unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        assert_eq!(child.wait().await.unwrap().signal(), Some(9));
    }
}
