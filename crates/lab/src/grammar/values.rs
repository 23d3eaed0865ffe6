//! Reading the value of a leaf against its alternatives.

use super::{Arg, Word, names, names::InterfaceKind};

/// Why a value could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ValueError {
    /// The line ends too early.
    Incomplete,
    /// This word (by its index) does not fit.
    Unknown(usize),
}

/// Reads `words` as one of the alternatives and returns the value word by word, abbreviations
/// written out, a VLAN list as one word.
///
/// # Errors
/// The alternative that got furthest decides whether the line is incomplete or a word is unknown.
pub(crate) fn read_value(alternatives: &[&[Arg]], words: &[Word]) -> Result<Vec<String>, ValueError> {
    let mut best = ValueError::Unknown(0);
    let mut exact = None;
    for alternative in alternatives {
        match read_sequence(alternative, words) {
            Ok((value, used)) if used == words.len() => {
                exact.get_or_insert(value);
            }
            Ok((_, used)) => best = further(best, ValueError::Unknown(used)),
            Err(error) => best = further(best, error),
        }
    }
    exact.ok_or(best)
}

fn further(a: ValueError, b: ValueError) -> ValueError {
    let rank = |error: &ValueError| match error {
        ValueError::Unknown(at) => *at,
        ValueError::Incomplete => usize::MAX,
    };
    if rank(&b) > rank(&a) { b } else { a }
}

fn read_sequence(arguments: &[Arg], words: &[Word]) -> Result<(Vec<String>, usize), ValueError> {
    let mut value = Vec::new();
    let mut at = 0;
    for argument in arguments {
        if let Arg::Optional(inner) = argument {
            if at < words.len()
                && let Ok((more, used)) = read_sequence(inner, &words[at..])
            {
                value.extend(more);
                at += used;
            }
            continue;
        }
        let Some(word) = words.get(at) else {
            return Err(ValueError::Incomplete);
        };
        match argument {
            Arg::VlanList => {
                let (list, used) =
                    read_vlan_list(&words[at..]).map_err(|bad| ValueError::Unknown(at + bad))?;
                value.push(list.to_string());
                at += used;
            }
            Arg::Rest => {
                value.extend(words[at..].iter().map(|word| word.text.clone()));
                at = words.len();
            }
            argument => {
                value.push(read_one(*argument, word).ok_or(ValueError::Unknown(at))?);
                at += 1;
            }
        }
    }
    Ok((value, at))
}

/// Reads one word against one argument; `None` if it does not fit.
pub(crate) fn read_one(argument: Arg, word: &Word) -> Option<String> {
    let text = word.text.as_str();
    let fits = match argument {
        Arg::Word(fixed) => {
            return (!word.quoted && !text.is_empty() && fixed.starts_with(text)).then(|| fixed.to_owned());
        }
        Arg::Choice(choices) => return choose(choices, text).map(str::to_owned),
        Arg::Number(low, high) => {
            return names::number_in(text, low, high).map(|number| number.to_string());
        }
        Arg::Text => (1..=255).contains(&text.chars().count()),
        Arg::Name => (1..=255).contains(&text.len()) && !text.chars().any(char::is_whitespace),
        Arg::Interface(kinds) => InterfaceKind::of(text).is_some_and(|kind| kinds.contains(&kind)),
        Arg::Any => !text.is_empty(),
        Arg::VlanList | Arg::Rest | Arg::Optional(_) => false,
    };
    fits.then(|| text.to_owned())
}

/// The only choice that is, or starts with, the text.
fn choose<'a>(choices: &[&'a str], text: &str) -> Option<&'a str> {
    if let Some(exact) = choices.iter().find(|choice| **choice == text) {
        return Some(exact);
    }
    let mut hits = choices
        .iter()
        .filter(|choice| !text.is_empty() && choice.starts_with(text));
    match (hits.next(), hits.next()) {
        (Some(only), None) => Some(only),
        _ => None,
    }
}

/// A set of VLAN ids, kept as sorted, disjoint, non-adjacent ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct VlanSet {
    ranges: Vec<(u16, u16)>,
}

impl VlanSet {
    /// Reads `1,5-9`; blanks around the commas have been removed by the caller.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let mut set = Self::default();
        for item in text.split([',', ' ']).filter(|item| !item.is_empty()) {
            let (low, high) = item.split_once('-').unwrap_or((item, item));
            let low = names::number_in(low, 1, 4094)?;
            let high = names::number_in(high, low, 4094)?;
            set.ranges
                .push((u16::try_from(low).ok()?, u16::try_from(high).ok()?));
        }
        (!set.ranges.is_empty()).then(|| set.normalised())
    }

    /// Everything in either set.
    pub(crate) fn union(&self, other: &Self) -> Self {
        let ranges = self.ranges.iter().chain(&other.ranges).copied().collect();
        Self { ranges }.normalised()
    }

    /// What is in this set and not in the other; `None` if nothing remains.
    pub(crate) fn without(&self, other: &Self) -> Option<Self> {
        let kept: Vec<(u16, u16)> = (1..=4094)
            .filter(|vlan| self.contains(*vlan) && !other.contains(*vlan))
            .map(|vlan| (vlan, vlan))
            .collect();
        (!kept.is_empty()).then(|| Self { ranges: kept }.normalised())
    }

    /// The lowest id that is in both sets.
    pub(crate) fn first_shared(&self, other: &Self) -> Option<u16> {
        self.ranges
            .iter()
            .flat_map(|a| other.ranges.iter().map(move |b| (a.0.max(b.0), a.1.min(b.1))))
            .filter(|(low, high)| low <= high)
            .map(|(low, _)| low)
            .min()
    }

    /// Whether the id is in the set.
    pub(crate) fn contains(&self, vlan: u16) -> bool {
        self.ranges
            .iter()
            .any(|(low, high)| (*low..=*high).contains(&vlan))
    }

    fn normalised(mut self) -> Self {
        self.ranges.sort_unstable();
        let mut merged: Vec<(u16, u16)> = Vec::with_capacity(self.ranges.len());
        for (low, high) in self.ranges {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low, high)),
            }
        }
        Self { ranges: merged }
    }
}

impl std::fmt::Display for VlanSet {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, (low, high)) in self.ranges.iter().enumerate() {
            let comma = if index == 0 { "" } else { "," };
            if low == high {
                write!(f, "{comma}{low}")?;
            } else {
                write!(f, "{comma}{low}-{high}")?;
            }
        }
        Ok(())
    }
}

/// Reads list items over several words (`350, 360,400-410 5`); returns the set and the words used.
fn read_vlan_list(words: &[Word]) -> Result<(VlanSet, usize), usize> {
    let mut set: Option<VlanSet> = None;
    for (index, word) in words.iter().enumerate() {
        let Some(more) = VlanSet::parse(&word.text) else {
            return set.map_or(Err(index), |set| Ok((set, index)));
        };
        set = Some(set.map_or(more.clone(), |known| known.union(&more)));
    }
    set.map(|set| (set, words.len())).ok_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grammar::split_words;

    #[track_caller]
    fn check_set(text: &str, printed: Option<&str>) {
        assert_eq!(
            VlanSet::parse(text).map(|set| set.to_string()).as_deref(),
            printed,
            "{text}"
        );
    }

    #[test]
    fn lists_are_normalised() {
        check_set("5", Some("5"));
        check_set("9,1-3,4", Some("1-4,9"));
        check_set("1-4094", Some("1-4094"));
        check_set("0", None);
        check_set("4095", None);
        check_set("9-5", None);
        check_set("", None);
    }

    #[test]
    fn list_arithmetic() {
        let set = |text: &str| VlanSet::parse(text).expect("a list");
        assert_eq!(set("1-5").without(&set("3")), Some(set("1-2,4-5")));
        assert_eq!(set("3").without(&set("1-5")), None);
        assert_eq!(set("1-5").first_shared(&set("4-9")), Some(4));
        assert_eq!(set("1-5").first_shared(&set("6")), None);
    }

    #[test]
    fn lists_may_be_spread_over_words() {
        let words = split_words("list 350, 360, 400-410");
        let value = read_value(&[&[Arg::Word("list"), Arg::VlanList]], &words);
        assert_eq!(value, Ok(vec!["list".to_owned(), "350,360,400-410".to_owned()]));
    }

    #[test]
    fn the_furthest_alternative_names_the_bad_word() {
        let forms: &[&[Arg]] = &[&[Arg::Word("a"), Arg::Number(1, 9)], &[Arg::Word("b")]];
        assert_eq!(
            read_value(forms, &split_words("a 10")),
            Err(ValueError::Unknown(1))
        );
        assert_eq!(read_value(forms, &split_words("a")), Err(ValueError::Incomplete));
        assert_eq!(read_value(forms, &split_words("c")), Err(ValueError::Unknown(0)));
        assert_eq!(
            read_value(forms, &split_words("b 1")),
            Err(ValueError::Unknown(1))
        );
    }
}
