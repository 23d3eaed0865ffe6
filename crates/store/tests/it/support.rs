//! A store in a folder of its own, with devices, plans and deployments that are invented.

use bk_config::ConfigText;
use bk_engine::deploy::DeploymentId;
use bk_model::DeviceName;
use bk_store::{
    DeviceEntry, NewDeployment, NewSnapshot, Plan, Snapshot, SnapshotSource, Store, StoreOptions, StoredText,
};
use chrono::{DateTime, Utc};
use tempfile::TempDir;

pub(crate) fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

pub(crate) fn name(device: &str) -> DeviceName {
    DeviceName::new(device).unwrap()
}

pub(crate) async fn open(folder: &TempDir) -> Store {
    Store::open(StoreOptions {
        folder: folder.path().to_owned(),
    })
    .await
    .unwrap()
}

pub(crate) async fn with_devices(names: &[&str]) -> (TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let store = open(&folder).await;
    let devices: Vec<DeviceEntry> = (1..)
        .zip(names)
        .map(|(number, device)| entry(device, number))
        .collect();
    store.devices().put(&devices).await.unwrap();
    (folder, store)
}

pub(crate) fn entry(device: &str, number: u16) -> DeviceEntry {
    DeviceEntry {
        name: name(device),
        aliases: Vec::new(),
        address: format!("192.0.2.{number}"),
        port: 22,
        credentials: None,
        groups: Vec::new(),
        jump: None,
        practice: false,
        added_at: at(0),
    }
}

pub(crate) async fn read(store: &Store, device: &str, seconds: i64, text: &str) -> Snapshot {
    let new = NewSnapshot {
        device: &name(device),
        at: at(seconds),
        device_time: None,
        source: SnapshotSource::Discovery,
        text: StoredText::l2(ConfigText::new(text).unwrap()),
        facts: None,
        notices: &[],
    };
    store.snapshots().add(new).await.unwrap()
}

pub(crate) async fn deployment(store: &Store) -> DeploymentId {
    let plan = Plan {
        hash: "5b".repeat(32),
        kind: "edit".to_owned(),
        domain: "g_kestrel_v251".to_owned(),
        draft: None,
        undoes: None,
        made_at: at(0),
        made_by: "kestrel".to_owned(),
        body: "{}".to_owned(),
    };
    store.plans().put(&plan).await.unwrap();
    let new = NewDeployment {
        plan: plan.hash,
        kind: plan.kind,
        domain: plan.domain,
        undoes: None,
        by: "kestrel".to_owned(),
        devices: 1,
        started_at: at(1),
        status: "running".to_owned(),
        sentence: "Runs.".to_owned(),
    };
    store.deployments().create(&new).await.unwrap()
}
