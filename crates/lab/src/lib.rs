//! A simulated DNOS fabric: one real SSH server per device.

pub mod spec;
