//! A simulated DNOS fabric: one real SSH server per device.

pub mod grammar;
pub mod ifname;
pub mod spec;
pub mod tree;
