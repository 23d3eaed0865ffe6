//! Looking, reading, signing out, and what the transcript shows of it.

use bk_engine::ports::{Candidate, ReadScope, StepError};
use bk_model::BridgeDomainName;
use tokio_util::sync::CancellationToken;

use super::{CFG, COMPARED, HEAD, OPER, SUCCESS, Script};
use crate::transport::scripted::Turn;

#[tokio::test(start_paused = true)]
async fn a_look_leaves_configuration_mode_and_reads_one_moment() {
    let pending = "[09-Mar-2026 19:09:18 UTC] kestrel via cli commit confirm, rollback in 4 minutes\n";
    let mut fixture = Script::login()
        .look(HEAD, pending)
        .then("configure", "", CFG)
        .compare_and_head("", HEAD)
        .then("exit", "", OPER)
        .begin()
        .await;
    let probe = fixture.session.probe(&fixture.never).await.unwrap();
    assert_eq!(
        probe.pending.as_ref().map(|pending| pending.minutes_left),
        Some(4)
    );
    assert_eq!(probe.candidate, Candidate::Empty);
    assert_eq!(probe.sessions[0].is_this, Some(true));
    assert_eq!(
        probe.device_time.map(|time| time.to_rfc3339()).as_deref(),
        Some("2026-03-09T19:08:00+02:00")
    );
    assert!(fixture.sent.text().ends_with("exit\n"));
}

#[tokio::test(start_paused = true)]
async fn a_look_at_a_full_candidate_slips_out_or_stays() {
    for (answer, ends) in [("", OPER), ("", CFG)] {
        let mut fixture = Script::login()
            .look(HEAD, "no commits\n")
            .then("configure", "", CFG)
            .compare_and_head(COMPARED, HEAD)
            .then("!", answer, ends)
            .begin()
            .await;
        let probe = fixture.session.probe(&fixture.never).await.unwrap();
        assert!(matches!(probe.candidate, Candidate::Differs { .. }));
        assert!(!fixture.sent.text().contains("exit"));
    }
}

const PARTS: [&str; 4] = [
    "network-services bridge-domain",
    "interfaces",
    "protocols lacp",
    "protocols lldp",
];

fn framed(text: &str) -> String {
    format!(
        "\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC+02:00 (Israel)]\n\n{text}\n# LEAF-A01 config-end\n\n"
    )
}

fn show(path: &str) -> String {
    format!("show config {path} | flatten | no-more")
}

#[tokio::test(start_paused = true)]
async fn a_reading_is_whole_and_in_order() {
    let mut script = Script::login();
    for path in PARTS {
        script = script.then(&show(path), &framed(&format!("{path} x enabled\n")), OPER);
    }
    let mut fixture = script.begin().await;
    let reading = fixture.session.read(ReadScope::L2, &fixture.never).await.unwrap();
    insta::assert_snapshot!(reading.text.as_str(), @r"
    network-services bridge-domain x enabled
    interfaces x enabled
    protocols lacp x enabled
    protocols lldp x enabled
    ");
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_a_commit_disturbed_is_taken_again() {
    let first = framed("network-services bridge-domain instance a ^\n")
        .replace("\n\n#", &format!("\n{SUCCESS}\n\n#"));
    let second = framed("network-services bridge-domain instance b ^\n");
    let mut script = Script::login()
        .then(&show(PARTS[0]), &first, OPER)
        .then(&show(PARTS[0]), &second, OPER);
    for path in &PARTS[1..] {
        script = script.then(&show(path), &framed(""), OPER);
    }
    let mut fixture = script.begin().await;
    let reading = fixture.session.read(ReadScope::L2, &fixture.never).await.unwrap();
    assert_eq!(
        reading.text.as_str().trim(),
        "network-services bridge-domain instance b ^"
    );
    assert_eq!(reading.notices, [SUCCESS]);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_stays_cut_stops() {
    let cut = framed("network-services bridge-domain instance a ^\n").replace("# LEAF-A01 config-end\n", "");
    let script = (0..3).fold(Script::login(), |script, _| {
        script.then(&show(PARTS[0]), &cut, OPER).proven(OPER)
    });
    let mut fixture = script.begin().await;
    let error = fixture
        .session
        .read(ReadScope::L2, &fixture.never)
        .await
        .unwrap_err();
    assert!(
        matches!(&error, StepError::Unrecognised { text, .. } if text.contains("config-end")),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_reading_leaves_a_usable_session() {
    let mut script = Script::login();
    script
        .turns
        .push(Turn::Awaits(format!("{}\n", show(PARTS[0])).into_bytes()));
    script.turns.push(Turn::Awaits(b"\x03".to_vec()));
    script
        .turns
        .push(Turn::Says(format!("^C\r\n{OPER}").into_bytes()));
    let mut fixture = script.then("show rollback | no-more", HEAD, OPER).begin().await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = fixture.session.read(ReadScope::L2, &cancel).await.unwrap_err();
    assert!(matches!(error, StepError::Cancelled { .. }), "{error:?}");
    assert!(!fixture.is_free());
}

#[tokio::test(start_paused = true)]
async fn macs_of_a_domain_that_is_not_there() {
    let command = "show bridge-domain mac-address-table instance g_v251 | no-more";
    let domain = BridgeDomainName::new("g_v251").unwrap();
    let ask = async |answer: &str| {
        let mut fixture = Script::login()
            .then(command, answer, OPER)
            .proven(OPER)
            .begin()
            .await;
        fixture.session.macs(&domain, &fixture.never).await.unwrap()
    };
    assert_eq!(ask("ERROR: Unknown word: 'g_v251'.\n").await, Some(Vec::new()));
    assert_eq!(ask("ERROR: Unknown word: 'mac-address-table'.\n").await, None);
}

#[tokio::test(start_paused = true)]
async fn signing_out() {
    let fixture = Script::login().then_closes("exit", "").begin().await;
    fixture.session.close().await.unwrap();

    // Leaving configuration mode asks although the candidate should be empty: `cancel`, and the step says so.
    let question = "Warning: Configuration includes uncommitted changes, would you like to commit them before exiting (yes/no/cancel) [cancel]? ";
    let script = Script::login()
        .then("configure", "", CFG)
        .compare("")
        .then("exit", "", question)
        .then("cancel", "", CFG);
    let mut fixture = script.begin().await;
    fixture.session.candidate(&fixture.never).await.unwrap();
    let error = fixture.session.close().await.unwrap_err();
    assert!(
        matches!(&error, StepError::Unrecognised { command, .. } if command == "exit"),
        "{error:?}"
    );
    assert!(fixture.sent.text().ends_with("exit\ncancel\n"));
}

#[tokio::test(start_paused = true)]
async fn the_transcript_shows_both_sides() {
    let mut fixture = Script::login()
        .then(
            "clear system commit",
            "ERROR: No commit confirm scheduled\n",
            OPER,
        )
        .begin()
        .await;
    fixture.session.cancel_pending().await.unwrap();
    insta::assert_snapshot!(fixture.lines.text(), @r"
    < DRIVENETS CLI Loading...
    > #proof-1
    > unset cli-timestamp
    > set cli-terminal-length 0
    > set cli-ansi-color-disabled
    < ERROR: Unknown word: 'cli-ansi-color-disabled'.
    > show system version | no-more
    < System Name: LEAF-A01
    < Version: DNOS [25.4.13] build [146]
    > #proof-2
    > clear system commit
    < ERROR: No commit confirm scheduled
    ");
}

#[tokio::test(start_paused = true)]
async fn an_entry_is_read_in_the_order_that_the_device_has() {
    let added = "Added:\n  interfaces\n    + ge100-0/0/3.251\n      + vlan-id 251\n";
    let deleted = "Deleted:\n  interfaces\n    - ge100-0/0/3.251\n";
    let line = "interfaces ge100-0/0/3.251 vlan-id 251";
    let since = "show config compare rollback 1 | no-more";
    let new_first = "show config compare rollback 0 rollback 1 | no-more";
    let old_first = "show config compare rollback 1 rollback 0 | no-more";
    for (first, command) in [(added, new_first), (deleted, old_first)] {
        let script = Script::login()
            .then(new_first, first, OPER)
            .then(since, added, OPER)
            .proven(OPER)
            .then(command, added, OPER)
            .proven(OPER);
        let mut fixture = script.begin().await;
        let delta = fixture.session.entry_delta(0, &fixture.never).await.unwrap();
        assert_eq!(
            (delta.added, delta.deleted),
            (Some(vec![line.to_owned()]), Some(Vec::new())),
            "{first}"
        );
    }
    // The candidate takes the commit back, so nothing tells the order: the text is for display only.
    let script = Script::login()
        .then(new_first, added, OPER)
        .then(since, "", OPER)
        .proven(OPER)
        .then(new_first, added, OPER)
        .proven(OPER);
    let mut fixture = script.begin().await;
    let delta = fixture.session.entry_delta(0, &fixture.never).await.unwrap();
    assert_eq!(
        (delta.text.as_str(), delta.added, delta.deleted),
        (added.trim_end(), None, None)
    );
}
