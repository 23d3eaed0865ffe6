//! A simulated DNOS fabric: one real SSH server per device.
//!
//! Written from the reference of the CLI alone and sharing no code with the product, so that it can judge it.
//! What the reference does not give as fact is marked synthetic; what it leaves open is a [`dialect`].
//!
//! # Starting one
//!
//! ```
//! # tokio::runtime::Runtime::new().unwrap().block_on(async {
//! use bk_lab::generate::practice;
//! use bk_lab::serve::{Fabric, ServeOptions};
//!
//! let fabric = Fabric::start(practice(7), ServeOptions::default()).await?;
//! for device in fabric.inventory() {
//!     // name, address, port, user, password, host_key_fingerprint
//!     assert_eq!(device.user, "dnroot");
//! }
//! let truth = fabric.dump();
//! assert!(truth.iter().all(|device| device.pending.is_none()));
//! fabric.stop().await;
//! # Ok::<(), bk_lab::serve::StartError>(())
//! # }).unwrap();
//! ```
//!
//! [`serve::FabricHandle`] derefs to [`serve::Fabric`], whose methods are what tests in the same process
//! use: `dump`, `advance`, `inject`, `foreign`, `late_lines`, `set_reach`, `change_host_key`, `gates`,
//! `received`. Tests in another process use [`control::Client`] with [`serve::FabricHandle::control`];
//! it offers the same. A device can also be spoken to without SSH: [`device::Device::execute_to_end`].
//!
//! # Faults
//!
//! A [`fault::Fault`] says on which line of a device (by text or by number), at which moment (before the
//! line, before its answer, in the middle of the answer) what goes wrong:
//!
//! ```
//! use bk_lab::fault::{Action, Fault, Moment};
//!
//! let lost = Fault::on("commit confirm", Moment::BeforeAnswer, Action::Drop);
//! let refused = Fault::on_line(3, Moment::BeforeLine, Action::Refuse("ERROR: Not now.".to_owned()));
//! # let _ = (lost, refused);
//! ```

pub mod clock;
pub mod control;
pub mod device;
pub mod dialect;
pub mod facts;
pub mod fault;
pub mod forwarding;
pub mod generate;
pub mod grammar;
pub mod ifname;
pub mod import;
pub mod jump;
pub mod serve;
pub mod shell;
pub mod spec;
mod ssh;
pub mod tables;
pub mod tree;
pub mod validate;

#[cfg(test)]
mod testing;
