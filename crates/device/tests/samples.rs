//! The readers over every captured and documented answer of the samples: nothing is left unread without a reason.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

use std::path::PathBuf;

use bk_device::platforms::dnos::{
    ConfigPart, compare, config,
    interfaces::{read_bridge_domain_names, read_interfaces},
    macs::read_macs,
    neighbours::{read_lacp, read_lldp},
    rollback::read_rollback,
    sessions::read_sessions,
    system::{read_commit_state, read_version},
};

fn sample(name: &str) -> String {
    let path = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/dnos/samples"
    ))
    .join(name);
    std::fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("the samples are needed at {}: {error}", path.display()))
}

/// The answers in a file of documentation examples, by the command that they follow. The prompts there are indented and
/// have several names; a line that is one ends the answer before it.
fn answers(name: &str, command: &str) -> Vec<String> {
    let text = sample(name);
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        let typed = line
            .trim()
            .split_once("# ")
            .filter(|(prompt, _)| !prompt.contains(' ') && !prompt.is_empty());
        if line.starts_with("####") {
            found.push((String::new(), String::new()));
        } else if let Some((_, typed)) = typed {
            found.push((typed.trim().to_owned(), String::new()));
        } else if let Some((_, answer)) = found.last_mut() {
            answer.push_str(line);
            answer.push('\n');
        }
    }
    let answers: Vec<_> = found
        .into_iter()
        .filter(|(typed, _)| typed == command)
        .map(|(_, answer)| answer)
        .collect();
    assert!(!answers.is_empty(), "{name} has no {command:?}");
    answers
}

/// A captured answer without the line that holds prompt and command.
fn captured(name: &str) -> String {
    let text = sample(name);
    let lines = text
        .lines()
        .skip_while(|line| !line.starts_with('|') && !line.trim().is_empty() && line.contains("# "));
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn interfaces() {
    let count = |text: &str| read_interfaces(text).map(|read| (read.rows.len(), read.unread.len()));
    assert_eq!(count(&captured("show_interfaces_cdnos-25.2.txt")), Some((12, 0)));
    let documented = &answers("docexample_show_interfaces.txt", "show interfaces")[0];
    // The documentation's table has one row that stands for left out ones.
    assert_eq!(count(documented), Some((19, 1)));
}

#[test]
fn lldp() {
    let count = |text: &str| read_lldp(text).map(|read| (read.rows.len(), read.unread.len()));
    assert_eq!(
        count(&captured("show_lldp_neighbors_DNAAS-LEAF-B14.txt")),
        Some((17, 0))
    );
    assert_eq!(
        count(&captured("show_lldp_neighbors_cdnos-25.2.txt")),
        Some((4, 0))
    );
    let documented = &answers("docexample_show_lldp_lacp.txt", "show lldp neighbors")[0];
    assert_eq!(count(documented), Some((4, 0)));
}

#[test]
fn lacp() {
    let read = read_lacp(&captured("show_lacp_interfaces_DNAAS-LEAF-B14.txt")).unwrap();
    let keys: Vec<_> = read
        .rows
        .iter()
        .map(|row| {
            (
                row.bundle.to_string(),
                row.local_key,
                row.peer_key,
                row.members.len(),
            )
        })
        .collect();
    assert_eq!(
        keys,
        [
            ("bundle-60000".to_owned(), Some(60000), Some(60003), 3),
            ("bundle-445".to_owned(), Some(445), None, 2)
        ]
    );
    assert_eq!(read.unread, Vec::<String>::new());
    let documented = &answers("docexample_show_lldp_lacp.txt", "show lacp interfaces")[0];
    let read = read_lacp(documented).unwrap();
    let keys: Vec<_> = read
        .rows
        .iter()
        .map(|row| (row.local_key, row.members.len()))
        .collect();
    assert_eq!(keys, [(Some(21), 3), (Some(22), 3)]);
    assert_eq!(read.unread, Vec::<String>::new());
}

#[test]
fn bridge_domains_and_macs() {
    let names = answers(
        "docexample_show_network-services_bridge-domain.txt",
        "show network-services bridge-domain",
    );
    assert!(
        read_bridge_domain_names(&names[0]).is_some_and(|names| !names.is_empty()),
        "{}",
        names[0]
    );
    let file = "docexample_show_bridge-domain_mac-address-table.txt";
    let count = |command: &str| read_macs(&answers(file, command)[0]).map(|macs| macs.len());
    assert_eq!(
        count("show bridge-domain mac-address-table instance MyBridge1"),
        Some(2)
    );
    assert_eq!(count("show bridge-domain mac-address-table"), Some(6));
    assert_eq!(count("show bridge-domain mac-address-table ncp 2"), Some(4));
}

#[test]
fn system() {
    let version = |text: &str| read_version(text).map(|read| (read.release.to_string(), read.build));
    let captured = version(&sample("show_system_version_cdnos-25.2.txt"));
    assert_eq!(captured, Some(("25.2.0".to_owned(), Some("500_dev".to_owned()))));
    assert!(version(&sample("show_system_cdnos-25.2.txt")).is_some());
    let documented = &answers("docexample_show_system.txt", "show system version")[0];
    assert_eq!(
        version(documented),
        Some(("17.2.0".to_owned(), Some("411".to_owned())))
    );
    let list = &answers("docexample_show_system.txt", "show system ssh sessions")[0];
    let sessions = read_sessions(list, "2.2.2.3:56364".parse::<std::net::SocketAddr>().unwrap()).unwrap();
    assert_eq!(
        sessions
            .iter()
            .filter(|session| session.is_this == Some(true))
            .count(),
        1
    );
    assert_eq!(sessions.len(), 4);
}

#[test]
fn transactions() {
    let pending = answers("docexample_show_config_forms.txt", "show system commit");
    let read: Vec<_> = pending
        .iter()
        .map(|text| {
            read_commit_state(text)
                .unwrap()
                .pending
                .map(|pending| pending.minutes_left)
        })
        .collect();
    assert_eq!(read, [Some(9), None]);
    let list = &answers("docexample_show_config_forms.txt", "show rollback")[0];
    assert_eq!(read_rollback(list).map(|entries| entries.len()), Some(5));
    for command in [
        "show config compare",
        "show config compare rollback 1",
        "show config compare rollback 5 rollback 10",
    ] {
        let text = &answers("docexample_show_config_forms.txt", command)[0];
        let delta = compare::read_delta(text).unwrap_or_else(|| panic!("{text}"));
        assert_eq!(
            (delta.added.len(), delta.deleted.len()),
            (6, 5),
            "{command}: {delta:#?}"
        );
    }
}

#[test]
fn configuration() {
    let text = sample("running-config_cdnos-25.2_TestRouter.txt");
    let read = config::read_part(ConfigPart::Whole, &text).unwrap();
    assert!(read.text.line_count() > 50);
    assert!(read.time.is_some());
    for answer in answers("docexample_show_config_forms.txt", "show config system | flatten") {
        assert_eq!(
            config::read_part(ConfigPart::Whole, &answer)
                .unwrap()
                .text
                .line_count(),
            6
        );
    }
}
