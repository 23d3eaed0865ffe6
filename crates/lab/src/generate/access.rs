//! Access ports of a box and what is still free on them.

use std::collections::HashSet;

use super::draw::Draw;

/// The access side of one box.
pub(super) struct Access {
    pub(super) device: String,
    /// Ports and bundles that several services share, with the VLANs in use on each.
    shared: Vec<(String, HashSet<u16>)>,
    /// Ports that one service takes whole.
    whole: Vec<String>,
}

impl Access {
    pub(super) fn new(device: &str, shared: Vec<String>, mut whole: Vec<String>) -> Self {
        whole.reverse();
        let shared = shared
            .into_iter()
            .map(|parent| (parent, HashSet::new()))
            .collect();
        Self {
            device: device.to_owned(),
            shared,
            whole,
        }
    }

    /// A shared port on which `vlan` is free, which it then no longer is. None = used everywhere.
    pub(super) fn tagged(&mut self, draw: &mut Draw, vlan: u16) -> Option<String> {
        let start = draw.below(self.shared.len());
        let count = self.shared.len();
        (0..count).find_map(|step| {
            let (parent, used) = &mut self.shared[(start + step) % count];
            used.insert(vlan).then(|| parent.clone())
        })
    }

    /// A VLAN that is free on `ends` shared ports, and those ports.
    pub(super) fn local_vlan(&mut self, draw: &mut Draw, ends: usize) -> (u16, Vec<String>) {
        loop {
            let vlan = draw.between(2, 4090) as u16;
            let free: Vec<usize> = (0..self.shared.len())
                .filter(|&index| !self.shared[index].1.contains(&vlan))
                .collect();
            if free.len() < ends {
                continue;
            }
            let start = draw.below(free.len());
            let parents = (0..ends).map(|step| {
                let (parent, used) = &mut self.shared[free[(start + step) % free.len()]];
                used.insert(vlan);
                parent.clone()
            });
            return (vlan, parents.collect());
        }
    }

    /// A port for one service alone. None = all are taken.
    pub(super) fn whole(&mut self) -> Option<String> {
        self.whole.pop()
    }

    /// How many ports for one service alone are left.
    pub(super) fn whole_left(&self) -> usize {
        self.whole.len()
    }
}
