//! The channel against odd devices: broadcasts, pagers, questions, prompt-like text, silence, lost connections.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bk_device::{
    channel::{Channel, ChannelError, Ending, Exchange, QuestionKind, Record, Settle, Tuning, Wait},
    platforms::dnos::DIALOGUE,
    transport::scripted::{Packets, ScriptedTransport, Turn},
};
use proptest::prelude::*;
use tokio_util::sync::CancellationToken;

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

fn says(text: &str) -> Turn {
    Turn::Says(text.as_bytes().to_vec())
}

fn awaits(text: &str) -> Turn {
    Turn::Awaits(text.as_bytes().to_vec())
}

async fn open(turns: Vec<Turn>, packets: Packets) -> (Channel, Arc<Log>) {
    let turns = [vec![says("LEAF-A01# ")], turns].concat();
    let transport = Box::new(ScriptedTransport::new(turns, packets));
    let cancel = CancellationToken::new();
    let log = Arc::new(Log::default());
    let wait = patient(&cancel);
    let record = Arc::clone(&log) as Arc<dyn Record>;
    let (channel, _, _) = Channel::open(transport, &DIALOGUE, Tuning::default(), record, &wait)
        .await
        .unwrap();
    (channel, log)
}

/// One exchange with a device that answers `answer` to `command`.
async fn exchange_in(command: &str, answer: &str, packets: Packets) -> Result<Exchange, ChannelError> {
    let (mut channel, _) = open(vec![awaits(&format!("{command}\n")), says(answer)], packets).await;
    let cancel = CancellationToken::new();
    channel.exchange(command, &patient(&cancel)).await
}

/// The same answer whole and byte by byte.
async fn check(command: &str, answer: &str, expected: &str) -> Exchange {
    let whole = exchange_in(command, answer, Packets::Whole)
        .await
        .unwrap_or_else(|error| panic!("{answer:?}: {error}"));
    assert_eq!(whole.text, expected, "{answer:?}");
    let split = exchange_in(command, answer, Packets::OfSize(1))
        .await
        .unwrap_or_else(|error| panic!("{answer:?}: {error}"));
    assert_eq!(
        (&split.text, &split.ending, &split.broadcasts),
        (&whole.text, &whole.ending, &whole.broadcasts)
    );
    whole
}

#[tokio::test(start_paused = true)]
async fn echoes_single_double_and_broken() {
    check("top", "top\r\nLEAF-A01(cfg)# ", "").await;
    check(
        "top",
        "top\r\n\x1b[FLEAF-A01(cfg 09-Mar-2026-19:09:15)# top\r\nLEAF-A01(cfg)# ",
        "",
    )
    .await;
    check("top", "top\r\n\x1b[FLEAF-A01(cfg)# top\r\nLEAF-A01(cfg)# ", "").await;
    check(
        "show system version",
        "show sys\r\ntem version\r\nVersion: x\r\nLEAF-A01# ",
        "Version: x\n",
    )
    .await;
    check("show x", "\r\nshow x\r\nout\r\n\x1b[0mLEAF-A01# ", "out\n").await;
}

/// Whole and byte by byte: a piece of an echo is not judged before the next has arrived.
#[tokio::test(start_paused = true)]
async fn a_narrow_terminal_breaks_an_echo_into_many_lines() {
    for echo in ["sh\r\now sys\r\ntem\r\n", "s\r\nh\r\now system\r\n"] {
        check("show system", &format!("{echo}out\r\nLEAF-A01# "), "out\n").await;
    }
}

#[tokio::test(start_paused = true)]
async fn a_late_answer_to_ctrl_c_is_no_answer() {
    check("top", "^C\r\nLEAF-A01# top\r\nLEAF-A01# ", "").await;
    check("top", "\r\nLEAF-A01# ^C\r\nLEAF-A01# top\r\nLEAF-A01# ", "").await;
}

#[tokio::test(start_paused = true)]
async fn broadcasts_anywhere_are_kept_apart() {
    let line = "Commit succeeded by birch at 09-Mar-2026 19:09:18 UTC";
    for answer in [
        format!("\r\n{line}\r\nLEAF-A01# show x\r\nout\r\nLEAF-A01# "),
        format!("\r\n{line}\r\nshow x\r\nout\r\nLEAF-A01# "),
        format!("sho\r\n{line}\r\nLEAF-A01# show x\r\nout\r\nLEAF-A01# "),
        format!("show x\r\nout\r\n{line}\r\nLEAF-A01# "),
        format!("show x\r\n{line}\r\nout\r\nLEAF-A01# "),
        format!("show x\r\nout\r\nLEAF-A01# \r\n{line}\r\n"),
        format!("show x\r\nout\r\nLEAF-A01# {line}\r\n"),
        format!("show x\r\nout\r\nLEAF-A01# \r\n{line}\r\nLEAF-A01# "),
    ] {
        let exchange = exchange_in("show x", &answer, Packets::Whole)
            .await
            .unwrap_or_else(|error| panic!("{answer:?}: {error}"));
        assert_eq!(exchange.broadcasts, [line], "{answer:?}");
        assert!(
            exchange.text.starts_with("out\n"),
            "{answer:?}: {:?}",
            exchange.text
        );
    }
}

#[tokio::test(start_paused = true)]
async fn text_that_looks_like_a_prompt_is_text() {
    check(
        "show x",
        "show x\r\n  description uplink# \r\nSPINE-1# \r\nend\r\nLEAF-A01# ",
        "  description uplink# \nSPINE-1# \nend\n",
    )
    .await;
    check(
        "show x",
        "show x\r\nLEAF-A01# \r\nend\r\nLEAF-A01# ",
        "LEAF-A01# \nend\n",
    )
    .await;
    check(
        "show x",
        "show x\r\n# LEAF-A01 config-end\r\n\r\nLEAF-A01# ",
        "# LEAF-A01 config-end\n\n",
    )
    .await;
}

#[tokio::test(start_paused = true)]
async fn a_prompt_in_the_middle_of_slow_output_is_not_the_end() {
    // The second packet comes within the quiet time, so the first is not believed.
    let turns = vec![
        awaits("show x\n"),
        says("show x\r\nout\r\nLEAF-A01# "),
        says("\r\nmore\r\nLEAF-A01# "),
    ];
    let (mut channel, _) = open(turns, Packets::Whole).await;
    let cancel = CancellationToken::new();
    let exchange = channel.exchange("show x", &patient(&cancel)).await.unwrap();
    assert_eq!(exchange.text, "out\nLEAF-A01# \nmore\n");
}

#[tokio::test(start_paused = true)]
async fn another_host_name_is_believed_after_a_while() {
    let exchange = check("commit", "commit\r\nLEAF-B02(cfg)# ", "").await;
    let Ending::Prompt(prompt) = exchange.ending else {
        panic!("{:?}", exchange.ending)
    };
    assert_eq!(prompt.host, "LEAF-B02");
    assert!(exchange.took >= Tuning::default().renamed);
}

#[tokio::test(start_paused = true)]
async fn a_prompt_glued_to_a_cut_answer_ends_it_after_a_while() {
    let exchange = check(
        "show x",
        "show x\r\none\r\ntwo is cLEAF-A01(cfg)# ",
        "one\ntwo is c",
    )
    .await;
    assert!(exchange.took >= Tuning::default().renamed);
}

#[tokio::test(start_paused = true)]
async fn the_pager_is_left() {
    let turns = vec![
        awaits("show x\n"),
        says("show x\r\none\r\n-- More -- (Press q to quit)"),
        awaits("q"),
        says("\r                            \rLEAF-A01# "),
    ];
    for packets in [Packets::Whole, Packets::OfSize(1)] {
        let (mut channel, log) = open(turns.clone(), packets).await;
        let cancel = CancellationToken::new();
        let exchange = channel.exchange("show x", &patient(&cancel)).await.unwrap();
        assert!(exchange.cut_by_pager);
        assert_eq!(exchange.text.trim(), "one");
        assert!(
            log.0
                .lock()
                .unwrap()
                .contains(&"note: the pager was left with q".to_owned())
        );
    }
}

/// A device may take its pager's line back character by character.
#[tokio::test(start_paused = true)]
async fn the_pager_may_be_erased_by_backspaces() {
    let erased = format!("{}\u{e9}\r\nLEAF-A01# ", "\x08 \x08".repeat(28));
    let turns = vec![
        awaits("show x\n"),
        says("show x\r\none\r\ntwo -- More -- (Press q to quit)"),
        awaits("q"),
        says(&erased),
    ];
    for packets in [Packets::Whole, Packets::OfSize(1)] {
        let (mut channel, _) = open(turns.clone(), packets).await;
        let cancel = CancellationToken::new();
        let exchange = channel.exchange("show x", &patient(&cancel)).await.unwrap();
        assert!(exchange.cut_by_pager);
        assert_eq!(exchange.text, "one\ntwo \u{e9}\n");
    }
}

#[tokio::test(start_paused = true)]
async fn the_pagers_words_in_an_answer_are_text() {
    let line = "description \"-- More -- (Press q to quit)\"\n-- End -- (Press q to quit)\n";
    let said = format!("show x\r\n{}LEAF-A01# ", line.replace('\n', "\r\n"));
    check("show x", &said, line).await;
}

#[tokio::test(start_paused = true)]
async fn questions_end_the_wait() {
    let question = "Warning: User birch committed at 1:02, your configuration is out of sync. What would you like to do (commit, merge-only, abort) [abort]? ";
    let exchange = check("commit", &format!("commit\r\n{question}"), question).await;
    assert!(matches!(
        exchange.ending,
        Ending::Question {
            kind: QuestionKind::OutOfSync,
            ..
        }
    ));
    let exchange = check("save f", "save f\r\nOverwrite it? ", "Overwrite it? ").await;
    assert!(matches!(
        exchange.ending,
        Ending::Question {
            kind: QuestionKind::Unknown,
            ..
        }
    ));
    assert!(exchange.took >= Tuning::default().unknown_question);
}

#[tokio::test(start_paused = true)]
async fn a_question_waits_behind_a_broadcast() {
    let question = "Warning: User birch committed at 1:02, your configuration is out of sync. What would you like to do (commit, merge-only, abort) [abort]? ";
    let line = "Commit succeeded by birch at 09-Mar-2026 19:09:18 UTC";
    for answer in [
        format!("commit\r\n{question}\r\n{line}\r\n"),
        format!("commit\r\n{line}\r\n{question}"),
        format!("commit\r\n{question}\r\n\r\n{line}\r\n\r\n"),
    ] {
        let exchange = exchange_in("commit", &answer, Packets::OfSize(9)).await.unwrap();
        let Ending::Question { kind, text } = exchange.ending else {
            panic!("{:?}", exchange.ending)
        };
        assert_eq!(
            (kind, text.as_str()),
            (QuestionKind::OutOfSync, question.trim()),
            "{answer:?}"
        );
        assert_eq!(exchange.broadcasts, [line], "{answer:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_is_no_echo_stops() {
    let error = exchange_in(
        "show x",
        "ERROR: something late\r\nshow x\r\nLEAF-A01# ",
        Packets::Whole,
    )
    .await
    .unwrap_err();
    assert!(matches!(error, ChannelError::OutOfStep { .. }), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn silence_ends_at_the_deadline() {
    let error = exchange_in("show x", "show x\r\nhalf an ans", Packets::Whole)
        .await
        .unwrap_err();
    let ChannelError::Deadline { waited, said, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((waited, said.as_str()), (Duration::from_secs(30), "half an ans"));
}

#[tokio::test(start_paused = true)]
async fn a_lost_connection_keeps_what_was_said() {
    let turns = vec![
        awaits("commit\n"),
        says("commit\r\nERROR: half\r\n"),
        Turn::Closes,
    ];
    let (mut channel, _) = open(turns, Packets::OfSize(3)).await;
    let cancel = CancellationToken::new();
    let error = channel.exchange("commit", &patient(&cancel)).await.unwrap_err();
    let ChannelError::Closed { command, said, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!((command.as_str(), said.as_str()), ("commit", "ERROR: half\n"));
}

#[tokio::test(start_paused = true)]
async fn a_cancelled_wait_ends_at_once_and_ctrl_c_brings_the_prompt_back() {
    let turns = vec![
        awaits("show x\n"),
        says("show x\r\nout\r\n"),
        awaits("\x03"),
        says("^C\r\nLEAF-A01# "),
    ];
    let (mut channel, _) = open(turns, Packets::Whole).await;
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = channel.exchange("show x", &patient(&cancel)).await.unwrap_err();
    assert!(matches!(error, ChannelError::Cancelled { .. }), "{error:?}");
    let never = CancellationToken::new();
    let exchange = channel.interrupt(&patient(&never)).await.unwrap();
    assert!(matches!(exchange.ending, Ending::Prompt(_)));
}

#[tokio::test(start_paused = true)]
async fn endless_output_is_cut_off() {
    let tuning = Tuning {
        max_answer: 64,
        ..Tuning::default()
    };
    let turns = vec![says("LEAF-A01# "), awaits("show x\n"), says(&"x".repeat(100))];
    let transport = Box::new(ScriptedTransport::new(turns, Packets::OfSize(10)));
    let cancel = CancellationToken::new();
    let wait = patient(&cancel);
    let (mut channel, _, _) = Channel::open(transport, &DIALOGUE, tuning, Arc::new(Log::default()), &wait)
        .await
        .unwrap();
    let error = channel.exchange("show x", &wait).await.unwrap_err();
    assert!(
        matches!(error, ChannelError::TooLong { limit: 64, .. }),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn secrets_and_broken_bytes_in_the_record() {
    let turns = vec![
        awaits("show x\n"),
        Turn::Says(
            b"show x\r\nsystem login user birch password $6$salt$hash\r\ndescr caf\xe9\r\nLEAF-A01# "
                .to_vec(),
        ),
    ];
    let (mut channel, log) = open(turns, Packets::Whole).await;
    let cancel = CancellationToken::new();
    channel.exchange("show x", &patient(&cancel)).await.unwrap();
    insta::assert_snapshot!(log.0.lock().unwrap().join("\n"), @r"
    > show x
    system login user birch password <secret>
    descr caf�
    note: not UTF-8: descr caf\xe9\r
    ");
}

async fn opened(turns: Vec<Turn>) -> Result<String, ChannelError> {
    let transport = Box::new(ScriptedTransport::new(turns, Packets::OfSize(5)));
    let cancel = CancellationToken::new();
    let wait = patient(&cancel);
    Channel::open(
        transport,
        &DIALOGUE,
        Tuning::default(),
        Arc::new(Log::default()),
        &wait,
    )
    .await
    .map(|(_, prompt, _)| prompt.host)
}

#[tokio::test(start_paused = true)]
async fn the_first_prompt() {
    let loading = "DRIVENETS CLI Loading...\r                        \rLEAF-A01# ";
    assert_eq!(opened(vec![says(loading)]).await.unwrap(), "LEAF-A01");
    let banner = "####\r\n# Lab. Ask before you commit. #\r\n####\r\nLEAF-A01# ";
    assert_eq!(opened(vec![says(banner)]).await.unwrap(), "LEAF-A01");
    let strangers = [
        "stty: 'standard input': Inappropriate ioctl for device\r\nWarning: CLI is not running, do you wish to enter BaseOS shell? (yes/no) [no]? ",
        "Linux spine 6.1\r\nroot@spine:~# ",
        "router>",
    ];
    for stranger in strangers {
        let error = opened(vec![says(stranger)]).await.unwrap_err();
        assert!(
            matches!(error, ChannelError::NoPrompt { .. }),
            "{stranger}: {error:?}"
        );
    }
    let error = opened(vec![says("Invalid command\r\n"), Turn::Closes])
        .await
        .unwrap_err();
    assert!(
        matches!(&error, ChannelError::Closed { .. }) && error.said().contains("Invalid command"),
        "{error:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever bytes a device sends, an exchange ends, and no text is invented.
    #[test]
    fn any_bytes_end_somehow(answer in proptest::collection::vec(any::<u8>(), 0..300), size in 1usize..40) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        runtime.block_on(async {
            let turns = vec![awaits("show x\n"), says("show x\r\n"), Turn::Says(answer), says("\r\nLEAF-A01# ")];
            let (mut channel, _) = open(turns, Packets::OfSize(size)).await;
            let cancel = CancellationToken::new();
            let _ = channel.exchange("show x", &patient(&cancel)).await;
        });
    }
}
