//! The icon itself. Everything here happens on the main thread, where the system wants its menus touched.

use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Wry};
use tokio::sync::oneshot;

use super::words::{self, Words};

const ICON: &str = "bridgekeeper";
const OPEN: &str = "open";
const CHECK_NOW: &str = "check-now";
const QUIT: &str = "quit";

/// An icon that stands in the tray.
pub(super) struct Icon {
    lines: [MenuItem<Wry>; 3],
}

impl Icon {
    /// Puts it into the tray.
    pub(super) async fn put(shell: &AppHandle, words: Words) -> tauri::Result<Self> {
        on_main(shell, move |shell| build(shell, &words)).await
    }

    /// Tells something else.
    pub(super) async fn say(&self, shell: &AppHandle, words: Words) -> tauri::Result<()> {
        let lines = self.lines.clone();
        on_main(shell, move |shell| {
            for (line, text) in lines.iter().zip(&words.lines) {
                line.set_text(text)?;
            }
            match shell.tray_by_id(ICON) {
                Some(icon) => icon.set_tooltip(Some(&words.tooltip)),
                None => Ok(()),
            }
        })
        .await
    }

    /// Takes it out of the tray.
    pub(super) async fn take_away(self, shell: &AppHandle) -> tauri::Result<()> {
        on_main(shell, |shell| {
            drop(shell.remove_tray_by_id(ICON));
            Ok(())
        })
        .await
    }
}

fn build(shell: &AppHandle, words: &Words) -> tauri::Result<Icon> {
    let item = |id: &str, text: &str| MenuItem::with_id(shell, id, text, true, None::<&str>);
    let line = |text: &String| MenuItem::new(shell, text, false, None::<&str>);
    let [drift, next, last] = &words.lines;
    let lines = [line(drift)?, line(next)?, line(last)?];
    let menu = Menu::with_items(
        shell,
        &[
            &item(OPEN, words::OPEN)?,
            &PredefinedMenuItem::separator(shell)?,
            &lines[0],
            &lines[1],
            &lines[2],
            &item(CHECK_NOW, words::CHECK_NOW)?,
            &PredefinedMenuItem::separator(shell)?,
            &item(QUIT, words::QUIT)?,
        ],
    )?;
    let mut icon = TrayIconBuilder::with_id(ICON)
        .menu(&menu)
        .tooltip(&words.tooltip)
        // A click opens the window; a Mac expects the menu.
        .show_menu_on_left_click(cfg!(target_os = "macos"))
        .on_tray_icon_event(|icon, event| {
            if is_click(&event) && cfg!(not(target_os = "macos")) {
                super::bring_back(icon.app_handle());
            }
        });
    if cfg!(not(target_os = "macos")) {
        // The name that a screen reader says; a Mac writes it beside the picture.
        icon = icon.title(words::NAME);
    }
    if let Some(picture) = shell.default_window_icon() {
        icon = icon.icon(picture.clone());
    }
    icon.build(shell)?;
    Ok(Icon { lines })
}

fn is_click(event: &TrayIconEvent) -> bool {
    let TrayIconEvent::Click {
        button, button_state, ..
    } = event
    else {
        return false;
    };
    *button == MouseButton::Left && *button_state == MouseButtonState::Up
}

/// Does what a line of the menu stands for, from now on. Asked for once: what listens outlives the icon.
pub(super) fn obey_menu(shell: &AppHandle) {
    shell.on_menu_event(|shell, event| chosen(shell, event.id().as_ref()));
}

fn chosen(shell: &AppHandle, line: &str) {
    match line {
        OPEN => {
            super::bring_back(shell);
        }
        CHECK_NOW => {
            tauri::async_runtime::spawn(super::check_now(shell.clone()));
        }
        QUIT => {
            tauri::async_runtime::spawn(crate::closing::quit(shell.clone()));
        }
        _ => {}
    }
}

async fn on_main<T: Send + 'static>(
    shell: &AppHandle,
    work: impl FnOnce(&AppHandle) -> tauri::Result<T> + Send + 'static,
) -> tauri::Result<T> {
    let (answer, answered) = oneshot::channel();
    let own = shell.clone();
    shell.run_on_main_thread(move || {
        // Whoever asked may have been cancelled meanwhile.
        let _ = answer.send(work(&own));
    })?;
    answered.await?
}
