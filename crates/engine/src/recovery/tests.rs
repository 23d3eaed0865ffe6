//! The journal cut at every boundary, once and twice, and what the card says of it.

use crate::deploy::table::{Direction, Sent};
use crate::deploy::tests::fake::{Dialect, PLAIN, Scope, lock};
use crate::deploy::tests::fault::Fault;
use crate::deploy::tests::world::{World, on_paused_clock};
use crate::deploy::{DeviceState, Outcome, Step};
use crate::ports::{Journal, JournalEvent};
use crate::recovery::{Choice, Fact, card, classify, end_in_doubt, replay};

fn entries_of_the_straight_path(devices: usize, dialect: Dialect) -> usize {
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        world.deploy().await;
        world.journal.entries.lock().unwrap().len()
    })
}

/// Cuts the journal at `first`, and the journal of the recovery at `second` more entries.
fn cut(devices: usize, dialect: Dialect, first: usize, second: Option<usize>) -> Outcome {
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        *world.journal.keep.lock().unwrap() = Some(first);
        let what = format!("journal cut at {first} and {second:?}");
        let report = match second {
            None => world.deploy().await.unwrap(),
            Some(second) => world.deploy_cut_again(first + second).await,
        };
        world.check(&report, &what);
        let decided = world
            .journal
            .entries
            .lock()
            .unwrap()
            .iter()
            .any(|e| matches!(e.event, JournalEvent::Decided { .. }));
        let aim = if decided {
            DeviceState::New
        } else {
            DeviceState::Old
        };
        assert!(
            report.devices.iter().all(|device| device.state == aim),
            "{what}: {:#?}",
            report.devices
        );
        for at in 0..devices {
            let commits = lock(&world.state(at))
                .log
                .iter()
                .filter(|line| line.starts_with("commit by"))
                .count();
            assert!(
                commits <= 1,
                "{what}: a line went out twice: {:?}",
                lock(&world.state(at)).log
            );
        }
        assert!(world.recover().await.is_none(), "{what}: still open");
        report.outcome
    })
}

#[test]
fn the_journal_may_end_anywhere() {
    for dialect in [
        PLAIN,
        Dialect {
            scope: Scope::Session,
            kept: false,
            ..PLAIN
        },
    ] {
        for at in 1..entries_of_the_straight_path(3, dialect) {
            cut(3, dialect, at, None);
        }
    }
}

#[test]
fn the_journal_of_a_recovery_may_end_anywhere_too() {
    for first in (1..entries_of_the_straight_path(2, PLAIN)).step_by(3) {
        for second in 1..12 {
            cut(2, PLAIN, first, Some(second));
        }
    }
}

#[test]
fn a_cut_before_the_first_entry_leaves_nothing() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        *world.journal.keep.lock().unwrap() = Some(0);
        assert!(world.deploy_to_the_cut().await.is_none());
        assert!(classify(world.journal.as_ref()).await.unwrap().is_empty());
        assert!((0..2).all(|at| lock(&world.state(at)).log.is_empty()));
    });
}

#[test]
fn before_the_record_the_card_offers_only_the_way_back() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.disturb(1, 21, Fault::KillBefore);
        assert!(world.deploy_to_the_cut().await.is_none());
        let open = classify(world.journal.as_ref()).await.unwrap().pop().unwrap();
        assert_eq!(open.direction(), Direction::Back);
        let card = card(&open, world.ports.clock.now());
        assert_eq!(card.choices, [Choice::TakeBack]);
        assert!(
            card.devices
                .iter()
                .all(|device| device.open && device.by_itself.is_some()),
            "{card:#?}"
        );
        assert!(card.deadline.is_some());
    });
}

#[test]
fn a_lost_answer_of_the_commit_stands_on_the_card() {
    let at = position(1, "arm");
    on_paused_clock(async {
        let world = World::new(1, PLAIN);
        world.disturb(0, at, Fault::KillAfter);
        assert!(world.deploy_to_the_cut().await.is_none());
        let open = classify(world.journal.as_ref()).await.unwrap().pop().unwrap();
        assert_eq!(open.devices[0].sent, Sent::Commit);
        assert!(open.devices[0].unseen);
        let card = card(&open, world.ports.clock.now());
        let unanswered = |fact: &Fact| {
            matches!(
                fact,
                Fact::CommitUnanswered {
                    step: Step::ArmCommit,
                    ..
                }
            )
        };
        assert!(card.devices[0].certain.iter().any(unanswered), "{card:#?}");
        assert!(card.devices[0].by_itself.is_some());
    });
}

#[test]
fn after_the_record_the_card_offers_only_the_way_on() {
    let at = position(2, "confirm");
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.disturb(0, at, Fault::KillBefore);
        assert!(world.deploy_to_the_cut().await.is_none());
        let open = classify(world.journal.as_ref()).await.unwrap().pop().unwrap();
        assert_eq!(open.direction(), Direction::Complete);
        // What was pending before may be confirmed by now.
        assert!(open.devices[0].unseen);
        assert_eq!(
            card(&open, world.ports.clock.now()).choices,
            [Choice::Complete, Choice::CompleteThenUndo]
        );
        let report = world.recover().await.unwrap().unwrap();
        assert_eq!(report.outcome, Outcome::Verified);
        world.check(&report, "completed");
    });
}

#[test]
fn a_difference_that_a_person_takes_closes_the_deployment() {
    let at = position(1, "prepare");
    on_paused_clock(async {
        let world = World::new(1, PLAIN);
        world.disturb(0, at, Fault::KillAfter);
        assert!(world.deploy_to_the_cut().await.is_none());
        let open = classify(world.journal.as_ref()).await.unwrap().pop().unwrap();
        assert!(open.is_only_unclean());
        let last = end_in_doubt(&open, world.ports.clock.now());
        world.journal.append(vec![last]).await.unwrap();
        let entries = world.journal.entries.lock().unwrap().clone();
        assert_eq!(replay(&entries), None);
    });
}

/// Where in the straight path of device 0 an operation is called.
fn position(devices: usize, op: &str) -> usize {
    on_paused_clock(async {
        let world = World::new(devices, PLAIN);
        world.deploy().await;
        let names = world.devices[0].script.names.lock().unwrap().clone();
        names.iter().position(|name| *name == op).unwrap()
    })
}
