//! The two forms of a tree, and the model that is read out of it.

use std::collections::BTreeSet;

use bk_config::{
    CliLine, ConfigPath, DeviceConfig, Setting, Tree, canonical, diff, neighbourhood, read_model,
    restrict_to, to_flattened, to_hierarchical,
};
use bk_model::{AdminState, BridgeDomainName, Encapsulation};

fn paths(tree: &Tree) -> Vec<ConfigPath> {
    tree.leaves().map(|leaf| leaf.path).collect()
}

/// Paths without repetition, and without entries whose lines tell of them.
fn told(tree: &Tree) -> BTreeSet<String> {
    let all: BTreeSet<String> = tree.leaves().map(|leaf| leaf.path.as_str().to_owned()).collect();
    let has_lines = |path: &str| {
        let below = format!("{path} ");
        all.range(below.clone()..)
            .next()
            .is_some_and(|next| next.starts_with(&below))
    };
    all.iter().filter(|path| !has_lines(path)).cloned().collect()
}

/// Both forms hold the same lines, and printing a form is a fixed point.
pub(crate) fn convert(tree: &Tree) {
    let flattened = to_flattened(tree);
    assert_eq!(paths(&flattened), paths(tree), "flattening keeps each line");
    assert_eq!(
        to_flattened(&flattened).print(),
        flattened.print(),
        "flattening twice changes nothing"
    );
    assert!(diff(tree, &flattened).is_empty(), "{:#?}", diff(tree, &flattened));
    let nested = to_hierarchical(tree);
    assert_eq!(told(&nested), told(tree), "nesting keeps each line");
    assert_eq!(
        to_hierarchical(&nested).print(),
        nested.print(),
        "nesting twice changes nothing"
    );
    assert_eq!(told(&to_flattened(&nested)), told(tree));
    if paths(tree).len() == told(tree).len() {
        assert_eq!(
            canonical(&nested),
            canonical(tree),
            "both forms mean the same: {}",
            nested.print()
        );
        for (left, right) in [(tree, &nested), (&nested, tree), (&flattened, &nested)] {
            assert!(diff(left, right).is_empty(), "{:#?}", diff(left, right));
        }
        let (read, again) = (read_model(tree), read_model(&nested));
        assert_eq!(read.value, again.value, "both forms are read alike");
    }
    restricted(&flattened);
}

/// A part of a tree holds the lines of its objects and no others.
fn restricted(flattened: &Tree) {
    let owners: BTreeSet<ConfigPath> = flattened.leaves().filter_map(|leaf| leaf.path.owner()).collect();
    for owner in owners.iter().take(3) {
        let part = restrict_to(flattened, std::slice::from_ref(owner));
        let expected: Vec<_> = paths(flattened)
            .into_iter()
            .filter(|path| path.owner().as_ref() == Some(owner))
            .collect();
        assert_eq!(paths(&part), expected, "the part of {owner}");
        assert_eq!(
            neighbourhood(flattened, std::slice::from_ref(owner)).first(),
            Some(owner)
        );
    }
}

/// Each line is explained by the model, or named as not understood.
pub(crate) fn model(tree: &Tree) {
    let read = read_model(tree);
    let leaves = paths(tree);
    assert_eq!(read.coverage.lines, leaves.len());
    assert_eq!(
        read.coverage.understood + read.unread.len(),
        leaves.len(),
        "each line is understood or named"
    );
    assert_eq!(read.coverage.shapes.values().sum::<usize>(), read.unread.len());
    assert!(read.coverage.l2_understood <= read.coverage.l2_lines);
    let mut unread = read.unread.iter().map(|line| &line.path).peekable();
    for path in &leaves {
        if unread.peek() == Some(&path) {
            unread.next();
            continue;
        }
        let setting = Setting::parse(path.as_str()).unwrap_or_else(|| panic!("{path} has no value"));
        assert_eq!(setting.to_string(), path.as_str(), "a value renders to its line");
        assert!(
            explains(&read.value, &setting),
            "{path} is understood and not in the model"
        );
    }
    assert_eq!(unread.next(), None, "lines not understood stand in the text");
    assert_eq!(read_model(&to_flattened(tree)).value, read.value);
    for path in &leaves {
        if let Ok(line) = CliLine::parse(path.as_str()) {
            assert_eq!(line.statement().to_string(), line.as_str());
            assert!(!line.as_str().contains(char::is_control), "{line:?}");
        }
    }
}

/// Whether the model holds what a line says.
fn explains(model: &DeviceConfig, setting: &Setting) -> bool {
    let instance = |name: &BridgeDomainName| model.bridge_domains.iter().find(|found| found.name == *name);
    match setting {
        Setting::Instance(name) => instance(name).is_some(),
        Setting::InstanceAdminState(name, state) => {
            instance(name).is_some_and(|found| found.admin_state == Some(*state))
        }
        Setting::InstanceDescription(name, text) => {
            instance(name).is_some_and(|found| found.description.as_deref() == Some(text.as_str()))
        }
        Setting::Member(name, interface) => instance(name)
            .is_some_and(|found| found.members.iter().any(|member| member.interface == *interface)),
        Setting::RouterInterface(name, irb) => instance(name).is_some_and(|found| {
            found
                .router_interfaces
                .iter()
                .filter(|found| *found == irb)
                .count()
                == 1
        }),
        // What the model has no place for is only known to be there.
        Setting::MacLearning(..)
        | Setting::MacAgingTime(..)
        | Setting::MacTableLimit(..)
        | Setting::StormControl(..) => true,
        Setting::Interface(name) => model.interfaces.contains_key(name),
        Setting::InterfaceAdminState(name, state) => model.interfaces[name].admin_state == Some(*state),
        Setting::InterfaceDescription(name, text) => {
            model.interfaces[name].description.as_deref() == Some(text.as_str())
        }
        Setting::L2Service(name, state) => {
            model.interfaces[name].l2_service == (*state == AdminState::Enabled)
        }
        Setting::Tags(name, form) => match &model.interfaces[name].encapsulation {
            Encapsulation::Unread { lines } => lines.contains(&form.to_string()),
            Encapsulation::List { vlans } => match form {
                bk_config::TagForm::List(list) => list
                    .ranges()
                    .iter()
                    .all(|(low, high)| vlans.ranges().iter().any(|(from, to)| from <= low && high <= to)),
                _ => false,
            },
            Encapsulation::DoubleList { outer, .. } => {
                matches!(form, bk_config::TagForm::DoubleList(found, _) if found == outer)
            }
            other => *other == form.clone().into(),
        },
        Setting::Rewrite(name, direction, rewrite) => {
            let found = &model.interfaces[name].manipulation;
            match direction {
                bk_config::Direction::Ingress => found.ingress.as_ref() == Some(rewrite),
                bk_config::Direction::Egress => found.egress.as_ref() == Some(rewrite),
            }
        }
        Setting::Mtu(name, bytes) => model.interfaces[name].mtu == Some(*bytes),
        Setting::BundleId(name, bundle) => model.interfaces[name]
            .bundle
            .as_ref()
            .is_some_and(|found| found.to_string() == format!("bundle-{bundle}")),
    }
}
