//! A simulated DNOS fabric: one real SSH server per device.

pub mod facts;
pub mod forwarding;
pub mod generate;
pub mod grammar;
pub mod ifname;
pub mod spec;
pub mod tree;
pub mod view;
pub mod validate;
pub mod dialect;
pub mod device;
pub mod clock;

#[cfg(test)]
mod testing;
