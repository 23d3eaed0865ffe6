//! A configuration in words: one sentence per fact, in an order that does not depend on how it is written.
//!
//! Two texts that mean the same give the same sentences, so that a difference of sentences is a difference of meaning.

use bk_config::{Tree, read_model};
use bk_model::{AdminState, BridgeDomain, Encapsulation, Interface};

use super::sentence::{manipulation_words, tags};

/// Returns the sentences of a configuration; lines that no typed value explains stand as they are written.
pub(super) fn meaning(tree: &Tree) -> String {
    let read = read_model(tree);
    let mut facts: Vec<String> = Vec::new();
    for domain in &read.value.bridge_domains {
        domain_facts(domain, &mut facts);
    }
    for interface in read.value.interfaces.values() {
        interface_facts(interface, &mut facts);
    }
    facts.extend(
        read.unread
            .iter()
            .map(|line| format!("as written: {}", line.path.as_str())),
    );
    facts.sort();
    facts.dedup();
    facts.iter().map(|fact| format!("{fact}\n")).collect()
}

fn domain_facts(domain: &BridgeDomain, facts: &mut Vec<String>) {
    let about = format!("bridge domain {}", domain.name);
    facts.push(about.clone());
    if domain.admin_state == Some(AdminState::Disabled) {
        facts.push(format!("{about} is disabled"));
    }
    if let Some(description) = &domain.description {
        facts.push(format!("{about} is described as {description:?}"));
    }
    facts.extend(
        domain
            .router_interfaces
            .iter()
            .map(|interface| format!("{about} is routed by {interface}")),
    );
    facts.extend(
        domain
            .members
            .iter()
            .map(|member| format!("{about} has the member {}", member.interface)),
    );
}

fn interface_facts(interface: &Interface, facts: &mut Vec<String>) {
    let about = format!("interface {}", interface.name);
    match &interface.encapsulation {
        Encapsulation::Port | Encapsulation::Unknown => {}
        Encapsulation::Untagged => facts.push(format!("{about} takes untagged frames")),
        Encapsulation::List { vlans } if vlans.single().is_some() => {
            facts.push(format!("{about} takes frames of VLAN {vlans}"));
        }
        tagged => facts.extend(tags(tagged).map(|tags| format!("{about} takes frames of VLAN {tags}"))),
    }
    if interface.manipulation != bk_model::Manipulation::default() {
        facts.push(format!(
            "{about} changes tags: {}",
            manipulation_words(&interface.manipulation)
        ));
    }
    // A port is disabled and every other interface enabled unless the configuration says otherwise (REF 13.9).
    let is_port = interface.name.is_physical() && !interface.name.is_subinterface();
    match (interface.admin_state, is_port) {
        (Some(AdminState::Enabled), true) => facts.push(format!("{about} is enabled")),
        (Some(AdminState::Disabled), false) => facts.push(format!("{about} is disabled")),
        _ => {}
    }
    if interface.l2_service {
        facts.push(format!("{about} carries an L2 service"));
    }
    if let Some(mtu) = interface.mtu {
        facts.push(format!("{about} has MTU {mtu}"));
    }
    if let Some(bundle) = &interface.bundle {
        facts.push(format!("{about} belongs to {bundle}"));
    }
    if let Some(description) = &interface.description {
        facts.push(format!("{about} is described as {description:?}"));
    }
}

#[cfg(test)]
mod tests {
    use bk_config::ConfigText;

    use super::*;

    fn check(lines: &[&str], expected: &[&str]) {
        let text = ConfigText::new(lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
        let (tree, problems) = Tree::read_flattened(&text);
        assert_eq!(problems, []);
        assert_eq!(meaning(&tree).lines().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn facts_are_told_in_words_whatever_their_order_and_notation() {
        let expected = [
            "bridge domain g_kestrel_v251",
            "bridge domain g_kestrel_v251 has the member ge100-0/0/5.251",
            "interface ge100-0/0/5.251 carries an L2 service",
            "interface ge100-0/0/5.251 takes frames of VLAN 251",
        ];
        let single = [
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251 ^",
            "network-services bridge-domain instance g_kestrel_v251 admin-state enabled",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "interfaces ge100-0/0/5.251 vlan-id 251",
        ];
        check(&single, &expected);
        let list = [
            "interfaces ge100-0/0/5.251 vlan-id list 251",
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "network-services bridge-domain instance g_kestrel_v251 interface ge100-0/0/5.251 ^",
        ];
        check(&list, &expected);
    }

    #[test]
    fn what_is_not_understood_stands_as_written() {
        let lines = ["protocols lldp admin-state enabled"];
        check(&lines, &["as written: protocols lldp admin-state enabled"]);
    }
}
