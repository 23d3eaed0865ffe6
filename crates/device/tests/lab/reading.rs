//! Discovery reads: every device of the practice fabric, tables included.

use std::sync::Arc;

use bk_engine::ports::{DevicePort, ReadScope};
use bk_lab::{
    generate::{lab, practice},
    serve::{Fabric, ServeOptions},
    spec::FabricSpec,
};
use futures::{StreamExt, stream};
use tokio_util::sync::CancellationToken;

use crate::bench::{Lines, port};

/// Devices read at once: fifty sign-ins at one moment take a busy machine longer than a sign-in may take.
const AT_ONCE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn every_device_of_the_practice_fabric_is_read_whole() {
    read_whole(practice(1)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_device_of_a_grown_lab_is_read_whole() {
    read_whole(lab(1)).await;
}

async fn read_whole(spec: FabricSpec) {
    let names: Vec<String> = spec.devices.iter().map(|device| device.name.clone()).collect();
    let fabric = Fabric::start(
        spec,
        ServeOptions {
            control: false,
            ..ServeOptions::default()
        },
    )
    .await
    .unwrap();
    let dumps = fabric.dump();
    let never = CancellationToken::new();
    let reads = names.iter().map(|name| {
        let port = port(&fabric, name, Arc::new(Lines::default()));
        let never = &never;
        async move {
            let mut session = port.open(never).await.unwrap();
            let facts = session.facts(never).await.unwrap();
            let full = session.read(ReadScope::Full, never).await.unwrap();
            session.close().await.unwrap();
            (name, facts, full)
        }
    });
    let mut links = 0;
    let reads = stream::iter(reads).buffer_unordered(AT_ONCE);
    for (name, facts, full) in reads.collect::<Vec<_>>().await {
        let dump = dumps.iter().find(|dump| dump.name == *name).unwrap();
        assert_eq!(full.text.as_str().trim_end(), dump.flattened.trim_end(), "{name}");
        assert!(full.device_time.is_some(), "{name}");
        assert_eq!(facts.unread, Vec::new(), "{name}");
        assert!(!facts.interfaces.is_empty(), "{name}");
        assert_eq!(facts.system_name.as_deref(), Some(name.as_str()));
        links += facts.lldp.len();
    }
    assert!(links > names.len(), "the fabric is linked");
}
