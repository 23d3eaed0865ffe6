//! Benchmarks beside named peers and limits.
//!
//! `cargo bench -p bk-benches` follows single operations over time; `cargo run --release -p bk-benches --bin ratios` prints
//! the table of ratios, all from one run on one machine.

pub mod generate;
pub mod measure;
pub mod peers;
