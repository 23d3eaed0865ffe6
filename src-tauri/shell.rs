//! The window's process, from its arguments to its exit code.

use std::ffi::OsString;
use std::io::Write;
use std::process::ExitCode;

use crate::options::{Options, USAGE};

/// Opens the window and runs until it is closed.
///
/// Ends with 2 when the arguments are not understood, with 1 when the window could not open.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::parse(arguments) {
        Ok(options) => options,
        Err(error) => return fail(2, &format!("{error}\n\n{USAGE}")),
    };
    let _ = options;
    let outcome = tauri::Builder::default().invoke_handler(crate::ipc::builder().invoke_handler()).manage(crate::ipc::OpenedCore::new(Err(crate::stub::AppError))).plugin(tauri_plugin_dialog::init()).run(tauri::generate_context!());
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(1, &format!("the window could not open: {error}")),
    }
}

fn fail(code: u8, text: &str) -> ExitCode {
    // Nobody can be told when standard error is closed.
    let _ = writeln!(std::io::stderr(), "bridgekeeper: {text}");
    ExitCode::from(code)
}
