//! A process that is killed while it writes: what it was told to be durable is there.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use bk_engine::deploy::{DeploymentId, Step};
use bk_engine::ports::{Journal, JournalEntry, JournalEvent};
use bk_store::{Store, StoreOptions};

use crate::support::{at, deployment, open};

/// Names the folder in which the child writes; without it this process is the parent.
const FOLDER: &str = "STORE_CRASH_FOLDER";

fn step(deployment: DeploymentId, seq: u64) -> JournalEntry {
    let event = JournalEvent::StepStarted {
        step: Step::ArmCommit,
    };
    JournalEntry {
        deployment,
        seq,
        at: at(2),
        device: None,
        event,
    }
}

/// The child: writes entry after entry and says when each is durable. It is killed; it never ends by itself.
async fn write_until_killed(folder: String) {
    let store = Store::open(StoreOptions {
        folder: folder.into(),
    })
    .await
    .unwrap();
    let deployment = deployment(&store).await;
    let journal = store.journal();
    for seq in 0.. {
        journal.append(vec![step(deployment, seq)]).await.unwrap();
        println!("durable {seq}");
    }
}

#[tokio::test]
async fn what_was_durable_survives_a_kill() {
    if let Ok(folder) = std::env::var(FOLDER) {
        write_until_killed(folder).await;
    }
    let folder = tempfile::tempdir().unwrap();
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args([
            "--exact",
            "crash::what_was_durable_survives_a_kill",
            "--nocapture",
        ])
        .env(FOLDER, folder.path())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap())
        .lines()
        .map_while(Result::ok);
    let mut durable = lines.filter_map(|line| line.rsplit_once("durable ")?.1.parse::<u64>().ok());
    let told = durable
        .find(|seq| *seq >= 40)
        .expect("the child writes until it is killed");
    child.kill().unwrap();
    child.wait().unwrap();

    let store = open(&folder).await;
    store.check_all().await.unwrap();
    let entries = store.journal().entries(&DeploymentId(1)).await.unwrap();
    let found: Vec<u64> = entries.iter().map(|entry| entry.seq).collect();
    assert!(
        found.len() as u64 > told,
        "{} entries, {told} was durable",
        found.len()
    );
    assert_eq!(
        found,
        (0..found.len() as u64).collect::<Vec<_>>(),
        "no entry is missing between others"
    );
}
