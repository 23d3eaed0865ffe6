//! From a row of the inventory to a port that can open sessions; and the connection test.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bk_device::channel::Record;
use bk_device::{
    ConnectionStep, Credential as Proof, DnosPort, Endpoint, Fingerprint, HostKeyVerdict, HostKeys, JumpHost,
    KnownHostKeys, PortSettings, PresentedHostKey, StepResult, Target, test_connection,
};
use bk_engine::ports::{DevicePort, Transcript, TranscriptLine};
use bk_model::DeviceName;
use bk_store::{Contact, Credential, DeviceEntry, KeptIn, Store};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::credentials::ProofError;
use crate::errors::{AppError, connection_error};
use crate::events::Topic;
use crate::jumps;
use crate::time;
use crate::views::{ConnectionTest, ConnectionTestStep, ErrorView, Reachability, TestStepState};

/// Trusted keys as they were when this was made, and the keys that devices offered since.
pub(crate) struct TrustedKeys {
    known: KnownHostKeys,
    offered: Mutex<BTreeMap<Endpoint, PresentedHostKey>>,
}

impl TrustedKeys {
    async fn read(store: &Store) -> Result<Self, AppError> {
        let mut known = KnownHostKeys::default();
        for key in store.host_keys().list().await? {
            if let Some(fingerprint) = Fingerprint::parse(&key.fingerprint) {
                known.trust(
                    Endpoint {
                        host: key.address,
                        port: key.port,
                    },
                    fingerprint,
                );
            }
        }
        Ok(Self {
            known,
            offered: Mutex::new(BTreeMap::new()),
        })
    }

    /// The key that a device offered, as the inventory keeps it: algorithm and fingerprint.
    pub(crate) fn offered_by(&self, device: &DeviceEntry) -> Option<String> {
        self.offered_at(&endpoint(device))
    }

    fn offered_at(&self, endpoint: &Endpoint) -> Option<String> {
        let offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
        offered
            .get(endpoint)
            .map(|key| format!("{} {}", key.algorithm, key.fingerprint))
    }
}

#[async_trait]
impl HostKeys for TrustedKeys {
    async fn judge(&self, endpoint: &Endpoint, presented: &PresentedHostKey) -> HostKeyVerdict {
        let verdict = self.known.judge(endpoint, presented).await;
        if verdict != HostKeyVerdict::Trusted {
            let mut offered = self.offered.lock().unwrap_or_else(PoisonError::into_inner);
            offered.insert(endpoint.clone(), presented.clone());
        }
        verdict
    }
}

fn endpoint(device: &DeviceEntry) -> Endpoint {
    Endpoint {
        host: device.address.clone(),
        port: device.port,
    }
}

/// Takes no lines: for work that belongs to no deployment.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Unrecorded;

impl Transcript for Unrecorded {
    fn record(&self, _: TranscriptLine) {}
}

impl Record for Unrecorded {
    fn sent(&self, _: &str) {}
    fn answered(&self, _: &str) {}
    fn note(&self, _: &str) {}
}

/// What is needed to reach devices, read once for a piece of work: each secret is asked for once.
pub(crate) struct Connector {
    app: App,
    pub(crate) keys: Arc<TrustedKeys>,
    settings: PortSettings,
    transcript: Arc<dyn Transcript>,
    credentials: BTreeMap<String, Credential>,
    /// What proves logins, by the name of the credentials.
    proofs: BTreeMap<String, Proof>,
    jump_groups: BTreeMap<String, String>,
    /// Jump hosts by name: all devices behind one share its connection.
    jumps: BTreeMap<String, JumpHost>,
}

impl Connector {
    pub(crate) async fn new(app: &App, transcript: Arc<dyn Transcript>) -> Result<Self, AppError> {
        let current = app.current_settings().await?;
        let mut settings = PortSettings::default();
        settings.limits.connect = Duration::from_secs(current.connect_timeout.into());
        settings.tuning.answer = Duration::from_secs(current.answer_timeout.into());
        settings.tuning.commit = Duration::from_secs(current.commit_timeout.into());
        settings.tuning = settings
            .tuning
            .quiet_for(Duration::from_millis(current.prompt_quiet.into()));
        let credentials = app.store().credentials().list().await?;
        let in_keyring = |credential: &Credential| credential.kept_in == Some(KeptIn::Keyring);
        if credentials.iter().any(in_keyring) && app.secrets().look_again().await {
            app.changed(&[Topic::Status]);
        }
        Ok(Self {
            app: app.clone(),
            keys: Arc::new(TrustedKeys::read(app.store()).await?),
            settings,
            transcript,
            credentials: credentials
                .into_iter()
                .map(|credential| (credential.name.clone(), credential))
                .collect(),
            proofs: BTreeMap::new(),
            jump_groups: app.store().jump_hosts().groups().await?,
            jumps: BTreeMap::new(),
        })
    }

    /// Returns a port to the device. Nothing is opened yet.
    pub(crate) async fn port(&mut self, device: &DeviceEntry) -> Result<Arc<dyn DevicePort>, AppError> {
        let target = self.target(device).await?;
        Ok(Arc::new(DnosPort::new(
            device.name.clone(),
            target,
            Arc::clone(&self.keys) as Arc<dyn HostKeys>,
            self.app.clock(),
            Arc::clone(&self.transcript),
            self.settings.clone(),
        )))
    }

    async fn target(&mut self, device: &DeviceEntry) -> Result<Target, AppError> {
        let named = device.credentials.as_deref().unwrap_or_default();
        let (user, credential) = self.login(device, named).await?;
        Ok(Target {
            endpoint: endpoint(device),
            user,
            credential,
            jump: self.jump(device).await?,
        })
    }

    /// Who signs in with these credentials, and what proves it. `device` is whom an error is about.
    async fn login(&mut self, device: &DeviceEntry, name: &str) -> Result<(String, Proof), AppError> {
        let device = || device.name.clone();
        let credential = self
            .credentials
            .get(name)
            .ok_or_else(|| AppError::NoCredentials { device: device() })?;
        if let Some(proof) = self.proofs.get(name) {
            return Ok((credential.user.clone(), proof.clone()));
        }
        let proof = self.app.proof(credential).await.map_err(|error| match error {
            ProofError::Secret(source) => AppError::SecretOf {
                device: device(),
                source,
            },
            ProofError::Key(source) => AppError::KeyOf {
                device: device(),
                source,
            },
            ProofError::Fingerprint { .. } => AppError::NoWay {
                device: device(),
                reason: error.to_string(),
            },
        })?;
        self.proofs.insert(name.to_owned(), proof.clone());
        Ok((credential.user.clone(), proof))
    }

    async fn jump(&mut self, device: &DeviceEntry) -> Result<Option<JumpHost>, AppError> {
        let named = jumps::of(device, &self.jump_groups);
        let no_way = |reason: String| AppError::NoWay {
            device: device.name.clone(),
            reason,
        };
        let Some(name) = named.first() else {
            return Ok(None);
        };
        if named.len() > 1 {
            let all: Vec<&str> = named.iter().map(String::as_str).collect();
            return Err(no_way(format!(
                "its groups name several jump hosts ({}); name one for the device itself",
                all.join(", ")
            )));
        }
        if let Some(jump) = self.jumps.get(name) {
            return Ok(Some(jump.clone()));
        }
        let host = self.app.jump_host(name).await?;
        let credentials = host
            .credentials
            .ok_or_else(|| no_way(format!("its jump host {name} has no credentials")))?;
        let (user, proof) = self.login(device, &credentials).await?;
        let place = Endpoint {
            host: host.address,
            port: host.port,
        };
        let jump = JumpHost::new(name.clone(), place, user, proof);
        self.jumps.insert(name.clone(), jump.clone());
        Ok(Some(jump))
    }

    /// Notes the keys that jump hosts showed and that are not trusted, so that a person can compare them.
    pub(crate) async fn note_jump_keys(&self) -> Result<(), AppError> {
        for (name, jump) in &self.jumps {
            let offered = self.keys.offered_at(jump.endpoint());
            self.app
                .store()
                .jump_hosts()
                .note_key(name, offered.as_deref())
                .await?;
        }
        Ok(())
    }
}

impl App {
    /// Returns the device that has this name, or this as a further name.
    pub(crate) async fn device_entry(&self, name: &str) -> Result<DeviceEntry, AppError> {
        let found = self.store().devices().find(name).await?;
        found.ok_or_else(|| AppError::not_known("device", name))
    }

    /// Returns ports to the named devices, in their order; every line goes to the transcript.
    pub(crate) async fn device_ports(
        &self,
        devices: &[DeviceName],
        transcript: Arc<dyn Transcript>,
    ) -> Result<Vec<Arc<dyn DevicePort>>, AppError> {
        let mut connector = Connector::new(self, transcript).await?;
        let mut ports = Vec::with_capacity(devices.len());
        for device in devices {
            let entry = self.device_entry(device.as_str()).await?;
            ports.push(connector.port(&entry).await?);
        }
        Ok(ports)
    }

    /// Tests the connection to a device step by step, changes nothing on it, and notes the result.
    ///
    /// # Errors
    /// [`AppError`] if the device is not in the inventory or its secret can't be had; what the device does wrong is
    /// part of the result.
    pub async fn device_test(&self, device: String) -> Result<ConnectionTest, AppError> {
        let entry = self.device_entry(&device).await?;
        let mut connector = Connector::new(self, Arc::new(Unrecorded)).await?;
        let target = connector.target(&entry).await?;
        let keys = Arc::clone(&connector.keys) as Arc<dyn HostKeys>;
        let cancel = CancellationToken::new();
        let began = self.clock().since_boot();
        let report = test_connection(&target, keys, &connector.settings, Arc::new(Unrecorded), &cancel).await;
        let took = self.clock().since_boot().saturating_sub(began);

        let error = report
            .failure()
            .map(|(_, error)| connection_error(&entry.name, error));
        let version = report
            .steps
            .iter()
            .find_map(|(step, result)| match (step, result) {
                (ConnectionStep::Version, StepResult::Passed { evidence, .. }) => evidence
                    .split_whitespace()
                    .nth(1)
                    .and_then(bk_model::DnosVersion::parse),
                _ => None,
            });
        let contact = Contact {
            device: entry.name.clone(),
            at: self.now(),
            reachability: word(reachability(error.as_ref())),
            millis: error.is_none().then(|| time::millis(took)),
            version,
            offered_key: connector.keys.offered_by(&entry),
            error: error.as_ref().and_then(|error| serde_json::to_string(error).ok()),
        };
        self.store().contacts().note(&contact).await?;
        connector.note_jump_keys().await?;
        self.changed(&[Topic::Devices, Topic::Status]);
        let steps = report
            .steps
            .iter()
            .map(|(step, result)| step_view(&entry.name, *step, result))
            .collect();
        Ok(ConnectionTest {
            device: entry.name.to_string(),
            steps,
            error,
        })
    }
}

/// How a device stands after this error, or after none.
pub(crate) fn reachability(error: Option<&ErrorView>) -> Reachability {
    match error.map(|error| error.code.as_str()) {
        None => Reachability::Reachable,
        Some("host-key-changed") => Reachability::KeyChanged,
        Some("host-key-unknown") => Reachability::KeyUnknown,
        Some("sign-in-refused") => Reachability::SignInRefused,
        Some("not-usable" | "answer-not-known" | "command-refused") => Reachability::NotUsable,
        Some(
            "no-credentials"
            | "secret-missing"
            | "keyring-unavailable"
            | "keyring"
            | "cancelled"
            | "key-file"
            | "passphrase-missing"
            | "passphrase-wrong"
            | "agent"
            | "no-way",
        ) => Reachability::Unknown,
        Some(_) => Reachability::NoAnswer,
    }
}

/// The word under which a state is stored: the one that views use.
pub(crate) fn word(state: Reachability) -> String {
    match state {
        Reachability::Unknown => "unknown",
        Reachability::Reachable => "reachable",
        Reachability::NoAnswer => "no-answer",
        Reachability::KeyChanged => "key-changed",
        Reachability::KeyUnknown => "key-unknown",
        Reachability::SignInRefused => "sign-in-refused",
        Reachability::NotUsable => "not-usable",
    }
    .to_owned()
}

/// The state of a stored word; a word of another release is not known.
pub(crate) fn state(word: &str) -> Reachability {
    match word {
        "reachable" => Reachability::Reachable,
        "no-answer" => Reachability::NoAnswer,
        "key-changed" => Reachability::KeyChanged,
        "key-unknown" => Reachability::KeyUnknown,
        "sign-in-refused" => Reachability::SignInRefused,
        "not-usable" => Reachability::NotUsable,
        _ => Reachability::Unknown,
    }
}

fn step_view(device: &DeviceName, step: ConnectionStep, result: &StepResult) -> ConnectionTestStep {
    let (step, label) = match step {
        ConnectionStep::Jump => ("jump", "Jump host passed"),
        ConnectionStep::Address => ("address", "Address found"),
        ConnectionStep::Port => ("port", "Port open"),
        ConnectionStep::Encrypted => ("encrypted", "Encrypted"),
        ConnectionStep::HostKey => ("host-key", "Host key trusted"),
        ConnectionStep::SignIn => ("sign-in", "Signed in"),
        ConnectionStep::Prompt => ("prompt", "DNOS prompt"),
        ConnectionStep::Version => ("version", "Release can be used"),
        ConnectionStep::Rights => ("rights", "May configure"),
        ConnectionStep::Read => ("read", "Configuration read"),
    };
    let (state, evidence, took) = match result {
        StepResult::Passed { evidence, took } => (TestStepState::Passed, evidence.clone(), *took),
        StepResult::Failed { error, took } => {
            let shown = connection_error(device, error);
            (
                TestStepState::Failed,
                shown.words.unwrap_or(shown.sentence),
                *took,
            )
        }
        StepResult::NotTried => (TestStepState::NotTried, String::new(), Duration::ZERO),
    };
    ConnectionTestStep {
        step: step.to_owned(),
        label: label.to_owned(),
        state,
        evidence,
        millis: time::millis(took),
    }
}
