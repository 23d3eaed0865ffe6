//! Every kind of drift by everything that sees it by every choice, judged by the fabric's dump, by the records and by what
//! is open afterwards. What does not arise is tried too.
#![cfg(test)]

mod case;
mod rows;

use std::collections::BTreeSet;

use bk_app::views::{ActivityState, DeploymentStatus, DriftChoice, DriftDecided};
use bk_engine::drift::{DriftKind, DriftSource};

use case::{Case, run, target};
use rows::ROWS;

/// What can be done about drift.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Choice {
    Sync,
    Skip,
    Override,
    Leave,
}

const CHOICES: [Choice; 4] = [Choice::Sync, Choice::Skip, Choice::Override, Choice::Leave];

/// Choices that were judged, or of which it was seen that they are not offered.
type Done = BTreeSet<(DriftSource, Choice)>;

/// One kind by one source, by every choice.
async fn check_cell(kind: DriftKind, source: DriftSource) -> Done {
    let mut done = Done::new();
    let case = run(kind, source).await;
    assert!(case.taken);
    case.judge_event(kind, source).await;
    let theirs = case.scene.lines();
    let went_on = (case.ended.as_ref()).is_some_and(|ended| ended.row.status == DeploymentStatus::Verified);
    let base = if went_on {
        target().await.clone()
    } else {
        case.start.clone()
    };
    assert_eq!(theirs, case.with_theirs(base.clone()));

    // Left: nothing is sent, it stays open and asks no more.
    case.scene.app.drift_leave(case.ids().await, None).await.unwrap();
    assert_eq!(case.scene.lines(), theirs);
    assert!(case.open().await.iter().all(|row| row.left.is_some()));
    case.decided(DriftDecided::Leave).await;
    done.insert((source, Choice::Leave));

    // Overridden: as if nobody had worked there.
    if matches!(kind, DriftKind::ForeignCommit | DriftKind::Unknown) {
        // Nothing differs that could be put back, or only lines that Bridgekeeper never sends.
        let detail = case.scene.app.drift_detail(case.ids().await[0]).await.unwrap();
        let back = detail
            .choices
            .iter()
            .find(|one| one.choice == DriftChoice::Override);
        assert!(back.unwrap().refused.is_some());
    } else if case.stops() {
        let ended = case.choose("override").await;
        assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
        assert_eq!(case.scene.lines(), *target().await);
        assert!(case.scene.app.drafts_list().await.unwrap().is_empty());
        case.decided(DriftDecided::Override).await;
        case.judge_records().await;
    } else {
        let plan = case
            .scene
            .app
            .drift_override_plan(case.ids().await, None)
            .await
            .unwrap();
        let ended = case.scene.deploy(&plan).await;
        assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
        assert_eq!(case.scene.lines(), base);
        case.decided(DriftDecided::Override).await;
        case.judge_records().await;
    }
    done.insert((source, Choice::Override));

    // Skipped: theirs stays, the rest holds. Where no object of the plan drifted there is nothing to skip.
    assert_eq!(
        case.stops(),
        case.offered().contains(&"skip"),
        "{:?}",
        case.offered()
    );
    if case.stops() {
        let case = run(kind, source).await;
        let ended = case.choose("skip").await;
        assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
        let after = case.scene.lines();
        assert_eq!(after[&case.work.device], theirs[&case.work.device]);
        assert_ne!(after, theirs);
        assert_eq!(case.scene.app.drafts_list().await.unwrap().len(), 1);
        case.judge_event(kind, source).await;
        case.decided(DriftDecided::Skip).await;
    }
    done.insert((source, Choice::Skip));

    // Synced: theirs is what is expected; what is left to do goes on, or the reason is said.
    let case = run(kind, source).await;
    if case.stops() {
        case.choose("discover-and-sync").await;
        let begun = case.scene.app.activities().await.unwrap().remove(0);
        assert_eq!(case.scene.wait_for(begun).await.state, ActivityState::Done);
    } else {
        let synced = case.scene.app.drift_sync(case.ids().await, None).await.unwrap();
        assert!(synced.failed.is_empty(), "{synced:#?}");
    }
    assert_eq!(case.scene.lines(), theirs);
    case.decided(DriftDecided::Sync).await;
    case.judge_records().await;
    done.insert((source, Choice::Sync));
    go_on(&case, kind).await;
    done
}

/// After a sync the deployment goes on with what is left, or says why it can't.
async fn go_on(case: &Case, kind: DriftKind) {
    let Some(ended) = &case.ended else { return };
    if ended.row.status == DeploymentStatus::Verified {
        return;
    }
    let refused = match kind {
        DriftKind::Mismatch => "exists already and is something else",
        DriftKind::VlanConflict => "is used by",
        _ => "",
    };
    let choice = if case.stops() { "continue" } else { "retry" };
    let now = case.scene.app.deployment_detail(ended.row.id).await.unwrap();
    let offered = now
        .card
        .unwrap()
        .choices
        .into_iter()
        .find(|one| one.choice == choice);
    let said = offered
        .unwrap_or_else(|| panic!("no {choice}"))
        .refused
        .unwrap_or_default();
    if !refused.is_empty() {
        assert!(said.contains(refused), "{said}");
        return;
    }
    assert_eq!(said, "");
    let done = case.choose(choice).await;
    assert_eq!(done.row.status, DeploymentStatus::Verified, "{done:#?}");
    let whole = target().await.clone();
    let expected = match kind {
        // The edit needs what they took away.
        DriftKind::MissingOnDevice => whole,
        _ => case.with_theirs(whole),
    };
    assert_eq!(case.scene.lines(), expected);
    case.judge_records().await;
}

/// What never arises is tried: no event comes of it.
async fn check_never(kind: DriftKind, source: DriftSource, why: &'static str) {
    let case = run(kind, source).await;
    let open = case.open().await;
    assert!(open.is_empty(), "{why}, but {open:#?}");
    if let Some(ended) = &case.ended {
        assert_eq!(
            ended.row.status,
            DeploymentStatus::Verified,
            "{why}, but {ended:#?}"
        );
    }
}

async fn check(kind: DriftKind) {
    let (mut done, mut failed) = (Done::new(), Vec::new());
    for rows::Row(_, sources, why) in ROWS.iter().filter(|row| row.0 == kind) {
        for source in *sources {
            match why {
                // Each in a task of its own, so that one that fails hides no other.
                None => match tokio::spawn(check_cell(kind, *source)).await {
                    Ok(judged) => done.extend(judged),
                    Err(_) => failed.push(*source),
                },
                Some(why) => match tokio::spawn(check_never(kind, *source, why)).await {
                    Ok(()) => done.extend(CHOICES.map(|choice| (*source, choice))),
                    Err(_) => failed.push(*source),
                },
            }
        }
    }
    assert!(failed.is_empty(), "{kind:?} by {failed:?}");
    for source in DriftSource::ALL {
        for choice in CHOICES {
            assert!(done.contains(&(source, choice)), "{kind:?} {source:?} {choice:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn already_configured() {
    check(DriftKind::AlreadyConfigured).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn domain_exists() {
    check(DriftKind::DomainExists).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn vlan_conflict() {
    check(DriftKind::VlanConflict).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn mismatch() {
    check(DriftKind::Mismatch).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn missing_on_device() {
    check(DriftKind::MissingOnDevice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn foreign_commit() {
    check(DriftKind::ForeignCommit).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown() {
    check(DriftKind::Unknown).await;
}
