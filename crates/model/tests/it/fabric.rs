//! A small fabric, and the services grouped out of it.

use std::collections::BTreeMap;

use bk_model::service::group_services;
use bk_model::{
    AdminState, BridgeDomain, BridgeDomainName, Device, DeviceName, Encapsulation, Fabric, Interface,
    InterfaceName, Link, LinkEnd, Manipulation, Member, OperState, VlanId,
};

pub(crate) fn device_name(raw: &str) -> DeviceName {
    DeviceName::new(raw).unwrap()
}

pub(crate) fn interface_name(raw: &str) -> InterfaceName {
    InterfaceName::parse(raw).unwrap()
}

pub(crate) fn domain_name(raw: &str) -> BridgeDomainName {
    BridgeDomainName::new(raw).unwrap()
}

pub(crate) fn interface(raw: &str) -> Interface {
    let name = interface_name(raw);
    let unit = name.unit().map(|unit| u32::from(unit.get()));
    let encapsulation = match unit.map(VlanId::try_from) {
        None => Encapsulation::Port,
        Some(Ok(vlan)) => Encapsulation::Single { vlan, tpid: None },
        Some(Err(_)) => Encapsulation::Unknown,
    };
    Interface {
        l2_service: name.is_subinterface(),
        name,
        admin_state: Some(AdminState::Enabled),
        oper_state: OperState::Up,
        encapsulation,
        manipulation: Manipulation::default(),
        mtu: None,
        bundle: None,
        description: None,
        has_l3: false,
    }
}

/// A device with the given interfaces; `domains` are names with their members.
pub(crate) fn device(name: &str, interfaces: &[&str], domains: &[(&str, &[&str])]) -> Device {
    let name = device_name(name);
    let member = |raw: &&str| Member {
        interface: interface_name(raw),
        has_own_lines: false,
    };
    let domain = |(name, members): &(&str, &[&str])| BridgeDomain {
        name: domain_name(name),
        admin_state: None,
        description: None,
        router_interfaces: Vec::new(),
        members: members.iter().map(member).collect(),
    };
    Device {
        tier: name.tier(),
        name,
        version: None,
        interfaces: interfaces
            .iter()
            .map(|raw| (interface_name(raw), interface(raw)))
            .collect(),
        bridge_domains: domains.iter().map(domain).collect(),
    }
}

/// The link between `bundle-60001` of a spine and `bundle-60000` of a leaf, over one pair of ports.
pub(crate) fn link(spine: &str, leaf: &str) -> Link {
    let end = |device: &str, interface: &str| LinkEnd {
        device: device_name(device),
        interface: interface_name(interface),
    };
    Link {
        upper: end(spine, "bundle-60001"),
        lower: end(leaf, "bundle-60000"),
        members: vec![(interface_name("ge100-0/0/1"), interface_name("ge100-0/0/36"))],
    }
}

#[test]
fn equal_names_are_one_service_and_other_names_never() {
    let leaf = device(
        "LEAF-A01",
        &["bundle-60000.5", "ge100-0/0/2.5", "ge100-0/0/3.5"],
        &[
            ("g_kestrel_v5", &["bundle-60000.5", "ge100-0/0/2.5"]),
            ("l_kestrel_v5", &["ge100-0/0/3.5"]),
            ("l_birch_empty", &[]),
        ],
    );
    let spine = device(
        "SPINE-1",
        &["bundle-60001.5"],
        &[("g_kestrel_v5", &["bundle-60001.5", "bundle-60002.5"])],
    );
    let devices: BTreeMap<DeviceName, Device> = [leaf, spine]
        .into_iter()
        .map(|device| (device.name.clone(), device))
        .collect();
    let links = vec![link("SPINE-1", "LEAF-A01")];
    let services = group_services(&devices, &links);
    let names: Vec<&str> = services.iter().map(|service| service.name.as_str()).collect();
    assert_eq!(names, ["g_kestrel_v5", "l_birch_empty", "l_kestrel_v5"]);

    let fabric = Fabric {
        devices,
        links,
        services,
    };
    let service = fabric.service(&domain_name("g_kestrel_v5")).unwrap();
    assert_eq!(service.devices, [device_name("SPINE-1"), device_name("LEAF-A01")]);
    let ends: Vec<String> = service
        .attachments
        .iter()
        .map(|a| format!("{} {} {}", a.device, a.interface, a.is_fabric))
        .collect();
    assert_eq!(
        ends,
        [
            "SPINE-1 bundle-60001.5 true",
            "SPINE-1 bundle-60002.5 false",
            "LEAF-A01 bundle-60000.5 true",
            "LEAF-A01 ge100-0/0/2.5 false"
        ]
    );
    assert_eq!(service.access().count(), 2);
    assert_eq!(
        service.attachments[1].encapsulation,
        Encapsulation::Unknown,
        "an interface without a line is never guessed"
    );
    assert!(
        fabric
            .service(&domain_name("l_birch_empty"))
            .unwrap()
            .attachments
            .is_empty()
    );
    assert!(fabric.service(&domain_name("g_rowan_v9")).is_none());
}
