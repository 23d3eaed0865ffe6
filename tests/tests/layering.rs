//! The layers hold: who may depend on whom, read from the manifests themselves.
//!
//! `model <- config <- engine <- {device, store} <- app <- {window, command}`, and the simulated fabric apart
//! from all of them, so that it can judge them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::process::Command;

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand, Package};

/// Crates of this workspace each crate may depend on. A crate that is missing here fails the test.
const ALLOWED: &[(&str, &[&str])] = &[
    ("bk-model", &[]),
    ("bk-config", &["bk-model"]),
    ("bk-engine", &["bk-config", "bk-model"]),
    ("bk-device", &["bk-config", "bk-engine", "bk-model"]),
    ("bk-store", &["bk-config", "bk-engine", "bk-model"]),
    (
        "bk-app",
        &["bk-config", "bk-device", "bk-engine", "bk-model", "bk-store"],
    ),
    ("bk-lab", &[]),
    ("bk-practice", &["bk-app", "bk-lab"]),
    ("bk-cli", &["bk-app", "bk-lab", "bk-practice"]),
    ("bridgekeeper", &["bk-app", "bk-practice"]),
];

/// Crates that measure or test the others and so may name all of them but the window.
const OBSERVERS: &[&str] = &["bk-benches", "bk-invariants", "bk-tests"];

/// Crates whose own tests, and nothing else in them, speak to the simulated fabric.
const TESTED_OVER_LAB: &[&str] = &["bk-device"];

/// Libraries that only some crates may name: a prefix of the library's name, and those crates.
const KEPT_TO: &[(&str, &[&str])] = &[
    ("tauri", &["bridgekeeper"]),
    ("specta", &["bk-app", "bridgekeeper"]),
    ("russh", &["bk-device", "bk-lab"]),
    ("sqlx", &["bk-store"]),
    ("keyring", &["bk-app"]),
    ("clap", &["bk-cli"]),
    ("indicatif", &["bk-cli"]),
    ("tray-icon", &["bridgekeeper"]),
    ("zbus", &["bridgekeeper", "bk-tests"]),
];

/// What a crate without I/O, clock or concurrency has no use for.
const NOT_IN_PURE: &[&str] = &[
    "async-trait",
    "chrono",
    "futures",
    "rand",
    "tokio",
    "tokio-util",
    "tracing",
    "uuid",
];

const PURE: &[&str] = &["bk-config", "bk-model"];

fn workspace() -> Metadata {
    MetadataCommand::new()
        .manifest_path(concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml"))
        .no_deps()
        .other_options(["--offline".to_owned(), "--locked".to_owned()])
        .exec()
        .expect("cargo reads the workspace")
}

/// Crates of the workspace that a crate names, but for the fabric where only its tests do.
fn inner<'a>(package: &'a Package, members: &BTreeSet<&str>) -> BTreeSet<&'a str> {
    let only_tests = |name: &str| {
        name == "bk-lab"
            && TESTED_OVER_LAB.contains(&package.name.as_str())
            && package
                .dependencies
                .iter()
                .filter(|dependency| dependency.name == name)
                .all(|dependency| dependency.kind == DependencyKind::Development)
    };
    let named = names(package);
    named
        .into_iter()
        .filter(|name| members.contains(name) && !only_tests(name))
        .collect()
}

fn names(package: &Package) -> BTreeSet<&str> {
    package
        .dependencies
        .iter()
        .map(|dependency| dependency.name.as_str())
        .collect()
}

#[test]
fn each_crate_depends_only_on_the_layers_below_it() {
    let metadata = workspace();
    let allowed: BTreeMap<&str, &[&str]> = ALLOWED.iter().copied().collect();
    let members: BTreeSet<&str> = metadata
        .packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut broken = Vec::new();
    for package in &metadata.packages {
        let name = package.name.as_str();
        let inner = inner(package, &members);
        if OBSERVERS.contains(&name) {
            if inner.contains("bridgekeeper") {
                broken.push(format!("{name} -> bridgekeeper"));
            }
            continue;
        }
        let Some(allowed) = allowed.get(name) else {
            broken.push(format!("{name} stands in no layer"));
            continue;
        };
        broken.extend(
            inner
                .iter()
                .filter(|other| !allowed.contains(other))
                .map(|other| format!("{name} -> {other}")),
        );
    }
    assert!(broken.is_empty(), "edges that the layers forbid: {broken:#?}");
    assert_eq!(
        members.len(),
        ALLOWED.len() + OBSERVERS.len(),
        "a crate named here is gone"
    );
}

#[test]
fn libraries_stay_in_the_crates_that_own_them() {
    let metadata = workspace();
    let mut broken = Vec::new();
    for package in &metadata.packages {
        for dependency in names(package) {
            let kept_to = KEPT_TO.iter().filter(|(prefix, _)| is_family(dependency, prefix));
            for (_, owners) in kept_to.filter(|(_, owners)| !owners.contains(&package.name.as_str())) {
                broken.push(format!(
                    "{} names {dependency}, which only {owners:?} may",
                    package.name
                ));
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}

/// Whether `library` is `prefix` itself or one of its companions (`tauri-specta` of `tauri`).
fn is_family(library: &str, prefix: &str) -> bool {
    library
        .strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
}

#[test]
fn the_pure_crates_have_no_clock_no_tasks_and_no_chance() {
    let metadata = workspace();
    for package in metadata
        .packages
        .iter()
        .filter(|package| PURE.contains(&package.name.as_str()))
    {
        let found: Vec<_> = package
            .dependencies
            .iter()
            .filter(|dependency| dependency.kind == DependencyKind::Normal)
            .map(|dependency| dependency.name.as_str())
            .filter(|name| NOT_IN_PURE.contains(name))
            .collect();
        assert!(
            found.is_empty(),
            "{} is pure but depends on {found:?}",
            package.name
        );
    }
}

#[test]
fn the_window_and_its_types_are_optional() {
    let metadata = workspace();
    let mut eager = Vec::new();
    for package in &metadata.packages {
        for dependency in &package.dependencies {
            let of_the_window = is_family(&dependency.name, "tauri") || is_family(&dependency.name, "specta");
            if of_the_window && dependency.kind != DependencyKind::Development && !dependency.optional {
                eager.push(format!("{} -> {}", package.name, dependency.name));
            }
        }
    }
    assert!(eager.is_empty(), "not behind a feature: {eager:?}");
}

#[test]
fn the_command_links_no_window() {
    let manifest = concat!(env!("CARGO_MANIFEST_DIR"), "/../Cargo.toml");
    let output = Command::new(env!("CARGO"))
        .args([
            "tree",
            "--manifest-path",
            manifest,
            "--package",
            "bk-cli",
            "--edges",
            "normal",
        ])
        .args(["--prefix", "none", "--format", "{lib}", "--offline", "--locked"])
        .output()
        .expect("cargo runs");
    let tree = String::from_utf8(output.stdout).expect("cargo prints text");
    let libraries: BTreeSet<&str> = tree.lines().collect();
    assert!(libraries.contains("bk_app"), "cargo tree gave: {tree}");
    for window in ["gtk", "tao", "tauri", "webkit2gtk", "wry"] {
        assert!(!libraries.contains(window), "bk links {window}");
    }
}

#[test]
fn each_crate_takes_lints_and_versions_from_the_workspace() {
    let metadata = workspace();
    let mut broken = Vec::new();
    for package in &metadata.packages {
        let text = fs::read_to_string(&package.manifest_path).expect("a manifest that cargo has just read");
        let manifest: toml::Table = text.parse().expect("cargo accepted it");
        let inherits =
            |table: &toml::Table| table.get("workspace").and_then(toml::Value::as_bool) == Some(true);
        if !manifest
            .get("lints")
            .and_then(toml::Value::as_table)
            .is_some_and(inherits)
        {
            broken.push(format!("{}: [lints] workspace = true is missing", package.name));
        }
        for section in ["dependencies", "dev-dependencies", "build-dependencies"] {
            let Some(table) = manifest.get(section).and_then(toml::Value::as_table) else {
                continue;
            };
            for (name, value) in table {
                if !value.as_table().is_some_and(inherits) {
                    broken.push(format!(
                        "{}: {name} does not come from [workspace.dependencies]",
                        package.name
                    ));
                }
            }
        }
    }
    assert!(broken.is_empty(), "{broken:#?}");
}
