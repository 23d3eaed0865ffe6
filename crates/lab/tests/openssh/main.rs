//! The fabric over the real OpenSSH client, without any code of the product.

#![expect(clippy::unwrap_used, reason = "a test that can't go on shall panic")]

mod captures;
mod client;
mod conformance;
mod faults;
mod fixture;
mod foreign_clients;
mod logins;
mod sizes;
