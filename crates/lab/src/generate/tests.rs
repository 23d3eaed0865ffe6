//! What holds for every generated fabric, and what scenarios rely on in the practice fabric.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use proptest::prelude::*;

use crate::facts::Facts;
use crate::forwarding::Network;
use crate::ifname;
use crate::spec::{DeviceSpec, FabricSpec, LinkState, Role};
use crate::testing::StillFabric;
use crate::tree::{PrintOrder, Tree};
use crate::validate::validate;

use super::{lab, practice, scale};

fn tree_of(device: &DeviceSpec) -> Tree {
    Tree::parse_flattened(&device.config.join("\n"))
}

fn domain_names(fabric: &FabricSpec) -> BTreeSet<String> {
    let trees = fabric.devices.iter().map(tree_of);
    trees
        .flat_map(|tree| Facts::read(&tree).instances)
        .map(|instance| instance.name)
        .collect()
}

/// The names after `bridge-domain instance`, one per line.
fn instance_names(device: &DeviceSpec) -> impl Iterator<Item = &str> {
    let lines = device.config.iter();
    lines.filter_map(|line| {
        line.strip_prefix("network-services bridge-domain instance ")?
            .split(' ')
            .next()
    })
}

fn count(fabric: &FabricSpec, role: Role) -> usize {
    fabric.devices.iter().filter(|device| device.role == role).count()
}

/// Everything that holds for a fabric of any size. Of the configurations every `step`th is read.
fn check_fabric(fabric: &FabricSpec, step: usize) {
    let mut names = BTreeSet::new();
    for device in &fabric.devices {
        for name in std::iter::once(&device.name).chain(&device.aliases) {
            assert!(names.insert(name.clone()), "{name} twice");
        }
    }
    let mut macs = BTreeSet::new();
    for device in fabric.devices.iter().step_by(step) {
        check_config(device);
    }
    for device in &fabric.devices {
        check_cables(fabric, device);
        for host in &device.hosts {
            for mac in &host.macs {
                assert!(macs.insert(mac.clone()), "{mac} twice");
            }
        }
    }
}

/// The configuration reads, says every line once, and keeps the rules that a commit checks.
fn check_config(device: &DeviceSpec) {
    let tree = tree_of(device);
    let name = &device.name;
    let printed = tree.flattened(PrintOrder::Sorted);
    let printed: BTreeSet<&str> = printed.lines().filter(|line| !line.is_empty()).collect();
    let written: BTreeSet<&str> = device.config.iter().map(String::as_str).collect();
    assert_eq!(written, printed, "{name}");
    assert_eq!(validate(&tree, device), [], "{name}");
    let facts = Facts::read(&tree);
    let mut owner: HashMap<&str, &str> = HashMap::new();
    for instance in &facts.instances {
        for member in &instance.members {
            let before = owner.insert(member, &instance.name);
            assert_eq!(before, None, "{name}: {member} in two services");
            let interface = facts
                .interface(member)
                .unwrap_or_else(|| panic!("{name}: {member} has no lines"));
            assert!(interface.l2_service, "{name}: {member} without l2-service");
        }
    }
    for interface in &facts.interfaces {
        check_interface(device, &facts, &interface.name);
    }
}

fn check_interface(device: &DeviceSpec, facts: &Facts, interface: &str) {
    let parent = ifname::parent(interface);
    let exists = match parent.split_once('-').map(|(kind, _)| kind) {
        Some("bundle") => facts.interface(parent).is_some(),
        _ if ifname::is_physical(parent) => device.port(parent).is_some(),
        _ => true,
    };
    assert!(exists, "{}: {interface} has no parent", device.name);
    if let Some(number) = facts.interface(parent).and_then(|it| it.bundle_id) {
        assert_eq!(
            parent, interface,
            "{}: unit on a member of bundle {number}",
            device.name
        );
        assert!(facts.interface(&format!("bundle-{number}")).is_some());
    }
    let mut tags = BTreeMap::new();
    for unit in facts.on_parent(parent).filter(|unit| unit.name != parent) {
        let before = tags.insert(format!("{:?}", unit.encapsulation), &unit.name);
        assert_eq!(
            before, None,
            "{}: {} has the tags of another unit",
            device.name, unit.name
        );
    }
}

/// Every cable has two ends that name each other, and both are members of a bundle.
fn check_cables(fabric: &FabricSpec, device: &DeviceSpec) {
    for port in &device.ports {
        let Some(cable) = &port.cable else { continue };
        let far = fabric.device(&cable.device).expect("the far device exists");
        let far_port = far.port(&cable.port).expect("the far port exists");
        let back = far_port.cable.as_ref().expect("the far port is cabled");
        assert_eq!((&back.device, &back.port), (&device.name, &port.name));
        assert_eq!(port.link, LinkState::Up);
        assert!(
            device.role != far.role,
            "{} is cabled to its own tier",
            device.name
        );
        let heard = device
            .neighbours
            .iter()
            .find(|row| row.local_port == port.name)
            .expect("LLDP hears it");
        assert_eq!(heard.remote_port, cable.port);
    }
}

/// The places of a service that the addresses of one of its hosts do not reach.
fn silent_places(fabric: &FabricSpec, network: &Network<'_>, service: &str) -> BTreeSet<String> {
    let carries = |device: &&DeviceSpec| {
        network
            .device(&device.name)
            .is_some_and(|device| device.facts.instance(service).is_some())
    };
    let carriers = fabric.devices.iter().filter(carries);
    let learned: Vec<(String, BTreeSet<String>)> = carriers
        .map(|device| {
            let macs = network
                .learned(&device.name, Some(service))
                .into_iter()
                .map(|entry| entry.mac);
            (device.name.clone(), macs.collect())
        })
        .collect();
    let all: BTreeSet<&String> = learned.iter().flat_map(|(_, macs)| macs).collect();
    learned
        .iter()
        .filter(|(_, macs)| macs.len() < all.len())
        .map(|(name, _)| name.clone())
        .collect()
}

#[test]
fn practice_is_what_it_says() {
    let fabric = practice(7);
    check_fabric(&fabric, 1);
    assert_eq!(
        [
            count(&fabric, Role::Superspine),
            count(&fabric, Role::Spine),
            count(&fabric, Role::Leaf)
        ],
        [1, 2, 6]
    );
    assert_eq!(domain_names(&fabric).len(), 40);
    assert_eq!(fabric.devices[0].aliases.len(), 1);
}

#[test]
fn lab_is_what_it_says() {
    let fabric = lab(7);
    check_fabric(&fabric, 1);
    assert_eq!(fabric.devices.len(), 50);
    assert_eq!(domain_names(&fabric).len(), 740);
    let wide = ["vlan-tags", "list", "push", "preserve-preserve"];
    for word in wide {
        assert!(
            fabric
                .devices
                .iter()
                .any(|device| device.config.iter().any(|line| line.contains(word))),
            "{word}"
        );
    }
}

#[test]
fn scale_is_what_it_says() {
    let fabric = scale(7);
    check_fabric(&fabric, 20);
    assert_eq!(fabric.devices.len(), 1000);
    let names: BTreeSet<&str> = fabric.devices.iter().flat_map(instance_names).collect();
    assert_eq!(names.len(), 10_000);
    let most = fabric
        .devices
        .iter()
        .map(|device| instance_names(device).collect::<BTreeSet<_>>().len())
        .max();
    assert!(
        most <= Some(1000),
        "a device holds at most 1000 instances, not {most:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4))]

    #[test]
    fn every_seed_gives_a_sound_fabric(seed: u64) {
        check_fabric(&practice(seed), 1);
        check_fabric(&lab(seed), 10);
    }
}

#[test]
fn the_seed_decides_everything() {
    assert_eq!(practice(1), practice(1));
    assert_eq!(lab(3), lab(3));
    assert_ne!(practice(1), practice(2));
    assert_ne!(lab(3), lab(4));
}

#[test]
fn practice_services_reach_all_their_places_but_the_broken_ones() {
    let fabric = practice(7);
    let broken: BTreeMap<&str, BTreeSet<String>> = [
        (
            "g_fennel_v640",
            vec!["LEAF-A01", "LEAF-B06", "SPINE-1", "SPINE-2", "SSPINE-1"],
        ),
        ("g_kestrel_v1150", vec![]),
    ]
    .map(|(name, devices)| (name, devices.into_iter().map(str::to_owned).collect()))
    .into();
    let still = StillFabric::new(&fabric);
    let network = Network::new(&still);
    let without_hosts = ["wren_mgmt_bd", "vlan1955_old", "g_marten_v1400"];
    for name in domain_names(&fabric) {
        if without_hosts.contains(&name.as_str()) {
            continue;
        }
        let silent = silent_places(&fabric, &network, &name);
        let expected = broken.get(name.as_str()).cloned().unwrap_or_default();
        if name == "g_fennel_v640" {
            assert!(
                !silent.is_empty() && silent.is_subset(&expected),
                "{name}: {silent:?}"
            );
        } else {
            assert_eq!(silent, expected, "{name}");
        }
    }
}

#[test]
fn most_lab_services_reach_all_their_places() {
    let fabric = lab(7);
    let still = StillFabric::new(&fabric);
    let network = Network::new(&still);
    let names = domain_names(&fabric);
    let silent: Vec<&String> = names
        .iter()
        .filter(|name| !silent_places(&fabric, &network, name).is_empty())
        .collect();
    // A few were broken on purpose.
    assert!(
        (1..20).contains(&silent.len()),
        "{} of {}: {silent:?}",
        silent.len(),
        names.len()
    );
}

#[test]
fn the_main_service_spans_three_tiers() {
    let fabric = practice(7);
    let carriers = |service: &str| -> Vec<String> {
        let has = |device: &&DeviceSpec| Facts::read(&tree_of(device)).instance(service).is_some();
        fabric
            .devices
            .iter()
            .filter(has)
            .map(|device| device.name.clone())
            .collect()
    };
    assert_eq!(
        carriers("g_kestrel_v251"),
        ["SSPINE-1", "SPINE-1", "LEAF-A03", "SPINE-2", "LEAF-B14"]
    );
    assert_eq!(carriers("g_birch_v104"), ["SPINE-1", "LEAF-A01", "LEAF-A02"]);
    let still = StillFabric::new(&fabric);
    let leaf = Facts::read(still.tree("LEAF-B06"));
    for port in ["ge100-0/0/5", "ge100-0/0/6"] {
        assert!(leaf.interface(port).unwrap().enabled);
        assert_eq!(leaf.on_parent(port).count(), 1, "{port} is empty");
    }
}
