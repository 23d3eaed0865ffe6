//! Prints the table of ratios: what an operation takes beside a peer and beside what the machine sets as a limit.
#![allow(clippy::print_stdout, reason = "this program's output is its purpose")]

use std::path::Path;
use std::time::Duration;

use bk_benches::generate::{one_line, pair};
use bk_benches::measure::{line_scan, median, ratio};
use bk_benches::peers::{Peer, command, hier_config};
use bk_config::{CliLine, ConfigText, Tree, diff, text_diff, there_and_back};

const LINES: usize = 100_000;

fn main() {
    let folder = tempfile::tempdir().expect("a temporary folder can be made");
    let (before, after) = pair(LINES, 1.0);
    let (old, new) = (folder.path().join("before.txt"), folder.path().join("after.txt"));
    std::fs::write(&old, &before).expect("the temporary folder takes a file");
    std::fs::write(&new, &after).expect("the temporary folder takes a file");

    println!("{:<58} {:>10}  {:<44} target", "operation", "ours", "beside");
    plan_rows(&before, &after, &old, &new);
    same_rows(&before);
    one_line_rows();
    lossless_rows(&before);
    text_rows(&before, &after, &old, &new);
}

/// Reads two texts, compares them, and computes the lines there and back.
fn lines_there_and_back(before: &ConfigText, after: &ConfigText) -> (Vec<CliLine>, Vec<CliLine>) {
    let (before, after) = (Tree::read(before).0, Tree::read(after).0);
    there_and_back(&before, &after).expect("the generated edit holds only lines that may be sent")
}

fn plan_rows(before: &str, after: &str, old: &Path, new: &Path) {
    let time = |lines: usize| {
        let (before, after) = pair(lines, 1.0);
        let (before, after) = (text(&before), text(&after));
        median(|| lines_there_and_back(&before, &after))
    };
    let (before_text, after_text) = (text(before), text(after));
    let (there, back) = lines_there_and_back(&before_text, &after_text);
    let name = format!(
        "read two, compare, {} + {} lines, 1 % changed",
        there.len(),
        back.len()
    );
    let ours = median(|| lines_there_and_back(&before_text, &after_text));
    let scans = median(|| line_scan(before) + line_scan(after));
    row(&name, ours, "two line scans", scans, "at most 8x");
    row(
        "  the same at 10,000 lines",
        ours,
        "itself at 10,000 lines",
        time(LINES / 10),
        "at most 12x",
    );
    peer_row(
        &name,
        ours,
        "hier_config 3, collector off",
        hier_config(old, new),
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

fn one_line_rows() {
    let (before, after) = one_line(LINES);
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

fn text_rows(before: &str, after: &str, old: &Path, new: &Path) {
    let ours = median(|| text_diff(before, after, 3));
    peer_row(
        "text difference with marks inside lines",
        ours,
        "GNU diff, with its start",
        command("diff", &["-u"], old, new),
        1.0,
    );
    let git = command("git", &["diff", "--no-index", "--no-color"], old, new);
    peer_row(
        "text difference with marks inside lines",
        ours,
        "git diff, with its start",
        git,
        3.0,
    );
}

fn text(raw: &str) -> ConfigText {
    ConfigText::new(raw).expect("generated texts are within the limit")
}

fn row(name: &str, ours: Duration, beside: &str, limit: Duration, target: &str) {
    let shown = format!("{beside} {limit:.2?}: {:.1}x", ratio(ours, limit));
    println!("{name:<58} {ours:>10.2?}  {shown:<44} {target}");
}

fn peer_row(name: &str, ours: Duration, peer: &str, took: Peer, wanted: f64) {
    match took {
        Peer::Took(time) => {
            let shown = format!("{peer} {time:.2?}: 1/{:.1}", ratio(time, ours));
            println!("{name:<58} {ours:>10.2?}  {shown:<44} at least 1/{wanted}");
        }
        Peer::Absent(reason) => println!("{name:<58} {ours:>10.2?}  {peer}: NOT MEASURED, {reason}"),
    }
}
