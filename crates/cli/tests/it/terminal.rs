//! Questions on a terminal.

use std::time::Duration;

use bk_lab::dialect::Dialect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};

use crate::support::{Bench, DOMAIN, PASSWORD};

/// The longest wait for a word; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
const CHOICE: &str = "Type a choice, or nothing to leave it:";
const INTERRUPT: &str = "\u{3}";
const END_OF_INPUT: &str = "\u{4}";

/// Reads until these words were shown.
async fn shown(output: &mut ChildStdout, words: &str) {
    let mut seen = Vec::new();
    let reading = async {
        while !String::from_utf8_lossy(&seen).contains(words) {
            assert_ne!(output.read_buf(&mut seen).await.unwrap(), 0, "it ended");
        }
    };
    let done = tokio::time::timeout(PATIENCE, reading).await;
    assert!(
        done.is_ok(),
        "no {words:?} in:\n{}",
        String::from_utf8_lossy(&seen)
    );
}

async fn keys(input: &mut ChildStdin, keys: &str) {
    input.write_all(keys.as_bytes()).await.unwrap();
}

/// A deployment that drift stopped asks what to do; each answer is typed at its question. Gives the exit code.
async fn after(answers: &[(&str, &str)]) -> (Bench, Option<i32>) {
    let bench = Bench::edited(Dialect::default()).await;
    let device = &bench.planned().await[0];
    let dump = &bench.dump()[device];
    let end = dump
        .flattened
        .lines()
        .find(|line| line.contains(".251 l2-service"));
    let interface = end.unwrap().split_whitespace().nth(1).unwrap();
    let line = format!("interfaces {interface} description \"by hand\"");
    bench
        .fabric
        .foreign(device, "birch", &[line, "commit".to_owned()]);
    let texts = || {
        bench
            .dump()
            .into_values()
            .map(|dump| dump.flattened)
            .collect::<Vec<_>>()
    };
    let start = texts();

    let mut bk = bench.on_terminal(&["--password-stdin", "deploy", DOMAIN]);
    let (mut input, mut output) = (bk.stdin.take().unwrap(), bk.stdout.take().unwrap());
    keys(&mut input, &format!("{PASSWORD}\n{END_OF_INPUT}")).await;
    shown(&mut output, "Type yes:").await;
    keys(&mut input, "yes\n").await;
    for (question, answer) in answers {
        shown(&mut output, question).await;
        keys(&mut input, answer).await;
    }
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, output.read_to_end(&mut rest)).await;
    assert!(
        ended.is_ok(),
        "it still asks:\n{}",
        String::from_utf8_lossy(&rest)
    );
    assert_eq!(texts(), start, "nothing was sent");
    let code = bk.wait().await.unwrap().code();
    (bench, code)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_leaves_a_question_and_what_it_was_about() {
    assert_eq!(after(&[(CHOICE, INTERRUPT)]).await.1, Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_an_answer_that_is_none() {
    assert_eq!(after(&[(CHOICE, "\n")]).await.1, Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_is_asked_why_and_kept_with_it() {
    let (bench, code) = after(&[(CHOICE, "leave\n"), ("Why?", "Cutover until Friday\n")]).await;
    assert_eq!(code, Some(6));
    let kept = bench.bk(&["--json", "drift", "decisions"]).await.expect(0).json();
    assert_eq!(
        (&kept[0]["choice"], &kept[0]["why"], &kept[0]["deployment"]),
        (&"leave".into(), &"Cutover until Friday".into(), &1.into())
    );
}
