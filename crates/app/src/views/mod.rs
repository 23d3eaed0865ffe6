//! What the window and the command show. Plain data: the only types that cross the boundary to either.
//!
//! Times are RFC 3339 texts in UTC. Numbers fit JavaScript. Texts from devices are unedited.

/// Derives what every view derives.
macro_rules! view {
    ($($item:item)*) => {$(
        #[derive(Clone, Debug, PartialEq, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(rename_all = "camelCase")]
        $item
    )*};
}
/// The same for enums without fields: kebab-case words.
macro_rules! word {
    ($($item:item)*) => {$(
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[cfg_attr(feature = "specta", derive(specta::Type))]
        #[serde(rename_all = "kebab-case")]
        $item
    )*};
}

mod activity;
mod audit;
mod check;
mod deployment;
mod device;
mod diff;
mod domain;
mod draft;
mod drift;
mod error;
mod insight;
mod plan;
mod policy;
mod rollback;
mod scan;
mod settings;
mod snapshot;
mod status;
mod sync;

pub use activity::*;
pub use audit::*;
pub use check::*;
pub use deployment::*;
pub use device::*;
pub use diff::*;
pub use domain::*;
pub use draft::*;
pub use drift::*;
pub use error::*;
pub use insight::*;
pub use plan::*;
pub use policy::*;
pub use rollback::*;
pub use scan::*;
pub use settings::*;
pub use snapshot::*;
pub use status::*;
pub use sync::*;
