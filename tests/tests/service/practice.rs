use bk_app::AppEvent;
use bk_app::views::{ActivityState, CredentialRequest, Mode, Reachability, TextForm};

use crate::support::Bench;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_practice_lab_is_started_imported_and_read() {
    let bench = Bench::new().await;
    assert_eq!(bench.app.app_status().await.unwrap().mode, Mode::Empty);
    let activity = bench.app.start_practice_lab().await.unwrap();
    let ended = bench.told.end_of(&activity.id).await;
    assert_eq!(ended.state, ActivityState::Done, "{ended:#?}");

    let truth = bench.fabric.dump();
    let rows = bench.app.devices_list().await.unwrap();
    assert_eq!(rows.len(), truth.len());
    for row in &rows {
        assert_eq!(row.reachability, Reachability::Reachable, "{row:#?}");
        assert!(
            row.version.is_some() && row.last_read.is_some() && row.host_key.is_some(),
            "{row:#?}"
        );
        assert_ne!(row.tier, "unknown", "{}", row.name);
    }
    assert!(
        rows.iter().any(|row| !row.aliases.is_empty()),
        "the superspine has two names"
    );
    assert!(rows.iter().any(|row| row.domains > 0));

    let status = bench.app.app_status().await.unwrap();
    assert_eq!(
        (status.mode, status.lab.as_str()),
        (Mode::Practice, "Practice lab")
    );
    assert_eq!(status.devices_fresh as usize, truth.len());
    assert!(status.domains > 0);
    assert!(bench.told.events().iter().any(|event| {
        matches!(event, AppEvent::DataChanged { topics } if topics.iter().any(|topic| topic == "domains"))
    }));

    // A second start finds the same devices and changes nothing.
    let again = bench.app.start_practice_lab().await.unwrap();
    assert_eq!(bench.told.end_of(&again.id).await.state, ActivityState::Done);
    assert_eq!(bench.app.devices_list().await.unwrap().len(), truth.len());
    let overview = bench.app.snapshots_overview().await.unwrap();
    assert_eq!(
        (overview.reads as usize, overview.texts as usize),
        (2 * truth.len(), truth.len())
    );
    assert_eq!(
        bench.app.credentials_list().await.unwrap().len(),
        1,
        "one login for all"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_read_is_what_the_device_holds_and_stays_readable_without_it() {
    let bench = Bench::new().await;
    let activity = bench.app.start_practice_lab().await.unwrap();
    bench.told.end_of(&activity.id).await;
    let leaf = bench.names("LEAF").remove(0);
    let truth = bench
        .fabric
        .dump()
        .into_iter()
        .find(|dump| dump.name == leaf)
        .unwrap();

    let bench = bench.restarted().await;
    let (app, _told, _folder) = bench.without_fabric().await;
    let reads = app.snapshot_list(leaf.clone()).await.unwrap();
    assert_eq!(reads.len(), 1);
    let text = app
        .snapshot_text(reads[0].id, TextForm::Flattened)
        .await
        .unwrap()
        .text;
    assert!(text.lines().count() > 10);
    for line in text.lines() {
        assert!(truth.flattened.contains(line), "{line:?} is not on {leaf}");
    }
    let member = text.lines().find(|line| line.contains(" interface ")).unwrap();
    let hits = app.snapshot_search(member.to_owned()).await.unwrap();
    assert!(hits.iter().any(|hit| hit.device == leaf && hit.now), "{hits:#?}");

    let hierarchical = app.snapshot_text(reads[0].id, TextForm::Text).await.unwrap().text;
    assert!(hierarchical.lines().any(|line| line.starts_with("  ")));
    let same = app
        .snapshot_diff(reads[0].id, reads[0].id, TextForm::Text)
        .await
        .unwrap();
    assert!(same.identical && same.hunks.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_change_on_a_device_shows_between_two_reads() {
    let bench = Bench::new().await;
    let activity = bench.app.start_practice_lab().await.unwrap();
    bench.told.end_of(&activity.id).await;
    let leaf = bench.names("LEAF").remove(0);
    let before = bench.app.snapshot_list(leaf.clone()).await.unwrap()[0].clone();

    let lines = ["interfaces ge100-0/0/30 description kestrel", "commit", "exit"].map(str::to_owned);
    let answers = bench.fabric.foreign(&leaf, "birch", &lines);
    assert!(
        answers.iter().any(|answer| answer.contains("succeeded")),
        "{answers:?}"
    );
    assert_eq!(bench.discover(&[&leaf]).await.state, ActivityState::Done);

    let after = bench.app.snapshot_list(leaf.clone()).await.unwrap()[0].clone();
    assert!(after.changed);
    let diff = bench
        .app
        .snapshot_diff(before.id, after.id, TextForm::Flattened)
        .await
        .unwrap();
    assert_eq!((diff.identical, diff.removed), (false, 0), "{diff:#?}");
    let added = diff
        .hunks
        .iter()
        .flat_map(|hunk| &hunk.lines)
        .filter(|line| line.before.is_none());
    assert!(
        added
            .into_iter()
            .any(|line| line.text.contains("ge100-0/0/30 description kestrel"))
    );
    let changed = bench.app.snapshots_changed(before.at, after.at).await.unwrap();
    assert_eq!(
        changed.iter().map(|row| row.device.as_str()).collect::<Vec<_>>(),
        [leaf.as_str()]
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_simulated_fabric_is_not_mixed_with_real_devices() {
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    bench.import(&[&bench.names("LEAF")[0]]).await;
    let refused = bench.app.start_practice_lab().await.unwrap_err();
    assert_eq!(refused.view().code, "practice-mixed");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_another_process_writes_is_told() {
    let bench = Bench::new().await;
    bench.credentials("dnroot").await;
    let (other, _) = bench.beside().await;
    let secret = bk_app::SecretInput::from("dnroot".to_owned());
    for name in ["first", "second"] {
        let told = bench.told.events().len();
        other
            .credential_set(
                CredentialRequest::password(name, "dnroot", true),
                Some(secret.clone()),
            )
            .await
            .unwrap();
        bench
            .told
            .after(
                told,
                |event| matches!(event, AppEvent::DataChanged { topics } if topics.len() == 10),
            )
            .await;
    }
}
