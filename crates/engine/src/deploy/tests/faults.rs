//! Every (device, call, fault): the report is judged against what the devices hold.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fake::{Dialect, PLAIN, Reboot, Revert, Scope, lock};
use super::fault::Fault;
use super::world::{World, on_paused_clock};
use crate::deploy::{DeploymentReport, DeviceReport, DeviceState};

/// A fault at a call of a device.
pub(super) type At = (usize, usize, Fault);

/// Runs one deployment with its faults, and recovers until nothing is left open but what a person must decide.
/// Returns the first and the last report; none if the fault came after everything that can be reported.
pub(super) fn run_one(
    devices: usize,
    dialect: Dialect,
    faults: &[At],
) -> Option<(DeploymentReport, DeploymentReport)> {
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        for (device, call, fault) in faults {
            world.disturb(*device, *call, *fault);
        }
        let finished = tokio::time::timeout(Duration::from_secs(4 * 3600), world.deploy()).await;
        let what = describe(&world, faults);
        let first = finished.unwrap_or_else(|_| panic!("{what}: never ends"))?;
        if faults.iter().any(|at| is_after_the_last_read(&world, *at)) {
            return None;
        }
        world.check(&first, &what);
        // Time passes, the other engineer takes the candidate lines away, the device is back.
        for fake in &world.devices {
            let mut state = lock(&fake.state);
            state.advance(1200);
            let slot = state.others_slot();
            state.candidates.remove(&slot);
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
        let mut last = first.clone();
        if let Some(again) = world.recover().await {
            last = again.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            world.check(&last, &format!("{what}, recovered"));
        }
        let lasting = |device: &DeviceReport| device.remedy.as_deref() == Some("decide-touched");
        let kept = last.devices.iter().any(lasting);
        let uniform = [DeviceState::Old, DeviceState::New]
            .iter()
            .any(|state| last.devices.iter().all(|device| device.state == *state));
        assert!(uniform || kept, "{what}: still mixed: {:#?}", last.devices);
        Some((first, last))
    })
}

fn describe(world: &World, faults: &[At]) -> String {
    let word = |(device, call, fault): &At| {
        let names = world.devices[*device].script.names.lock().unwrap();
        format!(
            "{fault:?} at call {call} of device {device} ({})",
            names.get(*call).copied().unwrap_or("not reached")
        )
    };
    faults.iter().map(word).collect::<Vec<_>>().join(", ")
}

/// Only the sign-out was left: no report can know of what another does then.
fn is_after_the_last_read(world: &World, (device, call, fault): At) -> bool {
    let calls = world.devices[device].script.names.lock().unwrap().len();
    call + 1 == calls && format!("{fault:?}").starts_with("Foreign")
}

/// The calls of each device, with faults at the given ones.
fn calls(devices: usize, dialect: Dialect, faults: &[At]) -> Vec<usize> {
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        for (device, call, fault) in faults {
            world.disturb(*device, *call, *fault);
        }
        world.deploy().await;
        world
            .devices
            .iter()
            .map(|fake| fake.script.names.lock().unwrap().len())
            .collect()
    })
}

/// Of so many runs one is taken; all of them with `BRIDGEKEEPER_FAULTS=full`. Each call and each fault is in the sample.
fn one_of(many: usize) -> usize {
    match std::env::var("BRIDGEKEEPER_FAULTS") {
        Ok(word) if word == "full" => 1,
        _ => many,
    }
}

/// Adds each fault at each of some calls of a device to the given ones. Panics with all runs that are wrong.
fn run_all(
    devices: usize,
    dialect: Dialect,
    given: &[At],
    device: usize,
    from: usize,
    every: usize,
) -> BTreeMap<String, usize> {
    let faults = Fault::ALL;
    let mut outcomes = BTreeMap::new();
    let mut wrong = Vec::new();
    for call in from..calls(devices, dialect, given)[device] {
        for &fault in faults.iter().skip(call % every).step_by(every) {
            let mut all = given.to_vec();
            all.push((device, call, fault));
            match std::panic::catch_unwind(|| run_one(devices, dialect, &all)) {
                Ok(Some((first, last))) => {
                    *outcomes
                        .entry(format!("{:?} then {:?}", first.outcome, last.outcome))
                        .or_default() += 1;
                }
                Ok(None) => *outcomes.entry("after the end".to_owned()).or_default() += 1,
                Err(why) => wrong.push(why.downcast_ref::<String>().cloned().unwrap_or_default()),
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{dialect:?}: {} runs are wrong:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    outcomes
}

#[test]
fn every_fault_at_every_call_of_the_straight_path() {
    for device in [0, 1] {
        let outcomes = run_all(2, PLAIN, &[], device, 0, one_of(2));
        println!("device {device}: {outcomes:#?}");
        assert!(outcomes.values().sum::<usize>() > 400);
    }
}

#[test]
fn every_fault_at_every_call_of_four_devices() {
    for device in 0..4 {
        let outcomes = run_all(4, PLAIN, &[], device, 0, one_of(12));
        println!("device {device} of four: {outcomes:#?}");
    }
}

#[test]
fn every_fault_at_every_call_of_the_way_back() {
    // The first device runs short of time at the check before the record; the second is then taken back.
    for dialect in [
        PLAIN,
        Dialect {
            scope: Scope::Device,
            foreign_confirms: false,
            ..PLAIN
        },
    ] {
        let outcomes = run_all(2, dialect, &[(0, 21, Fault::TimeShort)], 1, 25, one_of(3));
        println!("back: {outcomes:#?}");
    }
}

#[test]
fn every_fault_at_every_call_of_the_way_on() {
    // The timer of the second device ends behind the record; its lines are applied again.
    for dialect in [
        PLAIN,
        Dialect {
            scope: Scope::Device,
            foreign_confirms: false,
            ..PLAIN
        },
    ] {
        let outcomes = run_all(2, dialect, &[(1, 25, Fault::TimerEnds)], 1, 26, one_of(3));
        println!("on: {outcomes:#?}");
    }
}

/// One device in each dialect, away from the plain one in several ways at once.
const DIALECTS: [Dialect; 6] = [
    Dialect {
        scope: Scope::Session,
        kept: false,
        ..PLAIN
    },
    Dialect {
        scope: Scope::Device,
        shared_login: true,
        ..PLAIN
    },
    Dialect {
        shared_login: true,
        foreign_confirms: false,
        revert: Revert::OwnDelta,
        ..PLAIN
    },
    Dialect {
        vanishes: true,
        foreign_confirms: false,
        reboot: Reboot::Reverts,
        ..PLAIN
    },
    Dialect {
        readable: false,
        reboot: Reboot::Drops,
        ..PLAIN
    },
    Dialect {
        marks_own: false,
        kept: false,
        ..PLAIN
    },
];

#[test]
fn every_fault_at_every_call_in_every_dialect() {
    for dialect in DIALECTS {
        let outcomes = run_all(1, dialect, &[], 0, 0, one_of(6));
        println!("{dialect:?}\n{outcomes:#?}");
    }
}

#[test]
fn a_timer_that_is_silently_not_armed_is_undone_by_lines() {
    for dialect in [
        PLAIN,
        Dialect {
            scope: Scope::Session,
            kept: false,
            ..PLAIN
        },
    ] {
        let (report, _) = run_one(
            3,
            Dialect {
                arms: false,
                ..dialect
            },
            &[],
        )
        .unwrap();
        assert!(
            report
                .devices
                .iter()
                .all(|device| device.state == DeviceState::Old),
            "{:#?}",
            report.devices
        );
        let was_live = crate::deploy::Note::WasLiveWithoutTimer;
        // The spine's group is committed first, so only the spine was ever live.
        assert!(
            report.devices[0].notes.contains(&was_live),
            "{:#?}",
            report.devices
        );
        assert!(
            !report.devices[1].notes.contains(&was_live),
            "{:#?}",
            report.devices
        );
    }
}
