//! Settings: typed, with ranges; every change is logged and can be undone.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use bk_store::{Event, EventId, Store};

use crate::app::App;
use crate::errors::AppError;
use crate::events::Topic;
use crate::time;
use crate::views::{Contrast, DriftStrategy, SettingChange, SettingInput, SettingsView, Theme};

/// Where the name of the simulated lab stands, beside the settings of a person.
pub(crate) const PRACTICE_LAB: &str = "practiceLab";
/// Where the last place of the window stands.
const LAST_PLACE: &str = "lastPlace";
/// Changes that are shown.
const SHOWN: u32 = 50;
/// The longest text of a setting, in characters.
const MAX_TEXT: usize = 64;
/// The longest place of the window, in characters.
const MAX_PLACE: usize = 500;

const CONCURRENCY: RangeInclusive<u16> = 1..=128;
const CONNECT_TIMEOUT: RangeInclusive<u16> = 2..=120;
const ANSWER_TIMEOUT: RangeInclusive<u16> = 1..=600;
/// A commit that outlasts it is of unknown outcome and is read again, so a short one costs time and nothing else.
const COMMIT_TIMEOUT: RangeInclusive<u16> = 1..=3600;
/// Longer where packets of one answer come far apart, as behind a jump host.
const PROMPT_QUIET: RangeInclusive<u16> = 5..=2000;
const LOOK_AGAIN: RangeInclusive<u16> = 10..=60_000;
/// `commit confirm` takes whole minutes; one is too short to verify in.
const WINDOW_MINUTES: RangeInclusive<u16> = 2..=60;

/// The settings as they are now.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CurrentSettings {
    pub(crate) theme: Theme,
    pub(crate) contrast: Contrast,
    pub(crate) concurrency: u16,
    pub(crate) connect_timeout: u16,
    pub(crate) answer_timeout: u16,
    pub(crate) commit_timeout: u16,
    pub(crate) prompt_quiet: u16,
    pub(crate) look_again: u16,
    pub(crate) window_minutes: u16,
    pub(crate) drift_strategy: DriftStrategy,
    pub(crate) keep_in_tray: bool,
    pub(crate) lab: String,
    pub(crate) user: String,
    pub(crate) last_place: String,
}

impl CurrentSettings {
    pub(crate) async fn read(store: &Store) -> Result<Self, AppError> {
        Ok(Self::of(&store.settings().all().await?))
    }

    /// Reads stored values. One that is not in its range, by whatever way it came in, counts as not set.
    fn of(stored: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| stored.get(name).map(String::as_str);
        let number = |name: &str, range: RangeInclusive<u16>, default: u16| {
            text(name)
                .and_then(|raw| in_range(raw, &range).ok())
                .unwrap_or(default)
        };
        let lab = text("lab")
            .or_else(|| text(PRACTICE_LAB))
            .unwrap_or("Lab")
            .to_owned();
        Self {
            theme: text("theme").and_then(theme).unwrap_or(Theme::System),
            contrast: text("contrast").and_then(contrast).unwrap_or(Contrast::System),
            concurrency: number("concurrency", CONCURRENCY, 32),
            connect_timeout: number("connectTimeout", CONNECT_TIMEOUT, 10),
            answer_timeout: number("answerTimeout", ANSWER_TIMEOUT, 60),
            commit_timeout: number("commitTimeout", COMMIT_TIMEOUT, 900),
            prompt_quiet: number("promptQuiet", PROMPT_QUIET, 100),
            look_again: number("lookAgain", LOOK_AGAIN, 5000),
            window_minutes: number("windowMinutes", WINDOW_MINUTES, 10),
            drift_strategy: text("driftStrategy").and_then(strategy).unwrap_or_default(),
            keep_in_tray: text("keepInTray").and_then(switch).unwrap_or_default(),
            lab,
            user: text("user").map_or_else(system_user, str::to_owned),
            last_place: text(LAST_PLACE).unwrap_or_default().to_owned(),
        }
    }
}

/// The name under which a person is signed in on this machine.
fn system_user() -> String {
    let named = ["USER", "LOGNAME", "USERNAME"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok());
    named
        .filter(|name| !name.is_empty() && !name.chars().any(char::is_control))
        .unwrap_or_else(|| "someone".to_owned())
}

impl App {
    /// Returns all settings with their last changes.
    ///
    /// # Errors
    /// [`AppError::Store`] if the database can't be read.
    pub async fn settings_get(&self) -> Result<SettingsView, AppError> {
        let current = self.current_settings().await?;
        let stored = self.store().settings().all().await?;
        let changes = self.store().settings().changes(SHOWN).await?;
        Ok(SettingsView {
            theme: current.theme,
            contrast: current.contrast,
            concurrency: current.concurrency,
            connect_timeout: current.connect_timeout,
            answer_timeout: current.answer_timeout,
            commit_timeout: current.commit_timeout,
            prompt_quiet: current.prompt_quiet,
            look_again: current.look_again,
            window_minutes: current.window_minutes,
            drift_strategy: current.drift_strategy,
            keep_in_tray: current.keep_in_tray,
            lab: current.lab,
            user: current.user,
            last_place: current.last_place,
            changes: changes.into_iter().map(|event| change(event, &stored)).collect(),
        })
    }

    /// Changes one setting.
    ///
    /// # Errors
    /// [`AppError::BadInput`] if there is no such setting or the value is out of its range; nothing is changed then.
    pub async fn settings_set(&self, input: SettingInput) -> Result<SettingsView, AppError> {
        let value = checked(&input.setting, &input.value).map_err(|reason| AppError::BadInput {
            field: label(&input.setting),
            reason,
        })?;
        if input.setting == LAST_PLACE {
            self.store().settings().remember(LAST_PLACE, &value).await?;
        } else {
            let by = self.user().await?;
            self.store()
                .settings()
                .set(&input.setting, Some(&value), self.now(), &by, None)
                .await?;
            self.changed(&[Topic::Settings, Topic::Status]);
        }
        self.settings_get().await
    }

    /// Takes one change back: the setting gets the value it had before that change.
    ///
    /// # Errors
    /// [`AppError::CannotUndo`] if it was changed again since, or the change is not among the last ones.
    pub async fn settings_undo(&self, change: u32) -> Result<SettingsView, AppError> {
        let stored = self.store().settings().all().await?;
        let changes = self.store().settings().changes(SHOWN).await?;
        let cannot = |reason| AppError::CannotUndo { change, reason };
        let event = changes.iter().find(|event| event.id == EventId(change));
        let event = event.ok_or_else(|| cannot("it is not among the last changes"))?;
        if !can_undo(event, &stored) {
            return Err(cannot("the setting was changed again since"));
        }
        let by = self.user().await?;
        let settings = self.store().settings();
        settings
            .set(
                &event.subject,
                event.before.as_deref(),
                self.now(),
                &by,
                Some(event.id),
            )
            .await?;
        self.changed(&[Topic::Settings, Topic::Status]);
        self.settings_get().await
    }
}

fn change(event: Event, stored: &BTreeMap<String, String>) -> SettingChange {
    let or_default = |value: &Option<String>| value.clone().unwrap_or_else(|| "as delivered".to_owned());
    SettingChange {
        id: event.id.0,
        setting: label(&event.subject).to_owned(),
        before: or_default(&event.before),
        after: or_default(&event.after),
        can_undo: can_undo(&event, stored),
        by: event.by,
        at: time::text(event.at),
    }
}

fn can_undo(event: &Event, stored: &BTreeMap<String, String>) -> bool {
    event.undone_by.is_none() && stored.get(&event.subject) == event.after.as_ref()
}

/// The name of a setting in words.
fn label(setting: &str) -> &'static str {
    match setting {
        "theme" => "Theme",
        "contrast" => "Contrast",
        "concurrency" => "Devices read at once",
        "connectTimeout" => "Seconds to wait for a connection",
        "answerTimeout" => "Seconds to wait for an answer",
        "commitTimeout" => "Seconds to wait for a commit",
        "promptQuiet" => "Milliseconds of silence after a prompt",
        "lookAgain" => "Milliseconds before a device in doubt is looked at again",
        "windowMinutes" => "Confirm window in minutes",
        "driftStrategy" => "What drift means for a deployment",
        "keepInTray" => "Keep running in the tray when the window is closed",
        "lab" => "Name of the lab",
        "user" => "Your name in history",
        LAST_PLACE => "Last place",
        _ => "setting",
    }
}

/// Checks a value and returns it as it is stored. The error is the reason in words.
fn checked(setting: &str, value: &str) -> Result<String, String> {
    let number = |range: RangeInclusive<u16>| in_range(value, &range).map(|number| number.to_string());
    match setting {
        "theme" => theme(value)
            .map(|_| value.to_owned())
            .ok_or_else(|| "it is system, light or dark".to_owned()),
        "contrast" => contrast(value)
            .map(|_| value.to_owned())
            .ok_or_else(|| "it is system, normal or more".to_owned()),
        "concurrency" => number(CONCURRENCY),
        "connectTimeout" => number(CONNECT_TIMEOUT),
        "answerTimeout" => number(ANSWER_TIMEOUT),
        "commitTimeout" => number(COMMIT_TIMEOUT),
        "promptQuiet" => number(PROMPT_QUIET),
        "lookAgain" => number(LOOK_AGAIN),
        "windowMinutes" => number(WINDOW_MINUTES),
        "driftStrategy" => strategy(value)
            .map(|_| value.to_owned())
            .ok_or_else(|| "it is stop, warn or sync".to_owned()),
        "keepInTray" => switch(value)
            .map(|_| value.to_owned())
            .ok_or_else(|| "it is on or off".to_owned()),
        "lab" | "user" => plain(value.trim(), MAX_TEXT),
        LAST_PLACE => plain(value, MAX_PLACE),
        other => Err(format!("there is no setting {other:?}")),
    }
}

fn in_range(raw: &str, range: &RangeInclusive<u16>) -> Result<u16, String> {
    let number = raw
        .trim()
        .parse::<u16>()
        .ok()
        .filter(|number| range.contains(number));
    number.ok_or_else(|| format!("it is a number from {} to {}", range.start(), range.end()))
}

fn plain(value: &str, longest: usize) -> Result<String, String> {
    if value.is_empty() || value.chars().count() > longest || value.chars().any(char::is_control) {
        return Err(format!("it has 1 to {longest} characters and no line end"));
    }
    Ok(value.to_owned())
}

fn theme(word: &str) -> Option<Theme> {
    match word {
        "system" => Some(Theme::System),
        "light" => Some(Theme::Light),
        "dark" => Some(Theme::Dark),
        _ => None,
    }
}

fn strategy(word: &str) -> Option<DriftStrategy> {
    match word {
        "stop" => Some(DriftStrategy::Stop),
        "warn" => Some(DriftStrategy::Warn),
        "sync" => Some(DriftStrategy::Sync),
        _ => None,
    }
}

fn switch(word: &str) -> Option<bool> {
    match word {
        "on" => Some(true),
        "off" => Some(false),
        _ => None,
    }
}

fn contrast(word: &str) -> Option<Contrast> {
    match word {
        "system" => Some(Contrast::System),
        "normal" => Some(Contrast::Normal),
        "more" => Some(Contrast::More),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_keep_to_their_ranges() {
        let good = [
            ("theme", "dark"),
            ("concurrency", "1"),
            ("concurrency", "128"),
            ("windowMinutes", " 60 "),
            ("lab", "Lab 7"),
            ("keepInTray", "on"),
        ];
        for (setting, value) in good {
            assert!(checked(setting, value).is_ok(), "{setting} {value}");
        }
        let bad = [
            ("theme", "pink"),
            ("concurrency", "0"),
            ("concurrency", "129"),
            ("windowMinutes", "1"),
            ("windowMinutes", "61"),
            ("commitTimeout", "0"),
            ("promptQuiet", "4"),
            ("answerTimeout", "-5"),
            ("user", ""),
            ("lab", "two\nlines"),
            ("colour", "red"),
            ("driftStrategy", "ignore"),
            ("keepInTray", "true"),
        ];
        for (setting, value) in bad {
            assert!(checked(setting, value).is_err(), "{setting} {value}");
        }
    }

    #[test]
    fn a_stored_value_out_of_range_counts_as_not_set() {
        let stored = BTreeMap::from([
            ("concurrency".to_owned(), "9000".to_owned()),
            ("theme".to_owned(), "x".to_owned()),
        ]);
        let current = CurrentSettings::of(&stored);
        assert_eq!((current.concurrency, current.theme), (32, Theme::System));
    }
}
