//! Rendering statements as lines, words and order as REF 5 and 6 document them.

use std::fmt;

use bk_model::{AdminState, TagRewrite};

use super::{Direction, Scope, Setting, Statement, TagForm, Target, Traffic};
use crate::path::{BRIDGE_DOMAIN, INSTANCE};

impl fmt::Display for Statement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Set(setting) => setting.fmt(f),
            Self::Remove(target) => write!(f, "no {target}"),
        }
    }
}

impl fmt::Display for Setting {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(bd) => write!(f, "{INSTANCE} {bd}"),
            Self::InstanceAdminState(bd, state) => write!(f, "{INSTANCE} {bd} admin-state {}", word(*state)),
            Self::InstanceDescription(bd, text) => write!(f, "{INSTANCE} {bd} description {text}"),
            Self::Member(bd, interface) => write!(f, "{INSTANCE} {bd} interface {interface}"),
            Self::RouterInterface(bd, irb) => write!(f, "{INSTANCE} {bd} router-interface {irb}"),
            Self::MacLearning(scope, state) => {
                write!(f, "{scope} mac-handling mac-learning {}", word(*state))
            }
            Self::MacAgingTime(scope, seconds) => {
                write!(f, "{scope} mac-handling mac-table-aging-time {seconds}")
            }
            Self::MacTableLimit(scope, entries) => {
                write!(f, "{scope} mac-handling mac-table-limit {entries}")
            }
            Self::StormControl(scope, traffic, rate) => {
                write!(f, "{scope} storm-control {} {rate}", traffic.as_str())
            }
            Self::Interface(interface) => write!(f, "interfaces {interface}"),
            Self::InterfaceAdminState(interface, state) => {
                write!(f, "interfaces {interface} admin-state {}", word(*state))
            }
            Self::InterfaceDescription(interface, text) => {
                write!(f, "interfaces {interface} description {text}")
            }
            Self::L2Service(interface, state) => {
                write!(f, "interfaces {interface} l2-service {}", word(*state))
            }
            Self::Tags(interface, form) => write!(f, "interfaces {interface} {form}"),
            Self::Rewrite(interface, direction, rewrite) => {
                write!(
                    f,
                    "interfaces {interface} vlan-manipulation {} action ",
                    direction.as_str()
                )?;
                write_rewrite(f, rewrite)
            }
            Self::Mtu(interface, bytes) => write!(f, "interfaces {interface} mtu {bytes}"),
            Self::BundleId(interface, bundle) => write!(f, "interfaces {interface} bundle-id {bundle}"),
        }
    }
}

/// Writes what stands after `no`.
impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Instance(bd) => write!(f, "{INSTANCE} {bd}"),
            Self::InstanceAdminState(bd) => write!(f, "{INSTANCE} {bd} admin-state"),
            Self::InstanceDescription(bd) => write!(f, "{INSTANCE} {bd} description"),
            Self::Member(bd, interface) => write!(f, "{INSTANCE} {bd} interface {interface}"),
            Self::RouterInterface(bd, irb) => write!(f, "{INSTANCE} {bd} router-interface {irb}"),
            Self::MacLearning(scope) => write!(f, "{scope} mac-handling mac-learning"),
            Self::MacAgingTime(scope) => write!(f, "{scope} mac-handling mac-table-aging-time"),
            Self::MacTableLimit(scope) => write!(f, "{scope} mac-handling mac-table-limit"),
            Self::StormControl(scope, traffic) => write!(f, "{scope} storm-control {}", traffic.as_str()),
            Self::Subinterface(interface) => write!(f, "interfaces {interface}"),
            Self::InterfaceAdminState(interface) => write!(f, "interfaces {interface} admin-state"),
            Self::InterfaceDescription(interface) => write!(f, "interfaces {interface} description"),
            Self::L2Service(interface) => write!(f, "interfaces {interface} l2-service"),
            Self::Untagged(interface) => write!(f, "interfaces {interface} untagged"),
            Self::VlanListItem(interface, item) => write!(f, "interfaces {interface} vlan-id list {item}"),
            Self::InnerTagListItem(interface, outer, item) => {
                write!(
                    f,
                    "interfaces {interface} vlan-tags outer-tag {outer} inner-tag-list {item}"
                )
            }
            Self::Rewrite(interface, direction) => write!(
                f,
                "interfaces {interface} vlan-manipulation {}",
                direction.as_str()
            ),
            Self::Manipulation(interface) => write!(f, "interfaces {interface} vlan-manipulation"),
            Self::Mtu(interface) => write!(f, "interfaces {interface} mtu"),
        }
    }
}

impl fmt::Display for TagForm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Untagged => f.write_str("untagged"),
            Self::Single(vlan, None) => write!(f, "vlan-id {vlan}"),
            Self::Single(vlan, Some(tpid)) => write!(f, "vlan-id {vlan} tpid {tpid}"),
            Self::List(vlans) => write!(f, "vlan-id list {vlans}"),
            Self::Double(outer, inner, None) => write!(f, "vlan-tags outer-tag {outer} inner-tag {inner}"),
            Self::Double(outer, inner, Some(tpid)) => {
                write!(
                    f,
                    "vlan-tags outer-tag {outer} inner-tag {inner} outer-tpid {tpid}"
                )
            }
            Self::DoubleList(outer, inner) => write!(f, "vlan-tags outer-tag {outer} inner-tag-list {inner}"),
        }
    }
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Global => f.write_str(BRIDGE_DOMAIN),
            Self::Instance(bd) => write!(f, "{INSTANCE} {bd}"),
            Self::Member(bd, interface) => write!(f, "{INSTANCE} {bd} interface {interface}"),
        }
    }
}

impl Traffic {
    /// Returns the keyword.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Broadcast => "broadcast-packet-rate",
            Self::Multicast => "multicast-packet-rate",
            Self::UnknownUnicast => "unknown-unicast-packet-rate",
        }
    }
}

impl Direction {
    /// Returns the keyword.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ingress => "ingress-mapping",
            Self::Egress => "egress-mapping",
        }
    }
}

fn word(state: AdminState) -> &'static str {
    match state {
        AdminState::Enabled => "enabled",
        AdminState::Disabled => "disabled",
    }
}

/// Writes the action with its arguments in the documented order (REF 6.1).
fn write_rewrite(f: &mut fmt::Formatter<'_>, rewrite: &TagRewrite) -> fmt::Result {
    f.write_str(rewrite.action.as_str())?;
    if let Some(tag) = rewrite.outer {
        write!(f, " outer-tag {tag}")?;
    }
    if let Some(tpid) = rewrite.outer_tpid {
        write!(f, " outer-tpid {tpid}")?;
    }
    if let Some(tag) = rewrite.inner {
        write!(f, " inner-tag {tag}")?;
    }
    if let Some(tpid) = rewrite.inner_tpid {
        write!(f, " inner-tpid {tpid}")?;
    }
    match &rewrite.rest {
        Some(rest) => write!(f, " {rest}"),
        None => Ok(()),
    }
}
