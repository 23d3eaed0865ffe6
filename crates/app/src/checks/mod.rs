//! Checks for drift: by hand, by `bk`, and by schedules. Each run is filed away with what each device gave; one that could
//! not be read or compared is "not checked" with the reason, never "in sync".

mod attend;
mod run;
mod running;
mod schedules;
mod show;

pub(crate) use attend::Attendance;
pub(crate) use running::{RunningCheck, RunningChecks};
