//! The `show` tables and blocks of REF 8.
//!
//! Each is a pure function of a [`DeviceView`]. Where a capture of a real device exists the spacing is the
//! captured one; for the bridge domain shows only the documentation's examples exist, so their words are
//! taken from there. The texts are bodies: no blank line before the first line or after the last.

mod bridge_domains;
mod counters;
mod grid;
mod interface_detail;
mod interfaces;
mod lacp;
mod lldp;
mod macs;
mod system;
mod time;

use std::rc::Rc;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, TimeDelta};

use crate::forwarding::{Device, FabricView, Network};
use crate::spec::DeviceSpec;
use crate::tree::Tree;

/// One device at one moment.
#[derive(Clone, Copy)]
pub struct DeviceView<'a> {
    /// The running configuration.
    pub running: &'a Tree,
    /// The hardware.
    pub spec: &'a DeviceSpec,
    /// The time that the device has.
    pub now: DateTime<FixedOffset>,
    /// The other devices.
    pub fabric: &'a dyn FabricView,
    /// Which of the known captions and layouts it prints.
    pub layout: TableLayout,
}

/// Captions and layouts differ between captures and documentation (REF 8): a dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TableLayout {
    /// As captured from 25.x: `Bundle-Id`, `Aggregate Interface:` before `Local:`, `MacAddress`.
    #[default]
    Captured,
    /// As documented: `Bundle-ID`, `Local:` first, `MAC Address` and `Entry Date and Time`.
    Documented,
}

/// Why a command has no table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// No table starts with this word, or no such object: the index of the word.
    UnknownWord(usize),
    /// A word is missing at the end.
    Incomplete,
}

/// A view with its neighbourhood read.
struct Scene<'v> {
    view: &'v DeviceView<'v>,
    network: Network<'v>,
    device: Rc<Device>,
}

impl<'v> Scene<'v> {
    fn new(view: &'v DeviceView<'v>) -> Self {
        let spec = Arc::new(view.spec.clone());
        let network = Network::new(view.fabric).with(spec, view.running);
        let device = network
            .device(&view.spec.name)
            .expect("the device was put in just now");
        Self {
            view,
            network,
            device,
        }
    }

    fn is_up(&self, interface: &str) -> bool {
        self.network.is_up(&self.device, interface)
    }

    /// How long an interface has been up; it came up within ten minutes after its device. Zero if it is down.
    fn uptime(&self, interface: &str) -> TimeDelta {
        if !self.is_up(interface) {
            return TimeDelta::zero();
        }
        let device = time::started(&self.view.spec.name, *self.view.now.offset());
        let after = TimeDelta::seconds((time::number_of(interface) % 600) as i64);
        time::elapsed(device + after, self.view.now)
    }
}

/// The words of a command after `show`, read from left to right.
struct Words<'w> {
    words: &'w [&'w str],
    at: usize,
}

impl<'w> Words<'w> {
    /// The next word, which must be one of the keywords or its only abbreviation.
    fn keyword<'k>(&mut self, keywords: &[&'k str]) -> Result<&'k str, Refusal> {
        let word = *self.words.get(self.at).ok_or(Refusal::Incomplete)?;
        let found = keyword(word, keywords).ok_or(Refusal::UnknownWord(self.at))?;
        self.at += 1;
        Ok(found)
    }

    /// The next word, or none at the end.
    fn optional(&mut self) -> Option<&'w str> {
        let word = self.words.get(self.at).copied();
        self.at += usize::from(word.is_some());
        word
    }

    /// The refusal of the word read last.
    fn unknown(&self) -> Refusal {
        Refusal::UnknownWord(self.at.saturating_sub(1))
    }

    /// `text` if no word is left.
    fn end(&self, text: String) -> Result<String, Refusal> {
        if self.at < self.words.len() {
            Err(Refusal::UnknownWord(self.at))
        } else {
            Ok(text)
        }
    }
}

fn keyword<'k>(word: &str, keywords: &[&'k str]) -> Option<&'k str> {
    let exact = keywords.iter().find(|keyword| **keyword == word);
    let mut starting = keywords
        .iter()
        .filter(|keyword| !word.is_empty() && keyword.starts_with(word));
    match (exact, starting.next(), starting.next()) {
        (Some(keyword), _, _) | (None, Some(keyword), None) => Some(keyword),
        _ => None,
    }
}

/// The table that the words after `show` name; keywords may be abbreviated.
///
/// # Errors
/// [`Refusal`] tells which word is not known; a missing object is an unknown word too (REF 10).
pub fn show(view: &DeviceView<'_>, words: &[&str]) -> Result<String, Refusal> {
    let scene = Scene::new(view);
    let mut words = Words { words, at: 0 };
    match words.keyword(&[
        "bridge-domain",
        "interfaces",
        "lacp",
        "lldp",
        "network-services",
        "system",
    ])? {
        "bridge-domain" => bridge_domain(&scene, &mut words),
        "interfaces" => show_interfaces(&scene, &mut words),
        "lacp" => show_lacp(&scene, &mut words),
        "lldp" => show_lldp(&scene, &mut words),
        "network-services" => {
            words.keyword(&["bridge-domain"])?;
            let text = match words.optional() {
                None => bridge_domains::names(&scene),
                Some("all") => bridge_domains::members(&scene, &scene.device.facts.instances),
                Some(name) => {
                    let instance = scene.device.facts.instance(name).ok_or(words.unknown())?;
                    bridge_domains::members(&scene, std::slice::from_ref(instance))
                }
            };
            words.end(text)
        }
        _ => match words.optional().map(|word| keyword(word, &["name", "version"])) {
            None => Ok(system::full(&scene)),
            Some(Some("name")) => words.end(system::name(&scene)),
            Some(Some(_)) => words.end(system::version(&scene)),
            Some(None) => Err(words.unknown()),
        },
    }
}

fn show_interfaces(scene: &Scene<'_>, words: &mut Words<'_>) -> Result<String, Refusal> {
    let existing = |name: &str, refusal: Refusal| {
        if interfaces::exists(scene, name) {
            Ok(name.to_owned())
        } else {
            Err(refusal)
        }
    };
    let text = match words.optional() {
        None => interfaces::list(scene),
        Some(word) => match keyword(word, &["description", "detail"]) {
            Some("description") => match words.optional() {
                Some(name) => interfaces::descriptions(scene, Some(&existing(name, words.unknown())?)),
                None => interfaces::descriptions(scene, None),
            },
            Some(_) => match words.optional() {
                Some(name) => interface_detail::one(scene, &existing(name, words.unknown())?),
                None => interface_detail::all(scene),
            },
            None => interface_detail::one(scene, &existing(word, words.unknown())?),
        },
    };
    words.end(text)
}

fn show_lldp(scene: &Scene<'_>, words: &mut Words<'_>) -> Result<String, Refusal> {
    let Some(word) = words.optional() else {
        return Ok(lldp::settings(scene));
    };
    keyword(word, &["neighbors"]).ok_or(words.unknown())?;
    let text = match words.optional() {
        None => lldp::neighbours(scene),
        Some("detail") => lldp::detail(scene, None),
        Some(name) if interfaces::exists(scene, name) => lldp::detail(scene, Some(name)),
        Some(_) => return Err(words.unknown()),
    };
    words.end(text)
}

fn show_lacp(scene: &Scene<'_>, words: &mut Words<'_>) -> Result<String, Refusal> {
    let Some(word) = words.optional() else {
        return Ok(lacp::settings(scene));
    };
    keyword(word, &["interfaces"]).ok_or(words.unknown())?;
    let text = match words.optional() {
        None => lacp::all(scene),
        Some(name) => lacp::one(scene, name).ok_or(words.unknown())?,
    };
    words.end(text)
}

fn bridge_domain(scene: &Scene<'_>, words: &mut Words<'_>) -> Result<String, Refusal> {
    let facts = &scene.device.facts;
    match words.keyword(&[
        "counters",
        "instance",
        "mac-address-table",
        "storm-control",
        "summary",
    ])? {
        "counters" => {
            let instances = match words.optional() {
                None => facts.instances.as_slice(),
                Some(word) => {
                    keyword(word, &["instance"]).ok_or(words.unknown())?;
                    let name = words.optional().ok_or(Refusal::Incomplete)?;
                    std::slice::from_ref(facts.instance(name).ok_or(words.unknown())?)
                }
            };
            words.end(counters::traffic(scene, instances))
        }
        "instance" => {
            let instances = match words.optional().ok_or(Refusal::Incomplete)? {
                "all" => facts.instances.as_slice(),
                name => std::slice::from_ref(facts.instance(name).ok_or(words.unknown())?),
            };
            words.end(bridge_domains::instances(scene, instances))
        }
        "storm-control" => {
            words.keyword(&["drops"])?;
            let instances = match words.optional() {
                None => facts.instances.as_slice(),
                Some(name) => std::slice::from_ref(facts.instance(name).ok_or(words.unknown())?),
            };
            words.end(counters::storm_drops(instances))
        }
        "summary" => words.end(bridge_domains::summary(scene)),
        _ => mac_table(scene, words),
    }
}

fn mac_table(scene: &Scene<'_>, words: &mut Words<'_>) -> Result<String, Refusal> {
    let mut filter = macs::Filter::default();
    while let Some(word) = words.optional() {
        match keyword(word, &["detail", "instance", "mac", "ncp"]).ok_or(words.unknown())? {
            "detail" => filter.detail = true,
            "instance" => {
                let name = words.optional().ok_or(Refusal::Incomplete)?;
                scene.device.facts.instance(name).ok_or(words.unknown())?;
                filter.instance = Some(name.to_owned());
            }
            "mac" => filter.mac = Some(words.optional().ok_or(Refusal::Incomplete)?.to_ascii_lowercase()),
            _ => {
                let ncp = words.optional().ok_or(Refusal::Incomplete)?;
                filter.ncp = Some(ncp.parse().map_err(|_| words.unknown())?);
            }
        }
    }
    Ok(macs::table(scene, &filter))
}

#[cfg(test)]
mod tests;
