//! The straight path, and the ways out that a person takes.

use super::fake::{PLAIN, lock};
use super::world::{BASE, World, on_paused_clock};
use crate::deploy::{DeviceState, Outcome};

#[test]
fn a_change_over_three_devices_is_verified() {
    on_paused_clock(async {
        let world = World::new(3, PLAIN);
        let report = world.deploy().await.unwrap();
        assert_eq!(report.outcome, Outcome::Verified, "{report:#?}");
        world.check(&report, "straight");
        for at in 0..3 {
            assert_eq!(
                lock(&world.state(at)).log,
                ["commit by kestrel Some(10)", "confirm by kestrel"]
            );
            println!("{:?}", world.devices[at].script.names.lock().unwrap());
        }
        assert!(
            report
                .devices
                .iter()
                .all(|device| device.state == DeviceState::New && device.notes.is_empty())
        );
        let _ = BASE;
    });
}
