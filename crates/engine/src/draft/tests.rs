//! What an edit makes of a service, case by case.

use super::*;
use crate::fixtures::{add, change_vlan, domain, lab, lab_with, remove};

fn draft(name: &str, edits: &[Edit]) -> Draft {
    let mut draft = Draft::new(domain(name));
    edits.iter().for_each(|edit| draft.push(edit.clone()));
    draft
}

fn written(change: &Change) -> String {
    let sign = match change.sign() {
        Sign::Added => '+',
        Sign::Removed => '-',
        Sign::Changed => '~',
    };
    let before = change
        .before
        .as_ref()
        .filter(|_| change.sign() == Sign::Changed)
        .map(|b| format!("{} -> ", b.interface))
        .unwrap_or_default();
    let derived = if change.is_derived() { " derived" } else { "" };
    format!("{sign} {} {before}{}{derived}", change.device, change.interface())
}

fn check(name: &str, edits: &[Edit], expected: &[&str]) {
    let lab = lab();
    let evaluation = evaluate(&lab.fabric, &draft(name, edits));
    assert_eq!(
        evaluation.changes.iter().map(written).collect::<Vec<_>>(),
        expected,
        "{edits:?}"
    );
    assert!(evaluation.is_valid(), "{:?}", evaluation.findings);
}

fn check_refused(name: &str, edits: &[Edit], rule: Rule, object: &str) {
    let lab = lab();
    let evaluation = evaluate(&lab.fabric, &draft(name, edits));
    let errors: Vec<_> = evaluation
        .findings
        .iter()
        .filter(|f| f.severity == Severity::Error)
        .collect();
    assert!(
        errors
            .iter()
            .any(|f| f.rule == rule && f.object.as_deref() == Some(object)),
        "{errors:?}"
    );
}

#[test]
fn an_attachment_brings_its_fabric_along() {
    check(
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/5")],
        &["+ LEAF-A01 ge100-0/0/5.251"],
    );
    check(
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/5")],
        &[
            "+ LEAF-B02 ge100-0/0/5.251",
            "+ LEAF-B02 bundle-60000.251 derived",
            "+ SPINE-2 bundle-60002.251 derived",
        ],
    );
    check(
        "g_kestrel_v251",
        &[add("SSPINE-1", "ge100-4/0/28")],
        &["+ SSPINE-1 ge100-4/0/28.251"],
    );
    check(
        "g_birch_v300",
        &[add("LEAF-B02", "ge100-0/0/5")],
        &[
            "+ LEAF-B02 ge100-0/0/5.300",
            "+ LEAF-B02 bundle-60000.300 derived",
            "+ SPINE-1 bundle-60000.300 derived",
            "+ SPINE-2 bundle-60000.300 derived",
            "+ SPINE-2 bundle-60002.300 derived",
            "+ SSPINE-1 bundle-60001.300 derived",
            "+ SSPINE-1 bundle-60002.300 derived",
        ],
    );
}

#[test]
fn what_nobody_needs_any_more_goes() {
    check(
        "g_birch_v300",
        &[remove("LEAF-A02", "ge100-0/0/7.300")],
        &[
            "- LEAF-A02 ge100-0/0/7.300",
            "- LEAF-A01 bundle-60000.300 derived",
            "- LEAF-A02 bundle-60000.300 derived",
            "- SPINE-1 bundle-60001.300 derived",
            "- SPINE-1 bundle-60002.300 derived",
        ],
    );
}

#[test]
fn another_vlan_moves_units_and_keeps_the_written_form() {
    let lab = lab();
    let evaluation = evaluate(&lab.fabric, &draft("g_kestrel_v251", &[change_vlan(252)]));
    assert_eq!(evaluation.changes.len(), 10);
    assert!(
        evaluation
            .changes
            .iter()
            .all(|c| c.sign() == Sign::Changed && c.interface().unit().unwrap().get() == 252)
    );
    let listed = evaluation
        .after
        .iter()
        .find(|a| a.interface == crate::fixtures::interface("ge100-0/0/31.252"))
        .unwrap();
    assert!(
        matches!(&listed.encapsulation, bk_model::Encapsulation::List { vlans } if vlans.as_written() == "252")
    );
    check("g_kestrel_v251", &[change_vlan(252), change_vlan(251)], &[]);
}

#[test]
fn adding_and_removing_cancel_out() {
    check(
        "g_kestrel_v251",
        &[
            add("LEAF-B02", "ge100-0/0/5"),
            remove("LEAF-B02", "ge100-0/0/5.251"),
        ],
        &[],
    );
    check(
        "g_kestrel_v251",
        &[
            remove("LEAF-A01", "ge100-0/0/31.251"),
            add("LEAF-A01", "ge100-0/0/31"),
        ],
        &[],
    );
}

#[test]
fn refusals_name_rule_and_object() {
    use Rule::{
        AlreadyAttached, FabricPort, GlobalVlanUsed, InterfaceInService, NotAttached, SpineAccess, UnitTaken,
        UnknownPort, VlanInUse,
    };
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/31")],
        AlreadyAttached,
        "ge100-0/0/31.251",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-A02", "bundle-60000")],
        FabricPort,
        "bundle-60000",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-A02", "ge100-0/0/0")],
        FabricPort,
        "ge100-0/0/0",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("SPINE-1", "ge100-0/0/30")],
        SpineAccess,
        "ge100-0/0/30",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/3")],
        InterfaceInService,
        "ge100-0/0/3.251",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-A01", "ge100-0/0/99")],
        UnknownPort,
        "ge100-0/0/99.251",
    );
    check_refused(
        "g_kestrel_v251",
        &[add("LEAF-Z99", "ge100-0/0/1")],
        UnknownPort,
        "ge100-0/0/1",
    );
    check_refused(
        "g_kestrel_v251",
        &[remove("LEAF-A01", "ge100-0/0/5.251")],
        NotAttached,
        "ge100-0/0/5.251",
    );
    check_refused("g_kestrel_v251", &[change_vlan(300)], GlobalVlanUsed, "300");
    check_refused(
        "g_kestrel_v251",
        &[change_vlan(300)],
        InterfaceInService,
        "bundle-60000.300",
    );
    let beside = [("LEAF-A01", "interfaces ge100-0/0/5.9 vlan-id 251")];
    let found = findings_on(&beside, "g_kestrel_v251", &[add("LEAF-A01", "ge100-0/0/5")]);
    assert!(
        found.contains(&(VlanInUse, "ge100-0/0/5.251".to_owned())),
        "{found:?}"
    );
    let taken = lab_with(&[("LEAF-A01", "interfaces ge100-0/0/5.251 vlan-id 999")]);
    let evaluation = evaluate(
        &taken.fabric,
        &draft("g_kestrel_v251", &[add("LEAF-A01", "ge100-0/0/5")]),
    );
    assert!(
        evaluation.findings.iter().any(|f| f.rule == UnitTaken),
        "{:?}",
        evaluation.findings
    );
}

#[test]
fn a_change_left_out_stays_in_the_draft_and_takes_what_it_caused_along() {
    let lab = lab();
    let mut draft = draft(
        "g_kestrel_v251",
        &[add("LEAF-B02", "ge100-0/0/5"), add("LEAF-A01", "ge100-0/0/5")],
    );
    draft.set_included(ChangeId::from_text("LEAF-B02 ge100-0/0/5.251"), false);
    let evaluation = evaluate(&lab.fabric, &draft);
    let listed: Vec<_> = evaluation
        .changes
        .iter()
        .map(|c| (written(c), c.included))
        .collect();
    assert_eq!(
        listed,
        [
            ("+ LEAF-A01 ge100-0/0/5.251".to_owned(), true),
            ("+ LEAF-B02 ge100-0/0/5.251".to_owned(), false)
        ]
    );
    draft.set_included(ChangeId::from_text("LEAF-B02 ge100-0/0/5.251"), true);
    assert_eq!(evaluate(&lab.fabric, &draft).changes.len(), 4);
}

fn findings_on(extra: &[(&str, &str)], name: &str, edits: &[Edit]) -> Vec<(Rule, String)> {
    let lab = lab_with(extra);
    let evaluation = evaluate(&lab.fabric, &draft(name, edits));
    let named = |finding: &Finding| (finding.rule, finding.object.clone().unwrap_or_default());
    evaluation.findings.iter().map(named).collect()
}

#[test]
fn what_an_edit_would_take_from_others_stops_it() {
    let edits = [remove("LEAF-B01", "ge100-0/0/12.251")];
    let found = |line| findings_on(&[("LEAF-B01", line)], "g_kestrel_v251", &edits);
    let at = || "ge100-0/0/12.251".to_owned();
    let shared = "network-services bridge-domain instance g_rowan_v9 interface ge100-0/0/12.251 ^";
    assert!(found(shared).contains(&(Rule::InterfaceInService, at())));
    let own = "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/12.251 storm-control \
               broadcast-packet-rate 100";
    assert!(found(own).contains(&(Rule::OwnLines, at())));
    let routed = "interfaces ge100-0/0/12.251 ipv4-address 10.99.0.1/24";
    assert!(found(routed).contains(&(Rule::Layer3Port, at())));
}

#[test]
fn parts_of_one_name_are_joined_only_with_a_word_and_local_ones_never() {
    let on = |name: &str| {
        ["LEAF-A01", "LEAF-B02"].map(|device| {
            let lines = [
                format!("network-services bridge-domain instance {name} interface ge100-0/0/5.77 ^"),
                "interfaces ge100-0/0/5.77 l2-service enabled".to_owned(),
                "interfaces ge100-0/0/5.77 vlan-id 77".to_owned(),
            ];
            lines.map(|line| (device, line))
        })
    };
    let evaluated = |name: &str, edits: &[Edit]| {
        let lines = on(name);
        let extra: Vec<(&str, &str)> = lines
            .iter()
            .flatten()
            .map(|(on, line)| (*on, line.as_str()))
            .collect();
        evaluate(&lab_with(&extra).fabric, &draft(name, edits))
    };
    let edits = [add("LEAF-A01", "ge100-0/0/9")];
    assert!(evaluated("g_rowan_v77", &[]).changes.is_empty());
    let joined = evaluated("g_rowan_v77", &edits);
    assert_eq!(joined.changes.len(), 9);
    assert!(joined.findings.iter().any(|f| f.rule == Rule::PartsJoined));
    let local = evaluated("l_rowan_v77", &edits);
    assert_eq!(
        local.changes.iter().map(written).collect::<Vec<_>>(),
        ["+ LEAF-A01 ge100-0/0/9.77"]
    );
    assert!(local.is_valid(), "{:?}", local.findings);
}

#[test]
fn a_service_without_a_vlan_is_not_spread_over_devices() {
    let own = |on: &str, port: &str, tag: u32| Edit::AddAttachment {
        device: crate::fixtures::device(on),
        port: crate::fixtures::interface(port),
        vlan: Some(crate::fixtures::vlan(tag)),
    };
    let found = findings_on(&[], "l_heron_port", &[own("LEAF-B02", "ge100-0/0/5", 77)]);
    assert!(
        found.iter().any(|(rule, _)| *rule == Rule::ServiceVlanUnknown),
        "{found:?}"
    );
    let lab = lab();
    let fresh = [
        own("LEAF-A01", "ge100-0/0/5", 77),
        own("LEAF-A02", "ge100-0/0/5", 77),
    ];
    let evaluation = evaluate(&lab.fabric, &draft("g_rowan_v77", &fresh));
    assert_eq!(evaluation.vlan_after.map(VlanId::get), Some(77));
    assert_eq!(
        evaluation.changes.len(),
        6,
        "the tag that all new attachments have is the service's"
    );
}

#[test]
fn one_tag_twice_on_a_port_is_found_among_the_changes_too() {
    let odd = [
        (
            "LEAF-A01",
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.9 ^",
        ),
        ("LEAF-A01", "interfaces ge100-0/0/5.9 l2-service enabled"),
        ("LEAF-A01", "interfaces ge100-0/0/5.9 vlan-id 251"),
    ];
    let found = findings_on(
        &odd,
        "g_kestrel_v251",
        &[change_vlan(252), add("LEAF-A01", "ge100-0/0/5")],
    );
    assert!(
        found.contains(&(Rule::VlanInUse, "ge100-0/0/5.252".to_owned())),
        "{found:?}"
    );
}

#[test]
fn removed_and_added_over_a_change_of_vlan_and_back_is_no_change() {
    check(
        "g_kestrel_v251",
        &[
            remove("LEAF-A01", "ge100-0/0/31.251"),
            change_vlan(252),
            add("LEAF-A01", "ge100-0/0/31"),
            change_vlan(251),
        ],
        &[],
    );
}

#[test]
fn what_stands_there_already_in_no_service_is_taken_as_it_is() {
    let edit = [add("LEAF-A01", "ge100-0/0/5")];
    let found = |lines: &[&str]| {
        let extra: Vec<(&str, &str)> = lines.iter().map(|line| ("LEAF-A01", *line)).collect();
        let rules = findings_on(&extra, "g_kestrel_v251", &edit);
        rules.iter().any(|(rule, _)| *rule == Rule::AlreadyThere)
    };
    let tag = "interfaces ge100-0/0/5.251 vlan-id 251";
    assert!(found(&[tag]));
    assert!(found(&[tag, "interfaces ge100-0/0/5.251 l2-service enabled"]));
    assert!(!found(&[tag, "interfaces ge100-0/0/5.251 admin-state disabled"]));
    assert!(!found(&[
        tag,
        "interfaces ge100-0/0/5.251 ipv4-address 192.0.2.1/24"
    ]));
    assert!(!found(&["interfaces ge100-0/0/5.251 vlan-id 252"]));
}
