//! Plays the part of a desktop in the journeys: the tray, and the button that closes a window.
//!
//! A journey writes one command a line and gets one line back, `ok` with what was asked for or `error` with the reason:
//!
//! - `tray` and `no tray`: from now on tray icons are shown, or no longer
//! - `tooltip`: what the newest icon says when it is pointed at
//! - `menu`: the lines of its menu, joined by ` | `
//! - `choose LINE`: chooses a line of its menu
//! - `click`: clicks on it
//! - `shown TITLE`: `yes` or `no`, whether the window of that title stands on the screen
//! - `close TITLE`: presses the button that closes it

#[cfg(target_os = "linux")]
mod screen;
#[cfg(target_os = "linux")]
mod tray;

#[cfg(not(target_os = "linux"))]
fn main() {}

#[cfg(target_os = "linux")]
#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    use std::io::Write;

    use tokio::io::{AsyncBufReadExt, BufReader};

    let screen = screen::Screen::open()?;
    let mut tray = tray::Tray::open().await?;
    let mut commands = BufReader::new(tokio::io::stdin()).lines();
    while let Some(command) = commands.next_line().await? {
        let answer = match answer(&command, &screen, &mut tray).await {
            Ok(text) => format!("ok {text}"),
            Err(error) => format!("error {}", error.to_string().replace('\n', " ")),
        };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{answer}")?;
        out.flush()?;
    }
    Ok(())
}

#[cfg(target_os = "linux")]
async fn answer(
    command: &str,
    screen: &screen::Screen,
    tray: &mut tray::Tray,
) -> Result<String, Box<dyn std::error::Error>> {
    let (verb, object) = command.split_once(' ').unwrap_or((command, ""));
    match (verb, object) {
        ("tray", "") => tray.show().await?,
        ("no", "tray") => tray.hide().await?,
        ("tooltip", "") => return tray.tooltip().await,
        ("menu", "") => return Ok(tray.menu().await?.join(" | ")),
        ("click", "") => tray.click().await?,
        ("choose", line) => tray.choose(line).await?,
        ("shown", title) => return Ok(if screen.shows(title)? { "yes" } else { "no" }.to_owned()),
        ("close", title) => screen.close(title)?,
        _ => return Err(format!("there is no command {command:?}").into()),
    }
    Ok(String::new())
}
