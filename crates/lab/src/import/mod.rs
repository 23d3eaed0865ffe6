//! Fabrics from files: one flattened configuration per device, the file's stem is the device's name.
//!
//! Files collected by a tool are often incomplete. With `complete` the gaps are closed by
//! these rules, in this order. Every repair is a note of the fabric that carries the rule's number and the
//! word `synthetic`; nothing is repaired silently.
//!
//! 1. `X-NCC0` and `X-NCC1` are two route engines of one box. It takes the first name; the second becomes
//!    an alias. A line that only the second file has is added.
//! 2. An interface in two services stays in the first one of the file.
//! 3. An `irb` listed as a member becomes the `router-interface` of its bridge domain.
//! 4. A push without pop gets the pop, a pop without push the push of the service's tag.
//! 5. A sub-interface without any tag statement gets one: the service's tag if it is free on the port,
//!    else its unit if that is a free VLAN, else the lowest free VLAN. The service's tag is the one that
//!    most members of the bridge domain carry, on this device or else on all.
//! 6. A sub-interface whose tags overlap with an earlier one on the same port gets the lowest free VLAN.
//! 7. Every member has `l2-service enabled`.
//! 8. Leaf, spine and superspine, told apart by name, are joined: first as `fabric_links_inferred.json`
//!    beside the folder says, then each leaf to the spine of its row with the nearest rack and each spine
//!    to the superspine. Of the bundles left on the upper side the one with most services in common is
//!    taken. Each link has two members with LACP and LLDP on ports that the files do not name.
//! 9. Every port and bundle that carries a service exists, is enabled and has light. A customer bundle gets
//!    one port that the files do not name; a fabric bundle that no link uses stays dark.
//! 10. Behind each access member stands a host that sends frames which the member takes.

mod complete;
mod draft;
mod links;
mod read;
mod tags;

use std::io;
use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::spec::FabricSpec;

/// Why a folder is not a fabric.
#[derive(Debug, Error)]
pub enum ImportError {
    /// The folder cannot be listed.
    #[error("the folder {} cannot be listed", dir.display())]
    Folder {
        /// The folder.
        dir: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// No file of the folder ends in `.txt`.
    #[error("the folder {} holds no file that ends in .txt", dir.display())]
    Empty {
        /// The folder.
        dir: PathBuf,
    },
    /// A file cannot be read as text.
    #[error("{} cannot be read", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// A line is not a flattened configuration line.
    #[error("{}, line {line}: {reason}: `{text}`", file.display())]
    Line {
        /// The file.
        file: PathBuf,
        /// Number of the line, the first is 1.
        line: usize,
        /// What is wrong with it.
        reason: &'static str,
        /// The line, made printable and cut at 120 characters.
        text: String,
    },
    /// The file with inferred links does not read.
    #[error("{} is not a list of links", file.display())]
    Links {
        /// The file.
        file: PathBuf,
        /// Where and why.
        #[source]
        source: serde_json::Error,
    },
}

/// Reads every `.txt` file of a folder as one device.
///
/// `complete` closes the gaps by the rules of this module; the notes of the fabric tell each repair.
///
/// # Errors
/// See [`ImportError`]; errors in a file name the file and the line.
pub fn from_dir(dir: &Path, complete: bool) -> Result<FabricSpec, ImportError> {
    let mut draft = draft::Draft::new(read::files(dir)?);
    if complete {
        complete::repair(&mut draft, &links::inferred(dir)?);
    }
    Ok(draft.build())
}

#[cfg(test)]
mod tests;
