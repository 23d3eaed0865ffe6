//! The prompt reader: however the bytes are cut the answer is the same, and nothing that a device says is lost.

use std::{sync::Arc, time::Duration};

use bk_device::{
    channel::{Channel, ChannelError, Ending, Exchange, Record, Settle, Tuning, Wait},
    platforms::dnos::DIALOGUE,
    transport::scripted::{Packets, ScriptedTransport, Turn},
};
use tokio_util::sync::CancellationToken;

use crate::text_of;

pub(crate) const PROMPT: &str = "LEAF-A01# ";
const COMMAND: &str = "show x y";
const PAGER: &str = "-- More -- (Press q to quit)";

/// What a device may say before an answer begins.
const ECHOES: [&str; 10] = [
    "show x y\r\n",
    "show x y\r\n\x1b[FLEAF-A01(09-Mar-2026-19:09:15)# show x y\r\n",
    "show\r\n x y\r\n",
    "sh\r\now x\r\n y\r\n",
    "s\r\nh\r\now\r\n x \r\ny\r\n",
    "^C\r\nLEAF-A01# show x y\r\n",
    "sho\r\nCommit succeeded by birch at 09-Mar-2026 19:09:18 UTC\r\nLEAF-A01# show x y\r\n",
    "\r\nshow x y\r\n",
    "",
    "ERROR: late\r\nshow x y\r\n",
];

/// How many of [`ECHOES`] are an echo.
const TRUE_ECHOES: usize = 8;

pub(crate) struct Nobody;

impl Record for Nobody {
    fn sent(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

/// Takes the first two bytes as the kind of echo and of packets, the others as the answer.
pub fn exchange(data: &[u8]) {
    let [manner, seed, said @ ..] = data else { return };
    let echo = usize::from(*manner) % ECHOES.len();
    let said = &said[..said.len().min(crate::LONGEST)];
    let runtime = paused();
    runtime.block_on(async {
        cut_anywhere(echo, *seed, said).await;
        if echo < TRUE_ECHOES {
            let lines = plain_lines(said);
            lines_are_kept(echo, *seed, &lines).await;
            pager_keeps_lines(echo, *seed, &lines, said).await;
        }
        never_longer_than_allowed(echo, said).await;
    });
}

/// A runtime whose clock runs on when nothing else is to be done.
pub(crate) fn paused() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread()
        .enable_time()
        .start_paused(true)
        .build()
        .expect("a runtime without threads can be built")
}

/// Packets of sizes that a byte tells: one, whole, or changing from packet to packet.
pub(crate) fn packets(bytes: &[u8], seed: u8) -> Vec<Vec<u8>> {
    let least = bytes.len() / 384 + 1;
    let mut rest = bytes;
    let mut state = u32::from(seed);
    let mut packets = Vec::new();
    while !rest.is_empty() {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let size = match seed {
            0 => bytes.len(),
            1 => 1,
            _ => (state >> 24) as usize % (usize::from(seed) + 1) + 1,
        };
        let (packet, tail) = rest.split_at(size.max(least).min(rest.len()));
        packets.push(packet.to_vec());
        rest = tail;
    }
    packets
}

fn says(bytes: &[u8], seed: u8) -> impl Iterator<Item = Turn> {
    packets(bytes, seed).into_iter().map(Turn::Says)
}

async fn run(turns: impl IntoIterator<Item = Turn>, max_answer: usize) -> Result<Exchange, ChannelError> {
    let begin = [
        Turn::Says(PROMPT.as_bytes().to_vec()),
        Turn::Awaits(format!("{COMMAND}\n").into_bytes()),
    ];
    let turns = begin.into_iter().chain(turns).collect();
    let transport = Box::new(ScriptedTransport::new(turns, Packets::Whole));
    let cancel = CancellationToken::new();
    let wait = Wait {
        limit: Duration::from_secs(30),
        cancel: &cancel,
        settle: Settle::Quiet,
    };
    let tuning = Tuning {
        max_answer,
        ..Tuning::default()
    };
    let (mut channel, _, _) = Channel::open(transport, &DIALOGUE, tuning, Arc::new(Nobody), &wait).await?;
    channel.exchange(COMMAND, &wait).await
}

/// What must not depend on where packets end.
fn outcome(result: Result<Exchange, ChannelError>) -> Result<(String, Ending, Vec<String>, Vec<u8>), String> {
    match result {
        Ok(exchange) => Ok((exchange.text, exchange.ending, exchange.broadcasts, exchange.raw)),
        // What had arrived when the first wrong line was seen depends on the packets; what is wrong does not.
        Err(ChannelError::OutOfStep { .. }) => Err("out of step".to_owned()),
        Err(error) => Err(format!("{error}: {}", error.said())),
    }
}

async fn cut_anywhere(echo: usize, seed: u8, said: &[u8]) {
    let bytes = [ECHOES[echo].as_bytes(), said, b"\r\n", PROMPT.as_bytes()].concat();
    // The line that ends a configuration proves a prompt right behind it without a wait.
    if String::from_utf8_lossy(said).contains("config-end") {
        return;
    }
    let whole = outcome(run(says(&bytes, 0), usize::MAX).await);
    for seed in [1, seed] {
        let cut = outcome(run(says(&bytes, seed), usize::MAX).await);
        assert_eq!(cut, whole, "{:?} cut by {seed}", String::from_utf8_lossy(&bytes));
    }
    if let Ok((_, _, _, raw)) = whole {
        assert_eq!(raw, bytes, "the bytes are kept as they came");
    }
}

/// Any bytes as lines that a terminal shows as they are.
pub(crate) fn plain_lines(said: &[u8]) -> String {
    text_of(said)
        .chars()
        .map(|c| {
            if c.is_control() && c != '\n' && c != '\t' {
                '?'
            } else {
                c
            }
        })
        .collect()
}

async fn lines_are_kept(echo: usize, seed: u8, lines: &str) {
    let seed = if lines.contains("config-end") { 0 } else { seed };
    let bytes = format!("{}{}\r\n{PROMPT}", ECHOES[echo], lines.replace('\n', "\r\n"));
    let exchange = run(says(bytes.as_bytes(), seed), usize::MAX)
        .await
        .unwrap_or_else(|error| panic!("{bytes:?}: {error}"));
    let Ending::Prompt(prompt) = &exchange.ending else {
        panic!("{bytes:?}: {:?}", exchange.ending)
    };
    assert_eq!((prompt.host.as_str(), &prompt.context), ("LEAF-A01", &None));
    assert!(!exchange.cut_by_pager);
    nothing_is_lost(&exchange.text, &exchange.broadcasts, lines);
}

/// Each line that is no prompt stands in the answer, in order, or among the broadcasts.
pub(crate) fn nothing_is_lost(text: &str, broadcasts: &[String], lines: &str) {
    // A prompt that a broadcast follows is drawn again, and a redrawn echo stands behind one: neither is the answer's.
    let could_be_prompt = |line: &str| {
        let line = line.trim();
        line.starts_with("LEAF-A01")
            || line.split('(').next().is_some_and(|host| !host.contains(' ')) && line.ends_with('#')
    };
    let wanted = |line: &&str| !line.trim().is_empty() && !could_be_prompt(line);
    let mut kept = text.lines().filter(wanted).peekable();
    let mut apart = broadcasts.iter().map(String::as_str).filter(wanted);
    for line in lines.split('\n').filter(wanted) {
        if kept.peek() == Some(&line) {
            kept.next();
            continue;
        }
        let found = apart.any(|broadcast| broadcast == line.trim());
        assert!(found, "{line:?} is lost: {text:?} {broadcasts:?}");
    }
    assert_eq!(kept.next(), None, "nothing is made up: {lines:?}");
}

/// Whatever comes behind the pager, the lines before it are kept, and the answer says that it is cut.
async fn pager_keeps_lines(echo: usize, seed: u8, lines: &str, behind: &[u8]) {
    // The reader stops at the first prompt that proves itself; a line that ends a configuration does.
    if lines.contains("config-end") {
        return;
    }
    let before = format!("{}{}\r\n{PAGER}", ECHOES[echo], lines.replace('\n', "\r\n"));
    let behind = [b"\x08\x08 \x08\r", behind, b"\r\n", PROMPT.as_bytes()].concat();
    let pager = [Turn::Awaits(b"q".to_vec())];
    let turns = says(before.as_bytes(), seed)
        .chain(pager)
        .chain(says(&behind, seed));
    let result = run(turns, usize::MAX).await;
    let Ok(exchange) = result else { return };
    assert!(exchange.cut_by_pager, "{before:?}");
    let text = exchange.text + &exchange.broadcasts.join("\n");
    for line in lines
        .split('\n')
        .filter(|line| !line.trim().is_empty() && !line.contains('#'))
    {
        assert!(text.contains(line.trim()), "{line:?} is lost: {text:?}");
    }
}

async fn never_longer_than_allowed(echo: usize, said: &[u8]) {
    let limit = said.len() / 2 + 24;
    let bytes = [ECHOES[echo].as_bytes(), said, b"\r\n", PROMPT.as_bytes()].concat();
    match run(says(&bytes, 7), limit).await {
        Ok(exchange) => assert!(exchange.raw.len() <= limit),
        Err(ChannelError::TooLong { limit: told, .. }) => assert_eq!(told, limit),
        Err(error) => assert!(error.said().len() <= 3 * limit, "a replaced byte takes three"),
    }
}
