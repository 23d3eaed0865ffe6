//! What a person is asked behind the decision record: consent to another's lines, and a re-apply that fails its checks.
//! And the time that runs out while others are waited for.

use super::fake::{Dialect, ELSEWHERE, PLAIN, Scope, lock};
use super::fault::Fault;
use super::world::{World, on_paused_clock};
use crate::deploy::{Cause, Consent, DeviceState, Note, Outcome, Step};
use crate::ports::JournalEvent;

const SHARED: Dialect = Dialect {
    scope: Scope::Device,
    ..PLAIN
};

/// Where the second device calls `op` for the `nth` time, with these faults.
fn position(dialect: Dialect, faults: &[(usize, Fault)], op: &str, nth: usize) -> usize {
    on_paused_clock(async {
        let world = World::new(2, dialect);
        faults
            .iter()
            .for_each(|(call, fault)| world.disturb(1, *call, *fault));
        world.deploy().await;
        let names = world.devices[1].script.names.lock().unwrap().clone();
        let mut calls = names.iter().enumerate().filter(|(_, name)| **name == op);
        calls.nth(nth - 1).unwrap().0
    })
}

fn consent(lines: &str) -> Consent {
    Consent {
        by: "maple".to_owned(),
        lines: lines.to_owned(),
    }
}

#[test]
fn a_reapply_passes_the_checks_before_it_is_confirmed() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.disturb(1, 25, Fault::TimerEnds);
        let report = world.deploy().await.unwrap();
        world.check(&report, "applied again");
        assert_eq!(report.outcome, Outcome::Verified);
        let entries = world.journal.entries.lock().unwrap().clone();
        let leaf = &world.devices[1].name;
        let started = |wanted: Step| {
            entries.iter().position(|entry| {
                entry.device.as_ref() == Some(leaf)
                    && matches!(entry.event, JournalEvent::StepStarted { step } if step == wanted)
            })
        };
        let (applied, checked) = (
            started(Step::CompleteReapply).unwrap(),
            started(Step::CompleteVerify).unwrap(),
        );
        let confirmed = started(Step::Confirm).unwrap();
        assert!(
            applied < checked && checked < confirmed,
            "{applied} {checked} {confirmed}"
        );
    });
}

#[test]
fn a_reapply_that_fails_its_checks_is_not_confirmed_and_a_person_decides() {
    let again = position(PLAIN, &[(25, Fault::TimerEnds)], "arm", 2);
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.disturb(1, 25, Fault::TimerEnds);
        world.disturb(1, again, Fault::PortGoesDown);
        let report = world.deploy().await.unwrap();
        world.check(&report, "port down");
        assert_eq!(report.outcome, Outcome::InDoubt);
        assert_eq!(report.devices[0].state, DeviceState::New);
        let device = &report.devices[1];
        assert_eq!(device.state, DeviceState::Old, "{device:#?}");
        assert_eq!(device.remedy.as_deref(), Some("decide-unchecked"));
        let failed =
            |note: &Note| matches!(note, Note::ReapplyFailedCheck { check, .. } if check == "interfaces-up");
        assert!(device.notes.iter().any(failed), "{device:#?}");
        let confirms = |log: &[String]| log.iter().filter(|line| line.starts_with("confirm")).count();
        assert_eq!(confirms(&lock(&world.state(1)).log), 0);

        // The port is back; recovering tries it again.
        lock(&world.state(1)).port_down = false;
        let report = world.recover().await.unwrap().unwrap();
        world.check(&report, "port up again");
        assert_eq!(report.outcome, Outcome::Verified);
        assert_eq!(confirms(&lock(&world.state(1)).log), 1);
    });
}

/// Another's lines stop our confirm; with consent to exactly these they go along.
#[test]
fn with_consent_anothers_lines_are_committed_along() {
    let at = position(SHARED, &[], "confirm", 1);
    for (lines, along) in [
        (format!("+ {ELSEWHERE}"), true),
        ("+ something else".to_owned(), false),
    ] {
        on_paused_clock(async {
            let world = World::new(2, SHARED);
            world.disturb(1, at, Fault::ForeignLine);
            let leaf = world.devices[1].name.clone();
            world.ports.consents.give(leaf.clone(), consent(&lines));
            let report = world.deploy().await.unwrap();
            world.check(&report, &lines);
            let committed =
                |note: &Note| matches!(note, Note::CommittedByConsent { by, .. } if by == "maple");
            let device = &report.devices[1];
            assert_eq!(device.notes.iter().any(committed), along, "{device:#?}");
            assert_eq!(lock(&world.state(1)).lines().holds(ELSEWHERE), along);
            let state = if along { DeviceState::New } else { DeviceState::Old };
            assert_eq!(device.state, state, "{device:#?}");
            let journal = world.journal.entries.lock().unwrap();
            let written = |entry: &&crate::ports::JournalEntry| matches!(&entry.event, JournalEvent::Consented { consent } if consent.lines == lines);
            let entry = journal.iter().find(written).unwrap();
            assert_eq!(entry.device.as_ref(), Some(&leaf));
        });
    }
}

/// Their lines stop the re-apply: they are committed first, alone, then ours.
#[test]
fn with_consent_anothers_lines_go_before_a_reapply() {
    on_paused_clock(async {
        let world = World::new(2, SHARED);
        world.disturb(1, 25, Fault::TimerEnds);
        world.disturb(1, 26, Fault::ForeignLine);
        let report = world.deploy().await.unwrap();
        assert_eq!(
            report.devices[1].remedy.as_deref(),
            Some("wait-for-anothers-candidate")
        );
        let leaf = world.devices[1].name.clone();
        world
            .ports
            .consents
            .give(leaf, consent(&format!("+ {ELSEWHERE}")));
        let report = world.recover().await.unwrap().unwrap();
        world.check(&report, "with consent");
        assert_eq!(report.outcome, Outcome::Verified, "{report:#?}");
        let log = lock(&world.state(1)).log.clone();
        assert!(lock(&world.state(1)).lines().holds(ELSEWHERE), "{log:?}");
    });
}

#[test]
fn the_time_of_one_device_runs_short_while_another_is_checked() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.disturb(1, 16, Fault::Slow);
        let report = world.deploy().await.unwrap();
        world.check(&report, "slow");
        assert!(
            matches!(report.cause, Some(Cause::TimeShort { .. })),
            "{:?}",
            report.cause
        );
        assert!(
            report
                .devices
                .iter()
                .all(|device| device.state == DeviceState::Old)
        );
        // The waiting device was taken back at once, not when the slow one had answered.
        let entries = world.journal.entries.lock().unwrap().clone();
        let at = |device: usize, wanted: fn(&JournalEvent) -> bool| {
            let name = &world.devices[device].name;
            entries
                .iter()
                .position(|entry| entry.device.as_ref() == Some(name) && wanted(&entry.event))
        };
        let back = at(0, |event| {
            matches!(
                event,
                JournalEvent::StepStarted {
                    step: Step::ResolveProbe
                }
            )
        });
        let answered = at(1, |event| {
            matches!(
                event,
                JournalEvent::StepEnded {
                    step: Step::Verify,
                    ..
                }
            )
        });
        assert!(back.unwrap() < answered.unwrap(), "{back:?} {answered:?}");
    });
}
