//! Names that are safe to show, store and send.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Why a text is not a usable name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidName {
    /// The text is empty or longer than the device takes.
    #[error("{what} must have 1 to {max} characters, this has {len}")]
    Length {
        /// The kind of name.
        what: &'static str,
        /// The largest permitted number of characters.
        max: usize,
        /// The number of characters given.
        len: usize,
    },
    /// A character outside the permitted set.
    #[error("{what} can't contain {found:?}")]
    Character {
        /// The kind of name.
        what: &'static str,
        /// The first offending character.
        found: char,
    },
}

fn checked(
    what: &'static str,
    raw: &str,
    max: usize,
    permitted: fn(char) -> bool,
) -> Result<(), InvalidName> {
    let len = raw.chars().count();
    if let Some(found) = raw.chars().find(|c| !permitted(*c)) {
        return Err(InvalidName::Character { what, found });
    }
    if len == 0 || len > max {
        return Err(InvalidName::Length { what, max, len });
    }
    Ok(())
}

macro_rules! name_type {
    ($(#[$doc:meta])* $name:ident, $what:literal, $max:literal, $permitted:expr) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// Checks the text and keeps it unchanged.
            ///
            /// # Errors
            /// [`InvalidName`] names the first reason.
            pub fn new(raw: impl Into<String>) -> Result<Self, InvalidName> {
                let raw = raw.into();
                checked($what, &raw, $max, $permitted)?;
                Ok(Self(raw))
            }

            /// Returns the name as written.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = InvalidName;
            fn from_str(raw: &str) -> Result<Self, InvalidName> {
                Self::new(raw)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidName;
            fn try_from(raw: String) -> Result<Self, InvalidName> {
                Self::new(raw)
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0
            }
        }
    };
}

name_type!(
    /// The name under which a device stands in the inventory, 1 to 255 characters.
    ///
    /// Field inventories hold names such as `LEAF-B06-2 (NCPL)`, so a space and
    /// parentheses are permitted; the name is never sent to a device.
    DeviceName,
    "a device name",
    255,
    |c| c.is_ascii_alphanumeric() || "-_.: ()+/".contains(c)
);

name_type!(
    /// The name of a bridge domain instance, 1 to 255 characters of `[A-Za-z0-9_.:-]` (REF 4.3).
    BridgeDomainName,
    "a bridge domain name",
    255,
    |c| c.is_ascii_alphanumeric() || "_.:-".contains(c)
);
