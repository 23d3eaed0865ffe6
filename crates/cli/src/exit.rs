//! Exit codes, and failures with what is said of them.

use std::process::ExitCode;

use bk_app::AppError;
use bk_app::views::{DeploymentStatus, ErrorView};
use serde_json::json;

use crate::out;

/// The documented exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// A defect or a broken machine.
    Internal = 1,
    /// The arguments.
    Usage = 2,
    /// Refused or nothing done; every device is old.
    Refused = 3,
    /// Aborted; every device is old.
    Aborted = 4,
    /// Some device is in doubt.
    InDoubt = 5,
    /// The fabric differs from the records.
    Drift = 6,
    /// Another process holds the data folder.
    Locked = 7,
    /// No credentials or no keyring.
    NoCredentials = 8,
    /// Some device was not checked, and none is known to differ.
    NotChecked = 9,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

impl Exit {
    /// Returns the code for a deployment's end.
    pub(crate) fn of_deployment(status: DeploymentStatus, card: Option<&str>) -> Self {
        match status {
            DeploymentStatus::Verified | DeploymentStatus::NothingToDo => Self::Done,
            DeploymentStatus::Refused if card == Some("drift") => Self::Drift,
            DeploymentStatus::Refused => Self::Refused,
            DeploymentStatus::Aborted => Self::Aborted,
            DeploymentStatus::InDoubt | DeploymentStatus::Running => Self::InDoubt,
        }
    }

    /// Returns the code for an error by its stable word.
    pub(crate) fn of_error(code: &str) -> Self {
        match code {
            "internal" => Self::Internal,
            "locked" => Self::Locked,
            "base-moved" => Self::Drift,
            "no-credentials" | "secret-missing" | "keyring" | "keyring-unavailable" => Self::NoCredentials,
            // The journal of a deployment that ran could not be written: its devices go back by themselves.
            "journal" => Self::InDoubt,
            _ => Self::Refused,
        }
    }
}

/// Why a command did not do its job.
#[derive(Debug)]
pub(crate) struct Failure {
    view: ErrorView,
    exit: Exit,
}

impl Failure {
    /// A failure of the command itself.
    pub(crate) fn new(exit: Exit, code: &str, sentence: impl Into<String>) -> Self {
        let view = ErrorView {
            code: code.to_owned(),
            sentence: sentence.into(),
            next: None,
            device: None,
            object: None,
            words: None,
        };
        Self { view, exit }
    }

    pub(crate) fn exit(&self) -> Exit {
        self.exit
    }

    /// Prints it to standard error.
    pub(crate) fn print(&self, json: bool) {
        if json {
            out::complain(&json!({ "error": self.view }).to_string());
            return;
        }
        out::complain(&self.view.sentence);
        if let Some(words) = &self.view.words {
            words
                .lines()
                .for_each(|line| out::complain(&format!("  | {line}")));
        }
        if let Some(next) = &self.view.next {
            out::complain(&format!("Next: {next}"));
        }
    }
}

impl From<AppError> for Failure {
    fn from(error: AppError) -> Self {
        let view = error.view();
        let exit = Exit::of_error(&view.code);
        Self { view, exit }
    }
}
