//! The types of the domain: what they take, what they refuse, and what is read out of a fabric.

#[cfg(test)]
mod fabric;
#[cfg(test)]
mod interfaces;
#[cfg(test)]
mod names;
#[cfg(test)]
mod offers;
#[cfg(test)]
mod tags;
#[cfg(test)]
mod vlans;
