//! Merging the lines of an interface or instance into one value.

use std::collections::{BTreeMap, HashMap};

use bk_model::{
    AdminState, BridgeDomain, BridgeDomainName, Encapsulation, Interface, InterfaceName, Manipulation,
    Member, OperState, VlanList,
};

use super::DeviceConfig;
use crate::path::words;
use crate::statement::{Direction, Scope, Setting, TagForm};

/// Lines read so far. The lines of one object may stand anywhere in the text (DOMAIN 4).
#[derive(Default)]
pub(super) struct Building {
    interfaces: BTreeMap<InterfaceName, (Interface, Tags)>,
    bridge_domains: Vec<BridgeDomain>,
    places: HashMap<BridgeDomainName, usize>,
}

/// The tag lines of one interface.
#[derive(Default)]
struct Tags {
    forms: Vec<TagForm>,
    unread: Vec<String>,
    l2_service: Option<AdminState>,
}

impl Building {
    /// Takes what a line says. `false` if an earlier line says something else, or if it names a bundle that can't be:
    /// then the line explains nothing.
    pub(super) fn take(&mut self, setting: Setting) -> bool {
        match setting {
            Setting::InstanceAdminState(bd, state) => {
                return agree(&mut self.instance(&bd).admin_state, state);
            }
            Setting::InstanceDescription(bd, text) => {
                return agree(&mut self.instance(&bd).description, text.as_str().to_owned());
            }
            Setting::InterfaceAdminState(interface, state) => {
                return agree(&mut self.interface(interface).0.admin_state, state);
            }
            Setting::InterfaceDescription(interface, text) => {
                return agree(
                    &mut self.interface(interface).0.description,
                    text.as_str().to_owned(),
                );
            }
            Setting::L2Service(interface, state) => {
                let (interface, tags) = self.interface(interface);
                if !agree(&mut tags.l2_service, state) {
                    return false;
                }
                interface.l2_service = state == AdminState::Enabled;
            }
            Setting::Rewrite(interface, direction, rewrite) => {
                let manipulation = &mut self.interface(interface).0.manipulation;
                return match direction {
                    Direction::Ingress => agree(&mut manipulation.ingress, rewrite),
                    Direction::Egress => agree(&mut manipulation.egress, rewrite),
                };
            }
            Setting::Mtu(interface, bytes) => return agree(&mut self.interface(interface).0.mtu, bytes),
            Setting::BundleId(interface, bundle) => {
                let (interface, _) = self.interface(interface);
                return InterfaceName::parse(&format!("bundle-{bundle}"))
                    .is_ok_and(|bundle| agree(&mut interface.bundle, bundle));
            }
            Setting::Instance(bd) => {
                self.instance(&bd);
            }
            Setting::Member(bd, interface) => {
                self.member(&bd, interface);
            }
            Setting::RouterInterface(bd, irb) => {
                let known = &mut self.instance(&bd).router_interfaces;
                if !known.contains(&irb) {
                    known.push(irb);
                }
            }
            Setting::MacLearning(scope, _)
            | Setting::MacAgingTime(scope, _)
            | Setting::MacTableLimit(scope, _) => self.scoped(scope),
            Setting::StormControl(scope, ..) => self.scoped(scope),
            Setting::Interface(interface) => {
                self.interface(interface);
            }
            Setting::Tags(interface, form) => {
                let forms = &mut self.interface(interface).1.forms;
                if !forms.contains(&form) {
                    forms.push(form);
                }
            }
        }
        true
    }

    /// Takes what a line tells without being understood: that an instance or an interface exists, that it is routed, that
    /// its tags are not simple.
    pub(super) fn take_unread(&mut self, path: &str) {
        let words: Vec<&str> = words(path).collect();
        match words.as_slice() {
            ["interfaces", name, rest @ ..] => {
                let Ok(name) = InterfaceName::parse(name) else {
                    return;
                };
                let (interface, tags) = self.interface(name);
                match rest.first() {
                    Some(keyword) if is_routed(keyword) => interface.has_l3 = true,
                    Some(
                        &("vlan-id"
                        | "vlan-tags"
                        | "untagged"
                        | "vlan-manipulation"
                        | "l2-originated-vlan-tags"),
                    ) => {
                        tags.unread.push(rest.join(" "));
                    }
                    _ => {}
                }
            }
            ["network-services", "bridge-domain", "instance", name, ..] => {
                if let Ok(name) = BridgeDomainName::new(*name) {
                    self.instance(&name);
                }
            }
            ["network-services", "vrf", "instance", _, "interface", name, ..] => {
                if let Ok(name) = InterfaceName::parse(name) {
                    self.interface(name).0.has_l3 = true;
                }
            }
            _ => {}
        }
    }

    pub(super) fn finish(self) -> DeviceConfig {
        let interfaces = self.interfaces.into_iter().map(|(name, (interface, tags))| {
            let encapsulation = tags.into_encapsulation(&name);
            (
                name,
                Interface {
                    encapsulation,
                    ..interface
                },
            )
        });
        DeviceConfig {
            interfaces: interfaces.collect(),
            bridge_domains: self.bridge_domains,
        }
    }

    fn scoped(&mut self, scope: Scope) {
        match scope {
            Scope::Global => {}
            Scope::Instance(bd) => {
                self.instance(&bd);
            }
            Scope::Member(bd, interface) => self.member(&bd, interface).has_own_lines = true,
        }
    }

    fn instance(&mut self, name: &BridgeDomainName) -> &mut BridgeDomain {
        let next = self.bridge_domains.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.bridge_domains.push(BridgeDomain {
                name: name.clone(),
                admin_state: None,
                description: None,
                router_interfaces: Vec::new(),
                members: Vec::new(),
            });
        }
        &mut self.bridge_domains[place]
    }

    fn member(&mut self, bd: &BridgeDomainName, interface: InterfaceName) -> &mut Member {
        self.interface(interface.clone());
        let members = &mut self.instance(bd).members;
        let place = members
            .iter()
            .position(|member| member.interface == interface)
            .unwrap_or_else(|| {
                members.push(Member {
                    interface,
                    has_own_lines: false,
                });
                members.len() - 1
            });
        &mut members[place]
    }

    fn interface(&mut self, name: InterfaceName) -> &mut (Interface, Tags) {
        self.interfaces.entry(name).or_insert_with_key(|name| {
            let interface = Interface {
                name: name.clone(),
                admin_state: None,
                oper_state: OperState::Unknown,
                l2_service: false,
                encapsulation: Encapsulation::Unknown,
                manipulation: Manipulation::default(),
                mtu: None,
                bundle: None,
                description: None,
                has_l3: false,
            };
            (interface, Tags::default())
        })
    }
}

impl Tags {
    /// One form explains an interface (REF 6.2); a list may be split over several lines (REF 13.9).
    fn into_encapsulation(self, name: &InterfaceName) -> Encapsulation {
        if !self.unread.is_empty() {
            let read = self.forms.iter().map(TagForm::to_string);
            return Encapsulation::Unread {
                lines: read.chain(self.unread).collect(),
            };
        }
        match self.forms.as_slice() {
            [] if name.is_subinterface() => Encapsulation::Unknown,
            [] => Encapsulation::Port,
            [form] => form.clone().into(),
            [first, rest @ ..] => rest
                .iter()
                .try_fold(first.clone(), |whole, form| joined(&whole, form))
                .map_or_else(
                    || Encapsulation::Unread {
                        lines: self.forms.iter().map(TagForm::to_string).collect(),
                    },
                    Encapsulation::from,
                ),
        }
    }
}

/// Sets what no line has set yet. `false` if it is set to something else.
fn agree<T: PartialEq>(known: &mut Option<T>, said: T) -> bool {
    match known {
        Some(known) => *known == said,
        None => {
            *known = Some(said);
            true
        }
    }
}

fn joined(left: &TagForm, right: &TagForm) -> Option<TagForm> {
    let lists = |left: &VlanList, right: &VlanList| VlanList::parse(&format!("{left},{right}")).ok();
    match (left, right) {
        (TagForm::List(left), TagForm::List(right)) => lists(left, right).map(TagForm::List),
        (TagForm::DoubleList(outer, left), TagForm::DoubleList(other, right)) if outer == other => {
            lists(left, right).map(|list| TagForm::DoubleList(*outer, list))
        }
        _ => None,
    }
}

/// Keywords that make an interface a routed one; such an interface can't carry an L2 service (REF 6).
fn is_routed(keyword: &str) -> bool {
    ["ipv4", "ipv6", "mpls", "access-list", "urpf", "arp", "ndp"]
        .iter()
        .any(|start| {
            keyword
                .strip_prefix(start)
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        })
}
