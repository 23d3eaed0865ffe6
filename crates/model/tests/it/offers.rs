//! Which ports may take an attachment, and why not.

use bk_model::offer::{Look, Never, Offer, offer};
use bk_model::{AdminState, Device, InterfaceName, OperState, VlanId};

use crate::fabric::{device, domain_name, interface, interface_name, link};

fn leaf() -> Device {
    device(
        "LEAF-A01",
        &[
            "bundle-60000",
            "bundle-60000.5",
            "bundle-60003",
            "bundle-7",
            "ge100-0/0/1",
            "ge100-0/0/2",
            "ge100-0/0/2.5",
            "ge100-0/0/3",
            "ge100-0/0/4",
            "ge100-0/0/36",
            "lo0",
        ],
        &[
            ("g_kestrel_v5", &["bundle-60000.5", "ge100-0/0/2.5"]),
            ("l_birch_port", &["ge100-0/0/3"]),
        ],
    )
}

fn check(leaf: &Device, port: &str, vlan: u32, expected: &Offer) {
    let links = [link("SPINE-1", "LEAF-A01")];
    let found = offer(leaf, &links, &interface_name(port), VlanId::try_from(vlan).ok());
    assert_eq!(&found, expected, "{port} for {vlan}");
}

fn changed(port: &str, change: impl Fn(&mut bk_model::Interface)) -> Device {
    let mut leaf = leaf();
    change(leaf.interfaces.get_mut(&interface_name(port)).unwrap());
    leaf
}

#[test]
fn free_ports_are_ready() {
    check(&leaf(), "ge100-0/0/1", 7, &Offer::Ready { admin_down: false });
    check(&leaf(), "bundle-7", 7, &Offer::Ready { admin_down: false });
    let off = changed("ge100-0/0/1", |port| {
        port.admin_state = Some(AdminState::Disabled);
        port.oper_state = OperState::Down;
    });
    check(&off, "ge100-0/0/1", 7, &Offer::Ready { admin_down: true });
}

#[test]
fn some_ports_want_a_look() {
    check(
        &leaf(),
        "ge100-0/0/2",
        7,
        &Offer::Look(vec![Look::SharedWith(vec![domain_name("g_kestrel_v5")])]),
    );
    check(
        &changed("ge100-0/0/1", |port| port.oper_state = OperState::Down),
        "ge100-0/0/1",
        7,
        &Offer::Look(vec![Look::Down]),
    );
    check(
        &changed("ge100-0/0/1", |port| port.oper_state = OperState::NotPresent),
        "ge100-0/0/1",
        7,
        &Offer::Look(vec![Look::NotPresent]),
    );
    check(&leaf(), "ge100-0/0/9", 7, &Offer::Look(vec![Look::StateUnknown]));
}

#[test]
fn taken_ports_and_tags_are_in_use() {
    let in_use = |interface: &str, domain: Option<&str>| Offer::InUse {
        interface: interface_name(interface),
        domain: domain.map(domain_name),
    };
    check(
        &leaf(),
        "ge100-0/0/2",
        5,
        &in_use("ge100-0/0/2.5", Some("g_kestrel_v5")),
    );
    check(
        &leaf(),
        "ge100-0/0/3",
        7,
        &in_use("ge100-0/0/3", Some("l_birch_port")),
    );
    let mut stray = leaf();
    let unit: InterfaceName = interface_name("ge100-0/0/1.9");
    stray.interfaces.insert(unit.clone(), interface("ge100-0/0/1.9"));
    check(&stray, "ge100-0/0/1", 9, &in_use("ge100-0/0/1.9", None));
    check(&stray, "ge100-0/0/1", 7, &Offer::Ready { admin_down: false });
}

#[test]
fn fabric_and_other_ports_are_never_offered() {
    check(&leaf(), "bundle-60000", 7, &Offer::Never(Never::Fabric));
    check(&leaf(), "ge100-0/0/36", 7, &Offer::Never(Never::Fabric));
    let down = changed("bundle-60003", |port| port.oper_state = OperState::Down);
    check(&down, "bundle-60003", 7, &Offer::Never(Never::Fabric));
    check(&leaf(), "bundle-60003", 7, &Offer::Ready { admin_down: false });
    check(&leaf(), "lo0", 7, &Offer::Never(Never::NotAnAccessPort));
    check(&leaf(), "ge100-0/0/2.5", 7, &Offer::Never(Never::NotAnAccessPort));
    let bundled = |bundle: &str| {
        changed("ge100-0/0/4", |port| {
            port.bundle = InterfaceName::parse(bundle).ok();
        })
    };
    check(
        &bundled("bundle-7"),
        "ge100-0/0/4",
        7,
        &Offer::Never(Never::InBundle(interface_name("bundle-7"))),
    );
    check(
        &bundled("bundle-60000"),
        "ge100-0/0/4",
        7,
        &Offer::Never(Never::Fabric),
    );
    check(
        &changed("ge100-0/0/4", |port| port.has_l3 = true),
        "ge100-0/0/4",
        7,
        &Offer::Never(Never::Layer3),
    );
    let spine = device("SPINE-1", &["ge100-0/0/9"], &[]);
    check(&spine, "ge100-0/0/9", 7, &Offer::Never(Never::Spine));
}
