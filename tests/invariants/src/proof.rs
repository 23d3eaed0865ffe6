//! Reads that are sent without a pause: the answer is the whole one, or there is none.

use std::{collections::VecDeque, future::pending, sync::Arc, time::Duration};

use async_trait::async_trait;
use bk_device::{
    channel::Tuning,
    driver::Driver,
    platforms::dnos::Show,
    transport::{Transport, TransportError},
};
use bytes::Bytes;
use tokio_util::sync::CancellationToken;

use crate::exchange::{Nobody, PROMPT, nothing_is_lost, packets, paused, plain_lines};

/// The second answer, which nothing disturbs.
const CALM: &str = "| Id | Time | User | Via | Log |\n|----+------+------+-----+-----|\n";

/// Takes the first byte as the kind of packets and the others as the lines of an answer that may hold any text.
pub fn proof(data: &[u8]) {
    let [seed, said @ ..] = data else { return };
    let lines = plain_lines(said);
    // A device that knew the next remark could answer it before it is typed.
    if lines.contains("#proof-") {
        return;
    }
    let shows = [Show::Version, Show::Rollback];
    let device = Device {
        answers: vec![
            (shows[0].to_string(), format!("{lines}\n")),
            (shows[1].to_string(), CALM.to_owned()),
        ],
        seed: *seed,
        typed: Vec::new(),
        out: packets(PROMPT.as_bytes(), 0).into(),
    };
    paused().block_on(async {
        let cancel = CancellationToken::new();
        let driver = Driver::open(
            Box::new(device),
            Tuning::default(),
            Arc::new(Nobody),
            Duration::from_secs(60),
            &cancel,
        )
        .await;
        let mut driver = driver.unwrap_or_else(|error| panic!("a calm device is signed in to: {error:?}"));
        if let Ok(answers) = driver.read_all(&shows, &cancel).await {
            nothing_is_lost(&answers[0].text, &answers[0].broadcasts, &lines);
            assert_eq!(answers[1].text, CALM);
        }
    });
}

/// A device that echoes a line when it reads it, behind the whole answer to the one before.
struct Device {
    answers: Vec<(String, String)>,
    seed: u8,
    typed: Vec<u8>,
    out: VecDeque<Vec<u8>>,
}

impl Device {
    fn answer(&mut self, line: &str) {
        let known = self.answers.iter().find(|(command, _)| command == line);
        let answer = known.map_or("", |(_, answer)| answer);
        let said = format!("{line}\r\n{}{PROMPT}", answer.replace('\n', "\r\n"));
        self.out.extend(packets(said.as_bytes(), self.seed));
    }
}

#[async_trait]
impl Transport for Device {
    async fn read(&mut self) -> Result<Bytes, TransportError> {
        match self.out.pop_front() {
            Some(packet) => Ok(packet.into()),
            None => pending().await,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        for byte in bytes {
            match byte {
                b'\n' => {
                    let line = String::from_utf8_lossy(&std::mem::take(&mut self.typed)).into_owned();
                    self.answer(&line);
                }
                0x03 => {
                    self.typed.clear();
                    self.out.push_back(format!("^C\r\n{PROMPT}").into_bytes());
                }
                other => self.typed.push(*other),
            }
        }
        Ok(())
    }

    async fn close(&mut self) {
        self.out.clear();
    }
}
