//! One box: its ports, its statements, its bridge domains, and the lines they become.

use std::collections::{BTreeSet, HashMap};

use crate::ifname;
use crate::spec::{DeviceSpec, DnosVersion, HostSpec, LinkState, LldpNeighbour, PortSpec, Role};

use super::form::Form;
use super::service::Service;

/// Time to live that every neighbour announces, in seconds.
const LLDP_TTL: u16 = 120;

/// One box under construction.
pub(super) struct BoxBuilder {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) role: Role,
    pub(super) version: DnosVersion,
    pub(super) system_type: String,
    pub(super) ports: Vec<PortSpec>,
    pub(super) port_index: HashMap<String, usize>,
    /// Statements by interface; a set, because a device keeps each once.
    pub(super) interfaces: HashMap<String, BTreeSet<String>>,
    pub(super) instances: Vec<Instance>,
    pub(super) instance_index: HashMap<String, usize>,
    /// Bundle numbers that run LACP.
    pub(super) lacp: BTreeSet<u32>,
    pub(super) neighbours: Vec<LldpNeighbour>,
    pub(super) hosts: Vec<HostSpec>,
    pub(super) uplink: Option<Uplink>,
}

/// One bridge domain of one box: the words after `instance NAME`.
pub(super) struct Instance {
    pub(super) name: String,
    pub(super) lines: Vec<String>,
}

/// The bundle towards the tier above, and its far end.
#[derive(Clone)]
pub(super) struct Uplink {
    pub(super) bundle: String,
    pub(super) above: usize,
    pub(super) far_bundle: String,
}

impl BoxBuilder {
    pub(super) fn new(name: &str, role: Role, version: DnosVersion, system_type: &str) -> Self {
        Self {
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
        }
    }

    pub(super) fn port_mut(&mut self, port: &str) -> &mut PortSpec {
        let index = *self
            .port_index
            .get(port)
            .unwrap_or_else(|| panic!("{} has no port {port}", self.name));
        &mut self.ports[index]
    }

    pub(super) fn statement(&mut self, interface: &str, statement: &str) {
        let statements = self.interfaces.entry(interface.to_owned()).or_default();
        statements.insert(statement.to_owned());
    }

    pub(super) fn bundle(&mut self, bundle: &str) {
        self.statement(bundle, "admin-state enabled");
        self.lacp
            .insert(ifname::bundle_number(bundle).expect("a bundle is named bundle-N"));
    }

    pub(super) fn bind(&mut self, port: &str, bundle: &str) {
        let number = ifname::bundle_number(bundle).expect("a bundle is named bundle-N");
        self.statement(port, "admin-state enabled");
        self.statement(port, &format!("bundle-id {number}"));
    }

    pub(super) fn hear(&mut self, port: &str, system: &str, remote_port: &str) {
        self.neighbours.push(LldpNeighbour {
            local_port: port.to_owned(),
            system_name: system.to_owned(),
            remote_port: remote_port.to_owned(),
            ttl: LLDP_TTL,
        });
    }

    /// The statements of an interface that carries layer 2.
    pub(super) fn l2(&mut self, interface: &str, form: &Form) {
        self.statement(interface, "l2-service enabled");
        for statement in form.statements() {
            self.statement(interface, &statement);
        }
    }

    pub(super) fn instance(&mut self, service: &Service) -> &mut Instance {
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

    pub(super) fn member(&mut self, service: &Service, interface: &str, storm: &[String]) {
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

    pub(super) fn build(mut self, index: usize) -> DeviceSpec {
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

    pub(super) fn config(&mut self, index: usize) -> Vec<String> {
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
