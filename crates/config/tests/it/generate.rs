//! Generated settings, texts and edits.

use bk_config::{
    CliLine, Description, Direction, PacketRate, Scope, Setting, Statement, Subinterface, TagForm, Target,
    Traffic, Tree, VlanListItem, apply, to_hierarchical,
};
use bk_model::{AdminState, BridgeDomainName, InterfaceName, TagAction, TagRewrite, Tpid, VlanId, VlanList};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

use crate::support::tree;

pub(crate) fn bridge_domain() -> impl Strategy<Value = BridgeDomainName> {
    let names = vec!["g_kestrel_v251", "l_birch_x", "M_rowan_7", "free-form.name"];
    select(names).prop_map(|name| BridgeDomainName::new(name).unwrap())
}

pub(crate) fn interface() -> impl Strategy<Value = InterfaceName> {
    let names = vec![
        "ge100-0/0/1",
        "ge100-0/0/1.5",
        "ge10-0/0/11/2.9",
        "bundle-5",
        "bundle-5.100",
        "bundle-60000.15005",
    ];
    select(names).prop_map(|name| InterfaceName::parse(name).unwrap())
}

fn subinterface() -> impl Strategy<Value = Subinterface> {
    interface().prop_filter_map("has a unit", |name| Subinterface::new(name).ok())
}

fn state() -> impl Strategy<Value = AdminState> {
    select(vec![AdminState::Enabled, AdminState::Disabled])
}

fn vlan() -> impl Strategy<Value = VlanId> {
    (1u32..=4094).prop_map(|id| VlanId::try_from(id).unwrap())
}

fn list() -> impl Strategy<Value = VlanList> {
    let items = vec((0u32..40, 1u32..80), 1..5).prop_map(|steps| {
        let mut at = 0;
        let item = |(width, gap): (u32, u32)| {
            let low = at + gap + 1;
            at = low + width;
            if width == 0 {
                low.to_string()
            } else {
                format!("{low}-{at}")
            }
        };
        steps.into_iter().map(item).collect::<Vec<_>>()
    });
    (items, select(vec![",", ", ", " "]))
        .prop_map(|(items, separator)| VlanList::parse(&items.join(separator)).unwrap())
}

fn any_tpid() -> impl Strategy<Value = Tpid> {
    select(vec![Tpid::Dot1q, Tpid::Dot1ad, Tpid::X9100, Tpid::X9200])
}

fn tag_form() -> impl Strategy<Value = TagForm> {
    let single_tpid = select(vec![Tpid::Dot1q, Tpid::X9100, Tpid::X9200]);
    prop_oneof![
        Just(TagForm::Untagged),
        (vlan(), option::of(single_tpid)).prop_map(|(vlan, tpid)| TagForm::Single(vlan, tpid)),
        list().prop_map(TagForm::List),
        (vlan(), vlan(), option::of(any_tpid()))
            .prop_map(|(outer, inner, tpid)| TagForm::Double(outer, inner, tpid)),
        (vlan(), list()).prop_map(|(outer, inner)| TagForm::DoubleList(outer, inner)),
    ]
}

fn rewrite() -> impl Strategy<Value = (Direction, TagRewrite)> {
    use TagAction::{
        Pop, PopPop, PopSwap, Preserve, PreservePreserve, PreserveSwap, Push, PushPush, Swap, SwapPush,
        SwapSwap,
    };
    let actions = vec![
        Pop,
        PopPop,
        PreservePreserve,
        Preserve,
        Push,
        Swap,
        PopSwap,
        PushPush,
        SwapPush,
        SwapSwap,
        PreserveSwap,
    ];
    let direction = select(vec![Direction::Ingress, Direction::Egress]);
    (direction, select(actions), vlan(), any_tpid(), vlan(), any_tpid()).prop_map(
        |(direction, action, outer, tpid, inner, inner_tpid)| {
            let has_outer = matches!(action, Push | Swap | PopSwap | PushPush | SwapPush | SwapSwap);
            let has_inner = matches!(action, PushPush | SwapPush | SwapSwap | PreserveSwap);
            let has_tpid =
                has_outer || action == Preserve || action == PreserveSwap && direction == Direction::Ingress;
            let rewrite = TagRewrite {
                action,
                outer: has_outer.then_some(outer),
                outer_tpid: has_tpid.then_some(tpid),
                inner: has_inner.then_some(inner),
                inner_tpid: has_inner.then_some(inner_tpid),
                rest: None,
            };
            (direction, rewrite)
        },
    )
}

fn description() -> impl Strategy<Value = Description> {
    "[a-z][a-z #?|é]{0,20}".prop_map(|text| Description::new(&text).unwrap())
}

fn storm() -> impl Strategy<Value = (Traffic, PacketRate)> {
    let rate = prop_oneof![
        Just(PacketRate::Disabled),
        (10u32..=100_000_000).prop_map(PacketRate::PacketsPerSecond)
    ];
    (
        select(vec![
            Traffic::Broadcast,
            Traffic::Multicast,
            Traffic::UnknownUnicast,
        ]),
        rate,
    )
}

/// Any setting that may be sent.
pub(crate) fn setting() -> impl Strategy<Value = Setting> {
    let scope = prop_oneof![
        bridge_domain().prop_map(Scope::Instance),
        (bridge_domain(), interface()).prop_map(|(bd, interface)| Scope::Member(bd, interface)),
    ];
    let of_instance = prop_oneof![
        2 => bridge_domain().prop_map(Setting::Instance),
        2 => (bridge_domain(), state()).prop_map(|(bd, state)| Setting::InstanceAdminState(bd, state)),
        1 => (bridge_domain(), description()).prop_map(|(bd, text)| Setting::InstanceDescription(bd, text)),
        6 => (bridge_domain(), interface()).prop_map(|(bd, interface)| Setting::Member(bd, interface)),
        1 => (bridge_domain(), 1u16..9).prop_map(|(bd, irb)| Setting::RouterInterface(bd, InterfaceName::parse(&format!("irb{irb}")).unwrap())),
        1 => (bridge_domain(), state()).prop_map(|(bd, state)| Setting::MacLearning(Scope::Instance(bd), state)),
        1 => (bridge_domain(), select(vec![0u32, 60, 120, 320, 640, 1280])).prop_map(|(bd, s)| Setting::MacAgingTime(Scope::Instance(bd), s)),
        1 => (bridge_domain(), 20u32..=64000).prop_map(|(bd, n)| Setting::MacTableLimit(Scope::Instance(bd), n)),
        2 => (scope, storm()).prop_map(|(scope, (traffic, rate))| Setting::StormControl(scope, traffic, rate)),
    ];
    let of_interface = prop_oneof![
        1 => subinterface().prop_map(|interface| Setting::Interface(interface.name().clone())),
        1 => (interface(), state()).prop_map(|(interface, state)| Setting::InterfaceAdminState(interface, state)),
        1 => (interface(), description()).prop_map(|(interface, text)| Setting::InterfaceDescription(interface, text)),
        3 => (interface(), state()).prop_map(|(interface, state)| Setting::L2Service(interface, state)),
        6 => (subinterface(), tag_form()).prop_map(|(interface, form)| Setting::Tags(interface.name().clone(), form)),
        4 => (interface(), rewrite()).prop_map(|(interface, (direction, rewrite))| Setting::Rewrite(interface, direction, rewrite)),
        1 => (interface(), 1514u16..=9300).prop_map(|(interface, bytes)| Setting::Mtu(interface, bytes)),
    ];
    prop_oneof![of_instance, of_interface]
}

/// Any removal that may be sent, of what a setting or a list item makes.
pub(crate) fn target() -> impl Strategy<Value = Target> {
    setting().prop_flat_map(|setting| {
        let targets = match setting {
            Setting::Instance(bd) => vec![Target::Instance(bd)],
            Setting::InstanceAdminState(bd, _) => vec![Target::InstanceAdminState(bd)],
            Setting::InstanceDescription(bd, _) => vec![Target::InstanceDescription(bd)],
            Setting::Member(bd, interface) => vec![Target::Member(bd, interface)],
            Setting::RouterInterface(bd, irb) => vec![Target::RouterInterface(bd, irb)],
            Setting::MacLearning(scope, _) => vec![Target::MacLearning(scope)],
            Setting::MacAgingTime(scope, _) => vec![Target::MacAgingTime(scope)],
            Setting::MacTableLimit(scope, _) => vec![Target::MacTableLimit(scope)],
            Setting::StormControl(scope, traffic, _) => vec![Target::StormControl(scope, traffic)],
            Setting::Interface(interface) => {
                vec![Target::Subinterface(Subinterface::new(interface).unwrap())]
            }
            Setting::InterfaceAdminState(interface, _) => vec![Target::InterfaceAdminState(interface)],
            Setting::InterfaceDescription(interface, _) => vec![Target::InterfaceDescription(interface)],
            Setting::L2Service(interface, _) => vec![Target::L2Service(interface)],
            Setting::Tags(interface, TagForm::List(list)) => VlanListItem::of(&list)
                .into_iter()
                .map(|item| Target::VlanListItem(interface.clone(), item))
                .collect(),
            Setting::Tags(interface, TagForm::DoubleList(outer, list)) => VlanListItem::of(&list)
                .into_iter()
                .map(|item| Target::InnerTagListItem(interface.clone(), outer, item))
                .collect(),
            Setting::Tags(interface, _) => vec![Target::Untagged(interface)],
            Setting::Rewrite(interface, direction, _) => vec![
                Target::Rewrite(interface.clone(), direction),
                Target::Manipulation(interface),
            ],
            Setting::Mtu(interface, _) => vec![Target::Mtu(interface)],
            Setting::BundleId(..) => Vec::new(),
        };
        select(targets)
    })
}

/// Lines that stand in every generated text and that no edit may touch.
const FOREIGN: &str = "system name LEAF-A01\ninterfaces lo0 ipv4-address 10.0.0.1/32\ninterfaces bundle-5 min-links 2\nprotocols lldp interface ge100-0/0/1 receive enabled\n";

/// A text in either form, made of random settings.
pub(crate) fn base() -> impl Strategy<Value = Tree> {
    (vec(setting(), 0..30), any::<bool>()).prop_map(|(settings, nested)| {
        let lines: Vec<CliLine> = settings
            .into_iter()
            .map(|setting| CliLine::set(setting).unwrap())
            .collect();
        let flattened = tree(&apply(&tree(FOREIGN), &lines).unwrap().print());
        if nested {
            to_hierarchical(&flattened)
        } else {
            flattened
        }
    })
}

/// An edit that fits `base`: random lines, and removals of lines that are there; those that don't fit are left out.
pub(crate) fn forward(base: &Tree) -> impl Strategy<Value = Vec<CliLine>> + use<> {
    let standing: Vec<Target> = base
        .leaves()
        .filter_map(|leaf| standing_target(leaf.path.as_str()))
        .collect();
    let removal = if standing.is_empty() {
        target().boxed()
    } else {
        prop_oneof![target(), select(standing)].boxed()
    };
    let statement = prop_oneof![
        setting().prop_map(Statement::Set),
        removal.prop_map(Statement::Remove)
    ];
    let base = base.clone();
    vec(statement, 1..12).prop_map(move |statements| {
        let mut at = base.clone();
        let mut lines = Vec::new();
        for statement in statements {
            let line = CliLine::new(statement).unwrap();
            if let Ok(next) = apply(&at, std::slice::from_ref(&line)) {
                at = next;
                lines.push(line);
            }
        }
        lines
    })
}

fn standing_target(path: &str) -> Option<Target> {
    let words: Vec<&str> = path.split(' ').collect();
    (1..=words.len()).rev().find_map(|count| {
        let target = Target::parse(&words[..count].join(" "))?;
        CliLine::remove(target.clone()).is_ok().then_some(target)
    })
}
