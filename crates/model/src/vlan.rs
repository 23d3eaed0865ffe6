//! VLAN identifiers, lists of them, and tag protocol identifiers.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A number outside 1 to 4094.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a VLAN id is 1 to 4094, not {raw}")]
pub struct InvalidVlanId {
    /// The number given.
    pub raw: u32,
}

/// A VLAN identifier in the usable range, 1 to 4094 (REF 6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u32", into = "u32")]
pub struct VlanId(u16);

impl VlanId {
    /// Returns the number.
    #[must_use]
    pub fn get(self) -> u16 {
        self.0
    }
}

impl TryFrom<u32> for VlanId {
    type Error = InvalidVlanId;
    fn try_from(raw: u32) -> Result<Self, InvalidVlanId> {
        match u16::try_from(raw) {
            Ok(id) if (1..=4094).contains(&id) => Ok(Self(id)),
            _ => Err(InvalidVlanId { raw }),
        }
    }
}

impl From<VlanId> for u32 {
    fn from(id: VlanId) -> u32 {
        u32::from(id.0)
    }
}

impl fmt::Display for VlanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// Why a text is not a VLAN list.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum InvalidVlanList {
    /// No item at all.
    #[error("a VLAN list names at least one VLAN")]
    Empty,
    /// An item that is neither a number nor a range.
    #[error("{item:?} is neither a VLAN nor a range")]
    Item {
        /// The item as written.
        item: String,
    },
    /// A number out of range.
    #[error(transparent)]
    Vlan(#[from] InvalidVlanId),
    /// A range whose end lies before its start.
    #[error("the range {item} runs backwards")]
    Backwards {
        /// The item as written.
        item: String,
    },
}

/// A list of VLANs in the form in which it was written.
///
/// Items may be separated by commas, blanks or both (REF 6, 13.9). Two lists are equal in
/// meaning when [`VlanList::ranges`] are equal; `==` compares the written form too.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct VlanList {
    written: String,
    ranges: Vec<(VlanId, VlanId)>,
}

impl VlanList {
    /// Reads a list such as `350, 360, 400-410`.
    ///
    /// # Errors
    /// [`InvalidVlanList`] names the item.
    pub fn parse(raw: &str) -> Result<Self, InvalidVlanList> {
        let mut ranges = Vec::new();
        for item in raw.split([',', ' ']).filter(|item| !item.is_empty()) {
            let bad = || InvalidVlanList::Item {
                item: item.to_owned(),
            };
            let number = |text: &str| -> Result<VlanId, InvalidVlanList> {
                if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
                    return Err(bad());
                }
                Ok(VlanId::try_from(text.parse::<u32>().map_err(|_| bad())?)?)
            };
            let (low, high) = match item.split_once('-') {
                Some((low, high)) => (number(low)?, number(high)?),
                None => (number(item)?, number(item)?),
            };
            if high < low {
                return Err(InvalidVlanList::Backwards {
                    item: item.to_owned(),
                });
            }
            ranges.push((low, high));
        }
        if ranges.is_empty() {
            return Err(InvalidVlanList::Empty);
        }
        ranges.sort_unstable();
        let mut merged: Vec<(VlanId, VlanId)> = Vec::with_capacity(ranges.len());
        for (low, high) in ranges {
            match merged.last_mut() {
                Some(last) if low.get() <= last.1.get() + 1 => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        Ok(Self {
            written: raw.trim().to_owned(),
            ranges: merged,
        })
    }

    /// Returns the list as it was written.
    #[must_use]
    pub fn as_written(&self) -> &str {
        &self.written
    }

    /// Returns the sorted, merged ranges, both ends included.
    #[must_use]
    pub fn ranges(&self) -> &[(VlanId, VlanId)] {
        &self.ranges
    }

    /// Returns the only VLAN of a list that names just one.
    #[must_use]
    pub fn single(&self) -> Option<VlanId> {
        match self.ranges[..] {
            [(low, high)] if low == high => Some(low),
            _ => None,
        }
    }

    /// Tells whether the list covers 1 to 4094 without a gap.
    #[must_use]
    pub fn is_full(&self) -> bool {
        matches!(self.ranges[..], [(low, high)] if low.get() == 1 && high.get() == 4094)
    }

    /// Tells whether the list holds `id`.
    #[must_use]
    pub fn contains(&self, id: VlanId) -> bool {
        self.ranges.iter().any(|(low, high)| (*low..=*high).contains(&id))
    }
}

impl fmt::Display for VlanList {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.written)
    }
}

impl TryFrom<String> for VlanList {
    type Error = InvalidVlanList;
    fn try_from(raw: String) -> Result<Self, InvalidVlanList> {
        Self::parse(&raw)
    }
}

impl From<VlanList> for String {
    fn from(list: VlanList) -> String {
        list.written
    }
}

/// A tag protocol identifier (REF 6, 6.1). The device's default is 0x8100.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Tpid {
    /// 0x8100, IEEE 802.1Q.
    #[default]
    #[serde(rename = "0x8100")]
    Dot1q,
    /// 0x88a8, IEEE 802.1ad.
    #[serde(rename = "0x88a8")]
    Dot1ad,
    /// 0x9100.
    #[serde(rename = "0x9100")]
    X9100,
    /// 0x9200.
    #[serde(rename = "0x9200")]
    X9200,
}

impl Tpid {
    /// Returns the form that the device prints.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dot1q => "0x8100",
            Self::Dot1ad => "0x88a8",
            Self::X9100 => "0x9100",
            Self::X9200 => "0x9200",
        }
    }

    /// Reads the form that the device prints; anything else is `None`.
    #[must_use]
    pub fn parse(raw: &str) -> Option<Self> {
        [Self::Dot1q, Self::Dot1ad, Self::X9100, Self::X9200]
            .into_iter()
            .find(|t| t.as_str() == raw)
    }
}

impl fmt::Display for Tpid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}
