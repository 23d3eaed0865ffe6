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
