//! Prints the table of ratios: what an operation takes beside a peer and beside what the machine sets as a limit.
#![allow(clippy::print_stdout, reason = "this program's output is its purpose")]

use std::path::{Path, PathBuf};
use std::time::Duration;

use bk_benches::discovery::Lab;
use bk_benches::generate::{one_line, pair};
use bk_benches::measure::{line_scan, median, ratio};
use bk_benches::peers::{Peer, asyncssh, command, hier_config};
use bk_config::{CliLine, ConfigText, Tree, diff, text_diff, there_and_back};
use bk_lab::generate::{lab, practice};
use bk_lab::spec::FabricSpec;

fn main() {
    // `cargo bench` says so; anything else only proves that this runs.
    let is_measuring = std::env::args().any(|argument| argument == "--bench");
    let (lines, fabric) = if is_measuring {
        (100_000, lab(7))
    } else {
        (2_000, practice(7))
    };
    let files = Files::new(lines);
    println!("{:<58} {:>10}  {:<60} target", "operation", "ours", "beside");
    plan_rows(&files, lines);
    same_rows(&files.before);
    one_line_rows(lines);
    lossless_rows(&files.before);
    text_rows(&files);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime starts");
    runtime.block_on(discovery_rows(fabric, &files.folder.path().join("jobs.json")));
}

/// One generated pair of texts, also as files for peers.
struct Files {
    folder: tempfile::TempDir,
    before: String,
    after: String,
}

impl Files {
    fn new(lines: usize) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder can be made");
        let (before, after) = pair(lines, 1.0);
        let files = Self {
            folder,
            before,
            after,
        };
        std::fs::write(files.old(), &files.before).expect("the temporary folder takes a file");
        std::fs::write(files.new_text(), &files.after).expect("the temporary folder takes a file");
        files
    }

    fn old(&self) -> PathBuf {
        self.folder.path().join("before.txt")
    }

    fn new_text(&self) -> PathBuf {
        self.folder.path().join("after.txt")
    }
}

/// Reads two texts, compares them, and computes the lines there and back.
fn lines_there_and_back(before: &ConfigText, after: &ConfigText) -> (Vec<CliLine>, Vec<CliLine>) {
    let (before, after) = (Tree::read(before).0, Tree::read(after).0);
    there_and_back(&before, &after).expect("the generated edit holds only lines that may be sent")
}

fn plan_rows(files: &Files, lines: usize) {
    let time = |lines: usize| {
        let (before, after) = pair(lines, 1.0);
        let (before, after) = (text(&before), text(&after));
        median(|| lines_there_and_back(&before, &after))
    };
    let (before, after) = (text(&files.before), text(&files.after));
    let (there, back) = lines_there_and_back(&before, &after);
    let name = format!(
        "read two, compare, {} + {} lines, 1 % changed",
        there.len(),
        back.len()
    );
    let ours = median(|| lines_there_and_back(&before, &after));
    let scans = median(|| line_scan(&files.before) + line_scan(&files.after));
    row(&name, ours, "two line scans", scans, "at most 8x");
    row(
        "  the same on a tenth of the lines",
        ours,
        "itself on a tenth",
        time(lines / 10),
        "at most 12x",
    );
    peer_row(
        &name,
        ours,
        "hier_config 3, collector off",
        hier_config(&files.old(), &files.new_text()),
        100.0,
    );
}

fn same_rows(text: &str) {
    let held = self::text(text).hash();
    let live = self::text(text);
    let ours = median(|| live.hash() == held);
    row(
        "compare when nothing changed",
        ours,
        "BLAKE3 of the text",
        median(|| blake3::hash(text.as_bytes())),
        "at most 1.5x",
    );
}

fn one_line_rows(lines: usize) {
    let (before, after) = one_line(lines);
    let (held, live) = (Tree::read(&text(&before)).0, text(&after));
    let ours = median(|| diff(&held, &Tree::read(&live).0));
    row(
        "read and compare, one line changed",
        ours,
        "one line scan",
        median(|| line_scan(&after)),
        "at most 3x",
    );
}

fn lossless_rows(raw: &str) {
    let text = text(raw);
    let read = median(|| Tree::read(&text));
    let tree = Tree::read(&text).0;
    let both = median(|| Tree::read(&text).0.print().len());
    assert!(tree.print() == raw, "the tree prints what it read");
    row(
        "read and print every byte",
        both,
        "reading alone",
        read,
        "at most 2x",
    );
}

fn text_rows(files: &Files) {
    let name = "text difference with marks inside lines";
    let (old, new) = (files.old(), files.new_text());
    let ours = median(|| text_diff(&files.before, &files.after, 3));
    peer_row(
        name,
        ours,
        "GNU diff, with its start",
        command("diff", &["-u"], &old, &new),
        1.0,
    );
    let git = command("git", &["diff", "--no-index", "--no-color"], &old, &new);
    peer_row(name, ours, "git diff, with its start", git, 3.0);
}

async fn discovery_rows(fabric: FabricSpec, jobs: &Path) {
    let mut lab = Lab::start(fabric).await;
    let lines = lab.lines().await;
    lab.write_jobs(&lines, jobs);
    let mut runs = Vec::new();
    for _ in 0..5 {
        runs.push(lab.discover().await);
    }
    runs.sort_unstable_by_key(|run| run.took);
    let run = &runs[runs.len() / 2];
    let name = format!(
        "discover {} devices, show {} bridge domains",
        run.devices, run.domains
    );
    peer_row(&name, run.took, "asyncssh, bare collection", asyncssh(jobs), 4.0);
    let mut answers: Vec<Duration> = (0..5).map(|_| lab.answer_time(&lines)).collect();
    answers.sort_unstable();
    row(
        &name,
        run.took,
        "the lab's answers without SSH, one after another",
        answers[2],
        "no target",
    );
    lab.stop().await;
}

fn text(raw: &str) -> ConfigText {
    ConfigText::new(raw).expect("generated texts are within the limit")
}

fn row(name: &str, ours: Duration, beside: &str, limit: Duration, target: &str) {
    let shown = format!("{beside} {limit:.2?}: {:.1}x", ratio(ours, limit));
    println!("{name:<58} {ours:>10.2?}  {shown:<60} {target}");
}

fn peer_row(name: &str, ours: Duration, peer: &str, took: Peer, wanted: f64) {
    match took {
        Peer::Took(time) => {
            let shown = format!("{peer} {time:.2?}: 1/{:.1}", ratio(time, ours));
            println!("{name:<58} {ours:>10.2?}  {shown:<60} at least 1/{wanted}");
        }
        Peer::Absent(reason) => println!("{name:<58} {ours:>10.2?}  {peer}: NOT MEASURED, {reason}"),
    }
}
