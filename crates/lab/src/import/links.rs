//! Rule 8: which bundle leads where.

use std::collections::BTreeSet;
use std::fs;
use std::io::ErrorKind;
use std::path::Path;

use serde::Deserialize;

use crate::ifname;
use crate::spec::{LldpNeighbour, PortRef, Role};

use super::ImportError;
use super::draft::{Device, Draft};

/// The bundle of a leaf or spine towards the tier above.
const UPLINK: &str = "bundle-60000";

/// How many ports a link has.
const MEMBERS: usize = 2;

/// One entry of `fabric_links_inferred.json`: an upper bundle and the leaf that shares its services.
#[derive(Debug, Deserialize)]
pub(super) struct Inferred {
    device: String,
    bundle: String,
    best_leaf: String,
    leaf_bundle: Option<String>,
}

/// A link to make: indices into the devices, and a bundle on each.
struct Link {
    lower: usize,
    lower_bundle: String,
    upper: usize,
    upper_bundle: String,
    reason: &'static str,
}

/// The list beside the folder; empty if there is none.
pub(super) fn inferred(dir: &Path) -> Result<Vec<Inferred>, ImportError> {
    let file = dir.join("..").join("fabric_links_inferred.json");
    match fs::read(&file) {
        Ok(bytes) => serde_json::from_slice(&bytes).map_err(|source| ImportError::Links { file, source }),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        Err(source) => Err(ImportError::File { file, source }),
    }
}

/// Joins the tiers.
pub(super) fn join(draft: &mut Draft, inferred: &[Inferred]) {
    let mut links = known(draft, inferred);
    let mut wanted = Vec::new();
    for lower in 0..draft.devices.len() {
        if links.iter().all(|link| link.lower != lower) {
            wanted.extend(above(draft, lower).map(|upper| (lower, upper)));
        }
    }
    links.extend(guess(draft, &links, wanted));
    links.sort_by_key(|link| (link.upper, link.lower));
    for link in links {
        connect(draft, &link);
    }
}

/// The links that the list names, as far as its devices exist.
fn known(draft: &Draft, inferred: &[Inferred]) -> Vec<Link> {
    let index = |name: &str| draft.devices.iter().position(|device| device.name == name);
    let links = inferred.iter().filter_map(|entry| {
        Some(Link {
            lower: index(&entry.best_leaf)?,
            lower_bundle: entry.leaf_bundle.clone().unwrap_or_else(|| UPLINK.to_owned()),
            upper: index(&entry.device)?,
            upper_bundle: entry.bundle.clone(),
            reason: "as inferred",
        })
    });
    links.collect()
}

/// The device above: the nearest spine of the row for a leaf, the superspine for a spine.
fn above(draft: &Draft, lower: usize) -> Option<usize> {
    let device = &draft.devices[lower];
    let candidates = |role| {
        draft
            .devices
            .iter()
            .enumerate()
            .filter(move |(_, upper)| upper.role == role)
    };
    match device.role {
        Role::Leaf => {
            let (row, rack) = place(&device.name)?;
            candidates(Role::Spine)
                .filter_map(|(index, spine)| {
                    let (spine_row, spine_rack) = place(&spine.name)?;
                    (spine_row == row).then(|| (spine_rack.abs_diff(rack), index))
                })
                .min()
                .map(|(_, index)| index)
        }
        Role::Spine => candidates(Role::Superspine).map(|(index, _)| index).next(),
        Role::Superspine => None,
    }
}

/// Row letter and rack number: `B`, 6 in `LEAF-B06-2`.
fn place(name: &str) -> Option<(char, u32)> {
    name.split(['-', '_']).find_map(|part| {
        let row = part.chars().next().filter(char::is_ascii_uppercase)?;
        let digits = &part[1..];
        let is_rack = digits.len() == 2 && digits.chars().all(|c| c.is_ascii_digit());
        is_rack
            .then(|| digits.parse().ok().map(|rack| (row, rack)))
            .flatten()
    })
}

/// Gives each wanted pair a bundle of the upper device: most services in common first.
fn guess(draft: &Draft, taken: &[Link], wanted: Vec<(usize, usize)>) -> Vec<Link> {
    let mut scored = Vec::new();
    for &(lower, upper) in &wanted {
        let below = services_on(&draft.devices[lower], UPLINK);
        for bundle in fabric_bundles(&draft.devices[upper]) {
            let over = services_on(&draft.devices[upper], &bundle);
            let common = below.intersection(&over).count();
            let all = below.union(&over).count().max(1);
            scored.push((common * 1000 / all, lower, upper, bundle));
        }
    }
    scored.sort_by(|a, b| {
        b.0.cmp(&a.0)
            .then((a.1, a.2).cmp(&(b.1, b.2)))
            .then(ifname::natural_cmp(&a.3, &b.3))
    });
    let mut used: BTreeSet<(usize, String)> = taken
        .iter()
        .map(|link| (link.upper, link.upper_bundle.clone()))
        .collect();
    let mut links: Vec<Link> = Vec::new();
    let mut add = |lower, upper, bundle: String, reason, links: &mut Vec<Link>| {
        if links.iter().all(|link| link.lower != lower) && used.insert((upper, bundle.clone())) {
            let lower_bundle = UPLINK.to_owned();
            links.push(Link {
                lower,
                lower_bundle,
                upper,
                upper_bundle: bundle,
                reason,
            });
        }
    };
    for (_, lower, upper, bundle) in scored {
        add(
            lower,
            upper,
            bundle,
            "nearest in the row, most services in common",
            &mut links,
        );
    }
    for (lower, upper) in wanted {
        for number in 60001..60999 {
            add(
                lower,
                upper,
                format!("bundle-{number}"),
                "nearest in the row, a bundle of its own",
                &mut links,
            );
        }
    }
    links
}

/// The services on the units of a bundle.
fn services_on<'d>(device: &'d Device, bundle: &str) -> BTreeSet<&'d str> {
    let on_bundle = device
        .members()
        .filter(|(_, member)| ifname::parent(member) == bundle);
    on_bundle.map(|(service, _)| service).collect()
}

/// Bundles that may face a lower tier, by number.
fn fabric_bundles(device: &Device) -> BTreeSet<String> {
    let parents = device
        .interfaces
        .keys()
        .map(|name| ifname::parent(name).to_owned());
    parents
        .filter(|parent| parent != UPLINK && is_fabric_number(parent))
        .collect()
}

/// The number pattern of fabric bundles: 60000 to 60999.
pub(super) fn is_fabric_number(bundle: &str) -> bool {
    ifname::bundle_number(bundle).is_some_and(|number| (60_000..61_000).contains(&number))
}

/// Makes one link: members, LACP, LLDP, cables.
fn connect(draft: &mut Draft, link: &Link) {
    let lower_ports = free_ports(&draft.devices[link.lower], MEMBERS);
    let upper_ports = free_ports(&draft.devices[link.upper], MEMBERS);
    let (lower_name, upper_name) = (
        draft.devices[link.lower].name.clone(),
        draft.devices[link.upper].name.clone(),
    );
    for (near, far) in lower_ports.iter().zip(&upper_ports) {
        end(
            &mut draft.devices[link.lower],
            &link.lower_bundle,
            near,
            &upper_name,
            far,
        );
        end(
            &mut draft.devices[link.upper],
            &link.upper_bundle,
            far,
            &lower_name,
            near,
        );
    }
    let what = format!(
        "{} over {} to {upper_name} {} over {} ({})",
        link.lower_bundle,
        lower_ports.join(", "),
        link.upper_bundle,
        upper_ports.join(", "),
        link.reason
    );
    draft.note(8, &lower_name, &what);
}

fn end(device: &mut Device, bundle: &str, port: &str, far: &str, far_port: &str) {
    let number = ifname::bundle_number(bundle).unwrap_or_default();
    device.add(bundle, "admin-state enabled");
    device.add(port, "admin-state enabled");
    device.add(port, &format!("bundle-id {number}"));
    device.lacp.insert(bundle.to_owned());
    device.cables.insert(
        port.to_owned(),
        PortRef {
            device: far.to_owned(),
            port: far_port.to_owned(),
        },
    );
    device.neighbours.push(LldpNeighbour {
        local_port: port.to_owned(),
        system_name: far.to_owned(),
        remote_port: far_port.to_owned(),
        ttl: 120,
    });
}

/// The first ports that the files do not name.
pub(super) fn free_ports(device: &Device, count: usize) -> Vec<String> {
    let members = device.members().map(|(_, member)| member);
    let named: BTreeSet<&str> = device
        .interfaces
        .keys()
        .map(String::as_str)
        .chain(members)
        .map(ifname::parent)
        .collect();
    let (stem, first) = match device.role {
        Role::Leaf => ("ge100-0/0/", 36),
        Role::Spine => ("ge100-0/0/", 0),
        Role::Superspine => ("ge100-8/0/", 0),
    };
    (first..)
        .map(|number| format!("{stem}{number}"))
        .filter(|port| !named.contains(port.as_str()))
        .take(count)
        .collect()
}
