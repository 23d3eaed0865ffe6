//! What the window may ask of the core, one file per feature.
//!
//! A command takes its arguments, calls the method of [`bk_app::App`] that has its name, and hands back the view or
//! the error as the window sees it. Whatever decides something belongs below.

pub(crate) mod checks;
pub(crate) mod deployments;
pub(crate) mod devices;
pub(crate) mod domains;
pub(crate) mod drafts;
pub(crate) mod drift;
pub(crate) mod files;
pub(crate) mod plans;
pub(crate) mod practice;
pub(crate) mod settings;
pub(crate) mod snapshots;
pub(crate) mod status;
pub(crate) mod tray;
