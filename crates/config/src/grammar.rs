//! The line grammar: which configuration lines a release takes (REF 5, 6, 6.1, 12).
//!
//! Written from the reference, apart from the renderer and the readers, so that it can judge what they produce. Words
//! in angle brackets stand for values; each has its own check below.

use bk_model::DnosVersion;
use thiserror::Error;

use crate::cli_line::CliLine;

/// Why a release would not take a line.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum GrammarError {
    /// No row fits.
    #[error("no rule of the line grammar fits {line:?}")]
    NoRule {
        /// The line.
        line: String,
    },
    /// A row fits, but only releases from `since` on have it.
    #[error("{line:?} needs DNOS {} or later, the device runs {version}", release(*since))]
    NotYet {
        /// The line.
        line: String,
        /// Major and minor number of the first release.
        since: (u16, u16),
        /// The device's release.
        version: DnosVersion,
    },
}

fn release((major, minor): (u16, u16)) -> String {
    format!("{major}.{minor}")
}

/// Checks a line against the grammar of one release.
///
/// # Errors
/// [`GrammarError`] when the release would refuse the line.
pub fn check(line: &CliLine, version: &DnosVersion) -> Result<(), GrammarError> {
    check_text(line.as_str(), Some(version))
}

/// Checks a text; without a release, against everything that any release takes.
pub(crate) fn check_text(line: &str, version: Option<&DnosVersion>) -> Result<(), GrammarError> {
    let (rules, body) = match line.strip_prefix("no ") {
        Some(body) => (REMOVE, body),
        None => (SET, line),
    };
    let Some(words) = split(body) else {
        return Err(GrammarError::NoRule {
            line: line.to_owned(),
        });
    };
    let first = rules
        .iter()
        .filter(|(_, rule)| fits(rule, &words))
        .map(|(since, _)| *since)
        .min();
    match (first, version) {
        (None, _) => Err(GrammarError::NoRule {
            line: line.to_owned(),
        }),
        (Some(since), Some(version)) if !version.at_least(since.0, since.1) => Err(GrammarError::NotYet {
            line: line.to_owned(),
            since,
            version: version.clone(),
        }),
        (Some(_), _) => Ok(()),
    }
}

type Rule = ((u16, u16), &'static str);

const BD: (u16, u16) = (17, 2);
const STORM: (u16, u16) = (18, 2);
const MANIPULATION: (u16, u16) = (18, 2);
const LISTS: (u16, u16) = (19, 1);

/// Lines that set a value or make an entry.
const SET: &[Rule] = &[
    (BD, "network-services bridge-domain instance <name>"),
    (
        BD,
        "network-services bridge-domain instance <name> admin-state <state>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> description <text>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> interface <l2-interface>",
    ),
    (
        (18, 0),
        "network-services bridge-domain instance <name> router-interface <irb>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-learning <state>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-table-aging-time <aging>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-table-limit <mac-limit>",
    ),
    (
        STORM,
        "network-services bridge-domain instance <name> storm-control <storm> <rate>",
    ),
    (
        STORM,
        "network-services bridge-domain instance <name> interface <l2-interface> storm-control <storm> <rate>",
    ),
    ((6, 0), "interfaces <subinterface>"),
    ((10, 0), "interfaces <l2-interface> admin-state <state>"),
    ((6, 0), "interfaces <l2-interface> description <text>"),
    ((12, 0), "interfaces <l2-interface> l2-service <state>"),
    ((6, 0), "interfaces <l2-interface> mtu <mtu>"),
    ((6, 0), "interfaces <subinterface> vlan-id <vlan>"),
    ((17, 1), "interfaces <subinterface> vlan-id <vlan> tpid <tpid>"),
    (LISTS, "interfaces <subinterface> vlan-id list <list>"),
    (
        (16, 1),
        "interfaces <subinterface> vlan-tags outer-tag <vlan> inner-tag <vlan>",
    ),
    (
        (17, 1),
        "interfaces <subinterface> vlan-tags outer-tag <vlan> inner-tag <vlan> outer-tpid <any-tpid>",
    ),
    (
        LISTS,
        "interfaces <subinterface> vlan-tags outer-tag <vlan> inner-tag-list <list>",
    ),
    ((18, 3), "interfaces <subinterface> untagged"),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action pop",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action pop-pop",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action preserve-preserve",
    ),
    (
        (25, 1),
        "interfaces <l2-interface> vlan-manipulation <mapping> action preserve outer-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action push outer-tag <vlan> outer-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action swap outer-tag <vlan> outer-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action pop-swap outer-tag <vlan> outer-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action push-push outer-tag <vlan> outer-tpid <any-tpid> inner-tag <vlan> inner-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action swap-push outer-tag <vlan> outer-tpid <any-tpid> inner-tag <vlan> inner-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping> action swap-swap outer-tag <vlan> outer-tpid <any-tpid> inner-tag <vlan> inner-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation ingress-mapping action preserve-swap outer-tpid <any-tpid> inner-tag <vlan> inner-tpid <any-tpid>",
    ),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation egress-mapping action preserve-swap inner-tag <vlan> inner-tpid <any-tpid>",
    ),
];

/// Lines after `no`. A port or bundle is never removed, a VLAN id is changed but not removed (REF 6).
const REMOVE: &[Rule] = &[
    (BD, "network-services bridge-domain instance <name>"),
    (BD, "network-services bridge-domain instance <name> admin-state"),
    (BD, "network-services bridge-domain instance <name> description"),
    (
        BD,
        "network-services bridge-domain instance <name> interface <l2-interface>",
    ),
    (
        (18, 0),
        "network-services bridge-domain instance <name> router-interface <irb>",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-learning",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-table-aging-time",
    ),
    (
        BD,
        "network-services bridge-domain instance <name> mac-handling mac-table-limit",
    ),
    (
        STORM,
        "network-services bridge-domain instance <name> storm-control <storm>",
    ),
    (
        STORM,
        "network-services bridge-domain instance <name> interface <l2-interface> storm-control <storm>",
    ),
    ((6, 0), "interfaces <subinterface>"),
    ((10, 0), "interfaces <l2-interface> admin-state"),
    ((6, 0), "interfaces <l2-interface> description"),
    ((12, 0), "interfaces <l2-interface> l2-service"),
    ((6, 0), "interfaces <l2-interface> mtu"),
    (LISTS, "interfaces <subinterface> vlan-id list <item>"),
    (
        LISTS,
        "interfaces <subinterface> vlan-tags outer-tag <vlan> inner-tag-list <item>",
    ),
    ((18, 3), "interfaces <subinterface> untagged"),
    (MANIPULATION, "interfaces <l2-interface> vlan-manipulation"),
    (
        MANIPULATION,
        "interfaces <l2-interface> vlan-manipulation <mapping>",
    ),
];

fn fits(rule: &str, words: &[&str]) -> bool {
    let mut words = words;
    for expected in rule.split(' ') {
        if expected == "<list>" {
            return is_list(words);
        }
        let [word, rest @ ..] = words else { return false };
        if !fits_word(expected, word) {
            return false;
        }
        words = rest;
    }
    words.is_empty()
}

fn fits_word(expected: &str, word: &str) -> bool {
    match expected {
        "<name>" => {
            (1..=255).contains(&word.len())
                && word
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b"_.:-".contains(&b))
        }
        "<state>" => matches!(word, "enabled" | "disabled"),
        "<text>" => is_text(word),
        "<l2-interface>" => is_port(word) || is_subinterface(word),
        "<subinterface>" => is_subinterface(word),
        "<irb>" => word.strip_prefix("irb").is_some_and(|n| is_number(n, 1..=65535)),
        "<vlan>" => is_number(word, 1..=4094),
        "<item>" => is_item(word),
        "<tpid>" => matches!(word, "0x8100" | "0x9100" | "0x9200"),
        "<any-tpid>" => matches!(word, "0x8100" | "0x88a8" | "0x9100" | "0x9200"),
        "<mapping>" => matches!(word, "ingress-mapping" | "egress-mapping"),
        "<aging>" => matches!(word, "0" | "60" | "120" | "320" | "640" | "1280"),
        "<mac-limit>" => is_number(word, 20..=64000),
        "<mtu>" => is_number(word, 1514..=9300),
        "<storm>" => matches!(
            word,
            "broadcast-packet-rate" | "multicast-packet-rate" | "unknown-unicast-packet-rate"
        ),
        "<rate>" => word == "disabled" || is_number(word, 10..=100_000_000),
        keyword => keyword == word,
    }
}

/// A decimal number without sign or leading zero.
fn is_number(word: &str, range: std::ops::RangeInclusive<u32>) -> bool {
    let plain = word.bytes().all(|b| b.is_ascii_digit()) && (word == "0" || !word.starts_with('0'));
    plain && word.parse().is_ok_and(|number| range.contains(&number))
}

fn is_port(word: &str) -> bool {
    if let Some(number) = word.strip_prefix("bundle-") {
        return is_number(number, 1..=65535);
    }
    let Some((speed, position)) = word.strip_prefix("ge").and_then(|rest| rest.split_once('-')) else {
        return false;
    };
    let parts: Vec<&str> = position.split('/').collect();
    matches!(
        speed,
        "1" | "10" | "25" | "40" | "50" | "100" | "200" | "400" | "800"
    ) && matches!(parts.len(), 3 | 4)
        && parts.iter().all(|part| is_number(part, 0..=255))
}

fn is_subinterface(word: &str) -> bool {
    word.split_once('.')
        .is_some_and(|(port, unit)| is_port(port) && is_number(unit, 1..=65535))
}

fn is_item(word: &str) -> bool {
    match word.split_once('-') {
        None => is_number(word, 1..=4094),
        Some((low, high)) => {
            is_number(low, 1..=4094)
                && is_number(high, 1..=4094)
                && low.parse::<u32>().ok() <= high.parse::<u32>().ok()
        }
    }
}

/// Items separated by a comma, a blank, or both.
fn is_list(words: &[&str]) -> bool {
    let joined = words.join(" ");
    let mut items = joined
        .split([',', ' '])
        .filter(|item| !item.is_empty())
        .peekable();
    items.peek().is_some() && items.all(is_item)
}

/// A bare word, or text in double quotes without a quote or backslash inside.
fn is_text(word: &str) -> bool {
    let (text, quoted) = match word.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Some(text) => (text, true),
        None => (word, false),
    };
    let special = if quoted {
        &['"', '\\'][..]
    } else {
        &['"', '\\', '|', '?', '#', ' '][..]
    };
    (1..=255).contains(&text.chars().count()) && !text.contains(special)
}

/// Splits at single blanks; a quoted text is one word. `None` for doubled blanks or an open quote.
fn split(line: &str) -> Option<Vec<&str>> {
    let mut words = Vec::new();
    let mut rest = line;
    loop {
        let end = match rest.strip_prefix('"') {
            Some(text) => text.find('"')? + 2,
            None => rest.find(' ').unwrap_or(rest.len()),
        };
        let (word, tail) = rest.split_at(end);
        if word.is_empty() {
            return None;
        }
        words.push(word);
        match tail.strip_prefix(' ') {
            Some(tail) => rest = tail,
            None if tail.is_empty() => return Some(words),
            None => return None,
        }
    }
}
