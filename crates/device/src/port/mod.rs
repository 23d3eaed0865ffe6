//! The engine's device port over SSH: fresh sessions, one per device at a time.

mod change;
mod conversation;
mod errors;
mod look;
mod record;
mod session;
#[cfg(test)]
mod tests;

use std::{sync::Arc, time::Duration};

use async_trait::async_trait;
use bk_engine::ports::{Clock, DevicePort, DeviceSession, StepError, Transcript};
use bk_model::DeviceName;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use crate::{
    channel::{Record, Tuning},
    connection_test::{ConnectionReport, test_connection},
    driver::Driver,
    transport::{
        ConnectionLimits,
        host_key::HostKeys,
        ssh::{SshTransport, Target},
    },
};
use session::DnosSession;

/// What all devices of a lab share.
#[derive(Clone)]
pub struct PortSettings {
    /// Limits of a connection.
    pub limits: ConnectionLimits,
    /// Timing of the dialogue.
    pub tuning: Tuning,
    /// Longest wait for the first prompt: loading takes 2 to 10 seconds (REF 1.2).
    pub first_prompt: Duration,
    /// Longest wait for an earlier session of ours on the same device to end.
    pub turn: Duration,
}

impl Default for PortSettings {
    fn default() -> Self {
        Self {
            limits: ConnectionLimits::lab(),
            tuning: Tuning::default(),
            first_prompt: Duration::from_secs(60),
            turn: Duration::from_secs(120),
        }
    }
}

/// Another session of ours holds the device.
#[derive(Debug, thiserror::Error)]
#[error("another session of ours on it did not end within {} s", waited.as_secs())]
struct Busy {
    waited: Duration,
}

/// Opens sessions to one DNOS device.
pub struct DnosPort {
    device: DeviceName,
    target: Target,
    host_keys: Arc<dyn HostKeys>,
    clock: Arc<dyn Clock>,
    transcript: Arc<dyn Transcript>,
    settings: PortSettings,
    /// One connection per device: the candidate may be shared between sessions of one login (REF 7.1).
    turn: Arc<Semaphore>,
}

impl DnosPort {
    /// A port to `device` at `target`. Nothing is opened yet.
    pub fn new(
        device: DeviceName,
        target: Target,
        host_keys: Arc<dyn HostKeys>,
        clock: Arc<dyn Clock>,
        transcript: Arc<dyn Transcript>,
        settings: PortSettings,
    ) -> Self {
        Self {
            device,
            target,
            host_keys,
            clock,
            transcript,
            settings,
            turn: Arc::new(Semaphore::new(1)),
        }
    }

    /// Runs the connection test with this port's target, host keys and transcript. Changes nothing on the device.
    pub async fn test(&self, cancel: &CancellationToken) -> ConnectionReport {
        let host_keys = Arc::clone(&self.host_keys);
        test_connection(&self.target, host_keys, &self.settings, self.record(), cancel).await
    }

    fn record(&self) -> Arc<dyn Record> {
        Arc::new(record::TranscriptRecord {
            device: self.device.clone(),
            clock: Arc::clone(&self.clock),
            transcript: Arc::clone(&self.transcript),
        })
    }

    async fn connect(&self, cancel: &CancellationToken) -> Result<DnosSession, StepError> {
        let cancelled = || StepError::Cancelled {
            device: self.device.clone(),
        };
        let waiting = tokio::time::timeout(self.settings.turn, Arc::clone(&self.turn).acquire_owned());
        let turn = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            turn = waiting => turn,
        };
        let Ok(Ok(turn)) = turn else {
            let source = Box::new(Busy {
                waited: self.settings.turn,
            });
            return Err(StepError::Unreachable {
                device: self.device.clone(),
                source,
            });
        };
        let mut silent = ();
        let opening = SshTransport::open(
            &self.target,
            Arc::clone(&self.host_keys),
            &self.settings.limits,
            &mut silent,
        );
        let transport = tokio::select! {
            biased;
            () = cancel.cancelled() => return Err(cancelled()),
            opened = opening => opened.map_err(|error| errors::connect_error(&self.device, &self.target, error))?,
        };
        let local = transport.local_addr();
        let driver = Driver::open(
            Box::new(transport),
            self.settings.tuning.clone(),
            self.record(),
            self.settings.first_prompt,
            cancel,
        )
        .await
        .map_err(|error| errors::driver_error(&self.device, "signing in", error))?;
        DnosSession::begin(
            driver,
            self.device.clone(),
            self.target.user.clone(),
            local,
            turn,
            cancel,
        )
        .await
    }
}

#[async_trait]
impl DevicePort for DnosPort {
    fn device(&self) -> &DeviceName {
        &self.device
    }

    async fn open(&self, cancel: &CancellationToken) -> Result<Box<dyn DeviceSession>, StepError> {
        Ok(Box::new(self.connect(cancel).await?))
    }
}
