//! Spacing against captures of real devices.

use std::fs;

use super::{cells, practice, shown};
use crate::spec::{LinkState, LldpNeighbour};
use crate::testing::StillFabric;

fn capture(name: &str) -> String {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/dnos/samples");
    let text = fs::read(format!("{path}/{name}")).unwrap();
    String::from_utf8_lossy(&text).replace('\r', "")
}

#[test]
fn interfaces_have_the_captured_columns() {
    let fabric = StillFabric::new(&practice());
    let text = shown(&fabric, "LEAF-A02", "interfaces");
    let ours: Vec<&str> = text.lines().take(5).collect();
    for name in [
        "show_interfaces_cdnos-25.2.txt",
        "session_show-config-vrf_show-interfaces.raw.txt",
    ] {
        let captured = capture(name);
        let from = captured.find("Legend: ").unwrap();
        let captured: Vec<&str> = captured[from..].lines().take(5).collect();
        assert_eq!(ours, captured, "{name}");
    }
    let captured = capture("show_interfaces_cdnos-25.2.txt");
    let line = captured
        .lines()
        .find(|line| line.starts_with("| ge100-0/0/5 "))
        .unwrap();
    let empty = text
        .lines()
        .find(|line| line.starts_with("| ge100-0/0/38 "))
        .unwrap();
    assert_eq!(empty.replace("/38 ", "/5  "), line);
}

#[test]
fn lldp_has_the_captured_shape() {
    let mut spec = practice();
    let device = spec
        .devices
        .iter_mut()
        .find(|device| device.name == "LEAF-B14")
        .unwrap();
    let captured = capture("show_lldp_neighbors_DNAAS-LEAF-B14.txt");
    let rows = cells(&captured);
    // The neighbours of the capture on our ports: the layout follows from the cells.
    device.neighbours = rows[1..]
        .iter()
        .filter(|row| !row[1].is_empty())
        .map(|row| LldpNeighbour {
            local_port: row[0].clone(),
            system_name: row[1].clone(),
            remote_port: row[2].clone(),
            ttl: row[3].parse().unwrap(),
        })
        .collect();
    for port in &mut device.ports {
        port.link = LinkState::Up;
        port.cable = None;
    }
    let config: Vec<String> = device
        .ports
        .iter()
        .map(|port| format!("interfaces {} admin-state enabled", port.name))
        .collect();
    device
        .config
        .retain(|line| !line.ends_with("admin-state disabled"));
    device.config.extend(config);
    let fabric = StillFabric::new(&spec);
    let ours = shown(&fabric, "LEAF-B14", "lldp neighbors");
    let captured: Vec<Vec<String>> = rows;
    assert_eq!(cells(&ours), captured);
    let text = capture("show_lldp_neighbors_DNAAS-LEAF-B14.txt");
    let widths = |line: &str| line.split('|').map(str::len).collect::<Vec<_>>();
    let rule = |text: &str| {
        text.lines()
            .find(|line| line.starts_with("|--"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(rule(&ours), rule(&text));
    let header = |text: &str| widths(text.lines().find(|line| line.starts_with("| Interface")).unwrap());
    assert_eq!(header(&ours), header(&text));
}

#[test]
fn lacp_has_the_captured_layout() {
    let fabric = StillFabric::new(&practice());
    let ours = shown(&fabric, "LEAF-B14", "lacp interfaces");
    let captured = capture("show_lacp_interfaces_DNAAS-LEAF-B14.txt");
    // Lines of the capture with names, keys, ids and addresses made equal.
    let shape = |text: &str| -> Vec<String> {
        let digits = regex::Regex::new(r"[0-9a-f]{2}(:[0-9a-f]{2}){5}|\d+").unwrap();
        text.lines()
            .skip_while(|line| !line.starts_with("System Default"))
            .map(|line| digits.replace_all(line, "N").into_owned())
            .collect()
    };
    let (ours_shape, theirs) = (shape(&ours), shape(&captured));
    let block = theirs
        .iter()
        .position(|line| line.starts_with("| geN-N/N/N"))
        .unwrap();
    assert_eq!(ours_shape[..block], theirs[..block]);
    let row = |text: &str| {
        text.lines()
            .find(|line| line.contains("| actor   | active"))
            .unwrap()
            .to_owned()
    };
    assert_eq!(row(&ours), row(&captured));
    let dark = |text: &str| {
        text.lines()
            .find(|line| line.contains("| partner |    "))
            .unwrap()[15..]
            .to_owned()
    };
    assert_eq!(dark(&ours), dark(&captured));
}

#[test]
fn system_has_the_captured_lines() {
    let fabric = StillFabric::new(&practice());
    let ours = shown(&fabric, "LEAF-A01", "system");
    let captured = capture("show_system_cdnos-25.2.txt");
    let words = |text: &str| -> Vec<String> {
        text.lines()
            .filter(|line| !line.starts_with('|'))
            .map(|line| line.split(':').next().unwrap().to_owned())
            .collect()
    };
    let captured_words: Vec<String> = words(captured.trim_end());
    assert_eq!(words(ours.trim_end()), captured_words);
    let table = |text: &str| {
        text.lines()
            .filter(|line| line.starts_with("| Type") || line.starts_with("+-"))
            .map(str::to_owned)
            .collect::<Vec<_>>()
    };
    assert_eq!(table(&ours), table(&captured));
}
