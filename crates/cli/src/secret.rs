//! Reading one secret from standard input, never from arguments.

use std::io::{IsTerminal, Read};

use bk_app::SecretInput;

use crate::exit::{Exit, Failure};

/// The longest password that is read, in bytes.
const MAX_BYTES: u64 = 4096;

/// Reads one line from standard input.
///
/// # Errors
/// [`Failure`] when nothing can be read or the line is too long.
pub(crate) fn from_stdin() -> Result<SecretInput, Failure> {
    read()?.ok_or_else(|| refuse("Standard input holds no password.".to_owned()))
}

/// Reads one line from standard input if it is not a terminal: a passphrase that a key may need.
///
/// # Errors
/// As [`from_stdin`], but for a line that is not there.
pub(crate) fn if_given() -> Result<Option<SecretInput>, Failure> {
    if std::io::stdin().is_terminal() {
        return Ok(None);
    }
    read()
}

fn refuse(sentence: String) -> Failure {
    Failure::new(Exit::NoCredentials, "secret-missing", sentence)
}

fn read() -> Result<Option<SecretInput>, Failure> {
    let mut text = String::new();
    let read = std::io::stdin()
        .lock()
        .take(MAX_BYTES + 1)
        .read_to_string(&mut text);
    read.map_err(|error| {
        refuse(format!(
            "The password could not be read from standard input: {error}."
        ))
    })?;
    if text.len() as u64 > MAX_BYTES {
        return Err(refuse(format!("The password is longer than {MAX_BYTES} bytes.")));
    }
    let line = text.strip_suffix('\n').unwrap_or(&text);
    let line = line.strip_suffix('\r').unwrap_or(line);
    Ok((!line.is_empty()).then(|| SecretInput::from(line.to_owned())))
}
