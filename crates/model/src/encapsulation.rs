//! Tags on the wire: which frames an interface takes, and what it does to their tags (REF 6, 6.1).

use serde::{Deserialize, Serialize};

use crate::{Tpid, VlanId, VlanList};

/// Which frames belong to an interface.
///
/// VLAN identity comes only from here and from [`Manipulation`], never from a name or a unit (DOMAIN 5).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "form", rename_all = "kebab-case")]
pub enum Encapsulation {
    /// A whole port or bundle without a VLAN line: every frame.
    Port,
    /// A sub-interface without a VLAN line: not known, never guessed.
    Unknown,
    /// `untagged`.
    Untagged,
    /// `vlan-id V [tpid T]`.
    Single {
        /// The tag.
        vlan: VlanId,
        /// The TPID if one is written.
        tpid: Option<Tpid>,
    },
    /// `vlan-id list L`; a list of one VLAN keeps this written form.
    List {
        /// The tags.
        vlans: VlanList,
    },
    /// `vlan-tags outer-tag O inner-tag I [outer-tpid T]`.
    Double {
        /// The outer tag.
        outer: VlanId,
        /// The inner tag.
        inner: VlanId,
        /// The outer TPID if one is written.
        outer_tpid: Option<Tpid>,
    },
    /// `vlan-tags outer-tag O inner-tag-list L`.
    DoubleList {
        /// The outer tag.
        outer: VlanId,
        /// The inner tags.
        inner: VlanList,
    },
    /// Lines that no single form explains (two forms at once, an unknown word): read-only, kept as written.
    Unread {
        /// The lines, each without the interface's own path.
        lines: Vec<String>,
    },
}

/// The words of `vlan-manipulation {ingress|egress}-mapping action`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagAction {
    /// Remove the outer tag.
    Pop,
    /// Remove both tags.
    PopPop,
    /// Leave both tags.
    PreservePreserve,
    /// Leave the outer tag (newer releases).
    Preserve,
    /// Add an outer tag.
    Push,
    /// Replace the outer tag.
    Swap,
    /// Remove the outer tag and replace the next.
    PopSwap,
    /// Add two tags.
    PushPush,
    /// Replace the outer tag and add one outside it.
    SwapPush,
    /// Replace both tags.
    SwapSwap,
    /// Leave the outer tag, replace the inner one.
    PreserveSwap,
    /// A word of a newer release, kept as written.
    Other(String),
}

impl TagAction {
    const KNOWN: [(&'static str, Self); 11] = [
        ("pop", Self::Pop),
        ("pop-pop", Self::PopPop),
        ("preserve-preserve", Self::PreservePreserve),
        ("preserve", Self::Preserve),
        ("push", Self::Push),
        ("swap", Self::Swap),
        ("pop-swap", Self::PopSwap),
        ("push-push", Self::PushPush),
        ("swap-push", Self::SwapPush),
        ("swap-swap", Self::SwapSwap),
        ("preserve-swap", Self::PreserveSwap),
    ];

    /// Reads the word after `action`; a word of a newer release is kept as written.
    #[must_use]
    pub fn parse(word: &str) -> Self {
        let known = Self::KNOWN.into_iter().find(|(name, _)| *name == word);
        known.map_or_else(|| Self::Other(word.to_owned()), |(_, action)| action)
    }

    /// Returns the word as the device prints it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        if let Self::Other(word) = self {
            return word;
        }
        let known = Self::KNOWN.iter().find(|(_, action)| action == self);
        known.map_or("", |(name, _)| name)
    }
}

/// One direction of a manipulation with its arguments, each only if written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagRewrite {
    /// What happens to the tags.
    pub action: TagAction,
    /// `outer-tag`.
    pub outer: Option<VlanId>,
    /// `outer-tpid`.
    pub outer_tpid: Option<Tpid>,
    /// `inner-tag`.
    pub inner: Option<VlanId>,
    /// `inner-tpid`.
    pub inner_tpid: Option<Tpid>,
    /// Words after the action that none of the above explains, kept as written.
    pub rest: Option<String>,
}

/// The `vlan-manipulation` of an interface.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manipulation {
    /// `ingress-mapping`.
    pub ingress: Option<TagRewrite>,
    /// `egress-mapping`.
    pub egress: Option<TagRewrite>,
}

impl Manipulation {
    /// Tells whether no direction is manipulated.
    #[must_use]
    pub fn is_none(&self) -> bool {
        self.ingress.is_none() && self.egress.is_none()
    }
}

impl Encapsulation {
    /// Returns the VLAN that a single-tagged interface carries, in either written form.
    #[must_use]
    pub fn single_vlan(&self) -> Option<VlanId> {
        match self {
            Self::Single { vlan, .. } => Some(*vlan),
            Self::List { vlans } => vlans.single(),
            Self::Port
            | Self::Unknown
            | Self::Untagged
            | Self::Double { .. }
            | Self::DoubleList { .. }
            | Self::Unread { .. } => None,
        }
    }
}
