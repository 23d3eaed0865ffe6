//! Faults as a client sees them, and the control socket.

use bk_lab::control::Client;
use bk_lab::fault::{Action, Fault, Moment};
use bk_lab::serve::FabricHandle;
use chrono::TimeDelta;

use super::client::Terminal;
use super::fixture::fabric;

/// A terminal without colours, paging and timestamps.
async fn plain(fabric: &FabricHandle) -> Terminal {
    let mut terminal = Terminal::open(&fabric.inventory()[0]);
    terminal.until("LEAF-A01# ").await;
    for line in [
        "unset cli-timestamp",
        "set cli-terminal-length 0",
        "set cli-ansi-color-disabled",
    ] {
        terminal.send(&format!("{line}\r")).await;
        terminal.until("\nLEAF-A01# ").await;
    }
    terminal
}

/// What a line answers up to the next prompt, echo included.
async fn answer(terminal: &mut Terminal, line: &str) -> String {
    terminal.send(&format!("{line}\r")).await;
    terminal.until(")# ").await
}

const EDIT: &str = "interfaces bundle-9 admin-state enabled";

#[tokio::test(flavor = "multi_thread")]
async fn a_line_can_be_refused_by_number_and_by_text() {
    let fabric = fabric("").await;
    let mut terminal = plain(&fabric).await;
    let refuse = |text: &str| Action::Refuse(text.to_owned());
    fabric
        .inject(
            "LEAF-A01",
            Fault::on_line(3, Moment::BeforeLine, refuse("ERROR: Not now.")),
        )
        .unwrap();
    fabric
        .inject(
            "LEAF-A01",
            Fault::on("commit check", Moment::BeforeLine, refuse("ERROR: Not today.")),
        )
        .unwrap();
    answer(&mut terminal, "configure").await;
    assert_eq!(
        answer(&mut terminal, EDIT).await,
        format!("{EDIT}\r\nLEAF-A01(cfg)# ")
    );
    assert_eq!(
        answer(&mut terminal, "top").await,
        "top\r\nERROR: Not now.\r\n\x1b[0mLEAF-A01(cfg)# "
    );
    assert_eq!(
        answer(&mut terminal, "commit check").await,
        "commit check\r\nERROR: Not today.\r\n\x1b[0mLEAF-A01(cfg)# "
    );
    assert!(
        answer(&mut terminal, "commit check")
            .await
            .contains("passed successfully")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_drops_before_and_after_the_line_ran() {
    for (moment, live) in [
        (Moment::BeforeLine, false),
        (Moment::BeforeAnswer, true),
        (Moment::MidAnswer, true),
    ] {
        let fabric = fabric("").await;
        let mut terminal = plain(&fabric).await;
        answer(&mut terminal, "configure").await;
        answer(&mut terminal, EDIT).await;
        // OpenSSH throws away what it has not printed when the connection ends, so the gate lets it print.
        fabric
            .inject(
                "LEAF-A01",
                Fault::on("commit", moment, Action::Gate("moment".to_owned())),
            )
            .unwrap();
        fabric
            .inject("LEAF-A01", Fault::on("commit", moment, Action::Drop))
            .unwrap();
        terminal.send("commit\r").await;
        terminal.until("commit\r\n").await;
        if moment == Moment::MidAnswer {
            terminal.until("Commit succ").await;
        }
        fabric.gates().open("moment");
        let rest = terminal.rest().await;
        assert!(
            !rest.contains("Commit succ") && !rest.contains("(Israel)"),
            "{rest:?}"
        );
        let dump = &fabric.dump()[0];
        assert_eq!(dump.flattened.contains("bundle-9"), live);
        assert!(dump.sessions.is_empty());
        assert_eq!(dump.candidates.is_empty(), live);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_line_runs_late_or_never() {
    for run in [true, false] {
        let fabric = fabric("").await;
        let mut terminal = plain(&fabric).await;
        answer(&mut terminal, "configure").await;
        answer(&mut terminal, EDIT).await;
        fabric
            .inject(
                "LEAF-A01",
                Fault::on("commit confirm", Moment::BeforeLine, Action::Lose),
            )
            .unwrap();
        terminal.send("commit confirm 5\r").await;
        terminal.rest().await;
        let between = &fabric.dump()[0];
        assert!(between.pending.is_none());
        assert_eq!(between.late_lines, ["commit confirm 5"]);
        assert_eq!(between.sessions.len(), 1);
        assert_eq!(fabric.late_lines("LEAF-A01", run).unwrap(), 1);
        let after = &fabric.dump()[0];
        assert_eq!(after.pending.is_some(), run);
        assert!(after.sessions.is_empty());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_goes_on_without_its_terminal() {
    let fabric = fabric("").await;
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    answer(&mut terminal, EDIT).await;
    fabric
        .inject(
            "LEAF-A01",
            Fault::on("commit", Moment::BeforeLine, Action::Gate("g".to_owned())),
        )
        .unwrap();
    terminal.send("commit\r").await;
    fabric.gates().arrived("g", 1).await;
    drop(terminal);
    assert!(!fabric.dump()[0].flattened.contains("bundle-9"));
    let mut notices = fabric.device("LEAF-A01").unwrap().subscribe();
    fabric.gates().open("g");
    notices.recv().await.unwrap();
    assert!(fabric.dump()[0].flattened.contains("bundle-9"));
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_can_be_cut_garbled_slow_and_interrupted() {
    let fabric = fabric("").await;
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    let whole = answer(&mut terminal, "show config system name").await;
    let broken = |action: Action| Fault::on("show config", Moment::MidAnswer, action);
    fabric.inject("LEAF-A01", broken(Action::Truncate)).unwrap();
    let cut = answer(&mut terminal, "show config system name").await;
    assert!(cut.len() < whole.len() && !cut.contains("config-end"), "{cut:?}");
    fabric.inject("LEAF-A01", broken(Action::Garble)).unwrap();
    let noise = answer(&mut terminal, "show config system name").await;
    assert!(
        noise.contains('\u{fffd}') && !noise.contains("config-end"),
        "{noise:?}"
    );
    let text = "\nCommit succeeded by rowan at 22:00:00 27-Jan-2017\n".to_owned();
    fabric.inject("LEAF-A01", broken(Action::Insert(text))).unwrap();
    let mixed = answer(&mut terminal, "show config system name").await;
    assert_eq!(
        mixed.replace("\r\nCommit succeeded by rowan at 22:00:00 27-Jan-2017\r\n", ""),
        whole
    );
    fabric.inject("LEAF-A01", broken(Action::Slow(1))).unwrap();
    assert_eq!(answer(&mut terminal, "show config system name").await, whole);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_engineer_acts_in_the_middle_of_a_line() {
    let fabric = fabric("candidate=device").await;
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    answer(&mut terminal, EDIT).await;
    let foreign = Action::Foreign {
        user: "rowan".to_owned(),
        lines: vec!["interfaces bundle-8 admin-state enabled".to_owned()],
    };
    fabric
        .inject(
            "LEAF-A01",
            Fault::on("commit confirm", Moment::BeforeLine, foreign),
        )
        .unwrap();
    answer(&mut terminal, "commit confirm 5").await;
    let dump = &fabric.dump()[0];
    assert!(dump.flattened.contains("bundle-8") && dump.flattened.contains("bundle-9"));
    assert_eq!(dump.pending.as_ref().unwrap().user, "dnroot");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reboot_ends_sessions_and_keeps_drops_or_reverts_what_is_pending() {
    for (dialect, live, pending) in [
        ("reboot=keeps", true, true),
        ("reboot=drops", true, false),
        ("reboot=reverts", false, false),
    ] {
        let fabric = fabric(dialect).await;
        let mut terminal = plain(&fabric).await;
        answer(&mut terminal, "configure").await;
        answer(&mut terminal, EDIT).await;
        answer(&mut terminal, "commit confirm 5").await;
        fabric.device("LEAF-A01").unwrap().reboot();
        terminal.rest().await;
        let dump = &fabric.dump()[0];
        assert_eq!(
            (dump.flattened.contains("bundle-9"), dump.pending.is_some()),
            (live, pending),
            "{dialect}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_control_socket_tells_and_does_the_same() {
    let fabric = fabric("").await;
    let address = fabric.control().unwrap().clone();
    let mut control = Client::connect(&address).await.unwrap();
    assert_eq!(control.inventory().await.unwrap(), fabric.inventory());
    assert_eq!(control.dump().await.unwrap(), fabric.dump());

    control
        .inject(
            "LEAF-A01",
            Fault::on(
                "commit confirm",
                Moment::BeforeAnswer,
                Action::Gate("armed".to_owned()),
            ),
        )
        .await
        .unwrap();
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    answer(&mut terminal, EDIT).await;
    terminal.send("commit confirm 5\r").await;
    control.gate_arrived("armed", 1).await.unwrap();
    assert!(control.dump().await.unwrap()[0].pending.is_some());
    control.gate_open("armed").await.unwrap();
    terminal.until(")# ").await;
    control.advance(TimeDelta::minutes(6)).await.unwrap();
    assert!(control.dump().await.unwrap()[0].pending.is_none());
    terminal.until("Configuration commit rollback by dnroot").await;

    let answers = control
        .foreign(
            "LEAF-A01",
            "rowan",
            &["interfaces bundle-8 admin-state enabled", "commit"],
        )
        .await
        .unwrap();
    assert!(answers[1].starts_with("Commit succeeded by rowan"));
    let lines: Vec<String> = control
        .received()
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.line)
        .collect();
    assert_eq!(lines[3..], ["configure", EDIT, "commit confirm 5"]);

    let refused = control.reboot("LEAF-Z99").await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "the fabric refused reboot: the fabric has no device \"LEAF-Z99\""
    );
    let mut stranger = Client::connect(&bk_lab::control::Address {
        token: "guess".to_owned(),
        ..address
    })
    .await
    .unwrap();
    assert_eq!(
        stranger.dump().await.unwrap_err().to_string(),
        "the fabric refused dump: wrong token"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_of_another_that_runs_blocks_ours() {
    let fabric = fabric("").await;
    let mut control = Client::connect(fabric.control().unwrap()).await.unwrap();
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    answer(&mut terminal, EDIT).await;
    control.foreign_commit("LEAF-A01", Some("rowan")).await.unwrap();
    let shown = answer(&mut terminal, "show system commit").await;
    assert!(shown.contains("rowan via cli commit in progress"), "{shown:?}");
    let refused = answer(&mut terminal, "commit").await;
    assert!(
        refused.contains("ERROR: Commit is already running for user rowan."),
        "{refused:?}"
    );
    control.foreign_commit("LEAF-A01", None).await.unwrap();
    assert!(
        answer(&mut terminal, "commit")
            .await
            .contains("Commit succeeded by dnroot")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_timer_ends_in_the_middle_of_a_line() {
    for (action, others) in [
        (Action::TimerEnds, true),
        (Action::Advance(301), true),
        (Action::Advance(299), false),
    ] {
        let fabric = fabric("").await;
        let mut terminal = plain(&fabric).await;
        answer(&mut terminal, "configure").await;
        answer(&mut terminal, EDIT).await;
        answer(&mut terminal, "commit confirm 5").await;
        fabric
            .inject(
                "LEAF-A01",
                Fault::on("show system commit", Moment::BeforeLine, action.clone()),
            )
            .unwrap();
        let shown = answer(&mut terminal, "show system commit").await;
        assert_eq!(shown.contains("no commits"), others, "{action:?}: {shown:?}");
        let dump = &fabric.dump()[0];
        assert_eq!(
            (dump.pending.is_none(), !dump.flattened.contains("bundle-9")),
            (others, others),
            "{action:?}"
        );
        if others {
            terminal.until("Configuration commit rollback by dnroot").await;
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn room_host_key_and_a_running_commit_change_in_the_middle_of_a_line() {
    let fabric = fabric("").await;
    let mut terminal = plain(&fabric).await;
    let known = fabric.inventory()[0].host_key_fingerprint.clone();
    for action in [
        Action::Crowd("rowan".to_owned()),
        Action::ChangeHostKey,
        Action::CommitRuns(Some("birch".to_owned())),
    ] {
        let fault = Fault::on("show system version", Moment::BeforeAnswer, action);
        fabric.inject("LEAF-A01", fault).unwrap();
    }
    terminal.send("show system version\r").await;
    terminal.until("\nLEAF-A01# ").await;
    let dump = &fabric.dump()[0];
    assert_eq!(dump.commit_running_for.as_deref(), Some("birch"));
    assert_eq!(dump.sessions.len(), 10, "the device has room for ten");
    assert_ne!(fabric.inventory()[0].host_key_fingerprint, known);
    let late = Terminal::open(&fabric.inventory()[0]);
    assert_eq!(late.rest().await, "", "there is no room for another");

    let mut control = Client::connect(fabric.control().unwrap()).await.unwrap();
    control.leave("LEAF-A01", "rowan").await.unwrap();
    assert_eq!(fabric.dump()[0].sessions.len(), 1);
    plain(&fabric).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reset_gives_every_device_back_as_it_was() {
    let fabric = fabric("").await;
    let mut control = Client::connect(fabric.control().unwrap()).await.unwrap();
    let (start, inventory) = (fabric.dump().remove(0), fabric.inventory());
    let mut terminal = plain(&fabric).await;
    answer(&mut terminal, "configure").await;
    answer(&mut terminal, EDIT).await;
    answer(&mut terminal, "commit confirm 5").await;
    answer(&mut terminal, "interfaces bundle-8 admin-state enabled").await;
    control
        .foreign("LEAF-A01", "rowan", &["interfaces bundle-7 admin-state enabled"])
        .await
        .unwrap();
    control.change_host_key("LEAF-A01").await.unwrap();
    let gated = Fault::on("show", Moment::BeforeLine, Action::Gate("g".to_owned()));
    control.inject("LEAF-A01", gated).await.unwrap();
    control.advance(TimeDelta::minutes(1)).await.unwrap();

    control.reset().await.unwrap();
    terminal.rest().await;
    let end = fabric.dump().remove(0);
    assert_eq!(
        (end.flattened, end.hierarchical),
        (start.flattened, start.hierarchical)
    );
    assert_eq!(
        (end.pending, end.candidates.len(), end.sessions.len()),
        (None, 0, 0)
    );
    assert_eq!(
        (end.rollbacks.len(), end.rollbacks[0].at),
        (1, start.rollbacks[0].at)
    );
    assert!(
        end.rollbacks[0].serial > start.rollbacks[0].serial,
        "no number is used twice"
    );
    assert_eq!(fabric.inventory(), inventory);
    let mut terminal = plain(&fabric).await;
    terminal.send("show system commit\r").await;
    assert!(terminal.until("\nLEAF-A01# ").await.contains("no commits"));
}
