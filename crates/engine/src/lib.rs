//! Plan, deployment, discovery and verification over ports. Names no vendor, no socket, no table.

pub mod deploy;
pub mod discovery;
pub mod draft;
pub mod drift;
pub mod fabric;
#[cfg(test)]
mod fixtures;
pub mod insight;
pub mod leftovers;
pub mod plan;
pub mod ports;
pub mod recovery;
pub mod schedule;
pub mod verify;
