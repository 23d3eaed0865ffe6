//! Use cases shared by the window and the command: the only place that wires engine, device, store and keyring.
//!
//! [`App`] is the service; each command of the window and of `bk` is one method on it. What a method gives back is
//! a view; what goes wrong is an [`AppError`], whose [`AppError::view`] is the one place of user-facing text.

mod activities;
mod app;
mod base;
mod checks;
mod clock;
mod connect;
mod credentials;
mod deployments;
mod diffs;
mod discovery;
mod domains;
mod drafts;
mod drift;
mod errors;
mod events;
mod hostkeys;
mod insight;
mod inventory;
mod jumps;
mod known_hosts;
mod leftovers;
mod lock;
mod plans;
mod practice;
mod present;
mod restore;
mod rollback;
mod secrets;
mod settings;
mod snapshots;
mod status;
mod synced;
mod time;
pub mod views;

pub use app::{App, AppOptions};
pub use bk_engine::ports::Clock;
pub use clock::{ClockAhead, SystemClock};
pub use errors::AppError;
pub use events::{AppEvent, EventSink};
pub use practice::{PracticeDevice, PracticeError, PracticeInventory, PracticeLab};
pub use secrets::{KeyringWitness, SecretInput, SecretStoreChoice, testimony};
