//! Reads are sent without a pause, and no answer is used before it is proven: whatever looks like a prompt, wherever
//! packets are cut, whoever echoes, the answer is the whole one or there is none.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

mod terminal;

use std::{sync::Arc, time::Duration};

use bk_device::{
    channel::{Record, Tuning},
    driver::{Answer, Driver, DriverError},
    platforms::dnos::{ConfigPart, Show},
};
use proptest::prelude::*;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use terminal::{BROADCAST, Echoes, Manner, PROMPT, Piece, Terminal};

struct Nobody;

impl Record for Nobody {
    fn sent(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

/// One read of each kind: lists, tables, a framed part, a comparison.
fn shows() -> Vec<Show> {
    vec![
        Show::Rollback,
        Show::PendingCommit,
        Show::SshSessions,
        Show::Candidate,
        Show::Config(ConfigPart::Interfaces),
        Show::Interfaces,
        Show::LldpNeighbors,
        Show::LacpInterfaces,
        Show::Version,
    ]
}

fn answer_to(show: &Show) -> Vec<String> {
    let lines: &[&str] = match show {
        Show::Config(_) => &[
            "\n# LEAF-A01 config-start [09-Mar-2026 18:52:23 UTC]\n\n",
            "interfaces ge100-0/0/1 admin-state enabled\n",
            "interfaces mgmt0 ^\n",
            "\n# LEAF-A01 config-end\n\n",
        ],
        Show::Candidate => &["Added:\n  interfaces\n", "    + ge100-0/0/1\n      + mtu 9000\n"],
        _ => &["| Name | Value |\n", "|------+-------|\n", "| a    | 1     |\n"],
    };
    lines.iter().map(|line| (*line).to_owned()).collect()
}

fn text_of(pieces: &[Piece]) -> String {
    pieces.iter().map(|piece| piece.text.as_str()).collect()
}

async fn open(manner: Manner, greeting: &[Piece], answers: Vec<(Show, Vec<Piece>)>) -> Driver {
    let answers = answers
        .into_iter()
        .map(|(show, answer)| (show.to_string(), answer));
    let terminal = Terminal::new(manner, greeting, answers.collect());
    Driver::open(
        Box::new(terminal),
        Tuning::default(),
        Arc::new(Nobody),
        Duration::from_secs(60),
        &CancellationToken::new(),
    )
    .await
    .unwrap()
}

async fn read(manner: Manner, answers: Vec<(Show, Vec<Piece>)>) -> Result<Vec<Answer>, DriverError> {
    let shows: Vec<Show> = answers.iter().map(|(show, _)| show.clone()).collect();
    let mut driver = open(manner, &[], answers).await;
    driver.read_all(&shows, &CancellationToken::new()).await
}

fn manners() -> impl Iterator<Item = Manner> {
    [Echoes::Reader, Echoes::Terminal].into_iter().flat_map(|echoes| {
        [false, true].into_iter().map(move |merged| Manner {
            echoes,
            merged,
            ..Manner::default()
        })
    })
}

fn texts(answers: &[Answer]) -> Vec<&str> {
    answers.iter().map(|answer| answer.text.as_str()).collect()
}

#[tokio::test(start_paused = true)]
async fn nothing_waits_where_the_next_echo_proves() {
    let whole = |show: Show| {
        let answer = answer_to(&show);
        (
            show,
            answer
                .iter()
                .map(|line| Piece::after(7, line))
                .collect::<Vec<_>>(),
        )
    };
    let answers: Vec<_> = shows().into_iter().map(whole).collect();
    for manner in manners() {
        let began = Instant::now();
        let read = read(manner, answers.clone()).await.unwrap();
        let expected: Vec<_> = answers.iter().map(|(_, pieces)| text_of(pieces)).collect();
        assert_eq!(texts(&read), expected);
        let of_the_device: Duration = answers
            .iter()
            .flat_map(|(_, pieces)| pieces)
            .map(|piece| piece.rest)
            .sum();
        assert_eq!(began.elapsed(), of_the_device, "every wait is the device's own");
    }
}

/// A false prompt in the middle of each kind of read, alone and followed by others.
#[tokio::test(start_paused = true)]
async fn a_false_prompt_in_the_middle_of_each_kind_of_read() {
    for (at, show) in shows().into_iter().enumerate() {
        for (cut, rest) in [(1, 0), (1, 30), (2, 0), (2, 90)] {
            let lines = answer_to(&show);
            let mut pieces: Vec<_> = lines[..cut.min(lines.len() - 1)]
                .iter()
                .map(|line| Piece::at_once(line))
                .collect();
            pieces.push(Piece::at_once(PROMPT));
            pieces.push(Piece::after(rest, "\n"));
            pieces.extend(
                lines[cut.min(lines.len() - 1)..]
                    .iter()
                    .map(|line| Piece::at_once(line)),
            );
            let plain = |show: &Show| (show.clone(), vec![Piece::at_once(&answer_to(show).concat())]);
            let alone = vec![(show.clone(), pieces.clone())];
            let mut among: Vec<_> = shows().iter().map(plain).collect();
            among[at] = (show.clone(), pieces.clone());
            for answers in [alone, among] {
                for manner in manners() {
                    let what = format!("{show} cut at {cut}, {rest} ms, {manner:?}");
                    let read = read(manner, answers.clone())
                        .await
                        .unwrap_or_else(|error| panic!("{what}: {error:?}"));
                    let expected: Vec<_> = answers.iter().map(|(_, pieces)| text_of(pieces)).collect();
                    assert_eq!(texts(&read), expected, "{what}");
                }
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_broadcast_between_the_prompt_and_the_next_echo() {
    let answers: Vec<_> = shows()
        .into_iter()
        .map(|show| {
            let text = answer_to(&show).concat();
            (show, vec![Piece::at_once(&text)])
        })
        .collect();
    let expected: Vec<_> = answers.iter().map(|(_, pieces)| text_of(pieces)).collect();
    for behind_prompt in [
        format!("\n{BROADCAST}\n"),
        format!("\n{BROADCAST}\n{PROMPT}"),
        format!("{BROADCAST}\n"),
    ] {
        for manner in manners() {
            let manner = Manner {
                behind_prompt: behind_prompt.clone(),
                ..manner
            };
            let what = format!("{manner:?}");
            let read = read(manner, answers.clone())
                .await
                .unwrap_or_else(|error| panic!("{what}: {error:?}"));
            assert_eq!(texts(&read), expected, "{what}");
            let heard = read.iter().flat_map(|answer| &answer.broadcasts);
            assert!(heard.clone().count() >= shows().len(), "{what}: each is heard");
            assert!(heard.clone().all(|line| line == BROADCAST), "{what}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_false_prompt_before_the_first_one() {
    for manner in manners() {
        for banner in ["# ", "welcome# ", "LEAF-A01# ", "SPINE-9(cfg)# "] {
            let greeting = [
                Piece::at_once(banner),
                Piece::after(40, "\nLab. Ask before you commit.\n"),
                Piece::after(60, ""),
            ];
            let table = vec![Piece::at_once("| a |\n")];
            let mut driver = open(manner.clone(), &greeting, vec![(Show::Rollback, table)]).await;
            assert_eq!(driver.host(), "LEAF-A01", "{banner:?} {manner:?}");
            let read = driver
                .read_all(&[Show::Rollback], &CancellationToken::new())
                .await
                .unwrap();
            assert_eq!(texts(&read), ["| a |\n"], "{banner:?} {manner:?}");
        }
    }
}

/// The reference says that remarks are ignored; a device that refuses them is read as slowly as it takes.
#[tokio::test(start_paused = true)]
async fn a_device_that_refuses_remarks_is_read_by_silence() {
    let manner = Manner {
        to_remarks: "ERROR: Unknown word: '#'.\n".to_owned(),
        ..Manner::default()
    };
    let table = vec![
        Piece::at_once("| a |\n"),
        Piece::at_once(PROMPT),
        Piece::after(90, "\n| b |\n"),
    ];
    let mut driver = open(manner, &[], vec![(Show::Rollback, table)]).await;
    for _ in 0..2 {
        let began = Instant::now();
        let read = driver
            .read_all(&[Show::Rollback], &CancellationToken::new())
            .await
            .unwrap();
        assert_eq!(texts(&read), ["| a |\nLEAF-A01# \n| b |\n"]);
        assert_eq!(
            began.elapsed(),
            Duration::from_millis(190),
            "the device's rest, then silence"
        );
    }
}

/// An answer that rests behind something like a prompt for longer than any silence is not read, but never read wrong.
#[tokio::test(start_paused = true)]
async fn a_false_prompt_that_stays_quiet_is_never_an_answer() {
    for manner in manners() {
        let table = vec![
            Piece::at_once("| a |\n"),
            Piece::at_once(PROMPT),
            Piece::after(700, "\n| b |\n"),
        ];
        let error = read(manner.clone(), vec![(Show::Rollback, table)])
            .await
            .unwrap_err();
        assert!(
            matches!(error, DriverError::Channel { .. }),
            "{manner:?}: {error:?}"
        );
    }
}

fn piece() -> impl Strategy<Value = Piece> {
    let text = prop_oneof![
        4 => Just("| a | 1 |\n".to_owned()),
        1 => Just("\n".to_owned()),
        2 => Just(PROMPT.to_owned()),
        1 => Just(format!("{PROMPT}\n")),
        1 => Just("LEAF-A01(cfg)# ".to_owned()),
        1 => Just("  description uplink# ".to_owned()),
    ];
    let rest = prop_oneof![4 => Just(0), 1 => 1_u64..90, 1 => 101_u64..900];
    (rest, text).prop_map(|(rest, text)| Piece::after(rest, &text))
}

/// Two false prompts with nothing in between are more than a terminal that echoes lets through unseen.
fn keep_prompts_apart(pieces: &mut Vec<Piece>) {
    let between = Piece::at_once("| between | 1 |\n");
    *pieces = pieces
        .drain(..)
        .flat_map(|piece| [between.clone(), piece])
        .collect();
}

fn manner() -> impl Strategy<Value = Manner> {
    let behind = prop_oneof![3 => Just(String::new()), 1 => Just(format!("\n{BROADCAST}\n{PROMPT}"))];
    (any::<bool>(), any::<bool>(), behind).prop_map(|(terminal, merged, behind_prompt)| Manner {
        echoes: if terminal {
            Echoes::Terminal
        } else {
            Echoes::Reader
        },
        merged,
        behind_prompt,
        ..Manner::default()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    /// Each answer is the whole one, or none is given; and one is given if the device never rests for long.
    #[test]
    fn whole_or_none(
        manner in manner(),
        answers in proptest::collection::vec((proptest::sample::select(shows()), proptest::collection::vec(piece(), 0..6)), 1..4),
    ) {
        // A device answers the same command alike.
        let mut answers = answers;
        let mut known: Vec<Show> = Vec::new();
        answers.retain(|(show, _)| {
            let new = !known.contains(show);
            known.push(show.clone());
            new
        });
        for (_, pieces) in &mut answers {
            if manner.echoes == Echoes::Terminal {
                keep_prompts_apart(pieces);
            }
            pieces.push(Piece::at_once("\nend\n"));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let read = runtime.block_on(read(manner, answers.clone()));
        let rests_long = answers.iter().flat_map(|(_, pieces)| pieces).any(|piece| piece.rest > Duration::from_millis(90));
        match read {
            Ok(read) => {
                let expected: Vec<_> = answers.iter().map(|(_, pieces)| text_of(pieces)).collect();
                prop_assert_eq!(texts(&read), expected);
            }
            Err(error) => prop_assert!(rests_long, "{error:?}"),
        }
    }
}
