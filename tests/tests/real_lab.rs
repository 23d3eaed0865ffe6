//! The configurations of a real lab, completed by stated rules, served over SSH and read whole.
#![cfg(test)]

use std::path::Path;

use bk_config::{ConfigText, Coverage, Tree, read_model};
use bk_lab::dialect::Dialect;
use bk_lab::import;
use bk_tests::Scene;

const LAB: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared/lab/derived/flat");

#[tokio::test(flavor = "multi_thread")]
async fn fifty_boxes_are_discovered_and_every_l2_line_is_understood() {
    let spec = import::from_dir(Path::new(LAB), true).unwrap();
    assert!(!spec.notes.is_empty(), "each repair is stated");
    println!("{} repairs, the first: {}", spec.notes.len(), spec.notes[0]);
    assert_eq!(spec.devices.len(), 50, "two of the 51 names are one box");

    // Asserts that every device was read.
    let scene = Scene::with(spec, Dialect::default()).await;
    let devices = scene.app.devices_list().await.unwrap();
    let domains = scene.app.domains_list().await.unwrap();
    let attachments: u32 = domains.iter().map(|domain| domain.access + domain.fabric).sum();

    let (mut coverage, mut instances) = (Coverage::default(), 0);
    for device in scene.fabric.dump() {
        let text = ConfigText::new(device.flattened).unwrap();
        let parsed = read_model(&Tree::read(&text).0);
        instances += parsed.value.bridge_domains.len();
        coverage.add(&parsed.coverage);
    }
    println!(
        "{} devices, {} bridge domains ({instances} instances), {attachments} attachments, {} of {} lines, {} of {} L2 lines",
        devices.len(),
        domains.len(),
        coverage.understood,
        coverage.lines,
        coverage.l2_understood,
        coverage.l2_lines
    );
    for (shape, count) in &coverage.shapes {
        println!("{count:>7}  {shape}");
    }
    assert_eq!(devices.len(), 50);
    assert_eq!(
        devices.iter().map(|device| device.aliases.len()).sum::<usize>(),
        1
    );
    assert_eq!(
        coverage.l2_understood, coverage.l2_lines,
        "{:#?}",
        coverage.shapes
    );
    assert!(domains.len() > 500 && instances > 900 && attachments > 2_000);
    // Each instance of each device is one device of one bridge domain.
    let members: usize = domains.iter().map(|domain| domain.devices.len()).sum();
    assert_eq!(members, instances, "no instance is lost between device and table");

    // Read again, nothing differs from what was read.
    let begun = scene.app.drift_check_start(None).await.unwrap();
    let checked = scene.wait_for(begun).await;
    assert_eq!(checked.state, bk_app::views::ActivityState::Done, "{checked:?}");
    let inbox = scene.app.drift_list().await.unwrap();
    assert!(inbox.open.is_empty() && inbox.closed.is_empty(), "{inbox:#?}");

    let audit = scene.app.audit(None).await.unwrap();
    let of = |kind: &str| {
        audit
            .leftovers
            .iter()
            .filter(|leftover| leftover.kind == kind)
            .count()
    };
    println!(
        "leftovers: {} sub-interfaces, {} instances, {} members, {} fabric attachments; {} kept, {} paths broken, {} lines on {} devices would clean up",
        of("subinterface"),
        of("instance"),
        of("member"),
        of("fabric-attachment"),
        audit
            .leftovers
            .iter()
            .filter(|leftover| leftover.kept.is_some())
            .count(),
        audit.broken.len(),
        audit.lines,
        audit.devices_to_clean
    );
    assert_eq!(audit.devices, 50);
    // Whatever is proposed is proven device by device: making the plan fails otherwise.
    let plan = scene.app.clean_up_plan(None).await.unwrap();
    assert_eq!((plan.lines, plan.reverse_proven), (audit.lines, true));
}
