//! Which addresses a device has learned.
//!
//! Every host sends frames all the time. A frame enters the most specific interface of its port that
//! matches its tags, is rewritten by the ingress mapping, goes to all other members of the bridge domain,
//! is rewritten by their egress mapping, and leaves only where the result matches the tags of that
//! member. Over a cable it arrives at the far device and goes on there. So an address appears at a hop
//! only if the path up to it is complete and the tags agree.
//!
//! TPIDs are not compared: a frame is its tags. Nothing here looks at a name or a unit number.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap, HashSet, VecDeque};
use std::rc::Rc;
use std::sync::Arc;

use crate::facts::{Encapsulation, Facts, Interface, Mapping};
use crate::ifname;
use crate::spec::{DeviceSpec, HostSpec, LinkState};
use crate::tree::Tree;

/// The fabric as its devices see it: everyone's running configuration and cables.
///
/// A device asks while it is busy with a command of its own, and others may be busy too: an answer must
/// not wait for any of them.
pub trait FabricView {
    /// The running configuration of a device. None = no such device.
    fn running(&self, device: &str) -> Option<Arc<Tree>>;
    /// The hardware of a device. None = no such device.
    fn spec(&self, device: &str) -> Option<Arc<DeviceSpec>>;
}

/// One learned address.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Learned {
    /// Bridge domain.
    pub instance: String,
    /// Address, lower case with colons.
    pub mac: String,
    /// Member behind which it is.
    pub interface: String,
}

/// The tags of a frame, outer first.
type Tags = Vec<u16>;

/// The fabric at one moment, read as far as it is asked for.
pub struct Network<'f> {
    fabric: &'f dyn FabricView,
    seen: RefCell<HashMap<String, Option<Rc<Device>>>>,
}

/// One device of a [`Network`].
pub struct Device {
    /// Its layer 2 configuration.
    pub facts: Facts,
    /// Its hardware.
    pub spec: Arc<DeviceSpec>,
}

/// A member interface of a bridge domain of a device.
type Place = (String, String);

impl<'f> Network<'f> {
    /// A view on `fabric`. It does not follow later changes.
    pub fn new(fabric: &'f dyn FabricView) -> Self {
        Self {
            fabric,
            seen: RefCell::default(),
        }
    }

    /// Puts in a device that need not be asked for.
    pub fn with(self, spec: Arc<DeviceSpec>, running: &Tree) -> Self {
        let device = Device {
            facts: Facts::read(running),
            spec,
        };
        self.seen
            .borrow_mut()
            .insert(device.spec.name.clone(), Some(Rc::new(device)));
        self
    }

    /// A device by name.
    pub fn device(&self, name: &str) -> Option<Rc<Device>> {
        if let Some(known) = self.seen.borrow().get(name) {
            return known.clone();
        }
        let device = self.fabric.running(name).zip(self.fabric.spec(name));
        let device = device.map(|(tree, spec)| {
            Rc::new(Device {
                facts: Facts::read(&tree),
                spec,
            })
        });
        self.seen.borrow_mut().insert(name.to_owned(), device.clone());
        device
    }

    /// The addresses that a device has learned, in one bridge domain or in all, sorted.
    pub fn learned(&self, device: &str, instance: Option<&str>) -> Vec<Learned> {
        let Some(start) = self.device(device) else {
            return Vec::new();
        };
        let instances = start
            .facts
            .instances
            .iter()
            .filter(|candidate| instance.is_none_or(|name| name == candidate.name));
        let mut learned = BTreeSet::new();
        for instance in instances {
            for (source, host) in self.hosts_around(device, &instance.name) {
                self.flood(&source, &host, &mut |at, entry| {
                    if at == device && entry.instance == instance.name {
                        learned.insert(entry);
                    }
                });
            }
        }
        learned.into_iter().collect()
    }

    /// True if the interface carries frames: it and all below it are enabled and have light.
    pub fn is_up(&self, device: &Device, interface: &str) -> bool {
        let parent = ifname::parent(interface);
        let enabled = |name: &str| {
            device
                .facts
                .interface(name)
                .map_or(!ifname::is_physical(name), |it| it.enabled)
        };
        if !enabled(interface) || !enabled(parent) {
            return false;
        }
        if ifname::is_physical(parent) {
            self.port_up(device, parent)
        } else if parent.starts_with("bundle-") {
            device
                .facts
                .bundle_members(parent)
                .any(|port| self.member_up(device, &port.name))
        } else {
            true
        }
    }

    /// True if a port is enabled and has light, and the far end of its cable is enabled too.
    pub fn port_up(&self, device: &Device, port: &str) -> bool {
        let Some(spec) = device.spec.port(port) else {
            return false;
        };
        let enabled = device.facts.interface(port).is_some_and(|it| it.enabled);
        let far_enabled = spec.cable.as_ref().is_none_or(|cable| {
            self.device(&cable.device)
                .is_some_and(|far| far.facts.interface(&cable.port).is_some_and(|it| it.enabled))
        });
        enabled && spec.link == LinkState::Up && far_enabled
    }

    /// True if a port works as a member of its bundle: it is up, and the far port is in a bundle too.
    pub fn member_up(&self, device: &Device, port: &str) -> bool {
        let cable = device.spec.port(port).and_then(|spec| spec.cable.as_ref());
        self.port_up(device, port)
            && cable.is_none_or(|cable| self.far_bundle(&cable.device, &cable.port).is_some())
    }

    /// The enabled bundle that a port belongs to.
    fn far_bundle(&self, device: &str, port: &str) -> Option<String> {
        let device = self.device(device)?;
        let bundle = format!("bundle-{}", device.facts.interface(port)?.bundle_id?);
        let enabled = device.facts.interface(&bundle).is_none_or(|it| it.enabled);
        enabled.then_some(bundle)
    }

    /// The device and the port or bundle at the far end of a port or bundle of the fabric.
    pub fn far_end(&self, device: &Device, parent: &str) -> Option<(String, String)> {
        if ifname::is_physical(parent) {
            let cable = device.spec.port(parent)?.cable.as_ref()?;
            return Some((cable.device.clone(), cable.port.clone()));
        }
        device.facts.bundle_members(parent).find_map(|port| {
            let cable = device.spec.port(&port.name)?.cable.as_ref()?;
            Some((cable.device.clone(), self.far_bundle(&cable.device, &cable.port)?))
        })
    }

    /// The hosts on every device that the bridge domain may reach from here. More than truly reach it;
    /// [`Self::flood`] decides.
    fn hosts_around(&self, device: &str, instance: &str) -> Vec<(String, HostSpec)> {
        let mut places: HashSet<Place> = HashSet::new();
        let mut open = VecDeque::from([(device.to_owned(), instance.to_owned())]);
        let mut hosts = Vec::new();
        let mut asked: HashSet<(String, usize)> = HashSet::new();
        while let Some(place) = open.pop_front() {
            if !places.insert(place.clone()) {
                continue;
            }
            let Some(here) = self.device(&place.0) else {
                continue;
            };
            let Some(domain) = here.facts.instance(&place.1) else {
                continue;
            };
            for member in &domain.members {
                let parent = ifname::parent(member);
                for (number, host) in here.spec.hosts.iter().enumerate() {
                    if host.port == parent && asked.insert((place.0.clone(), number)) {
                        hosts.push((place.0.clone(), host.clone()));
                    }
                }
                open.extend(self.across(&here, member));
            }
        }
        hosts
    }

    /// The bridge domains at the far end of a member whose tags overlap with it.
    fn across(&self, here: &Device, member: &str) -> Vec<(String, String)> {
        let Some(near) = here.facts.interface(member) else {
            return Vec::new();
        };
        let Some((far_name, far_parent)) = self.far_end(here, ifname::parent(member)) else {
            return Vec::new();
        };
        let Some(far) = self.device(&far_name) else {
            return Vec::new();
        };
        let domains = far
            .facts
            .on_parent(&far_parent)
            .filter(|candidate| overlap(&near.encapsulation, &candidate.encapsulation))
            .filter_map(|candidate| far.facts.member_of(&candidate.name));
        domains
            .map(|domain| (far_name.clone(), domain.name.clone()))
            .collect()
    }

    /// Sends one frame of a host and reports where its addresses are learned.
    fn flood(&self, source: &str, host: &HostSpec, report: &mut dyn FnMut(&str, Learned)) {
        let tags: Tags = host.outer_tag.into_iter().chain(host.inner_tag).collect();
        let mut open = VecDeque::from([(source.to_owned(), host.port.clone(), tags)]);
        let mut passed: HashSet<Place> = HashSet::new();
        while let Some((name, parent, tags)) = open.pop_front() {
            let Some(device) = self.device(&name) else {
                continue;
            };
            let Some(interface) = accept(&device.facts, &parent, &tags) else {
                continue;
            };
            let Some(domain) = device.facts.member_of(&interface.name) else {
                continue;
            };
            if !domain.enabled || !self.is_up(&device, &interface.name) {
                continue;
            }
            if !passed.insert((name.clone(), domain.name.clone())) {
                continue;
            }
            if domain.learning {
                for mac in &host.macs {
                    let (instance, interface) = (domain.name.clone(), interface.name.clone());
                    report(
                        &name,
                        Learned {
                            instance,
                            mac: mac.clone(),
                            interface,
                        },
                    );
                }
            }
            let Some(inside) = rewrite(interface.ingress.as_ref(), &tags) else {
                continue;
            };
            let others = domain.members.iter().filter(|member| **member != interface.name);
            for other in others.filter_map(|member| device.facts.interface(member)) {
                let Some((far, far_parent)) = self.far_end(&device, ifname::parent(&other.name)) else {
                    continue;
                };
                let Some(outside) = rewrite(other.egress.as_ref(), &inside) else {
                    continue;
                };
                if other.l2_service
                    && matches(&other.encapsulation, &outside)
                    && self.is_up(&device, &other.name)
                {
                    open.push_back((far, far_parent, outside));
                }
            }
        }
    }
}

/// The most specific interface of a port that takes a frame: two tags before one, one tag before a
/// list, and the whole port last.
fn accept<'d>(facts: &'d Facts, parent: &str, tags: &[u16]) -> Option<&'d Interface> {
    facts
        .on_parent(parent)
        .filter(|candidate| candidate.l2_service && matches(&candidate.encapsulation, tags))
        .filter(|candidate| candidate.encapsulation != Encapsulation::None || candidate.name == parent)
        .max_by_key(|candidate| match &candidate.encapsulation {
            Encapsulation::None => 0,
            Encapsulation::List(_) => 1,
            Encapsulation::Untagged | Encapsulation::Single { .. } => 2,
            Encapsulation::Double { listed: true, .. } => 3,
            Encapsulation::Double { listed: false, .. } => 4,
        })
}

/// True if a frame with these tags belongs to an interface.
fn matches(encapsulation: &Encapsulation, tags: &[u16]) -> bool {
    match encapsulation {
        Encapsulation::None => true,
        Encapsulation::Untagged => tags.is_empty(),
        Encapsulation::Single { vlan, .. } => tags.first() == Some(vlan),
        Encapsulation::List(list) => tags.first().is_some_and(|tag| list.contains(*tag)),
        Encapsulation::Double { outer, inner, .. } => {
            tags.first() == Some(outer) && tags.get(1).is_some_and(|tag| inner.contains(*tag))
        }
    }
}

/// True if some frame could belong to both ends of a link.
fn overlap(near: &Encapsulation, far: &Encapsulation) -> bool {
    use Encapsulation::{Double, List, None, Single, Untagged};
    match (near, far) {
        (None, _) | (_, None) | (Untagged, Untagged) => true,
        (Untagged, _) | (_, Untagged) => false,
        (
            Double {
                outer: a, inner: x, ..
            },
            Double {
                outer: b, inner: y, ..
            },
        ) => a == b && x.overlaps(y),
        (List(a), List(b)) => a.overlaps(b),
        (List(list), Single { vlan, .. } | Double { outer: vlan, .. })
        | (Single { vlan, .. } | Double { outer: vlan, .. }, List(list)) => list.contains(*vlan),
        (
            Single { vlan: a, .. } | Double { outer: a, .. },
            Single { vlan: b, .. } | Double { outer: b, .. },
        ) => a == b,
    }
}

/// The tags after a mapping. None = the action needs tags that the frame does not have.
fn rewrite(mapping: Option<&Mapping>, tags: &[u16]) -> Option<Tags> {
    let Some(mapping) = mapping else {
        return Some(tags.to_vec());
    };
    let (outer, inner) = (mapping.outer, mapping.inner);
    let from = |kept: usize, front: &[Option<u16>]| -> Option<Tags> {
        let rest = tags.get(kept..)?;
        let mut result = front.iter().copied().collect::<Option<Tags>>()?;
        result.extend_from_slice(rest);
        Some(result)
    };
    match mapping.action.as_str() {
        "pop" => from(1, &[]),
        "pop-pop" => from(2, &[]),
        "push" => from(0, &[outer]),
        "push-push" => from(0, &[outer, inner]),
        "swap" => from(1, &[outer]),
        "pop-swap" => from(2, &[outer]),
        "swap-push" => from(1, &[outer, inner]),
        "swap-swap" => from(2, &[outer, inner]),
        "preserve-swap" => from(2, &[tags.first().copied(), inner]),
        "preserve" | "preserve-preserve" => Some(tags.to_vec()),
        // An action of a later release: what it does is not known, so nothing passes.
        _ => None,
    }
}

#[cfg(test)]
mod tests;
