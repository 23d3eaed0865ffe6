//! The fabric over the real OpenSSH client, without any code of the product.

mod client;
mod conformance;
mod faults;
mod fixture;
mod logins;
mod sizes;
