//! The protocol's steps against scripted devices: each answer form of REF 7, and what must stop a step.

mod change;
mod look;

use std::sync::{Arc, Mutex};

use bk_config::CliLine;
use bk_engine::ports::{
    Clock, DeviceSession, Direction, PrepareOutcome, StepError, Transcript, TranscriptLine,
};
use bk_model::DeviceName;
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
struct Script {
    turns: Vec<Turn>,
    /// Remarks awaited so far.
    remarks: u32,
}

impl Script {
    /// The login up to the point where a session is ready.
    fn login() -> Self {
        let greeting = format!("DRIVENETS CLI Loading...\r            \r{OPER}");
        Self {
            turns: vec![Turn::Says(greeting.into_bytes())],
            remarks: 0,
        }
        .proven(OPER)
        .then("unset cli-timestamp", "", OPER)
        .then("set cli-terminal-length 0", "", OPER)
        .then(
            "set cli-ansi-color-disabled",
            "ERROR: Unknown word: 'cli-ansi-color-disabled'.\n",
            OPER,
        )
        .then(
            "show system version | no-more",
            "System Name: LEAF-A01\nVersion: DNOS [25.4.13] build [146]\n",
            OPER,
        )
        .proven(OPER)
    }

    /// The remark that proves the reads before it.
    fn proven(mut self, ends: &str) -> Self {
        self.remarks += 1;
        let remark = format!("#proof-{}", self.remarks);
        self.then(&remark, "", ends)
    }

    /// `command` is answered by `answer`, and `ends` follows.
    fn then(mut self, command: &str, answer: &str, ends: &str) -> Self {
        self.turns.push(Turn::Awaits(format!("{command}\n").into_bytes()));
        self.turns.push(Turn::Says(
            format!("{command}\n{answer}{ends}")
                .replace('\n', "\r\n")
                .into_bytes(),
        ));
        self
    }

    fn then_closes(mut self, command: &str, answer: &str) -> Self {
        self.turns.push(Turn::Awaits(format!("{command}\n").into_bytes()));
        self.turns.push(Turn::Says(
            format!("{command}\n{answer}").replace('\n', "\r\n").into_bytes(),
        ));
        self.turns.push(Turn::Closes);
        self
    }

    fn line(self, line: &str, answer: &str) -> Self {
        self.then(line, answer, UNIT).then("top", "", CFG)
    }

    fn compare(self, answer: &str) -> Self {
        self.then("show config compare | no-more", answer, CFG)
            .proven(CFG)
    }

    /// The second half of a look.
    fn compare_and_head(self, answer: &str, head: &str) -> Self {
        self.then("show config compare | no-more", answer, CFG)
            .then("show rollback | no-more", head, CFG)
            .proven(CFG)
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
            .proven(OPER)
    }

    async fn begin(self) -> Fixture {
        let transport = ScriptedTransport::new(self.turns, Packets::OfSize(11));
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
        let driver = Driver::open(Box::new(transport), Tuning::default(), record, limit, &never)
            .await
            .unwrap();
        let gate = Arc::new(Semaphore::new(1));
        let turn = Arc::clone(&gate).acquire_owned().await.unwrap();
        let local = Some("192.0.2.2:56356".parse().unwrap());
        let session = DnosSession::begin(driver, device, "kestrel".to_owned(), local, turn, &never)
            .await
            .unwrap();
        Fixture {
            session: Box::new(session),
            sent,
            lines,
            gate,
            never,
        }
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
        lines
            .iter()
            .map(|line| format!("{} {}", mark(line.direction), line.text))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
