//! Interface names (REF 6, DOMAIN 2).

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A text that is not an interface name.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{raw:?} is not an interface name")]
pub struct InvalidInterfaceName {
    /// The text given.
    pub raw: String,
}

/// The number after the dot of a sub-interface, 1 to 65535. It is a label, never a VLAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct SubinterfaceUnit(u16);

impl SubinterfaceUnit {
    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u32> for SubinterfaceUnit {
    type Error = InvalidInterfaceName;
    fn try_from(raw: u32) -> Result<Self, InvalidInterfaceName> {
        match u16::try_from(raw) {
            Ok(unit) if unit > 0 => Ok(Self(unit)),
            _ => Err(InvalidInterfaceName {
                raw: format!(".{raw}"),
            }),
        }
    }
}

impl From<SubinterfaceUnit> for u32 {
    fn from(unit: SubinterfaceUnit) -> u32 {
        u32::from(unit.0)
    }
}

impl From<crate::VlanId> for SubinterfaceUnit {
    fn from(id: crate::VlanId) -> Self {
        Self(id.get())
    }
}

impl fmt::Display for SubinterfaceUnit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What carries frames: a physical port, a bundle, or an interface that Bridgekeeper never edits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Port {
    /// `geX-f/n/p`, with a fourth part on a breakout lane: `ge10-0/0/11/2`.
    Physical {
        /// Speed in Gbit/s as the name gives it.
        speed: u16,
        /// Slot, module, port and, on a breakout lane, the lane.
        position: Vec<u16>,
    },
    /// `bundle-N`, N in 1 to 65535.
    Bundle(u16),
    /// `irbN`: a routed interface inside a bridge domain.
    Irb(u16),
    /// Any other kind (`lo0`, `mgmt0`, `ctrl-ncc-0/0`...), kept as written.
    Other(String),
}

/// The full name of an interface: a port with or without a sub-interface unit.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct InterfaceName {
    port: Port,
    unit: Option<SubinterfaceUnit>,
}

impl InterfaceName {
    /// Reads a name as the device prints it.
    ///
    /// # Errors
    /// [`InvalidInterfaceName`] for an empty text or one with a character outside `[A-Za-z0-9/._-]`.
    pub fn parse(raw: &str) -> Result<Self, InvalidInterfaceName> {
        let bad = || InvalidInterfaceName { raw: raw.to_owned() };
        if raw.is_empty()
            || raw.len() > 64
            || !raw
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"/._-".contains(&b))
        {
            return Err(bad());
        }
        let (base, unit) = match raw.split_once('.') {
            None => (raw, None),
            Some((base, unit)) => {
                let unit = number(unit).filter(|u| *u > 0).ok_or_else(bad)?;
                (base, Some(SubinterfaceUnit(unit)))
            }
        };
        let port = if let Some(rest) = base.strip_prefix("bundle-") {
            Port::Bundle(number(rest).filter(|n| *n > 0).ok_or_else(bad)?)
        } else if let Some(rest) = base.strip_prefix("irb") {
            Port::Irb(number(rest).filter(|n| *n > 0).ok_or_else(bad)?)
        } else if let Some(port) = physical(base) {
            port
        } else if base.starts_with(|c: char| c.is_ascii_alphabetic()) {
            Port::Other(base.to_owned())
        } else {
            return Err(bad());
        };
        Ok(Self { port, unit })
    }

    /// Names the sub-interface `unit` of this name's port.
    #[must_use]
    pub fn with_unit(&self, unit: SubinterfaceUnit) -> Self {
        Self {
            port: self.port.clone(),
            unit: Some(unit),
        }
    }

    /// Names the port itself, without a unit.
    #[must_use]
    pub fn parent(&self) -> Self {
        Self {
            port: self.port.clone(),
            unit: None,
        }
    }

    /// Returns the port.
    #[must_use]
    pub fn port(&self) -> &Port {
        &self.port
    }

    /// Returns the sub-interface unit, if any.
    #[must_use]
    pub fn unit(&self) -> Option<SubinterfaceUnit> {
        self.unit
    }

    /// Tells whether this is a sub-interface.
    #[must_use]
    pub fn is_subinterface(&self) -> bool {
        self.unit.is_some()
    }

    /// Tells whether the port is a bundle.
    #[must_use]
    pub fn is_bundle(&self) -> bool {
        matches!(self.port, Port::Bundle(_))
    }

    /// Tells whether the port is a physical one.
    #[must_use]
    pub fn is_physical(&self) -> bool {
        matches!(self.port, Port::Physical { .. })
    }
}

fn number(text: &str) -> Option<u16> {
    let canonical = !text.is_empty()
        && text.bytes().all(|b| b.is_ascii_digit())
        && (text == "0" || !text.starts_with('0'));
    if canonical { text.parse().ok() } else { None }
}

fn physical(base: &str) -> Option<Port> {
    let (speed, position) = base.strip_prefix("ge")?.split_once('-')?;
    let position: Vec<u16> = position.split('/').map(number).collect::<Option<_>>()?;
    if !(3..=4).contains(&position.len()) {
        return None;
    }
    Some(Port::Physical {
        speed: number(speed)?,
        position,
    })
}

impl fmt::Display for InterfaceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = match &self.port {
            Port::Physical { speed, position } => {
                let position: Vec<String> = position.iter().map(u16::to_string).collect();
                format!("ge{speed}-{}", position.join("/"))
            }
            Port::Bundle(n) => format!("bundle-{n}"),
            Port::Irb(n) => format!("irb{n}"),
            Port::Other(name) => name.clone(),
        };
        if let Some(unit) = self.unit {
            text.push_str(&format!(".{unit}"));
        }
        f.pad(&text)
    }
}

impl std::str::FromStr for InterfaceName {
    type Err = InvalidInterfaceName;
    fn from_str(raw: &str) -> Result<Self, InvalidInterfaceName> {
        Self::parse(raw)
    }
}

impl TryFrom<String> for InterfaceName {
    type Error = InvalidInterfaceName;
    fn try_from(raw: String) -> Result<Self, InvalidInterfaceName> {
        Self::parse(&raw)
    }
}

impl From<InterfaceName> for String {
    fn from(name: InterfaceName) -> String {
        name.to_string()
    }
}
