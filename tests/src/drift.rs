//! Drift as scenarios look at it: what the fabric holds, line by line, and what a check finds.

use std::collections::{BTreeMap, BTreeSet};

use bk_app::views::{ActivityState, DriftInbox, PortGroup};

use crate::{DOMAIN, Scene};

/// Flattened lines of each device. The mark of an entry without leaves comes and goes with its leaves.
pub type Lines = BTreeMap<String, BTreeSet<String>>;

impl Scene {
    /// What every device holds, in a form in which order does not count.
    #[must_use]
    pub fn lines(&self) -> Lines {
        let lines = |text: &str| -> BTreeSet<String> {
            let lines = text.lines().map(|line| line.trim_end_matches(" ^").to_owned());
            lines.collect()
        };
        let truth = self.truth().into_iter();
        truth
            .map(|(name, truth)| (name, lines(&truth.flattened)))
            .collect()
    }

    /// An access attachment of [`DOMAIN`]: its leaf and its sub-interface.
    pub async fn attachment(&self) -> (String, String) {
        let detail = self.app.domain_detail(DOMAIN.to_owned()).await;
        let ends = detail.expect("the scene works").devices.into_iter();
        let end = ends
            .flat_map(|device| device.attachments)
            .find(|one| !one.is_fabric && one.interface.contains('.'))
            .expect("the scene works");
        (end.device, end.interface)
    }

    /// A free port of a leaf that is in [`DOMAIN`] already.
    pub async fn port_inside(&self) -> (String, String) {
        let detail = self.app.domain_detail(DOMAIN.to_owned()).await;
        for device in detail.expect("the scene works").row.devices {
            let offer = self.app.ports_of(device.clone(), None).await;
            let mut ports = offer.expect("the scene works").ports.into_iter();
            if let Some(port) = ports.find(|port| port.group == PortGroup::Ready) {
                return (device, port.port);
            }
        }
        panic!("no leaf of {DOMAIN} has a free port");
    }

    /// Compares devices, or all, with what is expected of them.
    pub async fn check_drift(&self, devices: Option<Vec<String>>) -> DriftInbox {
        let begun = self.app.drift_check_start(devices).await;
        let ended = self.wait_for(begun.expect("the scene works")).await;
        assert_eq!(ended.state, ActivityState::Done, "{ended:?}");
        self.app.drift_list().await.expect("the scene works")
    }
}
