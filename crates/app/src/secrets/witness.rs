//! A second process that reads from the keyring what the first one wrote: nothing less shows that a secret outlives the
//! process that kept it.

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use tokio::io::AsyncReadExt;
use tokio::process::Command;
use uuid::Uuid;

use super::keyring;

/// How long the second process is waited for. Shorter than the patience with the whole test, which has to clear away its
/// entry afterwards.
const PATIENCE: Duration = Duration::from_secs(10);
/// The most that is read of what it says, in bytes.
const MOST: u64 = 4096;
/// Stands before the value that it found.
const FOUND: &str = "found ";
/// Stands before the reason why it found none.
const FAILED: &str = "failed ";

/// How this program is started once more, only to read one entry of the keyring and print it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyringWitness {
    program: Option<PathBuf>,
    arguments: Vec<OsString>,
}

impl KeyringWitness {
    /// This program itself. Called with these arguments and one more, it has to print the [`testimony`] about it and end.
    #[must_use]
    pub fn this_program(arguments: &[&str]) -> Self {
        Self {
            program: std::env::current_exe().ok(),
            arguments: arguments.iter().map(OsString::from).collect(),
        }
    }

    #[cfg(test)]
    pub(crate) fn another(program: &str, arguments: &[&str]) -> Self {
        Self {
            program: Some(program.into()),
            ..Self::this_program(arguments)
        }
    }

    /// What the second process reads under the test's name. Gives the reason in words if it reads nothing.
    pub(super) async fn reads(&self, test: Uuid) -> Result<String, String> {
        let said = tokio::time::timeout(PATIENCE, self.says(test)).await;
        let said = said
            .map_err(|_| format!("nothing was heard of it within {} s", PATIENCE.as_secs()))
            .and_then(|said| said)
            .and_then(|said| understood(&said));
        said.map_err(|reason| format!("a second process could not read what this one wrote: {reason}"))
    }

    async fn says(&self, test: Uuid) -> Result<String, String> {
        let program = self
            .program
            .as_ref()
            .ok_or("the system does not tell where this program is")?;
        let mut child = Command::new(program)
            .args(&self.arguments)
            .arg(test.to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(|error| error.to_string())?;
        let output = child.stdout.take().expect("its output is piped");
        let mut said = Vec::new();
        let read = output.take(MOST).read_to_end(&mut said).await;
        read.map_err(|error| error.to_string())?;
        child.wait().await.map_err(|error| error.to_string())?;
        Ok(String::from_utf8_lossy(&said).into_owned())
    }
}

fn understood(said: &str) -> Result<String, String> {
    if let Some(found) = said.lines().find_map(|line| line.strip_prefix(FOUND)) {
        return Ok(found.to_owned());
    }
    let failed = said.lines().find_map(|line| line.strip_prefix(FAILED));
    Err(failed.unwrap_or("it said nothing of it").to_owned())
}

/// One line for the second process to print: what the keyring holds for the test of this name, or why that can't be had.
/// The values of tests are no secrets; no other entry can be named.
pub async fn testimony(test: &str) -> String {
    let found = match Uuid::parse_str(test) {
        Ok(test) => keyring::read_test(test).await,
        Err(_) => Err("no test has such a name".to_owned()),
    };
    match found {
        Ok(value) => format!("{FOUND}{value}"),
        Err(reason) => format!("{FAILED}{}", reason.replace('\n', " ")),
    }
}
