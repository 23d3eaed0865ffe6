//! A small fabric for tests: one superspine, two spines, four leaves, with invented names.

use std::collections::BTreeMap;

use bk_config::{ConfigText, Tree};
use bk_model::{
    AdminState, BridgeDomainName, DeviceName, DnosVersion, Fabric, InterfaceName, OperState, VlanId,
};

use crate::draft::Edit;
use crate::fabric::{DeviceRecord, build_fabric};
use crate::plan::Base;
use crate::ports::{Facts, InterfaceFact, LldpFact};

pub(crate) fn device(raw: &str) -> DeviceName {
    DeviceName::new(raw).unwrap()
}

pub(crate) fn interface(raw: &str) -> InterfaceName {
    InterfaceName::parse(raw).unwrap()
}

pub(crate) fn vlan(raw: u32) -> VlanId {
    VlanId::try_from(raw).unwrap()
}

pub(crate) fn domain(raw: &str) -> BridgeDomainName {
    BridgeDomainName::new(raw).unwrap()
}

pub(crate) fn add(on: &str, port: &str) -> Edit {
    Edit::AddAttachment {
        device: device(on),
        port: interface(port),
        vlan: None,
    }
}

pub(crate) fn remove(on: &str, name: &str) -> Edit {
    Edit::RemoveAttachment {
        device: device(on),
        interface: interface(name),
    }
}

pub(crate) fn change_vlan(raw: u32) -> Edit {
    Edit::ChangeServiceVlan { vlan: vlan(raw) }
}

/// Fabric and trees of one moment.
pub(crate) struct Lab {
    pub(crate) fabric: Fabric,
    pub(crate) trees: BTreeMap<DeviceName, Tree>,
}

impl Lab {
    /// Does something on the base of this moment.
    pub(crate) fn on_base<T>(&self, work: impl FnOnce(Base<'_>) -> T) -> T {
        let trees = self
            .trees
            .iter()
            .map(|(name, tree)| (name.clone(), tree))
            .collect();
        work(Base {
            fabric: &self.fabric,
            trees: &trees,
        })
    }
}

/// (device, upper link: own bundle and member port, neighbour and its port)
const CABLES: [(&str, &str, &str, &str); 6] = [
    ("SPINE-1", "ge400-0/0/0", "SSPINE-1", "ge400-0/0/1"),
    ("SPINE-2", "ge400-0/0/0", "SSPINE-1", "ge400-0/0/2"),
    ("LEAF-A01", "ge100-0/0/0", "SPINE-1", "ge100-0/0/1"),
    ("LEAF-A02", "ge100-0/0/0", "SPINE-1", "ge100-0/0/2"),
    ("LEAF-B01", "ge100-0/0/0", "SPINE-2", "ge100-0/0/1"),
    ("LEAF-B02", "ge100-0/0/0", "SPINE-2", "ge100-0/0/2"),
];

/// `g_kestrel_v251` on LEAF-A01 and LEAF-B01 over both spines and the superspine; `g_birch_v300` on LEAF-A01 and
/// LEAF-A02; a port-mode service, a list of one, a sub-interface without service.
const TEXTS: [(&str, &str); 7] = [
    (
        "SSPINE-1",
        "network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60001.251 ^
network-services bridge-domain instance g_kestrel_v251 interface bundle-60002.251 ^
interfaces bundle-60001 admin-state enabled
interfaces bundle-60001.251 l2-service enabled
interfaces bundle-60001.251 vlan-id 251
interfaces bundle-60002 admin-state enabled
interfaces bundle-60002.251 l2-service enabled
interfaces bundle-60002.251 vlan-id 251
interfaces ge400-0/0/1 bundle-id 60001
interfaces ge400-0/0/2 bundle-id 60002
interfaces ge100-4/0/28 admin-state enabled
",
    ),
    (
        "SPINE-1",
        "network-services bridge-domain instance g_birch_v300 admin-state enabled
network-services bridge-domain instance g_birch_v300 interface bundle-60001.300 ^
network-services bridge-domain instance g_birch_v300 interface bundle-60002.300 ^
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_kestrel_v251 interface bundle-60001.251 ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces bundle-60001 admin-state enabled
interfaces bundle-60001.251 l2-service enabled
interfaces bundle-60001.251 vlan-id 251
interfaces bundle-60001.300 l2-service enabled
interfaces bundle-60001.300 vlan-id 300
interfaces bundle-60002 admin-state enabled
interfaces bundle-60002.300 l2-service enabled
interfaces bundle-60002.300 vlan-id 300
interfaces ge400-0/0/0 bundle-id 60000
interfaces ge100-0/0/1 bundle-id 60001
interfaces ge100-0/0/2 bundle-id 60002
interfaces ge100-0/0/30 admin-state enabled
",
    ),
    (
        "SPINE-2",
        "network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_kestrel_v251 interface bundle-60001.251 ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces bundle-60001 admin-state enabled
interfaces bundle-60001.251 l2-service enabled
interfaces bundle-60001.251 vlan-id 251
interfaces bundle-60002 admin-state enabled
interfaces ge400-0/0/0 bundle-id 60000
interfaces ge100-0/0/1 bundle-id 60001
interfaces ge100-0/0/2 bundle-id 60002
",
    ),
    (
        "LEAF-A01",
        "network-services bridge-domain instance g_birch_v300 admin-state enabled
network-services bridge-domain instance g_birch_v300 interface bundle-60000.300 ^
network-services bridge-domain instance g_birch_v300 interface ge100-0/0/9.300 ^
network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/31.251 ^
network-services bridge-domain instance l_heron_port admin-state enabled
network-services bridge-domain instance l_heron_port interface ge100-0/0/3 ^
network-services bridge-domain instance l_heron_port interface ge100-0/0/4 ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces bundle-60000.300 l2-service enabled
interfaces bundle-60000.300 vlan-id 300
interfaces ge100-0/0/0 bundle-id 60000
interfaces ge100-0/0/3 admin-state enabled
interfaces ge100-0/0/3 l2-service enabled
interfaces ge100-0/0/4 admin-state enabled
interfaces ge100-0/0/4 l2-service enabled
interfaces ge100-0/0/5 admin-state enabled
interfaces ge100-0/0/8.400 vlan-id 400
interfaces ge100-0/0/9 admin-state enabled
interfaces ge100-0/0/9.300 l2-service enabled
interfaces ge100-0/0/9.300 vlan-id 300
interfaces ge100-0/0/31 admin-state enabled
interfaces ge100-0/0/31.251 description \"tester port 4\"
interfaces ge100-0/0/31.251 l2-service enabled
interfaces ge100-0/0/31.251 vlan-id list 251
",
    ),
    (
        "LEAF-A02",
        "network-services bridge-domain instance g_birch_v300 admin-state enabled
network-services bridge-domain instance g_birch_v300 interface bundle-60000.300 ^
network-services bridge-domain instance g_birch_v300 interface ge100-0/0/7.300 ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.300 l2-service enabled
interfaces bundle-60000.300 vlan-id 300
interfaces ge100-0/0/0 bundle-id 60000
interfaces ge100-0/0/5 admin-state enabled
interfaces ge100-0/0/6 admin-state disabled
interfaces ge100-0/0/7 admin-state enabled
interfaces ge100-0/0/7.300 l2-service enabled
interfaces ge100-0/0/7.300 vlan-id 300
",
    ),
    (
        "LEAF-B01",
        "network-services bridge-domain instance g_kestrel_v251 admin-state enabled
network-services bridge-domain instance g_kestrel_v251 interface bundle-60000.251 ^
network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/12.251 ^
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
interfaces ge100-0/0/0 bundle-id 60000
interfaces ge100-0/0/12 admin-state enabled
interfaces ge100-0/0/12.251 l2-service enabled
interfaces ge100-0/0/12.251 vlan-id 251
",
    ),
    (
        "LEAF-B02",
        "interfaces bundle-60000 admin-state enabled
interfaces ge100-0/0/0 bundle-id 60000
interfaces ge100-0/0/5 admin-state enabled
interfaces ge100-0/0/6 admin-state enabled
",
    ),
];

/// The fabric of [`TEXTS`] with all interfaces up but `ge100-0/0/6` of LEAF-B02.
pub(crate) fn lab() -> Lab {
    lab_with(&[])
}

/// The same with some lines added to devices.
pub(crate) fn lab_with(extra: &[(&str, &str)]) -> Lab {
    let trees = TEXTS.iter().map(|(name, text)| {
        let more: String = extra
            .iter()
            .filter(|(on, _)| on == name)
            .map(|(_, line)| format!("{line}\n"))
            .collect();
        let (tree, problems) = Tree::read_flattened(&ConfigText::new(format!("{text}{more}")).unwrap());
        assert!(problems.is_empty(), "{name}: {problems:?}");
        (device(name), tree)
    });
    lab_of(trees.collect())
}

/// The fabric that these trees make with the cables as ever.
pub(crate) fn lab_of(trees: BTreeMap<DeviceName, Tree>) -> Lab {
    let record = |(name, tree): (&DeviceName, &Tree)| DeviceRecord {
        name: name.clone(),
        facts: facts(name.as_str(), tree),
        tree: tree.clone(),
    };
    let records: Vec<DeviceRecord> = trees.iter().map(record).collect();
    Lab {
        fabric: build_fabric(&records).fabric,
        trees,
    }
}

fn facts(name: &str, tree: &Tree) -> Facts {
    let interfaces = bk_config::read_model(tree)
        .value
        .interfaces
        .into_keys()
        .map(|known| {
            let down = name == "LEAF-B02" && known == interface("ge100-0/0/6");
            let oper = if down { OperState::Down } else { OperState::Up };
            InterfaceFact {
                name: known,
                admin: AdminState::Enabled,
                oper,
                mtu: None,
                service: String::new(),
            }
        });
    let lldp = CABLES.iter().filter_map(|(lower, own, upper, far)| {
        let (local, system, remote) = if *lower == name {
            (own, upper, far)
        } else if *upper == name {
            (far, lower, own)
        } else {
            return None;
        };
        Some(LldpFact {
            local: interface(local),
            system: (*system).to_owned(),
            remote: (*remote).to_owned(),
        })
    });
    Facts {
        version: DnosVersion::parse("25.4.13"),
        interfaces: interfaces.collect(),
        lldp: lldp.collect(),
        ..Facts::default()
    }
}
