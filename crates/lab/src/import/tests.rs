//! The rules on small files, and the whole of the lab's files.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use crate::facts::Facts;
use crate::forwarding::Network;
use crate::spec::FabricSpec;
use crate::testing::StillFabric;
use crate::tree::Tree;
use crate::validate::validate;

use super::{ImportError, from_dir};

/// A folder `flat` with these files inside a folder of its own.
fn folder(files: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let dir = TempDir::new().unwrap();
    let flat = dir.path().join("flat");
    fs::create_dir(&flat).unwrap();
    for (name, text) in files {
        fs::write(flat.join(name), text).unwrap();
    }
    (dir, flat)
}

/// Repairs the files and checks the notes of all rules but 7, 9 and 10.
fn check(files: &[(&str, &str)], notes: &[&str]) -> FabricSpec {
    let (_dir, flat) = folder(files);
    let fabric = from_dir(&flat, true).unwrap();
    let everywhere = ["rule 7:", "rule 9:", "rule 10:"];
    let told: Vec<&str> = fabric
        .notes
        .iter()
        .map(String::as_str)
        .filter(|note| !everywhere.iter().any(|rule| note.contains(rule)))
        .collect();
    assert_eq!(told, notes);
    check_commits(&fabric);
    fabric
}

fn check_commits(fabric: &FabricSpec) {
    for device in &fabric.devices {
        let tree = Tree::parse_flattened(&device.config.join("\n"));
        assert_eq!(validate(&tree, device), [], "{}", device.name);
    }
}

fn member(service: &str, interface: &str) -> String {
    format!("network-services bridge-domain instance {service} interface {interface} ^\n")
}

#[test]
fn two_engines_are_one_box() {
    let text = "network-services bridge-domain instance g_wren_v5 admin-state enabled\n";
    let more = format!("{text}network-services bridge-domain instance g_wren_v6 admin-state enabled\n");
    let fabric = check(
        &[("SSPINE-D04-NCC0.txt", text), ("SSPINE-D04-NCC1.txt", &more)],
        &["synthetic, rule 1: SSPINE-D04-NCC0: is one box with SSPINE-D04-NCC1, 1 further lines"],
    );
    assert_eq!(fabric.devices.len(), 1);
    assert_eq!(fabric.devices[0].aliases, ["SSPINE-D04-NCC1"]);
}

#[test]
fn an_interface_stays_in_its_first_service() {
    let text = [
        member("g_wren_v5", "ge100-0/0/1.5"),
        member("g_wren_v6", "ge100-0/0/1.5"),
        "interfaces ge100-0/0/1.5 vlan-id 5\n".to_owned(),
    ];
    check(
        &[("LEAF-A01.txt", &text.concat())],
        &["synthetic, rule 2: LEAF-A01: ge100-0/0/1.5 stays in g_wren_v5, leaves g_wren_v6"],
    );
}

#[test]
fn an_irb_routes_for_its_domain() {
    let fabric = check(
        &[("SSPINE-D04.txt", &member("g_wren_v5", "irb5"))],
        &["synthetic, rule 3: SSPINE-D04: irb5 is the router-interface of g_wren_v5"],
    );
    let wanted = "network-services bridge-domain instance g_wren_v5 router-interface irb5";
    assert!(fabric.devices[0].config.iter().any(|line| line == wanted));
}

#[test]
fn mappings_come_in_pairs() {
    let text = [
        member("g_wren_v5", "ge100-0/0/1"),
        member("g_wren_v5", "ge100-0/0/2"),
        "interfaces ge100-0/0/1 vlan-manipulation ingress-mapping action push outer-tag 5 outer-tpid 0x8100\n"
            .to_owned(),
        "interfaces ge100-0/0/2 vlan-manipulation egress-mapping action pop\n".to_owned(),
    ];
    check(
        &[("LEAF-A01.txt", &text.concat())],
        &[
            "synthetic, rule 4: LEAF-A01: ge100-0/0/1 in g_wren_v5: vlan-manipulation egress-mapping action pop",
            "synthetic, rule 4: LEAF-A01: ge100-0/0/2 in g_wren_v5: vlan-manipulation ingress-mapping action push \
             outer-tag 5 outer-tpid 0x8100",
        ],
    );
}

#[test]
fn a_missing_tag_is_the_service_or_the_unit_or_free() {
    let text = [
        member("g_wren_v5", "ge100-0/0/1.7"),
        member("g_wren_v5", "ge100-0/0/2.7"),
        member("g_wren_v9", "ge100-0/0/3.9"),
        member("g_wren_v9", "ge100-0/0/4.60001"),
        "interfaces ge100-0/0/1.7 vlan-id 5\n".to_owned(),
    ];
    check(
        &[("LEAF-A01.txt", &text.concat())],
        &[
            "synthetic, rule 5: LEAF-A01: ge100-0/0/2.7 in g_wren_v5: vlan-id 5 (the tag of the service)",
            "synthetic, rule 5: LEAF-A01: ge100-0/0/3.9 in g_wren_v9: vlan-id 9 (its unit)",
            "synthetic, rule 5: LEAF-A01: ge100-0/0/4.60001 in g_wren_v9: vlan-id 9 (the tag of the service)",
        ],
    );
}

#[test]
fn tags_do_not_overlap_on_a_port() {
    let text = "interfaces ge100-0/0/1.5 vlan-id 5\ninterfaces ge100-0/0/1.6 vlan-id 5\n";
    check(
        &[("LEAF-A01.txt", text)],
        &["synthetic, rule 6: LEAF-A01: ge100-0/0/1.6 has tags of ge100-0/0/1.5: vlan-id 2"],
    );
}

#[test]
fn tiers_are_joined_and_frames_pass() {
    let end = |uplink: &str| {
        [
            member("g_wren_v5", uplink),
            member("g_wren_v5", "ge100-0/0/1.5"),
            format!("interfaces {uplink} vlan-id 5\ninterfaces ge100-0/0/1.5 vlan-id 5\n"),
        ]
        .concat()
    };
    let spine = [
        member("g_wren_v5", "bundle-60001.5"),
        member("g_wren_v5", "bundle-60002.5"),
        "interfaces bundle-60001.5 vlan-id 5\ninterfaces bundle-60002.5 vlan-id 5\n".to_owned(),
    ];
    let fabric = check(
        &[
            ("LEAF-A01.txt", &end("bundle-60000.5")),
            ("LEAF-A02.txt", &end("bundle-60000.5")),
            ("SPINE-A08.txt", &spine.concat()),
        ],
        &[
            "synthetic, rule 8: LEAF-A01: bundle-60000 over ge100-0/0/36, ge100-0/0/37 to SPINE-A08 bundle-60001 over \
             ge100-0/0/0, ge100-0/0/1 (nearest in the row, most services in common)",
            "synthetic, rule 8: LEAF-A02: bundle-60000 over ge100-0/0/36, ge100-0/0/37 to SPINE-A08 bundle-60002 over \
             ge100-0/0/2, ge100-0/0/3 (nearest in the row, most services in common)",
        ],
    );
    let still = StillFabric::new(&fabric);
    let network = Network::new(&still);
    for device in ["LEAF-A01", "LEAF-A02", "SPINE-A08"] {
        assert_eq!(network.learned(device, None).len(), 2, "{device}");
    }
}

#[test]
fn inferred_links_come_first() {
    let (dir, flat) = folder(&[
        ("LEAF-A01.txt", "interfaces bundle-60000.5 vlan-id 5\n"),
        ("SPINE-A08.txt", ""),
    ]);
    let list = r#"[{"device": "SPINE-A08", "bundle": "bundle-60007", "bds": 3, "best_leaf": "LEAF-A01"}]"#;
    fs::write(dir.path().join("fabric_links_inferred.json"), list).unwrap();
    let fabric = from_dir(&flat, true).unwrap();
    assert!(
        fabric
            .notes
            .iter()
            .any(|note| note.contains("SPINE-A08 bundle-60007") && note.contains("as inferred"))
    );
    fs::write(dir.path().join("fabric_links_inferred.json"), "{").unwrap();
    assert!(matches!(from_dir(&flat, true), Err(ImportError::Links { .. })));
}

#[test]
fn without_repair_files_stand_as_they_are() {
    let text = member("g_wren_v5", "ge100-0/0/1.7");
    let (_dir, flat) = folder(&[("LEAF-A01.txt", &text)]);
    let fabric = from_dir(&flat, false).unwrap();
    assert_eq!(fabric.notes, Vec::<String>::new());
    assert_eq!(fabric.devices[0].config, [text.trim()]);
    assert_eq!(fabric.devices[0].ports.len(), 1);
}

#[test]
fn errors_name_file_and_line() {
    let wrong = |text: &str| {
        let (_dir, flat) = folder(&[("LEAF-A01.txt", text)]);
        let error = from_dir(&flat, true).unwrap_err().to_string();
        let at = error
            .find("LEAF-A01")
            .unwrap_or_else(|| panic!("{error} names no file"));
        error[at..].to_owned()
    };
    assert_eq!(
        wrong("# remark\n\ninterfaces ge100-0/0/1.5 vlan-id 0\n"),
        "LEAF-A01.txt, line 3: a word that no device takes: `interfaces ge100-0/0/1.5 vlan-id 0`"
    );
    assert_eq!(
        wrong("interfaces ge100-0/0/1.5 vlan-id 4095"),
        "LEAF-A01.txt, line 1: a word that no device takes: `interfaces ge100-0/0/1.5 vlan-id 4095`"
    );
    assert_eq!(
        wrong("LEAF-A01# show config\n"),
        "LEAF-A01.txt, line 1: no configuration starts with this word: `LEAF-A01# show config`"
    );
    assert_eq!(
        wrong("interfaces ge100-0/0/1 description \u{1b}[31m\n"),
        "LEAF-A01.txt, line 1: a control character: `interfaces ge100-0/0/1 description \\u{1b}[31m`"
    );
}

#[test]
fn empty_and_missing_folders_are_told() {
    let (dir, flat) = folder(&[]);
    assert!(matches!(from_dir(&flat, true), Err(ImportError::Empty { .. })));
    assert!(matches!(
        from_dir(&dir.path().join("none"), true),
        Err(ImportError::Folder { .. })
    ));
}

#[test]
fn the_real_lab_is_fifty_boxes() {
    let dir = Path::new(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/lab/derived/flat"
    ));
    let plain = from_dir(dir, false).unwrap();
    assert_eq!(plain.devices.len(), 51);
    let fabric = from_dir(dir, true).unwrap();
    assert_eq!(fabric.devices.len(), 50);
    check_commits(&fabric);
    let facts: Vec<Facts> = fabric
        .devices
        .iter()
        .map(|device| Facts::read(&Tree::parse_flattened(&device.config.join("\n"))))
        .collect();
    let names: BTreeSet<&str> = facts
        .iter()
        .flat_map(|facts| &facts.instances)
        .map(|instance| instance.name.as_str())
        .collect();
    assert_eq!(names.len(), 524);
    let members: usize = facts
        .iter()
        .flat_map(|facts| &facts.instances)
        .map(|instance| instance.members.len())
        .sum();
    let rule = |number: u8| {
        let marker = format!("rule {number}:");
        fabric.notes.iter().filter(|note| note.contains(&marker)).count()
    };
    println!("boxes 50, bridge domains 524, members {members}");
    for number in 1..=10 {
        println!("rule {number}: {} notes", rule(number));
    }
    assert_eq!(rule(1), 1);
    assert_eq!(rule(2), 8, "interfaces in two services");
    assert_eq!(rule(8), 49, "every leaf and spine is joined");
    assert!(
        fabric
            .notes
            .iter()
            .all(|note| note.starts_with("synthetic, rule "))
    );
}
