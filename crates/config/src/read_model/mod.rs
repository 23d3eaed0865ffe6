//! From lines to the model: interfaces and bridge domains, with everything that was not understood.

mod build;
mod shape;

use std::collections::BTreeMap;

use bk_model::{BridgeDomain, Interface, InterfaceName, TagAction};

use crate::path::{BRIDGE_DOMAIN, ConfigPath, below, owner_of};
use crate::statement::Setting;
use crate::tree::Tree;

pub use shape::line_shape;

/// What one device's configuration says about L2 services.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DeviceConfig {
    /// Every interface that has a line or is named by an instance. Operational state is unknown.
    pub interfaces: BTreeMap<InterfaceName, Interface>,
    /// Instances in the order of the text.
    pub bridge_domains: Vec<BridgeDomain>,
}

/// A value with the lines that it does not explain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Parsed<T> {
    /// What was understood.
    pub value: T,
    /// What was not, in the order of the text.
    pub unread: Vec<UnreadLine>,
    /// How much was understood.
    pub coverage: Coverage,
}

/// A line that no typed value explains. It stays in the tree, and no plan touches it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnreadLine {
    /// The line.
    pub path: ConfigPath,
    /// The line with numbers and names abstracted, see [`line_shape`].
    pub shape: String,
    /// Whether it belongs to a bridge domain or to the L2 part of an interface.
    pub is_l2: bool,
}

/// How many lines were understood.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Leaves and entries without leaves.
    pub lines: usize,
    /// Those whose typed value renders to the same words.
    pub understood: usize,
    /// Lines of bridge domains and of the L2 part of interfaces.
    pub l2_lines: usize,
    /// Those understood.
    pub l2_understood: usize,
    /// Lines not understood, by shape, with their number.
    pub shapes: BTreeMap<String, usize>,
}

impl Coverage {
    /// Adds the figures of another device.
    pub fn add(&mut self, other: &Self) {
        self.lines += other.lines;
        self.understood += other.understood;
        self.l2_lines += other.l2_lines;
        self.l2_understood += other.l2_understood;
        for (shape, count) in &other.shapes {
            *self.shapes.entry(shape.clone()).or_default() += count;
        }
    }
}

/// Reads interfaces and bridge domains out of a tree.
///
/// Never fails and drops nothing: what no typed value explains stands in [`Parsed::unread`], and so does a line that
/// contradicts one before it.
#[must_use]
pub fn read_model(tree: &Tree) -> Parsed<DeviceConfig> {
    let mut building = build::Building::default();
    let mut unread = Vec::new();
    let mut coverage = Coverage::default();
    for leaf in tree.leaves() {
        let setting = Setting::parse(leaf.path.as_str());
        let is_l2 = is_l2(leaf.path.as_str());
        let mut is_understood = setting.as_ref().is_some_and(is_explained);
        match setting {
            Some(setting) => is_understood &= building.take(setting),
            None => building.take_unread(leaf.path.as_str()),
        }
        coverage.lines += 1;
        coverage.l2_lines += usize::from(is_l2);
        coverage.understood += usize::from(is_understood);
        coverage.l2_understood += usize::from(is_l2 && is_understood);
        if !is_understood {
            let shape = line_shape(&leaf.path);
            *coverage.shapes.entry(shape.clone()).or_default() += 1;
            unread.push(UnreadLine {
                path: leaf.path,
                shape,
                is_l2,
            });
        }
    }
    Parsed {
        value: building.finish(),
        unread,
        coverage,
    }
}

/// Tells whether a line belongs to a bridge domain or to the L2 part of an interface (REF 5, 6).
fn is_l2(path: &str) -> bool {
    if below(path, BRIDGE_DOMAIN) {
        return true;
    }
    let Some(owner) = owner_of(path) else { return false };
    let keyword = path[owner.len()..]
        .trim_start()
        .split(' ')
        .next()
        .unwrap_or_default();
    matches!(
        keyword,
        "l2-service" | "vlan-id" | "vlan-tags" | "untagged" | "vlan-manipulation" | "l2-originated-vlan-tags"
    )
}

/// Words that are only kept, not explained, do not count as understood.
fn is_explained(setting: &Setting) -> bool {
    match setting {
        Setting::Rewrite(_, _, rewrite) => {
            rewrite.rest.is_none() && !matches!(rewrite.action, TagAction::Other(_))
        }
        _ => true,
    }
}
