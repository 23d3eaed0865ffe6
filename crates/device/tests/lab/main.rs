//! The port against the simulated fabric over real SSH: the straight path in every dialect, then what can go wrong.

#![allow(
    clippy::unwrap_used,
    reason = "a test that cannot go on says where by panicking"
)]

mod bench;
mod faults;
mod reading;
mod sign_in;

use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, PrepareOutcome, ReadScope,
};
use bk_lab::dialect::Dialect;
use futures::future::join_all;

use bench::{Bench, MEMBER, VLAN};

/// One value per line that differs from the default.
const DIALECTS: &str = "
candidate=session
candidate=device
candidate-life=lost
out-of-sync=merge
pending-on-commit=leaves
revert=delta
revert=last
revert-entry=vanishes
confirm-texts=field
confirm-texts=succeeded
confirm-log=refused
rollback-text=complete
empty-check=passed
commit-errors=paths
delete-missing=unknown
caret-input=refused
context-after-no=parent
order=insertion
member-bang=absent
compare=paths
compare-order=first-is-new
session-list=anonymous
broadcast=bare
zone=utc
error-reset=coloured
candidate=device,compare=paths,compare-order=first-is-new,confirm-texts=field,order=insertion
";

/// Prepare, arm, look, confirm on a fresh session, take back by the reverse lines under their own timer, cancel that.
async fn straight_path(dialect: &str) {
    let bench = Bench::with_dialect(Dialect::parse(dialect).unwrap()).await;
    let what = if dialect.is_empty() { "default" } else { dialect };
    let before = bench.dump();
    let never = &bench.never;

    let mut session = bench.open().await;
    let first = session.probe(never).await.unwrap();
    assert_eq!(first.candidate, Candidate::Empty, "{what}");
    assert_eq!(first.pending, None, "{what}");
    assert!(first.device_time.is_some(), "{what}");
    let read = session.read(ReadScope::L2, never).await.unwrap();
    bench.assert_reads(&before, read.text.as_str(), what);

    let PrepareOutcome::Ready { candidate } = session.prepare(&bench.forward(), never).await.unwrap() else {
        panic!("{what}: not ready");
    };
    let Candidate::Differs {
        added: Some(added),
        deleted: Some(deleted),
        ..
    } = candidate
    else {
        panic!("{what}: {candidate:?}");
    };
    assert_eq!((sorted(added), deleted), (bench.lines(), Vec::new()), "{what}");
    let again = session.probe(never).await.unwrap();
    assert_eq!(again.rollback.first(), first.rollback.first(), "{what}");

    let ArmOutcome::Committed { success, .. } = session.arm(5).await.unwrap() else {
        panic!("{what}: not armed")
    };
    let armed = session.probe(never).await.unwrap();
    let pending = armed.pending.unwrap_or_else(|| panic!("{what}: nothing pending"));
    assert_eq!(
        (pending.user.as_str(), pending.minutes_left),
        (success.user.as_str(), 5),
        "{what}"
    );
    assert_eq!(armed.candidate, Candidate::Empty, "{what}");
    let delta = session.entry_delta(0, never).await.unwrap();
    assert_eq!(
        delta.added.map(sorted),
        Some(bench.lines()),
        "{what}: {}",
        delta.text
    );
    assert_eq!(delta.deleted, Some(Vec::new()), "{what}");
    session.close().await.unwrap();

    let mut session = bench.open().await;
    let fresh = session.probe(never).await.unwrap();
    let tells_own = !dialect.contains("session-list=anonymous");
    assert_eq!(fresh.sessions.len(), 1, "{what}: the first session is gone");
    assert_eq!(fresh.sessions[0].is_this, tells_own.then_some(true), "{what}");
    let ConfirmOutcome::Confirmed { .. } = session.confirm(None).await.unwrap() else {
        panic!("{what}: not confirmed")
    };
    let confirmed = session.probe(never).await.unwrap();
    assert_eq!(confirmed.pending, None, "{what}");
    let live = bench.dump();
    assert!(
        live.flattened.contains(VLAN) && live.flattened.contains(MEMBER),
        "{what}"
    );
    let read = session.read(ReadScope::L2, never).await.unwrap();
    bench.assert_reads(&live, read.text.as_str(), what);

    let PrepareOutcome::Ready { .. } = session.prepare(&bench.reverse(), never).await.unwrap() else {
        panic!("{what}: reverse not ready");
    };
    let ArmOutcome::Committed { .. } = session.arm(5).await.unwrap() else {
        panic!("{what}: reverse not armed")
    };
    assert_eq!(
        bench.dump().flattened,
        before.flattened,
        "{what}: the reverse restores the text"
    );
    let armed = session.probe(never).await.unwrap();
    assert!(armed.pending.is_some(), "{what}");
    let CancelOutcome::RolledBack { .. } = session.cancel_pending().await.unwrap() else {
        panic!("{what}: not back")
    };
    let back = session.probe(never).await.unwrap();
    assert_eq!(back.pending, None, "{what}");
    assert_eq!(
        bench.dump().flattened,
        live.flattened,
        "{what}: the cancelled reverse left the lines"
    );
    assert!(
        matches!(
            session.cancel_pending().await.unwrap(),
            CancelOutcome::NothingPending { .. }
        ),
        "{what}"
    );
    session.close().await.unwrap();
    assert!(bench.dump().sessions.is_empty(), "{what}");
    assert!(bench.dump().candidates.is_empty(), "{what}");
}

fn sorted(mut lines: Vec<String>) -> Vec<String> {
    lines.sort();
    lines
}

#[tokio::test(flavor = "multi_thread")]
async fn the_straight_path_in_every_dialect() {
    let dialects = DIALECTS.lines().filter(|line| !line.is_empty()).chain([""]);
    join_all(dialects.map(straight_path)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_device_that_does_not_arm_is_seen() {
    let bench = Bench::with_dialect(Dialect::parse("arms=no").unwrap()).await;
    let mut session = bench.open().await;
    session.prepare(&bench.forward(), &bench.never).await.unwrap();
    assert!(matches!(
        session.arm(5).await.unwrap(),
        ArmOutcome::Committed { .. }
    ));
    let probe = session.probe(&bench.never).await.unwrap();
    assert_eq!(probe.pending, None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_line_is_cleaned_by_reverse_lines() {
    let bench = Bench::new().await;
    let before = bench.dump();
    let mut session = bench.open().await;
    let mut lines = bench.forward();
    // A member whose interface does not carry l2-service is refused at commit check.
    lines.remove(1);
    let outcome = session.prepare(&lines, &bench.never).await.unwrap();
    let PrepareOutcome::Refused { words, .. } = outcome else {
        panic!("{outcome:?}")
    };
    assert!(words.contains("ERROR"), "{words}");
    assert_eq!(bench.dump().candidates.len(), 1);
    assert_eq!(
        session.clean(&bench.reverse(), &bench.never).await.unwrap(),
        CleanOutcome::Empty
    );
    let probe = session.probe(&bench.never).await.unwrap();
    assert_eq!(probe.candidate, Candidate::Empty);
    session.close().await.unwrap();
    assert_eq!(bench.dump().flattened, before.flattened);
    assert!(bench.dump().candidates.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_are_live_already_change_nothing() {
    for dialect in ["", "empty-check=passed"] {
        let bench = Bench::with_dialect(Dialect::parse(dialect).unwrap()).await;
        let live = bench.live_lines();
        let lines: Vec<CliLine> = live.iter().map(|line| CliLine::parse(line).unwrap()).collect();
        let mut session = bench.open().await;
        let outcome = session.prepare(&lines, &bench.never).await.unwrap();
        assert!(
            matches!(outcome, PrepareOutcome::NothingToChange { .. }),
            "{dialect}: {outcome:?}"
        );
    }
}
