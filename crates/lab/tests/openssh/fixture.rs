//! The fabrics that the tests talk to.

use bk_lab::clock::ClockMode;
use bk_lab::dialect::Dialect;
use bk_lab::serve::{Fabric, FabricHandle, ServeOptions};
use bk_lab::spec::{DeviceSpec, DnosVersion, FabricSpec, LinkState, PortSpec, Role};
use chrono::DateTime;

/// The configuration of the one device.
const LEAF: &str = include_str!("leaf.flat");

pub(crate) fn leaf() -> DeviceSpec {
    let port = |number: u8| PortSpec {
        name: format!("ge100-0/0/{number}"),
        link: LinkState::Up,
        speed_gbps: 100,
        cable: None,
    };
    DeviceSpec {
        name: "LEAF-A01".to_owned(),
        aliases: Vec::new(),
        version: DnosVersion::new("25.4.13", "98_prod"),
        system_type: "SA-36CD-S".to_owned(),
        role: Role::Leaf,
        config: LEAF.lines().map(str::to_owned).collect(),
        ports: (0..40).map(port).collect(),
        neighbours: Vec::new(),
        hosts: Vec::new(),
        lacp_system_id: "02:00:00:00:0a:01".to_owned(),
    }
}

/// One leaf whose clock stands at 09-Mar-2026 19:09:15 of its zone.
pub(crate) async fn fabric(dialect: &str) -> FabricHandle {
    let start = DateTime::parse_from_rfc3339("2026-03-09T17:09:15Z")
        .unwrap()
        .to_utc();
    let options = ServeOptions {
        dialect: Dialect::parse(dialect).unwrap(),
        clock: ClockMode::Manual { start },
        ..ServeOptions::default()
    };
    let spec = FabricSpec {
        devices: vec![leaf()],
        notes: Vec::new(),
    };
    Fabric::start(spec, options).await.unwrap()
}
