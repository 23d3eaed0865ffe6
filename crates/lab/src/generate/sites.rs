//! The boxes of a grown fabric and their access ports.

use crate::spec::{DnosVersion, LinkState, Role};

use super::access::Access;
use super::builder::FabricBuilder;
use super::draw::Draw;

/// The only superspine.
pub(super) const SUPERSPINE: &str = "SSPINE-D04";

/// The superspine with ports for this many spines, and its access side.
pub(super) fn superspine(spines: usize) -> (FabricBuilder, Access) {
    let mut fabric = FabricBuilder::default();
    fabric.add(
        SUPERSPINE,
        Role::Superspine,
        DnosVersion::new("25.4.13", "146_prod"),
        "CL-86",
    );
    fabric.alias(SUPERSPINE, "SSPINE-D04-NCC1");
    fabric.ports(SUPERSPINE, "ge10-0/0/", 16, 10);
    fabric.ports(SUPERSPINE, "ge100-4/0/", (2 * spines).max(40), 100);
    fabric.bundle(
        SUPERSPINE,
        "bundle-16",
        &["ge10-0/0/14", "ge10-0/0/15"],
        LinkState::Up,
    );
    let mut shared: Vec<String> = (0..8).map(|port| format!("ge10-0/0/{port}")).collect();
    shared.push("bundle-16".to_owned());
    let whole = (8..14).map(|port| format!("ge10-0/0/{port}")).collect();
    (fabric, Access::new(SUPERSPINE, shared, whole))
}

/// Access ports of a leaf: 0 to 11 and two bundles shared, 12 to 27 for one service each, the rest for
/// the bundles, for families and for growth.
pub(super) fn leaf_access(fabric: &mut FabricBuilder, draw: &mut Draw, leaf: &str) -> Access {
    let bundles = [
        (draw.between(1, 1000), ["ge100-0/0/28", "ge100-0/0/29"]),
        (draw.between(1001, 9000), ["ge100-0/0/30", "ge100-0/0/31"]),
    ];
    let mut shared: Vec<String> = (0..12).map(|port| format!("ge100-0/0/{port}")).collect();
    for (number, members) in bundles {
        let bundle = format!("bundle-{number}");
        let link = if draw.chance(15) {
            LinkState::Down
        } else {
            LinkState::Up
        };
        fabric.bundle(leaf, &bundle, &members, link);
        if link == LinkState::Up {
            fabric.heard(
                leaf,
                members[0],
                "edge-router-7",
                &format!("ge100-0/0/{}", draw.below(64)),
            );
        }
        shared.push(bundle);
    }
    if draw.chance(30) {
        fabric.heard(leaf, "ge100-0/0/0", "TESTER-3", "00:00:00:00:00:02");
        fabric.heard(leaf, "ge100-0/0/0", "TESTER-3", "00:00:00:00:00:03");
    }
    for port in [34, 35] {
        fabric.up(leaf, &format!("ge100-0/0/{port}"));
    }
    let whole = (12..28).map(|port| format!("ge100-0/0/{port}")).collect();
    Access::new(leaf, shared, whole)
}

pub(super) fn leaf_version(draw: &mut Draw) -> DnosVersion {
    match draw.below(10) {
        0 => DnosVersion::new("19.1.2", "34_prod"),
        1..4 => DnosVersion::new("25.4.13", "146_prod"),
        _ => DnosVersion::new("25.2.0", "500_prod"),
    }
}
