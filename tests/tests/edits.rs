//! Every edit and its computed reverse, applied by the simulated device's own grammar and tree instead of ours.
#![cfg(test)]

use bk_config::{
    CliLine, ConfigText, DeviceConfig, Setting, Statement, Subinterface, TagForm, Target, Tree, apply,
    canonical, equal_meaning, inverse, read_model,
};
use bk_lab::generate::{lab, practice};
use bk_lab::grammar::{parse_line, split_words};
use bk_lab::spec::FabricSpec;
use bk_lab::tree::{EditRules, EmptyNodes, ListSet, PrintOrder};
use bk_model::{AdminState, BridgeDomain, Encapsulation, InterfaceName, SubinterfaceUnit, VlanId};

/// How a device may take lines; the reference leaves both open (REF 13).
const RULES: [EditRules; 4] = [
    EditRules {
        empty_nodes: EmptyNodes::Vanish,
        list_set: ListSet::Merge,
    },
    EditRules {
        empty_nodes: EmptyNodes::Vanish,
        list_set: ListSet::Replace,
    },
    EditRules {
        empty_nodes: EmptyNodes::Stay,
        list_set: ListSet::Merge,
    },
    EditRules {
        empty_nodes: EmptyNodes::Stay,
        list_set: ListSet::Replace,
    },
];

fn ours(text: &str) -> Tree {
    Tree::read(&ConfigText::new(text).unwrap()).0
}

/// Sends lines as the deployment does: each from the root, stopping at the first refusal.
fn send(device: &mut bk_lab::tree::Tree, lines: &[CliLine], rules: EditRules) -> Result<(), String> {
    for line in lines {
        let edit =
            parse_line(&[], &split_words(line.as_str())).map_err(|error| format!("{line}: {error:?}"))?;
        if !device.apply(&edit, rules) {
            return Err(format!("{line}: not there"));
        }
    }
    Ok(())
}

/// Checks one edit of one device under every dialect.
fn check(config: &str, forward: &[CliLine]) {
    let base = ours(config);
    let edited = apply(&base, forward).unwrap();
    let reverse = inverse(&base, forward).unwrap_or_else(|error| panic!("{error} {forward:?}"));
    for rules in RULES {
        let mut device = bk_lab::tree::Tree::parse_flattened(config);
        let before = device.flattened(PrintOrder::Sorted);
        send(&mut device, forward, rules).unwrap_or_else(|error| panic!("{rules:?} {error}"));
        let after = ours(&device.flattened(PrintOrder::Insertion));
        let difference: Vec<_> = canonical(&after)
            .without(&canonical(&edited))
            .map(str::to_owned)
            .collect();
        assert!(
            equal_meaning(&after, &edited),
            "{rules:?}\n{forward:?}\nonly there: {difference:?}"
        );
        assert!(
            equal_meaning(&ours(&device.hierarchical(PrintOrder::Sorted)), &edited),
            "{rules:?} hierarchical"
        );
        send(&mut device, &reverse, rules).unwrap_or_else(|error| panic!("reverse, {rules:?} {error}"));
        assert_eq!(
            device.flattened(PrintOrder::Sorted),
            before,
            "{rules:?}\n{forward:?}\n{reverse:?}"
        );
    }
}

fn set(setting: Setting) -> CliLine {
    CliLine::set(setting).unwrap()
}

fn remove(target: Target) -> CliLine {
    CliLine::remove(target).unwrap()
}

/// Takes one end out of a bridge domain: membership first, then the sub-interface, or what the service set on a port.
fn leave(model: &DeviceConfig, domain: &BridgeDomain, interface: &InterfaceName) -> Vec<CliLine> {
    let mut lines = vec![remove(Target::Member(domain.name.clone(), interface.clone()))];
    let Some(found) = model.interfaces.get(interface) else {
        return lines;
    };
    let is_configured = found.l2_service || found.encapsulation != Encapsulation::Unknown;
    match Subinterface::new(interface.clone()) {
        Ok(subinterface) => lines.extend(is_configured.then(|| remove(Target::Subinterface(subinterface)))),
        Err(_) => {
            let rewritten = !found.manipulation.is_none();
            lines.extend(rewritten.then(|| remove(Target::Manipulation(interface.clone()))));
            lines.extend(
                found
                    .l2_service
                    .then(|| remove(Target::L2Service(interface.clone()))),
            );
        }
    }
    lines
}

fn edits(config: &str) -> Vec<Vec<CliLine>> {
    let model = read_model(&ours(config)).value;
    let mut edits = Vec::new();
    for domain in &model.bridge_domains {
        let plain: Vec<_> = domain
            .members
            .iter()
            .filter(|member| !member.has_own_lines)
            .collect();
        let mut delete = vec![remove(Target::Instance(domain.name.clone()))];
        for member in &plain {
            let lines = leave(&model, domain, &member.interface);
            delete.extend(lines[1..].iter().cloned());
            edits.push(lines);
        }
        edits.push(delete);
        let Some(first) = plain
            .iter()
            .find(|member| !matches!(member.interface.port(), bk_model::Port::Irb(_)))
        else {
            continue;
        };
        let vlan = VlanId::try_from(4093).unwrap();
        let unit = SubinterfaceUnit::try_from(65_000).unwrap();
        let added = first.interface.with_unit(unit);
        edits.push(vec![
            set(Setting::Member(domain.name.clone(), added.clone())),
            set(Setting::L2Service(added.clone(), AdminState::Enabled)),
            set(Setting::Tags(added, TagForm::Single(vlan, None))),
        ]);
        let interface = &first.interface;
        match model.interfaces.get(interface).map(|found| &found.encapsulation) {
            Some(Encapsulation::Single { tpid, .. }) => {
                edits.push(vec![set(Setting::Tags(
                    interface.clone(),
                    TagForm::Single(vlan, *tpid),
                ))]);
            }
            Some(Encapsulation::List { vlans }) => {
                let items = bk_config::VlanListItem::of(vlans);
                let mut lines: Vec<CliLine> = items
                    .into_iter()
                    .map(|item| remove(Target::VlanListItem(interface.clone(), item)))
                    .collect();
                let list = bk_model::VlanList::parse("7,4000-4010").unwrap();
                lines.push(set(Setting::Tags(interface.clone(), TagForm::List(list))));
                edits.push(lines);
            }
            _ => {}
        }
    }
    edits
}

/// Checks one in `one_in` of the edits of every device; returns how many.
fn check_fabric(fabric: &FabricSpec, one_in: usize) -> usize {
    let mut checked = 0;
    for device in &fabric.devices {
        let config =
            bk_lab::tree::Tree::parse_flattened(&device.config.join("\n")).flattened(PrintOrder::Insertion);
        for edit in edits(&config).iter().step_by(one_in) {
            check(&config, edit);
            checked += 1;
        }
    }
    checked
}

#[test]
fn practice_fabric() {
    let checked = check_fabric(&practice(7), 9);
    println!(
        "{checked} edits and their reverses, {} dialects each",
        RULES.len()
    );
    assert!(checked > 60);
}

#[test]
fn lab_fabric() {
    let checked = check_fabric(&lab(7), 211);
    println!(
        "{checked} edits and their reverses, {} dialects each",
        RULES.len()
    );
    assert!(checked > 30);
}

#[test]
fn device_understands_every_line_that_may_be_sent() {
    let documented = include_str!("../../crates/config/tests/it/documented_lines.txt");
    for line in documented.lines().map(|line| CliLine::parse(line).unwrap()) {
        if let Err(error) = parse_line(&[], &split_words(line.as_str())) {
            panic!("{line}: {error:?}");
        }
        assert_eq!(
            line.is_removal(),
            matches!(line.statement(), Statement::Remove(_))
        );
    }
}
