//! Questions on a terminal.

use std::time::Duration;

use bk_lab::dialect::Dialect;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{ChildStdin, ChildStdout};

use crate::support::{Bench, DOMAIN, PASSWORD};

/// The longest wait for a word; a test that waits longer has failed.
const PATIENCE: Duration = Duration::from_secs(60);
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

/// A deployment that drift stopped asks what to do; `answer` is typed then. Gives the exit code.
async fn after(answer: &str) -> Option<i32> {
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
    shown(&mut output, "Type a choice, or nothing to leave it:").await;
    keys(&mut input, answer).await;
    let mut rest = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, output.read_to_end(&mut rest)).await;
    assert!(
        ended.is_ok(),
        "it still asks:\n{}",
        String::from_utf8_lossy(&rest)
    );
    assert_eq!(texts(), start, "nothing was sent");
    bk.wait().await.unwrap().code()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_interrupt_leaves_a_question_and_what_it_was_about() {
    assert_eq!(after(INTERRUPT).await, Some(6));
}

#[tokio::test(flavor = "multi_thread")]
async fn so_does_an_answer_that_is_none() {
    assert_eq!(after("\n").await, Some(6));
}
