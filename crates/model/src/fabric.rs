//! The fabric: devices, their interfaces, and the links between them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    AdminState, BridgeDomain, DeviceName, DnosVersion, Encapsulation, InterfaceName, Manipulation, Service,
};

/// The place of a device in the fabric (DOMAIN 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tier {
    /// Top: joins spines, may hold access attachments.
    Superspine,
    /// Middle: never holds an access attachment.
    Spine,
    /// Bottom: access.
    Leaf,
    /// Neither name nor topology tells.
    Unknown,
}

/// Operational state of an interface as the device reported it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OperState {
    /// Carries frames.
    Up,
    /// Does not.
    Down,
    /// The hardware is absent, or a breakout disables it.
    NotPresent,
    /// Never read.
    Unknown,
}

/// One interface of a device: what its configuration says, joined with what the tables told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Interface {
    /// The name.
    pub name: InterfaceName,
    /// `admin-state` if written.
    pub admin_state: Option<AdminState>,
    /// Operational state from `show interfaces`.
    pub oper_state: OperState,
    /// `l2-service enabled`.
    pub l2_service: bool,
    /// Which frames belong to it.
    pub encapsulation: Encapsulation,
    /// What happens to their tags.
    pub manipulation: Manipulation,
    /// `mtu` if written, bytes.
    pub mtu: Option<u16>,
    /// The bundle that a physical port belongs to.
    pub bundle: Option<InterfaceName>,
    /// `description` if written.
    pub description: Option<String>,
    /// Whether any L3 line (an address, a VRF) stands on it; then it can't carry an L2 service.
    pub has_l3: bool,
}

/// One device with everything that was derived from its last snapshot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// Name in the inventory.
    pub name: DeviceName,
    /// Its tier.
    pub tier: Tier,
    /// Release, if it was read.
    pub version: Option<DnosVersion>,
    /// Interfaces by name.
    pub interfaces: BTreeMap<InterfaceName, Interface>,
    /// Bridge domain instances in the order of the text.
    pub bridge_domains: Vec<BridgeDomain>,
}

/// One end of a link: the bundle (or lone port) that faces the other device.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct LinkEnd {
    /// The device.
    pub device: DeviceName,
    /// The bundle or port that carries services over the link.
    pub interface: InterfaceName,
}

/// A link between two devices of neighbouring tiers, found by LLDP and LACP.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Link {
    /// The end nearer to the superspine.
    pub upper: LinkEnd,
    /// The end nearer to the leaves.
    pub lower: LinkEnd,
    /// Physical member pairs (upper port, lower port) that LLDP saw.
    pub members: Vec<(InterfaceName, InterfaceName)>,
}

/// Everything known of a fabric at one moment: the base on which drafts are edited and plans are made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fabric {
    /// Devices by name.
    pub devices: BTreeMap<DeviceName, Device>,
    /// Links between them.
    pub links: Vec<Link>,
    /// Services, ordered by name.
    pub services: Vec<Service>,
}
