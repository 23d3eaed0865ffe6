//! The rows: where each kind of drift arises, and why it does not arise elsewhere.

use bk_engine::drift::{DriftKind, DriftSource};
use bk_tests::DOMAIN;

use DriftKind::{
    AlreadyConfigured, DomainExists, ForeignCommit, Mismatch, MissingOnDevice, Unknown, VlanConflict,
};
use DriftSource::{
    Check, Commit, CommitCheck, DeploymentFailure, Discovery, Preflight, ScheduledCheck, Verification,
};

/// Kinds and sources, and why they don't meet; none where they do.
pub(crate) struct Row(
    pub(crate) DriftKind,
    pub(crate) &'static [DriftSource],
    pub(crate) Option<&'static str>,
);

pub(crate) const ROWS: [Row; 11] = [
    Row(
        AlreadyConfigured,
        &[
            Preflight,
            CommitCheck,
            Commit,
            DeploymentFailure,
            Discovery,
            Check,
            ScheduledCheck,
        ],
        None,
    ),
    Row(
        AlreadyConfigured,
        &[Verification],
        Some("ours runs by then: to type the same lines changes nothing"),
    ),
    Row(
        VlanConflict,
        &[
            Preflight,
            CommitCheck,
            Commit,
            DeploymentFailure,
            Discovery,
            Check,
            ScheduledCheck,
        ],
        None,
    ),
    Row(
        VlanConflict,
        &[Verification],
        Some("ours runs by then: the device refuses a second unit with its tag"),
    ),
    Row(DomainExists, &DriftSource::ALL, None),
    Row(Mismatch, &DriftSource::ALL, None),
    Row(MissingOnDevice, &DriftSource::ALL, None),
    Row(Unknown, &DriftSource::ALL, None),
    Row(
        ForeignCommit,
        &[CommitCheck, Commit, DeploymentFailure, Verification],
        None,
    ),
    Row(
        ForeignCommit,
        &[Preflight],
        Some("what was committed before it is what a deployment starts from"),
    ),
    Row(
        ForeignCommit,
        &[Discovery, Check, ScheduledCheck],
        Some("only a deployment reads who committed"),
    ),
];

/// The place of the edit, which every case makes: a leaf joins the service, and a leaf of the service gets one more port.
#[derive(Clone, Debug)]
pub(crate) struct Place {
    pub(crate) leaf: String,
    pub(crate) port: String,
    pub(crate) vlan: u16,
    /// The device of the service that gets one more port.
    pub(crate) inside: String,
    /// An end of the service, and its leaf.
    pub(crate) holder: String,
    pub(crate) end: String,
}

/// What another engineer does, and on which object it is found.
pub(crate) struct Work {
    pub(crate) device: String,
    pub(crate) typed: Vec<String>,
    pub(crate) object: String,
}

fn unit(port: &str, unit: u16, vlan: u16) -> Vec<String> {
    vec![
        format!("interfaces {port}.{unit} l2-service enabled"),
        format!("interfaces {port}.{unit} vlan-id {vlan}"),
    ]
}

/// What makes a kind of drift arise.
pub(crate) fn work(kind: DriftKind, source: DriftSource, place: &Place) -> Work {
    let instance = format!("network-services bridge-domain instance {DOMAIN}");
    let reading = matches!(source, Discovery | Check | ScheduledCheck);
    let (leaf, port, vlan) = (place.leaf.clone(), place.port.as_str(), place.vlan);
    let (holder, end) = (place.holder.clone(), place.end.as_str());
    let parent = end.split('.').next().unwrap();
    let (device, typed, object) = match kind {
        AlreadyConfigured if reading => (leaf, unit(port, 3777, 3777), format!("{port}.3777")),
        AlreadyConfigured => (leaf, unit(port, vlan, vlan), format!("{port}.{vlan}")),
        DomainExists if reading || source != Verification => (
            leaf,
            vec![format!("{instance} admin-state disabled")],
            DOMAIN.to_owned(),
        ),
        // Ours is there by then.
        DomainExists => (
            leaf,
            vec!["network-services bridge-domain instance l_rowan_new admin-state enabled".to_owned()],
            "l_rowan_new".to_owned(),
        ),
        VlanConflict if reading => {
            let gone = [
                format!("no {instance} interface {end}"),
                format!("no interfaces {end}"),
            ];
            let taken = unit(parent, 3777, vlan);
            (holder, [&gone[..], &taken].concat(), format!("{parent}.3777"))
        }
        VlanConflict => (leaf, unit(port, 3777, vlan), format!("{port}.3777")),
        Mismatch if reading => (
            holder,
            vec![format!("interfaces {end} vlan-id 3777")],
            end.to_owned(),
        ),
        // Ours is there by then: theirs is what differs from it.
        Mismatch if source == Verification => (
            leaf,
            vec![format!("interfaces {port}.{vlan} vlan-id 3777")],
            format!("{port}.{vlan}"),
        ),
        Mismatch => (leaf, unit(port, vlan, 3777), format!("{port}.{vlan}")),
        MissingOnDevice if reading => (
            holder,
            vec![
                format!("no {instance} interface {end}"),
                format!("no interfaces {end}"),
            ],
            end.to_owned(),
        ),
        MissingOnDevice => (
            place.inside.clone(),
            vec![format!("no {instance}")],
            DOMAIN.to_owned(),
        ),
        ForeignCommit => (
            leaf,
            vec!["system contact rowan".to_owned()],
            "the device".to_owned(),
        ),
        Unknown => (
            leaf,
            vec![format!("interfaces {port} mtu-ipv4 1400")],
            port.to_owned(),
        ),
    };
    Work {
        device,
        typed,
        object,
    }
}

/// Every kind meets every source in one row, and no row is there twice.
#[test]
fn the_table_is_total() {
    for kind in DriftKind::ALL {
        for source in DriftSource::ALL {
            let rows = ROWS.iter().filter(|row| row.0 == kind && row.1.contains(&source));
            assert_eq!(rows.count(), 1, "{kind:?} by {source:?}");
        }
    }
}
