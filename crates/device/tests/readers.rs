//! The readers of device text against anything a device could send: they give an answer and never panic.

use bk_device::platforms::dnos::{
    ConfigPart,
    answers::{read_clear, read_commit, read_line, unknown_word},
    compare::read_delta,
    config::{device_time, read_part},
    interfaces::{read_bridge_domain_names, read_interfaces},
    macs::read_macs,
    neighbours::{read_lacp, read_lldp},
    rollback::read_rollback,
    sessions::read_sessions,
    system::{read_commit_state, read_version},
    table::{Piece, read_tables},
};
use proptest::prelude::*;

/// Text made of the pieces that device answers are made of, in any order.
fn device_text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("| "),
        Just(" |"),
        Just("|----+----|"),
        Just("+----+"),
        Just("\n"),
        Just("Interface"),
        Just("ge100-0/0/1.251 (L2)"),
        Just("Added:"),
        Just("  + "),
        Just("\t- "),
        Just("ERROR: Unknown word: 'x'."),
        Just("# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC]"),
        Just("# LEAF-A01 config-end"),
        Just("[x] birch via cli commit confirm, rollback in 99999999999999999999 minutes"),
        Just("Aggregate Interface: bundle-1"),
        Just("        Mode: active, Key: 1"),
        Just("Version: DNOS [25.4"),
        Just("\u{fffd}\u{202e}\u{1f600}"),
    ];
    prop_oneof![
        proptest::collection::vec(piece, 0..40).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #[test]
    fn no_text_is_too_odd(text in device_text()) {
        let ours = std::net::SocketAddr::from(([192, 0, 2, 2], 56356));
        let _ = read_commit(&text, std::slice::from_ref(&text), "kestrel");
        let _ = (read_clear(&text, std::slice::from_ref(&text)), read_line(&text), unknown_word(&text));
        let _ = (read_delta(&text), device_time(&text), read_part(ConfigPart::Interfaces, &text));
        let _ = (read_bridge_domain_names(&text), read_macs(&text), read_rollback(&text));
        let _ = (read_sessions(&text, ours), read_commit_state(&text), read_version(&text));
        let _ = (read_interfaces(&text), read_lldp(&text), read_lacp(&text));
    }

    /// No line that is not blank disappears: it is a row, an odd row, a header, a separator, or a line of its own.
    #[test]
    fn tables_lose_nothing(text in device_text()) {
        let mut lines = 0;
        for piece in read_tables(&text) {
            lines += match piece {
                Piece::Line(_) => 1,
                Piece::Table(table) => 2 + table.rows.len() + table.odd_rows.len(),
            };
        }
        let separators = text.lines().filter(|line| {
            line.trim().starts_with(['|', '+']) && line.contains('-') && line.trim().chars().all(|c| "|+-".contains(c))
        });
        let filled = text.lines().filter(|line| !line.trim().is_empty()).count();
        prop_assert!(lines <= filled && filled <= lines + separators.count(), "{lines} of {filled}");
    }
}

const INTERFACES: &str =
    "| Interface | Admin | Operational | MTU | Network-Service |\n|---+---+---+---+---|\n";
const LLDP: &str =
    "| Interface | Neighbor System Name | Neighbor interface | Neighbor TTL |\n|---+---+---+---|\n";
const LACP: &str = "| Interface | Role | Port State | Protocol State |\n|---+---+---+---|\n";

/// The names of the rows that are read, and the number of those that are not.
fn interfaces(rows: &str) -> (Vec<String>, usize) {
    let read = read_interfaces(&format!("{INTERFACES}{rows}")).expect("the table is there");
    let names = read.rows.iter().map(|row| row.name.to_string());
    (names.collect(), read.unread.len())
}

#[test]
fn a_cell_that_is_not_understood_leaves_its_row_unread() {
    for odd in [
        "| bundle-1 | enabbled | up | 1514 | VRF (default) |\n",
        "| bundle-1 | enabled | up | 99999 | VRF (default) |\n",
        "| bundle-1 | enabled | up | big | VRF (default) |\n",
        "| bundle-1 (L2 | enabled | up | 1514 | VRF (default) |\n",
        "| bundle-1 | enabled | up | 1514 | VRF | default |\n",
    ] {
        assert_eq!(interfaces(odd), (Vec::new(), 1), "{odd}");
    }
    assert_eq!(
        interfaces("| bundle-1 (L2) | | not-present | | |\n"),
        (vec!["bundle-1".to_owned()], 0)
    );
}

/// Half a name is another name.
#[test]
fn a_row_that_goes_on_in_the_next_is_not_read() {
    let rows = "| bundle-1.2 | enabled | up | 1514 | |\n| bundle-60000.1 | enabled | up | 1514 | VRF (def |\n| | | | | ault) |\n";
    assert_eq!(interfaces(rows), (vec!["bundle-1.2".to_owned()], 2));
    let read = read_lldp(&format!(
        "{LLDP}| ge100-0/0/1 | SPINE- | ge100-0/0/2 | 120 |\n| | 17 | | |\n"
    ))
    .expect("a table");
    assert_eq!((read.rows.len(), read.unread.len()), (0, 2));
}

/// What a neighbour calls itself is the neighbour's choice.
#[test]
fn a_bar_in_a_name_moves_no_cells() {
    let read = read_lldp(&format!(
        "{LLDP}| ge100-0/0/1 | SPINE-1 | ge100-0/0/9 | ge100-0/0/2 | 120 |\n"
    ))
    .expect("a table");
    assert_eq!((read.rows.len(), read.unread.len()), (0, 1));
    let read = read_lldp(&format!("{LLDP}| no port | | | |\n| ge100-0/0/1 | | | |\n")).expect("a table");
    assert_eq!((read.rows.len(), read.unread.len()), (0, 1));
    assert_eq!(read_bridge_domain_names("| Name |\n|------|\n| a | b |\n"), None);
}

/// Bundles with their keys and members, and the number of lines that are not read.
fn lacp(text: &str) -> (Vec<String>, usize) {
    let read = read_lacp(text).expect("no error");
    let show = |bundle: &bk_engine::ports::LacpBundleFact| {
        let members: Vec<_> = bundle
            .members
            .iter()
            .map(|(port, sync)| format!("{port}:{sync}"))
            .collect();
        format!(
            "{} {:?} {:?} {}",
            bundle.bundle,
            bundle.local_key,
            bundle.peer_key,
            members.join(",")
        )
    };
    (read.rows.iter().map(show).collect(), read.unread.len())
}

#[test]
fn lacp_lines_belong_to_the_bundle_above_or_to_none() {
    let documented = format!(
        "Local:\nAggregate Interface: bundle-21\nMode: active, Period: short, Key: 21\n\nPeer:\nMode: active, Key: 1\n{LACP}| ge100-1/1/1 | actor | active | ascd |\n\n\
         Local:\nAggregate Interface: bundle-22\nMode: active, Period: short, Key: 22\n\nPeer:\nMode: N/A, Key: N/A\n"
    );
    assert_eq!(
        lacp(&documented),
        (
            vec![
                "bundle-21 Some(21) Some(1) ge100-1/1/1:true".to_owned(),
                "bundle-22 Some(22) None ".to_owned()
            ],
            0
        )
    );
    // A bundle that is not understood takes its lines with it: heading, two keys, one member.
    let unknown = format!(
        "Aggregate Interface: bundle-1\nLocal:\nMode: active, Key: 1\nAggregate Interface: bundle-x\nLocal:\nMode: active, Key: 5\nPeer:\nMode: active, Key: 6\n{LACP}| ge100-0/0/1 | actor | active | ascd |\n"
    );
    assert_eq!(lacp(&unknown), (vec!["bundle-1 Some(1) None ".to_owned()], 4));
    assert_eq!(lacp("Aggregate Interface: ge100-0/0/1\n"), (Vec::new(), 1));
    let early = format!("{LACP}| ge100-0/0/1 | actor | active | ascd |\n| odd |\n");
    assert_eq!(lacp(&early), (Vec::new(), 2));
}

#[test]
fn lacp_values_that_are_not_understood_are_named() {
    let block = |lines: &str| lacp(&format!("Aggregate Interface: bundle-1\nLocal:\n{lines}"));
    assert_eq!(
        block("Mode: active, Key: 99999999999\n"),
        (vec!["bundle-1 None None ".to_owned()], 1)
    );
    assert_eq!(
        block("Mode: active, Key: 1\nMode: active, Key: 2\n"),
        (vec!["bundle-1 Some(1) None ".to_owned()], 1)
    );
    let rows = format!(
        "{LACP}| ge100-0/0/1 | actor | active | discarding |\n| ge100-0/0/2 | | active | ascd |\n| ge100-0/0/1 | partner | | |\n"
    );
    assert_eq!(
        block(&rows),
        (vec!["bundle-1 None None ge100-0/0/1:false".to_owned()], 1)
    );
}

#[test]
fn a_part_is_empty_only_if_nothing_else_is_said() {
    let error = "ERROR: Unknown word: 'interfaces'.\n";
    let framed = "# R config-start [t]\ninterfaces lo0 ^\n# R config-end\n";
    assert!(read_part(ConfigPart::Interfaces, &format!("-----^\n{error}")).is_ok());
    for answer in [format!("{framed}{error}"), format!("interfaces lo0 ^\n{error}")] {
        assert!(read_part(ConfigPart::Interfaces, &answer).is_err(), "{answer}");
    }
    assert!(read_part(ConfigPart::Whole, "ERROR: Unknown word: ''.\n").is_err());
}

#[test]
fn a_zone_that_is_not_understood_is_not_taken_as_utc() {
    for zone in ["UTC+2:00", "UTC+0200", "UTC+02", "UTC+02:00:30", "UTC-3"] {
        assert_eq!(
            device_time(&format!("09-Mar-2026 18:52:23 {zone}")),
            None,
            "{zone}"
        );
    }
    assert!(device_time("09-Mar-2026 18:52:23 UTC (London)").is_some());
}

#[test]
fn nothing_pends_only_if_that_is_all_that_is_said() {
    use bk_device::platforms::dnos::answers::ClearAnswer;
    let nothing = "ERROR: No commit confirm scheduled\n";
    assert_eq!(read_clear(nothing, &[]), Some(ClearAnswer::NothingPending));
    assert_eq!(read_clear(&format!("{nothing}but something else\n"), &[]), None);
    assert_eq!(
        read_clear("There is no commit confirm scheduled by birch\n", &[]),
        None
    );
}

#[test]
fn time_left_in_units_that_are_not_known_is_not_read() {
    let state =
        |left: &str| read_commit_state(&format!("[x] birch via cli commit confirm, rollback in {left}\n"));
    assert!(state("1 hour, 5 minutes").is_some());
    for left in ["1 day 5 minutes", "5 minutes or so", "-5 minutes"] {
        assert_eq!(state(left), None, "{left}");
    }
}
