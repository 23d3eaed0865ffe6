//! A text with some objects as they were expected.

use std::collections::BTreeSet;

use bk_config::{ConfigText, Tree};
use bk_model::{BridgeDomainName, InterfaceName};

use super::DriftObject;
use super::compare::{instance_of, interface_of, member_of};

/// Returns the flattened tree with each object's lines in place of those that stand there; an object without lines is
/// taken out.
///
/// # Panics
/// Never: the lines were part of texts below the limit.
#[must_use]
pub fn overlay<'a>(tree: &Tree, objects: impl IntoIterator<Item = (&'a DriftObject, &'a [String])>) -> Tree {
    let mut lines: Vec<String> = tree
        .leaves()
        .map(|leaf| {
            let mark = if leaf.is_entry { " ^" } else { "" };
            format!("{}{mark}", leaf.path)
        })
        .collect();
    for (object, expected) in objects {
        let members: BTreeSet<_> = expected.iter().filter_map(|line| member_of(line)).collect();
        lines.retain(|line| !belongs(line, object, expected.is_empty(), &members));
        lines.extend(expected.iter().cloned());
    }
    let mut text = lines.join("\n");
    text.push('\n');
    let text = ConfigText::new(text).expect("parts of texts below the limit");
    Tree::read_flattened(&text).0
}

/// Returns `now` with a bridge domain as `then` has it: its instance and every interface that was or is a member.
#[must_use]
pub fn domain_as_in(now: &Tree, then: &Tree, domain: &BridgeDomainName) -> Tree {
    let members = |tree: &Tree| -> BTreeSet<InterfaceName> {
        tree.leaves()
            .filter(|leaf| instance_of(leaf.path.as_str()).as_ref() == Some(domain))
            .filter_map(|leaf| member_of(leaf.path.as_str()))
            .collect()
    };
    let (was, is) = (members(then), members(now));
    let of_domain = DriftObject::Domain {
        domain: domain.clone(),
    };
    let objects = std::iter::once(of_domain).chain(was.union(&is).map(|interface| DriftObject::Interface {
        interface: interface.clone(),
    }));
    let wanted: Vec<(DriftObject, Vec<String>)> = objects
        .map(|object| {
            let lines = lines_of(then, &object);
            (object, lines)
        })
        .collect();
    overlay(
        now,
        wanted.iter().map(|(object, lines)| (object, lines.as_slice())),
    )
}

/// Returns `now` with objects as `then` has them. The instance of a bridge domain without lines of its own stays while
/// it has members there.
#[must_use]
pub fn objects_as_in(now: &Tree, then: &Tree, objects: &[DriftObject]) -> Tree {
    let stays = |object: &DriftObject| match object {
        DriftObject::Domain { domain } => then
            .leaves()
            .any(|leaf| instance_of(leaf.path.as_str()).as_ref() == Some(domain)),
        _ => false,
    };
    let wanted: Vec<(&DriftObject, Vec<String>)> = objects
        .iter()
        .map(|object| (object, lines_of(then, object)))
        .filter(|(object, lines)| !lines.is_empty() || !stays(object))
        .collect();
    overlay(
        now,
        wanted.iter().map(|(object, lines)| (*object, lines.as_slice())),
    )
}

/// The lines of an object; those of a bridge domain without its members.
fn lines_of(tree: &Tree, object: &DriftObject) -> Vec<String> {
    let none = BTreeSet::new();
    tree.leaves()
        .map(|leaf| leaf.path.as_str().to_owned())
        .filter(|line| belongs(line, object, false, &none))
        .collect()
}

fn belongs(line: &str, object: &DriftObject, goes: bool, members: &BTreeSet<InterfaceName>) -> bool {
    match object {
        DriftObject::Interface { interface } => {
            interface_of(line).as_ref() == Some(interface) || member_of(line).as_ref() == Some(interface)
        }
        DriftObject::Domain { domain } => {
            let of_it = instance_of(line).as_ref() == Some(domain);
            of_it && (goes || member_of(line).is_none_or(|member| members.contains(&member)))
        }
        DriftObject::Statement { path } => line.trim_end_matches(" ^") == path.as_str(),
        DriftObject::Device => false,
    }
}
