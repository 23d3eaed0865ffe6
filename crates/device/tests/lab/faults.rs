//! What a device may do to a session that is not on the straight path.

use bk_engine::ports::{
    ArmOutcome, Candidate, ConfirmOutcome, DevicePort, PrepareOutcome, ReadScope, StepError,
};
use bk_lab::{
    fault::{Action, Fault, Moment},
    serve::Reach,
};
use tokio_util::sync::CancellationToken;

use crate::bench::{Bench, STRANGER};

const BROADCAST: &str = "\r\nCommit succeeded by birch at 09-Mar-2026 19:00:00 UTC+02:00 (Israel)\r\n";

impl Bench {
    fn fault(&self, matching: &str, moment: Moment, action: Action) {
        self.fabric
            .inject(&self.device.name, Fault::on(matching, moment, action))
            .unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lost_link_names_what_was_in_flight() {
    for (moment, line) in [
        (Moment::BeforeLine, "commit confirm"),
        (Moment::BeforeAnswer, "commit confirm"),
        (Moment::MidAnswer, "commit confirm"),
    ] {
        let bench = Bench::new().await;
        let mut session = bench.open().await;
        session.prepare(&bench.forward(), &bench.never).await.unwrap();
        bench.fault(line, moment, Action::Drop);
        let error = session.arm(5).await.unwrap_err();
        assert!(
            matches!(&error, StepError::Lost { in_flight: Some(line), .. } if line == "commit confirm 5"),
            "{error:?}"
        );
        // The device's turn is free although the old session still stands here.
        let mut fresh = bench.open().await;
        let probe = fresh.probe(&bench.never).await.unwrap();
        assert_eq!(
            probe.pending.is_some(),
            moment != Moment::BeforeLine,
            "{moment:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn answers_that_are_cut_or_garbled_stop_a_reading() {
    for (moment, action) in [
        (Moment::MidAnswer, Action::Truncate),
        (Moment::MidAnswer, Action::Garble),
        (Moment::BeforeAnswer, Action::Answer("something else\n".into())),
    ] {
        let bench = Bench::new().await;
        let mut session = bench.open().await;
        let fault = Fault {
            repeat: true,
            ..Fault::on("show config interfaces", moment, action.clone())
        };
        bench.fabric.inject(&bench.device.name, fault).unwrap();
        let error = session.read(ReadScope::L2, &bench.never).await.unwrap_err();
        assert!(
            matches!(error, StepError::Unrecognised { .. }),
            "{action:?}: {error:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_cut_once_is_read_again() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    bench.fault("show config interfaces", Moment::MidAnswer, Action::Truncate);
    let read = session.read(ReadScope::L2, &bench.never).await.unwrap();
    bench.assert_reads(&bench.dump(), read.text.as_str(), "read again");
}

#[tokio::test(flavor = "multi_thread")]
async fn slow_bytes_and_broadcasts_change_nothing() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    bench.fault("show system commit", Moment::BeforeAnswer, Action::Slow(1));
    bench.fault(
        "show rollback",
        Moment::BeforeAnswer,
        Action::Insert(BROADCAST.into()),
    );
    bench.fault("show system ssh", Moment::MidAnswer, Action::Delay(50));
    let probe = session.probe(&bench.never).await.unwrap();
    assert_eq!(probe.notices, [BROADCAST.trim()]);
    assert_eq!(probe.candidate, Candidate::Empty);
}

#[tokio::test(flavor = "multi_thread")]
async fn text_like_a_prompt_does_not_end_an_answer() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    let like = format!("\r\n{}# \r\n", bench.device.name);
    bench.fault("show lldp", Moment::MidAnswer, Action::Insert(like));
    let facts = session.facts(&bench.never).await.unwrap();
    assert!(!facts.unread.is_empty(), "the line is kept as unread");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hanging_device_can_be_left_at_any_time() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    // Nothing more comes, and Ctrl-C is not taken either.
    bench.fault(
        "show config interfaces",
        Moment::BeforeAnswer,
        Action::Gate("never opened".into()),
    );
    let cancel = CancellationToken::new();
    let (stop, fabric) = (cancel.clone(), bench.fabric.fabric());
    let stopper = tokio::spawn(async move {
        fabric.gates().arrived("never opened", 1).await;
        stop.cancel();
    });
    let error = session.read(ReadScope::L2, &cancel).await.unwrap_err();
    stopper.await.unwrap();
    assert!(
        matches!(error, StepError::Deadline { .. }),
        "the session is given up: {error:?}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_without_room_for_a_session_is_not_reached() {
    let bench = Bench::new().await;
    let device = std::sync::Arc::clone(bench.fabric.device(&bench.device.name).unwrap());
    while device.open_session(STRANGER, "192.0.2.77:50022").is_some() {}
    let error = bench.port.open(&bench.never).await.err().unwrap();
    assert!(matches!(error, StepError::Unreachable { .. }), "{error:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reading_can_be_stopped_and_the_session_goes_on() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    bench.fault(
        "show config interfaces",
        Moment::BeforeAnswer,
        Action::Gate("reading".into()),
    );
    let cancel = CancellationToken::new();
    let (stop, fabric) = (cancel.clone(), bench.fabric.fabric());
    let stopper = tokio::spawn(async move {
        fabric.gates().arrived("reading", 1).await;
        stop.cancel();
        fabric.gates().open("reading");
    });
    let error = session.read(ReadScope::L2, &cancel).await.unwrap_err();
    stopper.await.unwrap();
    assert!(matches!(error, StepError::Cancelled { .. }), "{error:?}");
    let read = session.read(ReadScope::L2, &bench.never).await.unwrap();
    bench.assert_reads(&bench.dump(), read.text.as_str(), "after the stop");
}

#[tokio::test(flavor = "multi_thread")]
async fn another_commits_between_our_lines_and_our_check() {
    let bench = Bench::with_dialect(bk_lab::dialect::Dialect::parse("candidate=session").unwrap()).await;
    let mut session = bench.open().await;
    let lines = vec![
        "system login banner birch".to_owned(),
        "commit".to_owned(),
        "exit".to_owned(),
    ];
    bench.fault(
        "commit check",
        Moment::BeforeLine,
        Action::Foreign {
            user: STRANGER.into(),
            lines,
        },
    );
    let outcome = session.prepare(&bench.forward(), &bench.never).await.unwrap();
    assert!(matches!(outcome, PrepareOutcome::OutOfSync { .. }), "{outcome:?}");
    assert!(bench.transcript.text().contains("Sent abort"));
}

#[tokio::test(flavor = "multi_thread")]
async fn anothers_lines_in_a_shared_candidate_are_left_alone() {
    let bench = Bench::with_dialect(bk_lab::dialect::Dialect::parse("candidate=device").unwrap()).await;
    let stranger =
        vec!["network-services bridge-domain instance g_birch_v17 description \"not ours\"".to_owned()];
    bench.fabric.foreign(&bench.device.name, STRANGER, &stranger);
    let mut session = bench.open().await;
    let probe = session.probe(&bench.never).await.unwrap();
    let Candidate::Differs { text, .. } = probe.candidate else {
        panic!("{:?}", probe.candidate)
    };
    assert!(text.contains("g_birch_v17"), "{text}");
    let read = session.read(ReadScope::L2, &bench.never).await.unwrap();
    assert!(
        !read.text.as_str().contains("g_birch_v17"),
        "the reading is the running configuration"
    );
    let outcome = session.prepare(&bench.forward(), &bench.never).await.unwrap();
    assert!(
        matches!(outcome, PrepareOutcome::CandidateNotEmpty { .. }),
        "{outcome:?}"
    );
    assert!(matches!(
        session.confirm(None).await.unwrap(),
        ConfirmOutcome::CandidateNotEmpty { .. }
    ));
    let _ = session.close().await;
    assert_eq!(bench.dump().candidates.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_commit_confirm_keeps_the_words() {
    let bench = Bench::new().await;
    let mut session = bench.open().await;
    session.prepare(&bench.forward(), &bench.never).await.unwrap();
    bench.fault(
        "commit confirm",
        Moment::BeforeLine,
        Action::Refuse("ERROR: Not now.\n".into()),
    );
    let outcome = session.arm(5).await.unwrap();
    assert_eq!(
        outcome,
        ArmOutcome::Refused {
            words: "ERROR: Not now.".into()
        }
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_device_and_a_changed_host_key() {
    let bench = Bench::new().await;
    bench.fabric.set_reach(&bench.device.name, Reach::Refuses);
    let error = bench.port.open(&bench.never).await.err().unwrap();
    assert!(matches!(error, StepError::Unreachable { .. }), "{error:?}");
    bench.fabric.set_reach(&bench.device.name, Reach::Up);
    bench.fabric.change_host_key(&bench.device.name).unwrap();
    let error = bench.port.open(&bench.never).await.err().unwrap();
    assert!(matches!(error, StepError::HostKeyChanged { .. }), "{error:?}");
    assert!(bench.dump().sessions.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_connection_test_passes() {
    let bench = Bench::new().await;
    let report = bench.port.test(&bench.never).await;
    assert!(report.passed(), "{report:#?}");
    assert!(bench.dump().sessions.is_empty());
}
