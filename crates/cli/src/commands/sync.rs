//! Targeted discovery.

use bk_app::views::{SyncOutcome, SyncReport, SyncTarget};

use super::Context;
use crate::exit::{Exit, Failure};
use crate::out::{say, show};

pub(super) async fn run(
    context: &Context,
    devices: Vec<String>,
    interface: Option<String>,
    domain: Option<String>,
    why: Option<String>,
) -> Result<Exit, Failure> {
    let target = match (domain, interface) {
        (Some(domain), _) => SyncTarget::Domain { domain },
        (None, Some(pattern)) => SyncTarget::Interfaces {
            pattern,
            device: only(devices)?,
        },
        (None, None) => SyncTarget::Devices {
            devices: (!devices.is_empty()).then_some(devices),
        },
    };
    let report = context.app.sync_target(target, why).await?;
    show(context.json, &report, print);
    Ok(if report.failed > 0 {
        Exit::Refused
    } else {
        Exit::Done
    })
}

/// Interfaces are meant on one device or on all.
fn only(mut devices: Vec<String>) -> Result<Option<String>, Failure> {
    match devices.len() {
        0 | 1 => Ok(devices.pop()),
        _ => Err(Failure::new(
            Exit::Usage,
            "one-device",
            "Name one device with --interface, or none for all.",
        )),
    }
}

fn print(report: &SyncReport) {
    for device in &report.devices {
        if let Some(error) = &device.error {
            say(&format!("{:24} not read: {}", device.device, error.sentence));
        }
        for object in &device.objects {
            let word = match object.outcome {
                SyncOutcome::Added => "added",
                SyncOutcome::Updated => "updated",
                SyncOutcome::Removed => "removed",
                SyncOutcome::Left => "left open",
            };
            say(&format!("{:24} {word} {}", device.device, object.event.object));
        }
        for event in &device.beside {
            say(&format!(
                "{:24} stays open: {} ({})",
                device.device, event.object, event.title
            ));
        }
    }
    say(&report.sentence);
}
