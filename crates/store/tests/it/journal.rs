use bk_engine::deploy::{Decision, DeploymentId, Outcome, Step};
use bk_engine::ports::{Journal, JournalEntry, JournalEvent};
use bk_store::{NewDeployment, TranscriptEntry};

use crate::support::{at, deployment, name, with_devices};

fn entry(deployment: DeploymentId, seq: u64, event: JournalEvent) -> JournalEntry {
    JournalEntry {
        deployment,
        seq,
        at: at(seq as i64),
        device: Some(name("LEAF-A01")),
        event,
    }
}

fn began() -> JournalEvent {
    JournalEvent::Began {
        plan: "5b".repeat(32),
        by: "kestrel".to_owned(),
        window_minutes: 10,
        policy: bk_engine::deploy::Policy::StopOnFirst,
        child_of: None,
    }
}

#[tokio::test]
async fn entries_come_back_in_their_order_as_they_were() {
    let (_folder, store) = with_devices(&["LEAF-A01"]).await;
    let (id, journal) = (deployment(&store).await, store.journal());
    let evidence = serde_json::json!({ "success": { "user": "kestrel", "time": "09-Mar-2026 18:52:23" } });
    let events = [
        began(),
        JournalEvent::StepStarted {
            step: Step::ArmCommit,
        },
        JournalEvent::StepEnded {
            step: Step::ArmCommit,
            result: "committed".to_owned(),
            evidence,
        },
        JournalEvent::Decided {
            decision: Decision::Confirm,
        },
        JournalEvent::Ended {
            outcome: Outcome::Verified,
        },
    ];
    let entries: Vec<_> = (0..)
        .zip(events)
        .map(|(seq, event)| entry(id, seq, event))
        .collect();
    journal.append(entries[3..].to_vec()).await.unwrap();
    journal.append(entries[..3].to_vec()).await.unwrap();
    assert_eq!(journal.entries(&id).await.unwrap(), entries);
}

#[tokio::test]
async fn a_deployment_is_open_from_its_beginning_to_its_end() {
    let (_folder, store) = with_devices(&[]).await;
    let (id, journal) = (deployment(&store).await, store.journal());
    assert_eq!(journal.open_deployments().await.unwrap(), []);
    journal.append(vec![entry(id, 0, began())]).await.unwrap();
    assert_eq!(journal.open_deployments().await.unwrap(), [id]);
    journal
        .append(vec![entry(
            id,
            1,
            JournalEvent::Ended {
                outcome: Outcome::Aborted,
            },
        )])
        .await
        .unwrap();
    assert_eq!(journal.open_deployments().await.unwrap(), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn devices_that_write_at_once_all_get_their_entries() {
    let (_folder, store) = with_devices(&[]).await;
    let (id, journal) = (deployment(&store).await, store.journal());
    let append = |seq| {
        let journal = journal.clone();
        async move {
            journal
                .append(vec![entry(
                    id,
                    seq,
                    JournalEvent::StepStarted { step: Step::Verify },
                )])
                .await
        }
    };
    for result in futures::future::join_all((0..500).map(append)).await {
        result.unwrap();
    }
    let seqs: Vec<u64> = journal
        .entries(&id)
        .await
        .unwrap()
        .iter()
        .map(|entry| entry.seq)
        .collect();
    assert_eq!(seqs, (0..500).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn an_entry_that_can_not_be_written_fails_its_writer_only() {
    let (_folder, store) = with_devices(&[]).await;
    let (id, journal) = (deployment(&store).await, store.journal());
    journal.append(vec![entry(id, 0, began())]).await.unwrap();
    let append = |seq: u64| {
        let journal = journal.clone();
        async move {
            journal
                .append(vec![entry(
                    id,
                    seq % 20,
                    JournalEvent::StepStarted { step: Step::Verify },
                )])
                .await
        }
    };
    let results = futures::future::join_all((1..40).map(append)).await;
    assert_eq!(
        results.iter().filter(|result| result.is_ok()).count(),
        19,
        "each position is taken once"
    );
    assert_eq!(journal.entries(&id).await.unwrap().len(), 20);
    let refused = results.into_iter().find_map(Result::err).unwrap().to_string();
    assert_eq!(
        refused,
        format!("the journal of deployment {id} could not be written")
    );
}

#[tokio::test]
async fn a_deployment_without_its_plan_gets_no_number() {
    let (_folder, store) = with_devices(&[]).await;
    let new = NewDeployment {
        plan: "00".repeat(32),
        kind: "edit".to_owned(),
        domain: "g_kestrel_v251".to_owned(),
        undoes: None,
        by: "kestrel".to_owned(),
        devices: 1,
        started_at: at(0),
        status: "running".to_owned(),
        sentence: String::new(),
    };
    store.deployments().create(&new).await.unwrap_err();
    assert_eq!(store.deployments().list().await.unwrap(), []);
}

#[tokio::test]
async fn a_deployment_tells_what_undid_it() {
    let (_folder, store) = with_devices(&[]).await;
    let first = deployment(&store).await;
    let known = store.deployments().get(first).await.unwrap();
    let undo = NewDeployment {
        plan: known.plan.clone(),
        kind: "undo".to_owned(),
        domain: known.domain.clone(),
        undoes: Some(first),
        by: "birch".to_owned(),
        devices: 1,
        started_at: at(60),
        status: "running".to_owned(),
        sentence: "Goes back.".to_owned(),
    };
    let second = store.deployments().create(&undo).await.unwrap();
    store
        .deployments()
        .update(second, "verified", "Went back.", Some(at(90)))
        .await
        .unwrap();
    let list = store.deployments().list().await.unwrap();
    assert_eq!(list.iter().map(|row| row.id).collect::<Vec<_>>(), [second, first]);
    assert_eq!((list[0].undoes, list[1].undone_by), (Some(first), Some(second)));
    assert_eq!(
        (list[0].ended_at, list[0].status.as_str()),
        (Some(at(90)), "verified")
    );
    store
        .deployments()
        .archive(second, "checks", "[1]", at(91))
        .await
        .unwrap();
    assert_eq!(
        store
            .deployments()
            .archived(second, "checks")
            .await
            .unwrap()
            .as_deref(),
        Some("[1]")
    );
    assert_eq!(store.deployments().archived(first, "checks").await.unwrap(), None);
}

#[tokio::test]
async fn transcripts_are_read_by_device_and_from_a_position() {
    let (_folder, store) = with_devices(&[]).await;
    let id = deployment(&store).await;
    let line = |seq: u32, device: &str, text: &str| TranscriptEntry {
        seq,
        at: at(i64::from(seq)),
        device: (!device.is_empty()).then(|| name(device)),
        kind: "sent".to_owned(),
        text: text.to_owned(),
    };
    let lines = [
        line(0, "", "begins"),
        line(1, "LEAF-A01", "\"quoted\" 'x' \u{1b}[0m"),
        line(2, "SPINE-1", "top"),
    ];
    let transcripts = store.transcripts();
    transcripts.append(id, &lines[..2]).await.unwrap();
    transcripts.append(id, &lines[2..]).await.unwrap();
    transcripts.append(id, &lines[..1]).await.unwrap_err();
    assert_eq!(transcripts.read(id, None, 0, 100).await.unwrap(), lines);
    assert_eq!(transcripts.read(id, None, 1, 1).await.unwrap(), lines[1..2]);
    assert_eq!(
        transcripts
            .read(id, Some(&name("SPINE-1")), 0, 100)
            .await
            .unwrap(),
        lines[2..]
    );
    assert_eq!(transcripts.count(id).await.unwrap(), 3);
}
