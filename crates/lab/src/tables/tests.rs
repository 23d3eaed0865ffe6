//! Contents against the practice fabric; `layouts` holds the spacing against the captures.

mod layouts;

use chrono::{DateTime, FixedOffset};

use super::{DeviceView, Refusal, TableLayout, show};
use crate::generate;
use crate::spec::FabricSpec;
use crate::testing::StillFabric;

fn now() -> DateTime<FixedOffset> {
    DateTime::parse_from_rfc3339("2026-03-09T18:52:11+02:00").unwrap()
}

fn practice() -> FabricSpec {
    generate::practice(7)
}

/// What a device of the fabric answers to `show <command>`.
fn answer(fabric: &StillFabric, device: &str, layout: TableLayout, command: &str) -> Result<String, Refusal> {
    let view = DeviceView {
        running: fabric.tree(device),
        spec: fabric.hardware(device),
        now: now(),
        fabric,
        layout,
    };
    show(&view, &command.split(' ').collect::<Vec<_>>())
}

fn shown(fabric: &StillFabric, device: &str, command: &str) -> String {
    answer(fabric, device, TableLayout::Captured, command)
        .unwrap_or_else(|refusal| panic!("{command}: {refusal:?}"))
}

/// The cells of every row of a table, trimmed, header first.
fn cells(text: &str) -> Vec<Vec<String>> {
    let rows = text.lines().filter(|line| line.starts_with("| "));
    rows.map(|row| {
        row.trim_matches('|')
            .split('|')
            .map(|cell| cell.trim().to_owned())
            .collect()
    })
    .collect()
}

/// The row of an interface.
fn row(text: &str, interface: &str) -> Vec<String> {
    let marked = format!("{interface} (L2)");
    let found = cells(text)
        .into_iter()
        .find(|row| row[0] == interface || row[0] == marked);
    found.unwrap_or_else(|| panic!("no row of {interface} in\n{text}"))
}

/// Checks rows of `show interfaces`: name, admin, operational, VLAN, MTU, service, bundle.
fn check_interface(device: &str, interface: &str, expected: [&str; 7]) {
    let fabric = StillFabric::new(&practice());
    let row = row(&shown(&fabric, device, "interfaces"), interface);
    let [name, admin, operational, _, _, vlan, mtu, service, bundle] = row.try_into().unwrap();
    assert_eq!(
        [name, admin, operational, vlan, mtu, service, bundle],
        expected,
        "{device} {interface}"
    );
}

#[test]
fn interfaces_tell_state_tags_and_service() {
    check_interface(
        "LEAF-A03",
        "ge100-0/0/31.251",
        [
            "ge100-0/0/31.251 (L2)",
            "enabled",
            "up",
            "251 (v)",
            "1518",
            "BD (g_kestrel_v251)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/18.15005",
        [
            "ge100-0/0/18.15005 (L2)",
            "enabled",
            "up",
            "2121, 1005(i)",
            "1522",
            "BD (g_fennel_v2121)",
            "",
        ],
    );
    check_interface(
        "LEAF-B02",
        "ge100-0/0/28.5180",
        [
            "ge100-0/0/28.5180 (L2)",
            "enabled",
            "up",
            "3180, 251(iv)",
            "1522",
            "BD (TESTER_V3180_IX_SL2)",
            "",
        ],
    );
    check_interface(
        "LEAF-A01",
        "ge100-0/0/24.1810",
        [
            "ge100-0/0/24.1810 (L2)",
            "enabled",
            "up",
            "1 (vm)",
            "1518",
            "BD (g_marten_v1810)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/24.410",
        [
            "ge100-0/0/24.410 (L2)",
            "enabled",
            "up",
            "410 (m)",
            "1518",
            "BD (g_heron_v1856)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/16",
        [
            "ge100-0/0/16 (L2)",
            "enabled",
            "up",
            "(m)",
            "1514",
            "BD (g_heron_v731)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/25.1999",
        [
            "ge100-0/0/25.1999 (L2)",
            "enabled",
            "up",
            "1999",
            "9100",
            "BD (g_heron_v1999)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/20.700",
        [
            "ge100-0/0/20.700 (L2)",
            "enabled",
            "up",
            "700",
            "1518",
            "VRF (default)",
            "",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/36",
        [
            "ge100-0/0/36",
            "enabled",
            "up",
            "",
            "1514",
            "VRF (default)",
            "60000",
        ],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/7",
        ["ge100-0/0/7", "enabled", "down", "", "1514", "VRF (default)", ""],
    );
    check_interface(
        "LEAF-A02",
        "ge100-0/0/14",
        [
            "ge100-0/0/14",
            "disabled",
            "down",
            "",
            "1514",
            "VRF (default)",
            "",
        ],
    );
    check_interface(
        "LEAF-A03",
        "ge100-0/0/11",
        [
            "ge100-0/0/11",
            "disabled",
            "not-present (b)",
            "",
            "1514",
            "VRF (default)",
            "",
        ],
    );
    check_interface(
        "LEAF-A03",
        "ge100-0/0/30.1150",
        [
            "ge100-0/0/30.1150 (L2)",
            "enabled",
            "down",
            "1150",
            "1518",
            "BD (g_kestrel_v1150)",
            "",
        ],
    );
    check_interface(
        "LEAF-B14",
        "bundle-445",
        ["bundle-445", "enabled", "down", "", "1514", "VRF (default)", ""],
    );
    check_interface(
        "SSPINE-1",
        "irb998",
        [
            "irb998",
            "enabled",
            "up",
            "",
            "1514",
            "VRF (default), BD (wren_mgmt_bd)",
            "",
        ],
    );
}

#[test]
fn the_documented_layout_has_its_captions() {
    let fabric = StillFabric::new(&practice());
    let documented = |command: &str| answer(&fabric, "LEAF-A01", TableLayout::Documented, command).unwrap();
    assert!(documented("interfaces").contains("| Bundle-ID "));
    assert!(documented("bridge-domain mac-address-table").contains("| MAC Address "));
    assert!(documented("lacp interfaces").starts_with("Local:\nAggregate Interface: bundle-60000\n"));
}

#[test]
fn lldp_shows_ports_without_and_with_two_neighbours() {
    let fabric = StillFabric::new(&practice());
    let rows = cells(&shown(&fabric, "LEAF-B14", "lldp neighbors"));
    let of = |port: &str| {
        rows.iter()
            .filter(|row| row[0] == port)
            .map(|row| row[1..].to_vec())
            .collect::<Vec<_>>()
    };
    assert_eq!(of("ge100-0/0/5"), [["", "", ""]]);
    assert_eq!(
        of("ge100-0/0/15"),
        [
            ["TESTER-3", "00:00:00:00:00:02", "120"],
            ["TESTER-3", "00:00:00:00:00:03", "120"]
        ]
    );
    assert_eq!(of("ge100-0/0/36"), [["SPINE-2", "ge100-0/0/4", "120"]]);
}

#[test]
fn lldp_goes_dark_with_the_far_port() {
    let mut fabric = StillFabric::new(&practice());
    fabric.edit("SPINE-2", "interfaces ge100-0/0/4 admin-state", &[]);
    let row = row(&shown(&fabric, "LEAF-B14", "lldp neighbors"), "ge100-0/0/36");
    assert_eq!(row[1..], ["", "", ""]);
}

#[test]
fn lacp_keys_are_the_bundle_numbers_of_both_sides() {
    let fabric = StillFabric::new(&practice());
    let text = shown(&fabric, "LEAF-B14", "lacp interfaces bundle-60000");
    assert!(
        text.contains("Mode: active, Period: short, Key: 60000\n"),
        "{text}"
    );
    assert!(text.contains("Mode: active, Key: 60003\n"), "{text}");
    let dark = shown(&fabric, "LEAF-B14", "lacp interfaces bundle-445");
    assert!(dark.contains("Mode: N/A, Key: N/A\n"), "{dark}");
    let port = shown(&fabric, "LEAF-B14", "lacp interfaces ge100-0/0/36");
    assert!(port.starts_with("Aggregate Interface: bundle-60000\n"), "{port}");
}

#[test]
fn both_names_of_a_chassis_tell_one_system() {
    let fabric = StillFabric::new(&practice());
    assert_eq!(
        shown(&fabric, "SSPINE-1", "system name"),
        "System Name: SSPINE-1\n"
    );
    assert!(shown(&fabric, "SSPINE-1", "system").contains("| NCC  | 1 "));
    assert_eq!(
        shown(&fabric, "LEAF-A01", "system version"),
        "System Name: LEAF-A01\nVersion: DNOS [25.2.0] build [500_prod], Copyright 2025 DRIVENETS LTD.\nPatch: N/A\n"
    );
}

#[test]
fn bridge_domain_blocks_have_the_documented_words() {
    let fabric = StillFabric::new(&practice());
    assert_eq!(
        shown(&fabric, "LEAF-A01", "network-services bridge-domain g_birch_v104"),
        "Bridge-Domain: g_birch_v104\n    Description: tester ports of row A\n    Admin State: Up\n\n    Associated \
         interfaces:\n        bundle-60000.104\n        ge100-0/0/9.104\n"
    );
    let names = cells(&shown(&fabric, "LEAF-A01", "network-services bridge-domain"));
    assert!(names.contains(&vec!["g_birch_v104".to_owned()]));
    let all = shown(&fabric, "SSPINE-1", "network-services bridge-domain all");
    assert!(
        all.contains("    Associated IRB interface:\n        irb998\n"),
        "{all}"
    );
}

#[test]
fn the_instance_counts_its_addresses() {
    let fabric = StillFabric::new(&practice());
    let text = shown(&fabric, "SPINE-1", "bridge-domain instance g_birch_v104");
    let table = cells(&shown(
        &fabric,
        "SPINE-1",
        "bridge-domain mac-address-table instance g_birch_v104",
    ));
    let learned = table.len() - 1;
    assert!(learned > 1);
    assert!(
        text.contains(&format!("   current-number-of-mac-entries: {learned}\n")),
        "{text}"
    );
    assert!(text.contains("   Number of local AC interfaces: 2\n"));
    let behind = |bundle: &str| table.iter().filter(|row| row[1] == bundle).count();
    assert_eq!(behind("bundle-60001.104") + behind("bundle-60002.104"), learned);
    assert!(behind("bundle-60001.104") > 0 && behind("bundle-60002.104") > 0);
}

#[test]
fn the_summary_adds_up() {
    let fabric = StillFabric::new(&practice());
    let text = shown(&fabric, "LEAF-B14", "bridge-domain summary");
    let instances = text.lines().filter(|line| line.contains("  / ")).count();
    assert!(
        text.contains(&format!("Number of Bridge-Domain Instances: {instances}\n")),
        "{text}"
    );
}

#[test]
fn a_word_that_is_not_known_is_named_by_its_place() {
    let fabric = StillFabric::new(&practice());
    let refused = |command: &str| answer(&fabric, "LEAF-A01", TableLayout::Captured, command).unwrap_err();
    assert_eq!(refused("interfaces bundle-100"), Refusal::UnknownWord(1));
    assert_eq!(
        refused("interfaces description bundle-100"),
        Refusal::UnknownWord(2)
    );
    assert_eq!(
        refused("network-services bridge-domain nothing"),
        Refusal::UnknownWord(2)
    );
    assert_eq!(refused("bridge-domain instance"), Refusal::Incomplete);
    assert_eq!(
        refused("bridge-domain mac-address-table instance nothing"),
        Refusal::UnknownWord(3)
    );
    assert_eq!(refused("lldp neighbors all"), Refusal::UnknownWord(2));
    assert_eq!(refused("l"), Refusal::UnknownWord(0));
    assert_eq!(refused("network-services"), Refusal::Incomplete);
    assert_eq!(
        shown(&fabric, "LEAF-A01", "lldp nei"),
        shown(&fabric, "LEAF-A01", "lldp neighbors")
    );
}

#[test]
fn the_detail_tells_mappings_and_members() {
    let fabric = StillFabric::new(&practice());
    let text = shown(&fabric, "LEAF-A02", "interfaces ge100-0/0/24.410");
    for line in [
        "Interface ge100-0/0/24.410\n",
        "Network-Service: BD (g_heron_v1856)\n",
        "  Encapsulation: 802.1q, Vlan-Id: 410 (0x8100)\n",
        "  \tIngress mapping: action: swap, PCP: replace, outer: (swap TPID 0x8100, VID 1856)\n",
        "  L2-service state: enabled\n",
    ] {
        assert!(text.contains(line), "{line} in\n{text}");
    }
    let bundle = shown(&fabric, "LEAF-A02", "interfaces detail bundle-60000");
    assert!(bundle.contains("  Number of configured members: 2\n"), "{bundle}");
    assert!(bundle.contains("Speed: 200Gbps"), "{bundle}");
    let description = shown(&fabric, "LEAF-A03", "interfaces description ge100-0/0/29");
    assert_eq!(
        cells(&description)[1],
        ["ge100-0/0/29", "enabled", "up", "spare tester port"]
    );
}

#[test]
fn every_table_answers_on_every_device() {
    let spec = practice();
    let fabric = StillFabric::new(&spec);
    let commands = [
        "interfaces",
        "interfaces detail",
        "interfaces description",
        "network-services bridge-domain",
        "network-services bridge-domain all",
        "bridge-domain instance all",
        "bridge-domain summary",
        "bridge-domain counters",
        "bridge-domain storm-control drops",
        "bridge-domain mac-address-table",
        "bridge-domain mac-address-table detail",
        "lldp",
        "lldp neighbors",
        "lldp neighbors detail",
        "lacp",
        "lacp interfaces",
        "system",
    ];
    for device in &spec.devices {
        for command in commands {
            let text = shown(&fabric, &device.name, command);
            assert!(text.ends_with('\n') && !text.starts_with('\n'), "{command}");
        }
    }
}
