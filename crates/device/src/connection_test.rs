//! The connection test: nine steps, ten where a jump host is on the way, each with what proves it and the time it took. The sign-in is tried once.

use std::{sync::Arc, time::Duration};

use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::{
    channel::Record,
    driver::{Driver, DriverError, Mode},
    platforms::dnos::{
        Command, ConfigPart, DIALOGUE, OLDEST_RELEASE, Show, answers, config,
        interfaces::read_bridge_domain_names, sessions, system,
    },
    port::PortSettings,
    transport::{
        host_key::HostKeys,
        ssh::{ConnectError, ConnectObserver, ConnectStage, SshTransport, Target},
    },
};

/// The steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum ConnectionStep {
    /// The jump host let us in; only where there is one.
    Jump,
    /// The name has an address.
    Address,
    /// The port is open.
    Port,
    /// The key exchange is complete.
    Encrypted,
    /// The host key is the one we know.
    HostKey,
    /// The login is accepted.
    SignIn,
    /// The prompt of a running DNOS appears.
    Prompt,
    /// The release is one we can work with.
    Version,
    /// The login may configure: it may list sessions and bridge domains, and enter configuration mode (REF 1.1).
    Rights,
    /// A configuration part can be read whole.
    Read,
}

impl ConnectionStep {
    /// The steps to a device that this machine reaches itself, in order.
    pub const DIRECT: [Self; 9] = [
        Self::Address,
        Self::Port,
        Self::Encrypted,
        Self::HostKey,
        Self::SignIn,
        Self::Prompt,
        Self::Version,
        Self::Rights,
        Self::Read,
    ];

    /// The steps to a target, in order.
    #[must_use]
    pub fn to(target: &Target) -> Vec<Self> {
        let first = target.jump.as_ref().map(|_| Self::Jump);
        first.into_iter().chain(Self::DIRECT).collect()
    }
}

/// How a step ended.
#[derive(Debug)]
pub enum StepResult {
    /// It holds.
    Passed {
        /// What proves it, in the device's words where it has any.
        evidence: String,
        /// The time it took.
        took: Duration,
    },
    /// It does not.
    Failed {
        /// Why.
        error: ConnectionTestError,
        /// The time it took.
        took: Duration,
    },
    /// An earlier step failed.
    NotTried,
}

/// Why a step of a connection test failed.
#[derive(Debug, thiserror::Error)]
pub enum ConnectionTestError {
    /// No connection.
    #[error("no connection could be opened")]
    Connect(#[source] ConnectError),
    /// No dialogue.
    #[error("the dialogue with the device failed")]
    Dialogue(#[source] DriverError),
    /// The release is too old.
    #[error("DNOS {release} is older than {}.{}", OLDEST_RELEASE.0, OLDEST_RELEASE.1)]
    TooOld {
        /// The release.
        release: bk_model::DnosVersion,
    },
    /// The device refused a command that the work needs.
    #[error("the device refused {command:?}")]
    Refused {
        /// The command.
        command: String,
        /// The device's words.
        words: String,
    },
    /// An answer in no known form.
    #[error("the answer to {command:?} is in no known form: {why}")]
    Unrecognised {
        /// The command.
        command: String,
        /// What is wrong with it.
        why: String,
        /// The device's words.
        words: String,
    },
}

/// The result of a connection test: one entry per step, in order.
#[derive(Debug)]
pub struct ConnectionReport {
    /// The steps.
    pub steps: Vec<(ConnectionStep, StepResult)>,
}

impl ConnectionReport {
    /// Whether every step passed.
    #[must_use]
    pub fn passed(&self) -> bool {
        self.steps
            .iter()
            .all(|(_, result)| matches!(result, StepResult::Passed { .. }))
    }

    /// The step that failed.
    #[must_use]
    pub fn failure(&self) -> Option<(ConnectionStep, &ConnectionTestError)> {
        self.steps.iter().find_map(|(step, result)| match result {
            StepResult::Failed { error, .. } => Some((*step, error)),
            _ => None,
        })
    }
}

/// Runs the steps against a device. Changes nothing on it.
pub async fn test_connection(
    target: &Target,
    host_keys: Arc<dyn HostKeys>,
    settings: &PortSettings,
    record: Arc<dyn Record>,
    cancel: &CancellationToken,
) -> ConnectionReport {
    let mut steps = Steps {
        passed: Vec::new(),
        since: Instant::now(),
    };
    let failed = run(target, host_keys, settings, record, cancel, &mut steps)
        .await
        .err();
    let took = steps.since.elapsed();
    let mut results = steps.passed;
    let all = ConnectionStep::to(target);
    if let Some(error) = failed
        && let Some(step) = all.get(results.len())
    {
        results.push((*step, StepResult::Failed { error, took }));
    }
    for step in &all[results.len()..] {
        results.push((*step, StepResult::NotTried));
    }
    ConnectionReport { steps: results }
}

async fn run(
    target: &Target,
    host_keys: Arc<dyn HostKeys>,
    settings: &PortSettings,
    record: Arc<dyn Record>,
    cancel: &CancellationToken,
    steps: &mut Steps,
) -> Result<(), ConnectionTestError> {
    let transport = SshTransport::open(target, host_keys, &settings.limits, steps)
        .await
        .map_err(ConnectionTestError::Connect)?;
    let local = transport.local_addr();
    let opened = Driver::open(
        Box::new(transport),
        settings.tuning.clone(),
        record,
        settings.first_prompt,
        cancel,
    )
    .await;
    let mut driver = opened.map_err(ConnectionTestError::Dialogue)?;
    steps.pass(ConnectionStep::Prompt, format!("{}#", driver.host()));
    let result = inside(&mut driver, local, cancel, steps).await;
    // The test has its answer; how the device takes the sign-out is not part of it.
    if driver.close().await.is_err() {
        tracing::debug!("the device did not answer the sign-out");
    }
    result
}

async fn inside(
    driver: &mut Driver,
    local: Option<std::net::SocketAddr>,
    cancel: &CancellationToken,
    steps: &mut Steps,
) -> Result<(), ConnectionTestError> {
    let version = ask(driver, Show::Version, cancel).await?;
    let system = system::read_version(&version)
        .ok_or_else(|| unrecognised(Show::Version, "no release in it", &version))?;
    if !system.release.at_least(OLDEST_RELEASE.0, OLDEST_RELEASE.1) {
        return Err(ConnectionTestError::TooOld {
            release: system.release,
        });
    }
    let build = system
        .build
        .map(|build| format!(" build {build}"))
        .unwrap_or_default();
    steps.pass(ConnectionStep::Version, format!("DNOS {}{build}", system.release));

    let list = ask(driver, Show::SshSessions, cancel).await?;
    let sessions = sessions::read_sessions(&list, local)
        .ok_or_else(|| unrecognised(Show::SshSessions, "no session table in it", &list))?;
    let said = driver
        .go_to(Mode::Configuration, cancel)
        .await
        .map_err(ConnectionTestError::Dialogue)?;
    if let Some(answer) = said.first() {
        let words = DIALOGUE.redact(answer.text.trim());
        return Err(ConnectionTestError::Refused {
            command: Command::Configure.to_string(),
            words,
        });
    }
    // A candidate that differs keeps this session where it is; the read below works there too.
    driver
        .go_to(Mode::Operational, cancel)
        .await
        .map_err(ConnectionTestError::Dialogue)?;
    let table = ask(driver, Show::BridgeDomains, cancel).await?;
    let domains = read_bridge_domain_names(&table)
        .ok_or_else(|| unrecognised(Show::BridgeDomains, "no table of bridge domains in it", &table))?;
    let (signed_in, domains) = (sessions.len(), domains.len());
    let evidence = format!("may configure; {signed_in} signed in; {domains} bridge domains");
    steps.pass(ConnectionStep::Rights, evidence);

    let part = ConfigPart::BridgeDomains;
    let text = ask(driver, Show::Config(part), cancel).await?;
    let read = config::read_part(part, &text)
        .map_err(|error| unrecognised(Show::Config(part), &error.reason, &text))?;
    steps.pass(
        ConnectionStep::Read,
        format!("{} lines of {}", read.text.line_count(), part.path()),
    );
    Ok(())
}

async fn ask(
    driver: &mut Driver,
    show: Show,
    cancel: &CancellationToken,
) -> Result<String, ConnectionTestError> {
    let is_config = matches!(show, Show::Config(_));
    let command = Command::Show(show);
    let answer = driver
        .run(&command, cancel)
        .await
        .map_err(ConnectionTestError::Dialogue)?;
    // For a part of the configuration an error may mean that nothing is configured there.
    if answers::is_error(&answer.text) && !is_config {
        return Err(ConnectionTestError::Refused {
            command: command.to_string(),
            words: DIALOGUE.redact(answer.text.trim()),
        });
    }
    Ok(answer.text)
}

fn unrecognised(show: Show, why: &str, words: &str) -> ConnectionTestError {
    ConnectionTestError::Unrecognised {
        command: Command::Show(show).to_string(),
        why: why.to_owned(),
        words: DIALOGUE.redact(words.trim()),
    }
}

/// The steps passed so far.
struct Steps {
    passed: Vec<(ConnectionStep, StepResult)>,
    since: Instant,
}

impl Steps {
    fn pass(&mut self, step: ConnectionStep, evidence: String) {
        let took = self.since.elapsed();
        self.since = Instant::now();
        self.passed.push((step, StepResult::Passed { evidence, took }));
    }
}

impl ConnectObserver for Steps {
    fn passed(&mut self, stage: ConnectStage, evidence: String) {
        let step = match stage {
            ConnectStage::Jump => ConnectionStep::Jump,
            ConnectStage::Address => ConnectionStep::Address,
            ConnectStage::Port => ConnectionStep::Port,
            ConnectStage::Encrypted => ConnectionStep::Encrypted,
            ConnectStage::HostKey => ConnectionStep::HostKey,
            ConnectStage::SignIn => ConnectionStep::SignIn,
        };
        self.pass(step, evidence);
    }
}
