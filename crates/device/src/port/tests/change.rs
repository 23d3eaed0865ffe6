//! Lines, commits, and taking them back.

use bk_config::CliLine;
use bk_engine::ports::{
    ArmOutcome, CancelOutcome, Candidate, CleanOutcome, ConfirmOutcome, PrepareOutcome, PreparedRefusal,
    StepError,
};

use super::{CFG, COMPARED, ENTRY, LINE, OPER, SUCCESS, Script};
use crate::transport::scripted::Turn;

/// Up to the check: configure, empty compare, both lines, compare again.
fn prepared() -> Script {
    Script::login()
        .then("configure", "", CFG)
        .compare("")
        .line(LINE, "")
        .line(ENTRY, "")
        .compare(COMPARED)
}

#[tokio::test(start_paused = true)]
async fn prepare_takes_the_lines_one_by_one_from_the_root() {
    let mut fixture = prepared()
        .then("commit check", "Commit check passed successfully\n", CFG)
        .begin()
        .await;
    let PrepareOutcome::Ready { candidate } = fixture.prepare().await.unwrap() else {
        panic!()
    };
    let Candidate::Differs {
        added: Some(added), ..
    } = candidate
    else {
        panic!("{candidate:?}")
    };
    assert_eq!(added, [LINE]);
    let sent = fixture.sent.text();
    assert!(sent.ends_with(&format!(
        "configure\nshow config compare | no-more\n#proof-3\n{LINE}\ntop\n{ENTRY}\ntop\nshow config compare | no-more\n#proof-4\ncommit check\n"
    )));
}

#[tokio::test(start_paused = true)]
async fn prepare_stops_at_the_first_refusal() {
    let refused = "--------------------^\nERROR: Unknown word: 'vlan-id'.\n";
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .compare("")
        .line(LINE, refused)
        .begin()
        .await;
    let outcome = fixture.prepare().await.unwrap();
    let refusal = PreparedRefusal::Line {
        index: 0,
        line: LINE.to_owned(),
    };
    assert_eq!(
        outcome,
        PrepareOutcome::Refused {
            refusal,
            words: refused.trim().to_owned()
        }
    );
    assert!(!fixture.sent.text().contains(ENTRY));
}

#[tokio::test(start_paused = true)]
async fn prepare_leaves_a_full_candidate_alone() {
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .compare(COMPARED)
        .begin()
        .await;
    let outcome = fixture.prepare().await.unwrap();
    assert!(
        matches!(outcome, PrepareOutcome::CandidateNotEmpty { .. }),
        "{outcome:?}"
    );
    assert!(!fixture.sent.text().contains(LINE));
}

#[tokio::test(start_paused = true)]
async fn commit_check_in_each_form() {
    let check = async |answer: &str| {
        prepared()
            .then("commit check", answer, CFG)
            .begin()
            .await
            .prepare()
            .await
    };
    for answer in [
        "ERROR: Missing value.\n",
        "Commit check failed on:\n\tinterface bundle-1\n",
    ] {
        let words = answer.trim().replace('\t', "");
        match check(answer).await.unwrap() {
            PrepareOutcome::Refused {
                refusal: PreparedRefusal::CommitCheck,
                words: shown,
            } => {
                assert_eq!(shown.replace('\t', ""), words);
            }
            other => panic!("{answer}: {other:?}"),
        }
    }
    let notice = "NOTICE: commit action is not applicable. no configuration changes were made\n";
    let outcome = check(notice).await.unwrap();
    assert_eq!(
        outcome,
        PrepareOutcome::NothingToChange {
            words: notice.trim().to_owned()
        }
    );
    for strange in ["", "Commit check will be done later\n"] {
        let error = check(strange).await.unwrap_err();
        assert!(
            matches!(error, StepError::Unrecognised { .. }),
            "{strange}: {error:?}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_check_that_passes_with_an_empty_candidate_has_nothing_to_change() {
    let script = Script::login()
        .then("configure", "", CFG)
        .compare("")
        .line(LINE, "")
        .line(ENTRY, "")
        .compare("");
    let mut fixture = script
        .then("commit check", "Commit check passed successfully\n", CFG)
        .begin()
        .await;
    let outcome = fixture.prepare().await.unwrap();
    assert!(
        matches!(outcome, PrepareOutcome::NothingToChange { .. }),
        "{outcome:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn the_out_of_sync_question_is_answered_abort() {
    let question = "Warning: User birch committed at 1:02, your configuration is out of sync. What would you like to do (check-and-merge, merge-only, abort) [abort]? ";
    let mut fixture = prepared()
        .then("commit check", "", question)
        .then("abort", "", CFG)
        .begin()
        .await;
    let PrepareOutcome::OutOfSync { words } = fixture.prepare().await.unwrap() else {
        panic!()
    };
    assert_eq!(words, question.trim());
}

#[tokio::test(start_paused = true)]
async fn a_question_about_a_further_effect_is_answered_no() {
    let question = "Notice: Continuing with the commit will cause the following:\nrestart\nEnter yes to continue with commit, no to abort commit (yes/no) [no]";
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .then("commit confirm 5", "", question)
        .then("no", "", CFG)
        .begin()
        .await;
    let ArmOutcome::Refused { words } = fixture.session.arm(5).await.unwrap() else {
        panic!()
    };
    assert!(words.contains("restart"), "{words}");
}

#[tokio::test(start_paused = true)]
async fn an_unknown_question_stops_and_gives_the_device_free() {
    let mut fixture = prepared()
        .then("commit check", "", "Proceed with the new license? ")
        .begin()
        .await;
    assert!(!fixture.is_free());
    let error = fixture.prepare().await.unwrap_err();
    let StepError::Unrecognised { command, text, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(
        (command.as_str(), text.as_str()),
        ("commit check", "Proceed with the new license?")
    );
    assert!(fixture.is_free());
}

#[tokio::test(start_paused = true)]
async fn an_unknown_answer_to_a_line_stops() {
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .compare("")
        .line(LINE, "Warning: this will hurt\n")
        .begin()
        .await;
    let error = fixture.prepare().await.unwrap_err();
    assert!(
        matches!(&error, StepError::Unrecognised { command, .. } if command == LINE),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn arming_in_each_form() {
    let arm = async |answer: &str| {
        Script::login()
            .then("configure", "", CFG)
            .then("commit confirm 5", answer, CFG)
            .begin()
            .await
            .session
            .arm(5)
            .await
    };
    let notice = "Commit confirm will be automatically rolled back in 5 minutes unless confirmed";
    let ArmOutcome::Committed { success, words } = arm(&format!("{notice}\n{SUCCESS}\n")).await.unwrap()
    else {
        panic!()
    };
    assert_eq!(
        (success.user.as_str(), success.time.as_str()),
        ("kestrel", "09-Mar-2026 19:09:18 UTC+02:00 (Israel)")
    );
    assert_eq!(words, format!("{notice}\n{SUCCESS}"));
    let nothing = "Commit action is not applicable. no configuration changes were made\n";
    assert!(matches!(
        arm(nothing).await.unwrap(),
        ArmOutcome::NothingToChange { .. }
    ));
    assert!(matches!(
        arm("ERROR: Not now.\n").await.unwrap(),
        ArmOutcome::Refused { .. }
    ));
    for open in [
        format!("{notice}\n"),
        String::new(),
        "Commit confirm\n".to_owned(),
    ] {
        assert!(
            matches!(arm(&open).await.unwrap_err(), StepError::Unrecognised { .. }),
            "{open}"
        );
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_names_the_command_in_flight() {
    let mut fixture = Script::login()
        .then("configure", "", CFG)
        .then_closes("commit confirm 5", "")
        .begin()
        .await;
    let error = fixture.session.arm(5).await.unwrap_err();
    let StepError::Lost { in_flight, .. } = error else {
        panic!("{error:?}")
    };
    assert_eq!(in_flight.as_deref(), Some("commit confirm 5"));
    assert!(fixture.is_free());
}

#[tokio::test(start_paused = true)]
async fn a_commit_without_an_answer_ends_at_its_deadline() {
    let mut script = Script::login().then("configure", "", CFG);
    script.turns.push(Turn::Awaits(b"commit confirm 5\n".to_vec()));
    let error = script.begin().await.session.arm(5).await.unwrap_err();
    assert!(
        matches!(error, StepError::Deadline { waited_s: 900, .. }),
        "{error:?}"
    );
}

#[tokio::test(start_paused = true)]
async fn confirming_in_each_form() {
    let confirm = async |answer: &str| {
        let script = Script::login()
            .then("configure", "", CFG)
            .compare("")
            .then("commit", answer, CFG);
        script.begin().await.session.confirm(None).await.unwrap()
    };
    for answer in ["Commit confirm\n", "Commit confirmed\n", &format!("{SUCCESS}\n")] {
        assert!(
            matches!(confirm(answer).await, ConfirmOutcome::Confirmed { .. }),
            "{answer}"
        );
    }
    let nothing = "NOTICE: commit action is not applicable. no configuration changes were made\n";
    assert!(matches!(
        confirm(nothing).await,
        ConfirmOutcome::NothingToCommit { .. }
    ));
    assert!(matches!(
        confirm("ERROR: Not now.\n").await,
        ConfirmOutcome::Refused { .. }
    ));
    let mut full = Script::login()
        .then("configure", "", CFG)
        .compare(COMPARED)
        .begin()
        .await;
    assert!(matches!(
        full.session.confirm(None).await.unwrap(),
        ConfirmOutcome::CandidateNotEmpty { .. }
    ));
    assert!(!full.sent.text().contains("\ncommit\n"));
}

#[tokio::test(start_paused = true)]
async fn anothers_lines_are_committed_only_exactly_as_consented() {
    let confirm = async |consented: fn(String) -> String| {
        let mut shown = Script::login()
            .then("configure", "", CFG)
            .compare(COMPARED)
            .begin()
            .await;
        let outcome = shown.session.confirm(None).await.unwrap();
        let ConfirmOutcome::CandidateNotEmpty {
            candidate: Candidate::Differs { text, .. },
        } = outcome
        else {
            panic!("{outcome:?}")
        };
        let mut begun = Script::login()
            .then("configure", "", CFG)
            .compare(COMPARED)
            .then("commit", &format!("{SUCCESS}\n"), CFG)
            .begin()
            .await;
        let outcome = begun.session.confirm(Some(&consented(text))).await.unwrap();
        (outcome, begun.sent.text())
    };
    let (same, _) = confirm(|text| text).await;
    assert!(matches!(same, ConfirmOutcome::Confirmed { .. }), "{same:?}");
    let (other, sent) = confirm(|text| format!("{text} ")).await;
    assert!(
        matches!(other, ConfirmOutcome::CandidateNotEmpty { .. }),
        "{other:?}"
    );
    assert!(!sent.contains("\ncommit\n"), "{sent}");
}

#[tokio::test(start_paused = true)]
async fn cancelling_in_each_form() {
    let cancel = async |answer: &str| {
        Script::login()
            .then("clear system commit", answer, OPER)
            .begin()
            .await
            .session
            .cancel_pending()
            .await
            .unwrap()
    };
    for answer in [
        "Configuration commit rollback by kestrel at 27-Jan-2017 22:11:00 UTC\n",
        "Configuration commit confirm rollbacked by kestrel at 27-Jan-2017 22:11:00 UTC\n",
    ] {
        assert!(
            matches!(cancel(answer).await, CancelOutcome::RolledBack { .. }),
            "{answer}"
        );
    }
    assert!(matches!(
        cancel("ERROR: No commit confirm scheduled\n").await,
        CancelOutcome::NothingPending { .. }
    ));
}

#[tokio::test(start_paused = true)]
async fn cleaning_goes_on_past_what_is_gone_already() {
    let reverse = [
        CliLine::parse(&format!("no {ENTRY}")).unwrap(),
        CliLine::parse("no interfaces ge100-0/0/3.251").unwrap(),
    ];
    let gone = "ERROR: Unknown word: 'ge100-0/0/3.251'.\n";
    let clean = async |left: &str| {
        let script = Script::login()
            .then("configure", "", CFG)
            .line(&reverse[0].to_string(), gone)
            .line(&reverse[1].to_string(), "")
            .compare(left);
        let mut fixture = script.begin().await;
        fixture.session.clean(&reverse, &fixture.never).await.unwrap()
    };
    assert_eq!(clean("").await, CleanOutcome::Empty);
    let left = clean(COMPARED).await;
    assert!(
        matches!(&left, CleanOutcome::Refused { line, .. } if *line == reverse[0].to_string()),
        "{left:?}"
    );
}
