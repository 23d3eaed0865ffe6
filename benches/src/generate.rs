//! Configurations of a wanted length, the same for the same numbers.
//!
//! Shape and mix follow a leaf with many bridge domains: ports with units, each unit a member of one instance. An edit
//! changes about the wanted share of the instances, consistently in both subtrees: an endpoint replaced, added or
//! dropped, an instance replaced.

use std::collections::{BTreeMap, HashSet};
use std::fmt::Write as _;

const USERS: [&str; 6] = ["kestrel", "birch", "rowan", "alder", "heron", "sorrel"];

/// A parent port and a VLAN on it.
type Endpoint = (usize, u16);

/// One generated configuration, to be rendered as it is or after an edit.
pub struct Generated {
    ports: Vec<String>,
    domains: Vec<(String, Vec<Endpoint>)>,
    used: HashSet<Endpoint>,
    random: Random,
}

impl Generated {
    /// Plans a configuration of about `lines` lines.
    #[must_use]
    pub fn new(lines: usize, seed: u64) -> Self {
        let random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
        let port_count = (lines / 200).clamp(2, 96);
        let mut ports: Vec<String> = (0..port_count)
            .map(|n| format!("ge100-{}/0/{}", n / 40, n % 40))
            .collect();
        ports.extend((0..(port_count / 8).clamp(1, 8)).map(|n| format!("bundle-{}", 60000 + n)));
        let frame = 4 * ports.len() + 12;
        let mut left = lines.saturating_sub(frame).max(9);
        let mut generated = Self {
            ports,
            domains: Vec::new(),
            used: HashSet::new(),
            random,
        };
        while left >= 9 {
            let wanted = [1, 2, 2, 2, 3, 4][generated.random.below(6)].min((left - 2) / 7);
            let endpoints: Vec<Endpoint> = (0..wanted).map(|_| generated.fresh()).collect();
            left -= 2 + 7 * endpoints.len();
            let name = generated.name(endpoints[0].1);
            generated.domains.push((name, endpoints));
        }
        generated
    }

    fn name(&mut self, vlan: u16) -> String {
        format!(
            "g_{}_v{vlan}_{}",
            USERS[self.random.below(USERS.len())],
            self.domains.len()
        )
    }

    /// Takes a port and VLAN that nothing uses yet.
    fn fresh(&mut self) -> Endpoint {
        loop {
            let vlan = u16::try_from(2 + self.random.below(4092)).unwrap_or(2);
            let endpoint = (self.random.below(self.ports.len()), vlan);
            if self.used.insert(endpoint) {
                return endpoint;
            }
        }
    }

    /// Changes about `percent` of the instances, at least one.
    pub fn edit(&mut self, percent: f64) {
        let count = ((self.domains.len() as f64 * percent / 100.0).round() as usize).max(1);
        let step = self.domains.len() / count;
        for turn in 0..count {
            let at = turn * step;
            let endpoint = self.fresh();
            let endpoints = &mut self.domains[at].1;
            match turn % 4 {
                0 => endpoints[0] = endpoint,
                1 => endpoints.push(endpoint),
                2 if endpoints.len() > 1 => {
                    endpoints.pop();
                }
                _ => self.domains[at] = (format!("g_new_v{}_{turn}", endpoint.1), vec![endpoint]),
            }
        }
    }

    /// Prints the configuration as nested blocks (REF 4.1).
    #[must_use]
    pub fn render(&self) -> String {
        let mut units: BTreeMap<usize, Vec<u16>> = BTreeMap::new();
        for (port, vlan) in self.domains.iter().flat_map(|(_, endpoints)| endpoints) {
            units.entry(*port).or_default().push(*vlan);
        }
        let mut out = String::from("system\n  name LEAF-A01\n  timing-mode local\n!\n\ninterfaces\n");
        for (at, port) in self.ports.iter().enumerate() {
            out.push_str(&format!("  {port}\n    admin-state enabled\n    mtu 9216\n  !\n"));
            let mut vlans = units.remove(&at).unwrap_or_default();
            vlans.sort_unstable();
            for vlan in vlans {
                // Writing to a String can't fail.
                let _ = write!(
                    out,
                    "  {port}.{vlan}\n    admin-state enabled\n    l2-service enabled\n    vlan-id {vlan}\n  !\n"
                );
            }
        }
        out.push_str("!\n\nnetwork-services\n  bridge-domain\n");
        let mut domains: Vec<_> = self.domains.iter().collect();
        domains.sort();
        for (name, endpoints) in domains {
            out.push_str(&format!("    instance {name}\n"));
            for (port, vlan) in endpoints {
                out.push_str(&format!(
                    "      interface {}.{vlan}\n      !\n",
                    self.ports[*port]
                ));
            }
            out.push_str("    !\n");
        }
        out.push_str("  !\n!\n");
        out
    }
}

/// Returns a text of about `lines` lines, and the same after an edit of `percent` of its instances.
#[must_use]
pub fn pair(lines: usize, percent: f64) -> (String, String) {
    let mut generated = Generated::new(lines, 7);
    let before = generated.render();
    generated.edit(percent);
    (before, generated.render())
}

/// Returns a text of about `lines` lines, and the same with one VLAN changed in the middle.
#[must_use]
pub fn one_line(lines: usize) -> (String, String) {
    let before = Generated::new(lines, 7).render();
    let middle = before.len() / 2;
    let at = before[middle..]
        .find("vlan-id ")
        .map_or(0, |found| middle + found);
    let end = before[at..].find('\n').map_or(before.len(), |found| at + found);
    let after = format!("{}vlan-id 4094{}", &before[..at], &before[end..]);
    (before, after)
}

#[derive(Clone, Copy)]
struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % limit as u64).unwrap_or(0)
    }
}
