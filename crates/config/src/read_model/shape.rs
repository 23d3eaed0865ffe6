//! Shapes: lines with their names and numbers abstracted, for the report of what was not understood.

use bk_model::InterfaceName;

use crate::path::ConfigPath;

/// Returns a line with its names and numbers abstracted, so that lines of one kind share a shape.
///
/// Keywords stay; a number becomes `<n>`, an interface `<interface>`, quoted text `<text>`, a word after a keyword that
/// takes a name `<name>`, any other value `<value>`. A shape holds no name and no secret.
#[must_use]
pub fn line_shape(path: &ConfigPath) -> String {
    let mut shape = Vec::new();
    let mut previous = "";
    for word in path.words() {
        shape.push(abstracted(previous, word));
        previous = word;
    }
    shape.join(" ")
}

fn abstracted<'a>(previous: &str, word: &'a str) -> &'a str {
    let is_keyword = word.bytes().all(|b| b.is_ascii_lowercase() || b == b'-');
    let has_digit = word.bytes().any(|b| b.is_ascii_digit());
    if word.starts_with('"') {
        "<text>"
    } else if !word.is_empty() && word.bytes().all(|b| b.is_ascii_digit()) {
        "<n>"
    } else if takes_interface(previous) && InterfaceName::parse(word).is_ok()
        || has_digit && is_interface(word)
    {
        "<interface>"
    } else if takes_name(previous) {
        "<name>"
    } else if is_keyword || is_known_with_digit(word) {
        word
    } else {
        "<value>"
    }
}

fn takes_interface(keyword: &str) -> bool {
    matches!(
        keyword,
        "interface" | "interfaces" | "update-source" | "router-interface"
    )
}

fn takes_name(keyword: &str) -> bool {
    matches!(
        keyword,
        "instance"
            | "name"
            | "user"
            | "description"
            | "policy"
            | "rule"
            | "community"
            | "password"
            | "role"
            | "match-class"
            | "interface"
            | "interfaces"
            | "vrf"
            | "neighbor"
            | "log"
    )
}

fn is_interface(word: &str) -> bool {
    let known = [
        "ge",
        "bundle-",
        "irb",
        "lo",
        "ph",
        "mgmt",
        "ctrl-",
        "ipmi-",
        "console-",
        "fab-",
        "gre-tunnel-",
        "nat-",
        "ipsec-",
    ];
    known.iter().any(|start| word.starts_with(start)) && InterfaceName::parse(word).is_ok()
}

/// Keywords that hold a digit.
fn is_known_with_digit(word: &str) -> bool {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_lowercase() || c == '-');
    ["ipv4", "ipv6", "l2", "l3", "tr3"].contains(&stem)
}
