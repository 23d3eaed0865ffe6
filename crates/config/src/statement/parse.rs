//! Reading lines as typed statements.
//!
//! A line is understood only if its value renders to the same words, so nothing here can lose a word silently.

use bk_model::{AdminState, BridgeDomainName, InterfaceName, TagAction, TagRewrite, Tpid, VlanId, VlanList};

use super::{
    Description, Direction, PacketRate, Scope, Setting, Statement, Subinterface, TagForm, Target, Traffic,
    VlanListItem,
};
use crate::path::words;

impl Setting {
    /// Reads a line with its full path, as [`crate::ConfigPath`] holds it. `None` if it is not understood.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = words(line).collect();
        let setting = match words.as_slice() {
            ["interfaces", interface, rest @ ..] => {
                interface_setting(InterfaceName::parse(interface).ok()?, rest)?
            }
            ["network-services", "bridge-domain", "instance", bd, rest @ ..] => {
                instance_setting(BridgeDomainName::new(*bd).ok()?, rest)?
            }
            ["network-services", "bridge-domain", rest @ ..] => scoped_setting(Scope::Global, rest)?,
            _ => return None,
        };
        reproduces(&setting.to_string(), &words).then_some(setting)
    }
}

impl Target {
    /// Reads what stands after `no`. `None` if it is not understood.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        let words: Vec<&str> = words(line).collect();
        let target = match words.as_slice() {
            ["interfaces", interface, rest @ ..] => {
                interface_target(InterfaceName::parse(interface).ok()?, rest)?
            }
            ["network-services", "bridge-domain", "instance", bd, rest @ ..] => {
                instance_target(BridgeDomainName::new(*bd).ok()?, rest)?
            }
            ["network-services", "bridge-domain", rest @ ..] => scoped_target(Scope::Global, rest)?,
            _ => return None,
        };
        reproduces(&target.to_string(), &words).then_some(target)
    }
}

impl Statement {
    /// Reads a line that sets or, after `no`, removes. `None` if it is not understood.
    #[must_use]
    pub fn parse(line: &str) -> Option<Self> {
        match line.strip_prefix("no ") {
            Some(rest) => Target::parse(rest).map(Self::Remove),
            None => Setting::parse(line).map(Self::Set),
        }
    }
}

fn reproduces(rendered: &str, words: &[&str]) -> bool {
    let mut rest = rendered;
    words.iter().enumerate().all(|(index, word)| {
        let blank = if index == 0 {
            Some(rest)
        } else {
            rest.strip_prefix(' ')
        };
        match blank.and_then(|text| text.strip_prefix(word)) {
            Some(tail) => {
                rest = tail;
                true
            }
            None => false,
        }
    }) && rest.is_empty()
}

fn interface_setting(interface: InterfaceName, words: &[&str]) -> Option<Setting> {
    Some(match words {
        [] => Setting::Interface(interface),
        ["admin-state", state] => Setting::InterfaceAdminState(interface, admin_state(state)?),
        ["description", text] => Setting::InterfaceDescription(interface, Description::read(text)?),
        ["l2-service", state] => Setting::L2Service(interface, admin_state(state)?),
        ["mtu", bytes] => Setting::Mtu(interface, bytes.parse().ok()?),
        ["bundle-id", bundle] => Setting::BundleId(interface, bundle.parse().ok()?),
        ["vlan-manipulation", direction, "action", action, arguments @ ..] => {
            Setting::Rewrite(interface, self::direction(direction)?, rewrite(action, arguments))
        }
        _ => Setting::Tags(interface, tag_form(words)?),
    })
}

fn interface_target(interface: InterfaceName, words: &[&str]) -> Option<Target> {
    Some(match words {
        [] => Target::Subinterface(Subinterface::new(interface).ok()?),
        ["admin-state"] => Target::InterfaceAdminState(interface),
        ["description"] => Target::InterfaceDescription(interface),
        ["l2-service"] => Target::L2Service(interface),
        ["mtu"] => Target::Mtu(interface),
        ["untagged"] => Target::Untagged(interface),
        ["vlan-id", "list", item] => Target::VlanListItem(interface, VlanListItem::parse(item)?),
        ["vlan-tags", "outer-tag", outer, "inner-tag-list", item] => {
            Target::InnerTagListItem(interface, vlan(outer)?, VlanListItem::parse(item)?)
        }
        ["vlan-manipulation"] => Target::Manipulation(interface),
        ["vlan-manipulation", direction] => Target::Rewrite(interface, self::direction(direction)?),
        _ => return None,
    })
}

fn tag_form(words: &[&str]) -> Option<TagForm> {
    Some(match words {
        ["untagged"] => TagForm::Untagged,
        ["vlan-id", "list", items @ ..] => TagForm::List(VlanList::parse(&items.join(" ")).ok()?),
        ["vlan-id", id] => TagForm::Single(vlan(id)?, None),
        ["vlan-id", id, "tpid", tpid] => TagForm::Single(vlan(id)?, Some(Tpid::parse(tpid)?)),
        ["vlan-tags", "outer-tag", outer, "inner-tag", inner] => {
            TagForm::Double(vlan(outer)?, vlan(inner)?, None)
        }
        [
            "vlan-tags",
            "outer-tag",
            outer,
            "inner-tag",
            inner,
            "outer-tpid",
            tpid,
        ] => TagForm::Double(vlan(outer)?, vlan(inner)?, Some(Tpid::parse(tpid)?)),
        ["vlan-tags", "outer-tag", outer, "inner-tag-list", items @ ..] => {
            TagForm::DoubleList(vlan(outer)?, VlanList::parse(&items.join(" ")).ok()?)
        }
        _ => return None,
    })
}

/// Reads the arguments in the documented order; from the first that does not fit, all are kept as written.
fn rewrite(action: &str, arguments: &[&str]) -> TagRewrite {
    let mut rest = arguments;
    let outer = argument(&mut rest, "outer-tag", vlan);
    let outer_tpid = argument(&mut rest, "outer-tpid", Tpid::parse);
    let inner = argument(&mut rest, "inner-tag", vlan);
    let inner_tpid = argument(&mut rest, "inner-tpid", Tpid::parse);
    let rest = (!rest.is_empty()).then(|| rest.join(" "));
    TagRewrite {
        action: TagAction::parse(action),
        outer,
        outer_tpid,
        inner,
        inner_tpid,
        rest,
    }
}

/// Takes `keyword value` from the front of `rest` if it stands there and the value is understood.
fn argument<T>(rest: &mut &[&str], keyword: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
    let [first, value, tail @ ..] = *rest else {
        return None;
    };
    let value = if *first == keyword {
        read(value)?
    } else {
        return None;
    };
    *rest = tail;
    Some(value)
}

fn instance_setting(bd: BridgeDomainName, words: &[&str]) -> Option<Setting> {
    Some(match words {
        [] => Setting::Instance(bd),
        ["admin-state", state] => Setting::InstanceAdminState(bd, admin_state(state)?),
        ["description", text] => Setting::InstanceDescription(bd, Description::read(text)?),
        ["router-interface", irb] => Setting::RouterInterface(bd, InterfaceName::parse(irb).ok()?),
        ["interface", interface] => Setting::Member(bd, InterfaceName::parse(interface).ok()?),
        ["interface", interface, "storm-control", rate @ ..] => {
            storm_control(Scope::Member(bd, InterfaceName::parse(interface).ok()?), rate)?
        }
        _ => scoped_setting(Scope::Instance(bd), words)?,
    })
}

fn instance_target(bd: BridgeDomainName, words: &[&str]) -> Option<Target> {
    Some(match words {
        [] => Target::Instance(bd),
        ["admin-state"] => Target::InstanceAdminState(bd),
        ["description"] => Target::InstanceDescription(bd),
        ["router-interface", irb] => Target::RouterInterface(bd, InterfaceName::parse(irb).ok()?),
        ["interface", interface] => Target::Member(bd, InterfaceName::parse(interface).ok()?),
        ["interface", interface, "storm-control", keyword] => Target::StormControl(
            Scope::Member(bd, InterfaceName::parse(interface).ok()?),
            traffic(keyword)?,
        ),
        _ => scoped_target(Scope::Instance(bd), words)?,
    })
}

fn scoped_setting(scope: Scope, words: &[&str]) -> Option<Setting> {
    Some(match words {
        ["mac-handling", "mac-learning", state] => Setting::MacLearning(scope, admin_state(state)?),
        ["mac-handling", "mac-table-aging-time", seconds] => {
            Setting::MacAgingTime(scope, seconds.parse().ok()?)
        }
        ["mac-handling", "mac-table-limit", entries] => Setting::MacTableLimit(scope, entries.parse().ok()?),
        ["storm-control", rate @ ..] => storm_control(scope, rate)?,
        _ => return None,
    })
}

fn scoped_target(scope: Scope, words: &[&str]) -> Option<Target> {
    Some(match words {
        ["mac-handling", "mac-learning"] => Target::MacLearning(scope),
        ["mac-handling", "mac-table-aging-time"] => Target::MacAgingTime(scope),
        ["mac-handling", "mac-table-limit"] => Target::MacTableLimit(scope),
        ["storm-control", keyword] => Target::StormControl(scope, traffic(keyword)?),
        _ => return None,
    })
}

fn storm_control(scope: Scope, words: &[&str]) -> Option<Setting> {
    let [keyword, rate] = words else { return None };
    let rate = match *rate {
        "disabled" => PacketRate::Disabled,
        rate => PacketRate::PacketsPerSecond(rate.parse().ok()?),
    };
    Some(Setting::StormControl(scope, traffic(keyword)?, rate))
}

fn traffic(keyword: &str) -> Option<Traffic> {
    [Traffic::Broadcast, Traffic::Multicast, Traffic::UnknownUnicast]
        .into_iter()
        .find(|t| t.as_str() == keyword)
}

fn direction(keyword: &str) -> Option<Direction> {
    [Direction::Ingress, Direction::Egress]
        .into_iter()
        .find(|d| d.as_str() == keyword)
}

fn admin_state(word: &str) -> Option<AdminState> {
    match word {
        "enabled" => Some(AdminState::Enabled),
        "disabled" => Some(AdminState::Disabled),
        _ => None,
    }
}

fn vlan(word: &str) -> Option<VlanId> {
    VlanId::try_from(word.parse::<u32>().ok()?).ok()
}
