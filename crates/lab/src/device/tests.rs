use super::*;
use crate::clock::ClockMode;
use crate::forwarding::FabricView;
use crate::spec::{DnosVersion, LinkState, PortSpec, Role};

struct Alone;

impl FabricView for Alone {
    fn running(&self, _: &str) -> Option<Arc<Tree>> {
        None
    }

    fn spec(&self, _: &str) -> Option<Arc<DeviceSpec>> {
        None
    }
}

const BASE: &str = "\
system name LEAF-A01
interfaces bundle-60000 admin-state enabled
interfaces bundle-60000.251 l2-service enabled
interfaces bundle-60000.251 vlan-id 251
network-services bridge-domain instance g_birch_v251 interface bundle-60000.251 ^";

fn spec() -> DeviceSpec {
    let port = |name: &str| PortSpec {
        name: name.to_owned(),
        link: LinkState::Up,
        speed_gbps: 100,
        cable: None,
    };
    DeviceSpec {
        name: "LEAF-A01".to_owned(),
        aliases: Vec::new(),
        version: DnosVersion::new("25.4.13", "98_prod"),
        system_type: "SA-36CD-S".to_owned(),
        role: Role::Leaf,
        config: BASE.lines().map(str::to_owned).collect(),
        ports: vec![port("ge100-0/0/5"), port("ge100-0/0/6")],
        neighbours: Vec::new(),
        hosts: Vec::new(),
        lacp_system_id: "02:00:00:00:00:01".to_owned(),
    }
}

struct Bench {
    device: Device,
    clock: Arc<Clock>,
}

impl Bench {
    fn new(dialect: &str) -> Self {
        let start = DateTime::parse_from_rfc3339("2026-03-09T17:09:15Z")
            .expect("a time")
            .to_utc();
        let clock = Arc::new(Clock::new(ClockMode::Manual { start }));
        let dialect = Dialect::parse(dialect).expect("a dialect");
        Self {
            device: Device::new(spec(), dialect, Arc::clone(&clock)),
            clock,
        }
    }

    fn login(&self, user: &str) -> SessionId {
        let id = self
            .device
            .open_session(user, "127.0.0.1:1")
            .expect("room for a session");
        self.device.change_settings(id, |settings| {
            settings.colour = false;
            settings.timestamp = Some(false);
        });
        id
    }

    /// Runs lines and returns prompts, lines and answers as a terminal would show them.
    fn talk(&self, id: SessionId, lines: &[&str]) -> String {
        let mut out = String::new();
        for line in lines {
            out.push_str(&format!("{}{line}\n", self.device.prompt(id, false)));
            let answer = self.device.execute_to_end(id, line, &Alone);
            out.push_str(&answer.text);
            if let Next::Ask(question) = answer.next {
                out.push_str(&format!("{question}\n"));
            }
        }
        out.push_str(&self.device.prompt(id, false));
        out
    }

    fn last(&self, id: SessionId, lines: &[&str]) -> String {
        let mut text = String::new();
        for line in lines {
            text = self.device.execute_to_end(id, line, &Alone).text;
        }
        text
    }
}

const ADD: [&str; 6] = [
    "interfaces ge100-0/0/5.251 l2-service enabled",
    "top",
    "interfaces ge100-0/0/5.251 vlan-id 251",
    "top",
    "network-services bridge-domain instance g_birch_v251 interface ge100-0/0/5.251",
    "top",
];

#[track_caller]
fn check(dialect: &str, lines: &[&str], expected: &str) {
    let bench = Bench::new(dialect);
    let id = bench.login("kestrel");
    assert_eq!(bench.talk(id, lines), expected);
}

#[test]
fn contexts_show_the_last_three_levels() {
    check(
        "",
        &[
            "configure",
            "network-services bridge-domain instance X interface ge100-0/0/5.251",
            "storm-control",
            "exit",
            "exit",
            "top",
        ],
        "LEAF-A01# configure\n\
         LEAF-A01(cfg)# network-services bridge-domain instance X interface ge100-0/0/5.251\n\
         LEAF-A01(cfg-bd-inst-ge100-0/0/5.251)# storm-control\n\
         LEAF-A01(cfg-inst-ge100-0/0/5.251-sc)# exit\n\
         LEAF-A01(cfg-bd-inst-ge100-0/0/5.251)# exit\n\
         LEAF-A01(cfg-netsrv-bd-inst)# top\n\
         LEAF-A01(cfg)# ",
    );
}

#[test]
fn a_full_path_inside_a_context_is_unknown() {
    check(
        "",
        &[
            "configure",
            "interfaces bundle-60000.9",
            "interfaces bundle-60000.9 vlan-id 9",
        ],
        "LEAF-A01# configure\n\
         LEAF-A01(cfg)# interfaces bundle-60000.9\n\
         LEAF-A01(cfg-if-bundle-60000.9)# interfaces bundle-60000.9 vlan-id 9\n\
         ---------------------------------^\n\
         ERROR: Unknown word: 'interfaces'.\n\
         LEAF-A01(cfg-if-bundle-60000.9)# ",
    );
}

#[test]
fn lines_may_be_incomplete() {
    check(
        "",
        &[
            "show config network-services bridge-domain instance",
            "show",
            "configure",
            "interfaces bundle-1.5 vlan-id",
        ],
        "LEAF-A01# show config network-services bridge-domain instance\n\
         ERROR: Incomplete command.\n\
         LEAF-A01# show\n\
         ERROR: Incomplete command.\n\
         LEAF-A01# configure\n\
         LEAF-A01(cfg)# interfaces bundle-1.5 vlan-id\n\
         ERROR: Incomplete command.\n\
         LEAF-A01(cfg)# ",
    );
}

#[test]
fn a_commit_takes_the_candidate_and_leaves_an_entry() {
    let bench = Bench::new("");
    let id = bench.login("kestrel");
    bench.talk(id, &["configure"]);
    bench.talk(id, &ADD);
    assert_eq!(
        bench.last(id, &["commit check"]),
        "Commit check passed successfully\n"
    );
    assert_eq!(
        bench.last(id, &["commit log \"one more end\""]),
        "Commit succeeded by kestrel at 09-Mar-2026 19:09:15 UTC+02:00 (Israel)\n"
    );
    assert_eq!(bench.last(id, &["commit"]), format!("{}\n", commit::NOTHING));
    let dump = bench.device.dump();
    assert!(
        dump.flattened
            .contains("interfaces ge100-0/0/5.251 vlan-id 251\n")
    );
    assert_eq!(dump.rollbacks.len(), 2);
    assert_eq!(dump.rollbacks[0].log, "one more end");
    assert_eq!(
        bench.last(id, &["rollback 1", "show config compare"]),
        "Deleted:\n  interfaces\n    - ge100-0/0/5.251\n      - l2-service enabled\n      - vlan-id 251\n  network-services\n    bridge-domain\n      instance g_birch_v251\n        - interface ge100-0/0/5.251\n"
    );
}

#[test]
fn a_refused_commit_keeps_the_candidate() {
    let bench = Bench::new("");
    let id = bench.login("kestrel");
    let text = bench.last(
        id,
        &[
            "configure",
            "network-services bridge-domain instance X interface bundle-60000.251",
            "commit",
        ],
    );
    assert_eq!(
        text,
        "ERROR: Interface 'bundle-60000.251' is already attached to bridge-domain 'X', it cannot be attached to 'g_birch_v251'.\n"
    );
    assert_eq!(bench.device.dump().candidates.len(), 1);
    assert_eq!(bench.device.dump().rollbacks.len(), 1);
}

#[test]
fn uncommitted_changes_are_asked_about() {
    check(
        "",
        &[
            "configure",
            "interfaces bundle-9 admin-state enabled",
            "exit",
            "exit",
            "cancel",
            "exit",
            "no",
            "show system commit",
        ],
        "LEAF-A01# configure\n\
         LEAF-A01(cfg)# interfaces bundle-9 admin-state enabled\n\
         LEAF-A01(cfg)# exit\n\
         Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? \n\
         LEAF-A01(cfg)# exit\n\
         Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? \n\
         LEAF-A01(cfg)# cancel\n\
         LEAF-A01(cfg)# exit\n\
         Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? \n\
         LEAF-A01(cfg)# no\n\
         LEAF-A01# show system commit\n\
         no commits\n\
         LEAF-A01# ",
    );
}

#[test]
fn an_unconfirmed_commit_is_taken_back() {
    for (dialect, entries) in [
        ("", 3),
        ("revert-entry=vanishes", 1),
        ("revert=delta", 3),
        ("revert=last,revert-entry=vanishes", 1),
    ] {
        let bench = Bench::new(dialect);
        let before = bench.device.dump().flattened;
        let id = bench.login("kestrel");
        bench.talk(id, &["configure"]);
        bench.talk(id, &ADD);
        assert_eq!(
            bench.last(id, &["commit confirm 5"]),
            "Commit confirm will be automatically rolled back in 5 minutes unless confirmed\n\
             Commit succeeded by kestrel at 09-Mar-2026 19:09:15 UTC+02:00 (Israel)\n"
        );
        bench.clock.advance(chrono::TimeDelta::seconds(61));
        assert_eq!(
            bench.last(id, &["show system commit"]),
            "[09-Mar-2026 19:09:15 UTC+02:00 (Israel)] kestrel via cli commit confirm, rollback in 3 minutes\n"
        );
        assert_ne!(bench.device.dump().flattened, before);
        let mut notices = bench.device.subscribe();
        bench.clock.advance(chrono::TimeDelta::minutes(4));
        bench.device.tick();
        assert_eq!(bench.device.dump().flattened, before, "{dialect}");
        assert_eq!(bench.device.dump().rollbacks.len(), entries, "{dialect}");
        assert!(matches!(
            notices.try_recv(),
            Ok(Notice::Broadcast { text, .. }) if text == "Configuration commit rollback by kestrel at 09-Mar-2026 19:14:16 UTC+02:00 (Israel)"
        ));
    }
}

#[test]
fn a_confirmed_commit_stays() {
    for (dialect, text) in [
        ("", "Commit confirm\n"),
        ("confirm-texts=field", "Commit confirmed\n"),
    ] {
        let bench = Bench::new(dialect);
        let id = bench.login("kestrel");
        bench.talk(id, &["configure"]);
        bench.talk(id, &ADD);
        bench.talk(id, &["commit confirm 5"]);
        assert_eq!(bench.last(id, &["commit"]), text);
        bench.clock.advance(chrono::TimeDelta::minutes(9));
        assert!(bench.device.dump().flattened.contains("ge100-0/0/5.251"));
        assert_eq!(
            bench.last(id, &["clear system commit"]),
            "ERROR: No commit confirm scheduled\n"
        );
    }
}

#[test]
fn candidates_belong_to_a_session_a_user_or_the_device() {
    for (dialect, same_user, other_user) in [
        ("candidate=session", false, false),
        ("candidate=user", true, false),
        ("candidate=device", true, true),
    ] {
        let bench = Bench::new(dialect);
        let first = bench.login("kestrel");
        bench.talk(first, &["configure", "interfaces bundle-9 admin-state enabled"]);
        for (user, sees) in [("kestrel", same_user), ("rowan", other_user)] {
            let other = bench.login(user);
            let compare = bench.last(other, &["configure", "show config compare"]);
            assert_eq!(!compare.is_empty(), sees, "{dialect} {user}");
        }
        bench.device.close_session(first, None);
        let kept = bench.device.dump().candidates.len();
        assert_eq!(kept, usize::from(dialect != "candidate=session"));
    }
}

#[test]
fn a_lost_candidate_goes_with_its_last_session() {
    let bench = Bench::new("candidate-life=lost");
    let first = bench.login("kestrel");
    bench.talk(first, &["configure", "interfaces bundle-9 admin-state enabled"]);
    bench.device.close_session(first, None);
    assert!(bench.device.dump().candidates.is_empty());
}

#[test]
fn a_foreign_commit_puts_the_candidate_out_of_sync() {
    let bench = Bench::new("");
    let (mine, theirs) = (bench.login("kestrel"), bench.login("rowan"));
    bench.talk(mine, &["configure"]);
    bench.talk(mine, &ADD);
    bench.talk(
        theirs,
        &["configure", "interfaces bundle-9 admin-state enabled", "commit"],
    );
    let question = bench.device.execute_to_end(mine, "commit", &Alone).next;
    assert_eq!(
        question,
        Next::Ask(
            "Warning: User rowan committed at 09-Mar-2026 19:09:15 UTC+02:00 (Israel), your configuration is out of sync. What would you like to do (commit, merge-only, abort) [abort]? ".to_owned()
        )
    );
    assert_eq!(bench.last(mine, &["abort"]), "");
    assert!(!bench.device.dump().flattened.contains("ge100-0/0/5.251"));
    assert!(
        bench
            .last(mine, &["commit", "commit"])
            .starts_with("Commit succeeded by kestrel")
    );
    let dump = bench.device.dump();
    assert!(dump.flattened.contains("ge100-0/0/5.251") && dump.flattened.contains("interfaces bundle-9 "));
}

#[test]
fn what_a_revert_takes_with_it_is_a_dialect() {
    for (dialect, ours, theirs) in [
        ("pending-on-commit=leaves,revert=before", false, false),
        ("pending-on-commit=leaves,revert=delta", false, true),
        ("pending-on-commit=leaves,revert=last", true, false),
        ("", true, true),
    ] {
        let bench = Bench::new(dialect);
        let (mine, other) = (bench.login("kestrel"), bench.login("rowan"));
        bench.talk(mine, &["configure"]);
        bench.talk(mine, &ADD);
        bench.talk(mine, &["commit confirm 5"]);
        bench.talk(
            other,
            &["configure", "interfaces bundle-9 admin-state enabled", "commit"],
        );
        bench.clock.advance(chrono::TimeDelta::minutes(6));
        let text = bench.device.dump().flattened;
        assert_eq!(
            (
                text.contains("ge100-0/0/5.251"),
                text.contains("interfaces bundle-9 ")
            ),
            (ours, theirs),
            "{dialect}"
        );
    }
}

#[test]
fn a_commit_on_its_way_blocks_others() {
    let bench = Bench::new("candidate=session");
    let (mine, other) = (bench.login("kestrel"), bench.login("rowan"));
    bench.talk(mine, &["configure"]);
    bench.talk(mine, &ADD);
    let Next::Commit(job) = bench.device.execute(mine, "commit", &Alone).next else {
        panic!("a commit begins")
    };
    assert_eq!(
        bench.last(other, &["show system commit"]),
        "[09-Mar-2026 19:09:15 UTC+02:00 (Israel)] kestrel via cli commit in progress\n"
    );
    let refused = bench.last(
        other,
        &["configure", "interfaces bundle-9 admin-state enabled", "commit"],
    );
    assert_eq!(refused, "ERROR: Commit is already running for user kestrel.\n");
    assert!(
        bench
            .device
            .finish_commit(mine, &job)
            .text
            .starts_with("Commit succeeded")
    );
}

#[test]
fn late_lines_of_a_lost_session_still_run() {
    let bench = Bench::new("");
    let id = bench.login("kestrel");
    bench.talk(id, &["configure"]);
    bench.talk(id, &ADD);
    bench.device.close_session(id, Some("commit".to_owned()));
    assert_eq!(bench.device.dump().sessions.len(), 1);
    assert_eq!(bench.device.dump().late_lines, ["commit"]);
    assert_eq!(bench.device.late_lines(true, &Alone), 1);
    let dump = bench.device.dump();
    assert!(dump.flattened.contains("ge100-0/0/5.251"));
    assert!(dump.sessions.is_empty());
}

#[test]
fn sessions_are_limited_and_idle_ones_leave() {
    let bench = Bench::new("");
    for _ in 0..10 {
        bench.login("kestrel");
    }
    assert_eq!(bench.device.open_session("rowan", "127.0.0.1:2"), None);
    let mut notices = bench.device.subscribe();
    bench.clock.advance(chrono::TimeDelta::minutes(31));
    bench.device.tick();
    assert!(matches!(notices.try_recv(), Ok(Notice::Close(_))));
}

#[test]
fn pipes_select_lines() {
    let bench = Bench::new("");
    let id = bench.login("kestrel");
    assert_eq!(
        bench.last(id, &["sh con | fl | i vlan"]),
        "interfaces bundle-60000.251 vlan-id 251\n"
    );
    assert_eq!(
        bench.last(
            id,
            &["show config | flatten | exclude network | include interfaces | count"]
        ),
        "lines: 3\n"
    );
    assert_eq!(
        bench.last(
            id,
            &["show config | flatten | find \"network-services\" | tail 3 | no-more"]
        ),
        "\n# LEAF-A01 config-end\n\n"
    );
    assert_eq!(
        bench.last(id, &["show config | begin x"]),
        format!("{}^\nERROR: Unknown word: 'begin'.\n", "-".repeat(24))
    );
}

#[test]
fn a_part_of_the_configuration_keeps_its_parents() {
    let bench = Bench::new("");
    let id = bench.login("kestrel");
    assert_eq!(
        bench.last(id, &["show config interfaces bundle-60000.251"]),
        "\n# LEAF-A01 config-start [09-Mar-2026 19:09:15 UTC+02:00 (Israel)]\n\ninterfaces\n  bundle-60000.251\n    l2-service enabled\n    vlan-id 251\n  !\n!\n\n# LEAF-A01 config-end\n\n"
    );
    assert_eq!(
        bench.last(id, &["show config interfaces bundle-77 | flatten"]),
        format!("{}^\nERROR: Unknown word: 'bundle-77'.\n", "-".repeat(33))
    );
}
