//! A fabric that stands still, for tests of tables and forwarding.

use std::collections::HashMap;
use std::sync::Arc;

use crate::forwarding::FabricView;
use crate::spec::{DeviceSpec, FabricSpec};
use crate::tree::Tree;

/// Every device with the configuration it starts with, unless it was changed here.
pub(crate) struct StillFabric {
    devices: HashMap<String, (Arc<DeviceSpec>, Arc<Tree>)>,
}

impl StillFabric {
    pub(crate) fn new(spec: &FabricSpec) -> Self {
        let devices = spec.devices.iter().map(|device| {
            let tree = Tree::parse_flattened(&device.config.join("\n"));
            (device.name.clone(), (Arc::new(device.clone()), Arc::new(tree)))
        });
        Self {
            devices: devices.collect(),
        }
    }

    /// Replaces the configuration of a device by its lines without those that `drop` names, and with `add`.
    pub(crate) fn edit(&mut self, device: &str, drop: &str, add: &[&str]) {
        let (spec, tree) = self.devices.get_mut(device).unwrap();
        let mut lines: Vec<&str> = spec.config.iter().map(String::as_str).collect();
        lines.retain(|line| drop.is_empty() || !line.contains(drop));
        lines.extend(add);
        let mut changed = DeviceSpec::clone(spec);
        changed.config = lines.iter().map(|line| (*line).to_owned()).collect();
        *tree = Arc::new(Tree::parse_flattened(&lines.join("\n")));
        *spec = Arc::new(changed);
    }

    pub(crate) fn tree(&self, device: &str) -> &Tree {
        &self.devices[device].1
    }

    pub(crate) fn hardware(&self, device: &str) -> &DeviceSpec {
        &self.devices[device].0
    }
}

impl FabricView for StillFabric {
    fn running(&self, device: &str) -> Option<Arc<Tree>> {
        self.devices.get(device).map(|(_, tree)| Arc::clone(tree))
    }

    fn spec(&self, device: &str) -> Option<Arc<DeviceSpec>> {
        self.devices.get(device).map(|(spec, _)| Arc::clone(spec))
    }
}
