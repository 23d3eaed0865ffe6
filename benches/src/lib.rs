//! Benchmarks beside named peers and limits.
//!
//! `cargo bench -p bk-benches --bench configuration` follows single operations over time; `--bench ratios` prints the table
//! of ratios, all from one run on one machine. Peers written in Python run under the interpreter that `BK_BENCH_PYTHON`
//! names, with `pip install hier-config==3.7.1 asyncssh`; one that is missing is named in the table.

pub mod discovery;
pub mod generate;
pub mod measure;
pub mod peers;
