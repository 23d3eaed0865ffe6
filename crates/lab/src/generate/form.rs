//! How an attachment is tagged, as the statements that say so (REF 6).

/// Tag form of one interface.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Form {
    /// `vlan-id V`.
    Single(u16),
    /// `vlan-id V tpid T`, for the few that are not 0x8100.
    SingleTpid(u16, &'static str),
    /// `vlan-id list L`, kept as written: a list of one element is a list.
    List(String),
    /// `vlan-tags outer-tag O inner-tag I`.
    Double(u16, u16),
    /// `vlan-tags outer-tag O inner-tag-list L`.
    DoubleList(u16, String),
    /// `untagged`.
    Untagged,
    /// A whole port or bundle without any tag statement.
    Port,
    /// A whole port or bundle that pushes this tag on ingress and pops it on egress.
    PortPush(u16),
    /// A sub-interface with a list that pushes this tag on ingress and pops it on egress.
    ListPush(String, u16),
    /// `vlan-id V`, rewritten to this tag on ingress and back on egress.
    Swap(u16, u16),
    /// `vlan-id list L` with `preserve-preserve` on ingress.
    Preserve(String),
}

impl Form {
    /// The statements under `interfaces NAME`, in the order in which a device prints them.
    pub(crate) fn statements(&self) -> Vec<String> {
        let push = |tag: &u16| {
            [
                "vlan-manipulation egress-mapping action pop".to_owned(),
                format!("vlan-manipulation ingress-mapping action push outer-tag {tag} outer-tpid 0x8100"),
            ]
        };
        match self {
            Self::Single(vlan) => vec![format!("vlan-id {vlan}")],
            Self::SingleTpid(vlan, tpid) => vec![format!("vlan-id {vlan} tpid {tpid}")],
            Self::List(list) => vec![format!("vlan-id list {list}")],
            Self::Double(outer, inner) => {
                vec![format!("vlan-tags outer-tag {outer} inner-tag {inner}")]
            }
            Self::DoubleList(outer, list) => {
                vec![format!("vlan-tags outer-tag {outer} inner-tag-list {list}")]
            }
            Self::Untagged => vec!["untagged".to_owned()],
            Self::Port => Vec::new(),
            Self::PortPush(tag) => push(tag).to_vec(),
            Self::ListPush(list, tag) => {
                let mut statements = vec![format!("vlan-id list {list}")];
                statements.extend(push(tag));
                statements
            }
            Self::Swap(vlan, to) => vec![
                format!("vlan-id {vlan}"),
                format!("vlan-manipulation egress-mapping action swap outer-tag {vlan} outer-tpid 0x8100"),
                format!("vlan-manipulation ingress-mapping action swap outer-tag {to} outer-tpid 0x8100"),
            ],
            Self::Preserve(list) => vec![
                format!("vlan-id list {list}"),
                "vlan-manipulation ingress-mapping action preserve-preserve".to_owned(),
            ],
        }
    }

    /// The tags, outer first, that a host behind this attachment sends. `customer` is the tag of its own
    /// that it adds where the attachment accepts any.
    pub(crate) fn host_tags(&self, customer: Option<u16>) -> (Option<u16>, Option<u16>) {
        match self {
            Self::Single(vlan) | Self::SingleTpid(vlan, _) | Self::Swap(vlan, _) => (Some(*vlan), None),
            Self::List(list) | Self::ListPush(list, _) | Self::Preserve(list) => {
                (customer.or_else(|| lowest(list)), None)
            }
            Self::Double(outer, inner) => (Some(*outer), Some(*inner)),
            Self::DoubleList(outer, list) => (Some(*outer), customer.or_else(|| lowest(list))),
            Self::Untagged => (None, None),
            Self::Port | Self::PortPush(_) => (customer, None),
        }
    }
}

/// The first tag of a list such as `1200-1250` or `350,360`.
fn lowest(list: &str) -> Option<u16> {
    list.split([',', '-', ' ']).next()?.trim().parse().ok()
}
