use bk_config::{CliLine, apply};

use super::{Action, CleanUp, DeviceScan, LeftBehind, ScanState, Scanned, advise, scan};
use crate::drift::{Difference, Seen, compare};
use crate::fixtures::{device, lab};
use crate::leftovers::audit;
use crate::ports::Facts;

const KESTREL: &str = "network-services bridge-domain instance g_kestrel_v251";

/// Scans a device of the small lab after another engineer typed these lines.
fn scanned(on: &str, typed: &[&str]) -> (DeviceScan, Vec<Difference>) {
    let lab = lab();
    let name = device(on);
    let lines: Vec<CliLine> = typed.iter().map(|line| CliLine::parse(line).unwrap()).collect();
    let expected = &lab.trees[&name];
    let live = apply(expected, &lines).unwrap();
    let seen = Seen {
        device: &name,
        fabric: &lab.fabric,
        planned: None,
    };
    let differences = compare(expected, &live, seen);
    let leftovers = lab
        .on_base(|base| audit(base, Some(&[name.clone()].into())))
        .unwrap()
        .leftovers;
    let scan = scan(Scanned {
        device: &name,
        expected,
        live: &live,
        facts: &Facts::default(),
        differences: &differences,
        leftovers: &leftovers,
        links: &lab.fabric.links,
    });
    (scan, differences)
}

/// The rows that are not in sync, with what they are about, and what else differs.
fn told(scan: &DeviceScan, differences: &[Difference]) -> Vec<String> {
    let about = |places: &[usize]| -> Vec<String> {
        let object = |place: &usize| differences[*place].object.to_string();
        places.iter().map(object).collect()
    };
    let line = |kind: &str, name: &dyn std::fmt::Display, state: ScanState, places: &[usize]| {
        (state != ScanState::InSync).then(|| format!("{kind} {name} {state:?}: {}", about(places).join(", ")))
    };
    let domains = (scan.domains.iter()).filter_map(|row| line("domain", &row.name, row.state, &row.about));
    let vlans = (scan.vlans.iter()).filter_map(|row| line("vlan", &row.interface, row.state, &row.about));
    let states = (scan.states.iter()).filter_map(|row| line("l2", &row.interface, row.state, &row.about));
    let others = about(&scan.others)
        .into_iter()
        .map(|object| format!("other {object}"));
    domains.chain(vlans).chain(states).chain(others).collect()
}

#[track_caller]
fn check(on: &str, typed: &[&str], expected: &[&str]) {
    let (scan, differences) = scanned(on, typed);
    assert_eq!(told(&scan, &differences), expected);
    // Nothing that differs is out of sight.
    let rows = (scan.domains.iter().map(|row| &row.about))
        .chain(scan.vlans.iter().map(|row| &row.about))
        .chain(scan.states.iter().map(|row| &row.about))
        .chain([&scan.others]);
    let shown: std::collections::BTreeSet<usize> = rows.flatten().copied().collect();
    assert_eq!(shown.len(), differences.len(), "{scan:#?}");
}

#[test]
fn a_device_as_expected_is_in_sync_row_by_row() {
    check("LEAF-B01", &[], &[]);
    let (scan, _) = scanned("LEAF-B01", &[]);
    let names: Vec<String> = scan.vlans.iter().map(|row| row.interface.to_string()).collect();
    assert_eq!(names, ["ge100-0/0/12.251", "bundle-60000.251"]);
    let domain = &scan.domains[0];
    assert_eq!(domain.live, domain.expected);
    assert_eq!(domain.live.unwrap().attachments, 2);
    assert_eq!(domain.live.unwrap().vlan.unwrap().get(), 251);
    let totals = scan.totals(&[]);
    assert_eq!((totals.in_sync, totals.differs, totals.leftovers), (3, 0, 0));
}

#[test]
fn what_differs_shows_where_it_matters() {
    check(
        "LEAF-B01",
        &["interfaces ge100-0/0/12.251 vlan-id 252"],
        &[
            "domain g_kestrel_v251 Differs: ge100-0/0/12.251",
            "vlan ge100-0/0/12.251 Differs: ge100-0/0/12.251",
        ],
    );
    check(
        "LEAF-B01",
        &["no interfaces ge100-0/0/12.251 l2-service"],
        &[
            "domain g_kestrel_v251 Differs: ge100-0/0/12.251",
            "l2 ge100-0/0/12.251 Differs: ge100-0/0/12.251",
        ],
    );
    check(
        "LEAF-B01",
        &["interfaces ge100-0/0/12.251 description \"moved\""],
        &["other ge100-0/0/12.251"],
    );
    check(
        "LEAF-B01",
        &[&format!("{KESTREL} description \"moved\"")],
        &["domain g_kestrel_v251 Differs: g_kestrel_v251"],
    );
}

#[test]
fn what_only_one_side_has_is_named_so() {
    check(
        "LEAF-B01",
        &[
            "interfaces ge100-0/0/12.700 l2-service enabled",
            "interfaces ge100-0/0/12.700 vlan-id 700",
        ],
        &[
            "vlan ge100-0/0/12.700 NotInRecords: ge100-0/0/12.700",
            "l2 ge100-0/0/12.700 NotInRecords: ge100-0/0/12.700",
        ],
    );
    check(
        "LEAF-B01",
        &[
            &format!("no {KESTREL} interface ge100-0/0/12.251"),
            "no interfaces ge100-0/0/12.251",
        ],
        &[
            "domain g_kestrel_v251 Differs: ge100-0/0/12.251",
            "vlan ge100-0/0/12.251 Missing: ge100-0/0/12.251",
            "l2 ge100-0/0/12.251 Missing: ge100-0/0/12.251",
        ],
    );
    check(
        "LEAF-B01",
        &["network-services bridge-domain instance g_wren_v9 admin-state enabled"],
        &["domain g_wren_v9 NotInRecords: g_wren_v9"],
    );
}

#[test]
fn members_of_an_instance_that_is_gone_are_told_by_its_event() {
    check(
        "LEAF-B01",
        &[&format!("no {KESTREL}")],
        &[
            "domain g_kestrel_v251 Missing: g_kestrel_v251",
            "vlan ge100-0/0/12.251 Differs: g_kestrel_v251",
            "vlan bundle-60000.251 Differs: g_kestrel_v251",
        ],
    );
}

#[test]
fn another_way_to_write_the_same_is_in_sync() {
    // The small lab writes this tag as a list of one.
    check(
        "LEAF-A01",
        &[
            "no interfaces ge100-0/0/31.251 vlan-id list 251",
            "interfaces ge100-0/0/31.251 vlan-id 251",
        ],
        &[],
    );
}

#[test]
fn each_object_counts_once() {
    let (scan, differences) = scanned(
        "LEAF-B01",
        &[
            &format!("no {KESTREL} interface ge100-0/0/12.251"),
            "no interfaces ge100-0/0/12.251",
            "interfaces ge100-0/0/12.700 l2-service enabled",
            "interfaces ge100-0/0/12.700 vlan-id 700",
        ],
    );
    let totals = scan.totals(&differences);
    assert_eq!(
        (
            totals.in_sync,
            totals.differs,
            totals.not_in_records,
            totals.missing,
            totals.leftovers
        ),
        (1, 1, 1, 1, 1)
    );
}

#[test]
fn leftovers_are_told_with_what_a_clean_up_does() {
    let left = |scan: &DeviceScan, name: &str| -> LeftBehind {
        let mut rows = scan.states.iter().filter(|row| row.interface.to_string() == name);
        rows.next().unwrap().left.clone().unwrap()
    };
    let (scan, differences) = scanned("LEAF-A01", &[]);
    assert!(differences.is_empty());
    assert_eq!(left(&scan, "ge100-0/0/8.400").clean_up, CleanUp::Removes);

    let (scan, _) = scanned("LEAF-B01", &["interfaces ge100-0/0/12.700 vlan-id 700"]);
    assert_eq!(left(&scan, "ge100-0/0/12.700").clean_up, CleanUp::NotInRecords);
}

#[test]
fn the_best_choice_stands_first() {
    use Action::{CleanUp, Leave, OpenDomain, Override, Sync};
    let first = |on: &str, typed: &[&str]| -> Vec<Action> {
        let (scan, differences) = scanned(on, typed);
        let rows = scan
            .states
            .iter()
            .map(|row| (row.state, &row.about, row.left.as_ref()));
        let rows = rows.chain(scan.vlans.iter().map(|row| (row.state, &row.about, None)));
        let mut off = rows.filter(|(state, _, left)| *state != ScanState::InSync || left.is_some());
        let (state, about, left) = off.next().unwrap();
        let about: Vec<&Difference> = about.iter().map(|place| &differences[*place]).collect();
        advise(state, &about, left, false)
    };
    // An end is lost.
    assert_eq!(
        first("LEAF-B01", &["interfaces ge100-0/0/12.251 vlan-id 252"]),
        [Override, Sync, Leave]
    );
    // Somebody's new end.
    assert_eq!(
        first(
            "LEAF-B01",
            &[
                "interfaces ge100-0/0/12.700 vlan-id 700",
                "interfaces ge100-0/0/12.700 l2-service enabled",
                &format!("{KESTREL} interface ge100-0/0/12.700"),
            ]
        ),
        [Sync, Override, Leave]
    );
    // It carries nothing, and the records don't know it; then they do.
    assert_eq!(
        first("LEAF-B01", &["interfaces ge100-0/0/12.700 vlan-id 700"]),
        [Override, Sync, Leave]
    );
    assert_eq!(first("LEAF-A01", &[]), [CleanUp]);
    assert_eq!(advise(ScanState::InSync, &[], None, true), []);
    let (_, differences) = scanned("LEAF-B01", &["interfaces ge100-0/0/12.251 vlan-id 252"]);
    let all: Vec<&Difference> = differences.iter().collect();
    assert_eq!(
        advise(ScanState::Differs, &all, None, true),
        [Override, Sync, Leave, OpenDomain]
    );
}
