//! Values that stand in statements.

use std::fmt;

use bk_model::{Encapsulation, InterfaceName, Tpid, VlanId, VlanList};
use thiserror::Error;

/// A sub-interface: the only kind of interface that a `no interfaces` line may name.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subinterface(InterfaceName);

/// A port or bundle where a sub-interface must stand.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("{interface} is a port or bundle, not a sub-interface")]
pub struct NotASubinterface {
    /// The interface given.
    pub interface: InterfaceName,
}

impl Subinterface {
    /// Takes a name that has a unit.
    ///
    /// # Errors
    /// [`NotASubinterface`] for a port or bundle.
    pub fn new(interface: InterfaceName) -> Result<Self, NotASubinterface> {
        if interface.is_subinterface() {
            Ok(Self(interface))
        } else {
            Err(NotASubinterface { interface })
        }
    }

    /// Returns the name.
    #[must_use]
    pub fn name(&self) -> &InterfaceName {
        &self.0
    }
}

impl fmt::Display for Subinterface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// A description, 1 to 255 characters (REF 5, 6), in the form in which it was written.
///
/// Holds no control character, no mark that hides or reorders text, no double quote and no backslash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    text: String,
    bare: bool,
}

/// Why a text is not a description.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidDescription {
    /// Empty or too long.
    #[error("a description has 1 to 255 characters, this has {len}")]
    Length {
        /// The characters given.
        len: usize,
    },
    /// A character that must not reach a device.
    #[error("a description can't contain {found:?}")]
    Character {
        /// The first such character.
        found: char,
    },
}

impl Description {
    /// Takes a text that a person typed; it renders in double quotes.
    ///
    /// # Errors
    /// [`InvalidDescription`] names the first reason.
    pub fn new(text: &str) -> Result<Self, InvalidDescription> {
        if let Some(found) = text.chars().find(|c| is_unsafe(*c) || matches!(c, '"' | '\\')) {
            return Err(InvalidDescription::Character { found });
        }
        match text.chars().count() {
            1..=255 => Ok(Self {
                text: text.to_owned(),
                bare: false,
            }),
            len => Err(InvalidDescription::Length { len }),
        }
    }

    /// Reads a value as the device prints it: quoted, or one bare word.
    pub(crate) fn read(written: &str) -> Option<Self> {
        match written.strip_prefix('"') {
            Some(rest) => Self::new(rest.strip_suffix('"')?).ok(),
            None if written.contains([' ', '\t', '|', '?', '#']) => None,
            None => Self::new(written).ok().map(|description| Self {
                bare: true,
                ..description
            }),
        }
    }

    /// Returns the text without quotes.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Description {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.bare {
            f.write_str(&self.text)
        } else {
            write!(f, "\"{}\"", self.text)
        }
    }
}

/// Tells whether a character could end a line, steer a terminal, or hide or reorder what is shown.
pub(crate) fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(
            c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
                | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}'
        )
}

/// A storm-control rate (REF 5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PacketRate {
    /// `disabled`.
    Disabled,
    /// Packets per second.
    PacketsPerSecond(u32),
}

impl fmt::Display for PacketRate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Disabled => f.write_str("disabled"),
            Self::PacketsPerSecond(rate) => rate.fmt(f),
        }
    }
}

/// One VLAN or one range of a list, as written.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct VlanListItem {
    low: VlanId,
    high: VlanId,
}

impl VlanListItem {
    /// Returns the items of a list in the order in which they are written.
    #[must_use]
    pub fn of(list: &VlanList) -> Vec<Self> {
        let items = list
            .as_written()
            .split([',', ' '])
            .filter(|item| !item.is_empty());
        items.filter_map(Self::parse).collect()
    }

    /// Reads `400` or `400-410`.
    #[must_use]
    pub fn parse(written: &str) -> Option<Self> {
        let list = VlanList::parse(written).ok()?;
        match list.ranges() {
            [(low, high)] => Some(Self {
                low: *low,
                high: *high,
            })
            .filter(|item| item.to_string() == written),
            _ => None,
        }
    }

    /// Returns the first and the last VLAN.
    #[must_use]
    pub fn bounds(&self) -> (VlanId, VlanId) {
        (self.low, self.high)
    }
}

impl fmt::Display for VlanListItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.low == self.high {
            self.low.fmt(f)
        } else {
            write!(f, "{}-{}", self.low, self.high)
        }
    }
}

/// The tag forms that exclude one another on a sub-interface (REF 6.2).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TagForm {
    /// `untagged`.
    Untagged,
    /// `vlan-id V [tpid T]`.
    Single(VlanId, Option<Tpid>),
    /// `vlan-id list L`.
    List(VlanList),
    /// `vlan-tags outer-tag O inner-tag I [outer-tpid T]`.
    Double(VlanId, VlanId, Option<Tpid>),
    /// `vlan-tags outer-tag O inner-tag-list L`.
    DoubleList(VlanId, VlanList),
}

impl TagForm {
    /// Takes the tag form of an encapsulation; ports, unknown and unread encapsulations have none.
    #[must_use]
    pub fn of(encapsulation: &Encapsulation) -> Option<Self> {
        match encapsulation {
            Encapsulation::Port | Encapsulation::Unknown | Encapsulation::Unread { .. } => None,
            Encapsulation::Untagged => Some(Self::Untagged),
            Encapsulation::Single { vlan, tpid } => Some(Self::Single(*vlan, *tpid)),
            Encapsulation::List { vlans } => Some(Self::List(vlans.clone())),
            Encapsulation::Double {
                outer,
                inner,
                outer_tpid,
            } => Some(Self::Double(*outer, *inner, *outer_tpid)),
            Encapsulation::DoubleList { outer, inner } => Some(Self::DoubleList(*outer, inner.clone())),
        }
    }
}

impl From<TagForm> for Encapsulation {
    fn from(form: TagForm) -> Self {
        match form {
            TagForm::Untagged => Self::Untagged,
            TagForm::Single(vlan, tpid) => Self::Single { vlan, tpid },
            TagForm::List(vlans) => Self::List { vlans },
            TagForm::Double(outer, inner, outer_tpid) => Self::Double {
                outer,
                inner,
                outer_tpid,
            },
            TagForm::DoubleList(outer, inner) => Self::DoubleList { outer, inner },
        }
    }
}
