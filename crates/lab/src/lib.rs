//! A simulated DNOS fabric: one real SSH server per device.

pub mod ifname;
pub mod spec;
