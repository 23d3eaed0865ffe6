//! The canonical form: configuration compared on meaning.

use std::borrow::Cow;
use std::collections::BTreeSet;

use bk_model::{AdminState, TagRewrite, Tpid, VlanList};

use crate::path::owner_of;
use crate::statement::{Description, Scope, Setting, TagForm};
use crate::tree::{Leaf, Tree};

/// What a configuration means: its lines with defaults, order, list notation and printed TPIDs evened out (REF 13.9).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Canonical {
    lines: BTreeSet<String>,
}

impl Canonical {
    /// Returns the canonical lines in order.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// Returns the lines that only `self` holds.
    pub fn without<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'a str> {
        self.lines.difference(&other.lines).map(String::as_str)
    }
}

/// Returns the canonical form of a tree.
///
/// Each instance, member, sub-interface and bundle stands as an entry of its own, with or without lines; a port that
/// holds nothing but defaults means nothing, because it exists anyway. Lines that are not understood count as written.
#[must_use]
pub fn canonical(tree: &Tree) -> Canonical {
    canonical_of(tree.leaves())
}

/// Returns the canonical form of some leaves, those of one interface or instance together.
pub(crate) fn canonical_of(leaves: impl IntoIterator<Item = Leaf>) -> Canonical {
    let mut lines = BTreeSet::new();
    let mut last_owner = String::new();
    for leaf in leaves {
        let path = leaf.path.as_str();
        if let Some(owner) = owner_of(path)
            && owner != last_owner
        {
            last_owner.clear();
            last_owner.push_str(owner);
            if !is_port(owner) {
                lines.insert(owner.to_owned());
            }
        }
        if let Some(member) = member_of(path) {
            lines.insert(member.to_owned());
        }
        if let Some(line) = meaning_of(path) {
            lines.insert(line.into_owned());
        }
    }
    Canonical { lines }
}

/// Tells whether two trees mean the same.
#[must_use]
pub fn equal_meaning(left: &Tree, right: &Tree) -> bool {
    canonical(left) == canonical(right)
}

fn is_port(owner: &str) -> bool {
    owner
        .strip_prefix("interfaces ge")
        .is_some_and(|name| !name.contains('.'))
}

fn member_of(path: &str) -> Option<&str> {
    let owner = owner_of(path)?;
    let name = path[owner.len()..].strip_prefix(" interface ")?;
    let end = path.len() - name.len() + name.find(' ').unwrap_or(name.len());
    Some(&path[..end])
}

/// Returns one line with its notation evened out; `None` if it says what holds without it.
#[must_use]
pub fn meaning_of(path: &str) -> Option<Cow<'_, str>> {
    let Some(setting) = Setting::parse(path) else {
        return Some(Cow::Borrowed(path));
    };
    let setting = match setting {
        Setting::InstanceAdminState(_, AdminState::Enabled) | Setting::L2Service(_, AdminState::Disabled) => {
            return None;
        }
        Setting::InterfaceAdminState(interface, state) => {
            let default = if interface.is_physical() && !interface.is_subinterface() {
                AdminState::Disabled
            } else {
                AdminState::Enabled
            };
            if state == default {
                return None;
            }
            Setting::InterfaceAdminState(interface, state)
        }
        Setting::Interface(interface) if interface.is_physical() && !interface.is_subinterface() => {
            return None;
        }
        Setting::MacLearning(Scope::Global, AdminState::Enabled)
        | Setting::MacAgingTime(Scope::Global, 320)
        | Setting::MacTableLimit(Scope::Global, 64000) => return None,
        Setting::Mtu(interface, 1514) if !interface.is_subinterface() => return None,
        Setting::InstanceDescription(bd, text) => Setting::InstanceDescription(bd, quoted(text)),
        Setting::InterfaceDescription(interface, text) => {
            Setting::InterfaceDescription(interface, quoted(text))
        }
        Setting::Tags(interface, form) => Setting::Tags(interface, even_tags(form)),
        Setting::Rewrite(interface, direction, rewrite) => {
            Setting::Rewrite(interface, direction, even_rewrite(rewrite))
        }
        other => other,
    };
    Some(Cow::Owned(setting.to_string()))
}

fn quoted(text: Description) -> Description {
    Description::new(text.as_str()).unwrap_or(text)
}

fn even_tags(form: TagForm) -> TagForm {
    match form {
        TagForm::Untagged => TagForm::Untagged,
        TagForm::Single(vlan, tpid) => TagForm::Single(vlan, not_default(tpid)),
        TagForm::List(list) => match list.single() {
            Some(vlan) => TagForm::Single(vlan, None),
            None => TagForm::List(even_list(list)),
        },
        TagForm::Double(outer, inner, tpid) => TagForm::Double(outer, inner, not_default(tpid)),
        TagForm::DoubleList(outer, list) => TagForm::DoubleList(outer, even_list(list)),
    }
}

fn even_rewrite(rewrite: TagRewrite) -> TagRewrite {
    let outer_tpid = not_default(rewrite.outer_tpid);
    let inner_tpid = not_default(rewrite.inner_tpid);
    TagRewrite {
        outer_tpid,
        inner_tpid,
        ..rewrite
    }
}

fn not_default(tpid: Option<Tpid>) -> Option<Tpid> {
    tpid.filter(|tpid| *tpid != Tpid::default())
}

fn even_list(list: VlanList) -> VlanList {
    let range = |(low, high): &(bk_model::VlanId, bk_model::VlanId)| {
        if low == high {
            low.to_string()
        } else {
            format!("{low}-{high}")
        }
    };
    let ranges: Vec<String> = list.ranges().iter().map(range).collect();
    VlanList::parse(&ranges.join(",")).unwrap_or(list)
}
