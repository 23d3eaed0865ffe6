//! The service over a simulated fabric: practice lab, inventory, host keys, discovery, snapshots.

#[cfg(test)]
mod canary;
#[cfg(test)]
mod contacts;
#[cfg(test)]
mod host_keys;
#[cfg(test)]
mod leftovers;
#[cfg(test)]
mod practice;
#[cfg(test)]
mod sign_in;
#[cfg(test)]
mod starts;
#[cfg(test)]
mod support;
#[cfg(test)]
mod unfiled;
