//! What comes from outside the protocol while it runs: time that runs short, a person's consent; and the links of a
//! device that was applied again.

use std::time::Duration;

use super::device::Device;
use super::machine::Input;
use super::report::Cause;
use super::run::{DeploymentError, Driver};
use super::sight::Recheck;
use super::table::Direction;
use super::verifying;
use crate::ports::JournalEvent;
use crate::verify::{self, CheckRow};

/// The longest time between two looks at the clock that runs while the laptop sleeps.
const CLOCK_LOOK: Duration = Duration::from_secs(5);

impl Driver<'_> {
    /// Ends when the first pending commit has less time left than the margin, with the device that tells so. Timers stand
    /// still while the laptop sleeps, so the clock is looked at now and then.
    pub(super) fn until_short(&self) -> impl Future<Output = usize> + use<> {
        let clock = std::sync::Arc::clone(&self.ports.clock);
        let margin = self.options.margin;
        let timers = self.timers.iter().enumerate();
        let first = timers.filter_map(|(index, end)| Some((end.as_ref()?.saturating_sub(margin), index)));
        let first = first.min();
        async move {
            let Some((deadline, index)) = first else {
                return std::future::pending().await;
            };
            loop {
                match deadline.checked_sub(clock.since_boot()) {
                    None | Some(Duration::ZERO) => return index,
                    Some(left) => tokio::time::sleep(left.min(CLOCK_LOOK)).await,
                }
            }
        }
    }

    /// Others are still waited for and the time of a device falls below the margin: everything goes back.
    pub(super) async fn time_short(&mut self, index: usize) -> Result<(), DeploymentError> {
        let end = self.timers[index].take();
        let left = end.map_or(Duration::ZERO, |end| {
            end.saturating_sub(self.ports.clock.since_boot())
        });
        let was = self.machine.direction();
        let actions = self
            .machine
            .on(Input::TimeShort)
            .map_err(|source| self.defect(source))?;
        if was == Direction::Forward && self.machine.direction() == Direction::Back {
            self.turned_back(Cause::TimeShort {
                device: self.names[index].clone(),
                seconds_left: left.as_secs(),
                margin: self.options.margin.as_secs(),
            });
        }
        self.carry_out(actions).await
    }

    /// Takes what a person consented to on a device into what is known, and into the journal.
    pub(super) fn take_consent(&mut self, index: usize) {
        let Some(consent) = self.ports.consents.take(&self.names[index]) else {
            return;
        };
        if let Some(device) = &mut self.devices[index] {
            device.known.consent = Some(consent.clone());
        }
        self.note(Some(index), JournalEvent::Consented { consent });
    }

    /// The checks over the links of a device that was applied again, with what was read of the other ends.
    pub(super) fn recheck_links(&mut self, device: &mut Device) -> Vec<CheckRow> {
        let name = device.name().clone();
        let hops: Vec<_> = (self.hops.iter())
            .filter(|hop| hop.lower.0 == name || hop.upper.0 == name)
            .cloned()
            .collect();
        let others = self.devices.iter().flatten();
        let after = others
            .chain(std::iter::once(&*device))
            .filter_map(|device| device.after.as_ref().map(|after| (device.name(), &after.text)))
            .collect();
        let rows = verify::fabric_checks(&hops, &after);
        if device.known.recheck == Recheck::Nothing {
            verifying::note_recheck(device, rows.iter().find(|row| row.stops()));
        }
        rows
    }
}
