//! What the window is started with.

use std::ffi::OsString;
use std::path::PathBuf;

/// How to call the window, printed when it was called otherwise.
pub const USAGE: &str = "\
Usage: bridgekeeper [--practice] [--data DIR]

  --practice  opens on the practice lab: a simulated fabric on this machine
  --data DIR  keeps everything in DIR instead of the user's data folder

Environment:
  BRIDGEKEEPER_DATA_DIR          the data folder, when --data does not name one
  BRIDGEKEEPER_LOG               what is logged, such as debug or bk_device=trace
  BRIDGEKEEPER_PRACTICE_CONTROL  a file for the address of the practice lab's control socket (for tests)
  BRIDGEKEEPER_PRACTICE_CLOCK    a file with the seconds by which the practice lab's clock is ahead (for tests)";

/// Asks for one line about the keyring instead of a window. The program calls itself so; it is no option for people.
pub(crate) const KEYRING_TEST: &str = "--keyring-test";

/// Names the data folder.
const DATA_DIR: &str = "BRIDGEKEEPER_DATA_DIR";

/// Names the file for the address of the control socket.
const PRACTICE_CONTROL: &str = "BRIDGEKEEPER_PRACTICE_CONTROL";

/// Names the file that says by how much the clock is ahead.
const PRACTICE_CLOCK: &str = "BRIDGEKEEPER_PRACTICE_CLOCK";

/// The options of one start of the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Options {
    /// Opens on the practice lab instead of asking.
    pub practice: bool,
    /// The data folder; the user's own when `None`.
    pub data: Option<PathBuf>,
    /// Where to write the address of the practice lab's control socket; it has none when `None`.
    pub practice_control: Option<PathBuf>,
    /// What says by how much the clock is ahead, with the practice lab only.
    pub practice_clock: Option<PathBuf>,
    /// The test of the keyring about which another process of this program asks.
    pub keyring_test: Option<String>,
}

/// The window was called with something it does not know.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum OptionsError {
    /// An argument that means nothing here.
    #[error("unknown argument {0:?}")]
    Unknown(OsString),
    /// An option that needs a value stands last.
    #[error("{0} needs a value")]
    NoValue(&'static str),
}

impl Options {
    /// Reads the arguments that follow the program's name; what they leave open, `environment` may tell.
    ///
    /// # Errors
    ///
    /// Names the first argument that is unknown or lacks its value.
    pub fn parse(
        arguments: impl IntoIterator<Item = OsString>,
        environment: impl Fn(&str) -> Option<OsString>,
    ) -> Result<Self, OptionsError> {
        let mut options = Self {
            practice: false,
            data: environment(DATA_DIR).map(PathBuf::from),
            practice_control: environment(PRACTICE_CONTROL).map(PathBuf::from),
            practice_clock: environment(PRACTICE_CLOCK).map(PathBuf::from),
            keyring_test: None,
        };
        let mut rest = arguments.into_iter();
        while let Some(argument) = rest.next() {
            let mut value = |name| rest.next().ok_or(OptionsError::NoValue(name));
            match argument.to_str() {
                Some("--practice") => options.practice = true,
                Some("--data") => options.data = Some(value("--data")?.into()),
                Some(KEYRING_TEST) => {
                    options.keyring_test = Some(value(KEYRING_TEST)?.to_string_lossy().into_owned());
                }
                _ => return Err(OptionsError::Unknown(argument)),
            }
        }
        Ok(options)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(arguments: &[&str]) -> Result<Options, OptionsError> {
        Options::parse(arguments.iter().map(OsString::from), |_| None)
    }

    #[test]
    fn each_option_is_read() {
        assert_eq!(parse(&[]), Ok(Options::default()));
        let asked = parse(&[KEYRING_TEST, "one"]).unwrap();
        assert_eq!(asked.keyring_test.as_deref(), Some("one"));
        let all = parse(&["--practice", "--data", "d"]);
        assert_eq!(
            all,
            Ok(Options {
                practice: true,
                data: Some("d".into()),
                ..Options::default()
            })
        );
    }

    #[test]
    fn an_argument_outweighs_the_environment() {
        let check = |arguments: &[&str], expected: &str| {
            let environment = |name: &str| Some(OsString::from(format!("value of {name}")));
            let options = Options::parse(arguments.iter().map(OsString::from), environment).unwrap();
            assert_eq!(options.data, Some(expected.into()));
            assert_eq!(
                options.practice_control,
                Some("value of BRIDGEKEEPER_PRACTICE_CONTROL".into())
            );
        };
        check(&[], "value of BRIDGEKEEPER_DATA_DIR");
        check(&["--data", "d"], "d");
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(parse(&["--dat"]), Err(OptionsError::Unknown("--dat".into())));
        assert_eq!(parse(&["--data"]), Err(OptionsError::NoValue("--data")));
    }
}
