//! The tray icon: there while the setting asks for it and the desktop shows it. Only while it is there may the window be
//! hidden, because from it the window comes back.

mod host;
mod icon;
mod words;

use std::sync::{Mutex as StateMutex, PoisonError};

use bk_app::views::{CheckRequest, TrayStatus};
use bk_app::{App, AppError, AppEvent};
use tauri::{AppHandle, Manager};
use tokio::sync::{Mutex, MutexGuard, Notify, watch};

use crate::ipc::{self, OpenedCore};
use host::Host;
use icon::Icon;
use words::Words;

/// What the window hears when it changed whether there is a tray.
const TOPIC: &str = "tray";
/// The main window.
pub(crate) const WINDOW: &str = "main";

/// The icon, and what decides whether it is there.
pub(crate) struct Tray {
    icon: Mutex<Option<Icon>>,
    host: watch::Receiver<Host>,
    /// Why the desktop did not take the icon.
    trouble: StateMutex<Option<String>>,
    /// Something changed that the icon may tell.
    told: Notify,
}

/// The icon stays as it is while this lives.
pub(crate) struct HeldIcon<'a>(MutexGuard<'a, Option<Icon>>);

impl HeldIcon<'_> {
    /// Whether it stands in the tray.
    pub(crate) fn is_there(&self) -> bool {
        self.0.is_some()
    }
}

impl Tray {
    /// A tray that follows what the desktop has.
    pub(crate) fn new() -> Self {
        let (found, host) = watch::channel(Host::Unknown);
        tauri::async_runtime::spawn(host::follow(found));
        Self {
            icon: Mutex::default(),
            host,
            trouble: StateMutex::default(),
            told: Notify::new(),
        }
    }

    /// Whether a window that is closed can stay in the tray.
    pub(crate) fn status(&self) -> TrayStatus {
        words::status(*self.host.borrow(), self.trouble().clone())
    }

    /// Takes note of what the core tells.
    pub(crate) fn hear(&self, event: &AppEvent) {
        if let AppEvent::DataChanged { .. } = event {
            self.told.notify_one();
        }
    }

    /// Keeps the icon from being taken away while it is decided what closing the window means.
    pub(crate) async fn hold(&self) -> HeldIcon<'_> {
        HeldIcon(self.icon.lock().await)
    }

    /// Keeps the icon as setting and desktop want it, for as long as the process lives.
    pub(crate) async fn attend(shell: AppHandle) {
        let tray = shell.state::<Self>();
        let mut host = tray.host.clone();
        let mut shown = None;
        icon::obey_menu(&shell);
        loop {
            let found = *host.borrow_and_update();
            if let Ok(app) = shell.state::<OpenedCore>().app() {
                tray.bring_up_to_date(&shell, app, found).await;
            }
            let status = tray.status();
            if shown.as_ref() != Some(&status) {
                tell_window(&shell);
                shown = Some(status);
            }
            tokio::select! {
                changed = host.changed() => if changed.is_err() { return },
                () = tray.told.notified() => {}
            }
        }
    }

    async fn bring_up_to_date(&self, shell: &AppHandle, app: &App, host: Host) {
        let wanted = host == Host::Here && keeps_running(app).await;
        let mut icon = self.icon.lock().await;
        let outcome = match (wanted, icon.take()) {
            (true, Some(there)) => {
                let said = there.say(shell, words_of(app).await).await;
                *icon = Some(there);
                said
            }
            (true, None) => {
                let put = Icon::put(shell, words_of(app).await).await;
                *self.trouble() = put.as_ref().err().map(ToString::to_string);
                put.map(|there| *icon = Some(there))
            }
            (false, Some(there)) => {
                // Without the icon a hidden window could not be got back.
                bring_back(shell);
                there.take_away(shell).await
            }
            (false, None) => Ok(()),
        };
        if let Err(error) = outcome {
            tracing::warn!(%error, "the tray icon is not as it should be");
        }
    }

    fn trouble(&self) -> std::sync::MutexGuard<'_, Option<String>> {
        self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a person wants Bridgekeeper to stay when the window is closed.
pub(crate) async fn keeps_running(app: &App) -> bool {
    match app.settings_get().await {
        Ok(settings) => settings.keep_in_tray,
        Err(error) => {
            tracing::warn!(%error, "closing the window ends the program: the setting could not be read");
            false
        }
    }
}

/// Shows the window, wherever it was, and gives it the focus. Tells whether there is one.
pub(crate) fn bring_back(shell: &AppHandle) -> bool {
    let Some(window) = shell.get_webview_window(WINDOW) else {
        return false;
    };
    let shown = window
        .show()
        .and_then(|()| window.unminimize())
        .and_then(|()| window.set_focus());
    if let Err(error) = shown {
        tracing::error!(%error, "the window could not be shown");
        return false;
    }
    true
}

async fn check_now(shell: AppHandle) {
    if let Ok(app) = shell.state::<OpenedCore>().app() {
        let everything = CheckRequest {
            devices: None,
            schedule: None,
        };
        // What went wrong is logged; the line of the last check shows what came of it.
        let _ = ipc::answer(app.check_now(everything).await);
    }
}

async fn words_of(app: &App) -> Words {
    read_words(app).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "the tray can't tell of drift and checks");
        Words::unread()
    })
}

async fn read_words(app: &App) -> Result<Words, AppError> {
    let inbox = app.drift_list().await?;
    let schedules = app.schedules_list().await?;
    Ok(Words::of(&inbox, &schedules, &app.check_runs(1).await?))
}

fn tell_window(shell: &AppHandle) {
    let topics = vec![TOPIC.to_owned()];
    ipc::emit(shell, AppEvent::DataChanged { topics });
}
