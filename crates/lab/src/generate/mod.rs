//! Fabrics made from a seed. The same seed gives the same fabric, byte for byte, on every machine.

mod access;
mod builder;
mod chassis;
mod draw;
mod form;
mod names;
mod population;
mod practice;
mod practice_services;
mod service;
mod sites;

use crate::spec::FabricSpec;

/// The practice fabric: a superspine with two names, 2 spines, 6 leaves, 40 bridge domains, every form
/// and oddity once.
pub fn practice(seed: u64) -> FabricSpec {
    practice::practice(seed)
}

/// A grown lab: 50 devices, about 740 bridge domain names, the mix of types and oddities that such labs have.
pub fn lab(seed: u64) -> FabricSpec {
    population::lab(seed)
}

/// A fabric at the limits: 1,000 devices, 10,000 bridge domains.
pub fn scale(seed: u64) -> FabricSpec {
    population::scale(seed)
}

#[cfg(test)]
mod tests;
