//! One simulated device with a port to it, and a change that fits it.

use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use bk_config::CliLine;
use bk_device::{
    Credential, DnosPort, Endpoint, Fingerprint, KnownHostKeys, PortSettings, Target, channel::Tuning,
};
use bk_engine::ports::{Clock, DevicePort, DeviceSession, Transcript, TranscriptLine};
use bk_lab::{
    clock::ClockMode,
    device::DeviceDump,
    dialect::Dialect,
    generate::practice,
    serve::{Fabric, FabricHandle, ServeOptions},
    spec::{DeviceSpec, FabricSpec, Role},
};
use bk_model::DeviceName;
use chrono::{DateTime, TimeZone, Utc};
use tokio_util::sync::CancellationToken;

/// The unit and VLAN of the change, which nothing in the practice fabric has.
pub(crate) const UNIT: &str = "3999";
/// Words of the change's lines.
pub(crate) const VLAN: &str = "vlan-id 3999";
/// Words of the change's lines.
pub(crate) const MEMBER: &str = "instance g_kestrel_v3999 interface";
/// The engineer beside us.
pub(crate) const STRANGER: &str = "birch";

pub(crate) struct Bench {
    pub(crate) fabric: FabricHandle,
    pub(crate) device: DeviceSpec,
    pub(crate) port: DnosPort,
    pub(crate) transcript: Arc<Lines>,
    pub(crate) never: CancellationToken,
    parent: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with_dialect(Dialect::default()).await
    }

    pub(crate) async fn with_dialect(dialect: Dialect) -> Self {
        let mut spec = practice(1);
        let is_leaf = |device: &&DeviceSpec| device.role == Role::Leaf;
        let device = spec
            .devices
            .iter()
            .find(is_leaf)
            .expect("a leaf in the practice fabric")
            .clone();
        spec = FabricSpec {
            devices: vec![device.clone()],
            notes: spec.notes,
        };
        let start = Utc.with_ymd_and_hms(2026, 3, 9, 17, 0, 0).unwrap();
        let options = ServeOptions {
            dialect,
            user: "kestrel".into(),
            password: "only-for-this-test".into(),
            logins: vec![(STRANGER.into(), "only-for-this-test".into())],
            clock: ClockMode::Manual { start },
            control: false,
            ..ServeOptions::default()
        };
        let fabric = Fabric::start(spec, options).await.unwrap();
        let transcript = Arc::new(Lines::default());
        let port = port(&fabric, &device.name, Arc::clone(&transcript));
        let parent = free_parent(&device);
        Self {
            fabric,
            device,
            port,
            transcript,
            never: CancellationToken::new(),
            parent,
        }
    }

    pub(crate) async fn open(&self) -> Box<dyn DeviceSession> {
        self.port.open(&self.never).await.unwrap()
    }

    pub(crate) fn dump(&self) -> DeviceDump {
        self.fabric.dump().remove(0)
    }

    /// The flattened lines of the change, sorted.
    pub(crate) fn lines(&self) -> Vec<String> {
        let name = format!("{}.{UNIT}", self.parent);
        let mut lines = vec![
            format!("interfaces {name} vlan-id 3999"),
            format!("interfaces {name} l2-service enabled"),
            format!("network-services bridge-domain instance g_kestrel_v3999 interface {name}"),
        ];
        lines.sort();
        lines
    }

    pub(crate) fn forward(&self) -> Vec<CliLine> {
        let name = format!("{}.{UNIT}", self.parent);
        [
            format!("interfaces {name} vlan-id 3999"),
            format!("interfaces {name} l2-service enabled"),
            format!("network-services bridge-domain instance g_kestrel_v3999 interface {name}"),
        ]
        .iter()
        .map(|line| CliLine::parse(line).unwrap())
        .collect()
    }

    pub(crate) fn reverse(&self) -> Vec<CliLine> {
        let name = format!("{}.{UNIT}", self.parent);
        [
            format!("no network-services bridge-domain instance g_kestrel_v3999 interface {name}"),
            "no network-services bridge-domain instance g_kestrel_v3999".to_owned(),
            format!("no interfaces {name}"),
        ]
        .iter()
        .map(|line| CliLine::parse(line).unwrap())
        .collect()
    }

    /// Some lines that run already and may be sent.
    pub(crate) fn live_lines(&self) -> Vec<String> {
        let dump = self.dump();
        let lines = dump
            .flattened
            .lines()
            .filter(|line| line.contains(" l2-service enabled"));
        lines.take(2).map(str::to_owned).collect()
    }

    /// The reading holds exactly the device's own lines of the L2 subtrees.
    pub(crate) fn assert_reads(&self, dump: &DeviceDump, text: &str, what: &str) {
        let subtrees = [
            "network-services bridge-domain",
            "interfaces",
            "protocols lacp",
            "protocols lldp",
        ];
        let of = |text: &str, subtree: &str| {
            let inside = |line: &&str| {
                line.strip_prefix(subtree)
                    .is_some_and(|rest| rest.starts_with(' '))
            };
            text.lines().filter(inside).map(str::to_owned).collect::<Vec<_>>()
        };
        for subtree in subtrees {
            assert_eq!(
                of(text, subtree),
                of(&dump.flattened, subtree),
                "{what}: {subtree}"
            );
        }
        let all: usize = subtrees.iter().map(|subtree| of(text, subtree).len()).sum();
        assert_eq!(all, text.lines().count(), "{what}: nothing else was read");
    }
}

/// A port whose sub-interface 3999 is free: the parent of any access sub-interface.
fn free_parent(device: &DeviceSpec) -> String {
    let mut parents = device.config.iter().filter_map(|line| {
        let name = line.strip_prefix("interfaces ")?.split(' ').next()?;
        let (parent, _) = name.split_once('.')?;
        parent.starts_with("ge").then(|| parent.to_owned())
    });
    parents.next_back().expect("a tagged access port")
}

pub(crate) fn port(fabric: &Fabric, name: &str, transcript: Arc<Lines>) -> DnosPort {
    let entry = fabric
        .inventory()
        .into_iter()
        .find(|entry| entry.name == name)
        .unwrap();
    let endpoint = Endpoint {
        host: entry.address.to_string(),
        port: entry.port,
    };
    let mut known = KnownHostKeys::default();
    known.trust(
        endpoint.clone(),
        Fingerprint::parse(&entry.host_key_fingerprint).unwrap(),
    );
    let target = Target {
        endpoint,
        user: entry.user,
        credential: Credential::Password(entry.password.into()),
        jump: None,
    };
    let tuning = Tuning {
        quiet: Duration::from_millis(10),
        renamed: Duration::from_millis(300),
        unknown_question: Duration::from_millis(500),
        ..Tuning::default()
    };
    let settings = PortSettings {
        tuning,
        turn: Duration::from_secs(10),
        ..PortSettings::default()
    };
    let device = DeviceName::new(name).unwrap();
    DnosPort::new(
        device,
        target,
        Arc::new(known),
        Arc::new(Now),
        transcript,
        settings,
    )
}

pub(crate) struct Now;

impl Clock for Now {
    fn now(&self) -> DateTime<Utc> {
        Utc::now()
    }
    fn since_boot(&self) -> Duration {
        Duration::ZERO
    }
}

/// A transcript in memory.
#[derive(Default)]
pub(crate) struct Lines(Mutex<Vec<TranscriptLine>>);

impl Transcript for Lines {
    fn record(&self, line: TranscriptLine) {
        self.0.lock().unwrap().push(line);
    }
}

impl Lines {
    pub(crate) fn text(&self) -> String {
        let lines = self.0.lock().unwrap();
        lines
            .iter()
            .map(|line| format!("{:?} {}", line.direction, line.text))
            .collect::<Vec<_>>()
            .join("\n")
    }
}
