//! The log: a file a day in the data folder, of which the last week is kept. No secret has a type that prints.

use std::path::Path;

use tracing_appender::non_blocking::WorkerGuard;
use tracing_appender::rolling::{InitError, RollingFileAppender, Rotation};
use tracing_subscriber::EnvFilter;

/// What is logged unless [`LEVELS`] says otherwise: libraries only when something is wrong.
const USUAL: &str = "warn,bridgekeeper=info,bridgekeeper_lib=info,bk_app=info,bk_engine=info,bk_device=info";

/// The environment variable that chooses other levels, in the words of `tracing`.
const LEVELS: &str = "BRIDGEKEEPER_LOG";

/// Days of which the log is kept.
const DAYS: usize = 7;

/// Starts to log into `folder`. What is still on its way to the file is written when the guard is dropped.
///
/// # Errors
///
/// The folder or the file could not be made.
pub(crate) fn start(folder: &Path) -> Result<WorkerGuard, InitError> {
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("bridgekeeper")
        .filename_suffix("log")
        .max_log_files(DAYS)
        .build(folder)?;
    let (writer, guard) = tracing_appender::non_blocking(file);
    let levels = EnvFilter::try_from_env(LEVELS).unwrap_or_else(|_| EnvFilter::new(USUAL));
    tracing_subscriber::fmt()
        .with_env_filter(levels)
        .with_writer(writer)
        .with_ansi(false)
        .init();
    Ok(guard)
}
