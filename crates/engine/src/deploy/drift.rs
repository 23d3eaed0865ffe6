//! Drift found by a deployment: at preflight, by the commit check, by the commit (DESIGN 7).

use bk_config::{ConfigText, Tree, apply, canonical};

use super::change::DeviceChange;
use super::lines::{Delta, LineSet};
use super::report::Drift;
use crate::drift::DriftKind;

/// Compares the live device with what the plan starts from, object by object, and evaluates the lines again.
pub(super) fn at_preflight(plan: &DeviceChange, text: &ConfigText, live: &LineSet) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for object in &plan.touched {
        let one = std::slice::from_ref(object);
        let expected = plan.base.within(one);
        let actual = live.within(one);
        if expected != actual && !same_meaning(&expected, &actual) {
            let kind = kind_of(plan, object, &expected, &actual);
            drifts.push(Drift {
                device: plan.device.clone(),
                object: object.clone(),
                kind,
                expected: expected.text(),
                actual: actual.text(),
            });
        }
    }
    drifts.extend(conflicts(plan, live));
    if drifts.is_empty() && !holds_on(plan, text, live) {
        let all = live.within(&plan.touched);
        drifts.push(Drift {
            device: plan.device.clone(),
            object: plan.touched.first().cloned().unwrap_or_default(),
            kind: DriftKind::Unknown,
            expected: plan.predicted.signed().join("\n"),
            actual: all.text(),
        });
    }
    drifts
}

/// The device says that nothing would change.
pub(super) fn nothing_to_change(plan: &DeviceChange) -> Drift {
    Drift {
        device: plan.device.clone(),
        object: plan.touched.first().cloned().unwrap_or_default(),
        kind: DriftKind::AlreadyConfigured,
        expected: plan.predicted.signed().join("\n"),
        actual: "the device says that nothing would change".to_owned(),
    }
}

/// Another committed while the deployment ran.
pub(super) fn foreign_commit(plan: &DeviceChange, seen: &str) -> Drift {
    Drift {
        device: plan.device.clone(),
        object: plan.touched.first().cloned().unwrap_or_default(),
        kind: DriftKind::ForeignCommit,
        expected: "no commit since preflight".to_owned(),
        actual: seen.to_owned(),
    }
}

fn same_meaning(left: &LineSet, right: &LineSet) -> bool {
    let tree = |lines: &LineSet| {
        let text = ConfigText::new(lines.text()).expect("a part of a configuration text is below its limit");
        Tree::read_flattened(&text).0
    };
    canonical(&tree(left)) == canonical(&tree(right))
}

fn kind_of(plan: &DeviceChange, object: &str, expected: &LineSet, actual: &LineSet) -> DriftKind {
    let one = std::slice::from_ref(&object.to_owned()).to_vec();
    let ours = Delta {
        added: plan
            .predicted
            .added
            .iter()
            .filter(|l| super::lines::is_within(l, &one))
            .cloned()
            .collect(),
        removed: plan
            .predicted
            .removed
            .iter()
            .filter(|l| super::lines::is_within(l, &one))
            .cloned()
            .collect(),
    };
    if *actual == expected.with(&ours) {
        DriftKind::AlreadyConfigured
    } else if actual.is_empty() {
        DriftKind::MissingOnDevice
    } else if expected.is_empty() && object.starts_with("network-services bridge-domain instance ") {
        DriftKind::DomainExists
    } else {
        DriftKind::Mismatch
    }
}

/// A tag that the plan sets and another unit of the same port has already; a member that another instance names.
fn conflicts(plan: &DeviceChange, live: &LineSet) -> Vec<Drift> {
    let mut drifts = Vec::new();
    for line in &plan.predicted.added {
        let words: Vec<&str> = line.split(' ').collect();
        let found = match words.as_slice() {
            ["interfaces", unit, tag @ ..] if is_tag(tag) => {
                let Some((port, _)) = unit.split_once('.') else {
                    continue;
                };
                let same = format!(" {}", tag.join(" "));
                live.iter().find(|other| {
                    let name = other
                        .strip_prefix("interfaces ")
                        .and_then(|rest| rest.split(' ').next());
                    let other_unit =
                        name.is_some_and(|name| name != *unit && name.split('.').next() == Some(port));
                    other_unit && other.ends_with(&same) && !plan.predicted.removed.contains(*other)
                })
            }
            [
                "network-services",
                "bridge-domain",
                "instance",
                domain,
                "interface",
                member,
            ] => live.iter().find(|other| {
                let ends = other.ends_with(&format!(" interface {member}"));
                let mine = other.starts_with(&format!("network-services bridge-domain instance {domain} "));
                ends && !mine
                    && other.starts_with("network-services ")
                    && !plan.predicted.removed.contains(*other)
            }),
            _ => None,
        };
        if let Some(found) = found {
            drifts.push(Drift {
                device: plan.device.clone(),
                object: found.to_owned(),
                kind: DriftKind::VlanConflict,
                expected: format!("{line}\n"),
                actual: format!("{found}\n"),
            });
        }
    }
    drifts
}

fn is_tag(words: &[&str]) -> bool {
    matches!(words.first(), Some(&"vlan-id" | &"vlan-tags"))
}

/// On the live text the forward lines still give the prediction and the reverse lines still take it back.
fn holds_on(plan: &DeviceChange, text: &ConfigText, live: &LineSet) -> bool {
    let (tree, _) = Tree::read(text);
    let Ok(after) = apply(&tree, &plan.forward) else {
        return false;
    };
    let Ok(back) = apply(&after, &plan.reverse) else {
        return false;
    };
    Delta::between(live, &LineSet::of_tree(&after)) == plan.predicted && LineSet::of_tree(&back) == *live
}
