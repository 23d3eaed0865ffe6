//! One side of a scan: what a text says of its interfaces and bridge domains, in lines that mean something and as values.

use std::collections::{BTreeMap, BTreeSet};

use bk_config::{DeviceConfig, Setting, Tree, canonical, read_model};
use bk_model::service::group_services;
use bk_model::{BridgeDomainName, Device, DeviceName, Encapsulation, InterfaceName, Link, Service};

use super::super::compare::{instance_of, interface_of};
use super::Assignment;
use crate::deploy::lines::LineSet;
use crate::leftovers::{Object, orphans};

type Lines = BTreeSet<String>;

/// What a text says.
pub(super) struct Side {
    config: DeviceConfig,
    services: Vec<Service>,
    lines: LineSet,
    /// What each interface takes off the wire and where it goes.
    frames: BTreeMap<InterfaceName, Lines>,
    /// `l2-service` and `admin-state` of each interface that is configured.
    l2: BTreeMap<InterfaceName, Lines>,
    /// The lines of each instance, its members among them.
    own: BTreeMap<BridgeDomainName, Lines>,
}

impl Side {
    pub(super) fn of(device: &DeviceName, tree: &Tree, links: &[Link]) -> Self {
        let config = read_model(tree).value;
        let alone = Device {
            name: device.clone(),
            tier: device.tier(),
            version: None,
            interfaces: config.interfaces.clone(),
            bridge_domains: config.bridge_domains.clone(),
        };
        let mut side = Self {
            services: group_services(&BTreeMap::from([(device.clone(), alone)]), links),
            lines: LineSet::of_tree(tree),
            frames: BTreeMap::new(),
            l2: BTreeMap::new(),
            own: BTreeMap::new(),
            config,
        };
        canonical(tree).lines().for_each(|line| side.sort(line));
        for (name, interface) in &side.config.interfaces {
            if let Encapsulation::Unread { lines } = &interface.encapsulation {
                let known = side.frames.entry(name.clone()).or_default();
                known.extend(lines.iter().cloned());
            }
        }
        side
    }

    /// Puts a canonical line where it shows.
    fn sort(&mut self, line: &str) {
        if let Some(domain) = instance_of(line) {
            self.own.entry(domain).or_default().insert(line.to_owned());
        }
        if let Some(interface) = interface_of(line) {
            self.l2.entry(interface).or_default();
        }
        let facet = match Setting::parse(line) {
            Some(
                Setting::Tags(interface, _) | Setting::Rewrite(interface, ..) | Setting::Member(_, interface),
            ) => self.frames.entry(interface),
            Some(Setting::L2Service(interface, _) | Setting::InterfaceAdminState(interface, _)) => {
                self.l2.entry(interface)
            }
            // The lines of a membership are the instance's; that it is a member is a line of its own.
            _ => return,
        };
        facet.or_default().insert(line.to_owned());
    }

    /// Interfaces that take tags or are members.
    pub(super) fn tagged(&self) -> impl Iterator<Item = &InterfaceName> {
        self.frames.keys()
    }

    pub(super) fn frames(&self, name: &InterfaceName) -> Option<&Lines> {
        self.frames.get(name)
    }

    /// Interfaces with an L2 service, and members.
    pub(super) fn serving(&self) -> impl Iterator<Item = &InterfaceName> {
        let interfaces = self.config.interfaces.values();
        let enabled = interfaces
            .filter(|interface| interface.l2_service)
            .map(|interface| &interface.name);
        let members = self
            .config
            .bridge_domains
            .iter()
            .flat_map(|domain| &domain.members);
        enabled.chain(members.map(|member| &member.interface))
    }

    pub(super) fn l2(&self, name: &InterfaceName) -> Option<&Lines> {
        self.l2.get(name)
    }

    pub(super) fn has_l2_service(&self, name: &InterfaceName) -> bool {
        self.config
            .interfaces
            .get(name)
            .is_some_and(|known| known.l2_service)
    }

    pub(super) fn domains(&self) -> impl Iterator<Item = &BridgeDomainName> {
        self.own.keys()
    }

    pub(super) fn own(&self, name: &BridgeDomainName) -> Option<&Lines> {
        self.own.get(name)
    }

    pub(super) fn service(&self, name: &BridgeDomainName) -> Option<&Service> {
        self.services.iter().find(|service| service.name == *name)
    }

    pub(super) fn members(&self, name: &BridgeDomainName) -> impl Iterator<Item = &InterfaceName> {
        let attachments = self
            .service(name)
            .into_iter()
            .flat_map(|service| &service.attachments);
        attachments.map(|attachment| &attachment.interface)
    }

    /// The bridge domains that hold an interface.
    pub(super) fn holders(&self, name: &InterfaceName) -> BTreeSet<BridgeDomainName> {
        let holds = |service: &&Service| service.attachments.iter().any(|one| one.interface == *name);
        self.services
            .iter()
            .filter(holds)
            .map(|service| service.name.clone())
            .collect()
    }

    pub(super) fn assignment(&self, name: &InterfaceName) -> Option<Assignment> {
        let interface = self.config.interfaces.get(name)?;
        Some(Assignment {
            encapsulation: interface.encapsulation.clone(),
            manipulation: interface.manipulation.clone(),
            domains: self.holders(name),
        })
    }

    /// Tells whether the text still holds what was left behind.
    pub(super) fn holds(&self, object: &Object) -> bool {
        match (object.domain(), object.interface()) {
            (Some(domain), Some(interface)) => self.members(domain).any(|member| member == interface),
            (Some(domain), None) => self.own.contains_key(domain),
            (None, Some(interface)) => self.config.interfaces.contains_key(interface),
            (None, None) => false,
        }
    }

    /// What carries nothing by the text alone.
    pub(super) fn orphans(&self) -> Vec<Object> {
        let interfaces = self
            .config
            .interfaces
            .keys()
            .filter(|name| name.is_subinterface());
        let paths: Vec<String> = interfaces
            .map(|name| format!("interfaces {name}"))
            .chain((self.own.keys()).map(|name| format!("network-services bridge-domain instance {name}")))
            .collect();
        orphans(paths.iter().map(String::as_str), &self.lines)
    }
}
