//! Plan, deployment, discovery and verification over ports. Names no vendor, no socket, no table.

pub mod deploy;
pub mod ports;
