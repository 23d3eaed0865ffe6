//! A fabric while it is being repaired.

use std::collections::{BTreeSet, HashMap};

use crate::ifname;
use crate::spec::{
    DeviceSpec, DnosVersion, FabricSpec, HostSpec, LinkState, LldpNeighbour, PortRef, PortSpec, Role,
};

use super::read::File;

/// All devices, and what was done to them.
pub(super) struct Draft {
    pub(super) devices: Vec<Device>,
    pub(super) notes: Vec<String>,
}

/// One device in parts.
pub(super) struct Device {
    pub(super) name: String,
    pub(super) aliases: Vec<String>,
    pub(super) role: Role,
    /// Statements by interface, in file order.
    pub(super) interfaces: HashMap<String, Vec<String>>,
    pub(super) instances: Vec<Instance>,
    /// Every other line.
    pub(super) others: Vec<String>,
    pub(super) cables: HashMap<String, PortRef>,
    pub(super) neighbours: Vec<LldpNeighbour>,
    pub(super) hosts: Vec<HostSpec>,
    /// Bundles that run LACP.
    pub(super) lacp: BTreeSet<String>,
}

/// One bridge domain of one device.
pub(super) struct Instance {
    pub(super) name: String,
    pub(super) members: Vec<String>,
    /// Everything else after `instance NAME`.
    pub(super) lines: Vec<String>,
}

impl Draft {
    pub(super) fn new(files: Vec<File>) -> Self {
        Self {
            devices: files.into_iter().map(Device::new).collect(),
            notes: Vec::new(),
        }
    }

    /// Records a repair.
    pub(super) fn note(&mut self, rule: u8, device: &str, what: &str) {
        self.notes
            .push(format!("synthetic, rule {rule}: {device}: {what}"));
    }

    pub(super) fn build(self) -> FabricSpec {
        let devices = self
            .devices
            .into_iter()
            .enumerate()
            .map(|(index, device)| device.build(index))
            .collect();
        FabricSpec {
            devices,
            notes: self.notes,
        }
    }
}

impl Device {
    fn new(file: File) -> Self {
        let mut device = Self {
            role: role(&file.name),
            name: file.name,
            aliases: Vec::new(),
            interfaces: HashMap::new(),
            instances: Vec::new(),
            others: Vec::new(),
            cables: HashMap::new(),
            neighbours: Vec::new(),
            hosts: Vec::new(),
            lacp: BTreeSet::new(),
        };
        for line in &file.lines {
            device.take(line);
        }
        device
    }

    /// Sorts one line into its part.
    pub(super) fn take(&mut self, line: &str) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words[..] {
            [
                "network-services",
                "bridge-domain",
                "instance",
                name,
                ref rest @ ..,
            ] => {
                let instance = self.instance(name);
                match rest {
                    ["interface", member] | ["interface", member, "^"] => {
                        let member = (*member).to_owned();
                        if !instance.members.contains(&member) {
                            instance.members.push(member);
                        }
                    }
                    _ => {
                        let rest = rest.join(" ");
                        if !instance.lines.contains(&rest) {
                            instance.lines.push(rest);
                        }
                    }
                }
            }
            ["interfaces", name, ref rest @ ..] => {
                let statements = self.interfaces.entry(name.to_owned()).or_default();
                let rest = rest.join(" ");
                if rest != "^" && !statements.contains(&rest) {
                    statements.push(rest);
                }
            }
            _ => self.others.push(line.to_owned()),
        }
    }

    fn instance(&mut self, name: &str) -> &mut Instance {
        let index = self
            .instances
            .iter()
            .position(|instance| instance.name == name)
            .unwrap_or_else(|| {
                self.instances.push(Instance {
                    name: name.to_owned(),
                    members: Vec::new(),
                    lines: Vec::new(),
                });
                self.instances.len() - 1
            });
        &mut self.instances[index]
    }

    /// The statements of an interface.
    pub(super) fn statements(&self, interface: &str) -> &[String] {
        self.interfaces.get(interface).map_or(&[], Vec::as_slice)
    }

    /// Adds a statement; true if it was not there.
    pub(super) fn add(&mut self, interface: &str, statement: &str) -> bool {
        let statements = self.interfaces.entry(interface.to_owned()).or_default();
        let missing = !statements.iter().any(|known| known == statement);
        if missing {
            statements.push(statement.to_owned());
        }
        missing
    }

    /// Every member with its bridge domain, in file order.
    pub(super) fn members(&self) -> impl Iterator<Item = (&str, &str)> {
        self.instances.iter().flat_map(|instance| {
            instance
                .members
                .iter()
                .map(|member| (instance.name.as_str(), member.as_str()))
        })
    }

    /// All lines of the files.
    pub(super) fn lines(&self) -> BTreeSet<String> {
        self.config().into_iter().collect()
    }

    /// All lines, in the order in which a device prints the blocks.
    fn config(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.others.clone();
        let mut names: Vec<&String> = self.interfaces.keys().collect();
        names.sort_by(|a, b| ifname::natural_cmp(a, b));
        for name in names {
            let statements = self.statements(name);
            if statements.is_empty() {
                lines.push(format!("interfaces {name} ^"));
            }
            lines.extend(
                statements
                    .iter()
                    .map(|statement| format!("interfaces {name} {statement}")),
            );
        }
        for instance in &self.instances {
            let path = format!("network-services bridge-domain instance {}", instance.name);
            lines.extend(instance.lines.iter().map(|line| format!("{path} {line}")));
            let bare = |member: &&String| !self.has_children(instance, member);
            let members = instance.members.iter().filter(bare);
            lines.extend(members.map(|member| format!("{path} interface {member} ^")));
        }
        for bundle in &self.lacp {
            lines.push(format!("protocols lacp interface {bundle} mode active"));
            lines.push(format!("protocols lacp interface {bundle} period short"));
        }
        for port in self
            .neighbours
            .iter()
            .map(|row| &row.local_port)
            .collect::<BTreeSet<_>>()
        {
            lines.push(format!("protocols lldp interface {port} receive enabled"));
            lines.push(format!("protocols lldp interface {port} transmit enabled"));
        }
        lines
    }

    fn has_children(&self, instance: &Instance, member: &str) -> bool {
        let path = format!("interface {member} ");
        instance.lines.iter().any(|line| line.starts_with(&path))
    }

    fn build(self, index: usize) -> DeviceSpec {
        let named = self
            .interfaces
            .keys()
            .chain(self.instances.iter().flat_map(|instance| &instance.members));
        let parents: BTreeSet<&str> = named
            .map(|name| ifname::parent(name))
            .filter(|name| ifname::is_physical(name))
            .collect();
        let mut ports: Vec<PortSpec> = parents.into_iter().map(|name| self.port(name)).collect();
        ports.sort_by(|a, b| ifname::natural_cmp(&a.name, &b.name));
        DeviceSpec {
            config: self.config(),
            ports,
            lacp_system_id: format!("84:40:76:{:02x}:{:02x}:2f", index >> 8, index & 0xff),
            name: self.name,
            aliases: self.aliases,
            version: DnosVersion::new("25.4.13", "146_dev"),
            system_type: if self.role == Role::Superspine {
                "CL-86"
            } else {
                "SA-40C"
            }
            .to_owned(),
            role: self.role,
            neighbours: self.neighbours,
            hosts: self.hosts,
        }
    }

    fn port(&self, name: &str) -> PortSpec {
        let digits: String = name
            .chars()
            .skip_while(|c| !c.is_ascii_digit())
            .take_while(char::is_ascii_digit)
            .collect();
        PortSpec {
            name: name.to_owned(),
            link: LinkState::Up,
            speed_gbps: digits.parse().unwrap_or(100),
            cable: self.cables.get(name).cloned(),
        }
    }
}

/// The tier that a name tells. `superspine` contains `spine`, so it is tested first.
fn role(name: &str) -> Role {
    let name = name.to_ascii_lowercase();
    if name.contains("superspine") || name.contains("sspine") {
        Role::Superspine
    } else if name.contains("spine") {
        Role::Spine
    } else {
        Role::Leaf
    }
}
