//! The protocol's steps against scripted devices: each answer form of REF 7, and what must stop a step.

use std::sync::{Arc, Mutex};

use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, Clock, ConfirmOutcome, DeviceSession, Direction, PrepareOutcome,
    PreparedRefusal, ReadScope, StepError, Transcript, TranscriptLine,
};
use bk_model::{BridgeDomainName, DeviceName};
use chrono::{DateTime, Utc};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::{record::TranscriptRecord, session::DnosSession};
use crate::{
    channel::Tuning,
    driver::Driver,
    transport::scripted::{Packets, ScriptedTransport, SentLog, Turn},
};

const OPER: &str = "LEAF-A01# ";
const CFG: &str = "LEAF-A01(cfg)# ";
const UNIT: &str = "LEAF-A01(cfg-if-ge100-0/0/3.251)# ";
const LINE: &str = "interfaces ge100-0/0/3.251 vlan-id 251";
const ENTRY: &str = "network-services bridge-domain instance g_v251 interface ge100-0/0/3.251";
const SUCCESS: &str = "Commit succeeded by kestrel at 09-Mar-2026 19:09:18 UTC+02:00 (Israel)";
const COMPARED: &str = "Added:\n  interfaces\n    + ge100-0/0/3.251\n      + vlan-id 251\n";
const HEAD: &str = "\
| Id | Time                 | User       | Via       | Log  |
|----|----------------------+------------+-----------+------|
|  0 | 09-Mar-2026 19:00:00 | birch      | cli       |      |
";
const SESSIONS: &str = "SSH Server Sessions:

|   Session-ID | User    | Role  | VRF     | Remote Address   | Session Uptime   | Idle time  |
|--------------+---------+-------+---------+------------------+------------------+------------|
|          714 | kestrel | Admin | default | 192.0.2.2:56356  | 0 days, 00:00:01 | 00:00:00   |
";

/// What a device says, in terms of commands and answers.
struct Script(Vec<Turn>);

impl Script {
    /// The login up to the point where a session is ready.
    fn login() -> Self {
        Self(vec![Turn::Says(format!("DRIVENETS CLI Loading...\r            \r{OPER}").into_bytes())])
            .then("unset cli-timestamp", "", OPER)
            .then("set cli-terminal-length 0", "", OPER)
            .then("set cli-ansi-color-disabled", "ERROR: Unknown word: 'cli-ansi-color-disabled'.\n", OPER)
            .then("show system version | no-more", "System Name: LEAF-A01\nVersion: DNOS [25.4.13] build [146]\n", OPER)
    }

    /// `command` is answered by `answer`, and `ends` follows.
    fn then(mut self, command: &str, answer: &str, ends: &str) -> Self {
        self.0.push(Turn::Awaits(format!("{command}\n").into_bytes()));
        self.0.push(Turn::Says(format!("{command}\n{answer}{ends}").replace('\n', "\r\n").into_bytes()));
        self
    }

    fn then_closes(mut self, command: &str, answer: &str) -> Self {
        self.0.push(Turn::Awaits(format!("{command}\n").into_bytes()));
        self.0.push(Turn::Says(format!("{command}\n{answer}").replace('\n', "\r\n").into_bytes()));
        self.0.push(Turn::Closes);
        self
    }

    fn line(self, line: &str, answer: &str) -> Self {
        self.then(line, answer, UNIT).then("top", "", CFG)
    }

    fn compare(self, answer: &str) -> Self {
        self.then("show config compare | no-more", answer, CFG)
    }

    fn look(self, head: &str, pending: &str) -> Self {
        self.then("show rollback | no-more", head, OPER)
            .then("show system commit | no-more", pending, OPER)
            .then(
                "show config system name | flatten | no-more",
                "\n# LEAF-A01 config-start [09-Mar-2026 19:08:00 UTC+02:00 (Israel)]\n\nsystem name LEAF-A01\n\n# LEAF-A01 config-end\n\n",
                OPER,
            )
            .then("show system ssh sessions | no-more", SESSIONS, OPER)
    }

    async fn begin(self) -> Fixture {
        let transport = ScriptedTransport::new(self.0, Packets::OfSize(11));
        let sent = transport.sent();
        let device = DeviceName::new("LEAF-A01").unwrap();
        let lines = Arc::new(Lines::default());
        let record = Arc::new(TranscriptRecord {
            device: device.clone(),
            clock: Arc::new(Noon),
            transcript: Arc::clone(&lines) as Arc<dyn Transcript>,
        });
        let never = CancellationToken::new();
        let limit = std::time::Duration::from_secs(60);
        let driver = Driver::open(Box::new(transport), Tuning::default(), record, limit, &never).await.unwrap();
        let gate = Arc::new(Semaphore::new(1));
        let turn = Arc::clone(&gate).acquire_owned().await.unwrap();
        let local = "192.0.2.2:56356".parse().unwrap();
        let session = DnosSession::begin(driver, device, "kestrel".to_owned(), local, turn, &never).await.unwrap();
        Fixture { session: Box::new(session), sent, lines, gate, never }
    }
}

struct Fixture {
    session: Box<dyn DeviceSession>,
    sent: SentLog,
    lines: Arc<Lines>,
    gate: Arc<Semaphore>,
    never: CancellationToken,
}

impl Fixture {
    async fn prepare(&mut self) -> Result<PrepareOutcome, StepError> {
        let lines = [CliLine::parse(LINE).unwrap(), CliLine::parse(ENTRY).unwrap()];
        self.session.prepare(&lines, &self.never).await
    }

    /// Whether the next session may begin.
    fn is_free(&self) -> bool {
        self.gate.available_permits() == 1
    }
}

struct Noon;

impl Clock for Noon {
    fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(1_772_000_000, 0).unwrap()
    }
    fn since_boot(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

#[derive(Default)]
struct Lines(Mutex<Vec<TranscriptLine>>);

impl Transcript for Lines {
    fn record(&self, line: TranscriptLine) {
        self.0.lock().unwrap().push(line);
    }
}

impl Lines {
    fn text(&self) -> String {
        let mark = |direction: Direction| match direction {
            Direction::Sent => ">",
            Direction::Answer => "<",
            Direction::Note => "*",
        };
        let lines = self.0.lock().unwrap();
        lines.iter().map(|line| format!("{} {}", mark(line.direction), line.text)).collect::<Vec<_>>().join("\n")
    }
}

/// Up to the check: configure, empty compare, both lines, compare again.
fn prepared() -> Script {
    Script::login().then("configure", "", CFG).compare("").line(LINE, "").line(ENTRY, "").compare(COMPARED)
}

#[tokio::test(start_paused = true)]
async fn prepare_takes_the_lines_one_by_one_from_the_root() {
    let mut fixture = prepared().then("commit check", "Commit check passed successfully\n", CFG).begin().await;
    let PrepareOutcome::Ready { candidate } = fixture.prepare().await.unwrap() else { panic!() };
    let Candidate::Differs { added: Some(added), .. } = candidate else { panic!("{candidate:?}") };
    assert_eq!(added, [LINE]);
    let sent = fixture.sent.text();
    assert!(sent.ends_with(&format!(
        "configure\nshow config compare | no-more\n{LINE}\ntop\n{ENTRY}\ntop\nshow config compare | no-more\ncommit check\n"
    )));
}

#[tokio::test(start_paused = true)]
async fn prepare_stops_at_the_first_refusal() {
    let refused = "--------------------^\nERROR: Unknown word: 'vlan-id'.\n";
    let mut fixture = Script::login().then("configure", "", CFG).compare("").line(LINE, refused).begin().await;
    let outcome = fixture.prepare().await.unwrap();
    let refusal = PreparedRefusal::Line { index: 0, line: LINE.to_owned() };
    assert_eq!(outcome, PrepareOutcome::Refused { refusal, words: refused.trim().to_owned() });
    assert!(!fixture.sent.text().contains(ENTRY));
}

#[tokio::test(start_paused = true)]
async fn prepare_leaves_a_full_candidate_alone() {
    let mut fixture = Script::login().then("configure", "", CFG).compare(COMPARED).begin().await;
    let outcome = fixture.prepare().await.unwrap();
    assert!(matches!(outcome, PrepareOutcome::CandidateNotEmpty { .. }), "{outcome:?}");
    assert!(!fixture.sent.text().contains(LINE));
}

#[tokio::test(start_paused = true)]
async fn commit_check_in_each_form() {
    let check = async |answer: &str| prepared().then("commit check", answer, CFG).begin().await.prepare().await;
    for answer in ["ERROR: Missing value.\n", "Commit check failed on:\n\tinterface bundle-1\n"] {
        let words = answer.trim().replace('\t', "");
        match check(answer).await.unwrap() {
            PrepareOutcome::Refused { refusal: PreparedRefusal::CommitCheck, words: shown } => {
                assert_eq!(shown.replace('\t', ""), words);
            }
            other => panic!("{answer}: {other:?}"),
        }
    }
    let notice = "NOTICE: commit action is not applicable. no configuration changes were made\n";
    let outcome = check(notice).await.unwrap();
    assert_eq!(outcome, PrepareOutcome::NothingToChange { words: notice.trim().to_owned() });
    for strange in ["", "Commit check will be done later\n"] {
        let error = check(strange).await.unwrap_err();
        assert!(matches!(error, StepError::Unrecognised { .. }), "{strange}: {error:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_passes_with_an_empty_candidate_has_nothing_to_change() {
    let script = Script::login().then("configure", "", CFG).compare("").line(LINE, "").line(ENTRY, "").compare("");
    let mut fixture = script.then("commit check", "Commit check passed successfully\n", CFG).begin().await;
    let outcome = fixture.prepare().await.unwrap();
    assert!(matches!(outcome, PrepareOutcome::NothingToChange { .. }), "{outcome:?}");
}

#[tokio::test(start_paused = true)]
async fn the_out_of_sync_question_is_answered_abort() {
    let question = "Warning: User birch committed at 1:02, your configuration is out of sync. What would you like to do (check-and-merge, merge-only, abort) [abort]? ";
    let mut fixture = prepared().then("commit check", "", question).then("abort", "", CFG).begin().await;
    let PrepareOutcome::OutOfSync { words } = fixture.prepare().await.unwrap() else { panic!() };
    assert_eq!(words, question.trim());
}

#[tokio::test(start_paused = true)]
async fn a_question_about_a_further_effect_is_answered_no() {
    let question = "Notice: Continuing with the commit will cause the following:\nrestart\nEnter yes to continue with commit, no to abort commit (yes/no) [no]";
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .then("commit confirm 5", "", question)
        .then("no", "", CFG)
        .begin()
        .await;
    let ArmOutcome::Refused { words } = fixture.session.arm(5).await.unwrap() else { panic!() };
    assert!(words.contains("restart"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_question_stops_and_gives_the_device_free() {
    let mut fixture = prepared().then("commit check", "", "Proceed with the new license? ").begin().await;
    assert!(!fixture.is_free());
    let error = fixture.prepare().await.unwrap_err();
    let StepError::Unrecognised { command, text, .. } = error else { panic!("{error:?}") };
    assert_eq!((command.as_str(), text.as_str()), ("commit check", "Proceed with the new license?"));
    assert!(fixture.is_free());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_answer_to_a_line_stops() {
    let mut fixture =
        Script::login().then("configure", "", CFG).compare("").line(LINE, "Warning: this will hurt\n").begin().await;
    let error = fixture.prepare().await.unwrap_err();
    assert!(matches!(&error, StepError::Unrecognised { command, .. } if command == LINE), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn arming_in_each_form() {
    let arm = async |answer: &str| {
        Script::login().then("configure", "", CFG).then("commit confirm 5", answer, CFG).begin().await.session.arm(5).await
    };
    let notice = "Commit confirm will be automatically rolled back in 5 minutes unless confirmed";
    let ArmOutcome::Committed { success, words } = arm(&format!("{notice}\n{SUCCESS}\n")).await.unwrap() else { panic!() };
    assert_eq!((success.user.as_str(), success.time.as_str()), ("kestrel", "09-Mar-2026 19:09:18 UTC+02:00 (Israel)"));
    assert_eq!(words, format!("{notice}\n{SUCCESS}"));
    let nothing = "Commit action is not applicable. no configuration changes were made\n";
    assert!(matches!(arm(nothing).await.unwrap(), ArmOutcome::NothingToChange { .. }));
    assert!(matches!(arm("ERROR: Not now.\n").await.unwrap(), ArmOutcome::Refused { .. }));
    for open in [format!("{notice}\n"), String::new(), "Commit confirm\n".to_owned()] {
        assert!(matches!(arm(&open).await.unwrap_err(), StepError::Unrecognised { .. }), "{open}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_names_the_command_in_flight() {
    let mut fixture = Script::login().then("configure", "", CFG).then_closes("commit confirm 5", "").begin().await;
    let error = fixture.session.arm(5).await.unwrap_err();
    let StepError::Lost { in_flight, .. } = error else { panic!("{error:?}") };
    assert_eq!(in_flight.as_deref(), Some("commit confirm 5"));
    assert!(fixture.is_free());
}

#[tokio::test(start_paused = true)]
async fn a_commit_without_an_answer_ends_at_its_deadline() {
    let mut script = Script::login().then("configure", "", CFG);
    script.0.push(Turn::Awaits(b"commit confirm 5\n".to_vec()));
    let error = script.begin().await.session.arm(5).await.unwrap_err();
    assert!(matches!(error, StepError::Deadline { waited_s: 900, .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn confirming_in_each_form() {
    let confirm = async |answer: &str| {
        let script = Script::login().then("configure", "", CFG).compare("").then("commit", answer, CFG);
        script.begin().await.session.confirm().await.unwrap()
    };
    for answer in ["Commit confirm\n", "Commit confirmed\n", &format!("{SUCCESS}\n")] {
        assert!(matches!(confirm(answer).await, ConfirmOutcome::Confirmed { .. }), "{answer}");
    }
    let nothing = "NOTICE: commit action is not applicable. no configuration changes were made\n";
    assert!(matches!(confirm(nothing).await, ConfirmOutcome::NothingToCommit { .. }));
    assert!(matches!(confirm("ERROR: Not now.\n").await, ConfirmOutcome::Refused { .. }));
    let mut full = Script::login().then("configure", "", CFG).compare(COMPARED).begin().await;
    assert!(matches!(full.session.confirm().await.unwrap(), ConfirmOutcome::CandidateNotEmpty { .. }));
    assert!(!full.sent.text().contains("\ncommit\n"));
}

#[tokio::test(start_paused = true)]
async fn cancelling_in_each_form() {
    let cancel = async |answer: &str| {
        Script::login().then("clear system commit", answer, OPER).begin().await.session.cancel_pending().await.unwrap()
    };
    for answer in [
        "Configuration commit rollback by kestrel at 27-Jan-2017 22:11:00 UTC\n",
        "Configuration commit confirm rollbacked by kestrel at 27-Jan-2017 22:11:00 UTC\n",
    ] {
        assert!(matches!(cancel(answer).await, CancelOutcome::RolledBack { .. }), "{answer}");
    }
    assert!(matches!(cancel("ERROR: No commit confirm scheduled\n").await, CancelOutcome::NothingPending { .. }));
}

#[tokio::test(start_paused = true)]
async fn cleaning_goes_on_past_what_is_gone_already() {
    let reverse = [CliLine::parse(&format!("no {ENTRY}")).unwrap(), CliLine::parse("no interfaces ge100-0/0/3.251").unwrap()];
    let gone = "ERROR: Unknown word: 'ge100-0/0/3.251'.\n";
    let clean = async |left: &str| {
        let script = Script::login()
            .then("configure", "", CFG)
            .line(&reverse[0].to_string(), gone)
            .line(&reverse[1].to_string(), "")
            .compare(left);
        let mut fixture = script.begin().await;
        fixture.session.clean(&reverse, &fixture.never).await.unwrap()
    };
    assert_eq!(clean("").await, CleanOutcome::Empty);
    let left = clean(COMPARED).await;
    assert!(matches!(&left, CleanOutcome::Refused { line, .. } if *line == reverse[0].to_string()), "{left:?}");
}

#[tokio::test(start_paused = true)]
async fn a_look_leaves_configuration_mode_and_reads_one_moment() {
    let pending = "[09-Mar-2026 19:09:18 UTC] kestrel via cli commit confirm, rollback in 4 minutes\n";
    let mut fixture = Script::login()
        .look(HEAD, pending)
        .then("configure", "", CFG)
        .compare("")
        .then("show rollback | no-more", HEAD, CFG)
        .then("exit", "", OPER)
        .begin()
        .await;
    let probe = fixture.session.probe(&fixture.never).await.unwrap();
    assert_eq!(probe.pending.as_ref().map(|pending| pending.minutes_left), Some(4));
    assert_eq!(probe.candidate, Candidate::Empty);
    assert_eq!(probe.sessions[0].is_this, Some(true));
    assert_eq!(probe.device_time.map(|time| time.to_rfc3339()).as_deref(), Some("2026-03-09T19:08:00+02:00"));
    assert!(fixture.sent.text().ends_with("exit\n"));
}

#[tokio::test(start_paused = true)]
async fn a_look_at_a_full_candidate_slips_out_or_stays() {
    for (answer, ends) in [("", OPER), ("", CFG)] {
        let mut fixture = Script::login()
            .look(HEAD, "no commits\n")
            .then("configure", "", CFG)
            .compare(COMPARED)
            .then("show rollback | no-more", HEAD, CFG)
            .then("!", answer, ends)
            .begin()
            .await;
        let probe = fixture.session.probe(&fixture.never).await.unwrap();
        assert!(matches!(probe.candidate, Candidate::Differs { .. }));
        assert!(!fixture.sent.text().contains("exit"));
    }
}

const PARTS: [&str; 4] = ["network-services bridge-domain", "interfaces", "protocols lacp", "protocols lldp"];

fn framed(text: &str) -> String {
    format!("\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC+02:00 (Israel)]\n\n{text}\n# LEAF-A01 config-end\n\n")
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
    let first = framed("network-services bridge-domain instance a ^\n").replace("\n\n#", &format!("\n{SUCCESS}\n\n#"));
    let second = framed("network-services bridge-domain instance b ^\n");
    let mut script = Script::login().then(&show(PARTS[0]), &first, OPER).then(&show(PARTS[0]), &second, OPER);
    for path in &PARTS[1..] {
        script = script.then(&show(path), &framed(""), OPER);
    }
    let mut fixture = script.begin().await;
    let reading = fixture.session.read(ReadScope::L2, &fixture.never).await.unwrap();
    assert_eq!(reading.text.as_str().trim(), "network-services bridge-domain instance b ^");
    assert_eq!(reading.notices, [SUCCESS]);
}

#[tokio::test(start_paused = true)]
async fn a_reading_that_stays_cut_stops() {
    let cut = framed("network-services bridge-domain instance a ^\n").replace("# LEAF-A01 config-end\n", "");
    let script = (0..3).fold(Script::login(), |script, _| script.then(&show(PARTS[0]), &cut, OPER));
    let mut fixture = script.begin().await;
    let error = fixture.session.read(ReadScope::L2, &fixture.never).await.unwrap_err();
    assert!(matches!(&error, StepError::Unrecognised { text, .. } if text.contains("config-end")), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_reading_leaves_a_usable_session() {
    let mut script = Script::login();
    script.0.push(Turn::Awaits(format!("{}\n", show(PARTS[0])).into_bytes()));
    script.0.push(Turn::Awaits(b"\x03".to_vec()));
    script.0.push(Turn::Says(format!("^C\r\n{OPER}").into_bytes()));
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
        let mut fixture = Script::login().then(command, answer, OPER).begin().await;
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
    let script = Script::login().then("configure", "", CFG).compare("").then("exit", "", question).then("cancel", "", CFG);
    let mut fixture = script.begin().await;
    fixture.session.candidate(&fixture.never).await.unwrap();
    let error = fixture.session.close().await.unwrap_err();
    assert!(matches!(&error, StepError::Unrecognised { command, .. } if command == "exit"), "{error:?}");
    assert!(fixture.sent.text().ends_with("exit\ncancel\n"));
}

#[tokio::test(start_paused = true)]
async fn the_transcript_shows_both_sides() {
    let mut fixture = Script::login().then("clear system commit", "ERROR: No commit confirm scheduled\n", OPER).begin().await;
    fixture.session.cancel_pending().await.unwrap();
    insta::assert_snapshot!(fixture.lines.text(), @r"
    < DRIVENETS CLI Loading...
    > unset cli-timestamp
    > set cli-terminal-length 0
    > set cli-ansi-color-disabled
    < ERROR: Unknown word: 'cli-ansi-color-disabled'.
    > show system version | no-more
    < System Name: LEAF-A01
    < Version: DNOS [25.4.13] build [146]
    > clear system commit
    < ERROR: No commit confirm scheduled
    ");
}
