//! Other programs that do the same work. One that is not installed is named, not skipped in silence.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// What became of asking a peer. Python ones run under the interpreter that `BK_BENCH_PYTHON` names, else `python3`.
pub enum Peer {
    /// Its time for the operation.
    Took(Duration),
    /// Why it could not be asked.
    Absent(String),
}

/// Asks hier_config 3, a Python library that computes remediation lines, with its cyclic collector off: its fastest form.
#[must_use]
pub fn hier_config(before: &Path, after: &Path) -> Peer {
    script("hier_config_peer.py", &[before, after])
}

/// Asks asyncssh, a Python SSH library, to send each device its lines and read to the prompt after each, all devices at
/// once, without looking at what comes back. `jobs` is a JSON file: a list of address, port, user, password, lines.
#[must_use]
pub fn asyncssh(jobs: &Path) -> Peer {
    script("asyncssh_peer.py", &[jobs])
}

fn script(name: &str, arguments: &[&Path]) -> Peer {
    let python = std::env::var_os("BK_BENCH_PYTHON").map_or_else(|| PathBuf::from("python3"), PathBuf::from);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("peers").join(name);
    let output = match Command::new(&python).arg(script).args(arguments).output() {
        Ok(output) => output,
        Err(error) => return Peer::Absent(format!("{}: {error}", python.display())),
    };
    if !output.status.success() {
        let message = String::from_utf8_lossy(&output.stderr);
        return Peer::Absent(message.lines().last().unwrap_or("no message").to_owned());
    }
    let seconds = serde_json::from_slice::<serde_json::Value>(&output.stdout)
        .ok()
        .and_then(|value| value["seconds"].as_f64());
    seconds.map_or_else(
        || Peer::Absent("unreadable answer".to_owned()),
        |seconds| Peer::Took(Duration::from_secs_f64(seconds)),
    )
}

/// Asks a command that compares two files, with its start: the median of 7 runs.
#[must_use]
pub fn command(program: &str, arguments: &[&str], before: &Path, after: &Path) -> Peer {
    let mut times = Vec::new();
    for _ in 0..7 {
        let start = Instant::now();
        let run = Command::new(program)
            .args(arguments)
            .args([before, after])
            .stdout(Stdio::null())
            .status();
        match run {
            Ok(_) => times.push(start.elapsed()),
            Err(error) => return Peer::Absent(format!("{program}: {error}")),
        }
    }
    times.sort_unstable();
    Peer::Took(times[times.len() / 2])
}
