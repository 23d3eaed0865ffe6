//! The client side of the control socket, for tests of other crates and processes.

use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};

use super::{Address, Request, Sealed};
use crate::device::DeviceDump;
use crate::dialect::Dialect;
use crate::fault::Fault;
use crate::serve::{InventoryEntry, Reach, ReceivedLine};

/// A connection to a control socket.
#[derive(Debug)]
pub struct Client {
    token: String,
    read: BufReader<OwnedReadHalf>,
    write: OwnedWriteHalf,
}

/// Why a request failed.
#[derive(Debug, thiserror::Error)]
pub enum ControlError {
    /// The socket can't be reached or broke.
    #[error("the control socket broke during {op}")]
    Socket {
        /// What was asked for.
        op: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The answer is not what the request promises.
    #[error("the answer to {op} could not be read")]
    Answer {
        /// What was asked for.
        op: String,
        /// Why.
        #[source]
        source: serde_json::Error,
    },
    /// The fabric refused the request.
    #[error("the fabric refused {op}: {reason}")]
    Refused {
        /// What was asked for.
        op: String,
        /// Its words.
        reason: String,
    },
}

impl Client {
    /// Connects.
    ///
    /// # Errors
    /// Nobody listens there.
    pub async fn connect(address: &Address) -> Result<Self, ControlError> {
        let stream = TcpStream::connect(address.socket).await;
        let stream = stream.map_err(|source| ControlError::Socket {
            op: "connect".to_owned(),
            source,
        })?;
        let (read, write) = stream.into_split();
        Ok(Self {
            token: address.token.clone(),
            read: BufReader::new(read),
            write,
        })
    }

    /// Sends any request and reads its answer.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn ask<T: DeserializeOwned>(&mut self, request: Request) -> Result<T, ControlError> {
        let sealed = serde_json::to_value(Sealed {
            token: self.token.clone(),
            request,
        });
        let op = sealed
            .as_ref()
            .ok()
            .and_then(|value| value["op"].as_str())
            .unwrap_or("request")
            .to_owned();
        let unreadable = |source| ControlError::Answer {
            op: op.clone(),
            source,
        };
        let broken = |source| ControlError::Socket {
            op: op.clone(),
            source,
        };
        let line = format!("{}\n", sealed.map_err(unreadable)?);
        self.write.write_all(line.as_bytes()).await.map_err(broken)?;
        let mut answer = String::new();
        self.read.read_line(&mut answer).await.map_err(broken)?;
        let mut answer: Value = serde_json::from_str(&answer).map_err(unreadable)?;
        if let Some(reason) = answer["error"].as_str() {
            return Err(ControlError::Refused {
                op,
                reason: reason.to_owned(),
            });
        }
        serde_json::from_value(answer["ok"].take()).map_err(unreadable)
    }

    /// Where each device is reached.
    ///
    /// # Errors
    /// See [`ControlError`]; so for all that follow.
    pub async fn inventory(&mut self) -> Result<Vec<InventoryEntry>, ControlError> {
        self.ask(Request::Inventory).await
    }

    /// The truth about every device.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn dump(&mut self) -> Result<Vec<DeviceDump>, ControlError> {
        self.ask(Request::Dump { device: None }).await
    }

    /// The lines that devices received, oldest first.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn received(&mut self) -> Result<Vec<ReceivedLine>, ControlError> {
        self.ask(Request::Received).await
    }

    /// Adds a fault to a device.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn inject(&mut self, device: &str, fault: Fault) -> Result<(), ControlError> {
        self.ask(Request::Inject {
            device: device.to_owned(),
            fault,
        })
        .await
    }

    /// Forgets every fault of every device.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn clear_faults(&mut self) -> Result<(), ControlError> {
        self.ask(Request::ClearFaults { device: None }).await
    }

    /// Waits until so many sessions have come to a gate.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn gate_arrived(&mut self, gate: &str, count: usize) -> Result<(), ControlError> {
        self.ask(Request::GateArrived {
            gate: gate.to_owned(),
            count,
        })
        .await
    }

    /// Opens a gate.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn gate_open(&mut self, gate: &str) -> Result<(), ControlError> {
        self.ask(Request::GateOpen {
            gate: gate.to_owned(),
        })
        .await
    }

    /// What the clock shows.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn clock(&mut self) -> Result<DateTime<Utc>, ControlError> {
        self.ask(Request::Clock).await
    }

    /// Moves the clock, by whole seconds; timers that are due have fired when this returns.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn advance(&mut self, by: TimeDelta) -> Result<(), ControlError> {
        self.ask(Request::ClockAdvance {
            seconds: by.num_seconds(),
        })
        .await
    }

    /// Another engineer types lines in configuration mode; returns the answers.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn foreign(
        &mut self,
        device: &str,
        user: &str,
        lines: &[&str],
    ) -> Result<Vec<String>, ControlError> {
        let lines = lines.iter().map(|line| (*line).to_owned()).collect();
        self.ask(Request::Foreign {
            device: device.to_owned(),
            user: user.to_owned(),
            lines,
        })
        .await
    }

    /// Runs or forgets the lines of lost sessions; returns how many.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn late_lines(&mut self, device: &str, run: bool) -> Result<usize, ControlError> {
        self.ask(Request::LateLines {
            device: device.to_owned(),
            run,
        })
        .await
    }

    /// Makes a device reachable or not.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn reach(&mut self, device: &str, reach: Reach) -> Result<(), ControlError> {
        self.ask(Request::Reach {
            device: device.to_owned(),
            reach,
        })
        .await
    }

    /// Gives a device another host key; returns its fingerprint.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn change_host_key(&mut self, device: &str) -> Result<String, ControlError> {
        self.ask(Request::ChangeHostKey {
            device: device.to_owned(),
        })
        .await
    }

    /// A commit of another user runs from now on; with none, it has come to nothing.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn foreign_commit(&mut self, device: &str, user: Option<&str>) -> Result<(), ControlError> {
        let user = user.map(str::to_owned);
        self.ask(Request::ForeignCommit {
            device: device.to_owned(),
            user,
        })
        .await
    }

    /// Every session of a login on a device ends.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn leave(&mut self, device: &str, user: &str) -> Result<(), ControlError> {
        self.ask(Request::Leave {
            device: device.to_owned(),
            user: user.to_owned(),
        })
        .await
    }

    /// Every device as it was when it was switched on.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn reset(&mut self) -> Result<(), ControlError> {
        self.ask(Request::Reset).await
    }

    /// Restarts a device.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn reboot(&mut self, device: &str) -> Result<(), ControlError> {
        self.ask(Request::Reboot {
            device: device.to_owned(),
        })
        .await
    }

    /// A line for every terminal of a device.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn broadcast(&mut self, device: &str, text: &str) -> Result<(), ControlError> {
        self.ask(Request::Broadcast {
            device: device.to_owned(),
            text: text.to_owned(),
        })
        .await
    }

    /// Another dialect for every device from now on.
    ///
    /// # Errors
    /// See [`ControlError`].
    pub async fn set_dialect(&mut self, dialect: Dialect) -> Result<(), ControlError> {
        self.ask(Request::SetDialect {
            device: None,
            dialect,
        })
        .await
    }
}
