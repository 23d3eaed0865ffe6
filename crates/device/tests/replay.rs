//! Replays the raw captures of real sessions through the channel, cut into packets in every way.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

use std::{
    path::PathBuf,
    sync::{Arc, Mutex},
    time::Duration,
};

use bk_device::{
    channel::{Channel, Ending, QuestionKind, Record, Settle, Tuning, Wait},
    platforms::dnos::DIALOGUE,
    transport::scripted::{Packets, ScriptedTransport, Turn},
};
use regex::bytes::Regex;
use tokio_util::sync::CancellationToken;

/// One exchange of a capture: what was typed, what came back, and how it ended.
struct Recorded {
    host: String,
    context: Option<String>,
    command: String,
    bytes: Vec<u8>,
    answer: String,
    ends: Ends,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Ends {
    Prompt,
    Question,
    Closed,
}

fn captures() -> Vec<(String, Vec<u8>)> {
    let folder = PathBuf::from(concat!(
        env!("CARGO_MANIFEST_DIR"),
        "/../../../shared/dnos/samples"
    ));
    let mut found: Vec<_> = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("the samples are needed at {}: {error}", folder.display()))
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".raw.txt"))
        .map(|path| {
            (
                path.file_name().unwrap().to_string_lossy().into_owned(),
                std::fs::read(path).unwrap(),
            )
        })
        .collect();
    found.sort();
    found
}

/// The host name that prompts show, and the capture with that name everywhere.
///
/// The names in the captures were replaced, but not where a control sequence stood right before one. A device never
/// shows two names in one session.
fn one_name(bytes: &[u8]) -> Option<(String, Vec<u8>)> {
    let prompt = Regex::new(r"(?-u)[\r\n]([\w.-]+)(?:\(cfg[^)]*\))?# ").unwrap();
    let host = String::from_utf8(prompt.captures(bytes)?[1].to_vec()).unwrap();
    let residue = Regex::new(r"(?-u)(\x1b\[(?:F|0m))[\w.-]+").unwrap();
    let renamed = residue
        .replace_all(bytes, [b"${1}", host.as_bytes()].concat())
        .into_owned();
    Some((host, renamed))
}

/// Finds the exchanges by the redrawn echo that each of them has.
fn exchanges(capture: &[u8]) -> Vec<Recorded> {
    let Some((host, bytes)) = one_name(capture) else {
        return Vec::new();
    };
    let redraw = Regex::new(&format!(
        r"(?-u)\x1b\[F{host}\(((?:cfg[^ )]* )?)\d\d-[A-Z][a-z]{{2}}-\d{{4}}-\d\d:\d\d:\d\d\)# ([^\r\n]*)\r\n"
    ))
    .unwrap();
    let prompt = Regex::new(&format!(r"(?-u)(?:^|\n|\x1b\[0m){host}(?:\([^)\r\n]*\))?# ")).unwrap();
    let question = Regex::new(r"(?-u)\[cancel\]\? ").unwrap();
    let redraws: Vec<_> = redraw.captures_iter(&bytes).collect();
    let mut found = Vec::new();
    for (index, hit) in redraws.iter().enumerate() {
        let whole = hit.get(0).unwrap();
        let text = |group: usize| String::from_utf8(hit[group].to_vec()).unwrap();
        let command = text(2);
        let echo = format!("{command}\r\n");
        let start = whole.start() - echo.len();
        assert_eq!(&bytes[start..whole.start()], echo.as_bytes());
        let next = redraws
            .get(index + 1)
            .map_or(bytes.len(), |next| next.get(0).unwrap().start());
        let rest = &bytes[whole.end()..next];
        // The prompt is found from one byte before, so that a line begins even where the answer is empty.
        let at_prompt = prompt
            .find(&bytes[whole.end() - 1..next])
            .map(|hit| hit.end() - 1);
        let at_question = question.find(rest).map(|hit| hit.end());
        let (length, ends) = match (at_prompt, at_question) {
            (Some(length), _) => (length, Ends::Prompt),
            (None, Some(length)) => (length, Ends::Question),
            (None, None) => (0, Ends::Closed),
        };
        let answer = String::from_utf8(rest[..length].to_vec())
            .unwrap()
            .replace("\r\n", "\n")
            .replace("\x1b[0m", "");
        let answer = match ends {
            Ends::Prompt => answer[..answer.rfind('\n').map_or(0, |end| end + 1)].to_owned(),
            _ => answer,
        };
        let context = text(1).trim().to_owned();
        found.push(Recorded {
            host: host.clone(),
            context: (!context.is_empty()).then_some(context),
            command,
            bytes: bytes[start..whole.end() + length].to_vec(),
            answer,
            ends,
        });
    }
    found
}

fn patient(cancel: &CancellationToken) -> Wait<'_> {
    Wait {
        limit: Duration::from_secs(30),
        cancel,
        settle: Settle::Quiet,
    }
}

#[derive(Default)]
struct Log(Mutex<Vec<String>>);

impl Record for Log {
    fn sent(&self, line: &str) {
        self.0.lock().unwrap().push(format!("> {line}"));
    }
    fn answered(&self, text: &str) {
        self.0.lock().unwrap().push(text.to_owned());
    }
    fn note(&self, text: &str) {
        self.0.lock().unwrap().push(format!("note: {text}"));
    }
}

async fn replay(recorded: &Recorded, packets: Packets) {
    let context = recorded
        .context
        .as_ref()
        .map(|context| format!("({context})"))
        .unwrap_or_default();
    let host = &recorded.host;
    let greeting = format!("DRIVENETS CLI Loading...\r                        \r{host}{context}# ");
    let mut turns = vec![
        Turn::Says(greeting.into_bytes()),
        Turn::Awaits(format!("{}\n", recorded.command).into_bytes()),
        Turn::Says(recorded.bytes.clone()),
    ];
    if recorded.ends == Ends::Closed {
        turns.push(Turn::Closes);
    }
    let transport = Box::new(ScriptedTransport::new(turns, packets.clone()));
    let cancel = CancellationToken::new();
    let wait = patient(&cancel);
    let log = Arc::new(Log::default());
    let (mut channel, prompt, _) = Channel::open(transport, &DIALOGUE, Tuning::default(), log, &wait)
        .await
        .expect("the greeting ends in a prompt");
    assert_eq!(
        (prompt.host.as_str(), prompt.context.as_deref()),
        (host.as_str(), recorded.context.as_deref())
    );
    let what = format!("{:?} in {packets:?}", recorded.command);
    match (recorded.ends, channel.exchange(&recorded.command, &wait).await) {
        (Ends::Prompt, Ok(exchange)) => {
            assert!(
                matches!(exchange.ending, Ending::Prompt(_)),
                "{what}: {:?}",
                exchange.ending
            );
            // A success line looks like a broadcast, so it is reported as one.
            let said: String = exchange
                .broadcasts
                .iter()
                .map(|line| format!("{line}\n"))
                .collect();
            assert_eq!(exchange.text + &said, recorded.answer, "{what}");
            assert!(
                exchange.raw == recorded.bytes,
                "{what}: the bytes are not the recorded ones"
            );
        }
        (Ends::Question, Ok(exchange)) => {
            let Ending::Question { kind, .. } = exchange.ending else {
                panic!("{what}: {:?}", exchange.ending)
            };
            assert_eq!(kind, QuestionKind::LeaveUncommitted, "{what}");
        }
        (Ends::Closed, Err(error)) => assert_eq!(error.said(), "", "{what}"),
        (ends, result) => panic!("{what}: expected {ends:?}, got {result:?}"),
    }
}

#[tokio::test(start_paused = true)]
async fn every_capture_in_every_packet_size() {
    let mut counts = Vec::new();
    for (name, bytes) in captures() {
        let recorded = exchanges(&bytes);
        for exchange in &recorded {
            for packets in [
                Packets::Whole,
                Packets::OfSize(1),
                Packets::OfSize(7),
                Packets::OfSize(1400),
            ] {
                replay(exchange, packets).await;
            }
        }
        counts.push(format!("{name}: {}", recorded.len()));
    }
    insta::assert_snapshot!(counts.join("\n"), @r"
    session_commit-error_then_exit-uncommitted-prompt.raw.txt: 9
    session_commit-error_update-source.raw.txt: 43
    session_config-commit-succeeded.raw.txt: 40
    session_show-bgp-summary_commit-error.raw.txt: 14
    session_show-config-bgp_commit-error-afi.raw.txt: 22
    session_show-config-vrf_show-interfaces.raw.txt: 4
    session_ssh-without-pty_exec-channel.raw.txt: 0
    show_system_cluster-CL86.raw.txt: 1
    ");
}

#[tokio::test(start_paused = true)]
async fn a_capture_cut_at_every_byte() {
    let (_, bytes) = captures()
        .into_iter()
        .find(|(name, _)| name.starts_with("session_commit-error_then_exit"))
        .expect("the capture");
    for exchange in exchanges(&bytes) {
        for cut in 1..exchange.bytes.len() {
            replay(&exchange, Packets::CutAt(cut)).await;
        }
    }
}

/// The channel's view of one whole failing commit, as text.
#[tokio::test(start_paused = true)]
async fn a_failing_commit_reads_as_its_error() {
    let (_, bytes) = captures()
        .into_iter()
        .find(|(name, _)| name.starts_with("session_commit-error_update"))
        .expect("the capture");
    let commit = exchanges(&bytes)
        .into_iter()
        .find(|exchange| exchange.command == "commit")
        .expect("a commit");
    assert!(
        commit
            .answer
            .starts_with("ERROR: Missing update-source configuration for bgp multihop neighbor")
    );
}
