//! The window's process, from its arguments to its exit code.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use bk_app::views::Mode;
use bk_app::{App, AppError, AppOptions, SecretStoreChoice};
use bk_practice::LocalPracticeLab;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::ipc::{self, OpenedCore};
use crate::options::{Options, USAGE};
use crate::{closing, logging};

/// Opens the window and runs until it is closed.
///
/// Ends with 2 when the arguments are not understood, with 1 when the window could not open.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::parse(arguments, |name| std::env::var_os(name)) {
        Ok(options) => options,
        Err(error) => return fail(2, &format!("{error}\n\n{USAGE}")),
    };
    let bindings = ipc::builder();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |shell| {
            bindings.mount_events(shell);
            let folder = data_folder(shell.handle(), &options)?;
            // Managed so that it lives, and writes, as long as the process.
            shell.manage(logging::start(&folder.join("logs"))?);
            let opened = tauri::async_runtime::block_on(open(shell.handle().clone(), folder, &options));
            shell.manage(OpenedCore::new(opened));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                closing::requested(window, api);
            }
        })
        .build(tauri::generate_context!());
    match outcome {
        Ok(shell) => ExitCode::from(
            u8::try_from(shell.run_return(|shell, event| on_event(shell, &event))).unwrap_or(1),
        ),
        Err(error) => fail(1, &format!("the window could not open: {error}")),
    }
}

fn on_event(shell: &AppHandle, event: &RunEvent) {
    if let RunEvent::Exit = event
        && let Ok(app) = shell.state::<OpenedCore>().app()
    {
        tauri::async_runtime::block_on(app.close());
    }
}

fn data_folder(shell: &AppHandle, options: &Options) -> Result<PathBuf, tauri::Error> {
    options
        .data
        .clone()
        .map_or_else(|| shell.path().app_data_dir(), Ok)
}

/// Opens the core, and the practice lab when the window was started for it.
async fn open(shell: AppHandle, data_dir: PathBuf, options: &Options) -> Result<App, AppError> {
    let app = App::open(AppOptions {
        data_dir,
        practice: Some(Arc::new(LocalPracticeLab::new(options.practice_control.clone()))),
        events: Arc::new(move |event| ipc::emit(&shell, event)),
        secrets: SecretStoreChoice::Keyring,
        clock: match &options.practice_clock {
            Some(file) if options.practice => Arc::new(bk_app::ClockAhead::by(file.clone())),
            _ => Arc::new(bk_app::SystemClock),
        },
    })
    .await?;
    // Devices of one's own are never mixed with simulated ones.
    if options.practice && matches!(app.app_status().await?.mode, Mode::Empty | Mode::Practice) {
        app.start_practice_lab().await?;
    }
    app.run_schedules();
    app.keep_in_sync();
    Ok(app)
}

fn fail(code: u8, text: &str) -> ExitCode {
    // Nobody can be told when standard error is closed.
    let _ = writeln!(std::io::stderr(), "bridgekeeper: {text}");
    ExitCode::from(code)
}
