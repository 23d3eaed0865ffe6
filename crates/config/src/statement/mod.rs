//! Typed configuration statements: everything that Bridgekeeper understands of a line, and everything it may send.
//!
//! A [`Setting`] is one line of configuration as a value; a [`Target`] is what a `no` line removes. Both render to the
//! full path from the configuration root (REF 4.3). Order of arguments and words as REF 5 and 6 document them.

mod parse;
mod render;
mod values;

use bk_model::{AdminState, BridgeDomainName, InterfaceName, TagRewrite, VlanId};

pub(crate) use values::is_unsafe;
pub use values::{
    Description, InvalidDescription, NotASubinterface, PacketRate, Subinterface, TagForm, VlanListItem,
};

/// To what a MAC or storm-control line of a bridge domain applies (REF 5).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Scope {
    /// All instances. Read and kept, never sent.
    Global,
    /// One instance.
    Instance(BridgeDomainName),
    /// One member of one instance; storm control only.
    Member(BridgeDomainName, InterfaceName),
}

/// The traffic that a storm-control rate limits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Traffic {
    /// `broadcast-packet-rate`.
    Broadcast,
    /// `multicast-packet-rate`.
    Multicast,
    /// `unknown-unicast-packet-rate`.
    UnknownUnicast,
}

/// The direction of a VLAN manipulation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// `ingress-mapping`.
    Ingress,
    /// `egress-mapping`.
    Egress,
}

/// One configuration line as a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Setting {
    /// `network-services bridge-domain instance B`.
    Instance(BridgeDomainName),
    /// `... instance B admin-state S`.
    InstanceAdminState(BridgeDomainName, AdminState),
    /// `... instance B description "..."`.
    InstanceDescription(BridgeDomainName, Description),
    /// `... instance B interface I`.
    Member(BridgeDomainName, InterfaceName),
    /// `... instance B router-interface irbN`.
    RouterInterface(BridgeDomainName, InterfaceName),
    /// `... mac-handling mac-learning S`.
    MacLearning(Scope, AdminState),
    /// `... mac-handling mac-table-aging-time N`, seconds.
    MacAgingTime(Scope, u32),
    /// `... mac-handling mac-table-limit N`, entries.
    MacTableLimit(Scope, u32),
    /// `... storm-control T-packet-rate R`.
    StormControl(Scope, Traffic, PacketRate),
    /// `interfaces I`, an entry without lines of its own.
    Interface(InterfaceName),
    /// `interfaces I admin-state S`.
    InterfaceAdminState(InterfaceName, AdminState),
    /// `interfaces I description "..."`.
    InterfaceDescription(InterfaceName, Description),
    /// `interfaces I l2-service S`.
    L2Service(InterfaceName, AdminState),
    /// `interfaces I` with one of the exclusive tag forms (REF 6.2).
    Tags(InterfaceName, TagForm),
    /// `interfaces I vlan-manipulation {ingress,egress}-mapping action ...`.
    Rewrite(InterfaceName, Direction, TagRewrite),
    /// `interfaces I mtu N`, bytes.
    Mtu(InterfaceName, u16),
    /// `interfaces P bundle-id N`. Read and kept, never sent: binding a port deletes its sub-interfaces.
    BundleId(InterfaceName, u16),
}

/// What a `no` line removes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Target {
    /// The instance with everything in it.
    Instance(BridgeDomainName),
    /// Its `admin-state`.
    InstanceAdminState(BridgeDomainName),
    /// Its `description`.
    InstanceDescription(BridgeDomainName),
    /// One member with the lines of the membership; the interface itself stays.
    Member(BridgeDomainName, InterfaceName),
    /// `router-interface irbN`.
    RouterInterface(BridgeDomainName, InterfaceName),
    /// `mac-learning`.
    MacLearning(Scope),
    /// `mac-table-aging-time`.
    MacAgingTime(Scope),
    /// `mac-table-limit`.
    MacTableLimit(Scope),
    /// One storm-control rate.
    StormControl(Scope, Traffic),
    /// A sub-interface with all its lines. A port or bundle can't stand here.
    Subinterface(Subinterface),
    /// `admin-state` of an interface.
    InterfaceAdminState(InterfaceName),
    /// `description` of an interface.
    InterfaceDescription(InterfaceName),
    /// `l2-service`.
    L2Service(InterfaceName),
    /// `untagged`.
    Untagged(InterfaceName),
    /// One item of `vlan-id list`, as written.
    VlanListItem(InterfaceName, VlanListItem),
    /// One item of `inner-tag-list`, as written.
    InnerTagListItem(InterfaceName, VlanId, VlanListItem),
    /// One direction of the manipulation.
    Rewrite(InterfaceName, Direction),
    /// Both directions.
    Manipulation(InterfaceName),
    /// `mtu`.
    Mtu(InterfaceName),
}

/// One line that changes the configuration.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// Sets a value or makes an entry.
    Set(Setting),
    /// Removes what stands there.
    Remove(Target),
}

/// Two settings with the same key replace one another.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) enum Key {
    /// A setting that one `no` line removes.
    Target(Target),
    /// A port's or bundle's own entry, which no line removes.
    Port(InterfaceName),
    /// The tag form of an interface, whichever it is.
    Tags(InterfaceName),
    /// `bundle-id`.
    BundleId(InterfaceName),
}

impl Setting {
    /// Returns what two lines that exclude one another have in common.
    pub(crate) fn key(&self) -> Key {
        Key::Target(match self {
            Self::Instance(bd) => Target::Instance(bd.clone()),
            Self::InstanceAdminState(bd, _) => Target::InstanceAdminState(bd.clone()),
            Self::InstanceDescription(bd, _) => Target::InstanceDescription(bd.clone()),
            Self::Member(bd, interface) => Target::Member(bd.clone(), interface.clone()),
            Self::RouterInterface(bd, irb) => Target::RouterInterface(bd.clone(), irb.clone()),
            Self::MacLearning(scope, _) => Target::MacLearning(scope.clone()),
            Self::MacAgingTime(scope, _) => Target::MacAgingTime(scope.clone()),
            Self::MacTableLimit(scope, _) => Target::MacTableLimit(scope.clone()),
            Self::StormControl(scope, traffic, _) => Target::StormControl(scope.clone(), *traffic),
            Self::Interface(interface) => match Subinterface::new(interface.clone()) {
                Ok(interface) => Target::Subinterface(interface),
                Err(_) => return Key::Port(interface.clone()),
            },
            Self::InterfaceAdminState(interface, _) => Target::InterfaceAdminState(interface.clone()),
            Self::InterfaceDescription(interface, _) => Target::InterfaceDescription(interface.clone()),
            Self::L2Service(interface, _) => Target::L2Service(interface.clone()),
            Self::Tags(interface, _) => return Key::Tags(interface.clone()),
            Self::Rewrite(interface, direction, _) => Target::Rewrite(interface.clone(), *direction),
            Self::Mtu(interface, _) => Target::Mtu(interface.clone()),
            Self::BundleId(interface, _) => return Key::BundleId(interface.clone()),
        })
    }
}
