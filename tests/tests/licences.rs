//! Every library that the interface ships carries a licence that `deny.toml` allows.
//!
//! `cargo deny` reads the same file for the crates. An expression is met when one of its alternatives is allowed whole:
//! `MIT OR GPL-3.0` is, `MIT AND GPL-3.0` is not.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/..");

fn allowed_for_crates() -> BTreeSet<String> {
    let text = fs::read_to_string(Path::new(ROOT).join("deny.toml")).expect("deny.toml is in the root");
    let table: toml::Table = text.parse().expect("deny.toml is TOML");
    let list = table["licenses"]["allow"].as_array().expect("a list");
    list.iter()
        .map(|item| item.as_str().expect("a name").to_owned())
        .collect()
}

/// Whether the SPDX expression `licence` is satisfied by the `allowed` licences.
///
/// `AND` binds more tightly than `OR`; `/` is the old way to write `OR`.
fn is_met(licence: &str, allowed: &BTreeSet<String>) -> bool {
    let spaced = licence
        .replace('(', " ( ")
        .replace(')', " ) ")
        .replace('/', " OR ");
    let words: Vec<&str> = spaced.split_whitespace().collect();
    let mut rest = words.as_slice();
    let met = alternatives(&mut rest, allowed);
    met && rest.is_empty()
}

fn alternatives(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = conjunction(words, allowed);
    while words.first() == Some(&"OR") {
        *words = &words[1..];
        met |= conjunction(words, allowed);
    }
    met
}

fn conjunction(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let mut met = term(words, allowed);
    while words.first() == Some(&"AND") {
        *words = &words[1..];
        met &= term(words, allowed);
    }
    met
}

fn term(words: &mut &[&str], allowed: &BTreeSet<String>) -> bool {
    let Some((first, rest)) = words.split_first() else {
        return false;
    };
    *words = rest;
    if *first == "(" {
        let met = alternatives(words, allowed);
        let closed = words.first() == Some(&")");
        *words = words.get(1..).unwrap_or_default();
        return met && closed;
    }
    if let ["WITH", exception, rest @ ..] = *words {
        *words = rest;
        return allowed.contains(*first) || allowed.contains(&format!("{first} WITH {exception}"));
    }
    allowed.contains(*first)
}

#[test]
fn expressions_are_read_as_spdx_means_them() {
    let allowed = BTreeSet::from(["MIT".to_owned(), "Apache-2.0".to_owned(), "X WITH y".to_owned()]);
    for met in [
        "MIT",
        "MIT/Apache-2.0",
        "GPL-3.0 OR MIT",
        "(MIT OR Z) AND Apache-2.0",
        "MIT WITH q",
        "X WITH y",
    ] {
        assert!(is_met(met, &allowed), "{met}");
    }
    for unmet in [
        "",
        "GPL-3.0",
        "MIT AND GPL-3.0",
        "(MIT",
        "MIT Apache-2.0",
        "X",
        "Z OR MIT AND Z",
        "X WITH z",
    ] {
        assert!(!is_met(unmet, &allowed), "{unmet}");
    }
}

#[test]
fn every_package_that_the_window_ships_is_licensed_as_allowed() {
    let mut allowed = allowed_for_crates();
    // Licences of the bundled fonts and of data files in the interface's packages.
    allowed.extend(["OFL-1.1".to_owned(), "BlueOak-1.0.0".to_owned()]);
    let text =
        fs::read_to_string(Path::new(ROOT).join("ui/package-lock.json")).expect("the interface's lock");
    let lock: serde_json::Value = serde_json::from_str(&text).expect("npm wrote it");
    let packages = lock["packages"].as_object().expect("a lock lists its packages");
    let shipped: Vec<_> = packages
        .iter()
        .filter(|(path, package)| !path.is_empty() && package["dev"] != true)
        .collect();
    let broken: Vec<_> = shipped
        .iter()
        .filter(|(_, package)| !is_met(package["license"].as_str().unwrap_or("none stated"), &allowed))
        .map(|(path, package)| format!("{path}: {}", package["license"]))
        .collect();
    assert!(broken.is_empty(), "{broken:#?}");
    assert!(!shipped.is_empty(), "the interface ships no package at all");
}
