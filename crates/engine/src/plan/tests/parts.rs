//! Plans without a device, and plans in parts.

use super::*;

fn draft_of(name: &str, edits: &[Edit]) -> Draft {
    let mut draft = Draft::new(domain(name));
    edits.iter().for_each(|edit| draft.push(edit.clone()));
    draft
}

fn left_out(lab: &Lab, name: &str, edits: &[Edit], out: &[LeftOut]) -> Result<Child, NotSeparable> {
    let draft = draft_of(name, edits);
    lab.on_base(|base| without(base, &draft, &make_plan(base, &draft).unwrap(), out))
}

fn devices(plan: &Plan) -> Vec<&str> {
    let mut names: Vec<&str> = plan.devices.iter().map(|step| step.device.as_str()).collect();
    names.sort_unstable();
    names
}

#[test]
fn without_a_leaf_the_plan_is_that_of_the_other_edits() {
    let both = [add("LEAF-B02", "ge100-0/0/5"), add("LEAF-A02", "ge100-0/0/5")];
    let lab = lab();
    let child = left_out(
        &lab,
        "g_kestrel_v251",
        &both,
        &[LeftOut::Device(device("LEAF-B02"))],
    )
    .unwrap();
    assert_eq!(
        child.plan.hash,
        plan_on(&lab, "g_kestrel_v251", &both[1..]).unwrap().hash
    );
    assert_eq!(devices(&child.plan), ["LEAF-A02", "SPINE-1"]);
    let out: Vec<&str> = child
        .left_out
        .iter()
        .map(crate::draft::ChangeId::as_str)
        .collect();
    assert_eq!(out, ["LEAF-B02 ge100-0/0/5.251"]);
}

#[test]
fn a_device_on_the_path_can_not_be_left_out() {
    let edits = [add("LEAF-B02", "ge100-0/0/5"), add("LEAF-A02", "ge100-0/0/5")];
    let refused = left_out(
        &lab(),
        "g_kestrel_v251",
        &edits,
        &[LeftOut::Device(device("SPINE-2"))],
    )
    .unwrap_err();
    let NotSeparable::Carries {
        device: on_path,
        parts,
    } = &refused
    else {
        panic!("{refused:?}")
    };
    assert_eq!((on_path, parts.len()), (&device("SPINE-2"), 2));
    assert!(refused.to_string().contains("LEAF-A02, LEAF-B02"), "{refused}");
}

#[test]
fn an_object_that_drifted_is_left_out_alone() {
    let edits = [
        add("LEAF-B02", "ge100-0/0/5"),
        add("LEAF-A01", "ge100-0/0/5"),
        add("LEAF-A01", "ge100-0/0/9"),
    ];
    let lab = lab();
    let object = |object: &str| LeftOut::Object {
        device: device("LEAF-A01"),
        object: object.to_owned(),
    };
    let child = left_out(
        &lab,
        "g_kestrel_v251",
        &edits,
        &[object("interfaces ge100-0/0/5.251")],
    )
    .unwrap();
    let kept = [edits[0].clone(), edits[2].clone()];
    assert_eq!(
        child.plan.hash,
        plan_on(&lab, "g_kestrel_v251", &kept).unwrap().hash
    );
    // The instance is what both attachments of the leaf touch: without it nothing of the leaf is left.
    let instance = object("network-services bridge-domain instance g_kestrel_v251");
    let child = left_out(&lab, "g_kestrel_v251", &edits, &[instance]).unwrap();
    assert_eq!(child.left_out.len(), 2);
    // A fabric attachment that the rest needs stays touched.
    let uplink = LeftOut::Object {
        device: device("SPINE-2"),
        object: "interfaces bundle-60002.251".to_owned(),
    };
    let refused = left_out(&lab, "g_kestrel_v251", &edits, &[uplink]).unwrap_err();
    assert!(
        matches!(refused, NotSeparable::StillTouched { .. }),
        "{refused:?}"
    );
}

#[test]
fn what_can_not_be_split_says_why() {
    let lab = lab();
    let out = [LeftOut::Device(device("LEAF-B01"))];
    let vlan = left_out(&lab, "g_kestrel_v251", &[change_vlan(252)], &out).unwrap_err();
    assert!(matches!(vlan, NotSeparable::ServiceVlan), "{vlan:?}");
    let only = [add("LEAF-B02", "ge100-0/0/5")];
    let nothing = left_out(
        &lab,
        "g_kestrel_v251",
        &only,
        &[LeftOut::Device(device("LEAF-B02"))],
    )
    .unwrap_err();
    assert!(matches!(nothing, NotSeparable::NothingLeft), "{nothing:?}");
    let plan = plan_on(&lab, "g_kestrel_v251", &only).unwrap();
    let after = deployed(&lab, &plan);
    let undo = after
        .on_base(|base| make_undo(base, &plan, DeploymentId(7)))
        .unwrap();
    let empty = draft_of("g_kestrel_v251", &[]);
    let refused = after.on_base(|base| parts(base, &empty, &undo)).unwrap_err();
    assert!(matches!(refused, NotSeparable::Rollback), "{refused:?}");
}

fn split(lab: &Lab, name: &str, edits: &[Edit]) -> Vec<Part> {
    let draft = draft_of(name, edits);
    lab.on_base(|base| parts(base, &draft, &make_plan(base, &draft).unwrap()).unwrap())
}

fn names_of(parts: &[Part]) -> Vec<Vec<&str>> {
    let devices = |part| -> Vec<&str> {
        let part: &Part = part;
        part.devices.iter().map(DeviceName::as_str).collect()
    };
    parts.iter().map(devices).collect()
}

#[test]
fn what_adds_goes_before_what_takes_away() {
    let edits = [
        remove("LEAF-A02", "ge100-0/0/7.300"),
        add("LEAF-B02", "ge100-0/0/5"),
    ];
    let parts = split(&lab(), "g_birch_v300", &edits);
    assert_eq!(names_of(&parts), [["LEAF-B02"], ["LEAF-A02"]]);
}

/// One part after the other, each planned on what the others left, ends where the whole plan ends.
#[test]
fn the_parts_come_to_the_same_configuration_as_the_whole() {
    let cases = [
        (
            "g_kestrel_v251",
            vec![add("LEAF-B02", "ge100-0/0/5"), add("LEAF-A02", "ge100-0/0/5")],
        ),
        (
            "g_birch_v300",
            vec![add("LEAF-B02", "ge100-0/0/5"), add("LEAF-B01", "ge100-0/0/12")],
        ),
        (
            "g_birch_v300",
            vec![
                remove("LEAF-A02", "ge100-0/0/7.300"),
                add("LEAF-B02", "ge100-0/0/5"),
            ],
        ),
        (
            "g_kestrel_v251",
            vec![
                remove("LEAF-B01", "ge100-0/0/12.251"),
                add("LEAF-A01", "ge100-0/0/5"),
                add("LEAF-A02", "ge100-0/0/5"),
            ],
        ),
    ];
    for (name, edits) in cases {
        let start = lab();
        let whole = plan_on(&start, name, &edits).unwrap();
        let wanted = deployed(&start, &whole);
        let mut draft = draft_of(name, &edits);
        let mut now = lab();
        let all = split(&start, name, &edits);
        assert!(all.len() > 1, "{edits:?}");
        for part in &all {
            let plan = now.on_base(|base| of_part(base, &draft, &whole, part).unwrap());
            now = deployed(&now, &plan);
            draft.settle(&part.changes, whole.vlan_before);
        }
        assert!(draft.edits().is_empty());
        for (device, tree) in &wanted.trees {
            assert_eq!(
                canonical(tree),
                canonical(&now.trees[device]),
                "{device} of {edits:?}"
            );
        }
    }
}

#[test]
fn a_part_brings_the_links_that_an_earlier_one_did_not() {
    let edits = [add("LEAF-B02", "ge100-0/0/5"), add("LEAF-B01", "ge100-0/0/12")];
    let lab = lab();
    let whole = plan_on(&lab, "g_birch_v300", &edits).unwrap();
    let draft = draft_of("g_birch_v300", &edits);
    let parts = split(&lab, "g_birch_v300", &edits);
    // The first failed and left nothing; the second brings spines and superspine itself.
    let second = lab.on_base(|base| of_part(base, &draft, &whole, &parts[1]).unwrap());
    assert_eq!(devices(&second).len(), 4, "{:?}", devices(&second));
    // The first holds; the second finds them there.
    let first = lab.on_base(|base| of_part(base, &draft, &whole, &parts[0]).unwrap());
    let after = deployed(&lab, &first);
    let mut rest = draft.clone();
    rest.settle(&parts[0].changes, whole.vlan_before);
    let second = after.on_base(|base| of_part(base, &rest, &whole, &parts[1]).unwrap());
    assert_eq!(devices(&second).len(), 2, "{:?}", devices(&second));
}
