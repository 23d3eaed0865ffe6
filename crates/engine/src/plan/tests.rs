//! Plans over the small fabric: exact lines, proven reverse, groups, hash, undo, risk.

mod kept;
mod parts;

use std::collections::BTreeMap;

use bk_config::{apply, canonical};
use chrono::{DateTime, TimeDelta, Utc};

use super::*;
use crate::draft::{Draft, Edit, Rule};
use crate::fixtures::{Lab, add, change_vlan, device, domain, lab, lab_of, lab_with, remove};

fn plan_on(lab: &Lab, name: &str, edits: &[Edit]) -> Result<Plan, PlanError> {
    let mut draft = Draft::new(domain(name));
    edits.iter().for_each(|edit| draft.push(edit.clone()));
    lab.on_base(|base| make_plan(base, &draft))
}

fn rendered(lines: &[CliLine]) -> Vec<&str> {
    lines.iter().map(CliLine::as_str).collect()
}

/// Applies the plan to the records, as the fabric would take it.
fn deployed(lab: &Lab, plan: &Plan) -> Lab {
    let mut trees = lab.trees.clone();
    for step in &plan.devices {
        let after = apply(&trees[&step.device], &step.forward).unwrap();
        let (reread, _) = bk_config::Tree::read_flattened(&after.text());
        trees.insert(step.device.clone(), reread);
    }
    lab_of(trees)
}

fn check_lines(name: &str, edits: &[Edit], on: &str, forward: &[&str], reverse: &[&str]) {
    let lab = lab();
    let plan = plan_on(&lab, name, edits).unwrap();
    let step = plan
        .devices
        .iter()
        .find(|step| step.device == device(on))
        .unwrap();
    assert_eq!(rendered(&step.forward), forward, "forward on {on}");
    assert_eq!(rendered(&step.reverse), reverse, "reverse on {on}");
}

#[test]
fn a_new_device_gets_an_instance_and_loses_it_on_the_way_back() {
    check_lines(
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/5")],
        "LEAF-B02",
        &[
            "network-services bridge-domain instance g_kestrel_v251 admin-state enabled",
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "interfaces ge100-0/0/5.251 vlan-id 251",
            "network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251",
            "interfaces bundle-60000.251 l2-service enabled",
            "interfaces bundle-60000.251 vlan-id 251",
        ],
        &[
            "no network-services bridge-domain instance g_kestrel_v251",
            "no interfaces ge100-0/0/5.251",
            "no interfaces bundle-60000.251",
        ],
    );
}

#[test]
fn a_sub_interface_that_stands_there_gets_only_what_it_lacks() {
    let there = [
        ("LEAF-A01", "interfaces ge100-0/0/5.251 l2-service enabled"),
        ("LEAF-A01", "interfaces ge100-0/0/5.251 vlan-id 251"),
    ];
    let plan = plan_on(
        &lab_with(&there),
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/5")],
    )
    .unwrap();
    let step = &plan.devices[0];
    let member = "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251";
    assert_eq!(rendered(&step.forward), [member]);
    // It was another's, so it stays on the way back.
    assert_eq!(rendered(&step.reverse), [format!("no {member}")]);
}

#[test]
fn the_last_member_takes_the_instance_along() {
    check_lines(
        "g_birch_v300",
        &[remove("LEAF-A02", "ge100-0/0/7.300")],
        "LEAF-A02",
        &[
            "no network-services bridge-domain instance g_birch_v300",
            "no interfaces ge100-0/0/7.300",
            "no interfaces bundle-60000.300",
        ],
        &[
            "network-services bridge-domain instance g_birch_v300 admin-state enabled",
            "network-services bridge-domain instance g_birch_v300 interface bundle-60000.300",
            "network-services bridge-domain instance g_birch_v300 interface ge100-0/0/7.300",
            "interfaces bundle-60000.300 l2-service enabled",
            "interfaces bundle-60000.300 vlan-id 300",
            "interfaces ge100-0/0/7.300 l2-service enabled",
            "interfaces ge100-0/0/7.300 vlan-id 300",
        ],
    );
}

#[test]
fn a_renumbered_unit_keeps_what_stood_on_it() {
    let plan = plan_on(&lab(), "g_kestrel_v251", &[change_vlan(252)]).unwrap();
    let step = plan
        .devices
        .iter()
        .find(|step| step.device == device("LEAF-A01"))
        .unwrap();
    let lines = rendered(&step.forward);
    assert!(
        lines.contains(&"interfaces ge100-0/0/31.252 vlan-id list 252"),
        "{lines:?}"
    );
    assert!(
        lines.contains(&"interfaces ge100-0/0/31.252 description \"tester port 4\""),
        "{lines:?}"
    );
    assert!(lines.contains(&"no interfaces ge100-0/0/31.251"), "{lines:?}");
}

/// The bridge domain and the edits of one case.
type Case = fn() -> (&'static str, Vec<Edit>);

const EDITS: [Case; 6] = [
    || ("g_kestrel_v251", vec![add("LEAF-B02", "ge100-0/0/5")]),
    || {
        (
            "g_kestrel_v251",
            vec![
                add("LEAF-A01", "ge100-0/0/5"),
                remove("LEAF-A01", "ge100-0/0/31.251"),
            ],
        )
    },
    || ("g_kestrel_v251", vec![change_vlan(252)]),
    || ("g_birch_v300", vec![remove("LEAF-A02", "ge100-0/0/7.300")]),
    || {
        (
            "g_birch_v300",
            vec![
                add("LEAF-B02", "ge100-0/0/5"),
                remove("LEAF-A02", "ge100-0/0/7.300"),
                change_vlan(301),
            ],
        )
    },
    || ("g_kestrel_v251", vec![add("SSPINE-1", "ge100-4/0/28")]),
];

#[test]
fn undo_of_what_was_deployed_gives_the_same_meaning_back() {
    for (name, edits) in EDITS.map(|edit| edit()) {
        let lab = lab();
        let plan = plan_on(&lab, name, &edits).unwrap();
        let after = deployed(&lab, &plan);
        let undo = after
            .on_base(|base| make_undo(base, &plan, DeploymentId(7)))
            .unwrap();
        let back = deployed(&after, &undo);
        for (device, tree) in &lab.trees {
            assert_eq!(
                canonical(tree),
                canonical(&back.trees[device]),
                "{device} after undo of {edits:?}"
            );
        }
        assert_eq!(undo.kind, PlanKind::Undo { of: DeploymentId(7) });
        assert_eq!(
            (undo.line_count(), undo.vlan_after),
            (plan.reverse_count(), plan.vlan_before)
        );
        assert!(plan_on(&after, name, &[]).unwrap().is_empty());
    }
}

#[test]
fn a_plan_made_again_has_the_same_hash_and_unrelated_changes_do_not_matter() {
    let edits = [add("LEAF-B02", "ge100-0/0/5")];
    let hash = |extra: &[(&str, &str)]| plan_on(&lab_with(extra), "g_kestrel_v251", &edits).unwrap().hash;
    assert_eq!(hash(&[]), hash(&[]));
    assert_eq!(
        hash(&[]),
        hash(&[("LEAF-B02", "interfaces ge100-0/0/17 admin-state enabled")])
    );
    assert_ne!(
        hash(&[]),
        hash(&[("LEAF-B02", "interfaces ge100-0/0/5 mtu 9000")])
    );
    let stored = serde_json::to_string(&plan_on(&lab(), "g_kestrel_v251", &edits).unwrap()).unwrap();
    let read: Plan = serde_json::from_str(&stored).unwrap();
    assert_eq!(hash_of(&read), hash(&[]));
}

fn hash_of(plan: &Plan) -> PlanHash {
    hash_plan(&plan.devices)
}

fn check_groups(name: &str, edits: &[Edit], expected: &[(&str, u32)]) {
    let plan = plan_on(&lab(), name, edits).unwrap();
    let mut groups: Vec<_> = plan
        .devices
        .iter()
        .map(|step| (step.device.as_str(), step.group))
        .collect();
    groups.sort_unstable();
    assert_eq!(groups, expected);
}

#[test]
fn spines_come_first_when_adding_and_last_when_removing() {
    check_groups(
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/5")],
        &[("LEAF-B02", 2), ("SPINE-2", 1)],
    );
    check_groups(
        "g_birch_v300",
        &[add("LEAF-B02", "ge100-0/0/5")],
        &[("LEAF-B02", 3), ("SPINE-1", 2), ("SPINE-2", 2), ("SSPINE-1", 1)],
    );
    check_groups(
        "g_birch_v300",
        &[remove("LEAF-A02", "ge100-0/0/7.300")],
        &[("LEAF-A01", 1), ("LEAF-A02", 1), ("SPINE-1", 2)],
    );
}

#[test]
fn a_later_change_of_the_same_objects_refuses_the_undo() {
    let lab = lab();
    let first = plan_on(&lab, "g_kestrel_v251", &[add("LEAF-A01", "ge100-0/0/5")]).unwrap();
    let after = deployed(&lab, &first);
    let second = plan_on(&after, "g_kestrel_v251", &[remove("LEAF-A01", "ge100-0/0/5.251")]).unwrap();
    let later = deployed(&after, &second);
    let refused = later
        .on_base(|base| make_undo(base, &first, DeploymentId(1)))
        .unwrap_err();
    assert!(
        matches!(&refused, UndoRefused::Changed { lines, .. } if lines.iter().any(|line| line.starts_with("- "))),
        "{refused:?}"
    );
}

#[test]
fn a_draft_with_errors_makes_no_plan() {
    let refused = plan_on(&lab(), "g_kestrel_v251", &[change_vlan(300)]).unwrap_err();
    assert!(
        matches!(refused, PlanError::Invalid { findings, .. } if findings.iter().any(|f| f.rule == Rule::GlobalVlanUsed))
    );
}

#[test]
fn the_export_reads_without_the_application() {
    let plan = plan_on(&lab(), "g_kestrel_v251", &[add("LEAF-A01", "ge100-0/0/5")]).unwrap();
    let text = export_text(&plan);
    let commands: Vec<&str> = text
        .lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .collect();
    assert_eq!(
        commands,
        [
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
            "top",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "top",
            "interfaces ge100-0/0/5.251 vlan-id 251",
            "top",
            "no network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251",
            "top",
            "no interfaces ge100-0/0/5.251",
            "top",
        ]
    );
    assert!(text.contains("# reverse LEAF-A01, group 1, base "));
}

fn moment() -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000, 0).unwrap()
}

fn check_risk(lab: &Lab, name: &str, edits: &[Edit], age: TimeDelta, expected: &[u8]) {
    let plan = plan_on(lab, name, edits).unwrap();
    let read_at: BTreeMap<_, _> = lab
        .trees
        .keys()
        .map(|name| (name.clone(), moment() - age))
        .collect();
    let found: Vec<u8> = lab
        .on_base(|base| risks(&plan, base, &read_at, moment()))
        .iter()
        .map(|risk| risk.rule.number())
        .collect();
    assert_eq!(found, expected, "{edits:?}");
}

#[test]
fn each_risk_rule_has_an_edit_that_raises_only_it() {
    let fresh = TimeDelta::minutes(1);
    let small = [add("LEAF-A01", "ge100-0/0/5")];
    check_risk(&lab(), "g_kestrel_v251", &small, fresh, &[]);
    check_risk(&lab(), "g_kestrel_v251", &small, TimeDelta::minutes(61), &[8]);
    check_risk(
        &lab(),
        "g_kestrel_v251",
        &[add("SSPINE-1", "ge100-4/0/28")],
        fresh,
        &[6],
    );
    check_risk(
        &lab(),
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/5")],
        fresh,
        &[10],
    );
    check_risk(
        &lab(),
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/9")],
        fresh,
        &[5],
    );
    let two_ends = lab_with(&[
        (
            "LEAF-A01",
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251 ^",
        ),
        ("LEAF-A01", "interfaces ge100-0/0/5.251 l2-service enabled"),
        ("LEAF-A01", "interfaces ge100-0/0/5.251 vlan-id 251"),
    ]);
    check_risk(
        &two_ends,
        "g_kestrel_v251",
        &[remove("LEAF-A01", "ge100-0/0/5.251")],
        fresh,
        &[4],
    );
    let mtus = lab_with(&[
        ("LEAF-A01", "interfaces ge100-0/0/31 mtu 9000"),
        ("LEAF-B01", "interfaces ge100-0/0/12 mtu 1600"),
    ]);
    check_risk(&mtus, "g_kestrel_v251", &small, fresh, &[11]);
    let on_leaf = lab_with(&[
        (
            "LEAF-B02",
            "network-services bridge-domain instance g_kestrel_v251 admin-state enabled",
        ),
        (
            "LEAF-B02",
            "network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^",
        ),
        ("LEAF-B02", "interfaces bundle-60000.251 l2-service enabled"),
        ("LEAF-B02", "interfaces bundle-60000.251 vlan-id 251"),
        (
            "SPINE-2",
            "network-services bridge-domain instance g_kestrel_v251 interface bundle-60002.251 ^",
        ),
        ("SPINE-2", "interfaces bundle-60002.251 l2-service enabled"),
        ("SPINE-2", "interfaces bundle-60002.251 vlan-id 251"),
    ]);
    check_risk(
        &on_leaf,
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/6")],
        fresh,
        &[9],
    );
}

#[test]
fn estimates_add_groups_and_follow_history() {
    let plan = plan_on(&lab(), "g_kestrel_v251", &[add("LEAF-B02", "ge100-0/0/5")]).unwrap();
    let assumed = estimate(&plan, &History::default());
    assert_eq!(assumed.measured_from, 0);
    assert_eq!(
        assumed.phases[2].seconds, 6.0,
        "two groups commit one after the other"
    );
    let measured = estimate(
        &plan,
        &History {
            runs: vec![[1.0, 2.0, 3.0, 4.0, 5.0, 6.0]; 3],
        },
    );
    assert_eq!((measured.seconds(), measured.measured_from), (21.0, 3));
}
