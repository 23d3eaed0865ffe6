//! What a running configuration says about layer 2, in typed form.
//!
//! The tables and the forwarding read this instead of the tree. Values that do not read are left out:
//! a device accepts only lines of its grammar, so this happens only to opaque text of imported files.

use std::collections::HashMap;

use crate::ifname;
use crate::tree::{Node, Tree};

/// The layer 2 part of one device.
#[derive(Debug, Default)]
pub struct Facts {
    /// Configured interfaces in the order of the device.
    pub interfaces: Vec<Interface>,
    /// Bridge domains in the order of the device.
    pub instances: Vec<Instance>,
    by_name: HashMap<String, usize>,
    by_parent: HashMap<String, Vec<usize>>,
    member_of: HashMap<String, usize>,
    router_of: HashMap<String, usize>,
}

/// One interface as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interface {
    /// For example `ge100-0/0/5.251`.
    pub name: String,
    /// `admin-state`, with the default of its kind if it is not set: physical ports are disabled, all
    /// others enabled (REF 6).
    pub enabled: bool,
    /// Free text.
    pub description: Option<String>,
    /// `l2-service enabled`.
    pub l2_service: bool,
    /// First IPv4 address with its length.
    pub ipv4: Option<String>,
    /// IPv6 address with its length.
    pub ipv6: Option<String>,
    /// `mtu`, in bytes.
    pub mtu: Option<u32>,
    /// The bundle that a port belongs to.
    pub bundle_id: Option<u32>,
    /// Which frames belong to it.
    pub encapsulation: Encapsulation,
    /// What happens to tags of frames that come in.
    pub ingress: Option<Mapping>,
    /// What happens to tags of frames that go out.
    pub egress: Option<Mapping>,
}

/// The tags of an interface (REF 6).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Encapsulation {
    /// No statement: a whole port, or a sub-interface whose VLAN is unknown.
    None,
    /// `untagged`.
    Untagged,
    /// `vlan-id V [tpid T]`.
    Single {
        /// The tag.
        vlan: u16,
        /// As configured, `0x8100` if not.
        tpid: String,
    },
    /// `vlan-id list L`.
    List(Ranges),
    /// `vlan-tags outer-tag O inner-tag I` or `.. inner-tag-list L`.
    Double {
        /// Outer tag.
        outer: u16,
        /// As configured, `0x8100` if not.
        tpid: String,
        /// Inner tag or tags.
        inner: Ranges,
        /// Written as a list.
        listed: bool,
    },
}

/// Tags as a list of ranges, both bounds included, in the written order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ranges(Vec<(u16, u16)>);

/// `vlan-manipulation`: the action and its tags (REF 6.1).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    /// The action word, for example `push`.
    pub action: String,
    /// `outer-tag`.
    pub outer: Option<u16>,
    /// `outer-tpid`.
    pub outer_tpid: Option<String>,
    /// `inner-tag`.
    pub inner: Option<u16>,
    /// `inner-tpid`.
    pub inner_tpid: Option<String>,
}

/// One bridge domain as configured.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Instance {
    /// Its name.
    pub name: String,
    /// `admin-state`, enabled if not set.
    pub enabled: bool,
    /// Free text.
    pub description: Option<String>,
    /// Member interfaces in the order of the device.
    pub members: Vec<String>,
    /// IRB interface.
    pub router_interface: Option<String>,
    /// `mac-learning`, the global value if not set.
    pub learning: bool,
    /// `mac-table-limit` in entries, the global value if not set.
    pub table_limit: u32,
    /// `mac-table-aging-time` in seconds, the global value if not set.
    pub aging_time: u32,
}

/// Defaults of REF 5.
const TABLE_LIMIT: u32 = 64_000;
const AGING_TIME: u32 = 320;

impl Facts {
    /// Reads a running configuration.
    pub fn read(tree: &Tree) -> Self {
        let mut facts = Self::default();
        for node in tree.children(&["interfaces"]) {
            let interface = Interface::read(node);
            let index = facts.interfaces.len();
            facts.by_name.insert(interface.name.clone(), index);
            let parent = ifname::parent(&interface.name).to_owned();
            facts.by_parent.entry(parent).or_default().push(index);
            facts.interfaces.push(interface);
        }
        let path = ["network-services", "bridge-domain"];
        let global =
            MacHandling::default().or(tree.node(&["network-services", "bridge-domain", "mac-handling"]));
        for node in tree.children(&path).filter(|node| first_word(node) == "instance") {
            let instance = Instance::read(node, &global);
            let index = facts.instances.len();
            for member in &instance.members {
                facts.member_of.insert(member.clone(), index);
            }
            if let Some(irb) = &instance.router_interface {
                facts.router_of.insert(irb.clone(), index);
            }
            facts.instances.push(instance);
        }
        facts
    }

    /// The interface with this name.
    pub fn interface(&self, name: &str) -> Option<&Interface> {
        self.by_name.get(name).map(|&index| &self.interfaces[index])
    }

    /// The port or bundle with this name and all its sub-interfaces.
    pub fn on_parent(&self, parent: &str) -> impl Iterator<Item = &Interface> {
        self.by_parent
            .get(parent)
            .into_iter()
            .flatten()
            .map(|&index| &self.interfaces[index])
    }

    /// The bridge domain with this name.
    pub fn instance(&self, name: &str) -> Option<&Instance> {
        self.instances.iter().find(|instance| instance.name == name)
    }

    /// The bridge domain that has this interface as a member.
    pub fn member_of(&self, interface: &str) -> Option<&Instance> {
        self.member_of.get(interface).map(|&index| &self.instances[index])
    }

    /// The bridge domain that this IRB interface routes for.
    pub fn router_of(&self, irb: &str) -> Option<&Instance> {
        self.router_of.get(irb).map(|&index| &self.instances[index])
    }

    /// The ports that belong to a bundle, in the order of the device.
    pub fn bundle_members(&self, bundle: &str) -> impl Iterator<Item = &Interface> {
        let number = ifname::bundle_number(bundle);
        self.interfaces
            .iter()
            .filter(move |port| number.is_some() && port.bundle_id == number)
    }
}

impl Interface {
    fn read(node: &Node) -> Self {
        let name = node.name();
        let enabled = node
            .leaf("admin-state")
            .map_or(!ifname::is_physical(name), |state| state == "enabled");
        let mapping = |direction: &str| {
            node.leaf(&format!("vlan-manipulation {direction}-mapping"))
                .and_then(Mapping::read)
        };
        Self {
            name: name.to_owned(),
            enabled,
            description: node.leaf("description").map(str::to_owned),
            l2_service: node.leaf("l2-service") == Some("enabled"),
            ipv4: node.leaf("ipv4-address").map(str::to_owned),
            ipv6: node.leaf("ipv6-address").map(str::to_owned),
            mtu: node.leaf("mtu").and_then(|mtu| mtu.parse().ok()),
            bundle_id: node.leaf("bundle-id").and_then(|number| number.parse().ok()),
            encapsulation: Encapsulation::read(node).unwrap_or(Encapsulation::None),
            ingress: mapping("ingress"),
            egress: mapping("egress"),
        }
    }
}

impl Encapsulation {
    fn read(node: &Node) -> Option<Self> {
        if node.leaf("untagged").is_some() {
            return Some(Self::Untagged);
        }
        if let Some(value) = node.leaf("vlan-id") {
            return match value.strip_prefix("list ") {
                Some(list) => Some(Self::List(Ranges::read(list)?)),
                None => {
                    let tpid = word_after(value, "tpid").unwrap_or("0x8100").to_owned();
                    Some(Self::Single {
                        vlan: value.split(' ').next()?.parse().ok()?,
                        tpid,
                    })
                }
            };
        }
        let value = node.leaf("vlan-tags")?;
        let outer = word_after(value, "outer-tag")?.parse().ok()?;
        let tpid = word_after(value, "outer-tpid").unwrap_or("0x8100").to_owned();
        if let Some((_, list)) = value.split_once("inner-tag-list ") {
            return Some(Self::Double {
                outer,
                tpid,
                inner: Ranges::read(list)?,
                listed: true,
            });
        }
        let inner = Ranges::read(word_after(value, "inner-tag")?)?;
        Some(Self::Double {
            outer,
            tpid,
            inner,
            listed: false,
        })
    }

    /// How many tags the frames carry at least; a whole port takes any.
    pub fn tags(&self) -> usize {
        match self {
            Self::None | Self::Untagged => 0,
            Self::Single { .. } | Self::List(_) => 1,
            Self::Double { .. } => 2,
        }
    }
}

impl Ranges {
    /// Reads `350,360,400-410`; blanks may stand around and instead of the commas (REF 13, 9).
    pub fn read(text: &str) -> Option<Self> {
        let items = text.split([',', ' ']).filter(|item| !item.is_empty());
        let ranges: Option<Vec<_>> = items
            .map(|item| {
                let (low, high) = item.split_once('-').unwrap_or((item, item));
                Some((low.parse().ok()?, high.parse().ok()?))
            })
            .collect();
        ranges.filter(|ranges| !ranges.is_empty()).map(Self)
    }

    /// True if the tag is in one of the ranges.
    pub fn contains(&self, tag: u16) -> bool {
        self.0.iter().any(|&(low, high)| (low..=high).contains(&tag))
    }

    /// The lowest tag.
    pub fn lowest(&self) -> u16 {
        self.0.iter().map(|&(low, _)| low).min().unwrap_or(0)
    }

    /// True if some tag is in both.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.0
            .iter()
            .any(|&(low, high)| other.0.iter().any(|&(from, to)| low <= to && from <= high))
    }
}

impl std::fmt::Display for Ranges {
    /// `222, 300-310`, as the detail of an interface prints it (REF 8).
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (number, (low, high)) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { ", " };
            if low == high {
                write!(f, "{comma}{low}")?;
            } else {
                write!(f, "{comma}{low}-{high}")?;
            }
        }
        Ok(())
    }
}

impl Mapping {
    fn read(value: &str) -> Option<Self> {
        let number = |word| word_after(value, word).and_then(|tag| tag.parse().ok());
        let text = |word| word_after(value, word).map(str::to_owned);
        Some(Self {
            action: text("action")?,
            outer: number("outer-tag"),
            outer_tpid: text("outer-tpid"),
            inner: number("inner-tag"),
            inner_tpid: text("inner-tpid"),
        })
    }
}

/// The three MAC settings that an instance inherits (REF 5).
struct MacHandling {
    learning: bool,
    table_limit: u32,
    aging_time: u32,
}

impl Default for MacHandling {
    fn default() -> Self {
        Self {
            learning: true,
            table_limit: TABLE_LIMIT,
            aging_time: AGING_TIME,
        }
    }
}

impl MacHandling {
    /// What `node` sets, and the rest from here.
    fn or(&self, node: Option<&Node>) -> Self {
        let leaf = |key: &str| node.and_then(|node| node.leaf(key));
        let number = |key: &str| leaf(key).and_then(|value| value.parse().ok());
        Self {
            learning: leaf("mac-learning").map_or(self.learning, |state| state == "enabled"),
            table_limit: number("mac-table-limit").unwrap_or(self.table_limit),
            aging_time: number("mac-table-aging-time").unwrap_or(self.aging_time),
        }
    }
}

impl Instance {
    fn read(node: &Node, global: &MacHandling) -> Self {
        let child = |word: &'static str| node.children().filter(move |child| first_word(child) == word);
        let mac = global.or(child("mac-handling").next());
        // A leaf that may be given several times carries its value among its words.
        let router = child("router-interface").next().map(|leaf| match leaf.value() {
            "" => leaf.name().to_owned(),
            value => value.to_owned(),
        });
        Self {
            name: node.name().to_owned(),
            enabled: node.leaf("admin-state") != Some("disabled"),
            description: node.leaf("description").map(str::to_owned),
            members: child("interface")
                .map(|member| member.name().to_owned())
                .collect(),
            router_interface: router,
            learning: mac.learning,
            table_limit: mac.table_limit,
            aging_time: mac.aging_time,
        }
    }
}

fn first_word(node: &Node) -> &str {
    node.words().first().map_or("", String::as_str)
}

fn word_after<'v>(value: &'v str, word: &str) -> Option<&'v str> {
    let mut words = value.split(' ');
    words.find(|candidate| *candidate == word)?;
    words.next()
}
