//! The practice lab: a simulated fabric that whoever opens the service may put behind this port.

use std::sync::Arc;

use async_trait::async_trait;
use bk_device::Fingerprint;
use bk_model::DeviceName;
use bk_store::{Credential, DeviceEntry, HostKey, KeptIn, SignInWay};
use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::app::App;
use crate::discovery::Purpose;
use crate::errors::AppError;
use crate::events::Topic;
use crate::views::{ActivityKind, ActivityState, ActivityView};

/// Group in which simulated devices stand.
const GROUP: &str = "practice";

/// Starts and stops a simulated fabric.
#[async_trait]
pub trait PracticeLab: Send + Sync {
    /// Starts the fabric, or returns the one that runs.
    async fn start(&self) -> Result<PracticeInventory, PracticeError>;

    /// Stops the fabric if it runs.
    async fn stop(&self);
}

/// The devices of a simulated fabric.
#[derive(Clone, Debug)]
pub struct PracticeInventory {
    /// Name of the lab.
    pub lab_name: String,
    /// Its devices.
    pub devices: Vec<PracticeDevice>,
}

/// A simulated device.
#[derive(Clone, Debug)]
pub struct PracticeDevice {
    /// Name.
    pub name: String,
    /// Further names of the same box.
    pub aliases: Vec<String>,
    /// Address at which it listens.
    pub address: String,
    /// Port at which it listens.
    pub port: u16,
    /// User that may sign in.
    pub user: String,
    /// That user's password.
    pub password: SecretString,
    /// Its host key as a public key line.
    pub host_key_openssh: String,
    /// Its host key as `SHA256:...`.
    pub fingerprint: String,
}

/// Why there is no simulated fabric.
#[derive(Debug, Error)]
pub enum PracticeError {
    /// This program has none.
    #[error("there is no practice lab here")]
    Unavailable,
    /// It did not start.
    #[error("the simulated fabric did not start")]
    Start {
        /// The cause.
        #[source]
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl App {
    /// Starts the simulated fabric, takes its devices into the inventory with credentials and host keys, and reads them.
    ///
    /// Its passwords are kept for this session only: they are worth nothing beyond it.
    ///
    /// # Errors
    /// [`AppError::PracticeMixed`] if the inventory holds real devices; [`AppError::Practice`] if the fabric did not start.
    pub async fn start_practice_lab(&self) -> Result<ActivityView, AppError> {
        if let Some(running) = self.activity_registry().running(ActivityKind::PracticeLab) {
            return Ok(running);
        }
        let practice = Arc::clone(self.practice().ok_or(PracticeError::Unavailable)?);
        let known = self.store().devices().list().await?;
        if known.iter().any(|device| !device.practice) {
            return Err(AppError::PracticeMixed);
        }
        let activity =
            self.activity_registry()
                .begin(ActivityKind::PracticeLab, "Practice lab", 0, self.now());
        activity.say("starting the simulated fabric");
        let inventory = match practice.start().await {
            Ok(inventory) => inventory,
            Err(error) => {
                activity.finish(ActivityState::Failed, "did not start");
                return Err(error.into());
            }
        };
        let devices = match self.take_practice_devices(inventory).await {
            Ok(devices) => devices,
            Err(error) => {
                activity.finish(ActivityState::Failed, "its devices could not be taken in");
                return Err(error);
            }
        };
        self.changed(&[Topic::Devices, Topic::Status, Topic::Settings]);
        // Whatever it held when it was stopped is gone; that it starts anew is nobody's change.
        self.discover_in_background(devices, Purpose::Anew, activity)
    }

    async fn take_practice_devices(
        &self,
        inventory: PracticeInventory,
    ) -> Result<Vec<DeviceEntry>, AppError> {
        let _turn = self.inventory_turn().lock().await;
        let now = self.now();
        let mut sign_ins: Vec<SignIn> = Vec::new();
        let mut entries = Vec::with_capacity(inventory.devices.len());
        for device in inventory.devices {
            let name = practice_name(device.name)?;
            let aliases = device
                .aliases
                .into_iter()
                .map(practice_name)
                .collect::<Result<_, _>>()?;
            let credentials = self
                .practice_credentials(&mut sign_ins, device.user, device.password)
                .await?;
            let fingerprint = Fingerprint::parse(&device.fingerprint)
                .ok_or_else(|| bad_inventory(format!("{:?} is no fingerprint", device.fingerprint)))?;
            let algorithm = device
                .host_key_openssh
                .split_whitespace()
                .next()
                .unwrap_or_default()
                .to_owned();
            let key = HostKey {
                address: device.address.clone(),
                port: device.port,
                algorithm,
                fingerprint: fingerprint.to_string(),
                first_seen: now,
                accepted_by: "practice lab".to_owned(),
            };
            self.store().host_keys().trust(&key).await?;
            entries.push(DeviceEntry {
                name,
                aliases,
                address: device.address,
                port: device.port,
                credentials: Some(credentials),
                groups: vec![GROUP.to_owned()],
                jump: None,
                practice: true,
                added_at: now,
            });
        }
        self.store().devices().put(&entries).await?;
        self.store()
            .settings()
            .remember(crate::settings::PRACTICE_LAB, &inventory.lab_name)
            .await?;
        Ok(entries)
    }
}

/// A user with a password, and the name of the credentials that hold both.
struct SignIn {
    user: String,
    password: SecretString,
    name: String,
}

impl App {
    /// Returns the name of the credentials for this user and password; devices that share both share the name.
    async fn practice_credentials(
        &self,
        known: &mut Vec<SignIn>,
        user: String,
        password: SecretString,
    ) -> Result<String, AppError> {
        let same =
            |one: &&SignIn| one.user == user && one.password.expose_secret() == password.expose_secret();
        if let Some(found) = known.iter().find(same) {
            return Ok(found.name.clone());
        }
        let name = match known.len() {
            0 => "practice lab".to_owned(),
            before => format!("practice lab {}", before + 1),
        };
        self.secrets()
            .put(&name, password.clone(), KeptIn::Session)
            .await?;
        let credential = Credential {
            name: name.clone(),
            user: user.clone(),
            way: SignInWay::Password,
            kept_in: Some(KeptIn::Session),
            set_at: self.now(),
        };
        self.store().credentials().put(&credential).await?;
        known.push(SignIn {
            user,
            password,
            name: name.clone(),
        });
        Ok(name)
    }
}

fn practice_name(raw: String) -> Result<DeviceName, AppError> {
    DeviceName::new(raw).map_err(|error| bad_inventory(error.to_string()))
}

fn bad_inventory(reason: String) -> AppError {
    PracticeError::Start {
        source: reason.into(),
    }
    .into()
}
