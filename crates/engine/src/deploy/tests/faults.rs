//! Every (device, call, fault): the report is judged against what the devices hold.

use std::collections::BTreeMap;
use std::time::Duration;

use super::fake::{Dialect, PLAIN, Reboot, Revert, Scope, lock};
use super::port::Fault;
use super::world::{World, on_paused_clock};
use crate::deploy::{DeviceState, Outcome};

/// Calls of the straight path on each device.
fn calls(devices: usize, dialect: Dialect) -> Vec<usize> {
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        world.deploy().await;
        world
            .devices
            .iter()
            .map(|fake| fake.script.names.lock().unwrap().len())
            .collect()
    })
}

/// Runs one deployment with one fault, and recovers until nothing is left open but what a person must decide.
fn run_one(devices: usize, dialect: Dialect, device: usize, call: usize, fault: Fault) -> String {
    let what = format!("{fault:?} at call {call} of device {device}");
    on_paused_clock(async {
        let world = World::new(devices, dialect);
        world.disturb(device, call, fault);
        let finished = tokio::time::timeout(Duration::from_secs(4 * 3600), world.deploy()).await;
        let name = world.devices[device]
            .script
            .names
            .lock()
            .unwrap()
            .get(call)
            .copied()
            .unwrap_or("not reached");
        let what = format!("{what} ({name})");
        let finished = finished.unwrap_or_else(|_| panic!("{what}: never ends"));
        let Some(mut report) = finished else {
            return "killed after the end".to_owned();
        };
        let calls = world.devices[device].script.names.lock().unwrap().len();
        let foreign = [
            Fault::ForeignCommit,
            Fault::ForeignCommitOnOurs,
            Fault::ForeignLine,
            Fault::ForeignLineOnOurs,
        ];
        if call + 1 == calls && foreign.contains(&fault) {
            // Only the sign-out was left: no report can know of it.
            return "after the last read".to_owned();
        }
        world.check(&report, &what);
        let first = report.outcome;
        // Time passes, the other engineer takes the candidate lines away, the device is back.
        for fake in &world.devices {
            let mut state = lock(&fake.state);
            state.advance(1200);
            let slot = state.others_slot();
            state.candidates.remove(&slot);
        }
        tokio::time::sleep(Duration::from_secs(3600)).await;
        if let Some(again) = world.recover().await {
            report = again.unwrap_or_else(|error| panic!("{what}: {error:?}"));
            world.check(&report, &format!("{what}, recovered"));
        }
        let lasting =
            |device: &crate::deploy::DeviceReport| device.remedy.as_deref() == Some("decide-touched");
        let uniform = [DeviceState::Old, DeviceState::New].iter().any(|state| {
            report
                .devices
                .iter()
                .all(|device| device.state == *state || lasting(device))
        });
        let kept = report.devices.iter().any(lasting);
        assert!(uniform || kept, "{what}: still mixed: {:#?}", report.devices);
        format!("{first:?} then {:?}", report.outcome)
    })
}

fn run_all(
    devices: usize,
    dialect: Dialect,
    faults: &[Fault],
    disturbed: &[usize],
) -> BTreeMap<String, usize> {
    let mut outcomes = BTreeMap::new();
    let mut wrong = Vec::new();
    let calls = calls(devices, dialect);
    for &device in disturbed {
        // Beyond the straight path lie the calls of resolving and completing.
        for call in 0..calls[device] + 6 {
            for &fault in faults {
                let run = || run_one(devices, dialect, device, call, fault);
                match std::panic::catch_unwind(run) {
                    Ok(outcome) => *outcomes.entry(outcome).or_default() += 1,
                    Err(why) => wrong.push(why.downcast_ref::<String>().cloned().unwrap_or_default()),
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} runs are wrong:\n{}",
        wrong.len(),
        wrong.join("\n\n")
    );
    outcomes
}

#[test]
fn every_fault_at_every_call_of_two_devices() {
    let outcomes = run_all(2, PLAIN, &Fault::ALL, &[0, 1]);
    println!("{outcomes:#?}");
    assert!(outcomes.contains_key(&format!("{:?} then {:?}", Outcome::Verified, Outcome::Verified)));
}

#[test]
fn dialects() {
    let variants = [
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
    for dialect in variants {
        let outcomes = run_all(2, dialect, &Fault::ALL, &[1]);
        println!("{dialect:?}\n{outcomes:#?}");
    }
}
