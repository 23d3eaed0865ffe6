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
    check_refused(
        "g_kestrel_v251",
        &[change_vlan(400), add("LEAF-A01", "ge100-0/0/8")],
        VlanInUse,
        "ge100-0/0/8.400",
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
