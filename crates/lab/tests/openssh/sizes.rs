//! Fabrics of every size start, and hold configurations that their own devices would commit.

use bk_lab::generate;
use bk_lab::serve::{Fabric, ServeOptions};
use bk_lab::spec::FabricSpec;
use bk_lab::tree::{PrintOrder, Tree};
use bk_lab::validate::validate;

fn check(spec: &FabricSpec) {
    for device in &spec.devices {
        let text = device.config.join("\n");
        let tree = Tree::parse_flattened(&text);
        let violations = validate(&tree, device);
        assert!(violations.is_empty(), "{}: {violations:#?}", device.name);
        let printed = tree.hierarchical(PrintOrder::Sorted);
        assert!(
            Tree::parse_hierarchical(&printed) == tree,
            "{} changes when read back",
            device.name
        );
    }
}

#[test]
fn generated_fabrics_are_valid() {
    check(&generate::practice(7));
    check(&generate::lab(7));
}

#[tokio::test]
async fn a_thousand_devices_start() {
    let fabric = Fabric::start(generate::scale(7), ServeOptions::default())
        .await
        .unwrap();
    let inventory = fabric.inventory();
    assert_eq!(inventory.len(), 1000);
    let ports: std::collections::BTreeSet<u16> = inventory.iter().map(|device| device.port).collect();
    assert_eq!(ports.len(), 1000);
    fabric.stop().await;
}
