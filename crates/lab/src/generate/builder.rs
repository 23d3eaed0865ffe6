//! Puts boxes, cables and bridge domains together and writes the configuration lines.

use std::collections::{BTreeSet, HashMap};

use crate::ifname;
use crate::spec::{
    DeviceSpec, DnosVersion, FabricSpec, HostSpec, LinkState, LldpNeighbour, PortRef, PortSpec, Role,
};

use super::form::Form;
use super::service::{End, Service};

/// Time to live that every neighbour announces, in seconds.
const LLDP_TTL: u16 = 120;

/// A fabric under construction. Names used in calls must have been added before; a generator that
/// breaks this rule is a programming error and panics.
#[derive(Default)]
pub(crate) struct FabricBuilder {
    boxes: Vec<BoxBuilder>,
    by_name: HashMap<String, usize>,
}

/// One box under construction.
struct BoxBuilder {
    name: String,
    aliases: Vec<String>,
    role: Role,
    version: DnosVersion,
    system_type: String,
    ports: Vec<PortSpec>,
    port_index: HashMap<String, usize>,
    /// Statements by interface; a set, because a device keeps each once.
    interfaces: HashMap<String, BTreeSet<String>>,
    instances: Vec<Instance>,
    instance_index: HashMap<String, usize>,
    /// Bundle numbers that run LACP.
    lacp: BTreeSet<u32>,
    neighbours: Vec<LldpNeighbour>,
    hosts: Vec<HostSpec>,
    uplink: Option<Uplink>,
}

/// One bridge domain of one box: the words after `instance NAME`.
struct Instance {
    name: String,
    lines: Vec<String>,
}

/// The bundle towards the tier above, and its far end.
#[derive(Clone)]
struct Uplink {
    bundle: String,
    above: usize,
    far_bundle: String,
}

impl FabricBuilder {
    /// Adds a box without ports.
    pub(crate) fn add(&mut self, name: &str, role: Role, version: DnosVersion, system_type: &str) {
        self.by_name.insert(name.to_owned(), self.boxes.len());
        self.boxes.push(BoxBuilder {
            name: name.to_owned(),
            aliases: Vec::new(),
            role,
            version,
            system_type: system_type.to_owned(),
            ports: Vec::new(),
            port_index: HashMap::new(),
            interfaces: HashMap::new(),
            instances: Vec::new(),
            instance_index: HashMap::new(),
            lacp: BTreeSet::new(),
            neighbours: Vec::new(),
            hosts: Vec::new(),
            uplink: None,
        });
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

impl BoxBuilder {
    fn port_mut(&mut self, port: &str) -> &mut PortSpec {
        let index = *self
            .port_index
            .get(port)
            .unwrap_or_else(|| panic!("{} has no port {port}", self.name));
        &mut self.ports[index]
    }

    fn statement(&mut self, interface: &str, statement: &str) {
        let statements = self.interfaces.entry(interface.to_owned()).or_default();
        statements.insert(statement.to_owned());
    }

    fn bundle(&mut self, bundle: &str) {
        self.statement(bundle, "admin-state enabled");
        self.lacp
            .insert(ifname::bundle_number(bundle).expect("a bundle is named bundle-N"));
    }

    fn bind(&mut self, port: &str, bundle: &str) {
        let number = ifname::bundle_number(bundle).expect("a bundle is named bundle-N");
        self.statement(port, "admin-state enabled");
        self.statement(port, &format!("bundle-id {number}"));
    }

    fn hear(&mut self, port: &str, system: &str, remote_port: &str) {
        self.neighbours.push(LldpNeighbour {
            local_port: port.to_owned(),
            system_name: system.to_owned(),
            remote_port: remote_port.to_owned(),
            ttl: LLDP_TTL,
        });
    }

    /// The statements of an interface that carries layer 2.
    fn l2(&mut self, interface: &str, form: &Form) {
        self.statement(interface, "l2-service enabled");
        for statement in form.statements() {
            self.statement(interface, &statement);
        }
    }

    fn instance(&mut self, service: &Service) -> &mut Instance {
        let next = self.instances.len();
        let index = *self.instance_index.entry(service.name.clone()).or_insert(next);
        if index == next {
            let state = if service.enabled { "enabled" } else { "disabled" };
            let mut lines = vec![format!("admin-state {state}")];
            lines.extend(
                service
                    .description
                    .iter()
                    .map(|text| format!("description \"{text}\"")),
            );
            self.instances.push(Instance {
                name: service.name.clone(),
                lines,
            });
        }
        &mut self.instances[index]
    }

    fn member(&mut self, service: &Service, interface: &str, storm: &[String]) {
        let instance = self.instance(service);
        if storm.is_empty() {
            let line = format!("interface {interface} ^");
            if !instance.lines.contains(&line) {
                instance.lines.push(line);
            }
        }
        for line in storm {
            instance.lines.push(format!("interface {interface} {line}"));
        }
    }

    fn build(mut self, index: usize) -> DeviceSpec {
        self.ports.sort_by(|a, b| ifname::natural_cmp(&a.name, &b.name));
        let config = self.config(index);
        DeviceSpec {
            lacp_system_id: format!("84:40:76:{:02x}:{:02x}:2f", index >> 8, index & 0xff),
            name: self.name,
            aliases: self.aliases,
            version: self.version,
            system_type: self.system_type,
            role: self.role,
            config,
            ports: self.ports,
            neighbours: self.neighbours,
            hosts: self.hosts,
        }
    }

    fn config(&mut self, index: usize) -> Vec<String> {
        let mut lines = vec![
            format!("system name {}", self.name),
            "system login user dnroot description \"dnroot user\"".to_owned(),
            "system login user dnroot role admin".to_owned(),
        ];
        self.statement("lo0", "admin-state enabled");
        self.statement(
            "lo0",
            &format!("ipv4-address 198.51.{}.{}/32", 100 + (index >> 8), index & 0xff),
        );
        let mut interfaces: Vec<_> = self.interfaces.iter().collect();
        interfaces.sort_by(|a, b| ifname::natural_cmp(a.0, b.0));
        for (name, statements) in interfaces {
            lines.extend(
                statements
                    .iter()
                    .map(|statement| format!("interfaces {name} {statement}")),
            );
        }
        for instance in &self.instances {
            let path = format!("network-services bridge-domain instance {}", instance.name);
            lines.extend(instance.lines.iter().map(|line| format!("{path} {line}")));
        }
        for bundle in &self.lacp {
            lines.push(format!("protocols lacp interface bundle-{bundle} mode active"));
            lines.push(format!("protocols lacp interface bundle-{bundle} period short"));
        }
        for port in self.ports.iter().filter(|port| port.link != LinkState::BrokenOut) {
            lines.push(format!("protocols lldp interface {} receive enabled", port.name));
            lines.push(format!("protocols lldp interface {} transmit enabled", port.name));
        }
        lines
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
