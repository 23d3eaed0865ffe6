//! What a simulated fabric is made of, before anything runs.
//!
//! A [`FabricSpec`] is plain data: the generators and the importer write it, the devices start from it.
//! It holds only what a router cannot invent for itself: its configuration, the ports that exist in
//! hardware, what LLDP heard, and the hosts behind the access ports.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A whole fabric.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FabricSpec {
    /// Every box once, however many names it has.
    pub devices: Vec<DeviceSpec>,
    /// Repairs made while importing, each numbered by its rule and marked synthetic. Empty for generated fabrics.
    pub notes: Vec<String>,
}

impl FabricSpec {
    /// The device with this name or alias.
    pub fn device(&self, name: &str) -> Option<&DeviceSpec> {
        self.devices.iter().find(|device| device.answers_to(name))
    }
}

/// One box at the moment it is switched on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceSpec {
    /// The host name of the CLI, for example `LEAF-A01`.
    pub name: String,
    /// Further names of the same box: a chassis with two route engines answers to one per engine.
    pub aliases: Vec<String>,
    /// The software that `show system version` tells.
    pub version: DnosVersion,
    /// Hardware type, for example `SA-36CD-S`. A type that starts with `CL-` is a cluster.
    pub system_type: String,
    /// Place in the fabric. The device never says it; generators and tests use it.
    pub role: Role,
    /// Running configuration as flattened lines without host name. A line that opens an entry without
    /// leaves ends in ` ^` (REF 4.2).
    pub config: Vec<String>,
    /// The physical ports of the box.
    pub ports: Vec<PortSpec>,
    /// What LLDP heard. A port may appear more than once.
    pub neighbours: Vec<LldpNeighbour>,
    /// Testers and customer hosts behind the access ports.
    pub hosts: Vec<HostSpec>,
    /// LACP system id, six lower-case octets.
    pub lacp_system_id: String,
}

impl DeviceSpec {
    /// True if `name` is the host name or one of the aliases.
    pub fn answers_to(&self, name: &str) -> bool {
        self.name == name || self.aliases.iter().any(|alias| alias == name)
    }

    /// The physical port with this name.
    pub fn port(&self, name: &str) -> Option<&PortSpec> {
        self.ports.iter().find(|port| port.name == name)
    }
}

/// Software version: `Version: DNOS [25.4.13] build [98_prod]` (REF 8).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DnosVersion {
    /// For example `25.4.13`.
    pub release: String,
    /// Build tag; releases before 17.2 print none.
    pub build: Option<String>,
}

impl DnosVersion {
    /// A version with a build tag.
    pub fn new(release: &str, build: &str) -> Self {
        Self {
            release: release.to_owned(),
            build: Some(build.to_owned()),
        }
    }

    /// Major and minor number; parts that are not numbers count as 0.
    pub fn major_minor(&self) -> (u32, u32) {
        let mut parts = self.release.split('.').map(|part| part.parse().unwrap_or(0));
        (parts.next().unwrap_or(0), parts.next().unwrap_or(0))
    }
}

impl fmt::Display for DnosVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DNOS [{}]", self.release)?;
        match &self.build {
            Some(build) => write!(f, " build [{build}]"),
            None => Ok(()),
        }
    }
}

/// Place of a device in the three tiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Role {
    /// Customers and testers attach here.
    Leaf,
    /// Joins the leaves of a row; has no access ports.
    Spine,
    /// Joins the spines; may have access ports of its own.
    Superspine,
}

/// One physical port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortSpec {
    /// For example `ge100-0/0/5` or `ge10-0/0/11/2` (a breakout lane).
    pub name: String,
    /// State of the link, provided the port is enabled.
    pub link: LinkState,
    /// Line rate in Gbit/s.
    pub speed_gbps: u16,
    /// The other end of the cable, if that is a device of this fabric. LLDP may name it differently.
    pub cable: Option<PortRef>,
}

/// A port of a device of this fabric.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PortRef {
    /// The name of the device, never an alias.
    pub device: String,
    /// The physical port.
    pub port: String,
}

/// What the hardware sees on a port.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum LinkState {
    /// Light from the other side.
    Up,
    /// A transceiver without light.
    Down,
    /// No transceiver, or no such port on this line card.
    NotPresent,
    /// The port is split into breakout lanes and cannot be used itself.
    BrokenOut,
}

/// One row of `show lldp neighbors`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LldpNeighbour {
    /// Port of this device.
    pub local_port: String,
    /// System name as the neighbour tells it.
    pub system_name: String,
    /// Port id as the neighbour tells it: a port name, or a MAC address.
    pub remote_port: String,
    /// Time to live in seconds.
    pub ttl: u16,
}

/// A host or tester behind an access port.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HostSpec {
    /// Physical port or bundle it hangs on, without unit.
    pub port: String,
    /// Its source addresses, lower case with colons.
    pub macs: Vec<String>,
    /// Outer tag that it sends; none = untagged frames.
    pub outer_tag: Option<u16>,
    /// Inner tag that it sends.
    pub inner_tag: Option<u16>,
}
