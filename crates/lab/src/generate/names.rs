//! Invented names in the shapes that grown labs have.

use std::collections::HashSet;

use super::draw::Draw;

/// People who own services.
pub(super) const USERS: [&str; 14] = [
    "kestrel",
    "birch",
    "rowan",
    "heron",
    "fennel",
    "marten",
    "wren",
    "alder",
    "sedge",
    "plover",
    "teasel",
    "dunlin",
    "hazel",
    "birch-new",
];

const PURPOSES: [&str; 10] = [
    "tester-ncp3",
    "ospf",
    "bgp_scale",
    "to_mx5",
    "longevity",
    "pair-a",
    "pair-b",
    "evpn_bng",
    "rr2",
    "cdnos",
];

/// Names already given.
#[derive(Default)]
pub(super) struct Names(HashSet<String>);

impl Names {
    /// A name declared global: `g_kestrel_v251`, sometimes with a text behind it. In a few the number is
    /// not the VLAN.
    pub(super) fn global(&mut self, draw: &mut Draw, vlan: u16) -> String {
        let told = if draw.chance(3) {
            vlan.wrapping_add(10)
        } else {
            vlan
        };
        let base = format!("g_{}_v{told}", draw.pick(&USERS));
        let name = if draw.chance(25) {
            format!("{base}_{}", draw.pick(&PURPOSES))
        } else {
            base
        };
        self.fresh(&name)
    }

    /// A name declared local.
    pub(super) fn local(&mut self, draw: &mut Draw, vlan: Option<u16>) -> String {
        let user = draw.pick(&USERS);
        let purpose = draw.pick(&PURPOSES);
        let name = match vlan {
            Some(vlan) if draw.chance(70) => format!("l_{user}_v{vlan}_{purpose}"),
            Some(vlan) => format!("l_{user}_v{vlan}"),
            None => format!("l_{user}_{purpose}"),
        };
        self.fresh(&name)
    }

    /// A name that declares nothing.
    pub(super) fn free(&mut self, draw: &mut Draw, vlan: u16) -> String {
        let user = draw.pick(&USERS);
        let name = match draw.below(5) {
            0 => format!("vlan{vlan}"),
            1 => format!("M_{user}_{vlan}"),
            2 => format!("MC_{vlan}_Test"),
            3 => format!("TESTER_V{vlan}_IX_SL2"),
            _ => format!("d_{user}_v{vlan}_{}", draw.pick(&PURPOSES)),
        };
        self.fresh(&name)
    }

    /// `name`, or with a number behind it if it is taken.
    pub(super) fn fresh(&mut self, name: &str) -> String {
        let mut candidate = name.to_owned();
        let mut number = 2;
        while !self.0.insert(candidate.clone()) {
            candidate = format!("{name}_{number}");
            number += 1;
        }
        candidate
    }
}
