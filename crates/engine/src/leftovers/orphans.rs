//! Objects of one device that its own text shows to carry nothing. The same rule for what a deployment touched and for an
//! audit.

use std::collections::BTreeSet;

use bk_model::{BridgeDomainName, InterfaceName};

use super::Object;
use crate::deploy::lines::LineSet;

const INSTANCE: &str = "network-services bridge-domain instance ";

/// Names, among some objects, sub-interfaces with service lines that no service holds, members without an interface, and
/// instances without a member. A routed sub-interface has a tag and belongs to no instance; an instance may hold a routed
/// interface alone (REF 5, 6).
#[must_use]
pub fn orphans<'a>(objects: impl IntoIterator<Item = &'a str>, lines: &LineSet) -> Vec<Object> {
    let held: BTreeSet<&str> = (lines.iter())
        .filter(|line| line.starts_with("network-services "))
        .filter_map(|line| line.split(" interface ").nth(1)?.split(' ').next())
        .collect();
    let mut found = Vec::new();
    for object in objects {
        if let Some(name) = object.strip_prefix("interfaces ") {
            let has = |word: &str| lines.below(object).any(|line| line.contains(word));
            let routed = has(" ipv4-address ") || has(" ipv6-address ");
            let serves = has(" l2-service enabled") || (has(" vlan-") && !routed);
            if serves && !held.contains(name) {
                let interface = InterfaceName::parse(name).ok();
                let of_none = interface.filter(InterfaceName::is_subinterface);
                found.extend(of_none.map(|interface| Object::Subinterface { interface }));
            }
        } else if let Some(Ok(domain)) = object.strip_prefix(INSTANCE).map(BridgeDomainName::new) {
            found.extend(of_instance(object, &domain, lines));
        }
    }
    found
}

fn of_instance(object: &str, domain: &BridgeDomainName, lines: &LineSet) -> Vec<Object> {
    let members: BTreeSet<&str> = (lines.below(object))
        .filter_map(|line| line.split(" interface ").nth(1)?.split(' ').next())
        .collect();
    let routes = lines
        .below(object)
        .any(|line| line.contains(" router-interface "));
    if lines.holds(object) && members.is_empty() && !routes {
        let domain = domain.clone();
        return vec![Object::Instance { domain }];
    }
    let missing = members
        .into_iter()
        .filter_map(|member| InterfaceName::parse(member).ok());
    missing
        .filter(|member| member.is_subinterface() && !lines.holds(&format!("interfaces {member}")))
        .map(|interface| Object::Member {
            domain: domain.clone(),
            interface,
        })
        .collect()
}
