//! The window's process, from its arguments to its exit code.

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use bk_app::views::Mode;
use bk_app::{App, AppError, AppOptions, KeyringWitness, SecretStoreChoice};
use bk_practice::LocalPracticeLab;
use tauri::async_runtime::JoinHandle;
use tauri::{AppHandle, Manager, RunEvent, WindowEvent};

use crate::ipc::{self, OpenedCore};
use crate::only_window::{self, Lock, Seat, Start};
use crate::options::{KEYRING_TEST, Options, USAGE};
use crate::tray::{self, Tray};
use crate::{closing, logging};

/// Opens the window and runs until it is closed, and not in the tray, or told to quit. Where another process has the window
/// of the same data folder, that one is shown instead.
///
/// Ends with 2 when the arguments are not understood, with 1 when the window could not open.
pub fn run(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let options = match Options::parse(arguments, |name| std::env::var_os(name)) {
        Ok(options) => options,
        Err(error) => return fail(2, &format!("{error}\n\n{USAGE}")),
    };
    if let Some(test) = &options.keyring_test {
        return tell(&tauri::async_runtime::block_on(bk_app::testimony(test)));
    }
    let context = tauri::generate_context!();
    let Some(folder) = data_folder(&context.config().identifier, &options) else {
        return fail(1, "this account has no data folder. Name one with --data DIR.");
    };
    let seat = match tauri::async_runtime::block_on(only_window::start(&folder)) {
        Ok(Start::First(seat)) => seat,
        Ok(Start::Again) => return ExitCode::SUCCESS,
        Err(error) => return fail(1, &error.to_string()),
    };
    let bindings = ipc::builder();
    let outcome = tauri::Builder::default()
        .plugin(tauri_plugin_dialog::init())
        .invoke_handler(bindings.invoke_handler())
        .setup(move |shell| {
            bindings.mount_events(shell);
            // Managed so that it lives, and writes, as long as the process.
            shell.manage(logging::start(&folder.join("logs"))?);
            shell.manage(Tray::new());
            let opened = tauri::async_runtime::block_on(open(shell.handle().clone(), folder, &options));
            shell.manage(OpenedCore::new(opened));
            tauri::async_runtime::spawn(Tray::attend(shell.handle().clone()));
            shell.manage(Serving::of(seat, shell.handle().clone()));
            Ok(())
        })
        .on_window_event(|window, event| {
            if let WindowEvent::CloseRequested { api, .. } = event {
                closing::requested(window, api);
            }
        })
        .build(context);
    match outcome {
        Ok(shell) => ExitCode::from(
            u8::try_from(shell.run_return(|shell, event| on_event(shell, &event))).unwrap_or(1),
        ),
        Err(error) => fail(1, &format!("the window could not open: {error}")),
    }
}

fn on_event(shell: &AppHandle, event: &RunEvent) {
    match event {
        RunEvent::Exit => {
            // Who starts from now on waits until this process has ended, and then has a window of its own.
            shell.state::<Serving>().task.abort();
            if let Ok(app) = shell.state::<OpenedCore>().app() {
                tauri::async_runtime::block_on(app.close());
            }
        }
        // A click on the icon in the Dock.
        #[cfg(target_os = "macos")]
        RunEvent::Reopen { .. } => {
            tray::bring_back(shell);
        }
        _ => {}
    }
}

/// Shows the window to whoever starts the program again.
struct Serving {
    task: JoinHandle<()>,
    /// Held until the process has ended.
    _lock: Lock,
}

impl Serving {
    fn of(seat: Seat, shell: AppHandle) -> Self {
        let show = move || tray::bring_back(&shell);
        Self {
            task: tauri::async_runtime::spawn(seat.door.serve(show)),
            _lock: seat.lock,
        }
    }
}

fn data_folder(identifier: &str, options: &Options) -> Option<PathBuf> {
    let own = || dirs::data_dir().map(|data| data.join(identifier));
    options.data.clone().or_else(own)
}

/// Opens the core, and the practice lab when the window was started for it.
async fn open(shell: AppHandle, data_dir: PathBuf, options: &Options) -> Result<App, AppError> {
    let app = App::open(AppOptions {
        data_dir,
        practice: Some(Arc::new(LocalPracticeLab::new(options.practice_control.clone()))),
        events: Arc::new(move |event| {
            shell.state::<Tray>().hear(&event);
            ipc::emit(&shell, event);
        }),
        secrets: SecretStoreChoice::Keyring(KeyringWitness::this_program(&[KEYRING_TEST])),
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

/// Prints a line for another process that waits for it.
fn tell(line: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{line}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn fail(code: u8, text: &str) -> ExitCode {
    // Nobody can be told when standard error is closed.
    let _ = writeln!(std::io::stderr(), "bridgekeeper: {text}");
    ExitCode::from(code)
}
