//! Every kind of drift by everything that sees it by every choice, judged by the fabric's dump, by the records and by what
//! is open afterwards. What does not arise is tried too.
#![cfg(test)]

mod case;
mod rows;

use std::collections::BTreeSet;
use std::sync::Arc;

use bk_app::views::{ActivityState, DeploymentStatus, DriftChoice, DriftDecided};
use bk_engine::drift::{DriftKind, DriftSource};
use bk_tests::Lines;

use case::{Case, Stage, run};
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
async fn check_cell(stage: Arc<Stage>, kind: DriftKind, source: DriftSource) -> Done {
    let (theirs, stops) = left_then_overridden(&stage, kind, source).await;
    if stops {
        skipped(&stage, kind, source, &theirs).await;
    }
    synced(&stage, kind, source, &theirs).await;
    CHOICES.map(|choice| (source, choice)).into()
}

/// Left: nothing is sent, it stays open and asks no more. Overridden: as if nobody had worked there. Returns what the
/// fabric held with their lines, and whether the deployment stands on them: only then is there something to skip.
async fn left_then_overridden(stage: &Stage, kind: DriftKind, source: DriftSource) -> (Lines, bool) {
    let case = run(stage, kind, source).await;
    assert!(case.taken);
    case.judge_event(kind, source).await;
    let theirs = case.scene.lines();
    let went_on = (case.ended.as_ref()).is_some_and(|ended| ended.row.status == DeploymentStatus::Verified);
    let base = if went_on { &stage.target } else { &case.start };
    assert_eq!(theirs, case.with_theirs(base.clone()));
    let stops = case.stops();
    assert_eq!(stops, case.offered().contains(&"skip"), "{:?}", case.offered());

    case.scene.app.drift_leave(case.ids().await, None).await.unwrap();
    assert_eq!(case.scene.lines(), theirs);
    assert!(case.open().await.iter().all(|row| row.left.is_some()));
    case.decided(DriftDecided::Leave).await;

    let app = &case.scene.app;
    if matches!(kind, DriftKind::ForeignCommit | DriftKind::Unknown) {
        // Nothing differs that could be put back, or only lines that Bridgekeeper never sends.
        let detail = app.drift_detail(case.ids().await[0]).await.unwrap();
        let mut choices = detail.choices.iter();
        let back = choices.find(|one| one.choice == DriftChoice::Override);
        assert!(back.unwrap().refused.is_some());
    } else {
        let ended = if stops {
            case.choose("override").await
        } else {
            let plan = app.drift_override_plan(case.ids().await, None).await.unwrap();
            case.scene.deploy(&plan).await
        };
        assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
        assert_eq!(
            case.scene.lines(),
            if stops { &stage.target } else { base }.clone()
        );
        if stops {
            assert!(app.drafts_list().await.unwrap().is_empty());
        }
        case.decided(DriftDecided::Override).await;
        case.judge_records().await;
    }
    case.scene.leave().await;
    (theirs, stops)
}

/// Skipped: theirs stays, the rest holds.
async fn skipped(stage: &Stage, kind: DriftKind, source: DriftSource, theirs: &Lines) {
    let case = run(stage, kind, source).await;
    let ended = case.choose("skip").await;
    assert_eq!(ended.row.status, DeploymentStatus::Verified, "{ended:#?}");
    let after = case.scene.lines();
    assert_eq!(after[&case.work.device], theirs[&case.work.device]);
    assert_ne!(after, *theirs);
    assert_eq!(case.scene.app.drafts_list().await.unwrap().len(), 1);
    case.judge_event(kind, source).await;
    case.decided(DriftDecided::Skip).await;
    case.scene.leave().await;
}

/// Synced: theirs is what is expected; what is left to do goes on, or the reason is said.
async fn synced(stage: &Stage, kind: DriftKind, source: DriftSource, theirs: &Lines) {
    let case = run(stage, kind, source).await;
    if case.stops() {
        case.choose("discover-and-sync").await;
        let begun = case.scene.app.activities().await.unwrap().remove(0);
        assert_eq!(case.scene.wait_for(begun).await.state, ActivityState::Done);
    } else {
        let synced = case.scene.app.drift_sync(case.ids().await, None).await.unwrap();
        assert!(synced.failed.is_empty(), "{synced:#?}");
    }
    assert_eq!(case.scene.lines(), *theirs);
    case.decided(DriftDecided::Sync).await;
    case.judge_records().await;
    go_on(stage, &case, kind).await;
    case.scene.leave().await;
}

/// After a sync the deployment goes on with what is left, or says why it can't.
async fn go_on(stage: &Stage, case: &Case, kind: DriftKind) {
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
    let expected = match kind {
        // The edit needs what they took away.
        DriftKind::MissingOnDevice => stage.target.clone(),
        _ => case.with_theirs(stage.target.clone()),
    };
    assert_eq!(case.scene.lines(), expected);
    case.judge_records().await;
}

/// What never arises is tried: no event comes of it.
async fn check_never(stage: Arc<Stage>, kind: DriftKind, source: DriftSource, why: &'static str) -> Done {
    let case = run(&stage, kind, source).await;
    let open = case.open().await;
    assert!(open.is_empty(), "{why}, but {open:#?}");
    if let Some(ended) = &case.ended {
        let status = ended.row.status;
        assert_eq!(status, DeploymentStatus::Verified, "{why}, but {ended:#?}");
    }
    case.scene.leave().await;
    CHOICES.map(|choice| (source, choice)).into()
}

async fn check(kind: DriftKind) {
    let mut stage = Arc::new(Stage::open().await);
    let (mut done, mut failed) = (Done::new(), Vec::new());
    for rows::Row(_, sources, why) in ROWS.iter().filter(|row| row.0 == kind) {
        for source in *sources {
            // Each in a task of its own, and with a stage that nobody left in the middle, so that one that fails hides no
            // other.
            let on = Arc::clone(&stage);
            let judged = match why {
                None => tokio::spawn(check_cell(on, kind, *source)).await,
                Some(why) => tokio::spawn(check_never(on, kind, *source, why)).await,
            };
            match judged {
                Ok(judged) => done.extend(judged),
                Err(_) => {
                    failed.push(*source);
                    stage = Arc::new(Stage::open().await);
                }
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
