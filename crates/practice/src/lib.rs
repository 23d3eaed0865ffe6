//! The simulated fabric behind the service's practice port, in this process.
//!
//! The only product crate that knows both the service and the fabric; window, command and tests start it.

use std::path::PathBuf;
use std::sync::Arc;

use async_trait::async_trait;
use bk_app::{PracticeDevice, PracticeError, PracticeInventory, PracticeLab};
use bk_lab::generate;
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use bk_lab::spec::FabricSpec;
use tokio::sync::Mutex;

/// The lab's name in the top bar.
const NAME: &str = "Practice lab";

/// Always the same fabric: what one person sees, another one sees too.
pub const SEED: u64 = 1;

/// A fabric that runs in this process from the first start until it is stopped.
pub struct LocalPracticeLab {
    spec: FabricSpec,
    options: ServeOptions,
    /// Where the address of the control socket is written. Without it there is no control socket.
    control: Option<PathBuf>,
    running: Mutex<Option<FabricHandle>>,
}

impl LocalPracticeLab {
    /// The practice fabric; with a file for the address of its control socket, for tests only.
    #[must_use]
    pub fn new(control: Option<PathBuf>) -> Self {
        let options = ServeOptions {
            seed: SEED,
            control: control.is_some(),
            ..ServeOptions::default()
        };
        Self {
            control,
            ..Self::of(generate::practice(SEED), options)
        }
    }

    /// Any fabric, served as the options say.
    #[must_use]
    pub fn of(spec: FabricSpec, options: ServeOptions) -> Self {
        Self {
            spec,
            options,
            control: None,
            running: Mutex::default(),
        }
    }

    /// Returns the running fabric, to ask it for the truth; none before the first start.
    pub async fn fabric(&self) -> Option<Arc<Fabric>> {
        self.running.lock().await.as_ref().map(FabricHandle::fabric)
    }

    async fn serve(&self) -> Result<FabricHandle, PracticeError> {
        let fabric = Fabric::start(self.spec.clone(), self.options.clone())
            .await
            .map_err(did_not_start)?;
        if let (Some(path), Some(address)) = (&self.control, fabric.control()) {
            let text = serde_json::to_vec(address).map_err(did_not_start)?;
            tokio::fs::write(path, text).await.map_err(did_not_start)?;
        }
        Ok(fabric)
    }
}

#[async_trait]
impl PracticeLab for LocalPracticeLab {
    async fn start(&self) -> Result<PracticeInventory, PracticeError> {
        let mut running = self.running.lock().await;
        let fabric = match running.take() {
            Some(fabric) => fabric,
            None => self.serve().await?,
        };
        Ok(inventory(running.insert(fabric)))
    }

    async fn stop(&self) {
        if let Some(fabric) = self.running.lock().await.take() {
            fabric.stop().await;
        }
    }
}

/// How the devices of a served fabric are reached.
#[must_use]
pub fn inventory(fabric: &Fabric) -> PracticeInventory {
    let devices = fabric.inventory().into_iter().map(|entry| PracticeDevice {
        aliases: fabric
            .device(&entry.name)
            .map(|device| device.spec().aliases.clone())
            .unwrap_or_default(),
        name: entry.name,
        address: entry.address.to_string(),
        port: entry.port,
        user: entry.user,
        password: entry.password.into(),
        host_key_openssh: entry.host_key,
        fingerprint: entry.host_key_fingerprint,
    });
    PracticeInventory {
        lab_name: NAME.to_owned(),
        devices: devices.collect(),
    }
}

fn did_not_start(error: impl std::error::Error + Send + Sync + 'static) -> PracticeError {
    PracticeError::Start {
        source: Box::new(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_fabric_runs_however_often_it_is_started() {
        let folder = tempfile::tempdir().unwrap();
        let control = folder.path().join("control");
        let lab = LocalPracticeLab::new(Some(control.clone()));
        let first = lab.start().await.unwrap();
        let again = lab.start().await.unwrap();
        assert_eq!(first.devices.len(), 9);
        let places = |inventory: &PracticeInventory| -> Vec<_> {
            inventory
                .devices
                .iter()
                .map(|device| (device.name.clone(), device.port))
                .collect()
        };
        assert_eq!(places(&first), places(&again));
        assert!(
            first
                .devices
                .iter()
                .all(|device| device.host_key_openssh.starts_with("ssh-ed25519 "))
        );
        let address: bk_lab::control::Address =
            serde_json::from_slice(&std::fs::read(control).unwrap()).unwrap();
        assert_eq!(
            bk_lab::control::Client::connect(&address)
                .await
                .unwrap()
                .dump()
                .await
                .unwrap()
                .len(),
            9
        );
        lab.stop().await;
        assert!(bk_lab::control::Client::connect(&address).await.is_err());
    }
}
