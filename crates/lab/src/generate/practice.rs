//! The practice fabric: one superspine, two spines, six leaves, forty bridge domains.
//!
//! Small enough to know by heart, and yet every form and oddity of a grown lab is in it once. What
//! scenarios rely on:
//!
//! - `g_kestrel_v251` spans three tiers: `LEAF-A03` under `SPINE-1`, `LEAF-B14` under `SPINE-2`, and
//!   `SSPINE-1` between. An end on `LEAF-B06` port `ge100-0/0/5` touches that leaf and `SPINE-2`; one
//!   more on `SSPINE-1` port `ge100-4/0/28` makes it three devices of three tiers. A new VLAN touches
//!   all five devices.
//! - `g_birch_v104` joins two leaves under `SPINE-1`. An end on a leaf of row B touches exactly four
//!   devices of three tiers: that leaf, `SPINE-2`, `SSPINE-1`, `SPINE-1`.
//! - On every leaf the ports 5 and 6 are up and empty, 14 is free and admin down, 7 has no light, 9 is
//!   shared by several services, 36 and 37 belong to the uplink, 38 and 39 are not present.

use crate::spec::{DnosVersion, FabricSpec, LinkState, Role};

use super::builder::FabricBuilder;
use super::draw::Draw;
use super::practice_services;

/// The leaves, row by row, below the spine of the row.
const ROWS: [(&str, [&str; 3]); 2] = [
    ("SPINE-1", ["LEAF-A01", "LEAF-A02", "LEAF-A03"]),
    ("SPINE-2", ["LEAF-B02", "LEAF-B06", "LEAF-B14"]),
];

/// Leaf ports that carry light and no service.
const READY: [&str; 2] = ["ge100-0/0/5", "ge100-0/0/6"];

pub(super) fn practice(seed: u64) -> FabricSpec {
    let mut draw = Draw::new(seed);
    let mut fabric = FabricBuilder::default();
    boxes(&mut fabric);
    access_ports(&mut fabric, &mut draw);
    for service in practice_services::all() {
        fabric.service(&service);
    }
    management(&mut fabric);
    leftovers(&mut fabric);
    fabric.build()
}

fn boxes(fabric: &mut FabricBuilder) {
    let superspine = "SSPINE-1";
    fabric.add(
        superspine,
        Role::Superspine,
        DnosVersion::new("26.1.0", "71_prod"),
        "CL-86",
    );
    fabric.alias(superspine, "SSPINE-1-NCC1");
    fabric.ports(superspine, "ge10-0/0/", 8, 10);
    fabric.ports(superspine, "ge100-4/0/", 40, 100);
    for (row, (spine, leaves)) in ROWS.iter().enumerate() {
        fabric.add(
            spine,
            Role::Spine,
            DnosVersion::new("25.4.13", "146_prod"),
            "SA-40C",
        );
        fabric.ports(spine, "ge100-0/0/", 40, 100);
        let to_superspine = format!("bundle-6000{}", row + 1);
        let far = [
            format!("ge100-4/0/{}", 2 * row),
            format!("ge100-4/0/{}", 2 * row + 1),
        ];
        let members = [
            ("ge100-0/0/36", far[0].as_str()),
            ("ge100-0/0/37", far[1].as_str()),
        ];
        fabric.join(
            (spine, "bundle-60000"),
            (superspine, &to_superspine),
            &members,
            None,
        );
        for (number, leaf) in leaves.iter().enumerate() {
            fabric.add(leaf, Role::Leaf, DnosVersion::new("25.2.0", "500_prod"), "SA-40C");
            fabric.ports(leaf, "ge100-0/0/", 40, 100);
            let to_leaf = format!("bundle-6000{}", number + 1);
            let far = [
                format!("ge100-0/0/{}", 2 * number),
                format!("ge100-0/0/{}", 2 * number + 1),
            ];
            let members = [
                ("ge100-0/0/36", far[0].as_str()),
                ("ge100-0/0/37", far[1].as_str()),
            ];
            fabric.join((leaf, "bundle-60000"), (spine, &to_leaf), &members, None);
        }
    }
}

/// Ports for every group that the port picker shows.
fn access_ports(fabric: &mut FabricBuilder, draw: &mut Draw) {
    for leaf in ROWS.iter().flat_map(|(_, leaves)| leaves) {
        for port in READY {
            fabric.up(leaf, port);
        }
        fabric.link(leaf, "ge100-0/0/14", LinkState::Up);
        fabric.link(leaf, "ge100-0/0/7", LinkState::Down);
        fabric.statement(leaf, "ge100-0/0/7", "admin-state enabled");
        for port in 32..36 {
            if draw.chance(50) {
                fabric.up(leaf, &format!("ge100-0/0/{port}"));
            }
        }
    }
    fabric.up("LEAF-A03", "ge100-0/0/29");
    fabric.statement("LEAF-A03", "ge100-0/0/29", "description \"spare tester port\"");
    fabric.up("SSPINE-1", "ge100-4/0/28");
    fabric.up("SSPINE-1", "ge100-4/0/29");
    breakout(fabric);
    customer_bundles(fabric);
    testers(fabric);
    fabric.up("LEAF-A01", "ge100-0/0/10");
    fabric.statement("LEAF-A01", "ge100-0/0/10", "ipv4-address 192.0.2.1/31");
}

fn breakout(fabric: &mut FabricBuilder) {
    fabric.link("LEAF-A03", "ge100-0/0/11", LinkState::BrokenOut);
    for lane in 0..4 {
        fabric.port(
            "LEAF-A03",
            &format!("ge10-0/0/11/{lane}"),
            LinkState::NotPresent,
            10,
        );
    }
    fabric.up("LEAF-A03", "ge10-0/0/11/3");
}

fn customer_bundles(fabric: &mut FabricBuilder) {
    let bundles = [
        (
            "LEAF-A01",
            "bundle-500",
            ["ge100-0/0/30", "ge100-0/0/31"],
            LinkState::Up,
        ),
        (
            "LEAF-B02",
            "bundle-12",
            ["ge100-0/0/30", "ge100-0/0/31"],
            LinkState::Up,
        ),
        (
            "LEAF-B14",
            "bundle-445",
            ["ge100-0/0/26", "ge100-0/0/27"],
            LinkState::Down,
        ),
        (
            "LEAF-B14",
            "bundle-1204",
            ["ge100-0/0/28", "ge100-0/0/29"],
            LinkState::Up,
        ),
    ];
    for (leaf, bundle, members, link) in bundles {
        fabric.bundle(leaf, bundle, &members, link);
        if link == LinkState::Up {
            for (number, member) in members.iter().enumerate() {
                fabric.heard(
                    leaf,
                    member,
                    "edge-router-7",
                    &format!("ge100-0/0/{}", 40 + number),
                );
            }
        }
    }
    fabric.statement("LEAF-B14", "bundle-445", "description \"to the old tester rack\"");
}

/// Boxes outside the fabric as LLDP hears them: a port may have two rows, a port id may be an address.
fn testers(fabric: &mut FabricBuilder) {
    fabric.up("LEAF-B14", "ge100-0/0/15");
    fabric.heard("LEAF-B14", "ge100-0/0/15", "TESTER-3", "00:00:00:00:00:02");
    fabric.heard("LEAF-B14", "ge100-0/0/15", "TESTER-3", "00:00:00:00:00:03");
    fabric.heard("LEAF-A01", "ge100-0/0/10", "edge-router-7", "ge100-0/0/2");
    fabric.heard("LEAF-A03", "ge100-0/0/29", "TESTER-1", "Port 1/7");
    fabric.heard("LEAF-B06", "ge100-0/0/6", "switch410", "Ethernet21/1");
}

/// A management service on every fabric bundle, routed on the superspine.
fn management(fabric: &mut FabricBuilder) {
    fabric.everywhere("wren_mgmt_bd", 998);
    fabric.instance_line("SSPINE-1", "wren_mgmt_bd", "router-interface irb998");
    fabric.statement("SSPINE-1", "irb998", "ipv4-address 192.0.2.129/25");
}

/// What years of work leave behind.
fn leftovers(fabric: &mut FabricBuilder) {
    fabric.bare_instance("LEAF-B02", "vlan1955_old");
    for (device, interface, vlan) in [
        ("LEAF-A02", "ge100-0/0/20.700", 700),
        ("LEAF-B02", "ge100-0/0/9.1500", 1500),
        ("SPINE-1", "bundle-60001.1111", 1111),
    ] {
        fabric.statement(device, interface, "l2-service enabled");
        fabric.statement(device, interface, &format!("vlan-id {vlan}"));
    }
    fabric.forget("SPINE-2", "bundle-60002.640");
    fabric.statement("LEAF-A02", "ge100-0/0/25", "mtu 9216");
    fabric.remove("LEAF-A03", "ge100-0/0/30", "admin-state enabled");
    fabric.statement("LEAF-A03", "ge100-0/0/30", "admin-state disabled");
}
