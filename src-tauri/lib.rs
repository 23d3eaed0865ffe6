//! The desktop shell: opens the window and carries calls between it and the core.

pub mod options;

#[cfg(feature = "gui")]
mod closing;
#[cfg(feature = "gui")]
mod commands;
#[cfg(feature = "gui")]
mod ipc;
#[cfg(feature = "gui")]
mod logging;
#[cfg(feature = "gui")]
mod only_window;
#[cfg(feature = "gui")]
mod shell;
#[cfg(feature = "gui")]
mod tray;

#[cfg(feature = "gui")]
pub use ipc::export_bindings;
#[cfg(feature = "gui")]
pub use shell::run;
