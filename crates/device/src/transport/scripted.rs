//! A transport that replays what a device once said, for tests of everything above it.
//!
//! A script is a list of turns: what the device says, and what it waits to be sent. Its bytes can be cut
//! into packets anywhere, which is how split packets are tested.

use std::{
    collections::VecDeque,
    future::pending,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use bytes::Bytes;

use super::{Transport, TransportError};

/// One turn of a script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Turn {
    /// The device says these bytes.
    Says(Vec<u8>),
    /// The device waits until exactly these bytes were written.
    Awaits(Vec<u8>),
    /// The device closes the connection.
    Closes,
}

/// Where the bytes of [`Turn::Says`] are cut into packets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packets {
    /// One packet per turn.
    Whole,
    /// Packets of at most this many bytes.
    OfSize(usize),
    /// Every turn in two packets, cut at this offset (whole if the turn is shorter).
    CutAt(usize),
}

/// Replays a script. Once it is at its end the device stays silent.
pub struct ScriptedTransport {
    turns: VecDeque<Turn>,
    packets: Packets,
    written: Vec<u8>,
    log: SentLog,
}

/// What was written to a [`ScriptedTransport`], readable after it has moved into a session.
#[derive(Clone, Debug, Default)]
pub struct SentLog(Arc<Mutex<Vec<u8>>>);

impl SentLog {
    /// Everything written so far.
    #[must_use]
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap_or_else(PoisonError::into_inner)).into_owned()
    }
}

impl ScriptedTransport {
    /// Replays `turns`, cut as `packets` says.
    #[must_use]
    pub fn new(turns: Vec<Turn>, packets: Packets) -> Self {
        Self {
            turns: turns.into(),
            packets,
            written: Vec::new(),
            log: SentLog::default(),
        }
    }

    /// The log of what is written.
    #[must_use]
    pub fn sent(&self) -> SentLog {
        self.log.clone()
    }

    fn cut(&self, bytes: &[u8]) -> usize {
        let at = match self.packets {
            Packets::Whole => bytes.len(),
            Packets::OfSize(size) => size.max(1),
            Packets::CutAt(offset) => offset,
        };
        if at == 0 { bytes.len() } else { at.min(bytes.len()) }
    }

    /// Drops leading turns that what was written so far has satisfied.
    fn advance(&mut self) -> Result<(), TransportError> {
        while let Some(Turn::Awaits(expected)) = self.turns.front() {
            let common = expected.len().min(self.written.len());
            if expected[..common] != self.written[..common] {
                return Err(off_script(expected, &self.written));
            }
            if self.written.len() < expected.len() {
                return Ok(());
            }
            self.written.drain(..expected.len());
            self.turns.pop_front();
        }
        match self.turns.front() {
            _ if self.written.is_empty() => Ok(()),
            Some(Turn::Says(_)) => Ok(()),
            _ => Err(off_script(b"nothing", &self.written)),
        }
    }
}

fn off_script(expected: &[u8], sent: &[u8]) -> TransportError {
    TransportError::OffScript {
        expected: String::from_utf8_lossy(expected).into_owned(),
        sent: String::from_utf8_lossy(sent).into_owned(),
    }
}

#[async_trait]
impl Transport for ScriptedTransport {
    async fn read(&mut self) -> Result<Bytes, TransportError> {
        self.advance()?;
        match self.turns.pop_front() {
            Some(Turn::Says(mut bytes)) => {
                let rest = bytes.split_off(self.cut(&bytes));
                if !rest.is_empty() {
                    self.turns.push_front(Turn::Says(rest));
                    if let Packets::CutAt(_) = self.packets {
                        self.packets = Packets::Whole;
                    }
                }
                Ok(bytes.into())
            }
            Some(Turn::Closes) => Err(TransportError::Closed { exit_status: None }),
            Some(waiting @ Turn::Awaits(_)) => {
                self.turns.push_front(waiting);
                pending().await
            }
            None => pending().await,
        }
    }

    async fn write(&mut self, bytes: &[u8]) -> Result<(), TransportError> {
        self.log
            .0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .extend_from_slice(bytes);
        self.written.extend_from_slice(bytes);
        self.advance()
    }

    async fn close(&mut self) {
        self.turns.clear();
    }
}
