//! Puts boxes, cables and bridge domains together and writes the configuration lines.

use std::collections::{BTreeSet, HashMap};

use crate::ifname;
use crate::spec::{DnosVersion, FabricSpec, HostSpec, LinkState, PortRef, PortSpec, Role};

use super::chassis::{BoxBuilder, Instance, Uplink};
use super::form::Form;
use super::service::{End, Service};

/// A fabric under construction. Names used in calls must have been added before; a generator that
/// breaks this rule is a programming error and panics.
#[derive(Default)]
pub(crate) struct FabricBuilder {
    boxes: Vec<BoxBuilder>,
    by_name: HashMap<String, usize>,
}

impl FabricBuilder {
    /// Adds a box without ports.
    pub(crate) fn add(&mut self, name: &str, role: Role, version: DnosVersion, system_type: &str) {
        self.by_name.insert(name.to_owned(), self.boxes.len());
        self.boxes.push(BoxBuilder::new(name, role, version, system_type));
    }

    /// Gives a box a second name.
    pub(crate) fn alias(&mut self, device: &str, alias: &str) {
        self.at(device).aliases.push(alias.to_owned());
    }

    /// Adds `count` ports `STEM0`, `STEM1`, .. without light and not enabled.
    pub(crate) fn ports(&mut self, device: &str, stem: &str, count: usize, speed_gbps: u16) {
        for number in 0..count {
            self.port(
                device,
                &format!("{stem}{number}"),
                LinkState::NotPresent,
                speed_gbps,
            );
        }
    }

    /// Adds a port, or sets the state of one that is there.
    pub(crate) fn port(&mut self, device: &str, name: &str, link: LinkState, speed_gbps: u16) {
        let device = self.at(device);
        if let Some(&index) = device.port_index.get(name) {
            device.ports[index].link = link;
            return;
        }
        device.port_index.insert(name.to_owned(), device.ports.len());
        device.ports.push(PortSpec {
            name: name.to_owned(),
            link,
            speed_gbps,
            cable: None,
        });
    }

    /// Sets what the hardware sees on a port.
    pub(crate) fn link(&mut self, device: &str, port: &str, link: LinkState) {
        self.at(device).port_mut(port).link = link;
    }

    /// Light on a port, and the port enabled.
    pub(crate) fn up(&mut self, device: &str, port: &str) {
        let device = self.at(device);
        device.port_mut(port).link = LinkState::Up;
        device.statement(port, "admin-state enabled");
    }

    /// One statement under `interfaces NAME`.
    pub(crate) fn statement(&mut self, device: &str, interface: &str, statement: &str) {
        self.at(device).statement(interface, statement);
    }

    /// Takes one statement back.
    pub(crate) fn remove(&mut self, device: &str, interface: &str, statement: &str) {
        if let Some(statements) = self.at(device).interfaces.get_mut(interface) {
            statements.remove(statement);
        }
    }

    /// A bundle with LACP over these ports, all enabled.
    pub(crate) fn bundle(&mut self, device: &str, bundle: &str, members: &[&str], link: LinkState) {
        let device = self.at(device);
        device.bundle(bundle);
        for member in members {
            device.port_mut(member).link = link;
            device.bind(member, bundle);
        }
    }

    /// What LLDP hears on a port from a box outside the fabric.
    pub(crate) fn heard(&mut self, device: &str, port: &str, system: &str, remote_port: &str) {
        self.at(device).hear(port, system, remote_port);
    }

    /// Cables a lower box to the one above it: bundles with LACP on both sides, LLDP in both directions.
    /// `announced` is the name that the upper box tells in LLDP, where it differs from its own.
    pub(crate) fn join(
        &mut self,
        (lower, lower_bundle): (&str, &str),
        (upper, upper_bundle): (&str, &str),
        members: &[(&str, &str)],
        announced: Option<&str>,
    ) {
        let announced = announced.unwrap_or(upper).to_owned();
        self.end_of_cable(lower, lower_bundle, upper, &announced, members.iter().copied());
        self.end_of_cable(
            upper,
            upper_bundle,
            lower,
            lower,
            members.iter().map(|&(low, high)| (high, low)),
        );
        let above = self.by_name[upper];
        self.at(lower).uplink = Some(Uplink {
            bundle: lower_bundle.to_owned(),
            above,
            far_bundle: upper_bundle.to_owned(),
        });
    }

    fn end_of_cable<'a>(
        &mut self,
        near: &str,
        bundle: &str,
        far: &str,
        far_announced: &str,
        members: impl Iterator<Item = (&'a str, &'a str)>,
    ) {
        let near = self.at(near);
        near.bundle(bundle);
        for (port, far_port) in members {
            let spec = near.port_mut(port);
            spec.link = LinkState::Up;
            spec.cable = Some(PortRef {
                device: far.to_owned(),
                port: far_port.to_owned(),
            });
            near.bind(port, bundle);
            near.hear(port, far_announced, far_port);
        }
    }

    /// Writes a bridge domain on every device it needs: its ends, and the sub-interfaces that carry it
    /// between them.
    pub(crate) fn service(&mut self, service: &Service) {
        let mut devices: BTreeSet<usize> = BTreeSet::new();
        for end in &service.ends {
            devices.insert(self.by_name[&end.device]);
            self.end(service, end);
        }
        if let Some(carried) = &service.carried {
            for (device, bundle) in self.hops(&devices) {
                let interface = format!("{bundle}.{}", carried.unit);
                self.boxes[device].member(service, &interface, &[]);
                self.boxes[device].l2(&interface, &carried.form);
            }
        }
    }

    /// A bridge domain on every bundle of the fabric, as management services are.
    pub(crate) fn everywhere(&mut self, name: &str, vlan: u16) {
        let service = Service::new(name).over(vlan);
        for lower in 0..self.boxes.len() {
            let Some(uplink) = self.boxes[lower].uplink.clone() else {
                continue;
            };
            for (device, bundle) in [(lower, uplink.bundle), (uplink.above, uplink.far_bundle)] {
                let interface = format!("{bundle}.{vlan}");
                self.boxes[device].member(&service, &interface, &[]);
                self.boxes[device].l2(&interface, &Form::Single(vlan));
            }
        }
    }

    /// One line under `instance NAME` of a device, which gets the instance if it has none.
    pub(crate) fn instance_line(&mut self, device: &str, name: &str, line: &str) {
        let service = Service::new(name);
        self.at(device).instance(&service).lines.push(line.to_owned());
    }

    /// An instance without any statement, printed with ` ^`.
    pub(crate) fn bare_instance(&mut self, device: &str, name: &str) {
        let device = self.at(device);
        device
            .instance_index
            .insert(name.to_owned(), device.instances.len());
        device.instances.push(Instance {
            name: name.to_owned(),
            lines: vec!["^".to_owned()],
        });
    }

    /// Takes an interface out of the configuration and out of the bridge domain it is in.
    pub(crate) fn forget(&mut self, device: &str, interface: &str) {
        let device = self.at(device);
        device.interfaces.remove(interface);
        let member = format!("interface {interface} ^");
        for instance in &mut device.instances {
            instance.lines.retain(|line| *line != member);
        }
    }

    fn end(&mut self, service: &Service, end: &End) {
        let index = self.by_name[&end.device];
        let device = &mut self.boxes[index];
        let interface = end.interface();
        let (storm, statements): (Vec<_>, Vec<_>) = end
            .extra
            .iter()
            .cloned()
            .partition(|line| line.starts_with("storm-control"));
        device.member(service, &interface, &storm);
        device.l2(&interface, &end.form);
        for statement in &statements {
            device.statement(&interface, statement);
        }
        if ifname::is_physical(&end.parent) && device.port_mut(&end.parent).link == LinkState::NotPresent {
            device.port_mut(&end.parent).link = LinkState::Up;
            device.statement(&end.parent, "admin-state enabled");
        }
        let (outer_tag, inner_tag) = end.form.host_tags(end.customer);
        let number = device.hosts.len();
        let count = 1 + (index * 5 + number * 3) % 6;
        let macs = (0..count).map(|mac| host_mac(index, number, mac)).collect();
        device.hosts.push(HostSpec {
            port: end.parent.clone(),
            macs,
            outer_tag,
            inner_tag,
        });
    }

    /// Both ends of every fabric link that a service between these devices needs.
    fn hops(&self, devices: &BTreeSet<usize>) -> BTreeSet<(usize, String)> {
        let mut hops = BTreeSet::new();
        let mut current = devices.clone();
        let tier = |index: usize| self.boxes[index].role;
        while current.len() > 1 {
            let lowest = current
                .iter()
                .map(|&index| tier(index))
                .min()
                .expect("two devices are left");
            let (climbing, waiting): (BTreeSet<_>, BTreeSet<_>) =
                current.iter().partition(|&&index| tier(index) == lowest);
            current = waiting;
            for index in climbing {
                let uplink = self.boxes[index]
                    .uplink
                    .as_ref()
                    .expect("every box below the top has an uplink");
                hops.insert((index, uplink.bundle.clone()));
                hops.insert((uplink.above, uplink.far_bundle.clone()));
                current.insert(uplink.above);
            }
        }
        hops
    }

    fn at(&mut self, device: &str) -> &mut BoxBuilder {
        let index = *self
            .by_name
            .get(device)
            .unwrap_or_else(|| panic!("no device {device} was added"));
        &mut self.boxes[index]
    }

    /// The finished fabric.
    pub(crate) fn build(self) -> FabricSpec {
        let devices = self
            .boxes
            .into_iter()
            .enumerate()
            .map(|(index, device)| device.build(index))
            .collect();
        FabricSpec {
            devices,
            notes: Vec::new(),
        }
    }
}

/// A locally administered address that no two hosts share.
fn host_mac(device: usize, host: usize, number: usize) -> String {
    format!(
        "0a:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}",
        device >> 8,
        device & 0xff,
        host >> 8,
        host & 0xff,
        number
    )
}
