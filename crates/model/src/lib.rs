//! The words of the domain: names, VLANs, encapsulation, attachments, bridge domains, fabric.
//!
//! Pure: no input or output, no clock, nothing asynchronous.

pub mod bridge_domain;
pub mod classify;
pub mod encapsulation;
pub mod fabric;
pub mod interface;
pub mod name;
pub mod naming;
pub mod offer;
pub mod pattern;
pub mod service;
pub mod topology;
pub mod version;
pub mod vlan;

pub use bridge_domain::{AdminState, Attachment, BridgeDomain, Member, Service};
pub use classify::DnaasType;
pub use encapsulation::{Encapsulation, Manipulation, TagAction, TagRewrite};
pub use fabric::{Device, Fabric, Interface, Link, LinkEnd, OperState, Tier};
pub use interface::{InterfaceName, Port, SubinterfaceUnit};
pub use name::{BridgeDomainName, DeviceName};
pub use naming::{DeclaredScope, DeviceKey, NameFacts};
pub use pattern::{InvalidPattern, NamePattern};
pub use version::DnosVersion;
pub use vlan::{InvalidVlanId, InvalidVlanList, Tpid, VlanId, VlanList};
