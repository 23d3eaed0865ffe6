//! Random edits on a fabric with two uplinks per leaf, parallel links, and services in every state.

use std::collections::BTreeMap;

use bk_config::{ConfigText, Tree, apply, canonical};
use bk_model::{AdminState, DeviceName, DnosVersion, OperState};
use proptest::prelude::*;

use super::*;
use crate::deploy::DeploymentId;
use crate::fabric::{DeviceRecord, build_fabric};
use crate::fixtures::{Lab, add, change_vlan, device, domain, interface, remove};
use crate::plan::{Plan, make_plan, make_undo};
use crate::ports::{Facts, InterfaceFact, LldpFact};

/// (lower device, its bundle, upper device, its bundle): every leaf hangs on both spines, LEAF-A01 twice on the first.
const LINKS: [(&str, u32, &str, u32); 9] = [
    ("SPINE-1", 60_000, "SSPINE-1", 60_001),
    ("SPINE-2", 60_000, "SSPINE-1", 60_002),
    ("LEAF-A01", 60_000, "SPINE-1", 60_001),
    ("LEAF-A01", 60_001, "SPINE-1", 60_011),
    ("LEAF-A01", 60_002, "SPINE-2", 60_001),
    ("LEAF-A02", 60_000, "SPINE-1", 60_002),
    ("LEAF-A02", 60_002, "SPINE-2", 60_002),
    ("LEAF-B01", 60_000, "SPINE-2", 60_003),
    ("LEAF-B02", 60_000, "SPINE-2", 60_004),
];
const DEVICES: [&str; 7] = [
    "SSPINE-1", "SPINE-1", "SPINE-2", "LEAF-A01", "LEAF-A02", "LEAF-B01", "LEAF-B02",
];
const PORTS: u32 = 3;
const EDITED: &str = "g_kestrel_v251";

/// One member of a service: device, parent, unit, tag line.
type Place = (usize, String, u32, String);

/// What a generated fabric holds: the edited service's access and fabric members, and those of another one.
#[derive(Clone, Debug)]
struct Written {
    access: Vec<Place>,
    links: Vec<usize>,
    half: Option<usize>,
    others: Vec<Place>,
    odd_line: Option<usize>,
}

fn port(number: u32) -> String {
    format!("ge100-0/0/{}", 20 + number)
}

fn ports_of_leaves() -> impl Strategy<Value = (usize, String)> {
    prop_oneof![8 => 3..7usize, 1 => Just(0usize)].prop_flat_map(|on| (Just(on), (0..PORTS).prop_map(port)))
}

fn written() -> impl Strategy<Value = Written> {
    let access = (
        ports_of_leaves(),
        prop_oneof![6 => Just(251u32), 1 => Just(7251), 1 => Just(1)],
        any::<bool>(),
    )
        .prop_map(|((on, port), unit, list)| {
            let tag = if list { "vlan-id list 251" } else { "vlan-id 251" };
            (on, port, unit, tag.to_owned())
        });
    let other = (ports_of_leaves(), 250..255u32, 250..255u32)
        .prop_map(|((on, port), unit, tag)| (on, port, unit, format!("vlan-id {tag}")));
    (
        prop::collection::vec(access, 0..5),
        prop::collection::btree_set(0..LINKS.len(), 0..LINKS.len()),
        prop::option::weighted(0.2, 0..LINKS.len()),
        prop::collection::vec(other, 0..4),
        prop::option::weighted(0.2, 0..5usize),
    )
        .prop_map(|(access, links, half, others, odd_line)| Written {
            access,
            links: links.into_iter().collect(),
            half,
            others,
            odd_line,
        })
}

fn edits() -> impl Strategy<Value = Vec<Edit>> {
    let one = prop_oneof![
        4 => ports_of_leaves().prop_map(|(on, port)| add(DEVICES[on], &port)),
        3 => (ports_of_leaves(), prop_oneof![4 => Just(251u32), 1 => 250..254u32, 1 => Just(7251)])
            .prop_map(|((on, port), unit)| remove(DEVICES[on], &format!("{port}.{unit}"))),
        2 => (250..256u32).prop_map(change_vlan),
        1 => (0..DEVICES.len(), 60_000..60_003u32)
            .prop_map(|(on, bundle)| add(DEVICES[on], &format!("bundle-{bundle}"))),
    ];
    prop::collection::vec(one, 0..6)
}

/// Writes the fabric, leaving out members that would share a tag or a unit on one port, as no device would take them.
fn lab(written: &Written) -> Lab {
    let mut texts: BTreeMap<&str, Vec<String>> = DEVICES.iter().map(|name| (*name, Vec::new())).collect();
    for (lower, own, upper, far) in LINKS {
        for (on, bundle) in [(lower, own), (upper, far)] {
            let lines = texts.get_mut(on).unwrap();
            lines.push(format!("interfaces bundle-{bundle} admin-state enabled"));
            lines.push(format!("interfaces {} bundle-id {bundle}", cable(bundle)));
        }
    }
    for name in DEVICES {
        let lines = texts.get_mut(name).unwrap();
        lines.extend((0..PORTS).map(|n| format!("interfaces {} admin-state enabled", port(n))));
    }
    let mut taken: BTreeSet<(usize, String, String)> = BTreeSet::new();
    let place = |name: &str| DEVICES.iter().position(|known| *known == name).unwrap();
    let of_links = written.links.iter().flat_map(|at| {
        let (lower, own, upper, far) = LINKS[*at];
        let half = written.half == Some(*at);
        [Some((lower, own)), (!half).then_some((upper, far))]
    });
    let fabric = of_links.flatten().map(|(on, bundle)| {
        (
            place(on),
            format!("bundle-{bundle}"),
            251,
            "vlan-id 251".to_owned(),
        )
    });
    let edited = fabric
        .chain(written.access.iter().cloned())
        .map(|at| (EDITED, at));
    let others = written.others.iter().cloned().map(|at| ("g_birch_v999", at));
    for (index, (service, (on, parent, unit, tag))) in edited.chain(others).enumerate() {
        let bare_tag = tag
            .trim_start_matches("vlan-id ")
            .trim_start_matches("list ")
            .to_owned();
        if taken.contains(&(on, parent.clone(), bare_tag.clone()))
            || taken.contains(&(on, parent.clone(), format!(".{unit}")))
        {
            continue;
        }
        taken.insert((on, parent.clone(), bare_tag));
        taken.insert((on, parent.clone(), format!(".{unit}")));
        let lines = texts.get_mut(DEVICES[on]).unwrap();
        let instance = format!("network-services bridge-domain instance {service}");
        lines.push(format!("{instance} admin-state enabled"));
        lines.push(format!("{instance} interface {parent}.{unit} ^"));
        if written.odd_line == Some(index) {
            lines.push(format!("{instance} mac-handling mac-table-limit 100"));
        }
        lines.push(format!("interfaces {parent}.{unit} l2-service enabled"));
        lines.push(format!("interfaces {parent}.{unit} {tag}"));
    }
    let trees = texts.into_iter().map(|(name, mut lines)| {
        lines.sort();
        lines.dedup();
        let text = ConfigText::new(lines.join("\n") + "\n").unwrap();
        (device(name), Tree::read_flattened(&text).0)
    });
    lab_of(trees.collect())
}

fn cable(bundle: u32) -> String {
    format!("ge100-1/0/{}", bundle - 60_000)
}

fn lab_of(trees: BTreeMap<DeviceName, Tree>) -> Lab {
    let records: Vec<DeviceRecord> = trees
        .iter()
        .map(|(name, tree)| DeviceRecord {
            name: name.clone(),
            tree: tree.clone(),
            facts: facts(name.as_str(), tree),
        })
        .collect();
    Lab {
        fabric: build_fabric(&records).fabric,
        trees,
    }
}

fn facts(name: &str, tree: &Tree) -> Facts {
    let interfaces = bk_config::read_model(tree).value.interfaces.into_keys();
    let seen = LINKS.iter().filter_map(|(lower, own, upper, far)| {
        let (local, system, remote) = match name {
            _ if name == *lower => (own, upper, far),
            _ if name == *upper => (far, lower, own),
            _ => return None,
        };
        Some(LldpFact {
            local: interface(&cable(*local)),
            system: (*system).to_owned(),
            remote: cable(*remote),
        })
    });
    Facts {
        version: DnosVersion::parse("25.4.13"),
        interfaces: interfaces
            .map(|name| InterfaceFact {
                name,
                admin: AdminState::Enabled,
                oper: OperState::Up,
                mtu: None,
                service: String::new(),
            })
            .collect(),
        lldp: seen.collect(),
        ..Facts::default()
    }
}

fn deployed(lab: &Lab, plan: &Plan) -> Lab {
    let mut trees = lab.trees.clone();
    for step in &plan.devices {
        let after = apply(&trees[&step.device], &step.forward).unwrap();
        trees.insert(step.device.clone(), Tree::read_flattened(&after.text()).0);
    }
    lab_of(trees)
}

fn draft(edits: &[Edit]) -> Draft {
    let mut draft = Draft::new(domain(EDITED));
    edits.iter().for_each(|edit| draft.push(edit.clone()));
    draft
}

type Members = BTreeSet<(DeviceName, InterfaceName, Option<VlanId>)>;

fn members(attachments: &[Attachment]) -> Members {
    attachments
        .iter()
        .map(|a| {
            (
                a.device.clone(),
                a.interface.clone(),
                a.encapsulation.single_vlan(),
            )
        })
        .collect()
}

/// Both ends of each link that the service needs hold it, and no port holds one tag twice.
fn check_after(lab: &Lab, evaluation: &Evaluation) {
    let service = lab.fabric.service(&domain(EDITED));
    let now = service
        .map(|service| service.attachments.clone())
        .unwrap_or_default();
    assert_eq!(
        members(&now),
        members(&evaluation.after),
        "what the draft showed stands"
    );
    // What no edit asked for is not repaired, so only an edited service is whole.
    let links = if evaluation.changes.is_empty() {
        &[][..]
    } else {
        &evaluation.links
    };
    for end in links.iter().flat_map(|link| [&link.upper, &link.lower]) {
        let carries = now.iter().any(|a| {
            a.device == end.device
                && a.interface.parent() == end.interface
                && a.encapsulation.single_vlan() == evaluation.vlan_after
        });
        assert!(carries, "{end:?} carries the service");
    }
    let access: BTreeSet<&DeviceName> = now.iter().filter(|a| !a.is_fabric).map(|a| &a.device).collect();
    if access.len() > 1 {
        assert!(access.iter().all(|name| {
            evaluation
                .links
                .iter()
                .any(|l| l.upper.device == **name || l.lower.device == **name)
        }));
    }
    for device in lab.fabric.devices.values() {
        let mut tags = BTreeSet::new();
        for unit in device.interfaces.values().filter(|i| i.name.is_subinterface()) {
            let tag = unit.encapsulation.single_vlan();
            assert!(
                tag.is_none() || tags.insert((unit.name.parent(), tag)),
                "{} of {}",
                unit.name,
                device.name
            );
        }
    }
}

fn others(lab: &Lab) -> Vec<bk_model::Service> {
    let other = |service: &&bk_model::Service| service.name != domain(EDITED);
    lab.fabric.services.iter().filter(other).cloned().collect()
}

/// The devices that a leaf's removal takes out of the service keep nothing of it on their single-tagged uplinks.
fn check_nothing_left_over(before: &Lab, lab: &Lab, evaluation: &Evaluation) {
    let takes_part = |attachments: &[Attachment], name: &DeviceName| {
        attachments.iter().any(|a| a.device == *name && !a.is_fabric)
    };
    let service = before.fabric.service(&domain(EDITED));
    let Some(service) = service else { return };
    for leaf in DEVICES
        .iter()
        .filter(|name| name.starts_with("LEAF"))
        .map(|name| device(name))
    {
        if takes_part(&service.attachments, &leaf) && !takes_part(&evaluation.after, &leaf) {
            let left = lab.fabric.service(&domain(EDITED));
            let left = left.is_some_and(|s| s.attachments.iter().any(|a| a.device == leaf));
            assert!(!left, "{leaf} left the service and keeps an attachment");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn edits_keep_every_invariant(written in written(), edits in edits()) {
        let lab = lab(&written);
        prop_assert!(evaluate(&lab.fabric, &draft(&[])).changes.is_empty(), "nothing follows from no edit");
        let evaluation = evaluate(&lab.fabric, &draft(&edits));
        let ids: BTreeSet<&ChangeId> = evaluation.changes.iter().map(|change| &change.id).collect();
        prop_assert_eq!(ids.len(), evaluation.changes.len(), "each change has an identity of its own");
        if !evaluation.is_valid() {
            return Ok(());
        }
        let plan = lab.on_base(|base| make_plan(base, &draft(&edits))).unwrap();
        let after = deployed(&lab, &plan);
        check_after(&after, &evaluation);
        check_nothing_left_over(&lab, &after, &evaluation);
        prop_assert_eq!(others(&lab), others(&after), "no other service changes");
        prop_assert!(after.on_base(|base| make_plan(base, &draft(&[]))).unwrap().is_empty());
        if plan.is_empty() {
            return Ok(());
        }
        let undo = after.on_base(|base| make_undo(base, &plan, DeploymentId(1))).unwrap();
        let back = deployed(&after, &undo);
        for (name, tree) in &lab.trees {
            prop_assert_eq!(canonical(tree), canonical(&back.trees[name]), "{} after undo", name);
        }
    }
}
