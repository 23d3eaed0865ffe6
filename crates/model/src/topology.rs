//! Links between devices, and which of them a service needs (DOMAIN 2, 7, 9).

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::naming::DeviceKey;
use crate::{Device, DeviceName, InterfaceName, Link, LinkEnd, Port, Tier};

/// A row that a device told of a neighbour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sighting {
    /// The device that told it.
    pub device: DeviceName,
    /// Its own physical port.
    pub local: InterfaceName,
    /// The neighbour's name as advertised.
    pub system: String,
    /// The neighbour's port as advertised.
    pub remote: String,
}

/// Finds the links between known devices of different tiers.
///
/// A port that belongs to a bundle stands for its bundle. A link seen from one side only is kept: the other end then
/// comes from the advertised port. A neighbour that is not a known device makes no link.
#[must_use]
pub fn find_links(devices: &BTreeMap<DeviceName, Device>, sightings: &[Sighting]) -> Vec<Link> {
    let by_key: BTreeMap<DeviceKey, &DeviceName> = devices.keys().map(|name| (name.key(), name)).collect();
    let mut found: BTreeMap<(LinkEnd, LinkEnd), BTreeSet<(InterfaceName, InterfaceName)>> = BTreeMap::new();
    for seen in sightings {
        let Some(&neighbour) = by_key.get(&DeviceKey::of(&seen.system)) else {
            continue;
        };
        let (Some(here), Some(there)) = (devices.get(&seen.device), devices.get(neighbour)) else {
            continue;
        };
        let Ok(remote) = InterfaceName::parse(&seen.remote) else {
            continue;
        };
        let near = (carrier(here, &seen.local), seen.local.clone());
        let far = (carrier(there, &remote), remote);
        let near = (
            LinkEnd {
                device: here.name.clone(),
                interface: near.0,
            },
            near.1,
        );
        let far = (
            LinkEnd {
                device: there.name.clone(),
                interface: far.0,
            },
            far.1,
        );
        let ((upper, upper_port), (lower, lower_port)) = match (here.tier, there.tier) {
            (a, b) if a == b => continue,
            (a, b) if a < b => (near, far),
            _ => (far, near),
        };
        found
            .entry((upper, lower))
            .or_default()
            .insert((upper_port, lower_port));
    }
    found
        .into_iter()
        .map(|((upper, lower), members)| Link {
            upper,
            lower,
            members: members.into_iter().collect(),
        })
        .collect()
}

fn carrier(device: &Device, port: &InterfaceName) -> InterfaceName {
    device
        .interfaces
        .get(port)
        .and_then(|interface| interface.bundle.clone())
        .unwrap_or_else(|| port.clone())
}

/// Tells whether an interface belongs to the fabric: by topology, and by number only where no link of the device is known.
#[must_use]
pub fn is_fabric(links: &[Link], device: &DeviceName, interface: &InterfaceName) -> bool {
    let parent = interface.parent();
    let mut knows_links = false;
    for link in links {
        for (end, is_upper) in [(&link.upper, true), (&link.lower, false)] {
            if end.device != *device {
                continue;
            }
            knows_links = true;
            let member = link.members.iter().any(|(upper, lower)| {
                if is_upper {
                    *upper == parent
                } else {
                    *lower == parent
                }
            });
            if end.interface == parent || member {
                return true;
            }
        }
    }
    !knows_links && has_fabric_number(&parent)
}

/// Tells whether the number of a bundle is one of those that fabric bundles have (DOMAIN 2).
#[must_use]
pub fn has_fabric_number(interface: &InterfaceName) -> bool {
    matches!(interface.port(), Port::Bundle(60_000..=60_999))
}

/// Why a service can't be carried between its access devices.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PathError {
    /// No device reaches all of them going down.
    #[error("no device of the fabric reaches all of {}", devices.iter().map(DeviceName::as_str).collect::<Vec<_>>().join(", "))]
    NoCommonUpper {
        /// The access devices.
        devices: Vec<DeviceName>,
    },
    /// The device is not known.
    #[error("{device} is not in the fabric")]
    UnknownDevice {
        /// The device.
        device: DeviceName,
    },
}

/// Chooses the links that a service over `access` needs, as indices into `links`, in order.
///
/// One device needs none. Among all devices that reach the access devices going down, the one wins whose tree adds the
/// fewest links to `carrying` (links that carry the service already), then has the fewest links, then the first name.
/// Besides those, only links of bundles count, and a leaf never hangs on a superspine without a spine between (DOMAIN 9).
///
/// # Errors
/// [`PathError`] when the fabric offers no path.
pub fn links_for_service(
    devices: &BTreeMap<DeviceName, Device>,
    links: &[Link],
    access: &BTreeSet<DeviceName>,
    carrying: &BTreeSet<usize>,
) -> Result<BTreeSet<usize>, PathError> {
    if let Some(device) = access.iter().find(|name| !devices.contains_key(*name)) {
        return Err(PathError::UnknownDevice {
            device: device.clone(),
        });
    }
    if access.len() < 2 {
        return Ok(BTreeSet::new());
    }
    let mut down: BTreeMap<&DeviceName, Vec<(usize, &DeviceName)>> = BTreeMap::new();
    let usable = |(index, link): &(usize, &Link)| carrying.contains(index) || may_carry(devices, link);
    for (index, link) in links.iter().enumerate().filter(usable) {
        down.entry(&link.upper.device)
            .or_default()
            .push((index, &link.lower.device));
    }
    let candidates = devices.values().filter_map(|root| {
        let tree = tree_below(&root.name, &down, access, carrying)?;
        let new = tree.iter().filter(|index| !carrying.contains(index)).count();
        Some((new, tree.len(), &root.name, tree))
    });
    candidates
        .min_by(|a, b| (a.0, a.1, a.2).cmp(&(b.0, b.1, b.2)))
        .map(|best| best.3)
        .ok_or_else(|| PathError::NoCommonUpper {
            devices: access.iter().cloned().collect(),
        })
}

/// Tells whether a service may be put on the link.
fn may_carry(devices: &BTreeMap<DeviceName, Device>, link: &Link) -> bool {
    let tier = |end: &LinkEnd| devices.get(&end.device).map(|device| device.tier);
    let is_bundle = |end: &LinkEnd| matches!(end.interface.port(), Port::Bundle(_));
    let skips_the_spine =
        tier(&link.upper) == Some(Tier::Superspine) && tier(&link.lower) == Some(Tier::Leaf);
    is_bundle(&link.upper) && is_bundle(&link.lower) && !skips_the_spine
}

/// Returns the links of the paths from `root` down to every device of `access`; paths that already carry the service win.
fn tree_below(
    root: &DeviceName,
    down: &BTreeMap<&DeviceName, Vec<(usize, &DeviceName)>>,
    access: &BTreeSet<DeviceName>,
    carrying: &BTreeSet<usize>,
) -> Option<BTreeSet<usize>> {
    let mut came_by: BTreeMap<&DeviceName, (usize, &DeviceName)> = BTreeMap::new();
    let mut queue: VecDeque<&DeviceName> = VecDeque::from([root]);
    let mut seen = BTreeSet::from([root]);
    while let Some(at) = queue.pop_front() {
        let mut next: Vec<_> = down.get(at).into_iter().flatten().copied().collect();
        next.sort_by_key(|(index, _)| (!carrying.contains(index), *index));
        for (index, below) in next {
            if seen.insert(below) {
                came_by.insert(below, (index, at));
                queue.push_back(below);
            }
        }
    }
    let mut tree = BTreeSet::new();
    for target in access {
        let mut at = target;
        while at != root {
            let (index, above) = *came_by.get(at)?;
            tree.insert(index);
            at = above;
        }
    }
    Some(tree)
}

/// Returns the device one tier up through which `device` hangs in the fabric, the first by name.
#[must_use]
pub fn upper_of<'a>(links: &'a [Link], device: &DeviceName) -> Option<&'a DeviceName> {
    links
        .iter()
        .filter(|link| link.lower.device == *device)
        .map(|link| &link.upper.device)
        .min()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(raw: &str) -> DeviceName {
        DeviceName::new(raw).unwrap()
    }

    fn fabric(names: &[&str], pairs: &[(&str, &str)]) -> (BTreeMap<DeviceName, Device>, Vec<Link>) {
        let devices = names
            .iter()
            .map(|raw| {
                let device = Device {
                    name: name(raw),
                    tier: name(raw).tier(),
                    version: None,
                    interfaces: BTreeMap::new(),
                    bridge_domains: Vec::new(),
                };
                (device.name.clone(), device)
            })
            .collect();
        let end = |raw: &str, number: usize| LinkEnd {
            device: name(raw),
            interface: InterfaceName::parse(&format!("bundle-{number}")).unwrap(),
        };
        let links = pairs
            .iter()
            .enumerate()
            .map(|(i, (up, low))| Link {
                upper: end(up, 60_001 + i),
                lower: end(low, 60_000),
                members: Vec::new(),
            })
            .collect();
        (devices, links)
    }

    fn check(access: &[&str], carrying: &[usize], expected: Option<&[usize]>) {
        let (devices, links) = fabric(
            &[
                "SSPINE-1", "SPINE-1", "SPINE-2", "LEAF-A01", "LEAF-A02", "LEAF-B01", "LEAF-C01",
            ],
            &[
                ("SPINE-1", "LEAF-A01"),
                ("SPINE-1", "LEAF-A02"),
                ("SPINE-2", "LEAF-B01"),
                ("SSPINE-1", "SPINE-1"),
                ("SSPINE-1", "SPINE-2"),
            ],
        );
        let access: BTreeSet<_> = access.iter().map(|raw| name(raw)).collect();
        let chosen = links_for_service(&devices, &links, &access, &carrying.iter().copied().collect()).ok();
        assert_eq!(
            chosen,
            expected.map(|links| links.iter().copied().collect()),
            "{access:?}"
        );
    }

    #[test]
    fn a_service_takes_the_lowest_common_device() {
        check(&["LEAF-A01"], &[], Some(&[]));
        check(&["LEAF-A01", "LEAF-A02"], &[], Some(&[0, 1]));
        check(&["LEAF-A01", "LEAF-B01"], &[], Some(&[0, 2, 3, 4]));
        check(&["LEAF-A01", "SSPINE-1"], &[], Some(&[0, 3]));
        check(&["LEAF-A01", "LEAF-C01"], &[], None);
        check(&["LEAF-A01", "LEAF-X"], &[], None);
    }

    #[test]
    fn links_that_carry_the_service_are_kept() {
        let (devices, links) = fabric(
            &["SPINE-1", "SPINE-2", "LEAF-A01", "LEAF-A02"],
            &[
                ("SPINE-1", "LEAF-A01"),
                ("SPINE-1", "LEAF-A02"),
                ("SPINE-2", "LEAF-A01"),
                ("SPINE-2", "LEAF-A02"),
            ],
        );
        let access = BTreeSet::from([name("LEAF-A01"), name("LEAF-A02")]);
        let over = |carrying: &[usize]| {
            links_for_service(&devices, &links, &access, &carrying.iter().copied().collect()).unwrap()
        };
        assert_eq!(over(&[]), BTreeSet::from([0, 1]));
        assert_eq!(over(&[2, 3]), BTreeSet::from([2, 3]));
    }

    #[test]
    fn lone_cables_and_shortcuts_are_not_used() {
        let names = ["SSPINE-1", "SPINE-1", "LEAF-A01", "LEAF-A02"];
        let pairs = [
            ("SPINE-1", "LEAF-A01"),
            ("SPINE-1", "LEAF-A01"),
            ("SPINE-1", "LEAF-A02"),
            ("SSPINE-1", "LEAF-A01"),
            ("SSPINE-1", "LEAF-A02"),
        ];
        let (devices, mut links) = fabric(&names, &pairs);
        links[0].upper.interface = InterfaceName::parse("ge100-0/0/1").unwrap();
        let access = BTreeSet::from([name("LEAF-A01"), name("LEAF-A02")]);
        let over = |carrying: &[usize]| {
            links_for_service(&devices, &links, &access, &carrying.iter().copied().collect()).ok()
        };
        assert_eq!(over(&[]), Some(BTreeSet::from([1, 2])));
        assert_eq!(over(&[0, 2]), Some(BTreeSet::from([0, 2])));
        links.truncate(1);
        assert_eq!(
            links_for_service(&devices, &links, &access, &BTreeSet::new()).ok(),
            None
        );
    }

    #[test]
    fn numbers_count_only_where_no_link_is_known() {
        let (_, links) = fabric(&[], &[("SPINE-1", "LEAF-A01")]);
        let fabric = |device: &str, interface: &str| {
            is_fabric(&links, &name(device), &InterfaceName::parse(interface).unwrap())
        };
        assert!(fabric("LEAF-A01", "bundle-60000.251"));
        assert!(!fabric("LEAF-A01", "bundle-60994.251"));
        assert!(fabric("LEAF-Z09", "bundle-60000.251"));
        assert!(!fabric("LEAF-Z09", "bundle-445.251"));
    }
}
