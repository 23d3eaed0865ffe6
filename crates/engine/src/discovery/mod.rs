//! Reading many devices at once; one device failing never discards another's result (DESIGN 4).

use std::sync::Arc;
use std::time::Duration;

use bk_config::ConfigText;
use bk_model::DeviceName;
use futures::stream::{self, BoxStream};
use futures::{FutureExt, StreamExt};
use tokio_util::sync::CancellationToken;

use crate::ports::{Clock, DevicePort, Facts, ReadScope, Reading, RollbackEntry, StepError};

/// What was read of one device.
#[derive(Debug)]
pub struct DeviceReading {
    /// The configuration.
    pub reading: Reading,
    /// The tables.
    pub facts: Facts,
    /// The device's list of commits, newest first, where it was worth reading and could be.
    pub commits: Option<Vec<RollbackEntry>>,
}

/// Tells of a device and its text whether the list of commits is worth a command: something differs.
pub type WorthCommits = Arc<dyn Fn(&DeviceName, &ConfigText) -> bool + Send + Sync>;

/// One device's result.
#[derive(Debug)]
pub struct DiscoveryResult {
    /// The device.
    pub device: DeviceName,
    /// What was read, or why not.
    pub outcome: Result<DeviceReading, StepError>,
    /// How long it took.
    pub took: Duration,
}

/// Reads devices, at most `at_once` at a time, and gives each result as it arrives.
///
/// Of a device that `worth_commits` says differs, the list of commits is read too, in the same session.
///
/// Cancelling ends devices that are being read with [`StepError::Cancelled`], and those not begun too; what arrived
/// before was given already.
pub fn discover(
    devices: Vec<Arc<dyn DevicePort>>,
    scope: ReadScope,
    at_once: usize,
    worth_commits: WorthCommits,
    clock: Arc<dyn Clock>,
    cancel: CancellationToken,
) -> BoxStream<'static, DiscoveryResult> {
    let read = move |port: Arc<dyn DevicePort>| {
        let (clock, cancel, worth) = (Arc::clone(&clock), cancel.clone(), Arc::clone(&worth_commits));
        let result = async move {
            let started = clock.since_boot();
            let outcome = read_device(&*port, scope, &*worth, &cancel).await;
            let took = clock.since_boot().saturating_sub(started);
            DiscoveryResult {
                device: port.device().clone(),
                outcome,
                took,
            }
        };
        result.boxed()
    };
    stream::iter(devices.into_iter().map(read))
        .buffer_unordered(at_once.max(1))
        .boxed()
}

async fn read_device(
    port: &dyn DevicePort,
    scope: ReadScope,
    worth_commits: &(dyn Fn(&DeviceName, &ConfigText) -> bool + Send + Sync),
    cancel: &CancellationToken,
) -> Result<DeviceReading, StepError> {
    if cancel.is_cancelled() {
        return Err(StepError::Cancelled {
            device: port.device().clone(),
        });
    }
    let mut session = port.open(cancel).await?;
    let reading = session.read(scope, cancel).await?;
    let facts = session.facts(cancel).await?;
    let commits = match worth_commits(port.device(), &reading.text) {
        true => session.commits(cancel).await.inspect_err(not_observable).ok(),
        false => None,
    };
    // What was read is whole; a connection that ends badly afterwards takes nothing from it.
    if let Err(error) = session.close().await {
        tracing::warn!(
            error = &error as &dyn std::error::Error,
            "the session ended badly after the reading"
        );
    }
    Ok(DeviceReading {
        reading,
        facts,
        commits,
    })
}

/// Nothing hangs on the list but whose commit it was, so a device that does not show it was read all the same.
fn not_observable(error: &StepError) {
    tracing::warn!(
        error = error as &dyn std::error::Error,
        "the list of commits was not read"
    );
}
