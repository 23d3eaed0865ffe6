//! The straight path, and the ways out that a person, a plan or another engineer takes.

use std::time::Duration;

use bk_config::CliLine;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use super::fake::{Dialect, PLAIN, Scope, lock};
use super::fault::Fault;
use super::world::{World, on_paused_clock};
use crate::deploy::{
    Cause, DeploymentError, DeploymentEvent, DeploymentId, DeviceState, DriftKind, EventSink, Note, Outcome,
    Phase, Step, run,
};
use crate::ports::JournalEvent;

#[test]
fn a_change_over_four_devices_is_verified() {
    on_paused_clock(async {
        let world = World::new(4, PLAIN);
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::Verified, "{report:#?}");
        world.check(&report, "straight");
        for at in 0..4 {
            assert_eq!(
                lock(&world.state(at)).log,
                ["commit by kestrel Some(10)", "confirm by kestrel"]
            );
        }
        assert!(
            report
                .devices
                .iter()
                .all(|device| device.state == DeviceState::New && device.notes.is_empty())
        );
        assert!(report.checks.iter().all(|row| !row.stops()));
        assert_eq!(report.readings.len(), 4);
        assert!(report.decided.is_some() && !report.undo_wanted);
    });
}

#[test]
fn a_group_commits_only_when_the_group_before_it_is_armed() {
    on_paused_clock(async {
        let world = World::new(4, PLAIN);
        world.deploy().await.unwrap();
        let entries = world.journal.entries.lock().unwrap().clone();
        let spine = &world.devices[0].name;
        let armed = entries.iter().position(|entry| {
            let proven = matches!(
                &entry.event,
                JournalEvent::StepEnded {
                    step: Step::ArmProve,
                    ..
                }
            );
            proven && entry.device.as_ref() == Some(spine)
        });
        let leaf = entries.iter().position(|entry| {
            let begins = matches!(
                &entry.event,
                JournalEvent::StepStarted {
                    step: Step::ArmCommit
                }
            );
            begins && entry.device.as_ref() != Some(spine)
        });
        assert!(armed.unwrap() < leaf.unwrap());
    });
}

#[test]
fn running_a_finished_plan_again_finds_it_configured_and_sends_nothing() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.deploy().await.unwrap();
        world.journal.entries.lock().unwrap().clear();
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::Refused);
        let Some(Cause::Drift { drifts }) = &report.cause else {
            panic!("{:?}", report.cause)
        };
        assert!(
            drifts
                .iter()
                .all(|drift| drift.kind == DriftKind::AlreadyConfigured),
            "{drifts:#?}"
        );
        assert_eq!(lock(&world.state(0)).log.len(), 2);
    });
}

#[test]
fn a_plan_with_nothing_to_change_sends_nothing() {
    on_paused_clock(async {
        let mut world = World::new(2, PLAIN);
        world.plan.devices.clear();
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::NothingToDo);
        assert!(world.journal.entries.lock().unwrap().is_empty());
        assert!(world.devices[0].script.names.lock().unwrap().is_empty());
    });
}

#[test]
fn an_estimate_beyond_half_the_window_is_refused_untouched() {
    on_paused_clock(async {
        let mut world = World::new(1, PLAIN);
        world.options.estimate = Duration::from_secs(301);
        let (plan, ports, options) = (world.plan.clone(), world.ports.clone(), world.options.clone());
        let ended = run(
            DeploymentId(1),
            plan,
            ports,
            options,
            &EventSink::none(),
            CancellationToken::new(),
        )
        .await;
        assert!(matches!(
            ended,
            Err(DeploymentError::WindowTooShort {
                estimate_s: 301,
                window_s: 600,
                ..
            })
        ));
        assert!(world.devices[0].script.names.lock().unwrap().is_empty());
    });
}

/// Changes one device's text before the deployment and names the drift that must be found.
fn check_drift(change: &[&str], object: &str, kind: DriftKind) {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        {
            let mut state = lock(&world.devices[1].state);
            for line in change {
                state.edit("elsewhere", &CliLine::parse(line).unwrap());
            }
            state.commit("elsewhere", "birch", None);
            state.log.clear();
        }
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::Refused, "{report:#?}");
        let Some(Cause::Drift { drifts }) = &report.cause else {
            panic!("{:?}", report.cause)
        };
        let found: Vec<_> = drifts
            .iter()
            .map(|drift| (drift.object.as_str(), drift.kind))
            .collect();
        assert_eq!(found, [(object, kind)], "{drifts:#?}");
        assert!(drifts[0].expected != drifts[0].actual);
        assert!(
            (0..2).all(|at| lock(&world.state(at)).log.is_empty()),
            "something was sent"
        );
    });
}

#[test]
fn drift_at_preflight_stops_before_anything_is_sent() {
    let unit = "interfaces ge100-0/0/5.251";
    let instance = "network-services bridge-domain instance g_kestrel_v251";
    check_drift(
        &["interfaces ge100-0/0/5.251 vlan-id 999"],
        unit,
        DriftKind::Mismatch,
    );
    check_drift(
        &[
            "interfaces ge100-0/0/5.251 l2-service enabled",
            "interfaces ge100-0/0/5.251 vlan-id 251",
        ],
        unit,
        DriftKind::AlreadyConfigured,
    );
    check_drift(&[&format!("no {instance}")], instance, DriftKind::MissingOnDevice);
    check_drift(
        &["interfaces ge100-0/0/5.7 vlan-id 251"],
        "interfaces ge100-0/0/5.7 vlan-id 251",
        DriftKind::VlanConflict,
    );
    let other = "network-services bridge-domain instance vlan42 interface ge100-0/0/5.251";
    check_drift(&[other], other, DriftKind::VlanConflict);
}

#[test]
fn a_difference_elsewhere_is_no_drift() {
    on_paused_clock(async {
        let world = World::new(1, PLAIN);
        {
            let mut state = lock(&world.devices[0].state);
            state.edit(
                "elsewhere",
                &CliLine::parse("interfaces ge100-0/0/31 admin-state disabled").unwrap(),
            );
            state.commit("elsewhere", "birch", None);
        }
        assert_eq!(world.deploy().await.unwrap().outcome, Outcome::Verified);
    });
}

#[test]
fn a_refusal_leaves_every_device_and_candidate_as_it_was() {
    for dialect in [
        PLAIN,
        Dialect {
            scope: Scope::Device,
            ..PLAIN
        },
    ] {
        on_paused_clock(async {
            let world = World::new(4, dialect);
            world.disturb(2, 5, Fault::Refuse);
            let before: Vec<String> = (0..4).map(|at| lock(&world.state(at)).running.clone()).collect();
            let report = world.deploy().await.unwrap();
            assert_eq!(report.outcome, Outcome::Refused);
            let Some(Cause::Refused { device, line, .. }) = &report.cause else {
                panic!("{:?}", report.cause)
            };
            assert_eq!((device, line.is_some()), (&world.devices[2].name, true));
            for (fake, before) in world.devices.iter().zip(&before) {
                let state = lock(&fake.state);
                assert_eq!(state.running, *before);
                assert_eq!(state.rollback.len(), 1);
                assert!(state.pending.is_none());
                let slots: Vec<&String> = state.candidates.keys().collect();
                assert!(
                    slots
                        .iter()
                        .all(|slot| state.compare(slot) == crate::ports::Candidate::Empty),
                    "{slots:?}"
                );
            }
        });
    }
}

#[test]
fn a_person_may_abort_at_any_moment() {
    let calls = on_paused_clock(async {
        let world = World::new(2, PLAIN);
        world.deploy().await;
        let names = world.devices[1].script.names.lock().unwrap().clone();
        names.len()
    });
    let (mut back, mut on) = (0, 0);
    for call in 0..calls {
        on_paused_clock(async {
            let world = World::new(2, PLAIN);
            world.disturb(1, call, Fault::PersonAborts);
            let report = world.deploy().await.unwrap();
            world.check(&report, &format!("aborted at {call}"));
            match report.decided {
                None => {
                    assert_eq!(
                        (report.outcome, &report.cause),
                        (Outcome::Aborted, &Some(Cause::Person)),
                        "{call}"
                    );
                    back += 1;
                }
                Some(_) => {
                    assert_eq!(report.outcome, Outcome::Verified, "{call}");
                    // The very last call may see the abort when there is nothing left to abort.
                    assert!(report.undo_wanted || call + 1 >= calls, "{call}");
                    on += 1;
                }
            }
        });
    }
    assert!(back > 20 && on > 10, "{back} {on}");
}

#[test]
fn a_lost_device_in_prepare_is_not_proven_clean_until_it_is_seen_again() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        // The lines are in the candidate, the answer is lost, and the device is away.
        world.disturb(1, 5, Fault::AwayAfter);
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::InDoubt);
        assert_eq!(report.devices[0].state, DeviceState::Old);
        assert_eq!(report.devices[1].state, DeviceState::OldCandidateNotProvenClean);
        assert_eq!(report.devices[1].remedy.as_deref(), Some("clean-at-next-contact"));
        tokio::time::sleep(Duration::from_secs(900)).await;
        let report = world.recover().await.unwrap().unwrap();
        assert!(
            report
                .devices
                .iter()
                .all(|device| device.state == DeviceState::Old)
        );
        let state = lock(&world.devices[1].state);
        assert_eq!(state.compare("user kestrel"), crate::ports::Candidate::Empty);
    });
}

#[test]
fn others_lines_in_a_shared_candidate_are_never_thrown_away() {
    on_paused_clock(async {
        let world = World::new(
            2,
            Dialect {
                scope: Scope::Device,
                ..PLAIN
            },
        );
        world.disturb(1, 7, Fault::ForeignLine);
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::Aborted);
        let state = lock(&world.devices[1].state);
        let crate::ports::Candidate::Differs { added, .. } = state.compare("device") else {
            panic!("dropped")
        };
        assert_eq!(added.unwrap(), [super::fake::ELSEWHERE]);
    });
}

#[test]
fn a_slow_reader_of_events_holds_nothing_up() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        let (sender, mut receiver) = mpsc::channel(3);
        let events = EventSink::new(sender);
        let (plan, ports, options) = (world.plan.clone(), world.ports.clone(), world.options.clone());
        let report = run(
            DeploymentId(1),
            plan,
            ports,
            options,
            &events,
            CancellationToken::new(),
        )
        .await
        .unwrap();
        assert_eq!(report.outcome, Outcome::Verified);
        assert!(events.missed() > 20);
        assert!(matches!(
            receiver.recv().await,
            Some(DeploymentEvent::Phase {
                phase: Phase::Preflight,
                ..
            })
        ));
    });
}

#[test]
fn a_reader_sees_the_phases_in_order() {
    on_paused_clock(async {
        let world = World::new(2, PLAIN);
        let (sender, mut receiver) = mpsc::channel(1000);
        let events = EventSink::new(sender);
        let (plan, ports, options) = (world.plan.clone(), world.ports.clone(), world.options.clone());
        run(
            DeploymentId(1),
            plan,
            ports,
            options,
            &events,
            CancellationToken::new(),
        )
        .await
        .unwrap();
        let mut phases = Vec::new();
        let mut clock = false;
        while let Ok(event) = receiver.try_recv() {
            match event {
                DeploymentEvent::Phase { phase, .. } => phases.push(phase),
                DeploymentEvent::Clock { seconds_left, .. } => clock |= seconds_left > 400,
                _ => {}
            }
        }
        let all = [
            Phase::Preflight,
            Phase::Prepare,
            Phase::Arm,
            Phase::Verify,
            Phase::Decide,
            Phase::Settle,
        ];
        assert_eq!(phases, all);
        assert!(clock);
    });
}

#[test]
fn a_ride_along_is_announced_and_left_to_the_timer() {
    on_paused_clock(async {
        let world = World::new(
            1,
            Dialect {
                scope: Scope::Device,
                ..PLAIN
            },
        );
        // Between the last compare and the commit.
        world.disturb(0, 9, Fault::ForeignLine);
        let report = world.deploy().await.unwrap();
        let notes = &report.devices[0].notes;
        let rode =
            |note: &Note| matches!(note, Note::RideAlong { lines } if lines[0].ends_with("\"theirs\""));
        assert!(notes.iter().any(rode), "{notes:#?}");
        assert!(
            notes.iter().any(|note| matches!(note, Note::Announced { .. })),
            "{notes:#?}"
        );
        assert_eq!(report.devices[0].state, DeviceState::Old);
        let state = lock(&world.devices[0].state);
        assert!(
            !state.log.iter().any(|line| line == "revert by clear"),
            "{:?}",
            state.log
        );
        // What their timer took was saved before.
        let saved = world
            .journal
            .entries
            .lock()
            .unwrap()
            .iter()
            .any(|entry| match &entry.event {
                JournalEvent::StepEnded { evidence, .. } => evidence
                    .get("saved_text")
                    .is_some_and(|text| text.as_str().unwrap().contains("theirs")),
                _ => false,
            });
        assert!(saved);
    });
}
