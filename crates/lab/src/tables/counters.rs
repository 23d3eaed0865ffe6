//! `show bridge-domain counters` and `storm-control drops`. The numbers are synthetic: an interface that is
//! up counts at a rate of its own since it came up.

use std::fmt::Write as _;

use crate::facts::Instance;

use super::Scene;
use super::grid::Grid;
use super::time::number_of;

/// Octets of a counted packet.
const PACKET: i64 = 500;

/// `show bridge-domain counters`.
pub(super) fn traffic(scene: &Scene<'_>, instances: &[Instance]) -> String {
    let mut text = "Traffic Counters\n".to_owned();
    for instance in instances {
        let _ = writeln!(text, "\n  Bridge-Domain : {}\n", instance.name);
        let mut grid = Grid::fixed(&[
            ("Interface", 17),
            ("Rx Packets", 17),
            ("Rx Octets (Mbps)", 16),
            ("Tx Packets", 20),
            ("Tx Octets (Mbps)", 16),
        ]);
        for member in &instance.members {
            let (received, received_rate) = count(scene, member, "rx");
            let (sent, sent_rate) = count(scene, member, "tx");
            grid.row([
                member,
                &received.to_string(),
                &format!("{} ({received_rate})", received * PACKET),
                &sent.to_string(),
                &format!("{} ({sent_rate})", sent * PACKET),
            ]);
        }
        for line in grid.render().lines() {
            // These tables have no edge on the left.
            let _ = writeln!(text, "    {}", line.get(2..).unwrap_or_default());
        }
    }
    text
}

/// Packets since the interface came up, and its rate in Mbit/s.
fn count(scene: &Scene<'_>, member: &str, direction: &str) -> (i64, i64) {
    let up = scene.uptime(member);
    let per_second = (number_of(&format!("{direction}{member}")) % 5000) as i64;
    let rate = if up.is_zero() {
        0
    } else {
        per_second * PACKET * 8 / 1_000_000
    };
    (up.num_seconds() * per_second, rate)
}

/// `show bridge-domain storm-control drops`.
pub(super) fn storm_drops(instances: &[Instance]) -> String {
    let blocks: Vec<String> = instances
        .iter()
        .map(|instance| {
            let mut grid = Grid::fitted(&["Interface", "Dropped Storm Control Packets (Pkts / Rate pps)"]);
            for member in &instance.members {
                grid.row([member, "0 / 0"]);
            }
            let mut text = format!(
                "Bridge-Domain: {}\n\n    Number of local AC interfaces: {}\n",
                instance.name,
                instance.members.len()
            );
            for line in grid.render().lines() {
                let _ = writeln!(text, "    {line}");
            }
            text
        })
        .collect();
    blocks.join("\n")
}
