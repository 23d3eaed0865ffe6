//! Insight over an invented history: what is told is what was put in.
#![cfg(test)]

use std::collections::BTreeSet;
use std::sync::Arc;

use bk_app::{App, AppOptions, SecretStoreChoice};
use bk_config::ConfigText;
use bk_engine::drift::{Difference, DriftKind, DriftObject, Severity, SeverityRule};
use bk_engine::ports::Clock;
use bk_model::{BridgeDomainName, DeviceName};
use bk_store::{
    CheckOutcome, CheckResult, CheckWhy, DeviceEntry, Found, NewCheckRun, NewSnapshot, Sighting, SnapshotId,
    SnapshotSource, Store, StoreOptions, StoredText,
};
use chrono::{DateTime, Duration, Utc};

const DEVICES: [&str; 3] = ["LEAF-A01", "LEAF-A02", "LEAF-B01"];

fn now() -> DateTime<Utc> {
    DateTime::parse_from_rfc3339("2026-05-09T12:00:00Z")
        .unwrap()
        .to_utc()
}

/// It stands still.
struct Held;

impl Clock for Held {
    fn now(&self) -> DateTime<Utc> {
        now()
    }

    fn since_boot(&self) -> std::time::Duration {
        std::time::Duration::ZERO
    }
}

fn name(device: &str) -> DeviceName {
    DeviceName::new(device).unwrap()
}

fn difference(object: &str, severity: Severity, domain: &str) -> Difference {
    Difference {
        object: DriftObject::of_path(&format!("interfaces {object}")),
        kind: DriftKind::Mismatch,
        severity,
        rule: SeverityRule::EndLost,
        domains: vec![BridgeDomainName::new(domain).unwrap()],
        expected: vec![format!("interfaces {object} vlan-id 251")],
        actual: vec![format!("interfaces {object} vlan-id 3777")],
        taken_from: None,
    }
}

/// A store that knows some devices, and the read that its events name.
async fn invented(folder: &std::path::Path) -> (Store, Vec<SnapshotId>) {
    let store = Store::open(StoreOptions {
        folder: folder.to_owned(),
    })
    .await
    .unwrap();
    let entry = |(number, device): (u16, &str)| DeviceEntry {
        name: name(device),
        aliases: Vec::new(),
        address: format!("192.0.2.{number}"),
        port: 22,
        credentials: None,
        groups: Vec::new(),
        jump: None,
        practice: false,
        added_at: now() - Duration::days(100),
    };
    let entries: Vec<DeviceEntry> = (1..).zip(DEVICES).map(entry).collect();
    store.devices().put(&entries).await.unwrap();
    let mut reads = Vec::new();
    for device in DEVICES {
        let new = NewSnapshot {
            device: &name(device),
            at: now() - Duration::days(99),
            device_time: None,
            source: SnapshotSource::Discovery,
            text: StoredText::l2(ConfigText::new("interfaces\n!\n").unwrap()),
            facts: None,
            notices: &[],
        };
        reads.push(store.snapshots().add(new).await.unwrap().id);
    }
    (store, reads)
}

/// A read that shows so many days ago, and some hours later, what is found.
async fn seen(store: &Store, live: SnapshotId, device: &str, hours_ago: i64, found: &[Difference]) {
    let found: Vec<Found> = found
        .iter()
        .map(|difference| Found {
            difference: difference.clone(),
            source: "check".to_owned(),
            committed: None,
        })
        .collect();
    let sighting = Sighting {
        device: &name(device),
        at: now() - Duration::hours(hours_ago),
        by: "rowan",
        record: Some(live),
        live,
        found: &found,
        deployed: &[],
    };
    store.drifts().see(&sighting).await.unwrap();
}

async fn checked(store: &Store, hours_ago: i64, missing: &[&str]) {
    let at = now() - Duration::hours(hours_ago);
    let new = NewCheckRun {
        schedule: None,
        why: CheckWhy::ByHand,
        due_at: None,
        by: "rowan".to_owned(),
        started_at: at,
    };
    let run = store.checks().begin(&new).await.unwrap().unwrap();
    for device in DEVICES {
        let outcome = match missing.contains(&device) {
            true => CheckOutcome::NotChecked {
                code: "no-answer".to_owned(),
                sentence: format!("{device} did not answer."),
            },
            false => CheckOutcome::InSync,
        };
        let result = CheckResult {
            device: name(device),
            at,
            outcome,
            took_ms: Some(40),
        };
        store.checks().note(run, &result).await.unwrap();
    }
    store.checks().end(run, at).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invented_history_gives_its_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let (store, reads) = invented(folder.path()).await;
    // Every day at ten one port of A01 is moved, and moved back two hours later.
    for day in (1..=40).rev() {
        let found = [difference("ge100-0/0/12.251", Severity::High, "g_kestrel_v251")];
        seen(&store, reads[0], DEVICES[0], day * 24 + 2, &found).await;
        seen(&store, reads[0], DEVICES[0], day * 24, &[]).await;
    }
    // One port of A02 stays moved since yesterday.
    let found = [difference("ge100-0/0/7.300", Severity::Critical, "g_birch_v300")];
    seen(&store, reads[1], DEVICES[1], 26, &found).await;
    for day in (0..40).rev() {
        let missing = if day < 6 { &DEVICES[2..] } else { &[] };
        checked(&store, day * 24 + 1, missing).await;
    }
    store.close().await;

    let app = App::open(AppOptions {
        data_dir: folder.path().to_owned(),
        practice: None,
        events: Arc::new(|_| {}),
        secrets: SecretStoreChoice::SessionOnly,
        clock: Arc::new(Held),
    })
    .await
    .unwrap();
    let insight = app.drift_insight(30).await.unwrap();
    assert_eq!(insight.events, 30, "29 of A01 began in 30 days, 1 of A02");
    let named: Vec<(&str, u32)> = insight
        .by_device
        .iter()
        .map(|one| (one.name.as_str(), one.count))
        .collect();
    assert_eq!(named, [(DEVICES[0], 29), (DEVICES[1], 1)]);
    let owners: Vec<&str> = insight.by_owner.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(owners, ["kestrel", "birch"]);
    assert_eq!(
        (insight.by_hour.len(), insight.by_hour.iter().max()),
        (24, Some(&30))
    );
    assert_eq!((insight.came_back, insight.recurrences[0].times), (29, 29));
    let lasted = insight.lasted.unwrap();
    assert_eq!((lasted.count, lasted.median_seconds), (29, 7200.0));

    let device = |name: &str| insight.devices.iter().find(|one| one.device == name).unwrap();
    assert_eq!(device(DEVICES[0]).health, 100);
    assert_eq!(device(DEVICES[1]).health, 60, "{:?}", device(DEVICES[1]).reasons);
    // 29 for six days without a good check, 3 for 6 of 30 checks that failed.
    assert_eq!(device(DEVICES[2]).health, 68, "{:?}", device(DEVICES[2]).reasons);
    assert_eq!(insight.devices[0].device, DEVICES[0], "the likeliest first");
    let chance = device(DEVICES[0]).chance_percent.unwrap();
    assert!((55..=70).contains(&chance), "{chance}");
    assert!(device(DEVICES[0]).forecast_reasons.len() == 3);
    assert_eq!(device(DEVICES[1]).chance_percent, None);
    assert!(device(DEVICES[1]).forecast.starts_with("Too little history"));
    assert_eq!(device(DEVICES[2]).interval_minutes, Some(1440));
    assert!(insight.forecasts.forecasts >= 30, "{:?}", insight.forecasts);
    assert!(insight.forecasts.brier.unwrap() < 0.25);
    assert!(insight.forecasts.sentence.contains("Brier score"));

    let codes: BTreeSet<String> = [
        app.drift_insight(0).await.unwrap_err().view().code,
        app.drift_insight(367).await.unwrap_err().view().code,
    ]
    .into();
    assert_eq!(codes, BTreeSet::from(["bad-input".to_owned()]));
    app.close().await;
}
