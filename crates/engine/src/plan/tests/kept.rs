//! What a plan leaves alone.

use super::*;

#[test]
fn an_instance_with_lines_of_its_own_stays_without_members() {
    for line in [
        "router-interface irb7",
        "mac-handling mac-table-limit 100",
        "future-option 3",
    ] {
        let line = format!("network-services bridge-domain instance g_birch_v300 {line}");
        let lab = lab_with(&[("LEAF-A02", &line)]);
        let plan = plan_on(&lab, "g_birch_v300", &[remove("LEAF-A02", "ge100-0/0/7.300")]).unwrap();
        let step = plan
            .devices
            .iter()
            .find(|step| step.device == device("LEAF-A02"))
            .unwrap();
        assert_eq!(
            rendered(&step.forward),
            [
                "no network-services bridge-domain instance g_birch_v300 interface ge100-0/0/7.300",
                "no network-services bridge-domain instance g_birch_v300 interface bundle-60000.300",
                "no interfaces ge100-0/0/7.300",
                "no interfaces bundle-60000.300",
            ],
            "{line}"
        );
    }
}

#[test]
fn a_unit_with_a_line_that_no_plan_can_restore_is_not_removed() {
    let lab = lab_with(&[("LEAF-A02", "interfaces ge100-0/0/7.300 future-option 3")]);
    let refused = plan_on(&lab, "g_birch_v300", &[remove("LEAF-A02", "ge100-0/0/7.300")]).unwrap_err();
    assert!(matches!(refused, PlanError::Irreversible { .. }), "{refused:?}");
}

#[test]
fn a_list_of_one_on_an_odd_unit_is_tagged_anew_in_place() {
    let lab = lab_with(&[
        (
            "LEAF-A02",
            "network-services bridge-domain instance g_birch_v300 interface ge100-0/0/5.7 ^",
        ),
        ("LEAF-A02", "interfaces ge100-0/0/5.7 l2-service enabled"),
        ("LEAF-A02", "interfaces ge100-0/0/5.7 vlan-id list 300"),
    ]);
    let plan = plan_on(&lab, "g_birch_v300", &[change_vlan(301)]).unwrap();
    let step = plan
        .devices
        .iter()
        .find(|step| step.device == device("LEAF-A02"))
        .unwrap();
    let lines = rendered(&step.forward);
    let removed = lines
        .iter()
        .position(|line| *line == "no interfaces ge100-0/0/5.7 vlan-id list 300");
    let set = lines
        .iter()
        .position(|line| *line == "interfaces ge100-0/0/5.7 vlan-id list 301");
    assert!(removed.is_some() && removed < set, "{lines:?}");
}
