//! The invariants over every capture, every seed and a fixed number of mutations of both. What a fuzzer looks for at
//! length, this looks for a little in every test run.

mod mutate;

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
};

use mutate::Chance;

/// Captures of real devices, beside the project.
const CAPTURES: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/dnos/samples");

/// Invented texts, and what fuzzers found.
const SEEDS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds");

/// The longest text that is read as it is; longer ones are cut to pieces.
const WHOLE: usize = 24 * 1024;

/// The longest text that is mutated.
const PIECE: usize = 1536;

fn files(folder: &str) -> Vec<(PathBuf, Vec<u8>)> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap_or_else(|error| panic!("{folder} is needed: {error}"))
        .map(|entry| entry.expect("an entry of a folder").path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let bytes = fs::read(&path).expect("a file that is there");
            (path, bytes)
        })
        .collect()
}

/// Runs an invariant; where it fails, says on which bytes.
fn hold(invariant: fn(&[u8]), bytes: &[u8], origin: &Path) {
    if catch_unwind(AssertUnwindSafe(|| invariant(bytes))).is_err() {
        panic!(
            "{} or a mutation of it: b\"{}\"",
            origin.display(),
            bytes.escape_ascii()
        );
    }
}

fn check(invariant: fn(&[u8]), prefix: &[u8], mutations: usize) {
    let seeds = files(SEEDS);
    assert!(seeds.len() >= 10, "the seeds are there");
    let captures = files(CAPTURES);
    assert!(captures.len() >= 50, "the captures are there");
    let mut chance = Chance::new(7);
    let known: Vec<_> = seeds.iter().chain(&captures).collect();
    for (path, bytes) in &known {
        let whole = [prefix, &bytes[..bytes.len().min(WHOLE)]].concat();
        hold(invariant, &whole, path);
    }
    for at in 0..mutations {
        let (path, bytes) = known[at % known.len()];
        let other = &known[chance.below(known.len())].1;
        let piece = mutate::mutated(bytes, other, PIECE, &mut chance);
        let prefix: Vec<u8> = prefix.iter().map(|_| chance.byte()).collect();
        hold(invariant, &[prefix, piece].concat(), path);
    }
}

#[test]
fn trees() {
    check(bk_invariants::tree, &[], 1500);
}

#[test]
fn edits() {
    check(bk_invariants::edits, &[], 800);
}

#[test]
fn exchanges() {
    check(bk_invariants::exchange, &[0, 9], 500);
}

#[test]
fn proofs() {
    check(bk_invariants::proof, &[3], 500);
}

#[test]
fn answers() {
    check(bk_invariants::answers, &[], 2000);
}

#[test]
fn tables() {
    check(bk_invariants::tables, &[], 3000);
}
