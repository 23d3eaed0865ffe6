use bk_config::ConfigText;
use bk_engine::deploy::{DeploymentId, Phase};
use bk_engine::ports::{Facts, ReadScope};
use bk_store::{DeviceEntry, NewSnapshot, SecretTokens, SnapshotSource, Store, StoredText};

use crate::support::{at, entry, name, open, read, with_devices};

#[tokio::test]
async fn a_thousand_identical_reads_store_one_text() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    let text = "interfaces ge100-0/0/1 admin-state enabled ^\n".repeat(500);
    for second in 0..1000 {
        read(&store, "LEAF-A01", second, &text).await;
    }
    let totals = store.snapshots().totals().await.unwrap();
    assert_eq!((totals.reads, totals.texts), (1000, 1));
    assert!(totals.bytes < 1000, "{} bytes", totals.bytes);
    let list = store.snapshots().list(&name("LEAF-A01"), 2000).await.unwrap();
    assert_eq!(list.iter().filter(|snapshot| snapshot.changed).count(), 1);
    assert_eq!(store.snapshots().text(list[0].id).await.unwrap().as_str(), text);
}

#[tokio::test]
async fn a_snapshot_keeps_what_was_read_with_it() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    let facts = Facts {
        system_name: Some("LEAF-A01".to_owned()),
        ..Facts::default()
    };
    let device_time = chrono::DateTime::parse_from_rfc3339("2026-03-09T18:52:23+02:00").unwrap();
    let source = SnapshotSource::Deployment {
        id: DeploymentId(7),
        phase: Phase::Settle,
    };
    let new = NewSnapshot {
        device: &name("LEAF-A01"),
        at: at(5),
        device_time: Some(device_time),
        source,
        text: StoredText::l2(ConfigText::new("a\nb\n").unwrap()),
        facts: Some(&facts),
        notices: &["birch has committed".to_owned()],
    };
    let stored = store.snapshots().add(new).await.unwrap();
    let read = store.snapshots().get(stored.id).await.unwrap();
    assert_eq!(read, stored);
    assert_eq!(
        (read.source, read.device_time, read.lines, read.bytes),
        (source, Some(device_time), 2, 4)
    );
    assert_eq!(read.notices, ["birch has committed"]);
    assert_eq!(read.hash, ConfigText::new("a\nb\n").unwrap().hash());
    assert_eq!(store.snapshots().facts(stored.id).await.unwrap(), Some(facts));
    let text = store.snapshots().text_of(&read.hash).await.unwrap();
    assert_eq!(text.as_ref().map(ConfigText::as_str), Some("a\nb\n"));
}

#[tokio::test]
async fn a_full_text_is_stored_with_tokens_for_secrets() {
    let (folder, store) = with_devices(&["LEAF-A01"]).await;
    let text = ConfigText::new("system login user birch password $6$canary$hash ^\n").unwrap();
    let new = NewSnapshot {
        device: &name("LEAF-A01"),
        at: at(5),
        device_time: None,
        source: SnapshotSource::Discovery,
        text: StoredText::full(&text, &SecretTokens::new([3; 32])).unwrap(),
        facts: None,
        notices: &[],
    };
    let stored = store.snapshots().add(new).await.unwrap();
    assert_eq!((stored.scope, stored.secrets), (ReadScope::Full, 1));
    let kept = store.snapshots().text(stored.id).await.unwrap();
    assert!(
        kept.as_str()
            .starts_with("system login user birch password <secret:"),
        "{}",
        kept.as_str()
    );
    while store.lines().index_next().await.unwrap() {}
    store.close().await;
    for file in std::fs::read_dir(folder.path()).unwrap() {
        let bytes = std::fs::read(file.unwrap().path()).unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"canary"));
    }
}

#[tokio::test]
async fn the_record_is_the_last_accepted_snapshot_and_its_changes_are_logged() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    for (second, text) in [(1, "a\n"), (2, "a\n"), (3, "b\n")] {
        let snapshot = read(&store, "LEAF-A01", second, text).await;
        store
            .records()
            .accept(&snapshot, at(second), "kestrel")
            .await
            .unwrap();
    }
    let record = store.records().get(&name("LEAF-A01")).await.unwrap().unwrap();
    assert_eq!((record.snapshot.0, record.accepted_at), (3, at(3)));
    let events = store.events().newest("record", 10).await.unwrap();
    let shown: Vec<_> = events
        .iter()
        .map(|event| (event.before.as_deref(), event.after.as_deref()))
        .collect();
    assert_eq!(shown, [(Some("2"), Some("3")), (None, Some("1"))]);
}

/// Finds lines after reads of one device, as `line first last now`.
async fn check(store: &Store, query: &str, expected: &[&str]) {
    let hits = store.lines().search(query, 100).await.unwrap();
    let shown: Vec<String> = hits
        .iter()
        .map(|hit| {
            format!(
                "{} | {} | {}-{} {}",
                hit.device,
                hit.line,
                hit.first,
                hit.last,
                if hit.now { "now" } else { "gone" }
            )
        })
        .collect();
    assert_eq!(shown, expected, "{query}");
}

#[tokio::test]
async fn a_line_is_found_with_the_reads_that_hold_it() {
    let (_folder, store) = with_devices(&["LEAF-A01", "SPINE-1"]).await;
    read(&store, "LEAF-A01", 1, "alpha vlan-id 251\nbeta\n").await;
    read(&store, "LEAF-A01", 2, "alpha vlan-id 251\nbeta\n").await;
    read(&store, "SPINE-1", 3, "alpha vlan-id 251\n").await;
    read(&store, "LEAF-A01", 4, "beta\n").await;
    check(
        &store,
        "vlan-id 251",
        &[
            "SPINE-1 | alpha vlan-id 251 | 3-3 now",
            "LEAF-A01 | alpha vlan-id 251 | 1-2 gone",
        ],
    )
    .await;
    check(&store, "BETA", &["LEAF-A01 | beta | 1-4 now"]).await;
    read(&store, "LEAF-A01", 5, "alpha vlan-id 251\nbeta\n").await;
    read(&store, "LEAF-A01", 6, "alpha vlan-id 251\nbeta\n").await;
    check(
        &store,
        "alpha",
        &[
            "LEAF-A01 | alpha vlan-id 251 | 1-6 now",
            "SPINE-1 | alpha vlan-id 251 | 3-3 now",
        ],
    )
    .await;
}

#[tokio::test]
async fn searches_are_texts_and_nothing_else() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    read(
        &store,
        "LEAF-A01",
        1,
        "description \"a \"\"b\"\n100%_x AND y* NEAR(z)\nge1-0/0/1\n",
    )
    .await;
    check(
        &store,
        "0%_x and",
        &["LEAF-A01 | 100%_x AND y* NEAR(z) | 1-1 now"],
    )
    .await;
    check(
        &store,
        "y* NEAR(",
        &["LEAF-A01 | 100%_x AND y* NEAR(z) | 1-1 now"],
    )
    .await;
    check(
        &store,
        "\"a \"\"b",
        &["LEAF-A01 | description \"a \"\"b\" | 1-1 now"],
    )
    .await;
    check(&store, "%z", &[]).await;
    check(&store, "e1", &["LEAF-A01 | ge1-0/0/1 | 1-1 now"]).await;
    check(&store, "  ", &[]).await;
}

#[tokio::test]
async fn an_index_that_was_stopped_half_way_is_finished() {
    let (folder, store) = with_devices(&["LEAF-A01"]).await;
    let many: String = (0..9000)
        .map(|number| format!("line {number} kestrel\n"))
        .collect();
    read(&store, "LEAF-A01", 1, &many).await;
    let stopped =
        tokio::time::timeout(std::time::Duration::from_millis(30), store.lines().index_next()).await;
    drop(stopped);
    let again = open(&folder).await;
    let hits = again.lines().search("kestrel", 10).await.unwrap();
    assert_eq!((hits.len(), hits[0].hits), (10, 9000));
}

#[tokio::test]
async fn the_state_at_a_moment_is_the_last_read_before_it() {
    let (_folder, store) = with_devices(&["LEAF-A01", "SPINE-1"]).await;
    for (device, second) in [("LEAF-A01", 10), ("LEAF-A01", 20), ("SPINE-1", 15)] {
        read(&store, device, second, &format!("{second}\n")).await;
    }
    let at_moment = async |second| {
        let found = store.snapshots().all_at(at(second)).await.unwrap();
        found
            .iter()
            .map(|snapshot| format!("{} {}", snapshot.device, snapshot.id))
            .collect::<Vec<_>>()
    };
    assert_eq!(at_moment(9).await, Vec::<String>::new());
    assert_eq!(at_moment(12).await, ["LEAF-A01 1"]);
    assert_eq!(at_moment(99).await, ["LEAF-A01 2", "SPINE-1 3"]);
}

#[tokio::test]
async fn a_device_that_was_removed_keeps_its_history_and_gets_it_back() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    let snapshot = read(&store, "LEAF-A01", 1, "a\n").await;
    store.records().accept(&snapshot, at(1), "kestrel").await.unwrap();
    store.devices().remove(&name("LEAF-A01"), at(2)).await.unwrap();
    assert_eq!(store.devices().list().await.unwrap(), []);
    assert_eq!(store.records().all().await.unwrap(), []);
    assert_eq!(
        store.snapshots().list(&name("LEAF-A01"), 10).await.unwrap().len(),
        1
    );
    store
        .devices()
        .remove(&name("LEAF-A01"), at(3))
        .await
        .unwrap_err();
    store.devices().put(&[entry("LEAF-A01", 9)]).await.unwrap();
    assert_eq!(store.records().all().await.unwrap().len(), 1);
}

#[tokio::test]
async fn devices_swap_places_and_names_in_one_call() {
    let (_folder, store) = with_devices(&["LEAF-A01", "LEAF-A02"]).await;
    let [first, second] = [entry("LEAF-A01", 1), entry("LEAF-A02", 2)];
    let with_alias = |device: &DeviceEntry, alias: &str| DeviceEntry {
        aliases: vec![name(alias)],
        ..device.clone()
    };
    store
        .devices()
        .put(&[with_alias(&first, "ONE"), with_alias(&second, "TWO")])
        .await
        .unwrap();
    let swapped = [
        DeviceEntry {
            address: second.address.clone(),
            ..with_alias(&first, "TWO")
        },
        DeviceEntry {
            address: first.address.clone(),
            ..with_alias(&second, "ONE")
        },
    ];
    store.devices().put(&swapped).await.unwrap();
    assert_eq!(store.devices().list().await.unwrap(), swapped);
    assert_eq!(
        store
            .devices()
            .find("ONE")
            .await
            .unwrap()
            .map(|device| device.name),
        Some(name("LEAF-A02"))
    );
    let third = DeviceEntry {
        address: first.address,
        ..entry("LEAF-A03", 3)
    };
    store.devices().put(&[third]).await.unwrap_err();
    assert_eq!(
        store.devices().list().await.unwrap(),
        swapped,
        "a call that fails changes nothing"
    );
}
