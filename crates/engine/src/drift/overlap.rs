//! Which frames a sub-interface takes, and whether two of one port take the same (REF 6.2).

use bk_config::{Setting, TagForm};
use bk_model::{InterfaceName, VlanId, VlanList};

/// Frames by their tags: ranges of the outer one, and of the inner one where it is matched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Frames {
    outer: Vec<(VlanId, VlanId)>,
    inner: Option<Vec<(VlanId, VlanId)>>,
}

impl Frames {
    /// Reads the frames of an interface out of its lines; none where no line says so.
    pub(super) fn of<'a>(lines: impl IntoIterator<Item = &'a str>) -> Option<Self> {
        lines.into_iter().find_map(|line| match Setting::parse(line)? {
            Setting::Tags(_, form) => Some(Self::of_form(&form)),
            _ => None,
        })
    }

    fn of_form(form: &TagForm) -> Self {
        let ranges = |list: &VlanList| list.ranges().to_vec();
        let (outer, inner) = match form {
            TagForm::Untagged => (Vec::new(), None),
            TagForm::Single(vlan, _) => (vec![(*vlan, *vlan)], None),
            TagForm::List(list) => (ranges(list), None),
            TagForm::Double(outer, inner, _) => (vec![(*outer, *outer)], Some(vec![(*inner, *inner)])),
            TagForm::DoubleList(outer, list) => (vec![(*outer, *outer)], Some(ranges(list))),
        };
        Self { outer, inner }
    }

    /// Tells whether a frame could belong to both; untagged frames belong to both where neither matches a tag.
    pub(super) fn overlap(&self, other: &Self) -> bool {
        let outer = meet(&self.outer, &other.outer) || (self.outer.is_empty() && other.outer.is_empty());
        match (&self.inner, &other.inner) {
            (Some(inner), Some(theirs)) => outer && meet(inner, theirs),
            // The more exact match takes the frames with two tags.
            (Some(_), None) | (None, Some(_)) => false,
            (None, None) => outer,
        }
    }
}

/// Tells whether two sub-interfaces are of one port.
pub(super) fn share_port(one: &InterfaceName, other: &InterfaceName) -> bool {
    one != other && one.is_subinterface() && other.is_subinterface() && one.parent() == other.parent()
}

fn meet(one: &[(VlanId, VlanId)], other: &[(VlanId, VlanId)]) -> bool {
    one.iter()
        .any(|(low, high)| other.iter().any(|(first, last)| low <= last && first <= high))
}
