//! House rules that neither the compiler nor a linter knows.

use std::fs;
use std::path::{Path, PathBuf};

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

/// Lines a source file may have before it must be split.
const LONGEST: usize = 500;

/// The same for a file of tests, which is read case by case.
const LONGEST_TESTS: usize = 800;

/// Folders that are made, not written.
const MADE: &[&str] = &[".git", "artifacts", "dist", "gen", "node_modules", "target"];

/// Files that a program writes, which are long for no one to read.
const GENERATED: &[&str] = &["Cargo.lock", "package-lock.json", "bindings.ts"];

const CODE: &[&str] = &["css", "mjs", "rs", "sql", "ts", "tsx"];
const TEXT: &[&str] = &["html", "json", "md", "sh", "snap", "toml", "txt", "yaml", "yml"];

struct Source {
    path: PathBuf,
    text: String,
}

impl Source {
    fn has_extension(&self, extensions: &[&str]) -> bool {
        self.path
            .extension()
            .and_then(|extension| extension.to_str())
            .is_some_and(|own| extensions.contains(&own))
    }

    fn is_tests(&self) -> bool {
        let named = |part: &std::ffi::OsStr| part.to_str().is_some_and(|name| name.starts_with("test"));
        self.path
            .components()
            .any(|component| named(component.as_os_str()))
            || self.path.to_str().is_some_and(|path| path.contains(".test."))
    }

    fn is_generated(&self) -> bool {
        self.path
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| GENERATED.contains(&name))
    }

    fn complaints<'a>(&'a self, words: &'a [String]) -> impl Iterator<Item = String> + 'a {
        self.text.lines().zip(1..).flat_map(move |(line, number)| {
            let found = words.iter().filter(move |word| line.contains(word.as_str()));
            found.map(move |word| format!("{}:{number}: {word} in {}", self.path.display(), line.trim()))
        })
    }
}

fn sources() -> Vec<Source> {
    let mut found = Vec::new();
    let mut folders = vec![PathBuf::from(ROOT)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("a folder of the project") {
            let entry = entry.expect("an entry of a folder of the project");
            let path = entry.path();
            let name = entry.file_name();
            let kind = entry.file_type().expect("the kind of an entry");
            if kind.is_dir() && !MADE.iter().any(|made| name == *made) {
                folders.push(path);
            } else if kind.is_file() {
                let extension = path
                    .extension()
                    .and_then(|extension| extension.to_str())
                    .unwrap_or_default();
                if CODE.contains(&extension) || TEXT.contains(&extension) || name == "Makefile" {
                    let text = fs::read_to_string(&path).expect("source files are UTF-8");
                    let path = path.strip_prefix(ROOT).map_or(path.clone(), Path::to_path_buf);
                    found.push(Source { path, text });
                }
            }
        }
    }
    assert!(found.len() > 50, "the project's files were not found");
    found
}

/// Joins the halves of words that this file may not contain whole itself.
fn words(halves: &[(&str, &str)]) -> Vec<String> {
    halves
        .iter()
        .map(|(left, right)| format!("{left}{right}"))
        .collect()
}

fn check(wanted: impl Fn(&Source) -> bool, forbidden: &[String]) {
    let files = sources();
    let complaints: Vec<_> = files
        .iter()
        .filter(|source| wanted(source))
        .flat_map(|source| source.complaints(forbidden))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}

#[test]
fn source_files_stay_short_enough_to_read() {
    let long: Vec<_> = sources()
        .iter()
        .filter(|source| source.has_extension(CODE) && !source.is_generated())
        .map(|source| (source.text.lines().count(), source))
        .filter(|(lines, source)| *lines > if source.is_tests() { LONGEST_TESTS } else { LONGEST })
        .map(|(lines, source)| format!("{}: {lines} lines", source.path.display()))
        .collect();
    assert!(long.is_empty(), "{long:#?}");
}

#[test]
fn nothing_is_left_for_later() {
    let marks = words(&[
        ("TO", "DO"),
        ("FIX", "ME"),
        ("XX", "X:"),
        ("#[ign", "ore"),
        ("unimpl", "emented!("),
        ("to", "do!("),
    ]);
    check(|source| source.has_extension(CODE), &marks);
    let skipped = words(&[
        ("it.sk", "ip("),
        ("test.sk", "ip("),
        ("describe.sk", "ip("),
        ("it.on", "ly("),
        ("@ts-ign", "ore"),
    ]);
    check(|source| source.has_extension(&["ts", "tsx", "mjs"]), &skipped);
}

#[test]
fn no_file_lifts_a_family_of_lints() {
    let blanket = words(&[
        ("allow(cl", "ippy::all"),
        ("allow(war", "nings"),
        ("allow(dead", "_code"),
        ("allow(unu", "sed"),
        ("allow(missing", "_docs"),
        ("eslint-dis", "able */"),
    ]);
    check(|source| source.has_extension(&["rs", "ts", "tsx"]), &blanket);
}

/// The project speaks of itself only, and its examples are invented: no place where it was made, no real lab.
#[test]
fn the_project_names_no_place_but_its_own() {
    let places = words(&[
        ("/wo", "rk/"),
        ("registry.np", "mjs.org"),
        ("Cla", "ude"),
        ("Chat", "GPT"),
        ("DNA", "AS_"),
        ("DNA", "AS-"),
    ]);
    let files = sources();
    let complaints: Vec<_> = files
        .iter()
        .flat_map(|source| source.complaints(&places))
        // A test may name the file of a capture that it reads.
        .filter(|complaint| !complaint.contains(".txt"))
        .collect();
    assert!(complaints.is_empty(), "{complaints:#?}");
}
