//! What a commit checks (REF 5, 6, 6.2, 7.2).
//!
//! Texts marked *synthetic* are ours: no capture tells the real words.

use std::collections::{BTreeMap, HashMap};

use crate::grammar::{InterfaceKind, VlanSet, number_in, split_unit};
use crate::spec::DeviceSpec;
use crate::tree::{Node, Tree};

/// One reason to refuse a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The object, as a path (`interfaces bundle-1.5`).
    pub path: String,
    /// The reason, a sentence that ends with a full stop.
    pub reason: String,
}

const MAX_INSTANCES: usize = 1000;

/// Checks a whole configuration against the box it shall run on; empty = it may be committed.
#[must_use]
pub fn validate(tree: &Tree, spec: &DeviceSpec) -> Vec<Violation> {
    let mut found = Vec::new();
    let interfaces: HashMap<&str, &Node> = tree
        .children(&["interfaces"])
        .map(|node| (node.name(), node))
        .collect();
    check_members(tree, spec, &interfaces, &mut found);
    for node in tree.children(&["interfaces"]) {
        check_interface(node, spec, &interfaces, &mut found);
    }
    check_overlaps(tree, &mut found);
    check_lacp(tree, &interfaces, &mut found);
    check_bgp(tree, &mut found);
    found
}

fn violation(path: String, reason: String) -> Violation {
    Violation { path, reason }
}

fn check_members(
    tree: &Tree,
    spec: &DeviceSpec,
    interfaces: &HashMap<&str, &Node>,
    found: &mut Vec<Violation>,
) {
    let mut services: BTreeMap<String, String> = BTreeMap::new();
    let instances: Vec<&Node> = tree
        .children(&["network-services", "bridge-domain"])
        .filter(|node| node.words().first().is_some_and(|word| word == "instance"))
        .collect();
    if instances.len() > MAX_INSTANCES {
        // Synthetic; the limit is REF 11.
        found.push(violation(
            "network-services bridge-domain".to_owned(),
            format!("Number of bridge-domain instances cannot be greater than {MAX_INSTANCES}."),
        ));
    }
    for instance in instances {
        let service = instance.name();
        for member in instance.children() {
            let [word, name] = member.words() else { continue };
            let path = format!("network-services bridge-domain instance {service} {word} {name}");
            if let Some(other) = services.insert(name.clone(), service.to_owned()) {
                // Synthetic; the rule is REF 5 "one service per interface".
                found.push(violation(
                    path.clone(),
                    format!("Interface '{name}' is already attached to bridge-domain '{other}', it cannot be attached to '{service}'."),
                ));
            }
            if word == "interface" {
                check_member(name, service, &path, spec, interfaces, found);
            }
        }
    }
}

fn check_member(
    name: &str,
    service: &str,
    path: &str,
    spec: &DeviceSpec,
    interfaces: &HashMap<&str, &Node>,
    found: &mut Vec<Violation>,
) {
    let Some(node) = interfaces.get(name) else {
        let port = spec.port(name).is_some();
        // Synthetic, after REF 7.2 "'vrf X' is configured ... but it doesn't exist.".
        let reason = if port {
            format!("Interface '{name}' in bridge-domain '{service}' must have l2-service enabled.")
        } else {
            format!("Interface '{name}' is configured in bridge-domain '{service}' but it doesn't exist.")
        };
        found.push(violation(path.to_owned(), reason));
        return;
    };
    if node.leaf("l2-service") != Some("enabled") {
        // Synthetic; the rule is REF 5.
        found.push(violation(
            path.to_owned(),
            format!("Interface '{name}' in bridge-domain '{service}' must have l2-service enabled."),
        ));
    }
    if node.leaf("bundle-id").is_some() {
        // Synthetic.
        found.push(violation(
            path.to_owned(),
            format!(
                "Interface '{name}' is a bundle member, it cannot be attached to bridge-domain '{service}'."
            ),
        ));
    }
}

fn check_interface(
    node: &Node,
    spec: &DeviceSpec,
    interfaces: &HashMap<&str, &Node>,
    found: &mut Vec<Violation>,
) {
    let name = node.name();
    let path = format!("interfaces {name}");
    let Some(kind) = InterfaceKind::of(name) else {
        return;
    };
    let (parent, _) = split_unit(name);
    let address = ["ipv4-address", "ipv6-address"]
        .iter()
        .any(|leaf| node.leaf(leaf).is_some());
    if address && node.leaf("l2-service") == Some("enabled") {
        // The words in the middle are REF 5's, seen in the field; the rest is synthetic.
        found.push(violation(
            path.clone(),
            format!("Interface cannot have both ip-addresses and l2-service configured ('{name}')."),
        ));
    }
    let tags = tag_forms(node);
    match kind {
        InterfaceKind::SubInterface => {
            if tags.len() != 1 {
                // Synthetic; the rule is REF 6.2.
                let reason = if tags.is_empty() {
                    format!("Missing vlan-id or vlan-tags for sub-interface '{name}'.")
                } else {
                    format!("Sub-interface '{name}' cannot have both {}.", tags.join(" and "))
                };
                found.push(violation(path.clone(), reason));
            }
            let parent_exists = interfaces.contains_key(parent) || spec.port(parent).is_some();
            if !parent_exists {
                // Synthetic.
                found.push(violation(
                    path.clone(),
                    format!("Parent interface '{parent}' of '{name}' doesn't exist."),
                ));
            }
            if interfaces
                .get(parent)
                .is_some_and(|parent| parent.leaf("bundle-id").is_some())
            {
                // Synthetic; REF 6 "binding deletes all logical config and sub-ifs of the port".
                found.push(violation(
                    path.clone(),
                    format!("Sub-interface '{name}' cannot exist on bundle member '{parent}'."),
                ));
            }
            check_mtu(node, interfaces.get(parent).copied(), &path, found);
        }
        InterfaceKind::Physical => {
            if spec.port(name).is_none() {
                // Synthetic.
                found.push(violation(
                    path.clone(),
                    format!("Interface '{name}' doesn't exist."),
                ));
            }
            parent_has_no_tags(&tags, name, &path, found);
        }
        InterfaceKind::Bundle => {
            parent_has_no_tags(&tags, name, &path, found);
            let number = |leaf: &str| node.leaf(leaf).and_then(|text| number_in(text, 1, 64));
            if let (Some(min), Some(max)) = (number("min-links"), number("max-links"))
                && max < min
            {
                // Synthetic; the rule is REF 6.
                found.push(violation(
                    path.clone(),
                    format!("max-links of '{name}' must not be lower than min-links."),
                ));
            }
        }
        InterfaceKind::Irb | InterfaceKind::Other => {}
    }
    list_needs_l2(node, &path, found);
    if let Some(bundle) = node.leaf("bundle-id") {
        let bundle = format!("bundle-{bundle}");
        if kind != InterfaceKind::Physical {
            // Synthetic.
            found.push(violation(
                path,
                format!("bundle-id is not supported on interface '{name}'."),
            ));
        } else if !interfaces.contains_key(bundle.as_str()) {
            // Synthetic; the rule is REF 6.
            found.push(violation(
                path,
                format!("Interface '{name}' is a member of '{bundle}' but it doesn't exist."),
            ));
        }
    }
}

fn parent_has_no_tags(tags: &[&str], name: &str, path: &str, found: &mut Vec<Violation>) {
    if let Some(form) = tags.first() {
        // Synthetic; the rule is REF 6.2.
        found.push(violation(
            path.to_owned(),
            format!("{form} is only supported on sub-interfaces ('{name}')."),
        ));
    }
}

fn list_needs_l2(node: &Node, path: &str, found: &mut Vec<Violation>) {
    let multi = ["vlan-id", "vlan-tags"]
        .iter()
        .filter_map(|leaf| node.leaf(leaf))
        .any(|value| value.contains("list"));
    let l2_only =
        multi || node.leaf("untagged").is_some() || node.leaf("vlan-manipulation ingress-mapping").is_some();
    if l2_only && node.leaf("l2-service") != Some("enabled") {
        // Synthetic; "L2 only" is REF 6.
        let name = node.name();
        found.push(violation(
            path.to_owned(),
            format!("VLAN configuration of '{name}' requires l2-service enabled."),
        ));
    }
}

fn check_mtu(node: &Node, parent: Option<&Node>, path: &str, found: &mut Vec<Violation>) {
    let mtu = |node: &Node| node.leaf("mtu").and_then(|text| number_in(text, 0, 65_535));
    let limit = parent.and_then(mtu).unwrap_or(1514) + 4;
    if mtu(node).is_some_and(|own| own > limit) {
        // Synthetic; the rule is REF 6 "sub-if <= parent".
        found.push(violation(
            path.to_owned(),
            format!(
                "MTU of sub-interface '{}' is higher than its parent's.",
                node.name()
            ),
        ));
    }
}

/// The tag forms of REF 6.2 that an interface carries.
fn tag_forms(node: &Node) -> Vec<&'static str> {
    ["vlan-id", "vlan-tags", "untagged"]
        .into_iter()
        .filter(|leaf| node.leaf(leaf).is_some())
        .collect()
}

/// The frames a sub-interface takes: outer tags, and inner tags where it looks at them.
struct Match<'a> {
    name: &'a str,
    outer: Option<VlanSet>,
    inner: Option<VlanSet>,
}

fn check_overlaps(tree: &Tree, found: &mut Vec<Violation>) {
    let mut by_parent: BTreeMap<&str, Vec<Match<'_>>> = BTreeMap::new();
    for node in tree.children(&["interfaces"]) {
        if InterfaceKind::of(node.name()) != Some(InterfaceKind::SubInterface) {
            continue;
        }
        let (parent, _) = split_unit(node.name());
        if let Some(frames) = frames(node) {
            by_parent.entry(parent).or_default().push(frames);
        }
    }
    for (parent, units) in by_parent {
        for (index, unit) in units.iter().enumerate() {
            for other in &units[..index] {
                if let Some(tags) = shared(unit, other) {
                    // Synthetic; REF 6.2 "refused at commit (text unknown)".
                    found.push(violation(
                        format!("interfaces {}", unit.name),
                        format!(
                            "{tags} of '{}' is already used by '{}' on '{parent}'.",
                            unit.name, other.name
                        ),
                    ));
                }
            }
        }
    }
}

fn frames(node: &Node) -> Option<Match<'_>> {
    let name = node.name();
    if node.leaf("untagged").is_some() {
        return Some(Match {
            name,
            outer: None,
            inner: None,
        });
    }
    if let Some(value) = node.leaf("vlan-id") {
        let list = value
            .strip_prefix("list ")
            .unwrap_or_else(|| value.split(' ').next().unwrap_or(value));
        return Some(Match {
            name,
            outer: Some(VlanSet::parse(list)?),
            inner: None,
        });
    }
    let words: Vec<&str> = node.leaf("vlan-tags")?.split(' ').collect();
    let after = |word: &str| {
        words
            .iter()
            .position(|w| *w == word)
            .and_then(|at| words.get(at + 1))
            .copied()
    };
    let outer = VlanSet::parse(after("outer-tag")?)?;
    let inner = VlanSet::parse(after("inner-tag").or_else(|| after("inner-tag-list"))?)?;
    Some(Match {
        name,
        outer: Some(outer),
        inner: Some(inner),
    })
}

/// What two units of one parent both claim. A single-tagged and a double-tagged unit may share the
/// outer tag: the longer match wins.
fn shared(a: &Match<'_>, b: &Match<'_>) -> Option<String> {
    match (&a.outer, &b.outer) {
        (None, None) => Some("Untagged traffic".to_owned()),
        (Some(outer), Some(other)) => {
            let vlan = outer.first_shared(other)?;
            match (&a.inner, &b.inner) {
                (None, None) => Some(format!("VLAN {vlan}")),
                (Some(inner), Some(other)) => inner
                    .first_shared(other)
                    .map(|inner| format!("Outer VLAN {vlan} and inner VLAN {inner}")),
                _ => None,
            }
        }
        _ => None,
    }
}

fn check_lacp(tree: &Tree, interfaces: &HashMap<&str, &Node>, found: &mut Vec<Violation>) {
    for node in tree.children(&["protocols", "lacp"]) {
        let [word, name] = node.words() else { continue };
        if word == "interface" && !interfaces.contains_key(name.as_str()) {
            // Synthetic.
            found.push(violation(
                format!("protocols lacp interface {name}"),
                format!("Interface '{name}' is configured in LACP but it doesn't exist."),
            ));
        }
    }
}

/// The reasons are captured (REF 7.2).
fn check_bgp(tree: &Tree, found: &mut Vec<Violation>) {
    for bgp in tree
        .children(&["protocols"])
        .filter(|node| node.words().first().is_some_and(|word| word == "bgp"))
    {
        let neighbours = bgp
            .children()
            .filter(|node| node.words().first().is_some_and(|word| word == "neighbor"));
        for neighbour in neighbours {
            let name = neighbour.name();
            let families = neighbour
                .children()
                .any(|node| node.words().first().is_some_and(|word| word == "address-family"));
            let reason = if neighbour.leaf("remote-as").is_none() {
                format!("Missing remote-as value for BGP neighbor 'neighbor {name}'.")
            } else if !families {
                format!("Cannot configure BGP neighbor '{name}' without at least one active address-family.")
            } else if neighbour.leaf("ebgp-multihop").is_some() && neighbour.leaf("update-source").is_none() {
                format!("Missing update-source configuration for bgp multihop neighbor '{name}'.")
            } else {
                continue;
            };
            found.push(violation(
                format!("protocols bgp {} neighbor {name}", bgp.name()),
                reason,
            ));
        }
    }
}
